"""Reading an uploaded workbook of an office: bounded, without calculating anything, and cell by cell.

A cell that cannot be taken is refused by itself with its name; the others stay. What is read is plain data, kept with
the import and compared with the answers by `queries.workbooks`.
"""

import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from assessments.models import Assessment
from assessments.workbook import (
    IDENTITY_SHEET,
    INPUT,
    KEY,
    LAYOUT,
    MARK,
    Part,
    choices_of,
    key_of,
    parts_of,
)
from indicators import editions
from indicators.editions import EditionNode, IndicatorNode
from indicators.thai import arabic_digits, clean

MAX_FILE = 5 * 1024 * 1024
MAX_UNPACKED = 24 * 1024 * 1024
MAX_SHEETS = 20
MAX_ROWS = 3_000
# A list may stand in more cells than it had when the workbook was made.
MAX_PLACES = 400
# A spreadsheet writes a carriage return as _x000D_, and a text that looks like that with _x005F_ before it.
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)|_x000D_")
# Why a cell is not taken, before its text is looked at.
FORMULA, DATE, TRUTH, FAULT, TWICE, UNKNOWN = "formula", "date", "truth", "fault", "twice", "unknown"


class WorkbookRefused(Exception):
    """A workbook that is not taken at all; `message` says why and what to do."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Cell:
    """One input cell: its name as a person says it ("มิติ 2!E14"), its text, or why there is none."""

    at: str
    text: str = ""
    refused: str = ""


@dataclass
class Content:
    """What was read: the versions of the answers when the workbook was made, and the cells by key."""

    versions: dict[str, int] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)

    def as_data(self, standard: EditionNode) -> dict[str, Any]:
        """By the code of an indicator: its version and its parts, each with its cells (a list has several)."""
        found: dict[str, Any] = {}
        for node in standard.indicators.values():
            parts = {part.name: self._part(node, part) for part in parts_of(node)}
            cells = {name: those for name, those in parts.items() if those}
            found[node.code] = {"version": self.versions.get(node.code, 0), "cells": cells}
        return found

    def _part(self, node: IndicatorNode, part: Part) -> list[list[str]]:
        if part.kind == "list":
            keys = [key_of(node, part, place) for place in range(1, MAX_PLACES + 1)]
        else:
            keys = [key_of(node, part)]
        cells = [self.cells[key] for key in keys if key in self.cells]
        return [[cell.at, _answered(node, part, cell.text), cell.refused] for cell in cells]


def _answered(node: IndicatorNode, part: Part, text: str) -> str:
    """A choice's words as the text of the answer that they stand for; what is not on the list stays as it is."""
    words = {clean(word): value for value, word in choices_of(node, part).items()}
    if not words or not text:
        return text
    if text in words:
        return words[text]
    typed = arabic_digits(text)
    return typed if part.kind == "option" and typed in words.values() else text


def read_workbook(file: IO[bytes], assessment: Assessment) -> dict[str, Any]:
    """The content of a checked .xlsx file that belongs to this assessment; raises WorkbookRefused."""
    _refuse_too_large(file)
    standard = editions.standard_of(assessment.round.edition)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, keep_links=False)
    except Exception as error:  # whatever a broken file makes the reader raise
        raise _damaged() from error
    try:
        content = _content(book, assessment, standard)
    except WorkbookRefused:
        raise
    except Exception as error:
        raise _damaged() from error
    finally:
        book.close()
    return content.as_data(standard)


def _refuse_too_large(file: IO[bytes]) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if size > MAX_FILE or unpacked > MAX_UNPACKED:
        raise WorkbookRefused(
            _("This file is far larger than the office's workbook; download the workbook again and fill in that one.")
        )


def _damaged() -> WorkbookRefused:
    return WorkbookRefused(
        _("This workbook cannot be read; open it in Excel, save it again as .xlsx and upload the new file.")
    )


