"""What the offices of a round lack by dimension 1, for the pages and the workbook (`assessments.resources`). Read only.

An office counts once it submitted: before that its answers are nobody else's. A reviewer's confirmation counts where
the reader may know it, and while it is about the answer as it stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language

from assessments.access import has, provinces_seen
from assessments.models import Answer, Assessment, ItemPrice, Outcome, Region, Round, User
from assessments.queries.values import SENT
from assessments.resources import Item, Line, Shortage, Stand, Sum, items_of, lacks_of, shortage_of
from assessments.workflow import Right, Status
from indicators import editions
from indicators.checks import Check
from indicators.editions import IndicatorNode

Key = tuple[str, str]
# A price with who entered it last, and when, by the item's key.
Prices = dict[Key, tuple[Decimal, str, datetime]]


@dataclass(frozen=True, slots=True)
class Office:
    """An office that submitted. `iso` and `region` are stable codes; the names are the page's language's, those in Thai
    are for the workbook."""

    pk: int
    iso: str
    name: str
    name_th: str
    region: str
    region_name: str
    region_th: str
    status: str


@dataclass(frozen=True, slots=True)
class Resources:
    """A round's dimension 1. `waiting` are the offices that did not submit."""

    round: Round
    items: Sequence[Item]
    nodes: Mapping[str, IndicatorNode]
    offices: Sequence[Office]
    waiting: Sequence[Office]
    regions: Sequence[Region]
    stands: Mapping[Key, Sequence[Stand]]
    prices: Mapping[Key, Decimal]
    shortage: Shortage

    @property
    def all_offices(self) -> int:
        return len(self.offices) + len(self.waiting)


def items_and_nodes(round_: Round) -> tuple[list[Item], dict[str, IndicatorNode]]:
    """The items of a round's edition, and their indicators by code."""
    standard = editions.standard_of(round_.edition)
    nodes = {node.code: node for node in standard.indicators.values() if not node.scored}
    rules = [(code, node.rule) for code, node in nodes.items() if isinstance(node.rule, Check)]
    return items_of(rules), nodes


def resources_of(round_: Round, user: User) -> Resources:
    """All of it, for the offices that a person sees. Four queries (a supporter's provinces: one more)."""
    items, nodes = items_and_nodes(round_)
    seen = provinces_seen(user)
    offices, waiting = _offices(round_, seen)
    regions = list(Region.objects.all())
    stands = _stands(round_, items, nodes, offices, seen, reads=bool(has(user, Right.READ_REVIEW)))
    prices = {key: price for key, (price, _by, _at) in prices_of(round_).items()}
    counted = {region.code: sum(office.region == region.code for office in offices) for region in regions}
    shortage = shortage_of(items, stands, prices, counted)
    return Resources(round_, items, nodes, offices, waiting, regions, stands, prices, shortage)


def prices_of(round_: Round) -> Prices:
    """Each price with who entered it last, and when, by the item's key. One query."""
    found = ItemPrice.objects.filter(round=round_).values_list(
        "indicator__code", "item", "price", "by__full_name", "at"
    )
    return {(code, item): (price, by, at) for code, item, price, by, at in found}


def prices_before(round_: Round) -> tuple[int, dict[Key, Decimal]]:
    """The prices of the newest earlier round that has any, with its year; 0 and none where there is none. One query."""
    found = ItemPrice.objects.filter(round__year__lt=round_.year).values_list(
        "round__year", "indicator__code", "item", "price"
    )
    rows = list(found)
    year = max((each[0] for each in rows), default=0)
    return year, {(code, item): price for of, code, item, price in rows if of == year}


def _offices(round_: Round, seen: Sequence[int] | None) -> tuple[list[Office], list[Office]]:
    """Those that submitted, and the others. One query."""
    found = Assessment.objects.filter(round=round_)
    if seen is not None:
        found = found.filter(province__in=seen)
    english = get_language() == "en"
    columns = (
        *("pk", "status", "province__iso", "province__name_th", "province__name_en"),
        *("province__region__code", "province__region__name_th", "province__region__name_en"),
    )
    rows = found.order_by("province__name_en" if english else "province__sort_key").values_list(*columns)
    offices = [
        Office(
            pk,
            iso,
            name_en if english else name_th,
            name_th,
            region,
            region_en if english else region_th,
            region_th,
            status,
        )
        for pk, status, iso, name_th, name_en, region, region_th, region_en in rows
    ]
    submitted = [office for office in offices if office.status != Status.DRAFT]
    return submitted, [office for office in offices if office.status == Status.DRAFT]


