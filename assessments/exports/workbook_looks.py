"""How the office's workbook looks: its styles, its pages on paper, what is protected."""

import re
from collections.abc import Iterator, Mapping
from math import ceil

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

FONT = "TH Sarabun New"
LINE = 20.0
# A row can be no taller than this.
TALLEST = 400.0
# Letters of this font in one unit of column width, some room for words that do not break at the edge taken off.
LETTERS_PER_UNIT = 0.85
INPUT_FILL, BAD_FILL, REACHED_FILL = "FFF8DC", "F8D7DA", "DDE3F7"
_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_THIN = Side(style="thin", color="9AA0B4")
_EDGE = Side(style="medium", color="312E81")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FIELD = Border(left=_EDGE, right=_EDGE, top=_THIN, bottom=_THIN)


def styles() -> Iterator[NamedStyle]:
    def style(
        name: str,
        *,
        size: int = 14,
        bold: bool = False,
        border: Border | None = _GRID,
        across: str = "left",
        down: str = "top",
        fill: str = "",
        number: str = "General",
        color: str = "000000",
        unlocked: bool = False,
        wrap: bool = True,
        indent: int = 0,
    ) -> NamedStyle:
        made = NamedStyle(name=name)
        made.font = Font(name=FONT, size=size, bold=bold, color=color)
        made.alignment = Alignment(horizontal=across, vertical=down, wrap_text=wrap, indent=indent)
        made.number_format = number
        if border:
            made.border = border
        if fill:
            made.fill = PatternFill("solid", fgColor=fill)
        if unlocked:
            made.protection = Protection(locked=False)
        return made

    yield style("wb title", size=18, bold=True, border=None, wrap=False, color="312E81")
    yield style("wb heading", size=16, bold=True, border=None, wrap=False)
    yield style("wb soft", border=None, wrap=False, color="555A6B")
    yield style("wb plain", border=None)
    yield style("wb strong", border=None, bold=True)
    yield style("wb right", border=None, across="right")
    yield style("wb head", bold=True, across="center", down="center", fill="E7E9F2")
    yield style("wb area", size=15, bold=True, border=None, down="center", fill="312E81", color="FFFFFF", wrap=False)
    yield style(
        "wb area mean",
        size=15,
        bold=True,
        border=None,
        down="center",
        across="center",
        fill="312E81",
        color="FFFFFF",
        number="0.00",
    )
    yield style("wb cell")
    yield style("wb code", bold=True, across="center")
    yield style("wb label", down="center")
    yield style("wb unit", down="center", indent=1, color="555A6B")
    yield style("wb points", across="center", down="center")
    yield style("wb result", size=16, bold=True, across="center", down="center", number="0.##;-0.##;0")
    yield style(
        "wb count", border=_FIELD, down="center", across="right", fill=INPUT_FILL, number="#,##0", unlocked=True
    )
    measure = {"border": _FIELD, "down": "center", "across": "right", "fill": INPUT_FILL}
    yield style("wb measure", number="#,##0.##", unlocked=True, **measure)  # type: ignore[arg-type]
    yield style("wb choice", border=_FIELD, down="center", fill=INPUT_FILL, unlocked=True)
    # A text format keeps what begins with an equals sign a text while somebody types it.
    yield style("wb text", border=_FIELD, fill=INPUT_FILL, number="@", unlocked=True)
    yield style("wb input", border=_FIELD, fill=INPUT_FILL, across="center")
    yield style("wb bad", border=_FIELD, fill=BAD_FILL, across="center")
    yield style("wb reached", fill=REACHED_FILL, across="center", bold=True)
    yield style("wb state", border=None, color="9AA0B4")
    for name, bold in (("wb cell", False), ("wb sum", True)):
        if bold:
            yield style(name, bold=True, fill="EEF0F4")
        fill = "EEF0F4" if bold else ""
        yield style(f"{name} number", bold=bold, fill=fill, across="center")
        yield style(f"{name} mean", bold=bold, fill=fill, across="center", number="0.00")


def page(sheet: Worksheet, widths: Mapping[int, float], whose: str, *, landscape: bool) -> None:
    """A4 with its columns, head and foot; the sheet is as wide as the page."""
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    assert sheet.sheet_properties.pageSetUpPr is not None
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.sheet_view.showGridLines = False
    font = f'&"{FONT},Regular"&12'
    for edge, left, right in ((sheet.oddHeader, whose, "แบบกรอกนอกระบบ"), (sheet.oddFooter, "&A", "หน้า &P/&N")):
        assert edge is not None
        edge.left.text, edge.right.text = f"{font}{left}", f"{font}{right}"


def protect(sheet: Worksheet) -> None:
    """No password: it keeps the cursor in the inputs, it is no lock. Widths and heights may be changed."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def height(text: str, width: float) -> float:
    """Reckoned from the letters that take room: marks above and below do not."""
    letters = width * LETTERS_PER_UNIT
    lines = sum(max(1, ceil(len(_MARKS.sub("", line)) / letters)) for line in text.split("\n"))
    return min(TALLEST, lines * LINE + 4)
