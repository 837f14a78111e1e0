"""What the official form reads. Read only."""

from django.db.models import F

from assessments.models import Answer, Assessment, FormFile, Review


def answers_by_indicator(assessment: Assessment) -> dict[int, Answer]:
    """The assessment's answers by the primary key of their indicator. One query."""
    figures = ("inputs", "no_case", "no_case_reason", "pending", "explanation", "score", "met", "decided_band")
    texts = ("performance", "problems", "remedies")
    found = Answer.objects.of(assessment).only("assessment_id", "indicator_id", *figures, *texts)
    return {answer.indicator_id: answer for answer in found}


def reviews_by_indicator(assessment: Assessment) -> dict[int, Review]:
    """What reviewers said of its answers, by the primary key of their indicator. One query."""
    found = Review.objects.filter(answer__assessment=assessment).select_related("judged_by", "final_by")
    pairs = found.annotate(of=F("answer__indicator"))
    return {review.of: review for review in pairs}


def kept_file(content_hash: str) -> FormFile | None:
    """The PDF of this very content, in whatever state; None when nobody asked for it yet."""
    return FormFile.objects.filter(content_hash=content_hash).defer("content").first()
