"""A reason belongs to its verdict: what was written for one is not filed under another."""

import pytest
from django.test import Client

from assessments.models import Assessment, Review
from tests.assessments.queue import REASON, judge, review_of, text_of


@pytest.mark.parametrize("data", [{"verdict": "3", "quick": "agree"}, {"verdict": "agree"}, {"verdict": "1"}])
@pytest.mark.parametrize("before", ["3", "evidence"])
def test_agreeing_leaves_the_reason_of_the_verdict_before(
    before: str, data: dict[str, str], sent: Assessment, central: Client
) -> None:
    judge(central, sent, verdict=before, reason=REASON)
    assert judge(central, sent, reason=REASON, **data).status_code == 302
    found = review_of(sent)
    assert (found.outcome, found.reason) == ("agree", "")


def test_a_remark_with_an_agreement_stays(sent: Assessment, central: Client) -> None:
    judge(central, sent, verdict="3", reason=REASON)
    assert judge(central, sent, verdict="agree", reason="ตรวจทะเบียนแล้ว").status_code == 302
    assert review_of(sent).reason == "ตรวจทะเบียนแล้ว"
    assert judge(central, sent, verdict="agree", quick="agree", reason="ตรวจทะเบียนอีกครั้ง").status_code == 302
    assert review_of(sent).reason == "ตรวจทะเบียนอีกครั้ง"


@pytest.mark.parametrize("verdict", ["3", "evidence"])
def test_a_reason_just_written_for_another_verdict_is_not_filed_under_agreement(
    verdict: str, sent: Assessment, central: Client
) -> None:
    response = judge(central, sent, verdict=verdict, quick="agree", reason=REASON)
    assert response.status_code == 422
    assert "You chose another verdict and wrote its reason: save that, or choose to agree." in text_of(response)
    assert f"{REASON}</textarea>" in response.content.decode()
    assert f'value="{verdict}" checked' in response.content.decode()
    assert Review.objects.count() == 0
