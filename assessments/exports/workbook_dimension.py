"""One dimension of the office's workbook: a block of rows for each indicator, an input in each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.exports.cells import Formula, Value, put
from assessments.exports.workbook_formulas import Place, result_formula, result_of, state_formula, state_of
from assessments.exports.workbook_looks import BAD_FILL, LINE, REACHED_FILL, height, page, protect
from assessments.forms.answers import LONGEST_TEXT
from assessments.models import Answer, Assessment
from assessments.workbook import (
    BAND,
    CODE,
    INPUT,
    KEY,
    LABEL,
    NAME,
    POINTS,
    RESULT,
    STATE,
    UNIT,
    Part,
    cells_of,
    choices_of,
    key_of,
    parts_of,
    rows_beside,
    texts_of_answer,
)
from indicators.editions import AreaNode, DimensionNode, IndicatorNode
from indicators.inputs import LARGEST, InputRefused, number_from_text
from indicators.rules import Rule
from indicators.typed import NO_CASE

HEAD_ROW, FIRST_ROW = 3, 4
_REACHED, _STRONG = PatternFill("solid", bgColor=REACHED_FILL), Font(bold=True)
WIDTHS = {KEY: 4, CODE: 7, NAME: 36, LABEL: 34, INPUT: 46, UNIT: 12, POINTS: 8, BAND: 38, RESULT: 19, STATE: 4}
_HEADS = {
    CODE: "รหัส",
    NAME: "ตัวชี้วัดและเกณฑ์",
    LABEL: "สิ่งที่กรอก",
    INPUT: "ช่องกรอก",
    UNIT: "หน่วย",
    POINTS: "คะแนน",
    BAND: "แถวเกณฑ์",
    RESULT: "ผล",
}
_STYLES = {"count": "wb count", "list": "wb count", "measure": "wb measure", "text": "wb text"}


@dataclass
class Scores:
    """The result cells of one area: their range with its sheet's name, and what each shows."""

    range: str
    cells: list[str]
    nodes: list[IndicatorNode]
    results: list[Decimal | str]


@dataclass
class AreaRows:
    """An area on its sheet. Its mean stands in its own row once the sheet of totals knows where it is."""

    owner: "DimensionSheet"
    area: AreaNode
    row: int
    scores: Scores

    def show_mean(self, place: tuple[str, str], shown: Decimal | str) -> None:
        mean, between = place
        self.owner.put(self.row, RESULT, Formula(f'IF({mean}="",{between},{mean})', shown), "wb area mean")


