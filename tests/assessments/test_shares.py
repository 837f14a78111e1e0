"""Sharing out the review: the whole table at once, evenly spread, and what each reviewer sees as theirs."""

from typing import Any

import pytest
from django.test import Client

from assessments.models import Assessment, Province, ReviewAssignment, Round, User
from assessments.queries.shares import shares_of
from assessments.services import Refused
from assessments.services.sharing import share, spread
from assessments.workflow import Role
from tests.assessments.queue import in_english, node_of, text_of, told
from tests.conftest import person, signed_in


@pytest.fixture
def other(db: None) -> User:
    return person("second@central.example", Role.REVIEWER)


def kept(part: str = "province") -> dict[int, int]:
    return dict(ReviewAssignment.objects.filter(**{f"{part}__isnull": False}).values_list(part, "reviewer_id"))


def path(part: str = "", *, spread_it: bool = False) -> str:
    return f"/review/2569/shares/{part + '/' if part else ''}{'spread/' if spread_it else ''}"


@pytest.mark.parametrize(
    ("part", "column", "number"), [("office", "province", 76), ("area", "area", 20), ("indicator", "indicator", 86)]
)
def test_a_table_is_saved_at_once_and_changed_back(
    assessment: Assessment, manager: User, reviewer: User, part: str, column: str, number: int
) -> None:
    client = in_english(manager)
    page = client.get(path(), {"by": part})
    rows = page.context["shares"].rows
    assert len(rows) == number
    data = {f"who-{row.pk}": str(reviewer.pk) for row in rows} | {f"was-{row.pk}": "" for row in rows}
    response = client.post(path(part), data)
    assert (response.status_code, response["Location"]) == (302, f"{path()}?by={part}")
    assert kept(column) == {row.pk: reviewer.pk for row in rows}
    assert told(client.get(response["Location"])) == [f"success: {number} lines changed."]
    back = {f"who-{row.pk}": "" for row in rows} | {f"was-{row.pk}": str(reviewer.pk) for row in rows}
    client.post(path(part), back)
    assert kept(column) == {}


def test_only_what_was_changed_on_the_page_is_written(
    assessment: Assessment, manager: User, reviewer: User, other: User, phuket: Province
) -> None:
    """Another manager gave Phuket to somebody while this page was open: that stays."""
    chiang_mai = assessment.province
    share(round_=assessment.round, by=manager, part="office", wanted={phuket.pk: other.pk})
    data = {
        f"who-{chiang_mai.pk}": str(reviewer.pk),
        f"was-{chiang_mai.pk}": "",
        f"who-{phuket.pk}": "",
        f"was-{phuket.pk}": "",
    }
    in_english(manager).post(path("office"), data)
    assert kept() == {chiang_mai.pk: reviewer.pk, phuket.pk: other.pk}


def test_who_cannot_review_is_refused(assessment: Assessment, manager: User, editor: User, reviewer: User) -> None:
    key = assessment.province_id
    response = in_english(manager).post(path("office"), {f"who-{key}": str(editor.pk), f"was-{key}": ""})
    assert response.status_code == 422
    assert "who reviews answers" in text_of(response)
    reviewer.is_active = False
    reviewer.save()
    with pytest.raises(Refused):
        share(round_=assessment.round, by=manager, part="office", wanted={key: reviewer.pk})
    with pytest.raises(Refused):
        share(round_=assessment.round, by=editor, part="office", wanted={key: manager.pk})
    assert kept() == {}


def test_the_rest_is_spread_evenly_and_what_somebody_has_stays(
    assessment: Assessment, manager: User, reviewer: User, other: User
) -> None:
    rows = shares_of(assessment.round, "area").rows
    share(round_=assessment.round, by=manager, part="area", wanted={row.pk: other.pk for row in rows[:3]})
    client = in_english(manager)
    response = client.post(path("area", spread_it=True), {"reviewers": [str(reviewer.pk), str(other.pk)]})
    assert response.status_code == 302
    found = kept("area")
    assert [list(found.values()).count(each.pk) for each in (reviewer, other)] == [10, 10]
    assert [found[row.pk] for row in rows[:3]] == [other.pk] * 3
    assert told(client.get(path())) == ["success: 17 lines changed."]
    assert (
        spread(round_=assessment.round, by=manager, part="area", keys=[row.pk for row in rows], reviewers=[other.pk])
        == 0
    )


