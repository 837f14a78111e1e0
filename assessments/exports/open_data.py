"""Open data of what is published: levels and final scores as CSV and JSON, with codes that stay, and what they mean.

CSV is UTF-8 with a byte order mark, because Excel takes a file without one for another encoding and garbles the Thai.
Codes begin with a letter (I4.10, A2-1), because a spreadsheet takes 4.10 for 4.1 and 2-1 for a day in January.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.calendar import ERA, day_of, fiscal_year_span
from assessments.exports.cells import csv_text
from assessments.queries.country_files import OpenData, Published
from indicators.editions import EditionNode
from indicators.scoring import LEVELS

BOM = "\ufeff"
_LEVELS = {level.code: level for level in LEVELS}
Plain = str | int | bool | Decimal


class Column(NamedTuple):
    name: str
    meaning: str | Promise
    value: Callable[[Any], Plain]


class Result(NamedTuple):
    """A published office's total of one part."""

    data: OpenData
    office: Published
    scope: str
    code: str
    total: Any


class Score(NamedTuple):
    """A published office's final score of one indicator."""

    data: OpenData
    office: Published
    code: str
    score: Decimal


class Code(NamedTuple):
    """One code and what it stands for."""

    edition: int
    code: str
    scope: str
    name: str
    of: str
    criterion: str


def _iso_day(office: Published) -> str:
    return day_of(office.published_at).isoformat()


def _thai_day(office: Published) -> str:
    day = day_of(office.published_at)
    return f"{day.day:02d}/{day.month:02d}/{day.year + ERA}"


