"""Every page, in both languages and at both widths: the console is quiet, nothing scrolls sideways, axe finds nothing.

Axe looks at each page in Thai, and in English at one page of each kind (`AXE_IN_ENGLISH`). The templates are the same;
a msgid is never empty and two that differ in Thai differ in English too, so names, roles, colours and order cannot
fail in English alone. What can is asked of every page there: the language it declares, its width, the console.

With SCREENSHOTS=folder each page is also kept as a picture. Two files use it, so that they run side by side.
"""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import SIZES, Open, speak, violations

# A form, a long list, a table with filters, folded panels, a page of the handbook, one before the sign-in.
AXE_IN_ENGLISH = {"login", "indicator_percent", "task_list", "offices", "evidence", "handbook_indicator"}

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


def too_wide(page: Page, name: str, language: str) -> list[str]:
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        if pixels := sideways(page):
            found.append(f"scrolls sideways by {pixels} px on a {size} ({language})")
        keep_picture(page, f"{name}-{size}-{language}")
    return found


def walk(place: Place, places: dict[str, Any], open_as: Open, axe: str) -> None:
    """Open one page as its person would, at both widths and in both languages, and find nothing wrong."""
    account, name, path = place
    with open_as(account) as watched:
        page: Page = watched.page
        answer = page.goto(path.format(**places))
        assert answer is not None
        assert answer.status == 200
        assert page.title() != ""
        found = too_wide(page, name, "th") + violations(page, axe)
        speak(page.context, "en")
        page.reload()
        assert page.locator("html").get_attribute("lang") == "en"
        found += too_wide(page, name, "en")
        if name in AXE_IN_ENGLISH:
            found += violations(page, axe)
        assert not found, "; ".join(found)
