"""The review queue: who may, where to begin, one indicator across the offices, bulk agreement."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments import services
from assessments.models import (
    Answer,
    Assessment,
    Flag,
    Outcome,
    Review,
    ReviewAssignment,
    Round,
    User,
)
from assessments.workflow import Status
from tests import reviewing
from tests.assessments.queue import (
    REASON,
    answer_of,
    flagged,
    in_english,
    judge,
    listed,
    node_of,
    review_of,
    same_at,
    scores,
    text_of,
    told,
)
from tests.conftest import signed_in

# --- who may read and do what ----------------------------------------------------------------------------


def test_the_queue_is_for_reviewers_and_the_answer_also_for_who_reads_verdicts(
    sent: Assessment, everyone: list[User]
) -> None:
    found: dict[str, dict[str, int]] = {}
    for user in everyone:
        client = signed_in(user)
        for name, path in {
            "home": "/review/",
            "queue": "/review/2569/indicators/2.1/",
            "answer": f"/assessments/{sent.pk}/review/2.1/",
        }.items():
            found.setdefault(name, {})[user.role] = client.get(path).status_code
    closed = {"office_editor": 403, "office_head": 403, "supporter": 403}
    central = {"reviewer": 200, "manager": 200}
    assert found == {
        "home": closed | central | {"admin": 403, "inspector": 403},
        "queue": closed | central | {"admin": 403, "inspector": 403},
        "answer": closed | central | {"admin": 200, "inspector": 200},
    }


def test_exactly_reviewers_and_managers_judge_by_direct_post(sent: Assessment, everyone: list[User]) -> None:
    answers = {}
    for place, user in enumerate(everyone, start=1):
        code = f"2.{place}"
        response = judge(signed_in(user), sent, code)
        written = Review.objects.filter(answer__assessment=sent, answer__indicator__code=code).count()
        answers[user.role] = (response.status_code, written)
    nobody = (403, 0)
    assert answers == {
        "office_editor": nobody,
        "office_head": nobody,
        "supporter": nobody,
        "inspector": nobody,
        "admin": nobody,
        "reviewer": (302, 1),
        "manager": (302, 1),
    }


def test_who_may_only_read_sees_no_form(sent: Assessment, inspector: User) -> None:
    response = in_english(inspector).get(f"/assessments/{sent.pk}/review/2.1/")
    page = response.content.decode()
    assert 'id="verdict-form"' not in page
    assert 'name="question"' not in page
    assert "Only the central division judges answers." in text_of(response)


POSTS = ("judge", "questions", "draft", "undo", "agree")


def post_to(name: str, client: Client, assessment: Assessment) -> Any:
    paths = {
        "judge": f"/assessments/{assessment.pk}/indicators/2.1/judge/",
        "questions": f"/assessments/{assessment.pk}/review/2.1/questions/",
        "draft": f"/assessments/{assessment.pk}/review/2.1/questions/1/",
        "undo": "/review/undo/",
        "agree": "/review/2569/agree/",
    }
    return paths[name]


@pytest.mark.parametrize("name", POSTS)
def test_an_act_requires_login_and_a_post(name: str, client: Client, sent: Assessment, as_reviewer: Client) -> None:
    path = post_to(name, client, sent)
    response = client.post(path, {})
    # Forms with long texts come back instead, with what was typed.
    assert response.status_code in (302, 401)
    assert as_reviewer.get(path).status_code == 405


@pytest.mark.parametrize("name", POSTS)
def test_an_act_is_not_for_the_office(name: str, sent: Assessment, as_editor: Client) -> None:
    assert as_editor.post(post_to(name, as_editor, sent), {}).status_code == 403


@pytest.mark.parametrize("name", POSTS[:3])
def test_another_office_does_not_find_the_answer(name: str, sent: Assessment, as_stranger: Client) -> None:
    assert as_stranger.post(post_to(name, as_stranger, sent), {}).status_code == 404


@pytest.mark.parametrize("path", ["/review/", "/review/2569/indicators/2.1/", "/assessments/{pk}/review/2.1/"])
def test_a_page_requires_login_and_takes_no_post(
    path: str, sent: Assessment, client: Client, as_reviewer: Client
) -> None:
    path = path.format(pk=sent.pk)
    assert client.get(path).status_code == 302
    assert as_reviewer.post(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    ["/review/2570/", "/review/2569/indicators/9.9/", "/assessments/{pk}/review/9.9/", "/assessments/0/review/2.1/"],
)
def test_what_is_not_there_is_not_found(path: str, sent: Assessment, as_reviewer: Client) -> None:
    assert as_reviewer.get(path.format(pk=sent.pk)).status_code == 404


def test_the_header_leads_reviewers_to_the_queue(sent: Assessment, central: Client, inspector: User) -> None:
    assert 'href="/review/"' in central.get("/offices/").content.decode()
    assert 'href="/review/2569/"' in central.get("/offices/").content.decode()
    # An inspector reads what the review teaches, and has nothing to judge.
    theirs = in_english(inspector).get("/offices/").content.decode()
    assert re.findall(r'href="(/review/[^"]*)"', theirs) == ["/review/2569/learned/"]


# --- where to begin --------------------------------------------------------------------------------------


def test_without_a_round_there_is_nothing_to_judge(central: Client) -> None:
    assert "No round has been opened yet, so there is nothing to judge." in text_of(central.get("/review/"))


def test_before_any_office_submitted_the_home_says_so(round_2569: Round, central: Client) -> None:
    response = central.get("/review/")
    assert "No office of this round has submitted yet, so there is nothing to judge." in text_of(response)
    assert 'href="/offices/?round=2569"' in response.content.decode()


def test_the_home_begins_with_the_latest_round_that_has_something_to_review(
    sent: Assessment, manager: User, central: Client
) -> None:
    services.open_round(
        year=2570,
        edition=sent.round.edition,
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 12, 31),
        budget_target=None,
        by=manager,
    )
    assert "Review of fiscal year 2569" in text_of(central.get("/review/"))
    assert "Review of fiscal year 2570" in text_of(central.get("/review/2570/"))


def test_the_home_counts_by_office(three: list[Assessment], reviewer: User, central: Client) -> None:
    chiang_mai, lamphun, _phuket = three
    reviewing.judge(chiang_mai, reviewer, "2.1")
    reviewing.row(chiang_mai, reviewer, "2.2", 2)
    reviewing.judge(chiang_mai, reviewer, "2.3", outcome=Outcome.EVIDENCE, reason="ขอรายงาน")
    flagged(chiang_mai, "2.1", 5)
    flagged(lamphun, "2.1", 5)
    flagged(lamphun, "2.2", 5)
    services.ask(assessment=lamphun, indicator=node_of(lamphun, "2.1"), by=reviewer, text="ขอหลักฐาน")
    ReviewAssignment.objects.create(round=lamphun.round, reviewer=reviewer, province=lamphun.province, by=reviewer)
    page = central.get("/review/").content.decode()
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in page.split("<tr>")[2:]]
    assert rows[:3] == [
        "Chiang Mai North In review 3 Aug 2569 B.E. 2/86 1 – – –",
        "Lamphun mine North Submitted 3 Aug 2569 B.E. 0/86 2 1 – –",
        rows[2],
    ]
    assert rows[2].startswith("Phuket South Submitted 3 Aug 2569 B.E. 0/86 – – –")
    assert "2 of 258 answers judged" in text_of(central.get("/review/"))


def test_in_each_state_the_office_with_most_flagged_answers_stands_first(
    three: list[Assessment], central: Client
) -> None:
    _chiang_mai, lamphun, phuket = three
    for code in ("2.1", "2.2"):
        flagged(phuket, code, 5)
    flagged(lamphun, "2.1", 50)
    page = central.get("/review/").content.decode()
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)[:3] == [
        "Phuket",
        "Lamphun",
        "Chiang Mai",
    ]


def test_the_home_counts_by_indicator(three: list[Assessment], reviewer: User, central: Client) -> None:
    chiang_mai, lamphun, _phuket = three
    reviewing.judge(chiang_mai, reviewer, "2.1")
    reviewing.row(lamphun, reviewer, "2.1", 2)
    flagged(lamphun, "2.1", 5)
    ReviewAssignment.objects.create(
        round=lamphun.round, reviewer=reviewer, indicator=answer_of(lamphun).indicator, by=reviewer
    )
    page = central.get("/review/?by=indicator").content.decode()
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in page.split("<tr>")]
    by_code = {row.split()[0]: row for row in rows if re.match(r"\d\.\d+ ", row)}
    assert len(by_code) == 86
    assert by_code["2.1"].split("</table>")[0].endswith("mine 2/3 1 1 – –")
    assert re.search(r" 0/3 – – – –", by_code["2.2"])


# --- one indicator across the offices --------------------------------------------------------------------


def test_the_queue_shows_the_submitted_offices_and_counts_the_others(
    three: list[Assessment], round_2569: Round, central: Client
) -> None:
    response = central.get("/review/2569/indicators/2.1/")
    assert listed(central) == ["Chiang Mai", "Lamphun", "Phuket"]
    assert "0 of 3 answers judged Not under review: In progress 73" in text_of(response)


def test_the_queue_without_a_submitted_office_says_so(round_2569: Round, central: Client) -> None:
    assert "No office has this answer under review now." in text_of(central.get("/review/2569/indicators/2.1/"))


def test_the_oddest_answer_is_first_by_the_sum_of_its_flags(three: list[Assessment], central: Client) -> None:
    flagged(three[1], "2.1", 10)
    flagged(three[2], "2.1", 30)
    assert listed(central) == ["Phuket", "Lamphun", "Chiang Mai"]
    about = {"score": "10", "held": 0, "kinds": 3}
    Flag.objects.create(answer=answer_of(three[1]), code="little_evidence", weight=21, about=about)
    assert listed(central) == ["Lamphun", "Phuket", "Chiang Mai"]
    assert listed(central, sort="office") == ["Chiang Mai", "Lamphun", "Phuket"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"sort": "odd"}, ["Phuket", "Chiang Mai", "Lamphun"]),
        ({"sort": "office"}, ["Chiang Mai", "Lamphun", "Phuket"]),
        ({"sort": "value"}, ["Lamphun", "Phuket", "Chiang Mai"]),
        ({"sort": "open"}, ["Chiang Mai", "Lamphun", "Phuket"]),
        ({"sort": "nonsense"}, ["Phuket", "Chiang Mai", "Lamphun"]),
        ({"only": "open"}, ["Chiang Mai", "Lamphun"]),
        ({"only": "flagged"}, ["Phuket"]),
        ({"region": "S"}, []),
        ({"only": "nonsense"}, ["Phuket", "Chiang Mai", "Lamphun"]),
    ],
)
def test_sorting_and_filtering(
    query: dict[str, str], found: list[str], three: list[Assessment], reviewer: User, central: Client
) -> None:
    scores(three[0], "2.1", 3, "5")
    scores(three[2], "2.1", 2, "7.5")
    flagged(three[2], "2.1", 30)
    reviewing.judge(three[2], reviewer, "2.1")
    if "region" in query:
        region = three[2].province.region
        assert region is not None
        query, found = {"region": region.code}, ["Phuket"]
    assert listed(central, **query) == found


def test_a_row_tells_claim_evidence_flags_last_year_and_verdict(
    sent: Assessment, reviewer: User, central: Client
) -> None:
    flagged(sent, "2.1", 30)
    reviewing.row(sent, reviewer, "2.1", 2)
    page = central.get("/review/2569/indicators/2.1/").content.decode()
    row = next(part for part in page.split("<tr ") if 'class="queue-row' in part)
    words = " ".join(re.sub(r"<[^>]+>", " ", row.partition(">")[2]).split())
    assert words.startswith("Chiang Mai North 5 รูปแบบ 10 1 file – No evidence")
    assert "↕ Another row: 7.5" in words
    assert 'name="answer"' not in row


def test_last_year_s_three_values_stand_beside_the_claim(
    sent: Assessment, reviewer: User, manager: User, central: Client
) -> None:
    Round.objects.filter(pk=sent.round_id).update(year=2570)
    last = services.open_round(
        year=2569,
        edition=sent.round.edition,
        opens_on=date(2026, 7, 1),
        closes_on=date(2026, 9, 30),
        budget_target=None,
        by=manager,
    )
    before = Assessment.objects.get(round=last, province=sent.province)
    answer = answer_of(before)
    Answer.objects.filter(pk=answer.pk).update(inputs={"count": 3}, is_answered=True, band=3, score="5")
    Review.objects.create(
        answer=answer,
        outcome=Outcome.ROW,
        band=4,
        score="2.5",
        reason="สองรูปแบบซ้ำกัน",
        judged_version=0,
        judged_by=reviewer,
        judged_at=timezone.now(),
        final_band=3,
        final_score="5",
        final_reason="รับคำชี้แจง",
        final_by=reviewer,
        final_at=timezone.now(),
        version=1,
    )
    told_ = "3 รูปแบบ (5) claimed 5 · verified 2.5 · final 5"
    assert told_ in text_of(central.get("/review/2570/indicators/2.1/"))
    assert f"Last year (2569): {told_} สองรูปแบบซ้ำกัน รับคำชี้แจง" in text_of(
        central.get(f"/assessments/{sent.pk}/review/2.1/")
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_takes_the_same_queries_whatever_its_length(
    number: int, sent: Assessment, central: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for iso in ("TH-51", "TH-83")[: number - 1]:
        same_at(sent, iso)
    flagged(sent, "2.1", 5)
    central.get("/review/2569/indicators/2.1/")
    with django_assert_num_queries(11):
        assert len(listed(central)) == number


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("by", ["office", "indicator"])
def test_the_home_takes_the_same_queries_whatever_its_length(
    number: int, by: str, sent: Assessment, central: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for iso in ("TH-51", "TH-83")[: number - 1]:
        same_at(sent, iso)
    central.get("/review/")
    with django_assert_num_queries(8):
        assert f"0 of {number * 86} answers judged" in text_of(central.get(f"/review/?by={by}"))


# --- bulk agreement --------------------------------------------------------------------------------------


def tick(*answers: Answer) -> list[str]:
    found = []
    for answer in answers:
        review = Review.objects.filter(answer=answer).first()
        found.append(f"{answer.pk}:{answer.version}:{review.version if review else 0}")
    return found


def agree(client: Client, ticked: list[str], **data: Any) -> Any:
    return client.post("/review/2569/agree/", {"code": "2.1", "answer": ticked, **data})


def test_a_selection_is_agreed_with_at_once_and_undone_at_once(three: list[Assessment], central: Client) -> None:
    ticked = tick(answer_of(three[0]), answer_of(three[2]))
    response = agree(central, ticked, sort="office", only="open")
    assert response.headers["Location"] == "/review/2569/indicators/2.1/?by=indicator&sort=office&only=open"
    assert told(response) == ["success: Agreed with 2 answers to 2.1."]
    assert [review_of(each).outcome for each in (three[0], three[2])] == ["agree", "agree"]
    assert Review.objects.count() == 2
    assert Assessment.objects.get(pk=three[0].pk).status == Status.IN_REVIEW
    undone = central.post("/review/undo/")
    assert undone.headers["Location"] == response.headers["Location"]
    assert "success: Taken back: Agreed with 2 answers to 2.1." in told(undone)
    assert [review_of(each).outcome for each in (three[0], three[2])] == ["", ""]


def test_what_cannot_be_agreed_with_is_named_and_left(
    three: list[Assessment], reviewer: User, manager: User, central: Client
) -> None:
    chiang_mai, lamphun, phuket = three
    ticked = tick(*(answer_of(each) for each in three))
    reviewing.row(lamphun, manager, "2.1", 2)
    Assessment.objects.filter(pk=phuket.pk).update(status=Status.RETURNED)
    response = agree(central, ticked)
    assert told(response) == [
        "success: Agreed with 1 answer to 2.1.",
        f"warning: Lamphun: {manager.full_name} judged this answer in the meantime; look at that verdict first.",
        "warning: Phuket: This assessment is back with the office for correction.",
    ]
    assert review_of(chiang_mai).outcome == "agree"
    assert review_of(lamphun).outcome == "row"
    assert not Review.objects.filter(answer__assessment=phuket).exists()


@pytest.mark.parametrize("ticked", [[], ["nonsense"], ["1:2"], ["٣:1:1x"]])
def test_nothing_ticked_agrees_with_nothing(ticked: list[str], sent: Assessment, central: Client) -> None:
    assert told(agree(central, ticked)) == ["error: Tick the answers that you agree with first."]
    assert Review.objects.count() == 0


def test_an_unknown_indicator_is_not_agreed_with(sent: Assessment, central: Client) -> None:
    assert agree(central, tick(answer_of(sent)), code="9.9").status_code == 404


# --- the centre's page of the assessment -----------------------------------------------------------------


def test_the_page_of_the_assessment_shows_verdicts_to_who_may_read_them(
    sent: Assessment, reviewer: User, everyone: list[User], central: Client
) -> None:
    reviewing.row(sent, reviewer, "2.1", 2, REASON)
    words = text_of(central.get(f"/offices/{sent.pk}/"))
    assert f"↕ Another row: 7.5 {REASON}" in words
    supporter = everyone[-1]
    page = text_of(in_english(supporter).get(f"/offices/{sent.pk}/"))
    assert REASON not in page
    Assessment.objects.filter(pk=sent.pk).update(status=Status.VERIFIED)
    assert REASON in text_of(in_english(supporter).get(f"/offices/{sent.pk}/"))
