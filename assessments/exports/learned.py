"""What a round of review teaches as a workbook: criteria, offices, steps, what is overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.exports.cells import Value, put
from assessments.exports.results import saved
from assessments.exports.workbook_looks import height, page, styles
from assessments.learned import days
from assessments.queries.learned import COLUMNS, OFFICE_COLUMNS, Learned
from indicators.thai import rounded

# Three lines above each table: its title, of how many, and an empty one.
FIRST_ROW = 4
# Where the font is replaced by a wider one, words still have their lines.
ROOM = 0.75


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width in letters, and the style of its cells."""

    head: str | Promise
    width: float
    style: str = "wb cell number"


def workbook_of(learned: Learned) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for style in styles():
        book.add_named_style(style)
    for table in (_criteria, _offices, _steps, _overdue):
        table(book, learned)
    return saved(book, [{} for _sheet in book.worksheets])


def _table(
    book: Workbook, learned: Learned, title: str, told: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]
) -> None:
    """A sheet with one table, its heads kept in view and with filters."""
    sheet: Worksheet = book.create_sheet(title)
    widths = {place: column.width for place, column in enumerate(columns, start=1)}
    page(sheet, widths, str(learned.round), landscape=True)
    assert sheet.oddHeader is not None
    sheet.oddHeader.right.text = ""
    put(sheet, 1, 1, f"{title} · {learned.round}", "wb title")
    put(sheet, 2, 1, told, "wb soft")
    for place, column in enumerate(columns, start=1):
        put(sheet, FIRST_ROW, place, str(column.head), "wb head")
    for line in (1, 2):
        sheet.row_dimensions[line].height = 28.0
    sheet.row_dimensions[FIRST_ROW].height = max(height(str(column.head), column.width * ROOM) for column in columns)
    for line, row in enumerate(rows, start=FIRST_ROW + 1):
        texts = [24.0]
        for place, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            put(sheet, line, place, value, column.style)
            if isinstance(value, str):
                texts.append(height(value, column.width * ROOM))
        sheet.row_dimensions[line].height = max(texts)
    sheet.freeze_panes = f"B{FIRST_ROW + 1}"
    sheet.auto_filter.ref = f"A{FIRST_ROW}:{get_column_letter(len(columns))}{FIRST_ROW + len(rows)}"
    sheet.print_title_rows = f"{FIRST_ROW}:{FIRST_ROW}"


def _rounded(value: Fraction | None) -> Decimal | None:
    return None if value is None else (rounded(value) if value >= 0 else -rounded(-value))


def _days(length: timedelta | None) -> Decimal | None:
    return None if length is None else rounded(days(length), 1)


def _criteria(book: Workbook, learned: Learned) -> None:
    told = _("From %(judged)d offices that are judged; %(sent)d have submitted, %(told)d know their verdicts.") % {
        "judged": learned.judged,
        "sent": learned.sent,
        "told": learned.told,
    }
    columns = [
        Column(COLUMNS["code"], 8, "wb code"),
        Column(_("Name"), 60, "wb cell"),
        Column(COLUMNS["judged"], 9),
        Column(COLUMNS["questions"], 9),
        Column(COLUMNS["up"], 11),
        Column(_("by points, on average"), 11, "wb cell mean"),
        Column(COLUMNS["down"], 11),
        Column(_("by points, on average"), 11, "wb cell mean"),
        Column(COLUMNS["given"], 12),
        Column(COLUMNS["evidence"], 11),
        Column(COLUMNS["disputes"], 9),
        Column(COLUMNS["won"], 12),
        Column(COLUMNS["all"], 9),
    ]
    rows: list[list[Value]] = []
    for row in learned.criteria:
        found = row.found
        assert row.node is not None
        rows.append(
            [
                *(found.code, row.node.name, found.judged, found.questions.number),
                *(found.up.number, _rounded(found.rise), found.down.number, _rounded(found.fall)),
                *(found.given.number, found.evidence.number),
                *(found.disputes.number, found.won.number, found.all.number),
            ]
        )
    _table(book, learned, _("By indicator"), told, columns, rows)


def _offices(book: Workbook, learned: Learned) -> None:
    told = _("From %(offices)d offices and %(answers)d answers with a claimed and a verified score.") % {
        "offices": len(learned.claimers),
        "answers": learned.compared,
    }
    columns = [
        Column(OFFICE_COLUMNS["office"], 24, "wb cell"),
        Column(OFFICE_COLUMNS["judged"], 14),
        Column(OFFICE_COLUMNS["down"], 14),
        Column(OFFICE_COLUMNS["up"], 14),
        Column(OFFICE_COLUMNS["mean"], 20, "wb cell mean"),
        Column(_("Greatest differences"), 40, "wb cell"),
    ]
    rows: list[list[Value]] = [
        [
            *(row.office.name, row.found.judged, row.found.down, row.found.up, _rounded(row.found.mean)),
            ", ".join(f"{code} ({change})" for code, change in row.most),
        ]
        for row in learned.claimers
    ]
    _table(book, learned, _("By office"), told, columns, rows)


def _steps(book: Workbook, learned: Learned) -> None:
    columns = [
        Column(_("Step"), 60, "wb cell"),
        Column(_("Stays that are over"), 14),
        Column(_("Days, the middle one"), 14),
        Column(_("Days, the longest"), 14),
        Column(_("Office of the longest"), 24, "wb cell"),
        Column(_("Offices in it now"), 14),
        Column(_("Days of the longest now"), 14),
        Column(_("Office of the longest now"), 24, "wb cell"),
    ]
    rows: list[list[Value]] = []
    for row in learned.steps:
        over, now = row.found.longest, row.found.longest_now
        rows.append(
            [
                *(str(row.words), len(row.found.over), _days(row.found.median), _days(over.length if over else None)),
                *(row.longest_of.name if row.longest_of else "", len(row.found.now)),
                *(_days(now.length if now else None), row.longest_now_of.name if row.longest_now_of else ""),
            ]
        )
    told = _("Days from one move to the next; an office that comes back into a step is counted again.")
    _table(book, learned, _("Time of each step"), told, columns, rows)


def _overdue(book: Workbook, learned: Learned) -> None:
    told = _("%(number)d of %(offices)d offices; left lying: %(days)d days or more.") % {
        "number": len(learned.overdue),
        "offices": learned.offices,
        "days": learned.patience,
    }
    columns = [
        Column(_("What"), 50, "wb cell"),
        Column(OFFICE_COLUMNS["office"], 24, "wb cell"),
        Column(_("Status"), 30, "wb cell"),
        Column(_("Last day, or since"), 20, "wb cell"),
        Column(_("Days"), 10),
    ]
    rows: list[list[Value]] = [
        [
            *(str(row.words), row.office.name, str(row.status)),
            *(row.day, row.found.days),
        ]
        for row in learned.overdue
    ]
    _table(book, learned, _("Overdue"), told, columns, rows)
