"""The shapes of the provinces, from the npm package `@svg-maps/thailand` (CC BY 4.0; credited where they are shown).

The package draws every bay: 156 KB of numbers in each page. Here a line is drawn with the points that can be seen at
the size of a page. Made once by `script/prepare.py` into DATA_DIR, or at first use where that has not happened.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings

SOURCE = Path("@svg-maps/thailand/thailand.svg")
# Where it comes from and what its licence is: named wherever the map stands.
ORIGIN = "https://github.com/VictorCazanave/svg-maps"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# The package has the provinces in the order of their official codes, the lake of Songkhla at the end.
CODES = (*range(10, 28), *range(30, 50), *range(50, 59), *range(60, 68), *range(70, 78), *range(80, 87), *range(90, 97))
LAKE = "lake"
# How far a drawn line may lie beside the true one, in units of the picture, which is 560 wide.
TOLERANCE = 0.9

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """The view box of the map, and the outline of each shape (the `d` of its path) by ISO 3166-2 code."""

    box: str
    outlines: dict[str, str]


@lru_cache(maxsize=1)
def picture() -> Picture | None:
    """None where the package is not there: the pages then show their tables alone."""
    made = made_at()
    if made.is_file():
        data = json.loads(made.read_text(encoding="utf-8"))
        return Picture(data["box"], data["outlines"])
    source = settings.NODE_MODULES / SOURCE
    return read(source.read_text(encoding="utf-8")) if source.is_file() else None


def made_at() -> Path:
    return Path(settings.DATA_DIR) / "map" / "thailand.json"


def make() -> None:
    """Write what `picture` reads."""
    found = read((settings.NODE_MODULES / SOURCE).read_text(encoding="utf-8"))
    target = made_at()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"box": found.box, "outlines": found.outlines}), encoding="utf-8")


def read(svg: str) -> Picture:
    """The package's picture; raises ValueError when it does not have the shapes that are expected."""
    box = re.search(r'viewBox="([^"]+)"', svg)
    paths = re.findall(r'\sd="([^"]+)"', svg)
    if box is None or len(paths) != len(CODES) + 1:
        raise ValueError(f"{SOURCE} has {len(paths)} shapes, not {len(CODES) + 1}")
    names = [*(f"TH-{code}" for code in CODES), LAKE]
    return Picture(box[1], {name: _drawn(path) for name, path in zip(names, paths, strict=True)})


def _drawn(path: str) -> str:
    rings = [_thinned(ring) for ring in _rings(path)]
    # An islet that is nothing at this size is left out, but never the whole shape.
    kept = [ring for ring in rings if len(ring) > 2] or rings[:1]
    return "".join(map(_line, kept))


def _line(ring: list[Point]) -> str:
    """A closed line in tenths of a unit, each point from the one before it: the shortest way to write it."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in ring]
    steps = ((x - before[0], y - before[1]) for before, (x, y) in pairwise(tenths))
    parts = [f"{x / 10:g},{y / 10:g}" for x, y in (tenths[0], *(step for step in steps if step != (0, 0)))]
    return f"M{parts[0]}l{' '.join(parts[1:])}z"


def _rings(path: str) -> list[list[Point]]:
    """Of a path of relative moves and closings alone, each closed line with its points as they lie."""
    rings: list[list[Point]] = []
    x = y = 0.0
    for part in path.split("z"):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", part)]
        if not numbers:
            continue
        ring = []
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            ring.append((x, y))
        # After a closing the next line begins from where this one began.
        x, y = ring[0]
        rings.append(ring)
    return rings


def _thinned(ring: list[Point]) -> list[Point]:
    """Ramer, Douglas and Peucker's thinning of a closed line, from two points far apart."""
    first = ring[0]
    far = max(range(len(ring)), key=lambda place: _apart(first, ring[place]))
    one, other = _thinned_line(ring[: far + 1]), _thinned_line([*ring[far:], first])
    return [*one, *other[1:-1]]


def _thinned_line(line: list[Point]) -> list[Point]:
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        begin, end = spans.pop()
        if end - begin < 2:
            continue
        far = max(range(begin + 1, end), key=lambda place: _beside(line[place], line[begin], line[end]))
        if _beside(line[far], line[begin], line[end]) > TOLERANCE:
            keep.add(far)
            spans += [(begin, far), (far, end)]
    return [line[place] for place in sorted(keep)]


def _apart(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _beside(point: Point, begin: Point, end: Point) -> float:
    """How far a point lies from the line between two others."""
    across, down = end[0] - begin[0], end[1] - begin[1]
    length = (across**2 + down**2) ** 0.5
    if length == 0:
        return _apart(point, begin) ** 0.5
    return abs(across * (begin[1] - point[1]) - (begin[0] - point[0]) * down) / length
