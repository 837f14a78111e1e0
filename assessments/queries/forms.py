"""What the official form reads. Read only."""

from assessments.models import Answer, Assessment, FormFile


def answers_by_indicator(assessment: Assessment) -> dict[int, Answer]:
    """The assessment's answers by the primary key of their indicator. One query."""
    figures = ("inputs", "no_case", "no_case_reason", "pending", "explanation", "score", "decided_band")
    texts = ("performance", "problems", "remedies")
    found = Answer.objects.of(assessment).only("assessment_id", "indicator_id", *figures, *texts)
    return {answer.indicator_id: answer for answer in found}


def kept_file(content_hash: str) -> FormFile | None:
    """The PDF of this very content, in whatever state; None when nobody asked for it yet."""
    return FormFile.objects.filter(content_hash=content_hash).defer("content").first()
