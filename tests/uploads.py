"""Files for the tests, made here: one whole file of each kind, and the parts to spoil them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def pdf(*, trailer: str = "", before: bytes = b"", after: bytes = b"", text: str = "evidence") -> bytes:
    """A one-page PDF with a classic table of places."""
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, f"({text})"]
    data, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode()
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    data += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return before + bytes(data) + after


def pdf_with_streamed_table(*, trailer: str = "") -> bytes:
    """A PDF whose table of places is a stream, as newer writers make it."""
    data = bytearray(b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")
    start = len(data)
    table = zlib.compress(b"\0" * 20)
    data += f"2 0 obj\n<< /Type /XRef /Root 1 0 R {trailer} /Length {len(table)} >>\nstream\n".encode()
    return bytes(data) + table + f"\nendstream\nendobj\nstartxref\n{start}\n%%EOF".encode()


def image(image_format: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 80, 160)).save(out, image_format)
    return out.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header declares a size; its pixels are not there."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def office(
    ending: str = "docx",
    *,
    parts: Mapping[str, bytes | str] | None = None,
    content_type: str = "",
    prolog: str = "",
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """The smallest Word, Excel or PowerPoint file; `parts` adds members or replaces them."""
    name, kind = _MAIN[ending]
    types = (
        f'<?xml version="1.0"?>{prolog}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{name}" ContentType="{content_type or OOXML + kind}"/></Types>'
    )
    members: dict[str, bytes | str] = {"[Content_Types].xml": types, "_rels/.rels": relations(), name: "<main/>"}
    members.update(parts or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return out.getvalue()


def relations(*entries: tuple[str, str, str]) -> str:
    """A part of relations: (type, target, mode)."""
    rows = "".join(
        f'<Relationship Id="r{place}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
        f' Target="{target}" TargetMode="{mode}"/>'
        for place, (kind, target, mode) in enumerate(entries)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def workbook() -> bytes:
    """A workbook as openpyxl writes it."""
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.create_sheet("ข้อมูล", 0)["A1"] = "สวัสดี"
    book.save(out)
    return out.getvalue()


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(brand: bytes = b"isom") -> bytes:
    return box(b"ftyp", brand + b"\0\0\2\0isomiso2mp41") + box(b"moov", b"\0" * 40) + box(b"mdat", b"\0" * 60)


WHOLE = {
    "รายงาน.pdf": pdf,
    "รายงาน ฉบับใหม่.PDF": pdf_with_streamed_table,
    "ภาพ.jpg": lambda: image("JPEG"),
    "ภาพ.jpeg": lambda: image("JPEG"),
    "ภาพ.png": image,
    "ภาพ.webp": lambda: image("WEBP"),
    "หนังสือ.docx": office,
    "ทะเบียน.xlsx": workbook,
    "ทะเบียน2.xlsx": lambda: office("xlsx"),
    "สไลด์.pptx": lambda: office("pptx"),
    "วิดีโอ.mp4": mp4,
}


def upload(name: str, content: bytes, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=content_type)
