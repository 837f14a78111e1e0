"""Saving one answer: what is written, what is refused, what follows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from assessments import services
from assessments.demo.drawing import Office, draw_inputs
from assessments.models import Answer, AnswerChange, Assessment, Round, User
from assessments.services import Entry, Refused, Saved, Stale
from assessments.services.answers import as_stored, results_of
from assessments.workflow import Status
from indicators.editions import EditionNode
from indicators.inputs import InputRefused
from indicators.scoring import evaluate
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import DURING, LOCK

Save = Callable[..., Saved]


@pytest.fixture
def save(assessment: Assessment, standard: EditionNode, editor: User) -> Save:
    def saved(code: str, *, version: int = 0, by: User = editor, **entry: Any) -> Saved:
        return services.save_answer(
            assessment=assessment, indicator=standard.indicators[code], by=by, version=version, entry=Entry(**entry)
        )

    return saved


def stored(assessment: Assessment, code: str) -> Answer:
    return Answer.objects.get(assessment=assessment, indicator__code=code)


def test_saves_the_answer_its_score_and_who_and_when(
    save: Save, assessment: Assessment, editor: User, time_machine: Any
) -> None:
    time_machine.move_to(DURING, tick=False)
    done = save("2.2", inputs={"numerator": 850, "denominator": 1000}, performance="ส่งต่อทุกวัน", evidence_held=(1, 0))
    answer = stored(assessment, "2.2")
    assert done.changed
    assert answer.inputs == {"numerator": 850, "denominator": 1000}
    assert (answer.score, answer.band, answer.is_answered) == (Decimal("7.5"), 2, True)
    assert answer.explanation == "850 จาก 1,000 ฉบับ = ร้อยละ 85 → ช่วง 70-89 → 7.5 คะแนน"
    assert (answer.version, answer.changed_by, answer.evidence_held) == (1, editor, [0, 1])
    assert answer.changed_at is not None
    assert answer.changed_at.isoformat() == "2026-08-03T03:00:00+00:00"
    assert (done.assessment.answered, done.assessment.touched) == (1, True)
    assert done.assessment.results["dimensions"]["2"]["sum"] == "7.5"


def test_history_tells_old_and_new(save: Save, assessment: Assessment, editor: User) -> None:
    save("2.1", inputs={"count": 3})
    save("2.1", version=1, inputs={"count": 5}, problems="หนังสือมาก")
    changes = list(AnswerChange.objects.order_by("version").values_list("version", "changes", "by"))
    assert changes == [
        (1, {"inputs": [None, {"count": 3}]}, editor.pk),
        (2, {"inputs": [{"count": 3}, {"count": 5}], "problems": ["", "หนังสือมาก"]}, editor.pk),
    ]


def test_no_change_is_no_version(save: Save, assessment: Assessment) -> None:
    save("2.1", inputs={"count": 3})
    again = save("2.1", version=1, inputs={"count": 3})
    assert (again.changed, again.answer.version) == (False, 1)
    assert AnswerChange.objects.count() == 1


def test_the_same_save_twice_is_not_stale(save: Save) -> None:
    """A lost reply is sent again: nothing is different, so nothing is refused."""
    save("2.1", inputs={"count": 3})
    assert not save("2.1", version=0, inputs={"count": 3}).changed


def test_a_stale_save_writes_nothing_and_shows_theirs(save: Save, assessment: Assessment, head: User) -> None:
    save("2.1", inputs={"count": 3}, by=head)
    with pytest.raises(Stale) as stale:
        save("2.1", version=0, inputs={"count": 4}, performance="ของฉัน")
    assert (stale.value.answer.inputs, stale.value.answer.changed_by) == ({"count": 3}, head)
    answer = stored(assessment, "2.1")
    assert (answer.inputs, answer.performance, answer.version) == ({"count": 3}, "", 1)


def test_saving_from_a_version_that_is_not_there_yet_is_stale(save: Save) -> None:
    with pytest.raises(Stale):
        save("2.1", version=1, inputs={"count": 4})


def test_what_cannot_be_read_keeps_the_last_numbers_and_saves_the_rest(save: Save, assessment: Assessment) -> None:
    save("2.1", inputs={"count": 3})
    save("2.1", version=1, typed={"count": "หก"}, performance="ประชุมทุกเดือน")
    answer = stored(assessment, "2.1")
    assert (answer.inputs, answer.typed, answer.performance) == ({"count": 3}, {"count": "หก"}, "ประชุมทุกเดือน")
    assert (answer.score, answer.is_answered) == (Decimal(5), False)
    save("2.1", version=2, inputs={"count": 6}, performance="ประชุมทุกเดือน")
    assert stored(assessment, "2.1").typed == {}


def test_what_was_never_read_stays_unanswered(save: Save, assessment: Assessment) -> None:
    done = save("2.1", typed={"count": "5.5"})
    assert (done.answer.inputs, done.answer.is_answered, done.answer.score) == (None, False, None)
    assert (done.assessment.answered, done.assessment.touched) == (0, True)


def test_emptying_the_numbers_takes_the_answer_back(save: Save, assessment: Assessment) -> None:
    save("2.1", inputs={"count": 5})
    done = save("2.1", version=1)
    assert (done.answer.is_answered, done.answer.score, done.answer.band) == (False, None, None)
    assert done.answer.explanation == ""
    assert (done.assessment.answered, done.assessment.results["dimensions"]["2"]["open"]) == (0, 12)


def test_zero_is_an_answer(save: Save) -> None:
    done = save("2.1", inputs={"count": 0})
    assert (done.answer.is_answered, done.answer.score) == (True, Decimal(0))


@pytest.mark.parametrize(("reason", "answered"), [("ไม่มีเรื่องร้องทุกข์ในรอบปี", True), ("", False), (" \u200b ", False)])
def test_no_case_is_an_answer_with_its_reason(save: Save, reason: str, *, answered: bool) -> None:
    done = save("4.31", no_case=True, no_case_reason=reason)
    assert (done.answer.is_answered, done.answer.pending, done.answer.score) == (answered, "no_case", None)
    assert done.assessment.answered == int(answered)
    assert done.assessment.results["dimensions"]["4"]["open"] == 34


def test_no_case_drops_the_numbers(save: Save, assessment: Assessment) -> None:
    save("4.31", inputs={"numerator": 1, "denominator": 2})
    save("4.31", version=1, inputs={"numerator": 1, "denominator": 2}, no_case=True, no_case_reason="ไม่มี")
    answer = stored(assessment, "4.31")
    assert (answer.inputs, answer.no_case, answer.score) == (None, True, None)


def test_nothing_of_nothing_waits_for_its_reason_too(save: Save) -> None:
    done = save("4.31", inputs={"numerator": 0, "denominator": 0})
    assert (done.answer.pending, done.answer.is_answered) == ("no_case", False)
    done = save("4.31", version=1, inputs={"numerator": 0, "denominator": 0}, no_case_reason="ไม่มีเรื่อง")
    assert (done.answer.pending, done.answer.is_answered) == ("no_case", True)


def test_no_case_where_it_is_not_offered_is_refused(save: Save, assessment: Assessment) -> None:
    with pytest.raises(InputRefused) as refused:
        save("2.1", no_case=True, no_case_reason="ไม่มี")
    assert refused.value.code == "no_case_not_offered"
    assert stored(assessment, "2.1").version == 0


def test_refused_numbers_write_nothing(save: Save, assessment: Assessment) -> None:
    with pytest.raises(InputRefused):
        save("2.2", inputs={"numerator": 9, "denominator": 3}, performance="หายไปไม่ได้")
    answer = stored(assessment, "2.2")
    assert (answer.version, answer.performance) == (0, "")
    assert not AnswerChange.objects.exists()


def test_texts_are_cleaned(save: Save, assessment: Assessment) -> None:
    save("2.1", inputs={"count": 5}, performance="  สํานักงาน\u200b  เเจ้งแล้ว\r\nทุกวัน\x00 ", number_source="\ufeffฝ่าย")
    answer = stored(assessment, "2.1")
    assert answer.performance == "สำนักงาน แจ้งแล้ว\nทุกวัน"
    assert answer.number_source == "ฝ่าย"


def test_exact_decimals_are_kept_as_texts(save: Save, assessment: Assessment) -> None:
    save("1.1", inputs={"amount": Decimal("230.10"), "people": 100})
    answer = stored(assessment, "1.1")
    assert answer.inputs == {"amount": "230.10", "people": 100}
    assert (answer.met, answer.shortfall, answer.score) == (True, Decimal(0), None)


def test_a_check_that_is_not_met_tells_the_shortfall(save: Save, assessment: Assessment) -> None:
    save("1.16", inputs={"count": 1})
    answer = stored(assessment, "1.16")
    assert (answer.met, answer.shortfall) == (False, Decimal(3))


def test_1_31_waits_for_the_year_s_target_and_is_an_answer(save: Save) -> None:
    done = save("1.31", inputs={"spent": Decimal(90), "allocated": Decimal(100)})
    assert (done.answer.pending, done.answer.met, done.answer.is_answered) == ("target", None, True)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.FINAL])
def test_frozen_once_submitted(
    save: Save, assessment: Assessment, editor: User, head: User, reviewer: User, status: Status
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    if status == Status.FINAL:
        reviewing.final(assessment, reviewer, head)
    with pytest.raises(Refused, match=r"submitted|final|ส่ง|สุดท้าย"):
        save("2.1", version=1, inputs={"count": 1})
    assert stored(assessment, "2.1").version == 1


def test_taken_again_after_a_return(
    save: Save, assessment: Assessment, editor: User, head: User, reviewer: User
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    services.return_for_correction(
        assessment=assessment, by=reviewer, reason="แก้ไขข้อ 2.1", due_on=assessment.round.closes_on
    )
    assert save("2.1", version=1, inputs={"count": 1}).answer.score == Decimal(0)


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        ("2026-06-30T23:59:59.999999+07:00", False),
        ("2026-07-01T00:00:00+07:00", True),
        ("2026-09-30T23:59:59.999999+07:00", True),
        ("2026-10-01T00:00:00+07:00", False),
    ],
)
def test_only_within_the_window_to_the_second(save: Save, time_machine: Any, moment: str, *, taken: bool) -> None:
    time_machine.move_to(moment, tick=False)
    if taken:
        assert save("2.1", inputs={"count": 5}).changed
    else:
        with pytest.raises(Refused):
            save("2.1", inputs={"count": 5})


@pytest.mark.parametrize("who", ["stranger", "reviewer", "manager", "inspector", "supporter", "admin"])
def test_only_the_office_s_own_people_save(save: Save, request: pytest.FixtureRequest, who: str) -> None:
    with pytest.raises(Refused):
        save("2.1", inputs={"count": 5}, by=request.getfixturevalue(who))
    assert not AnswerChange.objects.exists()


def test_the_head_saves_too(save: Save, head: User) -> None:
    assert save("2.1", inputs={"count": 5}, by=head).answer.changed_by == head


def test_totals_equal_one_evaluation_of_all_answers(
    assessment: Assessment, standard: EditionNode, editor: User, round_2569: Round
) -> None:
    """The totals that many single saves left behind are those of the whole set at once."""
    office = Office("TH-50")
    raw = {
        code: draw_inputs(office, node, year=2569, first_year=2568)
        for code, node in standard.indicators.items()
        if code not in {"2.4", "4.30"}
    }
    raw["4.13"] = {"no_case": True}
    for code, inputs in raw.items():
        node = standard.indicators[code]
        entry = Entry(no_case=True, no_case_reason="ไม่มี") if "no_case" in inputs else Entry(node.rule.read(inputs))
        services.save_answer(assessment=assessment, indicator=node, by=editor, version=0, entry=entry)
    assessment.refresh_from_db()
    outcome = evaluate([node.item for node in standard.indicators.values()], raw)
    whole = {"overall": outcome.overall, **{str(key): total for key, total in outcome.dimensions.items()}}
    kept = {"overall": assessment.results["overall"], **assessment.results["dimensions"]}
    kept |= assessment.results["areas"]
    whole |= {f"{dimension}-{area}": total for (dimension, area), total in outcome.areas.items()}
    assert set(kept) == set(whole)
    for key, total in whole.items():
        assert Decimal(kept[key]["sum"]) == total.sum
        assert (kept[key]["count"], kept[key]["open"]) == (total.count, total.open)
        assert (kept[key]["low"], kept[key]["high"]) == (str(total.low), str(total.high))
        assert kept[key]["mean"] == (str(total.mean) if total.mean is not None else None)
        assert kept[key]["level"] == (total.level.code if total.level else None)
    assert (assessment.answered, whole["overall"].open) == (84, 3)
    for answer in assessment.answers.filter(inputs__isnull=False).select_related("indicator"):
        code = answer.indicator.code
        assert answer.inputs == as_stored(standard.indicators[code].rule.read(raw[code]))
        assert answer.score == getattr(outcome.results[code], "score", None)
        assert answer.met == getattr(outcome.results[code], "met", None)


def test_the_same_totals_from_fresh_and_from_stored_scores(
    save: Save, assessment: Assessment, standard: EditionNode
) -> None:
    done = save("2.1", inputs={"count": 5})
    pk = standard.indicators["2.1"].pk
    assert done.assessment.results == results_of(standard, {pk: (Decimal(10), True)})


def test_recount_mends_totals(save: Save, assessment: Assessment) -> None:
    right = save("2.1", inputs={"count": 5}).assessment.results
    Assessment.objects.update(results={}, answered=9, touched=False)
    assessment.refresh_from_db()
    services.recount(assessment)
    assessment.refresh_from_db()
    assert (assessment.results, assessment.answered, assessment.touched) == (right, 1, True)


def test_a_save_costs_the_same_queries_however_much_is_answered(
    save: Save, assessment: Assessment, editor: User, django_assert_num_queries: Any
) -> None:
    """Savepoint and its release, the lock, assessment, answer, its update, its history, the trail's last row and the
    new one, scores, totals."""
    with django_assert_num_queries(10 + LOCK):
        save("2.1", inputs={"count": 1})
    answer_all(assessment, editor, c2_1={"count": 1})
    with django_assert_num_queries(10 + LOCK):
        save("2.1", version=1, inputs={"count": 5})
    with django_assert_num_queries(4 + LOCK):
        save("2.1", version=2, inputs={"count": 5})
