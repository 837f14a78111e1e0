"""Helpers of the tests of the review: offices that submitted, what pages show, verdicts by direct POST."""

import re
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from assessments.models import (
    Answer,
    Assessment,
    Flag,
    Review,
    User,
)
from assessments.workflow import Status
from indicators import editions
from indicators.editions import IndicatorNode
from tests import reviewing
from tests.conftest import signed_in

REASON = "หนังสือที่ส่งต่อไม่ครบ"
COLUMNS = ("inputs", "is_answered", "score", "band", "met", "shortfall", "explanation", "changed_at", "changed_by_id")


def in_english(user: User) -> Client:
    client = signed_in(user)
    client.cookies["django_language"] = "en"
    return client


def same_at(assessment: Assessment, iso: str) -> Assessment:
    """Another office with the same answers, with the same day of submission, without going through the services."""
    other = Assessment.objects.whole().get(round=assessment.round, province__iso=iso)
    theirs = {answer.indicator_id: answer for answer in other.answers.all()}
    for answer in assessment.answers.all():
        for column in COLUMNS:
            setattr(theirs[answer.indicator_id], column, getattr(answer, column))
        theirs[answer.indicator_id].version = answer.version
    Answer.objects.bulk_update(theirs.values(), [*(name.removesuffix("_id") for name in COLUMNS), "version"])
    Assessment.objects.filter(pk=other.pk).update(
        status=Status.SUBMITTED,
        touched=True,
        submitted_at=timezone.now(),
        submitted_by=assessment.submitted_by,
        answers_hash="0" * 64,
        reference=f"2569-{iso}",
    )
    other.refresh_from_db()
    return other


def scores(assessment: Assessment, code: str, band: int, score: str) -> Answer:
    """The office's claim becomes another row, past the services."""
    found = Answer.objects.filter(assessment=assessment, indicator__code=code)
    found.update(band=band, score=score)
    return found.get()


def flagged(assessment: Assessment, code: str, weight: int) -> None:
    answer = Answer.objects.get(assessment=assessment, indicator__code=code)
    Flag.objects.create(answer=answer, code="no_evidence", weight=weight, about={"score": "10"})


def answer_of(assessment: Assessment, code: str = "2.1") -> Answer:
    return Answer.objects.get(assessment=assessment, indicator__code=code)


def review_of(assessment: Assessment, code: str = "2.1") -> Review:
    return Review.objects.get(answer__assessment=assessment, answer__indicator__code=code)


def seen(assessment: Assessment, code: str = "2.1") -> dict[str, int]:
    return reviewing.seen(assessment, code)


def judge(client: Client, assessment: Assessment, code: str = "2.1", **data: Any) -> Any:
    fields = {**seen(assessment, code), "verdict": "agree", **data}
    headers = fields.pop("headers", {})
    return client.post(f"/assessments/{assessment.pk}/indicators/{code}/judge/", fields, headers=headers)


def told(response: Any) -> list[str]:
    return [f"{message.level_tag}: {message}" for message in get_messages(response.wsgi_request)]


def text_of(response: Any) -> str:
    """The words of a page, one space between them."""
    page = re.sub(r"<head>.*?</head>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def listed(client: Client, code: str = "2.1", **query: str) -> list[str]:
    """The offices of the queue, as they stand."""
    page = client.get(f"/review/2569/indicators/{code}/", query).content.decode()
    return re.findall(r'class="queue-open"[^>]*>([^<]+)</a>', page)


def node_of(assessment: Assessment, code: str) -> IndicatorNode:
    return editions.standard_of(assessment.round.edition).indicators[code]


def verdict_shown(client: Client, assessment: Assessment, code: str) -> str:
    page = client.get(f"/assessments/{assessment.pk}/review/{code}/").content.decode()
    found = re.search(r'id="verdict-title">Verdict (.*?)</h2>', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())
