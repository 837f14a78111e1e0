"""Who may do what, when, and to which state: one table, asked by buttons, views and services alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Where an assessment stands."""

    DRAFT = "draft", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for correction")
    ACCEPTED = "accepted", _("Accepted")


class Role(TextChoices):
    OFFICE_EDITOR = "office_editor", _("Office editor")
    OFFICE_HEAD = "office_head", _("Office head (certifies and submits)")
    SUPPORTER = "supporter", _("Regional supporter")
    INSPECTOR = "inspector", _("Inspector")
    REVIEWER = "reviewer", _("Central reviewer")
    MANAGER = "manager", _("Central manager")
    ADMIN = "admin", _("System admin")


OFFICE_ROLES = frozenset({Role.OFFICE_EDITOR, Role.OFFICE_HEAD})
CENTRAL_ROLES = frozenset({Role.REVIEWER, Role.MANAGER, Role.ADMIN})


class Action(TextChoices):
    """What a person does with an assessment."""

    VIEW = "view", _("View")
    EDIT = "edit", _("Answer and attach evidence")
    SUBMIT = "submit", _("Certify and submit")
    RETURN = "return", _("Return for correction")
    ACCEPT = "accept", _("Accept")
    REOPEN = "reopen", _("Reopen")
    EXTEND = "extend", _("Extend the closing day")
    DECIDE = "decide", _("Decide a no-case answer")
    PLAN = "plan", _("Plan improvements")
    ASSIGN = "assign", _("Share out the indicators")
    COMMENT_OFFICE = "discuss", _("Comment within the office")
    COMMENT_CENTRE = "comment", _("Comment to the other side")


class Right(TextChoices):
    """What a person does with the whole: rounds, people, the national list."""

    SEE_COUNTRY = "see_country", _("See the list of offices")
    MANAGE_ROUNDS = "manage_rounds", _("Manage rounds")
    MANAGE_PEOPLE = "manage_people", _("Manage people")
    HAVE_WORK = "have_work", _("Have work in an office")


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. `to` is None where the state stays; `in_window` asks for an open round."""

    action: Action
    roles: frozenset[Role]
    at: frozenset[Status]
    to: Status | None = None
    in_window: bool = False
    needs_reason: bool = False


TABLE = (
    Move(Action.VIEW, frozenset(Role), frozenset(Status)),
    Move(Action.EDIT, OFFICE_ROLES, frozenset({Status.DRAFT, Status.RETURNED}), in_window=True),
    Move(
        Action.SUBMIT,
        frozenset({Role.OFFICE_HEAD}),
        frozenset({Status.DRAFT, Status.RETURNED}),
        to=Status.SUBMITTED,
        in_window=True,
    ),
    Move(
        Action.RETURN,
        frozenset({Role.REVIEWER, Role.MANAGER}),
        frozenset({Status.SUBMITTED}),
        to=Status.RETURNED,
        needs_reason=True,
    ),
    Move(
        Action.ACCEPT,
        frozenset({Role.REVIEWER, Role.MANAGER}),
        frozenset({Status.SUBMITTED}),
        to=Status.ACCEPTED,
    ),
    Move(
        Action.REOPEN,
        frozenset({Role.MANAGER}),
        frozenset({Status.ACCEPTED}),
        to=Status.SUBMITTED,
        needs_reason=True,
    ),
    Move(
        Action.EXTEND,
        frozenset({Role.MANAGER}),
        frozenset({Status.DRAFT, Status.RETURNED}),
        needs_reason=True,
    ),
    Move(
        Action.DECIDE,
        frozenset({Role.REVIEWER, Role.MANAGER}),
        frozenset({Status.SUBMITTED}),
        needs_reason=True,
    ),
    # A plan is for the time after: the office works on it whatever the state, also when the round is closed.
    Move(Action.PLAN, OFFICE_ROLES, frozenset(Status)),
    # Also before the round opens: who does what is settled first.
    Move(Action.ASSIGN, OFFICE_ROLES, frozenset({Status.DRAFT, Status.RETURNED})),
    # The office's own thread: who may write in it is who may read it. The other thread is read by all who see the
    # assessment.
    Move(Action.COMMENT_OFFICE, OFFICE_ROLES, frozenset(Status)),
    Move(
        Action.COMMENT_CENTRE,
        OFFICE_ROLES | {Role.REVIEWER, Role.MANAGER},
        frozenset({Status.DRAFT, Status.SUBMITTED, Status.RETURNED}),
    ),
)
# What leads from one state to another: the only acts that the history of an assessment's states holds.
STATE_CHANGING = tuple((move.action.value, move.action.label) for move in TABLE if move.to is not None)

RIGHTS = {
    Right.SEE_COUNTRY: frozenset({Role.SUPPORTER, Role.INSPECTOR, Role.REVIEWER, Role.MANAGER, Role.ADMIN}),
    Right.MANAGE_ROUNDS: frozenset({Role.MANAGER}),
    Right.MANAGE_PEOPLE: frozenset({Role.MANAGER, Role.ADMIN}),
    Right.HAVE_WORK: OFFICE_ROLES,
}


class Window(Enum):
    """The round's window at a moment: answers are taken only while it is open."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it may be done; if not, why, as a sentence for the person."""

    allowed: bool
    reason: str | Promise = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)

