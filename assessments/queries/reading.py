"""One whole assessment to read: the 86 answers in printed order with their evidence, and its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.models import Answer, Assessment, EvidenceUse, Extension, StatusChange, User
from assessments.workflow import Action
from indicators import editions
from indicators.editions import AreaNode, DimensionNode, IndicatorNode
from indicators.insight import drop_of
from indicators.rules import Rule
from indicators.scoring import score
from indicators.thai import clean


@dataclass(frozen=True, slots=True)
class Near:
    """So many cases fewer (more, where fewer is better) and the answer has this score only."""

    cases: int
    unit: str
    fewer: bool
    score: Decimal | None


def near_of(node: IndicatorNode, answer: Answer) -> Near | None:
    """How little would lose its row; None in the lowest row, for choices, and where a reviewer chose the row."""
    rule = node.rule
    if not isinstance(rule, Rule) or answer.score is None or answer.inputs is None:
        return None
    drop = drop_of(rule, rule.read(answer.inputs))
    return None if drop is None else Near(drop.cases, drop.unit, drop.fewer, score(rule, drop.inputs).score)


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """`held` are the places of those kinds of evidence that the handbook names and the office ticked."""

    node: IndicatorNode
    answer: Answer
    evidence: Sequence[EvidenceUse]
    held: tuple[int, ...]

    @property
    def waits(self) -> bool:
        """There was no case, and no reviewer has chosen a row yet."""
        return self.answer.pending == "no_case" and self.answer.is_answered

    @property
    def near(self) -> "Near | None":
        return near_of(self.node, self.answer)


@dataclass(frozen=True, slots=True)
class ReadArea:
    """`total` is the kept total (`Assessment.results`), None in dimension 1."""

    node: AreaNode
    total: Mapping[str, Any] | None
    answered: int
    answers: Sequence[ReadAnswer]


@dataclass(frozen=True, slots=True)
class ReadDimension:
    """`met` counts the criteria met, in dimension 1."""

    node: DimensionNode
    total: Mapping[str, Any] | None
    answered: int
    met: int
    areas: Sequence[ReadArea]

    @property
    def count(self) -> int:
        return len(self.node.indicators)


def read_whole(assessment: Assessment) -> list[ReadDimension]:
    """Everything that the office answered. Two queries, once the edition is read."""
    standard = editions.standard_of(assessment.round.edition)
    answers = {
        answer.indicator_id: answer
        for answer in Answer.objects.of(assessment).select_related("changed_by", "decided_by")
    }
    evidence: dict[int, list[EvidenceUse]] = {}
    uses = EvidenceUse.objects.filter(answer__assessment=assessment, evidence__deleted_at__isnull=True)
    for use in uses.select_related("evidence"):
        evidence.setdefault(use.answer_id, []).append(use)
    return [_dimension(assessment, dimension, answers, evidence) for dimension in standard.dimensions]


def corrected(dimensions: Sequence[ReadDimension], history: Sequence[StatusChange]) -> list[IndicatorNode] | None:
    """The indicators whose answer changed, or got evidence, after the last return; None where there was no return."""
    returned_at = next((change.at for change in history if change.action == Action.RETURN), None)
    if returned_at is None:
        return None
    rows = (row for dimension in dimensions for area in dimension.areas for row in area.answers)
    return [
        row.node
        for row in rows
        if (row.answer.changed_at and row.answer.changed_at > returned_at)
        or any(use.added_at > returned_at for use in row.evidence)
    ]


def _dimension(
    assessment: Assessment,
    dimension: DimensionNode,
    answers: Mapping[int, Answer],
    evidence: Mapping[int, list[EvidenceUse]],
) -> ReadDimension:
    areas = []
    for area in dimension.areas:
        rows = [_answer(node, answers[node.pk], evidence) for node in area.indicators]
        areas.append(
            ReadArea(
                area,
                assessment.results.get("areas", {}).get(area.code),
                sum(row.answer.is_answered for row in rows),
                rows,
            )
        )
    return ReadDimension(
        dimension,
        assessment.results.get("dimensions", {}).get(str(dimension.number)),
        sum(area.answered for area in areas),
        sum(row.answer.met is True for area in areas for row in area.answers),
        areas,
    )


def _answer(node: IndicatorNode, answer: Answer, evidence: Mapping[int, list[EvidenceUse]]) -> ReadAnswer:
    return ReadAnswer(node, answer, evidence.get(answer.pk, ()), tuple(sorted(answer.evidence_held)))


def status_history(assessment: Assessment) -> list[StatusChange]:
    """Its moves, the newest first."""
    return list(assessment.history.select_related("by"))


def extensions_of(assessment: Assessment) -> list[Extension]:
    """The office's later closing days in this round, the newest first."""
    found = Extension.objects.filter(round=assessment.round_id, province=assessment.province_id)
    return list(found.select_related("given_by"))


def done_by(assessment: Assessment, action: Action, by: User, reason: str = "") -> bool:
    """Whether the last move was this very one by this person: then a second request for it is a double click."""
    last = assessment.history.first()
    return bool(last and last.action == action and last.by_id == by.pk and last.reason == clean(reason))
