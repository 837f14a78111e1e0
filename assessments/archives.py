"""A ZIP that an office sends: guarded before anything is unpacked, and then given out one file at a time.

Nothing is ever written under a name of the archive: each entry goes to a nameless temporary file, which closes before
the next. Names are told apart as their writers wrote them: with the UTF-8 flag, in UTF-8 without it (older Macs), or in
the Thai Windows code page 874 (Windows Explorer, 7-Zip), which holds TIS-620.
"""

import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from assessments.files import FileRefused, clean_name, max_bytes
from assessments.office_files import UNREADABLE

MAX_ENTRIES = 1_000
# So many times the limit of one file may be packed in one archive, and come out of it.
MOST_PACKED = 20
MOST_UNPACKED = 40
# Below this much content the ratio says nothing.
RATIO_FROM = 20 * 1024 * 1024
MAX_RATIO = 100
FOLDER_LENGTH = 300
_PIECE = 256 * 1024
_MOST_NAMED = 3
# The end of a directory: its number of entries, and its length in bytes.
_END = struct.Struct("<10xHL6x")
# The same in the form for large archives, which OwnCloud writes for small ones too.
_LARGE_END = struct.Struct("<32xQQ8x")
_NESTED = re.compile(r"\.(zip|rar|7z|tar|gz|tgz|bz2|xz|cab|iso|arj|lzh|jar)$")
# What systems leave in folders without anybody's will; `~$` is what Office writes while a document is open.
_JUNK = re.compile(r"(^|/)(__macosx/|\.(?!\.?/)|~\$|thumbs\.db$|desktop\.ini$|ehthumbs\.db$)", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive. `folder` is where it lay, "2.1 แผน/ไตรมาส 1". Either `file` or `fault` is there."""

    name: str
    folder: str
    file: UploadedFile | None = None
    fault: str = ""


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def max_packed() -> int:
    """The largest archive in bytes."""
    return MOST_PACKED * max_bytes()


def is_junk(path: str) -> bool:
    """A file that a system left there, and nobody means to send."""
    return bool(_JUNK.search(path.replace("\\", "/")))


def folder_of(path: str) -> str:
    """The folders of a path as words: cleaned, without the ways up and out, the innermost kept where it is too long."""
    parts = [clean_name(part) for part in re.split(r"[/\\]", path)[:-1]]
    parts = [part for part in parts if part and part != ".."]
    while len("/".join(parts)) > FOLDER_LENGTH:
        parts = parts[1:] if len(parts) > 1 else [parts[0][:FOLDER_LENGTH]]
    return "/".join(parts)


def entries_of(content: IO[bytes], size: int) -> Iterator[Entry]:
    """The files of an archive, one after the other; raises FileRefused where the whole of it is not taken.

    An entry's file is there until the next is asked for. What the directory declares is not believed: an entry that
    unpacks to more than it says is a fault.
    """
    if size > max_packed():
        raise FileRefused(
            _("The ZIP is larger than %(limit)s MB; send it in several parts.")
            % {"limit": max_packed() // 1024 // 1024}
        )
    _check_number(content, size)
    try:
        archive = zipfile.ZipFile(content)
    except UNREADABLE:
        raise _damaged() from None
    with archive:
        wanted = _guarded(archive.infolist(), size)
        if not wanted:
            raise FileRefused(_("The ZIP holds no file."))
        for entry, path in wanted:
            yield from _unpacked(archive, entry, path)


def _check_number(content: IO[bytes], size: int) -> None:
    """The number of entries, as the end of the archive tells it: read before the directory is, which could be huge."""
    content.seek(max(0, size - 65_557))
    tail = content.read()
    content.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise _damaged()
    total, directory = _END.unpack_from(tail, place)
    large = tail.rfind(b"PK\x06\x06", 0, place)
    if 0xFFFF in (total, directory & 0xFFFF) and large >= 0 and place - large >= _LARGE_END.size:
        total, directory = _LARGE_END.unpack_from(tail, large)
    if total > MAX_ENTRIES or directory > MAX_ENTRIES * 2_000:
        raise _too_many(total)


def _guarded(entries: list[zipfile.ZipInfo], size: int) -> list[tuple[zipfile.ZipInfo, str]]:
    """The entries that are files, with their paths; raises FileRefused."""
    if len(entries) > MAX_ENTRIES:
        raise _too_many(len(entries))
    paths = [(entry, path_of(entry)) for entry in entries]
    for _entry, path in paths:
        if path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/"):
            raise FileRefused(
                _("The ZIP holds a name that leads out of it (%(name)s); pack the folder again and send that.")
                % {"name": clean_name(path[-60:]) or "/"}
            )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused(_("The ZIP is protected by a password; pack it again without one and send that."))
    wanted = [(entry, path) for entry, path in paths if not path.endswith("/") and not is_junk(path)]
    nested = [clean_name(path) for _entry, path in wanted if _NESTED.search(path.lower())]
    if nested:
        raise FileRefused(
            _("The ZIP holds other archives (%(names)s); unpack them, pack the folder again and send that.")
            % {"names": ", ".join(nested[:_MOST_NAMED]) + (" …" if len(nested) > _MOST_NAMED else "")}
        )
    unpacked = sum(entry.file_size for entry in entries)
    if (
        unpacked > MOST_UNPACKED * max_bytes()
        or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * size)
        # Entries that share their content: the bomb without nesting.
        or sum(entry.compress_size for entry in entries) > size
    ):
        raise FileRefused(_("The ZIP unpacks to far more than it should hold; send it in several parts."))
    return wanted


def path_of(entry: zipfile.ZipInfo) -> str:
    """The path as its writer wrote it, with / between the folders."""
    return _decoded(entry).replace("\\", "/")


def _decoded(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & 0x800:
        return entry.orig_filename
    try:
        raw = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.orig_filename
    told = _unicode_path(entry.extra, raw)
    if told:
        return told
    for encoding in ("utf-8", "cp874"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.orig_filename


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in UTF-8 that Info-ZIP and 7-Zip write beside the old one; it counts while its checksum is that of the
    old one."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        field = extra[place + 4 : place + 4 + length]
        place += 4 + length
        if (
            kind == 0x7075
            and len(field) > 5
            and field[0] == 1
            and struct.unpack_from("<I", field, 1)[0] == zlib.crc32(raw)
        ):
            try:
                return field[5:].decode("utf-8")
            except UnicodeDecodeError:
                return ""
    return ""


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> Iterator[Entry]:
    name, folder = clean_name(path) or "?", folder_of(path)
    if entry.file_size > max_bytes():
        limit = {"limit": max_bytes() // 1024 // 1024}
        too_large = _("The file is larger than %(limit)s MB; make it smaller, or attach it as a link.") % limit
        yield Entry(name, folder, fault=too_large)
        return
    with tempfile.TemporaryFile() as out:
        try:
            written = _copied(archive, entry, out)
        except UNREADABLE:
            yield Entry(name, folder, fault=_("The file is damaged in the ZIP; pack it again and send that."))
            return
        out.seek(0)
        yield Entry(name, folder, file=UploadedFile(out, name=name, size=written))


def _copied(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, out: IO[bytes]) -> int:
    """Bytes written; raises where the entry is damaged (zipfile compares its length and checksum)."""
    written = 0
    with archive.open(entry) as packed:
        while piece := packed.read(_PIECE):
            written += len(piece)
            if written > entry.file_size:
                raise zipfile.BadZipFile
            out.write(piece)
    if written != entry.file_size:
        raise zipfile.BadZipFile
    return written


def _too_many(number: int) -> FileRefused:
    return FileRefused(
        _("The ZIP holds %(number)s entries; at most %(limit)s are taken at once. Send it in several parts.")
        % {"number": f"{number:,}", "limit": f"{MAX_ENTRIES:,}"}
    )


def _damaged() -> FileRefused:
    return FileRefused(_("The ZIP is incomplete or damaged; pack the folder again and send that."))
