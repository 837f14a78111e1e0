"""The office's workbook: a year's form to be filled away from the network and brought back.

Sheets: how to fill it, the totals, one for each dimension, and two that are hidden: the words of the choices, and whose
workbook it is with the version of each answer. Protected without a password, so that only inputs take the cursor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessments import workbook as layout
from assessments.calendar import thai_long_date
from assessments.exports.cells import Formula, Value, put
from assessments.exports.results import saved
from assessments.exports.totals import Totals
from assessments.exports.workbook_dimension import DimensionSheet, Scores
from assessments.exports.workbook_looks import height, page, protect, styles
from assessments.models import Answer, Assessment
from assessments.queries.workbooks import answers_of
from assessments.report import still_open
from assessments.workbook import CHOICES_SHEET, IDENTITY_SHEET, choices_of, parts_of
from indicators import editions
from indicators.editions import EditionNode
from indicators.rules import Rule
from indicators.scoring import Total, level_of, total

COVER, SUMMARY = "วิธีกรอก", "สรุปคะแนน"
_STEPS = (
    "กรอกเฉพาะช่องพื้นสีเหลืองในแผ่นมิติ 1 ถึงมิติ 4 กด Enter หรือลูกศรลงเพื่อไปช่องถัดไป ช่องอื่นล็อกไว้ (ไม่มีรหัสผ่าน)",
    "ช่องตัวเลขกรอกเป็นจำนวน 0 ขึ้นไป  0 คือคำตอบ  ช่องว่างคือยังไม่ได้ตอบ",
    "ช่องที่มีตัวเลือก คลิกลูกศรท้ายช่องแล้วเลือก  ถ้าทั้งปีไม่มีกรณี เลือก “ไม่มีกรณีในรอบปี” พร้อมเหตุผล และเว้นตัวเลขว่าง",
    "ถ้าคัดลอกมาจากแฟ้มอื่น ให้วางเป็นค่าเท่านั้น (Paste Values) ระบบไม่รับสูตรในช่องกรอก",
    "คะแนน ค่าเฉลี่ย และระดับ คำนวณให้ทันที แถวเกณฑ์ที่ได้จะระบายสี ดูทั้งหมดในแผ่นสรุปคะแนน",
    "ขึ้นบรรทัดใหม่ในช่องข้อความด้วย Alt+Enter",
    "เมื่อกลับมามีเครือข่าย เปิดหน้า “แบบกรอกนอกระบบ (Excel)” ในระบบแล้วอัปโหลดแฟ้มนี้ "
    "ระบบจะแสดงทุกช่องที่ต่างให้เลือกก่อนบันทึก ไม่มีอะไรถูกบันทึกทันทีที่อัปโหลด",
    "แฟ้มนี้ใช้ได้กับสำนักงาน ปี และมาตรฐานที่ระบุด้านบนเท่านั้น หลักฐานให้แนบในระบบ",
)


def file_name(assessment: Assessment) -> str:
    """Without its ending: แบบกรอก สนง.พมจ.เชียงใหม่ 2569."""
    return f"แบบกรอก {assessment.province.office_name} {assessment.round.year}"


def workbook_of(assessment: Assessment, day: date) -> bytes:
    """The workbook of an assessment as it is now, as the bytes of an .xlsx file. One query."""
    return _Book(assessment, editions.standard_of(assessment.round.edition), answers_of(assessment), day).saved()


@dataclass
class _Book:
    assessment: Assessment
    standard: EditionNode
    answers: Mapping[int, Answer]
    day: date
    book: Workbook = field(default_factory=Workbook)

    @property
    def whose(self) -> str:
        return f"{self.assessment.province.office_name} ปีงบประมาณ พ.ศ. {self.assessment.round.year}"

    def saved(self) -> bytes:
        book = self.book
        for empty in book.worksheets:
            book.remove(empty)
        for style in styles():
            book.add_named_style(style)
        cover, summary = book.create_sheet(COVER), book.create_sheet(SUMMARY)
        words = self._words()
        sheets = []
        for dimension in self.standard.dimensions:
            sheet = book.create_sheet(f"มิติ {dimension.number}")
            sheets.append(DimensionSheet(sheet, self.assessment, dimension, self.answers, words))
        formulas: list[Mapping[str, Decimal | str]] = [{}, self._summary(summary, sheets)]
        formulas += [sheet.formulas for sheet in sheets]
        self._cover(cover)
        self._choices(words)
        self._identity()
        book.calculation.fullCalcOnLoad = True
        book.properties.title = file_name(self.assessment)
        book.properties.creator = self.assessment.province.office_name
        return saved(book, [*formulas, {}, {}], [{}, {}, *(sheet.heights for sheet in sheets), {}, {}])

    # --- how to fill it -----------------------------------------------------------------------------

    def _cover(self, sheet: Worksheet) -> None:
        page(sheet, {1: 4, 2: 24, 3: 100}, self.whose, landscape=False)
        put(sheet, 1, 1, "แบบกรอกการประเมินตนเองนอกระบบ", "wb title")
        facts = (
            ("สำนักงาน", self.assessment.province.full_office_name),
            ("ปีงบประมาณ", f"พ.ศ. {self.assessment.round.year}"),
            ("มาตรฐาน", f"{self.standard.title} (พ.ศ. {self.standard.year})"),
            ("ดาวน์โหลดเมื่อ", thai_long_date(self.day)),
            ("เปิดรับถึง", thai_long_date(self.assessment.closes_on)),
        )
        for row, (label, text) in enumerate(facts, start=3):
            put(sheet, row, 2, label, "wb strong")
            put(sheet, row, 3, text, "wb plain")
            sheet.row_dimensions[row].height = 22
        put(sheet, 9, 1, "วิธีกรอก", "wb heading")
        for row, step in enumerate(_STEPS, start=10):
            put(sheet, row, 2, f"{row - 9}.", "wb right")
            put(sheet, row, 3, step, "wb plain")
            sheet.row_dimensions[row].height = height(step, 100)
        row = 11 + len(_STEPS)
        put(sheet, row, 1, "สีของช่อง", "wb heading")
        for place, (style, words) in enumerate(
            (("wb input", "กรอกได้"), ("wb bad", "สิ่งที่กรอกใช้ไม่ได้"), ("wb reached", "แถวเกณฑ์ที่ได้")), start=row + 1
        ):
            put(sheet, place, 2, "ตัวอย่าง", style)
            put(sheet, place, 3, words, "wb plain")
            sheet.row_dimensions[place].height = 22
        for place in (1, 9, row):
            sheet.row_dimensions[place].height = 30
        protect(sheet)

    # --- the totals ---------------------------------------------------------------------------------

    def _summary(self, sheet: Worksheet, sheets: list[DimensionSheet]) -> dict[str, Decimal | str]:
        page(sheet, {1: 60, 2: 14, 3: 14, 4: 14, 5: 22, 6: 66}, self.whose, landscape=True)
        put(sheet, 1, 1, f"สรุปคะแนน {self.whose}", "wb title")
        heads = ("ด้าน / มิติ", "ตัวชี้วัด", "มีคะแนนแล้ว", "ค่าเฉลี่ย", "ช่วงที่เป็นไปได้", "ระดับ")
        for column, head in enumerate(heads, start=1):
            put(sheet, 3, column, head, "wb head")
        sheet.row_dimensions[1].height, sheet.row_dimensions[3].height = 30, 26
        lines = _Lines(sheet)
        scored = [found for found in sheets if found.dimension.scored]
        for found in sheets:
            if not found.dimension.scored:
                lines.checked(found)
        for found in scored:
            for area in found.areas:
                lines.row(f"ด้านที่ {area.area.number} {area.area.name}", [area.scores])
                area.show_mean(lines.place, lines.shown)
            name = f"มิติที่ {found.dimension.number} {found.dimension.short_name}"
            lines.row(name, [area.scores for area in found.areas], "wb sum")
        everything = [area.scores for found in scored for area in found.areas]
        numbers = "+".join(str(found.dimension.number) for found in scored)
        lines.row(f"ภาพรวมมิติที่ {numbers}", everything, "wb sum")
        sheet.freeze_panes = "A4"
        sheet.print_title_rows = "3:3"
        protect(sheet)
        return lines.formulas

    # --- hidden -------------------------------------------------------------------------------------

    def _words(self) -> dict[tuple[str, ...], str]:
        """The words of each choice, and the range that holds them."""
        found: dict[tuple[str, ...], str] = {}
        row = 1
        for node in self.standard.indicators.values():
            for part in parts_of(node):
                words = tuple(choices_of(node, part).values())
                if words and words not in found:
                    found[words] = f"'{CHOICES_SHEET}'!$A${row}:$A${row + len(words) - 1}"
                    row += len(words)
        return found

    def _choices(self, words: Mapping[tuple[str, ...], str]) -> None:
        sheet = self.book.create_sheet(CHOICES_SHEET)
        sheet.sheet_state = "hidden"
        for row, word in enumerate((word for group in words for word in group), start=1):
            put(sheet, row, 1, word, "Normal")
        protect(sheet)

    def _identity(self) -> None:
        sheet = self.book.create_sheet(IDENTITY_SHEET)
        sheet.sheet_state = "veryHidden"
        identity: list[tuple[str, Value]] = [
            (layout.MARK, layout.LAYOUT),
            ("office", self.assessment.province.iso),
            ("year", self.assessment.round.year),
            ("edition", self.standard.content_hash),
            ("made", self.day.isoformat()),
        ]
        identity += [
            (node.code, self.answers[pk].version if pk in self.answers else 0)
            for pk, node in self.standard.by_pk.items()
        ]
        for row, (name, value) in enumerate(identity, start=1):
            put(sheet, row, 1, name, "Normal")
            put(sheet, row, 2, value, "Normal")
        protect(sheet)


@dataclass
class _Lines:
    """The rows of the sheet of totals."""

    sheet: Worksheet
    last: int = 3
    formulas: dict[str, Decimal | str] = field(default_factory=dict)
    place: tuple[str, str] = ("", "")
    shown: Decimal | str = ""

    def _put(self, column: int, value: Value, style: str) -> str:
        cell = put(self.sheet, self.last, column, value, style)
        if isinstance(value, Formula):
            self.formulas[cell.coordinate] = value.result
        return cell.coordinate

    def row(self, label: str, parts: list[Scores], style: str = "wb cell") -> None:
        self.last += 1
        scores = [result if isinstance(result, Decimal) else None for part in parts for result in part.results]
        lowest = [
            (cell, node.rule.lowest)
            for part in parts
            for cell, node in zip(part.cells, part.nodes, strict=True)
            if isinstance(node.rule, Rule)
        ]
        formulas = Totals([part.range for part in parts], len(scores), lowest)
        found = total(zip(scores, (least for _, least in lowest), strict=True))
        done = found.open == 0
        ends = [f'TEXT({formulas.rounded(end)},"0.00")' for end in (formulas.low, formulas.high)]
        between = formulas.when('""', f'{ends[0]}&" - "&{ends[1]}')
        self._put(1, label, style)
        self._put(2, len(scores), f"{style} number")
        self._put(3, Formula(formulas.filled, Decimal(len(scores) - found.open)), f"{style} number")
        mean = self._put(4, Formula(formulas.mean(), found.low if done else ""), f"{style} mean")
        range_ = self._put(5, Formula(between, "" if done else f"{found.low} - {found.high}"), f"{style} number")
        self._put(6, Formula(formulas.level(blank=False), _level(found)), style)
        self.shown = found.low if done else f"{found.low} - {found.high}"
        self.place = (f"'{self.sheet.title}'!{mean}", f"'{self.sheet.title}'!{range_}")
        self.sheet.row_dimensions[self.last].height = max(24 if done else 46, height(label, 60))

    def checked(self, found: DimensionSheet) -> None:
        """Dimension 1: how many criteria are met, without a mean."""
        self.last += 1
        ranges = [area.scores.range for area in found.areas]
        results = [result for area in found.areas for result in area.scores.results]
        words = ("ผ่านเกณฑ์", "ไม่ผ่านเกณฑ์")
        met, failed = ("+".join(f'COUNTIF({place},"{word}")' for place in ranges) for word in words)
        told = f'"ผ่านเกณฑ์ "&({met})&" ไม่ผ่าน "&({failed})&" ยังไม่รู้ผล "&({len(results)}-({met})-({failed}))'
        counted = [results.count(word) for word in words]
        left = len(results) - sum(counted)
        self._put(1, f"มิติที่ {found.dimension.number} {found.dimension.short_name}", "wb sum")
        self._put(2, len(results), "wb sum number")
        self._put(3, Formula(f"{met}+{failed}", Decimal(sum(counted))), "wb sum number")
        self._put(4, None, "wb sum mean")
        self._put(5, None, "wb sum number")
        self.sheet.row_dimensions[self.last].height = 24
        said = f"ผ่านเกณฑ์ {counted[0]} ไม่ผ่าน {counted[1]} ยังไม่รู้ผล {left}"
        self._put(6, Formula(told, said), "wb sum")


def _level(found: Total) -> str:
    low, high = level_of(found.low).name, level_of(found.high).name
    if not found.open:
        return low
    if low == high:
        return f"{low} ({still_open(found.open)} แต่ไม่ทำให้ระดับเปลี่ยน)"
    return f"ยังระบุระดับไม่ได้ ({still_open(found.open)}) ต่ำสุด “{low}” สูงสุด “{high}”"
