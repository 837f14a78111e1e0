"""Small real files as evidence: scanned-looking PDF, photograph, chart and register, each marked as a sample."""

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARK = "ตัวอย่างเพื่อการสาธิต ไม่ใช่เอกสารราชการ"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file (or, with an address, a link) that serves several indicators. `{year}` in texts is the fiscal year."""

    name: str
    codes: tuple[str, ...]
    content_type: str = ""
    lines: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    body: bytes
    sha256: str


PAPERS = (
    Paper(
        "รายงานการประชุมสำนักงาน ปีงบประมาณ {year}.pdf",
        ("2.1", "2.3", "2.4", "2.11", "3.8", "3.9"),
        PDF,
        (
            "รายงานการประชุมสำนักงาน",
            "ปีงบประมาณ พ.ศ. {year}",
            "วาระที่ 1 เรื่องแจ้งเพื่อทราบ",
            "วาระที่ 2 รับรองรายงานการประชุม",
            "วาระที่ 3 ติดตามงานของกลุ่ม/ฝ่าย",
            "วาระที่ 4 ถ่ายทอดนโยบายสู่การปฏิบัติ",
        ),
    ),
    Paper(
        "ทะเบียนคุมหนังสือรับ-ส่ง {year}.xlsx",
        ("2.2", "4.7", "4.34"),
        XLSX,
        ("ลำดับ", "เดือน", "หนังสือรับ (ฉบับ)", "ส่งต่อภายใน 1 วันทำการ (ฉบับ)"),
    ),
    Paper(
        "แผนปฏิบัติงานประจำปี {year}.pdf",
        ("2.5", "2.6", "4.4", "4.5", "4.6", "4.13", "4.14", "4.15"),
        PDF,
        (
            "แผนปฏิบัติงานประจำปี",
            "ปีงบประมาณ พ.ศ. {year}",
            "1. งานตามนโยบายกระทรวง",
            "2. งานตามแผนพัฒนาจังหวัด",
            "3. แผนกำกับและติดตามของกลุ่ม/ฝ่าย",
        ),
    ),
    Paper(
        "ทะเบียนครุภัณฑ์ {year}.xlsx",
        ("1.15", "1.16", "1.17", "1.18", "1.19", "1.23", "1.25"),
        XLSX,
        ("ลำดับ", "เดือนที่ตรวจนับ", "จำนวนในทะเบียน", "ใช้งานได้"),
    ),
    Paper(
        "ภาพกิจกรรมเครือข่าย {year}.jpg",
        ("3.1", "4.11", "4.12", "4.29"),
        JPEG,
        ("กิจกรรมองค์กรเครือข่าย", "ปีงบประมาณ พ.ศ. {year}"),
    ),
    Paper(
        "สรุปผลสำรวจความพึงพอใจ {year}.png",
        ("4.17",),
        PNG,
        ("ความพึงพอใจของผู้รับบริการ", "ปีงบประมาณ พ.ศ. {year}"),
    ),
    Paper(
        "ทะเบียนรับเรื่องราวร้องทุกข์ {year}.pdf",
        ("4.31", "4.32", "4.33"),
        PDF,
        (
            "ทะเบียนรับเรื่องราวร้องทุกข์",
            "ปีงบประมาณ พ.ศ. {year}",
            "สรุปเรื่องที่รับ ช่วยเหลือ และส่งต่อ",
            "รายไตรมาส",
        ),
    ),
    Paper(
        "รายงานผลการดำเนินงานประจำปี {year}.pdf",
        (
            *("2.7", "2.8", "2.9", "2.10", "2.12", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7"),
            *("4.1", "4.2", "4.3", "4.16", "4.18", "4.19", "4.20", "4.21", "4.22", "4.23"),
            *("4.24", "4.25", "4.26", "4.27", "4.28", "4.30"),
        ),
        PDF,
        (
            "รายงานผลการดำเนินงานประจำปี",
            "ปีงบประมาณ พ.ศ. {year}",
            "1. การบริหารจัดการ",
            "2. คุณภาพการปฏิบัติงาน",
            "3. งานตามภารกิจ",
            "4. สรุปและข้อเสนอ",
        ),
    ),
    Paper(
        "ทำเนียบองค์กรเครือข่าย {year} (ลิงก์)",
        ("4.8", "4.9", "4.10"),
        url="https://owncloud.example/s/network-{year}",
    ),
)


def content_of(paper: Paper, year: int, mark: str) -> Content:
    """The bytes of a paper's file of one year, with their SHA-256. The mark, which nobody sees, makes it the file of
    one office: the same mark gives the same file."""
    body = _marked(_drawn(paper, year), paper.content_type, mark.encode())
    return Content(body, hashlib.sha256(body).hexdigest())


def _marked(body: bytes, content_type: str, mark: bytes) -> bytes:
    """A remark where each kind of file has room for one."""
    if content_type == PDF:
        return body + b"\n%% " + mark + b"\n%%EOF\n"
    if content_type == JPEG:
        return body[:2] + b"\xff\xfe" + struct.pack(">H", len(mark) + 2) + mark + body[2:]
    if content_type == PNG:
        text = b"tEXtComment\0" + mark
        chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
        return body[:33] + chunk + body[33:]
    # The remark of a ZIP stands behind its length, the last two bytes of the file.
    return body[:-2] + struct.pack("<H", len(mark)) + mark


@cache
def _drawn(paper: Paper, year: int) -> bytes:
    """Drawn once for each process."""
    writers: dict[str, Callable[[list[str]], bytes]] = {
        PDF: lambda lines: _saved(_page(lines), "PDF", resolution=72.0),
        JPEG: lambda lines: _saved(_scene(lines), "JPEG", quality=72),
        PNG: lambda lines: _saved(_chart(lines), "PNG", optimize=True),
        XLSX: _register,
    }
    return writers[paper.content_type]([line.format(year=year) for line in paper.lines])


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    file = resources.files("fontpkg_sarabun") / "files" / "Sarabun-Regular.ttf"
    return ImageFont.truetype(BytesIO(file.read_bytes()), size)


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def _page(lines: list[str]) -> Image.Image:
    """A4 upright at 72 dots an inch, as a small scan."""
    image = Image.new("L", (595, 842), 252)
    draw = ImageDraw.Draw(image)
    draw.text((297, 70), lines[0], font=_font(24), fill=20, anchor="mm")
    draw.text((297, 108), lines[1], font=_font(17), fill=40, anchor="mm")
    for place, line in enumerate(lines[2:]):
        draw.text((72, 160 + place * 92), line, font=_font(16), fill=30)
        for row in range(2):
            top = 198 + place * 92 + row * 22
            draw.line((92, top, 520, top), fill=190)
    draw.text((297, 800), MARK, font=_font(12), fill=110, anchor="mm")
    return image


def _scene(lines: list[str]) -> Image.Image:
    """People round a table, drawn plainly: nobody's photograph."""
    image = Image.new("RGB", (800, 560), (222, 234, 240))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 400, 800, 560), fill=(203, 190, 168))
    for place in range(7):
        left = 70 + place * 98
        draw.ellipse((left + 18, 238, left + 66, 286), fill=(171, 134, 104))
        draw.rounded_rectangle((left, 286, left + 84, 400), 22, fill=(58 + place * 20, 96, 150 - place * 10))
    draw.rectangle((40, 372, 760, 440), fill=(120, 88, 62))
    draw.rectangle((150, 50, 650, 170), fill=(255, 255, 255), outline=(90, 90, 90), width=2)
    draw.text((400, 90), lines[0], font=_font(28), fill=(30, 50, 90), anchor="mm")
    draw.text((400, 135), lines[1], font=_font(20), fill=(60, 60, 60), anchor="mm")
    draw.text((400, 530), MARK, font=_font(16), fill=(70, 60, 50), anchor="mm")
    return image


