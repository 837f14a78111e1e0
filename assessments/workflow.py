"""Who may do what, when, and to which state: one table, asked by buttons, views and services alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    """Where an assessment stands."""

    DRAFT = "draft", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned for correction")
    VERIFIED = "verified", _("Verified, open for the office's reply")
    REPLIED = "replied", _("The office has replied")
    FINAL = "final", _("Final")
    PUBLISHED = "published", pgettext_lazy("result", "Published")


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
REVIEWERS = frozenset({Role.REVIEWER, Role.MANAGER})
# The office answers in these states, the centre reads in those; closed are those in which the result stands.
WITH_OFFICE = frozenset({Status.DRAFT, Status.RETURNED})
UNDER_REVIEW = frozenset({Status.SUBMITTED, Status.IN_REVIEW})
CLOSED = frozenset({Status.FINAL, Status.PUBLISHED})
# From here on the office knows the verdicts.
TOLD = frozenset({Status.VERIFIED, Status.REPLIED}) | CLOSED


class Action(TextChoices):
    """What a person does with an assessment."""

    VIEW = "view", _("View")
    EDIT = "edit", _("Answer and attach evidence")
    SUBMIT = "submit", _("Certify and submit")
    JUDGE = "judge", _("Judge answers")
    BEGIN = "begin", _("Begin the review")
    RETURN = "return", _("Return with questions")
    VERIFY = "verify", _("Verify")
    RESPOND = "respond", _("Accept or dispute verdicts")
    REPLY = "reply", _("Send the reply")
    SETTLE = "settle", _("Settle disputed verdicts")
    FINALISE = "finalise", _("Make final")
    PUBLISH = "publish", _("Publish")
    REOPEN = "reopen", _("Reopen")
    EXTEND = "extend", _("Extend the closing day")
    VISIT = "visit", _("Record visits and findings")
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
    REVIEW = "review", _("Review answers")
    READ_REVIEW = "read_review", _("Read verdicts before they are sent")


class Window(Enum):
    """A span of days at a moment: the round's, in which answers are taken, or that of an office's reply."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. `to` is None where the state stays. `window` and `reply` say how the round's window and the
    window of the reply must stand, None where it does not matter."""

    action: Action
    roles: frozenset[Role]
    at: frozenset[Status]
    to: Status | None = None
    window: Window | None = None
    reply: Window | None = None
    needs_reason: bool = False


_HEAD = frozenset({Role.OFFICE_HEAD})
_MANAGER = frozenset({Role.MANAGER})

TABLE = (
    Move(Action.VIEW, frozenset(Role), frozenset(Status)),
    Move(Action.EDIT, OFFICE_ROLES, WITH_OFFICE, window=Window.OPEN),
    Move(Action.SUBMIT, _HEAD, WITH_OFFICE, to=Status.SUBMITTED, window=Window.OPEN),
    # The first verdict begins the review, so nobody has to say so.
    Move(Action.BEGIN, REVIEWERS, frozenset({Status.SUBMITTED}), to=Status.IN_REVIEW),
    Move(Action.JUDGE, REVIEWERS, UNDER_REVIEW),
    Move(Action.RETURN, REVIEWERS, UNDER_REVIEW, to=Status.RETURNED, needs_reason=True),
    Move(Action.VERIFY, REVIEWERS, UNDER_REVIEW, to=Status.VERIFIED),
    Move(Action.RESPOND, OFFICE_ROLES, frozenset({Status.VERIFIED}), reply=Window.OPEN),
    Move(Action.REPLY, _HEAD, frozenset({Status.VERIFIED}), to=Status.REPLIED, reply=Window.OPEN),
    Move(Action.SETTLE, REVIEWERS, frozenset({Status.REPLIED})),
    Move(Action.FINALISE, REVIEWERS, frozenset({Status.REPLIED}), to=Status.FINAL),
    # Who did not reply in time has accepted.
    Move(Action.FINALISE, REVIEWERS, frozenset({Status.VERIFIED}), to=Status.FINAL, reply=Window.CLOSED),
    Move(Action.PUBLISH, _MANAGER, frozenset({Status.FINAL}), to=Status.PUBLISHED),
    Move(Action.REOPEN, _MANAGER, CLOSED, to=Status.IN_REVIEW, needs_reason=True),
    Move(Action.EXTEND, _MANAGER, WITH_OFFICE, needs_reason=True),
    # Whoever visits writes down what was found, whatever the state: it changes no answer and no score.
    Move(Action.VISIT, frozenset({Role.SUPPORTER, Role.INSPECTOR}), frozenset(Status)),
    # A plan is for the time after: the office works on it whatever the state, also when the round is closed.
    Move(Action.PLAN, OFFICE_ROLES, frozenset(Status)),
    # Also before the round opens: who does what is settled first.
    Move(Action.ASSIGN, OFFICE_ROLES, WITH_OFFICE),
    # The office's own thread: who may write in it is who may read it. The other thread is read by all who see the
    # assessment; a supporter advises in it while the office still answers.
    Move(Action.COMMENT_OFFICE, OFFICE_ROLES, frozenset(Status)),
    Move(Action.COMMENT_CENTRE, OFFICE_ROLES | REVIEWERS, frozenset(Status) - CLOSED),
    Move(Action.COMMENT_CENTRE, frozenset({Role.SUPPORTER}), WITH_OFFICE),
)
# What leads from one state to another: the only acts that the history of an assessment's states holds.
STATE_CHANGING = tuple(
    (action.value, action.label)
    for action in Action
    if any(move.to is not None for move in TABLE if move.action is action)
)

RIGHTS = {
    Right.SEE_COUNTRY: frozenset({Role.SUPPORTER, Role.INSPECTOR, Role.REVIEWER, Role.MANAGER, Role.ADMIN}),
    Right.MANAGE_ROUNDS: frozenset({Role.MANAGER}),
    Right.MANAGE_PEOPLE: frozenset({Role.MANAGER, Role.ADMIN}),
    Right.HAVE_WORK: OFFICE_ROLES,
    Right.REVIEW: REVIEWERS,
    # Not the office's own helpers: they read with the office, once it is told.
    Right.READ_REVIEW: CENTRAL_ROLES | {Role.INSPECTOR},
}


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
    Action.BEGIN: _("Only the central division reviews an assessment."),
    Action.JUDGE: _("Only the central division judges answers."),
    Action.RETURN: _("Only the central division can return an assessment."),
    Action.VERIFY: _("Only the central division can verify an assessment."),
    Action.RESPOND: _("Only the office's own staff can accept or dispute a verdict."),
    Action.REPLY: _("Only the head of the office can send its reply."),
    Action.SETTLE: _("Only the central division can settle a disputed verdict."),
    Action.FINALISE: _("Only the central division can make a result final."),
    Action.PUBLISH: _("Only a central manager can publish a result."),
    Action.REOPEN: _("Only a central manager can reopen a final result."),
    Action.EXTEND: _("Only a central manager can give an office a later closing day."),
    Action.VISIT: _("Only regional supporters and inspectors record visits and findings."),
    Action.PLAN: _("Only the office's own staff can change its improvement plan."),
    Action.ASSIGN: _("Only the office's own staff can share out its indicators."),
    Action.COMMENT_OFFICE: _("These comments are private: only the office's own staff read and write them."),
    Action.COMMENT_CENTRE: _("You can read these comments; the office and the central division write them."),
}
_WRONG_ROLE_FOR_ALL = {
    Right.SEE_COUNTRY: _("The list of offices is for the central division, inspectors and regional supporters."),
    Right.MANAGE_ROUNDS: _(
        "Only a central manager opens and changes rounds, shares out the review and draws second readings."
    ),
    Right.MANAGE_PEOPLE: _("Only a central manager or a system admin invites people and changes their accounts."),
    Right.HAVE_WORK: _("This page is for the staff of an office: it shows the work that they were given."),
    Right.REVIEW: _("Only the central division's reviewers and managers judge answers here."),
    Right.READ_REVIEW: _("The verdicts are for the central division and inspectors until they are sent to the office."),
}
_FROZEN = _(
    "This assessment is submitted and its answers are frozen. To change one, ask the central division to return it."
)
_WRONG_STATUS = {
    Status.DRAFT: _("The office has not submitted this assessment yet."),
    Status.SUBMITTED: _FROZEN,
    Status.IN_REVIEW: _("The central division is reviewing this assessment; its answers are frozen."),
    Status.RETURNED: _("This assessment is back with the office for correction."),
    Status.VERIFIED: _("This assessment is verified; the office may reply to the verdicts."),
    Status.REPLIED: _("The office has replied; the central division settles what is disputed."),
    Status.FINAL: _("The result of this assessment is final."),
    Status.PUBLISHED: _("The result of this assessment is published."),
}
_WITH_CENTRE = _(
    "The office has submitted, so it needs no later day. To let it correct something, return the assessment."
)
_NOT_VERIFIED = _("Verify the assessment first; then the office can reply.")
# Where the state's own sentence would not answer the person who asked.
_WRONG_STATUS_FOR = {
    (Action.REOPEN, Status.SUBMITTED): _("This assessment is not final, so there is nothing to reopen."),
    (Action.REOPEN, Status.IN_REVIEW): _("This assessment is not final, so there is nothing to reopen."),
    (Action.EXTEND, Status.SUBMITTED): _WITH_CENTRE,
    (Action.EXTEND, Status.IN_REVIEW): _WITH_CENTRE,
    (Action.BEGIN, Status.IN_REVIEW): _("The review has begun already."),
    (Action.FINALISE, Status.SUBMITTED): _NOT_VERIFIED,
    (Action.FINALISE, Status.IN_REVIEW): _NOT_VERIFIED,
}
_WINDOW = {
    Window.NOT_YET: _("The round has not opened yet."),
    Window.CLOSED: _("The round is closed. Ask the central division for an extension, with your reason."),
}
_REPLY = {
    Window.OPEN: _("The days on which a reply is due are over, so the verdicts stand."),
    Window.CLOSED: _(
        "The office can still reply; the result can be made final when it has, or when its days are over."
    ),
}


def moves_of(action: Action) -> list[Move]:
    """The table's rows for an action: more than one where roles or states differ in what they need."""
    return [move for move in TABLE if move.action == action]


