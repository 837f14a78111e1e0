"""Drawing plausible figures with a fixed seed: the same office keeps its character and its premises over the years.

Levels are drawn so that a round comes out like the national results of fiscal year 2562 (RULINGS.md): about two
thirds of the offices good, three in ten fairly good, a few below.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from indicators.checks import AtLeast, Check, Insured, PerGroup, PerPerson, Range, Share, Target
from indicators.editions import IndicatorNode
from indicators.rules import AttendanceRule, CampaignRule, ChoiceRule, CountRule, PercentRule, Rule

SEED = "pmj-standards-demo"

# How many there are of what a percentage is taken of, for an office of middling size (smallest, largest).
WHOLES = {
    "2.2": (640, 4200),
    "2.6": (9, 34),
    "3.7": (8, 40),
    "4.7": (14, 75),
    "4.13": (4, 26),
    "4.16": (8, 24),
    "4.17": (120, 900),
    "4.18": (40, 240),
    "4.19": (28, 380),
    "4.31": (12, 130),
    "4.34": (18, 96),
}
# Asked of the office's whole staff, so that the same office gives the same number at each.
OF_ALL_STAFF = ("1.11", "1.12", "1.13", "2.7", "2.8", "2.9")
# What the ministry asked every office to collect is the same for all offices of a year.
TOPICS_TO_COLLECT = 32


def rng(*parts: object) -> Random:
    return Random("/".join([SEED, *map(str, parts)]))  # noqa: S311  invented figures, not secrets


@dataclass(frozen=True)
class Office:
    """An office of the demo: how well it works, which way it goes, and how large it is."""

    iso: str

    @cached_property
    def quality(self) -> float:
        """About where its mean lies, on the scale of the scores; a few offices have a hard time."""
        draw = rng(self.iso, "quality")
        if draw.random() < 0.04:
            return draw.uniform(4.6, 6.6)
        return min(11.2, draw.gauss(9.6, 0.95))

    @cached_property
    def trend(self) -> float:
        """What a year adds."""
        return rng(self.iso, "trend").gauss(0.08, 0.22)

    @cached_property
    def staff(self) -> int:
        return rng(self.iso, "staff").randint(15, 60)

    @cached_property
    def subdistricts(self) -> int:
        return rng(self.iso, "sub-districts").randint(50, 250)

    @cached_property
    def network(self) -> int:
        return rng(self.iso, "network").randint(35, 240)

    def mean_of(self, year: int, first_year: int) -> float:
        return self.quality + self.trend * (year - first_year) + rng(self.iso, year, "year").gauss(0, 0.15)


def draw_inputs(office: Office, node: IndicatorNode, *, year: int, first_year: int) -> dict[str, Any]:
    """Inputs of one answer as a person would enter them; `node.rule.read` takes them."""
    habit = rng(office.iso, node.code, "habit").gauss(0, 2.2)
    difficulty = rng(node.code, "difficulty").gauss(0, 0.5)
    draw = rng(office.iso, node.code, year)
    wish = office.mean_of(year, first_year) + habit + difficulty + draw.gauss(0, 1.3)
    if isinstance(node.rule, Rule):
        bands = node.rule.bands
        place = min(range(len(bands)), key=lambda row: abs(float(bands[row].score) - wish))
        return _scored(office, node, node.rule, place, draw, year)
    return _checked(office, node, node.rule, met=wish > 6.2, draw=draw)


def _scored(office: Office, node: IndicatorNode, rule: Rule, place: int, draw: Random, year: int) -> dict[str, Any]:
    match rule:
        case CountRule():
            return {"count": _count(rule, place, draw)}
        case PercentRule():
            whole = _whole(office, node.code, draw)
            return {"numerator": _part(rule, place, whole, draw), "denominator": whole}
        case ChoiceRule():
            return {"option": place + 1}
        case AttendanceRule():
            return {"directory_total": office.network, "attendance": _attendance(rule, place, office.network, draw)}
        case CampaignRule():
            return _campaigns(rule, place, draw)
    raise TypeError(type(rule).__name__)


def _count(rule: CountRule, place: int, draw: Random) -> int:
    low = int((rule.bands[place].at_least or 0) * rule.per_year)
    if place:
        high = int((rule.bands[place - 1].at_least or 0) * rule.per_year) - 1
        return draw.randint(low, max(low, high))
    if low == 1:
        high = 1 if draw.random() < 0.8 else 2
    elif low >= 1000:
        high = low * 5
    else:
        high = low + max(1, low // 2)
    return draw.randint(low, min(high, rule.maximum or high))


def _whole(office: Office, code: str, draw: Random) -> int:
    if code in OF_ALL_STAFF:
        return office.staff
    if code == "4.9":
        return office.subdistricts
    if code == "4.10":
        return office.network
    if code == "4.23":
        return TOPICS_TO_COLLECT
    smallest, largest = WHOLES[code]
    usual = rng(office.iso, code, "usual").uniform(smallest, largest)
    return max(2, round(usual * draw.uniform(0.93, 1.07)))


def _part(rule: PercentRule, place: int, whole: int, draw: Random) -> int:
    """A number of the row, or of the nearest row above where a small whole has none in it."""
    for row in (*range(place, -1, -1), *range(place + 1, len(rule.bands))):
        fitting = _fitting(rule, row, whole)
        if fitting:
            return draw.choice(fitting)
    return whole


def _fitting(rule: PercentRule, row: int, whole: int) -> Sequence[int]:
    """All numbers of a whole that fall into one row, the likelier end of an open row only."""

    def place_of(part: int) -> int:
        for place, band in enumerate(rule.bands):
            if band.at_least is not None and part * 100 >= band.at_least * whole:
                return place
            if band.at_most is not None and part * 100 <= band.at_most * whole:
                return place
            if band.below is not None and part * 100 < band.below * whole:
                return place
        return len(rule.bands) - 1

    # More of the whole never falls into a row further down (further up, where lower is better).
    sign = 1 if rule.direction == "lower" else -1
    every = range(whole + 1)
    first = bisect_left(every, sign * row, key=lambda part: sign * place_of(part))
    found = every[first : bisect_right(every, sign * row, lo=first, key=lambda part: sign * place_of(part))]
    if rule.direction == "lower":
        # Hardly anybody complains about an appraisal.
        return found[: max(1, len(found) // 3)] if row == 0 else found
    return found[len(found) // 2 :] if row == len(rule.bands) - 1 else found


def _attendance(rule: AttendanceRule, place: int, total: int, draw: Random) -> list[int]:
    if place == len(rule.bands) - 1:
        return [draw.randint(1, max(1, total * 18 // 100)) for _ in range(draw.randint(0, 2))]
    band = rule.bands[place]
    low = int(band.at_least or 0)
    high = 99 if place == 0 else int(rule.bands[place - 1].at_least or 0) - 1
    shares = [draw.randint(low, high) for _ in range(band.needs + draw.randint(0, 2))]
    shares += [draw.randint(15, low) for _ in range(draw.randint(0, 2))]
    draw.shuffle(shares)
    return [min(total, -(-total * share // 100)) for share in shares]


def _campaigns(rule: CampaignRule, place: int, draw: Random) -> dict[str, Any]:
    if place == len(rule.bands) - 1 and draw.random() < 0.5:
        return {"projects": 0, "joined": 0, "invited": 0}
    band = rule.bands[place]
    low = int(band.at_least or 0)
    high = {0: 98, 1: 95}.get(place, int(rule.bands[place - 1].at_least or 0) - 1)
    projects = draw.randint(5, 8) if place == 0 else draw.randint(1, 4)
    invited = projects * draw.randint(12, 30)
    share = draw.randint(max(low, 8), max(low, high, 8))
    return {"projects": projects, "joined": min(invited, -(-invited * share // 100)), "invited": invited}


def _checked(office: Office, node: IndicatorNode, check: Check, *, met: bool, draw: Random) -> dict[str, Any]:
    """Rooms and vehicles stay from year to year, so their numbers come from the office alone."""
    kept = rng(office.iso, node.code, "kept")
    match check:
        case AtLeast(at_least=edge, decimals=decimals):
            if decimals:
                return {"count": f"{kept.uniform(float(edge), 18) if met else kept.uniform(1.5, 3.9):.2f}"}
            return {"count": int(edge) + kept.randint(0, max(1, int(edge))) if met else kept.randint(0, int(edge) - 1)}
        case PerPerson(at_least=edge):
            each = kept.uniform(float(edge), 6.5) if met else kept.uniform(1.4, float(edge) - 0.1)
            return {"amount": f"{each * office.staff:.2f}", "people": office.staff}
        case Range(low=low, high=high):
            above = kept.random() < 0.12
            fits = kept.randint(high + 1, high + 6) if above else kept.randint(low, high)
            return {"count": fits if met else kept.randint(max(0, low - 5), low - 1)}
        case PerGroup(groups=groups, low=low, high=high):
            people = [kept.randint(low, high) for _ in groups]
            if not met:
                people[kept.randrange(len(people))] = kept.randint(2, low - 1)
            return {"groups": people}
        case Share(at_least=edge):
            return _share(office, node, int(edge), met=met, draw=draw)
        case Insured(low=low):
            vehicles = kept.randint(low, low + 2) if met else kept.randint(max(1, low - 2), low + 1)
            bare = 0 if met or vehicles < low else 1
            return {"vehicles": vehicles, "insured": vehicles - bare}
        case Target():
            allocated = kept.randint(9_000_000, 32_000_000) + draw.randint(0, 99) / 4
            share = draw.uniform(0.942, 0.9995) if met else draw.uniform(0.81, 0.925)
            return {"spent": f"{allocated * share:.2f}", "allocated": f"{allocated:.2f}"}
    return {"has": met or draw.random() < 0.4}


def _share(office: Office, node: IndicatorNode, edge: int, *, met: bool, draw: Random) -> dict[str, Any]:
    kept = rng(office.iso, node.code, "kept")
    if node.code in OF_ALL_STAFF:
        whole = office.staff
    elif node.code == "1.9":
        whole = 3
    else:
        whole = kept.randint(2, 7)
    enough = -(-whole * edge // 100)
    part = draw.randint(enough, whole) if met else draw.randint(max(0, enough * 6 // 10), max(0, enough - 1))
    return {"numerator": part, "denominator": whole}
