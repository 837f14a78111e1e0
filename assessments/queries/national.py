"""The offices of one round for the centre: one query for all of them, filtered and sorted in memory.

At most 76 rows, whose totals were kept when the answers were saved: reading them all once also gives the counts on
top, and finds a province by any of its spellings, which the database cannot.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.fields.json import KT
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.access import assessments_seen
from assessments.calendar import day_of, end_of, short_date, today
from assessments.country import LEVEL_OF_SIGN, OPEN, PASSING, SCORE_OF_SIGN, bin_of
from assessments.models import Region, Round, User
from assessments.queries.country import COUNTED, KEPT, OVERALL, parts_of
from assessments.queries.values import CLAIMED, FINAL, SENT, VERIFIED
from assessments.templatetags.pmj import level_mark
from assessments.workflow import CLOSED, Status
from indicators import editions
from indicators.editions import EditionNode
from indicators.thai import squeeze

# What a column shows: a draft that nobody has touched yet is "not started".
STATUSES: dict[str, str | Promise] = {
    "new": _("Not started"),
    Status.DRAFT.value: Status.DRAFT.label,
    Status.SUBMITTED.value: Status.SUBMITTED.label,
    Status.IN_REVIEW.value: Status.IN_REVIEW.label,
    Status.RETURNED.value: Status.RETURNED.label,
    Status.VERIFIED.value: Status.VERIFIED.label,
    Status.REPLIED.value: Status.REPLIED.label,
    Status.FINAL.value: Status.FINAL.label,
    Status.PUBLISHED.value: Status.PUBLISHED.label,
}
# The levels in a word, for narrow columns; "open" while the range still spans two of them.
LEVEL_WORDS: dict[str, str | Promise] = {
    "good": _("Good"),
    "fairly_good": _("Fairly good"),
    "should_improve": _("Should improve"),
    "must_improve": _("Must improve"),
    "urgent": _("Must improve urgently"),
    "open": _("Level still open"),
}
COLUMNS: dict[str, str | Promise] = {
    "province": _("Province"),
    "region": _("Region"),
    "status": _("Status"),
    "answered": _("Answered"),
    "2": _("Dimension 2"),
    "3": _("Dimension 3"),
    "4": _("Dimension 4"),
    "overall": _("Dimensions 2–4"),
    "submitted": _("Submitted on"),
}
FIGURES = ("2", "3", "4", "overall")
# The three values: the word of each beside an office's figures and in the column's head.
VALUE_WORDS: dict[str, str | Promise] = {
    CLAIMED: _("claimed"),
    VERIFIED: _("verified"),
    FINAL: pgettext_lazy("score", "final"),
}
_FIELDS = (
    *("pk", "status", "touched", "answered", "closes_on", "submitted_at"),
    # Of the kept totals only what the list shows: the areas' twenty stay in the database.
    *(f"{kept}__{part}" for kept in KEPT.values() for part in ("dimensions", "overall")),
    *("province__name_th", "province__name_en", "province__other_names", "province__sort_key"),
    *("province__region__code", "province__region__order", "province__region__name_th", "province__region__name_en"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean, or the range from the worst to the best case, with its level ("open" while it spans two)."""

    low: Decimal
    high: Decimal
    level: str
    mark: str
    word: str
    text: str


# Of an office that does not have the wanted value: it passes no level's filter, and stands last in either order.
NO_FIGURE = Figure(Decimal(0), Decimal(10), level="", mark="", word="", text="–")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, looked up once and not for each of 300 cells."""

    english: bool
    statuses: Mapping[str, str]
    levels: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One office. `is_late` says that it was submitted after the round's own closing day; `figures` holds the three
    dimensions and the whole, in the order of FIGURES, and at last an area or an indicator that is asked for; `value` is
    which of the three values they are, in a word, empty where the office has none of the wanted one. `counted` says
    that the country's figures count that value."""

    pk: int
    name: str
    other_language: str
    searched: tuple[str, ...]
    sort_key: str
    region: str
    region_code: str
    region_order: int
    status: str
    status_word: str
    answered: int
    closes_on: date
    submitted_at: datetime | None
    submitted: str
    is_late: bool
    figures: tuple[Figure, ...]
    value: str
    counted: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many offices stand in a state, of how many."""

    status: str
    word: str | Promise
    number: int


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: the order that its link leads to, and how the list stands now (aria-sort)."""

    key: str
    label: str | Promise
    leads_to: str
    sorted: str
    mark: str


def rounds() -> list[Round]:
    """All rounds, the newest first."""
    return list(Round.objects.select_related("edition"))


def opened_last(found: Sequence[Round]) -> Round:
    """The round that opened last, else the first to open. There must be one."""
    by_opening = sorted(found, key=lambda round_: (round_.opens_on, round_.year))
    begun = [round_ for round_ in by_opening if round_.opens_on <= today()]
    return begun[-1] if begun else by_opening[0]


