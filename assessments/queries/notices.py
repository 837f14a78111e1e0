"""What a person should know, computed from how things stand now: nothing is stored but what was seen and mailed.

Each fact is an `Item` with a key that stays the same; facts of one kind about one thing are told together as a
`Notice`. What is no longer so (a correction that was sent, a window that was closed) is no longer told, and nothing
is told longer than KEPT.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.calendar import end_of, start_of, today
from assessments.models import (
    Assessment,
    Assignment,
    Comment,
    Extension,
    Finding,
    Invitation,
    NoticeMark,
    Question,
    Review,
    StatusChange,
    User,
)
from assessments.queries.notice_words import Item, Kind, Notice
from assessments.workflow import CENTRAL_ROLES, OFFICE_ROLES, UNDER_REVIEW, Action, Role, Status, Window

KEPT = timedelta(days=60)
# So many days before its last day an office that has not submitted is reminded.
REMINDERS = (1, 7, 30)
# The same before the last day on which it may reply to its verdicts.
REPLY_REMINDERS = (1, 7)
READERS = frozenset({Role.REVIEWER, Role.MANAGER})
NOT_SUBMITTED = (Status.DRAFT, Status.RETURNED)
# Of these a mail went out when it happened; the daily one does not repeat it.
MAILED_AT_ONCE = frozenset({Kind.INVITED, Kind.RETURNED, Kind.VERIFIED, Kind.FINAL, Kind.REOPENED, Kind.EXTENDED})
_MOVES = {
    Action.RETURN: Kind.RETURNED,
    Action.VERIFY: Kind.VERIFIED,
    Action.FINALISE: Kind.FINAL,
    Action.PUBLISH: Kind.PUBLISHED,
    Action.REOPEN: Kind.REOPENED,
}


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
        kind = _MOVES[Action(last.action)]
        is_over = kind is Kind.VERIFIED and assessment.reply_window() is not Window.OPEN
        if assessment.status == last.to_status and not is_over:
            yield Item(kind, f"move:{last.pk}", last.at, assessment=assessment, text=last.reason, day=last.due_on)
    for assessment in assessments.values():
        move = moves.get(assessment.pk)
        if assessment.status not in NOT_SUBMITTED:
            yield from _reply_reminder(assessment, move)
            continue
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
    yield from _found(since, assessments)
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


def _reply_reminder(assessment: Assessment, move: StatusChange | None) -> Iterator[Item]:
    """The reminder of the office's reply that has come due last, unless the verdicts themselves came later."""
    if assessment.status != Status.VERIFIED or assessment.reply_until is None:
        return
    days = (assessment.reply_until - today()).days
    step = next((step for step in REPLY_REMINDERS if 0 <= days <= step), None)
    if step is None:
        return
    at = start_of(assessment.reply_until - timedelta(days=step))
    if move and move.at > at:
        return
    key = f"reply-due:{assessment.pk}:{assessment.reply_until.isoformat()}:{step}"
    yield Item(Kind.REPLY_DUE, key, at, assessment=assessment, day=assessment.reply_until)


def _assigned(person: User, since: datetime, assessments: dict[int, Assessment]) -> Iterator[Item]:
    """What colleagues gave the person to answer, while it can be answered."""
    given = Assignment.objects.filter(person=person, assessment__in=assessments, at__gte=since)
    found = given.filter(assessment__status__in=NOT_SUBMITTED).exclude(by=person).order_by("indicator_id")
    columns = ("pk", "at", "assessment_id", "by__full_name", "indicator__code", "due_on")
    for pk, at, assessment, name, code, due_on in found.values_list(*columns):
        key = f"assigned:{pk}:{at.timestamp():.0f}"
        yield Item(Kind.ASSIGNED, key, at, assessment=assessments[assessment], name=name, code=code, day=due_on)


