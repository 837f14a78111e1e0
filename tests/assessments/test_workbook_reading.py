"""The workbook comes back: unchanged it differs in nothing; what is refused is told with its cell."""

import io
import shutil
import subprocess
from datetime import date, time
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook

from assessments import services
from assessments.forms import workbook_cells
from assessments.forms.workbook_cells import WorkbookRefused, read_workbook
from assessments.models import Answer, AnswerChange, Assessment, Province, User
from assessments.queries.workbooks import compare
from assessments.services import Entry
from assessments.services.workbooks import apply_workbook, keep_workbook
from assessments.workbook import IDENTITY_SHEET, choices_of, parts_of
from indicators import editions
from indicators.editions import EditionNode
from indicators.rules import ChoiceRule
from indicators.thai import clean
from indicators.typed import boxes
from tests.answers import answer_all
from tests.workbooks import changed, compared, filled, made, places, rows, with_parts


def save(assessment: Assessment, by: User, code: str, **entry: Any) -> Answer:
    node = _node(assessment, code)
    answer = assessment.answers.get(indicator_id=node.pk)
    saved = services.save_answer(
        assessment=assessment, indicator=node, by=by, version=answer.version, entry=Entry(**entry)
    )
    return saved.answer


def _node(assessment: Assessment, code: str) -> Any:
    return editions.standard_of(assessment.round.edition).indicators[code]


# --- the round trip ----------------------------------------------------------------------------------

ODD_TEXTS = ("=1+1", "+66 2 000 0000", "-", "@พมจ", "'", "_x0041_ และ _x000D_", "007", "1.0", "TRUE", "บรรทัด\nสอง\n\nสี่")
ODD_NUMBERS = ("7,5", "ห้า", "๑๒", "1,200", "-3", "5.5", "1 200", "85 90 xx", "999999999999", "85 90")
SIGNS = "กขฃำ้ๆ๑๒ าิี์ABCabc019 =+-@'\"<>&;,\n\t_x\u200b\U0001f600\ufffe"


def a_text(chance: Random) -> str:
    some = chance.choice(["", chance.choice(ODD_TEXTS), "".join(chance.choices(SIGNS, k=chance.randint(1, 80)))])
    return clean(some)


def a_value(chance: Random, field: Any) -> Any:
    match field.type:
        case "count":
            most = field.maximum if field.maximum is not None else 999_999_999
            return chance.choice([0, 1, most, chance.randint(0, min(most, 2_000))])
        case "measure":
            return str(Decimal(chance.choice([0, 5, 230, 99_999_999_900, chance.randint(0, 10**7)])) / 100)
        case "option":
            return chance.randint(1, len(field.options))
        case "yes":
            return chance.random() < 0.5
    length = field.length if field.length is not None else chance.choice([0, 1, 3, 23, 24, 40, 400])
    return [chance.choice([0, chance.randint(0, 500)]) for _ in range(length)]


def an_answer(chance: Random, node: Any) -> dict[str, Any]:
    """The columns of one answer, as the service keeps them: whole, empty, without a case, or as typed and refused."""
    columns: dict[str, Any] = {"inputs": None, "no_case": False, "no_case_reason": "", "typed": {}}
    columns |= {name: a_text(chance) for name in ("performance", "problems", "remedies", "number_source")}
    how = chance.choice(["whole", "whole", "empty", "no case", "typed"])
    if how == "no case" and node.rule.no_case:
        return columns | {"no_case": True, "no_case_reason": a_text(chance)}
    if how == "typed":
        typed = {box.name: chance.choice([*ODD_NUMBERS, a_text(chance)]) for box in boxes(node.rule)}
        return columns | {"typed": {name: text for name, text in typed.items() if text}}
    if how == "whole":
        columns["inputs"] = {field.name: a_value(chance, field) for field in node.rule.fields}
    return columns


