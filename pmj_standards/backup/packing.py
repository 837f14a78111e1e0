"""The archive: a compressed tar whose last member lists the SHA-256 of all others.

about.json       what it is: format, when, product version, database, migrations, editions, counts, scores
database/...     db.sqlite3 (a whole copy) or database.dump (pg_dump's custom format)
evidence/...     the files under the names the database knows
manifest.json    {"members": {name: {"size": ..., "sha256": ...}}}
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from pmj_standards.backup.refusing import BackupRefused, no_space, unless_full
from pmj_standards.backup.sealing import MAGIC, SealedReader, SealingWriter, damaged

FORMAT = 1
ABOUT, MANIFEST = "about.json", "manifest.json"
# Everything that an archive may hold: no name leads out of the folder it is unpacked in.
NAMES = re.compile(
    r"about\.json|manifest\.json|database/(db\.sqlite3|database\.dump)|evidence(/[0-9A-Za-z_-][0-9A-Za-z_.-]*){1,4}"
)
# About and manifest are read whole; 76 offices with 100,000 files stay far below.
LONGEST_WORDS = 64 * 1024 * 1024
STEP = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: its name, its size in bytes, and how to open it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


def words(name: str, content: Any) -> Member:
    """A member of JSON."""
    data = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return Member(name, len(data), lambda: io.BytesIO(data))


class _Counted(io.RawIOBase):
    """Reads a member and takes its hash on the way."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.digest.update(piece)
        return piece


def pack(path: Path, members: Iterable[Member], *, passphrase: bytes | None) -> None:
    """Write an archive; it is whole on the disk when this returns. Readable by the account that makes it alone."""
    with unless_full(), ExitStack() as stack:
        file = stack.enter_context(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))
        # Inside out, so that each writes its end into the next: tar, gzip, seal, file.
        target: Any = stack.enter_context(SealingWriter(file, passphrase)) if passphrase else file
        packed = stack.enter_context(gzip.GzipFile(fileobj=target, mode="wb", compresslevel=1, mtime=0))
        tar = stack.enter_context(tarfile.open(fileobj=packed, mode="w|"))
        manifest = {}
        for member in members:
            with member.open() as source:
                manifest[member.name] = {"size": member.size, "sha256": _add(tar, member, source)}
        last = words(MANIFEST, {"members": manifest})
        _add(tar, last, last.open())
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _add(tar: tarfile.TarFile, member: Member, source: IO[bytes]) -> str:
    info = tarfile.TarInfo(member.name)
    info.size, info.mode = member.size, 0o600
    counted = _Counted(source)
    tar.addfile(info, counted)
    return counted.digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """What an archive says of itself, and the SHA-256 of each of its members."""

    about: dict[str, Any]
    hashes: dict[str, str]

    def faults(self, files: Iterable[tuple[str, int, str]]) -> list[str]:
        """The evidence files that the database knows (name, size, sha256) and the archive lacks, or has otherwise."""
        return [name for name, _size, digest in files if self.hashes.get(f"evidence/{name}") != digest]


def unpack(path: Path, *, passphrase: bytes | None, into: Path | None = None) -> Content:
    """The content of an archive, after every member was compared with the manifest; raises BackupRefused.

    With `into`, an empty folder, the members are written there. Without it they are only read.
    """
    with unless_full(), _opened(path, passphrase) as stream:
        found: dict[str, dict[str, Any]] = {}
        texts: dict[str, Any] = {}
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for info in tar:
                    _take(tar, info, found, texts, into)
            # The end of the compressed stream holds its check sum.
            while stream.read(STEP):
                pass
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError):
            raise damaged() from None
    manifest = found.pop(MANIFEST, None)
    if manifest is None or found != texts[MANIFEST].get("members"):
        raise damaged()
    about = texts.get(ABOUT)
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise BackupRefused(_("This archive is not of a kind that this version reads. Use the version that made it."))
    return Content(about, {name: each["sha256"] for name, each in found.items()})


@contextmanager
def _opened(path: Path, passphrase: bytes | None) -> Iterator[IO[bytes]]:
    with ExitStack() as stack:
        file: Any = stack.enter_context(path.open("rb"))
        start = file.read(len(MAGIC))
        file.seek(0)
        if start == MAGIC:
            if passphrase is None:
                raise BackupRefused(
                    _("This archive is encrypted. Name the file with its passphrase: --passphrase-file FILE.")
                )
            file = stack.enter_context(io.BufferedReader(SealedReader(file, passphrase), STEP))
        packed: Any = gzip.GzipFile(fileobj=file, mode="rb")
        yield stack.enter_context(packed)


def _take(
    tar: tarfile.TarFile, info: tarfile.TarInfo, found: dict[str, Any], texts: dict[str, Any], into: Path | None
) -> None:
    """Read one member; raises BackupRefused for one that has no place in an archive."""
    if not info.isreg() or not NAMES.fullmatch(info.name) or info.name in found:
        raise BackupRefused(
            _("The archive holds something that no backup of ours holds (%(name)s). It is not restored."),
            name=repr(info.name)[:200],
        )
    source = tar.extractfile(info)
    assert source is not None
    if info.name in (ABOUT, MANIFEST):
        if info.size > LONGEST_WORDS:
            raise damaged()
        data = source.read()
        texts[info.name] = json.loads(data)
        if not isinstance(texts[info.name], dict):
            raise damaged()
        found[info.name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        return
    if into and shutil.disk_usage(into).free < info.size:
        raise no_space()
    digest, size = hashlib.sha256(), 0
    with _writing(into and into / info.name) as target:
        while piece := source.read(STEP):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    found[info.name] = {"size": size, "sha256": digest.hexdigest()}


@contextmanager
def _writing(path: Path | None) -> Iterator[IO[bytes]]:
    if path is None:
        with Path(os.devnull).open("wb") as nowhere:
            yield nowhere
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
