"""Last year's texts and evidence: same, updated, not any more; figures are never taken over."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override

from assessments import services
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Carry,
    Evidence,
    EvidenceChange,
    EvidenceUse,
    LogEntry,
    Province,
    User,
)
from assessments.queries import lastyear
from assessments.services import Refused
from assessments.services.carrying import carry_evidence, carry_text
from assessments.services.dating import set_document_date
from indicators.editions import EditionNode, IndicatorNode
from indicators.models import Edition
from tests import reviewing
from tests.conftest import AFTER
from tests.evidence import added, answer_to, files_in, served
from tests.uploads import pdf
from tests.years import BEFORE, at, open_2568, save

pytestmark = pytest.mark.usefixtures("stored")
SAME, UPDATED, DROPPED = Carry.Choice.SAME, Carry.Choice.UPDATED, Carry.Choice.DROPPED


@pytest.fixture
def node(standard: EditionNode) -> IndicatorNode:
    return standard.indicators["2.1"]


@pytest.fixture
def before(
    assessment: Assessment,
    edition: Edition,
    chiang_mai: Province,
    editor: User,
    manager: User,
    time_machine: Any,
    stored: Path,
) -> Assessment:
    """2568: 2.1 answered, with two texts and a file that bears a date."""
    with at(time_machine, BEFORE):
        found = open_2568(edition, chiang_mai, manager)
        save(found, editor, "2.1", inputs={"count": 4}, performance="ประชุมทุกเดือน", number_source="ทะเบียนกลาง")
        evidence = added(found, editor, "2.1", "บอร์ด.pdf")
        set_document_date(evidence=evidence, day=date(2025, 3, 1), by=editor)
    return found


@pytest.fixture
def old(before: Assessment) -> Evidence:
    return Evidence.objects.get(assessment=before)


def now(assessment: Assessment) -> Answer:
    return Answer.objects.get(assessment=assessment, indicator__code="2.1")


def beside(assessment: Assessment, node: IndicatorNode) -> lastyear.LastYear:
    answer = now(assessment)
    answer.assessment = assessment
    found = lastyear.last_year_of(answer, node)
    assert found is not None
    return found


# --- what stands beside ------------------------------------------------------------------------------


def test_last_year_stands_beside_in_words(assessment: Assessment, before: Assessment, node: IndicatorNode) -> None:
    last = beside(assessment, node)
    assert (last.year, last.standing, last.comparable, last.open_choices) == (2568, "edition", True, 3)
    assert last.answer is not None
    assert last.answer.score == 7.5
    assert [(each.text, each.unit) for each in last.figures] == [("4", "รูปแบบ")]
    assert [(each.column, each.text, each.choice) for each in last.texts] == [
        ("performance", "ประชุมทุกเดือน", ""),
        ("number_source", "ทะเบียนกลาง", ""),
    ]
    assert [(each.item.evidence.name, each.choice) for each in last.items] == [("บอร์ด.pdf", "")]
    assert lastyear.short_of_area(assessment, _area(assessment)) == {"2.1": "4 รูปแบบ (7.5)"}


def _area(assessment: Assessment) -> Any:
    from indicators import editions

    return editions.standard_of(assessment.round.edition).areas["2-1"]


def test_without_a_last_year_nothing_stands_beside(assessment: Assessment, node: IndicatorNode) -> None:
    answer = now(assessment)
    answer.assessment = assessment
    assert lastyear.last_year_of(answer, node) is None
    assert lastyear.short_of_area(assessment, _area(assessment)) == {}


def test_the_reasons_of_last_year_s_returns_and_decisions_stand_beside(
    assessment: Assessment,
    edition: Edition,
    chiang_mai: Province,
    editor: User,
    head: User,
    reviewer: User,
    manager: User,
    standard: EditionNode,
    time_machine: Any,
) -> None:
    from tests.answers import answer_all

    with at(time_machine, BEFORE):
        found = open_2568(edition, chiang_mai, manager)
        answer_all(found, editor)
        save(found, editor, "4.31", no_case=True, no_case_reason="ไม่มีเรื่อง")
        services.submit(assessment=found, by=head, certified=True)
        services.return_for_correction(assessment=found, by=reviewer, reason="แนบหลักฐานเพิ่ม", due_on=date(2025, 9, 1))
        services.submit(assessment=found, by=head, certified=True)
        reviewing.row(found, reviewer, "4.31", band=2, reason="มีช่องทางครบ")
    answer = Answer.objects.get(assessment=assessment, indicator__code="4.31")
    answer.assessment = assessment
    last = lastyear.last_year_of(answer, standard.indicators["4.31"])
    assert last is not None
    assert last.answer is not None
    # What is not sent yet is not told.
    assert (last.answer.decided_reason, last.decided) == ("", "")
    assert [row.reason for row in last.returns] == ["แนบหลักฐานเพิ่ม"]
    assert last.verdict is None
    with at(time_machine, BEFORE):
        found.refresh_from_db()
        reviewing.verified(found, reviewer, c4_31=3)
    told = lastyear.last_year_of(answer, standard.indicators["4.31"])
    assert told is not None
    assert told.verdict is not None
    assert (told.verdict.reason, told.verdict.score) == (reviewing.REASON, Decimal(5))
    assert told.answer is not None
    assert (told.answer.decided_reason, told.decided) == (
        reviewing.REASON,
        standard.indicators["4.31"].rule.bands[2].text,  # type: ignore[union-attr]
    )


def test_last_year_costs_four_queries(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User, django_assert_num_queries: Any
) -> None:
    answer = now(assessment)
    answer.assessment = assessment
    with django_assert_num_queries(4):
        lastyear.last_year_of(answer, node)
    for place in range(2):
        with_more = Evidence.objects.create(
            assessment=before, kind="link", name=f"{place}", url=f"https://x.example/{place}", added_by=editor
        )
        EvidenceUse.objects.create(evidence=with_more, answer=answer_to(before, "2.1"), added_by=editor)
    with django_assert_num_queries(4):
        found = lastyear.last_year_of(answer, node)
    assert found is not None
    assert len(found.items) == 3
    with django_assert_num_queries(1):
        lastyear.short_of_area(assessment, _area(assessment))


@pytest.mark.parametrize(
    ("code", "entry", "text"),
    [
        ("2.2", {"inputs": {"numerator": 850, "denominator": 1000}}, "850 จาก 1,000 ฉบับ (7.5)"),
        ("2.5", {"inputs": {"option": 2}}, "ข้อ 2 (7.5)"),
        ("1.8", {"inputs": {"has": True}}, "ผ่านแล้ว (ผ่านเกณฑ์)"),
        ("1.16", {"inputs": {"count": 3}}, "3 เครื่อง (ไม่ผ่านเกณฑ์)"),
        ("4.31", {"no_case": True, "no_case_reason": "ไม่มี"}, "ไม่มีกรณีในรอบปี"),
        ("4.12", {"inputs": {"directory_total": 10, "attendance": [9, 8]}}, "10 องค์กร · 9, 8 องค์กร (7.5)"),
    ],
)
def test_last_year_in_few_words(
    before: Assessment, standard: EditionNode, editor: User, time_machine: Any, code: str, entry: Any, text: str
) -> None:
    with at(time_machine, BEFORE):
        answer = save(before, editor, code, **entry)
    assert lastyear.short_of(standard.indicators[code], answer) == text


# --- texts -----------------------------------------------------------------------------------------


def carry(assessment: Assessment, node: IndicatorNode, by: User, choice: str, column: str = "performance") -> Answer:
    carry_text(assessment=assessment, indicator=node, column=column, choice=choice, by=by)
    return now(assessment)


def test_the_same_text_is_copied_with_one_row_of_history(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User
) -> None:
    save(assessment, editor, "2.1", inputs={"count": 5}, problems="ของปีนี้")
    answer = carry(assessment, node, editor, SAME)
    assert (answer.performance, answer.problems, answer.inputs, answer.version) == (
        "ประชุมทุกเดือน",
        "ของปีนี้",
        {"count": 5},
        2,
    )
    row = AnswerChange.objects.get(answer=answer, version=2)
    assert (row.changes, row.by) == ({"performance": ["", "ประชุมทุกเดือน"]}, editor)
    assert Carry.objects.get().choice == SAME
    assert LogEntry.objects.filter(what="carry").count() == 0
    assert [each.choice for each in beside(assessment, node).texts] == [SAME, ""]


def test_no_number_is_ever_taken_over(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User
) -> None:
    for column in ("performance", "number_source"):
        answer = carry(assessment, node, editor, SAME, column)
    assert (answer.inputs, answer.is_answered, answer.score) == (None, False, None)
    for column in ("inputs", "typed", "evidence_held", "no_case_reason", "nonsense"):
        with pytest.raises(Refused):
            carry(assessment, node, editor, SAME, column)
    assert now(assessment).inputs is None


def test_figures_that_cannot_be_read_stay_as_typed(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User
) -> None:
    save(assessment, editor, "2.1", typed={"count": "ห้า"})
    assert carry(assessment, node, editor, SAME).typed == {"count": "ห้า"}


def test_this_year_s_own_text_is_never_replaced(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User
) -> None:
    save(assessment, editor, "2.1", performance="ของปีนี้")
    with override("en"), pytest.raises(Refused, match="another text"):
        carry(assessment, node, editor, SAME)
    assert (now(assessment).performance, Carry.objects.count()) == ("ของปีนี้", 0)
    assert carry(assessment, node, editor, UPDATED).performance == "ของปีนี้"
    assert carry(assessment, node, editor, DROPPED).performance == "ของปีนี้"
    assert Carry.objects.get().choice == DROPPED


def test_an_updated_text_waits_until_it_is_edited(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User
) -> None:
    assert carry(assessment, node, editor, UPDATED).performance == "ประชุมทุกเดือน"
    assert [each.waits for each in beside(assessment, node).texts] == [True, False]
    save(assessment, editor, "2.1", performance="ประชุมทุกสองเดือน")
    assert [each.waits for each in beside(assessment, node).texts] == [False, False]


def test_a_dropped_text_is_taken_out_again(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User
) -> None:
    carry(assessment, node, editor, SAME)
    assert carry(assessment, node, editor, DROPPED).performance == ""
    assert LogEntry.objects.filter(what="carry").count() == 0
    carry(assessment, node, editor, DROPPED, "number_source")
    entry = LogEntry.objects.get(what="carry")
    assert entry.details == {"indicator": "2.1", "what": "number_source", "choice": "dropped"}


def test_a_text_that_last_year_lacked_is_refused(
    assessment: Assessment, before: Assessment, node: IndicatorNode, standard: EditionNode, editor: User
) -> None:
    with pytest.raises(Refused):
        carry(assessment, node, editor, SAME, "problems")
    with pytest.raises(Refused):
        carry_text(
            assessment=assessment,
            indicator=standard.indicators["2.2"],
            column="performance",
            choice=SAME,
            by=editor,
        )


def test_carrying_over_is_the_office_s_while_it_may_edit(
    assessment: Assessment,
    before: Assessment,
    old: Evidence,
    node: IndicatorNode,
    stranger: User,
    editor: User,
    reviewer: User,
    time_machine: Any,
) -> None:
    for person in (stranger, reviewer):
        with pytest.raises(Refused):
            carry(assessment, node, person, SAME)
        with pytest.raises(Refused):
            carry_evidence(assessment=assessment, indicator=node, evidence=old, choice=SAME, by=person)
    time_machine.move_to(AFTER)
    with pytest.raises(Refused):
        carry(assessment, node, editor, SAME)
    assert Carry.objects.count() == 0


# --- evidence --------------------------------------------------------------------------------------


def say(assessment: Assessment, node: IndicatorNode, evidence: Evidence, choice: str, by: User) -> Carry:
    return carry_evidence(assessment=assessment, indicator=node, evidence=evidence, choice=choice, by=by)


def test_the_same_file_is_used_again_and_stored_once(
    assessment: Assessment, before: Assessment, old: Evidence, node: IndicatorNode, editor: User, stored: Path
) -> None:
    files = files_in(stored)
    say(assessment, node, old, SAME, editor)
    new = Evidence.objects.get(assessment=assessment)
    assert (new.carried_from, new.file.name, new.sha256, new.name, new.document_date) == (
        old,
        old.file.name,
        old.sha256,
        "บอร์ด.pdf",
        date(2025, 3, 1),
    )
    assert new.pk != old.pk
    assert (served(new), files_in(stored)) == ({"2.1"}, files)
    assert [(row.act, row.indicator_code) for row in EvidenceChange.objects.filter(assessment=assessment)] == [
        ("used", "2.1"),
        ("added", ""),
    ]
    call_command("check_evidence", verbosity=0)
    say(assessment, node, old, SAME, editor)
    assert Evidence.objects.filter(assessment=assessment).count() == 1
    assert [each.choice for each in beside(assessment, node).items] == [SAME]


def test_a_link_is_carried_over(
    assessment: Assessment, before: Assessment, node: IndicatorNode, editor: User, time_machine: Any
) -> None:
    with at(time_machine, BEFORE):
        added_link = services.evidence.add_link(
            answer=answer_to(before, "2.1"), url="https://drive.example/a", name="โฟลเดอร์", by=editor
        )
    say(assessment, node, added_link.evidence, SAME, editor)
    new = Evidence.objects.get(assessment=assessment)
    assert (new.url, new.carried_from, served(new)) == ("https://drive.example/a", added_link.evidence, {"2.1"})


def test_the_same_content_of_this_year_is_used(
    assessment: Assessment, before: Assessment, old: Evidence, node: IndicatorNode, editor: User
) -> None:
    mine = added(assessment, editor, "4.1")
    say(assessment, node, old, SAME, editor)
    assert (Evidence.objects.filter(assessment=assessment).count(), served(mine)) == (1, {"2.1", "4.1"})


def test_a_dropped_file_is_taken_off_this_indicator(
    assessment: Assessment, before: Assessment, old: Evidence, node: IndicatorNode, editor: User
) -> None:
    say(assessment, node, old, DROPPED, editor)
    assert Evidence.objects.filter(assessment=assessment).count() == 0
    assert LogEntry.objects.get(what="carry").details == {"indicator": "2.1", "what": str(old.pk), "choice": "dropped"}
    say(assessment, node, old, SAME, editor)
    say(assessment, node, old, DROPPED, editor)
    assert served(Evidence.objects.get(assessment=assessment)) == set()
    assert LogEntry.objects.filter(what="carry").count() == 1
    assert [each.choice for each in beside(assessment, node).items] == [DROPPED]


def test_an_updated_file_waits_for_a_new_one(
    assessment: Assessment, before: Assessment, old: Evidence, node: IndicatorNode, editor: User, time_machine: Any
) -> None:
    added(assessment, editor, "2.1", "ก่อน.pdf", pdf(text="earlier"))
    time_machine.shift(60)
    say(assessment, node, old, UPDATED, editor)
    assert [each.waits for each in beside(assessment, node).items] == [True]
    time_machine.shift(60)
    added(assessment, editor, "2.1", "ใหม่.pdf", pdf(text="new"))
    assert [each.waits for each in beside(assessment, node).items] == [False]


def test_evidence_of_another_indicator_or_year_is_refused(
    assessment: Assessment, before: Assessment, old: Evidence, standard: EditionNode, node: IndicatorNode, editor: User
) -> None:
    with pytest.raises(Refused):
        say(assessment, standard.indicators["2.2"], old, SAME, editor)
    mine = added(assessment, editor, "2.1", "อื่น.pdf", pdf(text="other"))
    with pytest.raises(Refused):
        say(assessment, node, mine, SAME, editor)
    assert Carry.objects.count() == 0


def test_a_file_that_storage_has_lost_is_not_carried_over(
    assessment: Assessment, before: Assessment, old: Evidence, node: IndicatorNode, editor: User, stored: Path
) -> None:
    (stored / str(old.file.name)).unlink()
    with override("en"), pytest.raises(Refused, match="is missing"):
        say(assessment, node, old, SAME, editor)
    assert (Evidence.objects.filter(assessment=assessment).count(), Carry.objects.count()) == (0, 0)


# --- the date of a document --------------------------------------------------------------------------


def test_a_document_s_date_is_kept_with_one_row_of_the_log(
    assessment: Assessment, editor: User, kept: Evidence
) -> None:
    set_document_date(evidence=kept, day=date(2026, 3, 1), by=editor)
    set_document_date(evidence=kept, day=date(2026, 3, 1), by=editor)
    kept.refresh_from_db()
    assert kept.document_date == date(2026, 3, 1)
    set_document_date(evidence=kept, day=None, by=editor)
    days = [entry.details["document_date"] for entry in LogEntry.objects.filter(what="document_date").order_by("pk")]
    assert days == [[None, "2026-03-01"], ["2026-03-01", None]]


def test_a_document_s_date_is_the_office_s_while_it_may_edit(
    kept: Evidence, stranger: User, reviewer: User, editor: User, time_machine: Any
) -> None:
    for person in (stranger, reviewer):
        with pytest.raises(Refused):
            set_document_date(evidence=kept, day=date(2026, 3, 1), by=person)
    time_machine.move_to(AFTER)
    with pytest.raises(Refused):
        set_document_date(evidence=kept, day=date(2026, 3, 1), by=editor)


# --- another edition ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "standing", "comparable"),
    [
        ({"comparable": True}, "same", True),
        ({"comparable": False}, "same", False),
        ({"comparable": True, "name": "ชื่อใหม่"}, "changed", True),
        ({"comparable": False, "evidence": ("อื่น",)}, "changed", False),
        ({"previous": None, "comparable": False}, "new", False),
    ],
)
def test_what_changed_in_the_standard(
    assessment: Assessment,
    before: Assessment,
    node: IndicatorNode,
    changes: dict[str, Any],
    standing: str,
    comparable: bool,
) -> None:
    """An indicator of a later edition, whose predecessor was answered last year."""
    later = replace(node, **{"pk": 999_999, "previous": node.pk, **changes})
    last = beside(assessment, later)
    assert (last.standing, last.comparable) == (standing, comparable)
    assert (last.answer is None) == (standing == "new")
    assert [each.text for each in last.figures] == ([] if standing == "new" else ["4"])
