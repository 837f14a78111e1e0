"""Every round as the pages over the years read it: three queries, whatever the number of rounds. Read only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models.fields.json import KT
from django.utils.translation import get_language

from assessments.access import provinces_seen
from assessments.charts import Chart, Value, chart_of
from assessments.country import Part
from assessments.models import Assessment, Province, Region, Round, User
from assessments.queries.country import COUNTED, KEPT, OVERALL, pairing_of, parts_of
from assessments.trends import LevelChanges, Point, Year, compose, level_changes, points_of
from indicators import editions
from indicators.editions import EditionNode, IndicatorNode
from indicators.scoring import LEVELS


class Office(NamedTuple):
    """A province with an office, in the page's language; `region` by its code."""

    pk: int
    iso: str
    name: str
    region: str


@dataclass(frozen=True)
class History:
    """All rounds, the oldest first, with one of the three values of the offices that a person sees. `pks` finds an
    assessment by year and province."""

    standard: EditionNode
    years: Sequence[Year]
    offices: Mapping[int, Office]
    regions: Sequence[Region]
    pks: Mapping[tuple[int, int], int]
    latest: Round

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        return parts_of(self.standard)

    def of_region(self, code: str) -> frozenset[int]:
        return frozenset(pk for pk, office in self.offices.items() if office.region == code)


def history_of(rounds: Sequence[Round], user: User, value: str) -> History:
    """Of at least one round. Three queries (a supporter's provinces: one more)."""
    ordered = sorted(rounds, key=lambda each: each.year)
    seen = provinces_seen(user)
    offices = _offices(seen)
    found = Assessment.objects.filter(round__in=[each.pk for each in ordered])
    if seen is not None:
        found = found.filter(province__in=seen)
    rows: dict[int, dict[int, str]] = {each.pk: {} for each in ordered}
    there: dict[int, set[int]] = {each.pk: set() for each in ordered}
    pks, counted = {}, COUNTED[value]
    of_year = {each.pk: each.year for each in ordered}
    columns = ("pk", "round", "province", "status", KT(f"{KEPT[value]}__scores"))
    for pk, round_, province, status, signs in found.order_by().values_list(*columns):
        there[round_].add(province)
        if signs and status in counted:
            rows[round_][province] = signs
            pks[of_year[round_], province] = pk
    years = years_of(ordered, there, rows)
    newest = editions.standard_of(ordered[-1].edition)
    return History(newest, years, offices, list(Region.objects.all()), pks, ordered[-1])


def years_of(
    ordered: Sequence[Round], there: Mapping[int, Collection[int]], rows: Mapping[int, Mapping[int, str]]
) -> list[Year]:
    """Rounds from the oldest on, each with its provinces and their signs (both by the round's key), laid in the newest
    edition's order. No query."""
    years: list[Year] = []
    later = editions.standard_of(ordered[-1].edition)
    pairing = pairing_of(later, later)
    for each in reversed(ordered):
        own = editions.standard_of(each.edition)
        if own.pk != later.pk:
            pairing = compose(pairing, pairing_of(later, own))
        years.insert(0, Year(each.year, own.year, frozenset(there[each.pk]), rows[each.pk], pairing, parts_of(own)))
        later = own
    return years


def _offices(seen: Sequence[int] | None) -> dict[int, Office]:
    english = get_language() == "en"
    found = Province.objects.with_office().select_related("region")
    if seen is not None:
        found = found.filter(pk__in=seen)
    ordered = found.order_by("name_en" if english else "sort_key")
    return {row.pk: Office(row.pk, row.iso, row.name, row.region.code if row.region else "") for row in ordered}


@dataclass(frozen=True, slots=True)
class Trend:
    """One line of the chart and of its table; `name` is a region's or a province's, empty for the whole country."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the standard with the chosen offices' points; `node` is None for the whole."""

    key: str
    depth: int
    points: Sequence[Point]


def trends_of(
    history: History, key: str, *, region: str = "", province: str = "", also_own: bool = False
) -> list[Trend]:
    """The chosen province with its region, or the chosen region, and always the whole country, which stands last."""
    part, years = history.parts[key], history.years
    chosen = next((each for each in history.offices.values() if each.iso == province), None)
    region = chosen.region if chosen else region
    trends = []
    if chosen:
        trends.append(Trend(chosen.name, points_of(years, part, frozenset([chosen.pk]), also_own=also_own)))
    own = [each for each in history.regions if each.code == region]
    trends += [
        Trend(each.name, points_of(years, part, history.of_region(each.code), also_own=also_own)) for each in own
    ]
    trends.append(Trend("", points_of(years, part, also_own=also_own)))
    return trends


def chosen_provinces(history: History, *, region: str = "", province: str = "") -> frozenset[int] | None:
    """The offices of the first line; None for all."""
    if province:
        return frozenset(pk for pk, office in history.offices.items() if office.iso == province)
    return history.of_region(region) if region else None


def part_rows(history: History, key: str, provinces: frozenset[int] | None, *, also_own: bool) -> list[PartRow]:
    """The whole, the dimensions and the areas; of the chosen area, or that of the chosen indicator, its indicators."""
    standard = history.standard
    area = standard.indicators[key].area_code if key in standard.indicators else key
    keys = [(OVERALL, 0)]
    for dimension in standard.dimensions:
        if dimension.scored:
            keys.append((str(dimension.number), 1))
            for each in dimension.areas:
                keys.append((each.code, 2))
                if each.code == area:
                    keys += [(node.code, 3) for node in each.indicators]
    parts = history.parts
    return [
        PartRow(name, depth, points_of(history.years, parts[name], provinces, also_own=also_own))
        for name, depth in keys
    ]


def changes_of(history: History, key: str, year: int, provinces: frozenset[int] | None) -> LevelChanges | None:
    """The level changes into a year from the round before it; None for the first, or where they cannot be compared."""
    place = next((place for place, each in enumerate(history.years) if each.year == year), 0)
    if place == 0:
        return None
    return level_changes(history.years[place - 1], history.years[place], history.parts[key], provinces)


def node_at(history: History, place: int) -> IndicatorNode:
    return history.standard.scored[place]


def years_with_figures(history: History) -> list[int]:
    """The years that have an office with the value, the newest first."""
    return [each.year for each in reversed(history.years) if each.rows]


def drawing_of(trends: Sequence[Trend], whole: str) -> Chart | None:
    """The chart of the lines; `whole` names the country's."""
    lines = [
        (trend.name or whole, [Value(str(each.year), each.mean, each.group, each.partial) for each in trend.points])
        for trend in trends
    ]
    return chart_of(lines, [(level.at_least, level.code) for level in LEVELS if level.at_least])


@dataclass(frozen=True, slots=True)
class EditionNote:
    """From one round to the next the edition changed; `comparable` says whether the part may still be compared."""

    year: int
    before: int
    edition: int
    comparable: bool


def edition_notes(history: History, key: str) -> list[EditionNote]:
    """Where the standard changed, the newest change first."""
    part = history.parts[key]
    return [
        EditionNote(this.year, last.edition, this.edition, last.pairing.compares(part))
        for last, this in reversed([*zip(history.years, history.years[1:], strict=False)])
        if last.edition != this.edition
    ]
