"""How near an answer stands to the row below: told to those who check it."""

import re
from datetime import date
from typing import Any

import pytest

from assessments import services
from assessments.models import Assessment, SupportMembership, SupportOffice, User
from assessments.services import Entry
from assessments.workflow import Role
from indicators.editions import EditionNode
from tests.conftest import person, signed_in


@pytest.fixture
def northerner(assessment: Assessment) -> User:
    """The regional supporter of the assessment's office."""
    office = SupportOffice.objects.create(number=10)
    SupportMembership.objects.create(support_office=office, province=assessment.province, starts_on=date(2020, 1, 1))
    return person("s10@region.example", Role.SUPPORTER, support_office=office)


@pytest.mark.parametrize(
    ("code", "inputs", "words"),
    [
        ("2.1", {"count": 5}, "น้อยลง 1 "),
        ("2.1", {"count": 0}, None),
        ("2.5", {"option": 1}, None),
        ("4.31", {"no_case": True}, None),
    ],
)
def test_who_checks_sees_how_near_the_row_below_is(
    code: str,
    inputs: dict[str, Any],
    words: str | None,
    assessment: Assessment,
    editor: User,
    inspector: User,
    reviewer: User,
    standard: EditionNode,
) -> None:
    entry = Entry(no_case=True, no_case_reason="ไม่มีกรณี") if "no_case" in inputs else Entry(inputs=inputs)
    services.save_answer(assessment=assessment, indicator=standard.indicators[code], entry=entry, by=editor, version=0)
    for who in (inspector, reviewer):
        page = signed_in(who).get(f"/offices/{assessment.pk}/").content.decode()
        near = re.findall(r'<small class="near">(.*?)</small>', page, re.DOTALL)
        assert [text.startswith(words or "") for text in near] == ([True] if words else [])


def test_the_office_s_helpers_are_not_told_how_near_it_is(
    assessment: Assessment, editor: User, northerner: User, standard: EditionNode
) -> None:
    entry = Entry(inputs={"count": 5})
    services.save_answer(assessment=assessment, indicator=standard.indicators["2.1"], entry=entry, by=editor, version=0)
    assert 'class="near"' not in signed_in(northerner).get(f"/offices/{assessment.pk}/").content.decode()
