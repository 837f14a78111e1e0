"""Advice that only a computed standard can give: what the next printed row costs, and how near the row below is.

Pure: no Django. Each rule is inverted exactly: `inputs` of a step reach its row, and with one case fewer they do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from indicators.rules import AttendanceRule, Band, CampaignRule, ChoiceRule, CountRule, PercentRule, Rule
from indicators.scoring import row_of
from indicators.thai import number


@dataclass(frozen=True, slots=True)
class Step:
    """What reaches a better row from where an office is.

    `band` counts printed rows from the top (1); `needs` says in words what is missing; `inputs` just reach the row.
    """

    score: Decimal
    band: int
    needs: str
    inputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drop:
    """How little would lose the present row: `cases` fewer (more, where fewer is better) give `inputs`, a row below."""

    cases: int
    unit: str
    fewer: bool
    inputs: dict[str, Any]


def next_steps(rule: Rule, inputs: Mapping[str, Any]) -> tuple[Step, ...]:
    """The rows above the present one that can be landed in, the nearest first; empty at the top row.

    `inputs` have passed `rule.read`. With few cases a row may be jumped over (one more of two is 100 %).
    """
    present = row_of(rule, inputs)
    if present is None:
        return ()
    steps = (_step(rule, place, inputs) for place in range(present - 2, -1, -1))
    return tuple(step for step in steps if step is not None and row_of(rule, step.inputs) == step.band)


def _step(rule: Rule, place: int, inputs: Mapping[str, Any]) -> Step | None:
    band = rule.bands[place]
    found: tuple[str, dict[str, Any]] | None
    match rule:
        case CountRule():
            found = _count(rule, band, inputs)
        case PercentRule():
            found = _percent(rule, band, inputs)
        case ChoiceRule():
            found = band.text, {"option": place + 1}
        case AttendanceRule():
            found = _attendance(rule, band, inputs)
        case CampaignRule():
            found = _campaigns(rule, band, inputs)
        case _:
            raise TypeError(f"no advice for {type(rule).__name__}")
    return None if found is None else Step(band.score, place + 1, *found)


def _edge(band: Band) -> Decimal:
    return band.at_least if band.at_least is not None else Decimal(0)


def _at_least(band: Band, whole: int) -> int:
    """The fewest cases of `whole` that reach a row with a lower edge in percent."""
    return ceil(Fraction(_edge(band)) * whole / 100)


def _at_most(band: Band, whole: int) -> int:
    """The most cases of `whole` that stay within a row with an upper edge in percent; -1 when none do."""
    if band.at_most is not None:
        return floor(Fraction(band.at_most) * whole / 100)
    assert band.below is not None
    return ceil(Fraction(band.below) * whole / 100) - 1


def _count(rule: CountRule, band: Band, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    wanted = ceil(_edge(band) * rule.per_year)
    return f"อีก {number(wanted - inputs['count'])} {rule.unit}", {"count": wanted}


def _percent(rule: PercentRule, band: Band, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    part, whole = inputs["numerator"], inputs["denominator"]
    if whole == 0:
        # Nothing was done yet: there is no number of cases to add to, so there is nothing honest to promise.
        return None
    if rule.direction == "lower":
        wanted = _at_most(band, whole)
        if wanted < 0:
            return None
        needs = f"ลดลง {number(part - wanted)} {rule.unit} จาก {number(whole)} {rule.unit}"
    else:
        wanted = _at_least(band, whole)
        needs = f"อีก {number(wanted - part)} {rule.unit} จาก {number(whole)} {rule.unit}"
    return needs, {"numerator": wanted, "denominator": whole}


def _attendance(rule: AttendanceRule, band: Band, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    total = inputs["directory_total"]
    if total == 0:
        return None
    wanted = _at_least(band, total)
    # The best attended activities are the nearest to the row; the others stay as they are.
    came = sorted(inputs["attendance"], reverse=True)
    raised = [max(people, wanted) for people in came[: band.needs]]
    raised += [wanted] * (band.needs - len(raised))
    short = [wanted - people for people in came[: band.needs] if people < wanted]
    new = max(0, band.needs - len(came))
    parts = []
    if short:
        parts.append(f"{number(len(short))} กิจกรรมต้องมีผู้เข้าร่วมเพิ่มรวม {number(sum(short))} {rule.unit}")
    if new:
        parts.append(f"จัดเพิ่ม {number(new)} กิจกรรม")
    needs = f"{' และ'.join(parts)} (กิจกรรมละอย่างน้อย {number(wanted)} จาก {number(total)} {rule.unit})"
    return needs, {"directory_total": total, "attendance": [*raised, *came[band.needs :]]}


def _campaigns(rule: CampaignRule, band: Band, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    projects, joined, invited = inputs["projects"], inputs["joined"], inputs["invited"]
    if invited == 0:
        return None
    wanted = max(joined, _at_least(band, invited))
    parts = []
    if projects < band.needs:
        parts.append(f"อีก {number(band.needs - projects)} {rule.projects_unit}")
    if wanted > joined:
        parts.append(f"เข้าร่วมเพิ่มอีก {number(wanted - joined)} {rule.unit} จากที่เชิญ {number(invited)} {rule.unit}")
    reached = {"projects": max(projects, band.needs), "joined": wanted, "invited": invited}
    return " และ".join(parts), reached


def drop_of(rule: Rule, inputs: Mapping[str, Any]) -> Drop | None:
    """How little would lose the present row; None in the lowest row and for choices, which have no cases."""
    present = row_of(rule, inputs)
    if present is None or present == len(rule.bands):
        return None
    band = rule.bands[present - 1]
    match rule:
        case CountRule():
            left = ceil(_edge(band) * rule.per_year) - 1
            return Drop(inputs["count"] - left, rule.unit, True, {"count": left})
        case PercentRule(direction="lower"):
            whole = inputs["denominator"]
            more = _at_most(band, whole) + 1
            return Drop(more - inputs["numerator"], rule.unit, False, {**inputs, "numerator": more})
        case PercentRule():
            left = _at_least(band, inputs["denominator"]) - 1
            return Drop(inputs["numerator"] - left, rule.unit, True, {**inputs, "numerator": left})
        case AttendanceRule():
            wanted = _at_least(band, inputs["directory_total"])
            came = sorted(inputs["attendance"], reverse=True)
            # The row holds while `needs` activities reach it; losing enough of the weakest of those breaks it.
            reached = [people for people in came if people >= wanted]
            excess = len(reached) - band.needs + 1
            cases = sum(people - wanted + 1 for people in reached[-excess:])
            left_over = reached[:-excess] + [wanted - 1] * excess + came[len(reached) :]
            return Drop(cases, rule.unit, True, {**inputs, "attendance": left_over})
        case CampaignRule():
            fewest = _at_least(band, inputs["invited"])
            return Drop(inputs["joined"] - fewest + 1, rule.unit, True, {**inputs, "joined": fewest - 1})
    return None
