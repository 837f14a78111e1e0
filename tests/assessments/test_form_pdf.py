"""The form as a PDF: its figures and texts, its pages, what it refuses to read; and asking for it."""

import logging
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from assessments import report
from assessments.exports import excel, pdf, pdf_pages, tasks
from assessments.models import Assessment, FormFile, Round, User
from assessments.report import Form
from assessments.services import Entry
from indicators.editions import EditionNode
from indicators.scoring import Scored
from tests.assessments.forms_filled import (
    FILLS,
    TEXT,
    fill,
    made,
    pdfium_pages,
    poppler_pages,
    squeezed,
    write,
)
from tests.assessments.test_report import evaluated
from tests.conftest import signed_in

HOSTILE = (
    '<img src="file:///etc/passwd"><link rel=attachment href="file:///etc/passwd">'
    "<style>@import url(http://127.0.0.1:9/x)</style></style></td><script>1</script>"
)


def attachments(path: Path) -> str:
    return subprocess.run(["pdfdetach", "-list", path], capture_output=True, check=True, text=True).stdout.strip()


# --- figures and texts ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", list(FILLS))
def test_page_pdf_and_workbook_show_the_scoring_services_figures(
    assessment: Assessment,
    editor: User,
    as_editor: Client,
    standard: EditionNode,
    tmp_path: Path,
    how: str,
) -> None:
    form = report.form_of(fill(assessment, editor, how))
    outcome = evaluated(standard, how)
    expected = []
    for number, total in outcome.dimensions.items():
        full = len(standard.dimension(number).indicators) * 10
        assert total.level is not None
        expected += [
            f"รวมคะแนนมิติที่{number}{full}{plain(total.sum)}",
            f"ระดับคะแนนมิติที่{number}(ค่าคะแนนรวมหารด้วยจำนวนตัวชี้วัด){plain(total.sum)}{total.count}={total.mean}",
            f"ผลการปฏิบัติมิติที่{number}{total.level.name}",
        ]
    assert outcome.overall.level is not None
    expected += [
        f"ค่าคะแนนรวมทั้งหมดหารด้วยจำนวนตัวชี้วัดทั้งหมด){plain(outcome.overall.sum)}55={outcome.overall.mean}",
        f"ภาพรวมผลการปฏิบัติตามมาตรฐาน{outcome.overall.level.name}",
    ]
    expected += [
        squeezed(f"{row.indicator}{row.criterion}{row.full}{row.result}") + shown_score(outcome.results[row.code])
        for table in form.dimensions
        for row in table.rows
    ]
    in_pdf = "".join(poppler_pages(made(form, tmp_path)))
    assert [text for text in expected if text not in in_pdf] == []
    page = as_editor.get(reverse("form_page", args=[assessment.pk])).content.decode()
    on_page = squeezed(text_of(page))
    assert [text for text in expected if text not in on_page] == []

    path = tmp_path / "form.xlsx"
    path.write_bytes(excel.workbook_of(form))
    book = load_workbook(path, data_only=True)
    for number, total in outcome.dimensions.items():
        below = [
            row for row in book[f"มิติที่ {number}"].iter_rows(values_only=True) if str(row[0])[:2] in {"รว", "ระ", "ผล"}
        ]
        assert Decimal(str(below[0][6])) == total.sum
        assert Decimal(str(below[1][6])) == total.mean
        assert below[2][4] == total.level.name  # type: ignore[union-attr]
    scores = [row[6] for sheet in book.worksheets[1:] for row in sheet.iter_rows(min_row=6, values_only=True) if row[3]]
    assert [Decimal(str(score)) for score in scores] == [
        result.score for result in outcome.results.values() if isinstance(result, Scored)
    ]


def plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def shown_score(result: Any) -> str:
    return plain(result.score) if getattr(result, "score", None) is not None else ""


def text_of(page: str) -> str:
    """The words of a page, in order."""

    class Words(HTMLParser):
        found = ""

        def handle_data(self, data: str) -> None:
            self.found += data

    words = Words()
    words.feed(page)
    return words.found


