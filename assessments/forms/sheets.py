"""Reading a two-column sheet that a person pastes or uploads. Bounded: a small file may unpack to a huge one."""

import re
import zipfile
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from indicators.thai import arabic_digits, clean

MAX_ROWS = 500
MAX_FILE = 2 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024

# One row: its number as the person counts, and its two cells.
Row = tuple[int, str, str]


def rows_of_text(text: str) -> list[Row]:
    """Lines of pasted text: whatever ends in a number is a name and its number."""
    rows = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")[:MAX_ROWS], start=1):
        cells = [clean(cell) for cell in re.split(r"[\t;,|]", line)]
        cells = [cell for cell in cells if cell]
        if len(cells) == 1:
            found = re.fullmatch(r"(.*?\D)\s*(\d+)", arabic_digits(cells[0]))
            cells = [found[1].strip(), found[2]] if found else [cells[0], ""]
        if cells:
            rows.append((number, cells[0], cells[1] if len(cells) > 1 else ""))
    return rows


def rows_of_workbook(upload: Any) -> list[Row]:
    """The first two filled columns of the first sheet; raises ValueError with what is wrong."""
    if str(upload.name).lower().endswith((".csv", ".txt", ".tsv")):
        raise ValueError(_("This is a text file; save it as .xlsx, or copy the two columns and paste them below."))
    if upload.size > MAX_FILE:
        raise ValueError(_("This file is too large for a list of 76 provinces; keep only the two columns."))
    try:
        with zipfile.ZipFile(upload) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        lines = _lines(upload) if unpacked <= MAX_UNPACKED else None
    except Exception as error:  # whatever a broken file makes the readers raise
        raise ValueError(_("This file cannot be read as an Excel workbook (.xlsx); save it as .xlsx again.")) from error
    if lines is None:
        raise ValueError(_("This file is too large for a list of 76 provinces; keep only the two columns."))
    rows = []
    for number, line in enumerate(lines, start=1):
        cells = [text for text in (_text(value) for value in line) if text]
        if cells:
            rows.append((number, cells[0], cells[1] if len(cells) > 1 else ""))
    return rows


def _lines(upload: Any) -> list[tuple[Any, ...]]:
    upload.seek(0)
    book = load_workbook(upload, read_only=True, data_only=True)
    try:
        return list(book.worksheets[0].iter_rows(max_row=MAX_ROWS, max_col=20, values_only=True))
    finally:
        book.close()


def _text(value: Any) -> str:
    if value is None or isinstance(value, (datetime, date, bool)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value))