_WRONG_ROLE = {
    Action.EDIT: _("Only the office's own staff can change its answers and evidence."),
    Action.SUBMIT: _("Only the head of the office can certify and submit."),
    Action.RETURN: _("Only the central division can return an assessment."),
    Action.ACCEPT: _("Only the central division can accept an assessment."),
    Action.REOPEN: _("Only a central manager can reopen an accepted assessment."),
    Action.EXTEND: _("Only a central manager can give an office a later closing day."),
    Action.DECIDE: _("Only the central division can decide an answer that had no case."),
    Action.PLAN: _("Only the office's own staff can change its improvement plan."),
    Action.ASSIGN: _("Only the office's own staff can share out its indicators."),
    Action.COMMENT_OFFICE: _("These comments are private: only the office's own staff read and write them."),
    Action.COMMENT_CENTRE: _("You can read these comments; the office and the central division write them."),
}
_WRONG_ROLE_FOR_ALL = {
    Right.SEE_COUNTRY: _("The list of offices is for the central division, inspectors and regional supporters."),
    Right.MANAGE_ROUNDS: _("Only a central manager opens rounds and changes them."),
    Right.MANAGE_PEOPLE: _("Only a central manager or a system admin invites people and changes their accounts."),
    Right.HAVE_WORK: _("This page is for the staff of an office: it shows the work that they were given."),
}
_FROZEN = _(
    "This assessment is submitted and its answers are frozen. To change one, ask the central division to return it."
)
_WRONG_STATUS = {
    Status.DRAFT: _("The office has not submitted this assessment yet."),
    Status.SUBMITTED: _FROZEN,
    Status.RETURNED: _("This assessment is back with the office for correction."),
    Status.ACCEPTED: _("This assessment is accepted and closed."),
}
# Where the state's own sentence would not answer the person who asked.
_WRONG_STATUS_FOR = {
    (Action.REOPEN, Status.SUBMITTED): _("This assessment is not accepted, so there is nothing to reopen."),
    (Action.EXTEND, Status.SUBMITTED): _(
        "The office has submitted, so it needs no later day. To let it correct something, return the assessment."
    ),
}
_WINDOW = {
    Window.NOT_YET: _("The round has not opened yet."),
    Window.CLOSED: _("The round is closed. Ask the central division for an extension, with your reason."),
}


def move_of(action: Action) -> Move:
    return next(move for move in TABLE if move.action == action)


def decide(*, role: Role, action: Action, status: Status, window: Window) -> Decision:
    """Whether a person of this role may do this to an assessment of their own sight in this state now."""
    move = move_of(action)
    if role not in move.roles:
        return Decision(False, _WRONG_ROLE[action])
    if status not in move.at:
        return Decision(False, _WRONG_STATUS_FOR.get((action, status), _WRONG_STATUS[status]))
    if move.in_window and window is not Window.OPEN:
        return Decision(False, _WINDOW[window])
    return YES


def holds(role: Role, right: Right) -> Decision:
    """Whether a role has a right over the whole."""
    if role in RIGHTS[right]:
        return YES
    return Decision(False, _WRONG_ROLE_FOR_ALL[right])


def diagram() -> str:
    """The state diagram of the README (Mermaid), made from the table."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.DRAFT.value}: open the round"]
    lines += [f"    {line}" for line in _arrows()]
    return "\n".join(lines)


def _arrows() -> Iterator[str]:
    for move in TABLE:
        if move.to is None:
            continue
        roles = ", ".join(role.value for role in Role if role in move.roles)
        reason = ", with a reason" if move.needs_reason else ""
        for status in Status:
            if status in move.at:
                yield f"{status.value} --> {move.to.value}: {move.action.value} ({roles}{reason})"