_PLACES: list[Column] = [
    Column("edition", _("Edition of the standard (B.E.); codes belong to it"), lambda row: row.data.standard.year),
    Column("fiscal_year_be", _("Fiscal year, B.E."), lambda row: row.data.round.year),
    Column(
        "fiscal_year_starts",
        _("First day of the fiscal year, ISO 8601 (Christian year)"),
        lambda row: fiscal_year_span(row.data.round.year)[0].isoformat(),
    ),
    Column(
        "fiscal_year_ends",
        _("Last day of the fiscal year, ISO 8601 (Christian year)"),
        lambda row: fiscal_year_span(row.data.round.year)[1].isoformat(),
    ),
    Column("province", _("Province, ISO 3166-2"), lambda row: row.office.iso),
    Column("province_th", _("Province, in Thai"), lambda row: row.office.name_th),
    Column("province_en", _("Province, in English"), lambda row: row.office.name_en),
    Column("region", _("Region, as the handbook groups the provinces: a code"), lambda row: row.office.region_code),
    Column("region_th", _("Region, in Thai"), lambda row: row.office.region_th),
]
_DAYS: list[Column] = [
    Column("published_on", _("Day on which the result was published, ISO 8601"), lambda row: _iso_day(row.office)),
    Column("published_on_be", _("The same day as day/month/B.E. year"), lambda row: _thai_day(row.office)),
]
RESULTS: list[Column] = [
    *_PLACES,
    Column("scope", _("What the result is of: overall, dimension or area"), lambda row: row.scope),
    Column(
        "code",
        _("ALL, D and the dimension (D2), or A and dimension-area (A2-1); names are in codes.csv"),
        lambda row: row.code,
    ),
    Column("indicators", _("Number of scored indicators in it"), lambda row: row.total["count"]),
    Column(
        "mean",
        _("Final mean of the indicators, 0.00 to 10.00, rounded half up"),
        lambda row: Decimal(row.total["mean"]),
    ),
    Column(
        "level",
        _("Level of the published mean: good, fairly_good, should_improve, must_improve, urgent"),
        lambda row: row.total["level"],
    ),
    Column("level_th", _("The level as the handbook names it, in Thai"), lambda row: _LEVELS[row.total["level"]].name),
    Column(
        "passes",
        _("1 if the level passes (7.00 and above), else 0"),
        lambda row: int(_LEVELS[row.total["level"]].passes),
    ),
    *_DAYS,
]
SCORES: list[Column] = [
    *_PLACES,
    Column("code", _("I and the indicator (I4.10); its name is in codes.csv"), lambda row: row.code),
    Column("score", _("Final score of the indicator: 0, 2.5, 5, 7.5 or 10"), lambda row: row.score),
    *_DAYS,
]
CODES: list[Column] = [
    Column("edition", _("Edition of the standard (B.E.)"), lambda row: row.edition),
    Column("code", _("The code in the other files"), lambda row: row.code),
    Column("scope", _("overall, dimension, area or indicator"), lambda row: row.scope),
    Column("name_th", _("Its name in the standard, in Thai"), lambda row: row.name),
    Column("belongs_to", _("The code of the part that it belongs to"), lambda row: row.of),
    Column("criterion_th", _("The criterion of an indicator, in Thai"), lambda row: row.criterion),
]


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV: its name, what it holds, its columns, and its rows."""

    name: str
    title: str | Promise
    columns: Sequence[Column]
    rows: Callable[[OpenData], Iterable[Any]]


def results_in(data: OpenData) -> Iterator[Result]:
    for office in data.published:
        yield Result(data, office, "overall", "ALL", office.results["overall"])
        for dimension in data.standard.dimensions:
            if dimension.scored:
                key = str(dimension.number)
                yield Result(data, office, "dimension", f"D{key}", office.results["dimensions"][key])
                for area in dimension.areas:
                    yield Result(data, office, "area", f"A{area.code}", office.results["areas"][area.code])


def scores_in(data: OpenData) -> Iterator[Score]:
    for office in data.published:
        for node in data.standard.scored:
            if node.code in office.scores:
                yield Score(data, office, f"I{node.code}", office.scores[node.code])


def codes_in(data: OpenData) -> Iterator[Code]:
    standard: EditionNode = data.standard
    yield Code(standard.year, "ALL", "overall", standard.title, "", "")
    for dimension in standard.dimensions:
        if dimension.scored:
            yield Code(standard.year, f"D{dimension.number}", "dimension", dimension.name, "ALL", "")
            for area in dimension.areas:
                yield Code(standard.year, f"A{area.code}", "area", area.name, f"D{dimension.number}", "")
                for node in area.indicators:
                    yield Code(standard.year, f"I{node.code}", "indicator", node.name, f"A{area.code}", node.criterion)


TABLES = (
    Table("results", _("Means and levels: overall, by dimension and by area"), RESULTS, results_in),
    Table("indicators", _("Final scores by indicator"), SCORES, scores_in),
    Table("codes", _("What the codes stand for"), CODES, codes_in),
)
JSON_NAME = "open-data.json"


def file_name(data: OpenData, name: str) -> str:
    return f"pmj-standards-{data.round.year}-{name}"


def csv_of(data: OpenData, table: Table) -> Iterator[str]:
    """The CSV in pieces, with its byte order mark."""
    line = io.StringIO()
    writer = csv.writer(line)

    def written(values: Iterable[Plain]) -> str:
        writer.writerow([csv_text(value) if isinstance(value, str) else value for value in values])
        text = line.getvalue()
        line.seek(0)
        line.truncate()
        return text

    yield BOM + written(column.name for column in table.columns)
    for row in table.rows(data):
        yield written(column.value(row) for column in table.columns)


def json_of(data: OpenData) -> str:
    """All tables with what their columns mean; figures as JSON numbers, each as exact as it was published."""
    whole = {
        "title": f"PMJ standards, fiscal year {data.round.year} B.E.",
        "fiscal_year_be": data.round.year,
        "edition": data.standard.year,
        "offices": data.offices,
        "published": len(data.published),
        "columns": {table.name: {column.name: str(column.meaning) for column in table.columns} for table in TABLES},
        **{
            table.name: [
                {column.name: _plain(column.value(row)) for column in table.columns} for row in table.rows(data)
            ]
            for table in TABLES
        },
    }
    return json.dumps(whole, ensure_ascii=False)


def _plain(value: Plain) -> str | int | float:
    return float(value) if isinstance(value, Decimal) else value
