"""Word, Excel and PowerPoint files as evidence: bounded before they are opened, and without anything that acts.

Pure of requests and rows. A file of 195 KB can declare 200 MB of content; a document can carry programs, other
archives, or fetch its parts from a stranger's server when it is opened.
"""

import lzma
import re
import struct
import zipfile
import zlib
from io import BytesIO
from typing import IO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

MAX_ENTRIES = 5_000
MAX_UNPACKED = 200 * 1024 * 1024
# Below this much content the ratio says nothing: an empty form of a sheet packs a hundredfold.
RATIO_FROM = 20 * 1024 * 1024
MAX_RATIO = 100
# Parts that are read whole: the list of contents and the relations.
MAX_LIST = 8 * 1024 * 1024
MAX_EMBEDDED = 50

_MAIN = {
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xl": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "ppt": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
_EMBEDDED = {"docx": "word", "xlsx": "xl", "pptx": "ppt"}
_CARRIED = re.compile(
    r"\.(zip|rar|7z|gz|bz2|xz|tar|cab|iso|jar|exe|dll|scr|msi|bat|cmd|js|vbs|ps1|hta|docm|xlsm|pptm)$"
)
# What zipfile raises over a damaged archive: its own error is only one of them (a wrong offset is a ValueError).
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError),
    *(KeyError, ValueError, OverflowError, OSError),
)
_LOCAL = re.compile(r"^(file:///)?[A-Za-z]:[\\/]|^[^:/\\]+$")


class OfficeFault(Exception):
    """What is wrong with the file, as a sentence for the person."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def check_office(file: IO[bytes], *, folder: str, depth: int = 0) -> None:
    """Check one file whose content lies under `folder` (word, xl or ppt); raises OfficeFault."""
    if file.read(4) != b"PK\x03\x04":
        raise _damaged()
    size = file.seek(0, 2)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_bounds(entries, size)
            _check_names(entries)
            _check_contents(archive, folder)
            for entry in entries:
                _check_part(archive, entry)
            _check_embedded(archive, entries, depth)
    except DefusedXmlException:  # a ValueError, so before those
        raise OfficeFault(
            _("The file holds hidden declarations (DTD); save it again from Office and attach the new file.")
        ) from None
    except (*UNREADABLE, ParseError, SAXException):
        raise _damaged() from None


def _check_bounds(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * size)
        or any(entry.compress_size > size for entry in entries)
    ):
        raise OfficeFault(
            _("The file unpacks to far more than it should hold; delete unused rows and pictures, or save it as PDF.")
        )


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise _damaged()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise OfficeFault(_("The file is protected by a password; save it without a password and attach it again."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _macros()
    if any(_CARRIED.search(name.lower()) for name in names):
        raise OfficeFault(_("The file holds another archive or a program; take it out, save and attach it again."))


def _check_contents(archive: zipfile.ZipFile, folder: str) -> None:
    root = fromstring(_whole(archive, "[Content_Types].xml"), forbid_dtd=True)
    types = {(part.get("PartName", ""), part.get("ContentType", "")) for part in root}
    if any("macroEnabled" in kind or "vbaProject" in kind for _name, kind in types):
        raise _macros()
    main = [name for name, kind in types if kind == _MAIN[folder]]
    if not any(name.startswith(f"/{folder}/") and name[1:] in archive.NameToInfo for name in main):
        raise OfficeFault(
            _("The content is not what the name says; save it again from the program that made it and attach that.")
        )


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    name = entry.filename.lower()
    if not name.endswith((".xml", ".rels", ".vml")) or not entry.file_size:
        return
    with archive.open(entry) as part:
        _check_prolog(part)
    if name.endswith(".rels"):
        root = fromstring(_whole(archive, entry.filename), forbid_dtd=True)
        if any(_fetches(dict(relation.attrib)) for relation in root):
            raise OfficeFault(_("The file takes parts of itself from elsewhere; break those links or save it as PDF."))


def _fetches(relation: dict[str, str]) -> bool:
    """Whether opening the document fetches this: anything outside it but a link that a person clicks, and a template
    on the writer's own disk (Word notes it in every document made from one, and it reaches nowhere)."""
    kind = relation.get("Type", "").rpartition("/")[2]
    if relation.get("TargetMode") != "External" or kind == "hyperlink":
        return False
    return not (kind == "attachedTemplate" and _LOCAL.match(relation.get("Target", "")))


class _RootReached(Exception):
    """The first element: a declaration (DTD) can only stand before it."""


class _UntilRoot(ContentHandler):
    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - the parser's name
        raise _RootReached


def _check_prolog(part: IO[bytes]) -> None:
    """Refuse a document type declaration and with it every entity. Reads no further than the first element."""
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(_UntilRoot())
    try:
        while chunk := part.read(16384):
            parser.feed(chunk)
        parser.close()
    except _RootReached:
        return


def _whole(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MAX_LIST:
        raise _damaged()
    return archive.read(name)


def _check_embedded(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], depth: int) -> None:
    """Charts carry their figures as a small workbook: one level of that, each checked as the whole is."""
    inside = [
        entry for entry in entries if entry.filename.lower().endswith(tuple(f".{ending}" for ending in _EMBEDDED))
    ]
    if inside and (depth or len(inside) > MAX_EMBEDDED):
        raise OfficeFault(_("Too many files lie inside this file; save it as PDF and attach that."))
    for entry in inside:
        ending = entry.filename.lower().rpartition(".")[2]
        check_office(BytesIO(archive.read(entry)), folder=_EMBEDDED[ending], depth=depth + 1)


def _macros() -> OfficeFault:
    return OfficeFault(_("The file holds macros; save it without macros (.docx, .xlsx, .pptx) and attach it again."))


def _damaged() -> OfficeFault:
    return OfficeFault(_("The file is incomplete or damaged; open it, save it again and attach the new file."))