@pytest.mark.parametrize("seed", range(6))
def test_a_workbook_that_nobody_filled_differs_in_nothing(
    seed: int, assessment: Assessment, standard: EditionNode
) -> None:
    """Of any answers whatever, also those that contradict themselves: nothing is judged before something differs."""
    chance = Random(seed)
    found = list(assessment.answers.all())
    for answer in found:
        for name, value in an_answer(chance, standard.by_pk[answer.indicator_id]).items():
            setattr(answer, name, value)
    fields = ["inputs", "no_case", "no_case_reason", "typed", "performance", "problems", "remedies", "number_source"]
    Answer.objects.bulk_update(found, fields)
    result = compared(assessment, made(assessment))
    assert [(row.key, row.kind, row.old, row.new, row.reason) for row in result.rows] == []
    assert (result.missing, result.same > 200) == (0, True)


def test_the_round_trip_survives_libreoffice(
    assessment: Assessment, editor: User, standard: EditionNode, tmp_path: Any
) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    answer_all(assessment, editor, c4_12={"directory_total": 120, "attendance": [85, 0, 90]}, c2_3={"count": 0})
    save(assessment, editor, "2.1", inputs={"count": 5}, performance="=1+1\nบรรทัดสอง", problems="007", remedies="-")
    save(assessment, editor, "2.6", no_case=True, no_case_reason="+ไม่มีโครงการ")
    (tmp_path / "a.xlsx").write_bytes(made(assessment))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "done")]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=120)
    assert rows(compared(assessment, (tmp_path / "done" / "a.xlsx").read_bytes())) == {}


def test_all_that_was_typed_in_comes_back_as_new(assessment: Assessment, editor: User) -> None:
    book = filled(
        made(assessment),
        {
            "1.1/amount": 141.5,
            "1.1/people": 45,
            "1.5/has": "มี",
            "1.7/groups_0": 4,
            "1.7/groups_1": 5,
            "1.7/groups_2": 0,
            "2.1/count": 0,
            "2.5/option": "2. มีแผนภาพรวม และบางกลุ่ม/ฝ่าย",
            "2.6/no_case": "ไม่มีกรณีในรอบปี",
            "2.6/no_case_reason": "ไม่มีโครงการ",
            "4.12/directory_total": 100,
            "4.12/attendance/1": 85,
            "4.12/attendance/3": 90,
            "2.1/performance": "บรรทัดหนึ่ง\nบรรทัดสอง",
        },
    )
    found = compared(assessment, book)
    assert rows(found) == {
        "1.1/amount": ("new", "", "141.5"),
        "1.1/people": ("new", "", "45"),
        "1.5/has": ("new", "", "yes"),
        "1.7/groups_0": ("new", "", "4"),
        "1.7/groups_1": ("new", "", "5"),
        "1.7/groups_2": ("new", "", "0"),
        "2.1/count": ("new", "", "0"),
        "2.1/performance": ("new", "", "บรรทัดหนึ่ง\nบรรทัดสอง"),
        "2.5/option": ("new", "", "2"),
        "2.6/no_case": ("new", "", "1"),
        "2.6/no_case_reason": ("new", "", "ไม่มีโครงการ"),
        "4.12/directory_total": ("new", "", "100"),
        "4.12/attendance": ("new", "", "85 90"),
    }
    assert all(row.ticked for row in found.rows)
    assert found.counts == {"new": 13, "changed": 0, "cleared": 0, "refused": 0, "stale": 0, "ticked": 13}


def test_what_a_count_takes(assessment: Assessment) -> None:
    typed: dict[str, tuple[Any, str]] = {
        "2.1": (5, "5"),
        "2.3": (5.0, "5"),
        "2.4": ("5", "5"),
        "2.10": ("๕", "5"),
        "2.11": (" ๑,๒๐๐ ", "1200"),
        "2.12": (0, "0"),
        "3.1": ("0", "0"),
        "3.2": (999_999_999, "999999999"),
    }
    book = filled(made(assessment), {f"{code}/count": value for code, (value, _text) in typed.items()})
    wanted = {f"{code}/count": ("new", "", text) for code, (_value, text) in typed.items()}
    assert rows(compared(assessment, book)) == wanted


