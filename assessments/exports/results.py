"""A workbook as the bytes of an .xlsx file, with each formula's result beside it.

openpyxl writes no results, and previews and protected views do not calculate. Its rows are written here from its own
cells as well: through its tree of elements they would take three quarters of the time of the whole workbook.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

Results = Mapping[str, Decimal | str]
_NO_ROWS = re.compile(r"<sheetData\s*/>|<sheetData></sheetData>")
_EXTENT = re.compile(r'<dimension ref="[^"]*"')


def saved(book: Workbook, results: Sequence[Results], heights: Sequence[Mapping[int, float]] = ()) -> bytes:
    """The file. `results` has what each formula gives by cell, `heights` the points of rows that openpyxl was not
    told of: a mapping for each sheet in its order. Done with the workbook: its cells are taken out."""
    told = heights or [{}] * len(results)
    sheets = [
        (sheet.calculate_dimension(), "".join(_rows(sheet, of, high)))
        for sheet, of, high in zip(book.worksheets, results, told, strict=True)
    ]
    plain, out = io.BytesIO(), io.BytesIO()
    # Packed only once, at the end.
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as archive:
        for sheet in book.worksheets:
            sheet._cells.clear()
            sheet.row_dimensions.clear()
        ExcelWriter(book, archive).write_data()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", item.filename)
            if found:
                content = _with_rows(content.decode(), *sheets[int(found[1]) - 1]).encode()
            new.writestr(item.filename, content)
    return out.getvalue()


def _with_rows(xml: str, extent: str, rows: str) -> str:
    before, after = _NO_ROWS.split(xml)
    return _EXTENT.sub(f'<dimension ref="{extent}"', before) + f"<sheetData>{rows}</sheetData>" + after


def _rows(sheet: Worksheet, results: Results, heights: Mapping[int, float]) -> Iterator[str]:
    """The rows of a sheet that have a cell, in their order."""
    cells: dict[int, list[Any]] = {}
    for (row, _column), cell in sorted(sheet._cells.items()):
        cells.setdefault(row, []).append(cell)
    styles: dict[int, int] = {}
    for row, those in cells.items():
        height = heights.get(row) or (sheet.row_dimensions[row].height if row in sheet.row_dimensions else None)
        high = f' ht="{height:g}" customHeight="1"' if height else ""
        yield f'<row r="{row}"{high}>'
        for cell in those:
            known = id(cell._style)
            if known not in styles:
                styles[known] = cell.style_id
            yield _cell(cell, styles[known], results)
        yield "</row>"


def _cell(cell: Any, style: int, results: Results) -> str:
    place, value = cell.coordinate, cell.value
    head = f'<c r="{place}" s="{style}"'
    if value is None:
        return f"{head}/>"
    if cell.data_type == "f":
        result = results[place]
        kind = ' t="str"' if isinstance(result, str) else ""
        return f"{head}{kind}><f>{escape(value[1:])}</f><v>{escape(str(result))}</v></c>"
    if cell.data_type == "n":
        return f"{head}><v>{value}</v></c>"
    assert cell.data_type == "s", cell.data_type
    return f'{head} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
