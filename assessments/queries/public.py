"""The published levels of a round for everybody: of each province and dimension the final level and mean, nothing else.

No names of persons, no answers, nothing below a dimension, and of an office whose result is not published only that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from assessments import shapes
from assessments.country import LEVEL_CODES, NO_LEVEL, Line, Stand, line
from assessments.models import Round
from assessments.queries.country import OVERALL, Country, Office, node_of, read_within
from assessments.queries.national import LEVEL_WORDS
from assessments.queries.overview import NONE, figure_of, mark_of
from assessments.queries.values import FINAL
from assessments.workflow import Status
from indicators.editions import AreaNode, DimensionNode, IndicatorNode
from indicators.scoring import level_rows

Node = DimensionNode | AreaNode | IndicatorNode | None


class Stands(NamedTuple):
    """The level of one part with its mark, word and mean; `kind` is "none" where nothing is published."""

    kind: str
    mark: str
    word: str
    figure: str


class Place(NamedTuple):
    """A province: on the map what `shown` says, in the table every part under its word."""

    iso: str
    name: str
    label: str
    outline: str
    shown: Stands
    parts: Sequence[tuple[str, Stands]]


class Key(NamedTuple):
    """An entry of the legend; `means` are the published means that a level covers."""

    kind: str
    mark: str
    word: str
    means: str
    number: int


class Row(NamedTuple):
    """A dimension, or None for all of them together, with its line of the national table."""

    key: str
    node: Node
    line: Line


@dataclass(frozen=True)
class Results:
    """A public round. `years` are all of them, the newest first; `rest` draws what has no office."""

    round: Round
    years: Sequence[int]
    published: int
    offices: int
    show: str
    node: Node
    rows: Sequence[Row]
    places: Sequence[Place]
    keys: Sequence[Key]
    box: str
    rest: Sequence[str]
    origin: str = shapes.ORIGIN
    licence: str = shapes.LICENCE


def public_rounds() -> list[Round]:
    """The rounds whose page is on and that have a published result, the newest first. One query."""
    found = Round.objects.filter(public_since__isnull=False, assessments__status=Status.PUBLISHED)
    return list(found.select_related("edition").order_by("-year").distinct())


def has_page(round_: Round) -> bool:
    """One query."""
    return any(each.pk == round_.pk for each in public_rounds())


def results_of(year: int | None, show: str) -> Results | None:
    """The year's results, or the newest; None where there is no public page. Two queries."""
    rounds = public_rounds()
    round_ = next((each for each in rounds if year in (None, each.year)), None)
    if round_ is None:
        return None
    everybody = read_within(round_, None, FINAL)
    published = [each for each in everybody.offices if each.status == Status.PUBLISHED and each.signs]
    country = Country(round_, everybody.standard, FINAL, published)
    keys = [str(each.number) for each in country.standard.dimensions if each.scored]
    keys.append(OVERALL)
    show = show if show in keys else OVERALL
    stands = {key: country.stands(key) for key in keys}
    picture = shapes.picture()
    outlines = picture.outlines if picture else {}
    with_office = {each.iso for each in everybody.offices}
    return Results(
        round=round_,
        years=[each.year for each in rounds],
        published=len(published),
        offices=len(everybody.offices),
        show=show,
        node=node_of(country.standard, show),
        rows=[Row(key, node_of(country.standard, key), line(stands[key])) for key in keys],
        places=_places(everybody.offices, published, stands, show, outlines),
        keys=_keys(stands[show], len(everybody.offices) - len(published)),
        box=picture.box if picture else "",
        rest=[outline for iso, outline in outlines.items() if iso not in with_office],
    )


def _places(
    offices: Sequence[Office],
    published: Sequence[Office],
    stands: dict[str, list[Stand]],
    show: str,
    outlines: dict[str, str],
) -> list[Place]:
    nothing = Stands(NONE, "–", _("No published result"), "–")
    words = {level: str(word) for level, word in LEVEL_WORDS.items()}
    sentence = _("%(province)s: level %(level)s, %(mean)s")
    heads = {key: _("Dimension %(number)s") % {"number": key} for key in stands} | {OVERALL: _("Dimensions 2–4")}
    place_of = {office.pk: place for place, office in enumerate(published)}
    found = []
    for office in offices:
        at = place_of.get(office.pk)
        if at is None:
            told = dict.fromkeys(stands, nothing)
            label = f"{office.name}: {nothing.word}"
        else:
            told = {key: _told(each[at], words) for key, each in stands.items()}
            shown = told[show]
            label = sentence % {"province": office.name, "level": shown.word, "mean": shown.figure}
        found.append(
            Place(
                *(office.iso, office.name, label, outlines.get(office.iso, ""), told[show]),
                [(heads[key], each) for key, each in told.items()],
            )
        )
    return found


def _told(stand: Stand, words: dict[str, str]) -> Stands:
    return Stands(stand.level, mark_of(stand.level), words[stand.level], figure_of(stand))


def _keys(stands: Sequence[Stand], missing: int) -> list[Key]:
    numbers = Counter(stand.level for stand in stands)
    covers = {row.level.code: f"{row.low}–{row.high}" for row in level_rows()}
    found = [
        Key(level, mark_of(level), str(LEVEL_WORDS[level]), covers.get(level, ""), numbers[level])
        for level in (*LEVEL_CODES, NO_LEVEL)
        if level != NO_LEVEL or numbers[level]
    ]
    if missing:
        found.append(Key(NONE, "–", _("No published result"), "", missing))
    return found