def test_what_one_who_left_had_is_free_again(
    assessment: Assessment, manager: User, reviewer: User, other: User
) -> None:
    key = assessment.province_id
    share(round_=assessment.round, by=manager, part="office", wanted={key: other.pk})
    other.is_active = False
    other.save()
    found = shares_of(assessment.round, "office")
    assert (found.free, [row.gone for row in found.rows if row.reviewer]) == (76, [True])
    assert f"{other.full_name} reviews no more" in text_of(in_english(manager).get(path()))
    assert spread(round_=assessment.round, by=manager, part="office", keys=[key], reviewers=[reviewer.pk]) == 1
    assert kept() == {key: reviewer.pk}


def test_spreading_among_nobody_is_refused(assessment: Assessment, manager: User) -> None:
    response = in_english(manager).post(path("office", spread_it=True), {})
    assert response.status_code == 422
    assert "Tick at least one reviewer." in text_of(response)


def test_only_managers_share_out(assessment: Assessment, everyone: list[User], client: Client, manager: User) -> None:
    found = {}
    for user in everyone:
        theirs = signed_in(user)
        found[user.role] = (
            theirs.get(path()).status_code,
            theirs.post(path("office"), {}).status_code,
            theirs.post(path("office", spread_it=True), {}).status_code,
        )
    assert {role for role, codes in found.items() if codes != (403, 403, 403)} == {"manager"}
    assert found["manager"] == (200, 302, 422)
    assert client.get(path())["Location"].startswith("/accounts/login/")
    theirs = signed_in(manager)
    assert (theirs.post(path()).status_code, theirs.get(path("office")).status_code) == (405, 405)
    assert theirs.get("/review/2560/shares/").status_code == 404


def test_mine_is_marked_and_filters_the_home(three: list[Assessment], manager: User, reviewer: User) -> None:
    lamphun = three[1]
    round_: Round = lamphun.round
    client = in_english(reviewer)
    assert "Only mine" not in text_of(client.get("/review/"))
    share(round_=round_, by=manager, part="office", wanted={lamphun.province_id: reviewer.pk})
    share(round_=round_, by=manager, part="indicator", wanted={node_of(lamphun, "2.1").pk: reviewer.pk})
    area = next(row for row in shares_of(round_, "area").rows if row.code == "4-1")
    share(round_=round_, by=manager, part="area", wanted={area.pk: reviewer.pk})
    assert "Only mine" in text_of(client.get("/review/"))
    home = client.get("/review/", {"mine": "1"}).context["home"]
    assert [row.name for row in home.by_office] == ["Lamphun"]
    home = client.get("/review/", {"mine": "1", "by": "indicator"}).context["home"]
    in_area = [node.code for node in next(each for each, _rows in home.by_area if each.code == "4-1").indicators]
    assert [row.node.code for _area, rows in home.by_area for row in rows] == ["2.1", *in_area]
    assert "Nothing in this list is assigned to you." in text_of(in_english(manager).get("/review/", {"mine": "1"}))


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("part", "queries"), [("office", 6), ("area", 6), ("indicator", 5)])
def test_the_page_costs_a_fixed_number_of_queries(
    assessment: Assessment,
    manager: User,
    reviewer: User,
    django_assert_num_queries: Any,
    part: str,
    queries: int,
    number: int,
) -> None:
    rows = shares_of(assessment.round, part).rows
    share(round_=assessment.round, by=manager, part=part, wanted={row.pk: reviewer.pk for row in rows[:number]})
    client = in_english(manager)
    client.get(path(), {"by": part})
    with django_assert_num_queries(queries):
        client.get(path(), {"by": part})