def test_empty_is_not_zero(assessment: Assessment, editor: User) -> None:
    for code in ("2.1", "2.3", "2.4"):
        save(assessment, editor, code, inputs={"count": 0})
    empty = {"2.1/count": None, "2.3/count": "", "2.4/count": "   "}
    found = compared(assessment, filled(made(assessment), empty))
    assert rows(found) == dict.fromkeys(empty, ("cleared", "0", ""))
    assert [row.ticked for row in found.rows] == [False] * 3


REFUSED = {
    "1.1/amount": (2.345, "ทศนิยมไม่เกิน 2 ตำแหน่ง"),
    "1.5/has": ("อาจจะมี", "ตอบ “"),
    "2.1/count": (5.5, "เป็นจำนวนเต็ม ไม่มีทศนิยม"),
    "2.3/count": (-1, "ต้องเป็น 0 ขึ้นไป"),
    "2.4/count": (1_000_000_000, "มากเกินไป"),
    "2.5/option": ("9. ข้ออื่น", "เลือกหนึ่งข้อจากข้อ 1 ถึงข้อ 5"),
    "2.6/no_case": ("อาจจะ", "Choose from the list"),
    "2.10/count": (1e300, "มากเกินไป"),
    "2.11/count": ("ห้า", "อ่านค่าที่กรอกไม่ได้: ห้า"),
    "2.12/count": ("7,5", "อ่านค่าที่กรอกไม่ได้: 7,5"),
    "3.1/count": ("=SUM(1,2)", "holds a formula"),
    "3.2/count": (True, "TRUE or FALSE"),
    "3.3/performance": ("=SUM(1,2)", "holds a formula"),
    "3.4/count": (5, "มีได้ไม่เกิน 4"),
    "3.5/performance": ("ก" * 10_001, "10,001"),
    "4.12/attendance/2": ("สิบ", "อ่านค่าที่กรอกไม่ได้: สิบ"),
}


def test_a_cell_that_cannot_be_taken_is_named_and_the_rest_stays(assessment: Assessment) -> None:
    typed = {key: value for key, (value, _reason) in REFUSED.items()} | {"4.12/attendance/1": 5, "4.1/count": 12}
    book = filled(made(assessment), typed)
    where = places(book)
    with translation.override("en"):
        ours = {row.key: row.reason for row in compared(assessment, book).rows}
    with translation.override("th"):
        found = compared(assessment, book)
    refused = {row.key: row for row in found.rows if row.kind == "refused"}
    assert {key.removesuffix("/2") for key in REFUSED} == set(refused)
    for key, (_value, reason) in REFUSED.items():
        row = refused[key.removesuffix("/2")]
        assert (key, row.at, row.ticked) == (key, "!".join(where[key]), False)
        assert reason in (ours[row.key] if reason.isascii() else row.reason), key
    assert rows(found)["4.1/count"] == ("new", "", "12")
    assert len(found.rows) == len(REFUSED) + 1


def test_dates_and_errors_are_refused(assessment: Assessment) -> None:
    empty = made(assessment)
    where = places(empty)

    def spoil(book: Workbook) -> None:
        for key, value in (
            ("2.1/count", date(2026, 8, 3)),
            ("2.3/count", time(8, 30)),
            ("2.4/problems", date(2026, 8, 3)),
        ):
            sheet, cell = where[key]
            book[sheet][cell].value = value

    book = changed(filled(empty, {"2.12/count": "#N/A"}), spoil)
    found = compared(assessment, book)
    assert [(row.key, row.kind) for row in found.rows] == [
        ("2.1/count", "refused"),
        ("2.3/count", "refused"),
        ("2.4/problems", "refused"),
        ("2.12/count", "refused"),
    ]
    with translation.override("en"):
        reasons = [
            row.reason for row in compared(assessment, changed(filled(empty, {"2.12/count": "#N/A"}), spoil)).rows
        ]
    assert [reason.split(";")[0] for reason in reasons] == [
        *(["This cell holds a date or a time"] * 3),
        "This cell holds an error of the spreadsheet",
    ]


