"""One answer in the review: beside its evidence, the way on, verdicts, answers without a case, taking back."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from assessments import services
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceUse,
    Question,
    Review,
    User,
)
from assessments.workflow import Status
from tests import reviewing
from tests.answers import answer_all
from tests.assessments.queue import (
    REASON,
    answer_of,
    flagged,
    judge,
    node_of,
    review_of,
    seen,
    text_of,
    told,
    verdict_shown,
)

# --- one answer ------------------------------------------------------------------------------------------


def test_the_answer_stands_beside_its_evidence(sent: Assessment, kept: Evidence, central: Client) -> None:
    page = central.get(f"/assessments/{sent.pk}/review/2.1/").content.decode()
    assert f'<iframe src="/evidence/{kept.pk}/frame/"' in page
    assert "5 รูปแบบ → ช่วง 5 รูปแบบขึ้นไป → 10 คะแนน" in page


def test_the_files_are_gone_through_one_by_one(sent: Assessment, head: User, kept: Evidence, central: Client) -> None:
    link = Evidence.objects.create(
        assessment=sent, kind="link", name="ประกาศ", url="https://example.go.th/a", added_by=head
    )
    EvidenceUse.objects.create(evidence=link, answer=answer_of(sent), added_by=head)
    path = f"/assessments/{sent.pk}/review/2.1/"
    first = central.get(path).content.decode()
    assert re.findall(r'id="file-(\d)"[^>]*?(?:data-key="(.)")?(?: lang)', first) == [("1", ""), ("2", "]")]
    second = central.get(path, {"file": "2"}, headers={"HX-Request": "true", "HX-Target": "_files"}).content.decode()
    assert re.findall(r'id="file-(\d)"[^>]*?(?:data-key="(.)")?(?: lang)', second) == [("1", "["), ("2", "")]
    assert 'href="https://example.go.th/a"' in second
    assert second.strip().startswith("<section") or "<html" not in second
    # A number that is not there shows the first one.
    for place in ("0", "3", "x", "²", "99999"):
        assert "<iframe" in central.get(path, {"file": place}).content.decode()


def test_the_way_leads_through_an_office_in_printed_order(sent: Assessment, reviewer: User, central: Client) -> None:
    reviewing.judge(sent, reviewer, "2.2")

    def steps(code: str, **query: str) -> dict[str, str]:
        page = central.get(f"/assessments/{sent.pk}/review/{code}/", query).content.decode()
        return {
            key: place.split("/")[-2] for place, key in re.findall(r'<a href="([^"?]+)[^>]*data-key="([jkn])"', page)
        }

    assert steps("2.1") == {"k": "1.31", "j": "2.2", "n": "2.3"}
    assert steps("2.1", only="open") == {"k": "1.31", "j": "2.3", "n": "2.3"}
    # After the last the next one that waits is looked for from the first on.
    assert steps("4.34") == {"k": "4.33", "n": "1.1"}
    assert steps("1.1") == {"j": "1.2", "n": "1.2"}


def test_the_way_leads_across_the_offices_in_the_queue_s_order(three: list[Assessment], central: Client) -> None:
    flagged(three[2], "2.1", 30)
    query = {"by": "indicator"}
    page = central.get(f"/assessments/{three[0].pk}/review/2.1/", query).content.decode()
    found = re.findall(r'<a href="/assessments/(\d+)/review/2.1/\?by=indicator"[^>]*data-key="([jkn])"', page)
    assert found == [(str(three[2].pk), "k"), (str(three[1].pk), "j"), (str(three[1].pk), "n")]


def test_an_office_begins_with_its_first_answer_that_is_not_judged(
    sent: Assessment, reviewer: User, central: Client
) -> None:
    path = f"/assessments/{sent.pk}/review/"
    assert central.get(path).headers["Location"] == f"{path}1.1/"
    reviewing.judge(sent, reviewer, "1.1")
    assert central.get(path).headers["Location"] == f"{path}1.2/"


@pytest.mark.parametrize("by", ["office", "indicator"])
def test_an_answer_takes_a_fixed_number_of_queries(
    by: str, three: list[Assessment], reviewer: User, central: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    flagged(three[0], "2.1", 5)
    for text in ("ก", "ข", "ค"):
        services.ask(assessment=three[0], indicator=node_of(three[0], "2.1"), by=reviewer, text=text)
    reviewing.judge(three[0], reviewer, "2.1")
    central.get("/review/")
    with django_assert_num_queries(13):
        central.get(f"/assessments/{three[0].pk}/review/2.1/", {"by": by})


# --- a verdict -------------------------------------------------------------------------------------------


def test_agreeing_keeps_the_claim_and_goes_to_the_next(sent: Assessment, reviewer: User, central: Client) -> None:
    claimed = answer_of(sent)
    response = judge(central, sent)
    assert response.headers["Location"] == f"/assessments/{sent.pk}/review/2.2/"
    found = review_of(sent)
    assert (found.outcome, found.band, str(found.score), found.judged_by) == ("agree", 1, "10.0", reviewer)
    after = answer_of(sent)
    assert (after.score, after.band, after.version) == (claimed.score, claimed.band, claimed.version)
    assert Assessment.objects.get(pk=sent.pk).status == Status.IN_REVIEW


@pytest.mark.parametrize(("go", "place"), [("next", "2.2"), ("", "2.2"), ("stay", "2.1")])
def test_saving_goes_on_or_stays(go: str, place: str, sent: Assessment, central: Client) -> None:
    assert judge(central, sent, go=go).headers["Location"] == f"/assessments/{sent.pk}/review/{place}/"


def test_after_the_last_answer_of_an_office_come_its_moves(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, "4.34")
    assert response.headers["Location"] == f"/offices/{sent.pk}/#moves"


def test_across_the_offices_the_next_one_is_that_of_the_queue(three: list[Assessment], central: Client) -> None:
    flagged(three[2], "2.1", 30)
    chiang_mai, lamphun, phuket = three
    way = {"by": "indicator", "only": "open", "sort": "open"}
    query = "?by=indicator&sort=open&only=open"
    assert judge(central, phuket, **way).headers["Location"] == f"/assessments/{chiang_mai.pk}/review/2.1/{query}"
    assert judge(central, chiang_mai, **way).headers["Location"] == f"/assessments/{lamphun.pk}/review/2.1/{query}"
    assert judge(central, lamphun, **way).headers["Location"] == f"/review/2569/indicators/2.1/{query}"


def test_another_row_needs_its_reason_and_what_was_typed_stays(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, verdict="3", reason=" ", question="ขอทะเบียนหนังสือ")
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("Write why this row is right, so that the office understands its score.") == 2
    assert '<a href="#id_reason">' in page
    assert "<title>Error:" in page
    assert re.search(r'value="3" checked', page)
    assert "ขอทะเบียนหนังสือ</textarea>" in page
    assert Review.objects.count() == 0
    assert Question.objects.count() == 0
    saved = judge(central, sent, verdict="3", reason=REASON)
    assert saved.status_code == 302
    found = review_of(sent)
    assert (found.outcome, found.band, str(found.score), found.reason) == ("row", 3, "5.0", REASON)


def test_choosing_the_claimed_row_is_agreeing(sent: Assessment, central: Client) -> None:
    assert judge(central, sent, verdict="1").status_code == 302
    assert review_of(sent).outcome == "agree"


def test_the_button_that_agrees_counts_whatever_is_chosen(sent: Assessment, central: Client) -> None:
    assert judge(central, sent, verdict="3", quick="agree").status_code == 302
    assert review_of(sent).outcome == "agree"


@pytest.mark.parametrize("verdict", ["0", "6", "maybe", "-1", "1.0"])
def test_a_row_that_is_not_printed_is_refused(verdict: str, sent: Assessment, central: Client) -> None:
    response = judge(central, sent, verdict=verdict, reason=REASON)
    assert response.status_code == 422
    assert "Choose one of the printed rows." in text_of(response)
    assert f"{REASON}</textarea>" in response.content.decode()


def test_without_a_verdict_nothing_is_saved(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, verdict="", reason=REASON)
    assert response.status_code == 422
    assert "Choose a verdict before you save it." in text_of(response)
    assert f"{REASON}</textarea>" in response.content.decode()


@pytest.mark.parametrize(("ticked", "asked"), [({"also_ask": "on"}, ["ขอรายงานการประชุม"]), ({}, [])])
def test_needed_evidence_becomes_a_question_where_that_is_ticked(
    ticked: dict[str, str], asked: list[str], sent: Assessment, central: Client
) -> None:
    response = judge(central, sent, verdict="evidence", reason="ขอรายงานการประชุม", **ticked)
    assert response.status_code == 302
    found = review_of(sent)
    assert (found.outcome, found.band, found.score) == ("evidence", None, None)
    assert [question.text for question in Question.objects.all()] == asked


def test_needed_evidence_says_which(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, verdict="evidence")
    assert response.status_code == 422
    assert "Write which evidence is needed, so that the office knows what to send." in text_of(response)


def test_dimension_1_is_confirmed_and_has_no_rows(sent: Assessment, central: Client) -> None:
    page = central.get(f"/assessments/{sent.pk}/review/1.1/").content.decode()
    assert re.findall(r'name="verdict" value="(\w+)"', page) == ["agree", "evidence"]
    assert judge(central, sent, "1.1").status_code == 302
    assert verdict_shown(central, sent, "1.1") == "✓ Confirmed"
    refused = judge(central, sent, "1.1", verdict="1", reason=REASON)
    assert refused.status_code == 422


def test_a_long_reason_is_told_and_kept(sent: Assessment, central: Client) -> None:
    response = judge(central, sent, verdict="3", reason="ก" * 5_001)
    assert response.status_code == 422
    assert "Write at most 5000 characters; this has 5001." in text_of(response)
    assert "ก" * 5_001 in response.content.decode()


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999"])
def test_a_form_without_the_version_it_showed_is_refused(version: str, sent: Assessment, central: Client) -> None:
    response = judge(central, sent, version=version)
    assert response.status_code == 422
    assert "This page is out of date. Read the answer again, then judge it." in text_of(response)
    assert Review.objects.count() == 0


def test_a_second_click_changes_nothing(sent: Assessment, central: Client) -> None:
    data = {**seen(sent), "verdict": "agree"}
    path = f"/assessments/{sent.pk}/indicators/2.1/judge/"
    central.post(path, data)
    again = central.post(path, data)
    assert again.status_code == 302
    assert told(again)[-1] == "info: 2.1 Chiang Mai was judged like this already; nothing changed."
    assert review_of(sent).version == 1


def test_two_reviewers_the_second_sees_the_first_verdict_and_keeps_the_text(
    sent: Assessment, manager: User, central: Client
) -> None:
    old = seen(sent)
    reviewing.row(sent, manager, "2.1", 2, "นับซ้ำหนึ่งรูปแบบ")
    data = {**old, "verdict": "3", "reason": REASON, "question": "ขอทะเบียน"}
    response = central.post(f"/assessments/{sent.pk}/indicators/2.1/judge/", data)
    words = text_of(response)
    assert response.status_code == 409
    assert f"{manager.full_name} judged this answer in the meantime." in words
    assert "Another row: 7.5 points" in words
    assert "นับซ้ำหนึ่งรูปแบบ" in words
    assert "Yours, not saved Another row: 5 points" in words
    page = response.content.decode()
    assert f"{REASON}</textarea>" in page
    assert "ขอทะเบียน</textarea>" in page
    assert review_of(sent).judged_by == manager
    assert Question.objects.count() == 0
    # Read and saved again, it takes the place of theirs, which the history keeps.
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    data["version"] = int(version[1])
    assert central.post(f"/assessments/{sent.pk}/indicators/2.1/judge/", data).status_code == 302
    found = review_of(sent)
    assert (found.band, found.history.count()) == (3, 2)


def test_an_answer_that_changed_is_read_again_first(sent: Assessment, central: Client) -> None:
    old = seen(sent)
    Answer.objects.filter(pk=answer_of(sent).pk).update(version=old["answer_version"] + 1)
    response = judge(central, sent, answer_version=old["answer_version"], verdict="3", reason=REASON)
    assert response.status_code == 422
    assert "The answer was changed while you looked at it. Read it again before you judge it." in text_of(response)
    assert f"{REASON}</textarea>" in response.content.decode()


def test_a_verdict_on_a_returned_answer_is_refused_with_the_reason_and_the_text(
    sent: Assessment, central: Client
) -> None:
    Assessment.objects.filter(pk=sent.pk).update(status=Status.RETURNED)
    response = judge(central, sent, verdict="3", reason=REASON, question="ขอทะเบียน")
    words = text_of(response)
    assert response.status_code == 409
    assert "Not done: This assessment is back with the office for correction." in words
    assert f"Your text, which was not sent: {REASON} ขอทะเบียน" in words
    assert Review.objects.count() == 0


def test_a_stale_verdict_says_that_the_answer_changed(sent: Assessment, reviewer: User, central: Client) -> None:
    reviewing.row(sent, reviewer, "2.1", 2)
    answer = answer_of(sent)
    Answer.objects.filter(pk=answer.pk).update(version=answer.version + 1)
    assert verdict_shown(central, sent, "2.1") == "↻ Changed since the verdict"
    page = central.get(f"/assessments/{sent.pk}/review/2.1/").content.decode()
    assert not re.search(r'name="verdict" value="\w+" checked', page)
    assert f"{reviewing.REASON}</textarea>" in page


def test_the_history_tells_every_verdict(sent: Assessment, reviewer: User, central: Client) -> None:
    judge(central, sent)
    judge(central, sent, verdict="evidence", reason="ขอรายงาน")
    central.post("/review/undo/")
    page = central.get(f"/assessments/{sent.pk}/review/2.1/").content.decode()
    listed_ = re.search(r'id="_history".*?<ol>(.*?)</ol>', page, re.DOTALL)
    assert listed_ is not None
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in listed_[1].split("<li>")[1:]]
    row = "มีรูปแบบการสื่อสารภายในองค์กร 5 รูปแบบขึ้นไป"
    when = f"{reviewer.full_name}, 3 Aug 2569 B.E. 10:00"
    assert rows == [
        f"Taken back; it stands again: Agreed: 10 points ({row}) {when}",
        f"Needs evidence ขอรายงาน {when}",
        f"Agreed: 10 points ({row}) {when}",
    ]


# --- no case ---------------------------------------------------------------------------------------------


@pytest.fixture
def without_case(assessment: Assessment, head: User, kept: Evidence) -> Assessment:
    answer_all(assessment, head)
    node = node_of(assessment, "4.31")
    entry = services.Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องทุกข์")
    version = answer_of(assessment, "4.31").version
    services.save_answer(assessment=assessment, indicator=node, by=head, version=version, entry=entry)
    return services.submit(assessment=assessment, by=head, certified=True)


def test_an_answer_without_a_case_gets_a_row_and_nothing_to_agree_with(
    without_case: Assessment, reviewer: User, central: Client
) -> None:
    page = central.get(f"/assessments/{without_case.pk}/review/4.31/").content.decode()
    assert re.findall(r'name="verdict" value="(\w+)"', page) == ["1", "2", "3", "4", "5", "evidence"]
    assert 'name="quick"' not in page
    assert "ไม่มีเรื่องร้องทุกข์" in page
    refused = judge(central, without_case, "4.31", quick="agree")
    assert refused.status_code == 422
    assert "There was no case this year: choose one of the printed rows, with a reason." in text_of(refused)
    assert judge(central, without_case, "4.31", verdict="2").status_code == 422
    assert judge(central, without_case, "4.31", verdict="2", reason=REASON).status_code == 302
    review = review_of(without_case, "4.31")
    assert (review.band, str(review.score), review.judged_by) == (2, "7.5", reviewer)
    assert answer_of(without_case, "4.31").decided_band is None
    assert verdict_shown(central, without_case, "4.31") == "↕ Another row: 7.5"
    assert central.post("/review/undo/").status_code == 302
    assert verdict_shown(central, without_case, "4.31") == "○ Not judged yet"


def test_an_answer_without_a_case_cannot_be_ticked(without_case: Assessment, central: Client) -> None:
    page = central.get("/review/2569/indicators/4.31/").content.decode()
    assert 'name="answer"' not in page
    assert "Agree with the ticked" not in page


# --- taking back -----------------------------------------------------------------------------------------


def test_verdicts_are_taken_back_one_by_one(sent: Assessment, central: Client) -> None:
    judge(central, sent, "2.1")
    judge(central, sent, "2.2", verdict="3", reason=REASON)
    first = central.post("/review/undo/")
    assert first.headers["Location"] == f"/assessments/{sent.pk}/review/2.2/"
    assert [review_of(sent, code).outcome for code in ("2.1", "2.2")] == ["agree", ""]
    second = central.post("/review/undo/")
    assert second.headers["Location"] == f"/assessments/{sent.pk}/review/2.1/"
    assert review_of(sent, "2.1").outcome == ""
    third = central.post("/review/undo/")
    assert third.headers["Location"] == "/review/"
    assert told(third)[-1] == "info: There is nothing left to take back."


def test_what_somebody_changed_since_is_left(sent: Assessment, manager: User, central: Client) -> None:
    judge(central, sent)
    reviewing.row(sent, manager, "2.1", 2)
    response = central.post("/review/undo/")
    assert told(response)[-1] == "warning: What somebody changed since then was left as it is."
    assert review_of(sent).outcome == "row"


def test_taking_back_after_the_return_is_refused(sent: Assessment, central: Client) -> None:
    judge(central, sent)
    Assessment.objects.filter(pk=sent.pk).update(status=Status.RETURNED)
    response = central.post("/review/undo/")
    assert told(response)[-1].endswith("This assessment is back with the office for correction.")
    assert told(response)[-1].startswith("error: 2.1 Chiang Mai: Agreed")
    assert review_of(sent).outcome == "agree"


def test_the_page_names_what_would_be_taken_back(sent: Assessment, central: Client) -> None:
    assert "Last:" not in text_of(central.get("/review/"))
    judge(central, sent)
    assert "Last: 2.1 Chiang Mai: Agreed: 10 points" in text_of(central.get("/review/"))
