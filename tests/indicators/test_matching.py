"""Which indicator a file seems meant for, from the names that offices really give."""

import pytest
from django.utils import translation

from indicators import matching
from indicators.editions import EditionNode
from indicators.matching import Before, Index, Proposal, name_key, propose


@pytest.fixture
def index(standard: EditionNode) -> Index:
    return matching.index_of(standard)


def found(index: Index, path: str, **before: Before) -> Proposal | None:
    folder, _, name = path.rpartition("/")
    with translation.override("en"):
        return propose(name, folder, index, **before)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("2.1 แผน.pdf", "2.1"),
        ("2.10.pdf", "2.10"),
        ("๒.๑ แผน.pdf", "2.1"),
        ("02.01_แผน.pdf", "2.1"),
        ("(4.12) รายชื่อ.pdf", "4.12"),
        ("แผนงาน 2.5 ฉบับแก้ไข.docx", "2.5"),
        ("ตัวชี้วัด 4.12 ลงชื่อ.pdf", "4.12"),
        ("หลักฐานตัวชี้วัดที่4.12.pdf", "4.12"),
        ("ข้อ 4-12.pdf", "4.12"),
        ("KPI_1.31 เบิกจ่าย.xlsx", "1.31"),
        ("มิติ2_ข้อ3.pdf", "2.3"),
        ("มิติที่ 4 ตัวชี้วัดที่ 12 ลงชื่อ.pdf", "4.12"),
        ("มิติที่ ๔/ข้อ ๑๒/ลงชื่อ.pdf", "4.12"),
        ("2.1 การสื่อสาร/ภาพ/IMG_0001.jpg", "2.1"),
        ("มิติ 1/1.2 ห้องประชุม/IMG_0001.jpg", "1.2"),
        # The file's own number goes before the folder's, and what announces a number before one that only stands there.
        ("2.1 การสื่อสาร/2.3 ประชุม.pdf", "2.3"),
        ("2.1 แผนตามตัวชี้วัด 4.5.pdf", "4.5"),
    ],
)
def test_a_number_tells_the_indicator(index: Index, path: str, code: str) -> None:
    proposal = found(index, path)
    assert proposal is not None
    assert (proposal.code, proposal.sure) == (code, True)


@pytest.mark.parametrize("name", ["3-4 เสวนา.pdf", "3_4_เสวนา.pdf"])
def test_a_number_that_could_be_a_range_is_not_ticked(index: Index, name: str) -> None:
    proposal = found(index, name)
    assert proposal is not None
    assert (proposal.code, proposal.sure) == ("3.4", False)


@pytest.mark.parametrize(
    "name",
    [
        "5.1 ก.pdf",  # no such dimension
        "2.13.pdf",  # no such indicator
        "1.10.2568.pdf",  # dates
        "4-12-2568.pdf",
        "1-2 ก.ย. 69 อบรม.pdf",
        "2-3 สิงหาคม 2569 ประชุม.pdf",
        "1/2.3",
        "เวลา 4.30 น..pdf",  # a time
        "v2.1.pdf",  # a version
        "ร้อยละ 4.5.pdf",  # amounts
        "2.5 ล้านบาท.pdf",
        "2.5%.pdf",
        "12.1.pdf",
        "2.1.3.pdf",
        "IMG_20260801.jpg",
        "ภาพหน้าจอ 2569-11-22 14.30.png",
    ],
)
def test_other_numbers_do_not(index: Index, name: str) -> None:
    proposal = found(index, name)
    assert proposal is None or "number" not in str(proposal.reason)


