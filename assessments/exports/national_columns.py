"""The columns of the national workbook as data: the same list writes the heads, the cells and the dictionary.

Decimals stay exact numbers; a mean that is still a range is told in words, because it is not a number yet.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.calendar import day_of, short_date
from assessments.exports import country_looks as looks
from assessments.exports.streaming import Plain
from assessments.queries.country_files import VALUES, Line, Office
from assessments.queries.values import CLAIMED, FINAL, VERIFIED
from assessments.workflow import Status
from indicators.checks import Check
from indicators.editions import AreaNode, EditionNode, IndicatorNode
from indicators.scoring import LEVELS

VALUE_WORDS = {CLAIMED: "สำนักงานประเมิน", VERIFIED: "ตรวจแล้ว", FINAL: "สุดท้าย"}
_LEVEL_NAMES = {level.code: level.name for level in LEVELS}
# Names are wrapped in rows of one line: cut at the column's edge, they never run into empty cells beside them.
_STATUS = "ระบบ: สถานะของการประเมิน"
_PLACE = "ISO 3166-2 และราชกิจจานุเบกษา"
_STANDARD = "คู่มือมาตรฐาน"
# The inputs' names are part of the interface (the standard's rules); these are their heads.
INPUT_WORDS = {
    "count": "จำนวน",
    "amount": "ปริมาณ",
    "people": "จำนวนคน",
    "groups": "จำนวนรายกลุ่ม/ฝ่าย",
    "numerator": "ตัวตั้ง",
    "denominator": "ตัวหาร",
    "option": "ข้อที่เลือก",
    "has": "มีหรือไม่",
    "vehicles": "จำนวนยานพาหนะ",
    "insured": "ทำประกันภัยแล้ว",
    "spent": "เบิกจ่าย",
    "allocated": "ได้รับจัดสรร",
    "directory_total": "องค์กรในทำเนียบ",
    "attendance": "ผู้เข้าร่วมรายกิจกรรม",
    "projects": "จำนวนโครงการ",
    "joined": "ที่เข้าร่วม",
    "invited": "ที่เชิญ",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, how it looks, what it means, and where its value comes from."""

    head: str
    width: float
    style: str
    meaning: str
    unit: str
    source: str
    value: Callable[[Any], Plain]


@dataclass(frozen=True, slots=True)
class Row:
    """An office beside one of its areas, or one of its answers, or what its dimension 1 came to."""

    office: Office
    area: AreaNode | None = None
    line: Line | None = None
    met: int = 0
    unmet: int = 0


def _kept(row: Row, value: str, part: str, key: str = "") -> Mapping[str, Any] | None:
    """A kept total; None where the value is not there."""
    results = row.office.results.get(value)
    if results is None:
        return None
    found: Mapping[str, Any] = results[part][key] if key else results[part]
    return found


def _mean(total: Mapping[str, Any] | None) -> Plain:
    return Decimal(total["mean"]) if total and total["mean"] is not None else None


def _level(total: Mapping[str, Any] | None) -> Plain:
    """The level's name; of a total that is still a range, the range."""
    if total is None:
        return None
    if total["mean"] is not None:
        return _LEVEL_NAMES[total["level"]]
    return f"ยังเป็นช่วง {total['low']}–{total['high']}"


def _always(key: str) -> Callable[[Row], str]:
    return lambda _row: key


def _mean_and_level(value: str, part: str, key: Callable[[Row], str], what: str) -> list[Column]:
    word = VALUE_WORDS[value]
    source = f"ระบบ: คะแนน{word}"

    def total(row: Row) -> Mapping[str, Any] | None:
        return _kept(row, value, part, key(row))

    mean = f"คะแนนเฉลี่ย{what} ({word}) ปัดสองตำแหน่ง ว่างเมื่อยังไม่มีหรือยังเป็นช่วง"
    level = f"ระดับของ{what} ({word}) ตัดสินจากคะแนนเฉลี่ยสองตำแหน่ง ถ้ายังมีข้อที่เปิดอยู่จะบอกช่วงต่ำสุดถึงสูงสุด"
    return [
        Column(f"{what} {word}", 12, looks.MEAN, mean, "คะแนน 0-10", source, lambda row: _mean(total(row))),
        Column(f"{what} {word}: ระดับ", 36, looks.TEXT, level, "ระดับ", source, lambda row: _level(total(row))),
    ]


