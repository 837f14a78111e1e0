"""Figures over the years: means that may be compared, where a line breaks, and why a level changed.

Pure: no Django. Exact means (`assessments.country`), rounded half up only when shown. A year of another edition is laid
in the newest edition's order of indicators; where it asked something else it has no figure, unless its own is wanted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from assessments.country import LEVEL_CODES, OPEN, SCORE_OF_SIGN, Line, Pairing, Part, Stand, line

# So much of the offices must have a figure for a year to be compared: what a handful had first is not the country's.
ENOUGH = Fraction(9, 10)
_RANK = {code: place for place, code in enumerate(LEVEL_CODES)}


@dataclass(frozen=True, slots=True)
class Year:
    """One round. `offices` are all its provinces; `rows` has the signs of those that have the value, in its own
    edition's order; `pairing` lays them in the newest edition's; `own` are its own edition's parts by key."""

    year: int
    edition: int
    offices: frozenset[int]
    rows: Mapping[int, str]
    pairing: Pairing
    own: Mapping[str, Part]

    def stands(self, part: Part, *, also_own: bool = False) -> dict[int, Stand] | None:
        """By province; None where the part asked something else then. `also_own`: then as its own edition has it."""
        provinces, rows = list(self.rows), list(self.rows.values())
        if self.pairing.compares(part):
            found = part.stands([self.pairing.paired(row) for row in rows])
        elif also_own and part.key in self.own:
            found = self.own[part.key].stands(rows)
        else:
            return None
        return dict(zip(provinces, found, strict=True))


@dataclass(frozen=True, slots=True)
class Point:
    """A year's figure of some of its `offices` offices. `line` is None where it may not be compared; `edition` is 0
    for what may be compared with the newest edition."""

    year: int
    line: Line | None
    offices: int
    edition: int = 0

    @property
    def mean(self) -> Decimal | None:
        return self.line.two if self.line else None

    @property
    def measured(self) -> int:
        return self.line.measured if self.line else 0

    @property
    def partial(self) -> bool:
        """Whether too few offices are in it to be set beside a whole year: fewer than ENOUGH of them."""
        return self.measured < self.offices * ENOUGH

    @property
    def group(self) -> int:
        """The same for points that may be joined by a line."""
        return -self.year if self.partial else self.edition


def points_of(
    years: Iterable[Year], part: Part, provinces: frozenset[int] | None = None, *, also_own: bool = False
) -> list[Point]:
    """One point for each year, in the order given; `provinces` None means all of them."""
    found = []
    for year in years:
        stands = year.stands(part, also_own=also_own)
        edition = 0 if year.pairing.compares(part) else year.edition
        offices = len(year.offices if provinces is None else year.offices & provinces)
        if stands is None:
            found.append(Point(year.year, None, offices, edition))
            continue
        chosen = [stand for province, stand in stands.items() if provinces is None or province in provinces]
        found.append(Point(year.year, line(chosen), offices, edition))
    return found


def compose(first: Pairing, second: Pairing) -> Pairing:
    """From the newest edition's places over those of the one between to those of the one before it."""
    return Pairing([None if place is None else second.places[place] for place in first.places])


class Moved(NamedTuple):
    """One indicator of an office, by its place in the row, with both scores."""

    place: int
    before: Decimal
    now: Decimal

    @property
    def by(self) -> Decimal:
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class LevelChange:
    """An office whose level in a part changed; `why` are the indicators that moved it that way, the biggest first."""

    province: int
    before: Stand
    now: Stand
    why: tuple[Moved, ...]

    @property
    def by(self) -> Decimal:
        return self.now.low - self.before.low

    @property
    def rose(self) -> bool:
        return _RANK[self.now.level] < _RANK[self.before.level]


@dataclass(frozen=True, slots=True)
class LevelChanges:
    """Between two years: of `compared` offices that have both whole, those whose level changed."""

    before: int
    now: int
    compared: int
    changed: Sequence[LevelChange]

    @property
    def rose(self) -> int:
        return sum(each.rose for each in self.changed)

    @property
    def fell(self) -> int:
        return len(self.changed) - self.rose


def level_changes(
    before: Year, now: Year, part: Part, provinces: frozenset[int] | None = None, most: int = 5
) -> LevelChanges | None:
    """None where the two years cannot be compared in this part. Those that rose first, the biggest change first."""
    last, this = before.stands(part), now.stands(part)
    if last is None or this is None:
        return None
    compared, changed = 0, []
    for province, stand in this.items():
        earlier = last.get(province)
        if (provinces is not None and province not in provinces) or earlier is None:
            continue
        if earlier.mean is None or stand.mean is None:
            continue
        compared += 1
        if earlier.level != stand.level:
            rows = before.pairing.paired(before.rows[province]), now.pairing.paired(now.rows[province])
            why = moved(*rows, part, rising=stand.mean > earlier.mean)
            changed.append(LevelChange(province, earlier, stand, tuple(why[:most])))
    changed.sort(key=lambda each: -each.by)
    risen = [each for each in changed if each.rose]
    fallen = [each for each in reversed(changed) if not each.rose]
    return LevelChanges(before.year, now.year, compared, [*risen, *fallen])


def moved(before: str, now: str, part: Part, *, rising: bool) -> list[Moved]:
    """The indicators of a part that moved in one direction, the biggest first, then in printed order."""
    found = []
    for place in range(part.first, part.end):
        if OPEN in (before[place], now[place]):
            continue
        each = Moved(place, SCORE_OF_SIGN[before[place]], SCORE_OF_SIGN[now[place]])
        if (each.by > 0) if rising else (each.by < 0):
            found.append(each)
    return sorted(found, key=lambda each: (-abs(each.by), each.place))
