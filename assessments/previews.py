"""A Word or Excel file as plain text blocks for the page: headings, paragraphs and tables, and nothing that acts.

Read from files that were checked (`assessments.files`). Reading stops at fixed bounds, so that a document of a thousand
pages costs what a short one does; the template escapes all of it.
"""

import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any
from xml.sax.handler import ContentHandler

import openpyxl
from defusedxml.sax import make_parser

from assessments.calendar import short_date

MAX_BLOCKS = 200
MAX_SIGNS = 40_000
MAX_SHEETS, MAX_ROWS, MAX_COLUMNS = 3, 60, 20
CELL_SIGNS = 500
# Parts that openpyxl reads whole before the first row.
MAX_WHOLE = 8 * 1024 * 1024
# A sheet is read row by row, but one row may be all of it.
MAX_SHEET = 32 * 1024 * 1024
_PIECE = 16 * 1024
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (`level` 1 to 3), a paragraph (level 0), or a table where `rows` is not empty."""

    text: str = ""
    level: int = 0
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a file is shown. `cut` tells that there is more in it; not `readable`: nothing could be read."""

    blocks: tuple[Block, ...] = ()
    cut: bool = False
    readable: bool = True


def preview_of(content: IO[bytes], ending: str) -> Shown:
    """The beginning of a .docx or .xlsx."""
    try:
        return _word(content) if ending == "docx" else _workbook(content)
    except Exception:  # openpyxl raises all sorts over odd files; without a preview the file can still be downloaded
        return Shown(readable=False)


# --- Word -------------------------------------------------------------------------------------------


class _Enough(Exception):
    """No more is shown."""


def _word(content: IO[bytes]) -> Shown:
    with zipfile.ZipFile(content) as archive:
        headings = _Headings()
        if "word/styles.xml" in archive.NameToInfo:
            _read(archive, "word/styles.xml", headings)
        reader = _Body(headings.levels)
        cut = _read(archive, "word/document.xml", reader)
        return Shown(tuple(reader.blocks), cut=cut)


def _read(archive: zipfile.ZipFile, name: str, handler: ContentHandler) -> bool:
    """Read a part in pieces; True where the handler had enough before its end, or too much of it is there."""
    parser = make_parser()
    parser.setFeature("http://xml.org/sax/features/namespaces", True)
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    read = 0
    with archive.open(name) as part:
        try:
            while piece := part.read(_PIECE):
                read += len(piece)
                if read > MAX_WHOLE:
                    return True
                parser.feed(piece)
            parser.close()
        except _Enough:
            return True
    return False


def _of(attrs: Any, name: str) -> str:
    return str(attrs.get((_W, name), ""))


class _Headings(ContentHandler):
    """Which styles are headings: their names are English in every language's Word, their ids are not."""

    def __init__(self) -> None:
        self.levels: dict[str, int] = {}
        self.style = ""

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - the parser's name
        if name[1] == "style":
            self.style = _of(attrs, "styleId")
        elif name[1] == "name" and self.style:
            called = _of(attrs, "val").lower()
            if called == "title":
                self.levels[self.style] = 1
            elif called.startswith("heading ") and called[8:].isdigit():
                self.levels[self.style] = min(3, int(called[8:]))


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)


class _Body(ContentHandler):
    """Paragraphs and tables in their order. A table inside a table is told as the text of its cell."""

    def __init__(self, levels: dict[str, int]) -> None:
        self.levels = levels
        self.blocks: list[Block] = []
        self.signs = 0
        self.text: list[str] = []
        self.level = 0
        self.depth = 0
        self.table = _Table()
        self.inside_text = False
        self.skipped = 0

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - the parser's name
        tag = name[1]
        if self.skipped or tag == "Fallback":  # the same text once more, for older programs
            self.skipped += 1
            return
        match tag:
            case "tbl":
                self.depth += 1
                if self.depth == 1:
                    self.table = _Table()
            case "tr" if self.depth == 1:
                self.table.rows.append([])
            case "tc" if self.depth == 1 and self.table.rows:
                self.table.rows[-1].append("")
            case "p":
                self.text, self.level = [], 0
            case "pStyle":
                self.level = self.levels.get(_of(attrs, "val"), 0)
            case "t":
                self.inside_text = True
            case "tab" | "br" | "cr":
                self.text.append(" ")

    def characters(self, content: str) -> None:
        if self.inside_text and not self.skipped:
            self.text.append(content)
            self.signs += len(content)
            if self.signs > MAX_SIGNS:
                self.end_paragraph()
                self.end_table()
                raise _Enough

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802 - the parser's name
        if self.skipped:
            self.skipped -= 1
            return
        match name[1]:
            case "t":
                self.inside_text = False
            case "p":
                self.end_paragraph()
            case "tbl":
                self.depth -= 1
                if not self.depth:
                    self.end_table()

    def end_paragraph(self) -> None:
        text = " ".join("".join(self.text).split())
        self.text = []
        if not text:
            return
        if self.depth:
            if self.table.rows and self.table.rows[-1]:
                cell = self.table.rows[-1][-1]
                self.table.rows[-1][-1] = f"{cell} {text}".strip()[:CELL_SIGNS]
            return
        self.add(Block(text, self.level))

    def end_table(self) -> None:
        rows = _evened(row[:MAX_COLUMNS] for row in self.table.rows[:MAX_ROWS])
        self.table = _Table()
        if rows:
            self.add(Block(rows=rows))

    def add(self, block: Block) -> None:
        self.blocks.append(block)
        if len(self.blocks) >= MAX_BLOCKS:
            raise _Enough


# --- Excel ------------------------------------------------------------------------------------------


def _workbook(content: IO[bytes]) -> Shown:
    with zipfile.ZipFile(content) as archive:
        whole = ("xl/sharedstrings.xml", "xl/styles.xml", "xl/workbook.xml")
        for entry in archive.infolist():
            name = entry.filename.lower()
            bound = MAX_WHOLE if name in whole else MAX_SHEET
            if name.startswith("xl/") and name.endswith(".xml") and entry.file_size > bound:
                return Shown(readable=False)
    content.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells which of Excel's extensions it leaves out
        book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
        try:
            return _sheets(book)
        finally:
            book.close()


def _sheets(book: Any) -> Shown:
    blocks, cut = [], len(book.worksheets) > MAX_SHEETS
    for sheet in book.worksheets[:MAX_SHEETS]:
        rows: list[Row] = []
        for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True):
            cut = cut or len(rows) == MAX_ROWS or (len(row) > MAX_COLUMNS and row[MAX_COLUMNS] is not None)
            rows.append(tuple(_cell(value) for value in row[:MAX_COLUMNS]))
        blocks.append(Block(sheet.title, level=2))
        table = _evened(rows[:MAX_ROWS])
        if table:
            blocks.append(Block(rows=table))
    return Shown(tuple(blocks), cut=cut)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        day = short_date(value.date())
        return day if value.time() == time() else f"{day} {value:%H:%M}"
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return " ".join(str(value).split())[:CELL_SIGNS]


def _evened(rows: Iterable[Iterable[str]]) -> tuple[Row, ...]:
    """All rows equally long; what is empty at the end and at the right is left out."""
    found = [tuple(row) for row in rows]
    while found and not any(found[-1]):
        found.pop()
    width = max((place + 1 for row in found for place, cell in enumerate(row) if cell), default=0)
    return tuple((row + ("",) * width)[:width] for row in found)
