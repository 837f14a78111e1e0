"""What a file may be: eight kinds, told by their content and not by their name, and what each must hold to.

Sniffers alone do not do: libmagic calls an HTML page with a PDF behind it a PDF, and every sniffer takes a zip bomb
for a spreadsheet. So libmagic gives its opinion and each kind's own structure decides. Whoever opens a checked file
later may rely on these bounds.
"""

import os
import re
import struct
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import magic
from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageFile

from assessments.office_files import OfficeFault, check_office
from indicators import thai

NAME_LENGTH = 300
# A picture of 50 megapixels (the sharpest of common phones) decodes to 150 MB; more is refused unread.
MAX_PIXELS = 50_000_000
# A form without script may send several files at once: so many times the limit of one.
FILES_AT_ONCE = 10
# Endings that say "run me" or "show me as a page" before the last one: notice.exe.pdf.
_HIDDEN_ENDINGS = frozenset(
    {"exe", "scr", "bat", "cmd", "msi", "js", "vbs", "ps1", "jar", "html", "htm", "svg", "php", "sh", "hta", "lnk"}
)


class FileRefused(Exception):
    """A file that is not taken; `message` is one sentence that says why and what to do."""

    def __init__(self, message: str | Promise) -> None:
        self.message = str(message)
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `sniffed` lists what libmagic may call it; `inline` says whether a browser may show it."""

    label: str | Promise
    extensions: tuple[str, ...]
    content_type: str
    sniffed: frozenset[str]
    check: Callable[[IO[bytes]], None]
    inline: bool = False


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept, under the name that is shown. Made by `check` only."""

    name: str
    kind: Kind
    size: int
    content: File


def max_bytes() -> int:
    return int(settings.EVIDENCE_MAX_MB) * 1024 * 1024


def clean_name(raw: str) -> str:
    """The name as it is shown: without folders, control and turning characters, at most 300 long with its ending."""
    name = re.split(r"[/\\]", raw)[-1]
    name = "".join(
        " " if unicodedata.category(sign) in {"Zl", "Zp"} or sign in "\r\n\t" else sign
        for sign in name
        if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"} or sign in "\r\n\t"
    )
    name = thai.clean(name).strip(" .")
    stem, extension = os.path.splitext(name)
    if len(extension) > 10:
        stem, extension = name, ""
    return stem[: NAME_LENGTH - len(extension)].rstrip(" .") + extension


def check(file: UploadedFile) -> CheckedFile:
    """The file with its clean name and its kind; raises FileRefused. The file is read and wound back."""
    name = clean_name(file.name or "")
    if not file.size:
        raise FileRefused(_("The file is empty; open it to see whether it is the right one, and choose it again."))
    if file.size > max_bytes():
        raise FileRefused(
            _("The file is larger than %(limit)s MB; make it smaller, or attach it as a link.")
            % {"limit": settings.EVIDENCE_MAX_MB}
        )
    if getattr(file, "cut", False):
        raise FileRefused(_("Too much was sent at once; send this file again by itself."))
    kind = _kind_of_name(name)
    file.seek(0)
    found = magic.from_buffer(file.read(65536), mime=True)
    if found not in kind.sniffed:
        raise _lying(name, found)
    file.seek(0)
    kind.check(file)
    file.seek(0)
    return CheckedFile(name=name, kind=kind, size=file.size, content=file)


def check_name(name: str) -> None:
    """Raises FileRefused where the (clean) name alone tells that the file is not taken."""
    _kind_of_name(name)


def kind_of(content_type: str) -> Kind | None:
    """The kind of a kept file."""
    return next((kind for kind in KINDS if kind.content_type == content_type), None)


