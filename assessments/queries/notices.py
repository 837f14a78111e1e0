"""What a person should know, computed from how things stand now: nothing is stored but what was seen and mailed.

Each fact is an `Item` with a key that stays the same; facts of one kind about one thing are told together as a
`Notice`. What is no longer so (a correction that was sent, a window that was closed) is no longer told, and nothing
is told longer than KEPT.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.calendar import end_of, start_of, today
from assessments.models import Assessment, Assignment, Comment, Extension, Invitation, NoticeMark, StatusChange, User
from assessments.queries.notice_words import Item, Kind, Notice
from assessments.workflow import CENTRAL_ROLES, OFFICE_ROLES, Action, Role, Status, Window

KEPT = timedelta(days=60)
# So many days before its last day an office that has not submitted is reminded.
REMINDERS = (1, 7, 30)
READERS = frozenset({Role.REVIEWER, Role.MANAGER})
NOT_SUBMITTED = (Status.DRAFT, Status.RETURNED)
# Of these a mail went out when it happened; the daily one does not repeat it.
MAILED_AT_ONCE = frozenset({Kind.INVITED, Kind.RETURNED, Kind.ACCEPTED, Kind.REOPENED, Kind.EXTENDED})
_MOVES = {Action.RETURN: Kind.RETURNED, Action.FINALISE: Kind.ACCEPTED, Action.REOPEN: Kind.REOPENED}


def notices_of(person: User) -> list[Notice]:
    """All notices: the new ones first, in each part the newest first."""
    items = items_of(person)
    seen = _marked(person, items, Q(seen_at__isnull=False))
    new = [item for item in items if item.key not in seen]
    return [*_together(new, is_seen=False), *_together([item for item in items if item.key in seen], is_seen=True)]


def new_count(person: User) -> int:
    return sum(not notice.is_seen for notice in notices_of(person))


def to_mail(person: User) -> list[Notice]:
    """What the daily mail tells: what the person has neither seen nor been told by mail."""
    items = [item for item in items_of(person) if item.kind not in MAILED_AT_ONCE]
    told = _marked(person, items, Q(seen_at__isnull=False) | Q(mailed_at__isnull=False))
    return _together([item for item in items if item.key not in told], is_seen=False)


def items_of(person: User) -> list[Item]:
    """The single facts, the newest first. A fixed number of queries, however many offices there are."""
    since = timezone.now() - KEPT
    items = [*_invited(person, since)]
    if person.role in OFFICE_ROLES:
        items += _of_office(person, since)
    if person.role in READERS:
        items += _of_centre(person, since)
    return sorted(items, key=lambda item: (item.at, item.key), reverse=True)


def _marked(person: User, items: Collection[Item], how: Q) -> set[str]:
    if not items:
        return set()
    marks = NoticeMark.objects.filter(how, person=person, key__in=[item.key for item in items])
    return set(marks.values_list("key", flat=True))


def _together(items: Collection[Item], *, is_seen: bool) -> list[Notice]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return [Notice(tuple(group), is_seen) for group in groups.values()]


def _invited(person: User, since: datetime) -> Iterator[Item]:
    joined = Invitation.objects.filter(user=person, used_at__gte=since).exclude(invited_by=person)
    for pk, used_at, name in joined.values_list("pk", "used_at", "invited_by__full_name"):
        assert used_at is not None
        yield Item(Kind.INVITED, f"invited:{pk}", used_at, name=name)


# --- an office's people --------------------------------------------------------------------------


def _of_office(person: User, since: datetime) -> Iterator[Item]:
    assessments = {each.pk: each for each in _assessments().filter(province=person.province_id)}
    moves = _last_moves(person, since)
    extensions = _last_extensions(person, since)
    for last in moves.values():
        assessment = assessments[last.assessment_id]
        if assessment.status == last.to_status:
            kind = _MOVES[Action(last.action)]
            yield Item(kind, f"move:{last.pk}", last.at, assessment=assessment, text=last.reason, day=last.due_on)
    for assessment in assessments.values():
        if assessment.status not in NOT_SUBMITTED:
            continue
        move = moves.get(assessment.pk)
        extension = extensions.get(assessment.round_id)
        if extension and extension.closes_on != assessment.closes_on:
            extension = None
        if extension and not (move and move.due_on == extension.closes_on and move.reason == extension.reason):
            key = f"extended:{extension.pk}"
            day = extension.closes_on
            yield Item(Kind.EXTENDED, key, extension.given_at, assessment=assessment, text=extension.reason, day=day)
        told_at = [*([move.at] if move else []), *([extension.given_at] if extension else [])]
        yield from _reminder(assessment, told_at)
    yield from _assigned(person, since, assessments)
    theirs = Comment.objects.filter(answer__assessment__in=assessments).exclude(by__province=person.province_id)
    yield from _comments(theirs, person, since, assessments)


def _last_moves(person: User, since: datetime) -> dict[int, StatusChange]:
    """The centre's newest move of each assessment."""
    found = StatusChange.objects.filter(assessment__province=person.province_id, action__in=_MOVES, at__gte=since)
    return {move.assessment_id: move for move in found.order_by("number")}


