"""How far an office is: the task list, what is next, what stands in the way of submitting."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from assessments.calendar import today
from assessments.models import Answer, Assessment, Province, StatusChange, User
from assessments.queries.asked import Asked, asked_of
from assessments.queries.shown import Figure, figures, text_of
from assessments.workflow import Action, Role, Status, Window
from indicators import editions
from indicators.editions import AreaNode, DimensionNode, EditionNode, IndicatorNode
from indicators.typed import read_typed

TODO, DOING, DONE, FIX = "todo", "doing", "done", "fix"
# From so many days on the last day is marked.
DAYS_NEAR = 7


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for one office, and how near it is. `counts` while the office can still answer; `due_on` is the day
    by which a returned assessment is to be corrected, where that is before the last day."""

    assessment: Assessment
    days: int
    is_open: bool
    is_ahead: bool
    counts: bool = True
    due_on: date | None = None
    due_days: int = 0

    @property
    def is_near(self) -> bool:
        return self.counts and self.is_open and (self.due_days if self.due_on else self.days) <= DAYS_NEAR


@dataclass(frozen=True, slots=True)
class AreaTask:
    area: AreaNode
    state: str
    answered: int
    count: int
    total: dict[str, Any] | None

    @property
    def percent(self) -> int:
        """How much of the ring is filled; never full before all is answered, nor empty after the first."""
        return -(-self.answered * 99 // self.count) if self.answered < self.count else 100


@dataclass(frozen=True, slots=True)
class DimensionTask:
    dimension: DimensionNode
    answered: int
    count: int
    total: dict[str, Any] | None
    areas: list[AreaTask]


@dataclass(frozen=True, slots=True)
class TaskList:
    """An assessment as a list of tasks. `next` is the first indicator that still needs the office; `states` says how
    far each is, by code."""

    dimensions: list[DimensionTask]
    answered: int
    count: int
    overall: dict[str, Any]
    next: IndicatorNode | None
    states: dict[str, str]


def standard_of(assessment: Assessment) -> EditionNode:
    """The edition that the assessment's round was opened with."""
    return editions.standard_of(assessment.round.edition)


def deadline_of(assessment: Assessment, returned: StatusChange | None = None) -> Deadline:
    """`returned` is its last return where that was read already; else it takes a query, of a returned one only."""
    window, day = assessment.window(), today()
    returned = returned or last_return(assessment)
    due_on = returned.due_on if returned and returned.due_on and returned.due_on < assessment.closes_on else None
    return Deadline(
        assessment,
        days=assessment.days_left(day),
        is_open=window is Window.OPEN,
        is_ahead=window is Window.NOT_YET,
        counts=assessment.status in (Status.DRAFT, Status.RETURNED),
        due_on=due_on,
        due_days=(due_on - day).days if due_on else 0,
    )


def state_of(node: IndicatorNode, *, is_answered: bool, version: int, typed: dict[str, str]) -> str:
    """How far one indicator is: todo, doing, done, or fix where something typed was refused."""
    if typed:
        return FIX if read_typed(node.rule, typed).refusals else DOING
    if is_answered:
        return DONE
    return DOING if version else TODO


def states_of(assessment: Assessment) -> dict[str, str]:
    """How far each indicator is, by code. One query."""
    standard = standard_of(assessment)
    rows = Answer.objects.of(assessment).values_list("indicator_id", "is_answered", "version", "typed")
    found = {
        standard.by_pk[pk].code: state_of(standard.by_pk[pk], is_answered=answered, version=version, typed=typed)
        for pk, answered, version, typed in rows
    }
    return {code: found.get(code, TODO) for code in standard.indicators}


def task_list(assessment: Assessment) -> TaskList:
    """The whole task list. One query; the totals are the kept ones."""
    standard = standard_of(assessment)
    states = states_of(assessment)
    results = assessment.results
    dimensions = []
    for dimension in standard.dimensions:
        areas = [
            AreaTask(
                area,
                state=_joined(states[node.code] for node in area.indicators),
                answered=results["answered"].get(area.code, 0),
                count=len(area.indicators),
                total=results["areas"].get(area.code),
            )
            for area in dimension.areas
        ]
        dimensions.append(
            DimensionTask(
                dimension,
                answered=sum(area.answered for area in areas),
                count=sum(area.count for area in areas),
                total=results["dimensions"].get(str(dimension.number)),
                areas=areas,
            )
        )
    open_codes = [code for code, state in states.items() if state != DONE]
    return TaskList(
        dimensions,
        answered=assessment.answered,
        count=len(standard.indicators),
        overall=results["overall"],
        next=standard.indicators[open_codes[0]] if open_codes else None,
        states=states,
    )


def totals_of(assessment: Assessment) -> list[tuple[DimensionNode, dict[str, Any]]]:
    """The scored dimensions with their kept totals."""
    totals = assessment.results["dimensions"]
    return [
        (dimension, totals[str(dimension.number)])
        for dimension in standard_of(assessment).dimensions
        if str(dimension.number) in totals
    ]


def waiting_of(assessment: Assessment) -> int:
    """How many answers a reviewer is to decide. One query."""
    return assessment.answers.filter(pending="no_case", is_answered=True).count()


def _joined(states: Iterable[str]) -> str:
    states = set(states)
    if FIX in states:
        return FIX
    return states.pop() if len(states) == 1 else DOING


def editors_of(province: Province) -> list[User]:
    """The people of an office, its heads first."""
    people = User.objects.filter(province=province, is_active=True).order_by("full_name", "pk")
    return sorted(people, key=lambda person: person.role != Role.OFFICE_HEAD)


def heads_of(province: Province) -> list[User]:
    return [person for person in editors_of(province) if person.role == Role.OFFICE_HEAD]


def of_office(province: Province) -> list[Assessment]:
    """An office's assessments, the newest round first."""
    return list(Assessment.objects.whole().filter(province=province).order_by("-round__year"))


def current_of(assessments: list[Assessment]) -> Assessment | None:
    """The newest assessment whose window is open."""
    return next((found for found in assessments if found.window() is Window.OPEN), None)


def last_return(assessment: Assessment) -> StatusChange | None:
    """Why the assessment is back with its office; None when it is not."""
    if assessment.status != Status.RETURNED:
        return None
    return assessment.history.filter(action=Action.RETURN).select_related("by").first()


def last_reopening(assessment: Assessment) -> StatusChange | None:
    """Why a final result is in review again; None when it is not."""
    if assessment.status != Status.IN_REVIEW:
        return None
    last = assessment.history.select_related("by").first()
    return last if last and last.action == Action.REOPEN else None


# --- before submitting ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One indicator before submitting. `gaps` stop a submission, `hints` do not."""

    node: IndicatorNode
    answer: Answer
    figures: list[Figure]
    gaps: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.node.code.replace(".", "-")

    @property
    def typed(self) -> str:
        """What was typed last and cannot be used, in words; empty when there is nothing of that kind."""
        texts = self.answer.typed
        return next(iter(texts.values())) if len(texts) == 1 else ", ".join(self._lines("typed", texts))

    @property
    def before(self) -> str:
        """The numbers that still count beside such an entry, in words."""
        if len(self.figures) == 1:
            return f"{self.figures[0].text} {self.figures[0].unit}".strip()
        return ", ".join(self._lines("inputs", self.answer.inputs))

    def _lines(self, column: str, value: Any) -> list[str]:
        return text_of(self.node, column, value).split("\n") if value else []


@dataclass(frozen=True, slots=True)
class Check:
    """All rows, those with gaps, and what else is worth knowing before certifying. `asked` is what the centre asks."""

    rows: list[CheckRow]
    asked: list[Asked]

    @property
    def unanswered(self) -> list[Asked]:
        """The questions that stop a submission."""
        return [each for each in self.asked if not each.is_answered]

    @property
    def answered(self) -> list[Asked]:
        """What the office says to the centre's questions, to be read before it is certified."""
        return [each for each in self.asked if each.is_answered]

    @property
    def gaps(self) -> list[CheckRow]:
        return [row for row in self.rows if row.gaps]

    @property
    def without_evidence(self) -> list[CheckRow]:
        return [row for row in self.rows if "evidence" in row.hints and not row.gaps]

    @property
    def without_text(self) -> list[CheckRow]:
        return [row for row in self.rows if "text" in row.hints and not row.gaps]

    @property
    def complete(self) -> list[tuple[str, int]]:
        """How many indicators have their number, at least one piece of evidence, and a text on performance."""
        return [
            ("number", len(self.rows) - len(self.gaps)),
            ("evidence", sum("evidence" not in row.hints for row in self.rows)),
            ("text", sum("text" not in row.hints for row in self.rows)),
        ]

    @property
    def judged(self) -> list[CheckRow]:
        """Dimension 1: met or not, without points."""
        return [row for row in self.rows if not row.node.scored]

    @property
    def met(self) -> list[CheckRow]:
        return [row for row in self.judged if row.answer.met]

    @property
    def waiting(self) -> int:
        """How many a reviewer is to decide."""
        return sum(row.answer.pending == "no_case" and row.answer.is_answered for row in self.rows)


def check_of(assessment: Assessment) -> Check:
    """Every answer with what it lacks. One query, and one more after a return."""
    standard = standard_of(assessment)
    kept = Q(evidence_uses__evidence__deleted_at__isnull=True)
    answers = {
        answer.indicator_id: answer
        for answer in Answer.objects.of(assessment).annotate(files=Count("evidence_uses", filter=kept))
    }
    return Check([_check_row(node, answers[node.pk]) for node in standard.indicators.values()], asked_of(assessment))


def _check_row(node: IndicatorNode, answer: Any) -> CheckRow:
    gaps, hints = [], []
    if answer.typed:
        gaps.append("unreadable" if read_typed(node.rule, answer.typed).refusals else "unfinished")
    elif answer.pending == "no_case" and not answer.no_case_reason:
        gaps.append("reason")
    elif not answer.is_answered:
        gaps.append("unanswered")
    if not answer.files:
        hints.append("evidence")
    if not answer.performance:
        hints.append("text")
    return CheckRow(node, answer, figures(node, answer.inputs), gaps, hints)
