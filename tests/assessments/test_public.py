"""The published levels for everybody: what stands there, what never does, how it is kept, and who switches it."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from assessments import services
from assessments.models import Assessment, LogEntry, Province, Round, TrailRow, User
from assessments.services.base import Refused
from assessments.services.showing import hide_results, show_results
from assessments.workflow import Status
from indicators.models import Edition
from tests.assessments.queue import in_english
from tests.assessments.test_country_pages import GOOD, Stand, part_of, stands, words  # noqa: F401 - the fixture too
from tests.conftest import signed_in

FAIRLY = "3" * 55
PAGE, ENGLISH = "/results/2569/", "/results/2569/?lang=en"


@pytest.fixture
def shown(stands: Stand, round_2569: Round, manager: User) -> Round:  # noqa: F811
    """Chiang Mai good and Lamphun fairly good are published, Phuket is final only; the page is on."""
    # What they claim is another thing than what is final.
    stands("TH-50", "0" * 55, status=Status.PUBLISHED, verified="1" * 55, final=GOOD)
    stands("TH-51", "0" * 55, status=Status.PUBLISHED, verified="1" * 55, final=FAIRLY)
    stands("TH-83", GOOD, status=Status.FINAL, verified=GOOD, final="0" * 55)
    return show_results(round_=round_2569, by=manager)


def read(address: str = PAGE, **headers: str) -> str:
    response = Client().get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


# --- what stands there --------------------------------------------------------------------------------


def test_levels_by_province_on_the_map_and_as_a_table(shown: Round) -> None:
    page = read(ENGLISH)
    assert "These are the final results of 2 of 76 offices." in words(page)
    assert 'aria-label="Chiang Mai: level Good, 10.00"' in page
    assert 'aria-label="Phuket: No published result"' in page
    places = part_of(page, "_places")
    assert len(re.findall(r"<tr id=", places)) == 76
    line = re.search(r'<tr id="TH-51">.*?</tr>', places, re.DOTALL)
    assert line is not None
    assert words(line[0]) == "Lamphun ▲ Fairly good 7.50 ▲ Fairly good 7.50 ▲ Fairly good 7.50 ▲ Fairly good 7.50"
    other = re.search(r'<tr id="TH-83">.*?</tr>', places, re.DOTALL)
    assert other is not None
    assert (
        words(other[0])
        == "Phuket – No published result – No published result – No published result – No published result"
    )
    # Each place on the map leads to its line.
    on_map = re.findall(r'<a class="map-place" href="#([^"]+)"', page)
    assert sorted(on_map) == sorted(re.findall(r'<tr id="([^"]+)">', places))


def test_how_many_provinces_are_at_each_level(shown: Round) -> None:
    summary = words(part_of(read(ENGLISH), "_summary"))
    row = "8.75 1 (50.0%) 1 (50.0%) 0 (0.0%) 0 (0.0%) 0 (0.0%)"
    for head in ("Dimension 2 ระบบและกระบวนการ", "Dimensions 2–4 together"):
        assert f"{head} {row}" in summary
    legend = words(part_of(read(ENGLISH), "_map"))
    assert "▲▲ Good (8.50–10.00): 1 ▲ Fairly good (7.00–8.49): 1 ● Should improve (5.50–6.99): 0" in legend
    assert "– No published result: 74" in legend


def test_the_map_shows_one_dimension(stands: Stand, shown: Round) -> None:  # noqa: F811
    stands("TH-50", GOOD, status=Status.PUBLISHED, final="0" * 12 + "4" * 43)
    page = read(f"{ENGLISH}&show=2")
    assert 'aria-label="Chiang Mai: level Must improve urgently, 0.00"' in page
    assert 'aria-label="Chiang Mai: level Fairly good, 7.82"' in read(ENGLISH)


@pytest.mark.parametrize("show", ["2-1", "2.1", "9", "1", "<b>", ""])
def test_nothing_below_a_dimension_can_be_asked_for(show: str, shown: Round) -> None:
    """An area, an indicator, what is not scored: all answered with the whole."""
    page = Client().get(PAGE, {"lang": "en", "show": show}).content.decode()
    assert "Levels by province: Dimensions 2–4 together" in words(page)
    assert "<b>&" not in page


def test_no_person_no_inner_page_no_state_of_an_office(shown: Round, head: User) -> None:
    Assessment.objects.filter(round=shown, province__iso="TH-83").update(status=Status.RETURNED)
    page = read(ENGLISH)
    links = {link for link in re.findall(r'(?:href|action)="([^"]*)"', page) if not link.startswith("#")}
    own = re.compile(r"(/results/(2569/)?|/static/.*|https://(github|creativecommons)\..*)?(\?.*)?(#.*)?")
    assert [link for link in links if not own.fullmatch(unescape(link))] == []
    assert "<form" not in page
    assert "<script" not in page
    text = words(page)
    assert head.full_name not in text
    assert "@" not in text.replace("@svg-maps/thailand", "")
    assert "Returned" not in text
    assert "2.1" not in text


def test_thai_is_the_language_unless_the_address_says_otherwise(shown: Round) -> None:
    thai = Client().get(PAGE)
    english = Client(headers={"cookie": f"{settings.LANGUAGE_COOKIE_NAME}=en"}).get(PAGE)
    assert thai.content == english.content
    assert thai.headers["Content-Language"] == "th"
    assert '<html lang="th">' in thai.content.decode()
    response = Client().get(ENGLISH)
    assert response.headers["Content-Language"] == "en"
    assert '<html lang="en">' in response.content.decode()
    assert "Chiang Mai" in response.content.decode()
    assert '<html lang="th">' in read(f"{PAGE}?lang=fr")


def test_an_office_opened_again_disappears_and_a_later_one_appears(shown: Round) -> None:
    Assessment.objects.filter(round=shown, province__iso="TH-50").update(status=Status.IN_REVIEW)
    assert 'aria-label="Chiang Mai: No published result"' in read(ENGLISH)
    Assessment.objects.filter(round=shown, province__iso="TH-83").update(status=Status.PUBLISHED)
    assert 'aria-label="Phuket: level Must improve urgently, 0.00"' in read(ENGLISH)


# --- where there is none ------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/results/", PAGE, "/results/2540/", f"{PAGE}?lang=en"])
def test_while_it_is_off_there_is_nothing(stands: Stand, address: str) -> None:  # noqa: F811
    stands("TH-50", GOOD, status=Status.PUBLISHED, final=GOOD)
    response = Client().get(address)
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "<a href" not in response.content.decode()


def test_without_a_published_result_there_is_nothing(shown: Round, manager: User) -> None:
    Assessment.objects.filter(round=shown, status=Status.PUBLISHED).update(status=Status.FINAL)
    assert Client().get(PAGE).status_code == 404
    hide_results(round_=shown, by=manager)
    assert Client().get("/results/").status_code == 404


def test_another_year_does_not_exist(shown: Round) -> None:
    assert Client().get("/results/2568/").status_code == 404
    assert Client().post(PAGE).status_code == 405


# --- kept by everybody --------------------------------------------------------------------------------


@pytest.fixture
def everybody(shown: Round, manager: User, editor: User) -> list[Client]:
    fresh = Client()
    fresh.cookies[settings.SESSION_COOKIE_NAME] = "made-up"
    return [Client(), fresh, signed_in(manager), in_english(editor)]


def test_it_is_the_same_for_everybody_sets_no_cookie_and_may_be_kept(everybody: list[Client]) -> None:
    answers = [client.get(PAGE) for client in everybody]
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "Set-Cookie" not in answer.headers
        assert "X-Robots-Tag" not in answer.headers
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_person_stays_signed_in(shown: Round, manager: User) -> None:
    client = signed_in(manager)
    client.get(PAGE)
    assert client.get("/rounds/").status_code == 200


def test_a_copy_is_asked_for_again_and_still_good(stands: Stand, shown: Round) -> None:  # noqa: F811
    first = Client().get(PAGE)
    tag = first.headers["ETag"]
    again = Client().get(PAGE, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == "public, max-age=300"
    assert not again.cookies
    assert Client().get(ENGLISH, headers={"if-none-match": tag}).status_code == 200
    stands("TH-50", GOOD, status=Status.PUBLISHED, final=FAIRLY)
    changed = Client().get(PAGE, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


@pytest.fixture
def more_years(edition: Edition, manager: User, stands: Stand, time_machine: Any) -> Callable[[], None]:  # noqa: F811
    def open_() -> None:
        for year in (2568, 2567):
            time_machine.move_to(f"{year - 543}-08-03T10:00:00+07:00")
            first, last = date(year - 543, 7, 1), date(year - 543, 9, 30)
            round_ = services.open_round(
                year=year, edition=edition, opens_on=first, closes_on=last, budget_target=None, by=manager
            )
            stands("TH-50", GOOD, status=Status.PUBLISHED, final=GOOD, round=round_)
            show_results(round_=round_, by=manager)
        time_machine.move_to("2026-08-03T10:00:00+07:00")

    return open_


def test_two_queries_with_one_year_and_with_three(
    shown: Round, more_years: Callable[[], None], django_assert_num_queries: Any
) -> None:
    read()
    with django_assert_num_queries(2):
        one = read()
    more_years()
    with django_assert_num_queries(2):
        three = read()
    assert 'href="/results/2567/' not in one
    assert 'href="/results/2567/' in three
    assert 'href="/results/2568/?lang=en"' in read(ENGLISH)


def test_the_bare_address_is_the_newest_public_year(
    shown: Round, more_years: Callable[[], None], manager: User
) -> None:
    more_years()
    assert "fiscal year 2569" in words(read("/results/?lang=en"))
    hide_results(round_=shown, by=manager)
    assert "fiscal year 2568" in words(read("/results/?lang=en"))
    assert Client().get(PAGE).status_code == 404


# --- the switch ---------------------------------------------------------------------------------------


@pytest.fixture
def published(stands: Stand, round_2569: Round) -> Round:  # noqa: F811
    stands("TH-50", GOOD, status=Status.PUBLISHED, final=GOOD)
    return round_2569


def test_a_manager_switches_it_on_and_off_again(published: Round, manager: User) -> None:
    client, address = in_english(manager), f"/rounds/{published.pk}/public/"
    assert "Switch the public page on" in words(client.get(f"/rounds/{published.pk}/").content.decode())
    unconfirmed = client.post(address, {})
    assert unconfirmed.status_code == 422
    assert unconfirmed.content.decode().count("Tick the confirmation before you switch the public page on.") == 2
    assert Client().get(PAGE).status_code == 404
    page = client.post(address, {"public-confirmed": "on"}, follow=True).content.decode()
    assert "The public page is switched on." in words(page)
    assert 'href="/results/2569/"' in page
    assert "Switched the public page on" in words(page)
    assert Client().get(PAGE).status_code == 200
    again = client.post(address, {"public-confirmed": "on"})
    assert again.status_code == 422
    assert "The public page of this year is switched on already." in words(again.content.decode())
    page = client.post(f"{address}off/", follow=True).content.decode()
    assert "The public page is switched off." in words(page)
    assert Client().get(PAGE).status_code == 404
    page = client.post(f"{address}off/", follow=True).content.decode()
    assert "The public page of this year is switched off already." in words(page)
    logged = LogEntry.objects.filter(what__in=("show_results", "hide_results")).order_by("pk")
    assert [(each.what, each.about, each.by) for each in logged] == [
        ("show_results", "2569", manager),
        ("hide_results", "2569", manager),
    ]
    assert TrailRow.objects.filter(act__in=("show_results", "hide_results"), by=manager).count() == 2


def test_a_round_without_published_results_is_not_shown(round_2569: Round, manager: User) -> None:
    page = words(in_english(manager).get(f"/rounds/{round_2569.pk}/").content.decode())
    assert "It can be switched on once results of this year are published." in page
    response = in_english(manager).post(f"/rounds/{round_2569.pk}/public/", {"public-confirmed": "on"})
    assert response.status_code == 422
    sentence = "No result of this year is published yet. Publish the final results first."
    assert sentence in words(response.content.decode())
    round_2569.refresh_from_db()
    assert round_2569.public_since is None


def test_who_switches_it(published: Round, reviewer: User, admin: User, head: User, manager: User) -> None:
    for address in (f"/rounds/{published.pk}/public/", f"/rounds/{published.pk}/public/off/"):
        for user in (reviewer, admin, head):
            assert signed_in(user).post(address, {"public-confirmed": "on"}).status_code == 403
        assert Client().post(address).status_code == 302
        assert signed_in(manager).get(address).status_code == 405
    for act in (show_results, hide_results):
        with pytest.raises(Refused):
            act(round_=published, by=reviewer)
    published.refresh_from_db()
    assert published.public_since is None


def test_a_changed_window_leaves_the_page_as_it_is(shown: Round, manager: User, province_of_shown: Province) -> None:
    services.change_round(
        round_=shown, opens_on=shown.opens_on, closes_on=date(2026, 9, 29), budget_target=None, by=manager
    )
    assert province_of_shown.name_th in read()


@pytest.fixture
def province_of_shown(db: None) -> Province:
    return Province.objects.get(iso="TH-50")
