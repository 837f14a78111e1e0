"""Every page, in both languages and at both widths: axe finds nothing, the console is quiet, nothing scrolls sideways.

With SCREENSHOTS=folder each page is also kept as a picture.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SIZES, Open, Site, violations

pytestmark = pytest.mark.browser

NOBODY = {
    "login": "/accounts/login/",
    "password_reset": "/accounts/password/reset/",
    "password_reset_done": "/accounts/password/reset/done/",
    "invitation": "{invitation}",
}
OFFICE = {
    "profile": "/me/",
    "password_change": "/accounts/password/change/",
    "second_factor": "/accounts/2fa/",
    "second_factor_setup": "/accounts/2fa/totp/activate/",
    "task_list": "/assessments/{chiang_mai}/",
    "area_unscored": "/assessments/{chiang_mai}/areas/1-1/",
    "area_scored": "/assessments/{chiang_mai}/areas/2-1/",
    "indicator_of_groups": "/assessments/{chiang_mai}/indicators/1.7/",
    "indicator_of_target": "/assessments/{chiang_mai}/indicators/1.31/",
    "indicator_count": "/assessments/{chiang_mai}/indicators/2.1/",
    "indicator_percent": "/assessments/{chiang_mai}/indicators/2.2/",
    "indicator_choice": "/assessments/{chiang_mai}/indicators/2.5/",
    "indicator_attendance": "/assessments/{chiang_mai}/indicators/4.12/",
    "indicator_campaign": "/assessments/{chiang_mai}/indicators/4.29/",
    "indicator_no_case": "/assessments/{chiang_mai}/indicators/4.31/",
    "answer_history": "/assessments/{chiang_mai}/indicators/2.1/history/",
    "check": "/assessments/{chiang_mai}/check/",
    "evidence": "/assessments/{chiang_mai}/evidence/",
    "history": "/assessments/{chiang_mai}/history/",
    "form": "/assessments/{chiang_mai}/form/",
    "task_list_accepted": "/assessments/{chiang_mai_before}/",
    "indicator_frozen": "/assessments/{chiang_mai_before}/indicators/2.2/",
    "evidence_frozen": "/assessments/{chiang_mai_before}/evidence/",
    "receipt": "/assessments/{chiang_mai_before}/receipt/",
    "form_accepted": "/assessments/{chiang_mai_before}/form/",
    "handbook": "/standard/",
    "handbook_search": "/standard/search/?q=ผู้สูงอายุ",
    "handbook_search_nothing": "/standard/search/?q=ฃฃฃ",
    "handbook_scoring": "/standard/scoring/",
    "handbook_dimension": "/standard/2563/dimension/2/",
    "handbook_area": "/standard/2563/area/2-1/",
    "handbook_indicator": "/standard/2563/2.8/",
}
HEAD = {"check_head": "/assessments/{phuket}/check/"}
REVIEWER = {
    "offices": "/offices/",
    "offices_nothing": "/offices/?search=ฃฃฃ",
    "office_submitted": "/offices/{submitted}/",
    "office_draft": "/offices/{chiang_mai}/",
}
MANAGER = {
    "office_accepted": "/offices/{accepted}/",
    "rounds": "/rounds/",
    "round_new": "/rounds/new/",
    "round": "/rounds/{round}/",
    "people": "/people/",
    "person_invite": "/people/invite/",
    "person": "/people/{person}/",
    "support_offices": "/people/support-offices/",
    "support_office_import": "/people/support-offices/import/",
}
SUPPORTER = {"offices_of_supporter": "/offices/"}
PAGES = [
    *((None, name, path) for name, path in NOBODY.items()),
    *(("editor.chiangmai", name, path) for name, path in OFFICE.items()),
    *(("head.phuket", name, path) for name, path in HEAD.items()),
    *(("reviewer", name, path) for name, path in REVIEWER.items()),
    *(("manager", name, path) for name, path in MANAGER.items()),
    *(("supporter", name, path) for name, path in SUPPORTER.items()),
]
THAI = re.compile("[\u0e00-\u0e7f]")


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(("account", "name", "path"), PAGES, ids=[name for _, name, _ in PAGES])
def test_page(places: dict[str, Any], open_as: Open, axe: str, account: str | None, name: str, path: str) -> None:
    with open_as(account) as watched:
        page: Page = watched.page
        answer = page.goto(path.format(**places))
        assert answer is not None
        assert answer.status == 200
        assert page.title() != ""
        found = []
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            if too_wide := sideways(page):
                found.append(f"scrolls sideways by {too_wide} px on a {size}")
            keep_picture(page, f"{name}-{size}-th")
        found += violations(page, axe)
        page.context.add_cookies([{"name": "django_language", "value": "en", "domain": "127.0.0.1", "path": "/"}])
        page.reload()
        keep_picture(page, f"{name}-desk-en")
        assert page.locator("html").get_attribute("lang") == "en"
        assert found + violations(page, axe) == []


@pytest.mark.parametrize("account", ["editor.chiangmai", "reviewer", "manager", "admin", "inspector", "supporter"])
def test_each_role_has_a_first_page(open_as: Open, account: str) -> None:
    with open_as(account) as watched:
        answer = watched.page.goto("/")
        assert answer is not None
        assert answer.status == 200
        assert watched.page.locator("h1").count() == 1


def test_a_missing_page_says_so_in_thai(open_as: Open) -> None:
    with open_as("editor.chiangmai") as watched:
        watched.expected = ("404",)
        answer = watched.page.goto("/no-such-page/")
        assert answer is not None
        assert answer.status == 404
        assert THAI.search(watched.page.locator("h1").inner_text()) is not None


def test_the_language_switch_keeps_the_page(open_as: Open, places: dict[str, Any]) -> None:
    address = f"/assessments/{places['chiang_mai']}/areas/2-1/"
    with open_as("editor.chiangmai") as watched:
        page: Page = watched.page
        page.goto(address)
        page.locator(".site-person button[name=language]").click()
        page.wait_for_load_state()
        assert page.url.endswith(address)
        assert page.locator("html").get_attribute("lang") == "en"


def test_no_thai_sentence_is_left_in_english(open_as: Open, places: dict[str, Any]) -> None:
    """In English the standard's own text is Thai and says so (`lang="th"`); names of people and files are names."""
    find = """() => { const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
      const found = []; while (walker.nextNode()) { const node = walker.currentNode;
        const text = node.textContent.replace(/\\S+ สนง\\.พมจ\\.\\S+ \\(สาธิต\\)/g, "");
        if (/[\\u0e00-\\u0e7f]/.test(text) && !node.parentElement.closest('[lang="th"], pre, textarea, #_panel'))
          found.push(text.trim()); } return found; }"""
    with open_as("editor.chiangmai", language="en") as watched:
        for path in ("/assessments/{chiang_mai}/", "/assessments/{chiang_mai}/indicators/2.2/", "/standard/2563/2.8/"):
            watched.page.goto(path.format(**places))
            assert watched.page.evaluate(find) == [], path


def test_the_skip_link_leads_to_the_content(open_as: Open, site: Site) -> None:
    with open_as(None) as watched:
        page: Page = watched.page
        page.goto("/standard/")
        page.goto("/accounts/login/")
        page.locator("body").press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
