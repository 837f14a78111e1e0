"""The office's whole evidence as a ZIP with Thai names: a folder for each indicator, and a list of all that is in it.

The archive is written while it is sent, a piece at a time, and nothing is compressed (documents and pictures are
already), so its length is known beforehand. A file that serves several indicators lies in the folder of each.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.core.files.base import File
from django.utils.translation import gettext as _
from zipstream import ZipStream

from assessments.calendar import moment_text, short_date
from assessments.models import Assessment, Evidence
from assessments.queries.evidence import Item

# Bytes that a name may have on the disk of whoever unpacks it (a Thai letter takes three), and letters of a folder.
NAME_BYTES = 200
FOLDER_NAME = 60
# What Windows does not take in a name, and names that it keeps for itself.
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_MARKS = re.compile("^[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]+")


@dataclass(frozen=True, slots=True)
class Packed:
    """One line of the list: an item for one indicator (or for none), and its place in the ZIP. `path` is empty for a
    link and for a file that storage has lost."""

    item: Item
    code: str
    path: str


def archive_of(assessment: Assessment, items: Iterable[Item], names: Mapping[str, str]) -> ZipStream:
    """The ZIP, to be sent piece by piece; its `len` is that of the whole. `names` maps codes to indicators' names."""
    lines = list(_lines(items, names))
    archive = ZipStream(sized=True)
    archive.add(_manifest(assessment, lines, names), safe_name(_("List of evidence") + ".csv"))
    for line in lines:
        if line.path:
            archive.add(_pieces(line.item.evidence), line.path, size=line.item.evidence.size)
    return archive


def file_name(assessment: Assessment) -> str:
    words = _("Evidence of %(office)s %(year)s")
    return safe_name(words % {"office": assessment.province.office_name, "year": assessment.round.year} + ".zip")


def safe_name(name: str, taken: set[str] | None = None) -> str:
    """A name that every system takes: no sign of a path, not too long, its ending kept; numbered where `taken`."""
    name = _UNSAFE.sub("_", name).strip(" .") or "_"
    name = f"_{name}" if _RESERVED.match(name) else name
    stem, point, ending = name.rpartition(".")
    stem, ending = (stem, point + ending) if stem and len(ending) <= 10 else (name, "")
    number = 1
    while True:
        mark = f" ({number})" if number > 1 else ""
        made = _cut(stem, NAME_BYTES - len((mark + ending).encode())) + mark + ending
        if taken is None or made.casefold() not in taken:
            break
        number += 1
    if taken is not None:
        taken.add(made.casefold())
    return made


def _cut(text: str, size: int) -> str:
    """The beginning of a text in so many bytes, no letter parted from the signs above and below it."""
    kept = text.encode()[:size].decode(errors="ignore")
    if len(kept) < len(text) and _MARKS.match(text[len(kept) :]):
        kept = re.sub("[\u0e01-\u0e2e][\u0e31-\u0e3a\u0e47-\u0e4e]*$", "", kept)
    return kept.rstrip(" .") or kept


def _lines(items: Iterable[Item], names: Mapping[str, str]) -> Iterator[Packed]:
    items = list(items)
    there = {item.evidence.pk: _is_there(item.evidence) for item in items}
    taken: dict[str, set[str]] = {}
    for code in [*names, ""]:
        for item in items:
            if code in item.codes or (not code and not item.codes):
                folder = safe_name(f"{code} {names[code]}"[:FOLDER_NAME]) if code else _("Serving no indicator")
                path = ""
                if there[item.evidence.pk]:
                    path = f"{folder}/{safe_name(item.evidence.name, taken.setdefault(folder, set()))}"
                yield Packed(item, code, path)


def _is_there(evidence: Evidence) -> bool:
    if evidence.kind == Evidence.Kind.LINK:
        return False
    try:
        return evidence.file.size == evidence.size
    except FileNotFoundError:
        return False


def _pieces(evidence: Evidence) -> Iterator[bytes]:
    """The file in pieces, opened only when its turn comes."""
    with evidence.file.storage.open(str(evidence.file.name)) as content:
        yield from File(content).chunks()


def _manifest(assessment: Assessment, lines: Iterable[Packed], names: Mapping[str, str]) -> bytes:
    """The list as CSV; the mark at its beginning tells a spreadsheet that it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    heads = (_("Indicator"), _("Name of the indicator"), _("Kind"), _("Name of the file"), _("Place in the ZIP"))
    more = (
        _("Size (bytes)"),
        "SHA-256",
        _("Date of the document"),
        _("Added by"),
        _("Added"),
        _("Address of the link"),
    )
    writer.writerow([_("Office"), assessment.province.office_name])
    writer.writerow([_("Fiscal year"), assessment.round.year])
    writer.writerow([])
    writer.writerow([*heads, *more])
    for line in lines:
        evidence = line.item.evidence
        is_lost = evidence.kind == Evidence.Kind.FILE and not line.path
        row = (
            line.code,
            names.get(line.code, ""),
            str(line.item.label),
            evidence.name,
            _("the file is not there") if is_lost else line.path,
            str(evidence.size) if evidence.size else "",
            evidence.sha256,
            short_date(evidence.document_date) if evidence.document_date else "",
            line.item.brought_by,
            moment_text(evidence.added_at),
            evidence.url,
        )
        writer.writerow([_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _text(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
