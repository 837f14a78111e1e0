"""The moves of a demo office through the states, on plausible days."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from assessments.calendar import BANGKOK, day_of
from assessments.demo.texts import RETURN_REASONS
from assessments.models import Assessment, StatusChange, User
from assessments.workflow import Action, Status, target_of

REPLY_DAYS = 14
# Days after the move before it, (fewest, most). What is not replied to is final when the days of the reply are over.
AFTER = {
    Action.BEGIN: (1, 4),
    Action.RETURN: (2, 5),
    Action.SUBMIT: (2, 6),
    Action.VERIFY: (4, 9),
    Action.REPLY: (2, 9),
    Action.FINALISE: (1, 4),
}
WITHOUT_REPLY = (REPLY_DAYS + 1, REPLY_DAYS + 3)
BY_HEAD = (Action.SUBMIT, Action.REPLY)


def in_time(actions: Sequence[Action], *, left: timedelta) -> tuple[Action, ...]:
    """The moves, with a reply where there is no time to wait until its days are over."""
    found: list[Action] = []
    for action in actions:
        if action is Action.FINALISE and found[-1] is Action.VERIFY and left < timedelta(days=45):
            found.append(Action.REPLY)
        found.append(action)
    return tuple(found)


def moments_of(
    actions: Sequence[Action], draw: Random, *, begin: datetime, end: datetime, now: datetime, is_over: bool
) -> list[datetime]:
    """When each move was made: the first between `begin` and `end`, the others after it and before `now`.

    In a round that is over the days count from the submission; in the current one from now backwards, so that what
    was done last was done lately.
    """
    offsets = [timedelta(0)]
    for before, action in itertools.pairwise(actions):
        waits = action is Action.FINALISE and before is Action.VERIFY
        offsets.append(offsets[-1] + timedelta(days=draw.uniform(*(WITHOUT_REPLY if waits else AFTER[action]))))
    if is_over:
        first = moment(draw, begin, end)
        latest = now
    else:
        latest = _evening(now - timedelta(days=draw.uniform(0.1, 2.5)))
        first = max(begin, latest - offsets[-1])
    room = max(latest - first, timedelta(0))
    share = min(1.0, room / offsets[-1]) if offsets[-1] else 1.0
    found: list[datetime] = []
    for offset in offsets:
        at = in_office_hours(draw, first + offset * share, after=found[-1] if found else begin, before=latest)
        found.append(at)
    return found


def _evening(at: datetime) -> datetime:
    """The end of the working day before a moment, so that the hours of that day lie before it."""
    local = at.astimezone(BANGKOK)
    evening = local.replace(hour=16, minute=59)
    return evening if evening <= local else evening - timedelta(days=1)


def in_office_hours(draw: Random, at: datetime, *, after: datetime, before: datetime) -> datetime:
    """The moment, moved into the day's office hours where it then still lies between two others."""
    local = max(at, after).astimezone(BANGKOK)
    hours = local.replace(hour=draw.randint(8, 16))
    return hours if after < hours <= before else min(max(at, after), max(before, after)).astimezone(BANGKOK)


def moment(draw: Random, begin: datetime, end: datetime) -> datetime:
    """Some moment between two, in office hours where that still lies between them."""
    at = begin + max(timedelta(0), end - begin) * draw.random()
    local = at.astimezone(BANGKOK)
    office_hours = local.replace(hour=draw.randint(8, 16))
    return office_hours if begin <= office_hours <= end else local


def moves_of(
    assessment: Assessment, actions: Sequence[Action], times: Sequence[datetime], *, head: User, reviewer: User
) -> list[StatusChange]:
    """The rows of its history; the assessment stands where they lead."""
    found: list[StatusChange] = []
    submissions = returns = 0
    for number, (action, at) in enumerate(zip(actions, times, strict=True), start=1):
        to = target_of(action)
        due_on = None
        reason = ""
        if action is Action.RETURN:
            reason = RETURN_REASONS[(assessment.province_id + returns) % len(RETURN_REASONS)]
            due_on, returns = day_of(at + timedelta(days=14)), returns + 1
        if action is Action.VERIFY:
            due_on = assessment.reply_until = day_of(at) + timedelta(days=REPLY_DAYS)
        found.append(
            StatusChange(
                assessment=assessment,
                number=number,
                action=action,
                from_status=assessment.status,
                to_status=to,
                reason=reason,
                due_on=due_on,
                by=head if action in BY_HEAD else reviewer,
                at=at,
            )
        )
        assessment.status, assessment.changed_at = Status(to), at
        if action is Action.SUBMIT:
            submissions += 1
            assessment.submitted_at, assessment.submitted_by = at, head
            iso = assessment.province.iso.removeprefix("TH-")
            assessment.reference = f"{assessment.round.year}-{iso}-{submissions}"
    return found


def published(
    assessments: Sequence[Assessment], moves: Sequence[StatusChange], *, by: User, now: datetime
) -> list[StatusChange]:
    """The whole round is published on one day, soon after the last result was final."""
    last = max(move.at for move in moves)
    at = min(now, last + timedelta(days=3))
    counted: dict[int, int] = {}
    for move in moves:
        counted[move.assessment_id] = max(counted.get(move.assessment_id, 0), move.number)
    found = []
    for assessment in assessments:
        found.append(
            StatusChange(
                assessment=assessment,
                number=counted[assessment.pk] + 1,
                action=Action.PUBLISH,
                from_status=assessment.status,
                to_status=Status.PUBLISHED,
                by=by,
                at=at,
            )
        )
        assessment.status, assessment.changed_at = Status.PUBLISHED, at
    return found
