"""Which row stands on which page of the PDF, and which merged cells each page shows.

Pure: works on the lines that a measure gives (`pdf_lines`), so that every height is known before anything is laid out.
A page holds one table of its own; a merged cell that goes on over the page is repeated with "(ต่อ)". A row is never cut,
except one that is taller than a whole page. Lengths are in points.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from assessments.report import DimensionTable, Form, Row, TotalLine

# A4 landscape, 841.89 x 595.28.
CONTENT_HEIGHT = 518.0
LINE = 13.5
PAD_X, PAD_Y = 3.0, 2.5
BORDER = 0.75
TITLE_HEIGHT = 68.0
HEADING_HEIGHT = 26.0
FRACTION_HEIGHT = 2 * LINE + 3
# The QR code below everything, and the same with the space above it.
PROOF_SIDE, PROOF_HEIGHT = 78.0, 88.0
BLANK_LINES = 3
CONTINUED = " (ต่อ)"
# A row taller than a page starts on a page with at least this much room left, otherwise on a new one.
ROOM_TO_START = CONTENT_HEIGHT * 0.45

SCORED_WIDTHS = (92.0, 92.0, 124.0, 78.0, 42.0, 134.0, 42.0, 86.0, 82.0)
NOT_SCORED_WIDTHS = (88.0, 100.0, 176.0, 106.0, 146.0, 80.0, 76.0)
# Of a row's own texts, in the order of `Piece.texts`: their columns.
_SCORED_TEXTS = (2, 3, 5, 7, 8)
_NOT_SCORED_TEXTS = (2, 3, 4, 5, 6)

Lines = tuple[str, ...]


class Measure(Protocol):
    def __call__(self, text: str, width: float, *, bold: bool = False) -> Lines: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A row, or what one page holds of a row that is taller than a page.

    `texts` are the lines of indicator, criterion, result, problems and remedies.
    """

    code: str
    area: int
    standard: int
    texts: tuple[Lines, ...]
    full: str
    score: str
    number: int = 1
    least: int = 1

    @property
    def height(self) -> float:
        return box(max(self.least, *(len(lines) for lines in self.texts)))


@dataclass(frozen=True, slots=True)
class Cell:
    """A merged cell as one page shows it."""

    lines: Lines
    rows: int


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A piece on its page. `area` and `standard` are None where the merged cell above goes on."""

    anchor: str
    piece: Piece
    area: Cell | None
    standard: Cell | None


@dataclass(frozen=True, slots=True)
class PlacedTotal:
    line: TotalLine
    label: Lines
    note: Lines


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a table with its head, and below the last one of a dimension its totals. The form's proof, where it has
    one, stands below all."""

    number: int
    table: DimensionTable
    heading: str
    widths: tuple[float, ...]
    heads: tuple[Lines, ...]
    has_title: bool
    rows: tuple[PlacedRow, ...]
    totals: tuple[PlacedTotal, ...]
    has_proof: bool = False


def box(lines: int) -> float:
    """Height of a cell of so many lines."""
    return lines * LINE + 2 * PAD_Y + BORDER


def inner(width: float) -> float:
    """The room for text in a column, or in several merged ones."""
    return width - 2 * PAD_X - BORDER - 0.5


def paginate(form: Form, measure: Measure, *, tighter: float = 0) -> tuple[Page, ...]:
    """All pages. `tighter` takes some height off every page, should a rendering ever hold less than reckoned."""
    pages: list[Page] = []
    for place, table in enumerate(form.dimensions):
        last = place == len(form.dimensions) - 1
        totals = (*table.totals, *(form.overall if last else ()))
        filler = _Filler(
            form,
            table,
            totals,
            measure,
            has_title=place == 0,
            has_proof=last and form.proof is not None,
            tighter=tighter,
        )
        pages += filler.pages(first_number=len(pages) + 1)
    return tuple(pages)


