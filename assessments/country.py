"""The national figures of a round: levels, means, distribution, regions, movers.

Pure: no Django, plain data in, exact arithmetic (`Fraction`), rounded half up only when shown. Of each office a row of
signs is given, one for each scored indicator in printed order: 4 = 10 points, 3 = 7.5, ... 0 = 0, "-" = still open.
What of them makes a dimension, an area or an indicator is a slice of that row.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import NamedTuple

from indicators.scoring import HIGHEST, LEVELS, STEP, level_of
from indicators.thai import rounded

OPEN = "-"
# The level that an office's part does not have yet: its range still spans two.
NO_LEVEL = "open"
LEVEL_CODES = tuple(level.code for level in LEVELS)
PASSING = frozenset(level.code for level in LEVELS if level.passes)
TOP = int(HIGHEST / STEP)
# The five scores have labels of their own (handbook lines 408-412), which are the levels' words.
LEVEL_OF_SIGN = {str(TOP - place): code for place, code in enumerate(LEVEL_CODES)}
SCORE_OF_SIGN = {str(steps): steps * STEP for steps in range(TOP + 1)}
BIN = Fraction(1, 2)


def sign_of(score: Decimal | None) -> str:
    return OPEN if score is None else str(int(score / STEP))


def signs_of(scores: Iterable[Decimal | None]) -> str:
    """The row of signs of an office's scores, in printed order."""
    return "".join(map(sign_of, scores))


# --- one office's part ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """Where an office stands in one part. `mean` is exact, None while something is open; `low` and `high` are published
    figures, the ends of its range. One object for each value, so it is compared by identity."""

    mean: Fraction | None
    low: Decimal
    high: Decimal
    level: str

    @property
    def passes(self) -> bool:
        return self.level in PASSING


def stand_at(mean: Fraction) -> Stand:
    """Of an exact mean; the level is decided on the published figure."""
    shown = rounded(mean)
    return Stand(mean, shown, shown, level_of(shown).code)


@lru_cache(maxsize=65_536)
def _stand(steps: int, count: int, opened: int, lowest: int) -> Stand:
    """`steps` is the sum of what is known and `lowest` that of the open ones' lowest rows, in steps of 2.5 points."""
    if not opened:
        return stand_at(Fraction(steps, count) * Fraction(STEP))
    low = rounded(Fraction(steps + lowest, count) * Fraction(STEP))
    high = rounded(Fraction(steps + TOP * opened, count) * Fraction(STEP))
    ends = level_of(low).code, level_of(high).code
    return Stand(None, low, high, ends[0] if ends[0] == ends[1] else NO_LEVEL)


_SCORES = {
    sign: Stand(Fraction(SCORE_OF_SIGN[sign]), SCORE_OF_SIGN[sign], SCORE_OF_SIGN[sign], level)
    for sign, level in LEVEL_OF_SIGN.items()
}


@dataclass(frozen=True, slots=True)
class Part:
    """What has a mean: the whole ("overall"), a dimension ("2"), an area ("2-1") or an indicator ("2.1"). It is the
    places from `first` up to, not including, `end`; `lowest` holds the lowest row of each, in steps of 2.5 points."""

    key: str
    first: int
    end: int
    lowest: tuple[int, ...]

    @property
    def count(self) -> int:
        return self.end - self.first

    @property
    def is_indicator(self) -> bool:
        return "." in self.key

    def stand(self, signs: str) -> Stand:
        """Of this part's own signs."""
        opened = signs.count(OPEN)
        lowest = sum(low for low, sign in zip(self.lowest, signs, strict=True) if sign == OPEN) if opened else 0
        if self.is_indicator and not opened:
            return _SCORES[signs]
        steps = 4 * signs.count("4") + 3 * signs.count("3") + 2 * signs.count("2") + signs.count("1")
        return _stand(steps, len(signs), opened, lowest)

    def stands(self, rows: Iterable[str]) -> list[Stand]:
        """Of each office, from its whole row; what is the same is computed once."""
        first, end, seen = self.first, self.end, dict[str, Stand]()
        found = []
        for row in rows:
            signs = row[first:end]
            stand = seen.get(signs)
            if stand is None:
                stand = seen[signs] = self.stand(signs)
            found.append(stand)
        return found

    def counts(self, rows: Iterable[str]) -> Counter[Stand]:
        """How many offices stand where: far less work than `stands` where many have the same signs."""
        signs = Counter(map(itemgetter(slice(self.first, self.end)), rows))
        found = Counter[Stand]()
        for each, number in signs.items():
            found[self.stand(each)] += number
        return found


# --- all offices: the memo's table ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many offices stand at a level, of how many that are counted."""

    level: str
    number: int
    counted: int

    @property
    def percent(self) -> Decimal:
        return percent(self.number, self.counted)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the memo's table (handbook lines 2080-2180). Percents are of the `counted` offices; the `mean` is
    that of the `measured` ones, which are those with nothing open."""

    counted: int
    measured: int
    mean: Fraction | None
    levels: tuple[LevelCount, ...]
    unknown: LevelCount

    @property
    def two(self) -> Decimal | None:
        return None if self.mean is None else rounded(self.mean)

    @property
    def four(self) -> Decimal | None:
        return None if self.mean is None else rounded(self.mean, 4)

    @property
    def level(self) -> str:
        """The level of the mean itself."""
        return NO_LEVEL if self.mean is None else level_of(rounded(self.mean)).code

    @property
    def passing(self) -> int:
        return sum(each.number for each in self.levels if each.level in PASSING)

    @property
    def failing(self) -> int:
        return sum(each.number for each in self.levels if each.level not in PASSING)

    @property
    def passing_percent(self) -> Decimal:
        return percent(self.passing, self.counted)


def percent(number: int, of: int) -> Decimal:
    """With one decimal, half up; of nothing it is 0.0."""
    return rounded(Fraction(100 * number, of), 1) if of else Decimal("0.0")


def line(stands: Iterable[Stand]) -> Line:
    """The offices' levels and their exact mean; the stands may be counted already."""
    found = stands if isinstance(stands, Counter) else Counter(stands)
    counted = sum(found.values())
    levels = Counter[str]()
    # Sums of numerators by denominator: the same as adding fractions, and much less work.
    sums: dict[int, int] = {}
    measured = 0
    for stand, number in found.items():
        levels[stand.level] += number
        if stand.mean is not None:
            below = stand.mean.denominator
            sums[below] = sums.get(below, 0) + stand.mean.numerator * number
            measured += number
    total = sum((Fraction(above, below) for below, above in sums.items()), Fraction(0))
    counts = [LevelCount(code, levels[code], counted) for code in (*LEVEL_CODES, NO_LEVEL)]
    return Line(counted, measured, total / measured if measured else None, tuple(counts[:-1]), counts[-1])


