"""The database holds under a race, the pages' headers are the intended ones, a missing key stops the start."""

import os
import sqlite3
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

WRITERS = 8
WRITES = 40


def pragma(name: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has PRAGMAs")
def test_pragmas() -> None:
    names = ("foreign_keys", "synchronous", "cache_size", "temp_store")
    assert {name: pragma(name) for name in names} == {
        "foreign_keys": 1,
        "synchronous": 1,
        "cache_size": -32000,
        "temp_store": 2,
    }


def options() -> dict[str, Any]:
    return dict(settings.DATABASES["default"]["OPTIONS"])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite needs it")
def test_writes_take_their_lock_at_the_start_and_wait() -> None:
    assert (options()["transaction_mode"], options()["timeout"]) == ("IMMEDIATE", 20)


def add_one(path: str, extra: dict[str, Any], start: Any, counts: Any) -> None:
    """One writer: reads the number and writes it back one higher, each time in a transaction of its own."""
    start.wait()
    done = 0
    for _ in range(WRITES):
        try:
            database = sqlite3.connect(path, timeout=extra["timeout"], isolation_level=None)
            for statement in extra["init_command"].split(";"):
                database.execute(statement)
            database.execute(f"BEGIN {extra['transaction_mode']}")
            (number,) = database.execute("SELECT number FROM counter").fetchone()
            database.execute("UPDATE counter SET number = ?", (number + 1,))
            database.execute("COMMIT")
            done += 1
        except sqlite3.OperationalError:
            pass
        finally:
            database.close()
    counts.put(done)


def race(path: Path, extra: dict[str, Any]) -> tuple[int, int]:
    """How many of the writes were committed, and the number that they left behind."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE counter (number INTEGER)")
        database.execute("INSERT INTO counter VALUES (0)")
    context = get_context("spawn")
    start, counts = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=add_one, args=(str(path), extra, start, counts)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    committed = sum(counts.get(timeout=60) for _ in writers)
    for writer in writers:
        writer.join()
    with sqlite3.connect(path) as database:
        (number,) = database.execute("SELECT number FROM counter").fetchone()
    return committed, number


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite needs it")
def test_eight_writers_at_once_all_commit(tmp_path: Path) -> None:
    assert race(tmp_path / "race.sqlite3", options()) == (WRITERS * WRITES, WRITERS * WRITES)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite needs it")
def test_without_immediate_writers_fail(tmp_path: Path) -> None:
    committed, number = race(tmp_path / "race.sqlite3", {**options(), "transaction_mode": "DEFERRED"})
    assert committed < WRITERS * WRITES
    assert committed == number


# --- headers ---------------------------------------------------------------------------------------

CSP = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; frame-src 'self'; img-src 'self' data:; manifest-src 'self'; object-src 'none'; "
    "script-src 'self'; style-src 'self'"
)
SECURITY = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def sorted_csp(value: str) -> str:
    """The policy with its directives in one order."""
    parts = sorted(part.strip() for part in value.split(";") if part.strip())
    parts.sort(key=lambda part: not part.startswith("default-src"))
    return "; ".join(parts)


@pytest.mark.parametrize(("code", "said"), [("en", "Sign in"), ("th", "เข้าสู่ระบบ")])
def test_the_language_switch_needs_no_sign_in(client: Client, db: None, code: str, said: str) -> None:
    response = client.post("/language", {"language": code, "next": "/accounts/login/"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert said in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"), [("/accounts/login/", 200), ("/", 302), ("/no-such-page/", 404), ("/static/no-such-file", 404)]
)
def test_security_headers(client: Client, path: str, status: int) -> None:
    response = client.get(path, secure=True)
    headers = {name: response.headers.get(name, "") for name in SECURITY}
    headers["Content-Security-Policy"] = sorted_csp(headers["Content-Security-Policy"])
    assert (response.status_code, headers) == (status, SECURITY)


def test_cookies_are_locked_to_this_host() -> None:
    assert (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME) == ("__Host-session", "__Host-csrf")
    assert settings.SESSION_COOKIE_SECURE
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_SECURE
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")


# --- a start that lacks something ------------------------------------------------------------------


def start(tmp_path: Path, then: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of its own, away from any `.env`."""
    code = (
        "import pathlib, sys; is_file = pathlib.Path.is_file; "
        "pathlib.Path.is_file = lambda self: self.name != '.env' and is_file(self); "
        f"from pmj_standards import settings; {then}"
    )
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=clean, capture_output=True, text=True, check=False
    )


WHOLE = {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "standards.example", "BASE_URL": "https://standards.example"}


def test_production_starts_with_what_it_needs(tmp_path: Path) -> None:
    started = start(tmp_path, **WHOLE)
    assert (started.returncode, started.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_production_does_not_start_without(tmp_path: Path, name: str) -> None:
    started = start(tmp_path, **{key: value for key, value in WHOLE.items() if key != name})
    assert started.returncode == 1
    assert f'"{name}" not set' in started.stderr


@pytest.mark.parametrize("switch", ["DEMO", "DEBUG"])
def test_the_demo_and_debugging_are_for_one_s_own_machine(tmp_path: Path, switch: str) -> None:
    local = {"SECRET_KEY": "k" * 60, switch: "1"}
    for address in ("http://127.0.0.1:8010", "http://localhost"):
        assert start(tmp_path, **local, BASE_URL=address).returncode == 0
    for address in ("https://standards.example", "http://127.0.0.1.standards.example", "standards.example"):
        started = start(tmp_path, **local, BASE_URL=address)
        assert started.returncode == 1
        assert "ImproperlyConfigured: DEMO=1 and DEBUG=1 are for one's own machine" in started.stderr


def test_connections_are_checked_before_use_and_old_keys_can_be_named(tmp_path: Path) -> None:
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True
    started = start(tmp_path, "print(settings.SECRET_KEY_FALLBACKS)", **WHOLE, SECRET_KEY_FALLBACKS="first,second")
    assert started.stdout == "['first', 'second']\n"


def test_the_demo_starts_with_a_key_alone(tmp_path: Path) -> None:
    assert start(tmp_path, SECRET_KEY="k" * 60, DEMO="1").returncode == 0
