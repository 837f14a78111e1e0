"""The form as a workbook. Its cells are written by `cells`, its totals are those of `totals`.

One sheet for each dimension, so that each repeats its own head when printed. Totals are formulas over the score column:
while a score is missing they tell the range in words, as the other forms do.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from assessments.exports import excel_pages
from assessments.exports.cells import Formula, Value, put
from assessments.exports.results import saved
from assessments.exports.totals import NOT_YET, Totals
from assessments.report import DimensionTable, Form, Row, TotalLine

FONT = "TH Sarabun New"
SCORED_WIDTHS = (25, 26, 34, 22, 9, 40, 9, 26, 26)
NOT_SCORED_WIDTHS = (25, 28, 44, 28, 44, 28, 28)
LINE = 20.0
# A row can be no taller than this; a taller one is made of several, merged.
TALLEST = 400.0
# Letters of this font in one unit of column width, some room for words that do not break at the edge taken off.
LETTERS_PER_UNIT = 0.8
HEAD_ROW = 5
FIRST_ROW = 6
# Heights of the rows above the table: title, office, day, dimension, head.
TOP = (26.0, 26.0, 24.0, 28.0, 44.0)
# Margins in inches.
SIDE_EDGE, EDGE = 0.4, 0.6
BLANK_LINES = 3
FULL, SCORE, NOTE = 5, 7, 8

_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_LINE = Side(style="thin", color="000000")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def workbook_of(form: Form) -> bytes:
    """The form as the bytes of an .xlsx file."""
    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    for style in _styles():
        book.add_named_style(style)
    written: list[_Sheet] = []
    for place, table in enumerate(form.dimensions):
        sheet = book.create_sheet(f"มิติที่ {table.number}")
        writer = _Sheet(form, table, sheet)
        overall = form.overall if place == len(form.dimensions) - 1 else ()
        writer.write(closing=[*table.totals, *overall])
        if overall:
            writer.overall([*written, writer])
        written.append(writer)
    book.properties.title = form.file_name
    book.properties.creator = form.office
    return saved(book, [writer.formulas for writer in written])


def _styles() -> Iterator[NamedStyle]:
    def style(
        name: str,
        *,
        size: int = 14,
        bold: bool = False,
        grid: bool = True,
        across: str = "left",
        down: str = "top",
        fill: str = "",
        number: str = "",
    ) -> NamedStyle:
        made = NamedStyle(name=name)
        made.font = Font(name=FONT, size=size, bold=bold)
        made.alignment = Alignment(horizontal=across, vertical=down, wrap_text=grid)
        if grid:
            made.border = _GRID
        if fill:
            made.fill = PatternFill("solid", fgColor=fill)
        if number:
            made.number_format = number
        return made

    yield style("form title", size=16, bold=True, grid=False, across="center", down="center")
    yield style("form day", grid=False, across="center", down="center")
    yield style("form heading", size=15, bold=True, grid=False, down="center")
    yield style("form mark", bold=True, grid=False, across="right", down="center")
    yield style("form head", bold=True, across="center", down="center", fill="EEF0F4")
    yield style("form text")
    yield style("form figure", across="center", number="General")
    yield style("form total", bold=True)
    yield style("form total figure", bold=True, across="center", number="General")
    yield style("form mean", bold=True, across="center", number="0.00")


@dataclass
class _Sheet:
    """Writes one dimension. `formulas` keeps what each formula gives, by cell."""

    form: Form
    table: DimensionTable
    sheet: Worksheet
    formulas: dict[str, Decimal | str] = field(default_factory=dict)
    score_cells: dict[str, str] = field(default_factory=dict)
    row: int = FIRST_ROW

    def __post_init__(self) -> None:
        self.widths = SCORED_WIDTHS if self.table.scored else NOT_SCORED_WIDTHS
        self.columns = len(self.widths)
        self.scale = excel_pages.scale_of(self.widths, SIDE_EDGE)

    def write(self, *, closing: Sequence[TotalLine]) -> None:
        """`closing` are the lines below the table, which stand on one page with its last row."""
        self._page()
        self._top()
        lines = list(self._lines())
        room = excel_pages.room_of(self.scale, EDGE)
        pages = excel_pages.pages_of(
            [line for line, _row in lines],
            first=room - sum(TOP),
            later=room - TOP[-1],
            closing=sum(self._total_height(line) for line in closing),
        )
        rows = iter(row for _line, row in lines)
        for place, page in enumerate(pages):
            if place:
                self.sheet.row_breaks.append(Break(id=self.row - 1))
            self._printed(page, rows)
        self.last_row = self.row - 1
        for line in self.table.totals:
            self._total(line, _totals([self]))

    def overall(self, sheets: list["_Sheet"]) -> None:
        for line in self.form.overall:
            self._total(line, _totals([sheet for sheet in sheets if sheet.table.scored]))

    def _put(self, row: int, column: int, value: Value, style: str) -> None:
        cell = put(self.sheet, row, column, value, style)
        if isinstance(value, Formula):
            self.formulas[cell.coordinate] = value.result

    def _merged(
        self, row: int, first: int, last: int, value: Value, style: str, *, last_row: int | None = None
    ) -> None:
        """One value over several columns (and rows), each with its border."""
        last_row = last_row or row
        for y in range(row, last_row + 1):
            for x in range(first, last + 1):
                self._put(y, x, value if (y, x) == (row, first) else None, style)
        if (last_row, last) != (row, first):
            # `merge_cells` would style every cell again, at more than half the cost of the whole workbook.
            self.sheet.merged_cells.add(CellRange(min_row=row, min_col=first, max_row=last_row, max_col=last))

    def _page(self) -> None:
        sheet, form = self.sheet, self.form
        for place, width in enumerate(self.widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        # A fixed scale: fitted to the width, a sheet would ignore the breaks that we set.
        sheet.page_setup.scale = self.scale
        sheet.print_options.horizontalCentered = True
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        sheet.freeze_panes = f"D{FIRST_ROW}"
        margins = sheet.page_margins
        margins.left = margins.right = SIDE_EDGE
        margins.top = margins.bottom = EDGE
        margins.header = margins.footer = EDGE / 2
        font = f'&"{FONT},Regular"&12'
        who = f"ปีงบประมาณ พ.ศ. {form.year}" if form.is_blank else f"{form.office} ปีงบประมาณ พ.ศ. {form.year}"
        _say(sheet.oddHeader, f"{font}{who}", f"{font}{self._mark()}")
        _say(sheet.oddFooter, f"{font}มาตรฐาน พ.ศ. {form.edition}", f"{font}หน้า &P/&N")

    def _mark(self) -> str:
        return f"{self.form.mark_text} เลขที่ {self.form.reference}" if self.form.reference else self.form.mark_text

    def _top(self) -> None:
        form, last = self.form, self.columns
        self._merged(1, 1, last, form.title[0], "form title")
        self._merged(2, 1, last, f"{form.title[1]} {form.office}", "form title")
        self._merged(3, 1, last, form.day_line, "form day")
        self._merged(4, 1, last - 2, self.table.heading, "form heading")
        self._merged(4, last - 1, last, self._mark(), "form mark")
        for place, head in enumerate(self.table.heads, start=1):
            self._put(HEAD_ROW, place, head, "form head")
        for row, height in enumerate(TOP, start=1):
            self.sheet.row_dimensions[row].height = height

    def _lines(self) -> Iterator[tuple[excel_pages.Line, Row]]:
        for area in self.table.areas:
            for standard in area.standards:
                labels = (standard.label, self._height(standard.label, 1), area.label, self._height(area.label, 0))
                for row in standard.rows:
                    yield excel_pages.Line(self._row_height(row), *labels), row

    def _printed(self, page: list[excel_pages.Line], rows: Iterator[Row]) -> None:
        """One page's rows, with the labels that stand beside them on this page."""
        starts = []
        for height in excel_pages.heights_of(page):
            starts.append(self.row)
            self._row(next(rows), height)
        ends = [*(start - 1 for start in starts[1:]), self.row - 1]
        for column, name in ((1, "area"), (2, "standard")):
            for label, places in excel_pages.runs(page, name):
                first, last = starts[places[0]], ends[places[-1]]
                self._merged(first, column, column, label, "form text", last_row=last)

    def _texts(self, row: Row) -> tuple[tuple[int, str], ...]:
        texts = (row.indicator, row.criterion, row.result, row.problems, row.remedies)
        return tuple(zip((3, 4, 6, 8, 9) if self.table.scored else (3, 4, 5, 6, 7), texts, strict=True))

    def _row(self, row: Row, height: float) -> None:
        count = max(1, ceil(height / TALLEST))
        last = self.row + count - 1
        for y in range(self.row, last + 1):
            self.sheet.row_dimensions[y].height = height / count
        for column, text in self._texts(row):
            self._merged(self.row, column, column, text, "form text", last_row=last)
        if self.table.scored:
            self._merged(self.row, FULL, FULL, Decimal(row.full), "form figure", last_row=last)
            score = Decimal(row.score) if row.score else None
            self._merged(self.row, SCORE, SCORE, score, "form figure", last_row=last)
            self.score_cells[row.code] = f"{get_column_letter(SCORE)}{self.row}"
        self.row = last + 1

    def _row_height(self, row: Row) -> float:
        least = BLANK_LINES * LINE if self.form.is_blank else 0.0
        return max(least, *(self._height(text, column - 1) for column, text in self._texts(row)))

    def _height(self, text: str, *columns: int) -> float:
        """Reckoned from the letters that take room: marks above and below do not."""
        letters = sum(self.widths[column] for column in columns) * LETTERS_PER_UNIT
        lines = sum(max(1, ceil(len(_MARKS.sub("", line)) / letters)) for line in text.split("\n"))
        return lines * LINE + 4

    def _total(self, line: TotalLine, scores: Totals) -> None:
        blank = self.form.is_blank
        self._merged(self.row, 1, 4, line.label, "form total")
        if line.kind == "level":
            self._merged(self.row, FULL, self.columns, Formula(scores.level(blank), line.note), "form total")
        else:
            full: Value = None
            if line.full:
                full = Formula(f"SUM({self._range(FULL)})", Decimal(line.full))
            self._put(self.row, FULL, full, "form total figure")
            self._put(self.row, FULL + 1, None, "form total")
            is_mean = line.kind == "mean"
            figure: Decimal | str = Decimal(line.score) if line.score else ""
            note = line.note
            if is_mean and line.score:
                figure, note = Decimal(line.note.removeprefix("= ")), f"{line.score}/{line.divisor}"
            elif is_mean and blank:
                note = f"{NOT_YET}/{line.divisor}"
            made = scores.mean() if is_mean else scores.sum()
            self._put(self.row, SCORE, Formula(made, figure), "form mean" if is_mean else "form total figure")
            said = scores.mean_note(blank) if is_mean else scores.sum_note(blank)
            self._merged(self.row, NOTE, self.columns, Formula(said, note), "form total")
        self.sheet.row_dimensions[self.row].height = self._total_height(line)
        self.row += 1

    def _total_height(self, line: TotalLine) -> float:
        columns = (4, 5, 6, 7, 8) if line.kind == "level" else (7, 8)
        return max(self._height(line.note, *columns), LINE + 6)

    def _range(self, column: int) -> str:
        letter = get_column_letter(column)
        return f"{letter}{FIRST_ROW}:{letter}{self.last_row}"

    @property
    def score_range(self) -> str:
        """With the sheet's name, so that it can be used from another sheet."""
        return f"'{self.sheet.title}'!{self._range(SCORE)}"


def _say(edge: HeaderFooterItem | None, left: str, right: str) -> None:
    assert edge is not None
    edge.left.text, edge.right.text = left, right


def _totals(sheets: list[_Sheet]) -> Totals:
    lowest = [
        (f"'{sheet.sheet.title}'!{sheet.score_cells[row.code]}", Decimal(row.lowest))
        for sheet in sheets
        for row in sheet.table.rows
    ]
    return Totals([sheet.score_range for sheet in sheets], len(lowest), lowest)
