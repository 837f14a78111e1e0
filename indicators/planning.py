"""The cheapest way to a level: which indicators to bring to which printed row, as few and as near as possible.

Pure: no Django. Exact: the plan is the best one, not a good one (`propose` says by what order), found by dynamic
programming over the points to gain, and what is missing to a row is a `Fraction`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, lcm
from typing import Any

from indicators.insight import Step, next_steps
from indicators.rules import AttendanceRule, CampaignRule, ChoiceRule, CountRule, PercentRule, Rule
from indicators.scoring import STEP, Level
from indicators.thai import rounded

# Published means have two decimals, half up: this far below a level's edge still rounds up to it.
_HALF = Fraction(1, 200)


@dataclass(frozen=True, slots=True)
class Row:
    """A better printed row that an indicator can be brought to, counted from the top (1).

    `missing` is the part of the way still to go, as a fraction (`missing_to`); `needs` says it in words. `inputs` just
    reach the row; None where nothing is answered yet, so that there is nothing to count from.
    """

    band: int
    score: Decimal
    missing: Fraction
    needs: str
    inputs: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator of the whole that a level is asked of. `score` is what counts now: an open one's lowest row."""

    code: str
    score: Decimal
    is_open: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """One step of a plan: an indicator, and the row to bring it to."""

    part: Part
    row: Row


@dataclass(frozen=True, slots=True)
class Proposal:
    """The cheapest plan to a level. Without steps the level is reached already, or out of reach (`is_reachable`).

    `now`, `wanted` and `most` are sums of points: present, the least of the level, and with every indicator at the best
    row that it can be brought to. `open` indicators have no score yet and count at their lowest row.
    """

    level: Level
    count: int
    now: Decimal
    wanted: Decimal
    most: Decimal
    open: int
    steps: tuple[Planned, ...]

    @property
    def missing(self) -> Decimal:
        """Points still to gain; 0 where the level is reached."""
        return max(self.wanted - self.now, Decimal(0))

    @property
    def is_reachable(self) -> bool:
        return self.most >= self.wanted

    @property
    def after(self) -> Decimal:
        """The sum of points with the plan carried out."""
        return self.now + sum((step.row.score - step.part.score for step in self.steps), Decimal(0))

    def mean(self, points: Decimal) -> Decimal:
        """The published mean of a sum of points."""
        return rounded(Fraction(points) / self.count)

    @property
    def mean_now(self) -> Decimal:
        return self.mean(self.now)

    @property
    def mean_after(self) -> Decimal:
        return self.mean(self.after)

    @property
    def highest_mean(self) -> Decimal:
        return self.mean(self.most)


def part_of(
    code: str, rule: Rule, *, inputs: Mapping[str, Any] | None, score: Decimal | None, waits: bool = False
) -> Part:
    """An indicator as the planner sees it. `waits` for an answer without a case, which only a reviewer can score.

    One that is not answered counts at its lowest row, and each better row is the whole way off.
    """
    if score is None:
        rows = () if waits else tuple(_open_row(rule, band) for band in range(len(rule.bands) - 1, 0, -1))
        return Part(code, rule.lowest, True, rows)
    steps = next_steps(rule, inputs) if inputs is not None else ()
    found = tuple(_row(rule, step, inputs or {}) for step in steps)
    return Part(code, score, False, tuple(row for row in found if row.score > score))


def _open_row(rule: Rule, band: int) -> Row:
    row = rule.bands[band - 1]
    return Row(band, row.score, Fraction(1), row.text, None)


def _row(rule: Rule, step: Step, inputs: Mapping[str, Any]) -> Row:
    return Row(step.band, step.score, missing_to(rule, step, inputs), step.needs, step.inputs)


def missing_to(rule: Rule, step: Step, inputs: Mapping[str, Any]) -> Fraction:
    """How much is missing to a row, as a part of the whole, so that unlike indicators can be compared.

    A count: what is missing of the number wanted. A percentage: its points, of 100. A choice: the rows to climb, of
    all rows. 4.12: the participants missing, of those that the row's activities need. 4.29: the projects missing of
    those wanted, and the percentage points of those who joined, added up.
    """
    to = step.inputs
    match rule:
        case CountRule():
            return Fraction(to["count"] - inputs["count"], to["count"])
        case PercentRule():
            return Fraction(abs(to["numerator"] - inputs["numerator"]), inputs["denominator"])
        case ChoiceRule():
            return Fraction(inputs["option"] - to["option"], len(rule.bands))
        case AttendanceRule():
            band = rule.bands[step.band - 1]
            wanted = ceil(Fraction(band.at_least or 0) * inputs["directory_total"] / 100) * band.needs
            return Fraction(sum(to["attendance"]) - sum(inputs["attendance"]), wanted)
        case CampaignRule():
            projects = Fraction(to["projects"] - inputs["projects"], to["projects"])
            return projects + Fraction(to["joined"] - inputs["joined"], inputs["invited"])
    raise TypeError(f"no plan for {type(rule).__name__}")


def points_wanted(level: Level, count: int) -> Decimal:
    """The least sum of points of `count` indicators whose published mean is of the level (a multiple of 2.5)."""
    return ceil((Fraction(level.at_least) - _HALF) * count / Fraction(STEP)) * STEP


def propose(parts: Sequence[Part], level: Level) -> Proposal:
    """The cheapest plan that brings the mean of the parts to a level.

    The order of plans: fewer indicators; then less missing, added up; then fewer points above the level; then, going
    through the standard from its beginning, the plan with the earlier indicator, and with its nearer row.
    """
    now = sum((part.score for part in parts), Decimal(0))
    most = sum((max([part.score, *(row.score for row in part.rows)]) for part in parts), Decimal(0))
    wanted = points_wanted(level, len(parts))
    chosen = _cheapest(parts, int((wanted - now) / STEP)) if now < wanted <= most else ()
    return Proposal(level, len(parts), now, wanted, most, sum(part.is_open for part in parts), chosen)


def _cheapest(parts: Sequence[Part], wanted: int) -> tuple[Planned, ...]:
    """The cheapest steps that gain `wanted` units of 2.5 points; it is known that there are some.

    `best[gain]` is the least cost of gaining exactly that much with the parts from some place to the end. A cost is one
    whole number, indicators first: `missing` is scaled to a common denominator, and an indicator weighs more than
    all that can be missing.
    """
    # No best plan overshoots by a whole step: that step could be left out.
    limit = wanted + int(max(row.score - part.score for part in parts for row in part.rows) / STEP)
    scale = lcm(*(row.missing.denominator for part in parts for row in part.rows))
    indicator = 1 + sum(max((int(row.missing * scale) for row in part.rows), default=0) for part in parts)
    never = indicator * (len(parts) + 2)
    best = [0] + [never] * limit
    taken: list[list[Row | None]] = []
    for part in reversed(parts):
        after = best
        best = after[:]
        choice: list[Row | None] = [None] * (limit + 1)
        for row in part.rows:
            gain, cost = int((row.score - part.score) / STEP), indicator + int(row.missing * scale)
            for total in range(gain, limit + 1):
                found = after[total - gain] + cost
                # Of equals the earlier indicator is planned, and its nearer row (rows run from the nearest on).
                if found < best[total] or (found == best[total] < never and choice[total] is None):
                    best[total], choice[total] = found, row
        taken.append(choice)
    left = min(range(wanted, limit + 1), key=lambda total: best[total])
    steps = []
    for part, made in zip(parts, reversed(taken), strict=True):
        if (to := made[left]) is not None:
            steps.append(Planned(part, to))
            left -= int((to.score - part.score) / STEP)
    return tuple(steps)
