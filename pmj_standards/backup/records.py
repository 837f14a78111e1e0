"""Both databases: a copy of one moment while people go on working, and what it must still say after a restore."""

import hashlib
import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils.translation import gettext_lazy as _

from pmj_standards.backup.refusing import BackupRefused

MEMBERS = {"sqlite": "database/db.sqlite3", "postgresql": "database/database.dump"}
# What an earlier restore put aside is no part of the data.
ASIDE = "before_restore_"

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
}
_SCORES = (
    "SELECT id, version, is_answered, score, band FROM assessments_answer ORDER BY id",
    "SELECT id, status, results, verified_results, final_results FROM assessments_assessment ORDER BY id",
    "SELECT id, version, outcome, score, final_score FROM assessments_review ORDER BY id",
)
_FILES = (
    "SELECT file, size, sha256 FROM assessments_evidence WHERE kind = 'file'",
    "SELECT file, size, sha256 FROM assessments_attachment",
)

Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The database at one moment: its copy, what it says, and the files that it knows as (name, size, sha256)."""

    path: Path
    facts: dict[str, Any]
    files: list[tuple[str, int, str]]


def facts_of(ask: Ask, vendor: str) -> dict[str, Any]:
    """What a restored database must still say: rows of each table, migrations, editions, and a hash of all scores."""
    tables = [name for (name,) in ask(_TABLES[vendor])]
    scores = hashlib.sha256()
    for query in _SCORES:
        for row in ask(query):
            scores.update(json.dumps(row, default=str).encode())
    return {
        "counts": {name: ask(f'SELECT COUNT(*) FROM "{name}"')[0][0] for name in tables},  # noqa: S608 - its own names
        "migrations": sorted(f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations")),
        "editions": {
            str(year): digest
            for year, digest in ask("SELECT year, content_hash FROM indicators_edition WHERE status = 'published'")
        },
        "scores": scores.hexdigest(),
    }


def files_of(ask: Ask) -> list[tuple[str, int, str]]:
    return sorted({(name, size, digest) for query in _FILES for name, size, digest in ask(query)})


def snapshot(folder: Path) -> Snapshot:
    """Copy the database into `folder`. Whoever writes meanwhile is not held up."""
    return _sqlite(folder / "db.sqlite3") if connection.vendor == "sqlite" else _postgres(folder / "database.dump")


def _sqlite(path: Path) -> Snapshot:
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        # In one step: it reads one moment of the write-ahead log while others write on.
        connection.connection.backup(copy)
    with asked_of(path) as ask:
        found = Snapshot(path, facts_of(ask, "sqlite"), files_of(ask))
        # One file again, without a log beside it.
        ask("PRAGMA journal_mode = DELETE")
    return found


@contextmanager
def asked_of(path: Path) -> Iterator[Ask]:
    """Ask another SQLite file, with the functions and orders of letters that its constraints and indexes need."""
    other = DatabaseWrapper({**connection.settings_dict, "NAME": str(path)}, alias="restored")

    def ask(query: str) -> list[tuple[Any, ...]]:
        with other.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    try:
        yield ask
    finally:
        other.close()


def ask_here(query: str) -> list[tuple[Any, ...]]:
    """Ask the database of the settings."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _postgres(path: Path) -> Snapshot:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (moment,) = cursor.fetchone()
        # Dump and figures are of the same moment.
        only = (f"--snapshot={moment}", f"--exclude-schema={ASIDE}*", *_OURS)
        _run("pg_dump", "--format=custom", *only, f"--file={path}")
        return Snapshot(path, facts_of(ask_here, "postgresql"), files_of(ask_here))


_OURS = ("--no-owner", "--no-privileges")


def pg_restore(path: Path) -> None:
    """All of a dump or nothing of it."""
    name = str(connection.settings_dict["NAME"])
    _run("pg_restore", "--single-transaction", "--exit-on-error", *_OURS, f"--dbname={name}", str(path))


def _run(*command: str) -> None:
    """A tool of PostgreSQL. Place and password of the database go by the environment, which no process list shows."""
    at = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {name: str(at[key]) for name, key in names.items() if at.get(key)}
    try:
        done = subprocess.run(  # noqa: S603 - our own words only
            command, env={**os.environ, **given}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupRefused(
            _("%(tool)s is not on this machine. Install PostgreSQL's client: apt-get install postgresql-client."),
            tool=command[0],
        ) from None
    if done.returncode:
        raise BackupRefused(
            _("%(tool)s failed; nothing was changed. It said: %(words)s"),
            tool=command[0],
            words=done.stderr.strip()[-1000:],
        )
