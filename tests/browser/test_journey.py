"""An office's whole way from sign-in to receipt, and the centre's with what it submitted."""

import io
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site, sign_in
from tests.browser.walking import keep_picture, sideways

pytestmark = pytest.mark.browser

EVIDENCE = "หนังสือรับรองผลการดำเนินงาน.png"
ANSWERED_BY_HAND = ("2.1", "2.2", "2.5", "4.12", "4.31")
STAYED_SAVED = "#_answer_state[data-kind=saved]"


@pytest.fixture(scope="module")
def office(places: dict[str, Any]) -> int:
    """An assessment that nobody has answered yet."""
    return int(places["phuket"])


def go_to(page: Page, office: int, code: str) -> None:
    page.goto(f"/assessments/{office}/indicators/{code}/")


def expect_saved(page: Page) -> None:
    """All that was typed is with the server: from the first key on the form says that it is not saved."""
    page.keyboard.press("Tab")
    expect(page.locator("form[data-answer]")).to_have_attribute("data-save", "")
    expect(page.locator(STAYED_SAVED)).to_be_visible()


def expect_score(page: Page, explanation: str) -> None:
    expect_saved(page)
    expect(page.locator(".explanation")).to_contain_text(explanation)


def test_the_editor_answers_and_attaches(open_as: Open, site: Site, office: int, tmp_path: Path) -> None:
    picture = tmp_path / EVIDENCE
    Image.new("RGB", (640, 480), "white").save(picture)
    with open_as(None, fresh=True) as watched:
        page: Page = watched.page
        sign_in(page, "editor.phuket")
        assert page.url.endswith(f"/assessments/{office}/")
        with page.expect_navigation():
            page.locator("main .btn-primary").click()
        expect(page).to_have_url(re.compile(rf"/assessments/{office}/indicators/1\.1/$"))

        go_to(page, office, "2.1")
        page.locator("[name=count]").fill("๕")
        expect_score(page, "10 คะแนน")
        go_to(page, office, "2.2")
        page.locator("[name=numerator]").fill("๘๕๐")
        page.locator("[name=denominator]").fill("1,000")
        expect_score(page, "850 จาก 1,000")
        go_to(page, office, "2.5")
        page.locator("[name=option]").nth(1).check()
        expect_score(page, "7.5 คะแนน")
        go_to(page, office, "4.12")
        page.locator("[name=directory_total]").fill("100")
        page.locator("[name=attendance]").fill("85, ๙๐, 80")
        expect_score(page, "10 คะแนน")
        go_to(page, office, "4.31")
        page.locator("[name=no_case]").check()
        page.locator("[name=no_case_reason]").fill("ไม่มีผู้ร้องเรียนในปีนี้")
        expect_saved(page)

        go_to(page, office, "2.1")
        page.locator("#evidence-file").set_input_files(picture)
        expect(page.locator("#_kept")).to_contain_text(EVIDENCE)
        keep_picture(page, "journey-1-answered-desk-th")
    assert site.inside("fill", str(office), *ANSWERED_BY_HAND) == {"answered": 86}


def test_the_head_certifies_with_a_double_click(open_as: Open, site: Site, office: int) -> None:
    with open_as("head.phuket") as watched:
        page: Page = watched.page
        page.goto(f"/assessments/{office}/check/")
        keep_picture(page, "journey-2-check-desk-th")
        page.locator("[name=certified]").check()
        with page.expect_navigation():
            page.locator(".certify .btn-primary").dblclick()
        expect(page).to_have_url(re.compile(rf"/assessments/{office}/receipt/$"))
        keep_picture(page, "journey-3-receipt-desk-th")
        page.set_viewport_size({"width": 390, "height": 844})
        assert sideways(page) == 0
        keep_picture(page, "journey-3-receipt-phone-th")
        standing = site.inside("standing", str(office))
        assert (standing["status"], standing["moves"]) == ("submitted", ["submit"])
        expect(page.locator("main")).to_contain_text(standing["reference"])
        proof = page.locator(".proof-address a").get_attribute("href")
        assert proof is not None
    with open_as(None) as watched:
        watched.page.goto(proof[proof.index("/verify/") :])
        expect(watched.page.locator("h1")).to_contain_text("ตรงกับที่ส่ง")


def test_submitted_answers_are_frozen(open_as: Open, office: int) -> None:
    with open_as("editor.phuket") as watched:
        page: Page = watched.page
        go_to(page, office, "2.1")
        expect(page.locator("form[data-answer]")).to_have_count(0)
        expect(page.locator("[data-upload]")).to_have_count(0)