def regions() -> list[Region]:
    return list(Region.objects.all())


def offices_of(round_: Round, user: User, value: str = "", part: str = OVERALL) -> list[Row]:
    """The offices of a round that a person sees, in dictionary order. One query (a supporter's provinces: one more).

    `value` is which of the three values is shown; empty shows the latest that each office has. `part` may be an area or
    an indicator, whose figure is then shown too.
    """
    words = Words(
        english=get_language() == "en",
        statuses={status: str(word) for status, word in STATUSES.items()},
        levels={level: str(word) for level, word in LEVEL_WORDS.items()},
        values={key: str(word) for key, word in VALUE_WORDS.items()},
    )
    extra = {} if part in FIGURES else {f"{kept}_part": _stored(kept, part) for kept in KEPT.values()}
    fields = (*_FIELDS, *extra)
    offices = assessments_seen(user).filter(round=round_).order_by("province__sort_key")
    found = offices.annotate(**extra).values_list(*fields)
    late_from = end_of(round_.closes_on)
    place = parts_of(editions.standard_of(round_.edition))[part].first if "." in part else None
    rows = []
    for values in found:
        by_name = dict(zip(fields, values, strict=True))
        row = _row(by_name, words, late_from, value)
        if extra:
            shown = _kept(by_name, value)
            kept = by_name[f"{KEPT[shown]}_part"] if shown else None
            row = replace(row, figures=(*row.figures, _extra(kept, place, words)))
        rows.append(row)
    return rows


def _stored(kept: str, part: str) -> Any:
    """Where an area's total is kept, and the signs among which an indicator's is: these as text, not as one number."""
    return KT(f"{kept}__scores") if "." in part else F(f"{kept}__areas__{part}")


def _extra(kept: Any, place: int | None, words: Words) -> Figure:
    if not kept:
        return NO_FIGURE
    if place is None:
        return _figure(kept, words)
    sign = kept[place]
    if sign == OPEN:
        return _figure(None, words)
    score, level = SCORE_OF_SIGN[sign], LEVEL_OF_SIGN[sign]
    return Figure(score, score, level, level_mark(level), words.levels[level], f"{score.normalize():f}")


def place_of(part: str) -> int:
    """Which of a row's figures is that of a part."""
    return FIGURES.index(part) if part in FIGURES else -1


def part_words(standard: EditionNode, *extra: str) -> list[tuple[str, str]]:
    """The parts that a person chooses from, and how they are called: the whole, dimensions, areas, and what else is
    asked for. In English without the standard's own names, which are Thai."""
    english = get_language() == "en"
    found = [(OVERALL, str(COLUMNS[OVERALL]))]
    for dimension in standard.dimensions:
        if dimension.scored:
            found.append((str(dimension.number), part_word(str(dimension.number), dimension.short_name, english)))
            found += [(area.code, part_word(area.code, area.name, english)) for area in dimension.areas]
    return [*found, *((key, part_word(key, standard.indicators[key].name, english)) for key in extra if "." in key)]


def part_word(key: str, name: str, english: bool) -> str:
    """มิติที่ 2 ระบบและกระบวนการ, ด้าน 2-1 ..., ตัวชี้วัด 2.1 ...; in English without the name."""
    kind = _("Indicator %(key)s") if "." in key else _("Area %(key)s") if "-" in key else _("Dimension %(key)s")
    word = str(kind) % {"key": key}
    return word if english else f"{word} {name}"


def _kept(values: Mapping[str, Any], wanted: str) -> str:
    """Which of the three values an office shows: the wanted one where it has it, else the latest; empty for none. The
    verified one counts once it was sent, the final one once it stands."""
    there = [CLAIMED]
    if values["status"] in SENT and values["verified_results__overall"]:
        there.append(VERIFIED)
    if values["status"] in CLOSED and values["final_results__overall"]:
        there.append(FINAL)
    if not wanted:
        return there[-1]
    return wanted if wanted in there else ""


def _row(values: Mapping[str, Any], words: Words, late_from: datetime, wanted: str) -> Row:
    english = words.english
    name_th, name_en = values["province__name_th"], values["province__name_en"]
    status = "new" if values["status"] == Status.DRAFT and not values["touched"] else values["status"]
    submitted_at = values["submitted_at"]
    value = _kept(values, wanted)
    kept = KEPT.get(value, "")
    totals = {**(values.get(f"{kept}__dimensions") or {}), "overall": values.get(f"{kept}__overall")}
    return Row(
        pk=values["pk"],
        name=name_en if english else name_th,
        other_language=name_th if english else name_en,
        searched=tuple(squeeze(name) for name in (f"สนง.พมจ.{name_th}", name_en, *values["province__other_names"])),
        sort_key=name_en.casefold() if english else values["province__sort_key"],
        region=values["province__region__name_en" if english else "province__region__name_th"],
        region_code=values["province__region__code"],
        region_order=values["province__region__order"],
        status=status,
        status_word=words.statuses[status],
        answered=values["answered"],
        closes_on=values["closes_on"],
        submitted_at=submitted_at,
        submitted=short_date(day_of(submitted_at)) if submitted_at else "",
        is_late=submitted_at is not None and submitted_at >= late_from,
        figures=tuple(_figure(totals.get(key), words) for key in FIGURES) if value else (NO_FIGURE,) * len(FIGURES),
        value=words.values.get(value, ""),
        counted=bool(value) and values["status"] in COUNTED[value],
    )


