"""The memo as a Word file, to be finished by hand: the same content as the PDF, in the official letter's font."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from assessments.memo import DOTTED, Memo, Table

# What ministries write with; where it is lacking Word takes another Thai font.
FONT = "TH SarabunPSK"
SIZE, SMALL = 16, 12
INDENT = Mm(25)


def docx_of(memo: Memo) -> bytes:
    document = Document()
    _styles(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(25), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    head = memo.head
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, "บันทึกข้อความ", bold=True, size=24)
    _line(document, ("ส่วนราชการ", head.office), ("โทร.", head.phone))
    _line(document, ("ที่", head.number), ("วันที่", head.day))
    _line(document, ("เรื่อง", head.subject))
    _line(document, ("เรียน", head.addressee))
    for each in memo.paragraphs:
        paragraph = document.add_paragraph()
        if each.kind == "item":
            paragraph.paragraph_format.left_indent = Mm(32)
            paragraph.paragraph_format.first_line_indent = Mm(-4)
        else:
            paragraph.paragraph_format.first_line_indent = INDENT
            paragraph.paragraph_format.space_before = Pt(6 if each.kind == "heading" else 2)
            paragraph.paragraph_format.keep_with_next = each.kind == "heading"
        _run(paragraph, f"- {each.text}" if each.kind == "item" else each.text, bold=each.kind == "heading")
    for text in (f"({memo.signer or DOTTED})", memo.position):
        signed = document.add_paragraph()
        signed.alignment = WD_ALIGN_PARAGRAPH.CENTER
        signed.paragraph_format.left_indent = Mm(70)
        signed.paragraph_format.space_before = Pt(36 if text.startswith("(") else 0)
        _run(signed, text)
    for table in memo.tables:
        _attachment(document, table)
    document.core_properties.title = memo.file_name
    document.core_properties.author = head.office
    document.core_properties.language = "th-TH"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _styles(document: Any) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    # Thai is a complex script: Word takes its font and size from attributes of their own.
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    properties.append(_element("w:szCs", str(SIZE * 2)))
    language = OxmlElement("w:lang")
    language.set(qn("w:bidi"), "th-TH")
    properties.append(language)
    style.paragraph_format.space_after = Pt(0)


def _element(name: str, value: str | None = None) -> Any:
    found = OxmlElement(name)
    if value is not None:
        found.set(qn("w:val"), value)
    return found


def _run(paragraph: Any, text: str, *, bold: bool = False, size: int = 0) -> None:
    run = paragraph.add_run(text)
    properties = run._r.get_or_add_rPr()
    # Word takes a run for Thai text by this mark.
    properties.append(_element("w:cs"))
    if bold:
        run.bold = True
        properties.append(_element("w:bCs"))
    if size:
        run.font.size = Pt(size)
        properties.append(_element("w:szCs", str(size * 2)))


def _line(document: Any, *parts: tuple[str, str]) -> None:
    paragraph = document.add_paragraph()
    for place, (name, value) in enumerate(parts):
        _run(paragraph, f"{'   ' if place else ''}{name} ", bold=True)
        _run(paragraph, value or DOTTED)


def _attachment(document: Any, table: Table) -> None:
    section = document.add_section()
    lies = section.page_width > section.page_height
    if table.wide != lies:
        section.orientation = WD_ORIENT.LANDSCAPE if table.wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = section.page_height, section.page_width
    heading = document.add_paragraph()
    _run(heading, table.title, bold=True)
    note = document.add_paragraph()
    _run(note, table.note, size=SMALL)
    grid = document.add_table(rows=1, cols=len(table.heads))
    grid.style = "Table Grid"
    grid.autofit = False
    widths = _widths(table, section.page_width - section.left_margin - section.right_margin)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    _fill(grid.rows[0].cells, table.heads, numbers=range(len(table.heads)), bold=True)
    # The head stands again on each page.
    grid.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    for row in table.rows:
        _fill(grid.add_row().cells, row, numbers=table.numbers)
    for row in grid.rows:
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _widths(table: Table, whole: int) -> list[int]:
    """Figures and codes get what they need, names share the rest."""
    narrow = {place: Mm(22) for place in table.numbers} | {0: Mm(16)}
    others = len(table.heads) - len(narrow)
    rest = (whole - sum(narrow.values())) // others
    return [narrow.get(place, rest) for place in range(len(table.heads))]


def _fill(cells: Any, texts: Sequence[str], *, numbers: Sequence[int], bold: bool = False) -> None:
    for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        if place in numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, bold=bold, size=SMALL)