def _content(book: Any, assessment: Assessment, standard: EditionNode) -> Content:
    if IDENTITY_SHEET not in book.sheetnames or len(book.sheetnames) > MAX_SHEETS:
        raise _not_ours()
    identity: dict[str, Any] = {}
    for row in book[IDENTITY_SHEET].iter_rows(max_row=MAX_ROWS, max_col=2, values_only=True):
        if len(row) == 2 and row[0] is not None:
            identity[str(row[0])] = row[1]
    _refuse_another(identity, assessment, standard)
    content = Content({code: _version(identity.get(code)) for code in standard.indicators})
    known = {key_of(node, part): part for node in standard.indicators.values() for part in parts_of(node)}
    for sheet in book.worksheets:
        if sheet.title != IDENTITY_SHEET:
            _read_sheet(sheet, known, content)
    if not content.cells:
        raise _not_ours()
    return content


def _not_ours() -> WorkbookRefused:
    return WorkbookRefused(
        _("This is not the office's workbook; download it on this page, fill in that file and upload it.")
    )


def _refuse_another(identity: dict[str, Any], assessment: Assessment, standard: EditionNode) -> None:
    if MARK not in identity:
        raise _not_ours()
    if identity[MARK] != LAYOUT:
        raise WorkbookRefused(_("This workbook is of an older layout; download it again and copy your figures over."))
    if identity.get("office") != assessment.province.iso:
        raise WorkbookRefused(
            _("This workbook is of another office; upload the one that was downloaded for %(office)s.")
            % {"office": assessment.province.office_name}
        )
    if identity.get("year") != assessment.round.year:
        raise WorkbookRefused(
            _("This workbook is of fiscal year %(other)s; here is fiscal year %(year)s.")
            % {"other": str(identity.get("year"))[:10], "year": assessment.round.year}
        )
    if identity.get("edition") != standard.content_hash:
        raise WorkbookRefused(
            _("This workbook was made for another edition of the standard; download it again and fill in that one.")
        )


def _version(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _read_sheet(sheet: Any, known: dict[str, Part], content: Content) -> None:
    for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=INPUT):
        if len(row) < KEY or not isinstance(row[KEY - 1].value, str):
            continue
        key = row[KEY - 1].value
        part = known.get(key) or known.get(key.rpartition("/")[0])
        if part is None or (part.kind == "list") != (key not in known):
            continue
        place = f"{sheet.title}!E{row[KEY - 1].row}"
        if key in content.cells:
            content.cells[key] = Cell(f"{content.cells[key].at}, {place}", refused=TWICE)
        else:
            cell = row[INPUT - 1] if len(row) >= INPUT else None
            content.cells[key] = _read_cell(cell, place)


def _read_cell(cell: Any, place: str) -> Cell:
    """One cell. Never calculates: a formula is refused, also where the file keeps its result."""
    value = None if cell is None else cell.value
    if value is None:
        return Cell(place)
    if cell.data_type == "f":
        return Cell(place, refused=FORMULA)
    if cell.data_type == "e":
        return Cell(place, refused=FAULT)
    if isinstance(value, bool):
        return Cell(place, refused=TRUTH)
    if isinstance(value, datetime | date | time | timedelta):
        return Cell(place, refused=DATE)
    if isinstance(value, int | float):
        # Fifteen digits are what a spreadsheet keeps; 5.0 is 5.
        plain = f"{Decimal(format(value, '.15g')):f}"
        return Cell(place, plain.rstrip("0").rstrip(".") if "." in plain else plain)
    if isinstance(value, str):
        return Cell(place, clean(_ESCAPED.sub(lambda found: "_" if found[0] == "_x005F_" else "", value)))
    return Cell(place, refused=UNKNOWN)


def refusal_of(code: str) -> str:
    """Why a cell is not taken, as a sentence."""
    return {
        FORMULA: _("This cell holds a formula; paste the figure as a value only."),
        DATE: _("This cell holds a date or a time; set the cell to number or text and type it again."),
        TRUTH: _("This cell holds TRUE or FALSE; type the figure or choose from the list."),
        FAULT: _("This cell holds an error of the spreadsheet; clear it and type it again."),
        TWICE: _("This row stands twice in the workbook; delete the copy and upload the file again."),
    }.get(code, _("This cell holds something that cannot be read; clear it and type it again."))
