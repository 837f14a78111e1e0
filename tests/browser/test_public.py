"""The page for everybody: a manager switches it on, anybody reads it by eye and by keyboard, and it is off again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, violations
from tests.browser.walking import too_wide

pytestmark = pytest.mark.browser


def shown(page: Page) -> str:
    """The round's page on which the public page was switched on: the newest that has published results."""
    page.goto("/rounds/")
    rounds = page.locator("main a[href^='/rounds/']").evaluate_all("links => links.map(link => link.pathname)")
    for address in sorted({each for each in rounds if each != "/rounds/new/"}):
        page.goto(address)
        confirm = page.locator("#_public input[type=checkbox]")
        if confirm.count():
            confirm.check()
            page.locator("#_public form button").click()
            expect(page.locator("#_public a")).to_be_visible()
            return address
    raise AssertionError(f"none of {rounds} has published results")


def test_the_page_for_everybody(open_as: Open, axe: str) -> None:
    with open_as("manager") as manager, open_as(None, fresh=True) as anybody:
        page: Page = anybody.page
        address = shown(manager.page)
        answer = page.goto("/results/")
        assert answer is not None
        assert answer.status == 200
        assert too_wide(page, "results", "th") + violations(page, axe) == []
        assert page.locator(".map-place").count() == 76
        page.locator('.map-place[href="#TH-50"]').focus()
        page.keyboard.press("Enter")
        expect(page.locator("tr:target")).to_have_attribute("id", "TH-50")
        page.locator(".public-language").click()
        assert page.locator("html").get_attribute("lang") == "en"
        assert too_wide(page, "results", "en") + violations(page, axe) == []
        page.locator("#_map nav a").first.click()
        assert page.locator("html").get_attribute("lang") == "en"
        expect(page.locator("#_map nav a").first).to_have_attribute("aria-current", "true")
        # The one that the tests gave it: the page sets none.
        assert [each["name"] for each in page.context.cookies()] == ["django_language"]
        manager.page.goto(address)
        manager.page.locator("#_public form button").click()
        expect(manager.page.locator("#_public input[type=checkbox]")).to_be_visible()
        anybody.expected = ("404",)
        # Another address than before: of that one the browser has a copy for five minutes.
        gone = page.goto("/results/?lang=en&show=3")
        assert gone is not None
        assert gone.status == 404
        assert violations(page, axe) == []
