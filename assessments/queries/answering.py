"""What the pages of answering read: one answer, the answers of an area."""

from assessments.models import Answer, Assessment
from indicators.editions import AreaNode, IndicatorNode


def answer_of(assessment: Assessment, node: IndicatorNode) -> Answer:
    """An assessment's answer to one indicator, with who changed it last."""
    answer = Answer.objects.select_related("changed_by").get(assessment=assessment, indicator_id=node.pk)
    answer.assessment = assessment
    return answer


def answers_of(assessment: Assessment, area: AreaNode) -> dict[int, Answer]:
    """The answers of one area by indicator. One query."""
    keys = [node.pk for node in area.indicators]
    found = list(Answer.objects.of(assessment).filter(indicator_id__in=keys).select_related("changed_by"))
    for answer in found:
        answer.assessment = assessment
    return {answer.indicator_id: answer for answer in found}
