"""Every page, in both languages and at both widths: axe finds nothing, the console is quiet, nothing scrolls sideways.

With SCREENSHOTS=folder each page is also kept as a picture. Two files use it, so that they run side by side.
"""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import SIZES, Open, violations

Place = tuple[str | None, str, str]


def pages_of(account: str | None, pages: dict[str, str]) -> list[Place]:
    """Account, name and path of each page, for one person."""
    return [(account, name, path) for name, path in pages.items()]


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


def walk(place: Place, places: dict[str, Any], open_as: Open, axe: str) -> None:
    """Open one page as its person would, at both widths and in both languages, and find nothing wrong."""
    account, name, path = place
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