@dataclass
class DimensionSheet:
    """Writes one dimension. `formulas` keeps what each formula gives, by cell; `choices` the ranges of the words."""

    sheet: Worksheet
    assessment: Assessment
    dimension: DimensionNode
    answers: Mapping[int, Answer]
    choices: Mapping[tuple[str, ...], str]
    formulas: dict[str, Decimal | str] = field(default_factory=dict)
    # By row. openpyxl's own rows take as long as all cells of theirs.
    heights: dict[int, float] = field(default_factory=dict)
    areas: list[AreaRows] = field(default_factory=list)
    row: int = FIRST_ROW
    checks: dict[str, tuple[DataValidation, list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sheet = self.sheet
        year = self.assessment.round.year
        page(sheet, WIDTHS, f"{self.assessment.province.office_name} {year}", landscape=True)
        for column in (KEY, STATE):
            sheet.column_dimensions[get_column_letter(column)].hidden = True
        put(sheet, 1, CODE, f"มิติที่ {self.dimension.number} {self.dimension.name}", "wb title")
        told = f"{self.assessment.province.office_name} ปีงบประมาณ พ.ศ. {year} · กรอกเฉพาะช่องพื้นสีเหลือง"
        put(sheet, 2, CODE, told, "wb soft")
        for column, head in _HEADS.items():
            put(sheet, HEAD_ROW, column, head, "wb head")
        for row, points in ((1, 30), (2, 22), (HEAD_ROW, 26)):
            self.heights[row] = points
        for area in self.dimension.areas:
            self._area(area)
        for check, cells in self.checks.values():
            check.sqref = MultiCellRange(" ".join(cells))
            sheet.add_data_validation(check)
        inputs = f"{get_column_letter(INPUT)}{FIRST_ROW}:{get_column_letter(INPUT)}{self.row - 1}"
        bad = FormulaRule([f"${get_column_letter(STATE)}{FIRST_ROW}=-1"], fill=PatternFill("solid", bgColor=BAD_FILL))
        sheet.conditional_formatting.add(inputs, bad)
        sheet.freeze_panes = f"{get_column_letter(NAME)}{FIRST_ROW}"
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        sheet.print_area = f"{get_column_letter(CODE)}1:{get_column_letter(RESULT)}{self.row - 1}"
        protect(sheet)

    def put(self, row: int, column: int, value: Value, style: str) -> str:
        cell = put(self.sheet, row, column, value, style)
        if isinstance(value, Formula):
            self.formulas[cell.coordinate] = value.result
        return cell.coordinate

    def _merged(self, first: int, last: int, column: int, value: Value, style: str) -> None:
        """One value over several rows of a column."""
        self.put(first, column, value, style)
        for row in range(first + 1, last + 1):
            self.put(row, column, None, style)
        if last > first:
            # `merge_cells` would style every cell again, at half the cost of the whole workbook.
            self.sheet.merged_cells.add(CellRange(min_row=first, max_row=last, min_col=column, max_col=column))

    def _area(self, area: AreaNode) -> None:
        start = self.row
        for column in range(CODE, RESULT + 1):
            self.put(start, column, None, "wb area")
        self.put(start, CODE, f"ด้านที่ {area.number} {area.name}", "wb area")
        self.heights[start] = 28
        self.row += 1
        nodes = list(area.indicators)
        found = [self._indicator(node) for node in nodes]
        letter = get_column_letter(RESULT)
        title = self.sheet.title
        scores = Scores(
            range=f"'{title}'!{letter}{start + 1}:{letter}{self.row - 1}",
            cells=[f"'{title}'!{cell}" for cell, _ in found],
            nodes=nodes,
            results=[result for _, result in found],
        )
        self.areas.append(AreaRows(self, area, start, scores))

    # --- one indicator ------------------------------------------------------------------------------

    def _indicator(self, node: IndicatorNode) -> tuple[str, Decimal | str]:
        """The block of an indicator. Gives the cell of its result, and what that shows."""
        answer = self.answers.get(node.pk) or Answer()
        texts = texts_of_answer(node, answer)
        lines = [
            (part, place, text)
            for part in parts_of(node)
            for place, text in enumerate(cells_of(part, texts[part.name]), start=1)
        ]
        bands = rows_beside(node.rule)
        heights = self._heights(node, lines, bands)
        top, last = self.row, self.row + len(heights) - 1
        for row, points in enumerate(heights, start=top):
            self.heights[row] = points
        at: dict[str, Place] = {}
        states: list[int] = []
        for row, (part, place, text) in enumerate(lines, start=top):
            self._input(node, row, part, place, text)
            if part.box is not None:
                states.append(self._state(node, row, part, text))
            if part.box is not None or part.name == NO_CASE:
                at[part.name] = _widened(at.get(part.name), row)
        name = f"{node.name}\nเกณฑ์: {node.criterion}"
        self._merged(top, last, CODE, node.code, "wb code")
        self._merged(top, last, NAME, name, "wb cell")
        for row in range(top + len(lines), last + 1):
            for column in (LABEL, INPUT, UNIT):
                self.put(row, column, None, "wb cell")
        for row in range(top, last + 1):
            score, band = bands[row - top] if row - top < len(bands) else ("", "")
            self.put(row, POINTS, Decimal(score) if node.scored and score else score, "wb points")
            self.put(row, BAND, band, "wb label")
        decided = None
        if answer.decided_band and isinstance(node.rule, Rule):
            decided = node.rule.bands[answer.decided_band - 1].score
        target = self.assessment.round.budget_target
        result = result_of(node, texts, states, decided=decided, target=target)
        made = result_formula(node, at, decided=decided, target=target)
        self._merged(top, last, RESULT, Formula(made, result), "wb result")
        self._reached(top, top + len(bands) - 1, node)
        self.row = last + 1
        return f"{get_column_letter(RESULT)}{top}", result

    def _heights(
        self, node: IndicatorNode, lines: list[tuple[Part, int, str]], bands: list[tuple[str, str]]
    ) -> list[float]:
        heights = []
        for row in range(max(len(lines), len(bands))):
            points = LINE + 6
            if row < len(lines):
                part, place, text = lines[row]
                shown = choices_of(node, part).get(text, text)
                points = max(points, height(_label(part, place), WIDTHS[LABEL]), height(shown, WIDTHS[INPUT]))
            if row < len(bands):
                points = max(points, height(bands[row][1], WIDTHS[BAND]))
            heights.append(points)
        # What the name needs beyond its rows goes to the texts, which are the last ones.
        lacking = height(f"{node.name}\nเกณฑ์: {node.criterion}", WIDTHS[NAME]) - sum(heights)
        for row in range(len(lines) - 4, len(lines)):
            heights[row] += max(0.0, lacking / 4)
        return heights

    def _input(self, node: IndicatorNode, row: int, part: Part, place: int, text: str) -> None:
        key = key_of(node, part, place if part.kind == "list" else None)
        self.put(row, KEY, key, "wb state")
        self.put(row, LABEL, _label(part, place), "wb label")
        self.put(row, UNIT, part.unit, "wb unit")
        words = choices_of(node, part)
        cell = self.put(row, INPUT, words.get(text, _value(part, text)), _STYLES.get(part.kind, "wb choice"))
        self._check(part, tuple(words.values())).append(cell)

    def _state(self, node: IndicatorNode, row: int, part: Part, text: str) -> int:
        words = tuple(choices_of(node, part).values())
        state = state_of(node, part, text)
        made = state_formula(part, f"{get_column_letter(INPUT)}{row}", self.choices.get(words, ""))
        self.put(row, STATE, Formula(made, Decimal(state)), "wb state")
        return state

    def _reached(self, top: int, last: int, node: IndicatorNode) -> None:
        """The reached row of the table stands out."""
        if not node.scored:
            return
        points, band, result = (get_column_letter(column) for column in (POINTS, BAND, RESULT))
        reached = FormulaRule(
            [f"AND(ISNUMBER(${result}${top}),${points}{top}=${result}${top})"],
            fill=_REACHED,
            font=_STRONG,
        )
        self.sheet.conditional_formatting.add(f"{points}{top}:{band}{last}", reached)

    def _check(self, part: Part, words: tuple[str, ...]) -> list[str]:
        """The cells that take the same as this part; a check is told of them once, which is ten times faster."""
        most = part.field.maximum if part.kind == "count" else None
        known = f"{part.kind} {most} {words}"
        if known not in self.checks:
            self.checks[known] = (_validation(part, self.choices.get(words, "")), [])
        return self.checks[known][1]


def _widened(place: Place | None, row: int) -> Place:
    """A part's cells with one more row."""
    cell, state = f"{get_column_letter(INPUT)}{row}", f"{get_column_letter(STATE)}{row}"
    if place is None:
        return Place(cell, state)
    return Place(f"{place.cell.partition(':')[0]}:{cell}", f"{place.state.partition(':')[0]}:{state}")


def _label(part: Part, place: int) -> str:
    if part.kind != "list":
        return part.label
    return f"{part.label} กิจกรรมที่ 1" if place == 1 else f"กิจกรรมที่ {place}"


def _value(part: Part, text: str) -> Value:
    """A number as a number, whatever else as text."""
    if part.kind in {"count", "measure", "list"} and text:
        try:
            value = number_from_text(part.field, text)
        except InputRefused:
            return text
        return value
    return text


def _validation(part: Part, choices: str) -> DataValidation:
    title = "กรอกไม่ได้"
    match part.kind:
        case "count" | "list":
            most = part.field.maximum if part.kind == "count" and part.field.maximum is not None else LARGEST
            check = DataValidation("whole", operator="between", formula1="0", formula2=str(most))
            check.error = f"กรอกจำนวนเต็มตั้งแต่ 0 ถึง {most:,}"
        case "measure":
            check = DataValidation("decimal", operator="between", formula1="0", formula2=str(LARGEST))
            check.error = f"กรอกตัวเลข 0 ขึ้นไป ทศนิยมไม่เกิน {part.field.decimals} ตำแหน่ง"
        case "option" | "yes" | "no_case":
            check = DataValidation("list", formula1=choices)
            check.error = "เลือกจากรายการในช่องนี้ หรือลบให้ว่าง"
        case _:
            check = DataValidation("textLength", operator="lessThanOrEqual", formula1=str(LONGEST_TEXT))
            check.error = f"ข้อความยาวได้ไม่เกิน {LONGEST_TEXT:,} ตัวอักษร"
    check.errorTitle = title
    check.allowBlank = True
    check.showErrorMessage = True
    return check
