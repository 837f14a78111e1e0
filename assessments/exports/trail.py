"""The audit trail as CSV: times in UTC and in Thai writing, everything else as the page says it."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from assessments.exports.cells import csv_text
from assessments.exports.open_data import BOM
from assessments.models import TrailRow
from assessments.models.trail import moment
from assessments.queries.trail_words import Line, lines

PIECE = 1000


def pieces(rows: Iterable[TrailRow]) -> Iterator[bytes]:
    """The file piece by piece: memory does not grow with the trail."""
    head = [
        *(_("Number"), _("Time (UTC)"), _("Full name"), _("E-mail address"), _("Role"), _("Kind"), _("Act")),
        *(_("About"), _("Office"), "SHA-256"),
    ]
    yield BOM.encode() + _csv([head])
    found = iter(rows)
    while page := list(itertools.islice(found, PIECE)):
        yield _csv(_cells(line, row) for line, row in zip(lines(page), page, strict=True))


def _cells(line: Line, row: TrailRow) -> list[str]:
    who = [line.person, line.email, line.role]
    return [line.number, moment(line.at), *who, line.kind, line.act, line.subject, line.office, row.hash]


def _csv(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([csv_text(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