def test_numbers_that_contradict_each_other_are_refused_together_with_what_stays(
    assessment: Assessment, editor: User
) -> None:
    save(assessment, editor, "2.2", inputs={"numerator": 80, "denominator": 100})
    found = compared(assessment, filled(made(assessment), {"2.2/denominator": 50}))
    assert [(row.key, row.kind) for row in found.rows] == [("2.2/denominator", "refused")]
    assert "มากกว่า" in found.rows[0].reason
    both = compared(assessment, filled(made(assessment), {"2.2/numerator": 60, "2.2/denominator": 50}))
    assert [(row.key, row.kind) for row in both.rows] == [("2.2/numerator", "refused"), ("2.2/denominator", "changed")]


def test_no_case_takes_the_clearing_of_its_numbers_with_it(assessment: Assessment, editor: User) -> None:
    save(assessment, editor, "2.6", inputs={"numerator": 1, "denominator": 2})
    typed = {"2.6/numerator": None, "2.6/denominator": None, "2.6/no_case": "ไม่มีกรณีในรอบปี", "2.6/no_case_reason": "ก"}
    found = compared(assessment, filled(made(assessment), typed))
    assert [(row.part.name, row.kind, row.ticked) for row in found.rows] == [
        ("numerator", "cleared", True),
        ("denominator", "cleared", True),
        ("no_case", "new", True),
        ("no_case_reason", "new", True),
    ]
    alone = compared(assessment, filled(made(assessment), {"2.6/no_case": "ไม่มีกรณีในรอบปี"}))
    assert [(row.part.name, row.kind) for row in alone.rows] == [("no_case", "refused")]


def test_what_was_changed_here_after_the_download_is_told_and_not_ticked(assessment: Assessment, editor: User) -> None:
    save(assessment, editor, "2.1", inputs={"count": 3})
    book = filled(made(assessment), {"2.1/count": 5})
    save(assessment, editor, "2.1", inputs={"count": 4})
    found = compared(assessment, book)
    assert [(row.old, row.new, row.kind, row.is_stale, row.ticked) for row in found.rows] == [
        ("4", "5", "changed", True, False)
    ]
    assert found.counts["stale"] == 1


def test_rows_are_found_by_their_key_and_not_by_their_order(assessment: Assessment) -> None:
    def turn(book: Workbook) -> None:
        sheet = book["มิติ 2"]
        sheet.protection.sheet = False
        sheet.insert_rows(4, 3)

    found = compared(assessment, changed(filled(made(assessment), {"2.1/count": 5}), turn))
    assert {key: row[2] for key, row in rows(found).items()} == {"2.1/count": "5"}
    assert found.rows[0].at == "มิติ 2!E8"


def test_a_deleted_row_is_missing_and_a_copied_one_is_refused(assessment: Assessment) -> None:
    book = filled(made(assessment), {"2.3/count": 12})
    where = places(book)

    def spoil(opened: Workbook) -> None:
        opened["มิติ 2"][f"A{where['2.1/count'][1][1:]}"].value = None
        opened["มิติ 3"][f"A{where['3.1/count'][1][1:]}"].value = "2.3/count"

    found = compared(assessment, changed(book, spoil))
    assert found.missing == 2
    refused = [row for row in found.rows if row.kind == "refused"]
    assert [row.key for row in refused] == ["2.3/count"]
    assert refused[0].at.startswith("มิติ 2!E")


# --- whose workbook it is ------------------------------------------------------------------------------


def identity(name: str, value: Any) -> Any:
    def change(book: Workbook) -> None:
        for row in book[IDENTITY_SHEET].iter_rows(max_col=2):
            if row[0].value == name:
                row[1].value = value

    return change


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("office", "TH-83", "of another office"),
        ("year", 2568, "of fiscal year 2568; here is fiscal year 2569"),
        ("edition", "0" * 64, "another edition of the standard"),
        ("pmj-workbook", 0, "an older layout"),
    ],
)
def test_a_workbook_of_another_office_year_or_edition_is_refused(
    assessment: Assessment, name: str, value: Any, reason: str
) -> None:
    book = changed(made(assessment), identity(name, value))
    with translation.override("en"), pytest.raises(WorkbookRefused) as refused:
        read_workbook(io.BytesIO(book), assessment)
    assert reason in refused.value.message


