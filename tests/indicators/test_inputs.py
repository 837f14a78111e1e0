"""How strictly a typed or sent value is read."""

import string
from decimal import Decimal
from typing import Any

import pytest

from indicators.editions import EditionNode
from indicators.inputs import LARGEST, REASONS, Field, InputRefused, number_from_text, read_fields
from indicators.scoring import judge

COUNT = Field("count", "จำนวนแผน", "แผน")
QUARTERS = Field("count", "จำนวนไตรมาส", "ไตรมาส", maximum=4)
AREA = Field("amount", "พื้นที่", "ตารางเมตร", type="measure", decimals=2)
EACH = Field("attendance", "ผู้เข้าร่วม", "องค์กร", type="list", maximum=3)
THREE = Field("groups", "บุคลากร", "คน", type="list", length=3, item_labels=("ฝ่าย", "กลุ่มหนึ่ง", "กลุ่มสอง"))
HAS = Field("has", "มีพื้นที่หรือไม่", type="yes", options=("มี", "ไม่มี"))
OPTION = Field("option", "", type="option", options=("บน", "กลาง", "ล่าง"))


def code_of(field: Field, raw: Any) -> str:
    with pytest.raises(InputRefused) as refused:
        field.read(raw)
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("30", 30),
        ("๓๐", 30),
        ("๑,๒๐๐", 1200),
        ("1,200", 1200),
        ("1,234,567", 1234567),
        (" 1 200 ", 1200),
        ("1\u00a0200", 1200),
        ("\u200b30\ufeff", 30),
        ("007", 7),
        ("+5", 5),
        ("0", 0),
        ("", None),
        ("   ", None),
        ("\u200b", None),
    ],
)
def test_a_count_is_read_from_what_people_type(typed: str, value: int | None) -> None:
    assert number_from_text(COUNT, typed) == value


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7,5", "text"),
        ("1,2345", "text"),
        ("12,34", "text"),
        (",200", "text"),
        ("1_000", "text"),
        ("สามสิบ", "text"),
        ("30 ครั้ง", "text"),
        ("1e3", "text"),
        ("0x10", "text"),
        ("5-3", "text"),
        ("--5", "text"),
        ("²", "text"),
        ("१२", "text"),
        ("NaN", "text"),
        ("12.0", "fraction"),
        ("12.5", "fraction"),
        ("๑๒.๕", "fraction"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("-0", "negative"),
        ("9999999999999", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_a_count_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        number_from_text(COUNT, typed)
    assert refused.value.code == code
    assert "จำนวนแผน" in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("typed", "value"),
    [("120.50", Decimal("120.50")), ("๑๒๐.๕", Decimal("120.5")), ("1,200", Decimal(1200)), ("0", Decimal(0))],
)
def test_a_measure_is_read_with_its_decimals(typed: str, value: Decimal) -> None:
    assert number_from_text(AREA, typed) == value


@pytest.mark.parametrize(
    ("typed", "code"), [("7,5", "decimals"), ("12.5.3", "decimals"), ("กว้าง", "decimals"), ("-1.5", "negative")]
)
def test_a_measure_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        number_from_text(AREA, typed)
    assert refused.value.code == code


@pytest.mark.parametrize(("raw", "value"), [(0, 0), (LARGEST, LARGEST), (1, 1)])
def test_counts_that_are_read(raw: int, value: int) -> None:
    assert COUNT.read(raw) == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (-1, "negative"),
        (LARGEST + 1, "too_large"),
        (True, "text"),
        ("5", "quoted"),
        (Decimal("5.0"), "fraction"),
        (5.0, "fraction"),
        ([5], "text"),
        ({}, "text"),
    ],
)
def test_counts_that_are_refused(raw: Any, code: str) -> None:
    assert code_of(COUNT, raw) == code


def test_a_count_with_a_maximum_at_it_and_above() -> None:
    assert QUARTERS.read(4) == 4
    assert code_of(QUARTERS, 5) == "above_maximum"


@pytest.mark.parametrize(
    ("raw", "value"), [("2.30", Decimal("2.30")), (2, Decimal(2)), (Decimal("0.01"), Decimal("0.01"))]
)
def test_measures_that_are_read(raw: Any, value: Decimal) -> None:
    assert AREA.read(raw) == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2.301", "decimals"),
        (2.3, "decimals"),
        (True, "decimals"),
        ("NaN", "decimals"),
        ("Infinity", "decimals"),
        ("กว้าง", "decimals"),
        (None, "decimals"),
        ("-0.01", "negative"),
        (LARGEST + 1, "too_large"),
    ],
)
def test_measures_that_are_refused(raw: Any, code: str) -> None:
    assert code_of(AREA, raw) == code


