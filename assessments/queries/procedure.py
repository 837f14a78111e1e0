"""How far the review of one assessment is: what is not judged, what is asked, disputed, and whether it came late."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from assessments.calendar import day_of
from assessments.models import Assessment, Extension, Outcome, Question, Response, Review
from assessments.workflow import UNDER_REVIEW, Status
from indicators import editions
from indicators.editions import IndicatorNode


@dataclass(frozen=True, slots=True)
class Procedure:
    """What stands between an assessment and its next move; each is empty where it does not matter.

    `left` are the indicators without a verdict on their answer as it is now, `waiting` those whose verdict asks for
    evidence, `drafts` the questions that the next return sends, `open_disputes` the disputed indicators that are not
    settled.
    """

    left: Sequence[IndicatorNode]
    waiting: Sequence[IndicatorNode]
    drafts: Sequence[Question]
    open_disputes: Sequence[IndicatorNode]
    judged: int
    disputed: int
    late: Extension | None

    @property
    def can_verify(self) -> bool:
        return not self.left and not self.waiting and not self.drafts

    @property
    def drafted_codes(self) -> list[str]:
        """The indicators that a return with these questions opens."""
        return list(dict.fromkeys(draft.answer.indicator.code for draft in self.drafts))


def of(assessment: Assessment) -> Procedure:
    """At most three queries."""
    nodes = editions.standard_of(assessment.round.edition).indicators
    left: list[IndicatorNode] = []
    waiting: list[IndicatorNode] = []
    drafts: list[Question] = []
    disputes: dict[str, bool] = {}
    judged = len(nodes)
    if assessment.status in UNDER_REVIEW:
        said = _judged(assessment)
        left = [node for node in nodes.values() if node.pk not in said]
        waiting = [node for node in nodes.values() if said.get(node.pk) == Outcome.EVIDENCE]
        judged = len(nodes) - len(left) - len(waiting)
        drafts = drafts_of(assessment)
    if assessment.status in {Status.VERIFIED, Status.REPLIED}:
        disputes = _disputes(assessment)
    open_disputes = [node for code, node in nodes.items() if disputes.get(code) is False]
    return Procedure(left, waiting, drafts, open_disputes, judged, len(disputes), late_by(assessment))


def _judged(assessment: Assessment) -> dict[int, str]:
    """The verdicts that are about the answers as they are now, by indicator's key."""
    found = Review.objects.filter(answer__assessment=assessment, judged_version=F("answer__version"))
    return dict(found.exclude(outcome="").values_list("answer__indicator_id", "outcome"))


def _disputes(assessment: Assessment) -> dict[str, bool]:
    """The disputed indicators by code, each with whether it is settled."""
    found = Review.objects.filter(answer__assessment=assessment, response=Response.DISPUTE)
    return {code: at is not None for code, at in found.values_list("answer__indicator__code", "final_at")}


def drafts_of(assessment: Assessment) -> list[Question]:
    """The questions that the next return sends, in printed order. One query."""
    found = Question.objects.filter(answer__assessment=assessment, sent_with=None, closed_at=None)
    return list(found.select_related("answer__indicator").order_by("answer__indicator_id", "pk"))


def late_by(assessment: Assessment) -> Extension | None:
    """The later day, with its reason, thanks to which an assessment could be submitted after the round's own closing
    day; None where it was in time. No query then, else one."""
    if not assessment.is_late or assessment.submitted_at is None:
        return None
    given = Extension.objects.filter(
        round=assessment.round_id,
        province=assessment.province_id,
        closes_on__gte=day_of(assessment.submitted_at),
        given_at__lte=assessment.submitted_at,
    )
    return given.first()
