"""The one place where a cell of a workbook gets its value.

Text stays text: what starts with = + - @ never becomes a formula, whoever typed it. A formula is only what our own code
wraps in `Formula`.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

# What XML 1.0 cannot hold: openpyxl raises on it, and a spreadsheet shows nothing for it.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own, without its equals sign, and the result that a reader without a calculator shows."""

    text: str
    result: Decimal | str


Value = str | int | Decimal | Formula | None


def put(sheet: Worksheet, row: int, column: int, value: Value, style: str) -> Cell | MergedCell:
    """Write one cell, counted from 1, in a named style."""
    cell = sheet.cell(row, column)
    cell.style = style
    if value is None or value == "":
        return cell
    if isinstance(value, Formula):
        cell.value = f"={value.text}"
        return cell
    if not isinstance(value, str):
        cell.value = value
        return cell
    cell.value = _UNWRITABLE.sub("", value)[:LONGEST]
    cell.data_type = "s"
    if value.startswith(("=", "+", "-", "@")):
        # Stays text too when somebody edits the cell.
        cell.quotePrefix = True
    return cell


def quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'