def _chart(lines: list[str]) -> Image.Image:
    image = Image.new("P", (640, 420))
    image.putpalette([255, 255, 255, 40, 40, 40, 35, 95, 150, 215, 215, 215] + [0] * 756)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    draw.text((320, 36), lines[0], font=_font(24), fill=1, anchor="mm")
    draw.text((320, 70), lines[1], font=_font(17), fill=1, anchor="mm")
    bars = (("มากที่สุด", 210), ("มาก", 150), ("ปานกลาง", 64), ("น้อย", 22), ("น้อยที่สุด", 10))
    for place, (label, height) in enumerate(bars):
        left = 70 + place * 108
        draw.rectangle((left, 340 - height, left + 68, 340), fill=2)
        draw.text((left + 34, 362), label, font=_font(16), fill=1, anchor="mm")
    draw.line((50, 340, 600, 340), fill=1, width=2)
    draw.text((320, 400), MARK, font=_font(13), fill=1, anchor="mm")
    return image


def _register(lines: list[str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "ทะเบียน"
    sheet.append(lines)
    for month in range(1, 13):
        sheet.append([month, f"เดือนที่ {month}", 60 + month * 7 % 31, 54 + month * 7 % 29])
    sheet.append([MARK])
    for column, width in zip("ABCD", (8, 18, 22, 34), strict=True):
        sheet.column_dimensions[column].width = width
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
