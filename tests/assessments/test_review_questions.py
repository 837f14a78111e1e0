"""Questions to the office, the answer beside the queue, and what was typed when the session ended."""

import re
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import (
    Assessment,
    Question,
    Review,
    User,
)
from assessments.workflow import Status
from tests.assessments.queue import REASON, answer_of, judge, node_of, review_of, seen, text_of, told

# --- questions -------------------------------------------------------------------------------------------


def ask(client: Client, assessment: Assessment, **data: Any) -> Any:
    headers = data.pop("headers", {})
    fields = {**seen(assessment), "question": "ขอทะเบียนหนังสือ", **data}
    return client.post(f"/assessments/{assessment.pk}/review/2.1/questions/", fields, headers=headers)


def test_a_question_is_drafted_and_twice_the_same_is_one(sent: Assessment, central: Client) -> None:
    response = ask(central, sent)
    assert response.headers["Location"] == f"/assessments/{sent.pk}/review/2.1/#_questions"
    ask(central, sent)
    assert list(Question.objects.values_list("text", "sent_with")) == [("ขอทะเบียนหนังสือ", None)]
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    ("then", "left"),
    [
        ({"verdict": "agree"}, []),
        ({"verdict": "3", "reason": REASON}, []),
        ({"verdict": "evidence", "reason": "ขอคำสั่ง", "also_ask": "on"}, ["ขอคำสั่ง"]),
        ({"verdict": "evidence", "reason": "ขอรายงาน", "also_ask": "on"}, ["ขอรายงาน"]),
    ],
)
def test_the_question_of_a_verdict_that_needs_evidence_goes_with_it(
    then: dict[str, str], left: list[str], sent: Assessment, central: Client
) -> None:
    judge(central, sent, verdict="evidence", reason="ขอรายงาน", also_ask="on")
    ask(central, sent)
    judge(central, sent, **then)
    assert sorted(Question.objects.values_list("text", flat=True)) == sorted([*left, "ขอทะเบียนหนังสือ"])


def test_taking_a_verdict_back_takes_its_question_back(sent: Assessment, central: Client) -> None:
    judge(central, sent, verdict="evidence", reason="ขอรายงาน", also_ask="on")
    central.post("/review/undo/")
    assert review_of(sent).outcome == ""
    assert not Question.objects.exists()


def test_a_question_that_was_sent_stays_whatever_is_said_later(sent: Assessment, central: Client) -> None:
    judge(central, sent, verdict="evidence", reason="ขอรายงาน", also_ask="on")
    Question.objects.update(sent_with=3)
    judge(central, sent, verdict="agree")
    assert list(Question.objects.values_list("text", flat=True)) == ["ขอรายงาน"]


def test_a_question_leaves_the_typed_verdict_as_it_was(sent: Assessment, central: Client) -> None:
    response = ask(central, sent, verdict="3", reason=REASON)
    page = response.content.decode()
    assert response.status_code == 200
    assert f"{REASON}</textarea>" in page
    assert re.search(r'value="3" checked', page)
    assert "Please correct this" not in page
    assert 'id="id_question" rows="2" aria-describedby="question-help" data-key="q"></textarea>' in page
    assert Question.objects.count() == 1


def test_an_empty_question_is_refused_and_the_verdict_kept(sent: Assessment, central: Client) -> None:
    response = ask(central, sent, question=" ", verdict="3", reason=REASON)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("Write what you ask of the office.") == 2
    assert f"{REASON}</textarea>" in page
    assert Question.objects.count() == 0


def test_a_question_written_with_the_verdict_is_saved_with_it(sent: Assessment, central: Client) -> None:
    assert judge(central, sent, question="ขอทะเบียน").status_code == 302
    assert review_of(sent).outcome == "agree"
    assert Question.objects.get().text == "ขอทะเบียน"


def test_a_question_without_a_verdict_is_saved_alone(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, verdict="", question="ขอทะเบียน")
    assert response.headers["Location"] == f"/assessments/{sent.pk}/review/2.1/"
    assert (Review.objects.count(), Question.objects.count()) == (0, 1)


def test_a_question_after_the_return_is_refused_and_kept(sent: Assessment, central: Client) -> None:
    Assessment.objects.filter(pk=sent.pk).update(status=Status.RETURNED)
    response = ask(central, sent, reason=REASON)
    assert response.status_code == 409
    assert f"Your text, which was not sent: {REASON} ขอทะเบียนหนังสือ" in text_of(response)


