"""One office in context: its years, its areas beside its region and the country, what changed, its plan and findings.

What is read costs the same with any number of years: of other offices only the chosen round is read, and only what was
kept when answers changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.fields.json import KT
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from assessments.calendar import start_of
from assessments.charts import Chart, Value, chart_of
from assessments.country import NO_LEVEL, Line, Part, Stand, line
from assessments.models import Assessment, Evidence, FollowUp, Province, Round, User
from assessments.queries.country import COUNTED, KEPT, OVERALL, Country, node_of, parts_of, read_within
from assessments.queries.national import LEVEL_WORDS
from assessments.queries.overview import Node, figure_of, mark_of
from assessments.queries.plan import PastPlan, PlanRow, past_plan, planned, rows_of
from assessments.queries.trends import EditionNote, years_of
from assessments.queries.visits import Found, findings_where
from assessments.trends import Year, moved
from assessments.workflow import OFFICE_ROLES, Role
from indicators import editions
from indicators.editions import AreaNode, DimensionNode, EditionNode, IndicatorNode
from indicators.scoring import HIGHEST, LEVELS

# For whoever does not see the country's offices: a mean of fewer would tell single offices' scores.
FEWEST = 5
# How many lines each list of the page has; the rest stand on pages of their own. Two printed pages hold them all.
MOST_MOVED, MOST_STEPS, MOST_FINDINGS = 5, 5, 6
# The bar beside an area's figures: a point is so many units wide.
POINT = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """The office in a part in a year. `stand` is None without a figure; `comparable` with the newest edition."""

    stand: Stand | None
    comparable: bool

    @property
    def figure(self) -> str:
        return figure_of(self.stand) if self.stand else "–"

    @property
    def level(self) -> str:
        return self.stand.level if self.stand else ""

    @property
    def mark(self) -> str:
        return mark_of(self.stand.level) if self.stand else ""

    @property
    def word(self) -> str | Promise:
        return LEVEL_WORDS[self.stand.level] if self.stand else ""


@dataclass(frozen=True, slots=True)
class YearColumn:
    """A round with the office's assessment in it, None where it has none."""

    year: int
    edition: int
    assessment: int | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """A dimension, or None for the whole, over the years."""

    node: Node
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Bar:
    """The office in an area of the round beside its region and the country; a mean is None where there is none to
    show. The widths and places are those of the bar's picture."""

    node: AreaNode
    cell: Cell
    region: Decimal | None
    country: Decimal | None

    @property
    def width(self) -> float:
        """Of a range: as far as it surely reaches."""
        return _place(self.cell.stand.low) if self.cell.stand else 0

    @property
    def region_at(self) -> float | None:
        return None if self.region is None else _place(self.region)

    @property
    def country_at(self) -> float | None:
        return None if self.country is None else _place(self.country)


@dataclass(frozen=True, slots=True)
class MovedRow:
    """An indicator that has another score than in the year before."""

    node: IndicatorNode
    before: Decimal
    now: Decimal
    rose: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed since `year`; `rows` are the biggest, the risen first, of `risen` and `fallen` in all."""

    year: int
    before: Cell
    now: Cell
    risen: int
    fallen: int
    rows: Sequence[MovedRow]

    @property
    def more(self) -> int:
        return self.risen + self.fallen - len(self.rows)


@dataclass(frozen=True)
class Profile:
    """A province's page. `assessment` is that of the round, None where the office has none in it."""

    province: Province
    round: Round
    value: str
    assessment: Assessment | None
    years: Sequence[YearColumn]
    rows: Sequence[PartRow]
    chart: Chart | None
    notes: Sequence[EditionNote]
    bars: Sequence[Bar]
    now: Cell
    region_counted: int
    country_counted: int
    movement: Movement | None
    plan: Sequence[PlanRow]
    past: PastPlan | None
    findings: Sequence[Found]
    evidence: int
    proven: int
    # For the filter `slice`.
    most_steps: str = f":{MOST_STEPS}"
    most_findings: str = f":{MOST_FINDINGS}"

    @property
    def total(self) -> Mapping[str, str]:
        """The level of the round as a kept total has it: empty while it is still open."""
        return {"level": self.now.level if self.now.level != NO_LEVEL else ""}

    @property
    def more_findings(self) -> bool:
        return len(self.findings) > MOST_FINDINGS

    @property
    def scale(self) -> int:
        """The width of a bar that is full."""
        return POINT * int(HIGHEST)


