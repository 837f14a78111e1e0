"""Fixtures around evidence."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from assessments import services
from assessments.models import Assessment, Evidence, User
from tests.answers import answer_all
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