def test_the_form_comes_out_as_page_pdf_and_workbook(open_as: Open, office: int) -> None:
    with open_as("head.phuket") as watched:
        page: Page = watched.page
        page.goto(f"/assessments/{office}/form/")
        expect(page.locator("article.official")).to_contain_text("ภูเก็ต")
        with page.expect_navigation():
            page.locator("form[action$='form.pdf'] button").click()
        ready = page.locator("#_progress a[download]")
        expect(ready).to_be_visible(timeout=120_000)
        keep_picture(page, "journey-4-pdf-ready-desk-th")
        with page.expect_download() as pdf:
            ready.click()
        document = pypdfium2.PdfDocument(pdf.value.path())
        assert "สำนักงาน" in document[0].get_textpage().get_text_range()
        assert len(document) > 5
        document.close()
        page.goto(f"/assessments/{office}/form/")
        with page.expect_download() as workbook:
            page.locator("a[href$='form.xlsx']").click()
        book = load_workbook(io.BytesIO(Path(workbook.value.path()).read_bytes()))
        assert any("ภูเก็ต" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
        assert workbook.value.suggested_filename.endswith(".xlsx")


def shown(page: Page) -> list[str]:
    """The offices in the list, from the top."""
    return [" ".join(name.split()) for name in page.locator("table.national tbody th").all_inner_texts()]


def test_the_list_filters_and_sorts(open_as: Open) -> None:
    with open_as("reviewer") as watched:
        page: Page = watched.page
        page.goto("/offices/")
        assert len(shown(page)) == 76
        page.locator("select[name=status]").select_option("submitted")
        with page.expect_navigation():
            page.locator(".filters .btn-primary").click()
        submitted = shown(page)
        assert 0 < len(submitted) < 76
        with page.expect_navigation():
            page.locator("table.national thead a").first.click()
        once = shown(page)
        with page.expect_navigation():
            page.locator("table.national thead a").first.click()
        assert sorted(once) == sorted(submitted)
        assert shown(page) == once[::-1]


def test_the_reviewer_returns_with_a_reason(open_as: Open, site: Site, office: int) -> None:
    with open_as("reviewer") as watched:
        watched.expected = ("422",)
        page: Page = watched.page
        page.goto("/offices/?search=ภูเก็ต")
        with page.expect_navigation():
            page.locator("table.national tbody th a").first.click()
        expect(page).to_have_url(re.compile(rf"/offices/{office}/"))
        page.locator("form[action$='/return/']").evaluate("form => form.closest('details').open = true")
        with page.expect_navigation():
            page.locator("form[action$='/return/'] button.btn").click()
        expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()
        assert site.inside("standing", str(office))["status"] == "submitted"
        page.locator("[name=return-reason]").fill("ตัวชี้วัดที่ 2.1 ขอหลักฐานเพิ่ม")
        with page.expect_navigation():
            page.locator("form[action$='/return/'] button.btn").click()
        keep_picture(page, "journey-5-returned-desk-th")
        assert site.inside("standing", str(office))["status"] == "returned"
    with open_as("editor.phuket") as watched:
        watched.page.goto("/")
        expect(watched.page.locator(".returned")).to_contain_text("ขอหลักฐานเพิ่ม")
        keep_picture(watched.page, "journey-6-sent-back-desk-th")


def test_the_office_submits_again_and_the_reviewer_accepts(open_as: Open, site: Site, office: int) -> None:
    with open_as("head.phuket") as watched:
        watched.page.goto(f"/assessments/{office}/check/")
        watched.page.locator("[name=certified]").check()
        with watched.page.expect_navigation():
            watched.page.locator(".certify .btn-primary").click()
        expect(watched.page).to_have_url(re.compile("/receipt/$"))
    with open_as("reviewer") as watched:
        page: Page = watched.page
        page.goto(f"/offices/{office}/")
        # 4.31 had no case: the reviewer decides its row before the whole can be accepted.
        decision = page.locator("form[action$='/indicators/4.31/decide/']")
        decision.evaluate("form => { const folded = form.closest('details'); if (folded) folded.open = true; }")
        decision.locator("input[type=radio]").first.check()
        decision.locator("textarea").fill("มีช่องทางรับเรื่องและพร้อมช่วยเหลือ")
        with page.expect_navigation():
            decision.locator("button.btn").click()
        page.locator("form[action$='/accept/']").evaluate("form => form.closest('details').open = true")
        page.locator("[name=accept-confirmed]").check()
        with page.expect_navigation():
            page.locator("form[action$='/accept/'] button.btn").click()
        keep_picture(page, "journey-7-accepted-desk-th")
    standing = site.inside("standing", str(office))
    assert (standing["status"], standing["moves"]) == ("accepted", ["submit", "return", "submit", "accept"])
