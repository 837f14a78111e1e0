"""The form of one indicator: every kind of rule, what is read, what is refused, what is kept as typed."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from assessments.forms.answers import AnswerForm
from assessments.models import Answer
from indicators.editions import EditionNode
from indicators.typed import boxes, read_typed, texts_of
from tests.answers import best


def filled(standard: EditionNode, code: str, data: str | dict[str, Any] = "", **other: Any) -> AnswerForm:
    query = QueryDict(mutable=True)
    for name, value in {"version": "0", **(data if isinstance(data, dict) else {}), **other}.items():
        query.setlist(name, value if isinstance(value, list) else [str(value)])
    form = AnswerForm(query, node=standard.indicators[code])
    form.is_valid()
    return form


KINDS = [
    ("2.1", {"count": "5"}, {"count": 5}),
    ("2.2", {"numerator": "850", "denominator": "1,000"}, {"numerator": 850, "denominator": 1000}),
    ("2.5", {"option": "2"}, {"option": 2}),
    (
        "4.12",
        {"directory_total": "100", "attendance": "85\n90\n80"},
        {"directory_total": 100, "attendance": (85, 90, 80)},
    ),
    ("4.29", {"projects": "5", "joined": "7", "invited": "10"}, {"projects": 5, "joined": 7, "invited": 10}),
    ("1.1", {"amount": "230.50", "people": "100"}, {"amount": Decimal("230.50"), "people": 100}),
    ("1.2", {"count": "1"}, {"count": 1}),
    ("1.5", {"has": "yes"}, {"has": True}),
    ("1.5", {"has": "no"}, {"has": False}),
    ("1.7", {"groups_0": "4", "groups_1": "5", "groups_2": "6"}, {"groups": (4, 5, 6)}),
    ("1.9", {"numerator": "3", "denominator": "4"}, {"numerator": 3, "denominator": 4}),
    ("1.15", {"count": "16"}, {"count": 16}),
    ("1.29", {"vehicles": "4", "insured": "4"}, {"vehicles": 4, "insured": 4}),
    ("1.31", {"spent": "95.25", "allocated": "100"}, {"spent": Decimal("95.25"), "allocated": Decimal(100)}),
]


@pytest.mark.parametrize(("code", "typed", "inputs"), KINDS)
def test_reads_each_kind_of_rule(
    standard: EditionNode, code: str, typed: dict[str, str], inputs: dict[str, Any]
) -> None:
    form = filled(standard, code, typed)
    assert form.errors == {}
    assert form.columns()["inputs"] == inputs
    assert form.columns()["typed"] == {}
    assert form.refused == {}


def test_every_indicator_has_a_field_for_each_box(standard: EditionNode) -> None:
    for node in standard.indicators.values():
        form = AnswerForm(node=node)
        assert [name for name in form.fields if name in {box.name for box in boxes(node.rule)}] == [
            box.name for box in boxes(node.rule)
        ]


def test_what_is_stored_is_shown_so_that_it_reads_back_the_same(standard: EditionNode) -> None:
    for node in standard.indicators.values():
        inputs = node.rule.read(best(node))
        assert read_typed(node.rule, texts_of(node.rule, inputs)).inputs == inputs


@pytest.mark.parametrize("typed", ["๑,๒๐๐", "1,200", " 1200 ", "1 200", "1200\u200b", "๑๒๐๐"])
def test_takes_digits_of_either_script_commas_and_spaces(standard: EditionNode, typed: str) -> None:
    assert filled(standard, "4.26", count=typed).columns()["inputs"] == {"count": 1200}


@pytest.mark.parametrize(
    ("code", "data", "field", "word"),
    [
        ("2.1", {"count": "ห้า"}, "count", "กรอก “จำนวนรูปแบบการสื่อสารภายในสำนักงานในรอบปี” เป็นตัวเลขจำนวนเต็ม"),
        ("2.1", {"count": "5.5"}, "count", "ไม่มีทศนิยม"),
        ("2.1", {"count": "-1"}, "count", "ต้องเป็น 0 ขึ้นไป"),
        ("2.1", {"count": "7,5"}, "count", "อ่านค่าที่กรอกไม่ได้: 7,5"),
        ("2.1", {"count": "9999999999"}, "count", "มากเกินไป"),
        ("3.4", {"count": "5"}, "count", "มีได้ไม่เกิน 4 ไตรมาส"),
        ("2.2", {"numerator": "11", "denominator": "10"}, "numerator", "มากกว่า"),
        ("2.2", {"numerator": "0", "denominator": "0"}, "denominator", "เป็น 0 ไม่ได้"),
        ("1.7", {"groups_0": "4", "groups_1": "x", "groups_2": "6"}, "groups_1", "กลุ่มการพัฒนาสังคมและสวัสดิการ"),
        ("1.1", {"amount": "1.234", "people": "1"}, "amount", "ทศนิยมไม่เกิน 2 ตำแหน่ง"),
        ("4.12", {"directory_total": "10", "attendance": "8 11"}, "attendance", "มากกว่า"),
        ("4.12", {"directory_total": "10", "attendance": "8 สิบ"}, "attendance", "(2)"),
        ("2.5", {"option": "6"}, "option", "เลือกหนึ่งข้อจากข้อ 1 ถึงข้อ 5"),
        ("2.5", {"option": "ก"}, "option", "เลือกหนึ่งข้อจากข้อ 1 ถึงข้อ 5"),
        ("1.5", {"has": "maybe"}, "has", "โดยเลือก “มี” หรือ “ไม่มี”"),
    ],
)
def test_a_refused_number_is_kept_as_typed_with_the_reason(
    standard: EditionNode, code: str, data: dict[str, str], field: str, word: str
) -> None:
    form = filled(standard, code, data, performance="ทำแล้ว")
    assert form.errors == {}
    columns = form.columns()
    assert columns["inputs"] is None
    assert columns["typed"] == data
    assert columns["performance"] == "ทำแล้ว"
    assert list(form.refused) == [field]
    assert word in form.refused[field]


def test_refusals_speak_the_page_s_language(standard: EditionNode) -> None:
    with translation.override("en"):
        form = filled(standard, "2.1", count="-1")
        assert form.refused["count"].endswith("must be 0 or more (you entered -1).")


def test_an_empty_form_is_unanswered_and_refuses_nothing(standard: EditionNode) -> None:
    form = filled(standard, "2.2", numerator="", denominator="")
    assert (form.columns()["inputs"], form.columns()["typed"], form.refused) == (None, {}, {})


def test_zero_is_an_answer(standard: EditionNode) -> None:
    assert filled(standard, "2.1", count="0").columns()["inputs"] == {"count": 0}


def test_a_part_that_is_missing_is_needed_not_refused(standard: EditionNode) -> None:
    form = filled(standard, "2.2", numerator="5", denominator="")
    assert form.refused == {}
    assert form.reading.needed == ("จำนวนหนังสือจากภายนอกที่ได้รับทั้งหมดในรอบปี",)
    assert form.columns()["typed"] == {"numerator": "5"}


@pytest.mark.parametrize("typed", ["85 90 80", "85, 90, 80", "85,90,80", "85;90;80", "๘๕\n๙๐\n๘๐\n", "85\r\n90\r\n80"])
def test_a_list_is_parted_by_lines_spaces_or_semicolons(standard: EditionNode, typed: str) -> None:
    form = filled(standard, "4.12", directory_total="100", attendance=typed)
    assert form.columns()["inputs"] == {"directory_total": 100, "attendance": (85, 90, 80)}


@pytest.mark.parametrize("typed", ["1,200", "๑,๒๐๐", "85 1,200"])
def test_a_comma_that_may_stand_for_thousands_is_refused_in_a_list(standard: EditionNode, typed: str) -> None:
    form = filled(standard, "4.12", directory_total="2000", attendance=typed)
    assert form.columns()["inputs"] is None
    assert form.refused["attendance"].endswith("คั่นแต่ละกิจกรรมด้วยเว้นวรรค เช่น 85 90 80")


def test_says_how_to_answer_without_a_project(standard: EditionNode) -> None:
    form = AnswerForm(node=standard.indicators["4.29"])
    helps = [form.fields[box.name].help_text for box in boxes(standard.indicators["4.29"].rule)]
    assert [bool(text) for text in helps] == [True, False, False]


def test_a_list_of_one_zero_says_that_there_was_no_activity(standard: EditionNode) -> None:
    form = filled(standard, "4.12", directory_total="100", attendance="0")
    assert form.columns()["inputs"] == {"directory_total": 100, "attendance": ()}


# --- no case ---------------------------------------------------------------------------------------


def test_no_case_comes_with_its_reason_and_without_numbers(standard: EditionNode) -> None:
    form = filled(standard, "4.31", no_case="on", no_case_reason="ไม่มีผู้ร้องทุกข์")
    columns = form.columns()
    assert (columns["no_case"], columns["no_case_reason"], columns["inputs"]) == (True, "ไม่มีผู้ร้องทุกข์", None)


def test_no_case_with_numbers_is_refused_and_both_are_kept(standard: EditionNode) -> None:
    form = filled(standard, "4.31", no_case="on", no_case_reason="เหตุ", numerator="1", denominator="2")
    assert list(form.refused) == ["no_case"]
    assert form.columns()["typed"] == {"numerator": "1", "denominator": "2", "no_case": "1", "no_case_reason": "เหตุ"}


def test_nought_of_nought_takes_the_reason_too(standard: EditionNode) -> None:
    form = filled(standard, "4.31", numerator="0", denominator="0", no_case_reason="ไม่มีเรื่อง")
    columns = form.columns()
    assert columns["inputs"] == {"numerator": 0, "denominator": 0}
    assert columns["no_case_reason"] == "ไม่มีเรื่อง"


def test_no_case_is_not_read_where_the_rule_does_not_offer_it(standard: EditionNode) -> None:
    form = filled(standard, "2.1", no_case="on", count="")
    assert "no_case" not in form.fields
    assert form.columns()["no_case"] is False


# --- texts and evidence kinds ----------------------------------------------------------------------


def test_texts_are_cleaned(standard: EditionNode) -> None:
    form = filled(standard, "2.1", performance=" ท\u0e4d\u0e32งาน\u200b \x00 เเล้ว ")
    assert form.columns()["performance"] == "ทำงาน แล้ว"


@pytest.mark.parametrize(("length", "taken"), [(9_999, True), (10_000, True), (10_001, False)])
def test_a_text_has_at_most_ten_thousand_characters(standard: EditionNode, length: int, taken: bool) -> None:
    form = filled(standard, "2.1", problems="ก" * length)
    assert form.is_valid() is taken
    assert list(form.errors) == ([] if taken else ["problems"])


def test_evidence_kinds_are_ticked_by_place(standard: EditionNode) -> None:
    assert filled(standard, "2.1", evidence_held=["0", "2"]).columns()["evidence_held"] == (0, 2)


@pytest.mark.parametrize("place", ["-1", "3", "x"])
def test_an_unknown_kind_of_evidence_is_refused(standard: EditionNode, place: str) -> None:
    assert list(filled(standard, "2.1", evidence_held=[place]).errors) == ["evidence_held"]


def test_a_request_without_its_version_is_refused(standard: EditionNode) -> None:
    assert list(filled(standard, "2.1", version="x").errors) == ["version"]


def test_shows_what_was_typed_with_its_refusal_when_it_opens_again(standard: EditionNode) -> None:
    answer = Answer(typed={"count": "ห้า"}, inputs={"count": 3}, performance="ทำ")
    form = AnswerForm(node=standard.indicators["2.1"], answer=answer)
    assert form["count"].value() == "ห้า"
    assert form["performance"].value() == "ทำ"
    assert list(form.refused) == ["count"]


def test_the_compact_row_leaves_the_other_texts_as_they_are(standard: EditionNode) -> None:
    base = Answer(problems="เดิม", remedies="แก้", number_source="ทะเบียน", evidence_held=[1])
    form = AnswerForm(QueryDict("version=0&count=5&performance=ใหม่"), node=standard.indicators["2.1"], compact=True)
    assert form.is_valid()
    columns = form.columns(base)
    assert (columns["performance"], columns["problems"], columns["remedies"]) == ("ใหม่", "เดิม", "แก้")
    assert (columns["number_source"], columns["evidence_held"]) == ("ทะเบียน", (1,))
