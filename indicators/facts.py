"""Numbers that an office states once for the year, and the inputs of the standard that ask for the same number.

Pure: no Django. A fact stands here only where several indicators share a number, or where the standard clearly means
one that holds for the whole office and year. What differs from case to case (letters, complaints, tasks) is no fact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indicators.inputs import Field


@dataclass(frozen=True, slots=True)
class Use:
    """An input that a fact may fill. `exact` tells that the standard means the very same number there."""

    code: str
    field: str
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    """`name` is how it is stored; `counts` says what belongs to it, in the handbook's words where it has any."""

    name: str
    label: str
    unit: str
    counts: str
    uses: tuple[Use, ...]

    @property
    def field(self) -> Field:
        """The box in which an office states it."""
        return Field(self.name, self.label, self.unit)

    @property
    def exact(self) -> tuple[Use, ...]:
        return tuple(use for use in self.uses if use.exact)

    @property
    def codes(self) -> tuple[str, ...]:
        """The indicators that ask for it, in printed order."""
        return tuple(use.code for use in self.uses)


# Edition 2563. The definition of บุคลากร is the handbook's own (chapter 5, dimension 1, area 2).
_FACTS_2563 = (
    Fact(
        "staff",
        "บุคลากรทั้งหมด",
        "คน",
        "ผู้ปฏิบัติหน้าที่ใน สนง.พมจ. ทุกคน คือ ข้าราชการ พนักงานราชการ ลูกจ้างประจำ และพนักงานกองทุน/จ้างเหมาบริการ",
        (
            Use("1.1", "people"),
            Use("1.11", "denominator"),
            Use("1.12", "denominator"),
            Use("1.13", "denominator"),
            Use("2.9", "denominator"),
        ),
    ),
    Fact(
        "staff_evaluated",
        "เจ้าหน้าที่ที่มีการประเมินในปีนั้น",
        "คน",
        "เฉพาะเจ้าหน้าที่ของสำนักงานที่มีการประเมินผลการปฏิบัติงานในปีนั้น",
        (Use("2.7", "denominator"), Use("2.8", "denominator")),
    ),
    Fact(
        "unit_heads",
        "หัวหน้ากลุ่ม/ฝ่าย",
        "คน",
        "หัวหน้าฝ่ายบริหารทั่วไป กลุ่มการพัฒนาสังคมและสวัสดิการ และกลุ่มนโยบายและวิชาการ",
        (Use("1.9", "denominator"),),
    ),
    Fact("social_workers", "นักสังคมสงเคราะห์", "คน", "นักสังคมสงเคราะห์ทุกคนของสำนักงาน", (Use("1.10", "denominator"),)),
    Fact("subdistricts", "ตำบลในจังหวัด", "ตำบล", "ตำบลทั้งหมดของจังหวัด", (Use("4.9", "denominator"),)),
    Fact(
        "directory",
        "องค์กรเครือข่ายในทำเนียบ",
        "องค์กร",
        "องค์กรเครือข่ายทั้งหมดที่มีรายชื่อในทำเนียบในปีนั้น ถ้ายังไม่มีทำเนียบให้กรอก 0",
        (Use("4.10", "denominator"), Use("4.12", "directory_total")),
    ),
    Fact(
        "laos",
        "องค์กรปกครองส่วนท้องถิ่นในจังหวัด",
        "แห่ง",
        "ตัวชี้วัด 4.18 นับจำนวนที่เชิญรวมทุกครั้ง จึงใช้จำนวนนี้ได้เมื่อเชิญทุกแห่งเพียงครั้งเดียวในรอบปี",
        # The invitations of all sessions are added up there: the same number only with one session for all.
        (Use("4.18", "denominator", exact=False),),
    ),
    Fact(
        "projects",
        "โครงการทั้งหมดในรอบปี",
        "โครงการ",
        "ทุกโครงการที่ สนง.พมจ. รับผิดชอบ หรือรับผิดชอบร่วมกับหน่วยงานส่วนกลางหรือหน่วยงานระดับจังหวัด",
        (Use("2.6", "denominator"),),
    ),
    Fact(
        "service_types",
        "ประเภทกิจกรรมที่ให้บริการ",
        "ประเภท",
        "ประเภทกิจกรรมทั้งหมดในการให้บริการของสำนักงาน",
        (Use("4.16", "denominator"),),
    ),
    Fact(
        "topics",
        "เรื่องที่กระทรวงฯ กำหนดให้เก็บข้อมูล",
        "เรื่อง",
        "เฉพาะเรื่องที่กระทรวงฯ กำหนด ไม่รวมข้อมูลอื่นที่คู่มือแนะนำให้เก็บเพิ่ม",
        (Use("4.23", "denominator"),),
    ),
)

# Codes mean an indicator of one edition: another edition brings its own list, and has no facts until it does.
_BY_EDITION = {2563: _FACTS_2563}


def facts_of(edition: int) -> tuple[Fact, ...]:
    """The facts of the edition of a Buddhist year, in the order in which they are asked."""
    return _BY_EDITION.get(edition, ())


def facts_at(edition: int, code: str) -> Iterator[tuple[Fact, Use]]:
    """The facts that an indicator's inputs ask for."""
    for fact in facts_of(edition):
        for use in fact.uses:
            if use.code == code:
                yield fact, use


def given(inputs: Mapping[str, Any] | None, field: str) -> int | None:
    """A count that an answer holds; None where it holds none."""
    value = None if inputs is None else inputs.get(field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
