"""Soft warnings of an assessment: what is raised, what a confirmation holds, what it costs."""

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from assessments import services
from assessments.models import Answer, Assessment, Confirmation, LogEntry, Province, User
from assessments.queries import cautions as queries
from assessments.services import Refused
from assessments.services.confirming import confirm
from assessments.services.dating import set_document_date
from assessments.services.stating import state_facts
from indicators.editions import EditionNode
from indicators.models import Edition
from tests.conftest import AFTER
from tests.evidence import added, answer_to
from tests.uploads import pdf
from tests.years import BEFORE, at, open_2568, save


def codes_at(assessment: Assessment, standard: EditionNode, code: str) -> list[str]:
    return [each.caution.code for each in queries.cautions_at(assessment, standard.indicators[code]).raised]


def codes_of(assessment: Assessment) -> list[str]:
    return [each.caution.code for each in queries.cautions_of(assessment, Answer.objects.of(assessment)).raised]


@pytest.fixture
def last_year(
    assessment: Assessment, edition: Edition, chiang_mai: Province, editor: User, manager: User, time_machine: Any
) -> Assessment:
    with at(time_machine, BEFORE):
        before = open_2568(edition, chiang_mai, manager)
        save(before, editor, "4.26", inputs={"count": 120})
    return before


@pytest.fixture
def differing(assessment: Assessment, editor: User) -> Assessment:
    """1.11 and 2.9 give two numbers for the staff."""
    save(assessment, editor, "1.11", inputs={"numerator": 40, "denominator": 45})
    save(assessment, editor, "2.9", inputs={"numerator": 40, "denominator": 44})
    return assessment


# --- what is raised --------------------------------------------------------------------------------


def test_an_empty_assessment_is_asked_nothing(assessment: Assessment, standard: EditionNode) -> None:
    assert codes_of(assessment) == []
    assert codes_at(assessment, standard, "2.9") == []


def test_a_warning_stands_at_each_indicator_that_it_concerns(differing: Assessment, standard: EditionNode) -> None:
    assert codes_of(differing) == ["same-staff"]
    assert {code: codes_at(differing, standard, code) for code in ("1.11", "2.9", "1.12", "2.2")} == {
        "1.11": ["same-staff"],
        "2.9": ["same-staff"],
        "1.12": [],
        "2.2": [],
    }


def test_a_stated_fact_is_compared(differing: Assessment, standard: EditionNode, editor: User) -> None:
    state_facts(assessment=differing, values={"staff": 44}, by=editor)
    assert codes_at(differing, standard, "1.11") == ["fact-staff"]
    assert codes_at(differing, standard, "2.9") == []
    assert codes_of(differing) == ["fact-staff"]


def test_a_jump_against_last_year(
    assessment: Assessment, last_year: Assessment, standard: EditionNode, editor: User
) -> None:
    save(assessment, editor, "4.26", inputs={"count": 1200})
    (found,) = queries.cautions_at(assessment, standard.indicators["4.26"]).raised
    assert found.caution.sentence == "ปีที่แล้ว 120 ปีนี้ 1,200 ครั้ง ยืนยันหรือไม่"
    assert codes_of(assessment) == ["jump-4.26"]
    save(assessment, editor, "4.26", inputs={"count": 130})
    assert codes_of(assessment) == []


def test_another_office_s_last_year_is_not_compared(
    last_year: Assessment, phuket: Province, stranger: User, standard: EditionNode
) -> None:
    theirs = Assessment.objects.whole().get(round__year=2569, province=phuket)
    save(theirs, stranger, "4.26", inputs={"count": 1200})
    assert codes_of(theirs) == []


@pytest.mark.parametrize(
    ("day", "outside"),
    [
        (date(2025, 9, 30), True),
        (date(2025, 10, 1), False),
        (date(2026, 9, 30), False),
        (date(2026, 10, 1), True),
        (None, False),
    ],
)
def test_evidence_dated_outside_the_fiscal_year(
    assessment: Assessment, editor: User, stored: Any, day: date | None, outside: bool
) -> None:
    evidence = added(assessment, editor, "2.1")
    set_document_date(evidence=evidence, day=day, by=editor)
    assert codes_of(assessment) == ([f"date-{evidence.pk}"] if outside else [])


def test_evidence_that_serves_nothing_or_was_deleted_is_not_asked_about(
    assessment: Assessment, editor: User, stored: Any
) -> None:
    evidence = added(assessment, editor, "4.1")
    services.evidence.use(evidence=[evidence], answer=answer_to(assessment, "2.1"), by=editor)
    set_document_date(evidence=evidence, day=date(2025, 9, 5), by=editor)
    (found,) = queries.cautions_of(assessment, Answer.objects.of(assessment)).raised
    assert found.caution.indicators == ("2.1", "4.1")
    assert found.caution.sentence == (
        f"หลักฐาน “{evidence.name}” ลงวันที่ 5 กันยายน 2568 (ปีงบประมาณ 2568) อยู่นอกปีงบประมาณ 2569 ใช้เป็นหลักฐานของปีนี้ได้หรือไม่"
    )
    services.evidence.unuse(evidence=evidence, answer=answer_to(assessment, "4.1"), by=editor)
    services.evidence.unuse(evidence=evidence, answer=answer_to(assessment, "2.1"), by=editor)
    assert codes_of(assessment) == []
    other = added(assessment, editor, "2.1", "อื่น.pdf", pdf(text="other"))
    set_document_date(evidence=other, day=date(2025, 9, 5), by=editor)
    services.evidence.delete(evidence=other, by=editor)
    assert codes_of(assessment) == []


