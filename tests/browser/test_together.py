"""Working together: an area filled by keyboard alone, who has an indicator open, comments that are not lost."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

AREA = "1-3"
IN_FORM = "document.activeElement.closest('form[data-answer]') !== null"
WHERE = (
    "(() => { const at = document.activeElement; "
    "return {tag: at.tagName, type: at.type || '', name: at.name || '', value: at.value || ''}; })()"
)


def fill_row(page: Page) -> None:
    """From the row's first field on by keyboard: each number, then the text on performance."""
    while (at := page.evaluate(WHERE))["name"] != "performance":
        if at["type"] == "radio":
            page.keyboard.press("ArrowUp" if at["value"] == "" else "Space")
        elif at["type"] == "text":
            page.keyboard.type("3")
        page.keyboard.press("Tab")
    page.keyboard.type("ทำแล้ว")


def test_an_area_is_filled_by_keyboard_without_a_page_load(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"]) as watched:
        page: Page = watched.page
        page.goto(f"/assessments/{places['untouched']}/areas/{AREA}/")
        loads: list[str] = []
        page.on("framenavigated", lambda frame: loads.append(frame.url))
        rows = page.locator(".row-state")
        assert rows.count() >= 12
        while not page.evaluate(IN_FORM):
            page.keyboard.press("Tab")
        for _row in range(rows.count()):
            fill_row(page)
            page.keyboard.press("Control+Enter")
        expect(page.locator("form[data-answer]:not([data-save=''])")).to_have_count(0)
        expect(page.locator(".row-state[data-kind=saved]")).to_have_count(rows.count())
        assert page.evaluate(WHERE)["tag"] == "A"
        assert loads == []
        page.reload()
        expect(page.locator(".row-state[data-kind=saved]")).to_have_count(rows.count())
        assert {box.input_value() for box in page.locator("[name=performance]").all()} == {"ทำแล้ว"}


def after_twenty_seconds(page: Page) -> None:
    """The page's clock goes on at once to where it asks again who is there."""
    with page.expect_response("**/presence/"):
        page.clock.fast_forward(20_500)


def test_colleagues_see_each_other_and_the_centre_is_not_seen(open_as: Open, places: dict[str, Any]) -> None:
    path = f"/assessments/{places['chiang_mai']}/indicators/2.12/"
    with (
        open_as("editor.chiangmai", fresh=True) as first,
        open_as("head.chiangmai", size="phone", fresh=True) as second,
    ):
        for watched in (first, second):
            watched.page.clock.install()
        with first.page.expect_response("**/presence/"):
            first.page.goto(path)
        expect(first.page.locator("#_presence")).to_have_text("")
        second.page.goto(path)
        expect(second.page.locator(".present")).to_have_count(1)
        expect(second.page.locator(".present.is-editing")).to_have_count(0)
        first.page.locator("[name=problems]").press_sequentially("ก")
        after_twenty_seconds(first.page)
        expect(first.page.locator(".present")).to_have_count(1)
        after_twenty_seconds(second.page)
        expect(second.page.locator(".present.is-editing")).to_have_count(1)
    with open_as("reviewer") as watched:
        watched.page.goto(path)
        expect(watched.page.locator("#_presence")).to_have_count(0)


def test_a_comment_that_could_not_be_sent_stays_in_its_box(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"]) as watched:
        watched.expected = ("net::ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError")
        page: Page = watched.page
        page.goto(f"/assessments/{places['untouched']}/indicators/4.1/")
        page.locator("#comments summary").click()
        box = page.locator("#_thread_office textarea")
        box.fill("พิมพ์ตอนเน็ตหลุด")
        page.context.set_offline(True)
        page.locator("#send-office").click()
        expect(page.locator("#_thread_office [data-not-sent]")).to_be_visible()
        expect(box).to_have_value("พิมพ์ตอนเน็ตหลุด")
        page.context.set_offline(False)
        page.locator("#send-office").click()
        expect(page.locator("#_thread_office .comment-text")).to_have_text("พิมพ์ตอนเน็ตหลุด")
        expect(box).to_have_value("")


def test_work_is_shared_out_without_javascript(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_head"], javascript=False) as watched:
        page: Page = watched.page
        page.goto(f"/assessments/{places['untouched']}/assignments/")
        page.locator("#area-2-2 summary").click()
        with page.expect_navigation():
            page.locator("#_area_2-2 a").click()
        page.locator("[name=whole_person]").select_option(index=2)
        with page.expect_navigation():
            page.locator("button[name=whole]").click()
        expect(page.locator("#area-2-2[open] .line-name")).to_have_count(2)
        expect(page.locator("#area-2-2 .lines select option:checked:not([value=''])")).to_have_count(2)
