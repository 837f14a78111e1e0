"""What the office's workbook reads, and how an uploaded one differs from the answers. Read only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.access import not_asked
from assessments.forms.answers import LONGEST_TEXT
from assessments.forms.workbook_cells import refusal_of
from assessments.models import Answer, Assessment, WorkbookImport
from assessments.workbook import Part, choices_of, parts_of, shown, texts_of_answer
from indicators import editions
from indicators.editions import DimensionNode, IndicatorNode
from indicators.inputs import Field, InputRefused, number_from_text
from indicators.thai import number
from indicators.typed import NO_CASE, read_typed

NEW, CHANGED, CLEARED, REFUSED = "new", "changed", "cleared", "refused"


def answers_of(assessment: Assessment) -> dict[int, Answer]:
    """The assessment's answers by the primary key of their indicator. One query."""
    return {answer.indicator_id: answer for answer in Answer.objects.of(assessment)}


def import_or_404(assessment: Assessment, key: UUID) -> WorkbookImport:
    kept = WorkbookImport.objects.filter(assessment=assessment, pk=key).select_related("by").first()
    if kept is None:
        raise Http404
    return kept


def open_imports(assessment: Assessment) -> list[WorkbookImport]:
    """Workbooks that were uploaded and of which nothing was applied yet, the newest first."""
    found = WorkbookImport.objects.filter(assessment=assessment, applied_at=None)
    return list(found.select_related("by").defer("content").order_by("-at"))


@dataclass
class Difference:
    """One input that differs. `new` is its text in the workbook, `at` the cell; `version` is the answer's version now.

    `is_stale` tells that the answer was changed here after the workbook was made.
    """

    node: IndicatorNode
    part: Part
    at: str
    old: str
    new: str
    kind: str
    version: int
    is_stale: bool
    reason: str = ""
    ticked: bool = False

    @property
    def key(self) -> str:
        return f"{self.node.code}/{self.part.name}"

    @property
    def value(self) -> str:
        """What a tick posts: the input, and the version of the answer that the person saw."""
        return f"{self.key}/{self.version}"

    @property
    def old_words(self) -> str:
        return _words(self.node, self.part, self.old)

    @property
    def new_words(self) -> str:
        return _words(self.node, self.part, self.new)


@dataclass
class Group:
    """The differences of one dimension."""

    dimension: DimensionNode
    rows: list[Difference]

    @property
    def can_be_taken(self) -> bool:
        return any(row.kind != REFUSED for row in self.rows)


@dataclass
class Comparison:
    """A workbook beside the answers as they are now. `same` counts inputs with the same content in both, `missing`
    those whose row is no longer in the workbook."""

    rows: list[Difference] = field(default_factory=list)
    same: int = 0
    missing: int = 0
    answers: dict[int, Answer] = field(default_factory=dict)
    dimensions: tuple[DimensionNode, ...] = ()

    @property
    def groups(self) -> list[Group]:
        found = [Group(one, [row for row in self.rows if row.node.dimension == one.number]) for one in self.dimensions]
        return [group for group in found if group.rows]

    @property
    def counts(self) -> dict[str, int]:
        kinds = [row.kind for row in self.rows]
        counts = {kind: kinds.count(kind) for kind in (NEW, CHANGED, CLEARED, REFUSED)}
        return {**counts, "stale": sum(row.is_stale for row in self.rows), "ticked": sum(r.ticked for r in self.rows)}


def compare(assessment: Assessment, content: Mapping[str, Any]) -> Comparison:
    """Every input of a kept import beside its answer. One query."""
    standard = editions.standard_of(assessment.round.edition)
    found = Comparison(answers=answers_of(assessment), dimensions=standard.dimensions)
    for node in standard.indicators.values():
        answer = found.answers.get(node.pk) or Answer()
        cells = content.get(node.code, {}).get("cells", {})
        stale = content.get(node.code, {}).get("version", 0) != answer.version
        old = texts_of_answer(node, answer)
        rows = []
        for part in parts_of(node):
            if part.name not in cells:
                found.missing += 1
                continue
            row = _difference(node, part, cells[part.name], old[part.name], answer.version)
            if row is None:
                found.same += bool(old[part.name])
            else:
                row.is_stale = stale
                rows.append(row)
        if not assessment.is_asked(node.code):
            for row in rows:
                row.kind, row.reason = REFUSED, not_asked(assessment)
        _judge(node, rows, old)
        _tick(rows)
        found.rows += rows
    return found


