"""The table of moves against an independent reference: who may do what, when, and to which state it leads."""

import itertools
from pathlib import Path

import pytest
from django.conf import settings

from assessments import services
from assessments.calendar import today
from assessments.models import Assessment, User
from assessments.workflow import (
    RIGHTS,
    STATE_CHANGING,
    TABLE,
    Action,
    Decision,
    Right,
    Role,
    Status,
    Window,
    decide,
    diagram,
    holds,
    needs_reason,
    statuses_of,
    target_of,
)
from tests.answers import answer_all
from tests.assessments.procedure import OFFICE, REFERENCE, STATUSES, expected
from tests.conftest import person
from tests.reviewing import verified


def test_the_whole_table_is_the_reference() -> None:
    found = {
        (role.value, action.value, status.value, window.value, reply.value): bool(
            decide(role=role, action=action, status=status, window=window, reply=reply)
        )
        for role, action, status, window, reply in itertools.product(Role, Action, Status, Window, Window)
    }
    assert len(found) == 7 * 19 * 8 * 3 * 3
    assert [key for key, allowed in found.items() if allowed != expected(*key)] == []


def test_the_reference_names_every_act_and_every_state() -> None:
    assert {action for action, _status in REFERENCE} == {action.value for action in Action}
    assert {status for _action, status in REFERENCE} == set(STATUSES) == {status.value for status in Status}


def test_each_move_leads_where_the_reference_says() -> None:
    assert {
        (action, status): target_of(Action(action)).value
        for action, _label in STATE_CHANGING
        for status in sorted(statuses_of(Action(action)))
    } == {key: to for key, (_roles, to, _in_window, _reply) in REFERENCE.items() if to != key[1]}


def test_without_a_word_about_the_reply_there_is_none_yet() -> None:
    """As `decide` is asked where nothing was verified: then nobody replies, and nothing becomes final by itself."""
    head, verified_ = Role.OFFICE_HEAD, Status.VERIFIED
    assert not decide(role=head, action=Action.REPLY, status=verified_, window=Window.CLOSED)
    assert not decide(role=Role.REVIEWER, action=Action.FINALISE, status=verified_, window=Window.CLOSED)


def test_every_right_that_is_refused_says_whose_it_is() -> None:
    said = {str(decision.reason) for right in Right for role in Role if not (decision := holds(role, right))}
    assert len(said) == len(Right)
    assert all(said)


def decided(role: Role, action: Action, status: Status, window: Window, reply: Window) -> Decision:
    return decide(role=role, action=action, status=status, window=window, reply=reply)


def test_every_refusal_tells_its_reason() -> None:
    silent = [
        key
        for key in itertools.product(Role, Action, Status, Window, Window)
        if not (decision := decided(*key)) and not str(decision.reason)
    ]
    assert silent == []


def test_a_refusal_answers_the_person_who_asked() -> None:
    def said(role: Role, action: Action, status: Status, reply: Window = Window.NOT_YET) -> str:
        decision = decide(role=role, action=action, status=status, window=Window.OPEN, reply=reply)
        return str(decision.reason)

    reviewer, manager, head = Role.REVIEWER, Role.MANAGER, Role.OFFICE_HEAD
    assert len({said(reviewer, Action.JUDGE, status) for status in Status} - {""}) == 6
    assert said(reviewer, Action.FINALISE, Status.SUBMITTED) == said(reviewer, Action.FINALISE, Status.IN_REVIEW)
    assert said(manager, Action.REOPEN, Status.IN_REVIEW) != said(manager, Action.REOPEN, Status.RETURNED)
    still_open = said(reviewer, Action.FINALISE, Status.VERIFIED, Window.OPEN)
    over = said(head, Action.REPLY, Status.VERIFIED, Window.CLOSED)
    assert len({still_open, over, ""}) == 3
    assert said(head, Action.RESPOND, Status.VERIFIED, Window.CLOSED) == over


def test_no_role_and_state_has_two_rows_for_one_act() -> None:
    keys = [(move.action, role, status) for move in TABLE for role in move.roles for status in move.at]
    assert len(keys) == len(set(keys))
    assert {move.action for move in TABLE} == set(Action)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.SEE_COUNTRY, {"supporter", "inspector", "reviewer", "manager", "admin"}),
        (Right.MANAGE_ROUNDS, {"manager"}),
        (Right.MANAGE_PEOPLE, {"manager", "admin"}),
        (Right.HAVE_WORK, OFFICE),
        (Right.REVIEW, {"reviewer", "manager"}),
        (Right.READ_REVIEW, {"reviewer", "manager", "admin", "inspector"}),
    ],
)
def test_rights_over_the_whole(right: Right, roles: set[str]) -> None:
    assert {role.value for role in Role if holds(role, right)} == roles


def test_every_right_has_its_roles() -> None:
    assert set(RIGHTS) == set(Right)


DIAGRAM = """stateDiagram-v2
    [*] --> draft: open the round
    draft --> submitted: submit (office_head)
    returned --> submitted: submit (office_head)
    submitted --> in_review: begin (reviewer, manager)
    submitted --> returned: return (reviewer, manager, with a reason)
    in_review --> returned: return (reviewer, manager, with a reason)
    submitted --> verified: verify (reviewer, manager)
    in_review --> verified: verify (reviewer, manager)
    verified --> replied: reply (office_head)
    replied --> final: finalise (reviewer, manager)
    verified --> final: finalise (reviewer, manager, after the days of the reply)
    final --> published: publish (manager)
    final --> in_review: reopen (manager, with a reason)
    published --> in_review: reopen (manager, with a reason)"""


def test_the_diagram_draws_every_move_of_the_table() -> None:
    assert diagram() == DIAGRAM


def test_the_readme_shows_the_diagram_of_the_table() -> None:
    readme = (Path(settings.BASE_DIR) / "README.md").read_text()
    assert f"```mermaid\n{diagram()}\n```" in readme


@pytest.fixture
def answered(assessment: Assessment, editor: User) -> Assessment:
    answer_all(assessment, editor)
    return assessment


def test_a_move_needs_its_reason_exactly_where_the_table_says(answered: Assessment, head: User, manager: User) -> None:
    assert {action for action in Action if needs_reason(action)} == {Action.RETURN, Action.REOPEN, Action.EXTEND}
    services.submit(assessment=answered, by=head, certified=True)
    with pytest.raises(services.Refused):
        services.return_for_correction(assessment=answered, by=manager, reason=" \n", due_on=today())
    verified(answered, manager)
    services.reply(assessment=answered, by=head)
    services.finalise(assessment=answered, by=manager)
    with pytest.raises(services.Refused):
        services.reopen(assessment=answered, by=manager, reason="")
    history = answered.history.values_list("action", flat=True)
    assert list(history) == ["finalise", "reply", "verify", "begin", "submit"]


def test_a_supporter_reads_and_does_nothing_else(answered: Assessment, head: User) -> None:
    supporter = person("supporter@region.example", Role.SUPPORTER)
    services.submit(assessment=answered, by=head, certified=True)
    with pytest.raises(services.Refused):
        services.verify(assessment=answered, by=supporter)
    answered.refresh_from_db()
    assert answered.status == Status.SUBMITTED
