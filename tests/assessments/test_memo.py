"""The memo on a round's results: its figures are the country's, in PDF and Word alike; who may write it; its faults."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult
from docx import Document
from openpyxl import load_workbook

from assessments.exports import national_workbook, tasks
from assessments.forms.memo import ADDRESSEE, CONSIDERATION, PROPOSAL
from assessments.memo import Memo, thai_digits
from assessments.models import Answer, Assessment, FormFile, Round, User
from assessments.queries.country_files import national_of
from assessments.queries.memo import LEVEL_NAMES, kept_memo
from assessments.services.answers import results_of
from assessments.workflow import Status
from indicators.editions import EditionNode
from tests.conftest import signed_in

PAGE = "/country/2569/memo/"
# By dimension, how many of 76 offices have 10, 7.5, 5, 2.5 and 0 points at every indicator.
OFFICES = {"2": (52, 20, 3, 1, 0), "3": (44, 24, 4, 4, 0), "4": (50, 24, 2, 0, 0)}
SIGNS = "43210"


def typed(**changes: str) -> dict[str, str]:
    data = {"value": "claimed", "digits": "arabic", "office": "กองมาตรฐาน", "phone": "", "number": "", "day": ""}
    data |= {"subject": "รายงานผล", "addressee": ADDRESSEE, "consideration": CONSIDERATION, "proposal": PROPOSAL}
    return {**data, "signer": "", "position": "ผู้อำนวยการกอง", **changes}


@pytest.fixture
def judged(round_2569: Round, standard: EditionNode, head: User) -> Round:
    """76 submitted offices, each with the same score at all indicators of a dimension. All criteria of dimension 1 are
    met by all but the first office, which says nothing of them."""
    offices = list(round_2569.assessments.order_by("province__sort_key").values_list("pk", flat=True))
    sizes = [len(dimension.indicators) for dimension in standard.dimensions if dimension.scored]
    signs = [""] * len(offices)
    for counts, size in zip(OFFICES.values(), sizes, strict=True):
        column = "".join(sign * number for sign, number in zip(SIGNS, counts, strict=True))
        signs = [before + sign * size for before, sign in zip(signs, column, strict=True)]
    for pk, row in zip(offices, signs, strict=True):
        scores = {node.pk: (int(sign) * Decimal("2.5"), True) for node, sign in zip(standard.scored, row, strict=True)}
        Assessment.objects.filter(pk=pk).update(
            status=Status.SUBMITTED,
            touched=True,
            results=results_of(standard, scores),
            submitted_at=timezone.now(),
            submitted_by=head,
            answers_hash=sha256(b"").hexdigest(),
            reference=f"2569-{pk}",
        )
    Answer.objects.filter(assessment__in=offices[1:], indicator__in=not_scored(standard)).update(met=True)
    return round_2569


def not_scored(standard: EditionNode) -> list[int]:
    return [node.pk for node in standard.indicators.values() if not node.scored]


def written(client: Client, **changes: str) -> FormFile:
    """The memo as the page has it written."""
    response = client.post(PAGE, typed(**changes))
    assert response.status_code == 302, response.context["form"].errors
    row = kept_memo(response["Location"].rstrip("/").rpartition("/")[2])
    assert row is not None
    return row


def test_the_page_offers_the_usual_words(as_manager: Client, round_2569: Round) -> None:
    page = as_manager.get(PAGE)
    assert page.status_code == 200
    assert all(text in page.content.decode() for text in (ADDRESSEE, PROPOSAL, "ประจำปีงบประมาณ พ.ศ. 2569"))


def test_it_says_what_the_figures_say(as_manager: Client, judged: Round) -> None:
    memo = Memo.from_data(written(as_manager).content)
    texts = [each.text for each in memo.paragraphs]
    assert "มีองค์ประกอบ 4 มิติ 20 ด้าน 48 มาตรฐาน 86 ตัวชี้วัด" in texts[1]
    assert "มีสำนักงานในรอบการประเมิน 76 จังหวัด ส่งผลการประเมินแล้ว 76 จังหวัด" in texts[3]
    # 52 x 10 + 20 x 7.5 + 3 x 5 + 2.5 over 76 is 9.0460...
    first = texts.index("มิติที่ 2 ระบบและกระบวนการ มีคะแนนภาพรวมที่ 9.05 คะแนน จาก 10 คะแนนเต็ม")
    assert texts[first + 1 : first + 5] == [
        "ผ่านเกณฑ์ในระดับดี 52 จังหวัด (ร้อยละ 68.4)",
        "ผ่านเกณฑ์ในระดับค่อนข้างดี 20 จังหวัด (ร้อยละ 26.3)",
        "ตกเกณฑ์และต้องปรับปรุง 3 จังหวัด (ร้อยละ 3.9)",
        "ตกเกณฑ์และต้องปรับปรุงอย่างเร่งด่วน 1 จังหวัด (ร้อยละ 1.3)",
    ]
    assert "ผ่านเกณฑ์ในระดับค่อนข้างดี 24 จังหวัด (ร้อยละ 31.6)" in texts
    by_province, by_indicator, resources = memo.tables
    assert len(by_province.rows) == 77
    assert by_province.rows[0] == ("1", "กระบี่", "10.00", "10.00", "10.00", "10.00", "ผ่านเกณฑ์ในระดับดี")
    assert by_province.rows[-1][:3] == ("", "ค่าเฉลี่ย", "9.05")
    assert len(by_indicator.rows) == 55
    assert by_indicator.rows[0][2:] == ("9.05", "52", "20", "3", "1", "0", "0")
    assert len(resources.rows) == 31
    assert {row[2:] for row in resources.rows} == {("75", "0", "1")}


def test_thai_digits_are_an_option(as_manager: Client, judged: Round) -> None:
    plain, turned = (Memo.from_data(written(as_manager, digits=name).content) for name in ("arabic", "thai"))
    assert [thai_digits(each.text) for each in plain.paragraphs] == [each.text for each in turned.paragraphs]
    assert turned.tables[0].rows[0][:3] == ("๑", "กระบี่", "๑๐.๐๐")
    assert (turned.year, turned.tables[0].numbers) == (2569, plain.tables[0].numbers)
    assert plain.hash != turned.hash


def test_pdf_and_word_say_the_same(as_manager: Client, judged: Round) -> None:
    row = written(as_manager)
    address = f"{PAGE}{row.content_hash}"
    assert as_manager.get(f"{address}/").context["state"] == "waiting"
    assert as_manager.get(f"{address}.pdf")["Location"] == f"{address}/"
    tasks.make_form.call(row.pk)
    assert as_manager.get(f"{address}/").context["state"] == "ready"
    content = b"".join(as_manager.get(f"{address}.pdf").streaming_content)  # type: ignore[attr-defined]
    document = pypdfium2.PdfDocument(content)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    squeezed = "".join(text.split())
    word = Document(io.BytesIO(as_manager.get(f"{address}.docx").content))
    memo = Memo.from_data(row.content)
    said = [paragraph.text for paragraph in word.paragraphs]
    for each in memo.paragraphs:
        assert "".join(each.text.split()) in squeezed
        assert (f"- {each.text}" if each.kind == "item" else each.text) in said
    for table, grid in zip(memo.tables, word.tables, strict=True):
        assert [tuple(cell.text for cell in line.cells) for line in grid.rows] == [table.heads, *table.rows]
    assert "(..............................)" in said
    assert "ผู้อำนวยการกอง" in said


def test_two_clicks_start_one_job(as_manager: Client, judged: Round) -> None:
    assert written(as_manager).pk == written(as_manager).pk
    assert DBTaskResult.objects.count() == 1


def test_a_file_that_was_lost_can_be_made_again(as_manager: Client, judged: Round) -> None:
    row = written(as_manager)
    tasks.make_form.call(row.pk)
    row.refresh_from_db()
    row.file.storage.delete(str(row.file.name))
    address = f"{PAGE}{row.content_hash}/"
    assert as_manager.get(address).context["state"] == "lost"
    assert as_manager.post(address)["Location"] == address
    assert as_manager.get(address).context["state"] == "waiting"


def test_a_worker_that_is_not_there_is_told(as_manager: Client, judged: Round) -> None:
    row = written(as_manager)
    FormFile.objects.update(asked_at=timezone.now() - tasks.PATIENCE - timedelta(seconds=1))
    assert as_manager.get(f"{PAGE}{row.content_hash}/").context["unattended"] is True


def test_a_round_in_which_nobody_has_submitted_is_said_so(as_manager: Client, round_2569: Round) -> None:
    memo = Memo.from_data(written(as_manager).content)
    assert "ยังไม่มีจังหวัดที่มีคะแนนที่สำนักงานประเมิน" in [each.text for each in memo.paragraphs]
    assert memo.tables[0].rows == ()
    assert memo.tables[1].rows[0][2:] == ("–", "0", "0", "0", "0", "0", "0")


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("subject", "", "เขียนว่าบันทึกนี้เกี่ยวกับเรื่องใด"),
        ("addressee", " ", "เขียนว่าเรียนถึงใคร"),
        ("signer", "ก" * 301, "ยาวเกิน 300 ตัวอักษร"),
        ("consideration", "ก" * 4001, "ยาวเกิน 4000 ตัวอักษร"),
    ],
)
def test_bad_input_is_told_and_kept(as_manager: Client, round_2569: Round, field: str, text: str, told: str) -> None:
    response = as_manager.post(PAGE, typed(**{field: text, "position": "ผู้เชี่ยวชาญ"}))
    assert response.status_code == 422
    page = response.content.decode()
    assert told in page
    assert "ผู้เชี่ยวชาญ" in page
    assert FormFile.objects.count() == 0


def test_what_is_typed_stays_text(as_manager: Client, judged: Round) -> None:
    row = written(as_manager, subject="<script>alert(1)</script>", signer='"}</style>')
    page = as_manager.get(f"{PAGE}{row.content_hash}/").content.decode()
    assert "<script>alert" not in page
    tasks.make_form.call(row.pk)
    row.refresh_from_db()
    assert row.state == "ready"
    with row.file.open() as content:
        assert "<script>alert(1)</script>" in pypdfium2.PdfDocument(content.read())[0].get_textpage().get_text_bounded()
    word = as_manager.get(f"{PAGE}{row.content_hash}.docx").content
    assert b"&lt;script&gt;" in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml")


def test_who_sees_all_offices_may_write_it(
    judged: Round, as_reviewer: Client, as_inspector: Client, as_editor: Client, supporter: User, client: Client
) -> None:
    row = written(as_reviewer)
    made, pdf = f"{PAGE}{row.content_hash}/", f"{PAGE}{row.content_hash}.pdf"
    assert as_inspector.get(made).status_code == 200
    for path in (PAGE, made, pdf):
        assert as_editor.get(path).status_code == 403
        assert signed_in(supporter).get(path).status_code == 403
        assert client.get(path)["Location"].startswith(reverse("account_login"))
        assert as_reviewer.delete(path).status_code == 405


def test_an_office_s_form_is_no_memo(as_reviewer: Client, as_editor: Client, assessment: Assessment) -> None:
    as_editor.post(reverse("form_pdf", args=[assessment.pk]))
    form = FormFile.objects.get()
    assert as_reviewer.get(f"{PAGE}{form.content_hash}/").status_code == 404
    assert as_reviewer.get(f"{PAGE}{'0' * 64}/").status_code == 404
    assert as_reviewer.get("/country/2500/memo/").status_code == 404


def test_another_year_or_kind_is_not_there(as_reviewer: Client, judged: Round) -> None:
    row = written(as_reviewer)
    assert as_reviewer.get(f"/country/2570/memo/{row.content_hash}/").status_code == 404
    assert as_reviewer.get(f"{PAGE}{row.content_hash}.exe").status_code == 404


def test_writing_costs_a_fixed_number_of_queries(
    as_reviewer: Client, judged: Round, django_assert_num_queries: Any
) -> None:
    as_reviewer.get(PAGE)
    with django_assert_num_queries(4):
        as_reviewer.get(PAGE)


def test_page_memo_and_workbook_say_the_same(as_manager: Client, judged: Round, manager: User) -> None:
    """The overview's table, the memo's sentences and first attachment, and the national workbook's offices."""
    memo = Memo.from_data(written(as_manager).content)
    texts = [each.text for each in memo.paragraphs]
    with override("th"):
        overview = as_manager.get("/country/2569/?value=claimed").context["overview"]
        with national_workbook.workbook_of(national_of(judged, manager)) as file:
            sheet = load_workbook(io.BytesIO(file.read()), read_only=True)[national_workbook.OFFICES]
    head, *lines = sheet.iter_rows(min_row=national_workbook.HEAD, values_only=True)
    offices = {row["จังหวัด"]: row for row in (dict(zip(head, line, strict=True)) for line in lines)}
    said = 0
    for row in overview.memo:
        assert any(f"มีคะแนนภาพรวมที่ {row.line.two} คะแนน" in text for text in texts)
        for cell in row.cells:
            if cell.number:
                said += 1
                assert f"{LEVEL_NAMES[cell.level]} {cell.number} จังหวัด (ร้อยละ {cell.percent})" in texts
    assert said == 4 + 4 + 3 + len({row[-1] for row in memo.tables[0].rows[:-1]})
    assert overview.memo[-1].line.counted == len(memo.tables[0].rows[:-1]) == len(offices) == 76
    for _place, name, *means, level in memo.tables[0].rows[:-1]:
        office = offices[name]
        columns = [f"มิติ {number} สำนักงานประเมิน" for number in (2, 3, 4)] + ["มิติ 2-4 สำนักงานประเมิน"]
        assert [Decimal(str(office[column])) for column in columns] == list(map(Decimal, means))
        assert office["มิติ 2-4 สำนักงานประเมิน: ระดับ"] == level
