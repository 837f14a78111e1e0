"""Last year's answer of the same office beside this year's: figures, score, remarks, texts and evidence.

Figures are shown and never taken over. For each text and each piece of evidence the office says whether it is the
same, updated, or not any more (`models.Carry`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Q
from django.shortcuts import get_object_or_404

from assessments.models import Answer, Assessment, Carry, Evidence, EvidenceUse, Review, StatusChange
from assessments.queries.evidence import Item
from assessments.queries.shown import Figure, figures, label_of, text_of
from assessments.workflow import TOLD, Action
from indicators import editions
from indicators.editions import AreaNode, IndicatorNode
from indicators.models import Edition
from indicators.thai import number

# The texts that an office may carry over, in the form's order; the last one is the handover note.
CARRIED_TEXTS = ("performance", "problems", "remedies", "number_source")
EDITION_SAME, SAME, CHANGED, NEW = "edition", "same", "changed", "new"


@dataclass(frozen=True, slots=True)
class CarriedText:
    """One of last year's texts. `waits`: said to be updated, but still word for word last year's."""

    column: str
    label: str
    text: str
    choice: str
    waits: bool


@dataclass(frozen=True, slots=True)
class CarriedItem:
    """One of last year's files or links. `waits`: said to be updated, but nothing new was attached since."""

    item: Item
    choice: str
    waits: bool


@dataclass(frozen=True, slots=True)
class LastYear:
    """Last year's answer to one indicator. `standing` tells how the indicator itself relates to last year's (edition:
    the very same edition). `answer` is None where last year's standard had no such indicator, `verdict` where no
    reviewer judged it or the office was not told."""

    year: int
    standing: str
    comparable: bool
    answer: Answer | None = None
    figures: Sequence[Figure] = ()
    decided: str = ""
    verdict: Review | None = None
    returns: Sequence[StatusChange] = ()
    texts: Sequence[CarriedText] = ()
    items: Sequence[CarriedItem] = ()

    @property
    def open_choices(self) -> int:
        """For how many texts and pieces of evidence the office has not said anything yet."""
        return sum(not text.choice for text in self.texts) + sum(not item.choice for item in self.items)


def last_answer(answer: Answer, node: IndicatorNode) -> Answer | None:
    """The office's answer of last year to the same indicator, or to its predecessor; its `edition` is the key of the
    edition that it was given under, `stood` the state of its assessment. One query."""
    assessment = answer.assessment
    keys = [node.pk, *([node.previous] if node.previous else [])]
    found = Answer.objects.filter(
        assessment__province=assessment.province_id,
        assessment__round__year=assessment.round.year - 1,
        indicator__in=keys,
    )
    found = found.select_related("review").annotate(edition=F("assessment__round__edition"))
    return found.annotate(stood=F("assessment__status")).first()


def last_year_of(answer: Answer, node: IndicatorNode) -> LastYear | None:
    """Last year's answer beside this one; None where the office had no assessment last year. Four queries: the answer,
    its evidence, why it was returned, and what was said of it this year; one more where evidence is to be updated."""
    assessment = answer.assessment
    year = assessment.round.year - 1
    last = last_answer(answer, node)
    if last is None:
        office = Assessment.objects.filter(province=assessment.province_id, round__year=year)
        return LastYear(year, NEW, comparable=False) if office.exists() else None
    before = _node_of(last, assessment)
    kept = Evidence.objects.kept().filter(uses__answer=last).order_by("uses__added_at", "uses__pk")
    said, newest = _said(answer)
    return LastYear(
        year,
        EDITION_SAME if before.pk == node.pk else SAME if node.reads_as(before) else CHANGED,
        comparable=before.pk == node.pk or node.comparable,
        answer=last,
        figures=_told(before, last.inputs),
        decided=text_of(before, "decided_band", last.decided_band),
        verdict=_verdict(last),
        returns=list(StatusChange.objects.filter(assessment=last.assessment_id, action=Action.RETURN)),
        texts=[_text(answer, last, column, said) for column in CARRIED_TEXTS if getattr(last, column)],
        items=[_item(evidence, said, newest) for evidence in kept],
    )


def _verdict(last: Any) -> Review | None:
    """The verdict on last year's answer, where the office was told it."""
    review: Review | None = getattr(last, "review", None)
    return review if review is not None and review.outcome and last.stood in TOLD else None


def _node_of(last: Any, assessment: Assessment) -> IndicatorNode:
    """Last year's indicator as its own edition had it. No query where both years have the same edition."""
    edition = assessment.round.edition
    if last.edition != edition.pk:
        edition = Edition.objects.get(pk=last.edition)
    return editions.standard_of(edition).by_pk[last.indicator_id]


def _told(node: IndicatorNode, inputs: Mapping[str, Any] | None) -> list[Figure]:
    """The figures in words; a part and its whole as one: "40 จาก 45 คน"."""
    found = figures(node, inputs)
    if inputs is not None and inputs.keys() == {"numerator", "denominator"}:
        part, whole = found
        return [Figure("", f"{part.text} จาก {whole.text}", part.unit)]
    return found