def _kind_of_name(name: str) -> Kind:
    *inner, last = name.lower().split(".")
    kind = next((kind for kind in KINDS if inner and last in kind.extensions), None)
    if kind is None:
        raise FileRefused(
            _(
                "This kind of file is not accepted; save it as PDF, JPG, PNG, WebP, Word (.docx), Excel (.xlsx), "
                "PowerPoint (.pptx) or MP4 and attach it again."
            )
        )
    hidden = next((part for part in inner[1:] if part in _HIDDEN_ENDINGS), None)
    if hidden:
        raise FileRefused(
            _("The name has a second ending, .%(ending)s; rename the file without it and attach it again.")
            % {"ending": hidden}
        )
    return kind


def _lying(name: str, found: str) -> FileRefused:
    ending = name.rpartition(".")[2].lower()
    old_office = {"application/x-ole-storage", "application/CDFV2", "application/encrypted", "application/msword"}
    if ending in {"docx", "xlsx", "pptx"} and (found in old_office or found.startswith("application/vnd.ms-")):
        return FileRefused(
            _(
                "The file has a password or is of an older Office; save it as .%(ending)s without a password "
                "and attach it again."
            )
            % {"ending": ending}
        )
    kind = next((kind for kind in KINDS if found == kind.content_type), None)
    label = kind.label if kind else _FOUND.get(found, gettext_lazy("another kind of file"))
    return FileRefused(
        _(
            "The name ends in .%(ending)s but the content is %(found)s; save it again from the program that made it "
            "and attach the new file."
        )
        % {"ending": ending, "found": label}
    )


# --- the structure of each kind --------------------------------------------------------------------


def _check_pdf(file: IO[bytes]) -> None:
    data = file.read()
    if not re.match(rb"%PDF-[12]\.\d", data):
        raise FileRefused(_("Something else stands before the PDF in this file; print it to PDF and attach that."))
    end = data.rstrip(b"\0\r\n\t ")[-4096:]
    start = data.rfind(b"startxref")
    offset = re.match(rb"startxref\s+(\d{1,12})", data[start : start + 64]) if start >= 0 else None
    if b"%%EOF" not in end or offset is None:
        raise FileRefused(_("The PDF is incomplete or damaged; save or scan it again and attach the new file."))
    if re.search(rb"/Encrypt\b", _trailer(data, int(offset[1]))):
        raise FileRefused(_("The PDF is protected by a password; save it without protection and attach it again."))


def _trailer(data: bytes, offset: int) -> bytes:
    """The dictionary that says whether a PDF is encrypted. Where the file's own pointer leads nowhere, all references
    of that name in the file (readers mend such files, so they are not refused)."""
    if data[offset : offset + 16].lstrip().startswith(b"xref"):
        start = data.find(b"trailer", offset)
        found = data[start : data.find(b"startxref", start)] if start >= 0 else b""
    else:
        found = data[offset : data.find(b"stream", offset)]
    if b"/Root" in found:
        return found
    return b" ".join(re.findall(rb"/Encrypt\s+\d+\s+\d+\s+R", data))


