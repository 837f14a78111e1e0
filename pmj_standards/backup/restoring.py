"""Restoring: everything is unpacked, compared and proved in a folder beside the data; only then it takes its place.

What was in the place before is put aside, never removed. A refusal leaves the place as it was.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext_lazy as _

from indicators.released import is_released
from pmj_standards.backup import packing, records
from pmj_standards.backup.refusing import BackupRefused, unless_full
from pmj_standards.backup.sealing import damaged

# Rows of any of these are somebody's work.
_WORK = ("assessments_user", "assessments_round")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, equal to what was backed up: how the archive describes itself, where what was here before
    lies now (None: there was nothing), and the faults that the checks found in it, which were in it when it was
    backed up (empty: none)."""

    about: dict[str, Any]
    aside: str | None
    faults: str


def restore(path: Path, *, passphrase: bytes | None, replace: bool, say: Callable[[str], None]) -> Restored:
    """Put a backup in the place that the settings name; raises BackupRefused and leaves the place as it was.

    `say` gets each step as a line.
    """
    if not path.is_file():
        raise BackupRefused(_("There is no archive %(path)s."), path=path)
    if not replace:
        _refuse_work()
    folder = Path(tempfile.mkdtemp(dir=settings.DATA_DIR, prefix="restore-"))
    try:
        with unless_full():
            say("unpacking and comparing with the manifest")
            content = packing.unpack(path, passphrase=passphrase, into=folder)
            _refuse_other_version(content.about)
            (folder / "evidence").mkdir(exist_ok=True)
            into = _into_sqlite if connection.vendor == "sqlite" else _into_postgres
            return into(folder, content, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_work() -> None:
    """Restoring into a place that holds somebody's work needs to be said."""
    evidence = _evidence()
    if any(evidence.glob("*")) or any(_rows(table) for table in _WORK):
        raise BackupRefused(
            _(
                "There is data here already (%(place)s). Restore into an empty DATA_DIR or database; or, to put this "
                "data aside and the backup in its place, stop the product and add --replace."
            ),
            place=settings.DATA_DIR,
        )


def _rows(table: str) -> int:
    if table not in connection.introspection.table_names():
        return 0
    return int(records.ask_here(f"SELECT COUNT(*) FROM {table}")[0][0])  # noqa: S608 - one of _WORK


def _refuse_other_version(about: dict[str, Any]) -> None:
    if about.get("database") != connection.vendor:
        raise BackupRefused(
            _("The archive is of %(theirs)s, this place uses %(ours)s. Set DATABASE_URL to the same kind of database."),
            theirs=about.get("database"),
            ours=connection.vendor,
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(about["migrations"]) - known)
    if unknown:
        raise BackupRefused(
            _(
                "The archive was made by another version of the product: this one does not know %(unknown)s. "
                "Install the version that made it, then restore."
            ),
            unknown=", ".join(unknown),
        )
    for year, digest in sorted(about["editions"].items()):
        if not is_released(int(year), digest):
            raise BackupRefused(
                _(
                    "The standard of B.E. %(year)s in the archive is not one that this version knows "
                    "(content hash %(digest)s). Install the version that made it, then restore."
                ),
                year=year,
                digest=digest,
            )


def _compare(ask: records.Ask, content: packing.Content) -> None:
    """Raises BackupRefused unless counts, migrations, editions, scores and files are those of the archive's account."""
    try:
        facts = records.facts_of(ask, connection.vendor)
        known = {name: digest for name, _size, digest in records.files_of(ask)}
    except DatabaseError:
        raise damaged() from None
    files = {name.removeprefix("evidence/") for name in content.hashes if name.startswith("evidence/")}
    if any(facts[key] != content.about.get(key) for key in facts) or files - known.keys():
        raise BackupRefused(_("The archive does not hold what it says of itself. It is not restored; use another one."))


def _prove(say: Callable[[str], None], **environment: str) -> str:
    """Bring the tables up to this version (raises BackupRefused); then what the checks of the record find, which a
    restore does not mend: the data is what was backed up."""
    say("bringing the tables up to this version")
    done = _manage("migrate", "--no-input", "--verbosity=0", **environment)
    if done.returncode:
        raise BackupRefused(
            _("The tables could not be brought up to this version; nothing was changed. It said: %(words)s"),
            words=_words(done)[-2000:],
        )
    say("checking editions, evidence, scores and audit trail")
    done = _manage("check_record", **environment)
    return _words(done) if done.returncode else ""


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(  # noqa: S603 - our own commands
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def _words(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stdout + done.stderr).strip()


# --- SQLite ----------------------------------------------------------------------------------------


def _into_sqlite(folder: Path, content: packing.Content, say: Callable[[str], None]) -> Restored:
    staged = folder / "data"
    staged.mkdir()
    database = staged / "db.sqlite3"
    (folder / records.MEMBERS["sqlite"]).rename(database)
    (folder / "evidence").rename(staged / "evidence")
    with records.asked_of(database) as ask:
        try:
            sound = ask("PRAGMA integrity_check") == [("ok",)]
        except DatabaseError:
            raise damaged() from None
        if not sound:
            raise damaged()
        _compare(ask, content)
    faults = _prove(say, DATA_DIR=str(staged), DATABASE_URL=f"sqlite:///{database}")
    had = bool(connection.introspection.table_names())
    connection.close()
    place = Path(connection.settings_dict["NAME"])
    files = [place, *(place.with_name(place.name + end) for end in ("-wal", "-shm"))]
    if not had:
        # Only the asking made them.
        for empty in files:
            empty.unlink(missing_ok=True)
    with _aside([*files, _evidence()]) as aside:
        say("putting everything in its place")
        shutil.move(staged / "evidence", _evidence())
        shutil.move(database, place)
    return Restored(content.about, str(aside) if aside else None, faults)


def _evidence() -> Path:
    return Path(storages["default"].path(""))


@contextmanager
def _aside(places: list[Path]) -> Iterator[Path | None]:
    """Move what is there into a folder of its own; if the body fails, move it back."""
    there = [place for place in places if place.exists() and not (place.is_dir() and not any(place.iterdir()))]
    for empty in set(places) - set(there):
        if empty.is_dir():
            empty.rmdir()
    aside = settings.DATA_DIR / f"{records.ASIDE}{datetime.now(UTC):%Y%m%d%H%M%S}" if there else None
    if aside:
        aside.mkdir(mode=0o700)
    moved = []
    try:
        for place in there:
            assert aside is not None
            shutil.move(place, aside / place.name)
            moved.append(place)
        yield aside
    except BaseException:
        for place in places:
            if place in moved or place not in there:
                _remove(place)
        for place in moved:
            assert aside is not None
            shutil.move(aside / place.name, place)
        if aside:
            aside.rmdir()
        raise


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


# --- PostgreSQL ------------------------------------------------------------------------------------


def _into_postgres(folder: Path, content: packing.Content, say: Callable[[str], None]) -> Restored:
    dump = folder / records.MEMBERS["postgresql"]
    if not dump.is_file():
        raise damaged()
    with _schema_aside() as schema:
        say("restoring the dump")
        records.pg_restore(dump)
        _compare(records.ask_here, content)
        with _aside([_evidence()]) as files:
            shutil.move(folder / "evidence", _evidence())
            faults = _prove(say)
    aside = ", ".join(str(each) for each in (schema, files) if each)
    return Restored(content.about, aside or None, faults)


@contextmanager
def _schema_aside() -> Iterator[str | None]:
    """An empty schema `public`; what was in it has a schema of its own, and comes back if the body fails."""
    had = bool(connection.introspection.table_names())
    aside = f"{records.ASIDE}{datetime.now(UTC):%Y%m%d%H%M%S}"
    if had:
        _execute(f"ALTER SCHEMA public RENAME TO {aside}")
        _execute("CREATE SCHEMA public")
    try:
        yield aside if had else None
    except BaseException:
        _execute("DROP SCHEMA public CASCADE")
        _execute(f"ALTER SCHEMA {aside} RENAME TO public" if had else "CREATE SCHEMA public")
        raise


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
