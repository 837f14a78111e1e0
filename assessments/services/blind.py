"""Who does not see a verdict yet: whoever may read the answer a second time, until somebody has."""

from assessments.models import Answer, Assessment, Review, User
from assessments.workflow import REVIEWERS, UNDER_REVIEW


def is_waiting(answer: Answer, review: Review | None, assessment: Assessment | None = None) -> bool:
    """Whether an answer that was drawn can be read a second time now: judged as it is, under review, not read yet."""
    if review is None or not review.outcome or review.judged_version != answer.version:
        return False
    reading = getattr(answer, "second_reading", None)
    return (
        reading is not None and reading.reader_id is None and (assessment or answer.assessment).status in UNDER_REVIEW
    )


def reads_blind(answer: Answer, user: User) -> bool:
    """Whether this person is to judge the answer without seeing its verdict. No query for an answer that was read with
    its review and its second reading."""
    review = getattr(answer, "review", None)
    if user.role not in REVIEWERS or review is None or review.judged_by_id in (None, user.pk):
        return False
    return is_waiting(answer, review)
