"""The geometry of a line chart over years, as the SVG of a page or of a slide draws it. Pure: no Django.

Each line has its own marker and its own dashes, so that none is known by its colour alone. A line breaks where a year
has no figure, or one that may not be compared with its neighbour's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 96, 24, 44
MARKERS = ("circle", "square", "triangle", "diamond", "cross")
_SIZE = 6.0
HIGHEST = 10


class Value(NamedTuple):
    """A figure of a year; values with the same `group` may be joined, a `partial` one stands alone."""

    label: str
    value: Decimal | None
    group: int
    partial: bool = False


class Tick(NamedTuple):
    at: float
    label: str


class Dot(NamedTuple):
    """A marker: its middle, its outline, and the figure that it stands for."""

    x: float
    y: float
    outline: str
    label: str
    figure: str
    partial: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line: its name, its place among the lines (which gives marker, dashes and colour), the joined stretches, its
    dots, and where its name stands at its end."""

    name: str
    place: int
    stretches: Sequence[str]
    dots: Sequence[Dot]
    key: str


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    left: int
    right: int
    bottom: int
    across: Sequence[Tick]
    up: Sequence[Tick]
    edges: Sequence[Tick]
    lines: Sequence[Drawn]


def chart_of(lines: Sequence[tuple[str, Sequence[Value]]], edges: Sequence[tuple[Decimal, str]]) -> Chart | None:
    """A chart of named lines over the same labels; None where there is no figure at all. `edges` are figures with a
    name (where a level begins), drawn across where they lie in view. The scale ends at 10, and begins at a whole
    number below the lowest figure: it says so itself by its ticks."""
    figures = [each.value for _name, values in lines for each in values if each.value is not None]
    if not figures:
        return None
    lowest = max(0, min(int(min(figures)), HIGHEST - 2))
    labels = [each.label for each in lines[0][1]]
    room = WIDTH - LEFT - RIGHT
    step = room / max(1, len(labels) - 1)
    xs = [_short(LEFT + (step * place if len(labels) > 1 else room / 2)) for place in range(len(labels))]

    def y(value: Decimal | int) -> float:
        return _short(TOP + (HEIGHT - TOP - BOTTOM) * float((HIGHEST - value) / Decimal(HIGHEST - lowest)))

    drawn = [
        Drawn(name, place, _stretches(values, xs, y), _dots(values, xs, y, place), outline_of(place, 12, 10))
        for place, (name, values) in enumerate(lines)
    ]
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=HEIGHT - BOTTOM,
        across=[Tick(x, label) for x, label in zip(xs, labels, strict=True)],
        up=[Tick(y(value), str(value)) for value in range(lowest, HIGHEST + 1)],
        edges=[Tick(y(value), name) for value, name in edges if lowest <= value <= HIGHEST],
        lines=drawn,
    )


def _short(number: float) -> float:
    return round(number, 1)


def _stretches(values: Sequence[Value], xs: Sequence[float], y: Callable[[Decimal], float]) -> list[str]:
    """The points of each unbroken stretch of two years or more."""
    stretches: list[list[str]] = []
    last: Value | None = None
    for each, x in zip(values, xs, strict=True):
        if each.value is None:
            last = None
            continue
        joined = last is not None and last.group == each.group
        if not joined:
            stretches.append([])
        stretches[-1].append(f"{x:g},{y(each.value):g}")
        last = each
    return [" ".join(stretch) for stretch in stretches if len(stretch) > 1]


def _dots(values: Sequence[Value], xs: Sequence[float], y: Callable[[Decimal], float], place: int) -> list[Dot]:
    return [
        Dot(x, y(each.value), outline_of(place, x, y(each.value)), each.label, f"{each.value:.2f}", each.partial)
        for each, x in zip(values, xs, strict=True)
        if each.value is not None
    ]


def outline_of(place: int, x: float, y: float) -> str:
    """The outline of a line's marker around a point."""
    size = _SIZE
    match MARKERS[place % len(MARKERS)]:
        case "circle":
            return (
                f"M{x - size:g},{y:g}a{size:g},{size:g} 0 1 0 {2 * size:g},0a{size:g},{size:g} 0 1 0 {-2 * size:g},0z"
            )
        case "square":
            return f"M{x - size:g},{y - size:g}h{2 * size:g}v{2 * size:g}h{-2 * size:g}z"
        case "triangle":
            return f"M{x:g},{y - size * 1.2:g}l{size * 1.2:g},{size * 2.2:g}h{-size * 2.4:g}z"
        case "diamond":
            half = size * 1.3
            return f"M{x:g},{y - half:g}l{half:g},{half:g}l{-half:g},{half:g}l{-half:g},{-half:g}z"
    return f"M{x - size:g},{y - size:g}l{2 * size:g},{2 * size:g}m0,{-2 * size:g}l{-2 * size:g},{2 * size:g}"
