"""Saving by itself: with and without JavaScript, without a connection, and after the sign-in has ended."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers, Open, Site, Watched, sign_in

pytestmark = pytest.mark.browser

SAVED = "#_answer_state[data-kind=saved]"


def indicator(places: dict[str, Any], code: str) -> str:
    return f"/assessments/{places['untouched']}/indicators/{code}/"


def kept(page: Page, name: str) -> str:
    """What the server holds for a field, read from a page that was opened anew."""
    page.reload()
    return page.locator(f"[name={name}]").input_value()


def form(page: Page) -> Any:
    return page.locator("form[data-answer]")


def test_thai_digits_are_saved_and_scored_at_once(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"]) as watched:
        page: Page = watched.page
        page.goto(indicator(places, "2.2"))
        page.locator("[name=numerator]").fill("๘๕๐")
        page.locator("[name=denominator]").fill("๑,๐๐๐")
        page.locator("[name=denominator]").blur()
        expect(page.locator(SAVED)).to_be_visible()
        expect(page.locator(".explanation")).to_contain_text("7.5 คะแนน")
        expect(page.locator("tr.reached td.number")).to_have_text("7.5")
        assert (kept(page, "numerator"), kept(page, "denominator")) == ("850", "1,000")


def test_a_number_that_cannot_be_used_is_refused_and_kept(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"]) as watched:
        page: Page = watched.page
        page.goto(indicator(places, "2.3"))
        page.locator("[name=count]").fill("สิบสอง")
        page.locator("[name=count]").blur()
        expect(page.locator("#_answer_state[data-kind=unreadable]")).to_be_visible()
        expect(page.locator("[name=count]")).to_have_attribute("aria-invalid", "true")
        assert kept(page, "count") == "สิบสอง"


def test_who_goes_on_by_keyboard_types_on_in_the_next_indicator(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"]) as watched:
        page: Page = watched.page
        page.goto(indicator(places, "3.5"))
        page.locator("[name=count]").fill("2")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/indicators/3.6/")
        expect(page.locator("[name=count]")).to_be_focused()
        page.reload()
        expect(page.locator("[name=count]")).not_to_be_focused()


def test_saves_without_javascript(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"], javascript=False) as watched:
        page: Page = watched.page
        page.goto(indicator(places, "2.4"))
        page.locator("[name=count]").fill("24")
        page.locator("[name=performance]").fill("ประชุมทุกเดือน เดือนละสองครั้ง")
        with page.expect_navigation():
            page.locator("button[name=stay]").click()
        assert page.url.endswith(indicator(places, "2.4"))
        assert (kept(page, "count"), kept(page, "performance")) == ("24", "ประชุมทุกเดือน เดือนละสองครั้ง")


def test_a_save_without_a_connection_stays_not_saved_and_recovers(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"]) as watched:
        page: Page = watched.page
        page.goto(indicator(places, "2.10"))
        watched.expected = ("net::ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError")
        page.context.set_offline(True)
        page.locator("[name=performance]").fill("พิมพ์ตอนเน็ตหลุด")
        page.locator("[name=performance]").blur()
        expect(form(page)).to_have_attribute("data-save", "failed")
        expect(page.locator("[data-when=failed]")).to_be_visible()
        expect(page.locator("[data-said]")).to_be_hidden()
        assert page.locator("[name=performance]").input_value() == "พิมพ์ตอนเน็ตหลุด"
        page.context.set_offline(False)
        expect(form(page)).to_have_attribute("data-save", "", timeout=20_000)
        assert kept(page, "performance") == "พิมพ์ตอนเน็ตหลุด"


def test_a_sign_in_that_ended_loses_nothing(
    open_as: Open, places: dict[str, Any], site: Site, browsers: Browsers
) -> None:
    editor = places["office_editor"]
    with open_as(editor, fresh=True) as watched:
        watched.expected = ("401",)
        page: Page = watched.page
        page.goto(indicator(places, "2.11"))
        site.inside("sign-out", f"{editor}@demo.example")
        page.locator("[name=performance]").fill("พิมพ์หลังหมดเวลาเข้าใช้")
        page.locator("[name=performance]").blur()
        expect(form(page)).to_have_attribute("data-save", "signed-out")
        other = page.context.new_page()
        sign_in(other, editor)
        other.close()
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(form(page)).to_have_attribute("data-save", "", timeout=20_000)
        assert kept(page, "performance") == "พิมพ์หลังหมดเวลาเข้าใช้"
    browsers.forget(editor)


def test_a_stale_save_shows_both_values(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"]) as first, open_as(places["office_head"]) as second:
        first.expected = second.expected = ("409",)
        for watched in (first, second):
            watched.page.goto(indicator(places, "2.12"))
        first.page.locator("[name=count]").fill("3")
        first.page.locator("[name=count]").blur()
        expect(first.page.locator(SAVED)).to_be_visible()
        second.page.locator("[name=count]").fill("4")
        second.page.locator("[name=count]").blur()
        conflict = second.page.locator(".conflict")
        expect(conflict).to_be_visible()
        expect(conflict).to_contain_text(re.compile("3.*4|4.*3", re.DOTALL))
        assert second.page.locator("[name=count]").input_value() == "4"
        assert kept(first.page, "count") == "3"
        second.page.locator("[name=performance]").fill("ของหัวหน้า")
        second.page.locator("[name=pick-numbers][value=theirs]").check()
        with second.page.expect_navigation():
            second.page.locator("[data-keep-mine]").click()
        expect(second.page.locator("[data-unused]")).to_contain_text("4")
        assert second.page.locator("[name=count]").input_value() == "3"
        assert (kept(first.page, "count"), kept(first.page, "performance")) == ("3", "ของหัวหน้า")


def slowed(watched: Watched, seconds: float) -> None:
    """Hold the first save back, so that the second one overtakes it if it can."""
    held: list[bool] = []

    def handle(route: Any) -> None:
        if not held:
            held.append(True)
            watched.page.wait_for_timeout(seconds * 1000)
        route.continue_()

    watched.page.route("**/save/", handle)


@pytest.mark.parametrize("code", ["3.1"])
def test_a_slow_first_save_cannot_overwrite_the_second(open_as: Open, places: dict[str, Any], code: str) -> None:
    with open_as(places["office_editor"]) as watched:
        page: Page = watched.page
        page.goto(indicator(places, code))
        slowed(watched, 1.5)
        page.locator("[name=performance]").fill("ข้อความแรก")
        page.locator("[name=performance]").blur()
        page.locator("[name=performance]").fill("ข้อความที่สอง")
        page.locator("[name=performance]").blur()
        expect(form(page)).to_have_attribute("data-save", "", timeout=20_000)
        page.wait_for_timeout(500)
        expect(form(page)).to_have_attribute("data-save", "", timeout=20_000)
        assert kept(page, "performance") == "ข้อความที่สอง"


@pytest.mark.parametrize(
    ("place", "button"),
    [
        ("/me/", "form[action*=sign-out-everywhere] button"),
        ("/accounts/logout/", "main .btn-primary"),
        ("/", ".site-person form[data-signs-out] button"),
    ],
)
def test_unsaved_answers_go_with_the_person_who_signs_out(
    open_as: Open, browsers: Browsers, place: str, button: str
) -> None:
    with open_as("head.phuket", fresh=True) as watched:
        page: Page = watched.page
        page.goto(place)
        page.evaluate("sessionStorage.setItem('draft:1:/x/', '{}'); sessionStorage.setItem('other', '1')")
        with page.expect_navigation(url="**/accounts/login/**"):
            page.locator(button).click()
        kept = page.evaluate("[sessionStorage.getItem('draft:1:/x/'), sessionStorage.getItem('other')]")
        assert kept == [None, "1"]
    browsers.forget("head.phuket")


def test_on_a_phone_the_state_stays_in_sight_below_the_texts(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"], size="phone") as watched:
        page: Page = watched.page
        page.goto(indicator(places, "3.2"))
        page.locator("[name=problems]").scroll_into_view_if_needed()
        page.locator("[name=problems]").fill("พิมพ์จากโทรศัพท์")
        page.locator("[name=problems]").blur()
        expect(page.locator("[data-echo]")).to_have_text(re.compile(r"บันทึกแล้ว \d\d:\d\d"))
        expect(page.locator("[data-echo]")).to_be_in_viewport()
        expect(page.locator("[data-said]")).not_to_be_in_viewport()
