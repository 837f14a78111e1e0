"""What the overview of a round shows: states, map, the memo's table, distribution, strongest and weakest, regions,
movers. Every figure carries the address of the list of offices behind it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments import shapes
from assessments.country import (
    CHANGES,
    LEVEL_CODES,
    NO_LEVEL,
    Bin,
    Change,
    Line,
    Movement,
    Stand,
    bins,
    changes,
    line,
    movement,
    step_of,
    tallies,
)
from assessments.models import Region
from assessments.queries.country import OVERALL, Before, Country, Office, node_of
from assessments.queries.national import LEVEL_WORDS, STATUSES
from assessments.templatetags.pmj import level_mark
from indicators.editions import AreaNode, DimensionNode, IndicatorNode
from indicators.thai import rounded

# How many are named at either end, and how many offices the table beside the map holds.
MOST_AREAS = 4
MOST_INDICATORS = 6
MOST_MOVERS = 6
MOST_ROWS = 100
NONE = "none"
CHANGE_WORDS: dict[str, str | Promise] = {
    "up_much": gettext_lazy("Up by 0.50 or more"),
    "up": gettext_lazy("Up by less than 0.50"),
    "same": pgettext_lazy("mean", "Unchanged"),
    "down": gettext_lazy("Down by less than 0.50"),
    "down_much": gettext_lazy("Down by 0.50 or more"),
}
CHANGE_MARKS = {"up_much": "▲▲", "up": "▲", "same": "●", "down": "▼", "down_much": "▼▼"}
NONE_WORD = gettext_lazy("No score that counts yet")
NOT_COMPARED = gettext_lazy("No whole scores of both years")

Node = DimensionNode | AreaNode | IndicatorNode | None


@dataclass(frozen=True, slots=True)
class Linked:
    """A number and the list of offices behind it."""

    number: int
    link: str


@dataclass(frozen=True, slots=True)
class State:
    """How many offices stand in a state."""

    status: str
    word: str | Promise
    number: int
    link: str


@dataclass(frozen=True, slots=True)
class LevelCell:
    level: str
    number: int
    percent: Decimal
    link: str


@dataclass(frozen=True, slots=True)
class MemoRow:
    """A dimension, or None for all of them together, with its line of the memo's table."""

    node: Node
    line: Line
    link: str
    cells: Sequence[LevelCell]
    unknown: LevelCell


@dataclass(frozen=True, slots=True)
class BinRow:
    """A half point of the distribution; `width` is its bar's, in hundredths of the longest."""

    bin: Bin
    width: int
    link: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """An area or an indicator with the mean of the offices measured there."""

    node: AreaNode | IndicatorNode
    mean: Decimal
    measured: int
    link: str
    failing: Linked


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region: its offices, those counted, its means in the order of the memo's rows, and how many pass."""

    name: str
    offices: Linked
    counted: Linked
    means: Sequence[Decimal | None]
    link: str
    passing: Linked
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Mover:
    office: Office
    change: Change
    by: str


@dataclass(frozen=True, slots=True)
class Spot:
    """One province on the map and in the table beside it. `kind` is a level, "open", "none", or a step of change."""

    pk: int
    iso: str
    name: str
    kind: str
    mark: str
    word: str
    figure: str
    label: str
    outline: str


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the map's legend."""

    kind: str
    mark: str
    word: str
    number: int
    link: str


@dataclass(frozen=True, slots=True)
class Map:
    """`spots` are in dictionary order, or by change; `rest` draws what has no office: Bangkok and the lake."""

    node: Node
    spots: Sequence[Spot]
    rows: Sequence[Spot]
    keys: Sequence[Key]
    box: str
    rest: Sequence[tuple[str, str]]
    change: bool
    comparable: bool
    more: bool
    origin: str = shapes.ORIGIN
    licence: str = shapes.LICENCE


@dataclass(frozen=True, slots=True)
class Overview:
    country: Country
    before: Before | None
    states: Sequence[State]
    counted: Linked
    memo: Sequence[MemoRow]
    bins: Sequence[BinRow]
    areas: tuple[Sequence[Ranked], Sequence[Ranked]]
    indicators: tuple[Sequence[Ranked], Sequence[Ranked]]
    regions: Sequence[RegionRow]
    movement: Movement | None
    risen: Sequence[Mover]
    fallen: Sequence[Mover]
    map: Map

    @property
    def has_unknown(self) -> bool:
        """Whether the level of some office is still open somewhere in the memo's table."""
        return any(row.unknown.number for row in self.memo)


def link_of(country: Country, *, counted: int = 1, **filters: str) -> str:
    """The list of the counted offices (0: the others) that pass the filters; those that are empty or the whole are
    left out. All are codes of ours, which stand in an address as they are."""
    chosen = "".join(f"&{name}={code}" for name, code in filters.items() if code and (name, code) != ("part", OVERALL))
    return f"{country.list_address}&value={country.value}&counted={counted}{chosen}"


