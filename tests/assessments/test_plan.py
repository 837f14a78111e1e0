"""The improvement plan: advice on the indicator's page, the proposal, trying rows, the steps, last year's plan."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments import services
from assessments.models import Assessment, LogEntry, PlanStep, Province, Round, SupportMembership, SupportOffice, User
from assessments.queries import plan as queries
from assessments.services import Entry
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import signed_in

# All 55 at the top row but these: 2.1 and 2.2 have 5 points, 2.10 has 0. Dimension 2 is 100 of 120: 8.33.
SHORT: dict[str, Any] = {
    "c2_1": {"count": 3},
    "c2_2": {"numerator": 600, "denominator": 1000},
    "c2_10": {"count": 0},
}


@pytest.fixture
def filled(assessment: Assessment, editor: User) -> Assessment:
    answer_all(assessment, editor, **SHORT)
    return assessment


@pytest.fixture
def path(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/plan/"


def steps(assessment: Assessment) -> dict[str, tuple[int, str, str, date | None]]:
    return {
        step.indicator.code: (step.target_band, step.action, step.who, step.due_on)
        for step in assessment.plan.select_related("indicator")
    }


def save(assessment: Assessment, by: User, standard: EditionNode, code: str, band: int, **columns: Any) -> Any:
    node = standard.indicators[code]
    return services.plan.save_step(assessment=assessment, by=by, indicator=node, target_band=band, **columns)


# --- the page --------------------------------------------------------------------------------------


def test_the_page_proposes_the_way_to_the_next_level(as_editor: Client, filled: Assessment, path: str) -> None:
    page = as_editor.get(path, {"scope": "2", "level": "good"})
    proposal = page.context["proposal"]
    assert (str(proposal.mean_now), str(proposal.missing), str(proposal.mean_after)) == ("8.33", "2.5", "8.54")
    # Of 2.1 (1 of 4 missing) and 2.2 (10 points of 100) the nearer one.
    assert [(row.node.code, to.band, to.needs) for row, to in page.context["proposed"]] == [
        ("2.2", 2, "อีก 100 ฉบับ จาก 1,000 ฉบับ")
    ]


@pytest.mark.parametrize("query", [{"scope": "9", "level": "good"}, {"scope": "2", "level": "urgent"}, {"scope": "2"}])
def test_a_wrong_scope_or_level_is_told(as_editor: Client, filled: Assessment, path: str, query: Any) -> None:
    page = as_editor.get(path, query)
    assert page.status_code == 200
    assert page.context["proposal"] is None
    assert "error-summary" in page.content.decode()


def test_nothing_answered_is_planned_from_the_lowest_rows(as_editor: Client, assessment: Assessment, path: str) -> None:
    page = as_editor.get(path)
    proposal = page.context["proposal"]
    assert (proposal.open, str(proposal.mean_now), proposal.level.code) == (55, "0.09", "must_improve")
    assert str(proposal.mean_after) == "3.00"
    assert page.context["steps"] == []


def test_a_level_that_is_reached_is_said_so(as_editor: Client, filled: Assessment, path: str) -> None:
    page = as_editor.get(path, {"scope": "4", "level": "good"})
    assert page.context["proposed"] == []
    assert "notice-success" in page.content.decode()


@pytest.mark.parametrize("who", ["reviewer", "manager", "inspector", "admin"])
def test_others_who_see_the_office_read_the_plan_and_change_nothing(
    who: str, request: pytest.FixtureRequest, filled: Assessment, path: str, editor: User, standard: EditionNode
) -> None:
    save(filled, editor, standard, "2.1", 2)
    client = signed_in(request.getfixturevalue(who))
    page = client.get(path).content.decode()
    assert "2.1" in page
    assert f'action="{path}adopt/"' not in page
    assert f'action="{path}2.1/remove/"' not in page
    assert client.get(f"{path}try/").status_code == 200
    for refused in ("adopt/", "store/", "undo/", "2.1/", "2.1/remove/"):
        response = client.post(f"{path}{refused}")
        assert response.status_code == 403
    assert "เฉพาะบุคลากร" in response.content.decode() or "own staff" in response.content.decode()
    assert client.get(f"{path}2.1/").status_code == 403
    assert steps(filled) == {"2.1": (2, "", "", None)}


def test_a_supporter_reads_only_the_offices_of_the_own_region(
    supporter: User, chiang_mai: Province, filled: Assessment, path: str
) -> None:
    # A support office without members sees no office at all.
    assert signed_in(supporter).get(path).status_code == 404
    supporter.support_office = SupportOffice.objects.create(number=1, name="สำนักงานส่งเสริมและสนับสนุนวิชาการ 1")
    supporter.save()
    SupportMembership.objects.create(
        support_office=supporter.support_office, province=chiang_mai, starts_on=date(2026, 1, 1)
    )
    assert signed_in(supporter).get(path).status_code == 200
    assert signed_in(supporter).post(f"{path}2.1/", {"target_band": "1"}).status_code == 403
    assert steps(filled) == {}


def test_a_stranger_finds_nothing_and_a_guest_signs_in(as_stranger: Client, path: str) -> None:
    for place in ("", "try/", "2.1/"):
        assert as_stranger.get(f"{path}{place}").status_code == 404
        assert Client().get(f"{path}{place}").status_code == 302
    for place in ("adopt/", "store/", "undo/", "2.1/", "2.1/remove/", "try/"):
        assert as_stranger.post(f"{path}{place}").status_code == 404
        assert Client().post(f"{path}{place}")["Location"].startswith("/accounts/login/")


def test_what_writes_takes_only_post_and_what_reads_only_get(as_editor: Client, path: str) -> None:
    for place in ("adopt/", "store/", "undo/", "2.1/remove/"):
        assert as_editor.get(f"{path}{place}").status_code == 405
    assert as_editor.post(path).status_code == 405
    for place in ("1.1/", "9.9/"):
        assert as_editor.get(f"{path}{place}").status_code == 404
        assert as_editor.post(f"{path}{place}remove/").status_code == 404


def test_the_plan_can_be_changed_after_the_result_is_final(
    as_editor: Client, filled: Assessment, head: User, manager: User, path: str
) -> None:
    services.submit(assessment=filled, by=head, certified=True)
    reviewing.final(filled, manager, head)
    assert as_editor.post(f"{path}2.1/", {"target_band": "1"}).status_code == 302
    assert steps(filled) == {"2.1": (1, "", "", None)}


# --- taking over, trying, storing ------------------------------------------------------------------


def test_a_proposal_is_taken_over_and_taken_back(as_editor: Client, filled: Assessment, path: str) -> None:
    response = as_editor.post(f"{path}adopt/", {"scope": "2", "level": "good"})
    assert (response.status_code, response["Location"]) == (302, path)
    assert steps(filled) == {"2.2": (2, "", "", None)}
    assert as_editor.get(path).context["undo"] is True
    assert as_editor.post(f"{path}undo/")["Location"] == path
    assert steps(filled) == {}
    assert list(LogEntry.objects.filter(what="change_plan").values_list("about", "details")) == [
        ("TH-50 2569", {"2.2": [{"target_band": 2, "action": "", "who": "", "due_on": None}, None]}),
        ("TH-50 2569", {"2.2": [None, {"target_band": 2, "action": "", "who": "", "due_on": None}]}),
    ]
    # Only once: what is taken back is not offered again.
    assert as_editor.get(path).context["undo"] is False
    as_editor.post(f"{path}undo/")
    assert steps(filled) == {}


def test_a_proposal_leaves_a_higher_aim_and_what_was_written(
    as_editor: Client, filled: Assessment, editor: User, standard: EditionNode
) -> None:
    save(filled, editor, standard, "2.1", 1, who="ฝ่ายบริหาร")
    targets = {standard.indicators["2.1"].pk: 2, standard.indicators["2.2"].pk: 1}
    change = services.plan.adopt(assessment=filled, by=editor, targets=targets)
    assert (change.count(), change.count(removed=True)) == (1, 0)
    assert steps(filled) == {"2.1": (1, "", "ฝ่ายบริหาร", None), "2.2": (1, "", "", None)}


def test_a_wrong_level_is_not_taken_over(as_editor: Client, filled: Assessment, path: str) -> None:
    response = as_editor.post(f"{path}adopt/", {"scope": "2", "level": "best"})
    assert response.status_code == 422
    assert steps(filled) == {}


def test_trying_shows_the_means_and_writes_nothing(as_editor: Client, filled: Assessment, path: str) -> None:
    data = {"2-1": "1", "4-4": "5"}
    swapped = as_editor.post(f"{path}try/", data, headers={"HX-Request": "true"})
    assert [(outcome.mean_before, outcome.mean_after) for outcome in swapped.context["outcomes"]] == [
        ("8.33", "8.75"),
        ("10.00", "10.00"),
        ("10.00", "9.71"),
        ("9.64", "9.55"),
    ]
    page = as_editor.post(f"{path}try/", data)
    assert page.status_code == 200
    # Without JavaScript the whole page says the same.
    table = swapped.content.decode()
    table = table[table.index("<table") : table.index("</table>")]
    assert table in page.content.decode()
    assert 'value="1" selected' in page.content.decode()
    assert not PlanStep.objects.exists()


def test_a_row_that_is_not_printed_is_refused_with_the_indicator(
    as_editor: Client, filled: Assessment, path: str
) -> None:
    for place in ("try/", "store/"):
        for value in ("9", "0", "-1", "x", "๑"):
            page = as_editor.post(f"{path}{place}", {"2-1": value, "2-2": "1"})
            assert page.status_code == 422
            assert page.context["form"].errors.keys() == {"2-1"}
            assert "error-summary" in page.content.decode()
    swapped = as_editor.post(f"{path}try/", {"2-1": "9"}, headers={"HX-Request": "true"})
    assert (swapped.status_code, "notice-error" in swapped.content.decode()) == (422, True)
    assert steps(filled) == {}


def test_what_is_stored_becomes_the_plan_without_lower_rows(
    as_editor: Client, filled: Assessment, path: str, editor: User, standard: EditionNode
) -> None:
    save(filled, editor, standard, "2.2", 1, action="ลงรับทันที")
    save(filled, editor, standard, "2.10", 1)
    # 2.2 stays chosen, 2.10 is not chosen any more, 2.1 is new; 4.4 is lower than now.
    page = as_editor.post(f"{path}store/", {"2-1": "2", "2-2": "1", "4-4": "5"}, follow=True)
    assert steps(filled) == {"2.1": (2, "", "", None), "2.2": (1, "ลงรับทันที", "", None)}
    assert len(page.context["messages"]) == 3
    as_editor.post(f"{path}undo/")
    assert steps(filled) == {"2.2": (1, "ลงรับทันที", "", None), "2.10": (1, "", "", None)}


def test_a_step_that_is_reached_stays_when_other_rows_are_stored(
    as_editor: Client, filled: Assessment, path: str, editor: User, standard: EditionNode
) -> None:
    save(filled, editor, standard, "2.1", 1)
    node = standard.indicators["2.1"]
    services.save_answer(assessment=filled, indicator=node, by=editor, version=1, entry=Entry(inputs={"count": 5}))
    page = as_editor.get(path)
    assert [(row.node.code, row.state) for row in page.context["steps"]] == [("2.1", "reached")]
    as_editor.post(f"{path}store/", {"2-2": "1"})
    assert steps(filled) == {"2.1": (1, "", "", None), "2.2": (1, "", "", None)}


def test_the_table_opens_with_the_plan_and_the_proposal(
    as_editor: Client, filled: Assessment, path: str, editor: User, standard: EditionNode
) -> None:
    save(filled, editor, standard, "2.1", 2)
    form = as_editor.get(f"{path}try/").context["form"]
    assert {name: form[name].value() for name in ("2-1", "2-2", "2-10")} == {"2-1": 2, "2-2": "", "2-10": ""}
    form = as_editor.get(f"{path}try/", {"scope": "2", "level": "good"}).context["form"]
    assert {name: form[name].value() for name in ("2-1", "2-2", "2-10")} == {"2-1": 2, "2-2": 2, "2-10": ""}


# --- one step --------------------------------------------------------------------------------------


def test_a_step_is_written_changed_and_removed(as_editor: Client, filled: Assessment, path: str) -> None:
    page = as_editor.get(f"{path}2.1/")
    assert page.context["form"]["target_band"].value() == 2
    data = {
        "target_band": "2",
        "action": "เพิ่มช่องทางสื่อสาร",
        "who": "ฝ่ายบริหารทั่วไป",
        "due_on_0": "๓๐",
        "due_on_1": "มิ.ย.",
        "due_on_2": "2570",
    }
    assert as_editor.post(f"{path}2.1/", data)["Location"] == path
    assert steps(filled) == {"2.1": (2, "เพิ่มช่องทางสื่อสาร", "ฝ่ายบริหารทั่วไป", date(2027, 6, 30))}
    shown = as_editor.get(path).content.decode()
    assert "30 มิ.ย. 2570" in shown
    assert as_editor.get(f"{path}2.1/").context["form"]["who"].value() == "ฝ่ายบริหารทั่วไป"
    as_editor.post(f"{path}2.1/", data | {"target_band": "1"})
    assert steps(filled)["2.1"][0] == 1
    as_editor.post(f"{path}2.1/remove/")
    assert steps(filled) == {}
    as_editor.post(f"{path}undo/")
    assert steps(filled) == {"2.1": (1, "เพิ่มช่องทางสื่อสาร", "ฝ่ายบริหารทั่วไป", date(2027, 6, 30))}
    # Removing what is not there changes nothing.
    as_editor.post(f"{path}2.1/remove/")
    as_editor.post(f"{path}2.1/remove/")
    assert steps(filled) == {}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"target_band": ""}, "target_band"),
        # 2.1 has its present row 3 and no row 9.
        ({"target_band": "3"}, "target_band"),
        ({"target_band": "9"}, "target_band"),
        ({"due_on_0": "30", "due_on_1": "6", "due_on_2": "2027"}, "due_on"),
        ({"due_on_0": "30", "due_on_1": "2", "due_on_2": "2570"}, "due_on"),
        ({"due_on_0": "30"}, "due_on"),
        ({"who": "ก" * 201}, "who"),
        ({"action": "ก" * 5001}, "action"),
    ],
)
def test_a_wrong_step_is_told_and_what_was_typed_stays(
    as_editor: Client, filled: Assessment, path: str, wrong: dict[str, str], field: str
) -> None:
    data = {"target_band": "2", "action": "เพิ่มช่องทาง", "who": "ฝ่ายบริหาร"}
    page = as_editor.post(f"{path}2.1/", data | wrong)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    content = page.content.decode()
    assert content.count(str(page.context["form"].errors[field][0])) >= 2
    assert ("เพิ่มช่องทาง" in content) == (field != "action")
    assert steps(filled) == {}


def test_the_longest_name_is_taken(as_editor: Client, filled: Assessment, path: str) -> None:
    assert as_editor.post(f"{path}2.1/", {"target_band": "2", "who": "ก" * 200}).status_code == 302


def test_at_the_best_row_and_while_a_reviewer_is_to_choose_nothing_can_be_planned(
    as_editor: Client, filled: Assessment, path: str, editor: User, standard: EditionNode
) -> None:
    assert as_editor.get(f"{path}2.3/").context["row"].better == ()
    assert as_editor.post(f"{path}2.3/", {"target_band": "1"}).status_code == 422
    node = standard.indicators["4.31"]
    entry = Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องทุกข์")
    services.save_answer(assessment=filled, indicator=node, by=editor, version=1, entry=entry)
    assert as_editor.get(f"{path}4.31/").context["row"].waits is True
    assert as_editor.post(f"{path}4.31/", {"target_band": "1"}).status_code == 422
    assert "4-31" not in as_editor.get(f"{path}try/").context["form"].fields
    with pytest.raises(services.Refused):
        save(filled, editor, standard, "4.31", 1)
    with pytest.raises(services.Refused):
        save(filled, editor, standard, "2.1", 3)
    with pytest.raises(services.Refused):
        save(filled, editor, standard, "2.1", 0)
    assert steps(filled) == {}


def test_nobody_else_writes_through_the_service(
    filled: Assessment, reviewer: User, stranger: User, standard: Any
) -> None:
    for person in (reviewer, stranger):
        with pytest.raises(services.Refused):
            save(filled, person, standard, "2.1", 2)
        with pytest.raises(services.Refused):
            services.plan.remove_step(assessment=filled, by=person, indicator=standard.indicators["2.1"])
    assert steps(filled) == {}


def test_a_change_of_a_colleague_is_not_taken_back(
    as_editor: Client, filled: Assessment, path: str, head: User, standard: EditionNode
) -> None:
    as_editor.post(f"{path}2.1/", {"target_band": "2"})
    save(filled, head, standard, "2.1", 1, who="หัวหน้าฝ่าย")
    page = as_editor.post(f"{path}undo/", follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["success", "error"]
    assert steps(filled) == {"2.1": (1, "", "หัวหน้าฝ่าย", None)}


# --- the next year ---------------------------------------------------------------------------------


@pytest.fixture
def next_year(
    filled: Assessment, manager: User, chiang_mai: Province, round_2569: Round, time_machine: Any
) -> Assessment:
    """The round after; the one before is closed now, and its plan can be changed all the same."""
    later = services.open_round(
        year=2570,
        edition=round_2569.edition,
        opens_on=date(2026, 10, 1),
        closes_on=date(2027, 9, 30),
        budget_target=None,
        by=manager,
    )
    time_machine.move_to("2026-11-02T10:00:00+07:00")
    return Assessment.objects.whole().get(round=later, province=chiang_mai)


def test_the_next_year_shows_what_became_of_the_plan(
    filled: Assessment, next_year: Assessment, editor: User, standard: EditionNode
) -> None:
    path = f"/assessments/{next_year.pk}/plan/"
    as_editor = signed_in(editor)
    assert as_editor.get(path).context["past"] is None
    save(filled, editor, standard, "2.1", 2, who="ฝ่ายบริหาร", action="เพิ่มช่องทาง", due_on=date(2026, 9, 1))
    save(filled, editor, standard, "2.2", 1)
    save(filled, editor, standard, "2.10", 1)
    for code, inputs in (("2.1", {"count": 4}), ("2.2", {"numerator": 89, "denominator": 100})):
        node = standard.indicators[code]
        entry = Entry(inputs=inputs)
        services.save_answer(assessment=next_year, indicator=node, by=editor, version=0, entry=entry)
    page = as_editor.get(path)
    found = [
        (step.node.code, str(step.then.score), str(step.target.score), step.now and str(step.now.score), step.state)
        for step in page.context["past"].steps
    ]
    assert found == [
        ("2.1", "5", "7.5", "7.5", "reached"),
        ("2.2", "5", "10", "7.5", "not_yet"),
        ("2.10", "0", "10", None, "open"),
    ]
    assert page.context["past"].reached == 1
    assert f'href="{path}2.2/"' in page.content.decode()
    # Reached: nothing to go on with.
    assert f'href="{path}2.1/"' not in page.content.decode()
    assert page.context["steps"] == []
    # The year before sees nothing of the year after.
    assert as_editor.get(f"/assessments/{filled.pk}/plan/").context["past"] is None


def test_a_step_of_last_year_is_carried_on_without_its_day(
    filled: Assessment, next_year: Assessment, editor: User, standard: EditionNode
) -> None:
    save(filled, editor, standard, "2.10", 1, who="ฝ่ายบริหาร", action="ทำแผน", due_on=date(2026, 9, 1))
    page = signed_in(editor).get(f"/assessments/{next_year.pk}/plan/2.10/")
    values = {name: page.context["form"][name].value() for name in ("target_band", "who", "action", "due_on")}
    assert values == {"target_band": 1, "who": "ฝ่ายบริหาร", "action": "ทำแผน", "due_on": None}
    assert steps(next_year) == {}


def test_in_another_edition_only_a_comparable_indicator_tells_what_became_of_a_step(
    filled: Assessment, next_year: Assessment, editor: User, standard: EditionNode
) -> None:
    save(filled, editor, standard, "2.1", 2)
    save(filled, editor, standard, "2.2", 1)
    rows = [
        replace(row, node=replace(row.node, pk=row.node.pk + 1000, previous=row.node.pk, comparable=code == "2.1"))
        for row in queries.rows_of(next_year)
        for code in [row.node.code]
    ]
    past = queries.past_plan(next_year, rows)
    assert past is not None
    assert [(step.node.code, step.state, step.can_go_on) for step in past.steps] == [
        ("2.1", "open", True),
        ("2.2", "changed", False),
    ]
    found = [queries.last_step_of(next_year, row) for row in rows[:2]]
    assert [step and step.target_band for step in found] == [2, None]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_one_step_as_for_three(
    filled: Assessment,
    next_year: Assessment,
    editor: User,
    standard: EditionNode,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for code in ("2.1", "2.2", "2.10")[:count]:
        save(filled, editor, standard, code, 1)
        save(next_year, editor, standard, code, 1)
    rows = queries.rows_of(next_year)
    with django_assert_num_queries(2):
        rows = queries.rows_of(next_year)
    with django_assert_num_queries(2):
        past = queries.past_plan(next_year, rows)
    with django_assert_num_queries(0):
        queries.outcomes_of(next_year, rows, queries.targets_of(rows))
    assert past is not None
    assert len(past.steps) == count