def test_the_workbook_of_another_office_is_refused_by_its_own(assessment: Assessment, phuket: Province) -> None:
    other = Assessment.objects.whole().get(round=assessment.round, province=phuket)
    with pytest.raises(WorkbookRefused):
        read_workbook(io.BytesIO(made(other)), assessment)


@pytest.mark.parametrize("sheets", [[IDENTITY_SHEET], ["มิติ 1", "มิติ 2"]])
def test_some_other_workbook_is_refused(assessment: Assessment, sheets: list[str]) -> None:
    book = Workbook()
    for title in sheets:
        book.create_sheet(title)["A1"] = "2.1/count"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(WorkbookRefused):
        read_workbook(out, assessment)


def test_an_older_office_s_workbook_of_the_next_layout_without_inputs_is_refused(assessment: Assessment) -> None:
    def strip(book: Workbook) -> None:
        for number in range(1, 5):
            book.remove(book[f"มิติ {number}"])

    with pytest.raises(WorkbookRefused):
        read_workbook(io.BytesIO(changed(made(assessment), strip)), assessment)


def test_a_workbook_far_too_large_is_refused_unread(assessment: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_cells, "MAX_UNPACKED", 1024)
    with pytest.raises(WorkbookRefused):
        read_workbook(io.BytesIO(made(assessment)), assessment)


def test_rows_beyond_the_bound_are_not_read(assessment: Assessment) -> None:
    def far(book: Workbook) -> None:
        book["มิติ 1"]["A100000"] = "2.1/count"
        book["มิติ 1"]["E100000"] = 5

    found = compared(assessment, changed(made(assessment), far))
    assert rows(found) == {}


def test_a_damaged_sheet_is_refused(assessment: Assessment) -> None:
    book = with_parts(made(assessment), {"xl/worksheets/sheet3.xml": "<worksheet><sheetData><row"})
    with pytest.raises(WorkbookRefused):
        read_workbook(io.BytesIO(book), assessment)


# --- applying -------------------------------------------------------------------------------------------


def kept(assessment: Assessment, by: User, book: bytes) -> Any:
    content = read_workbook(io.BytesIO(book), assessment)
    return keep_workbook(assessment=assessment, name="a.xlsx", content=content, by=by)


def test_applying_saves_each_indicator_once_and_a_second_time_changes_nothing(
    assessment: Assessment, editor: User
) -> None:
    typed = {"2.1/count": 5, "2.1/performance": "=ก", "2.2/numerator": 90, "2.2/denominator": 100, "2.3/count": "ห้า"}
    one = kept(assessment, editor, filled(made(assessment), typed))
    applied = apply_workbook(assessment=assessment, kept=one, by=editor)
    assert (applied.inputs, applied.indicators, applied.refused, applied.late) == (4, 2, {}, [])
    found = {answer.indicator.code: answer for answer in assessment.answers.filter(version__gt=0)}
    assert {code: (answer.inputs, answer.version) for code, answer in found.items()} == {
        "2.1": ({"count": 5}, 1),
        "2.2": ({"numerator": 90, "denominator": 100}, 1),
    }
    assert (found["2.1"].performance, found["2.1"].score, found["2.2"].score) == ("=ก", Decimal(10), Decimal(10))
    assert AnswerChange.objects.count() == 2
    again = apply_workbook(assessment=assessment, kept=one, by=editor)
    assert (again.inputs, again.indicators) == (0, 0)
    assert AnswerChange.objects.count() == 2


def test_applying_in_part(assessment: Assessment, editor: User) -> None:
    save(assessment, editor, "2.3", inputs={"count": 7}, performance="เดิม")
    one = kept(
        assessment, editor, filled(made(assessment), {"2.1/count": 5, "2.3/count": None, "2.3/performance": "ใหม่"})
    )
    applied = apply_workbook(assessment=assessment, kept=one, by=editor, chosen=["2.3/performance/1"])
    assert (applied.inputs, applied.indicators) == (1, 1)
    answer = assessment.answers.get(indicator__code="2.3")
    assert (answer.inputs, answer.performance) == ({"count": 7}, "ใหม่")
    one.refresh_from_db()
    left = compare(assessment, one.content)
    assert [(row.key, row.kind, row.is_stale) for row in left.rows] == [
        ("2.1/count", "new", False),
        ("2.3/count", "cleared", False),
    ]
    applied = apply_workbook(assessment=assessment, kept=one, by=editor, chosen=["2.3/count/2"])
    answer.refresh_from_db()
    assert (applied.indicators, answer.inputs, answer.is_answered) == (1, None, False)