def profile_of(province: Province, rounds: Sequence[Round], round_: Round, user: User, value: str) -> Profile:
    """For a person who sees the office. Two queries, and seven to eleven more where it is in the round: the plans and
    the findings each cost one more where there are some."""
    ordered = sorted(rounds, key=lambda each: each.year)
    own = _own(province, value)
    rows = {each.pk: {province.pk: own[each.pk].signs} if each.pk in own else {} for each in ordered}
    rows = {pk: {key: signs for key, signs in row.items() if signs} for pk, row in rows.items()}
    years = years_of(ordered, {each.pk: [province.pk] if each.pk in own else [] for each in ordered}, rows)
    country = read_within(round_, None, value)
    standard = editions.standard_of(ordered[-1].edition)
    keys = [OVERALL, *(str(each.number) for each in standard.dimensions if each.scored)]
    parts = parts_of(standard)
    table = [PartRow(node_of(standard, key), [_cell(year, parts[key], province) for year in years]) for key in keys]
    assessment = _assessment(own.get(round_.pk))
    plans = rows_of(assessment) if assessment else []
    evidence, proven = _evidence(assessment) if assessment else (0, 0)
    place = next(place for place, each in enumerate(ordered) if each.pk == round_.pk)
    return Profile(
        province=province,
        round=round_,
        value=value,
        assessment=assessment,
        years=[
            YearColumn(each.year, year.edition, own[each.pk].pk if each.pk in own else None)
            for each, year in zip(ordered, years, strict=True)
        ],
        rows=table,
        chart=_chart(years, table),
        notes=_notes(years, parts[OVERALL]),
        bars=_bars(country, province, shares=_shares(user)),
        now=_cell(years[place], parts[OVERALL], province),
        region_counted=sum(office.region == _region(province) for office in country.counted),
        country_counted=len(country.counted),
        movement=_movement(years[place - 1], years[place], parts, standard, province) if place else None,
        plan=planned(plans),
        past=past_plan(assessment, plans) if assessment else None,
        findings=_findings(assessment) if assessment else [],
        evidence=evidence,
        proven=proven,
    )


class _Own(NamedTuple):
    pk: int
    signs: str


def _own(province: Province, value: str) -> dict[int, _Own]:
    """The office's assessments with their signs, empty where none count, by the round's key. One query."""
    columns = ("round", "pk", "status", KT(f"{KEPT[value]}__scores"))
    found = Assessment.objects.filter(province=province).order_by().values_list(*columns)
    counted = COUNTED[value]
    return {round_: _Own(pk, (signs or "") if status in counted else "") for round_, pk, status, signs in found}


def _assessment(own: _Own | None) -> Assessment | None:
    """One query."""
    return Assessment.objects.whole().get(pk=own.pk) if own else None


def _cell(year: Year, part: Part, province: Province) -> Cell:
    stands = year.stands(part, also_own=True) or {}
    return Cell(stands.get(province.pk), year.pairing.compares(part))


def _chart(years: Sequence[Year], table: Sequence[PartRow]) -> Chart | None:
    """A line for the whole and for each dimension; a range has no place on it."""
    lines = []
    for row in table:
        dimension = row.node.number if isinstance(row.node, DimensionNode) else None
        name = _("Dimension %(number)s") % {"number": dimension} if dimension else _("Dimensions 2–4")
        values = [
            Value(
                str(year.year),
                cell.stand.low if cell.stand and cell.stand.mean is not None else None,
                0 if cell.comparable else year.edition,
            )
            for year, cell in zip(years, row.cells, strict=True)
        ]
        lines.append((name, values))
    return chart_of(lines, [(level.at_least, level.code) for level in LEVELS if level.at_least])


