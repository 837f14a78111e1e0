"""Submitting, returning, verifying, reopening: history, references, the hash of what was submitted."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments import services
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceUse,
    Extension,
    Outcome,
    Province,
    Question,
    Review,
    Round,
    StatusChange,
    User,
)
from assessments.queries import procedure
from assessments.services import Entry, Refused
from assessments.services.moves import answers_hash
from assessments.workflow import Action, Role, Status
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import LOCK, person

DUE = date(2026, 8, 20)


@pytest.fixture
def answered(assessment: Assessment, editor: User) -> Assessment:
    answer_all(assessment, editor)
    return assessment


@pytest.fixture
def submitted(answered: Assessment, head: User) -> Assessment:
    return services.submit(assessment=answered, by=head, certified=True)


def rows(assessment: Assessment) -> list[tuple[Any, ...]]:
    columns = ("number", "action", "from_status", "to_status", "reason", "by")
    return list(assessment.history.order_by("number").values_list(*columns))


def test_every_move_is_one_row(submitted: Assessment, head: User, reviewer: User, manager: User) -> None:
    services.return_for_correction(assessment=submitted, by=reviewer, reason=" แนบหลักฐาน ", due_on=DUE)
    services.submit(assessment=submitted, by=head, certified=True)
    reviewing.final(submitted, reviewer, head)
    services.reopen(assessment=submitted, by=manager, reason="พบข้อผิดพลาด")
    services.verify(assessment=submitted, by=manager)
    assert rows(submitted) == [
        (1, "submit", "draft", "submitted", "", head.pk),
        (2, "return", "submitted", "returned", "แนบหลักฐาน", reviewer.pk),
        (3, "submit", "returned", "submitted", "", head.pk),
        (4, "begin", "submitted", "in_review", "", reviewer.pk),
        (5, "verify", "in_review", "verified", "", reviewer.pk),
        (6, "reply", "verified", "replied", "", head.pk),
        (7, "finalise", "replied", "final", "", reviewer.pk),
        (8, "reopen", "final", "in_review", "พบข้อผิดพลาด", manager.pk),
        (9, "verify", "in_review", "verified", "", manager.pk),
    ]
    # The days of a return and of the reply stand with their moves.
    days = dict(submitted.history.exclude(due_on=None).values_list("number", "due_on"))
    assert days == {2: DUE, 5: date(2026, 8, 17), 9: date(2026, 8, 17)}


def test_each_submission_has_its_own_reference(submitted: Assessment, head: User, reviewer: User) -> None:
    assert submitted.reference == "2569-50-1"
    first = submitted.submitted_at
    services.return_for_correction(assessment=submitted, by=reviewer, reason="แก้ไข", due_on=DUE)
    again = services.submit(assessment=submitted, by=head, certified=True)
    assert again.reference == "2569-50-2"
    assert again.submitted_at is not None
    assert first is not None
    assert again.submitted_at > first
    assert again.submitted_by == head


def test_a_second_submission_at_once_is_refused_and_leaves_one(submitted: Assessment, head: User) -> None:
    with pytest.raises(Refused):
        services.submit(assessment=submitted, by=head, certified=True)
    assert StatusChange.objects.count() == 1
    submitted.refresh_from_db()
    assert submitted.reference == "2569-50-1"


def test_needs_the_certification(answered: Assessment, head: User) -> None:
    with pytest.raises(Refused):
        services.submit(assessment=answered, by=head, certified=False)
    answered.refresh_from_db()
    assert (answered.status, answered.answers_hash, answered.submitted_at) == (Status.DRAFT, "", None)


def test_numbers_that_could_not_be_read_hold_it_back(
    answered: Assessment, standard: EditionNode, editor: User, head: User
) -> None:
    services.save_answer(
        assessment=answered,
        indicator=standard.indicators["2.1"],
        by=editor,
        version=1,
        entry=Entry(typed={"count": "ห้า"}),
    )
    with pytest.raises(Refused):
        services.submit(assessment=answered, by=head, certified=True)
    answered.refresh_from_db()
    assert answered.status == Status.DRAFT


def test_no_case_without_its_reason_holds_it_back(assessment: Assessment, standard: EditionNode, head: User) -> None:
    answer_all(assessment, head)
    node = standard.indicators["4.31"]
    services.save_answer(assessment=assessment, indicator=node, by=head, version=1, entry=Entry(no_case=True))
    with pytest.raises(Refused):
        services.submit(assessment=assessment, by=head, certified=True)
    services.save_answer(
        assessment=assessment, indicator=node, by=head, version=2, entry=Entry(no_case=True, no_case_reason="ไม่มีเรื่อง")
    )
    done = services.submit(assessment=assessment, by=head, certified=True)
    assert (done.status, done.results["overall"]["mean"]) == (Status.SUBMITTED, None)
    assert (done.results["overall"]["low"], done.results["overall"]["high"]) == ("9.82", "10.00")


@pytest.mark.parametrize("act", ["submit", "return", "verify", "reply", "finalise", "reopen"])
def test_people_of_another_office_move_nothing(submitted: Assessment, phuket: Province, act: str) -> None:
    other_head = person("head@phuket.example", Role.OFFICE_HEAD, province=phuket)
    acts: dict[str, Callable[[], Any]] = {
        "submit": lambda: services.submit(assessment=submitted, by=other_head, certified=True),
        "return": lambda: services.return_for_correction(
            assessment=submitted, by=other_head, reason="แก้ไข", due_on=DUE
        ),
        "verify": lambda: services.verify(assessment=submitted, by=other_head),
        "reply": lambda: services.reply(assessment=submitted, by=other_head),
        "finalise": lambda: services.finalise(assessment=submitted, by=other_head),
        "reopen": lambda: services.reopen(assessment=submitted, by=other_head, reason="แก้ไข"),
    }
    with pytest.raises(Refused):
        acts[act]()
    assert StatusChange.objects.count() == 1


def test_the_head_of_another_office_does_not_submit_in_its_place(answered: Assessment, phuket: Province) -> None:
    other_head = person("head@phuket.example", Role.OFFICE_HEAD, province=phuket)
    with pytest.raises(Refused):
        services.submit(assessment=answered, by=other_head, certified=True)
    answered.refresh_from_db()
    assert answered.status == Status.DRAFT


class TestReturning:
    @pytest.mark.parametrize(
        ("due_on", "closes_on", "extensions"),
        [
            (date(2026, 9, 29), date(2026, 9, 30), 0),
            (date(2026, 9, 30), date(2026, 9, 30), 0),
            (date(2026, 10, 1), date(2026, 10, 1), 1),
        ],
    )
    def test_a_due_day_after_the_closing_day_extends_the_office(
        self, submitted: Assessment, reviewer: User, due_on: date, closes_on: date, extensions: int
    ) -> None:
        done = services.return_for_correction(assessment=submitted, by=reviewer, reason="แก้ไข", due_on=due_on)
        done.refresh_from_db()
        assert (done.status, done.closes_on, Extension.objects.count()) == (Status.RETURNED, closes_on, extensions)

    def test_after_the_round_the_office_can_answer_again(
        self, submitted: Assessment, reviewer: User, editor: User, standard: EditionNode, time_machine: Any
    ) -> None:
        time_machine.move_to("2026-11-02T09:00:00+07:00")
        services.return_for_correction(assessment=submitted, by=reviewer, reason="แก้ไข", due_on=date(2026, 11, 9))
        saved = services.save_answer(
            assessment=submitted,
            indicator=standard.indicators["2.1"],
            by=editor,
            version=1,
            entry=Entry({"count": 4}),
        )
        assert saved.changed
        assert Extension.objects.get().reason == "แก้ไข"

    def test_a_day_in_the_past_is_refused_today_is_not(self, submitted: Assessment, reviewer: User) -> None:
        with pytest.raises(Refused):
            services.return_for_correction(assessment=submitted, by=reviewer, reason="แก้ไข", due_on=date(2026, 8, 2))
        done = services.return_for_correction(assessment=submitted, by=reviewer, reason="แก้ไข", due_on=date(2026, 8, 3))
        assert done.status == Status.RETURNED

    @pytest.mark.parametrize("reason", ["", "   ", "\n"])
    def test_needs_a_reason_and_leaves_no_extension_without(
        self, submitted: Assessment, reviewer: User, reason: str
    ) -> None:
        with pytest.raises(Refused):
            services.return_for_correction(assessment=submitted, by=reviewer, reason=reason, due_on=date(2026, 12, 1))
        submitted.refresh_from_db()
        assert (submitted.status, submitted.closes_on) == (Status.SUBMITTED, date(2026, 9, 30))
        assert not Extension.objects.exists()


class TestReturningWithQuestions:
    @pytest.fixture
    def asked(self, submitted: Assessment, standard: EditionNode, reviewer: User) -> Assessment:
        """Returned with two questions on 4.12 and one on 2.4."""
        for code, text in (("4.12", "ก"), ("2.4", "ข"), ("4.12", "ค")):
            services.ask(assessment=submitted, indicator=standard.indicators[code], by=reviewer, text=text)
        return services.return_for_correction(assessment=submitted, by=reviewer, reason="ตอบคำถาม", due_on=DUE)

    def test_the_questions_go_with_it_in_printed_order(self, asked: Assessment) -> None:
        assert asked.asked == ["2.4", "4.12"]
        sent = Question.objects.order_by("pk").values_list("text", "sent_with")
        assert list(sent) == [("ก", 2), ("ข", 2), ("ค", 2)]

    @pytest.mark.parametrize(("code", "is_open"), [("2.4", True), ("4.12", True), ("2.5", False), ("1.1", False)])
    def test_only_what_is_asked_is_open(
        self, asked: Assessment, standard: EditionNode, editor: User, code: str, *, is_open: bool
    ) -> None:
        entry = Entry(inputs={}, typed={"count": "?"})
        arguments: dict[str, Any] = {"indicator": standard.indicators[code], "by": editor, "version": 1, "entry": entry}
        if is_open:
            assert services.save_answer(assessment=asked, **arguments).changed
        else:
            with pytest.raises(Refused):
                services.save_answer(assessment=asked, **arguments)

    def test_each_is_answered_before_it_is_submitted_again(self, asked: Assessment, editor: User, head: User) -> None:
        first, *others = Question.objects.order_by("pk")
        for question in others:
            services.answer_question(question=question, by=editor, text="แนบแล้ว")
        with pytest.raises(Refused, match=r"4\.12"):
            services.submit(assessment=asked, by=head, certified=True)
        services.answer_question(question=first, by=editor, text="แนบแล้ว")
        assert services.submit(assessment=asked, by=head, certified=True).asked == []

    def test_without_a_question_all_is_open(self, submitted: Assessment, reviewer: User) -> None:
        done = services.return_for_correction(assessment=submitted, by=reviewer, reason="แก้ไข", due_on=DUE)
        assert (done.asked, done.is_asked("1.1")) == ([], True)

    def test_a_question_does_not_stay_asked_in_the_next_round_of_correction(
        self, asked: Assessment, standard: EditionNode, reviewer: User, editor: User, head: User
    ) -> None:
        for question in Question.objects.all():
            services.answer_question(question=question, by=editor, text="แนบแล้ว")
        services.submit(assessment=asked, by=head, certified=True)
        services.ask(assessment=asked, indicator=standard.indicators["3.1"], by=reviewer, text="ง")
        again = services.return_for_correction(assessment=asked, by=reviewer, reason="อีกข้อ", due_on=DUE)
        assert again.asked == ["3.1"]
        assert Question.objects.get(text="ง").sent_with == 4


class TestVerifying:
    def test_needs_a_verdict_on_every_answer_and_names_what_is_left(
        self, submitted: Assessment, reviewer: User
    ) -> None:
        with pytest.raises(Refused, match=r"86 .*1\.1, 1\.2, .*…"):
            services.verify(assessment=submitted, by=reviewer)
        reviewing.judged(submitted, reviewer)
        reviewing.judge(submitted, reviewer, "2.4", outcome=Outcome.EVIDENCE, reason="ขอคำสั่ง")
        with pytest.raises(Refused, match=r"1 .*2\.4"):
            services.verify(assessment=submitted, by=reviewer)
        reviewing.judge(submitted, reviewer, "2.4")
        done = services.verify(assessment=submitted, by=reviewer)
        assert (done.status, done.reply_until) == (Status.VERIFIED, date(2026, 8, 17))
        assert done.verified_results["overall"] == done.results["overall"]

    def test_a_written_question_is_sent_or_deleted_first(
        self, submitted: Assessment, standard: EditionNode, reviewer: User
    ) -> None:
        reviewing.judged(submitted, reviewer)
        draft = services.ask(assessment=submitted, indicator=standard.indicators["2.4"], by=reviewer, text="ก")
        with pytest.raises(Refused, match=r"2\.4"):
            services.verify(assessment=submitted, by=reviewer)
        services.review.change_question(question=draft, by=reviewer, text="")
        assert services.verify(assessment=submitted, by=reviewer).status == Status.VERIFIED

    def test_a_verdict_that_became_stale_is_none(
        self, submitted: Assessment, standard: EditionNode, reviewer: User, editor: User, head: User
    ) -> None:
        reviewing.judged(submitted, reviewer)
        services.return_for_correction(assessment=submitted, by=reviewer, reason="แก้ 2.1", due_on=DUE)
        node = standard.indicators["2.1"]
        services.save_answer(assessment=submitted, indicator=node, by=editor, version=1, entry=Entry({"count": 1}))
        services.submit(assessment=submitted, by=head, certified=True)
        with pytest.raises(Refused, match=r"1 .*2\.1"):
            services.verify(assessment=submitted, by=reviewer)

    @pytest.mark.parametrize("days", [1, 30])
    def test_the_round_gives_the_days_to_reply(self, submitted: Assessment, reviewer: User, days: int) -> None:
        Round.objects.update(reply_days=days)
        submitted.round.refresh_from_db()
        assert reviewing.verified(submitted, reviewer).reply_until == date(2026, 8, 3) + timedelta(days=days)


def test_reopening_needs_its_reason_and_keeps_claimed_and_verified(
    submitted: Assessment, reviewer: User, head: User, manager: User
) -> None:
    reviewing.final(submitted, reviewer, head, c2_1=5)
    before = Review.objects.get(answer__assessment=submitted, answer__indicator__code="2.1")
    assert (before.score, before.final_score) == (Decimal(0), Decimal(0))
    with pytest.raises(Refused):
        services.reopen(assessment=submitted, by=manager, reason=" ")
    done = services.reopen(assessment=submitted, by=manager, reason="พบข้อผิดพลาด")
    assert (done.status, done.reference, done.reply_until) == (Status.IN_REVIEW, "2569-50-1", None)
    assert done.answers_hash == submitted.answers_hash
    after = Review.objects.get(pk=before.pk)
    assert (after.outcome, after.score, after.reason) == ("row", Decimal(0), reviewing.REASON)
    assert (after.final_at, after.final_score, done.final_results) == (None, None, {})
    assert done.verified_results["overall"]["mean"] == "9.82"


@pytest.mark.parametrize(
    ("moment", "is_late"),
    [("2026-09-30T23:59:59+07:00", False), ("2026-10-01T00:00:00+07:00", True)],
)
def test_what_comes_after_the_round_s_closing_day_is_late_and_says_why(
    answered: Assessment, head: User, manager: User, time_machine: Any, moment: str, *, is_late: bool
) -> None:
    services.extend(assessment=answered, closes_on=date(2026, 10, 5), reason="น้ำท่วม", by=manager)
    time_machine.move_to(moment)
    services.submit(assessment=answered, by=head, certified=True)
    now = Assessment.objects.whole().get(pk=answered.pk)
    late = procedure.late_by(now)
    assert (now.is_late, late.reason if late else "") == (is_late, "น้ำท่วม" if is_late else "")
    assert [change.is_late for change in now.history.all()] == [is_late]
    assert not Assessment.objects.exclude(pk=now.pk)[0].is_late


class TestHash:
    def test_is_64_hex_digits_and_the_same_when_read_again(self, submitted: Assessment) -> None:
        assert len(submitted.answers_hash) == 64
        assert answers_hash(Assessment.objects.get(pk=submitted.pk)) == submitted.answers_hash

    @pytest.mark.parametrize(
        "changed",
        [
            {"inputs": {"count": 6}},
            {"inputs": {"count": 5}, "performance": "จัดประชุม"},
            {"inputs": {"count": 5}, "problems": "มี"},
            {"inputs": {"count": 5}, "remedies": "ทำ"},
            {"inputs": {"count": 5}, "number_source": "ทะเบียน"},
            {"inputs": {"count": 5}, "evidence_held": (1,)},
        ],
    )
    def test_changes_with_every_part_of_an_answer(
        self, answered: Assessment, standard: EditionNode, editor: User, changed: dict[str, Any]
    ) -> None:
        before = answers_hash(answered)
        node = standard.indicators["2.1"]
        services.save_answer(assessment=answered, indicator=node, by=editor, version=1, entry=Entry(**changed))
        assert answers_hash(answered) != before
        services.save_answer(assessment=answered, indicator=node, by=editor, version=2, entry=Entry({"count": 5}))
        assert answers_hash(answered) == before

    def test_changes_with_no_case_and_its_reason(
        self, answered: Assessment, standard: EditionNode, editor: User
    ) -> None:
        seen = {answers_hash(answered)}
        node = standard.indicators["4.31"]
        for version, reason in enumerate(["ไม่มีเรื่อง", "ไม่มีเรื่องร้องทุกข์"], start=1):
            entry = Entry(no_case=True, no_case_reason=reason)
            services.save_answer(assessment=answered, indicator=node, by=editor, version=version, entry=entry)
            seen.add(answers_hash(answered))
        assert len(seen) == 3

    def test_changes_with_evidence_and_where_it_is_used(self, answered: Assessment, editor: User) -> None:
        seen = [answers_hash(answered)]
        evidence = Evidence.objects.create(
            assessment=answered, kind="link", name="ลิงก์", url="https://owncloud.example/s/1", added_by=editor
        )
        first, second = answered.answers.order_by("pk")[:2]
        use = EvidenceUse.objects.create(evidence=evidence, answer=first, added_by=editor)
        seen.append(answers_hash(answered))
        EvidenceUse.objects.create(evidence=evidence, answer=second, added_by=editor)
        seen.append(answers_hash(answered))
        use.delete()
        seen.append(answers_hash(answered))
        assert len(set(seen)) == 4
        evidence.deleted_at, evidence.deleted_by = answered.changed_at, editor
        evidence.save()
        assert answers_hash(answered) == seen[0]

    def test_differs_between_offices_and_rounds(self, answered: Assessment, phuket: Province) -> None:
        other = Assessment.objects.whole().get(round=answered.round, province=phuket)
        empty = answers_hash(other)
        Answer.objects.filter(assessment=answered).update(inputs=None)
        assert answers_hash(answered) != empty


def test_the_score_at_submission_is_counted_anew(answered: Assessment, head: User) -> None:
    right = answered.results
    Assessment.objects.filter(pk=answered.pk).update(results={}, answered=0)
    done = services.submit(assessment=answered, by=head, certified=True)
    assert (done.results, done.answered) == (right, 86)


def test_a_move_costs_the_same_queries(
    answered: Assessment, head: User, reviewer: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(15 + LOCK):
        services.submit(assessment=answered, by=head, certified=True)
    reviewing.judged(answered, reviewer)
    with django_assert_num_queries(13 + LOCK):
        services.verify(assessment=answered, by=reviewer)
    assert list(answered.history.values_list("action", flat=True)) == [Action.VERIFY, Action.BEGIN, Action.SUBMIT]
