"""Provinces in the order of the Thai dictionary (Royal Institute), which code points do not give."""

import pytest

from assessments.models import Province
from indicators.thai import sort_key

# Written down by hand, letter by letter: a leading vowel is read after its consonant.
NAMES = (
    "กระบี่ กรุงเทพมหานคร กาญจนบุรี กาฬสินธุ์ กำแพงเพชร ขอนแก่น จันทบุรี ฉะเชิงเทรา ชลบุรี ชัยนาท ชัยภูมิ ชุมพร "
    "เชียงราย เชียงใหม่ ตรัง ตราด ตาก นครนายก นครปฐม นครพนม นครราชสีมา นครศรีธรรมราช นครสวรรค์ นนทบุรี นราธิวาส น่าน "
    "บึงกาฬ บุรีรัมย์ ปทุมธานี ประจวบคีรีขันธ์ ปราจีนบุรี ปัตตานี พระนครศรีอยุธยา พะเยา พังงา พัทลุง พิจิตร พิษณุโลก เพชรบุรี "
    "เพชรบูรณ์ แพร่ ภูเก็ต มหาสารคาม มุกดาหาร แม่ฮ่องสอน ยโสธร ยะลา ร้อยเอ็ด ระนอง ระยอง ราชบุรี ลพบุรี ลำปาง ลำพูน เลย "
    "ศรีสะเกษ สกลนคร สงขลา สตูล สมุทรปราการ สมุทรสงคราม สมุทรสาคร สระแก้ว สระบุรี สิงห์บุรี สุโขทัย สุพรรณบุรี สุราษฎร์ธานี "
    "สุรินทร์ หนองคาย หนองบัวลำภู อ่างทอง อำนาจเจริญ อุดรธานี อุตรดิตถ์ อุทัยธานี อุบลราชธานี"
)
IN_ORDER = NAMES.split()


def test_the_list_by_hand_is_whole(db: None) -> None:
    assert len(IN_ORDER) == len(set(IN_ORDER)) == 77
    assert set(IN_ORDER) == set(Province.objects.values_list("name_th", flat=True))


def test_provinces_come_in_dictionary_order(db: None) -> None:
    assert list(Province.objects.values_list("name_th", flat=True)) == IN_ORDER


def test_the_stored_key_is_the_name_s(db: None) -> None:
    assert [row.name_th for row in Province.objects.all() if row.sort_key != sort_key(row.name_th)] == []


def test_code_points_would_misplace_65(db: None) -> None:
    by_code_point = sorted(IN_ORDER)
    assert sum(left != right for left, right in zip(IN_ORDER, by_code_point, strict=True)) == 65


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("เก", "ขา"),
        ("กา", "เก"),
        ("ป่า", "ป้า"),
        ("ปา", "ป่า"),
        ("ป้า", "ปาก"),
        ("แพร่", "แพร่ข"),
        ("ก", "กก"),
    ],
)
def test_vowels_before_and_marks_above(before: str, after: str) -> None:
    assert sort_key(before) < sort_key(after)