def _notes(years: Sequence[Year], part: Part) -> list[EditionNote]:
    return [
        EditionNote(this.year, last.edition, this.edition, last.pairing.compares(part))
        for last, this in pairwise(years)
        if last.edition != this.edition
    ]


# --- beside the others --------------------------------------------------------------------------------


def _shares(user: User) -> int:
    """Of how many offices at least a mean has to be for this person to see it."""
    return 1 if user.role not in (*OFFICE_ROLES, Role.SUPPORTER) else FEWEST


def _region(province: Province) -> str:
    return province.region.code if province.region else ""


def _bars(country: Country, province: Province, *, shares: int) -> list[Bar]:
    """The areas of the scored dimensions in printed order; none where the office has no scores in the round."""
    signs = next((office.signs for office in country.counted if office.province == province.pk), "")
    if not signs:
        return []
    near = [office.signs for office in country.counted if office.region == _region(province)]
    bars = []
    for code, node in country.standard.areas.items():
        part = country.parts.get(code)
        if part is not None:
            cell = Cell(part.stand(signs[part.first : part.end]), True)
            means = [_mean(line(part.counts(rows)), shares) for rows in (near, country.rows)]
            bars.append(Bar(node, cell, *means))
    return bars


def _mean(of: Line, shares: int) -> Decimal | None:
    return of.two if of.measured >= shares else None


def _place(mean: Decimal) -> float:
    return float(mean * POINT)


# --- what changed -------------------------------------------------------------------------------------


def _movement(
    before: Year, now: Year, parts: Mapping[str, Part], standard: EditionNode, province: Province
) -> Movement | None:
    """None where one of the two rounds has no scores of the office."""
    if province.pk not in before.rows or province.pk not in now.rows:
        return None
    whole = parts[OVERALL]
    rows = before.pairing.paired(before.rows[province.pk]), now.pairing.paired(now.rows[province.pk])
    risen, fallen = moved(*rows, whole, rising=True), moved(*rows, whole, rising=False)
    # Where one way has few, the other has its place too.
    up = min(len(risen), max(MOST_MOVED, 2 * MOST_MOVED - len(fallen)))
    down = min(len(fallen), 2 * MOST_MOVED - up)
    shown = [MovedRow(standard.scored[each.place], each.before, each.now, each.by > 0) for each in risen[:up]]
    shown += [MovedRow(standard.scored[each.place], each.before, each.now, each.by > 0) for each in fallen[:down]]
    cells = _cell(before, whole, province), _cell(now, whole, province)
    return Movement(before.year, *cells, risen=len(risen), fallen=len(fallen), rows=shown)


# --- evidence and findings ----------------------------------------------------------------------------


def _evidence(assessment: Assessment) -> tuple[int, int]:
    """How many files and links the office keeps, and how many indicators have one. One query."""
    found = Evidence.objects.kept().filter(assessment=assessment)
    counted = found.aggregate(kept=Count("pk", distinct=True), answers=Count("uses__answer", distinct=True))
    return counted["kept"], counted["answers"]


def _findings(assessment: Assessment) -> list[Found]:
    """Of this round, and of earlier ones what was not done when it opened. One query, two where there are some."""
    year = assessment.round.year
    of_round = Q(answer__assessment__round__year=year)
    open_then = ~Q(follow_up=FollowUp.DONE) | Q(follow_up_at__gte=start_of(assessment.round.opens_on))
    earlier = Q(answer__assessment__round__year__lt=year) & open_then
    return findings_where(of_round | earlier, answer__assessment__province=assessment.province_id)
