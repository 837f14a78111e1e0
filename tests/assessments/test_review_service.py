"""Judging answers: what a verdict writes and what it never touches, bulk agreement, undo, questions."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from assessments import services
from assessments.models import Answer, Assessment, Outcome, Province, Question, Review, User
from assessments.services import Entry, Refused, StaleVerdict, Verdict
from assessments.services.review import change_question, current
from assessments.workflow import Role, Status
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import LOCK, person

DUE = date(2026, 8, 20)
NO_CASE = Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องทุกข์ในรอบปี")
REASON = "ตรวจทะเบียนแล้วไม่มีเรื่องจริง"


@pytest.fixture
def submitted(assessment: Assessment, editor: User, head: User, standard: EditionNode) -> Assessment:
    """Everything at its best, and 4.31 without a case."""
    answer_all(assessment, editor)
    save(assessment, "4.31", editor, NO_CASE, standard)
    services.submit(assessment=assessment, by=head, certified=True)
    return Assessment.objects.whole().get(pk=assessment.pk)


def save(assessment: Assessment, code: str, by: User, entry: Entry, standard: EditionNode) -> Answer:
    node = standard.indicators[code]
    version = answer_of(assessment, code).version
    return services.save_answer(assessment=assessment, indicator=node, by=by, version=version, entry=entry).answer


def answer_of(assessment: Assessment, code: str) -> Answer:
    return Answer.objects.get(assessment=assessment, indicator__code=code)


def returned(assessment: Assessment, by: User) -> None:
    services.return_for_correction(assessment=assessment, by=by, reason="แก้ไข", due_on=DUE)


def claimed(assessment: Assessment) -> dict[str, Any]:
    """All that the office said, and its score, of every answer that had a case."""
    columns = ("inputs", "performance", "score", "band", "met", "explanation", "version", "changed_at", "changed_by")
    return {row[0]: row[1:] for row in assessment.answers.filter(no_case=False).values_list("pk", *columns)}


# --- the verdict -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "written"),
    [
        ({"outcome": Outcome.AGREE}, ("agree", 1, Decimal(10), "")),
        ({"outcome": Outcome.AGREE, "reason": " ดี\n"}, ("agree", 1, Decimal(10), "ดี")),
        ({"outcome": Outcome.ROW, "band": 2, "reason": REASON}, ("row", 2, Decimal("7.5"), REASON)),
        ({"outcome": Outcome.ROW, "band": 5, "reason": REASON}, ("row", 5, Decimal(0), REASON)),
        # The row that the office has itself is agreement, and needs no reason.
        ({"outcome": Outcome.ROW, "band": 1}, ("agree", 1, Decimal(10), "")),
        ({"outcome": Outcome.EVIDENCE, "reason": "ขอคำสั่ง"}, ("evidence", None, None, "ขอคำสั่ง")),
    ],
)
def test_a_verdict_stands_beside_the_claim_and_changes_nothing_of_it(
    verdict: dict[str, Any], written: tuple[Any, ...], submitted: Assessment, reviewer: User
) -> None:
    before, totals = claimed(submitted), submitted.results
    review = reviewing.judge(submitted, reviewer, "2.1", **verdict)
    assert (review.outcome, review.band, review.score, review.reason) == written
    assert (review.judged_by, review.judged_version, review.version) == (reviewer, 1, 1)
    submitted.refresh_from_db()
    assert (claimed(submitted), submitted.results) == (before, totals)
    assert submitted.status == Status.IN_REVIEW
    assert submitted.verified_results["dimensions"]["2"]["open"] == (12 if written[2] is None else 11)
    (change,) = review.history.all()
    assert (change.version, change.by, change.undone) == (1, reviewer, False)
    assert change.changes["outcome"] == ["", written[0]]


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("2.1", {"outcome": Outcome.ROW, "band": None, "reason": REASON}),
        ("2.1", {"outcome": Outcome.ROW, "band": 0, "reason": REASON}),
        ("2.1", {"outcome": Outcome.ROW, "band": 6, "reason": REASON}),
        ("2.1", {"outcome": Outcome.ROW, "band": 2}),
        ("2.1", {"outcome": Outcome.ROW, "band": 2, "reason": " \n"}),
        ("2.1", {"outcome": Outcome.EVIDENCE}),
        ("1.1", {"outcome": Outcome.ROW, "band": 1, "reason": REASON}),
        ("1.31", {"outcome": Outcome.AGREE}),
        ("4.31", {"outcome": Outcome.AGREE}),
        ("4.31", {"outcome": Outcome.ROW, "band": 1}),
    ],
)
def test_a_verdict_that_says_too_little_is_refused_and_writes_nothing(
    code: str, verdict: dict[str, Any], submitted: Assessment, reviewer: User
) -> None:
    with pytest.raises(Refused):
        reviewing.judge(submitted, reviewer, code, **verdict)
    submitted.refresh_from_db()
    assert (Review.objects.count(), submitted.status) == (0, Status.SUBMITTED)


def test_dimension_1_is_confirmed_without_a_score(submitted: Assessment, reviewer: User) -> None:
    review = reviewing.judge(submitted, reviewer, "1.1")
    assert (review.outcome, review.band, review.score) == ("agree", None, None)
    assert [row.pk for row in current(submitted).values()] == [review.pk]


def test_the_same_verdict_again_changes_nothing(submitted: Assessment, reviewer: User, manager: User) -> None:
    first = reviewing.row(submitted, reviewer, "2.1", 2)
    again = reviewing.row(submitted, manager, "2.1", 2)
    assert (again.version, again.judged_by, first.history.count()) == (1, reviewer, 1)
    assert submitted.history.filter(action="begin").count() == 1


def test_two_reviewers_at_once_the_second_sees_the_first_and_nothing_is_lost(
    submitted: Assessment, standard: EditionNode, reviewer: User, manager: User
) -> None:
    page: dict[str, Any] = reviewing.seen(submitted, "2.1")
    reviewing.row(submitted, reviewer, "2.1", 2, "ไม่ครบ")
    arguments: dict[str, Any] = {"assessment": submitted, "indicator": standard.indicators["2.1"], "by": manager}
    with pytest.raises(StaleVerdict) as stale:
        services.judge(**arguments, verdict=Verdict(Outcome.ROW, 3, "ขาดสองครั้ง"), **page)
    assert (stale.value.review.band, stale.value.review.reason, stale.value.review.judged_by) == (2, "ไม่ครบ", reviewer)
    assert Review.objects.get().version == 1
    now: dict[str, Any] = reviewing.seen(submitted, "2.1")
    done = services.judge(**arguments, verdict=Verdict(Outcome.ROW, 3, "ขาดสองครั้ง"), **now)
    assert [row.changes["reason"] for row in done.review.history.all()] == [["ไม่ครบ", "ขาดสองครั้ง"], ["", "ไม่ครบ"]]


def test_a_verdict_on_an_answer_that_changed_meanwhile_is_refused(
    submitted: Assessment, standard: EditionNode, reviewer: User, editor: User, head: User
) -> None:
    page: dict[str, Any] = reviewing.seen(submitted, "2.1")
    returned(submitted, reviewer)
    save(submitted, "2.1", editor, Entry({"count": 1}), standard)
    arguments: dict[str, Any] = {"assessment": submitted, "indicator": standard.indicators["2.1"], "by": reviewer}
    with pytest.raises(Refused):
        services.judge(**arguments, verdict=Verdict(Outcome.AGREE), **page)
    services.submit(assessment=submitted, by=head, certified=True)
    with pytest.raises(Refused):
        services.judge(**arguments, verdict=Verdict(Outcome.AGREE), **page)
    assert not Review.objects.exists()


def test_a_corrected_answer_makes_its_verdict_stale_and_its_total_open(
    submitted: Assessment, standard: EditionNode, reviewer: User, editor: User, head: User
) -> None:
    reviewing.judge(submitted, reviewer, "2.1")
    reviewing.judge(submitted, reviewer, "2.3")
    returned(submitted, reviewer)
    save(submitted, "2.1", editor, Entry({"count": 1}), standard)
    services.submit(assessment=submitted, by=head, certified=True)
    assert {row.answer.indicator.code for row in current(submitted).values()} == {"2.3"}
    # The old verdict stays to be read, and the same outcome again is a new verdict on the new answer.
    again = reviewing.judge(submitted, reviewer, "2.1")
    assert (again.judged_version, again.version) == (2, 2)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ADMIN, Role.SUPPORTER])
def test_only_the_centre_judges(submitted: Assessment, reviewer: User, role: Role) -> None:
    with pytest.raises(Refused):
        reviewing.judge(submitted, person("x@ministry.example", role), "2.1")


def test_whose_role_ended_mid_work_is_refused_and_what_was_judged_stays(submitted: Assessment, reviewer: User) -> None:
    reviewing.judge(submitted, reviewer, "2.1")
    User.objects.filter(pk=reviewer.pk).update(role=Role.INSPECTOR)
    for act in (
        lambda: reviewing.judge(submitted, User.objects.get(pk=reviewer.pk), "2.3"),
        lambda: services.undo(reviews={Review.objects.get().pk: 1}, by=User.objects.get(pk=reviewer.pk)),
        lambda: services.verify(assessment=submitted, by=User.objects.get(pk=reviewer.pk)),
    ):
        with pytest.raises(Refused):
            act()
    assert Review.objects.get().judged_by_id == reviewer.pk


# --- an answer without a case ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("band", "score", "explanation"),
    [
        (1, "10.0", f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง 100 → 10 คะแนน เพราะ{REASON}"),
        (2, "7.5", f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง 90-99 → 7.5 คะแนน เพราะ{REASON}"),
    ],
)
def test_its_row_comes_from_the_verdict_with_score_and_explanation(
    band: int, score: str, explanation: str, submitted: Assessment, reviewer: User
) -> None:
    assert submitted.results["overall"]["mean"] is None
    review = reviewing.row(submitted, reviewer, "4.31", band, REASON)
    assert (f"{review.score:.1f}", answer_of(submitted, "4.31").score) == (score, None)
    others = Answer.objects.filter(assessment=submitted).exclude(indicator__code="4.31")
    reviewing.enter_target(submitted, reviewer)
    services.agree_many(answers={each.pk: (each.version, 0) for each in others}, by=reviewer)
    services.verify(assessment=submitted, by=reviewer)
    answer = answer_of(submitted, "4.31")
    review.refresh_from_db()
    assert (str(answer.score), answer.band, answer.pending, answer.explanation) == (score, band, "", explanation)
    assert (answer.no_case, answer.no_case_reason) == (True, NO_CASE.no_case_reason)
    assert (review.score, review.judged_version) == (answer.score, answer.version)
    submitted.refresh_from_db()
    assert (submitted.results["overall"]["open"], submitted.results["overall"]["mean"] is None) == (0, False)
    call_command("check_scores", verbosity=0)


def test_another_reason_of_the_office_makes_its_row_stale(
    submitted: Assessment, standard: EditionNode, reviewer: User, editor: User, head: User
) -> None:
    reviewing.row(submitted, reviewer, "4.31", 1)
    returned(submitted, reviewer)
    save(submitted, "4.31", editor, Entry(no_case=True, no_case_reason="ไม่มีผู้ร้อง"), standard)
    services.submit(assessment=submitted, by=head, certified=True)
    assert current(submitted) == {}


# --- undo --------------------------------------------------------------------------------------------


def undo(assessment: Assessment, by: User, code: str) -> int:
    review = Review.objects.get(answer__assessment=assessment, answer__indicator__code=code)
    return services.undo(reviews={review.pk: review.version}, by=by)


def test_undo_of_the_first_verdict_leaves_none(submitted: Assessment, reviewer: User) -> None:
    reviewing.row(submitted, reviewer, "2.1", 2)
    assert undo(submitted, reviewer, "2.1") == 1
    review = Review.objects.get()
    assert (review.outcome, review.score, review.judged_by, review.judged_version) == ("", None, None, None)
    assert [row.undone for row in review.history.all()] == [True, False]
    # An undo is not undone, and what it left can be judged again.
    assert undo(submitted, reviewer, "2.1") == 0
    assert reviewing.row(submitted, reviewer, "2.1", 3).version == 3


def test_undo_brings_the_verdict_before_back_whole(submitted: Assessment, reviewer: User, manager: User) -> None:
    first = reviewing.row(submitted, reviewer, "2.1", 2, "ไม่ครบ")
    reviewing.judge(submitted, manager, "2.1", outcome=Outcome.EVIDENCE, reason="ขอหลักฐาน")
    assert undo(submitted, manager, "2.1") == 1
    now = Review.objects.get()
    columns = ("outcome", "band", "score", "reason", "judged_by_id", "judged_at", "judged_version")
    assert [getattr(now, column) for column in columns] == [getattr(first, column) for column in columns]


def test_undo_leaves_what_somebody_changed_since(submitted: Assessment, reviewer: User, manager: User) -> None:
    first = reviewing.row(submitted, reviewer, "2.1", 2)
    reviewing.row(submitted, manager, "2.1", 3)
    assert services.undo(reviews={first.pk: 1}, by=reviewer) == 0
    assert Review.objects.get().band == 3


def test_undo_of_a_row_without_a_case_brings_the_former_row_back(submitted: Assessment, reviewer: User) -> None:
    found = []
    for act in (
        lambda: reviewing.row(submitted, reviewer, "4.31", 1),
        lambda: reviewing.row(submitted, reviewer, "4.31", 2),
        lambda: undo(submitted, reviewer, "4.31"),
        lambda: reviewing.row(submitted, reviewer, "4.31", 1, "เหตุผลใหม่"),
        lambda: undo(submitted, reviewer, "4.31"),
        lambda: reviewing.judge(submitted, reviewer, "4.31", outcome=Outcome.EVIDENCE, reason="ขอทะเบียน"),
        lambda: undo(submitted, reviewer, "4.31"),
    ):
        act()
        answer, review = answer_of(submitted, "4.31"), Review.objects.get()
        found.append((review.band, review.band and review.reason, review.judged_version == answer.version))
        assert (answer.decided_band, answer.pending) == (None, "no_case")
    old = reviewing.REASON
    rows = [(1, old), (2, old), (1, old), (1, "เหตุผลใหม่"), (1, old), (None, None), (1, old)]
    assert found == [(band, reason, True) for band, reason in rows]
    call_command("check_scores", verbosity=0)


def test_undo_leaves_a_verdict_stale_whose_answer_the_office_changed_in_between(
    submitted: Assessment, standard: EditionNode, reviewer: User, editor: User, head: User
) -> None:
    reviewing.row(submitted, reviewer, "4.31", 1)
    returned(submitted, reviewer)
    save(submitted, "4.31", editor, Entry(no_case=True, no_case_reason="ไม่มีผู้ร้อง"), standard)
    services.submit(assessment=submitted, by=head, certified=True)
    reviewing.row(submitted, reviewer, "4.31", 2)
    assert undo(submitted, reviewer, "4.31") == 1
    answer, review = answer_of(submitted, "4.31"), Review.objects.get()
    assert (answer.decided_band, answer.pending) == (None, "no_case")
    assert (review.band, review.judged_version == answer.version) == (1, False)


def test_what_came_after_the_verdicts_is_not_undone(submitted: Assessment, reviewer: User, head: User) -> None:
    """A response and its taking back at a reopening are changes of a review too, but no verdicts."""
    manager = person("second@central.example", Role.MANAGER)
    reviewing.verified(submitted, reviewer)
    reviewing.respond(submitted, head, "2.1")
    services.reply(assessment=submitted, by=head)
    reviewing.settle(submitted, reviewer, "2.1", 1)
    services.finalise(assessment=submitted, by=reviewer)
    services.reopen(assessment=submitted, by=manager, reason="ตรวจใหม่")
    for code in ("2.1", "2.3"):
        assert undo(submitted, reviewer, code) == 0
    review = Review.objects.get(answer=answer_of(submitted, "2.1"))
    assert (review.response, review.final_at, review.outcome) == ("", None, "agree")


def test_after_verifying_nothing_is_undone(submitted: Assessment, reviewer: User) -> None:
    reviewing.verified(submitted, reviewer)
    with pytest.raises(Refused):
        undo(submitted, reviewer, "2.1")


# --- agreeing with many ------------------------------------------------------------------------------


def test_many_are_agreed_with_at_once_and_taken_back_at_once(submitted: Assessment, reviewer: User) -> None:
    answers = {each.pk: (each.version, 0) for each in submitted.answers.filter(indicator__code__in=["2.1", "2.3"])}
    agreed = services.agree_many(answers=answers, by=reviewer)
    assert (len(agreed.done), agreed.refused) == (2, {})
    assert services.agree_many(answers=answers, by=reviewer).done == {}
    assert services.undo(reviews=agreed.done, by=reviewer) == 2
    assert set(Review.objects.values_list("outcome", flat=True)) == {""}


def test_what_cannot_be_agreed_with_is_named_and_the_rest_is_done(
    submitted: Assessment, reviewer: User, manager: User, phuket: Province
) -> None:
    reviewing.row(submitted, manager, "2.3", 2)
    other = Answer.objects.get(assessment__province=phuket, indicator__code="2.1")
    codes = ["1.31", "2.1", "2.3", "4.31"]
    answers = {each.pk: (each.version, 0) for each in submitted.answers.filter(indicator__code__in=codes)}
    agreed = services.agree_many(answers={**answers, other.pk: (0, 0)}, by=reviewer)
    done = Review.objects.filter(pk__in=agreed.done).values_list("answer__indicator__code", flat=True)
    assert list(done) == ["2.1"]
    refused = {*(answer_of(submitted, code).pk for code in ("1.31", "2.3", "4.31")), other.pk}
    assert set(agreed.refused) == refused
    assert manager.full_name in agreed.refused[answer_of(submitted, "2.3").pk]


@pytest.mark.parametrize(("codes", "queries"), [(["2.1"], 18), (["2.1", "2.3", "2.4"], 32)])
def test_a_bulk_agreement_costs_seven_queries_an_answer(
    submitted: Assessment, reviewer: User, django_assert_num_queries: Any, codes: list[str], queries: int
) -> None:
    answers = {each.pk: (each.version, 0) for each in submitted.answers.filter(indicator__code__in=codes)}
    with django_assert_num_queries(queries + LOCK):
        services.agree_many(answers=answers, by=reviewer)


# --- questions ---------------------------------------------------------------------------------------


def test_a_question_is_drafted_once_changed_and_dropped(
    submitted: Assessment, standard: EditionNode, reviewer: User
) -> None:
    node = standard.indicators["2.4"]
    first = services.ask(assessment=submitted, indicator=node, by=reviewer, text="  แนบคำสั่ง ")
    assert services.ask(assessment=submitted, indicator=node, by=reviewer, text="แนบคำสั่ง") == first
    change_question(question=first, by=reviewer, text="แนบคำสั่งแต่งตั้ง")
    assert list(Question.objects.values_list("text", "sent_with")) == [("แนบคำสั่งแต่งตั้ง", None)]
    change_question(question=first, by=reviewer, text=" ")
    assert not Question.objects.exists()
    with pytest.raises(Refused):
        services.ask(assessment=submitted, indicator=node, by=reviewer, text=" \n")


def test_a_question_that_was_sent_stays_as_the_office_read_it(
    submitted: Assessment, standard: EditionNode, reviewer: User, editor: User, head: User
) -> None:
    question = services.ask(assessment=submitted, indicator=standard.indicators["2.4"], by=reviewer, text="แนบคำสั่ง")
    with pytest.raises(Refused):
        services.answer_question(question=question, by=editor, text="แนบแล้ว")
    returned(submitted, reviewer)
    with pytest.raises(Refused):
        change_question(question=question, by=reviewer, text="อื่น")
    services.answer_question(question=question, by=editor, text="แนบแล้ว")
    services.answer_question(question=question, by=editor, text="")
    with pytest.raises(Refused):
        services.submit(assessment=submitted, by=head, certified=True)
    services.answer_question(question=question, by=editor, text="แนบแล้ว หน้า 3")
    services.submit(assessment=submitted, by=head, certified=True)
    with pytest.raises(Refused):
        services.answer_question(question=question, by=editor, text="อีก")
    with pytest.raises(Refused):
        change_question(question=question, by=reviewer, text="")
    question.refresh_from_db()
    assert (question.text, question.answered_text, question.closed_at) == ("แนบคำสั่ง", "แนบแล้ว หน้า 3", None)
    # Still asking for evidence keeps it open; any other verdict closes it.
    reviewing.judge(submitted, reviewer, "2.4", outcome=Outcome.EVIDENCE, reason="ยังไม่ครบ")
    assert Question.objects.get().closed_at is None
    reviewing.judge(submitted, reviewer, "2.4")
    assert Question.objects.get().closed_by == reviewer


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.INSPECTOR])
def test_only_the_office_answers(submitted: Assessment, standard: EditionNode, reviewer: User, role: Role) -> None:
    question = services.ask(assessment=submitted, indicator=standard.indicators["2.4"], by=reviewer, text="ก")
    returned(submitted, reviewer)
    with pytest.raises(Refused):
        services.answer_question(question=question, by=person("y@central.example", role), text="ข")