def change(client: Client, question: Question, **data: str) -> Any:
    assessment = question.answer.assessment
    return client.post(f"/assessments/{assessment.pk}/review/2.1/questions/{question.pk}/", data)


@pytest.fixture
def question(sent: Assessment, reviewer: User) -> Question:
    return services.ask(assessment=sent, indicator=node_of(sent, "2.1"), by=reviewer, text="ขอทะเบียน")


def test_a_draft_is_changed_or_deleted(question: Question, central: Client) -> None:
    change(central, question, text="ขอทะเบียนส่ง")
    question.refresh_from_db()
    assert question.text == "ขอทะเบียนส่ง"
    empty = change(central, question, text=" ")
    assert empty.status_code == 422
    assert "Not done: Write what you ask of the office." in text_of(empty)
    assert Question.objects.count() == 1
    response = change(central, question, text="ขอทะเบียนส่ง", drop="1")
    assert told(response)[-1] == "success: The question is deleted."
    assert Question.objects.count() == 0


def test_a_sent_question_stays_as_the_office_read_it(question: Question, central: Client) -> None:
    Question.objects.update(sent_with=2)
    response = change(central, question, text="ขออย่างอื่น")
    assert response.status_code == 422
    assert "This question was sent already; it stays as the office read it." in text_of(response)
    assert "Your text, which was not sent: ขออย่างอื่น" in text_of(response)
    question.refresh_from_db()
    assert question.text == "ขอทะเบียน"


def test_a_question_of_another_answer_is_not_found(question: Question, central: Client) -> None:
    path = f"/assessments/{question.answer.assessment_id}/review/2.2/questions/{question.pk}/"
    assert central.post(path, {"text": "x"}).status_code == 404


# --- beside the queue, and without a session -------------------------------------------------------------

SIDE = {"HX-Request": "true", "HX-Target": "side"}


def test_beside_the_queue_stands_the_answer_alone(sent: Assessment, central: Client) -> None:
    page = central.get(f"/assessments/{sent.pk}/review/2.1/?by=indicator", headers=SIDE).content.decode()
    assert page.count("<html") == 0
    assert page.count('id="_answer"') == 1
    assert 'hx-target="#side"' in page


def test_a_verdict_beside_the_queue_brings_the_next_answer_and_the_changed_row(
    three: list[Assessment], central: Client
) -> None:
    response = judge(central, three[0], by="indicator", headers=SIDE)
    page = response.content.decode()
    assert response.status_code == 200
    assert f'action="/assessments/{three[1].pk}/indicators/2.1/judge/"' in page
    row = re.search(r"<template>(.*?)</template>", page, re.DOTALL)
    assert row is not None
    assert f'id="row-{answer_of(three[0]).pk}"' in row[1]
    assert "Agreed" in row[1]
    assert '<div id="_undo" class="review-undo" hx-swap-oob="true">' in page
    assert "1 of 3 answers judged" in text_of(response)
    undone = central.post("/review/undo/")
    assert undone.headers["Location"] == "/review/2569/indicators/2.1/?by=indicator"


def test_after_the_last_answer_beside_the_queue_it_says_so(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, by="indicator", headers=SIDE)
    assert "That was the last answer on this way." in text_of(response)


def test_a_refusal_beside_the_queue_keeps_the_text(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, verdict="evidence", question="ขอทะเบียน", headers=SIDE)
    assert response.status_code == 422
    assert "ขอทะเบียน</textarea>" in response.content.decode()


def test_signed_out_the_typed_verdict_comes_back(sent: Assessment, client: Client) -> None:
    response = judge(client, sent, verdict="3", reason=REASON, question="ขอทะเบียน")
    page = response.content.decode()
    assert response.status_code == 401
    assert f"{REASON}</textarea>" in page
    assert "ขอทะเบียน</textarea>" in page
    assert '<input type="hidden" name="verdict" value="3">' in page
    assert f"?next=/assessments/{sent.pk}/review/2.1/" in page
    beside = judge(client, sent, verdict="3", reason=REASON, headers=SIDE)
    assert (beside.status_code, beside.content) == (401, b"")
