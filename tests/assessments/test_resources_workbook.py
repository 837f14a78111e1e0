"""The workbook of what offices lack: its results are those of the pages, and LibreOffice computes the same."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from assessments.exports import resources_workbook as exported
from assessments.models import Assessment, Round, User
from assessments.queries.resources import resources_of
from assessments.services.prices import set_prices
from tests.assessments.test_form_excel import needs_office, recalculated
from tests.assessments.test_resources import CAR, COVER, other, submitted  # noqa: F401 - a fixture
from tests.reviewing import judge

PRICES = {CAR: Decimal(1_000_000), COVER: Decimal("16000.50"), ("1.15", "thing"): Decimal(24_000)}


def values_of(book: bytes | Workbook) -> dict[str, dict[str, Any]]:
    if isinstance(book, bytes):
        book = load_workbook(io.BytesIO(book), data_only=True)
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book.worksheets
    }


@pytest.fixture
def content(submitted: Assessment, manager: User, reviewer: User) -> bytes:  # noqa: F811
    other(submitted.round, "TH-83", c1_15={"count": 0}, c1_29={"vehicles": 4, "insured": 0})
    judge(submitted, reviewer, "1.15")
    set_prices(round_=submitted.round, by=manager, wanted=PRICES)
    return exported.workbook_of(resources_of(submitted.round, manager))


def test_its_figures_are_those_of_the_page(content: bytes, submitted: Assessment, manager: User) -> None:  # noqa: F811
    found, shortage = values_of(content), resources_of(submitted.round, manager).shortage
    summary = found[exported.SUMMARY]
    assert summary["A2"] == "จาก 2 สำนักงานที่ส่งแล้ว ในทั้งหมด 76 สำนักงาน"
    for place, line in enumerate(shortage.lines):
        row = exported.FIRST + place
        assert summary[f"A{row}"] == line.item.code
        assert (summary[f"E{row}"], summary[f"F{row}"]) == (line.whole.answered, line.whole.lacking)
        if line.item.counted:
            assert summary[f"G{row}"] == pytest.approx(float(line.whole.units))
            cost = line.cost
            assert summary[f"K{row}"] == (exported.NO_PRICE if cost is None else pytest.approx(float(cost)))
    last = exported.FIRST + len(shortage.lines)
    assert (summary[f"K{last}"], summary[f"L{last}"]) == (float(shortage.cost), float(shortage.confirmed_cost))
    # 1 car, 2 + 4 covers, 6 + 16 computers; of these the 6 computers are confirmed.
    assert shortage.cost == 1_000_000 + 6 * Decimal("16000.50") + 22 * 24_000
    assert shortage.confirmed_cost == 6 * 24_000
    offices = found[exported.OFFICES]
    assert (offices["A6"], offices["B6"], offices["D6"]) == ("TH-50", "เชียงใหม่", 1_000_000 + 32_001 + 144_000)
    assert found[exported.CONFIRMED]["D7"] == 0


@needs_office
def test_libreoffice_computes_the_same(content: bytes, tmp_path: Path) -> None:
    before, after = values_of(content), values_of(recalculated({"book": content}, tmp_path)["book"])
    assert {name: set(cells) for name, cells in before.items()} == {name: set(cells) for name, cells in after.items()}
    for name, cells in before.items():
        for place, value in cells.items():
            expected = pytest.approx(value, abs=1e-6) if isinstance(value, (int, float)) else value
            assert after[name][place] == expected, (name, place)


def test_without_a_submission_it_is_still_a_workbook(round_2569: Round, manager: User) -> None:
    found = values_of(exported.workbook_of(resources_of(round_2569, manager)))
    assert found[exported.SUMMARY]["A2"] == "จาก 0 สำนักงานที่ส่งแล้ว ในทั้งหมด 76 สำนักงาน"
    assert found[exported.SUMMARY]["E5"] == 0


def test_it_is_a_download_with_a_thai_name(round_2569: Round, as_manager: Client) -> None:
    response = as_manager.get("/country/2569/resources.xlsx")
    assert response.content.startswith(b"PK")
    assert "attachment" in response["Content-Disposition"]
    assert "2569.xlsx" in response["Content-Disposition"]
