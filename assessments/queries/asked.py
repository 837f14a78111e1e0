"""What the centre asks of an office after a return: its questions, by indicator, answered or open. Read only."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404

from assessments.models import Answer, Assessment, Question
from assessments.workflow import Status
from indicators import editions
from indicators.editions import IndicatorNode


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions about one indicator that still count."""

    node: IndicatorNode
    questions: tuple[Question, ...]

    @property
    def is_answered(self) -> bool:
        return all(question.answered_at for question in self.questions)


def asked_of(assessment: Assessment) -> list[Asked]:
    """What the last return asks, in printed order; empty where it asked nothing. One query, none in other states."""
    if assessment.status != Status.RETURNED:
        return []
    standard = editions.standard_of(assessment.round.edition)
    found = Question.objects.filter(answer__assessment=assessment, sent_with__isnull=False, closed_at=None)
    by_code: dict[str, list[Question]] = {}
    for question in found.select_related("answer", "asked_by", "answered_by"):
        by_code.setdefault(standard.by_pk[question.answer.indicator_id].code, []).append(question)
    return [Asked(node, tuple(by_code[code])) for code, node in standard.indicators.items() if code in by_code]


def questions_at(answer: Answer) -> list[Question]:
    """Every question that was sent about one answer, the oldest first. One query, none before the first submission."""
    if answer.assessment.status == Status.DRAFT:
        return []
    sent = Question.objects.filter(answer=answer, sent_with__isnull=False)
    return list(sent.select_related("asked_by", "answered_by"))


def question_or_404(answer: Answer, pk: int) -> Question:
    question = (
        Question.objects.filter(answer=answer, pk=pk, sent_with__isnull=False).select_related("answered_by").first()
    )
    if question is None:
        raise Http404
    return question


def counts_by(which: Q, by: str) -> tuple[Mapping[int, int], Mapping[int, int], Mapping[int, int]]:
    """How many questions are drafted, sent and still open, and answered but not closed, by a column. One query."""
    rows = Question.objects.filter(which, closed_at__isnull=True).order_by()
    drafts: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    for key, sent_with, answered_at in rows.values_list(by, "sent_with", "answered_at"):
        (drafts if sent_with is None else answered if answered_at else asked)[key] += 1
    return drafts, asked, answered
