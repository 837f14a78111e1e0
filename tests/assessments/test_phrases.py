"""The centre's standard phrases: kept in their order, changed, deleted and put back, offered beside the boxes."""

import re
from contextlib import nullcontext
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Assessment, Phrase, SecondReading, User
from assessments.services import Refused
from assessments.services.phrases import MOST_PHRASES, add_phrase, delete_phrase, move_phrase
from tests import reviewing
from tests.assessments.queue import answer_of, in_english, text_of, told
from tests.conftest import signed_in

PAGE = "/review/phrases/"


def texts() -> list[str]:
    return list(Phrase.objects.order_by("position", "pk").values_list("text", flat=True))


@pytest.fixture
def three_phrases(reviewer: User) -> list[Phrase]:
    return [add_phrase(by=reviewer, text=text) for text in ("ก", "ข", "ค")]


def test_a_phrase_is_added_as_the_last_and_changed(reviewer: User, three_phrases: list[Phrase]) -> None:
    client = in_english(reviewer)
    response = client.post(f"{PAGE}add/", {"text": " ขอทะเบียนหนังสือส่ง\u200b "})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert texts() == ["ก", "ข", "ค", "ขอทะเบียนหนังสือส่ง"]
    client.post(f"{PAGE}{three_phrases[1].pk}/change/", {"text": "ข สอง"})
    assert texts() == ["ก", "ข สอง", "ค", "ขอทะเบียนหนังสือส่ง"]
    assert "ข สอง" in text_of(client.get(PAGE))


@pytest.mark.parametrize("place", ["add/", "{0}/change/"])
@pytest.mark.parametrize("text", ["", " \u200b", "ก", "ย" * 5001])
def test_what_is_empty_too_long_or_there_already_is_refused_and_kept_in_its_box(
    reviewer: User, three_phrases: list[Phrase], place: str, text: str
) -> None:
    response = in_english(reviewer).post(PAGE + place.format(three_phrases[2].pk), {"text": text})
    assert response.status_code == 422
    page = response.content.decode()
    assert "error-summary" in page
    assert f">\n{text}</textarea>" in page
    assert texts() == ["ก", "ข", "ค"]


@pytest.mark.parametrize(
    ("place", "way", "order"),
    [
        (0, "1", ["ข", "ก", "ค"]),
        (2, "-1", ["ก", "ค", "ข"]),
        (0, "-1", ["ก", "ข", "ค"]),
        (2, "1", ["ก", "ข", "ค"]),
    ],
)
def test_a_phrase_moves_and_stays_at_the_ends(
    reviewer: User, three_phrases: list[Phrase], place: int, way: str, order: list[str]
) -> None:
    response = in_english(reviewer).post(f"{PAGE}{three_phrases[place].pk}/move/", {"way": way})
    assert response.status_code == 302
    assert texts() == order
    assert in_english(reviewer).post(f"{PAGE}{three_phrases[place].pk}/move/", {"way": "7"}).status_code == 404


def test_a_deleted_phrase_comes_back_to_its_place(reviewer: User, three_phrases: list[Phrase]) -> None:
    client = in_english(reviewer)
    client.post(f"{PAGE}{three_phrases[1].pk}/delete/")
    assert texts() == ["ก", "ค"]
    assert "Deleted: ข Undo" in text_of(client.get(PAGE))
    client.post(f"{PAGE}restore/")
    assert texts() == ["ก", "ข", "ค"]
    assert "Deleted:" not in text_of(client.get(PAGE))
    response = client.post(f"{PAGE}restore/")
    assert told(response)[-1] == "info: There is nothing left to take back."
    assert texts() == ["ก", "ข", "ค"]


def test_so_many_are_kept(reviewer: User, three_phrases: list[Phrase]) -> None:
    Phrase.objects.bulk_create(
        [Phrase(text=f"ข้อ {number}", position=number, by=reviewer) for number in range(MOST_PHRASES - 4)]
    )
    add_phrase(by=reviewer, text="สุดท้าย")
    with pytest.raises(Refused):
        add_phrase(by=reviewer, text="เกิน")
    delete_phrase(phrase=three_phrases[0], by=reviewer)
    delete_phrase(phrase=three_phrases[0], by=reviewer)
    with pytest.raises(Refused):
        move_phrase(phrase=three_phrases[0], by=reviewer, step=1)


