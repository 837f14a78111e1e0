"""The one place where a cell of a workbook gets its value.

Text stays text: what starts with = + - @ never becomes a formula, whoever typed it. A formula is only what our own code
wraps in `Formula`.
"""

import re
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from assessments.workbook import LONGEST, UNWRITABLE

# A spreadsheet reads _x0041_ in a text as the letter A; written like this it stays what somebody typed.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Looking a style up and copying it for each cell would take half of the time of the whole workbook.
_styles: WeakKeyDictionary[Workbook, dict[str, Any]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own, without its equals sign, and the result that a reader without a calculator shows."""

    text: str
    result: Decimal | str


Value = str | int | Decimal | Formula | None


def put(sheet: Worksheet, row: int, column: int, value: Value, style: str) -> Cell:
    """Write one cell, counted from 1, in a named style."""
    cell: Any = sheet.cell(row, column)
    cell._style = _style_of(sheet, style)
    if value is None or value == "":
        return cell
    if isinstance(value, Formula):
        cell.value = f"={value.text}"
        return cell
    if not isinstance(value, str):
        cell.value = value
        return cell
    cell.value = _ESCAPE.sub("_x005F_", UNWRITABLE.sub("", value)[:LONGEST])[:LONGEST]
    cell.data_type = "s"
    if value.startswith(("=", "+", "-", "@")):
        # Stays text too when somebody edits the cell.
        cell._style = copy(cell._style)
        cell.quotePrefix = True
    return cell


@dataclass(frozen=True, slots=True)
class Look:
    """A named style of a workbook by its number; `quoted` is the same for a text that begins as a formula does."""

    plain: int
    quoted: int


def look_of(sheet: Worksheet, name: str) -> Look:
    """For cells that are written as they come (`exports.streaming`)."""
    cell: Any = sheet.cell(1, 1)
    cell._style = copy(_style_of(sheet, name))
    plain = cell.style_id
    cell.quotePrefix = True
    quoted = cell.style_id
    sheet._cells.clear()
    return Look(plain, quoted)


def cell_xml(place: str, value: str | int | Decimal | None, look: Look) -> str:
    """One cell as a sheet's XML holds it: never a formula, whatever a text begins with; as `put` writes it."""
    if value is None or value == "":
        return f'<c r="{place}" s="{look.plain}"/>'
    if not isinstance(value, str):
        return f'<c r="{place}" s="{look.plain}"><v>{value}</v></c>'
    style = look.quoted if value.startswith(("=", "+", "-", "@")) else look.plain
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text_xml(value)}</t></is></c>'


@lru_cache(maxsize=2048)
def _text_xml(value: str) -> str:
    return escape(_ESCAPE.sub("_x005F_", UNWRITABLE.sub("", value)[:LONGEST])[:LONGEST])


def csv_text(text: str) -> str:
    """A text for a CSV, which has no kinds of cells: what a spreadsheet would take for a formula gets an apostrophe."""
    text = UNWRITABLE.sub("", text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _style_of(sheet: Worksheet, name: str) -> Any:
    """A named style as the cells of a workbook share it."""
    book = sheet.parent
    assert book is not None
    known = _styles.setdefault(book, {})
    if name not in known:
        cell: Any = sheet.cell(1, 1)
        before, cell.style = cell._style, name
        known[name], cell._style = cell._style, before
    return known[name]


def quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'
