"""Presence instead of locks: who has an indicator open, said by the page, forgotten after a minute."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments import services
from assessments.models import Assessment, Presence, Province, User
from assessments.queries import teamwork
from assessments.workflow import Role
from indicators.editions import EditionNode
from tests.answers import answer_all
from tests.conftest import person, signed_in

NOW = "2026-08-03T10:00:00+07:00"


def path_of(assessment: Assessment, code: str = "2.1") -> str:
    return f"/assessments/{assessment.pk}/indicators/{code}/presence/"


def others(assessment: Assessment, standard: EditionNode, user: User, code: str = "2.1") -> list[tuple[str, bool]]:
    found = teamwork.present_beside(assessment, standard.indicators[code], user)
    return [(each.person.email, each.editing) for each in found]


def test_a_colleague_sees_who_has_it_open_and_who_types(
    as_editor: Client, as_head: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    assert as_editor.post(path_of(assessment), {"editing": "0"}).status_code == 200
    assert others(assessment, standard, head) == [(editor.email, False)]
    as_editor.post(path_of(assessment), {"editing": "1"})
    page = as_head.post(path_of(assessment), {"editing": "0"}).content.decode()
    assert editor.full_name in page
    assert 'class="present is-editing"' in page
    assert head.full_name not in page
    assert others(assessment, standard, editor) == [(head.email, False)]
    assert others(assessment, standard, head, "2.2") == []
    assert Presence.objects.count() == 2


def test_who_types_stands_before_who_reads(
    assessment: Assessment, editor: User, head: User, chiang_mai: Province, standard: EditionNode
) -> None:
    third = person("a@chiangmai.example", Role.OFFICE_HEAD, province=chiang_mai)
    for who, editing in ((third, False), (editor, True)):
        services.say_open(assessment=assessment, indicator=standard.indicators["2.1"], by=who, editing=editing)
    assert others(assessment, standard, head) == [(editor.email, True), (third.email, False)]


@pytest.mark.parametrize(("second", "seen"), [(0, True), (59, True), (60, True), (61, False)])
def test_a_page_that_is_silent_for_a_minute_is_closed(
    assessment: Assessment,
    editor: User,
    head: User,
    standard: EditionNode,
    time_machine: Any,
    second: int,
    *,
    seen: bool,
) -> None:
    time_machine.move_to(NOW, tick=False)
    services.say_open(assessment=assessment, indicator=standard.indicators["2.1"], by=editor, editing=True)
    time_machine.shift(second)
    assert others(assessment, standard, head) == ([(editor.email, True)] if seen else [])


def test_old_rows_go_when_somebody_else_says_that_a_page_is_open(
    assessment: Assessment, editor: User, head: User, standard: EditionNode, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    services.say_open(assessment=assessment, indicator=standard.indicators["2.1"], by=editor, editing=True)
    time_machine.shift(61)
    services.say_open(assessment=assessment, indicator=standard.indicators["4.1"], by=head, editing=False)
    assert list(Presence.objects.values_list("person", flat=True)) == [head.pk]


def test_who_has_left_is_not_there(
    assessment: Assessment, editor: User, head: User, phuket: Province, standard: EditionNode
) -> None:
    services.say_open(assessment=assessment, indicator=standard.indicators["2.1"], by=editor, editing=True)
    User.objects.filter(pk=editor.pk).update(province=phuket)
    assert others(assessment, standard, head) == []
    User.objects.filter(pk=editor.pk).update(province=assessment.province, is_active=False)
    assert others(assessment, standard, head) == []


def test_only_those_who_may_answer_are_there(
    as_stranger: Client,
    as_reviewer: Client,
    as_manager: Client,
    as_inspector: Client,
    client: Client,
    assessment: Assessment,
) -> None:
    assert as_stranger.post(path_of(assessment)).status_code == 404
    assert [who.post(path_of(assessment)).status_code for who in (as_reviewer, as_manager, as_inspector)] == [403] * 3
    assert client.post(path_of(assessment))["Location"].startswith("/accounts/login/")
    assert Presence.objects.count() == 0


def test_it_is_said_by_post_alone_and_only_of_what_there_is(as_editor: Client, assessment: Assessment) -> None:
    assert as_editor.get(path_of(assessment)).status_code == 405
    assert as_editor.post(path_of(assessment, "9.9")).status_code == 404
    as_editor.get(f"/assessments/{assessment.pk}/indicators/2.1/")
    assert Presence.objects.count() == 0


def test_nobody_edits_what_is_submitted(
    as_editor: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    assert as_editor.post(path_of(assessment)).status_code == 403
    assessment.refresh_from_db()
    with pytest.raises(services.Refused):
        services.say_open(assessment=assessment, indicator=standard.indicators["2.1"], by=editor, editing=True)


def test_the_page_says_so_only_where_the_person_may_answer(
    as_editor: Client, as_reviewer: Client, assessment: Assessment
) -> None:
    page = f"/assessments/{assessment.pk}/indicators/2.1/"
    assert f'hx-post="{path_of(assessment)}"' in as_editor.get(page).content.decode()
    assert "data-presence" not in as_reviewer.get(page).content.decode()


def test_saying_it_costs_a_fixed_number_of_queries(
    as_editor: Client, assessment: Assessment, head: User, standard: EditionNode, django_assert_num_queries: Any
) -> None:
    as_editor.post(path_of(assessment))
    with django_assert_num_queries(8):  # session, person, assessment, begin, forget, say, end, others
        as_editor.post(path_of(assessment))
    services.say_open(assessment=assessment, indicator=standard.indicators["2.1"], by=head, editing=True)
    with django_assert_num_queries(8):
        as_editor.post(path_of(assessment))


def test_a_page_that_was_left_open_keeps_no_session_alive(
    editor: User, assessment: Assessment, time_machine: Any
) -> None:
    client = signed_in(editor)
    time_machine.move_to(NOW, tick=False)
    client.get("/me/")
    before = client.session["used_at"]
    time_machine.shift(301)
    with CaptureQueriesContext(connection) as queries:
        client.post(path_of(assessment))
    assert client.session["used_at"] == before
    assert [query["sql"] for query in queries if "django_session" in query["sql"] and "UPDATE" in query["sql"]] == []
    client.get("/me/")
    assert client.session["used_at"] == before + 301