_PLACE_COLUMNS = [
    Column("รหัสจังหวัด", 12, looks.CODE, "รหัสจังหวัดตาม ISO 3166-2", "รหัส", _PLACE, lambda row: row.office.iso),
    Column("จังหวัด", 22, looks.TEXT, "จังหวัดที่ตั้งสำนักงาน", "ชื่อ", _PLACE, lambda row: row.office.name_th),
    Column("ภาค", 26, looks.TEXT, "ภาคตามที่คู่มือแบ่ง", "ชื่อ", _STANDARD, lambda row: row.office.region_th),
]


def office_columns(standard: EditionNode) -> list[Column]:
    def submitted(row: Row, written: Callable[[Any], str]) -> Plain:
        return written(day_of(row.office.submitted_at)) if row.office.submitted_at else None

    columns = [
        *_PLACE_COLUMNS[:2],
        Column("Province", 26, looks.TEXT, "ชื่อจังหวัดภาษาอังกฤษ", "ชื่อ", _PLACE, lambda row: row.office.name_en),
        _PLACE_COLUMNS[2],
        Column(
            "สถานะ",
            38,
            looks.TEXT,
            "ขั้นตอนของการประเมินขณะที่สร้างแฟ้ม",
            "สถานะ",
            _STATUS,
            lambda row: str(Status(row.office.status).label),
        ),
        Column(
            "วันที่ส่ง (พ.ศ.)",
            18,
            looks.TEXT,
            "วันที่ พมจ. รับรองและส่งครั้งล่าสุด",
            "วัน เดือน ปี พ.ศ.",
            _STATUS,
            lambda row: submitted(row, short_date),
        ),
        Column(
            "วันที่ส่ง (ISO)",
            16,
            looks.CODE,
            "วันเดียวกัน เขียนแบบ ISO 8601 ปี ค.ศ.",
            "ปปปป-ดด-วว",
            _STATUS,
            lambda row: submitted(row, lambda day: day.isoformat()),
        ),
        Column(
            "ตอบแล้ว",
            9,
            looks.COUNT,
            f"จำนวนตัวชี้วัดที่ตอบแล้ว จาก {len(standard.indicators)}",
            "ตัวชี้วัด",
            "ระบบ",
            lambda row: row.office.answered,
        ),
        Column(
            "หลักฐาน", 9, looks.COUNT, "จำนวนหลักฐานที่เก็บไว้ในปีนั้น ไฟล์และลิงก์", "ชิ้น", "ระบบ", lambda row: row.office.evidence
        ),
        Column(
            "มิติ 1 ผ่านเกณฑ์",
            10,
            looks.COUNT,
            "จำนวนตัวชี้วัดมิติที่ 1 ที่ผ่านเกณฑ์ตามที่สำนักงานกรอก",
            "ตัวชี้วัด",
            "ระบบ",
            lambda row: row.met,
        ),
        Column("มิติ 1 ไม่ผ่านเกณฑ์", 10, looks.COUNT, "จำนวนตัวชี้วัดมิติที่ 1 ที่ไม่ผ่านเกณฑ์", "ตัวชี้วัด", "ระบบ", lambda row: row.unmet),
    ]
    for value in VALUES:
        for dimension in standard.dimensions:
            if dimension.scored:
                columns += _mean_and_level(
                    value, "dimensions", _always(str(dimension.number)), f"มิติ {dimension.number}"
                )
        columns += _mean_and_level(value, "overall", _always(""), "มิติ 2-4")
    return columns


def _area(row: Row) -> AreaNode:
    assert row.area is not None
    return row.area


