"""What the offices lack by the criteria of dimension 1, item by item, and what it would cost: the budget request.

Pure: no Django. Exact: `Decimal`, never float. A price that is missing is missing, never 0: what it would add is said,
not guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.checks import Check, Insured, Target, Yes

THING, INSURANCE = "thing", "insurance"
# What a "has it" criterion lacks is counted in offices.
OFFICE_UNIT = "แห่ง"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that an office should have. `counted` says that what offices lack adds up and can be bought: 1.31 falls
    short by percentage points, which do not."""

    code: str
    item: str
    unit: str
    counted: bool = True

    @property
    def key(self) -> tuple[str, str]:
        return self.code, self.item


@dataclass(frozen=True, slots=True)
class Stand:
    """How one office stands at one item: what it lacks, 0 for nothing, None while it is unanswered or not judged;
    `confirmed` says that a reviewer confirmed the answer as it stands."""

    office: int
    region: str
    lacks: Decimal | None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """Of some offices: how many answered, how many of them lack something, how much together, and the same of those
    answers that a reviewer confirmed. `offices` is the denominator: all that submitted, answered or not."""

    offices: int
    answered: int
    lacking: int
    units: Decimal
    confirmed: int
    confirmed_lacking: int
    confirmed_units: Decimal

    @property
    def open(self) -> int:
        """Offices that submitted without an answer that could be judged."""
        return self.offices - self.answered


@dataclass(frozen=True, slots=True)
class Line:
    """One item over all offices and by region (by its code, in the given order)."""

    item: Item
    whole: Sum
    regions: Mapping[str, Sum]
    price: Decimal | None

    @property
    def cost(self) -> Decimal | None:
        return self.cost_of(self.whole)

    @property
    def confirmed_cost(self) -> Decimal | None:
        return None if self.price is None or not self.item.counted else self.whole.confirmed_units * self.price

    def cost_of(self, part: Sum) -> Decimal | None:
        """What all that is lacked costs; None while there is no price, or where nothing can be bought."""
        if not self.item.counted or self.price is None:
            return None
        return part.units * self.price


@dataclass(frozen=True, slots=True)
class Shortage:
    """All items. The sums add what has a price; `unpriced` are the items that some office lacks and that have none."""

    lines: Sequence[Line]
    offices: int
    regions: Mapping[str, int]

    @property
    def cost(self) -> Decimal:
        return sum((line.cost or Decimal(0) for line in self.lines), Decimal(0))

    @property
    def confirmed_cost(self) -> Decimal:
        return sum((line.confirmed_cost or Decimal(0) for line in self.lines), Decimal(0))

    def cost_in(self, region: str) -> Decimal:
        return sum((line.cost_of(line.regions[region]) or Decimal(0) for line in self.lines), Decimal(0))

    @property
    def unpriced(self) -> list[Line]:
        return [line for line in self.lines if line.item.counted and line.price is None and line.whole.lacking]


def items_of(rules: Iterable[tuple[str, Check]]) -> list[Item]:
    """The items of the criteria, in their order: a vehicle's insurance follows the vehicle."""
    found = []
    for code, rule in rules:
        unit = OFFICE_UNIT if isinstance(rule, Yes) else rule.unit
        found.append(Item(code, THING, unit, counted=not isinstance(rule, Target)))
        if isinstance(rule, Insured):
            found.append(Item(code, INSURANCE, unit))
    return found


def lacks_of(item: Item, shortfall: Decimal | None, *, vehicles: int = 0, insured: int = 0) -> Decimal | None:
    """What an answer lacks of an item; `shortfall` is the one that its check gave. A vehicle that is not insured lacks
    its insurance, whatever the number of vehicles."""
    if shortfall is None:
        return None
    return Decimal(vehicles - insured) if item.item == INSURANCE else shortfall


def sum_of(stands: Iterable[Stand], offices: int) -> Sum:
    """The sum of the stands of one item in `offices` offices."""
    answered = [each for each in stands if each.lacks is not None]
    confirmed = [each for each in answered if each.confirmed]
    return Sum(
        offices=offices,
        answered=len(answered),
        lacking=sum(1 for each in answered if each.lacks),
        units=sum((each.lacks or Decimal(0) for each in answered), Decimal(0)),
        confirmed=len(confirmed),
        confirmed_lacking=sum(1 for each in confirmed if each.lacks),
        confirmed_units=sum((each.lacks or Decimal(0) for each in confirmed), Decimal(0)),
    )


def shortage_of(
    items: Sequence[Item],
    stands: Mapping[tuple[str, str], Sequence[Stand]],
    prices: Mapping[tuple[str, str], Decimal],
    regions: Mapping[str, int],
) -> Shortage:
    """The whole: `stands` and `prices` by the item's key, `regions` the number of offices that submitted by region."""
    offices = sum(regions.values())
    lines = []
    for item in items:
        found = stands.get(item.key, ())
        by_region: dict[str, list[Stand]] = {code: [] for code in regions}
        for each in found:
            by_region[each.region].append(each)
        parts = {code: sum_of(those, regions[code]) for code, those in by_region.items()}
        lines.append(Line(item, sum_of(found, offices), parts, prices.get(item.key)))
    return Shortage(lines, offices, regions)


# How an office stands at an item, for the map.
ENOUGH, SOME, MUCH, OPEN = "enough", "some", "much", "open"


def step_of(lacks: Decimal | None, largest: Decimal) -> str:
    """Of what an office lacks, where the one that lacks most lacks `largest`: much is more than half of that."""
    if lacks is None:
        return OPEN
    if lacks == 0:
        return ENOUGH
    return MUCH if lacks * 2 > largest else SOME