# --- confirming ------------------------------------------------------------------------------------


def raised(assessment: Assessment) -> queries.Raised:
    (found,) = queries.cautions_of(assessment, Answer.objects.of(assessment)).raised
    return found


def test_a_confirmation_holds_while_the_figures_are_the_same(
    differing: Assessment, standard: EditionNode, editor: User
) -> None:
    first = raised(differing)
    row = confirm(
        assessment=differing,
        indicator=standard.indicators["1.11"],
        warning="same-staff",
        mark=first.mark,
        reason=" ลาศึกษาต่อ 1 คน ",
        by=editor,
    )
    assert (row.reason, row.by, row.about) == ("ลาศึกษาต่อ 1 คน", editor, {"1.11": 45, "2.9": 44})
    assert (raised(differing).confirmation, raised(differing).fallen) == (row, None)
    assert LogEntry.objects.get(what="confirm_warning").details == {
        "indicator": "1.11",
        "warning": "same-staff",
        "about": {"1.11": 45, "2.9": 44},
        "reason": "ลาศึกษาต่อ 1 คน",
    }
    save(differing, editor, "2.9", inputs={"numerator": 40, "denominator": 43})
    assert (raised(differing).confirmation, raised(differing).fallen) == (None, row)
    save(differing, editor, "2.9", inputs={"numerator": 40, "denominator": 44})
    assert raised(differing).confirmation == row


def test_confirming_again_replaces_the_reason(differing: Assessment, standard: EditionNode, editor: User) -> None:
    for reason in ("ก่อน", "หลัง"):
        confirm(
            assessment=differing,
            indicator=standard.indicators["1.11"],
            warning="same-staff",
            mark=raised(differing).mark,
            reason=reason,
            by=editor,
        )
    assert [row.reason for row in Confirmation.objects.all()] == ["หลัง"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": " "}, "Write the reason"),
        ({"mark": "0" * 16}, "changed in the meantime"),
        ({"warning": "same-directory"}, "gone"),
        ({"warning": "date-none"}, "gone"),
        ({"indicator": "2.9"}, "gone"),
    ],
)
def test_what_cannot_be_confirmed(
    differing: Assessment, standard: EditionNode, editor: User, changed: dict[str, str], message: str
) -> None:
    asked = {"indicator": "1.11", "warning": "same-staff", "mark": raised(differing).mark, "reason": "เหตุ", **changed}
    node = standard.indicators[asked.pop("indicator")]
    with override("en"), pytest.raises(Refused, match=message):
        confirm(assessment=differing, indicator=node, by=editor, **asked)
    assert Confirmation.objects.count() == 0


def test_confirming_is_the_office_s_while_it_may_edit(
    differing: Assessment, standard: EditionNode, stranger: User, reviewer: User, editor: User, time_machine: Any
) -> None:
    asked: Any = {"indicator": standard.indicators["1.11"], "warning": "same-staff", "mark": raised(differing).mark}
    for person in (stranger, reviewer):
        with pytest.raises(Refused):
            confirm(assessment=differing, reason="เหตุ", by=person, **asked)
    time_machine.move_to(AFTER)
    with pytest.raises(Refused):
        confirm(assessment=differing, reason="เหตุ", by=editor, **asked)


def test_evidence_is_confirmed_at_its_first_indicator(
    assessment: Assessment, standard: EditionNode, editor: User, stored: Any
) -> None:
    evidence = added(assessment, editor, "2.1")
    set_document_date(evidence=evidence, day=date(2025, 9, 5), by=editor)
    found = raised(assessment)
    confirm(
        assessment=assessment,
        indicator=found.node,
        warning=found.caution.code,
        mark=found.mark,
        reason="แผนใช้สองปี",
        by=editor,
    )
    assert raised(assessment).confirmation is not None
    set_document_date(evidence=evidence, day=date(2025, 9, 6), by=editor)
    assert raised(assessment).confirmation is None


# --- cost ------------------------------------------------------------------------------------------


def test_warnings_cost_a_fixed_number_of_queries(
    differing: Assessment, last_year: Assessment, standard: EditionNode, editor: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        queries.cautions_at(differing, standard.indicators["2.9"])
    with django_assert_num_queries(2):
        queries.cautions_at(differing, standard.indicators["2.9"], stated={})
    with django_assert_num_queries(1):
        queries.cautions_at(differing, standard.indicators["2.2"])
    answers = list(Answer.objects.of(differing))
    with django_assert_num_queries(4):
        queries.cautions_of(differing, answers)
    save(differing, editor, "4.26", inputs={"count": 1200})
    save(differing, editor, "4.4", inputs={"count": 0})
    save(differing, editor, "4.6", inputs={"option": 1})
    answers = list(Answer.objects.of(differing))
    with django_assert_num_queries(4):
        assert len(queries.cautions_of(differing, answers).raised) == 3