# --- distribution ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bin:
    """The offices whose published mean lies from `low` to `high`, both included."""

    low: Decimal
    high: Decimal
    number: int

    @property
    def key(self) -> str:
        return str(self.low)


def bin_of(mean: Decimal) -> Decimal:
    """The lower edge of the half point in which a published mean lies; 10.00 lies in the last."""
    return min(Decimal(int(mean * 2)) / 2, HIGHEST - Decimal("0.5")).quantize(Decimal("0.01"))


def bins(stands: Iterable[Stand]) -> list[Bin]:
    """The twenty half points from the top one down; what is still a range is in none."""
    found = Counter[Decimal]()
    for stand, number in Counter(stands).items():
        if stand.mean is not None:
            found[bin_of(stand.low)] += number
    rows = []
    for half in range(19, -1, -1):
        low = (Decimal(half) / 2).quantize(Decimal("0.01"))
        high = low + (Decimal("0.50") if half == 19 else Decimal("0.49"))
        rows.append(Bin(low, high, found[low]))
    return rows


# --- indicators -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """How many offices have each score at one indicator, from 10 down to 0, and how many are open."""

    scores: tuple[int, ...]
    open: int

    @property
    def measured(self) -> int:
        return sum(self.scores)

    @property
    def mean(self) -> Fraction | None:
        steps = sum((TOP - place) * number for place, number in enumerate(self.scores))
        return Fraction(steps, self.measured) * Fraction(STEP) if self.measured else None

    @property
    def failing(self) -> int:
        """Those at 5 points or less, whose label is that of a failing level."""
        return sum(self.scores[2:])


def tallies(rows: Sequence[str], count: int) -> list[Tally]:
    """Of every place of the rows, each `count` signs long: counted column by column, not office by office."""
    whole = "".join(rows)
    found = []
    for place in range(count):
        column = whole[place::count]
        found.append(Tally(tuple(column.count(sign) for sign in LEVEL_OF_SIGN), column.count(OPEN)))
    return found


# --- against last year ----------------------------------------------------------------------------


class Pairing:
    """Which place of last year's row a place of this year's is compared with; None where they are not comparable."""

    def __init__(self, places: Sequence[int | None]) -> None:
        self.places = tuple(places)
        self.same = self.places == tuple(range(len(self.places)))

    def compares(self, part: Part) -> bool:
        """Whether every indicator of the part has last year's to be compared with."""
        return None not in self.places[part.first : part.end]

    def paired(self, row: str) -> str:
        """Last year's signs in this year's order; open where there is nothing to compare."""
        if self.same:
            return row
        return "".join(OPEN if place is None else row[place] for place in self.places)


class Change(NamedTuple):
    """From last year's published mean to this year's; `office` is whatever names it."""

    office: int
    before: Stand
    now: Stand
    by: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """All offices that have both years whole, and among them the biggest movers, the biggest first."""

    compared: int
    risen: int
    fallen: int
    level_up: int
    level_down: int
    most_risen: tuple[Change, ...]
    most_fallen: tuple[Change, ...]

    @property
    def same(self) -> int:
        return self.compared - self.risen - self.fallen


def changes(now: Mapping[int, Stand], before: Mapping[int, Stand]) -> list[Change]:
    """Of the offices whose means of both years are whole, in the order given."""
    found = []
    for office, stand in now.items():
        last = before.get(office)
        if last is not None and last.mean is not None and stand.mean is not None:
            found.append(Change(office, last, stand, stand.low - last.low))
    return found


_RANK = {code: place for place, code in enumerate(LEVEL_CODES)}


def movement(found: Sequence[Change], most: int = 5) -> Movement:
    by = attrgetter("by")
    ordered = sorted(found, key=by)
    risen, fallen = sum(each.by > 0 for each in found), sum(each.by < 0 for each in found)
    down = ordered[: min(most, fallen)]
    # Equal ones stay in the order given, at this end too.
    up = sorted(found, key=by, reverse=True)[: min(most, risen)]
    ranks = [_RANK[each.before.level] - _RANK[each.now.level] for each in found]
    return Movement(
        compared=len(found),
        risen=risen,
        fallen=fallen,
        level_up=sum(rank > 0 for rank in ranks),
        level_down=sum(rank < 0 for rank in ranks),
        most_risen=tuple(up),
        most_fallen=tuple(down),
    )


# A change in five steps, for the map: half a point and more is much.
MUCH = Decimal("0.50")
CHANGES = ("up_much", "up", "same", "down", "down_much")


def step_of(change: Decimal) -> str:
    if change == 0:
        return "same"
    if change > 0:
        return "up_much" if change >= MUCH else "up"
    return "down_much" if change <= -MUCH else "down"
