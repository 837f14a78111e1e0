"""The form as a workbook: totals that a spreadsheet recalculates to the same figures, and text that stays text."""

import io
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell

from assessments import report
from assessments.exports import cells, excel
from assessments.models import Assessment, Round, User
from assessments.report import Form
from assessments.services import Entry
from indicators.editions import EditionNode
from tests.assessments.forms_filled import FILLS, TEXT, fill, write

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")


def book_of(form: Form) -> Workbook:
    return load_workbook(io.BytesIO(excel.workbook_of(form)))


def without_results(book: bytes) -> bytes:
    """The same workbook as if nobody had ever calculated it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(r"(</f>)<v>[^<]*</v>", r"\1", content.decode()).replace(' t="str"', "").encode()
            new.writestr(item, content)
    return out.getvalue()


def recalculated(books: dict[str, bytes], folder: Path) -> dict[str, Workbook]:
    """Each book as LibreOffice calculates it; one start for all."""
    paths = [folder / f"{name}.xlsx" for name in books]
    for path, book in zip(paths, books.values(), strict=True):
        path.write_bytes(without_results(book))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "done")]
    subprocess.run([*command, *(str(path) for path in paths)], check=True, capture_output=True, timeout=120)
    return {path.stem: load_workbook(folder / "done" / path.name, data_only=True) for path in paths}


def results(book: Workbook, formulas: list[tuple[str, str]]) -> list[Any]:
    return [book[sheet][cell].value or "" for sheet, cell in formulas]


def formulas_of(book: Workbook) -> list[tuple[str, str]]:
    return [
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


@needs_office
def test_libreoffice_recalculates_to_the_same_figures(
    assessment: Assessment, editor: User, standard: EditionNode, tmp_path: Path
) -> None:
    """Blank, whole, and open with both kinds of range: what stands beside each formula is what it gives."""
    forms = {"blank": report.blank_form(standard, 2571), "empty": report.form_of(assessment)}
    for how in FILLS:
        forms[how] = report.form_of(fill(assessment, editor, how))
    forms["open"] = report.form_of(write(assessment, editor, "2.2", Entry()))
    books = {name: excel.workbook_of(form) for name, form in forms.items()}
    calculated = recalculated(books, tmp_path)
    for name, book in books.items():
        formulas = formulas_of(load_workbook(io.BytesIO(book)))
        assert len(formulas) == 3 * 6 + 3
        written = results(load_workbook(io.BytesIO(book), data_only=True), formulas)
        assert (name, results(calculated[name], formulas)) == (name, written)


def test_totals_are_formulas_with_their_results(assessment: Assessment, editor: User) -> None:
    form = report.form_of(fill(assessment, editor, "mixed"))
    sheet = book_of(form)["มิติที่ 2"]
    total = next(row for row in sheet.iter_rows() if row[0].value == "รวมคะแนนมิติที่ 2")
    assert total[4].value == "=SUM(E6:E17)"
    assert total[6].value == "=IF(COUNT('มิติที่ 2'!G6:G17)=12,SUM('มิติที่ 2'!G6:G17),\"\")"
    shown = load_workbook(io.BytesIO(excel.workbook_of(form)), data_only=True)["มิติที่ 2"]
    assert shown[total[4].coordinate].value == 120
    assert Decimal(str(shown[total[6].coordinate].value)) == Decimal(form.dimensions[1].totals[0].score)


def test_open_scores_stay_empty_and_the_total_tells_the_range(assessment: Assessment) -> None:
    shown = load_workbook(io.BytesIO(excel.workbook_of(report.form_of(assessment))), data_only=True)["มิติที่ 2"]
    assert [shown.cell(row, 7).value for row in range(6, 18)] == [None] * 12
    assert shown.cell(18, 7).value in {None, ""}
    assert shown.cell(18, 8).value == "ระหว่าง 5 ถึง 120\n(ยังไม่มีคะแนน 12 ตัวชี้วัด)"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", '=HYPERLINK("http://127.0.0.1","x")', "=1+cmd|' /C calc'!A0"])
def test_text_never_becomes_a_formula(assessment: Assessment, editor: User, start: str) -> None:
    text = f"{start}1+1 <&> \x02จบ"
    entry = Entry(inputs={"count": 5}, performance=text, problems=text, remedies=text)
    filled = write(assessment, editor, "2.1", entry)
    sheet = book_of(report.form_of(filled))["มิติที่ 2"]
    wanted = text.replace("\x02", "")
    assert sheet.cell(6, 8).value == wanted
    assert sheet.cell(6, 8).data_type == "s"
    assert sheet.cell(6, 9).data_type == "s"
    assert sheet.cell(6, 8).quotePrefix == start.startswith(("=", "+", "-", "@"))
    formulas = formulas_of(book_of(report.form_of(filled)))
    assert len(formulas) == 21
    assert {cell[0] for _, cell in formulas} <= {"E", "G", "H"}


def test_the_cell_function_drops_what_a_workbook_cannot_hold() -> None:
    sheet = Workbook().create_sheet()
    every = "".join(chr(code) for code in range(32)) + "ก\ufffe\ud800ข"
    cell = cells.put(sheet, 1, 1, every, "Normal")
    assert cell.value == "\t\n\rกข"
    assert cell.data_type == "s"
    assert cells.put(sheet, 1, 2, Decimal("7.5"), "Normal").data_type == "n"
    assert cells.put(sheet, 1, 3, cells.Formula("1+1", Decimal(2)), "Normal").data_type == "f"
    assert len(str(cells.put(sheet, 1, 4, "ก" * 40_000, "Normal").value)) == 32_767
    assert cells.quoted('a"b') == '"a""b"'


def test_it_prints_like_the_form(assessment: Assessment) -> None:
    for sheet in book_of(report.form_of(assessment)).worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        # All columns stand on one page also where a program takes a unit of width for 5.55 points.
        assert sheet.page_setup.scale is not None
        width = sum(column.width for column in sheet.column_dimensions.values())
        assert width * 5.55 * sheet.page_setup.scale / 100 <= 841.9 - 2 * 0.4 * 72
        assert sheet.print_title_rows == "$5:$5"
        assert sheet.oddFooter is not None
        assert sheet.oddHeader is not None
        assert str(sheet.oddFooter.right.text).endswith("หน้า &P/&N")
        assert str(sheet.oddHeader.right.text).endswith("ร่าง")
        assert sheet["A6"].font.name == "TH Sarabun New"
        assert all(sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1))
        assert all(sheet.row_dimensions[row].height <= 409 for row in range(1, sheet.max_row + 1))


def test_area_and_standard_cells_are_merged_as_printed(assessment: Assessment) -> None:
    sheet = book_of(report.form_of(assessment))["มิติที่ 3"]
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    # The last row stands on a page of its own, with the totals.
    assert {"A6:A11", "A12:A13", "B6:B7"} <= merged
    assert [cell.value for cell in sheet[5]] == list(report.SCORED_HEADS)
    # Every cell of a merged one has its border, or the printed line breaks off.
    assert sheet["A9"].border.left.style == "thin"


def test_each_printed_page_names_its_area_and_standard(assessment: Assessment, editor: User) -> None:
    filled = assessment
    for code in ("4.2", "4.3", "4.20"):
        filled = write(filled, editor, code, Entry(inputs=None, performance=TEXT * 6))
    for sheet in book_of(report.form_of(filled)).worksheets:
        ends = [mark.id for mark in sheet.row_breaks.brk]
        tops = [6, *(end + 1 for end in ends)]
        assert len(tops) >= (3 if sheet.title == "มิติที่ 4" else 1)
        for top in tops:
            assert sheet.cell(top, 1).value, (sheet.title, top)
            assert sheet.cell(top, 2).value, (sheet.title, top)
            assert not isinstance(sheet.cell(top, 1), MergedCell)
        for merged in sheet.merged_cells.ranges:
            assert not any(merged.min_row <= end < merged.max_row for end in ends), str(merged)


def test_a_text_taller_than_a_row_can_be_stands_whole_in_merged_rows(assessment: Assessment, editor: User) -> None:
    long = (TEXT * 60)[:10_000]
    filled = write(assessment, editor, "3.9", Entry(inputs={"count": 12}, performance=long))
    sheet = book_of(report.form_of(filled))["มิติที่ 3"]
    row = next(
        row[0].row or 0 for row in sheet.iter_rows(min_col=6, max_col=6) if str(row[0].value).endswith(long[-80:])
    )
    span = next(cells for cells in sheet.merged_cells.ranges if cells.coord.startswith(f"F{row}:"))
    assert span.max_row - span.min_row >= 5
    assert sheet.cell(span.max_row + 1, 1).value == "รวมคะแนนมิติที่ 3"
    assert sheet.cell(row, 7).value == 10


def test_a_blank_workbook_has_empty_scores_on_four_sheets(standard: EditionNode) -> None:
    book = book_of(report.blank_form(standard, 2571))
    assert [sheet.title for sheet in book.worksheets] == ["มิติที่ 1", "มิติที่ 2", "มิติที่ 3", "มิติที่ 4"]
    assert all(book["มิติที่ 2"].cell(row, 7).value is None for row in range(6, 18))


def test_the_view_gives_the_workbook_under_a_thai_name(as_editor: Client, assessment: Assessment) -> None:
    response = as_editor.get(reverse("form_excel", args=[assessment.pk]))
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E0%B9%81")
    assert response["Content-Disposition"].endswith(".xlsx")
    assert len(load_workbook(io.BytesIO(response.content)).worksheets) == 4


def test_the_blank_workbook_of_a_round_is_for_everyone(as_inspector: Client, round_2569: Round) -> None:
    response = as_inspector.get(reverse("blank_form_excel", args=[round_2569.pk]))
    assert load_workbook(io.BytesIO(response.content))["มิติที่ 1"]["A3"].value == f"ณ วันที่ {'.' * 50}"
