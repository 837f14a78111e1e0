"""The score of an answer that had no case: no rule gives one, so a reviewer's verdict picks a printed row and says why.

Until the verdicts are sent the row stands in the verdict alone; then it becomes the answer's, and its totals count it.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from assessments.models import Answer, AnswerChange, Assessment, Outcome, Review, User
from assessments.services.answers import DECISION, OUTCOME, apply_outcome, recount
from assessments.services.review import write_review
from indicators import editions


def decide_rows(assessment: Assessment, verdicts: Mapping[int, Review], *, by: User) -> None:
    """Give each answer without a case the row of its verdict (`services.review.current`, by indicator's key).

    The caller holds the lock. A later row replaces the one before, which the history keeps. The verdict is about the
    answer with its row: its version goes along.
    """
    by_pk = editions.standard_of(assessment.round.edition).by_pk
    waiting = Answer.objects.filter(Q(pending="no_case") | Q(decided_band__isnull=False), assessment=assessment)
    changed = False
    for answer in waiting:
        review = verdicts[answer.indicator_id]
        new = {"decided_band": review.band, "decided_reason": review.reason}
        changes = _changes(answer, new)
        if review.outcome != Outcome.ROW or not changes:
            continue
        assert review.judged_by_id is not None
        answer.assessment = assessment
        answer.decided_band, answer.decided_reason = review.band, review.reason
        answer.decided_at, answer.decided_by_id = review.judged_at, review.judged_by_id
        apply_outcome(answer, by_pk[answer.indicator_id], target=assessment.round.budget_target)
        answer.version += 1
        answer.save(update_fields=[*DECISION, *OUTCOME, "version"])
        AnswerChange.objects.create(answer=answer, version=answer.version, changes=changes, by_id=review.judged_by_id)
        write_review(review, {"judged_version": answer.version}, by)
        changed = True
    if changed:
        recount(assessment)


def _changes(answer: Answer, new: Mapping[str, Any]) -> dict[str, Any]:
    """As the history keeps them: column to [old, new]."""
    return {
        column: [getattr(answer, column), value] for column, value in new.items() if getattr(answer, column) != value
    }
