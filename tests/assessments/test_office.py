"""The office's pages: first page by role, task list, one indicator, one area, histories."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments import services
from assessments.models import Answer, Assessment, User
from assessments.queries import progress
from assessments.services import Entry
from indicators.editions import EditionNode
from tests.answers import answer_all
from tests.conftest import signed_in


def fill(assessment: Assessment, by: User, standard: EditionNode, code: str, version: int = 0, **entry: Any) -> Answer:
    return services.save_answer(
        assessment=assessment, indicator=standard.indicators[code], by=by, version=version, entry=Entry(**entry)
    ).answer


# --- first page ------------------------------------------------------------------------------------


def test_an_office_comes_to_its_open_assessment(as_editor: Client, assessment: Assessment) -> None:
    assert as_editor.get("/")["Location"] == f"/assessments/{assessment.pk}/"


def test_without_an_open_round_an_office_sees_its_past_ones(
    editor: User, assessment: Assessment, time_machine: Any
) -> None:
    time_machine.move_to("2026-10-01T00:00:00+07:00")
    response = signed_in(editor).get("/")
    assert response.status_code == 200
    assert response.context["assessments"] == [assessment]
    assert f'href="/assessments/{assessment.pk}/"' in response.content.decode()


def test_before_the_round_opens_the_first_page_says_when(
    editor: User, assessment: Assessment, time_machine: Any
) -> None:
    time_machine.move_to("2026-06-30T10:00:00+07:00")
    page = signed_in(editor).get("/").content.decode()
    assert "1 กรกฎาคม 2569" in page


def test_an_office_without_any_round_sees_a_page(as_editor: Client) -> None:
    assert as_editor.get("/").status_code == 200


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("supporter", "/offices/"),
        ("inspector", "/offices/"),
        ("reviewer", "/offices/"),
        ("manager", "/offices/"),
        ("admin", "/people/"),
    ],
)
def test_the_others_come_to_their_own_first_page(request: pytest.FixtureRequest, who: str, where: str) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get("/")["Location"] == where


def test_the_first_page_needs_a_sign_in(client: Client) -> None:
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


# --- who sees the pages ------------------------------------------------------------------------------

PAGES = [
    "",
    "areas/2-1/",
    "indicators/2.2/",
    "indicators/2.2/history/",
    "check/",
    "history/",
]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_works_refuses_strangers_needs_sign_in_and_takes_no_post(
    as_editor: Client, as_stranger: Client, client: Client, assessment: Assessment, page: str
) -> None:
    path = f"/assessments/{assessment.pk}/{page}"
    assert as_editor.get(path).status_code == 200
    assert as_stranger.get(path).status_code == 404
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    assert as_editor.post(path).status_code == 405


@pytest.mark.parametrize("page", [*PAGES, "receipt/", "submit/", "indicators/2.2/save/"])
def test_reading_writes_nothing(
    as_editor: Client, assessment: Assessment, django_capture_queries: Any, page: str
) -> None:
    as_editor.get(f"/assessments/{assessment.pk}/")
    with django_capture_queries() as queries:
        as_editor.get(f"/assessments/{assessment.pk}/{page}")
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


@pytest.fixture
def django_capture_queries() -> Any:
    return lambda: CaptureQueriesContext(connection)


@pytest.mark.parametrize("page", ["areas/9-9/", "indicators/9.9/", "indicators/9.9/history/"])
def test_what_the_edition_has_not_is_not_found(as_editor: Client, assessment: Assessment, page: str) -> None:
    assert as_editor.get(f"/assessments/{assessment.pk}/{page}").status_code == 404


# --- task list ---------------------------------------------------------------------------------------


def test_the_task_list_counts_and_names_the_state_of_each_area(
    assessment: Assessment, editor: User, standard: EditionNode
) -> None:
    fill(assessment, editor, standard, "2.1", inputs={"count": 5})
    fill(assessment, editor, standard, "2.6", typed={"numerator": "x"})
    for number in range(1, 8):
        code = f"3.{number}"
        if code in standard.indicators and standard.indicators[code].area_code == "3-1":
            fill(assessment, editor, standard, code, inputs=standard.indicators[code].rule.read({"count": 4}))
    assessment.refresh_from_db()
    tasks = progress.task_list(assessment)
    states = {area.area.code: area.state for dimension in tasks.dimensions for area in dimension.areas}
    assert states["2-1"] == "doing"
    assert states[standard.indicators["2.6"].area_code] == "fix"
    assert states["3-1"] == "done"
    assert states["4-1"] == "todo"
    assert tasks.dimensions[1].answered == 1
    assert tasks.dimensions[1].count == 12
    assert tasks.next is standard.indicators["1.1"]


def test_nothing_is_next_when_all_is_answered(as_editor: Client, assessment: Assessment, editor: User) -> None:
    answer_all(assessment, editor)
    assert progress.task_list(assessment).next is None
    page = as_editor.get(f"/assessments/{assessment.pk}/").content.decode()
    assert f'class="btn btn-primary" href="/assessments/{assessment.pk}/check/"' in page


@pytest.mark.parametrize(
    ("now", "days"),
    [("2026-09-18T12:00:00+07:00", 12), ("2026-09-30T00:00:00+07:00", 0), ("2026-09-30T23:59:59+07:00", 0)],
)
def test_the_deadline_is_absolute_and_relative(
    editor: User, assessment: Assessment, time_machine: Any, now: str, days: int
) -> None:
    time_machine.move_to(now)
    response = signed_in(editor).get(f"/assessments/{assessment.pk}/")
    assert response.context["deadline"].days == days
    assert "30 ก.ย. 2569" in response.content.decode()


def test_a_returned_assessment_shows_its_reason_and_its_day_on_top(
    as_editor: Client, assessment: Assessment, editor: User, head: User, reviewer: User
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    services.return_for_correction(assessment=assessment, by=reviewer, reason="แก้ข้อ 2.1", due_on=date(2026, 10, 9))
    page = as_editor.get(f"/assessments/{assessment.pk}/").content.decode()
    assert "แก้ข้อ 2.1" in page
    assert page.index("9 ตุลาคม 2569") < page.index('<p class="deadline')


def test_who_reads_the_country_comes_to_the_page_of_the_office(
    as_reviewer: Client, as_editor: Client, assessment: Assessment
) -> None:
    link = f'href="/offices/{assessment.pk}/"'
    assert link in as_reviewer.get(f"/assessments/{assessment.pk}/").content.decode()
    assert link not in as_editor.get(f"/assessments/{assessment.pk}/").content.decode()


def test_a_submitted_assessment_is_read_only_and_says_why(
    as_editor: Client, assessment: Assessment, editor: User, head: User
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    for page in ("", "areas/2-1/", "indicators/2.2/", "check/"):
        content = as_editor.get(f"/assessments/{assessment.pk}/{page}").content.decode()
        assert "data-locked" in content
        assert "data-answer " not in content
        assert f"/assessments/{assessment.pk}/submit/" not in content


def test_others_may_look_at_an_indicator_but_get_no_form(as_reviewer: Client, assessment: Assessment) -> None:
    page = as_reviewer.get(f"/assessments/{assessment.pk}/indicators/2.2/").content.decode()
    assert "data-answer" not in page
    assert "data-locked" in page


# --- one indicator -----------------------------------------------------------------------------------


def test_the_page_after_a_swap_equals_the_page_after_a_reload(as_editor: Client, assessment: Assessment) -> None:
    path = f"/assessments/{assessment.pk}/indicators/2.2/"
    for version, numbers in enumerate([("850", "1000"), ("850", ""), ("x", "1000"), ("", "")]):
        fields = {"version": version, "numerator": numbers[0], "denominator": numbers[1], "performance": "ทำ"}
        swapped = as_editor.post(f"{path}save/", fields, headers={"HX-Request": "true"}).content.decode().strip()
        page = as_editor.get(path).content.decode()
        start = page.index('<div id="_answer_state"')
        assert page[start : start + len(swapped)] == swapped


def test_every_indicator_s_page_opens(as_editor: Client, assessment: Assessment, standard: EditionNode) -> None:
    for code in standard.indicators:
        assert as_editor.get(f"/assessments/{assessment.pk}/indicators/{code}/").status_code == 200


def test_every_area_s_page_opens_with_a_form_for_each_indicator(
    as_editor: Client, assessment: Assessment, standard: EditionNode
) -> None:
    for code, area in standard.areas.items():
        page = as_editor.get(f"/assessments/{assessment.pk}/areas/{code}/").content.decode()
        assert page.count("data-answer ") == len(area.indicators)


def test_the_history_of_an_answer_is_readable(
    as_editor: Client, assessment: Assessment, editor: User, standard: EditionNode
) -> None:
    fill(assessment, editor, standard, "2.1", inputs={"count": 5}, evidence_held=(0,))
    fill(assessment, editor, standard, "2.1", version=1, inputs={"count": 4}, performance="แก้แล้ว")
    response = as_editor.get(f"/assessments/{assessment.pk}/indicators/2.1/history/")
    found = [
        (change.row.version, [(each.column, each.old, each.new) for each in change.differences])
        for change in response.context["changes"]
    ]
    label = standard.indicators["2.1"].fields[0].label
    assert found == [
        (
            2,
            [
                ("inputs", f"{label} 5 รูปแบบ", f"{label} 4 รูปแบบ"),
                ("performance", "", "แก้แล้ว"),
                ("evidence_held", standard.indicators["2.1"].evidence[0], ""),
            ],
        ),
        (
            1,
            [
                ("inputs", "", f"{label} 5 รูปแบบ"),
                ("evidence_held", "", standard.indicators["2.1"].evidence[0]),
            ],
        ),
    ]


# --- cost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "queries"), [("", 8), ("indicators/2.2/", 13), ("areas/1-1/", 8), ("areas/1-3/", 8), ("check/", 11)]
)
def test_pages_cost_a_fixed_number_of_queries(
    as_editor: Client, assessment: Assessment, editor: User, django_assert_num_queries: Any, page: str, queries: int
) -> None:
    path = f"/assessments/{assessment.pk}/{page}"
    as_editor.get(path)
    with django_assert_num_queries(queries):
        as_editor.get(path)
    answer_all(assessment, editor)
    with django_assert_num_queries(queries):
        as_editor.get(path)


# --- rulings, and "no case" without its reason -----------------------------------------------------


@pytest.mark.parametrize("code", ["4.12", "4.13"])
def test_the_ruling_stands_on_the_area_page_as_on_the_indicators(
    as_editor: Client, assessment: Assessment, standard: EditionNode, code: str
) -> None:
    ruling = standard.indicators[code].ruling
    assert ruling in as_editor.get(f"/assessments/{assessment.pk}/indicators/{code}/").content.decode()
    assert ruling in as_editor.get(f"/assessments/{assessment.pk}/areas/4-4/").content.decode()


def test_no_case_without_its_reason_is_told_once_and_waits_for_nobody(
    as_editor: Client, assessment: Assessment, editor: User, standard: EditionNode
) -> None:
    fill(assessment, editor, standard, "4.31", no_case=True)
    page = as_editor.get(f"/assessments/{assessment.pk}/indicators/4.31/").content.decode()
    assert (page.count('<span lang="th">เหตุผลที่ไม่มีกรณี</span>”'), page.count("<strong>รอผู้ตรวจประเมิน")) == (1, 0)
    assert 'class="result"' not in page
    check = as_editor.get(f"/assessments/{assessment.pk}/check/")
    assert check.context["check"].waiting == 0
    fill(assessment, editor, standard, "4.31", version=1, no_case=True, no_case_reason="ไม่มีผู้ร้องทุกข์")
    page = as_editor.get(f"/assessments/{assessment.pk}/indicators/4.31/").content.decode()
    assert (page.count('<span lang="th">เหตุผลที่ไม่มีกรณี</span>”'), page.count('class="result"')) == (0, 1)
