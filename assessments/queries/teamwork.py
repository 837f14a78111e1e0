"""Who of an office does what: assignments, one person's own work, and who has an indicator open now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from assessments.calendar import today
from assessments.models import Answer, Assessment, Assignment, Presence, User
from assessments.queries.comments import count_of
from assessments.queries.progress import DONE, TODO, editors_of, standard_of, state_of
from assessments.services.presence import LASTS
from assessments.workflow import Status
from indicators.editions import AreaNode, IndicatorNode


@dataclass(frozen=True, slots=True)
class Duty:
    """Who answers an indicator. `gone`: the person has left the office or has no active account, so nobody does."""

    person: User
    due_on: date | None
    gone: bool

    @property
    def is_late(self) -> bool:
        """The day has passed; whether the indicator is done, the caller knows."""
        return self.due_on is not None and self.due_on < today()


@dataclass(frozen=True, slots=True)
class SharedRow:
    node: IndicatorNode
    duty: Duty | None
    state: str


@dataclass(frozen=True, slots=True)
class SharedArea:
    """One area with who answers what. `people` names each with how many, most first."""

    node: AreaNode
    rows: Sequence[SharedRow]
    people: Sequence[tuple[User, int]]
    nobody: int
    gone: int


@dataclass(frozen=True, slots=True)
class Load:
    """How much one person has, of which done, and how much of the rest is late."""

    person: User
    given: int
    done: int
    late: int


@dataclass(frozen=True, slots=True)
class Shared:
    """An office's work shared out. `people` are those who can be given something, heads first."""

    people: Sequence[User]
    loads: Sequence[Load]
    areas: Sequence[SharedArea]
    nobody: int


@dataclass(frozen=True, slots=True)
class Task:
    """One indicator that is a person's own work."""

    assessment: Assessment
    node: IndicatorNode
    due_on: date | None
    state: str

    @property
    def is_late(self) -> bool:
        return self.state != DONE and self.due_on is not None and self.due_on < today()


@dataclass(frozen=True, slots=True)
class MyWork:
    """What a person still has to do, late ones first, then by day; and what is done."""

    late: Sequence[Task] = ()
    ahead: Sequence[Task] = ()
    done: Sequence[Task] = ()

    @property
    def first(self) -> Task | None:
        return next(iter((*self.late, *self.ahead)), None)

    @property
    def in_rounds(self) -> int:
        """From how many rounds the work comes."""
        return len({task.assessment for task in (*self.late, *self.ahead, *self.done)})

    @property
    def open_number(self) -> int:
        return len(self.late) + len(self.ahead)


@dataclass(slots=True)
class Mark:
    """What the task list says of an area: the person's own indicators in it, how many of them are open, comments."""

    mine: int = 0
    mine_open: int = 0
    comments: int = 0


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks by area, and their sums."""

    areas: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def mine(self) -> int:
        return sum(mark.mine for mark in self.areas.values())

    @property
    def mine_open(self) -> int:
        return sum(mark.mine_open for mark in self.areas.values())

    @property
    def comments(self) -> int:
        return sum(mark.comments for mark in self.areas.values())


def _duty(assessment: Assessment, row: Assignment) -> Duty:
    here = row.person.is_active and row.person.province_id == assessment.province_id
    return Duty(row.person, row.due_on, gone=not here)


def duty_of(assessment: Assessment, node: IndicatorNode) -> Duty | None:
    """Who answers one indicator. One query."""
    row = assessment.assignments.filter(indicator=node.pk).select_related("person").first()
    return _duty(assessment, row) if row else None


def duties_of(assessment: Assessment) -> dict[int, Duty]:
    """Who answers what, by indicator. One query."""
    rows = assessment.assignments.select_related("person")
    return {row.indicator_id: _duty(assessment, row) for row in rows}


def duties_seen(assessment: Assessment, user: User) -> dict[int, Duty]:
    """As `duties_of` for the office's own people, empty for others: who does what is the office's own affair."""
    return duties_of(assessment) if user.province_id == assessment.province_id else {}


def shared_of(assessment: Assessment, states: Mapping[str, str]) -> Shared:
    """The whole office's work. Two queries. `states` is `progress.states_of`."""
    duties = duties_of(assessment)
    areas = [
        _shared_area(area, [SharedRow(node, duties.get(node.pk), states[node.code]) for node in area.indicators])
        for area in standard_of(assessment).areas.values()
    ]
    people = editors_of(assessment.province)
    rows = [row for area in areas for row in area.rows]
    loads = [_load(person, [row for row in rows if row.duty and row.duty.person == person]) for person in people]
    return Shared(people, loads, areas, nobody=sum(area.nobody for area in areas))


