"""The office's workbook in the tests: made, filled as a person does, and read back."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook

from assessments.calendar import today
from assessments.exports import workbook
from assessments.forms.workbook_cells import read_workbook
from assessments.models import Assessment
from assessments.queries.workbooks import Comparison, compare


def made(assessment: Assessment) -> bytes:
    return workbook.workbook_of(assessment, today())


def sheets_of(book: bytes) -> dict[str, str]:
    """The dimensions' sheets by title, as XML."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {f"มิติ {number}": archive.read(f"xl/worksheets/sheet{number + 2}.xml").decode() for number in range(1, 5)}


def places(book: bytes) -> dict[str, tuple[str, str]]:
    """Sheet and cell of every input of a workbook as it was made, by its key."""
    return {
        key: (title, f"E{row}")
        for title, xml in sheets_of(book).items()
        for row, key in re.findall(r'<c r="A(\d+)" s="\d+" t="inlineStr"><is><t xml:space="preserve">([^<]*)</t>', xml)
    }


def filled(book: bytes, cells: dict[str, Any]) -> bytes:
    """A workbook as it was made, with values typed into inputs, by key. A text that begins with =SUM is a formula."""
    where, parts = places(book), dict(sheets_of(book))
    for key, value in cells.items():
        title, cell = where[key]
        pattern = rf'<c r="{cell}" s="(\d+)"(?:/>|[^>]*>.*?</c>)'
        parts[title], found = re.subn(pattern, lambda one, v=value, c=cell: _cell(c, one[1], v), parts[title], count=1)  # type: ignore[misc]
        assert found == 1
    return with_parts(book, {f"xl/worksheets/sheet{int(title[-1]) + 2}.xml": xml for title, xml in parts.items()})


def _cell(place: str, style: str, value: Any) -> str:
    head = f'<c r="{place}" s="{style}"'
    if value is None:
        return f"{head}/>"
    if isinstance(value, bool):
        return f'{head} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"{head}><v>{value!r}</v></c>"
    if value.startswith("=SUM"):
        return f"{head}><f>{value[1:]}</f><v>3</v></c>"
    if value.startswith("#N"):
        return f'{head} t="e"><v>{value}</v></c>'
    return f'{head} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def changed(book: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The workbook after something was done to it in a spreadsheet."""
    opened = load_workbook(io.BytesIO(book))
    change(opened)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def compared(assessment: Assessment, book: bytes) -> Comparison:
    return compare(assessment, read_workbook(io.BytesIO(book), assessment))


def rows(found: Comparison) -> dict[str, tuple[str, str, str]]:
    """Each difference: key -> (kind, here, in the workbook)."""
    return {row.key: (row.kind, row.old, row.new) for row in found.rows}


def with_parts(book: bytes, parts: dict[str, str | bytes]) -> bytes:
    """The file with members of its archive added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            if item.filename not in parts:
                new.writestr(item.filename, old.read(item))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()