@dataclass
class _Filler:
    """Fills the pages of one dimension."""

    form: Form
    table: DimensionTable
    total_lines: tuple[TotalLine, ...]
    measure: Measure
    has_title: bool
    has_proof: bool
    tighter: float
    done: list[list[Piece]] = field(default_factory=list)
    current: list[Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.widths = SCORED_WIDTHS if self.table.scored else NOT_SCORED_WIDTHS
        self.columns = _SCORED_TEXTS if self.table.scored else _NOT_SCORED_TEXTS
        self.heads = tuple(
            self.measure(head, inner(width), bold=True)
            for head, width in zip(self.table.heads, self.widths, strict=True)
        )
        self.head_height = BORDER + box(max(len(lines) for lines in self.heads))
        self.totals = tuple(self._placed_total(line) for line in self.total_lines)
        self.totals_height = sum(_total_height(total) for total in self.totals)
        if self.has_proof:
            self.totals_height += PROOF_HEIGHT
        blocks = [(a, s, block) for a, area in enumerate(self.table.areas) for s, block in enumerate(area.standards)]
        self.area_labels = [area.label for area in self.table.areas]
        self.standard_labels = {(a, s): block.label for a, s, block in blocks}
        self.queue = [self._piece(row, a, s) for a, s, block in blocks for row in block.rows]

    def pages(self, *, first_number: int) -> Iterator[Page]:
        for place, piece in enumerate(self.queue):
            below = self.totals_height if place == len(self.queue) - 1 else 0.0
            self._place(piece, below)
        self.done.append(self.current)
        for place, pieces in enumerate(self.done):
            number = first_number + place
            yield Page(
                number=number,
                table=self.table,
                heading=self.table.heading + (CONTINUED if place else ""),
                widths=self.widths,
                heads=self.heads,
                has_title=self.has_title and place == 0,
                rows=tuple(self._placed_rows(pieces, number, before=self.done[place - 1] if place else [])),
                totals=self.totals if place == len(self.done) - 1 else (),
                has_proof=self.has_proof and place == len(self.done) - 1,
            )

    def _piece(self, row: Row, area: int, standard: int) -> Piece:
        texts = (row.indicator, row.criterion, row.result, row.problems, row.remedies)
        return Piece(
            code=row.code,
            area=area,
            standard=standard,
            texts=tuple(
                self.measure(text, inner(self.widths[column])) for text, column in zip(texts, self.columns, strict=True)
            ),
            full=row.full,
            score=row.score,
            least=BLANK_LINES if self.form.is_blank else 1,
        )

    def _placed_total(self, line: TotalLine) -> PlacedTotal:
        widths = self.widths
        note_width = sum(widths[4:]) if line.kind == "level" else sum(widths[7:])
        return PlacedTotal(
            line=line,
            label=self.measure(line.label, inner(sum(widths[:4])), bold=True),
            note=self.measure(line.note, inner(note_width), bold=True),
        )

    @property
    def room(self) -> float:
        """What the page being filled offers to its rows."""
        title = TITLE_HEIGHT if self.has_title and not self.done else 0.0
        return CONTENT_HEIGHT - self.tighter - title - HEADING_HEIGHT - self.head_height

    def _place(self, piece: Piece, below: float) -> None:
        """Put a row on the page being filled or on a new one. `below` is what must stand under it on its page."""
        while True:
            if self._height([*self.current, piece]) + below <= self.room:
                self.current.append(piece)
                return
            left = self.room - self._height(self.current)
            fits_a_page = self._fits_an_empty_page(piece, below)
            if self.current and (fits_a_page or left < ROOM_TO_START):
                self._turn_page()
                continue
            first, rest = self._cut(piece, below)
            self.current.append(first)
            self._turn_page()
            piece = rest

    def _fits_an_empty_page(self, piece: Piece, below: float) -> bool:
        room = CONTENT_HEIGHT - self.tighter - HEADING_HEIGHT - self.head_height
        return self._height([piece], before=self.current or None) + below <= room

    def _turn_page(self) -> None:
        self.done.append(self.current)
        self.current = []

    def _cut(self, piece: Piece, below: float) -> tuple[Piece, Piece]:
        """What of a too tall row fits on the page being filled, and the rest."""
        top = self._height(self.current)
        lines = int((self.room - top - box(0)) // LINE)
        tallest = max(len(text) for text in piece.texts)
        # The rest must hold something: with totals below, the row alone may fit and yet have to be cut.
        lines = max(1, min(lines, tallest - 1))
        head, *others = piece.texts
        continued = self.measure(self._indicator(piece.code) + CONTINUED, inner(self.widths[self.columns[0]]))
        rest = (head[lines:] or continued, *(_without_empty_start(text[lines:]) for text in others))
        return (
            replace(piece, texts=tuple(text[:lines] for text in piece.texts)),
            replace(piece, texts=rest, full="", score="", number=piece.number + 1),
        )

    def _indicator(self, code: str) -> str:
        return next(row.indicator for row in self.table.rows if row.code == code)

    def _height(self, pieces: list[Piece], *, before: list[Piece] | None = None) -> float:
        """Height of these rows as one page's table body: a merged cell may be taller than its rows."""
        before = before if before is not None else (self.done[-1] if self.done else [])
        bottom = area_top = standard_top = 0.0
        for place, piece in enumerate(pieces):
            top = bottom
            after = pieces[place + 1] if place + 1 < len(pieces) else None
            if place == 0 or pieces[place - 1].area != piece.area:
                area_top = top
            if place == 0 or not _same_standard(pieces[place - 1], piece):
                standard_top = top
            bottom = top + piece.height
            if after is None or not _same_standard(after, piece):
                bottom = max(bottom, standard_top + box(len(self._standard_lines(piece, pieces, before))))
            if after is None or after.area != piece.area:
                bottom = max(bottom, area_top + box(len(self._area_lines(piece, pieces, before))))
        return bottom

    def _area_lines(self, piece: Piece, pieces: list[Piece], before: list[Piece]) -> Lines:
        goes_on = bool(before) and before[-1].area == piece.area == pieces[0].area
        return self.measure(self.area_labels[piece.area] + (CONTINUED if goes_on else ""), inner(self.widths[0]))

    def _standard_lines(self, piece: Piece, pieces: list[Piece], before: list[Piece]) -> Lines:
        goes_on = bool(before) and _same_standard(before[-1], piece) and _same_standard(pieces[0], piece)
        label = self.standard_labels[piece.area, piece.standard] + (CONTINUED if goes_on else "")
        return self.measure(label, inner(self.widths[1]))

    def _placed_rows(self, pieces: list[Piece], number: int, *, before: list[Piece]) -> Iterator[PlacedRow]:
        for place, piece in enumerate(pieces):
            above = pieces[place - 1] if place else None
            area = standard = None
            if above is None or above.area != piece.area:
                rows = sum(other.area == piece.area for other in pieces)
                area = Cell(self._area_lines(piece, pieces, before), rows)
            if above is None or not _same_standard(above, piece):
                rows = sum(_same_standard(other, piece) for other in pieces)
                standard = Cell(self._standard_lines(piece, pieces, before), rows)
            yield PlacedRow(f"p{number}-{piece.code}-{piece.number}", piece, area, standard)


def _same_standard(one: Piece, other: Piece) -> bool:
    return (one.area, one.standard) == (other.area, other.standard)


def _without_empty_start(lines: Lines) -> Lines:
    start = next((place for place, line in enumerate(lines) if line), len(lines))
    return lines[start:]


def _total_height(total: PlacedTotal) -> float:
    height = box(max(1, len(total.label), len(total.note)))
    return max(height, FRACTION_HEIGHT + 2 * PAD_Y + BORDER) if total.line.kind == "mean" else height