def test_only_who_reviews_keeps_phrases(everyone: list[User], client: Client, reviewer: User) -> None:
    phrase = add_phrase(by=reviewer, text="ก")
    places = ("add/", f"{phrase.pk}/change/", f"{phrase.pk}/move/", "restore/")
    found = {}
    for user in everyone:
        theirs = signed_in(user)
        found[user.role] = [theirs.get(PAGE).status_code, *(theirs.post(PAGE + place).status_code for place in places)]
        with pytest.raises(Refused) if user.role not in ("reviewer", "manager") else nullcontext():
            move_phrase(phrase=phrase, by=user, step=1)
    yes, no = [200, 422, 422, 404, 302], [403] * 5
    assert found == {user.role: yes if user.role in ("reviewer", "manager") else no for user in everyone}
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    theirs = signed_in(reviewer)
    assert [theirs.post(PAGE).status_code, theirs.get(f"{PAGE}add/").status_code] == [405, 405]
    assert theirs.post(f"{PAGE}999999/delete/").status_code == 404


def offered(page: str) -> dict[str, list[str]]:
    """What is offered for which box."""
    lists = re.findall(r'data-phrases-for="(\w+)">(.*?)</details>', page, re.DOTALL)
    return {box: re.findall(r"<li data-phrase>(.*?)</li>", items) for box, items in lists}


def test_they_are_offered_beside_every_reason_and_question(
    sent: Assessment, reviewer: User, manager: User, three_phrases: list[Phrase]
) -> None:
    client, page = in_english(reviewer), f"/assessments/{sent.pk}/review/2.1/"
    both = {"id_reason": ["ก", "ข", "ค"], "id_question": ["ก", "ข", "ค"]}
    shown = client.get(page).content.decode()
    assert offered(shown) == both
    for box in both:
        assert f'id="{box}"' in shown
    assert offered(client.get(page, headers={"HX-Request": "true", "HX-Target": "side"}).content.decode()) == both
    assert 'href="/review/phrases/"' in client.get("/review/").content.decode()
    reviewing.judge(sent, reviewer, "2.1")
    SecondReading.objects.create(answer=answer_of(sent), drawn_by=manager)
    assert offered(in_english(manager).get(f"{page}second/").content.decode()) == {"id_reason": ["ก", "ข", "ค"]}


def test_they_are_offered_where_a_dispute_is_settled(
    sent: Assessment, reviewer: User, head: User, three_phrases: list[Phrase]
) -> None:
    reviewing.judged(sent, reviewer)
    reviewing.row(sent, reviewer, "2.1", 3)
    services.verify(assessment=sent, by=reviewer)
    reviewing.respond(sent, head, "2.1")
    assert offered(signed_in(head).get(f"/assessments/{sent.pk}/reply/").content.decode()) == {}
    services.reply(assessment=sent, by=head)
    page = in_english(reviewer).get(f"/assessments/{sent.pk}/reply/").content.decode()
    assert re.findall(r'data-phrases-for="([^"]+)"', page) == ["item-2-1-reason"]
    assert 'id="item-2-1-reason"' in page


def test_they_are_offered_where_an_assessment_is_returned_or_reopened(
    sent: Assessment, reviewer: User, head: User, manager: User, three_phrases: list[Phrase]
) -> None:
    page = in_english(reviewer).get(f"/offices/{sent.pk}/").content.decode()
    assert re.findall(r'data-phrases-for="([^"]+)"', page) == ["id_return-reason"]
    assert 'id="id_return-reason"' in page
    assert "js/phrases" in page
    reviewing.final(sent, reviewer, head)
    page = in_english(manager).get(f"/offices/{sent.pk}/").content.decode()
    assert re.findall(r'data-phrases-for="([^"]+)"', page) == ["id_reopen-reason"]
    assert 'id="id_reopen-reason"' in page
    assert "data-phrases-for" not in in_english(reviewer).get(f"/offices/{sent.pk}/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_a_fixed_number_of_queries(reviewer: User, django_assert_num_queries: Any, number: int) -> None:
    for place in range(number):
        add_phrase(by=reviewer, text=f"ข้อ {place}")
    client = in_english(reviewer)
    client.get(PAGE)
    with django_assert_num_queries(3):
        client.get(PAGE)