def area_columns() -> list[Column]:
    columns = [
        *_PLACE_COLUMNS,
        Column("มิติ", 6, looks.COUNT, "เลขที่มิติ", "เลขที่", _STANDARD, lambda row: _area(row).dimension),
        Column("ด้าน", 8, looks.CODE, "รหัสด้าน คือเลขที่มิติ-เลขที่ด้าน", "รหัส", _STANDARD, lambda row: _area(row).code),
        Column("ชื่อด้าน", 50, looks.WRAP, "ชื่อด้าน", "ชื่อ", _STANDARD, lambda row: _area(row).name),
    ]
    for value in VALUES:
        columns += _mean_and_level(value, "areas", lambda row: _area(row).code, "ด้าน")
    return columns


def _line(row: Row) -> Line:
    assert row.line is not None
    return row.line


def _score(value: str) -> Callable[[Row], Plain]:
    return lambda row: _line(row).scores[value]


def _met(row: Row) -> Plain:
    line = _line(row)
    return None if line.met is None else "ผ่าน" if line.met else "ไม่ผ่าน"


def _confirmed(row: Row) -> Plain:
    line = _line(row)
    return "ยืนยันแล้ว" if line.confirmed else None


def _input(name: str) -> Callable[[Row], Plain]:
    """A raw input as a number; a list as text; what is "has" in the criterion's own words."""

    def value(row: Row) -> Plain:
        line = _line(row)
        raw = line.inputs.get(name)
        if raw is None:
            return None
        if isinstance(raw, bool):
            yes, no = next(each.options for each in line.node.fields if each.name == name)
            return yes if raw else no
        if isinstance(raw, list):
            return ", ".join(str(each) for each in raw)
        return Decimal(raw) if isinstance(raw, str) else int(raw)

    return value


def answer_columns(standard: EditionNode) -> list[Column]:
    columns = [
        *_PLACE_COLUMNS,
        Column("มิติ", 6, looks.COUNT, "เลขที่มิติ", "เลขที่", _STANDARD, lambda row: _line(row).node.dimension),
        Column("ด้าน", 8, looks.CODE, "รหัสด้าน", "รหัส", _STANDARD, lambda row: _line(row).node.area_code),
        Column(
            "ตัวชี้วัด",
            9,
            looks.CODE,
            "รหัสตัวชี้วัด เป็นข้อความ เพราะ 4.1 กับ 4.10 เป็นคนละตัว",
            "รหัส",
            _STANDARD,
            lambda row: _line(row).node.code,
        ),
        Column("ชื่อตัวชี้วัด", 50, looks.WRAP, "ชื่อตัวชี้วัด", "ชื่อ", _STANDARD, lambda row: _line(row).node.name),
    ]
    for value in VALUES:
        word = VALUE_WORDS[value]
        meaning = f"คะแนน{word}ของมิติที่ 2-4 ว่างเมื่อยังไม่มี มิติที่ 1 ไม่มีคะแนน"
        columns.append(
            Column(
                f"คะแนน{word}",
                11,
                looks.POINTS,
                meaning,
                "คะแนน 0, 2.5, 5, 7.5, 10",
                f"ระบบ: คะแนน{word}",
                _score(value),
            )
        )
    columns += [
        Column("มิติ 1: เกณฑ์", 10, looks.TEXT, "ผ่านหรือไม่ผ่านเกณฑ์ของมิติที่ 1 ตามที่สำนักงานกรอก", "ผ่าน/ไม่ผ่าน", "ระบบ", _met),
        Column(
            "มิติ 1: ขาด",
            10,
            looks.COUNT,
            "จำนวนที่ต่ำกว่าเกณฑ์ 0 คือไม่ขาด หน่วยดูในแผ่นตัวชี้วัด (1.31 เป็นจุดร้อยละ)",
            "ตามตัวชี้วัด",
            "ระบบ",
            lambda row: _line(row).shortfall,
        ),
        Column(
            "ผู้ตรวจเห็นด้วย",
            12,
            looks.TEXT,
            "ผู้ตรวจประเมินเห็นด้วยกับคำตอบตามที่เป็นอยู่ (มิติที่ 1 คือการยืนยัน)",
            "ยืนยันแล้ว/ว่าง",
            "ระบบ: ผลตรวจ",
            _confirmed,
        ),
        Column(
            "ไม่มีกรณี",
            10,
            looks.TEXT,
            "สำนักงานแจ้งว่าไม่มีกรณีในรอบปี",
            "ไม่มีกรณี/ว่าง",
            "สำนักงาน",
            lambda row: "ไม่มีกรณี" if _line(row).no_case else None,
        ),
        Column(
            "หลักฐาน",
            9,
            looks.COUNT,
            "จำนวนหลักฐานที่แนบกับตัวชี้วัดนี้ หลักฐานหนึ่งชิ้นใช้ได้หลายตัวชี้วัด",
            "ชิ้น",
            "สำนักงาน",
            lambda row: _line(row).evidence,
        ),
    ]
    for name in input_names(standard):
        meaning = f"ตัวเลขที่สำนักงานกรอก ช่อง {name} ความหมายของแต่ละตัวชี้วัดอยู่ในแผ่นตัวชี้วัด"
        columns.append(
            Column(
                f"{INPUT_WORDS[name]} ({name})",
                13,
                looks.COUNT,
                meaning,
                "ตามตัวชี้วัด",
                "สำนักงาน",
                _input(name),
            )
        )
    return columns


