"""What dimension 1 lacks, as a workbook: figures, and formulas over them, so that another price gives another cost.

Sheets: all items with their prices, the regions, what each office lacks, what of it a reviewer confirmed, and what the
columns mean. A cell without a figure was not answered, or could not be judged; 0 is nothing lacked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.exports import country_looks as looks
from assessments.exports.cells import Formula, Value, put
from assessments.exports.results import saved
from assessments.exports.workbook_looks import height
from assessments.queries.resources import Resources
from assessments.resources import INSURANCE, Line, Stand, Sum

SUMMARY, REGIONS, OFFICES, CONFIRMED, MEANING = "สรุปรายการ", "รายภาค", "รายจังหวัด", "ผู้ตรวจยืนยันแล้ว", "คำอธิบาย"
HEAD = 4
HEAD_HEIGHT = 84.0
FIRST = HEAD + 1
# Of the offices' sheets: the price of each item stands in a row of its own below the head.
PRICES = FIRST
FIRST_OFFICE = PRICES + 1
FIRST_ITEM = 5
NO_PRICE = "ยังไม่มีราคา"
NOT_BOUGHT = "ไม่คิดเป็นเงิน"
_SUMMARY_HEADS = (
    *("รหัส", "รายการ", "เกณฑ์", "หน่วย", "สำนักงานที่มีคำตอบ", "สำนักงานที่ขาด", "ขาดรวม", "ยืนยันแล้ว: สำนักงานที่ขาด"),
    *("ยืนยันแล้ว: ขาดรวม", "ราคาต่อหน่วย (บาท)", "เป็นเงิน (บาท)", "เป็นเงินเฉพาะที่ยืนยันแล้ว (บาท)"),
)
_SUMMARY_WIDTHS = (8, 56, 30, 12, 12, 12, 12, 14, 14, 16, 20, 20)
_MEANINGS = (
    ("รหัส", "รหัสตัวชี้วัดมิติที่ 1 ของมาตรฐานที่ใช้ในรอบนี้ รถยนต์และรถจักรยานยนต์มีสองแถว คือตัวรถและการทำประกันภัย"),
    ("สำนักงานที่มีคำตอบ", "สำนักงานที่ส่งการประเมินแล้วและมีคำตอบที่ตรวจกับเกณฑ์ได้ ช่องว่างในแผ่นรายจังหวัดคือยังไม่มีคำตอบที่ตรวจได้"),
    ("ขาด", "จำนวนที่ต่ำกว่าเกณฑ์ตามที่สำนักงานกรอก คำนวณตามเกณฑ์ของตัวชี้วัด 0 คือไม่ขาด"),
    ("ยืนยันแล้ว", "เฉพาะคำตอบที่ผู้ตรวจประเมินยืนยันแล้วและสำนักงานไม่ได้แก้หลังจากนั้น"),
    ("ราคาต่อหน่วย", "ผู้จัดการส่วนกลางกรอกในระบบ แก้ในช่องสีเหลืองของแฟ้มนี้ได้ ทุกยอดเงินคำนวณใหม่ทันที แต่ไม่กลับเข้าระบบ"),
    ("เป็นเงิน", "จำนวนที่ขาดคูณราคาต่อหน่วย รายการที่ยังไม่มีราคาไม่อยู่ในยอดรวม ไม่นับเป็น 0 บาท"),
    ("1.31", "ขาดเป็นจุดร้อยละจากเป้าหมายการเบิกจ่าย จึงไม่รวมกันและไม่คิดเป็นเงิน"),
)


def file_name(year: int) -> str:
    """Without its ending."""
    return f"ทรัพยากรที่ขาด ปีงบประมาณ {year}"


def workbook_of(resources: Resources) -> bytes:
    """The workbook as the bytes of an .xlsx file. No query."""
    return _Book(resources).saved()


@dataclass
class _Sheet:
    """A sheet with what its formulas give, by cell."""

    sheet: Worksheet
    formulas: dict[str, Decimal | str] = field(default_factory=dict)

    def put(self, row: int, column: int, value: Value, style: str) -> None:
        cell = put(self.sheet, row, column, value, style)
        if isinstance(value, Formula):
            self.formulas[cell.coordinate] = value.result

    def row(self, row: int, values: Sequence[tuple[Value, str]]) -> None:
        self.sheet.row_dimensions[row].height = looks.LINE
        for column, (value, style) in enumerate(values, start=1):
            self.put(row, column, value, style)


class _Book:
    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.lines = resources.shortage.lines
        self.whose = f"ปีงบประมาณ พ.ศ. {resources.round.year}"
        self.last_office = FIRST_OFFICE + len(resources.offices) - 1

    def saved(self) -> bytes:
        book = Workbook()
        for empty in book.worksheets:
            book.remove(empty)
        for style in looks.styles():
            book.add_named_style(style)
        names = (SUMMARY, REGIONS, OFFICES, CONFIRMED, MEANING)
        sheets = {name: _Sheet(book.create_sheet(name)) for name in names}
        self._summary(sheets[SUMMARY])
        self._regions(sheets[REGIONS])
        self._offices(sheets[OFFICES], confirmed=False)
        self._offices(sheets[CONFIRMED], confirmed=True)
        self._meaning(sheets[MEANING])
        book.properties.title = file_name(self.resources.round.year)
        return saved(book, [sheets[name].formulas for name in names])

    # --- parts that more than one sheet has ------------------------------------------------------------

    def _top(
        self, sheet: _Sheet, title: str, heads: Sequence[str], widths: Sequence[float], freeze: str, columns: str = ""
    ) -> None:
        found = self.resources
        sheet.put(1, 1, f"{title} {self.whose}", looks.TITLE)
        told = f"จาก {len(found.offices)} สำนักงานที่ส่งแล้ว ในทั้งหมด {found.all_offices} สำนักงาน"
        sheet.put(2, 1, told, looks.NOTE)
        sheet.row(HEAD, [(head, looks.HEAD) for head in heads])
        for row, high in ((1, looks.TITLE_LINE), (2, looks.LINE), (HEAD, HEAD_HEIGHT)):
            sheet.sheet.row_dimensions[row].height = high
        looks.page(sheet.sheet, widths, whose=self.whose, head_row=HEAD, freeze=freeze, columns=columns)

    def _name(self, line: Line) -> str:
        name = self.resources.nodes[line.item.code].name
        return f"การทำประกันภัย: {name}" if line.item.item == INSURANCE else name

    def _range(self, name: str, place: int) -> str:
        """The offices' cells of an item in one of the offices' sheets."""
        column = get_column_letter(FIRST_ITEM + place)
        return f"'{name}'!${column}${FIRST_OFFICE}:${column}${max(self.last_office, FIRST_OFFICE)}"

    @staticmethod
    def _high(sheet: _Sheet, row: int, *texts: tuple[str, float]) -> None:
        """As high as the longest of its texts in the width of its column."""
        sheet.sheet.row_dimensions[row].height = max(height(text, width * 0.88) for text, width in texts)

    def _cost(self, line: Line, units: str, price: str, result: Decimal | None) -> Value:
        if not line.item.counted:
            return NOT_BOUGHT
        told: Decimal | str = NO_PRICE if result is None else result
        return Formula(f'IF(ISNUMBER({price}),{units}*{price},"{NO_PRICE}")', told)

    # --- the sheets ------------------------------------------------------------------------------------

    def _summary(self, sheet: _Sheet) -> None:
        self._top(sheet, "ทรัพยากรที่ขาดตามเกณฑ์มิติที่ 1", _SUMMARY_HEADS, _SUMMARY_WIDTHS, f"C{FIRST}")
        for place, line in enumerate(self.lines):
            row, whole = FIRST + place, line.whole
            reported, confirmed = self._range(OFFICES, place), self._range(CONFIRMED, place)
            counted = line.item.counted
            values: list[tuple[Value, str]] = [
                (line.item.code, looks.CODE),
                (self._name(line), looks.WRAP),
                (self.resources.nodes[line.item.code].criterion, looks.WRAP),
                (line.item.unit if counted else "จุดร้อยละ", looks.TEXT),
                (Formula(f"COUNT({reported})", Decimal(whole.answered)), looks.COUNT),
                (Formula(f'COUNTIF({reported},">0")', Decimal(whole.lacking)), looks.COUNT),
                (Formula(f"SUM({reported})", whole.units) if counted else None, looks.COUNT),
                (Formula(f'COUNTIF({confirmed},">0")', Decimal(whole.confirmed_lacking)), looks.COUNT),
                (Formula(f"SUM({confirmed})", whole.confirmed_units) if counted else None, looks.COUNT),
                (line.price, looks.PRICE) if counted else (None, looks.COUNT),
                (self._cost(line, f"G{row}", f"J{row}", line.cost), looks.AMOUNT),
                (self._cost(line, f"I{row}", f"J{row}", line.confirmed_cost), looks.AMOUNT),
            ]
            sheet.row(row, values)
            self._high(sheet, row, (self._name(line), _SUMMARY_WIDTHS[1]), (str(values[2][0]), _SUMMARY_WIDTHS[2]))
        last = FIRST + len(self.lines) - 1
        shortage = self.resources.shortage
        sums: list[tuple[Value, str]] = [(None, looks.SUM_TEXT)] * 10
        sums[1] = ("รวมเฉพาะรายการที่มีราคา", looks.SUM_TEXT)
        sums.append((Formula(f"SUM(K{FIRST}:K{last})", shortage.cost), looks.SUM_AMOUNT))
        sums.append((Formula(f"SUM(L{FIRST}:L{last})", shortage.confirmed_cost), looks.SUM_AMOUNT))
        sheet.row(last + 1, sums)
        sheet.sheet.auto_filter.ref = f"A{HEAD}:L{last}"

    def _regions(self, sheet: _Sheet) -> None:
        regions = self.resources.regions
        heads = ["รหัส", "รายการ", "หน่วย"]
        for region in regions:
            heads += [f"{region.name_th}: ขาด", f"{region.name_th}: เป็นเงิน (บาท)"]
        self._top(sheet, "ทรัพยากรที่ขาดรายภาค", heads, (8, 52, 12, *(14, 20) * len(regions)), f"C{FIRST}")
        of_region = f"'{OFFICES}'!$C${FIRST_OFFICE}:$C${max(self.last_office, FIRST_OFFICE)}"
        for place, line in enumerate(self.lines):
            row = FIRST + place
            unit = line.item.unit if line.item.counted else "จุดร้อยละ"
            values: list[tuple[Value, str]] = [
                (line.item.code, looks.CODE),
                (self._name(line), looks.WRAP),
                (unit, looks.TEXT),
            ]
            for number, region in enumerate(regions):
                part: Sum = line.regions[region.code]
                units = Formula(f'SUMIF({of_region},"{region.name_th}",{self._range(OFFICES, place)})', part.units)
                cell = f"{get_column_letter(4 + 2 * number)}{row}"
                cost = self._cost(line, cell, f"'{SUMMARY}'!$J${row}", line.cost_of(part))
                values += [(units if line.item.counted else None, looks.COUNT), (cost, looks.AMOUNT)]
            sheet.row(row, values)
            self._high(sheet, row, (self._name(line), 52))
        last = FIRST + len(self.lines) - 1
        sheet.row(last + 1, [(None, looks.SUM_TEXT), ("รวมเฉพาะรายการที่มีราคา", looks.SUM_TEXT), (None, looks.SUM_TEXT)])
        for number, region in enumerate(regions):
            letter = get_column_letter(5 + 2 * number)
            total = Formula(f"SUM({letter}{FIRST}:{letter}{last})", self.resources.shortage.cost_in(region.code))
            sheet.put(last + 1, 4 + 2 * number, None, looks.SUM_TEXT)
            sheet.put(last + 1, 5 + 2 * number, total, looks.SUM_AMOUNT)

    def _offices(self, sheet: _Sheet, *, confirmed: bool) -> None:
        found = self.resources
        heads = ["รหัสจังหวัด", "จังหวัด", "ภาค", "เป็นเงิน (บาท)"]
        heads += [f"{line.item.code} {self._name(line)}" for line in self.lines]
        title = "สิ่งที่ขาดซึ่งผู้ตรวจประเมินยืนยันแล้ว รายจังหวัด" if confirmed else "สิ่งที่แต่ละจังหวัดขาด"
        widths = (12, 22, 26, 18, *(14,) * len(self.lines))
        self._top(sheet, title, heads, widths, f"{get_column_letter(FIRST_ITEM)}{FIRST_OFFICE}", "A:B")
        sheet.sheet.row_dimensions[HEAD].height = 190
        sheet.row(
            PRICES,
            [("", looks.SUM_TEXT), ("ราคาต่อหน่วย (บาท)", looks.SUM_TEXT), ("", looks.SUM_TEXT), ("", looks.SUM_TEXT)],
        )
        for place, line in enumerate(self.lines):
            price: Value = None
            if line.item.counted:
                source = f"'{SUMMARY}'!$J${FIRST + place}"
                price = Formula(f'IF(ISNUMBER({source}),{source},"")', "" if line.price is None else line.price)
            sheet.put(PRICES, FIRST_ITEM + place, price, looks.SUM_AMOUNT)
        stands = [{each.office: each for each in found.stands[line.item.key]} for line in self.lines]
        first, last = get_column_letter(FIRST_ITEM), get_column_letter(FIRST_ITEM + len(self.lines) - 1)
        for number, office in enumerate(found.offices):
            row = FIRST_OFFICE + number
            lacks = [_lacks(those[office.pk], confirmed=confirmed) for those in stands]
            cost = sum(
                (
                    each * line.price
                    for each, line in zip(lacks, self.lines, strict=True)
                    if each is not None and line.price is not None and line.item.counted
                ),
                Decimal(0),
            )
            made = f"SUMPRODUCT(${first}${PRICES}:${last}${PRICES},{first}{row}:{last}{row})"
            values: list[tuple[Value, str]] = [
                (office.iso, looks.CODE),
                (office.name_th, looks.TEXT),
                (office.region_th, looks.TEXT),
                (Formula(made, cost), looks.AMOUNT),
                *((each, looks.COUNT) for each in lacks),
            ]
            sheet.row(row, values)
        if found.offices:
            sheet.sheet.auto_filter.ref = f"A{PRICES}:{last}{self.last_office}"

    def _meaning(self, sheet: _Sheet) -> None:
        self._top(sheet, "คำอธิบาย", ("หัวข้อ", "ความหมาย"), (26, 130), f"A{FIRST}")
        for place, (name, meaning) in enumerate(_MEANINGS):
            sheet.row(FIRST + place, [(name, looks.SUM_TEXT), (meaning, looks.WRAP)])
            self._high(sheet, FIRST + place, (meaning, 130))


def _lacks(stand: Stand, *, confirmed: bool) -> Decimal | None:
    return None if confirmed and not stand.confirmed else stand.lacks