def roles_of(action: Action) -> frozenset[Role]:
    return frozenset().union(*(move.roles for move in moves_of(action)))


def statuses_of(action: Action) -> frozenset[Status]:
    return frozenset().union(*(move.at for move in moves_of(action)))


def needs_reason(action: Action) -> bool:
    return any(move.needs_reason for move in moves_of(action))


def target_of(action: Action) -> Status:
    """The state to which an action leads; only for those that change it."""
    found = {move.to for move in moves_of(action)}
    (status,) = found
    assert status is not None
    return status


def decide(*, role: Role, action: Action, status: Status, window: Window, reply: Window = Window.NOT_YET) -> Decision:
    """Whether a person of this role may do this to an assessment of their own sight in this state now.

    `reply` is the window of the office's reply: NOT_YET before there is one.
    """
    rows = [move for move in moves_of(action) if role in move.roles]
    if not rows:
        return Decision(False, _WRONG_ROLE[action])
    rows = [move for move in rows if status in move.at]
    if not rows:
        return Decision(False, _WRONG_STATUS_FOR.get((action, status), _WRONG_STATUS[status]))
    (move,) = rows
    if move.window is not None and window is not move.window:
        return Decision(False, _WINDOW[window])
    if move.reply is not None and reply is not move.reply:
        return Decision(False, _REPLY[move.reply])
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
        late = ", after the days of the reply" if move.reply is Window.CLOSED else ""
        for status in Status:
            if status in move.at:
                yield f"{status.value} --> {move.to.value}: {move.action.value} ({roles}{reason}{late})"
