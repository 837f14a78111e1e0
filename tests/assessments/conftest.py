"""Fixtures around evidence, and of offices that sent their answers."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from assessments import services
from assessments.models import Answer, Assessment, Evidence, Province, SupportMembership, SupportOffice, User
from assessments.services.answers import OUTCOME, apply_outcome, as_stored
from assessments.workflow import Role
from indicators.editions import EditionNode
from tests.answers import answer_all, best
from tests.assessments.queue import in_english, same_at
from tests.conftest import person
from tests.evidence import added


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> Path:
    """A folder for kept files of this test alone."""
    options = {"location": str(tmp_path / "kept"), "base_url": None, "file_permissions_mode": 0o600}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**django_settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path / "kept"


@pytest.fixture
def kept(stored: Path, assessment: Assessment, editor: User) -> Evidence:
    """A PDF of the office of Chiang Mai that serves 2.1."""
    return added(assessment, editor)


@pytest.fixture
def submitted(assessment: Assessment, kept: Evidence, head: User) -> Assessment:
    """Chiang Mai's assessment, answered whole, with a file, submitted."""
    answer_all(assessment, head)
    return services.submit(assessment=assessment, by=head, certified=True)


@pytest.fixture
def central(reviewer: User) -> Client:
    """A reviewer who reads English."""
    return in_english(reviewer)


@pytest.fixture
def sent(assessment: Assessment, kept: Evidence, head: User, standard: EditionNode) -> Assessment:
    """Chiang Mai's assessment, answered whole in one go, with a file, and sent."""
    answers = list(assessment.answers.all())
    for answer in answers:
        node = standard.by_pk[answer.indicator_id]
        answer.inputs = as_stored(node.rule.read(best(node)))
        apply_outcome(answer, node, target=None)
        answer.version, answer.changed_at, answer.changed_by = 1, timezone.now(), head
    Answer.objects.bulk_update(answers, ["inputs", *OUTCOME, "version", "changed_at", "changed_by"])
    services.recount(assessment)
    return services.submit(assessment=assessment, by=head, certified=True)


@pytest.fixture
def three(sent: Assessment) -> list[Assessment]:
    """Chiang Mai, Lamphun and Phuket, all of them sent."""
    return [sent, same_at(sent, "TH-51"), same_at(sent, "TH-83")]


@pytest.fixture
def everyone(
    editor: User,
    head: User,
    reviewer: User,
    manager: User,
    admin: User,
    inspector: User,
    chiang_mai: Province,
) -> list[User]:
    """One person of each role; all of them see Chiang Mai."""
    office = SupportOffice.objects.create(number=10)
    SupportMembership.objects.create(support_office=office, province=chiang_mai, starts_on=date(2020, 1, 1))
    supporter = person("s10@region.example", Role.SUPPORTER, support_office=office)
    return [editor, head, reviewer, manager, admin, inspector, supporter]