def _found(since: datetime, assessments: dict[int, Assessment]) -> Iterator[Item]:
    """What visitors found at the office's indicators, until it has said what became of it. One query."""
    found = Finding.objects.filter(answer__assessment__in=assessments, at__gte=since, removed_at=None, follow_up="")
    columns = ("pk", "at", "answer__assessment_id", "visit_id", "by__full_name", "answer__indicator__code", "text")
    for pk, at, assessment, visit, name, code, text in found.order_by("-answer__indicator_id").values_list(*columns):
        told = {"assessment": assessments[assessment], "name": name, "code": code, "text": text, "visit": visit}
        yield Item(Kind.FINDING, f"finding:{pk}", at, **told)


# --- the central division ------------------------------------------------------------------------


def _of_centre(person: User, since: datetime) -> Iterator[Item]:
    yield from _standing(person, since)
    yield from _answered(person, since)
    talk = Comment.objects.filter(answer=OuterRef("answer"), thread=Comment.Thread.CENTRE)
    # A question that nobody of the centre took up is for everyone there, afterwards for those who did.
    for_me = Exists(talk.filter(by=person)) | ~Exists(talk.filter(by__role__in=sorted(CENTRAL_ROLES)))
    yield from _comments(Comment.objects.filter(for_me, by__role__in=sorted(OFFICE_ROLES)), person, since)


def _standing(person: User, since: datetime) -> Iterator[Item]:
    """What came from the offices, and what has not come in time. One query."""
    day = today()
    last_reply = StatusChange.objects.filter(assessment=OuterRef("pk"), action=Action.REPLY).order_by("-number")
    judged = Review.objects.filter(answer__assessment=OuterRef("pk"), judged_by=person)
    found = _assessments().filter(
        Q(status=Status.SUBMITTED, submitted_at__gte=since)
        | Q(status__in=NOT_SUBMITTED, closes_on__lt=day, closes_on__gte=day - KEPT)
        | Q(status=Status.VERIFIED, reply_until__lt=day, reply_until__gte=day - KEPT)
        | Q(status=Status.REPLIED)
    )
    found = found.annotate(replied_at=Subquery(last_reply.values("at")[:1]))
    # A reply concerns those who judged; a manager sees to all of them.
    if person.role != Role.MANAGER:
        found = found.filter(~Q(status__in=[Status.REPLIED, Status.VERIFIED]) | Exists(judged))
    for each in found:
        match each.status:
            case Status.SUBMITTED:
                assert each.submitted_at is not None
                yield Item(Kind.SUBMITTED, f"submitted:{each.reference}", each.submitted_at, assessment=each)
            case Status.REPLIED if each.replied_at >= since:
                yield Item(Kind.REPLIED, f"replied:{each.pk}:{each.reply_until}", each.replied_at, assessment=each)
            case Status.VERIFIED:
                assert each.reply_until is not None
                key = f"reply-over:{each.pk}:{each.reply_until.isoformat()}"
                yield Item(Kind.REPLY_OVER, key, end_of(each.reply_until), assessment=each)
            case Status.DRAFT | Status.RETURNED:
                key = f"overdue:{each.pk}:{each.closes_on.isoformat()}"
                yield Item(Kind.OVERDUE, key, end_of(each.closes_on), assessment=each)


def _answered(person: User, since: datetime) -> Iterator[Item]:
    """What the person asked an office and it answered, once it submitted again and until somebody judges that."""
    found = Question.objects.filter(
        asked_by=person,
        answered_at__isnull=False,
        closed_at=None,
        answer__assessment__status__in=UNDER_REVIEW,
        answer__assessment__submitted_at__gte=since,
    ).select_related("answer__indicator", "answered_by", "answer__assessment__round", "answer__assessment__province")
    for question in found.order_by("-answer__indicator_id", "-pk"):
        assessment = question.answer.assessment
        assert assessment.submitted_at is not None
        yield Item(
            Kind.ANSWERED,
            f"answered:{question.pk}:{assessment.reference}",
            assessment.submitted_at,
            assessment=assessment,
            name=question.answered_by.full_name if question.answered_by else "",
            code=question.answer.indicator.code,
            text=question.answered_text,
        )


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
    return Assessment.objects.select_related("round__edition", "province").defer(
        "results", "verified_results", "final_results"
    )
