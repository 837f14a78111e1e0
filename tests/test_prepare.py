"""The step that prepares the database asks the database whether there is something to do."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from script.prepare import is_made

PREPARING = "Preparing the database and the standard (half a minute when it is new) ..."


def prepare(folder: Path) -> str:
    """What the step said."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DEBUG")}
    environment |= {"DATA_DIR": str(folder), "DEMO": "1", "BASE_URL": "http://127.0.0.1", "SECRET_KEY": "k" * 60}
    environment |= {"DJANGO_SETTINGS_MODULE": "pmj_standards.settings"}
    command = [sys.executable, "script/prepare.py", "database"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    return done.stderr.strip()


def execute(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database, database:
        database.execute(statement)


def test_prepared_once_and_again_where_the_database_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert prepare(tmp_path) == PREPARING
    begun = time.monotonic()
    assert prepare(tmp_path) == ""
    assert time.monotonic() - begun < 5
    assert is_made("database")
    whole = (tmp_path / "db.sqlite3").read_bytes()
    # As in a backup of the day before an update, or of the day before the standard was loaded; then emptied, then gone.
    for statement in (
        "DELETE FROM django_migrations WHERE id = (SELECT MAX(id) FROM django_migrations)",
        "DELETE FROM assessments_province WHERE iso = 'TH-50'",
    ):
        execute(tmp_path, statement)
        assert not is_made("database")
        for path in tmp_path.glob("db.sqlite3*"):
            path.unlink()
        (tmp_path / "db.sqlite3").write_bytes(whole)
        assert is_made("database")
    (tmp_path / "db.sqlite3").write_bytes(b"")
    assert not is_made("database")
    (tmp_path / "db.sqlite3").unlink()
    assert not is_made("database")


def test_a_database_that_a_url_names_is_always_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/name")
    assert not is_made("database")


def test_demonstration_data_is_made_again_for_an_emptied_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "demo").write_text("once")
    execute(tmp_path, "CREATE TABLE assessments_round (id INTEGER)")
    assert not is_made("demo")
    execute(tmp_path, "INSERT INTO assessments_round VALUES (1)")
    assert is_made("demo")
