"""The national workbook and the open data: their figures are the stored ones and those of the scoring service."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments import services
from assessments.exports import national_workbook as book
from assessments.exports import open_data
from assessments.exports.cells import Look, cell_xml, csv_text
from assessments.models import Answer, Assessment, Evidence, EvidenceUse, Review, Round, User
from assessments.queries.country_files import national_of, open_data_of
from indicators import editions
from indicators.scoring import evaluate
from tests.answers import answer_all
from tests.conftest import signed_in
from tests.reviewing import final, judge, published

WORKBOOK = "/country/2569/results.xlsx"
DATA = "/country/2569/data/"
ANSWERS: dict[str, Any] = {"c2_1": {"count": 3}, "c4_10": {"numerator": 2, "denominator": 3}, "c1_15": {"count": 10}}


@pytest.fixture
def answered(assessment: Assessment, editor: User) -> Assessment:
    answer_all(assessment, editor, **ANSWERS)
    return assessment


@pytest.fixture
def submitted(answered: Assessment, head: User) -> Assessment:
    return services.submit(assessment=answered, by=head, certified=True)


def rows_of(content: bytes, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet below its heads, by head."""
    table = list(
        load_workbook(io.BytesIO(content), read_only=True)[sheet].iter_rows(min_row=book.HEAD, values_only=True)
    )
    return [dict(zip([str(head) for head in table[0]], row, strict=True)) for row in table[1:]]


def workbook(round_: Round, user: User) -> bytes:
    with book.workbook_of(national_of(round_, user)) as file:
        return file.read()


def lines(client: Client, name: str) -> list[dict[str, str]]:
    content = b"".join(client.get(f"{DATA}{name}.csv").streaming_content)  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_all_files_and_the_scoring_service_give_the_same_figures(
    submitted: Assessment, reviewer: User, head: User, manager: User
) -> None:
    """One office from its answers to published, with a row that a reviewer changed, in every file."""
    row_changed = {"c2_2": 2}
    services.publish(round_=final(submitted, reviewer, head, **row_changed).round, by=manager)
    submitted.refresh_from_db()
    standard = editions.standard_of(submitted.round.edition)
    inputs = dict(Answer.objects.filter(assessment=submitted).values_list("indicator__code", "inputs"))
    computed = evaluate([node.item for node in standard.indicators.values()], inputs, target=Decimal(93))
    finals = dict(
        Review.objects.filter(answer__assessment=submitted).values_list("answer__indicator__code", "final_score")
    )
    content = workbook(submitted.round, manager)

    answers = {row["ตัวชี้วัด"]: row for row in rows_of(content, book.ANSWERS) if row["รหัสจังหวัด"] == "TH-50"}
    assert len(answers) == 86
    for code, node in standard.indicators.items():
        row, result = answers[code], computed.results[code]
        if node.scored:
            assert Decimal(str(row["คะแนนสำนักงานประเมิน"])) == result.score  # type: ignore[union-attr]
            assert Decimal(str(row["คะแนนสุดท้าย"])) == finals[code]
        else:
            assert row["มิติ 1: เกณฑ์"] == ("ผ่าน" if result.met else "ไม่ผ่าน")  # type: ignore[union-attr]
    assert (answers["4.10"]["ตัวตั้ง (numerator)"], answers["4.10"]["ตัวหาร (denominator)"]) == (2, 3)
    assert answers["1.15"]["มิติ 1: ขาด"] == 6
    assert finals["2.2"] != computed.results["2.2"].score  # type: ignore[union-attr]

    office = next(row for row in rows_of(content, book.OFFICES) if row["รหัสจังหวัด"] == "TH-50")
    claimed, last = computed.overall, submitted.final_results
    assert Decimal(str(office["มิติ 2-4 สำนักงานประเมิน"])) == claimed.mean == Decimal(submitted.results["overall"]["mean"])
    assert Decimal(str(office["มิติ 2-4 สุดท้าย"])) == Decimal(last["overall"]["mean"])
    assert office["มิติ 1 ไม่ผ่านเกณฑ์"] == 1

    client = signed_in(manager)
    results = {row["code"]: row for row in lines(client, "results")}
    whole = json.loads(client.get(f"{DATA}open-data.json").content)
    from_json = {row["code"]: row for row in whole["results"]}
    areas = {row["ด้าน"]: row for row in rows_of(content, book.AREAS) if row["รหัสจังหวัด"] == "TH-50"}
    assert len(results) == len(from_json) == 1 + 3 + len(areas)
    assert results["ALL"]["mean"] == last["overall"]["mean"]
    assert Decimal(str(from_json["ALL"]["mean"])) == Decimal(last["overall"]["mean"])
    for code, total in last["areas"].items():
        assert results[f"A{code}"]["mean"] == total["mean"]
        assert Decimal(str(from_json[f"A{code}"]["mean"])) == Decimal(total["mean"])
        assert Decimal(str(areas[code]["ด้าน สุดท้าย"])) == Decimal(total["mean"])
        assert results[f"A{code}"]["level"] == total["level"]
    for number, total in last["dimensions"].items():
        assert (results[f"D{number}"]["mean"], results[f"D{number}"]["level"]) == (total["mean"], total["level"])
    scores = {row["code"]: Decimal(row["score"]) for row in lines(client, "indicators")}
    assert scores == {f"I{code}": score for code, score in finals.items() if score is not None}
    assert {row["code"]: Decimal(str(row["score"])) for row in whole["indicators"]} == scores
    assert len(scores) == 55