def overview_of(
    country: Country, before: Before | None, regions: Sequence[Region], *, show: str = OVERALL, change: bool = False
) -> Overview:
    """No query."""
    stands = {key: country.stands(key) for key in (OVERALL, *_dimensions(country))}
    whole = stands[OVERALL]
    pairs = _changes(country, before, OVERALL, whole)
    moved = movement(pairs, MOST_MOVERS) if pairs else None
    return Overview(
        country=country,
        before=before,
        states=_states(country),
        counted=Linked(len(country.counted), link_of(country)),
        memo=[_memo_row(country, key, stands[key]) for key in (*_dimensions(country), OVERALL)],
        bins=_bins(country, whole),
        areas=_ends(country, _areas(country), MOST_AREAS),
        indicators=_ends(country, _indicators(country), MOST_INDICATORS),
        regions=_regions(country, regions, stands),
        movement=moved,
        risen=_movers(country, moved.most_risen if moved else ()),
        fallen=_movers(country, moved.most_fallen if moved else ()),
        map=map_of(country, before, show, change=change),
    )


def _dimensions(country: Country) -> list[str]:
    return [str(each.number) for each in country.standard.dimensions if each.scored]


def _states(country: Country) -> list[State]:
    numbers = Counter(office.status for office in country.offices)
    return [
        State(status, word, numbers[status], f"{country.list_address}&status={status}")
        for status, word in STATUSES.items()
    ]


def _memo_row(country: Country, key: str, stands: Sequence[Stand]) -> MemoRow:
    found = line(stands)
    cells = [
        LevelCell(each.level, each.number, each.percent, link_of(country, part=key, level=each.level))
        for each in (*found.levels, found.unknown)
    ]
    return MemoRow(node_of(country.standard, key), found, link_of(country, part=key), cells[:-1], cells[-1])


