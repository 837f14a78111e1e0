"""Sharing out the work: the service, the page of an office, a person's own work, the marks on the task list."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Assessment, Assignment, Province, Round, User
from assessments.queries import progress, teamwork
from assessments.services import Entry, Refused, Wanted
from assessments.workflow import Role
from indicators.editions import EditionNode
from tests.answers import answer_all
from tests.conftest import person, signed_in

AREA = "2-1"
DAY = date(2026, 8, 20)


@pytest.fixture
def colleague(chiang_mai: Province) -> User:
    return person("second@chiangmai.example", Role.OFFICE_EDITOR, province=chiang_mai)


def give(assessment: Assessment, by: User, to: User | None, standard: EditionNode, *codes: str, day: Any = None) -> int:
    wanted = {standard.indicators[code].pk: Wanted(to.pk if to else None, day) for code in codes}
    return services.assign(assessment=assessment, by=by, wanted=wanted)


def shared_out(assessment: Assessment, standard: EditionNode) -> dict[str, tuple[str, date | None]]:
    rows = Assignment.objects.filter(assessment=assessment).select_related("person")
    return {standard.by_pk[row.indicator_id].code: (row.person.email, row.due_on) for row in rows}


# --- the service -------------------------------------------------------------------------------------


def test_an_indicator_is_given_given_again_and_taken_off(
    assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    assert give(assessment, head, editor, standard, "2.1", "2.2", day=DAY) == 2
    assert shared_out(assessment, standard) == {"2.1": (editor.email, DAY), "2.2": (editor.email, DAY)}
    assert give(assessment, editor, head, standard, "2.1") == 1
    assert shared_out(assessment, standard) == {"2.1": (head.email, None), "2.2": (editor.email, DAY)}
    row = Assignment.objects.get(assessment=assessment, indicator=standard.indicators["2.1"].pk)
    assert row.by == editor
    assert give(assessment, editor, None, standard, "2.1", "2.3") == 1
    assert shared_out(assessment, standard) == {"2.2": (editor.email, DAY)}


def test_the_same_again_changes_nothing(
    assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    give(assessment, head, editor, standard, "2.1", day=DAY)
    assert give(assessment, editor, editor, standard, "2.1", day=DAY) == 0
    assert Assignment.objects.get(assessment=assessment).by == head


@pytest.mark.parametrize("who", ["stranger", "reviewer", "former"])
def test_only_active_people_of_the_office_get_something(
    request: pytest.FixtureRequest,
    assessment: Assessment,
    editor: User,
    colleague: User,
    standard: EditionNode,
    who: str,
) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    to = colleague if who == "former" else request.getfixturevalue(who)
    with pytest.raises(Refused):
        give(assessment, editor, to, standard, "2.1")
    assert shared_out(assessment, standard) == {}


@pytest.mark.parametrize("who", ["stranger", "reviewer", "manager", "inspector"])
def test_only_the_office_shares_out(
    request: pytest.FixtureRequest, assessment: Assessment, editor: User, standard: EditionNode, who: str
) -> None:
    with pytest.raises(Refused):
        give(assessment, request.getfixturevalue(who), editor, standard, "2.1")


def test_what_is_submitted_is_not_shared_out_any_more(
    assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    with pytest.raises(Refused):
        give(assessment, editor, editor, standard, "2.1")


# --- the page ----------------------------------------------------------------------------------------


def path_of(assessment: Assessment, area: str = "") -> str:
    return f"/assessments/{assessment.pk}/assignments/" + (f"{area}/" if area else "")


def line(
    standard: EditionNode, code: str, who: Any = "", day: tuple[str, str, str] = ("", "", ""), shown: str = ":"
) -> dict:
    pk = standard.indicators[code].pk
    boxes = {f"{pk}_day_{place}": text for place, text in enumerate(day)}
    return {f"{pk}_person": getattr(who, "pk", who), f"{pk}_shown": shown, **boxes}


def test_the_page_works_for_editor_and_head_and_needs_sign_in(
    as_editor: Client, as_head: Client, client: Client, assessment: Assessment
) -> None:
    path = path_of(assessment)
    assert [who.get(path).status_code for who in (as_editor, as_head)] == [200, 200]
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    assert as_editor.post(path).status_code == 405
    assert as_editor.get(path_of(assessment, AREA)).status_code == 405
    assert client.post(path_of(assessment, AREA))["Location"].startswith("/accounts/login/")


def test_strangers_find_nothing_and_the_centre_is_refused(
    as_stranger: Client, as_reviewer: Client, as_manager: Client, as_inspector: Client, assessment: Assessment
) -> None:
    for path, ask in ((path_of(assessment), "get"), (path_of(assessment, AREA), "post")):
        assert getattr(as_stranger, ask)(path).status_code == 404
        assert [getattr(who, ask)(path).status_code for who in (as_reviewer, as_manager, as_inspector)] == [403] * 3


def test_after_submission_the_page_says_why_not(
    as_editor: Client, assessment: Assessment, editor: User, head: User
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    assert as_editor.get(path_of(assessment)).status_code == 403
    assert as_editor.post(path_of(assessment, AREA), {"whole": "1"}).status_code == 403


@pytest.mark.parametrize("place", ["9-9/", "?area=9-9"])
def test_an_area_that_the_edition_has_not_is_not_found(as_editor: Client, assessment: Assessment, place: str) -> None:
    path = path_of(assessment) + place
    assert (as_editor.get(path) if "?" in place else as_editor.post(path)).status_code == 404


def test_a_whole_area_is_given_at_once(
    as_head: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    give(assessment, head, head, standard, "2.1")
    data = {"whole": "1", "whole_person": editor.pk, "whole_day_0": "๒๐", "whole_day_1": "ส.ค.", "whole_day_2": "2569"}
    response = as_head.post(path_of(assessment, AREA), data)
    assert response["Location"] == f"{path_of(assessment)}?area={AREA}#area-{AREA}"
    codes = [node.code for node in standard.areas[AREA].indicators]
    assert shared_out(assessment, standard) == dict.fromkeys(codes, (editor.email, DAY))
    as_head.post(path_of(assessment, AREA), {"whole": "1", "whole_person": "0"})
    assert shared_out(assessment, standard) == {}


def test_lines_that_were_not_changed_are_not_saved(
    as_editor: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    """Somebody else shared out the other indicator meanwhile: it stays."""
    give(assessment, head, head, standard, "2.2", day=DAY)
    data = {"one": "1", **line(standard, "2.1", editor, ("20", "8", "2569")), **line(standard, "2.2")}
    assert as_editor.post(path_of(assessment, AREA), data).status_code == 302
    assert shared_out(assessment, standard) == {"2.1": (editor.email, DAY), "2.2": (head.email, DAY)}
    data = {"one": "1", **line(standard, "2.1", shown=f"{editor.pk}:{DAY}")}
    as_editor.post(path_of(assessment, AREA), data)
    assert shared_out(assessment, standard) == {"2.2": (head.email, DAY)}


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (("2", "8", "2569"), False),  # yesterday
        (("3", "8", "2569"), True),  # today
        (("30", "9", "2569"), True),  # the office's last day
        (("1", "10", "2569"), False),
        (("31", "9", "2569"), False),
        (("20", "8", "2026"), False),
        (("20", "", ""), False),
    ],
)
def test_a_day_lies_between_today_and_the_office_s_last(
    as_editor: Client,
    assessment: Assessment,
    editor: User,
    standard: EditionNode,
    day: tuple[str, str, str],
    *,
    kept: bool,
) -> None:
    response = as_editor.post(path_of(assessment, AREA), {"one": "1", **line(standard, "2.1", editor, day)})
    assert response.status_code == (302 if kept else 422)
    assert (shared_out(assessment, standard) != {}) == kept
    if not kept:
        page = response.content.decode()
        pk = standard.indicators["2.1"].pk
        assert f'href="#line_{AREA}_{pk}_day_0"' in page
        assert f'id="line_{AREA}_{pk}_day_0" value="{day[0]}"' in page


@pytest.mark.parametrize(
    "data",
    [
        {"whole": "1", "whole_person": ""},
        {"whole": "1", "whole_person": "x"},
        {"whole": "1", "whole_person": "0", "whole_day_0": "20", "whole_day_1": "8", "whole_day_2": "2569"},
    ],
)
def test_a_whole_area_needs_a_person(
    as_editor: Client, assessment: Assessment, standard: EditionNode, data: dict[str, str]
) -> None:
    assert as_editor.post(path_of(assessment, AREA), data).status_code == 422
    assert shared_out(assessment, standard) == {}


def test_a_day_without_a_person_and_a_forged_person_are_refused(
    as_editor: Client, assessment: Assessment, stranger: User, standard: EditionNode
) -> None:
    for data in (line(standard, "2.1", "", ("20", "8", "2569")), line(standard, "2.1", stranger)):
        assert as_editor.post(path_of(assessment, AREA), {"one": "1", **data}).status_code == 422
    assert shared_out(assessment, standard) == {}


def test_an_area_unfolds_without_a_page_load(as_editor: Client, assessment: Assessment) -> None:
    """What htmx swaps in is what the whole page holds there."""
    path = f"{path_of(assessment)}?area={AREA}"
    part = as_editor.get(path, headers={"HX-Request": "true"}).content.decode().strip()
    page = as_editor.get(path).content.decode()

    def plain(text: str) -> str:
        return "\n".join(text_line for text_line in text.split("\n") if "csrfmiddlewaretoken" not in text_line)

    assert part.startswith(f'<div id="_area_{AREA}">')
    assert plain(part) in plain(page)


# --- who has left ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"is_active": False}, {"province": "TH-83"}])
def test_what_somebody_had_who_left_has_nobody(
    as_editor: Client,
    assessment: Assessment,
    editor: User,
    colleague: User,
    phuket: Province,
    standard: EditionNode,
    change: dict[str, Any],
) -> None:
    give(assessment, editor, colleague, standard, "2.1", day=DAY)
    User.objects.filter(pk=colleague.pk).update(**({"province": phuket} if "province" in change else change))
    shared = teamwork.shared_of(assessment, progress.states_of(assessment))
    area = next(area for area in shared.areas if area.node.code == AREA)
    assert (area.gone, area.nobody, area.people) == (1, len(area.rows), [])
    assert shared.nobody == 86
    page = as_editor.get(f"/assessments/{assessment.pk}/indicators/2.1/")
    assert (page.context["beside"].duty.gone, page.context["beside"].is_mine) == (True, False)
    assert 'class="gap"' in page.content.decode()
    # Saving another line of the area leaves the row as it is: it names who had it.
    as_editor.post(path_of(assessment, AREA), {"one": "1", **line(standard, "2.1"), **line(standard, "2.2", editor)})
    assert shared_out(assessment, standard) == {"2.1": (colleague.email, DAY), "2.2": (editor.email, None)}


# --- one's own work ----------------------------------------------------------------------------------


def test_my_work_has_late_ones_first_and_done_ones_last(
    as_editor: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode, time_machine: Any
) -> None:
    give(assessment, head, editor, standard, "2.1", "2.4", day=date(2026, 8, 5))
    give(assessment, head, editor, standard, "2.2", "2.3", day=DAY)
    give(assessment, head, editor, standard, "1.1")
    give(assessment, head, head, standard, "2.5")
    for code in ("2.2", "2.4"):
        node = standard.indicators[code]
        inputs = node.rule.read({"numerator": 1, "denominator": 2} if code == "2.2" else {"count": 24})
        services.save_answer(assessment=assessment, indicator=node, by=head, version=0, entry=Entry(inputs=inputs))
    time_machine.move_to("2026-08-05T23:59:59+07:00", tick=False)
    assert [task.node.code for task in teamwork.work_of(editor).late] == []
    time_machine.move_to("2026-08-06T00:00:00+07:00", tick=False)
    work = signed_in(editor).get("/me/work/").context["work"]
    assert [task.node.code for task in work.late] == ["2.1"]
    assert [task.node.code for task in work.ahead] == ["2.3", "1.1"]
    assert [task.node.code for task in work.done] == ["2.4", "2.2"]
    assert work.first.node.code == "2.1"


def test_my_work_is_that_of_the_office_that_i_am_in_and_not_yet_submitted(
    assessment: Assessment, editor: User, head: User, phuket: Province, standard: EditionNode
) -> None:
    give(assessment, head, editor, standard, "2.1")
    assert teamwork.work_of(editor).open_number == 1
    answer_all(assessment, head)
    services.submit(assessment=assessment, by=head, certified=True)
    assert teamwork.work_of(editor).done == []
    Assessment.objects.update(status="draft")
    editor.province = phuket
    assert teamwork.work_of(editor).done == []


def test_only_an_office_s_people_have_work(as_reviewer: Client, as_inspector: Client, client: Client) -> None:
    assert [who.get("/me/work/").status_code for who in (as_reviewer, as_inspector)] == [403, 403]
    assert client.get("/me/work/")["Location"] == "/accounts/login/?next=/me/work/"


def test_my_work_takes_no_post(as_editor: Client) -> None:
    assert as_editor.post("/me/work/").status_code == 405
    assert as_editor.get("/me/work/").status_code == 200


def test_the_task_list_marks_what_is_mine(
    as_editor: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    give(assessment, head, editor, standard, "2.1", "2.2", "3.1")
    give(assessment, head, head, standard, "2.3")
    node = standard.indicators["2.1"]
    services.save_answer(
        assessment=assessment, indicator=node, by=head, version=0, entry=Entry(inputs=node.rule.read({"count": 4}))
    )
    marks = as_editor.get(f"/assessments/{assessment.pk}/").context["marks"]
    found = {code: (mark.mine, mark.mine_open) for code, mark in marks.areas.items() if mark.mine}
    assert found == {"2-1": (2, 1), "3-1": (1, 1)}
    assert (marks.mine, marks.mine_open) == (3, 2)


def test_who_answers_what_is_the_office_s_own_affair(
    as_editor: Client, as_reviewer: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    give(assessment, editor, head, standard, "2.1", day=DAY)
    for place in ("indicators/2.1/", "areas/2-1/"):
        path = f"/assessments/{assessment.pk}/{place}"
        assert head.full_name in as_editor.get(path).content.decode()
        assert head.full_name not in as_reviewer.get(path).content.decode()


# --- the ring ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answered", "percent"), [(0, 0), (1, 9), (11, 91), (12, 100)])
def test_the_ring_is_empty_only_at_none_and_full_only_at_all(answered: int, percent: int) -> None:
    task = progress.AreaTask(area=None, state="doing", answered=answered, count=12, total=None)  # type: ignore[arg-type]
    assert task.percent == percent


def test_the_ring_says_its_number(as_editor: Client, assessment: Assessment) -> None:
    page = as_editor.get(f"/assessments/{assessment.pk}/").content.decode()
    assert page.count('class="ring"') == 20
    assert page.count('role="img" aria-label="0 จาก ') == 20


# --- cost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codes", [("2.1",), ("2.1", "2.2", "3.1")])
@pytest.mark.parametrize(("path", "queries"), [("assignments/", 6), ("assignments/?area=2-1", 6), ("/me/work/", 4)])
def test_pages_cost_a_fixed_number_of_queries(
    as_editor: Client,
    assessment: Assessment,
    editor: User,
    head: User,
    standard: EditionNode,
    django_assert_num_queries: Any,
    codes: tuple[str, ...],
    path: str,
    queries: int,
) -> None:
    give(assessment, head, editor, standard, *codes)
    whole = path if path.startswith("/") else f"/assessments/{assessment.pk}/{path}"
    as_editor.get(whole)
    with django_assert_num_queries(queries):
        as_editor.get(whole)


def test_giving_an_area_costs_a_fixed_number_of_queries_for_the_reading(
    assessment: Assessment, round_2569: Round, editor: User, standard: EditionNode, django_assert_num_queries: Any
) -> None:
    give(assessment, editor, editor, standard, "2.1", "2.2")
    with django_assert_num_queries(3 + 2):  # the assessment, the people, the rows; begin and end
        give(assessment, editor, editor, standard, "2.1", "2.2")
