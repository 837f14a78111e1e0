"""How the country's workbooks look: their styles, and their pages on paper."""

from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter

FONT = "TH Sarabun New"
HEAD_FILL, SUM_FILL, INPUT_FILL = "E7E9F2", "EEF0F4", "FFF8DC"
_THIN = Side(style="thin", color="B7BBC8")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_EDGE = 0.4
LINE, TITLE_LINE = 21.0, 28.0
# A wide sheet on paper, in percent.
WIDE_SCALE = 60

TITLE, NOTE, HEAD, TEXT, WRAP, CODE = "nat title", "nat note", "nat head", "nat text", "nat wrap", "nat code"
COUNT, AMOUNT, MEAN, POINTS, PRICE = "nat count", "nat amount", "nat mean", "nat points", "nat price"
SUM_TEXT, SUM_COUNT, SUM_AMOUNT = "nat sum", "nat sum count", "nat sum amount"


def styles() -> Iterator[NamedStyle]:
    def style(
        name: str,
        *,
        size: int = 14,
        bold: bool = False,
        grid: bool = True,
        across: str = "left",
        fill: str = "",
        number: str = "General",
        wrap: bool = False,
        unlocked: bool = False,
    ) -> NamedStyle:
        made = NamedStyle(name=name)
        made.font = Font(name=FONT, size=size, bold=bold)
        made.alignment = Alignment(horizontal=across, vertical="top", wrap_text=wrap)
        made.number_format = number
        if grid:
            made.border = _GRID
        if fill:
            made.fill = PatternFill("solid", fgColor=fill)
        if unlocked:
            made.protection = Protection(locked=False)
        return made

    yield style(TITLE, size=18, bold=True, grid=False)
    yield style(NOTE, grid=False)
    yield style(HEAD, bold=True, across="center", fill=HEAD_FILL, wrap=True)
    yield style(TEXT)
    yield style(WRAP, wrap=True)
    # A text, so that 4.10 is not read as 4.1.
    yield style(CODE, across="center", number="@")
    yield style(COUNT, across="right", number="#,##0.##;-#,##0.##;0")
    yield style(AMOUNT, across="right", number="#,##0.00")
    yield style(MEAN, across="right", number="0.00")
    yield style(POINTS, across="right", number="0.0")
    yield style(PRICE, across="right", number="#,##0.00", fill=INPUT_FILL, unlocked=True)
    yield style(SUM_TEXT, bold=True, fill=SUM_FILL)
    yield style(SUM_COUNT, bold=True, fill=SUM_FILL, across="right", number="#,##0.##;-#,##0.##;0")
    yield style(SUM_AMOUNT, bold=True, fill=SUM_FILL, across="right", number="#,##0.00")


def page(sheet: Any, widths: Sequence[float], *, whose: str, head_row: int, freeze: str, columns: str = "") -> None:
    """A4 across, its head on each page; the panes frozen at a cell. As wide as the sheet, or where `columns` names
    those that stand on each page ("A:B"), in readable letters over as many pages as it takes."""
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    # Rows without a height of their own: the usual one would clip the marks above and below Thai letters.
    sheet.sheet_format.defaultRowHeight = LINE
    sheet.sheet_format.customHeight = True
    sheet.freeze_panes = freeze
    sheet.print_title_rows = f"{head_row}:{head_row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    if columns:
        sheet.print_title_cols = columns
        sheet.page_setup.scale = WIDE_SCALE
        sheet.page_setup.pageOrder = "overThenDown"
    else:
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = _EDGE
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3
    font = f'&"{FONT},Regular"&12'
    sheet.oddHeader.left.text = f"{font}{whose}"
    sheet.oddHeader.right.text = f"{font}&A"
    sheet.oddFooter.right.text = f"{font}หน้า &P/&N"