# --- the workbook --------------------------------------------------------------------------------------


def test_the_workbook_has_every_office_and_answer(answered: Assessment, manager: User) -> None:
    content = workbook(answered.round, manager)
    numbers = {name: len(rows_of(content, name)) for name in (book.OFFICES, book.AREAS, book.ANSWERS, book.INDICATORS)}
    assert numbers == {book.OFFICES: 76, book.AREAS: 76 * 16, book.ANSWERS: 76 * 86, book.INDICATORS: 86}
    columns = sum(len(rows_of(content, name)[0]) for name in numbers)
    assert len(rows_of(content, book.DICTIONARY)) == columns
    assert all(row["ความหมาย"] and row["หน่วย"] and row["ที่มา"] for row in rows_of(content, book.DICTIONARY))


def test_sheets_have_frozen_heads_filters_and_pages(answered: Assessment, manager: User) -> None:
    found = load_workbook(io.BytesIO(workbook(answered.round, manager)))
    sheet = found[book.ANSWERS]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("C5", "$4:$4", "landscape")
    assert sheet.auto_filter.ref.startswith("A4:")
    assert sheet.auto_filter.ref.endswith(str(4 + 76 * 86))
    assert found[book.OFFICES]["A5"].number_format == "@"
    offices = found[book.OFFICES]
    mean = next(cell for cell in offices[4] if cell.value == "มิติ 2-4 สำนักงานประเมิน")
    row = next(cell.row for cell in offices["A"] if cell.value == "TH-50")
    assert offices.cell(row, mean.column).number_format == "0.00"


def test_a_range_is_told_in_words_and_never_as_a_number(assessment: Assessment, editor: User, manager: User) -> None:
    answer_all(assessment, editor, c2_6={"numerator": 0, "denominator": 0})
    rows = rows_of(workbook(assessment.round, manager), book.OFFICES)
    row = next(row for row in rows if row["รหัสจังหวัด"] == "TH-50")
    low, high = (assessment.results["overall"][end] for end in ("low", "high"))
    assert row["มิติ 2-4 สำนักงานประเมิน"] is None
    assert row["มิติ 2-4 สำนักงานประเมิน: ระดับ"] == f"ยังเป็นช่วง {low}–{high}"


def test_evidence_is_counted_without_what_was_deleted(answered: Assessment, editor: User, manager: User) -> None:
    answer = Answer.objects.get(assessment=answered, indicator__code="2.1")
    for deleted in (None, "2026-08-01T00:00Z"):
        link = {"kind": "link", "name": "x", "url": "https://owncloud.example/s/1", "added_by": editor}
        piece = Evidence.objects.create(
            assessment=answered, deleted_at=deleted, deleted_by=editor if deleted else None, **link
        )
        EvidenceUse.objects.create(evidence=piece, answer=answer, added_by=editor)
    content = workbook(answered.round, manager)
    row = next(row for row in rows_of(content, book.ANSWERS) if (row["รหัสจังหวัด"], row["ตัวชี้วัด"]) == ("TH-50", "2.1"))
    assert row["หลักฐาน"] == 1
    assert next(row for row in rows_of(content, book.OFFICES) if row["รหัสจังหวัด"] == "TH-50")["หลักฐาน"] == 1


def test_verdicts_stand_in_it_only_for_who_may_read_them(
    submitted: Assessment, reviewer: User, supporter: User, admin: User
) -> None:
    judge(submitted, reviewer, "2.1")
    column = "คะแนนตรวจแล้ว"
    rows = {
        row["ตัวชี้วัด"]: row
        for row in rows_of(workbook(submitted.round, admin), book.ANSWERS)
        if row["จังหวัด"] == "เชียงใหม่"
    }
    assert (rows["2.1"][column], rows["2.3"][column]) == (rows["2.1"]["คะแนนสำนักงานประเมิน"], None)
    assert rows_of(workbook(submitted.round, supporter), book.ANSWERS) == []
    offices = national_of(submitted.round, reviewer).offices
    assert [office.sees_verified for office in offices][:1] == [True]