def test_lists_are_read_entry_by_entry() -> None:
    assert EACH.read([85, 90, 0]) == (85, 90, 0)
    assert EACH.read([]) == ()
    assert code_of(EACH, [1, 2, 3, 4]) == "too_many"
    assert code_of(EACH, 85) == "list"
    assert code_of(EACH, "85") == "list"


def test_a_bad_entry_of_a_list_is_named() -> None:
    with pytest.raises(InputRefused) as refused:
        EACH.read([85, -1])
    assert str(refused.value) == "“ผู้เข้าร่วม (2)” ต้องเป็น 0 ขึ้นไป (ที่กรอกคือ -1)"


def test_a_list_of_named_groups_has_one_entry_for_each() -> None:
    assert THREE.read([4, 5, 6]) == (4, 5, 6)
    assert code_of(THREE, [4, 5]) == "list_length"
    with pytest.raises(InputRefused, match="กลุ่มสอง"):
        THREE.read([4, 5, "หก"])


def test_yes_and_options() -> None:
    assert HAS.read(True) is True
    assert HAS.read(False) is False
    assert [code_of(HAS, raw) for raw in (1, "yes")] == ["true_false"] * 2
    assert [OPTION.read(place) for place in (1, 2, 3)] == [1, 2, 3]
    assert [code_of(OPTION, raw) for raw in (0, 4, "1", True, Decimal(1))] == ["option"] * 5


def test_all_inputs_are_needed_and_no_others() -> None:
    assert read_fields((COUNT, AREA), {"count": 3, "amount": "2.5"}) == {"count": 3, "amount": Decimal("2.5")}
    bad: list[tuple[dict[str, Any], str]] = [
        ({"count": 3}, "missing"),
        ({"count": None, "amount": 1}, "missing"),
        ({"cuont": 3}, "unknown_input"),
    ]
    for raw, code in bad:
        with pytest.raises(InputRefused) as refused:
            read_fields((COUNT, AREA), raw)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (COUNT, "กรอก “จำนวนแผน” ด้วย ถ้าไม่มีให้กรอก 0"),
        (EACH, "กรอก “ผู้เข้าร่วม” ให้ครบทุกช่อง ช่องใดไม่มีให้กรอก 0"),
        (HAS, "ตอบ “มีพื้นที่หรือไม่” โดยเลือก “มี” หรือ “ไม่มี”"),
        (OPTION, "เลือกหนึ่งข้อจากข้อ 1 ถึงข้อ 3"),
    ],
)
def test_an_empty_field_says_what_to_do_there(field: Field, message: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_fields([field], {})
    assert str(refused.value) == message


def test_every_reason_has_both_languages_with_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert {code: places(thai) for code, (thai, _) in REASONS.items()} == {
        code: places(english) for code, (_, english) in REASONS.items()
    }


@pytest.mark.parametrize(
    ("field", "raw", "words"),
    [
        (
            COUNT,
            "5",
            '“จำนวนแผน” ต้องเป็นตัวเลข ไม่ใช่ข้อความ (ที่ได้รับคือ "5") เขียนตัวเลขโดยไม่ใส่เครื่องหมายคำพูด เช่น 30',
        ),
        (COUNT, True, "กรอก “จำนวนแผน” เป็นตัวเลขจำนวนเต็ม เช่น 30 (อ่านค่าที่กรอกไม่ได้: true)"),
        (COUNT, Decimal("5.0"), "กรอก “จำนวนแผน” เป็นจำนวนเต็ม ไม่มีทศนิยม เช่น 30 (ที่กรอกคือ 5.0)"),
        (OPTION, "1", 'เลือกหนึ่งข้อจากข้อ 1 ถึงข้อ 3 (ที่ตอบคือ "1")'),
        (HAS, 1, "ตอบ “มีพื้นที่หรือไม่” ด้วย true (มี) หรือ false (ไม่มี) (ที่ตอบคือ 1)"),
        (THREE, 3, "กรอก “บุคลากร” เป็นรายการตัวเลข เช่น [6, 7, 11] (ที่ได้รับคือ 3)"),
    ],
)
def test_a_refused_json_value_is_named_as_it_was_written(field: Field, raw: Any, words: str) -> None:
    with pytest.raises(InputRefused) as refused:
        field.read(raw)
    assert refused.value.message() == words


def test_a_refusal_in_english() -> None:
    with pytest.raises(InputRefused) as refused:
        COUNT.read(-3)
    assert refused.value.message("en") == "“จำนวนแผน” must be 0 or more (you entered -3)."


def test_a_whole_left_empty_is_not_told_to_be_zero(standard: EditionNode) -> None:
    outcome = judge(standard.indicators["2.9"].rule, {"numerator": 3})
    assert isinstance(outcome, InputRefused)
    assert outcome.message() == "กรอก “จำนวนเจ้าหน้าที่ทั้งหมดของสำนักงาน” ด้วย (ต้องมากกว่า 0)"
