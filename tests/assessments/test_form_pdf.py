"""The form as a PDF: its figures and texts, its pages, and what it refuses to read."""

import logging
import os
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import weasyprint
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assessments import report, services
from assessments.exports import excel, pdf, pdf_pages
from assessments.models import Assessment, User
from assessments.proofs import proof_link
from assessments.qr import Qr, qr_of
from assessments.report import Form
from assessments.services import Entry
from indicators.editions import EditionNode
from indicators.scoring import Scored
from tests.answers import answer_all
from tests.assessments.forms_filled import (
    FILLS,
    TEXT,
    fill,
    made,
    pdfium_pages,
    poppler_pages,
    poppler_text,
    squeezed,
    write,
)
from tests.assessments.test_report import evaluated

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


def test_every_line_is_read_right_in_the_order_that_poppler_finds(
    assessment: Assessment, editor: User, tmp_path: Path
) -> None:
    """Line by line and with its spaces: which cell a reader takes next is its own guess."""
    filled = fill(assessment, editor, "best")
    filled = write(filled, editor, "1.2", Entry(inputs={"count": 1}, performance=TEXT, problems="น้ำท่วม"))
    form = report.form_of(filled)
    body = pdf.html_of(form).split("</style>")[1]
    lines = [line for piece in re.split(r"<[^>]+>|\n", body) if (line := " ".join(unescape(piece).split()))]
    on_paper = squeezed("".join(lines))
    rows = [row for table in form.dimensions for row in table.rows]
    assert len(rows) == 86
    assert [row.code for row in rows if squeezed(row.indicator) not in on_paper] == []
    path = made(form, tmp_path)
    for mode in ((), ("-layout",)):
        text = " ".join(poppler_text(path, *mode).split())
        assert [line for line in lines if line not in text] == []
        for word in ("ปฏิบัติ", "ตัวชี้วัด", "พื้นที่", "อยู่ใน", "สำนักงาน", "น้ำท่วม"):
            times = sum(line.count(word) for line in lines)
            assert times > 0
            assert text.count(word) >= times


def test_without_the_cure_the_text_is_damaged(tmp_path: Path) -> None:
    """What `pdf_text` is there for; when this fails, WeasyPrint may have cured it itself."""
    html = f"<style>{pdf.font_faces()}body{{font-family:Form}}</style><p lang=th>งาน สำนักงาน น้ำท่วม<p><b>ตัวชี้วัด"
    path = tmp_path / "x.pdf"
    path.write_bytes(weasyprint.HTML(string=html, url_fetcher=pdf.OurFontsOnly()).write_pdf())
    assert "สำนักงาน" not in "".join(poppler_pages(path))
    assert "ตัวชี้วัด" not in poppler_text(path)
    path.write_bytes(pdf.render(html))
    assert "สำนักงานน้ำท่วม" in "".join(poppler_pages(path))
    assert "ตัวชี้วัด" in poppler_text(path)


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


def test_the_code_below_the_last_totals_is_the_one_that_leads_to_the_proof(
    assessment: Assessment, editor: User, head: User, tmp_path: Path
) -> None:
    answer_all(assessment, editor)
    sent = services.submit(assessment=assessment, by=head, certified=True)
    form = report.form_of(Assessment.objects.whole().get(pk=sent.pk))
    path = made(form, tmp_path)
    pages = pdfium_pages(path)
    for words in (f"รับรองและส่งโดย {head.full_name} เมื่อวันที่ 3 สิงหาคม 2569 10:00 น.", proof_link(sent), sent.answers_hash):
        assert [squeezed(words) in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert drawn_on_the_last_page(path, qr_of(proof_link(sent)))
    assert not drawn_on_the_last_page(path, qr_of(f"{proof_link(sent)}x"))


def drawn_on_the_last_page(path: Path, code: Qr) -> bool:
    """Whether the very squares of a code stand at the left margin, at whatever height."""
    document = pypdfium2.PdfDocument(path)
    page = document[len(document) - 1]
    picture = page.render(scale=2, grayscale=True).to_pil()
    page.close()
    document.close()
    squares = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v", code.path)
        for step in range(int(width))
    }
    module = pdf_pages.PROOF_SIDE * 2 / code.side
    places = [(x, y) for y in range(code.side) for x in range(code.side)]
    return any(
        all(
            (picture.getpixel((int(69.4 + (x + 0.5) * module), int(top + (y + 0.5) * module))) < 128)
            == ((x, y) in squares)
            for x, y in places
        )
        for top in range(picture.height - int(pdf_pages.PROOF_SIDE * 2) - 1)
    )


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
