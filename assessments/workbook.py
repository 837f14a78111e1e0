"""The office's workbook as data: which cells an indicator has, what stands in them, and when two texts are the same.

Pure of spreadsheets and rows of the database: `exports.workbook` writes by it, `forms.workbook_cells` reads by it, and
`queries.workbooks` compares by it, so that a workbook that nobody filled differs in nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assessments.models import Answer
from indicators.checks import Check
from indicators.editions import IndicatorNode
from indicators.inputs import Field, InputRefused, number_from_text
from indicators.rules import Rule
from indicators.thai import arabic_digits, clean
from indicators.typed import NO, NO_CASE, NO_CASE_REASON, YES, Box, boxes, texts_of

# What the hidden sheet begins with; the number rises when an older workbook can no longer be read.
MARK, LAYOUT = "pmj-workbook", 1
IDENTITY_SHEET = "ข้อมูลของระบบ"
CHOICES_SHEET = "รายการ"
# The columns of a dimension's sheet, counted from 1.
KEY, CODE, NAME, LABEL, INPUT, UNIT, POINTS, BAND, RESULT, STATE = range(1, 11)
TEXTS = ("performance", "problems", "remedies", "number_source")
_TEXT_LABELS = {
    "performance": "ผลการดำเนินงาน",
    "problems": "ปัญหา/อุปสรรค (ถ้ามี)",
    "remedies": "แนวทางแก้ไข (ถ้ามี)",
    "number_source": "ใครนับ และนับจากอะไร",
}
NO_CASE_WORD = "ไม่มีกรณีในรอบปี"
# Cells for a list of any length (4.12): two activities a month, and room for more than the office has.
LEAST_CELLS, SPARE_CELLS = 24, 6
# What an .xlsx cannot hold at all, and how much one of its cells can.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767

PartKind = Literal["count", "measure", "option", "yes", "list", "no_case", "text"]


@dataclass(frozen=True, slots=True)
class Part:
    """One input of an indicator, in a cell of its own; a list takes several cells. `box` is set for numbers."""

    name: str
    label: str
    kind: PartKind
    unit: str = ""
    box: Box | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is part of the answer that is scored (with "no case" and its reason)."""
        return self.name not in TEXTS

    @property
    def field(self) -> Field:
        assert self.box is not None
        return self.box.field


def parts_of(node: IndicatorNode) -> tuple[Part, ...]:
    """An indicator's inputs in the order of their rows."""
    parts = [_part_of(box) for box in boxes(node.rule)]
    if node.rule.no_case:
        parts.append(Part(NO_CASE, "หรือ ไม่มีกรณีในรอบปี", "no_case"))
        parts.append(Part(NO_CASE_REASON, "เหตุผลที่ไม่มีกรณี", "text"))
    return (*parts, *(Part(name, label, "text") for name, label in _TEXT_LABELS.items()))


def _part_of(box: Box) -> Part:
    if box.many:
        return Part(box.name, box.label, "list", box.field.unit, box)
    kind: PartKind = "count" if box.field.type == "list" else box.field.type
    label = "เลือกข้อที่ตรงกับสำนักงาน" if kind == "option" else box.label
    return Part(box.name, label, kind, box.field.unit, box)


def key_of(node: IndicatorNode, part: Part, place: int | None = None) -> str:
    """What names a cell in the hidden column: "2.1/count", "4.12/attendance/3". Rows are found by it, not by order."""
    return f"{node.code}/{part.name}" if place is None else f"{node.code}/{part.name}/{place}"


def texts_of_answer(node: IndicatorNode, answer: Answer) -> dict[str, str]:
    """What stands in an indicator's cells, by part; what was typed and refused comes before the older numbers."""
    if answer.typed:
        numbers: Mapping[str, Any] = answer.typed
    else:
        numbers = {
            **texts_of(node.rule, answer.inputs),
            NO_CASE: "1" if answer.no_case else "",
            NO_CASE_REASON: answer.no_case_reason,
        }
    texts = {name: getattr(answer, name) for name in TEXTS}
    return {
        part.name: shown(part, str((numbers if part.is_number else texts).get(part.name) or ""))
        for part in parts_of(node)
    }


def shown(part: Part, text: str) -> str:
    """A part's text in its one form: numbers without commas, in Arabic digits; what is no number stays as typed."""
    text = clean(UNWRITABLE.sub("", text)[:LONGEST])
    if part.kind in {"count", "measure"}:
        return _plain_number(part.field, text)
    if part.kind == "list":
        return _plain_list(text)
    if part.kind == "no_case":
        return "1" if text else ""
    return text


def _plain_number(field: Field, text: str) -> str:
    try:
        value = number_from_text(field, text)
    except InputRefused:
        return text
    if value is None:
        return ""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _plain_list(text: str) -> str:
    """Numbers parted by one space each; a text with anything else stays whole."""
    parts = re.split(r"[\s;,]+", arabic_digits(text).strip())
    if re.search(r"\d,\d", text) or not all(part.isascii() and part.isdigit() and len(part) < 13 for part in parts):
        return text
    return " ".join(str(int(part)) for part in parts)


def cells_of(part: Part, text: str) -> list[str]:
    """The cells of a part with their texts: one, or for a list as many as it has and some to fill."""
    if part.kind != "list":
        return [text]
    filled = text.split(" ") if re.fullmatch(r"\d+( \d+)*", text) else [text] if text else []
    most = part.field.maximum or len(filled) + SPARE_CELLS
    count = max(len(filled), min(most, max(LEAST_CELLS, len(filled) + SPARE_CELLS)))
    return filled + [""] * (count - len(filled))


def choices_of(node: IndicatorNode, part: Part) -> dict[str, str]:
    """What a cell with a choice may hold, by the text of the answer that it stands for."""
    if part.kind == "option":
        assert isinstance(node.rule, Rule)
        return {str(place): f"{place}. {band.label}" for place, band in enumerate(node.rule.bands, start=1)}
    if part.kind == "yes":
        return dict(zip((YES, NO), part.field.options, strict=True))
    if part.kind == "no_case":
        return {"1": NO_CASE_WORD}
    return {}


def rows_beside(rule: Rule | Check) -> list[tuple[str, str]]:
    """What is printed beside an indicator: points and row from the top one down, or the criterion of dimension 1."""
    if isinstance(rule, Check):
        return [("เกณฑ์", rule.wanted)]
    return [
        (f"{band.score.normalize():f}", f"{place}. {band.text}" if rule.kind == "choice" else _row(rule, band.label))
        for place, band in enumerate(rule.bands, start=1)
    ]


def _row(rule: Rule, label: str) -> str:
    return f"ร้อยละ {label}" if rule.kind == "percent" else label