def _difference(node: IndicatorNode, part: Part, cells: list[list[str]], old: str, version: int) -> Difference | None:
    """One input's difference; None where there is none."""
    at = cells[0][0]
    if len(cells) > 1:
        at = f"{at}:{cells[-1][0].rpartition('!')[2]}"
    filled = [text for _at, text, _refused in cells if text]
    raw = " ".join(filled)
    new = shown(part, raw)
    refused = next(((place, refusal_of(code)) for place, _text, code in cells if code), None)
    if refused is None and part.kind == "no_case" and raw not in {"", "1"}:
        refused = at, _("Choose from the list in this cell, or leave it empty.")
        new = raw
    if refused is None and part.kind == "text" and len(new) > LONGEST_TEXT:
        told = _("This text has %(length)s characters; shorten it to at most %(limit)s.")
        refused = at, told % {"length": f"{len(new):,}", "limit": f"{LONGEST_TEXT:,}"}
    if refused is None and new == old:
        return None
    if refused is None and part.kind == "list":
        refused = _unreadable(part, cells)
    kind = CLEARED if not new else CHANGED if old else NEW
    row = Difference(node, part, at, old, new, kind, version, is_stale=False)
    if refused is not None:
        row.kind, (row.at, row.reason) = REFUSED, refused
    return row


def _unreadable(part: Part, cells: list[list[str]]) -> tuple[str, str] | None:
    """The first cell of a list that holds no number, with the reason."""
    for place, (at, text, _refused) in enumerate(cells, start=1):
        try:
            number_from_text(Field(part.name, f"{part.label} ({place})", part.unit), text)
        except InputRefused as refusal:
            return at, _message(refusal)
    return None


def _message(refusal: InputRefused) -> str:
    return refusal.message("en" if get_language() == "en" else "th")


def _judge(node: IndicatorNode, rows: list[Difference], old: Mapping[str, str]) -> None:
    """Refuse numbers that cannot be read, alone or together with those that stay."""
    numbers = [row for row in rows if row.part.is_number and row.kind != REFUSED]
    if not numbers:
        return
    refusals = read_typed(node.rule, merged(node, old, numbers)).refusals
    if not refusals:
        return
    for row in numbers:
        refusal = refusals.get(row.part.name)
        if refusal is None and not any(other.part.name in refusals for other in numbers):
            # What contradicts it stands in an input that the workbook left as it was.
            refusal = next(iter(refusals.values()))
        if refusal is not None:
            row.kind, row.reason = REFUSED, _message(refusal)


def merged(node: IndicatorNode, old: Mapping[str, str], rows: Iterable[Difference]) -> dict[str, str]:
    """The numbers of an answer as texts, with those of the workbook in their places."""
    texts = {part.name: old[part.name] for part in parts_of(node) if part.is_number}
    return texts | {row.part.name: row.new for row in rows if row.part.is_number}


def _tick(rows: list[Difference]) -> None:
    """What is taken unless the person says otherwise: no clearing, but where it goes with "no case" or its end."""
    taken = {row.part.name for row in rows if row.kind in {NEW, CHANGED} and row.part.is_number}
    for row in rows:
        if row.is_stale or row.kind == REFUSED:
            continue
        turned = NO_CASE in taken if row.part.box is not None else row.part.name == NO_CASE and bool(taken - {NO_CASE})
        row.ticked = row.kind in {NEW, CHANGED} or turned


def _words(node: IndicatorNode, part: Part, text: str) -> str:
    """A part's text as a person reads it."""
    words = choices_of(node, part)
    if words:
        return words.get(text, text)
    if part.kind in {"count", "measure"} and text:
        try:
            value = number_from_text(part.field, text)
        except InputRefused:
            return text
        return f"{number(value or 0)} {part.unit}".strip()
    return text
