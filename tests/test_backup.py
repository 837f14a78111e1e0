"""Backup and restore: the archive and its seal, what is refused, and the whole way with processes of their own."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from indicators.released import is_released
from pmj_standards.backup import packing, restoring, sealing
from pmj_standards.backup.refusing import BackupRefused
from tests.drill import environment

SECRET = b"a passphrase of the tests"
ABOUT = {"format": packing.FORMAT, "database": "sqlite", "migrations": [], "editions": {}, "counts": {}, "files": 1}
FILE = "evidence/ab/abcdef"


def member(name: str, data: bytes) -> packing.Member:
    return packing.Member(name, len(data), lambda: io.BytesIO(data))


def packed(path: Path, *, passphrase: bytes | None = None, **about: Any) -> Path:
    """A small archive: its account of itself, a database and one file of 3 MB."""
    members = [packing.words(packing.ABOUT, {**ABOUT, **about}), member("database/db.sqlite3", b"rows")]
    packing.pack(path, [*members, member(FILE, os.urandom(3_000_000))], passphrase=passphrase)
    return path


def refused(words: str) -> Any:
    return pytest.raises(BackupRefused, match=words)


# --- the archive and its seal ----------------------------------------------------------------------


@pytest.mark.parametrize("passphrase", [None, SECRET])
def test_an_archive_reads_back_as_it_was_packed(tmp_path: Path, passphrase: bytes | None) -> None:
    path = packed(tmp_path / "a", passphrase=passphrase)
    into = tmp_path / "into"
    into.mkdir()
    content = packing.unpack(path, passphrase=passphrase, into=into)
    assert content.about == ABOUT
    assert (into / "database/db.sqlite3").read_bytes() == b"rows"
    assert (into / FILE).stat().st_size == 3_000_000
    assert (path.stat().st_mode & 0o777, (into / FILE).stat().st_mode & 0o777) == (0o600, 0o600)


def test_a_sealed_archive_shows_nothing_of_its_content(tmp_path: Path) -> None:
    assert b"about.json" not in packed(tmp_path / "a", passphrase=SECRET).read_bytes()
    first, second = (packed(tmp_path / name, passphrase=SECRET).read_bytes()[:47] for name in "bc")
    assert first != second


@pytest.mark.parametrize("size", [0, 1, sealing.PIECE - 1, sealing.PIECE, sealing.PIECE + 1, 2 * sealing.PIECE])
def test_the_seal_keeps_every_length(size: int) -> None:
    text, sealed = os.urandom(size), io.BytesIO()
    with sealing.SealingWriter(sealed, SECRET) as writer:
        writer.write(text)
    opened = io.BufferedReader(sealing.SealedReader(io.BytesIO(sealed.getvalue()), SECRET))
    assert opened.read() == text


def test_the_seal_notices_every_change(tmp_path: Path) -> None:
    sealed = io.BytesIO()
    with sealing.SealingWriter(sealed, SECRET) as writer:
        writer.write(bytes(2 * sealing.PIECE + 5))
    whole, piece, head = sealed.getvalue(), sealing.PIECE + sealing.TAG, sealing.HEADER
    swapped = (
        whole[:head] + whole[head + piece : head + 2 * piece] + whole[head : head + piece] + whole[head + 2 * piece :]
    )
    flipped = bytearray(whole)
    flipped[head + 100] ^= 1
    for broken in (
        *(bytes(flipped), swapped, whole[: head + piece], whole[: head + 2 * piece], whole[:-1]),
        *(whole[: head - 1], whole[:head] + whole[head + piece :], whole + b"x"),
    ):
        with refused("damaged"):
            io.BufferedReader(sealing.SealedReader(io.BytesIO(broken), SECRET)).read()


def test_a_wrong_passphrase_is_told_from_damage(tmp_path: Path) -> None:
    path = packed(tmp_path / "a", passphrase=SECRET)
    with refused("not the one of this archive"):
        packing.unpack(path, passphrase=b"another passphrase")
    with refused("encrypted"):
        packing.unpack(path, passphrase=None)
    with refused("too short"):
        sealing.passphrase_of("eleven char")
    assert sealing.passphrase_of(" twelve chars\n") == b"twelve chars"


@pytest.mark.parametrize("passphrase", [None, SECRET])
def test_a_damaged_archive_is_refused_wherever_it_is_damaged(tmp_path: Path, passphrase: bytes | None) -> None:
    whole = packed(tmp_path / "a", passphrase=passphrase).read_bytes()
    broken = tmp_path / "broken"
    for cut in (0, 7, 30, 1000, len(whole) // 2, len(whole) - 1):
        broken.write_bytes(whole[:cut])
        with refused("damaged"):
            packing.unpack(broken, passphrase=passphrase)
    for place in (15, 60, len(whole) // 3, len(whole) // 2, len(whole) - 2):
        changed = bytearray(whole)
        changed[place] ^= 0x41
        broken.write_bytes(changed)
        with pytest.raises(BackupRefused):
            packing.unpack(broken, passphrase=passphrase)


def hand_made(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for info, data in entries:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def entry(
    name: str, data: bytes = b"x", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, data if kind == tarfile.REGTYPE else b""


@pytest.mark.parametrize(
    "bad",
    [
        entry("../outside"),
        entry("evidence/../../outside"),
        entry("/tmp/outside"),
        entry("evidence/ab/.."),
        entry("evidence/.hidden"),
        entry("evidence/a\\..\\b/../x"),
        entry("database/other"),
        entry("evidence/ab/link", kind=tarfile.SYMTYPE, link="/etc/passwd"),
        entry("evidence/ab/link", kind=tarfile.LNKTYPE, link="about.json"),
        entry("evidence/ab/pipe", kind=tarfile.FIFOTYPE),
        entry("evidence/ab", kind=tarfile.DIRTYPE),
    ],
    ids=lambda bad: bad[0].name,
)
def test_nothing_leads_out_of_the_folder(tmp_path: Path, bad: tuple[tarfile.TarInfo, bytes]) -> None:
    into = tmp_path / "into"
    into.mkdir()
    path = hand_made(tmp_path / "a", entry("about.json", json.dumps(ABOUT).encode()), bad)
    with refused("no backup of ours"):
        packing.unpack(path, passphrase=None, into=into)
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["a", "into"]


def test_the_manifest_is_the_truth(tmp_path: Path) -> None:
    about = entry("about.json", json.dumps(ABOUT).encode())
    no_manifest = hand_made(tmp_path / "a", about)
    other = {"members": {"about.json": {"size": 1, "sha256": "0" * 64}}}
    wrong = hand_made(tmp_path / "b", about, entry("manifest.json", json.dumps(other).encode()))
    twice = hand_made(tmp_path / "c", about, about)
    no_json = hand_made(tmp_path / "d", entry("about.json", b"{"))
    for path in (no_manifest, wrong, no_json):
        with refused("damaged"):
            packing.unpack(path, passphrase=None)
    with refused("no backup of ours"):
        packing.unpack(twice, passphrase=None)


def test_another_format_is_named(tmp_path: Path) -> None:
    with refused("not of a kind"):
        packing.unpack(packed(tmp_path / "a", format=99), passphrase=None)


# --- what is not restored --------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    """DATA_DIR of this test, without anything in it."""
    folder = tmp_path / "place"
    folder.mkdir()
    settings.DATA_DIR = folder
    storage = {**settings.STORAGES["default"], "OPTIONS": {"location": str(folder / "evidence"), "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return folder


def restored(path: Path, *, replace: bool = False, passphrase: bytes | None = None) -> restoring.Restored:
    return restoring.restore(path, passphrase=passphrase, replace=replace, say=lambda _line: None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"database": "oracle"}, "The archive is of oracle"),
        (
            {"migrations": ["assessments.0001_initial", "assessments.9999_later"]},
            "does not know assessments.9999_later",
        ),
        ({"editions": {"2563": "0" * 64}}, "standard of B.E. 2563"),
    ],
)
def test_the_wrong_version_is_refused_in_both_languages(
    place: Path, tmp_path: Path, about: dict[str, Any], words: str
) -> None:
    path = packed(tmp_path / "a", **{"database": connection.vendor, **about})
    with refused(words) as refusal:
        restored(path)
    thai, english = str(refusal.value).splitlines()
    assert (thai != english, words in english) == (True, True)
    assert list(place.iterdir()) == []


@pytest.mark.django_db
def test_an_edition_that_the_product_never_brought_is_nobody_s_to_refuse() -> None:
    restoring._refuse_other_version(
        {"database": connection.vendor, "migrations": [], "editions": {"2571": "1" * 64, "2563": RELEASED}}
    )


RELEASED = "5a024602278606fd90d122d2cea655ab8d598df00dea0ceadd9f15628e079232"


def test_the_edition_of_the_fixtures_is_among_the_released(edition: Any) -> None:
    assert is_released(2563, edition.content_hash)


@pytest.mark.django_db
@pytest.mark.parametrize("passphrase", [None, SECRET])
def test_damage_leaves_nothing_behind(place: Path, tmp_path: Path, passphrase: bytes | None) -> None:
    path = packed(tmp_path / "a", passphrase=passphrase, database=connection.vendor)
    path.write_bytes(path.read_bytes()[:-200])
    with refused("damaged"):
        restored(path, passphrase=passphrase)
    with refused("There is no archive"):
        restored(tmp_path / "nowhere")
    assert list(place.iterdir()) == []


def test_a_place_with_data_is_refused(place: Path, tmp_path: Path, manager: Any) -> None:
    path = packed(tmp_path / "a", database=connection.vendor)
    with refused("--replace"):
        restored(path)
    type(manager).objects.all().delete()
    (place / "evidence").mkdir()
    (place / "evidence" / "a file").write_text("x")
    with refused("--replace"):
        restored(path)


@pytest.mark.django_db
def test_a_database_that_is_not_what_the_archive_says_is_refused(place: Path, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the archive is made by hand with a file of SQLite")
    other = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(other)) as database, database:
        database.execute("CREATE TABLE django_migrations (app TEXT, name TEXT)")
    for data in (b"no database at all" * 100, other.read_bytes()):
        path = tmp_path / "a"
        path.unlink(missing_ok=True)
        packing.pack(path, [packing.words("about.json", ABOUT), member("database/db.sqlite3", data)], passphrase=None)
        with refused("damaged"):
            restored(path)
        assert list(place.iterdir()) == []


@pytest.mark.django_db
def test_the_command_says_why_and_never_takes_a_passphrase_as_a_word(place: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no archive"):
        call_command("restore", str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("backup", str(tmp_path / "a"), passphrase_file=tmp_path / "no such file")
    (tmp_path / "there").write_text("x")
    with pytest.raises(CommandError, match="replaces none"):
        call_command("backup", str(tmp_path / "there"))
    with pytest.raises(CommandError, match="no folder"):
        call_command("backup", str(tmp_path / "no" / "folder"))
    with pytest.raises(CommandError, match="cannot be read") as refusal:
        call_command("backup", str(tmp_path / "a"), "--passphrase", "secret words")
    assert "secret words" not in str(refusal.value)
    assert (tmp_path / "there").read_text() == "x"


# --- the whole way ---------------------------------------------------------------------------------

Run = Callable[..., subprocess.CompletedProcess[str]]


def run(folder: Path, *command: str, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment(folder, **more), capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def tool(folder: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "manage.py", *arguments, **more)


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, dict[str, Any]]]:
    """Where the place and the empty place are: two databases of the server that the tests use, or files of SQLite."""
    if connection.vendor == "sqlite":
        yield {"here": {}, "there": {}}
        return
    import psycopg

    at = connection.settings_dict
    server = psycopg.connect(
        host=at["HOST"], port=at["PORT"], user=at["USER"], password=at["PASSWORD"], dbname="postgres", autocommit=True
    )
    found: dict[str, dict[str, Any]] = {}
    for name in ("here", "there"):
        server.execute(f"DROP DATABASE IF EXISTS drill_{name}")
        server.execute(f"CREATE DATABASE drill_{name}")
        password = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
        found[name] = {
            "DATABASE_URL": f"postgres://{at['USER']}{password}@{at['HOST']}:{at['PORT'] or 5432}/drill_{name}"
        }
    yield found
    for name in found:
        server.execute(f"DROP DATABASE drill_{name} WITH (FORCE)")
    server.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, databases: dict[str, dict[str, Any]]) -> Path:
    """A place with a round, an office that answered everything, and three files."""
    folder = tmp_path_factory.mktemp("filled")
    tool(folder, "migrate", "--verbosity=0", **databases["here"])
    tool(folder, "loaddata", "provinces", "--verbosity=0", **databases["here"])
    tool(folder, "load_standard", "--verbosity=0", **databases["here"])
    run(folder, sys.executable, "-m", "tests.drill", "fill", **databases["here"])
    return folder


def test_taken_while_people_write_and_restored_into_an_empty_place(
    filled: Path, tmp_path: Path, databases: dict[str, dict[str, Any]]
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("a passphrase of the drill\n")
    command = [sys.executable, "-m", "tests.drill", "write", "60"]
    there = environment(filled, **databases["here"])
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=there, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        before = [writer.stdout.readline() for _ in range(5)]
        archive = tmp_path / "a.sealed"
        tool(filled, "backup", str(archive), f"--passphrase-file={secret}", **databases["here"])
        still_writing = writer.poll() is None
        writer.terminate()
        after = writer.stdout.read().splitlines()
    # People wrote on while it was taken.
    assert (still_writing, len(after) > 0) == (True, True)

    # The tool of the shell, onto nothing.
    place = tmp_path / "place"
    command = [str(settings.BASE_DIR / "script" / "restore"), str(archive), f"--passphrase-file={secret}"]
    done = run(place, *command, **databases["there"])
    assert "All checks of the record passed." in done.stdout
    assert sorted(each.name for each in place.iterdir() if each.name.startswith(("restore-", "before"))) == []

    content = packing.unpack(archive, passphrase=b"a passphrase of the drill")
    facts = json.loads(run(place, sys.executable, "-c", FACTS, **databases["there"]).stdout)
    assert facts == {key: content.about[key] for key in facts}
    assert facts["counts"]["assessments_answer"] == 76 * 86
    versions = json.loads(run(place, sys.executable, "-c", VERSIONS, **databases["there"]).stdout)
    # What was acknowledged before it began is in it.
    assert all(versions[pk] >= int(version) for pk, version in (line.split() for line in before))
    assert sum(versions.values()) <= 86 + len(before) + len(after) + 1
    files = sorted(path.relative_to(filled) for path in (filled / "evidence").rglob("*") if path.is_file())
    assert len(files) == 3
    assert [(place / path).read_bytes() for path in files] == [(filled / path).read_bytes() for path in files]

    # A second time there is data; with --replace it is put aside, and a refusal leaves it where it is.
    again = tool(place, "restore", str(archive), f"--passphrase-file={secret}", check=False, **databases["there"])
    assert (again.returncode, "--replace" in again.stderr) == (1, True)
    broken = tmp_path / "broken"
    broken.write_bytes(archive.read_bytes()[:-1])
    worse = tool(
        place, "restore", str(broken), f"--passphrase-file={secret}", "--replace", check=False, **databases["there"]
    )
    assert (worse.returncode, "damaged" in worse.stderr) == (1, True)
    assert json.loads(run(place, sys.executable, "-c", FACTS, **databases["there"]).stdout) == facts
    done = tool(place, "restore", str(archive), f"--passphrase-file={secret}", "--replace", **databases["there"])
    assert "before_restore_" in done.stdout
    assert json.loads(run(place, sys.executable, "-c", FACTS, **databases["there"]).stdout) == facts
    aside = [path for path in place.iterdir() if path.name.startswith("before_restore_")]
    assert len(aside) == 1
    assert sorted(path.name for path in aside[0].rglob("*") if path.is_file() and "sqlite" not in path.name) == sorted(
        path.name for path in files
    )


FACTS = """
import django, json; django.setup()
from django.db import connection
from pmj_standards.backup.records import ask_here, facts_of
print(json.dumps(facts_of(ask_here, connection.vendor)))
"""
VERSIONS = """
import django, json; django.setup()
from assessments.models import Answer
print(json.dumps(dict(Answer.objects.filter(version__gt=0).values_list("indicator_id", "version"))))
"""


def test_a_missing_file_stops_no_backup_and_is_named(
    filled: Path, tmp_path: Path, databases: dict[str, dict[str, Any]]
) -> None:
    place = tmp_path / "copy"
    shutil.copytree(filled, place)
    lost = min(path for path in (place / "evidence").rglob("*") if path.is_file())
    lost.unlink()
    archive = tmp_path / "a.tar.gz"
    done = tool(place, "backup", str(archive), check=False, **databases["here"])
    assert (done.returncode, lost.name in done.stderr, archive.exists()) == (3, True, True)
    assert not list(tmp_path.glob("*.part"))