def _last_extensions(person: User, since: datetime) -> dict[int, Extension]:
    """The newest extension of each round."""
    found = Extension.objects.filter(province=person.province_id, given_at__gte=since)
    return {extension.round_id: extension for extension in found.order_by("given_at", "pk")}


def _reminder(assessment: Assessment, told_at: list[datetime]) -> Iterator[Item]:
    """The reminder that has come due last, while the window is open: a day on which nobody looked is made up for.

    None where the office was told its last day later than that anyway, by a return or an extension.
    """
    days = assessment.days_left(today())
    step = next((step for step in REMINDERS if days <= step), None)
    if step is None or assessment.window() is not Window.OPEN:
        return
    day = max(assessment.closes_on - timedelta(days=step), assessment.round.opens_on)
    if any(moment > start_of(day) for moment in told_at):
        return
    key = f"due:{assessment.pk}:{assessment.closes_on.isoformat()}:{step}"
    yield Item(Kind.DUE, key, start_of(day), assessment=assessment, day=assessment.closes_on)


def _assigned(person: User, since: datetime, assessments: dict[int, Assessment]) -> Iterator[Item]:
    """What colleagues gave the person to answer, while it can be answered."""
    given = Assignment.objects.filter(person=person, assessment__in=assessments, at__gte=since)
    found = given.filter(assessment__status__in=NOT_SUBMITTED).exclude(by=person).order_by("indicator_id")
    columns = ("pk", "at", "assessment_id", "by__full_name", "indicator__code", "due_on")
    for pk, at, assessment, name, code, due_on in found.values_list(*columns):
        key = f"assigned:{pk}:{at.timestamp():.0f}"
        yield Item(Kind.ASSIGNED, key, at, assessment=assessments[assessment], name=name, code=code, day=due_on)


# --- the central division ------------------------------------------------------------------------


def _of_centre(person: User, since: datetime) -> Iterator[Item]:
    offices = _assessments()
    for assessment in offices.filter(status=Status.SUBMITTED, submitted_at__gte=since):
        assert assessment.submitted_at is not None
        key = f"submitted:{assessment.reference}"
        yield Item(Kind.SUBMITTED, key, assessment.submitted_at, assessment=assessment)
    closed = offices.filter(status__in=NOT_SUBMITTED, closes_on__lt=today(), closes_on__gte=today() - KEPT)
    for assessment in closed:
        key = f"overdue:{assessment.pk}:{assessment.closes_on.isoformat()}"
        yield Item(Kind.OVERDUE, key, end_of(assessment.closes_on), assessment=assessment)
    talk = Comment.objects.filter(answer=OuterRef("answer"), thread=Comment.Thread.CENTRE)
    # A question that nobody of the centre took up is for everyone there, afterwards for those who did.
    for_me = Exists(talk.filter(by=person)) | ~Exists(talk.filter(by__role__in=sorted(CENTRAL_ROLES)))
    yield from _comments(Comment.objects.filter(for_me, by__role__in=sorted(OFFICE_ROLES)), person, since)


def _comments(
    found: QuerySet[Comment], person: User, since: datetime, assessments: dict[int, Assessment] | None = None
) -> Iterator[Item]:
    """Comments between office and centre, except those that the person has answered since."""
    answered = Comment.objects.filter(
        answer=OuterRef("answer"), thread=Comment.Thread.CENTRE, by=person, at__gt=OuterRef("at")
    )
    found = found.filter(~Exists(answered), thread=Comment.Thread.CENTRE, at__gte=since).exclude(by=person)
    columns = ("pk", "at", "answer__assessment_id", "by__full_name", "answer__indicator__code", "text")
    rows = list(found.values_list(*columns))
    if assessments is None:
        assessments = _assessments().in_bulk({row[2] for row in rows})
    for pk, at, assessment, name, code, text in rows:
        key = f"comment:{pk}"
        yield Item(Kind.COMMENT, key, at, assessment=assessments[assessment], name=name, code=code, text=text)


def _assessments() -> QuerySet[Assessment]:
    """With what a notice tells of one."""
    return Assessment.objects.select_related("round__edition", "province").defer("results")
