"""Deciding the score of an answer that had no case: no rule can, so a reviewer picks a printed row and says why."""

from typing import Any

from django.utils import timezone

from assessments.models import Answer, AnswerChange, User
from assessments.services.answers import DECISION, OUTCOME, apply_outcome, recount
from indicators.editions import IndicatorNode


def decide_row(answer: Answer, indicator: IndicatorNode, *, by: User, band: int, reason: str) -> bool:
    """Give an answer that had no case the printed row `band` (1 = the top one); whether that changed anything.

    The caller holds the lock on its assessment and has checked the row and the reason. A later decision replaces the
    one before, which the history keeps.
    """
    new = {"decided_band": band, "decided_reason": reason}
    changes = {
        column: [getattr(answer, column), value] for column, value in new.items() if getattr(answer, column) != value
    }
    if not changes:
        return False
    answer.decided_band, answer.decided_reason = band, reason
    answer.decided_at, answer.decided_by = timezone.now(), by
    _save(answer, indicator, changes, by)
    return True


def undecide(answer: Answer, indicator: IndicatorNode, *, by: User) -> None:
    """Take a decision back: the answer waits for its row again."""
    changes = {"decided_band": [answer.decided_band, None], "decided_reason": [answer.decided_reason, ""]}
    for column, value in DECISION.items():
        setattr(answer, column, value)
    _save(answer, indicator, changes, by)


def _save(answer: Answer, indicator: IndicatorNode, changes: dict[str, Any], by: User) -> None:
    apply_outcome(answer, indicator, target=answer.assessment.round.budget_target)
    answer.version += 1
    answer.save(update_fields=[*DECISION, *OUTCOME, "version"])
    AnswerChange.objects.create(answer=answer, version=answer.version, changes=changes, by=by)
    recount(answer.assessment)
