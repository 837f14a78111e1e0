"""What each office lacks of one item, as the map of the provinces shows it. No query."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from assessments import shapes
from assessments.queries.resources import Office, Resources
from assessments.resources import ENOUGH, MUCH, OPEN, SOME, Item, step_of
from indicators.thai import number

NOT_SENT = "not_sent"
# The patterns of the country's map (templates/country/_patterns.html), told apart without colour too.
PATTERNS = {ENOUGH: "same", SOME: "down", MUCH: "down_much", OPEN: "open", NOT_SENT: "none"}
MARKS = {ENOUGH: "✓", SOME: "▼", MUCH: "▼▼", OPEN: "?", NOT_SENT: "–"}
# The list of offices behind each step; those that did not submit are in the national list.
SHOWN = {ENOUGH: "met", SOME: "lacking", MUCH: "lacking", OPEN: "open"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One province: its pattern, and in words what it lacks."""

    pk: int
    pattern: str
    label: str
    outline: str


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend; `shown` names the list behind its number, empty for what did not submit."""

    pattern: str
    mark: str
    word: str | Promise
    number: int
    shown: str


@dataclass(frozen=True, slots=True)
class ItemMap:
    box: str
    spots: Sequence[Spot]
    rest: Sequence[str]
    keys: Sequence[Key]
    origin: str = shapes.ORIGIN
    licence: str = shapes.LICENCE


def map_of(resources: Resources, item: Item) -> ItemMap | None:
    """None where the shapes are not there: the list beside it holds the same."""
    picture = shapes.picture()
    if picture is None:
        return None
    stands = {stand.office: stand for stand in resources.stands[item.key]}
    largest = max((stand.lacks for stand in stands.values() if stand.lacks is not None), default=Decimal(0))
    told: list[tuple[Office, str, str]] = []
    unit = item.unit if item.counted else _("percentage points")
    for office in resources.offices:
        lacks = stands[office.pk].lacks
        step = step_of(lacks, largest)
        if step in (SOME, MUCH) and lacks is not None:
            word = _("lacks %(number)s %(unit)s") % {"number": number(lacks), "unit": unit}
        else:
            word = _("lacks nothing") if step == ENOUGH else _("no answer")
        told.append((office, step, word))
    told += [(office, NOT_SENT, _("not submitted yet")) for office in resources.waiting]
    with_office = {office.iso for office, _step, _word in told}
    return ItemMap(
        box=picture.box,
        spots=[
            Spot(office.pk, PATTERNS[step], f"{office.name}: {word}", picture.outlines[office.iso])
            for office, step, word in told
            if office.iso in picture.outlines
        ],
        rest=[outline for iso, outline in picture.outlines.items() if iso not in with_office],
        keys=_keys(Counter(step for _office, step, _word in told), largest, unit),
    )


def _keys(numbers: Counter[str], largest: Decimal, unit: str) -> list[Key]:
    half = {"number": number(largest / 2), "unit": unit}
    words = {
        MUCH: _("lacks more than %(number)s %(unit)s") % half,
        SOME: _("lacks up to %(number)s %(unit)s") % half,
        ENOUGH: _("lacks nothing"),
        OPEN: _("no answer"),
        NOT_SENT: _("not submitted yet"),
    }
    return [
        Key(PATTERNS[step], MARKS[step], word, numbers[step], SHOWN.get(step, ""))
        for step, word in words.items()
        if numbers[step] or step == ENOUGH
    ]