@pytest.mark.parametrize(
    ("path", "code", "sure"),
    [
        ("แผนการจัดวางระบบการควบคุมภายใน 2569.pdf", "2.10", True),
        ("หนังสือร้องเรียน.pdf", "2.8", True),
        ("ภาพห้องเก็บพัสดุ.jpg", "1.4", True),
        ("รายงานสถานการณ์ทางสังคมจังหวัดเชียงใหม่ 2569.pdf", "4.1", True),
        ("ทะเบียนคุมหนังสือรับ-ส่ง ปีงบประมาณ 2569.xlsx", "2.2", True),
        ("สรุปผลสำรวจความพึงพอใจ 2568.png", "4.17", False),
        ("กล้อง D-SLR.jpg", "1.23", False),
        ("มิติที่ 4/แผนยุทธศาสตร์.pdf", "4.2", True),
    ],
)
def test_words_tell_the_indicator(index: Index, path: str, code: str, sure: bool) -> None:
    proposal = found(index, path)
    assert proposal is not None
    assert (proposal.code, proposal.sure) == (code, sure)
    assert str(proposal.reason).startswith("words as in “")


def test_words_of_the_folder_help(index: Index) -> None:
    proposal = found(index, "แผนการประชาสัมพันธ์/ฉบับเต็ม.pdf")
    assert proposal is not None
    assert proposal.code == "4.25"


def test_words_that_fit_several_propose_none_and_say_so(index: Index) -> None:
    proposal = found(index, "รายงานการประชุม ปี 2569.pdf")
    assert proposal == Proposal("", "its words fit several: 2.3, 2.4, 3.8, 3.9 …")


def test_a_dimension_narrows_the_words(index: Index) -> None:
    proposal = found(index, "มิติที่ 4/รายงานการประชุม ปี 2569.pdf")
    assert proposal is not None
    assert proposal.code.startswith("4.") or "4." in proposal.reason
    assert "2.3" not in proposal.reason


def test_a_file_s_number_in_a_dimension_s_folder_is_only_likely(index: Index) -> None:
    words = "the file's number 3 in the folder of dimension 2"
    assert found(index, "มิติที่ 2/3 รายงาน.pdf") == Proposal("2.3", words, sure=False)
    assert found(index, "มิติที่ 2/13 รายงาน.pdf") != Proposal("2.13", words, sure=False)


def test_what_nothing_tells_has_no_proposal(index: Index) -> None:
    assert found(index, "IMG_20260801_120000.jpg") is None
    assert found(index, "x.pdf") is None
    assert found(index, "") is None


def test_an_earlier_year_tells(index: Index) -> None:
    one, two = Before(2568, ("2.8",)), Before(2568, ("2.3", "2.4"))
    assert found(index, "x.pdf", same_content=one) == Proposal("2.8", "the same file as in 2568 (2.8)", sure=True)
    assert found(index, "x.pdf", same_content=two) == Proposal("2.3", "the same file as in 2568 (2.3, 2.4)", sure=False)
    assert found(index, "x.pdf", same_name=one) == Proposal("2.8", "named as in 2568 (2.8)", sure=True)
    # A number is said of this very file.
    assert found(index, "2.1.pdf", same_content=one) == Proposal("2.1", "the number in the file's name: 2.1", sure=True)
    # An indicator that this edition does not have tells nothing.
    assert found(index, "x.pdf", same_content=Before(2568, ("9.9",))) is None


def test_names_of_two_years_are_one() -> None:
    assert name_key("แผนปฏิบัติงาน ปี 2568.pdf") == name_key("แผนปฏิบัติงาน_ปี ๒๕๖๙ (2).docx") == "แผนปฏิบัติงานปี"
    assert name_key("น้ำท่วม ครั้งที่ 1.pdf") == "น้ำท่วมครั้งที่"
    assert name_key("IMG_1.jpg") == ""
    assert name_key("ภาพหน้าจอ 2569-11-22 14.30.png") == ""


def test_every_indicator_is_found_by_its_own_name_and_number(index: Index, standard: EditionNode) -> None:
    for code, node in standard.indicators.items():
        proposal = found(index, f"{code} {node.name[:40].replace('/', ' ')}.pdf")
        assert proposal is not None
        assert proposal.code == code