def _check_image(image_format: str) -> Callable[[IO[bytes]], None]:
    def check_image(file: IO[bytes]) -> None:
        # WeasyPrint, where this process imported it, has told Pillow to take half a picture for a whole one.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            with Image.open(file, formats=(image_format,)) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise _too_many_pixels()
                image.verify()
            file.seek(0)
            with Image.open(file, formats=(image_format,)) as image:
                # A JPEG is read at an eighth of its size: all of it is decoded, little memory is used.
                image.draft("RGB", (width // 8, height // 8))
                image.load()
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels() from None
        except (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError):
            raise FileRefused(
                _("The picture is incomplete or damaged; save or photograph it again and attach the new file.")
            ) from None

    return check_image


def _too_many_pixels() -> FileRefused:
    return FileRefused(
        _("The picture has more than %(limit)s million pixels; make it smaller and attach it again.")
        % {"limit": MAX_PIXELS // 1_000_000}
    )


def _check_office(folder: str) -> Callable[[IO[bytes]], None]:
    def check_zip(file: IO[bytes]) -> None:
        try:
            check_office(file, folder=folder)
        except OfficeFault as fault:
            raise FileRefused(fault.message) from None

    return check_zip


_BRANDS = re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|dash|M4V |MSNV|mmp4|XAVC")


def _check_mp4(file: IO[bytes]) -> None:
    """The chain of boxes from the first (ftyp at byte 4) to the end, with the table of contents among them."""
    end = file.seek(0, os.SEEK_END)
    place = 0
    names: list[bytes] = []
    while place < end and len(names) < 10_000:
        file.seek(place)
        head = file.read(16)
        size, name = struct.unpack(">I4s", head[:8]) if len(head) >= 8 else (1, b"")
        if size == 1 and len(head) == 16:
            size = struct.unpack(">Q", head[8:])[0]
        size = size or end - place
        names.append(name)
        if size < 8 or (name == b"ftyp" and not _BRANDS.match(head[8:12])):
            break
        place += size
    if place != end or names[0] != b"ftyp" or b"moov" not in names:
        raise FileRefused(_("The video is incomplete or not an MP4; save it as MP4 again and attach the new file."))


_OOXML = "application/vnd.openxmlformats-officedocument."


def _office(label: str | Promise, extension: str, folder: str, content_type: str) -> Kind:
    # libmagic goes by the first entries of the zip and knows not every writer's order.
    sniffed = frozenset({_OOXML + content_type, "application/zip", "application/octet-stream"})
    return Kind(label, (extension,), _OOXML + content_type, sniffed, _check_office(folder))


KINDS = (
    Kind(
        gettext_lazy("PDF document"),
        ("pdf",),
        "application/pdf",
        frozenset({"application/pdf"}),
        _check_pdf,
        inline=True,
    ),
    Kind(
        gettext_lazy("JPG picture"),
        ("jpg", "jpeg"),
        "image/jpeg",
        frozenset({"image/jpeg"}),
        _check_image("JPEG"),
        inline=True,
    ),
    Kind(
        gettext_lazy("PNG picture"),
        ("png",),
        "image/png",
        frozenset({"image/png", "image/apng", "image/vnd.mozilla.apng"}),
        _check_image("PNG"),
        inline=True,
    ),
    Kind(
        gettext_lazy("WebP picture"),
        ("webp",),
        "image/webp",
        frozenset({"image/webp"}),
        _check_image("WEBP"),
        inline=True,
    ),
    _office(gettext_lazy("Word document"), "docx", "word", "wordprocessingml.document"),
    _office(gettext_lazy("Excel workbook"), "xlsx", "xl", "spreadsheetml.sheet"),
    _office(gettext_lazy("PowerPoint presentation"), "pptx", "ppt", "presentationml.presentation"),
    Kind(
        gettext_lazy("MP4 video"),
        ("mp4",),
        "video/mp4",
        frozenset({"video/mp4", "video/x-m4v", "audio/mp4", "application/mp4", "application/octet-stream"}),
        _check_mp4,
    ),
)
ACCEPT = ",".join(f".{extension}" for kind in KINDS for extension in kind.extensions)
_FOUND = {
    "application/x-dosexec": gettext_lazy("a program"),
    "application/x-executable": gettext_lazy("a program"),
    "application/zip": gettext_lazy("a ZIP archive"),
    "application/x-rar": gettext_lazy("a RAR archive"),
    "text/html": gettext_lazy("a web page"),
    "text/plain": gettext_lazy("plain text"),
    "image/svg+xml": gettext_lazy("an SVG drawing"),
    "image/gif": gettext_lazy("a GIF picture"),
    "image/heic": gettext_lazy("a HEIC picture"),
    "video/quicktime": gettext_lazy("a QuickTime video"),
}


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Uploads go to a temporary file, but never more than the limit of one file or of one request: what exceeds it is
    counted and thrown away, so that nobody fills the disk and the person still hears how large the file was."""

    written = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file.cut = False  # type: ignore[attr-defined]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.written > FILES_AT_ONCE * max_bytes():
            self.file.cut = True  # type: ignore[attr-defined]
        elif start <= max_bytes():
            self.file.write(raw_data)
            self.written += len(raw_data)