def test_thai_is_found_and_copied_right_in_poppler_and_pdfium(
    assessment: Assessment, editor: User, standard: EditionNode, tmp_path: Path
) -> None:
    filled = fill(assessment, editor, "best")
    write(filled, editor, "1.2", Entry(inputs={"count": 1}, performance=TEXT, problems="ค่าน้ำประปาสูง ไม่มีใครทำ"))
    form = report.form_of(filled)
    path = made(form, tmp_path)
    words = [
        squeezed(text)
        for table in form.dimensions
        for text in (
            table.heading,
            *table.heads,
            *(getattr(r, f) for r in table.rows for f in ("indicator", "criterion", "result")),
        )
    ]
    words += [squeezed(label) for table in form.dimensions for area in table.areas for label in (area.label,)]
    words += [squeezed(TEXT), "ค่าน้ำประปาสูงไม่มีใครทำ", "สำนักงาน", "น้ำท่วม"]
    for pages in (poppler_pages(path), pdfium_pages(path)):
        whole = "".join(pages)
        assert [word for word in words if word not in whole] == []


def test_without_the_cure_the_text_is_damaged(tmp_path: Path) -> None:
    """What `pdf_text` is there for; when this fails, WeasyPrint may have cured it itself."""
    html = f"<style>{pdf.font_faces()}body{{font-family:Form}}</style><p lang=th>งาน สำนักงาน น้ำท่วม"
    path = tmp_path / "x.pdf"
    path.write_bytes(weasyprint.HTML(string=html, url_fetcher=pdf.OurFontsOnly()).write_pdf())
    assert "สำนักงาน" not in "".join(poppler_pages(path))
    path.write_bytes(pdf.render(html))
    assert "สำนักงานน้ำท่วม" in "".join(poppler_pages(path))


# --- pages ---------------------------------------------------------------------------------------


def long_form(form: Form, editor: User, assessment: Assessment) -> Form:
    words = " ".join(f"n{number:04d}" for number in range(1, 1667))
    filled = write(assessment, editor, "4.20", Entry(inputs={"option": 1}, performance=words[:10_000], problems=TEXT))
    return report.form_of(write(filled, editor, "2.12", Entry(inputs={"count": 1}, performance=TEXT * 9)))