def test_queries_do_not_grow_with_what_is_there(
    answered: Assessment, as_manager: Client, django_assert_num_queries: Any
) -> None:
    as_manager.get(WORKBOOK).close()
    with django_assert_num_queries(9):
        as_manager.get(WORKBOOK).close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=1+1", 's="2" t'), ("@x", 's="2" t'), ("+66", 's="2" t'), ("-", 's="2" t'), ("ก<b>&", 's="1" t')],
)
def test_a_streamed_text_is_never_a_formula(text: str, expected: str) -> None:
    xml = cell_xml("A1", text + "\x00\x0b", Look(1, 2))
    assert expected in xml
    assert 't="inlineStr"' in xml
    assert "<f>" not in xml
    assert "\x00" not in xml
    assert "<b>" not in xml


# --- the open data -------------------------------------------------------------------------------------


def test_only_what_is_published_is_open(submitted: Assessment, reviewer: User, head: User, as_manager: Client) -> None:
    final(submitted, reviewer, head)
    assert as_manager.get(f"{DATA}results.csv").status_code == 404
    page = as_manager.get(DATA)
    assert page.context["published"] == 0
    assert 'results.csv"' not in page.content.decode()


def test_the_page_lists_the_files_and_every_column(
    submitted: Assessment, reviewer: User, head: User, manager: User, as_inspector: Client
) -> None:
    published(submitted, reviewer, head, manager)
    text = as_inspector.get(DATA).content.decode()
    for table in open_data.TABLES:
        assert f'href="{DATA}{table.name}.csv"' in text
        for column in table.columns:
            assert f'<code lang="en">{column.name}</code>' in text
    assert f'href="{DATA}open-data.json"' in text
    assert f'href="{WORKBOOK}"' in text


def test_codes_dates_and_marks(submitted: Assessment, reviewer: User, head: User, manager: User) -> None:
    done = published(submitted, reviewer, head, manager)
    client = signed_in(manager)
    response = client.get(f"{DATA}results.csv")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"\xef\xbb\xbfedition,")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "pmj-standards-2569-results.csv" in response["Content-Disposition"]
    row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert (row["province"], row["province_en"], row["fiscal_year_be"]) == ("TH-50", "Chiang Mai", "2569")
    assert (row["fiscal_year_starts"], row["fiscal_year_ends"]) == ("2025-10-01", "2026-09-30")
    assert (row["published_on"], row["published_on_be"]) == ("2026-08-03", "03/08/2569")
    codes = {line["code"]: line for line in lines(client, "codes")}
    assert (len(codes), codes["I4.10"]["belongs_to"], codes["A2-1"]["belongs_to"]) == (1 + 3 + 16 + 55, "A4-4", "D2")
    assert set(codes) == {line["code"] for name in ("results", "indicators") for line in lines(client, name)}
    whole = client.get(f"{DATA}open-data.json").content.decode()
    assert str(manager.full_name) not in whole
    assert str(head.full_name) not in whole
    assert done.reference not in whole


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_csv_text_is_never_a_formula(text: str) -> None:
    assert csv_text(text) == f"'{text}"


def test_other_csv_texts_stay(round_2569: Round) -> None:
    assert [csv_text(text) for text in ("เชียงใหม่", "TH-50", "1-2", "")] == ["เชียงใหม่", "TH-50", "1-2", ""]


def test_open_data_costs_four_queries(
    submitted: Assessment, reviewer: User, head: User, manager: User, django_assert_num_queries: Any
) -> None:
    published(submitted, reviewer, head, manager)
    round_ = Round.objects.select_related("edition").get(year=2569)
    with django_assert_num_queries(4):
        assert len(open_data_of(round_).published) == 1


@pytest.mark.parametrize("path", [WORKBOOK, DATA])
def test_who_gets_it(round_2569: Round, as_editor: Client, as_inspector: Client, client: Client, path: str) -> None:
    response = as_inspector.get(path)
    assert response.status_code == 200
    response.close()
    assert as_editor.get(path).status_code == 403
    assert client.get(path).status_code == 302
    assert as_inspector.post(path).status_code == 405


def test_files_and_rounds_that_are_not_there(
    submitted: Assessment, reviewer: User, head: User, manager: User, as_editor: Client
) -> None:
    published(submitted, reviewer, head, manager)
    client = signed_in(manager)
    for path in (f"{DATA}people.csv", f"{DATA}results.json", "/country/2561/data/", "/country/2561/results.xlsx"):
        assert client.get(path).status_code == 404
    assert as_editor.get(f"{DATA}results.csv").status_code == 403