def _said(answer: Answer) -> tuple[dict[Any, Carry], datetime | None]:
    """What the office said of last year's, by column or evidence, and when evidence was last attached. One query, two
    where evidence is to be updated."""
    said: dict[Any, Carry] = {row.what or row.evidence_id: row for row in Carry.objects.filter(answer=answer)}
    if not any(row.choice == Carry.Choice.UPDATED and not row.what for row in said.values()):
        return said, None
    uses = EvidenceUse.objects.filter(answer=answer, evidence__deleted_at__isnull=True)
    return said, uses.aggregate(newest=Max("added_at"))["newest"]


def _text(answer: Answer, last: Answer, column: str, said: Mapping[Any, Carry]) -> CarriedText:
    row = said.get(column)
    text = getattr(last, column)
    waits = row is not None and row.choice == Carry.Choice.UPDATED and getattr(answer, column) == text
    return CarriedText(column, label_of(column), text, row.choice if row else "", waits)


def _item(evidence: Evidence, said: Mapping[Any, Carry], newest: datetime | None) -> CarriedItem:
    row = said.get(evidence.pk)
    waits = row is not None and row.choice == Carry.Choice.UPDATED and not (newest is not None and newest > row.at)
    return CarriedItem(Item(evidence), row.choice if row else "", waits)


def old_evidence(assessment: Assessment, key: UUID) -> Evidence:
    """One of the office's files and links of any year; 404 for another office's."""
    return get_object_or_404(Evidence, assessment__province=assessment.province_id, pk=key)


# --- what was to be updated and is not yet -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Update:
    """A text or evidence that the office wanted to update: the text is still last year's, nothing new is attached."""

    node: IndicatorNode
    name: str


def updates_of(assessment: Assessment) -> list[Update]:
    """What still waits to be updated, in printed order. One query, two where a text was copied."""
    standard = editions.standard_of(assessment.round.edition)
    kept = Q(answer__evidence_uses__evidence__deleted_at__isnull=True)
    said = Carry.objects.filter(answer__assessment=assessment, choice=Carry.Choice.UPDATED)
    rows = list(
        said.select_related("answer", "evidence").annotate(newest=Max("answer__evidence_uses__added_at", filter=kept))
    )
    before = _texts_before(assessment, [row.answer.indicator_id for row in rows if row.what])
    found: list[Update] = []
    for row in rows:
        node = standard.by_pk[row.answer.indicator_id]
        if row.evidence is not None and not (row.newest is not None and row.newest > row.at):
            found.append(Update(node, row.evidence.name))
        elif row.what and getattr(row.answer, row.what) in before.get((node.pk, row.what), ()):
            found.append(Update(node, label_of(row.what)))
    place = {pk: number for number, pk in enumerate(standard.by_pk)}
    return sorted(found, key=lambda update: place[update.node.pk])


def _texts_before(assessment: Assessment, keys: list[int]) -> dict[tuple[int, str], tuple[str]]:
    """Last year's texts by this year's indicator and column. One query, none without indicators."""
    if not keys:
        return {}
    by_pk = editions.standard_of(assessment.round.edition).by_pk
    of = {pk: pk for pk in keys} | {by_pk[pk].previous: pk for pk in keys if by_pk[pk].previous}
    rows = Answer.objects.filter(
        assessment__province=assessment.province_id,
        assessment__round__year=assessment.round.year - 1,
        indicator__in=[pk for pk in of if pk],
    )
    return {(of[row.indicator_id], column): (getattr(row, column),) for row in rows for column in CARRIED_TEXTS}


# --- in few words, for the rows of an area ----------------------------------------------------------


def short_of_area(assessment: Assessment, area: AreaNode) -> dict[str, str]:
    """Last year's answers of an area in few words, by code: "4 ครั้ง (7.5)". One query.

    Only what may be compared is shown: it stands beside this year's box without an explanation.
    """
    nodes = {node.pk: node for node in area.indicators}
    nodes |= {node.previous: node for node in area.indicators if node.previous and node.comparable}
    rows = Answer.objects.filter(
        assessment__province=assessment.province_id,
        assessment__round__year=assessment.round.year - 1,
        indicator__in=nodes,
    )
    found = {nodes[row.indicator_id].code: short_of(nodes[row.indicator_id], row) for row in rows}
    return {code: text for code, text in found.items() if text}


def short_of(node: IndicatorNode, answer: Answer) -> str:
    """An answer in Thai in few words; empty where there is none."""
    outcome = ""
    if answer.score is not None:
        outcome = f" ({number(answer.score)})"
    elif answer.met is not None:
        outcome = " (ผ่านเกณฑ์)" if answer.met else " (ไม่ผ่านเกณฑ์)"
    if answer.no_case:
        return f"ไม่มีกรณีในรอบปี{outcome}"
    inputs = answer.inputs
    if inputs is None or inputs.keys() != {field.name for field in node.fields}:
        return ""
    if "option" in inputs:
        return f"ข้อ {inputs['option']}{outcome}"
    told = _told(node, inputs)
    return f"{' · '.join(f'{each.text} {each.unit}'.strip() for each in told)}{outcome}"
