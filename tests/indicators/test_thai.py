"""Thai text and digits: what is cleaned, how numbers are written, how names are sorted, what a search marks."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.thai import arabic_digits, clean, excerpt, found_parts, number, rounded, sort_key, squeeze


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("สํานักงาน", "สำนักงาน"),
        ("นํ้าท่วม", "น้ำท่วม"),
        ("เเผน", "แผน"),
        ("สนง.\u200bพมจ.", "สนง.พมจ."),
        ("\ufeffชื่อ\u00ad", "ชื่อ"),
        ("ก\u202eข", "กข"),
        ("  สอง   คำ\u00a0 ", "สอง คำ"),
        ("บรรทัด\r\nใหม่", "บรรทัด\nใหม่"),
        ("ศูนย์\x00กลาง", "ศูนย์กลาง"),
    ],
)
def test_clean_leaves_one_way_to_write_a_word(typed: str, stored: str) -> None:
    assert clean(typed) == stored


@given(st.text())
def test_clean_is_done_after_one_pass(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_thai_digits_become_arabic() -> None:
    assert arabic_digits("ปี ๒๕๖๙ มี ๑,๒๐๐ คน") == "ปี 2569 มี 1,200 คน"


def test_squeeze_forgets_spaces_case_and_the_script_of_digits() -> None:
    assert squeeze("Work Life  Balance ๕") == squeeze("worklifebalance5") == "worklifebalance5"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1200, "1,200"),
        (Decimal("7.50"), "7.5"),
        (Decimal("10.00"), "10"),
        (Decimal(100), "100"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 1), "1"),
        (Decimal("1234567.80"), "1,234,567.8"),
    ],
)
def test_number_has_thousands_commas_and_no_superfluous_zeros(value: Decimal | Fraction | int, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("exact", "published"),
    [
        (Fraction(50, 6), "8.33"),
        (Fraction(300, 34), "8.82"),
        (Fraction(8494, 1000), "8.49"),
        (Fraction(8495, 1000), "8.50"),
        (Fraction(84949, 10000), "8.49"),
        (Fraction(5, 1000), "0.01"),
        (Fraction(4, 1000), "0.00"),
        (Decimal("6.995"), "7.00"),
        (10, "10.00"),
    ],
)
def test_rounded_half_up_to_two_decimals(exact: Fraction | Decimal | int, published: str) -> None:
    assert str(rounded(exact)) == published


def test_names_sort_as_in_the_dictionary() -> None:
    names = ["แพร่", "ตาก", "เลย", "ลำปาง", "พะเยา", "กาญจนบุรี", "เชียงใหม่", "ชลบุรี", "ลพบุรี", "น่าน", "นนทบุรี"]
    assert sorted(names, key=sort_key) == [
        *("กาญจนบุรี", "ชลบุรี", "เชียงใหม่", "ตาก", "นนทบุรี", "น่าน", "พะเยา", "แพร่", "ลพบุรี", "ลำปาง", "เลย"),
    ]


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("การประชุมกลุ่ม", ["ประชุม"], ["ประชุม"]),
        ("การ ประ ชุม", ["ประชุม"], ["ประ ชุม"]),
        ("ปี ๒๕๖๓", ["2563"], ["๒๕๖๓"]),
        ("Social Media", ["socialmedia"], ["Social Media"]),
        ("ก่อน", ["ก"], ["ก่"]),
        ("ประชุมกลุ่มประชุม", ["ประชุม", "กลุ่ม"], ["ประชุมกลุ่มประชุม"]),
        ("ไม่มีเลย", ["ประชุม"], []),
        ("", ["ประชุม"], []),
        ("ข้อความ", [""], []),
    ],
)
def test_found_words_are_marked(text: str, words: list[str], marked: list[str]) -> None:
    parts = found_parts(text, words)
    assert [part for part, found in parts if found] == marked
    assert "".join(part for part, _ in parts) == text


@given(st.text(), st.lists(st.text(max_size=4).map(squeeze), max_size=3))
def test_marking_never_changes_a_text(text: str, words: list[str]) -> None:
    assert "".join(part for part, _ in found_parts(text, words)) == text


def test_excerpt_cuts_what_stands_far_from_the_first_found_word() -> None:
    text = "ก" * 200 + " ข้างหน้า คำค้น ข้างหลัง " + "ข" * 400
    shown = excerpt(found_parts(text, ["คำค้น"]), around=20)
    assert shown == [("…ข้างหน้า ", False), ("คำค้น", True), (" ข้างหลัง…", False)]


def test_excerpt_leaves_a_short_text_whole() -> None:
    parts = found_parts("มีคำค้นอยู่", ["คำค้น"])
    assert excerpt(parts) == parts