def test_pages_hold_their_rows_whole_and_repeat_what_goes_on(
    assessment: Assessment, editor: User, tmp_path: Path
) -> None:
    form = long_form(report.form_of(assessment), editor, assessment)
    pages = poppler_pages(made(form, tmp_path))
    whole = "".join(pages)
    for place, page in enumerate(pages, start=1):
        assert f"หน้า{place}/{len(pages)}" in page
        assert "ตัวชี้วัดเกณฑ์" in page
        assert page.count("ปีงบประมาณพ.ศ.2569") == 1
    # A text longer than a page comes out whole and in order, over several pages.
    numbers = [int(word) for word in re.findall(r"n(\d{4})", whole)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == 1666
    holders = [page for page in pages if re.search(r"n\d{4}", page)]
    assert len(holders) >= 3
    assert all("6.การกำกับดูแล" in page and "17.การกำกับ" in page and "20.จำนวนแผนบูรณาการ" in page for page in holders)
    assert all("(ต่อ)" in page for page in holders[1:])
    # Rows: each indicator's name on one page, uncut.
    for table in form.dimensions:
        for row in table.rows:
            if row.code != "4.20":
                assert sum(squeezed(row.indicator + row.criterion) in page for page in pages) == 1
    # A merged cell is named again on each page it goes on to.
    for table in form.dimensions:
        for area in table.areas:
            rows = [squeezed(row.indicator) for block in area.standards for row in block.rows]
            on = [page for page in pages if any(row in page for row in rows)]
            assert all(squeezed(f"{area.label} (ต่อ)") in page for page in on[1:])
    # Totals stand with the last row of their table.
    for table in form.dimensions[1:]:
        last = squeezed(list(table.rows)[-1].indicator)
        page = next(page for page in pages if f"รวมคะแนนมิติที่{table.number}" in page)
        assert last in page
        assert f"ผลการปฏิบัติมิติที่{table.number}" in page


def test_a_blank_form_has_every_row_and_nothing_filled_in(standard: EditionNode, tmp_path: Path) -> None:
    form = report.blank_form(standard, 2571)
    pages = poppler_pages(made(form, tmp_path))
    whole = "".join(pages)
    assert "ของหน่วยงาน...." in whole
    assert "ณวันที่...." in whole
    assert "รวมคะแนนมิติที่2120" in whole
    assert "........12" in whole
    assert all(squeezed(row.indicator) in whole for table in form.dimensions for row in table.rows)
    assert pages[0].count("แบบฟอร์มเปล่า") == 1


def test_a_rendering_that_differs_is_repaired(assessment: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less room on paper than reckoned: the pages are filled again with less, until they agree."""
    monkeypatch.setattr(pdf_pages, "CONTENT_HEIGHT", pdf_pages.CONTENT_HEIGHT + 45)
    form = report.form_of(assessment)
    form = replace(form, dimensions=form.dimensions[2:3])
    result = pdf.make_pdf(form)
    assert result.content.startswith(b"%PDF")
    monkeypatch.setattr(pdf_pages, "CONTENT_HEIGHT", pdf_pages.CONTENT_HEIGHT + 400)
    with pytest.raises(pdf.PdfFailed):
        pdf.make_pdf(form)


# --- what it refuses to read ---------------------------------------------------------------------


def test_no_text_makes_the_form_fetch_or_attach_anything(
    assessment: Assessment, editor: User, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    entry = Entry(
        inputs={"count": 5}, performance=HOSTILE, problems=HOSTILE, remedies='");}@import "file:///etc/passwd";'
    )
    form = report.form_of(write(assessment, editor, "2.1", entry))
    with caplog.at_level(logging.WARNING):
        path = made(form, tmp_path)
    assert [record for record in caplog.records if "fetch" in record.getMessage()] == []
    assert attachments(path) == "0 embedded files"
    pages = poppler_pages(path)
    whole = "".join(pages)
    assert squeezed(HOSTILE) in whole
    # The draft that it is says so on every page, and tells its open totals as ranges.
    assert all("ร่าง" in page for page in pages)
    assert "ระหว่าง15ถึง120(ยังไม่มีคะแนน11ตัวชี้วัด)" in whole
    assert "ระหว่าง1.25ถึง10.00" in whole
    assert "ยังระบุระดับไม่ได้" in whole


def test_the_fetcher_refuses_all_but_the_two_fonts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    html = f'<link rel=attachment href="{secret.as_uri()}"><img src="{secret.as_uri()}"><p>x'
    control = tmp_path / "control.pdf"
    control.write_bytes(weasyprint.HTML(string=html).write_pdf())
    assert attachments(control).startswith("1 embedded files")
    path = tmp_path / "ours.pdf"
    with caplog.at_level(logging.WARNING, logger="pmj.forms"):
        path.write_bytes(pdf.render(html))
    assert attachments(path) == "0 embedded files"
    assert [record.name for record in caplog.records].count("pmj.forms") == 2
    fetcher = pdf.OurFontsOnly()
    for url in (
        "http://127.0.0.1/",
        "data:text/plain,x",
        f"{pdf.FONTS[400].parent.as_uri()}/../x",
        "file:///etc/passwd",
    ):
        with pytest.raises(ValueError, match="only the form's own fonts"):
            fetcher.fetch(url)


# --- asking for it -------------------------------------------------------------------------------


def work() -> None:
    """What `manage.py db_worker` does."""
    call_command("db_worker", batch=True, startup_delay=False, interval=0, reload=False, verbosity=0)


def test_the_pdf_is_made_once_and_then_served(as_editor: Client, assessment: Assessment) -> None:
    url, progress = (reverse(name, args=[assessment.pk]) for name in ("form_pdf", "form_progress"))
    assert as_editor.get(url)["Location"] == progress
    assert FormFile.objects.count() == 0
    for _ in range(2):
        assert as_editor.post(url)["Location"] == progress
    assert DBTaskResult.objects.count() == 1
    assert as_editor.get(progress).context["state"] == "waiting"
    form_file = FormFile.objects.get()
    tasks.make_form.call(form_file.pk)
    form_file.refresh_from_db()
    assert form_file.state == "ready"
    assert form_file.pages > 8
    response = as_editor.get(url)
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E0%B9%81%E0%B8%9A%E0%B8%9A")
    assert as_editor.post(url)["Location"] == url
    # A second job for the same form finds nothing to do.
    tasks.make_form.call(form_file.pk)
    assert DBTaskResult.objects.count() == 1
    assert as_editor.get(progress).context["state"] == "ready"


def test_a_change_of_an_answer_is_another_file(as_editor: Client, assessment: Assessment, editor: User) -> None:
    url = reverse("form_pdf", args=[assessment.pk])
    as_editor.post(url)
    write(assessment, editor, "1.2", Entry(remedies="ปรับปรุงห้อง"))
    assert as_editor.get(reverse("form_progress", args=[assessment.pk])).context["state"] == "none"
    as_editor.post(url)
    assert FormFile.objects.count() == 2


def test_the_part_that_htmx_swaps_is_the_one_of_the_page(as_editor: Client, assessment: Assessment) -> None:
    progress = reverse("form_progress", args=[assessment.pk])
    part = as_editor.post(reverse("form_pdf", args=[assessment.pk]), headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="_progress"') or '<div id="_progress"' in part.strip()[:40]
    assert "<html" not in part
    assert part.strip() in as_editor.get(progress).content.decode()
    assert as_editor.get(progress, headers={"HX-Request": "true"}).content.decode() == part


@pytest.mark.parametrize(
    ("changes", "state", "unattended"),
    [
        ({"state": "waiting", "asked_at": timedelta(seconds=14)}, "waiting", False),
        ({"state": "waiting", "asked_at": timedelta(seconds=16)}, "waiting", True),
        ({"state": "working", "seen_at": timedelta(seconds=119)}, "working", False),
        ({"state": "working", "seen_at": timedelta(seconds=121)}, "silent", False),
        ({"state": "failed", "problem": "failed"}, "failed", False),
    ],
)
def test_the_page_says_how_far_it_is(
    as_editor: Client, assessment: Assessment, changes: dict[str, Any], state: str, unattended: bool
) -> None:
    as_editor.post(reverse("form_pdf", args=[assessment.pk]))
    now = timezone.now()
    FormFile.objects.update(
        **{key: now - value if isinstance(value, timedelta) else value for key, value in changes.items()}
    )
    context = as_editor.get(reverse("form_progress", args=[assessment.pk])).context
    assert (context["state"], context["unattended"]) == (state, unattended)


@pytest.mark.parametrize(
    ("changes", "jobs"),
    [
        ({"state": "waiting"}, 1),
        ({"state": "working", "seen_at": timedelta(seconds=119)}, 1),
        ({"state": "working", "seen_at": timedelta(seconds=121)}, 2),
        ({"state": "failed"}, 2),
        ({"state": "waiting", "asked_at": timedelta(seconds=121)}, 2),
    ],
)
def test_only_a_failed_or_abandoned_job_starts_again(
    as_editor: Client, assessment: Assessment, changes: dict[str, Any], jobs: int
) -> None:
    url = reverse("form_pdf", args=[assessment.pk])
    as_editor.post(url)
    now = timezone.now()
    FormFile.objects.update(
        **{key: now - value if isinstance(value, timedelta) else value for key, value in changes.items()}
    )
    as_editor.post(url)
    assert DBTaskResult.objects.count() == jobs


def test_a_form_that_cannot_be_made_says_so_and_can_be_tried_again(
    as_editor: Client, assessment: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    url, progress = (reverse(name, args=[assessment.pk]) for name in ("form_pdf", "form_progress"))
    as_editor.post(url)
    row = FormFile.objects.get()
    FormFile.objects.update(content={"broken": True})
    with caplog.at_level(logging.CRITICAL, logger="pmj.forms"):
        tasks.make_form.call(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "failed")
    assert as_editor.get(progress).context["state"] == "failed"
    as_editor.post(url)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_lost_file_is_made_again(as_editor: Client, assessment: Assessment) -> None:
    url, progress = (reverse(name, args=[assessment.pk]) for name in ("form_pdf", "form_progress"))
    as_editor.post(url)
    row = FormFile.objects.get()
    FormFile.objects.update(state="ready", file="xx/lost.pdf", finished_at=timezone.now())
    assert as_editor.get(url)["Location"] == progress
    assert as_editor.get(progress).context["state"] == "none"
    as_editor.post(url)
    row.refresh_from_db()
    assert (row.state, row.file.name) == ("waiting", "")


def test_old_files_are_forgotten(as_editor: Client, assessment: Assessment) -> None:
    as_editor.post(reverse("form_pdf", args=[assessment.pk]))
    FormFile.objects.update(state="failed", finished_at=timezone.now() - timedelta(days=59))
    tasks.forget_old_forms()
    assert FormFile.objects.count() == 1
    FormFile.objects.update(finished_at=timezone.now() - timedelta(days=61))
    tasks.forget_old_forms()
    assert FormFile.objects.count() == 0


def test_the_blank_form_of_a_round_is_for_everyone(as_editor: Client, as_inspector: Client, round_2569: Round) -> None:
    url, progress = (reverse(name, args=[round_2569.pk]) for name in ("blank_form_pdf", "blank_form_progress"))
    assert as_editor.get(url)["Location"] == progress
    as_editor.post(url)
    as_inspector.post(url)
    assert FormFile.objects.count() == 1
    assert as_inspector.get(progress).context["state"] == "waiting"
    assert as_editor.get(reverse("blank_form_pdf", args=[round_2569.pk + 1])).status_code == 404


FORM_VIEWS = ("form_page", "form_pdf", "form_progress", "form_excel")
BLANK_VIEWS = ("blank_form_pdf", "blank_form_progress", "blank_form_excel")


@pytest.mark.parametrize("name", FORM_VIEWS)
def test_a_stranger_finds_nothing(as_stranger: Client, assessment: Assessment, name: str) -> None:
    url = reverse(name, args=[assessment.pk])
    assert as_stranger.get(url).status_code == 404
    if name == "form_pdf":
        assert as_stranger.post(url).status_code == 404


@pytest.mark.parametrize("name", [*FORM_VIEWS, *BLANK_VIEWS])
def test_it_requires_login(client: Client, assessment: Assessment, name: str) -> None:
    key = assessment.round_id if name in BLANK_VIEWS else assessment.pk
    assert client.get(reverse(name, args=[key]))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [*FORM_VIEWS, *BLANK_VIEWS])
def test_it_rejects_other_methods(as_editor: Client, assessment: Assessment, name: str) -> None:
    key = assessment.round_id if name in BLANK_VIEWS else assessment.pk
    url = reverse(name, args=[key])
    assert as_editor.put(url).status_code == 405
    if not name.endswith("pdf"):
        assert as_editor.post(url).status_code == 405


def test_every_role_that_sees_the_office_may_take_its_form(
    assessment: Assessment, head: User, reviewer: User, manager: User, inspector: User, admin: User
) -> None:
    for user in (head, reviewer, manager, inspector, admin):
        assert signed_in(user).get(reverse("form_page", args=[assessment.pk])).status_code == 200


def test_the_page_holds_the_form_and_the_ways_to_take_it(as_editor: Client, assessment: Assessment) -> None:
    page = as_editor.get(reverse("form_page", args=[assessment.pk])).content.decode()
    assert reverse("form_excel", args=[assessment.pk]) in page
    assert page.count("<tr>") == 86 + 4 + 11
    assert "style=" not in page


def test_reading_costs_the_same_few_queries(
    as_editor: Client, assessment: Assessment, django_assert_num_queries: Any
) -> None:
    as_editor.get(reverse("form_page", args=[assessment.pk]))
    with django_assert_num_queries(5):
        as_editor.get(reverse("form_page", args=[assessment.pk]))


def test_the_command_writes_the_file(
    assessment: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.pdf"
    call_command("make_form", str(assessment.pk), str(path))
    assert path.read_bytes().startswith(b"%PDF")
    with pytest.raises(CommandError):
        call_command("make_form", "0", str(path))


def test_the_web_process_never_loads_weasyprint() -> None:
    code = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns; "
        "sys.exit(int('weasyprint' in sys.modules))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
