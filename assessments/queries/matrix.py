"""The matrix of a round: an office in each row, a scored indicator in each column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.country import LEVEL_OF_SIGN, OPEN, SCORE_OF_SIGN, Line, line, tallies
from assessments.queries.country import OVERALL, Country, Office
from assessments.queries.national import LEVEL_WORDS
from assessments.queries.overview import figure_of, link_of, mark_of
from indicators.editions import AreaNode, IndicatorNode
from indicators.thai import rounded

# So many offices stand on one page: all 76, and no more where there are thousands.
PAGE = 100


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An office with the signs of its scores (`assessments.country`), empty where it has none that counts."""

    pk: int
    iso: str
    name: str
    signs: str
    level: str
    mark: str
    word: str
    mean: str


@dataclass(frozen=True, slots=True)
class Column:
    """An indicator: where its head leads to, how it is sorted now (aria-sort), the mean below it and its list."""

    node: IndicatorNode
    leads_to: str
    sorted: str
    mark: str
    mean: Decimal | None
    link: str


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the legend."""

    sign: str
    level: str
    score: str
    word: str | Promise


@dataclass(frozen=True, slots=True)
class Matrix:
    """`rows` are those of one `page` of `pages`; `whole` is the line of all that are counted, of `total` offices."""

    country: Country
    areas: Sequence[AreaNode]
    columns: Sequence[Column]
    codes: tuple[str, ...]
    heads: dict[str, tuple[str, str, str]]
    rows: Sequence[MatrixRow]
    whole: Line
    counted: int
    total: int
    page: int
    pages: int
    steps: Sequence[Step]


def matrix_of(country: Country, *, region: str = "", order: str = "province", page: int = 1) -> Matrix:
    """No query."""
    offices = [office for office in country.offices if not region or office.region == region]
    counted = [office for office in offices if office.signs]
    rows = [office.signs for office in counted]
    part = country.parts[OVERALL]
    stands = dict(zip((office.pk for office in counted), part.stands(rows), strict=True))
    scored = country.standard.scored
    ordered = _in_order(offices, order, {node.code: place for place, node in enumerate(scored)}, stands)
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(page, pages)
    words = {level: str(word) for level, word in LEVEL_WORDS.items()}
    shown = []
    for office in ordered[(page - 1) * PAGE : page * PAGE]:
        stand = stands.get(office.pk)
        told = (stand.level, mark_of(stand.level), words[stand.level], figure_of(stand)) if stand else ("", "", "", "")
        shown.append(MatrixRow(office.pk, office.iso, office.name, office.signs, *told))
    means = [each.mean for each in tallies(rows, len(scored))]
    columns = [
        Column(node, *_head(node.code, order), None if mean is None else rounded(mean), _behind(country, node, region))
        for node, mean in zip(scored, means, strict=True)
    ]
    return Matrix(
        country=country,
        areas=[area for code, area in country.standard.areas.items() if code in country.parts],
        columns=columns,
        codes=tuple(node.code for node in scored),
        heads={key: _head(key, order) for key in ("province", OVERALL)},
        rows=shown,
        whole=line(stands.values()),
        counted=len(counted),
        total=len(offices),
        page=page,
        pages=pages,
        steps=steps(),
    )


def _behind(country: Country, node: IndicatorNode, region: str) -> str:
    return link_of(country, part=node.code, region=region, sort="part")


def _head(key: str, order: str) -> tuple[str, str, str]:
    """Where a column's head leads to (a second use turns the order round), aria-sort, and the mark of the order."""
    if order == key:
        return f"-{key}", "ascending", "▲"
    return key, "descending" if order == f"-{key}" else "", "▼" if order == f"-{key}" else ""


def _in_order(offices: Sequence[Office], order: str, places: dict[str, int], stands: dict[int, Any]) -> list[Office]:
    """Sorted by a column, equal ones in dictionary order; what is open or not there stands last either way."""
    key, backwards = order.removeprefix("-"), order.startswith("-")
    if key == "province":
        return list(reversed(offices)) if backwards else list(offices)
    value: Callable[[Office], Any]
    if key == OVERALL:
        there = [office for office in offices if office.pk in stands and stands[office.pk].mean is not None]

        def value(office: Office) -> Any:
            return stands[office.pk].mean
    else:
        place = places[key]
        there = [office for office in offices if office.signs and office.signs[place] != OPEN]

        def value(office: Office) -> Any:
            return office.signs[place]

    known = {office.pk for office in there}
    rest = [office for office in offices if office.pk not in known]
    return [*sorted(there, key=value, reverse=backwards), *rest]


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    found = [
        Step(sign, level, f"{SCORE_OF_SIGN[sign].normalize():f}", LEVEL_WORDS[level])
        for sign, level in LEVEL_OF_SIGN.items()
    ]
    return (*found, Step(OPEN, "open", "–", _("No score yet")))
