"""Every page of the centre and of nobody (`walking`), and what all pages share."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.browser.walking import Place, pages_of, walk

pytestmark = pytest.mark.browser

NOBODY = {
    "login": "/accounts/login/",
    "password_reset": "/accounts/password/reset/",
    "password_reset_done": "/accounts/password/reset/done/",
    "invitation": "{invitation}",
    "proof": "{proof}",
}
REVIEWER = {
    "offices": "/offices/",
    "offices_nothing": "/offices/?search=ฃฃฃ",
    "office_submitted": "/offices/{submitted}/",
    "office_draft": "/offices/{chiang_mai}/",
    "reply_verified": "/assessments/{verified}/reply/",
    "reply_to_settle": "/assessments/{replied}/reply/",
    "notices_of_centre": "/notices/",
    "resources": "/country/{year}/resources/",
    "resource": "/country/{year}/resources/1.29/?item=insurance",
    "open_data_nothing": "/country/{year}/data/",
    "trends": "/country/trends/?value=claimed&show=2-1&place=TH-50",
    "trends_of_all": "/country/trends/",
    "country": "/country/",
    "country_change": "/country/?change=1&show=2&value=claimed",
    "country_matrix": "/country/{year}/matrix/?value=claimed&sort=-overall",
    "province": "/country/province/TH-50/?value=claimed",
    "province_final": "/country/province/TH-50/?value=final",
    "book": "/country/{year}/book/",
    "memo": "/country/{year}/memo/",
    "ready": "/review/{year}/ready/",
    "learned": "/review/{year}/learned/",
    "learned_list": "/review/{year}/learned/all/",
    "learned_stays": "/review/{year}/learned/stays/in_review/",
}
MANAGER = {
    "office_final": "/offices/{final}/",
    "rounds": "/rounds/",
    "round_new": "/rounds/new/",
    "round": "/rounds/{round}/",
    "prices": "/country/{year}/resources/prices/",
    "people": "/people/",
    "audit": "/audit/",
    "audit_filtered": "/audit/?kind=move",
    "person_invite": "/people/invite/",
    "person": "/people/{person}/",
    "support_offices": "/people/support-offices/",
    "support_office_import": "/people/support-offices/import/",
}
SUPPORTER = {
    "offices_of_supporter": "/offices/",
    "visits": "/visits/",
    "visits_of_office": "/visits/?office={chiang_mai}",
    "visit": "/visits/{visit}/",
    "visit_new": "/assessments/{chiang_mai}/visits/new/",
    "visit_pack": "/assessments/{chiang_mai_before}/visit-pack/",
    "finding_new": "/assessments/{chiang_mai}/indicators/2.1/findings/new/",
}
PAGES = [
    *pages_of(None, NOBODY),
    *pages_of("reviewer", REVIEWER),
    *pages_of("manager", MANAGER),
    *pages_of("supporter", SUPPORTER),
]
THAI = re.compile("[\u0e00-\u0e7f]")


@pytest.mark.parametrize("place", PAGES, ids=[name for _, name, _ in PAGES])
def test_page(place: Place, places: dict[str, Any], open_as: Open, axe: str) -> None:
    walk(place, places, open_as, axe)


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
        with page.expect_navigation():
            page.locator(".site-person button[name=language]").click()
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
        expect(page.locator("#main")).to_be_focused()
