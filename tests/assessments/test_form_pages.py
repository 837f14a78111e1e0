"""Which row stands on which page: reckoned without any library, so that thousands of fills can be tried."""

import random
import textwrap
from dataclasses import replace
from itertools import pairwise

import pytest

from assessments import report
from assessments.exports import pdf_pages
from assessments.exports.pdf_pages import CONTENT_HEIGHT, CONTINUED, Lines, Page, box, paginate
from assessments.report import DimensionTable, Form
from indicators.editions import EditionNode


def measure(text: str, width: float, *, bold: bool = False) -> Lines:
    """As many letters a line as a fixed-width font of 5 points would hold."""
    return (
        tuple(line for part in text.split("\n") for line in textwrap.wrap(part, int(width / 5)) or [""]) if text else ()
    )


def filled(form: Form, lengths: dict[str, int]) -> Form:
    def table(of: DimensionTable) -> DimensionTable:
        areas = tuple(
            replace(
                area,
                standards=tuple(
                    replace(
                        standard,
                        rows=tuple(replace(row, result="ก" * lengths.get(row.code, 0)) for row in standard.rows),
                    )
                    for standard in area.standards
                ),
            )
            for area in of.areas
        )
        return replace(of, areas=areas)

    return replace(form, mark="draft", dimensions=tuple(table(of) for of in form.dimensions))


def height(page: Page) -> float:
    """The page's height as a table sets it: a merged cell ends with its last row, and may push that row down."""
    bottom = 0.0
    ends: dict[int, list[float]] = {}
    for place, row in enumerate(page.rows):
        for cell in (row.area, row.standard):
            if cell:
                ends.setdefault(place + cell.rows - 1, []).append(bottom + box(len(cell.lines)))
        bottom = max([bottom + row.piece.height, *ends.get(place, [])])
    title = pdf_pages.TITLE_HEIGHT if page.has_title else 0
    head = pdf_pages.BORDER + box(max(len(lines) for lines in page.heads))
    return title + pdf_pages.HEADING_HEIGHT + head + bottom + sum(pdf_pages._total_height(t) for t in page.totals)


@pytest.mark.parametrize("seed", range(12))
def test_every_row_is_once_on_a_page_that_holds_it(standard: EditionNode, seed: int) -> None:
    chance = random.Random(seed)
    sizes = [0, 30, 200, 600, 1500, 5000, 12000][: 3 + seed % 5]
    blank = report.blank_form(standard, 2571)
    form = filled(blank, {code: chance.choice(sizes) for code in standard.indicators})
    pages = paginate(form, measure)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert max(height(page) for page in pages) <= CONTENT_HEIGHT
    pieces = [row.piece for page in pages for row in page.rows]
    assert [piece.code for piece in pieces if piece.number == 1] == list(standard.indicators)
    for code, row in ((row.code, row) for table in form.dimensions for row in table.rows):
        parts = [piece for piece in pieces if piece.code == code]
        assert "".join("".join(piece.texts[2]) for piece in parts) == row.result
        # Cut only where a whole page would not hold it.
        if len(parts) > 1:
            assert sum(piece.height for piece in parts) > CONTENT_HEIGHT * 0.6
    # Totals stand below the last row of their dimension.
    for page in pages:
        if page.totals:
            assert page.rows[-1].piece.code == list(page.table.rows)[-1].code
    assert [len(page.totals) for page in pages if page.totals] == [3, 3, 5]


@pytest.mark.parametrize("seed", range(4))
def test_merged_cells_are_repeated_where_they_go_on(standard: EditionNode, seed: int) -> None:
    chance = random.Random(seed)
    form = filled(report.blank_form(standard, 2571), {code: chance.randint(0, 900) for code in standard.indicators})
    pages = paginate(form, measure)
    for before, page in pairwise(pages):
        first, last = page.rows[0], before.rows[-1]
        assert first.area is not None
        assert first.standard is not None
        same_dimension = before.table.number == page.table.number
        goes_on = same_dimension and last.piece.area == first.piece.area
        standard_goes_on = goes_on and last.piece.standard == first.piece.standard
        assert "".join(first.area.lines).replace(" ", "").endswith(CONTINUED.strip()) == goes_on
        assert "".join(first.standard.lines).replace(" ", "").endswith(CONTINUED.strip()) == standard_goes_on
        assert page.heading.endswith(CONTINUED) == same_dimension
    for page in pages:
        assert sum(row.area.rows for row in page.rows if row.area) == len(page.rows)
        assert sum(row.standard.rows for row in page.rows if row.standard) == len(page.rows)


PROOF = report.Proof("หัวหน้า", "3 สิงหาคม 2569 10:00 น.", "0" * 64, "https://standards.example/verify/x/")


@pytest.mark.parametrize("seed", range(8))
def test_the_last_page_alone_has_the_proof_and_room_for_it(standard: EditionNode, seed: int) -> None:
    chance = random.Random(seed)
    form = filled(report.blank_form(standard, 2571), {code: chance.randint(0, 900) for code in standard.indicators})
    pages = paginate(replace(form, proof=PROOF), measure)
    assert [page.has_proof for page in pages] == [False] * (len(pages) - 1) + [True]
    assert height(pages[-1]) + pdf_pages.PROOF_HEIGHT <= CONTENT_HEIGHT
    assert not any(page.has_proof for page in paginate(form, measure))


def test_less_room_gives_more_pages(standard: EditionNode) -> None:
    form = filled(report.blank_form(standard, 2571), dict.fromkeys(standard.indicators, 300))
    assert len(paginate(form, measure, tighter=120)) > len(paginate(form, measure))
