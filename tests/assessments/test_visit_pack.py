"""The visit pack: the oddest indicators, a sample that can be drawn again, what each sheet holds, who gets it."""

from typing import Any

import pytest
from django.test import Client

from assessments.models import Assessment, User
from assessments.queries import visitpack
from indicators.editions import EditionNode
from tests.assessments.queue import flagged, in_english, text_of
from tests.assessments.test_visits import find, helper
from tests.conftest import signed_in

__all__ = ["helper"]


def path_of(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/visit-pack/"


def codes(sheets: Any) -> list[str]:
    return [sheet.node.code for sheet in sheets]


@pytest.fixture
def odd(sent: Assessment) -> Assessment:
    flagged(sent, "2.2", 60)
    flagged(sent, "2.10", 80)
    return sent


def test_the_oddest_come_first_and_are_not_drawn_too(odd: Assessment, inspector: User) -> None:
    pack = visitpack.pack_of(odd, inspector, sample=84, seed=1)
    assert codes(pack.odd) == ["2.10", "2.2"]
    assert len(pack.drawn) == 84
    assert set(codes(pack.drawn)) & {"2.10", "2.2"} == set()
    assert len(set(codes(pack.sheets))) == 86


def test_at_most_ten_are_the_oddest(sent: Assessment, inspector: User, standard: EditionNode) -> None:
    for weight, code in enumerate(list(standard.indicators)[:11], start=1):
        flagged(sent, code, weight)
    pack = visitpack.pack_of(sent, inspector, sample=0, seed=1)
    assert codes(pack.odd) == list(reversed(list(standard.indicators)[1:11]))
    assert pack.drawn == []


def test_the_same_seed_draws_the_same(standard: EditionNode) -> None:
    first, again, other = (
        [node.code for node in visitpack.draw(standard, [], seed, 5)] for seed in ("7-1", "7-1", "7-2")
    )
    assert first == again
    assert first != other
    order = list(standard.indicators)
    assert sorted(first, key=order.index) == first
    assert len(set(first)) == 5


@pytest.mark.parametrize(("number", "drawn"), [(0, 0), (1, 1), (86, 86), (87, 86)])
def test_no_more_are_drawn_than_there_are(standard: EditionNode, number: int, drawn: int) -> None:
    assert len(visitpack.draw(standard, [], "1", number)) == drawn


def test_a_sheet_holds_what_is_needed_at_the_office(odd: Assessment, inspector: User, standard: EditionNode) -> None:
    flagged(odd, "2.1", 90)
    find(odd, inspector, standard, text="ทะเบียนยังไม่ครบ", advice="ทำให้ครบ")
    page = in_english(inspector).get(path_of(odd), {"sample": 2})
    assert page.status_code == 200
    assert codes(page.context["pack"].odd) == ["2.1", "2.10", "2.2"]
    text = text_of(page)
    first = page.context["pack"].odd[0]
    assert [item.evidence.name for item in first.evidence] == [first.evidence[0].evidence.name]
    for words in (first.claimed, first.evidence[0].evidence.name, "No evidence attached", "ทะเบียนยังไม่ครบ", "ทำให้ครบ"):
        assert words in text
    assert f'href="/assessments/{odd.pk}/indicators/2.1/findings/new/"' in page.content.decode()
    assert f'href="/assessments/{odd.pk}/visits/new/"' in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "status", "drawn"),
    [("", 200, 5), ("0", 200, 0), ("40", 200, 40), ("41", 422, 5), ("-1", 422, 5), ("x", 422, 5)],
)
def test_the_sample_is_asked_for(odd: Assessment, inspector: User, asked: str, status: int, drawn: int) -> None:
    page = signed_in(inspector).get(path_of(odd), {"sample": asked})
    assert (page.status_code, len(page.context["pack"].drawn)) == (status, drawn)


def test_the_office_does_not_know_beforehand(
    odd: Assessment,
    as_editor: Client,
    as_stranger: Client,
    client: Client,
    helper: User,
    reviewer: User,
    supporter: User,
) -> None:
    found = {
        "office": as_editor.get(path_of(odd)).status_code,
        "stranger": as_stranger.get(path_of(odd)).status_code,
        "nobody": client.get(path_of(odd)).status_code,
        "helper": signed_in(helper).get(path_of(odd)).status_code,
        "reviewer": signed_in(reviewer).get(path_of(odd)).status_code,
        "another supporter": signed_in(supporter).get(path_of(odd)).status_code,
        "post": signed_in(helper).post(path_of(odd)).status_code,
    }
    assert found == {
        "office": 403,
        "stranger": 403,
        "nobody": 302,
        "helper": 200,
        "reviewer": 200,
        "another supporter": 404,
        "post": 405,
    }


@pytest.mark.parametrize("number", [1, 3])
def test_the_pack_takes_a_fixed_number_of_queries(
    sent: Assessment, inspector: User, number: int, django_assert_num_queries: Any
) -> None:
    for code in ("2.1", "2.2", "2.3")[:number]:
        flagged(sent, code, 50)
    with django_assert_num_queries(6):
        pack = visitpack.pack_of(sent, inspector, sample=3, seed=1)
    assert len(pack.sheets) == number + 3
