"""What a better row of one indicator would do to its area, its dimension and the whole: from the kept totals alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from assessments.queries.national import LEVEL_WORDS
from indicators.editions import IndicatorNode
from indicators.insight import Step, next_steps
from indicators.rules import Rule
from indicators.scoring import LEVELS, Total, shifted

_LEVELS = {level.code: level for level in LEVELS}


@dataclass(frozen=True, slots=True)
class Effect:
    """One total as it would be: its mean, or its range while something in it is open.

    `was` and `level` are words; `was` is empty where the level stays, both are where it is still open.
    """

    name: str
    mean: str
    was: str | Promise = ""
    level: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What reaches a better row, and what that does."""

    step: Step
    effects: tuple[Effect, ...]


def total_of(kept: Mapping[str, Any]) -> Total:
    """A total as it was before it was kept (`Assessment.results`)."""
    return Total(
        sum=Decimal(kept["sum"]),
        count=kept["count"],
        open=kept["open"],
        low=Decimal(kept["low"]),
        high=Decimal(kept["high"]),
        mean=None if kept["mean"] is None else Decimal(kept["mean"]),
        level=_LEVELS[kept["level"]] if kept["level"] else None,
    )


def advice_of(
    node: IndicatorNode, *, inputs: Mapping[str, Any], score: Decimal, results: Mapping[str, Any]
) -> tuple[Advice, ...]:
    """Every better row that the answer's numbers can be brought to, the nearest first. No query."""
    if not isinstance(node.rule, Rule):
        return ()
    steps = next_steps(node.rule, inputs)
    if not steps:
        return ()
    totals = (
        (_("Area"), total_of(results["areas"][node.area_code])),
        (_("Dimension %(number)s") % {"number": node.dimension}, total_of(results["dimensions"][str(node.dimension)])),
        (_("Whole"), total_of(results["overall"])),
    )
    return tuple(
        Advice(
            step, tuple(effect_of(name, before, shifted(before, old=score, new=step.score)) for name, before in totals)
        )
        for step in steps
    )


def mean_text(total: Total) -> str:
    """8.13, or 6.32–8.68 while something is open."""
    return str(total.mean) if total.mean is not None else f"{total.low}–{total.high}"


def effect_of(name: str, before: Total, after: Total) -> Effect:
    """What becomes of a total: the level is named where it changes, or is settled only then."""
    if after.level is None or after.level == before.level:
        return Effect(name, mean_text(after))
    was = LEVEL_WORDS[before.level.code] if before.level else ""
    return Effect(name, mean_text(after), was, LEVEL_WORDS[after.level.code])
