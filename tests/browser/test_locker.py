"""The evidence locker in a real browser: a dropped folder, a lost connection, a pasted screenshot, no JavaScript."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.walking import walk
from tests.uploads import box, image, mp4, pdf

pytestmark = pytest.mark.browser

PASTE = """async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(5, 5, Math.random() * 90, 20);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([blob], "image.png", { type: "image/png" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def library(places: dict[str, Any]) -> str:
    return f"/assessments/{places['untouched']}/evidence/"


def drop(page: Page, folder: Path) -> None:
    """Drop a folder of the disk where files are taken, as the browser itself does it."""
    place = page.locator("form[data-upload]").bounding_box()
    assert place is not None
    tools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        at = {"x": place["x"] + 100, "y": place["y"] + 30}
        tools.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def test_a_dropped_folder_is_kept_and_its_indicators_confirmed(
    open_as: Open, places: dict[str, Any], tmp_path: Path
) -> None:
    inner = tmp_path / "มิติที่ 2" / "ข้อ 3"
    inner.mkdir(parents=True)
    (inner / "ประชุม.pdf").write_bytes(pdf(text="dropped"))
    (inner / "เสีย.pdf").write_bytes(b"<html></html>")
    (inner / ".DS_Store").write_bytes(b"x")
    with open_as(places["office_editor"], language="en") as watched:
        watched.expected = ("422",)
        page: Page = watched.page
        page.goto(library(places))
        drop(page, tmp_path / "มิติที่ 2")
        failed = page.locator("[data-rows] li[data-state=failed]")
        expect(failed).to_have_count(1)
        expect(failed).to_contain_text("เสีย.pdf")
        expect(page.locator("#_library")).to_contain_text("ประชุม.pdf")
        expect(page.locator("#_library")).to_contain_text("มิติที่ 2/ข้อ 3")
        with page.expect_navigation():
            page.locator("#_tools a", has_text="Find indicators for files").click()
        row = page.locator(".proposal-list li", has_text="ประชุม.pdf")
        expect(row.locator("select")).to_have_value("2.3")
        expect(row.locator("input[type=checkbox]")).to_be_checked()
        for box in page.locator(".proposal-list input[type=checkbox]").all():
            box.uncheck()
        row.locator("input[type=checkbox]").check()
        with page.expect_navigation():
            page.locator("main .btn-primary").click()
        expect(page.locator(".evidence-undo")).to_contain_text("1 file is attached.")
        with page.expect_navigation():
            page.locator(".evidence-undo button").click()
        expect(page.locator("#messages")).to_contain_text("1 file is taken off again.")


def cut(*numbers: int) -> Callable[[Route], None]:
    """Loses the connection at these requests."""
    asked = iter(range(1, 1000))

    def route(each: Route) -> None:
        if next(asked) in numbers:
            each.abort("internetdisconnected")
        else:
            each.continue_()

    return route


def test_a_large_file_goes_on_after_a_lost_connection(open_as: Open, places: dict[str, Any], tmp_path: Path) -> None:
    video = tmp_path / "วิดีโอใหญ่.mp4"
    video.write_bytes(mp4() + box(b"free", bytes(3 * 1024 * 1024)))
    with open_as(places["office_editor"], language="en") as watched:
        watched.expected = ("ERR_INTERNET_DISCONNECTED",)
        page: Page = watched.page
        page.goto(library(places))
        begun = []
        page.on("request", lambda asked: begun.append(asked.url) if asked.url.endswith("/uploads/") else None)
        page.route(re.compile(r"/uploads/[0-9a-f-]{36}/$"), cut(2, 3))
        page.set_input_files("form[data-upload] input[name=file]", video)
        expect(page.locator("[data-rows]")).to_contain_text("“วิดีโอใหญ่.mp4” is kept.")
        assert len(begun) == 1  # it went on, it did not begin again
        expect(page.locator("#_library")).to_contain_text("วิดีโอใหญ่.mp4")


def test_a_screenshot_is_pasted_on_an_indicator(open_as: Open, places: dict[str, Any]) -> None:
    with open_as(places["office_editor"], language="en") as watched:
        page: Page = watched.page
        page.goto(f"/assessments/{places['untouched']}/indicators/2.9/")
        page.evaluate(PASTE)
        name = page.locator("#_kept .evidence-name", has_text="Screenshot")
        expect(name).to_have_text(re.compile(r"Screenshot 25\d\d-\d\d-\d\d \d\d\.\d\d\.png"))
        page.locator("#_kept details.evidence-look summary").first.click()
        expect(page.locator("#_kept .evidence-shown img")).to_be_visible()


def test_files_are_added_without_javascript(open_as: Open, places: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "หนึ่ง.pdf").write_bytes(pdf(text="plain"))
    (tmp_path / "สอง.png").write_bytes(image(size=(33, 22)))
    with open_as(places["office_editor"], language="en", javascript=False) as watched:
        page: Page = watched.page
        page.goto(library(places))
        page.set_input_files("form[data-upload] input[name=file]", [tmp_path / "หนึ่ง.pdf", tmp_path / "สอง.png"])
        with page.expect_navigation():
            page.locator("[data-plain]").click()
        expect(page.locator("#messages")).to_contain_text("“หนึ่ง.pdf” is kept.")
        expect(page.locator("#_library")).to_contain_text("สอง.png")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("locker-library", "/assessments/{untouched}/evidence/"),
        ("locker-proposals", "/assessments/{untouched}/evidence/proposals/"),
        ("locker-expected", "/assessments/{untouched}/evidence/expected/?show=lacking"),
    ],
)
def test_pages(name: str, path: str, places: dict[str, Any], open_as: Open, axe: str) -> None:
    walk((places["office_editor"], name, path), places, open_as, axe)
