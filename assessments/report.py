"""The content of the official evaluation form (handbook lines 1820-1928), built once for page, PDF and workbook.

Plain frozen data without a query in it: `Form.as_data` is JSON, `Form.from_data` reads it back in another process.
Figures are never computed here: scores are the answers', sums, means and levels those kept on the assessment.
The form is a Thai document whatever language its reader chose, so its words are Thai.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

from assessments import calendar
from assessments.models import Answer, Assessment, Review, User
from assessments.proofs import proof_link
from assessments.queries.forms import answers_by_indicator, reviews_by_indicator
from assessments.queries.values import CLAIMED, FINAL, VERIFIED, Value, Values, columns_of, values_of
from assessments.workflow import Status
from indicators import editions
from indicators.checks import Check
from indicators.editions import AreaNode, DimensionNode, EditionNode, IndicatorNode
from indicators.rules import ChoiceRule, Rule
from indicators.scoring import HIGHEST, level_of
from indicators.thai import number

# Raised when the look of the PDF changes, so that a kept file of the older look is not taken for the new one.
LOOK = 3

TITLE = (
    "แบบฟอร์มการประเมินผลการปฏิบัติตามมาตรฐานการปฏิบัติหน้าที่",
    "ของสำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด ของหน่วยงาน",
)
DOTTED = "." * 50
NOT_SCORED_HEADS = ("ด้าน", "มาตรฐาน", "ตัวชี้วัด", "เกณฑ์", "ผลการดำเนินงาน", "ปัญหา/อุปสรรค", "แนวทางแก้ไข")
SCORED_HEADS = (
    *("ด้าน", "มาตรฐาน", "ตัวชี้วัด", "เกณฑ์", "เกณฑ์ (คะแนน)", "ผลการดำเนินงาน", "ผล (คะแนน)"),
    *("ปัญหา/อุปสรรค", "แนวทางแก้ไข"),
)
Mark = Literal["blank", "draft", "submitted", "verified", "final"]
MARKS: dict[Mark, str] = {
    "blank": "แบบฟอร์มเปล่า",
    "draft": "ร่าง",
    "submitted": "ส่งแล้ว",
    "verified": "ตรวจแล้ว",
    "final": "รับรองแล้ว",
}
# Which of the three values the scores of a form are.
BASES = {
    "": "",
    CLAIMED: "แสดงคะแนนที่สำนักงานประเมิน",
    VERIFIED: "แสดงคะแนนที่ตรวจแล้ว",
    FINAL: "แสดงคะแนนสุดท้าย",
}
_MARK_OF: dict[str, Mark] = {
    Status.DRAFT: "draft",
    Status.RETURNED: "draft",
    Status.SUBMITTED: "submitted",
    Status.IN_REVIEW: "submitted",
    Status.VERIFIED: "verified",
    Status.REPLIED: "verified",
    Status.FINAL: "final",
    Status.PUBLISHED: "final",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator. `result` is the inputs in words and the office's own text, and where the score is not the one that
    the office claimed, who gave it and why; `score` is empty while open.

    `full` (the criterion's score, 10) and `lowest` (of its printed rows) are empty in dimension 1.
    """

    code: str
    indicator: str
    criterion: str
    full: str
    lowest: str
    result: str
    score: str
    problems: str
    remedies: str


@dataclass(frozen=True, slots=True)
class StandardBlock:
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AreaBlock:
    label: str
    standards: tuple[StandardBlock, ...]

    @property
    def count(self) -> int:
        return sum(len(standard.rows) for standard in self.standards)


@dataclass(frozen=True, slots=True)
class TotalLine:
    """One line below a table. `divisor` is set for a mean, shown as the printed fraction score/divisor.

    `score` is empty while something is open; then `note` says the range in words. A level has only a note.
    """

    kind: Literal["sum", "mean", "level"]
    label: str
    full: str = ""
    score: str = ""
    divisor: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DimensionTable:
    """`open` counts the indicators without a score, None in dimension 1, which is not scored."""

    number: int
    heading: str
    heads: tuple[str, ...]
    scored: bool
    areas: tuple[AreaBlock, ...]
    totals: tuple[TotalLine, ...]
    open: int | None

    @property
    def rows(self) -> Iterator[Row]:
        for area in self.areas:
            for standard in area.standards:
                yield from standard.rows


