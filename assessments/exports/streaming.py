"""A workbook with very many rows: they are written to files as they come, so that memory does not grow with them.

openpyxl writes styles, pages and names; its own streaming takes three times as long for the same cells.
"""

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import NamedStyle
from openpyxl.utils import get_column_letter

from assessments.exports.cells import Look, cell_xml, look_of

Plain = str | int | Decimal | None
_NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
_EXTENT = re.compile(rb'<dimension ref="[^"]*"')
# Packing harder makes the file a tenth smaller and takes twice the time.
PACKING = 4


class StreamedSheet:
    """One sheet. `sheet` is openpyxl's, for its page and its filter; rows go through `row` alone."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.rows = 0
        self.columns = 0
        self._kept: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open until the workbook is written
        self._rows_looks: dict[tuple[str, ...], tuple[Look, ...]] = {}
        self._letters: list[str] = []

    def row(self, values: Sequence[Plain], styles: Sequence[str], *, height: float = 0) -> None:
        """The next row, in named styles; where there is no value there is no cell."""
        self.rows += 1
        self.columns = max(self.columns, len(values))
        while len(self._letters) < len(values):
            self._letters.append(get_column_letter(len(self._letters) + 1))
        number = str(self.rows)
        looks = self._looks_of(tuple(styles))
        cells = [
            cell_xml(letter + number, value, look)
            for letter, value, look in zip(self._letters, values, looks, strict=False)
            if value is not None
        ]
        high = f' ht="{height:g}" customHeight="1"' if height else ""
        self._kept.write(f'<row r="{number}"{high}>{"".join(cells)}</row>'.encode())

    def _looks_of(self, names: tuple[str, ...]) -> tuple[Look, ...]:
        found = self._rows_looks.get(names)
        if found is None:
            looks = {name: look_of(self.sheet, name) for name in dict.fromkeys(names)}
            found = self._rows_looks[names] = tuple(looks[name] for name in names)
        return found

    def write(self, xml: bytes, out: IO[bytes]) -> None:
        """The whole sheet: its XML as openpyxl wrote it, with the rows in their place."""
        before, after = _NO_ROWS.split(xml)
        extent = f'<dimension ref="A1:{get_column_letter(max(self.columns, 1))}{max(self.rows, 1)}"'
        out.write(_EXTENT.sub(extent.encode(), before) + b"<sheetData>")
        self._kept.seek(0)
        shutil.copyfileobj(self._kept, out, 1 << 20)
        out.write(b"</sheetData>" + after)
        self._kept.close()


class StreamedBook:
    def __init__(self, styles: Iterable[NamedStyle], title: str) -> None:
        self.book = Workbook()
        for empty in self.book.worksheets:
            self.book.remove(empty)
        for style in styles:
            self.book.add_named_style(style)
        self.book.properties.title = title
        self.sheets: list[StreamedSheet] = []

    def sheet(self, name: str) -> StreamedSheet:
        self.sheets.append(StreamedSheet(self.book.create_sheet(name)))
        return self.sheets[-1]

    def written(self) -> IO[bytes]:
        """The .xlsx as a file, from its beginning; it is gone when it is closed. Done with the workbook."""
        plain = io.BytesIO()
        self.book.save(plain)
        out = tempfile.TemporaryFile()  # noqa: SIM115 - its reader closes it
        with (
            zipfile.ZipFile(plain) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING) as new,
        ):
            for item in old.infolist():
                found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", item.filename)
                if found is None:
                    new.writestr(item.filename, old.read(item))
                    continue
                with new.open(item.filename, "w", force_zip64=True) as target:
                    self.sheets[int(found[1]) - 1].write(old.read(item), target)
        out.seek(0)
        return out
