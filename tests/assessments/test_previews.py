"""What of Word and Excel files is shown in the page: text in blocks, bounded, and nothing else."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from django.utils import translation

from assessments import previews
from assessments.previews import Block, Shown, preview_of
from tests.uploads import office

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="x"'


def word(body: str, styles: str = "") -> Shown:
    parts = {"word/document.xml": f"<w:document {NS}><w:body>{body}</w:body></w:document>"}
    if styles:
        parts["word/styles.xml"] = f"<w:styles {NS}>{styles}</w:styles>"
    return preview_of(io.BytesIO(office(parts=parts)), "docx")


def p(text: str, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}<w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def test_headings_paragraphs_and_tables_in_their_order() -> None:
    styles = '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    styles += '<w:style w:styleId="a5"><w:name w:val="Title"/></w:style>'
    styles += '<w:style w:styleId="9"><w:name w:val="heading 9"/></w:style>'
    body = p("ปก", "a5") + p("บทที่ 1", "1") + p("ย่อย", "9") + p("น้ำท่วม &lt;b&gt;") + p(" ")
    body += table((p("ก"), p("ข") + p("ค")), (p("ง"),)) + p("จบ")
    assert word(body, styles) == Shown(
        (
            Block("ปก", 1),
            Block("บทที่ 1", 1),
            Block("ย่อย", 3),
            Block("น้ำท่วม <b>"),
            Block(rows=(("ก", "ข ค"), ("ง", ""))),
            Block("จบ"),
        )
    )


def test_only_text_is_text() -> None:
    body = "<w:p><w:r><w:t>ก</w:t><w:tab/><w:t>ข</w:t><w:br/><w:t>ค</w:t><w:delText>ลบแล้ว</w:delText>"
    body += "<w:instrText>HYPERLINK</w:instrText></w:r></w:p>"
    body += "<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>กล่อง</w:t></w:r></mc:Choice>"
    body += "<mc:Fallback><w:r><w:t>กล่อง</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    assert word(body).blocks == (Block("ก ข ค"), Block("กล่อง"))


def test_a_table_in_a_table_is_text_of_its_cell() -> None:
    assert word(table((p("ก") + table((p("ใน"), p("อีก"))), p("ข")))).blocks == (Block(rows=(("ก ใน อีก", "ข"),)),)


def test_reading_stops_at_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MAX_BLOCKS", 3)
    assert word(p("ก") * 3) == Shown((Block("ก"),) * 3, cut=True)
    assert word(p("ก") * 2) == Shown((Block("ก"),) * 2)
    monkeypatch.setattr(previews, "MAX_SIGNS", 4)
    shown = word(p("กกก") + p("ขข") + p("คค"))
    assert (shown.blocks, shown.cut) == ((Block("กกก"), Block("ขข")), True)
    assert word(p("กกกก")).cut is False


def test_a_huge_part_is_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MAX_WHOLE", 20_000)
    shown = word(p("ก") + "<!--" + "x" * 100_000 + "-->" + p("ข"))
    assert (shown.blocks, shown.cut) == ((Block("ก"),), True)


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", office(), office("xlsx")])
def test_what_cannot_be_read_says_so(ending: str, content: bytes) -> None:
    shown = preview_of(io.BytesIO(content), ending)
    assert shown.blocks == ()


def test_a_declaration_is_not_read() -> None:
    parts = {"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}
    assert preview_of(io.BytesIO(office(parts=parts)), "docx") == Shown(readable=False)


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def test_the_first_sheets_and_rows() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "ทะเบียน"
    sheet.append(["ลำดับ", "วันที่", "จำนวน", "ร้อยละ"])
    sheet.append([1, date(2026, 11, 22), 1200.0, 12.5])
    sheet.append([None, datetime(2026, 11, 22, 14, 30), True, "=1+1"])  # noqa: DTZ001 - as a workbook holds it
    sheet.append([None, None, "<b>ก</b>\nข"])
    with translation.override("th"):
        shown = preview_of(saved(book), "xlsx")
    rows = (
        ("ลำดับ", "วันที่", "จำนวน", "ร้อยละ"),
        ("1", "22 พ.ย. 2569", "1200", "12.5"),
        ("", "22 พ.ย. 2569 14:30", "True", ""),
        ("", "", "<b>ก</b> ข", ""),
    )
    assert shown == Shown((Block("ทะเบียน", 2), Block(rows=rows)))
    assert previews._cell(time(14, 30)) == "14:30:00"


def test_a_workbook_is_shown_in_part() -> None:
    book = openpyxl.Workbook()
    for number in range(4):
        book.create_sheet(f"แผ่น {number}")
    assert preview_of(saved(book), "xlsx").cut is True
    for rows, columns, cut in ((60, 20, False), (61, 20, True), (60, 21, True)):
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.cell(rows, columns, "x")
        shown = preview_of(saved(book), "xlsx")
        assert (shown.cut, len(shown.blocks)) == (cut, 1 if cut else 2)


def test_a_workbook_whose_common_parts_are_huge_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "ก"
    assert preview_of(saved(book), "xlsx").readable is True
    monkeypatch.setattr(previews, "MAX_WHOLE", 2000)
    assert preview_of(saved(book), "xlsx") == Shown(readable=False)


def test_a_workbook_with_a_huge_sheet_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "ก" * 20_000
    assert preview_of(saved(book), "xlsx").readable is True
    monkeypatch.setattr(previews, "MAX_SHEET", 20_000)
    assert preview_of(saved(book), "xlsx") == Shown(readable=False)
