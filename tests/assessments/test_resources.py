"""What offices lack by dimension 1: the figures by hand, the pages, the prices and who may enter them."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from assessments.models import (
    Assessment,
    ItemPrice,
    LogEntry,
    Review,
    Round,
    SupportMembership,
    SupportOffice,
    User,
)
from assessments.queries import resources as queries
from assessments.queries.resources_map import map_of
from assessments.resources import Item, Stand, items_of, lacks_of, shortage_of, step_of, sum_of
from assessments.services import Refused, submit
from assessments.services.prices import set_prices
from assessments.workflow import Role, Status
from indicators import editions
from indicators.models import Edition
from tests.answers import answer_all
from tests.assessments.queue import in_english, told
from tests.conftest import person, signed_in
from tests.reviewing import judge

PAGE = "/country/2569/resources/"
PRICES = f"{PAGE}prices/"
CAR, COVER = ("1.29", "thing"), ("1.29", "insurance")


# --- pure ----------------------------------------------------------------------------------------------


def stand(office: int, region: str, lacks: str | None, *, confirmed: bool = False) -> Stand:
    return Stand(office, region, None if lacks is None else Decimal(lacks), confirmed)


def test_a_sum_counts_offices_units_and_what_is_confirmed() -> None:
    stands = [
        stand(1, "n", "2", confirmed=True),
        stand(2, "n", "0", confirmed=True),
        stand(3, "n", "1.5"),
        stand(4, "n", None),
    ]
    found = sum_of(stands, 5)
    assert (found.offices, found.answered, found.open) == (5, 3, 2)
    assert (found.lacking, found.units) == (2, Decimal("3.5"))
    assert (found.confirmed, found.confirmed_lacking, found.confirmed_units) == (2, 1, Decimal(2))


def test_costs_by_item_by_region_and_in_all() -> None:
    car, rate, room = (
        Item("1.29", "thing", "คัน"),
        Item("1.31", "thing", "บาท", counted=False),
        Item("1.2", "thing", "ห้อง"),
    )
    stands = {
        car.key: [stand(1, "n", "2", confirmed=True), stand(2, "s", "1")],
        rate.key: [stand(1, "n", "3.25"), stand(2, "s", "0")],
        room.key: [stand(1, "n", "1"), stand(2, "s", "0")],
    }
    found = shortage_of([car, rate, room], stands, {car.key: Decimal("1000.25")}, {"n": 1, "s": 2})
    assert [line.cost for line in found.lines] == [Decimal("3000.75"), None, None]
    assert (found.cost, found.confirmed_cost) == (Decimal("3000.75"), Decimal("2000.50"))
    assert (found.cost_in("n"), found.cost_in("s")) == (Decimal("2000.50"), Decimal("1000.25"))
    assert [line.item.code for line in found.unpriced] == ["1.2"]
    assert (found.offices, found.lines[0].regions["s"].offices, found.lines[0].regions["s"].open) == (3, 2, 1)


def test_a_price_of_0_is_a_price_and_nothing_lacked_needs_none() -> None:
    item = Item("1.2", "thing", "ห้อง")
    stands = {item.key: [stand(1, "n", "4")]}
    free = shortage_of([item], stands, {item.key: Decimal(0)}, {"n": 1})
    assert free.lines[0].cost == 0
    assert free.unpriced == []
    enough = shortage_of([item], {item.key: [stand(1, "n", "0")]}, {}, {"n": 1})
    assert (enough.lines[0].cost, enough.unpriced) == (None, [])


def test_without_an_office_everything_is_0() -> None:
    item = Item("1.2", "thing", "ห้อง")
    found = shortage_of([item], {}, {item.key: Decimal(5)}, {"n": 0})
    assert [found.cost, Decimal(found.offices), Decimal(found.lines[0].whole.answered)] == [0, 0, 0]


def test_a_vehicle_and_its_insurance_lack_apart() -> None:
    car, cover = Item(*CAR, "คัน"), Item(*COVER, "คัน")
    assert lacks_of(car, Decimal(1), vehicles=3, insured=1) == 1
    assert lacks_of(cover, Decimal(1), vehicles=3, insured=1) == 2
    assert lacks_of(cover, None) is None


def test_items_of_the_standard(edition: Edition) -> None:
    rules = [(node.code, node.rule) for node in editions.standard_of(edition).indicators.values() if not node.scored]
    found = items_of(rules)  # type: ignore[arg-type]
    assert len(found) == 33
    assert [item.code for item in found if not item.counted] == ["1.31"]
    assert [item.code for item in found if item.item == "insurance"] == ["1.29", "1.30"]
    assert {item.code: item.unit for item in found}["1.8"] == "แห่ง"


# --- the pages -----------------------------------------------------------------------------------------

LACKING: dict[str, Any] = {
    "c1_15": {"count": 10},
    "c1_29": {"vehicles": 3, "insured": 1},
    "c1_1": {"amount": "200.50", "people": 100},
    "c1_10": {"numerator": 1, "denominator": 4},
}


@pytest.fixture
def submitted(assessment: Assessment, editor: User, head: User) -> Assessment:
    answer_all(assessment, editor, **LACKING)
    return submit(assessment=assessment, by=head, certified=True)


def other(round_: Round, iso: str, **lacks: Any) -> Assessment:
    """Another office that submitted."""
    found = Assessment.objects.whole().get(round=round_, province__iso=iso)
    writer = person(f"head@{iso}.example", Role.OFFICE_HEAD, province=found.province)
    answer_all(found, writer, **lacks)
    return submit(assessment=found, by=writer, certified=True)


def lines(response: Any) -> dict[tuple[str, str], Any]:
    return {line.item.key: line for line in response.context["resources"].shortage.lines}


def test_figures_are_those_of_the_answers(submitted: Assessment, as_manager: Client, manager: User) -> None:
    set_prices(round_=submitted.round, by=manager, wanted={CAR: Decimal(1_000_000), COVER: Decimal("16000.50")})
    response = as_manager.get(PAGE)
    found = lines(response)
    assert (found[CAR].whole.units, found[COVER].whole.units) == (1, 2)
    assert (found["1.15", "thing"].whole.units, found["1.10", "thing"].whole.units) == (6, 3)
    assert found["1.1", "thing"].whole.units == Decimal("29.5")
    assert (found[CAR].cost, found[COVER].cost) == (1_000_000, Decimal("32001.00"))
    shortage = response.context["resources"].shortage
    assert (shortage.cost, shortage.confirmed_cost) == (Decimal("1032001.00"), 0)
    assert {line.item.code for line in shortage.unpriced} == {"1.1", "1.10", "1.15"}
    assert (len(response.context["resources"].offices), response.context["resources"].all_offices) == (1, 76)
    text = response.content.decode()
    assert "1,032,001" in text
    assert f'href="{PAGE}1.29/?item=insurance"' in text


def test_drafts_do_not_count(assessment: Assessment, editor: User, as_reviewer: Client) -> None:
    answer_all(assessment, editor, **LACKING)
    response = as_reviewer.get(PAGE)
    assert response.context["resources"].offices == []
    assert "/offices/?round=2569" in response.content.decode()


def test_confirmed_is_what_a_reviewer_agreed_with_as_it_stands(
    submitted: Assessment, reviewer: User, as_reviewer: Client
) -> None:
    judge(submitted, reviewer, "1.15")
    assert (lines(as_reviewer.get(PAGE))["1.15", "thing"].whole.confirmed_units) == 6
    Review.objects.update(judged_version=0)
    assert (lines(as_reviewer.get(PAGE))["1.15", "thing"].whole.confirmed_units) == 0


def test_who_may_not_read_verdicts_sees_them_once_they_were_sent(submitted: Assessment, reviewer: User) -> None:
    office = SupportOffice.objects.create(number=10)
    SupportMembership.objects.create(support_office=office, province=submitted.province, starts_on="2026-01-01")
    client = signed_in(person("supporter@north.example", Role.SUPPORTER, support_office=office))
    judge(submitted, reviewer, "1.15")
    assert lines(client.get(PAGE))["1.15", "thing"].whole.confirmed_units == 0
    Assessment.objects.filter(pk=submitted.pk).update(status=Status.VERIFIED)
    assert lines(client.get(PAGE))["1.15", "thing"].whole.confirmed_units == 6


def test_a_supporter_counts_the_own_provinces(submitted: Assessment) -> None:
    other(submitted.round, "TH-83", c1_15={"count": 0})
    office = SupportOffice.objects.create(number=10)
    SupportMembership.objects.create(support_office=office, province=submitted.province, starts_on="2026-01-01")
    response = signed_in(person("supporter@north.example", Role.SUPPORTER, support_office=office)).get(PAGE)
    assert (len(response.context["resources"].offices), response.context["resources"].all_offices) == (1, 1)
    assert lines(response)["1.15", "thing"].whole.units == 6


def test_regions_add_up(submitted: Assessment, as_inspector: Client) -> None:
    other(submitted.round, "TH-83", c1_15={"count": 0})
    line = lines(as_inspector.get(PAGE))["1.15", "thing"]
    assert (line.whole.units, line.whole.lacking) == (22, 2)
    assert sorted(part.units for part in line.regions.values()) == [0, 0, 6, 16]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Phuket", "Chiang Mai"]),
        ("?region=south", ["Phuket"]),
        ("?region=nowhere", []),
        ("?show=met", []),
        ("?show=confirmed", ["Chiang Mai"]),
        ("?show=all", ["Phuket", "Chiang Mai"]),
        ("?show=open", []),
    ],
)
def test_the_offices_behind_a_figure(
    submitted: Assessment, manager: User, reviewer: User, query: str, names: list[str]
) -> None:
    other(submitted.round, "TH-83", c1_15={"count": 0})
    judge(submitted, reviewer, "1.15")
    response = in_english(manager).get(f"{PAGE}1.15/{query}")
    assert [place.office.name for place in response.context["places"]] == names


def test_an_item_tells_what_each_office_has_and_its_cost(submitted: Assessment, manager: User) -> None:
    set_prices(round_=submitted.round, by=manager, wanted={("1.15", "thing"): Decimal(20_000)})
    place = in_english(manager).get(f"{PAGE}1.15/").context["places"][0]
    assert (place.lacks, place.cost, place.confirmed) == (6, 120_000, False)
    assert "10 เครื่อง" in place.told


@pytest.mark.parametrize(
    "path", [f"{PAGE}1.99/", f"{PAGE}2.1/", f"{PAGE}1.2/?item=insurance", "/country/2561/resources/"]
)
def test_what_is_not_there_is_404(round_2569: Round, as_manager: Client, path: str) -> None:
    assert as_manager.get(path).status_code == 404


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}1.15/", "/country/2569/resources.xlsx"])
def test_who_sees_it(submitted: Assessment, as_editor: Client, as_reviewer: Client, client: Client, path: str) -> None:
    assert as_reviewer.get(path).status_code == 200
    assert as_editor.get(path).status_code == 403
    assert client.get(path).status_code == 302
    assert as_reviewer.post(path).status_code == 405


def test_queries_do_not_grow_with_the_offices(
    submitted: Assessment, as_manager: Client, django_assert_num_queries: Any
) -> None:
    as_manager.get(PAGE)
    with django_assert_num_queries(8):
        as_manager.get(PAGE)
    for iso in ("TH-83", "TH-51"):
        other(submitted.round, iso)
    with django_assert_num_queries(8):
        assert len(as_manager.get(PAGE).context["resources"].offices) == 3
    with django_assert_num_queries(8):
        as_manager.get(f"{PAGE}1.15/")


@pytest.mark.parametrize(
    ("lacks", "step"), [("0", "enough"), ("1", "some"), ("2", "some"), ("2.5", "much"), ("4", "much"), (None, "open")]
)
def test_steps_of_the_map(lacks: str | None, step: str) -> None:
    assert step_of(None if lacks is None else Decimal(lacks), Decimal(4)) == step


def test_the_map_says_in_words_what_each_office_lacks(submitted: Assessment, manager: User) -> None:
    other(submitted.round, "TH-83", c1_15={"count": 15})
    with translation.override("en"):
        found = map_of(queries.resources_of(submitted.round, manager), Item("1.15", "thing", "เครื่อง"))
    assert found is not None
    labels = {spot.label: spot.pattern for spot in found.spots}
    assert len(labels) == 76
    assert labels["Chiang Mai: lacks 6 เครื่อง"] == "down_much"
    assert labels["Phuket: lacks 1 เครื่อง"] == "down"
    assert labels["Lamphun: not submitted yet"] == "none"
    numbers = {key.pattern: key.number for key in found.keys}
    assert numbers == {"down_much": 1, "down": 1, "same": 0, "none": 74}
    assert len(found.rest) == 2


def test_the_map_stands_on_the_item_s_page(submitted: Assessment, manager: User) -> None:
    text = in_english(manager).get(f"{PAGE}1.15/").content.decode()
    assert 'aria-label="Chiang Mai: lacks 6 เครื่อง"' in text
    assert "@svg-maps/thailand" in text
    assert 'href="?show=met#offices"' in text


# --- the prices ----------------------------------------------------------------------------------------


def kept() -> dict[str, str]:
    return {
        f"{each.indicator.code} {each.item}": str(each.price) for each in ItemPrice.objects.select_related("indicator")
    }


def test_a_manager_enters_prices(round_2569: Round, as_manager: Client) -> None:
    data = {
        "price-1-15-thing": "๒๔,๐๐๐.๕๐ บาท",
        "was-price-1-15-thing": "",
        "price-1-2-thing": "0",
        "was-price-1-2-thing": "",
    }
    response = as_manager.post(PRICES, data)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert kept() == {"1.15 thing": "24000.50", "1.2 thing": "0.00"}
    assert LogEntry.objects.get(what="item_prices").details == {
        "1.15 thing": [None, "24000.50"],
        "1.2 thing": [None, "0"],
    }


def test_a_price_is_taken_back_and_another_s_stays(round_2569: Round, manager: User) -> None:
    set_prices(round_=round_2569, by=manager, wanted={CAR: Decimal(5), COVER: Decimal(6)})
    client = in_english(manager)
    data = {
        "price-1-29-thing": "",
        "was-price-1-29-thing": "5.00",
        "price-1-29-insurance": "6",
        "was-price-1-29-insurance": "6.00",
    }
    set_prices(round_=round_2569, by=manager, wanted={COVER: Decimal(7)})
    response = client.post(PRICES, data)
    assert told(client.get(response["Location"])) == ["success: 1 price saved."]
    assert kept() == {"1.29 insurance": "7.00"}


@pytest.mark.parametrize("typed", ["-1", "1.234", "7,5", "ห้าบาท", "1000000000"])
def test_a_bad_price_is_refused_and_kept_on_the_page(round_2569: Round, as_manager: Client, typed: str) -> None:
    response = as_manager.post(PRICES, {"price-1-15-thing": typed, "was-price-1-15-thing": ""})
    assert response.status_code == 422
    text = response.content.decode()
    assert f'value="{typed}"' in text
    assert 'href="#id_price-1-15-thing"' in text
    assert kept() == {}


def test_1_31_has_no_price(round_2569: Round, as_manager: Client, manager: User) -> None:
    assert "price-1-31-thing" not in as_manager.get(PRICES).context["form"].fields
    with pytest.raises(Refused):
        set_prices(round_=round_2569, by=manager, wanted={("2.1", "thing"): Decimal(5)})


def test_only_a_manager_enters_prices(round_2569: Round, as_reviewer: Client, reviewer: User, client: Client) -> None:
    assert as_reviewer.get(PRICES).status_code == 403
    assert as_reviewer.post(PRICES, {}).status_code == 403
    assert client.get(PRICES).status_code == 302
    with pytest.raises(Refused):
        set_prices(round_=round_2569, by=reviewer, wanted={CAR: Decimal(5)})


def test_last_year_s_price_stands_beside(round_2569: Round, manager: User, edition: Edition) -> None:
    before = Round.objects.create(
        year=2568, edition=edition, opens_on="2025-07-01", closes_on="2025-09-30", opened_by=manager
    )
    set_prices(round_=before, by=manager, wanted={CAR: Decimal(900_000)})
    assert queries.prices_before(round_2569) == (2568, {CAR: Decimal(900_000)})
    assert "2568: 900,000 baht" in in_english(manager).get(PRICES).content.decode()
