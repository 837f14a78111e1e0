"""Several offices at once: who is ready to be verified or made final, and moving the ticked ones."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from assessments import services
from assessments.models import Assessment, Outcome, Round, StatusChange, User
from assessments.queries.ready import ready_of
from assessments.services import Refused
from assessments.services.batches import move_many
from assessments.workflow import Action, Status
from tests import reviewing
from tests.assessments.queue import in_english, node_of, text_of, told
from tests.conftest import signed_in

PAGE = "/review/2569/ready/"


def names(round_: Round) -> list[tuple[list[int], int]]:
    """For each move: who is ready, and how many of its states are not."""
    return [([row.assessment.pk for row in ready.rows], ready.waiting) for ready in ready_of(round_)]


def post(client: Client, action: str, *assessments: Assessment, **data: Any) -> Any:
    ticked = {f"{action}-offices": [each.pk for each in assessments], f"{action}-confirmed": "on"} | data
    return client.post(f"{PAGE}{action}/", ticked)


def test_an_office_is_ready_once_every_answer_is_judged_and_no_question_waits(sent: Assessment, reviewer: User) -> None:
    round_ = sent.round
    assert names(round_) == [([], 1), ([], 0)]
    reviewing.judged(sent, reviewer)
    assert names(round_) == [([sent.pk], 0), ([], 0)]
    question = services.ask(assessment=sent, indicator=node_of(sent, "2.1"), by=reviewer, text="ขอทะเบียน")
    assert names(round_) == [([], 1), ([], 0)]
    question.delete()
    reviewing.judge(sent, reviewer, "2.1", outcome=Outcome.EVIDENCE, reason="ขอรายงาน")
    assert names(round_) == [([], 1), ([], 0)]


def test_a_result_is_ready_once_the_reply_is_settled_or_its_days_are_over(
    sent: Assessment, reviewer: User, head: User
) -> None:
    reviewing.verified(sent, reviewer, c2_1=2)
    assert names(sent.round) == [([], 0), ([], 1)]
    Assessment.objects.filter(pk=sent.pk).update(reply_until=date(2026, 8, 2))
    assert names(sent.round) == [([], 0), ([sent.pk], 0)]
    Assessment.objects.filter(pk=sent.pk).update(reply_until=date(2026, 8, 3))
    assert names(sent.round) == [([], 0), ([], 1)]
    reviewing.respond(sent, head, "2.1")
    services.reply(assessment=sent, by=head)
    assert names(sent.round) == [([], 0), ([], 1)]
    reviewing.settle(sent, reviewer, "2.1", 1)
    assert names(sent.round) == [([], 0), ([sent.pk], 0)]
    row = ready_of(sent.round)[1].rows[0]
    assert (row.differing, row.disputed) == (1, 1)


def test_the_ticked_offices_are_verified_and_the_others_stay(
    three: list[Assessment], reviewer: User, central: Client
) -> None:
    first, second, third = three
    for each in (first, second):
        reviewing.judged(each, reviewer)
    page = text_of(central.get(PAGE))
    assert "Ready to be verified (2)" in page
    assert "1 office under review is not ready" in page
    response = post(central, "verify", first, second, third)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    kinds = told(central.get(PAGE))
    assert kinds[0] == "success: The verdicts are sent to 2 offices."
    assert kinds[1].startswith("warning: Phuket: 86 answers are not judged yet (1.1,")
    for each in three:
        each.refresh_from_db()
    assert [each.status for each in three] == [Status.VERIFIED, Status.VERIFIED, Status.SUBMITTED]


def test_results_are_made_final_at_once_and_a_second_click_is_told_why_not(
    sent: Assessment, reviewer: User, head: User, central: Client
) -> None:
    services.reply(assessment=reviewing.verified(sent, reviewer), by=head)
    assert "Ready to be made final (1)" in text_of(central.get(PAGE))
    post(central, "finalise", sent)
    assert told(central.get(PAGE)) == ["success: The result of 1 office is final."]
    sent.refresh_from_db()
    assert sent.status == Status.FINAL
    post(central, "finalise", sent)
    assert told(central.get(PAGE)) == ["warning: Chiang Mai: The result of this assessment is final."]
    assert sent.history.filter(action=Action.FINALISE).count() == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"verify-offices": []}, "Tick the offices first."),
        ({"verify-confirmed": ""}, "Tick the confirmation below the list as well."),
        ({"verify-offices": ["999999"]}, "One of these offices is not in this round. Load the page again."),
        ({"verify-offices": ["x"]}, "One of these offices is not in this round. Load the page again."),
    ],
)
def test_what_is_missing_is_told_and_nothing_moves(
    data: dict[str, Any], message: str, sent: Assessment, reviewer: User, central: Client
) -> None:
    reviewing.judged(sent, reviewer)
    response = post(central, "verify", sent, **data)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(message) == 2
    assert "<title>Error:" in page
    assert page.count(f'value="{sent.pk}" checked') == ("verify-offices" not in data)
    assert not StatusChange.objects.filter(action=Action.VERIFY).exists()


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}verify/"])
def test_who_does_not_review_is_refused(
    address: str, sent: Assessment, editor: User, head: User, inspector: User, client: Client
) -> None:
    for user in (editor, head, inspector):
        who = signed_in(user)
        assert (who.get(address) if address == PAGE else who.post(address)).status_code == 403
    response = client.get(address) if address == PAGE else client.post(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    with pytest.raises(Refused):
        move_many(assessments=[sent], action=Action.VERIFY, by=head)


def test_other_methods_moves_and_years_are_refused(sent: Assessment, central: Client) -> None:
    assert central.post(PAGE).status_code == 405
    assert central.get(f"{PAGE}verify/").status_code == 405
    assert central.post(f"{PAGE}publish/").status_code == 404
    assert central.get("/review/2500/ready/").status_code == 404


def test_the_review_leads_to_it(sent: Assessment, reviewer: User) -> None:
    assert f'<a href="{PAGE}">Verify or finish several</a>' in in_english(reviewer).get("/review/").content.decode()


def test_the_page_takes_the_same_queries_whatever_its_length(
    three: list[Assessment], reviewer: User, central: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reviewing.judged(three[0], reviewer)
    central.get(PAGE)
    with django_assert_num_queries(10):
        central.get(PAGE)
    for each in three[1:]:
        reviewing.judged(each, reviewer)
    with django_assert_num_queries(10):
        assert "Ready to be verified (3)" in text_of(central.get(PAGE))
