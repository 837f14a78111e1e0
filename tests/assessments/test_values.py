"""The three values of an answer, claimed, verified and final: on the pages, in the official form, in the list."""

import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from assessments import report, services
from assessments.exports import excel
from assessments.models import Assessment, Round, User
from assessments.proofs import proof_link
from assessments.queries import national
from assessments.queries.values import columns_of, three_of
from assessments.report import Form, Row
from assessments.workflow import Status
from indicators import editions
from indicators.models import Edition
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import signed_in

WHY = "ไม่พบหลักฐานการรายงานผล"
SETTLED = "รายงานที่แนบมาพิสูจน์ได้"


def english(user: User) -> Client:
    client = signed_in(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def round_2569(round_2569: Round) -> Round:
    """With the year's target, without which 1.31 is not judged."""
    round_2569.budget_target = Decimal(94)
    round_2569.save()
    return round_2569


@pytest.fixture
def submitted(assessment: Assessment, head: User) -> Assessment:
    """Everything claimed at the top row."""
    answer_all(assessment, head)
    return services.submit(assessment=assessment, by=head, certified=True)


@pytest.fixture
def judged(submitted: Assessment, reviewer: User) -> Assessment:
    """2.1 is 5 for the reviewer, 3.1 is 7.5; all others as claimed."""
    reviewing.judged(submitted, reviewer)
    reviewing.row(submitted, reviewer, "2.1", 3, WHY)
    reviewing.row(submitted, reviewer, "3.1", 2, WHY)
    return Assessment.objects.whole().get(pk=submitted.pk)


@pytest.fixture
def verified(judged: Assessment, reviewer: User) -> Assessment:
    return services.verify(assessment=judged, by=reviewer)


@pytest.fixture
def final(verified: Assessment, head: User, reviewer: User) -> Assessment:
    """2.1 was disputed and is 7.5 at last."""
    reviewing.respond(verified, head, "2.1")
    services.reply(assessment=verified, by=head)
    reviewing.settle(verified, reviewer, "2.1", 2, SETTLED)
    services.finalise(assessment=verified, by=reviewer)
    return Assessment.objects.whole().get(pk=verified.pk)


def rows_of(form: Form) -> dict[str, Row]:
    return {row.code: row for table in form.dimensions for row in table.rows}


def sums_of(form: Form) -> list[str]:
    return [table.totals[0].score for table in form.dimensions if table.scored]


def page_of(client: Client, name: str, assessment: Assessment, *rest: Any) -> str:
    return client.get(reverse(name, args=[assessment.pk, *rest])).content.decode()


# --- the official form -------------------------------------------------------------------------------


def test_before_the_verdicts_are_sent_the_form_is_the_office_s(judged: Assessment) -> None:
    assert judged.status == Status.IN_REVIEW
    form = report.form_of(judged)
    assert (form.mark, form.value) == ("submitted", "claimed")
    assert form.day_line == "ณ วันที่ 3 สิงหาคม 2569 · แสดงคะแนนที่สำนักงานประเมิน"
    assert rows_of(form)["2.1"].score == "10"
    assert WHY not in rows_of(form)["2.1"].result
    assert sums_of(form) == ["120", "90", "340"]


def test_a_verified_form_shows_verified_scores_with_their_reasons(verified: Assessment, reviewer: User) -> None:
    form = report.form_of(verified)
    assert (form.mark, form.value) == ("verified", "verified")
    assert form.day_line.endswith(" · แสดงคะแนนที่ตรวจแล้ว")
    rows = rows_of(form)
    assert (rows["2.1"].score, rows["3.1"].score, rows["2.2"].score) == ("5", "7.5", "10")
    last = rows["2.1"].result.split("\n")[-1]
    assert last == f"คะแนนที่สำนักงานประเมิน 10 คะแนนที่ตรวจแล้ว 5: {WHY} ({reviewer.full_name})"
    assert "คะแนนที่ตรวจแล้ว" not in rows["2.2"].result
    assert sums_of(form) == ["115", "87.5", "340"]
    assert Form.from_data(json.loads(json.dumps(form.as_data()))) == form


def test_a_final_form_shows_final_scores_with_both_reasons(final: Assessment, reviewer: User) -> None:
    form = report.form_of(final)
    assert (form.mark, form.mark_text, form.value) == ("final", "รับรองแล้ว", "final")
    assert form.day_line.endswith(" · แสดงคะแนนสุดท้าย")
    row = rows_of(form)["2.1"]
    assert row.score == "7.5"
    assert row.result.split("\n")[-2:] == [
        f"คะแนนที่สำนักงานประเมิน 10 คะแนนที่ตรวจแล้ว 5: {WHY} ({reviewer.full_name})",
        f"คะแนนสุดท้าย 7.5: {SETTLED} ({reviewer.full_name})",
    ]
    assert sums_of(form) == ["117.5", "87.5", "340"]


def test_the_workbook_of_a_verified_form_says_the_same(verified: Assessment) -> None:
    book = load_workbook(io.BytesIO(excel.workbook_of(report.form_of(verified))), data_only=True)
    sheet = book["มิติที่ 2"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert str(cells[2][0]).endswith("แสดงคะแนนที่ตรวจแล้ว")
    (row,) = [row for row in cells if WHY in str(row[5])]
    assert row[6] == 5
    (summed,) = [row for row in cells if str(row[0]).startswith("รวมคะแนนมิติที่ 2")]
    assert summed[6] == 115


def test_a_blank_form_and_a_result_without_verdicts_say_what_they_are(submitted: Assessment, edition: Edition) -> None:
    blank = report.blank_form(editions.standard_of(edition), 2571)
    assert (blank.value, blank.day_line) == ("", f"ณ วันที่ {'.' * 50}")
    # A result of the years before there were verdicts.
    Assessment.objects.filter(pk=submitted.pk).update(status=Status.FINAL)
    form = report.form_of(Assessment.objects.whole().get(pk=submitted.pk))
    assert (form.mark, form.value, sums_of(form)) == ("final", "claimed", ["120", "90", "340"])


# --- pages -------------------------------------------------------------------------------------------

MEANS = ["9.58", "9.72", "10.00", "9.86"]


def means_of(page: str) -> list[list[str]]:
    """The figures of the table of the three, row by row."""
    table = page.partition('class="table stacked three"')[2].partition("</table>")[0]
    return [re.findall(r'class="figure[^"]*"[^>]*>([\d.–]+)<', row) for row in table.split("<tr>")[2:]]


@pytest.mark.parametrize("name", ["assessment_detail", "assessment_receipt", "assessment_history", "reply"])
def test_the_office_sees_the_means_side_by_side(final: Assessment, editor: User, name: str) -> None:
    assert means_of(page_of(english(editor), name, final)) == [
        ["10.00", "9.58", "9.79"],
        ["10.00", "9.72", "9.72"],
        ["10.00", "10.00", "10.00"],
        ["10.00", "9.86", "9.91"],
    ]


def test_until_they_are_sent_the_verified_means_are_the_centre_s(
    judged: Assessment, editor: User, reviewer: User
) -> None:
    for name in ("assessment_detail", "assessment_receipt", "assessment_history"):
        assert means_of(page_of(english(editor), name, judged)) == []
    shown = means_of(page_of(english(reviewer), "national_assessment", judged))
    assert [row[-1] for row in shown] == MEANS
    assert [column.value for column in columns_of(judged)] == ["claimed"]
    assert three_of(judged) == []


def test_the_page_of_an_answer_shows_its_values_once_sent(judged: Assessment, reviewer: User, editor: User) -> None:
    assert WHY not in page_of(english(editor), "answer_detail", judged, "2.1")
    services.verify(assessment=judged, by=reviewer)
    page = page_of(english(editor), "answer_detail", judged, "2.1")
    values = page.partition('id="_values"')[2].partition("</section>")[0]
    assert re.findall(r'class="figure">([\d.]+)<', values) == ["10", "5"]
    assert WHY in values
    assert reviewer.full_name in values
    assert "Final score" not in values


def test_a_printed_code_leads_to_all_levels(final: Assessment) -> None:
    address = proof_link(final)
    page = english_anyone().get(address[address.index("/verify/") :]).content.decode()
    assert page.count('class="level ') == 3
    assert "Final score" in page


def test_a_verdict_that_may_be_disputed_is_behind_no_printed_code(verified: Assessment) -> None:
    address = proof_link(verified)
    page = english_anyone().get(address[address.index("/verify/") :]).content.decode()
    assert page.count('class="level ') == 1
    assert "erified" not in page


def english_anyone() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


# --- the list of offices -----------------------------------------------------------------------------


def listed(client: Client, **query: str) -> str:
    return client.get("/offices/", query).content.decode()


def row_of(page: str, name: str) -> str:
    (row,) = [row for row in page.split("<tr>") if f">{name}</a>" in row]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def test_the_list_shows_the_latest_value_of_each_office(final: Assessment, reviewer: User) -> None:
    page = listed(english(reviewer))
    assert "9.91 ▲▲ Good final" in row_of(page, "Chiang Mai")
    assert row_of(page, "Phuket").count("claimed") == 1


@pytest.mark.parametrize(("value", "shown"), [("claimed", "10.00"), ("verified", "9.86"), ("final", "9.91")])
def test_the_list_shows_one_value_throughout(final: Assessment, reviewer: User, value: str, shown: str) -> None:
    page = listed(english(reviewer), value=value)
    assert f"{shown} ▲▲ Good {value}" in row_of(page, "Chiang Mai")
    assert f"Dimensions 2–4 ({value})" in page
    assert ("Level still open" in row_of(page, "Phuket")) is (value == "claimed")


def test_filters_and_order_use_the_shown_value(final: Assessment, reviewer: User, phuket: Any) -> None:
    client = english(reviewer)
    names = re.compile(r'<th scope="row"><a href="/offices/\d+/">([^<]+)</a>')
    assert names.findall(listed(client, value="verified", level="good")) == ["Chiang Mai"]
    assert names.findall(listed(client, value="verified", sort="overall"))[0] == "Chiang Mai"
    assert names.findall(listed(client, value="verified", level="open")) == []
    assert len(names.findall(listed(client, value="claimed", level="open"))) == 75
    # What is not offered counts as not chosen.
    assert "9.91" in row_of(listed(client, value="guessed"), "Chiang Mai")


def test_verdicts_that_are_not_sent_are_in_no_list(judged: Assessment, reviewer: User) -> None:
    with override("en"):
        rows = {row.pk: row for row in national.offices_of(judged.round, reviewer)}
    assert (rows[judged.pk].value, rows[judged.pk].figures[-1].text) == ("claimed", "10.00")
    rows = {row.pk: row for row in national.offices_of(judged.round, reviewer, "verified")}
    assert (rows[judged.pk].value, rows[judged.pk].figures[-1].text) == ("", "–")


def test_the_list_takes_five_queries(final: Assessment, reviewer: User, django_assert_num_queries: Any) -> None:
    client = signed_in(reviewer)
    client.get("/offices/")
    for value in ("", "verified"):
        with django_assert_num_queries(5):
            client.get("/offices/", {"value": value})