def _stands(
    round_: Round,
    items: Iterable[Item],
    nodes: Mapping[str, IndicatorNode],
    offices: Iterable[Office],
    seen: Sequence[int] | None,
    *,
    reads: bool,
) -> dict[Key, list[Stand]]:
    """How each office stands at each item. One query."""
    by_pk = {office.pk: office for office in offices}
    told = {pk for pk, office in by_pk.items() if reads or office.status in SENT}
    of_node: dict[int, list[Item]] = {}
    for item in items:
        of_node.setdefault(nodes[item.code].pk, []).append(item)
    found = Answer.objects.filter(assessment__round=round_, indicator__in=of_node)
    if seen is not None:
        found = found.filter(assessment__province__in=seen)
    stands: dict[Key, list[Stand]] = {item.key: [] for item in items}
    columns = (
        *("assessment_id", "indicator_id", "shortfall", "version", "inputs__vehicles", "inputs__insured"),
        *("review__outcome", "review__judged_version"),
    )
    for pk, indicator, shortfall, version, vehicles, insured, outcome, judged in (
        found.exclude(assessment__status=Status.DRAFT).order_by("assessment", "indicator").values_list(*columns)
    ):
        confirmed = outcome == Outcome.AGREE and judged == version and pk in told
        for item in of_node[indicator]:
            lacks = lacks_of(item, shortfall, vehicles=vehicles or 0, insured=insured or 0)
            stands[item.key].append(Stand(pk, by_pk[pk].region, lacks, confirmed))
    return stands


@dataclass(frozen=True, slots=True)
class Place:
    """One office at one item, for its list: what it has in the check's own words (Thai), and what that would cost."""

    office: Office
    lacks: Decimal | None
    confirmed: bool
    told: str
    cost: Decimal | None


SHOWN = ("lacking", "confirmed", "met", "open", "all")


def places_of(resources: Resources, item: Item, *, region: str = "", shown: str = "lacking") -> list[Place]:
    """The offices at an item: those that lack most first, then in order. One query.

    `shown` is one of SHOWN: that lack something, and that reviewers confirmed so, that lack nothing, whose answer is
    not there or not judged, or all.
    """
    told: dict[int, str] = dict(
        Answer.objects.filter(
            assessment__in=[office.pk for office in resources.offices], indicator=resources.nodes[item.code].pk
        ).values_list("assessment_id", "explanation")
    )
    stands = {each.office: each for each in resources.stands[item.key]}
    price = resources.prices.get(item.key) if item.counted else None
    places = []
    for office in resources.offices:
        stand = stands[office.pk]
        if (region and office.region != region) or not _fits(stand, shown):
            continue
        cost = None if price is None or stand.lacks is None else stand.lacks * price
        places.append(Place(office, stand.lacks, stand.confirmed, told[office.pk], cost))
    return sorted(places, key=lambda place: place.lacks or Decimal(0), reverse=True)


def _fits(stand: Stand, shown: str) -> bool:
    match shown:
        case "lacking":
            return bool(stand.lacks)
        case "confirmed":
            return bool(stand.lacks) and stand.confirmed
        case "met":
            return stand.lacks is not None and not stand.lacks
        case "open":
            return stand.lacks is None
    return True


def item_of(round_: Round, code: str, thing: str) -> Item | None:
    """The item of an address; None where the edition has none such."""
    items, _nodes = items_and_nodes(round_)
    return next((item for item in items if item.key == (code, thing)), None)


def named_items(round_: Round) -> list[tuple[Item, str]]:
    """The items, each with its indicator's name (Thai)."""
    items, nodes = items_and_nodes(round_)
    return [(item, nodes[item.code].name) for item in items]


def rounds() -> list[Round]:
    """All rounds, the newest first. One query."""
    return list(Round.objects.select_related("edition"))


@dataclass(frozen=True, slots=True)
class Row:
    """One item as its page shows it: `of_area` is its area's name where that begins, `parts` its regions."""

    line: Line
    node: IndicatorNode
    of_area: str
    parts: Sequence[tuple[Region, Sum, Decimal | None]]


def rows_of(resources: Resources) -> list[Row]:
    """The lines in printed order."""
    areas = editions.standard_of(resources.round.edition).areas
    rows, last = [], ""
    for line in resources.shortage.lines:
        node = resources.nodes[line.item.code]
        begins, last = node.area_code != last, node.area_code
        parts = [
            (region, line.regions[region.code], line.cost_of(line.regions[region.code])) for region in resources.regions
        ]
        rows.append(Row(line, node, areas[node.area_code].name if begins else "", parts))
    return rows


def region_costs(resources: Resources) -> list[tuple[Region, int, Decimal]]:
    """Each region with how many of its offices submitted, and what has a price costs there."""
    shortage = resources.shortage
    return [(region, shortage.regions[region.code], shortage.cost_in(region.code)) for region in resources.regions]
