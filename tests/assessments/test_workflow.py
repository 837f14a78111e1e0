"""The table of moves against an independent reference: by pure question, and by long random lives of one assessment."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assessments import services
from assessments.calendar import today
from assessments.models import Assessment, Round, StatusChange, User
from assessments.services import Entry
from assessments.workflow import (
    RIGHTS,
    TABLE,
    Action,
    Right,
    Role,
    Status,
    Window,
    decide,
    diagram,
    holds,
    move_of,
)
from indicators import editions
from tests.answers import answer_all
from tests.conftest import person

# Who may do what in which state, and where it leads, written down a second time and otherwise than the table:
# (action, status) -> (roles, next status, only in an open window). What is not here is refused.
OFFICE = {"office_editor", "office_head"}
CENTRE = {"reviewer", "manager"}
REFERENCE: dict[tuple[str, str], tuple[set[str], str, bool]] = {
    ("edit", "draft"): (OFFICE, "draft", True),
    ("edit", "returned"): (OFFICE, "returned", True),
    ("submit", "draft"): ({"office_head"}, "submitted", True),
    ("submit", "returned"): ({"office_head"}, "submitted", True),
    ("return", "submitted"): (CENTRE, "returned", False),
    ("accept", "submitted"): (CENTRE, "accepted", False),
    ("reopen", "accepted"): ({"manager"}, "submitted", False),
    ("extend", "draft"): ({"manager"}, "draft", False),
    ("extend", "returned"): ({"manager"}, "returned", False),
    ("decide", "submitted"): (CENTRE, "submitted", False),
    **{("assign", status): (OFFICE, status, False) for status in ("draft", "returned")},
    **{("discuss", status): (OFFICE, status, False) for status in ("draft", "submitted", "returned", "accepted")},
    **{("comment", status): (OFFICE | CENTRE, status, False) for status in ("draft", "submitted", "returned")},
}


# Sharing out (2 roles in 2 states), the office's own comments (2 in 4), comments to the other side (4 in 3), each in
# all three windows.
SHARED = 2 * 2 * 3 + 2 * 4 * 3 + 4 * 3 * 3


def expected(role: str, action: str, status: str, window: str) -> bool:
    if action == "view":
        return True
    if action == "plan":
        return role in OFFICE
    roles, _to, in_window = REFERENCE.get((action, status), (set(), "", False))
    return role in roles and (window == "open" or not in_window)


def test_the_whole_table_is_the_reference() -> None:
    found = {
        (role.value, action.value, status.value, window.value): bool(
            decide(role=role, action=action, status=status, window=window)
        )
        for role in Role
        for action in Action
        for status in Status
        for window in Window
    }
    assert found == {key: expected(*key) for key in found}
    assert sum(found.values()) == 7 * 4 * 3 + 2 * 2 + 2 + 2 * 3 + 2 * 3 + 3 + 2 * 3 + 2 * 3 + 2 * 4 * 3 + SHARED


def test_every_right_that_is_refused_says_whose_it_is() -> None:
    said = {str(decision.reason) for right in Right for role in Role if not (decision := holds(role, right))}
    assert len(said) == len(Right)
    assert all(said)


def test_every_refusal_tells_its_reason() -> None:
    silent = [
        (role, action, status, window)
        for role in Role
        for action in Action
        for status in Status
        for window in Window
        if not (decision := decide(role=role, action=action, status=status, window=window)) and not str(decision.reason)
    ]
    assert silent == []


def test_every_action_has_exactly_one_row() -> None:
    assert sorted(move.action for move in TABLE) == sorted(Action)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.SEE_COUNTRY, {"supporter", "inspector", "reviewer", "manager", "admin"}),
        (Right.MANAGE_ROUNDS, {"manager"}),
        (Right.MANAGE_PEOPLE, {"manager", "admin"}),
        (Right.HAVE_WORK, {"office_editor", "office_head"}),
    ],
)
def test_rights_over_the_whole(right: Right, roles: set[str]) -> None:
    assert {role.value for role in Role if holds(role, right)} == roles
    assert set(RIGHTS) == set(Right)


def test_the_diagram_draws_every_move_of_the_table() -> None:
    assert diagram() == "\n".join(
        [
            "stateDiagram-v2",
            "    [*] --> draft: open the round",
            "    draft --> submitted: submit (office_head)",
            "    returned --> submitted: submit (office_head)",
            "    submitted --> returned: return (reviewer, manager, with a reason)",
            "    submitted --> accepted: accept (reviewer, manager)",
            "    accepted --> submitted: reopen (manager, with a reason)",
        ]
    )


class Undone(Exception):
    pass


@pytest.fixture
def people(editor: User, head: User, reviewer: User, manager: User, inspector: User, admin: User) -> dict[str, User]:
    """One person of each role, all of whom see Chiang Mai (the supporter is tested where provinces are)."""
    return {user.role: user for user in (editor, head, reviewer, manager, inspector, admin)}


def lives_of(assessment: Assessment, people: dict[str, User]) -> type[RuleBasedStateMachine]:
    """A machine that lets people do anything at any time to one fully answered assessment."""
    standard = editions.standard_of(assessment.round.edition)
    node, caseless = standard.indicators["2.1"], standard.indicators["4.31"]

    class Lives(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.status, self.window, self.moves, self.typed = "draft", "open", 0, 0
            self.waits, self.decisions = True, 0

        def teardown(self) -> None:
            self.atomic.__exit__(Undone, Undone(), None)

        @property
        def now(self) -> Assessment:
            return Assessment.objects.whole().get(pk=assessment.pk)

        @rule(window=st.sampled_from(["not_yet", "open", "closed"]))
        def time_passes(self, window: str) -> None:
            days = {"not_yet": (1, 90), "open": (-10, 90), "closed": (-10, -1)}[window]
            opens_on, closes_on = (today() + timedelta(days=count) for count in days)
            Round.objects.filter(pk=assessment.round_id).update(opens_on=opens_on, closes_on=closes_on)
            Assessment.objects.filter(pk=assessment.pk).update(closes_on=closes_on)
            self.window = window

        @rule(role=st.sampled_from(sorted(people)))
        def edits(self, role: str) -> None:
            self.typed += 1
            answer = self.now.answers.get(indicator_id=node.pk)
            entry = Entry(inputs={"count": self.typed})
            self.tries("edit", role, indicator=node, version=answer.version, entry=entry)

        @rule(role=st.sampled_from(sorted(people)))
        def gives_another_reason_why_there_was_no_case(self, role: str) -> None:
            self.typed += 1
            answer = self.now.answers.get(indicator_id=caseless.pk)
            entry = Entry(no_case=True, no_case_reason=f"ไม่มีเรื่อง {self.typed}")
            if self.tries("edit", role, indicator=caseless, version=answer.version, entry=entry):
                self.waits = True

        @rule(role=st.sampled_from(sorted(people)), band=st.integers(1, 5))
        def decides(self, role: str, band: int) -> None:
            self.decisions += 1
            if self.tries("decide", role, indicator=caseless, band=band, reason=f"ตรวจแล้ว {self.decisions}"):
                self.waits = False

        @rule(role=st.sampled_from(sorted(people)))
        def submits(self, role: str) -> None:
            self.tries("submit", role, certified=True)

        @rule(role=st.sampled_from(sorted(people)), days=st.integers(0, 120))
        def returns(self, role: str, days: int) -> None:
            closes_on = self.now.closes_on
            due_on = today() + timedelta(days=days)
            if self.tries("return", role, reason="แก้ 2.1", due_on=due_on) and due_on > closes_on:
                # A later day extends the window of an office whose round has opened.
                self.window = "open" if self.window == "closed" else self.window

        @rule(role=st.sampled_from(sorted(people)))
        def accepts(self, role: str) -> None:
            self.tries("accept", role)

        @rule(role=st.sampled_from(sorted(people)))
        def reopens(self, role: str) -> None:
            self.tries("reopen", role, reason="พบข้อมูลใหม่")

        @rule(role=st.sampled_from(sorted(people)))
        def extends(self, role: str) -> None:
            closes_on = max(self.now.closes_on, today()) + timedelta(days=1)
            if self.tries("extend", role, closes_on=closes_on, reason="น้ำท่วม"):
                self.window = "open" if self.window == "closed" else self.window

        def tries(self, action: str, role: str, **kwargs: Any) -> bool:
            act: Any = {
                "edit": services.save_answer,
                "submit": services.submit,
                "return": services.return_for_correction,
                "accept": services.accept,
                "reopen": services.reopen,
                "extend": services.extend,
                "decide": services.decide_no_case,
            }[action]
            allowed = expected(role, action, self.status, self.window) and not (action == "accept" and self.waits)
            try:
                act(assessment=self.now, by=people[role], **kwargs)
            except services.Refused:
                assert not allowed, f"{role} could not {action} at {self.status}, window {self.window}"
                return False
            assert allowed, f"{role} did {action} at {self.status}, window {self.window}"
            before, self.status = self.status, REFERENCE[action, self.status][1]
            self.moves += before != self.status
            return True

        @invariant()
        def it_stands_where_the_reference_says(self) -> None:
            now = self.now
            assert now.status == self.status
            assert (now.answers.get(indicator_id=caseless.pk).pending == "no_case") == self.waits
            assert now.window().value == self.window
            history = list(StatusChange.objects.filter(assessment=now).order_by("number"))
            assert [change.number for change in history] == list(range(1, self.moves + 1))
            assert all(
                REFERENCE[change.action, change.from_status][1] == change.to_status
                and change.by.role in REFERENCE[change.action, change.from_status][0]
                for change in history
            )
            came_from = ["draft", *(change.to_status for change in history)][: len(history)]
            assert [change.from_status for change in history] == came_from

    return Lives


@pytest.fixture
def answered(assessment: Assessment, editor: User) -> Assessment:
    answer_all(assessment, editor)
    return assessment


def test_any_life_of_an_assessment_follows_the_reference(answered: Assessment, people: dict[str, User]) -> None:
    caseless = editions.standard_of(answered.round.edition).indicators["4.31"]
    version = answered.answers.get(indicator_id=caseless.pk).version
    entry = Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องทุกข์")
    editor = people["office_editor"]
    services.save_answer(assessment=answered, indicator=caseless, by=editor, version=version, entry=entry)
    run_state_machine_as_test(
        lives_of(answered, people),
        settings=settings(max_examples=25, stateful_step_count=25, deadline=None, database=None, derandomize=True),
    )


def test_a_move_needs_its_reason_exactly_where_the_table_says(answered: Assessment, head: User, manager: User) -> None:
    assert {move.action for move in TABLE if move.needs_reason} == {
        *(Action.RETURN, Action.REOPEN, Action.EXTEND, Action.DECIDE),
    }
    services.submit(assessment=answered, by=head, certified=True)
    with pytest.raises(services.Refused):
        services.return_for_correction(assessment=answered, by=manager, reason=" \n", due_on=today())
    services.accept(assessment=answered, by=manager)
    with pytest.raises(services.Refused):
        services.reopen(assessment=answered, by=manager, reason="")
    assert list(answered.history.values_list("action", flat=True)) == ["accept", "submit"]
    assert move_of(Action.ACCEPT).needs_reason is False


def test_a_supporter_reads_and_does_nothing_else(answered: Assessment, head: User) -> None:
    supporter = person("supporter@region.example", Role.SUPPORTER)
    services.submit(assessment=answered, by=head, certified=True)
    with pytest.raises(services.Refused):
        services.accept(assessment=answered, by=supporter)
    answered.refresh_from_db()
    assert answered.status == Status.SUBMITTED
