"""Submitting, returning, accepting, reopening: history, references, the hash of what was submitted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from assessments import services
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceUse,
    Extension,
    Province,
    StatusChange,
    User,
)
from assessments.services import Entry, Refused
from assessments.services.moves import answers_hash
from assessments.workflow import Action, Role, Status
from indicators.editions import EditionNode
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
    services.accept(assessment=submitted, by=reviewer)
    services.reopen(assessment=submitted, by=manager, reason="พบข้อผิดพลาด")
    services.accept(assessment=submitted, by=manager)
    assert rows(submitted) == [
        (1, "submit", "draft", "submitted", "", head.pk),
        (2, "return", "submitted", "returned", "แนบหลักฐาน", reviewer.pk),
        (3, "submit", "returned", "submitted", "", head.pk),
        (4, "accept", "submitted", "accepted", "", reviewer.pk),
        (5, "reopen", "accepted", "submitted", "พบข้อผิดพลาด", manager.pk),
        (6, "accept", "submitted", "accepted", "", manager.pk),
    ]
    assert list(submitted.history.values_list("due_on", flat=True)) == [None, None, None, None, DUE, None]


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


@pytest.mark.parametrize("act", ["submit", "return", "accept", "reopen"])
def test_people_of_another_office_move_nothing(submitted: Assessment, phuket: Province, act: str) -> None:
    other_head = person("head@phuket.example", Role.OFFICE_HEAD, province=phuket)
    acts: dict[str, Callable[[], Any]] = {
        "submit": lambda: services.submit(assessment=submitted, by=other_head, certified=True),
        "return": lambda: services.return_for_correction(
            assessment=submitted, by=other_head, reason="แก้ไข", due_on=DUE
        ),
        "accept": lambda: services.accept(assessment=submitted, by=other_head),
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


def test_reopening_needs_its_reason_and_keeps_the_submission(
    submitted: Assessment, reviewer: User, manager: User
) -> None:
    services.accept(assessment=submitted, by=reviewer)
    with pytest.raises(Refused):
        services.reopen(assessment=submitted, by=manager, reason=" ")
    done = services.reopen(assessment=submitted, by=manager, reason="พบข้อผิดพลาด")
    assert (done.status, done.reference) == (Status.SUBMITTED, "2569-50-1")
    assert done.answers_hash == submitted.answers_hash


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
    with django_assert_num_queries(12 + LOCK):
        services.submit(assessment=answered, by=head, certified=True)
    with django_assert_num_queries(7 + LOCK):
        services.accept(assessment=answered, by=reviewer)
    assert list(answered.history.values_list("action", flat=True)) == [Action.ACCEPT, Action.SUBMIT]
