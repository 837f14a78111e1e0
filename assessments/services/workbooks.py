"""The office's workbook on its way back: kept as it was read, then applied in whole or in part."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from assessments.models import Answer, Assessment, User, WorkbookImport
from assessments.queries.workbooks import REFUSED, Difference, compare, merged
from assessments.services.answers import Entry, save_answer
from assessments.services.base import locked
from assessments.workbook import TEXTS, texts_of_answer
from assessments.workflow import Action
from indicators.editions import IndicatorNode
from indicators.inputs import InputRefused
from indicators.typed import read_typed


@dataclass
class Applied:
    """What was applied: how many inputs of how many indicators. `refused` tells by code why an indicator was left as
    it was, `late` are those that somebody changed while the differences were being looked at."""

    inputs: int = 0
    indicators: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)


@transaction.atomic
def keep_workbook(*, assessment: Assessment, name: str, content: Mapping[str, Any], by: User) -> WorkbookImport:
    """Keep what was read of a workbook; raises Refused. An earlier one of the same person that was not used goes."""
    assessment = locked(assessment, by=by, action=Action.EDIT)
    WorkbookImport.objects.filter(assessment=assessment, by=by, applied_at=None).delete()
    return WorkbookImport.objects.create(assessment=assessment, name=name, content=dict(content), by=by)


@transaction.atomic
def drop_workbook(*, assessment: Assessment, kept: WorkbookImport, by: User) -> None:
    """Forget an uploaded workbook of which nothing is wanted; raises Refused."""
    locked(assessment, by=by, action=Action.EDIT)
    WorkbookImport.objects.filter(assessment=assessment, pk=kept.pk).delete()


@transaction.atomic
def apply_workbook(
    *, assessment: Assessment, kept: WorkbookImport, by: User, chosen: Collection[str] | None = None
) -> Applied:
    """Save the chosen differences ("2.1/count/7": input, and the version that was seen), or what is ticked by itself;
    raises Refused. Each indicator is saved whole, as one change, or not at all. What is the same changes nothing.
    """
    assessment = locked(assessment, by=by, action=Action.EDIT)
    kept = WorkbookImport.objects.get(pk=kept.pk)
    comparison = compare(assessment, kept.content)
    wanted: dict[str, list[Difference]] = {}
    applied = Applied()
    seen = None if chosen is None else dict(value.rpartition("/")[::2] for value in chosen)
    for row in comparison.rows:
        if row.kind == REFUSED or (row.key not in seen if seen is not None else not row.ticked):
            continue
        if seen is not None and seen[row.key] != str(row.version) and row.node.code not in applied.late:
            applied.late.append(row.node.code)
        wanted.setdefault(row.node.code, []).append(row)
    for code, rows in wanted.items():
        node = rows[0].node
        if code in applied.late:
            continue
        answer = comparison.answers[node.pk]
        try:
            saved = save_answer(
                assessment=assessment, indicator=node, by=by, version=answer.version, entry=_entry(node, answer, rows)
            )
        except InputRefused as refusal:
            applied.refused[code] = refusal.message("en" if get_language() == "en" else "th")
            continue
        applied.inputs += len(rows)
        applied.indicators += 1
        # What is left of this indicator was not changed by a colleague, but by this very workbook.
        kept.content[code]["version"] = saved.answer.version
    if applied.indicators:
        kept.applied_at = timezone.now()
        kept.save(update_fields=["content", "applied_at"])
    return applied


def _entry(node: IndicatorNode, answer: Answer, rows: list[Difference]) -> Entry:
    """The answer with the rows' texts in their places; raises InputRefused."""
    texts = {name: getattr(answer, name) for name in TEXTS}
    texts |= {row.part.name: row.new for row in rows if not row.part.is_number}
    held = tuple(answer.evidence_held)
    if not any(row.part.is_number for row in rows):
        return Entry(
            inputs=answer.inputs,
            no_case=answer.no_case,
            no_case_reason=answer.no_case_reason,
            typed=answer.typed,
            evidence_held=held,
            **texts,
        )
    reading = read_typed(node.rule, merged(node, texts_of_answer(node, answer), rows))
    if reading.refusals:
        raise next(iter(reading.refusals.values()))
    return Entry(
        inputs=reading.inputs,
        no_case=reading.no_case,
        no_case_reason=reading.no_case_reason,
        typed=reading.typed,
        evidence_held=held,
        **texts,
    )
