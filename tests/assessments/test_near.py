"""How near an answer stands to the row below: told to its office and to those who check it."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

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
def test_the_office_and_who_checks_see_how_near_the_row_below_is(
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
    office = f"/assessments/{assessment.pk}/indicators/{code}/"
    for who, path in (
        (inspector, f"/offices/{assessment.pk}/"),
        (reviewer, f"/offices/{assessment.pk}/"),
        (editor, office),
    ):
        page = signed_in(who).get(path).content.decode()
        near = re.findall(r'<small class="near">(.*?)</small>', page, re.DOTALL)
        assert [text.startswith(words or "") for text in near] == ([True] if words else [])


def test_a_number_that_cannot_be_used_is_near_to_nothing(
    as_editor: Client, assessment: Assessment, editor: User, standard: EditionNode
) -> None:
    node = standard.indicators["2.1"]
    services.save_answer(assessment=assessment, indicator=node, entry=Entry(inputs={"count": 5}), by=editor, version=0)
    path = f"/assessments/{assessment.pk}/indicators/2.1/"
    assert 'class="near"' in as_editor.get(path).content.decode()
    as_editor.post(f"{path}save/", {"version": "1", "count": "-1"})
    assert 'class="near"' not in as_editor.get(path).content.decode()


def test_the_office_s_helpers_are_not_told_how_near_it_is(
    assessment: Assessment, editor: User, northerner: User, standard: EditionNode
) -> None:
    entry = Entry(inputs={"count": 5})
    services.save_answer(assessment=assessment, indicator=standard.indicators["2.1"], entry=entry, by=editor, version=0)
    assert 'class="near"' not in signed_in(northerner).get(f"/offices/{assessment.pk}/").content.decode()


def test_a_warning_about_the_number_before_is_not_asked_beside_one_that_cannot_be_used(
    as_editor: Client, assessment: Assessment, editor: User, standard: EditionNode
) -> None:
    for code, inputs in (("1.11", {"numerator": 40, "denominator": 45}), ("2.9", {"numerator": 40, "denominator": 44})):
        node = standard.indicators[code]
        services.save_answer(assessment=assessment, indicator=node, entry=Entry(inputs=inputs), by=editor, version=0)
    path = f"/assessments/{assessment.pk}/indicators/2.9/"
    asked = 'id="_caution_same-staff"'
    assert asked in as_editor.get(path).content.decode()
    sent = {"version": "1", "numerator": "40", "denominator": "x"}
    page = as_editor.post(f"{path}save/", sent, headers={"HX-Request": "true"}).content.decode()
    assert ('id="_warnings"' in page, asked in page) == (True, False)
    sent = {"version": "2", "numerator": "40", "denominator": "43"}
    assert asked in as_editor.post(f"{path}save/", sent, headers={"HX-Request": "true"}).content.decode()
