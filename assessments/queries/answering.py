"""What the pages of answering read: one answer, the answers of an area, the areas beside it."""

from assessments.models import Answer, Assessment
from indicators import editions
from indicators.editions import AreaNode, IndicatorNode


def answer_of(assessment: Assessment, node: IndicatorNode) -> Answer:
    """An assessment's answer to one indicator, with who changed it last."""
    answer = Answer.objects.select_related("changed_by").get(assessment=assessment, indicator_id=node.pk)
    answer.assessment = assessment
    return answer


def answers_of(assessment: Assessment, area: AreaNode) -> dict[int, Answer]:
    """The answers of one area by indicator. One query."""
    keys = [node.pk for node in area.indicators]
    found = Answer.objects.of(assessment).filter(indicator_id__in=keys).select_related("changed_by")
    return {answer.indicator_id: answer for answer in found}


def areas_beside(assessment: Assessment, area: AreaNode) -> tuple[AreaNode | None, AreaNode | None]:
    """The areas before and after one, in printed order."""
    areas = list(editions.standard_of(assessment.round.edition).areas.values())
    place = areas.index(area)
    return (areas[place - 1] if place else None, areas[place + 1] if place + 1 < len(areas) else None)