def _shared_area(area: AreaNode, rows: Sequence[SharedRow]) -> SharedArea:
    counted: dict[User, int] = {}
    for row in rows:
        if row.duty and not row.duty.gone:
            counted[row.duty.person] = counted.get(row.duty.person, 0) + 1
    return SharedArea(
        area,
        rows,
        people=sorted(counted.items(), key=lambda each: (-each[1], each[0].full_name)),
        nobody=sum(row.duty is None or row.duty.gone for row in rows),
        gone=sum(row.duty is not None and row.duty.gone for row in rows),
    )


def _load(person: User, rows: Sequence[SharedRow]) -> Load:
    done = sum(row.state == DONE for row in rows)
    late = sum(row.state != DONE and row.duty is not None and row.duty.is_late for row in rows)
    return Load(person, len(rows), done, late)


def marks_of(assessment: Assessment, user: User, *, states: Mapping[str, str], comments: Mapping[int, int]) -> Marks:
    """What the task list marks for a person. One query for an office's people, none for others."""
    standard = standard_of(assessment)
    marks = {code: Mark() for code in standard.areas}
    for pk, number in comments.items():
        marks[standard.by_pk[pk].area_code].comments += number
    mine: Iterable[int] = ()
    if user.province_id == assessment.province_id:
        mine = assessment.assignments.filter(person=user).values_list("indicator_id", flat=True)
    for pk in mine:
        node = standard.by_pk[pk]
        marks[node.area_code].mine += 1
        marks[node.area_code].mine_open += states[node.code] != DONE
    return Marks(marks)


def work_of(user: User) -> MyWork:
    """A person's own indicators in all assessments of the office that are not submitted. Two queries."""
    rows = list(
        Assignment.objects.filter(
            person=user,
            assessment__province=user.province_id,
            assessment__status__in=[Status.DRAFT, Status.RETURNED],
        ).select_related("assessment__round__edition")
    )
    keys = {(row.assessment_id, row.indicator_id): row for row in rows}
    answers = Answer.objects.filter(
        assessment__in={row.assessment_id for row in rows}, indicator__in={row.indicator_id for row in rows}
    ).values_list("assessment_id", "indicator_id", "is_answered", "version", "typed")
    states = {}
    for assessment, indicator, answered, version, typed in answers:
        row = keys.get((assessment, indicator))
        if row:
            node = standard_of(row.assessment).by_pk[indicator]
            states[row.pk] = state_of(node, is_answered=answered, version=version, typed=typed)
    tasks = sorted((_task(row, states.get(row.pk, TODO)) for row in rows), key=_order)
    return MyWork(
        late=[task for task in tasks if task.is_late],
        ahead=[task for task in tasks if task.state != DONE and not task.is_late],
        done=[task for task in tasks if task.state == DONE],
    )


def _task(row: Assignment, state: str) -> Task:
    return Task(row.assessment, standard_of(row.assessment).by_pk[row.indicator_id], row.due_on, state)


def _order(task: Task) -> tuple[date, int, int, int]:
    """By day, those without one last; then as printed, the newest round first."""
    node = task.node
    return task.due_on or date.max, -task.assessment.round.year, node.dimension, node.number


@dataclass(frozen=True, slots=True)
class Beside:
    """What a colleague's page of an indicator shows of the others' work on it. `duty` is the office's own affair."""

    is_office: bool
    duty: Duty | None
    is_mine: bool
    comments: int


def beside(answer: Answer, node: IndicatorNode, user: User) -> Beside:
    """Two queries for an office's people, one for others."""
    assessment = answer.assessment
    is_office = user.province_id == assessment.province_id
    duty = duty_of(assessment, node) if is_office else None
    is_mine = duty is not None and duty.person == user
    return Beside(is_office, duty, is_mine, comments=count_of(answer, user))


def present_beside(assessment: Assessment, node: IndicatorNode, user: User) -> list[Presence]:
    """The other people of the office who have the indicator open now, those who type first. One query."""
    return list(
        Presence.objects.filter(
            assessment=assessment,
            indicator=node.pk,
            seen_at__gte=timezone.now() - LASTS,
            person__province=assessment.province_id,
            person__is_active=True,
        )
        .exclude(person=user)
        .select_related("person")
        .order_by("-editing", "person__full_name")
    )
