"""The year's spending target (1.31): which answers it reaches, and judging them when it comes or changes."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone

from assessments.models import Answer, AnswerChange, Assessment, Round, User
from assessments.services.answers import OUTCOME, apply_outcome, recount
from assessments.workflow import UNDER_REVIEW, WITH_OFFICE
from indicators import editions
from indicators.checks import Target


def target_of(answer: Answer, assessment: Assessment) -> Decimal | None:
    """The target by which an answer is to be judged, as its assessment stands.

    While the office may correct it, the round's. A submitted one keeps the target it was judged by, and takes the
    round's only where it still waits for one. A verified one keeps what it has.
    """
    if assessment.status in WITH_OFFICE:
        return assessment.round.budget_target
    if assessment.status in UNDER_REVIEW and answer.judged_target is None:
        return assessment.round.budget_target
    return answer.judged_target


def judge_by_target(assessments: Iterable[Assessment], *, round_: Round, by: User, recorded: bool = False) -> None:
    """Judge 1.31 of locked assessments of a round, whose target may be new to them. Inside a transaction.

    A submitted answer that gets another outcome gets a line in its history; the others only where `recorded`.
    """
    standard = editions.standard_of(round_.edition)
    nodes = {node.pk: node for node in standard.indicators.values() if isinstance(node.rule, Target)}
    by_pk = {assessment.pk: assessment for assessment in assessments}
    answers = Answer.objects.filter(assessment__in=by_pk, indicator__in=nodes, inputs__isnull=False)
    for answer in answers.order_by("assessment", "indicator"):
        assessment = by_pk[answer.assessment_id]
        assessment.round = round_
        old = {column: getattr(answer, column) for column in OUTCOME}
        apply_outcome(answer, nodes[answer.indicator_id], target=target_of(answer, assessment))
        if all(getattr(answer, column) == value for column, value in old.items()):
            continue
        if recorded or assessment.status in UNDER_REVIEW:
            answer.version += 1
            AnswerChange.objects.create(
                answer=answer,
                version=answer.version,
                changes={"explanation": [old["explanation"], answer.explanation]},
                by=by,
                at=timezone.now(),
            )
        answer.save(update_fields=[*OUTCOME, "version"])
        recount(assessment)