@dataclass(frozen=True, slots=True)
class Proof:
    """Who certified the answers and when, their hash, and the address behind the QR code."""

    certified_by: str
    certified_at: str
    answers_hash: str
    link: str

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands beside the code."""
        return (
            f"รับรองและส่งโดย {self.certified_by} เมื่อวันที่ {self.certified_at}",
            "สแกนเพื่อตรวจว่าเอกสารนี้ยังตรงกับข้อมูลที่สำนักงานส่งหรือแก้ไขแล้ว โดยไม่ต้องเข้าสู่ระบบ",
            f"รหัสตรวจสอบคำตอบ (SHA-256) {self.answers_hash}",
            self.link,
        )


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form. `overall` are the last lines, below dimension 4; `proof` is there once it is submitted.

    `value` is which of the three values its scores are (`queries.values`), empty on a blank form.
    """

    title: tuple[str, ...]
    office: str
    day: str
    year: int
    edition: int
    mark: Mark
    mark_text: str
    reference: str
    dimensions: tuple[DimensionTable, ...]
    overall: tuple[TotalLine, ...]
    look: int = LOOK
    proof: Proof | None = None
    value: str = ""

    @property
    def is_blank(self) -> bool:
        return self.mark == "blank"

    @property
    def day_line(self) -> str:
        """ณ วันที่ 3 สิงหาคม 2569 · แสดงคะแนนที่ตรวจแล้ว"""
        return " · ".join(part for part in (f"ณ วันที่ {self.day}", BASES[self.value]) if part)

    @property
    def file_name(self) -> str:
        """Without its ending: แบบฟอร์มการประเมิน สนง.พมจ.เชียงใหม่ 2569 (ร่าง)."""
        if self.is_blank:
            return f"แบบฟอร์มการประเมิน {self.year} ({self.mark_text})"
        return f"แบบฟอร์มการประเมิน {self.office} {self.year} ({self.mark_text})"

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def hash(self) -> str:
        """SHA-256 of the content: the same content is the same file."""
        text = json.dumps(self.as_data(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Form":
        """The form that `as_data` wrote; raises TypeError or KeyError on anything else."""
        return cls(
            **{
                **data,
                "title": tuple(data["title"]),
                "dimensions": tuple(_dimension_from(dimension) for dimension in data["dimensions"]),
                "overall": tuple(TotalLine(**line) for line in data["overall"]),
                "proof": Proof(**data["proof"]) if data.get("proof") else None,
            }
        )


def _dimension_from(data: dict[str, Any]) -> DimensionTable:
    areas = tuple(
        AreaBlock(
            label=area["label"],
            standards=tuple(
                StandardBlock(standard["label"], tuple(Row(**row) for row in standard["rows"]))
                for standard in area["standards"]
            ),
        )
        for area in data["areas"]
    )
    totals = tuple(TotalLine(**line) for line in data["totals"])
    return DimensionTable(**{**data, "heads": tuple(data["heads"]), "areas": areas, "totals": totals})


def form_of(assessment: Assessment) -> Form:
    """The form of an assessment as it is now: with the claimed scores, once they were sent the verified ones, at last
    the final ones. One query, two with verdicts, and the edition is read once for each process."""
    standard = editions.standard_of(assessment.round.edition)
    shown = columns_of(assessment)[-1]
    answers = answers_by_indicator(assessment)
    reviews = reviews_by_indicator(assessment) if shown.value != CLAIMED else {}
    mark = _MARK_OF[assessment.status]
    day = calendar.today()
    if mark != "draft" and assessment.submitted_at:
        day = calendar.day_of(assessment.submitted_at)
    read = _Read(answers, reviews, shown.value)
    tables = tuple(_table(node, read, shown.results) for node in standard.dimensions)
    return Form(
        title=TITLE,
        office=assessment.province.office_name,
        day=calendar.thai_long_date(day),
        year=assessment.round.year,
        edition=standard.year,
        mark=mark,
        mark_text=MARKS[mark],
        reference="" if mark == "draft" else assessment.reference,
        dimensions=tables,
        overall=_overall(tables, shown.results["overall"]),
        proof=None if mark == "draft" else _proof(assessment),
        value=shown.value,
    )


def _proof(assessment: Assessment) -> Proof:
    submitted_at, by = assessment.submitted_at, assessment.submitted_by
    assert submitted_at is not None
    assert by is not None
    day = calendar.thai_long_date(calendar.day_of(submitted_at))
    return Proof(
        certified_by=by.full_name,
        certified_at=f"{day} {submitted_at.astimezone(calendar.BANGKOK):%H:%M} น.",
        answers_hash=assessment.answers_hash,
        link=proof_link(assessment),
    )


def blank_form(standard: EditionNode, year: int) -> Form:
    """The form with nothing filled in, for a fiscal year (B.E.); it needs no assessment."""
    tables = tuple(_table(node, _Read(), None) for node in standard.dimensions)
    return Form(
        title=TITLE,
        office=DOTTED,
        day=DOTTED,
        year=year,
        edition=standard.year,
        mark="blank",
        mark_text=MARKS["blank"],
        reference="",
        dimensions=tables,
        overall=_overall(tables, None),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What the rows are made of: answers and reviews by their indicator's key, and which value is shown."""

    answers: Mapping[int, Answer] = field(default_factory=dict)
    reviews: Mapping[int, Review] = field(default_factory=dict)
    value: str = CLAIMED

    def row(self, node: IndicatorNode) -> Row:
        answer = self.answers.get(node.pk)
        if answer is None:
            return _row(node, None, None, "")
        values = values_of(answer, node, self.reviews.get(node.pk), sent=self.value != CLAIMED)
        final = values.final if self.value == FINAL else None
        score = (final or values.verified or Value(answer.score)).score
        return _row(node, answer, score, _said(values, final))


def _said(values: Values, final: Value | None) -> str:
    """Why the score is not the one that the office claimed, and who says so; empty where it is. Of an answer without a
    case the explanation says what was verified."""
    review, said = values.review, []
    if review is None or values.verified is None:
        return ""
    if values.differs and not values.claimed.no_case:
        claimed, verified = _score(values.claimed), _score(values.verified)
        said.append(
            f"คะแนนที่สำนักงานประเมิน {claimed} คะแนนที่ตรวจแล้ว {verified}: {review.reason} ({_name(review.judged_by)})"
        )
    if final is not None and review.final_reason:
        told = f"คะแนนสุดท้าย {_score(final)}" if final.score is not None else "ชี้ขาดข้อโต้แย้ง"
        said.append(f"{told}: {review.final_reason} ({_name(review.final_by)})")
    return "\n".join(said)


def _score(value: Value) -> str:
    return "–" if value.score is None else number(value.score)


def _name(person: User | None) -> str:
    return person.full_name if person else ""


def _table(dimension: DimensionNode, read: _Read, results: Mapping[str, Any] | None) -> DimensionTable:
    areas = tuple(_area(area, read) for area in dimension.areas)
    counts = f"{len(dimension.areas)} ด้าน {len(dimension.standards)} มาตรฐาน {len(dimension.indicators)} ตัวชี้วัด"
    total = results["dimensions"][str(dimension.number)] if results and dimension.scored else None
    rows = [row for area in areas for block in area.standards for row in block.rows]
    return DimensionTable(
        number=dimension.number,
        heading=f"{dimension.number}. {dimension.name} {counts}",
        heads=SCORED_HEADS if dimension.scored else NOT_SCORED_HEADS,
        scored=dimension.scored,
        areas=areas,
        totals=_dimension_totals(dimension, rows, total) if dimension.scored else (),
        open=(total["open"] if total else len(rows)) if dimension.scored else None,
    )


def _area(area: AreaNode, read: _Read) -> AreaBlock:
    return AreaBlock(
        label=f"{area.number}. {area.form_name}",
        standards=tuple(
            StandardBlock(
                label=f"{block.number}. {block.name}",
                rows=tuple(read.row(node) for node in block.indicators),
            )
            for block in area.standards
        ),
    )


def _row(node: IndicatorNode, answer: Answer | None, score: Decimal | None, said: str) -> Row:
    parts = (figures_in_words(answer, node), answer.performance, said) if answer else ()
    return Row(
        code=node.code,
        indicator=f"{node.number}. {node.name}",
        criterion=node.criterion,
        full=number(HIGHEST) if node.scored else "",
        lowest=number(node.rule.lowest) if isinstance(node.rule, Rule) else "",
        result="\n".join(part for part in parts if part),
        score="" if score is None else number(score),
        problems=answer.problems if answer else "",
        remedies=answer.remedies if answer else "",
    )


def figures_in_words(answer: Answer, node: IndicatorNode) -> str:
    """850 จาก 1,000 ฉบับ = ร้อยละ 85: what was entered, without the score, which has a column of its own.

    The words are those of the answer's explanation. In dimension 1, which has no score, the outcome is told with them.
    """
    if answer.no_case:
        told = f"ไม่มีกรณีในรอบปี: {answer.no_case_reason}" if answer.no_case_reason else "ไม่มีกรณีในรอบปี"
        return _with_decision(told, answer)
    if answer.inputs is None or not answer.explanation:
        return ""
    if isinstance(node.rule, ChoiceRule):
        return node.rule.bands[answer.inputs["option"] - 1].text
    if isinstance(node.rule, Check):
        found, arrow, outcome = answer.explanation.rpartition(" → ")
        return f"{found.split(' · เกณฑ์ ')[0]} – {outcome}" if arrow else answer.explanation
    return _with_decision(answer.explanation.split(" → ")[0], answer)


def _with_decision(told: str, answer: Answer) -> str:
    """What was found, and where there was no case what a reviewer decided and why."""
    if answer.pending:
        return f"{told} (รอผู้ตรวจประเมินพิจารณาคะแนน)"
    if answer.decided_band is None:
        return told
    return f"{told}\n{answer.explanation.partition(' → ')[2]}"


def _dimension_totals(
    dimension: DimensionNode, rows: list[Row], total: dict[str, Any] | None
) -> tuple[TotalLine, TotalLine, TotalLine]:
    name = f"มิติที่ {dimension.number}"
    full = number(HIGHEST * len(rows))
    mean, level = _mean_and_level(f"ระดับคะแนน{name} (ค่าคะแนนรวมหารด้วยจำนวนตัวชี้วัด)", f"ผลการปฏิบัติ{name}", len(rows), total)
    if total is None:
        return TotalLine("sum", f"รวมคะแนน{name}", full=full), mean, level
    if total["open"]:
        low, high = open_sums(rows)
        note = f"ระหว่าง {number(low)} ถึง {number(high)}\n({still_open(total['open'])})"
        return TotalLine("sum", f"รวมคะแนน{name}", full=full, note=note), mean, level
    return TotalLine("sum", f"รวมคะแนน{name}", full=full, score=number(Decimal(total["sum"]))), mean, level


def open_sums(rows: list[Row]) -> tuple[Decimal, Decimal]:
    """The sums when every open row gets its lowest printed score, and when every one gets 10."""
    known = sum((Decimal(row.score) for row in rows if row.score), Decimal(0))
    opened = [row for row in rows if not row.score]
    return known + sum((Decimal(row.lowest) for row in opened), Decimal(0)), known + HIGHEST * len(opened)


def _overall(tables: tuple[DimensionTable, ...], total: dict[str, Any] | None) -> tuple[TotalLine, ...]:
    scored = [table for table in tables if table.scored]
    names = "+".join(str(table.number) for table in scored)
    return _mean_and_level(
        f"ระดับคะแนนมิติที่ {names} (ค่าคะแนนรวมทั้งหมดหารด้วยจำนวนตัวชี้วัดทั้งหมด)",
        "ภาพรวมผลการปฏิบัติตามมาตรฐาน",
        sum(1 for table in scored for _ in table.rows),
        total,
    )


def _mean_and_level(
    mean_label: str, level_label: str, count: int, total: dict[str, Any] | None
) -> tuple[TotalLine, TotalLine]:
    if total is None:
        return TotalLine("mean", mean_label, divisor=str(count)), TotalLine("level", level_label)
    if not total["open"]:
        mean = TotalLine(
            "mean", mean_label, score=number(Decimal(total["sum"])), divisor=str(count), note=f"= {total['mean']}"
        )
        return mean, TotalLine("level", level_label, note=level_of(Decimal(total["mean"])).name)
    mean = TotalLine("mean", mean_label, divisor=str(count), note=f"ระหว่าง {total['low']} ถึง {total['high']}")
    return mean, TotalLine("level", level_label, note=_open_level(total))


def _open_level(total: dict[str, Any]) -> str:
    low, high = level_of(Decimal(total["low"])).name, level_of(Decimal(total["high"])).name
    if total["level"]:
        return f"{low} ({still_open(total['open'])} แต่ไม่ทำให้ระดับเปลี่ยน)"
    return f"ยังระบุระดับไม่ได้ ({still_open(total['open'])}) ต่ำสุด “{low}” สูงสุด “{high}”"


def still_open(count: int) -> str:
    return f"ยังไม่มีคะแนน {count} ตัวชี้วัด"