def _bins(country: Country, stands: Sequence[Stand]) -> list[BinRow]:
    """From the top half point down to the last in which an office lies."""
    found = bins(stands)
    while found and not found[-1].number:
        found.pop()
    longest = max((each.number for each in found), default=1)
    return [BinRow(each, 100 * each.number // longest, link_of(country, band=each.key)) for each in found]


@dataclass(frozen=True, slots=True)
class _Measured:
    node: AreaNode | IndicatorNode
    mean: Fraction
    measured: int
    failing: int


def _areas(country: Country) -> list[_Measured]:
    found = []
    for code, node in country.standard.areas.items():
        if code in country.parts:
            of_area = line(country.parts[code].counts(country.rows))
            if of_area.mean is not None:
                found.append(_Measured(node, of_area.mean, of_area.measured, of_area.failing))
    return found


def _indicators(country: Country) -> list[_Measured]:
    scored = country.standard.scored
    counts = zip(scored, tallies(country.rows, len(scored)), strict=True)
    return [_Measured(node, each.mean, each.measured, each.failing) for node, each in counts if each.mean is not None]


def _ends(country: Country, found: list[_Measured], most: int) -> tuple[list[Ranked], list[Ranked]]:
    """The strongest and the weakest, each from its end; what is few is never named in both."""
    most = min(most, len(found) // 2)
    best = sorted(found, key=lambda each: -each.mean)
    return (
        [_ranked(country, each) for each in best[:most]],
        [_ranked(country, each) for each in best[: -most - 1 : -1]],
    )


def _ranked(country: Country, found: _Measured) -> Ranked:
    code = found.node.code
    fails = Linked(found.failing, link_of(country, part=code, level="fail"))
    return Ranked(found.node, rounded(found.mean), found.measured, link_of(country, part=code, sort="part"), fails)


def _regions(country: Country, regions: Iterable[Region], stands: Mapping[str, Sequence[Stand]]) -> list[RegionRow]:
    found = []
    offices = Counter(office.region for office in country.offices)
    order = [*_dimensions(country), OVERALL]
    codes = [office.region for office in country.counted]
    by_region: dict[str, list[Counter[Stand]]] = {code: [Counter() for _ in order] for code in offices}
    for place, key in enumerate(order):
        for (code, stand), number in Counter(zip(codes, stands[key], strict=True)).items():
            by_region[code][place][stand] += number
    for region in regions:
        if region.code not in by_region:
            continue
        lines = [line(counts) for counts in by_region[region.code]]
        of_all = lines[-1]
        link = link_of(country, region=region.code)
        found.append(
            RegionRow(
                region.name,
                Linked(offices[region.code], f"{country.list_address}&region={region.code}"),
                Linked(of_all.counted, link),
                [each.two for each in lines],
                link,
                Linked(of_all.passing, link_of(country, region=region.code, level="pass")),
                of_all.passing_percent,
            )
        )
    return found


def _changes(country: Country, before: Before | None, key: str, stands: Sequence[Stand]) -> list[Change]:
    if before is None:
        return []
    now = {office.province: stand for office, stand in zip(country.counted, stands, strict=True)}
    return changes(now, before.stands(country.parts[key]))


def _movers(country: Country, found: Iterable[Change]) -> list[Mover]:
    found = list(found)
    wanted = {change.office for change in found}
    offices = {office.province: office for office in country.counted if office.province in wanted}
    return [Mover(offices[change.office], change, signed(change.by)) for change in found]


def signed(change: Decimal) -> str:
    """+0.42, −0.30, 0.00."""
    return f"{change:+.2f}".replace("-", "−") if change else "0.00"


# --- the map --------------------------------------------------------------------------------------


def map_of(country: Country, before: Before | None, key: str, *, change: bool) -> Map:
    """The provinces by their level in a part, or by its change since the year before."""
    picture = shapes.picture()
    outlines = picture.outlines if picture else {}
    part = country.parts[key]
    stands = part.stands(country.rows)
    comparable = before is not None and before.pairing.compares(part)
    change = change and comparable
    changed = {each.office: each for each in _changes(country, before, key, stands)} if change else {}
    # Only what is drawn or stands in the table is told in words: among thousands that is little.
    table: Sequence[Office] = country.offices
    if change:
        table = sorted(table, key=lambda each: (each.province not in changed, _fallen(changed.get(each.province))))
    table = table[:MOST_ROWS]
    drawn = [office for office in country.offices if office.iso in outlines]
    wanted = {office.pk for office in (*drawn, *table)}
    if change:
        told = _told_changes(
            [(office, changed.get(office.province)) for office in country.offices if office.pk in wanted]
        )
        numbers = Counter(step_of(each.by) for each in changed.values())
    else:
        at = zip(country.counted, stands, strict=True)
        told = _told_levels([each for each in at if each[0].pk in wanted], score=part.is_indicator)
        numbers = Counter(stand.level for stand in stands)
    numbers[NONE] = len(country.offices) - numbers.total()
    spots = {
        office.pk: Spot(
            office.pk,
            office.iso,
            office.name,
            *(told.get(office.pk) or _nothing(office, change=change)),
            outlines.get(office.iso, ""),
        )
        for office in (*drawn, *table)
    }
    with_office = {office.iso for office in country.offices}
    return Map(
        node=node_of(country.standard, key),
        spots=[spots[office.pk] for office in drawn],
        rows=[spots[office.pk] for office in table],
        keys=_keys(country, key, numbers, change=change),
        box=picture.box if picture else "",
        rest=[(iso, outline) for iso, outline in outlines.items() if iso not in with_office],
        change=change,
        comparable=comparable,
        more=len(country.offices) > MOST_ROWS,
    )


def _fallen(change: Change | None) -> Decimal:
    """Sorts the biggest rise first."""
    return -change.by if change else Decimal(0)


Told = tuple[str, str, str, str, str]


def _told_levels(found: Iterable[tuple[Office, Stand]], *, score: bool) -> dict[int, Told]:
    """Kind, mark, word, figure and label of each office, by its key."""
    words = {level: str(word) for level, word in LEVEL_WORDS.items()}
    sentence = _("%(province)s: level %(level)s, %(mean)s")
    told = {}
    for office, stand in found:
        figure = figure_of(stand, score=score)
        word = words[stand.level]
        label = sentence % {"province": office.name, "level": word, "mean": figure}
        if stand.level == NO_LEVEL:
            label = f"{office.name}: {word} {figure}"
        told[office.pk] = (stand.level, mark_of(stand.level), word, figure, label)
    return told


def _told_changes(found: Iterable[tuple[Office, Change | None]]) -> dict[int, Told]:
    words = {step: str(word) for step, word in CHANGE_WORDS.items()}
    sentence = _("%(province)s: %(change)s, from %(before)s to %(now)s")
    told = {}
    for office, each in found:
        if each is not None:
            step, by = step_of(each.by), signed(each.by)
            label = sentence % {"province": office.name, "change": by, "before": each.before.low, "now": each.now.low}
            told[office.pk] = (step, CHANGE_MARKS[step], words[step], by, label)
    return told


def _nothing(office: Office, *, change: bool) -> Told:
    word = str(NOT_COMPARED if change else NONE_WORD)
    return NONE, "–", word, "–", f"{office.name}: {word} ({STATUSES[office.status]})"


def figure_of(stand: Stand, *, score: bool = False) -> str:
    """8.63, the range 8.10–9.20, or of an indicator the score 7.5."""
    if stand.mean is None:
        return f"{stand.low}–{stand.high}"
    return f"{stand.low.normalize():f}" if score else str(stand.low)


def mark_of(level: str) -> str:
    return "○" if level == NO_LEVEL else level_mark(level)


def _keys(country: Country, key: str, numbers: Mapping[str, int], *, change: bool) -> list[Key]:
    """The legend: what a kind is called, how many offices have it, and where they are listed."""
    if change:
        found = [Key(step, CHANGE_MARKS[step], str(CHANGE_WORDS[step]), numbers[step], "") for step in CHANGES]
    else:
        found = [
            Key(level, mark_of(level), str(LEVEL_WORDS[level]), numbers[level], link_of(country, part=key, level=level))
            for level in (*LEVEL_CODES, NO_LEVEL)
            if level != NO_LEVEL or numbers[level]
        ]
    if numbers[NONE]:
        word = str(NOT_COMPARED if change else NONE_WORD)
        found.append(Key(NONE, "–", word, numbers[NONE], "" if change else link_of(country, counted=0)))
    return found
