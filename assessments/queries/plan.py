"""The improvement plan: where each scored indicator stands, what a plan would do, and what became of the last one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment, PlanStep
from assessments.queries.advice import mean_text
from assessments.queries.progress import standard_of
from indicators import editions
from indicators.editions import DimensionNode, EditionNode, IndicatorNode
from indicators.planning import Part, Proposal, Row, part_of, propose
from indicators.rules import Band, Rule
from indicators.scoring import Level, Total, totals

WHOLE = "all"
REACHED, NOT_YET, OPEN, WAITS, CHANGED = "reached", "not_yet", "open", "waits", "changed"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One scored indicator: its answer's score and printed row (1 = the top one), and the step planned for it."""

    node: IndicatorNode
    part: Part
    score: Decimal | None
    band: int | None
    waits: bool
    step: PlanStep | None

    @property
    def slug(self) -> str:
        return self.node.code.replace(".", "-")

    @property
    def bands(self) -> tuple[Band, ...]:
        assert isinstance(self.node.rule, Rule)
        return self.node.rule.bands

    @property
    def now(self) -> Band | None:
        return self.bands[self.band - 1] if self.band else None

    @property
    def better(self) -> tuple[int, ...]:
        """The rows that can be planned, the nearest first. None while a reviewer is to choose the row."""
        return () if self.waits else tuple(range((self.band or len(self.bands)) - 1, 0, -1))

    @property
    def target(self) -> Band | None:
        """The planned row; None without a step, or where the edition has no such row."""
        if self.step is None or not 1 <= self.step.target_band <= len(self.bands):
            return None
        return self.bands[self.step.target_band - 1]

    @property
    def state(self) -> str:
        """What became of the step."""
        if self.waits:
            return WAITS
        if self.band is None:
            return OPEN
        return REACHED if self.step and self.band <= self.step.target_band else NOT_YET

    @property
    def way(self) -> Row | None:
        """What the planned row still asks for, where it can be counted."""
        if self.step is None:
            return None
        return next((row for row in self.part.rows if row.inputs and row.band == self.step.target_band), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A dimension, or the whole, as it is and as it would be."""

    name: str
    text: str
    before: Total
    after: Total

    @property
    def mean_before(self) -> str:
        return mean_text(self.before)

    @property
    def mean_after(self) -> str:
        return mean_text(self.after)

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step of an earlier year's plan: the row then, the row wanted, the row now, and what became of it.

    `row` is this year's indicator; None where the standard has none that can be compared.
    """

    step: PlanStep
    node: IndicatorNode
    row: PlanRow | None
    then: Band | None
    target: Band | None
    now: Band | None
    state: str

    @property
    def can_go_on(self) -> bool:
        """Not reached yet and not planned again: the step can be carried into this year's plan."""
        return self.row is not None and self.state in (NOT_YET, OPEN) and self.row.step is None


@dataclass(frozen=True, slots=True)
class PastPlan:
    assessment: Assessment
    steps: Sequence[PastStep]

    @property
    def reached(self) -> int:
        return sum(step.state == REACHED for step in self.steps)


def rows_of(assessment: Assessment) -> list[PlanRow]:
    """The scored indicators in printed order. Two queries."""
    standard = standard_of(assessment)
    columns = ("indicator_id", "inputs", "score", "band", "pending")
    answers = {row[0]: row[1:] for row in Answer.objects.of(assessment).values_list(*columns)}
    steps = {step.indicator_id: step for step in assessment.plan.select_related("by")}
    rows = []
    for node in standard.scored:
        assert isinstance(node.rule, Rule)
        inputs, score, band, pending = answers.get(node.pk, (None, None, None, ""))
        waits = bool(pending)
        part = part_of(node.code, node.rule, inputs=inputs, score=score, waits=waits)
        rows.append(PlanRow(node, part, score, band, waits, steps.get(node.pk)))
    return rows


def row_of(rows: Iterable[PlanRow], code: str) -> PlanRow | None:
    return next((row for row in rows if row.node.code == code), None)


def planned(rows: Iterable[PlanRow]) -> list[PlanRow]:
    """The rows with a step, in printed order."""
    return [row for row in rows if row.step is not None]


def by_dimension(assessment: Assessment, rows: Iterable[PlanRow]) -> list[tuple[DimensionNode, list[PlanRow]]]:
    """The rows under their dimensions."""
    found: dict[int, list[PlanRow]] = {}
    for row in rows:
        found.setdefault(row.node.dimension, []).append(row)
    standard = standard_of(assessment)
    return [(standard.dimension(number), inside) for number, inside in found.items()]


def scopes_of(assessment: Assessment) -> dict[str, str]:
    """What a level can be asked of, with names: the scored dimensions, and all of them."""
    named = {
        str(dimension.number): f"{_('Dimension %(number)s') % {'number': dimension.number}} {dimension.short_name}"
        for dimension in standard_of(assessment).dimensions
        if dimension.scored
    }
    return named | {WHOLE: _("Dimensions 2 to 4 together")}


def proposal_of(rows: Iterable[PlanRow], scope: str, level: Level) -> Proposal:
    return propose([row.part for row in rows if scope in (WHOLE, str(row.node.dimension))], level)


def outcomes_of(assessment: Assessment, rows: Sequence[PlanRow], chosen: Mapping[str, int]) -> list[Outcome]:
    """The scored dimensions and the whole with other printed rows (by code). No query."""
    before = totals((row.node.item, row.score) for row in rows)
    after = totals((row.node.item, _score_of(row, chosen)) for row in rows)
    names = scopes_of(assessment)
    found = [
        Outcome(_("Dimension %(number)s") % {"number": number}, names[str(number)], total, after["dimensions"][number])
        for number, total in before["dimensions"].items()
    ]
    return [*found, Outcome(_("Whole"), names[WHOLE], before["overall"], after["overall"])]


def _score_of(row: PlanRow, chosen: Mapping[str, int]) -> Decimal | None:
    band = chosen.get(row.node.code)
    return row.bands[band - 1].score if band else row.score


def targets_of(rows: Iterable[PlanRow]) -> dict[str, int]:
    """The planned rows that are still to be reached, by code: what the plan would change."""
    return {
        row.node.code: row.step.target_band
        for row in rows
        if row.step and row.target and row.state not in (REACHED, WAITS)
    }


def past_plan(assessment: Assessment, rows: Sequence[PlanRow]) -> PastPlan | None:
    """The plan of the last year that had one, and what became of it in this assessment. Two queries, one without."""
    earlier = PlanStep.objects.filter(
        assessment__province=assessment.province, assessment__round__year__lt=assessment.round.year
    ).select_related("assessment__round__edition", "assessment__province", "follow_up_by")
    steps = list(earlier.order_by("-assessment__round__year", "indicator__number", "pk"))
    if not steps:
        return None
    past = steps[0].assessment
    steps = [step for step in steps if step.assessment_id == past.pk]
    bands = dict(Answer.objects.of(past).values_list("indicator_id", "band"))
    standard = editions.standard_of(past.round.edition)
    order = {node.pk: place for place, node in enumerate(standard.scored)}
    steps.sort(key=lambda step: order[step.indicator_id])
    now = _successors(rows)
    return PastPlan(
        past, [_past_step(step, standard, bands.get(step.indicator_id), now.get(step.indicator_id)) for step in steps]
    )


def _successors(rows: Iterable[PlanRow]) -> dict[int, PlanRow]:
    """This year's rows by the key of an earlier year's indicator: the same one, or the one that this edition's calls
    comparable with it."""
    rows = list(rows)
    after = {row.node.previous: row for row in rows if row.node.comparable and row.node.previous is not None}
    return after | {row.node.pk: row for row in rows}


def _past_step(step: PlanStep, standard: EditionNode, band: int | None, row: PlanRow | None) -> PastStep:
    node = standard.by_pk[step.indicator_id]
    assert isinstance(node.rule, Rule)
    bands = node.rule.bands
    target = bands[step.target_band - 1] if step.target_band <= len(bands) else None
    if row is None or target is None:
        state = CHANGED
    elif row.waits or row.score is None:
        state = WAITS if row.waits else OPEN
    else:
        state = REACHED if row.score >= target.score else NOT_YET
    return PastStep(
        step,
        node,
        row,
        then=bands[band - 1] if band else None,
        target=target,
        now=row.now if row is not None else None,
        state=state,
    )


def last_step_of(assessment: Assessment, row: PlanRow) -> PlanStep | None:
    """What was planned for the same indicator in the last year that planned it; None where there is no such row now."""
    same = [row.node.pk] + ([row.node.previous] if row.node.comparable else [])
    earlier = PlanStep.objects.filter(
        indicator__in=same, assessment__province=assessment.province, assessment__round__year__lt=assessment.round.year
    )
    found = earlier.order_by("-assessment__round__year").first()
    return found if found is not None and found.target_band in row.better else None
