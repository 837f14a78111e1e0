"""The national workbook of a round: offices, areas, answers with raw inputs, indicators, and what each column is."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.utils import translation
from openpyxl.utils import get_column_letter

from assessments.calendar import thai_long_date, today
from assessments.exports import country_looks as looks
from assessments.exports.national_columns import (
    DICTIONARY_COLUMNS,
    INDICATOR_COLUMNS,
    Column,
    Row,
    answer_columns,
    area_columns,
    office_columns,
)
from assessments.exports.streaming import StreamedBook, StreamedSheet
from assessments.queries.country_files import National

OFFICES, AREAS, ANSWERS, INDICATORS, DICTIONARY = "รายจังหวัด", "รายด้าน", "รายตัวชี้วัด", "ตัวชี้วัด", "พจนานุกรมข้อมูล"
# Title, what it is, an empty row, then the heads.
HEAD = 4
HEAD_HEIGHT = 84.0


def file_name(year: int) -> str:
    """Without its ending."""
    return f"ผลการประเมินทั้งประเทศ ปีงบประมาณ {year}"


def workbook_of(national: National) -> IO[bytes]:
    """The workbook as a file. Streamed: two queries, whatever the number of offices."""
    with translation.override("th"):
        return _Book(national).written()


class _Table:
    """A sheet that is written row by row by its columns."""

    def __init__(self, book: StreamedBook, name: str, columns: Sequence[Column], title: str, note: str) -> None:
        self.name, self.columns = name, columns
        self.sheet: StreamedSheet = book.sheet(name)
        self.values = [column.value for column in columns]
        self.styles = tuple(column.style for column in columns)
        self.sheet.row([title], [looks.TITLE], height=looks.TITLE_LINE)
        self.sheet.row([note], [looks.NOTE], height=looks.LINE)
        self.sheet.row([], [])
        self.sheet.row([column.head for column in columns], [looks.HEAD] * len(columns), height=HEAD_HEIGHT)

    def row(self, about: Any) -> None:
        self.sheet.row([value(about) for value in self.values], self.styles, height=looks.LINE)

    def finish(self, whose: str, freeze: str, columns: str) -> None:
        """The page, the panes and the filter over all rows."""
        widths = [column.width for column in self.columns]
        looks.page(self.sheet.sheet, widths, whose=whose, head_row=HEAD, freeze=freeze, columns=columns)
        last = max(self.sheet.rows, HEAD)
        self.sheet.sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(widths))}{last}"


class _Book:
    def __init__(self, national: National) -> None:
        self.national, self.standard = national, national.standard
        self.whose = f"ปีงบประมาณ พ.ศ. {national.round.year}"
        self.book = StreamedBook(looks.styles(), file_name(national.round.year))

    def _table(self, name: str, columns: Sequence[Column], what: str) -> _Table:
        note = f"{what} ข้อมูล ณ {thai_long_date(today())}"
        return _Table(self.book, name, columns, f"{name} {self.whose}", note)

    def written(self) -> IO[bytes]:
        offices = self._table(OFFICES, office_columns(self.standard), "หนึ่งแถวต่อหนึ่งสำนักงาน")
        areas = self._table(AREAS, area_columns(), "หนึ่งแถวต่อหนึ่งสำนักงานหนึ่งด้าน เฉพาะมิติที่มีคะแนน")
        answers = self._table(ANSWERS, answer_columns(self.standard), "หนึ่งแถวต่อหนึ่งสำนักงานหนึ่งตัวชี้วัด")
        scored = [area for dimension in self.standard.dimensions if dimension.scored for area in dimension.areas]
        for office, lines in self.national.lines():
            met = [line.met for line in lines]
            offices.row(Row(office, met=met.count(True), unmet=met.count(False)))
            for area in scored:
                areas.row(Row(office, area=area))
            for line in lines:
                answers.row(Row(office, line=line))
        indicators = self._table(INDICATORS, INDICATOR_COLUMNS, f"มาตรฐาน พ.ศ. {self.standard.year}")
        for node in self.standard.indicators.values():
            indicators.row(node)
        tables = (offices, areas, answers, indicators)
        dictionary = self._table(DICTIONARY, DICTIONARY_COLUMNS, "ความหมายของทุกคอลัมน์")
        for pair in _pairs(tables):
            dictionary.row(pair)
        for table in tables[:3]:
            table.finish(self.whose, "C5", "A:B")
        indicators.finish(self.whose, "D5", "")
        dictionary.finish(self.whose, "A5", "")
        return self.book.written()


def _pairs(tables: Iterable[_Table]) -> Iterable[tuple[str, Column]]:
    return ((table.name, column) for table in tables for column in table.columns)
