"""The second reading: who draws, who reads, that the first verdict is nowhere on the reader's pages, how they agree."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Assessment, LogEntry, Outcome, Question, Review, SecondReading, User
from assessments.queries.second import second_of
from assessments.services import Refused, Verdict
from assessments.services.second import draw, read_again
from assessments.workflow import Role, Status
from tests import reviewing
from tests.assessments.queue import answer_of, in_english, judge, node_of, review_of, text_of, told
from tests.conftest import person, signed_in

REASON = "หนังสือหายไปสองฉบับ"
AGAIN = "นับได้เท่าที่กรอก"


@pytest.fixture
def other(db: None) -> User:
    """A second reviewer."""
    return person("second@central.example", Role.REVIEWER)


def drawn(assessment: Assessment, by: User, *codes: str) -> None:
    for code in codes:
        SecondReading.objects.create(answer=answer_of(assessment, code), drawn_by=by)


def path_of(assessment: Assessment, code: str = "2.1", place: str = "") -> str:
    return f"/assessments/{assessment.pk}/review/{code}/second/{place}"


def again(assessment: Assessment, by: User, code: str = "2.1", outcome: str = "agree", **verdict: Any) -> SecondReading:
    node = node_of(assessment, code)
    given = Verdict(Outcome(outcome), **verdict)
    return read_again(assessment=assessment, indicator=node, by=by, verdict=given)


# --- drawing -----------------------------------------------------------------------------------------


def test_only_judged_answers_are_drawn_and_again_only_what_lacks(
    sent: Assessment, reviewer: User, manager: User
) -> None:
    for code in ("2.1", "2.2", "2.3", "2.5"):
        reviewing.judge(sent, reviewer, code)
    reviewing.judge(sent, reviewer, "2.4", outcome=Outcome.EVIDENCE, reason="ขอรายงาน")
    first = draw(round_=sent.round, by=manager, percent=50)
    assert (first.added, first.of) == (2, 4)
    codes = set(SecondReading.objects.values_list("answer__indicator__code", flat=True))
    assert codes < {"2.1", "2.2", "2.3", "2.5"}
    assert draw(round_=sent.round, by=manager, percent=50).added == 0
    reviewing.judge(sent, reviewer, "2.6")
    reviewing.judge(sent, reviewer, "2.7")
    more = draw(round_=sent.round, by=manager, percent=50)
    assert (more.added, more.of, more.seed) == (1, 6, first.seed)
    entries = [entry.details for entry in LogEntry.objects.filter(what="second_reading").order_by("pk")]
    assert entries == [
        {"percent": 50, "seed": first.seed, "of": of, "added": added} for of, added in ((4, 2), (4, 0), (6, 1))
    ]
    page = text_of(in_english(reviewer).get("/review/2569/second/"))
    assert f"50 percent of 6 judged answers, 1 added, seed {first.seed}" in page


def test_drawing_without_a_judged_answer_is_refused(sent: Assessment, manager: User) -> None:
    with pytest.raises(Refused):
        draw(round_=sent.round, by=manager, percent=10)
    response = in_english(manager).post("/review/2569/second/draw/", {"percent": "10"})
    assert response.status_code == 422
    assert "there is nothing to draw from" in text_of(response)


@pytest.mark.parametrize(
    ("percent", "status"),
    [("0", 422), ("1", 302), ("๑๐", 302), ("100 %", 302), ("101", 422), ("-1", 422), ("ten", 422), ("", 422)],
)
def test_the_percentage_and_its_edges(
    sent: Assessment, reviewer: User, manager: User, percent: str, status: int
) -> None:
    reviewing.judge(sent, reviewer, "2.1")
    response = in_english(manager).post("/review/2569/second/draw/", {"percent": percent})
    assert response.status_code == status
    assert SecondReading.objects.count() == (1 if status == 302 else 0)


def test_who_draws_and_who_reads(sent: Assessment, everyone: list[User], reviewer: User, client: Client) -> None:
    reviewing.judge(sent, reviewer, "2.1")
    drawn(sent, reviewer, "2.1")
    found = {}
    for user in everyone:
        theirs = signed_in(user)
        found[user.role] = (
            theirs.get("/review/2569/second/").status_code,
            theirs.get(path_of(sent)).status_code,
            theirs.post("/review/2569/second/draw/", {"percent": "10"}).status_code,
            theirs.post(path_of(sent, place="save/"), {}).status_code,
        )
    nothing = (403, 403, 403, 403)
    assert found == {
        "office_editor": nothing,
        "office_head": nothing,
        "supporter": nothing,
        "inspector": nothing,
        "admin": nothing,
        "reviewer": (200, 200, 403, 422),
        "manager": (200, 200, 302, 422),
    }
    for path in ("/review/2569/second/", path_of(sent)):
        assert client.get(path)["Location"].startswith("/accounts/login/")
        assert signed_in(reviewer).post(path).status_code == 405
    assert signed_in(reviewer).get("/review/2560/second/").status_code == 404
    assert signed_in(reviewer).get(path_of(sent, "2.2")).status_code == 404


# --- reading without the first verdict ---------------------------------------------------------------


def plain(page: str) -> str:
    return re.sub(r'csrf[^"]*"[^>]*value="[^"]*"|X-CSRFToken": "[^"]*"', "", page)


def test_what_the_first_reader_asked_is_not_in_the_readers_thread_before_she_has_read(
    sent: Assessment, reviewer: User, other: User, head: User, inspector: User
) -> None:
    asked, places = "ขอทะเบียนผู้รับบริการ", ("indicators/2.1/comments/", "comments/")
    services.ask(assessment=sent, indicator=node_of(sent, "2.1"), by=reviewer, text=asked)
    services.return_for_correction(assessment=sent, by=reviewer, reason="โปรดตอบ", due_on=date(2026, 8, 20))
    services.answer_question(question=Question.objects.get(), by=head, text="แนบแล้ว")
    services.submit(assessment=sent, by=head, certified=True)

    def seen(user: User) -> list[bool]:
        return [asked in signed_in(user).get(f"/assessments/{sent.pk}/{place}").content.decode() for place in places]

    assert seen(other) == [True, True]
    reviewing.judge(sent, reviewer, "2.1")
    drawn(sent, reviewer, "2.1")
    assert {user.role: seen(user) for user in (reviewer, head, inspector)} == {
        user.role: [True, True] for user in (reviewer, head, inspector)
    }
    assert seen(other) == [False, False]
    again(sent, other)
    assert seen(other) == [True, True]


def test_the_readers_page_is_the_same_whatever_the_first_verdict_is(
    sent: Assessment, reviewer: User, other: User
) -> None:
    """Byte for byte: so nothing of the verdict, its score, its reason, its reviewer or her questions is in it."""
    client, found = in_english(other), []
    drawn(sent, reviewer, "2.1")
    for verdict in ({}, {"outcome": Outcome.ROW, "band": 3, "reason": REASON}):
        reviewing.judge(sent, reviewer, "2.1", **verdict)
        found.append(plain(client.get(path_of(sent)).content.decode()))
        node = node_of(sent, "2.1")
        services.ask(assessment=sent, indicator=node, by=reviewer, text=f"ขอทะเบียน {len(found)}")
    reviewing.judge(sent, reviewer, "2.1", outcome=Outcome.EVIDENCE, reason=REASON)
    found.append(plain(client.get(path_of(sent)).content.decode()))
    assert found[0] == found[1] == found[2]
    assert 'id="second-form"' in found[0]
    for word in (REASON, "ขอทะเบียน", reviewer.full_name, "stand-agree", "stand-row", "stand-evidence", "Another row:"):
        assert word not in found[0]


def test_the_row_given_to_an_answer_without_a_case_is_not_shown(sent: Assessment, reviewer: User, other: User) -> None:
    answer = answer_of(sent, "4.31")
    type(answer).objects.filter(pk=answer.pk).update(
        no_case=True,
        no_case_reason="ไม่มีเรื่องร้องเรียน",
        pending="no_case",
        score=None,
        band=None,
        inputs=None,
        explanation="",
    )
    drawn(sent, reviewer, "4.31")
    found = []
    for band in (1, 3):
        reviewing.row(sent, reviewer, "4.31", band, REASON)
        found.append(plain(in_english(other).get(path_of(sent, "4.31")).content.decode()))
    assert found[0] == found[1]
    assert REASON not in found[0]
    assert "ไม่มีเรื่องร้องเรียน" in found[0]
    assert again(sent, other, "4.31", "row", band=3, reason=AGAIN).band == 3


def test_other_pages_keep_the_verdict_from_who_is_to_read_it(sent: Assessment, reviewer: User, other: User) -> None:
    reviewing.row(sent, reviewer, "2.1", 3, REASON)
    drawn(sent, reviewer, "2.1")
    theirs, own = in_english(other), in_english(reviewer)
    review_page = f"/assessments/{sent.pk}/review/2.1/"
    assert theirs.get(review_page)["Location"] == path_of(sent)
    assert theirs.get(review_page, headers={"HX-Request": "true"})["HX-Redirect"] == path_of(sent)
    for path in ("/review/2569/indicators/2.1/", f"/offices/{sent.pk}/"):
        page = theirs.get(path).content.decode()
        assert REASON not in page
        assert "Another row:" not in page
        assert "Drawn for a second reading" in page
        assert "Another row:" in own.get(path).content.decode()
    assert own.get(review_page).status_code == 200
    # A verdict by direct POST is refused, and shows nothing either.
    response = judge(theirs, sent, "2.1", verdict="agree")
    assert response["Location"] == path_of(sent)
    assert review_of(sent).judged_by == reviewer
    assert review_of(sent).outcome == Outcome.ROW


def test_after_it_is_saved_both_verdicts_are_shown_and_the_review_is_open(
    sent: Assessment, reviewer: User, other: User
) -> None:
    reviewing.row(sent, reviewer, "2.1", 3, REASON)
    drawn(sent, reviewer, "2.1")
    before = Review.objects.values().get()
    client = in_english(other)
    response = client.post(path_of(sent, place="save/"), {"verdict": "agree", "reason": AGAIN})
    assert (response.status_code, response["Location"]) == (302, path_of(sent))
    reading = SecondReading.objects.get()
    assert (reading.outcome, reading.band, reading.reason, reading.reader) == ("agree", 1, AGAIN, other)
    assert Review.objects.values().get() == before
    page = text_of(client.get(path_of(sent)))
    assert REASON in page
    assert AGAIN in page
    assert "The readers differ." in page
    assert client.get(f"/assessments/{sent.pk}/review/2.1/").status_code == 200
    assert REASON in text_of(in_english(reviewer).get(path_of(sent)))


@pytest.mark.parametrize(
    "data", [{}, {"verdict": "3"}, {"verdict": "evidence", "reason": " "}, {"verdict": "9", "reason": AGAIN}]
)
def test_a_verdict_that_is_refused_keeps_what_was_typed(
    sent: Assessment, reviewer: User, other: User, data: dict[str, str]
) -> None:
    reviewing.row(sent, reviewer, "2.1", 3, REASON)
    drawn(sent, reviewer, "2.1")
    response = in_english(other).post(path_of(sent, place="save/"), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "error-summary" in page
    assert data.get("reason", "").strip() in page
    assert REASON not in page
    assert SecondReading.objects.get().reader is None


def test_the_first_reviewer_does_not_read_again(sent: Assessment, reviewer: User) -> None:
    reviewing.judge(sent, reviewer, "2.1")
    drawn(sent, reviewer, "2.1")
    client = in_english(reviewer)
    assert "somebody else reads it again" in text_of(client.get(path_of(sent)))
    response = client.post(path_of(sent, place="save/"), {"verdict": "agree", "reason": AGAIN})
    assert response.status_code == 409
    assert AGAIN in response.content.decode()
    with pytest.raises(Refused):
        again(sent, reviewer)


def test_the_second_of_two_readers_is_told_and_keeps_the_text(
    sent: Assessment, reviewer: User, other: User, manager: User
) -> None:
    reviewing.judge(sent, reviewer, "2.1")
    drawn(sent, reviewer, "2.1")
    again(sent, other)
    response = in_english(manager).post(path_of(sent, place="save/"), {"verdict": "3", "reason": AGAIN})
    assert response.status_code == 409
    page = text_of(response)
    assert f"{other.full_name} read this answer again already." in page
    assert AGAIN in page
    assert SecondReading.objects.get().reader == other


def test_what_changed_since_or_left_the_review_is_not_read(sent: Assessment, reviewer: User, other: User) -> None:
    reviewing.judge(sent, reviewer, "2.1")
    drawn(sent, reviewer, "2.1")
    answer = answer_of(sent)
    type(answer).objects.filter(pk=answer.pk).update(version=answer.version + 1)
    with pytest.raises(Refused):
        again(sent, other)
    assert "cannot be read a second time now" in text_of(in_english(other).get(path_of(sent)))
    assert in_english(other).get(f"/assessments/{sent.pk}/review/2.1/").status_code == 200
    type(answer).objects.filter(pk=answer.pk).update(version=answer.version)
    Assessment.objects.filter(pk=sent.pk).update(status=Status.VERIFIED)
    response = in_english(other).post(path_of(sent, place="save/"), {"verdict": "agree", "reason": AGAIN})
    assert response.status_code == 409
    assert AGAIN in response.content.decode()


# --- how the readers agree ---------------------------------------------------------------------------


def test_agreement_is_told_against_the_verdict_that_stood_then(
    sent: Assessment, reviewer: User, other: User, manager: User, time_machine: Any
) -> None:
    codes = ("2.1", "2.2", "2.3", "2.5")
    for code in codes[:3]:
        reviewing.judge(sent, reviewer, code)
    reviewing.row(sent, reviewer, "2.5", 2, REASON)
    drawn(sent, reviewer, *codes)
    time_machine.move_to("2026-08-03T11:00:00+07:00")
    again(sent, other, "2.1")
    again(sent, other, "2.2")
    again(sent, other, "2.3", "row", band=2, reason=AGAIN)
    again(sent, other, "2.5", "row", band=2, reason=AGAIN)
    time_machine.move_to("2026-08-03T12:00:00+07:00")
    # The first verdict follows the second reader: the figures stay those of the reading.
    reviewing.row(sent, reviewer, "2.3", 2, "ตามผู้อ่านคนที่สอง")
    found = second_of(sent.round, manager)
    assert (found.same, len(found.pairs), found.percent) == (3, 4, "75")
    # p_o = 3/4; p_e = (3 * 2 + 1 * 2) / 16 = 1/2; kappa = 1/2.
    assert found.kappa == "0.5"
    (pair,) = found.differing
    assert (pair.node.code, pair.first.word, pair.second.word) == ("2.3", "agree", "row 2")
    page = in_english(manager).get("/review/2569/second/")
    text = text_of(page)
    assert "The same outcome and row: 3 of 4 (75 percent)" in text
    assert "Cohen's kappa 0.5" in text.replace("&#x27;", "'")
    assert AGAIN in text
    assert path_of(sent, "2.3") in page.content.decode()
    assert "ตามผู้อ่านคนที่สอง" not in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_a_fixed_number_of_queries(
    sent: Assessment, reviewer: User, other: User, manager: User, django_assert_num_queries: Any, number: int
) -> None:
    codes = ["2.1", "2.2", "2.3", "2.5", "2.6", "2.7"][: 2 * number]
    for code in codes:
        reviewing.judge(sent, reviewer, code)
    drawn(sent, reviewer, *codes)
    for code in codes[:number]:
        again(sent, other, code, "row", band=2, reason=AGAIN)
    client = in_english(manager)
    client.get("/review/2569/second/")
    with django_assert_num_queries(6):
        page = client.get("/review/2569/second/")
    assert (len(page.context["second"].mine), len(page.context["second"].differing)) == (number, number)


def test_the_home_leads_to_it_and_reading_goes_on_to_the_next(sent: Assessment, reviewer: User, other: User) -> None:
    for code in ("2.1", "2.2"):
        reviewing.judge(sent, reviewer, code)
    drawn(sent, reviewer, "2.1", "2.2")
    client = in_english(other)
    assert 'href="/review/2569/second/"' in client.get("/review/").content.decode()
    assert text_of(client.get("/review/2569/second/")).count("2 answers wait for you") == 1
    client.post(path_of(sent, place="save/"), {"verdict": "agree"})
    page = client.get(path_of(sent))
    assert f'href="{path_of(sent, "2.2")}">Next to read' in page.content.decode()
    assert told(page) == ["success: The second reading of 2.1 is saved."]
