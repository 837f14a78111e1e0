"""On which printed page each row of the form's workbook falls, so that no merged label is empty on a later page.

Sizes are points at full scale. A spreadsheet prints a merged cell's text once, on the page where the cell begins; the
labels of area and standard are therefore merged page by page, and each page is ended by a break of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor

INCH = 72.0
A4_LANDSCAPE = (841.9, 595.3)
# A unit of column width is seven pixels of 96 to the inch, 5.25 points; LibreOffice was seen to take 5.55.
POINTS_PER_UNIT = 5.6
# Programs differ by a little in how tall a row is printed.
SAFETY = 0.96


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: the height that its texts need, and those of the labels beside it."""

    height: float
    standard: str
    standard_height: float
    area: str
    area_height: float


def scale_of(widths: Sequence[float], margin: float) -> int:
    """Percent at which the columns (in units) fill the width between two margins (in inches)."""
    room = A4_LANDSCAPE[0] - 2 * margin * INCH
    return min(100, floor(100 * room / (sum(widths) * POINTS_PER_UNIT)))


def room_of(scale: int, margin: float) -> float:
    """The height of a page between two margins (in inches), in points at full scale."""
    return (A4_LANDSCAPE[1] - 2 * margin * INCH) * 100 / scale * SAFETY


def pages_of(lines: Sequence[Line], *, first: float, later: float, closing: float) -> list[list[Line]]:
    """The lines page by page; `first` and `later` are the room for lines, `closing` what stands below the last one.

    Where nothing but the closing lines would be left for the last page, the last line goes with them.
    """
    pages: list[list[Line]] = [[]]
    for line in lines:
        room = first if len(pages) == 1 else later
        if pages[-1] and sum(heights_of([*pages[-1], line])) > room:
            pages.append([])
        pages[-1].append(line)
    room = first if len(pages) == 1 else later
    if len(pages[-1]) > 1 and sum(heights_of(pages[-1])) + closing > room:
        pages.append([pages[-1].pop()])
    return pages


def heights_of(page: Sequence[Line]) -> list[float]:
    """The heights of one page's lines, the last one of a standard and of an area grown until its label fits."""
    heights = [line.height for line in page]
    for _label, places in runs(page, "standard"):
        heights[places[-1]] += max(0.0, page[places[0]].standard_height - sum(heights[place] for place in places))
    for _label, places in runs(page, "area"):
        heights[places[-1]] += max(0.0, page[places[0]].area_height - sum(heights[place] for place in places))
    return heights


def runs(page: Sequence[Line], label: str) -> Iterator[tuple[str, list[int]]]:
    """Each label of one page (`standard` or `area`) with the places of its lines."""
    for _key, places in groupby(range(len(page)), key=lambda place: (page[place].area, getattr(page[place], label))):
        found = list(places)
        yield getattr(page[found[0]], label), found
