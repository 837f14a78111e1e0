"""A real server on a copy of the demonstration data, and the system's Chromium."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from script.serving import Server, copy_data, free_port

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "var" / "test" / "browser"
PASSWORD = "demo-standards-2569"
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
AXE = ROOT / "script/npm/node_modules/axe-core/axe.min.js"


@pytest.fixture(autouse=True)
def during() -> None:
    """The server's clock is the real one, so the tests' clock is too."""


def sources() -> str:
    """What the demonstration data depends on; it is drawn for the day on which it is made."""
    found = hashlib.sha256(date.today().isoformat().encode())  # noqa: DTZ011 - only a key
    for path in sorted([*ROOT.glob("assessments/**/*.py"), *ROOT.glob("indicators/**/*.py"), *ROOT.glob("fixtures/*")]):
        found.update(path.read_bytes())
    return found.hexdigest()


def environment_of(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "EMAIL_URL", "DEBUG")}
    own = {"DATA_DIR": str(data_dir), "DEMO": "1", "DEBUG": "0", "REQUIRE_SECOND_FACTOR": "0"}
    own |= {"ALLOWED_HOSTS": "127.0.0.1", "BASE_URL": "http://127.0.0.1", "DEMO_PASSWORD": PASSWORD}
    own |= {"SECRET_KEY": "signs nothing but the sessions of the browser tests 0123456789", "PYTHONPATH": str(ROOT)}
    own |= {"DJANGO_SETTINGS_MODULE": "pmj_standards.settings"}
    return kept | own


@dataclass
class Site:
    """The running product. `inside` asks or changes its data behind the pages, through one process that stays."""

    address: str
    environment: dict[str, str]
    helper: "subprocess.Popen[str] | None" = None

    def inside(self, *arguments: str) -> dict[str, Any]:
        if self.helper is None:
            command = [sys.executable, "-m", "tests.browser.inside"]
            self.helper = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self.helper.stdin is not None
        assert self.helper.stdout is not None
        self.helper.stdin.write(json.dumps(arguments) + "\n")
        self.helper.stdin.flush()
        answer = self.helper.stdout.readline()
        assert answer, "The helper ended; its words stand above."
        return dict(json.loads(answer))

    def end(self) -> None:
        if self.helper is not None:
            self.helper.communicate(timeout=10)


@pytest.fixture(scope="package")
def demo_data() -> Path:
    """Demonstration data, made once for a state of the sources, by the first process that needs it."""
    MADE.parent.mkdir(parents=True, exist_ok=True)
    stamp = MADE / "sources"
    with (MADE.parent / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != sources():
            shutil.rmtree(MADE, ignore_errors=True)
            MADE.mkdir()
            steps = [sys.executable, "script/prepare.py", "fonts", "messages", "static", "database", "demo"]
            subprocess.run(steps, cwd=ROOT, env=environment_of(MADE), check=True)
            stamp.write_text(sources())
    return MADE


@pytest.fixture(scope="package")
def site(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("site")
    copy_data(demo_data, data_dir)
    environment = environment_of(data_dir)
    with Server(free_port(), environment, quiet=True) as server:
        site = Site(server.address, environment)
        yield site
        site.end()


@pytest.fixture(scope="package")
def places(site: Site) -> dict[str, Any]:
    return site.inside("places")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # The headless shell is the same engine without the windows of a browser, which cost more than the pages.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, (shutil.which(name) for name in names)), None)
    if path is None:
        lacking = "There is no Chromium here. Install it:  sudo apt-get install chromium-headless-shell"
        pytest.fail(lacking, pytrace=False)
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [], timeout=60_000
        )
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page whose faults are kept: errors on the console (a broken CSP is one), uncaught errors, 5xx answers."""

    page: Page
    faults: list[str] = field(default_factory=list)
    # Words of faults that a test itself provokes, such as an answer 401: the browser writes each on the console.
    expected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        provoked = any(words in message.text for words in self.expected)
        if message.type in ("error", "warning") and not provoked:
            self.faults.append(f"{message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status}: {response.url}")


Open = Callable[..., Any]


def keep_cookie(context: BrowserContext, name: str, value: str) -> None:
    context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])


def speak(context: BrowserContext, language: str) -> None:
    keep_cookie(context, "django_language", language)


@dataclass
class Browsers:
    """The browser's contexts. One of a person is used again for the next page of that person: a new one costs more
    than all that a page does in it. Each page is new; what a context keeps (language, connection) is put back."""

    site: Site
    chromium: Browser
    kept: dict[tuple[str | None, bool], BrowserContext] = field(default_factory=dict)

    def new(self, account: str | None, *, javascript: bool = True) -> BrowserContext:
        """A context of a person, who is signed in behind the pages: the journey signs in as people do."""
        context = self.chromium.new_context(
            base_url=self.site.address,
            java_script_enabled=javascript,
            accept_downloads=True,
            locale="th-TH",
            timezone_id="Asia/Bangkok",
        )
        context.set_default_timeout(30_000)
        if account:
            cookie = self.site.inside("sign-in", f"{account}@demo.example")
            keep_cookie(context, cookie["name"], cookie["value"])
        return context

    def of(self, account: str | None, *, javascript: bool = True) -> BrowserContext:
        if (account, javascript) not in self.kept:
            self.kept[account, javascript] = self.new(account, javascript=javascript)
        return self.kept[account, javascript]

    def forget(self, account: str) -> None:
        """After a test that ended all sessions of a person."""
        for javascript in (True, False):
            if context := self.kept.pop((account, javascript), None):
                context.close()


@pytest.fixture(scope="package")
def browsers(site: Site, chromium: Browser) -> Browsers:
    return Browsers(site, chromium)


@pytest.fixture
def open_as(browsers: Browsers) -> Open:
    """`with open_as("editor.phuket") as watched:` a page of a signed-in person (None: of nobody).

    `fresh`: in a context of its own, with a session of its own. Ends with the check that nothing went wrong on it.
    """

    @contextmanager
    def opened(
        account: str | None, *, language: str = "th", size: str = "desk", javascript: bool = True, fresh: bool = False
    ) -> Iterator[Watched]:
        made = browsers.new if fresh else browsers.of
        context = made(account, javascript=javascript)
        speak(context, language)
        width, height = SIZES[size]
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        watched = Watched(page)
        try:
            yield watched
        finally:
            page.close()
            if fresh:
                context.close()
            else:
                context.set_offline(False)
        assert watched.faults == []

    return opened


def sign_in(page: Page, account: str) -> None:
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(f"{account}@demo.example")
    page.locator("#id_password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("form:has(#id_password) .btn-primary").click()
    assert "/accounts/login" not in page.url


@pytest.fixture(scope="package")
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds on the page, one line for each element."""
    page.evaluate(axe)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], runOnly: "
        "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{rule['id']}: {' '.join(node['target'])} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