def _figure(total: Mapping[str, Any] | None, words: Words) -> Figure:
    """From a kept total (`Assessment.results`); without one everything is still open."""
    low, high, level = (total["low"], total["high"], total["level"] or "open") if total else ("0.00", "10.00", "open")
    return Figure(
        low=Decimal(low),
        high=Decimal(high),
        level=level,
        mark="○" if level == "open" else level_mark(level),
        word=words.levels[level],
        text=low if low == high else f"{low}–{high}",
    )


def counts_of(rows: Sequence[Row]) -> list[Count]:
    """How many offices stand in each state; together they are all of them."""
    found = Counter(row.status for row in rows)
    return [Count(status, word, found[status]) for status, word in STATUSES.items()]


def chosen(
    rows: Sequence[Row],
    *,
    region: str = "",
    status: str = "",
    level: str = "",
    search: str = "",
    counted: str = "",
    band: str = "",
    part: str = OVERALL,
) -> list[Row]:
    """The rows that pass every filter that is set. `level` is that of the part, or "pass" or "fail"; `counted` asks for
    those that the country's figures count ("1") or do not ("0"); `band` is the lower edge of a half point in which the
    whole's mean lies."""
    wanted, place = squeeze(search), place_of(part)
    for before in ("จังหวัด", "จ."):
        wanted = wanted.removeprefix(before)
    levels = _GROUPS.get(level, {level})
    return [
        row
        for row in rows
        if (not region or row.region_code == region)
        and (not status or row.status == status)
        and (not level or row.figures[place].level in levels)
        and (not counted or row.counted == (counted == "1"))
        and (not band or _within(row.figures[place_of(OVERALL)], band))
        and (not wanted or any(wanted in name for name in row.searched))
    ]


_GROUPS = {"pass": PASSING, "fail": frozenset(LEVEL_WORDS) - PASSING - {"open"}}


def _within(figure: Figure, band: str) -> bool:
    return figure.low == figure.high and str(bin_of(figure.low)) == band


_ORDER = {status: place for place, status in enumerate(STATUSES)}
_SORT_BY: dict[str, Callable[[Row], Any]] = {
    "province": lambda row: row.sort_key,
    "region": lambda row: row.region_order,
    "status": lambda row: _ORDER[row.status],
    "answered": lambda row: row.answered,
    "submitted": lambda row: row.submitted_at,
}


def in_order(rows: Sequence[Row], order: str, part: str = OVERALL) -> list[Row]:
    """Sorted by a column ("overall", or "-overall" for the highest first); equal rows stay in dictionary order.

    What is not submitted, and a mean that is still a range, stands last either way.
    """
    key = order.removeprefix("-")
    by_name = sorted(rows, key=_SORT_BY["province"])
    backwards = order.startswith("-")
    if key in FIGURES or key == "part":
        place = place_of(part if key == "part" else key)
        ordered = sorted(by_name, key=lambda row: (row.figures[place].low, row.figures[place].high), reverse=backwards)
        return sorted(ordered, key=lambda row: row.figures[place].low != row.figures[place].high)
    if key == "submitted":
        there = [row for row in by_name if row.submitted_at]
        return [*sorted(there, key=_SORT_BY[key], reverse=backwards), *(row for row in by_name if not row.submitted_at)]
    return sorted(by_name, key=_SORT_BY[key], reverse=backwards)


def heads(order: str, value: str = "", part: str = OVERALL) -> list[Head]:
    """The columns' heads: a second use of the same one turns the order round. The last figure names its value."""
    found = []
    labels: dict[str, str | Promise] = dict(COLUMNS)
    if part not in FIGURES:
        submitted = labels.pop("submitted")
        labels |= {"part": part_word(part, "", english=True), "submitted": submitted}
    last = "part" if "part" in labels else OVERALL
    if value:
        labels[last] = f"{labels[last]} ({VALUE_WORDS[value]})"
    for key, label in labels.items():
        up, down = order == key, order == f"-{key}"
        state = "ascending" if up else "descending" if down else ""
        found.append(Head(key, label, f"-{key}" if up else key, state, "▲" if up else "▼" if down else ""))
    return found
