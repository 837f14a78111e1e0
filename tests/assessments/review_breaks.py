"""What breaks each constraint of the review's tables, for tests/assessments/test_constraints.py."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from assessments.models import (
    Attachment,
    Comment,
    Finding,
    Flag,
    ItemPrice,
    Phrase,
    PlanStep,
    Question,
    Review,
    ReviewAssignment,
    ReviewChange,
    SecondReading,
)
from indicators.models import Area

NOW = timezone.now
HEX = "0123456789abcdef" * 4


def twice(make: Callable[[], Any]) -> None:
    make()
    make()


def review(w: Any, **fields: Any) -> Review:
    """A whole agreement with a score; a test spoils one part of it."""
    judged = {"judged_version": 0, "judged_by": w.user, "judged_at": NOW()}
    whole = {"answer": w.answer, "outcome": "agree", "band": 1, "score": 10}
    return Review.objects.create(**{**whole, **judged, **fields})


def responded(w: Any, **fields: Any) -> Review:
    whole = {"response": "dispute", "response_text": "ก", "response_by": w.user, "response_at": NOW()}
    return review(w, **{**whole, **fields})


def finished(w: Any, **fields: Any) -> Review:
    whole = {"final_band": 1, "final_score": 10, "final_by": w.user, "final_at": NOW()}
    return review(w, **{**whole, **fields})


def question(w: Any, **fields: Any) -> Question:
    """Sent, answered and closed; a test spoils one part of it."""
    answered = {"answered_text": "ก", "answered_by": w.user, "answered_at": NOW()}
    closed = {"closed_by": w.user, "closed_at": NOW()}
    whole = {"answer": w.answer, "text": "ก", "asked_by": w.user, "sent_with": 2}
    return Question.objects.create(**{**whole, **answered, **closed, **fields})


def assigned(w: Any, **fields: Any) -> ReviewAssignment:
    return ReviewAssignment.objects.create(round=w.round, reviewer=w.user, by=w.user, **fields)


def second_reading(w: Any, **fields: Any) -> SecondReading:
    whole = {"answer": w.answer, "drawn_by": w.user, "outcome": "agree", "reader": w.user, "read_at": NOW()}
    return SecondReading.objects.create(**{**whole, **fields})


def finding(w: Any, **fields: Any) -> Finding:
    followed = {"follow_up": "done", "follow_up_text": "ก", "follow_up_by": w.user, "follow_up_at": NOW()}
    return Finding.objects.create(**{"answer": w.answer, "text": "ก", "by": w.user, **followed, **fields})


def step(w: Any, **fields: Any) -> PlanStep:
    """A step of a plan, followed up; a test spoils one part of it."""
    followed = {"follow_up": "done", "follow_up_text": "ก", "follow_up_by": w.user, "follow_up_at": NOW()}
    about = {"assessment": w.assessment, "indicator": w.answer.indicator, "target_band": 1, "by": w.user}
    return PlanStep.objects.create(**{**about, **followed, **fields})


def comment(w: Any) -> Comment:
    return Comment.objects.create(answer=w.answer, thread="centre", text="ก", by=w.user)


def attached(w: Any, **fields: Any) -> Attachment:
    whole = {"name": "x", "file": "aa/bb", "content_type": "x", "size": 1, "sha256": HEX, "by": w.user}
    return Attachment.objects.create(**{**whole, **fields})


def flagged(w: Any) -> Flag:
    return Flag.objects.create(answer=w.answer, code="edge", weight=1)


def price(w: Any, amount: int = 1) -> ItemPrice:
    return ItemPrice.objects.create(round=w.round, indicator=w.answer.indicator, price=amount, by=w.user)


def change(made: Review, w: Any) -> ReviewChange:
    return ReviewChange.objects.create(review=made, version=1, changes={}, by=w.user)


BREAKS: dict[str, list[Callable[[Any], Any]]] = {
    "item_priced_once_in_round": [lambda w: twice(lambda: price(w))],
    "price_is_not_negative": [lambda w: price(w, -1)],
    "round_gives_days_to_reply": [lambda w: w.rounds(reply_days=0), lambda w: w.rounds(reply_days=121)],
    "Review.answer": [lambda w: twice(lambda: review(w))],
    "verdict_whole_or_not_at_all": [
        lambda w: review(w, judged_version=None),
        lambda w: review(w, judged_by=None),
        lambda w: review(w, judged_at=None),
        lambda w: review(w, outcome="", band=None, score=None),
    ],
    "verdict_other_than_agreed_has_its_reason": [
        lambda w: review(w, outcome="row"),
        lambda w: review(w, outcome="evidence", band=None, score=None),
    ],
    "verified_score_is_one_of_the_five": [
        lambda w: review(w, score=9),
        lambda w: review(w, band=0),
        lambda w: review(w, band=None, score="7.6"),
        lambda w: review(w, score=None, band=0),
    ],
    "a_row_names_its_score": [lambda w: review(w, outcome="row", reason="ก", band=None, score=None)],
    "needed_evidence_leaves_the_score_open": [lambda w: review(w, outcome="evidence", reason="ก")],
    "response_whole_or_not_at_all": [
        lambda w: responded(w, response_by=None),
        lambda w: responded(w, response_at=None),
        lambda w: responded(w, response=""),
        lambda w: review(w, response_text="ก"),
    ],
    "dispute_has_its_reason": [lambda w: responded(w, response_text="")],
    "final_whole_or_not_at_all": [
        lambda w: finished(w, final_by=None),
        lambda w: finished(w, final_at=None),
        lambda w: review(w, final_reason="ก"),
    ],
    "final_score_is_one_of_the_five": [
        lambda w: finished(w, final_score=9, final_reason="ก"),
        lambda w: finished(w, final_band=0),
    ],
    "final_other_than_verified_has_its_reason": [lambda w: finished(w, final_band=2, final_score="7.5")],
    "review_version_written_once": [lambda w: [change(made, w) for made in [review(w)] * 2]],
    "question_has_its_text": [lambda w: question(w, text="")],
    "question_answered_by_somebody_at_some_time": [
        lambda w: question(w, answered_by=None),
        lambda w: question(w, answered_at=None),
        lambda w: question(w, sent_with=None),
    ],
    "question_closed_by_somebody_at_some_time": [
        lambda w: question(w, closed_by=None),
        lambda w: question(w, closed_at=None),
    ],
    "answer_flagged_once_a_code": [lambda w: twice(lambda: flagged(w))],
    "one_part_of_a_round_is_assigned": [
        assigned,
        lambda w: assigned(w, province=w.other, indicator=w.answer.indicator),
    ],
    "office_assigned_once_in_round": [lambda w: twice(lambda: assigned(w, province=w.other))],
    "area_assigned_once_in_round": [lambda w: twice(lambda: assigned(w, area=Area.objects.all()[0]))],
    "indicator_assigned_once_in_round": [lambda w: twice(lambda: assigned(w, indicator=w.answer.indicator))],
    "SecondReading.answer": [lambda w: twice(lambda: second_reading(w))],
    "second_reading_whole_or_not_at_all": [
        lambda w: second_reading(w, reader=None),
        lambda w: second_reading(w, read_at=None),
        lambda w: second_reading(w, outcome=""),
    ],
    "phrase_has_its_text": [lambda w: Phrase.objects.create(text="", by=w.user)],
    "phrase_kept_once": [lambda w: twice(lambda: Phrase.objects.create(text="ก", by=w.user))],
    "finding_has_its_text": [lambda w: finding(w, text="")],
    "finding_followed_up_by_somebody_at_some_time": [
        lambda w: finding(w, follow_up_by=None),
        lambda w: finding(w, follow_up_at=None),
        lambda w: finding(w, follow_up=""),
    ],
    "plan_step_followed_up_by_somebody_at_some_time": [
        lambda w: step(w, follow_up_by=None),
        lambda w: step(w, follow_up_at=None),
        lambda w: step(w, follow_up=""),
    ],
    "attachment_goes_with_one_thing": [
        attached,
        lambda w: attached(w, comment=comment(w), finding=finding(w)),
    ],
    "attachment_is_whole": [
        lambda w: attached(w, comment=comment(w), size=0),
        lambda w: attached(w, comment=comment(w), sha256="x"),
        lambda w: attached(w, comment=comment(w), file=""),
    ],
}


def whole(w: Any) -> None:
    """What the breaks start from is itself allowed."""
    for make in (review, responded, finished):
        make(w).delete()
    review(w, outcome="", band=None, score=None, judged_version=None, judged_by=None, judged_at=None).delete()
    review(w, outcome="evidence", band=None, score=None, reason="ก").delete()
    made = finished(w, final_band=2, final_score="7.5", final_reason="ก")
    change(made, w)
    attached(w, review=made)
    step(w)
    question(w)
    question(w, sent_with=None, answered_text="", answered_by=None, answered_at=None, closed_by=None, closed_at=None)
    second_reading(w).delete()
    second_reading(w, outcome="", reader=None, read_at=None)
    attached(w, finding=finding(w))
    finding(w, follow_up="", follow_up_text="", follow_up_by=None, follow_up_at=None)
    attached(w, comment=comment(w))
    flagged(w)
    for part in ({"province": w.other}, {"area": Area.objects.all()[0]}, {"indicator": w.answer.indicator}):
        assigned(w, **part)
