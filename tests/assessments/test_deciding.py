"""The row of an answer that had no case: a verdict gives it, the answer has it once it is sent, and what follows."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from assessments import services
from assessments.models import Answer, AnswerChange, Assessment, Outcome, Review, User
from assessments.report import figures_in_words
from assessments.services import Entry, Refused, Verdict
from assessments.services.review import current
from assessments.workflow import Status
from indicators.editions import EditionNode, IndicatorNode
from indicators.rules import Band, Rule
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import signed_in

NO_CASE = Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องทุกข์ในรอบปี")
REASON = "ตรวจทะเบียนแล้วไม่มีเรื่องจริง"
WAITS = "→ ยังไม่คิดคะแนน รอผู้ตรวจประเมินเลือกช่วงคะแนนพร้อมเหตุผล"


@pytest.fixture
def node(standard: EditionNode) -> IndicatorNode:
    return standard.indicators["4.31"]


def save(assessment: Assessment, node: IndicatorNode, by: User, entry: Entry) -> Answer:
    version = Answer.objects.get(assessment=assessment, indicator_id=node.pk).version
    return services.save_answer(assessment=assessment, indicator=node, by=by, version=version, entry=entry).answer


@pytest.fixture
def waiting(assessment: Assessment, editor: User, head: User, node: IndicatorNode) -> Assessment:
    """Submitted; everything at its best, and 4.31 without a case."""
    answer_all(assessment, editor)
    save(assessment, node, editor, NO_CASE)
    services.submit(assessment=assessment, by=head, certified=True)
    return Assessment.objects.whole().get(pk=assessment.pk)


def rows(node: IndicatorNode) -> tuple[Band, ...]:
    assert isinstance(node.rule, Rule)
    return node.rule.bands


def decide(assessment: Assessment, node: IndicatorNode, by: User, **given: Any) -> Any:
    """A verdict that chooses a printed row, on the answer as it is now."""
    verdict = Verdict(**{"outcome": Outcome.ROW, "band": 1, "reason": REASON, **given})
    seen = reviewing.seen(assessment, node.code)
    return services.judge(assessment=assessment, indicator=node, by=by, verdict=verdict, **seen)


def send(assessment: Assessment, by: User) -> Assessment:
    """Agree with all that is not judged yet, and send the verdicts."""
    reviewing.enter_target(assessment, by)
    rest = Answer.objects.filter(assessment=assessment).exclude(indicator__in=current(assessment))
    versions = dict(Review.objects.filter(answer__in=rest).values_list("answer", "version"))
    services.agree_many(answers={each.pk: (each.version, versions.get(each.pk, 0)) for each in rest}, by=by)
    return services.verify(assessment=assessment, by=by)


def reopen(assessment: Assessment, head: User, reviewer: User, manager: User) -> Assessment:
    """From the verdicts to the final result and back into review."""
    services.reply(assessment=assessment, by=head)
    services.finalise(assessment=assessment, by=reviewer)
    return services.reopen(assessment=assessment, by=manager, reason="ตรวจใหม่")


def answer_of(assessment: Assessment, node: IndicatorNode) -> Answer:
    return Answer.objects.get(assessment=assessment, indicator_id=node.pk)


# --- the act -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("band", "score", "explanation"),
    [
        (1, "10.0", f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง 100 → 10 คะแนน เพราะ{REASON}"),
        (2, "7.5", f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง 90-99 → 7.5 คะแนน เพราะ{REASON}"),
    ],
)
def test_the_row_gives_the_score_and_its_explanation(
    band: int, score: str, explanation: str, waiting: Assessment, node: IndicatorNode, reviewer: User
) -> None:
    before = answer_of(waiting, node)
    assert decide(waiting, node, reviewer, band=band, reason=f"  {REASON}\n").changed
    # The first verdict begins the review.
    assert [move.action for move in waiting.history.all()] == ["begin", "submit"]
    send(waiting, reviewer)
    answer = answer_of(waiting, node)
    assert (str(answer.score), answer.band, answer.pending, answer.is_answered) == (score, band, "", True)
    assert answer.explanation == explanation
    assert (answer.decided_band, answer.decided_reason, answer.decided_by) == (band, REASON, reviewer)
    assert answer.decided_at is not None
    # The office's own words stay the office's.
    assert (answer.no_case, answer.no_case_reason) == (True, before.no_case_reason)
    assert (answer.changed_at, answer.changed_by) == (before.changed_at, before.changed_by)
    change = answer.history.first()
    assert change is not None
    assert (change.version, answer.version, change.by) == (before.version + 1, before.version + 1, reviewer)
    assert change.changes == {"decided_band": [None, band], "decided_reason": ["", REASON]}
    review = Review.objects.get(answer=answer)
    assert (review.judged_version, answer.decided_at) == (answer.version, review.judged_at)
    call_command("check_scores", verbosity=0)


def test_until_the_verdicts_are_sent_the_answer_and_its_totals_stay_as_they_were(
    waiting: Assessment, node: IndicatorNode, reviewer: User, editor: User
) -> None:
    def now() -> tuple[Any, ...]:
        answer, stored = answer_of(waiting, node), Assessment.objects.get(pk=waiting.pk)
        return answer.version, answer.score, answer.pending, answer.decided_band, answer.explanation, stored.results

    before = now()
    decide(waiting, node, reviewer, band=2)
    decide(waiting, node, reviewer, band=3, reason="ทะเบียนไม่ครบ")
    decide(waiting, node, reviewer, outcome=Outcome.EVIDENCE, band=None, reason="ขอทะเบียน")
    review = decide(waiting, node, reviewer, band=2).review
    assert now() == before
    assert not AnswerChange.objects.filter(by=reviewer).exists()
    # The reviewer has it: in the verdict, and in the verified totals.
    stored = Assessment.objects.get(pk=waiting.pk)
    assert (str(review.score), stored.verified_results["areas"][node.area_code]["sum"]) == ("7.5", "7.5")
    places = ["", "areas/4-8/", "indicators/4.31/", "indicators/4.31/history/", "form/", "history/", "plan/"]
    office, centre = signed_in(editor), signed_in(reviewer)
    for place in [each.replace("4-8", node.area_code) for each in places]:
        shown = office.get(f"/assessments/{waiting.pk}/{place}")
        assert shown.status_code == 200
        assert REASON not in shown.content.decode(), place
        assert "ผู้ตรวจประเมินเลือกช่วง 90-99" not in shown.content.decode(), place
    assert REASON in centre.get(f"/assessments/{waiting.pk}/review/4.31/").content.decode()
    page = centre.get(f"/offices/{waiting.pk}/").content.decode()
    assert REASON in page
    assert "สำนักงานจะเห็นแถวนี้" in page or "The office reads this row" in page
    services.undo(reviews={review.pk: review.version}, by=reviewer)
    assert now() == before


def test_totals_and_level_close(waiting: Assessment, node: IndicatorNode, reviewer: User) -> None:
    total = waiting.results["areas"][node.area_code]
    assert (total["open"], total["mean"], waiting.results["overall"]["mean"]) == (1, None, None)
    decide(waiting, node, reviewer, band=len(rows(node)))
    waiting.refresh_from_db()
    assert (waiting.results["areas"][node.area_code]["open"], waiting.status) == (1, Status.IN_REVIEW)
    send(waiting, reviewer)
    waiting.refresh_from_db()
    overall = waiting.results["overall"]
    assert (overall["open"], overall["sum"], overall["mean"], overall["level"]) == (0, "540", "9.82", "good")
    assert waiting.results["areas"][node.area_code]["open"] == 0


def test_0_of_0_is_decided_too_and_a_choice_in_its_words(
    assessment: Assessment, standard: EditionNode, editor: User, head: User, reviewer: User
) -> None:
    answer_all(assessment, editor)
    ratio, choice = standard.indicators["2.6"], standard.indicators["4.32"]
    reason = "ไม่มีโครงการในรอบปี"
    save(assessment, ratio, editor, Entry(inputs={"numerator": 0, "denominator": 0}, no_case_reason=reason))
    save(assessment, choice, editor, NO_CASE)
    services.submit(assessment=assessment, by=head, certified=True)
    decide(assessment, ratio, reviewer, band=len(rows(ratio)))
    decide(assessment, choice, reviewer, band=2)
    send(assessment, reviewer)
    answer = answer_of(assessment, ratio)
    assert str(answer.score) == "2.5"
    assert answer.inputs == {"numerator": 0, "denominator": 0}
    assert answer.explanation.startswith("0 จาก 0 โครงการ ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง ")
    chosen = answer_of(assessment, choice)
    assert chosen.explanation == (f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือก“มากกว่า 15 วัน” → 5 คะแนน เพราะ{REASON}")
    # The form's column of results tells the office's reason and the reviewer's.
    assert figures_in_words(chosen, choice) == (
        f"ไม่มีกรณีในรอบปี: ไม่มีเรื่องร้องทุกข์ในรอบปี\nผู้ตรวจประเมินเลือก“มากกว่า 15 วัน” → 5 คะแนน เพราะ{REASON}"
    )
    assert figures_in_words(answer, ratio).startswith("0 จาก 0 โครงการ ไม่มีกรณีในรอบปี\nผู้ตรวจประเมินเลือกช่วง ")
    call_command("check_scores", verbosity=0)


def test_changing_one_s_mind_is_a_new_decision(
    waiting: Assessment, node: IndicatorNode, reviewer: User, manager: User, head: User
) -> None:
    decide(waiting, node, reviewer, band=3)
    decide(waiting, node, reviewer)
    assert not decide(waiting, node, reviewer).changed
    send(waiting, reviewer)
    again = reopen(waiting, head, reviewer, manager)
    decide(again, node, manager, band=2, reason="ทะเบียนไม่ครบ")
    assert answer_of(waiting, node).decided_band == 1
    send(again, manager)
    answer = answer_of(waiting, node)
    assert (answer.decided_band, answer.decided_reason, answer.decided_by) == (2, "ทะเบียนไม่ครบ", manager)
    assert [change.changes for change in answer.history.all()][:2] == [
        {"decided_band": [1, 2], "decided_reason": [REASON, "ทะเบียนไม่ครบ"]},
        {"decided_band": [None, 1], "decided_reason": ["", REASON]},
    ]
    assert node.pk in current(again)


@pytest.mark.parametrize(
    "given", [{"band": 0}, {"band": 6}, {"band": -1}, {"reason": ""}, {"reason": " \n\u200b"}], ids=str
)
def test_only_a_printed_row_with_a_reason(
    given: dict[str, Any], waiting: Assessment, node: IndicatorNode, reviewer: User
) -> None:
    assert len(rows(node)) == 5
    with pytest.raises(Refused):
        decide(waiting, node, reviewer, **given)
    assert answer_of(waiting, node).decided_band is None


@pytest.mark.parametrize("code", ["2.1", "4.32"])
def test_an_answer_with_numbers_of_its_own_keeps_its_score(
    code: str, waiting: Assessment, standard: EditionNode, reviewer: User
) -> None:
    node = standard.indicators[code]
    decide(waiting, node, reviewer, band=2)
    decide(waiting, standard.indicators["4.31"], reviewer)
    send(waiting, reviewer)
    answer = answer_of(waiting, node)
    assert (answer.decided_band, answer.band) == (None, 1)
    assert not AnswerChange.objects.filter(answer=answer, by=reviewer).exists()


def test_dimension_1_has_no_row_to_choose(waiting: Assessment, standard: EditionNode, reviewer: User) -> None:
    with pytest.raises(Refused):
        decide(waiting, standard.indicators["1.1"], reviewer)


def test_nobody_else_and_at_no_other_time(
    waiting: Assessment, node: IndicatorNode, editor: User, head: User, admin: User, inspector: User, reviewer: User
) -> None:
    for user in (editor, head, admin, inspector):
        with pytest.raises(Refused):
            decide(waiting, node, user)
    services.return_for_correction(assessment=waiting, by=reviewer, reason="แก้", due_on=date(2026, 8, 20))
    with pytest.raises(Refused):
        decide(waiting, node, reviewer)
    assert answer_of(waiting, node).decided_band is None


# --- what becomes of a decision ----------------------------------------------------------------------


@pytest.fixture
def returned(waiting: Assessment, node: IndicatorNode, head: User, reviewer: User, manager: User) -> Assessment:
    """Decided and sent, then reopened and returned."""
    decide(waiting, node, reviewer)
    send(waiting, reviewer)
    reopen(waiting, head, reviewer, manager)
    services.return_for_correction(assessment=waiting, by=reviewer, reason="แก้ 4.31", due_on=date(2026, 8, 20))
    return waiting


@pytest.mark.parametrize(
    ("entry", "score", "explanation"),
    [
        (Entry(no_case=True, no_case_reason="ทะเบียนว่าง"), None, f"ไม่มีกรณีในรอบปี {WAITS}"),
        (
            Entry(inputs={"numerator": 0, "denominator": 0}, no_case_reason=NO_CASE.no_case_reason),
            None,
            f"0 จาก 0 เรื่อง ไม่มีกรณีในรอบปี {WAITS}",
        ),
        (Entry(inputs={"numerator": 9, "denominator": 10}), "7.5", "9 จาก 10 เรื่อง = ร้อยละ 90 → ช่วง 90-99 → 7.5 คะแนน"),
    ],
    ids=["reason", "zero", "numbers"],
)
def test_it_falls_when_the_office_changes_what_it_rests_on(
    entry: Entry, score: str | None, explanation: str, returned: Assessment, node: IndicatorNode, editor: User
) -> None:
    answer = save(returned, node, editor, entry)
    answer.refresh_from_db()
    assert (answer.decided_band, answer.decided_reason, answer.decided_at, answer.decided_by) == (None, "", None, None)
    assert (None if answer.score is None else str(answer.score), answer.explanation) == (score, explanation)
    change = answer.history.first()
    assert change is not None
    assert change.changes["decided_band"] == [1, None]
    assert change.changes["decided_reason"] == [REASON, ""]
    call_command("check_scores", verbosity=0)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(no_case=True, no_case_reason=NO_CASE.no_case_reason, performance="จัดช่องทางรับเรื่องไว้แล้ว"),
        # What cannot be read leaves the answer, and with it the decision.
        Entry(typed={"numerator": "หก"}),
    ],
    ids=["text", "unreadable"],
)
def test_it_stays_when_the_office_changes_something_else(
    entry: Entry, returned: Assessment, node: IndicatorNode, editor: User
) -> None:
    answer = save(returned, node, editor, entry)
    answer.refresh_from_db()
    assert (answer.decided_band, str(answer.score), answer.pending) == (1, "10.0", "")
    call_command("check_scores", verbosity=0)


def test_it_holds_over_a_second_submission(
    returned: Assessment, node: IndicatorNode, head: User, reviewer: User
) -> None:
    services.submit(assessment=returned, by=head, certified=True)
    assert answer_of(returned, node).decided_band == 1
    assert node.pk in current(returned)


def test_verifying_waits_for_the_decision(waiting: Assessment, node: IndicatorNode, reviewer: User) -> None:
    others = Answer.objects.filter(assessment=waiting).exclude(indicator=node.pk)
    services.agree_many(answers={answer.pk: (answer.version, 0) for answer in others}, by=reviewer)
    # 1.31 waits for the year's target, which this round does not have.
    for left in ("2 answers are not judged yet (1.31, 4.31)", "1 answer is not judged yet (1.31)"):
        with translation.override("en"), pytest.raises(Refused) as refused:
            services.verify(assessment=waiting, by=reviewer)
        assert str(refused.value.message).startswith(left)
        decide(waiting, node, reviewer)


def test_the_office_reads_the_decision(waiting: Assessment, node: IndicatorNode, reviewer: User, editor: User) -> None:
    decide(waiting, node, reviewer, band=2)
    send(waiting, reviewer)
    client = signed_in(editor)
    page = client.get(f"/assessments/{waiting.pk}/indicators/4.31/").content.decode()
    assert f"ผู้ตรวจประเมินเลือกช่วง 90-99 → 7.5 คะแนน เพราะ{REASON}" in page
    history = client.get(f"/assessments/{waiting.pk}/indicators/4.31/history/").content.decode()
    assert reviewer.full_name in history
    assert rows(node)[1].text in history
    assert REASON in history
    assert REASON in client.get(f"/assessments/{waiting.pk}/form/").content.decode()