def input_names(standard: EditionNode) -> list[str]:
    """The names of all inputs of an edition, in the order in which they come first."""
    return list(dict.fromkeys(field.name for node in standard.indicators.values() for field in node.fields))


def _asked(node: IndicatorNode) -> str:
    """What its inputs are: "numerator = จำนวน... (ฉบับ)"."""
    return "; ".join(
        f"{field.name} = {field.label}" + (f" ({field.unit})" if field.unit else "") for field in node.fields
    )


INDICATOR_COLUMNS = [
    Column("มิติ", 6, looks.COUNT, "เลขที่มิติ", "เลขที่", _STANDARD, lambda node: node.dimension),
    Column("ด้าน", 8, looks.CODE, "รหัสด้าน", "รหัส", _STANDARD, lambda node: node.area_code),
    Column("ตัวชี้วัด", 9, looks.CODE, "รหัสตัวชี้วัด", "รหัส", _STANDARD, lambda node: node.code),
    Column("ชื่อตัวชี้วัด", 70, looks.TEXT, "ชื่อตัวชี้วัด", "ชื่อ", _STANDARD, lambda node: node.name),
    Column("เกณฑ์", 40, looks.TEXT, "เกณฑ์ของตัวชี้วัด", "ข้อความ", _STANDARD, lambda node: node.criterion),
    Column(
        "หน่วยของที่ขาด",
        16,
        looks.TEXT,
        "หน่วยของ “มิติ 1: ขาด”",
        "หน่วย",
        _STANDARD,
        lambda node: node.rule.unit if isinstance(node.rule, Check) else None,
    ),
    Column("ช่องที่กรอก", 90, looks.TEXT, "ชื่อช่องในแผ่นรายตัวชี้วัด และความหมายของช่องนั้น", "ข้อความ", _STANDARD, _asked),
]
DICTIONARY_COLUMNS = [
    Column("แผ่น", 16, looks.TEXT, "แผ่นงานที่คอลัมน์อยู่", "ชื่อ", "แฟ้มนี้", lambda pair: pair[0]),
    Column("คอลัมน์", 34, looks.TEXT, "หัวคอลัมน์", "ชื่อ", "แฟ้มนี้", lambda pair: pair[1].head),
    Column("ความหมาย", 90, looks.TEXT, "ความหมายของค่าในคอลัมน์", "ข้อความ", "แฟ้มนี้", lambda pair: pair[1].meaning),
    Column("หน่วย", 26, looks.TEXT, "หน่วยหรือรูปแบบของค่า", "ข้อความ", "แฟ้มนี้", lambda pair: pair[1].unit),
    Column("ที่มา", 32, looks.TEXT, "ค่ามาจากที่ใด", "ข้อความ", "แฟ้มนี้", lambda pair: pair[1].source),
]