def test_an_indicator_is_applied_whole_or_not_at_all(assessment: Assessment, editor: User) -> None:
    save(assessment, editor, "2.2", inputs={"numerator": 80, "denominator": 100})
    typed = {"2.2/numerator": 20, "2.2/denominator": 30, "2.2/performance": "ใหม่"}
    one = kept(assessment, editor, filled(made(assessment), typed))
    chosen = ["2.2/denominator/1", "2.2/performance/1"]
    applied = apply_workbook(assessment=assessment, kept=one, by=editor, chosen=chosen)
    assert (applied.indicators, list(applied.refused)) == (0, ["2.2"])
    answer = assessment.answers.get(indicator__code="2.2")
    assert (answer.inputs, answer.performance, answer.version) == ({"numerator": 80, "denominator": 100}, "", 1)


def test_what_a_colleague_changed_while_one_looked_is_left(assessment: Assessment, editor: User) -> None:
    one = kept(assessment, editor, filled(made(assessment), {"2.1/count": 5}))
    save(assessment, editor, "2.1", inputs={"count": 4})
    applied = apply_workbook(assessment=assessment, kept=one, by=editor, chosen=["2.1/count/0"])
    assert (applied.indicators, applied.late) == (0, ["2.1"])
    assert apply_workbook(assessment=assessment, kept=one, by=editor).indicators == 0
    applied = apply_workbook(assessment=assessment, kept=one, by=editor, chosen=["2.1/count/1"])
    assert applied.indicators == 1
    assert assessment.answers.get(indicator__code="2.1").inputs == {"count": 5}


def test_texts_are_saved_beside_numbers_that_could_not_be_read_before(assessment: Assessment, editor: User) -> None:
    save(assessment, editor, "2.1", typed={"count": "ห้า"})
    one = kept(assessment, editor, filled(made(assessment), {"2.1/performance": "ข้อความ"}))
    assert apply_workbook(assessment=assessment, kept=one, by=editor).indicators == 1
    answer = assessment.answers.get(indicator__code="2.1")
    assert (answer.typed, answer.performance) == ({"count": "ห้า"}, "ข้อความ")


def test_an_answer_in_parts_is_kept_as_the_page_keeps_it(assessment: Assessment, editor: User) -> None:
    one = kept(assessment, editor, filled(made(assessment), {"2.2/numerator": 5}))
    assert apply_workbook(assessment=assessment, kept=one, by=editor).indicators == 1
    answer = assessment.answers.get(indicator__code="2.2")
    assert (answer.inputs, answer.typed, answer.is_answered) == (None, {"numerator": "5"}, False)


def test_evidence_that_was_ticked_here_stays(assessment: Assessment, editor: User) -> None:
    save(assessment, editor, "2.1", inputs={"count": 3}, evidence_held=(0, 1))
    one = kept(assessment, editor, filled(made(assessment), {"2.1/count": 5}))
    apply_workbook(assessment=assessment, kept=one, by=editor)
    answer = assessment.answers.get(indicator__code="2.1")
    assert (answer.inputs, answer.evidence_held) == ({"count": 5}, [0, 1])


def test_a_choice_s_label_begins_with_its_place_and_is_found_again(standard: EditionNode) -> None:
    for node in standard.indicators.values():
        for part in parts_of(node):
            words = choices_of(node, part)
            assert len(set(words.values())) == len(words)
            assert all(len(word) <= 255 for word in words.values())
            if isinstance(node.rule, ChoiceRule) and part.kind == "option":
                assert [word[0] for word in words.values()] == [str(n) for n in range(1, len(words) + 1)]
