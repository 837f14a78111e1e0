"""Figures far from last year's: the office is asked whether they are right.

Pure: no Django. The bounds are wide, so that a warning is worth reading: a slip of a digit, another register, cases
counted instead of people.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from indicators.checks import AtLeast, Check, Insured, PerGroup, PerPerson, Range, Share, Target
from indicators.coherence import Caution
from indicators.rules import AttendanceRule, CampaignRule, CountRule, PercentRule, Rule
from indicators.thai import number, rounded

# A count jumps when one year has three times the other, and ten more.
FACTOR, LEAST_DIFFERENCE = 3, 10
# A percentage jumps by forty points, where both years had ten cases or more: one of two people is no jump.
LEAST_POINTS, LEAST_CASES = 40, 10


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure that is compared over the years. `cases` is what a percentage is taken of, None for a count."""

    name: str
    label: str
    unit: str
    value: Fraction
    cases: Fraction | None = None

    def jumps_from(self, last: "Measure") -> bool:
        distance = abs(self.value - last.value)
        if self.cases is not None and last.cases is not None:
            return distance >= LEAST_POINTS and min(self.cases, last.cases) >= LEAST_CASES
        high, low = max(self.value, last.value), min(self.value, last.value)
        return distance >= LEAST_DIFFERENCE and high >= FACTOR * low

    @property
    def shown(self) -> str:
        return number(rounded(self.value))


Stored = Mapping[str, Any] | None


def jump(code: str, rule: Rule | Check, *, last: Stored, now: Stored) -> Caution | None:
    """What jumps between two years' stored inputs of one indicator; None where nothing does, or one year has none.

    For indicators that may be compared over the years only.
    """
    pairs = pairs_of(rule, last=last, now=now)
    jumped = [(old, new) for old, new in pairs if new.jumps_from(old)]
    if not jumped:
        return None
    several = len(pairs) > 1
    told = " และ ".join(
        f"{f'{new.label}: ' if several else ''}ปีที่แล้ว {old.shown} ปีนี้ {new.shown} {new.unit}".rstrip()
        for old, new in jumped
    )
    about = {new.name: [str(old.value), str(new.value)] for old, new in jumped}
    return Caution(f"jump-{code}", (code,), about, f"{told} ยืนยันหรือไม่")


def pairs_of(rule: Rule | Check, *, last: Stored, now: Stored) -> list[tuple[Measure, Measure]]:
    """Each figure that both years' stored inputs give, as last year's and this year's; none where one has no answer."""
    asked = {field.name for field in rule.fields}
    if last is None or now is None or last.keys() != asked or now.keys() != asked:
        return []
    before = {measure.name: measure for measure in measures(rule, last)}
    return [(before[measure.name], measure) for measure in measures(rule, now) if measure.name in before]


def measures(rule: Rule | Check, inputs: Mapping[str, Any]) -> Iterator[Measure]:
    """What of an answer is worth comparing; a choice of a row and a yes are not."""

    def count(name: str, label: str, unit: str) -> Measure:
        return Measure(name, label, unit, _exact(inputs[name]))

    match rule:
        case CountRule() | AtLeast() | Range():
            yield count("count", rule.label, rule.unit)
        case PercentRule() | Share():
            yield count("denominator", rule.denominator, rule.unit)
            yield from _percent(inputs["numerator"], inputs["denominator"])
        case AttendanceRule():
            yield count("directory_total", rule.directory_total, rule.unit)
            yield from _percent(
                max(inputs["attendance"], default=0), inputs["directory_total"], "ร้อยละของกิจกรรมที่เข้าร่วมมากที่สุด"
            )
        case CampaignRule():
            yield count("projects", rule.projects, rule.projects_unit)
            yield count("invited", rule.invited, rule.unit)
            yield from _percent(inputs["joined"], inputs["invited"])
        case PerPerson():
            yield count("amount", rule.amount, rule.unit)
            yield count("people", rule.people, rule.people_unit)
        case PerGroup():
            yield Measure("groups", "รวมทุกกลุ่ม/ฝ่าย", rule.unit, Fraction(sum(inputs["groups"])))
        case Insured():
            yield count("vehicles", rule.vehicles, rule.unit)
        case Target():
            yield count("allocated", rule.allocated, rule.unit)
            yield from _percent(inputs["spent"], inputs["allocated"])


def _percent(part: Any, whole: Any, label: str = "ร้อยละ") -> Iterator[Measure]:
    cases = _exact(whole)
    if cases:
        yield Measure("percent", label, "", _exact(part) * 100 / cases, cases)


def _exact(value: Any) -> Fraction:
    """A stored number: whole, or a decimal kept as a text. All of a round's are read at once, so whole ones quickly."""
    return Fraction(value) if isinstance(value, int) else Fraction(str(value))
