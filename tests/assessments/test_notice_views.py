"""The page of notices, the number in the head of every page, and the switch of the daily mail."""

import html
import re
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.calendar import BANGKOK
from assessments.models import Assessment, Assignment, LogEntry, NoticeMark, User
from assessments.services import notices
from tests.answers import answer_all

PAGE, COUNT, SEEN, MAILS = "/notices/", "/notices/count/", "/notices/seen/", "/me/mails/"
POSTS = (SEEN, MAILS)


@pytest.fixture
def returned(assessment: Assessment, editor: User, head: User, reviewer: User) -> Assessment:
    """Sent back on 3 August 2569 at 10:00."""
    answer_all(assessment, editor)
    sent = services.submit(assessment=assessment, by=head, certified=True)
    return services.return_for_correction(assessment=sent, by=reviewer, reason="2.4 แนบคำสั่ง", due_on=date(2026, 8, 20))


def until() -> str:
    return f"{datetime.now(BANGKOK).timestamp():.6f}"


def test_requires_login(db: None) -> None:
    for path in (PAGE, COUNT):
        assert Client().get(path)["Location"].startswith("/accounts/login/")
    for path in POSTS:
        assert Client().post(path)["Location"].startswith("/accounts/login/")


def test_reads_are_gets_and_acts_are_posts(as_editor: Client) -> None:
    for path in (PAGE, COUNT):
        assert as_editor.post(path).status_code == 405
    for path in POSTS:
        assert as_editor.get(path).status_code == 405


def test_nothing_new_is_said_so(as_editor: Client, as_inspector: Client) -> None:
    for client in (as_editor, as_inspector):
        page = client.get(PAGE).content.decode()
        assert "ไม่มีเรื่องใหม่" in page
        assert SEEN not in page


def test_a_new_notice_stands_there_and_is_marked(as_editor: Client, returned: Assessment, editor: User) -> None:
    page = as_editor.get(PAGE).content.decode()
    assert "ใหม่ 1 เรื่อง" in page
    assert "กลับให้แก้ไขภายในวันที่ 20 สิงหาคม 2569" in page
    assert f'href="/assessments/{returned.pk}/"' in page
    assert NoticeMark.objects.count() == 0
    group = as_editor.get(PAGE).context["new"][0].group
    assert as_editor.post(SEEN, {"notice": group, "until": until()})["Location"] == PAGE
    assert NoticeMark.objects.get().person == editor
    page = as_editor.get(PAGE).content.decode()
    assert "ไม่มีเรื่องใหม่" in page
    assert "กลับให้แก้ไขภายในวันที่ 20 สิงหาคม 2569" in page


def test_a_notice_that_names_a_person_is_marked_whatever_the_name(
    as_editor: Client, assessment: Assessment, editor: User, head: User
) -> None:
    User.objects.filter(pk=head.pk).update(full_name=' ผู้ "ให้" <งาน>  ')
    indicator = assessment.answers.select_related("indicator").get(indicator__code="2.1").indicator
    Assignment.objects.create(assessment=assessment, indicator=indicator, person=editor, by=head)
    page = as_editor.get(PAGE).content.decode()
    (group,) = re.findall(r'name="notice" value="([^"]*)"', page)
    as_editor.post(SEEN, {"notice": html.unescape(group), "until": until()})
    assert as_editor.get(PAGE).context["new"] == []


def test_all_are_marked_at_once(as_editor: Client, returned: Assessment) -> None:
    as_editor.post(SEEN, {"until": until()})
    assert as_editor.get(PAGE).context["new"] == []


@pytest.mark.parametrize("sent", ["", "x", "-1", "nan", "inf"])
def test_a_moment_that_is_none_marks_nothing(as_editor: Client, returned: Assessment, sent: str) -> None:
    response = as_editor.post(SEEN, {"until": sent}, follow=True)
    assert "ระบบไม่รู้จักแจ้งเตือนนี้" in response.content.decode()
    assert NoticeMark.objects.count() == 0


def test_a_moment_to_come_counts_as_now(as_editor: Client, returned: Assessment) -> None:
    assert as_editor.post(SEEN, {"until": "9e18"}).status_code == 302
    assert NoticeMark.objects.count() == 1


def test_a_notice_of_somebody_else_is_not_marked(as_stranger: Client, as_editor: Client, returned: Assessment) -> None:
    group = as_editor.get(PAGE).context["new"][0].group
    as_stranger.post(SEEN, {"notice": group, "until": until()})
    assert NoticeMark.objects.count() == 0


def test_a_reason_is_text_and_no_markup(assessment: Assessment, as_editor: Client, manager: User) -> None:
    services.extend(assessment=assessment, closes_on=date(2026, 10, 9), reason="<b>น้ำท่วม</b>", by=manager)
    page = as_editor.get(PAGE).content.decode()
    assert "&lt;b&gt;น้ำท่วม&lt;/b&gt;" in page


# --- the number --------------------------------------------------------------------------------------


def test_the_number_is_given_and_kept_a_minute_by_the_browser_alone(as_editor: Client, returned: Assessment) -> None:
    response = as_editor.get(COUNT)
    assert response.content.decode() == '<span id="_notice_count"><strong>(1)</strong></span>\n'
    assert response["Cache-Control"] == "private, max-age=60"
    as_editor.post(SEEN, {"until": until()})
    assert as_editor.get(COUNT).content.decode() == '<span id="_notice_count"></span>\n'


def test_a_page_asks_for_the_number_later_and_costs_no_query_for_it(
    as_editor: Client, editor: User, django_assert_num_queries: Any
) -> None:
    as_editor.get("/me/")
    with django_assert_num_queries(3):
        # Session, person, the person's province, second factor.
        page = as_editor.get("/me/").content.decode()
    assert f'hx-get="{COUNT}?{editor.pk}-th-0"' in page


def test_after_marking_the_number_is_asked_for_under_another_address(as_editor: Client, returned: Assessment) -> None:
    as_editor.post(SEEN, {"until": until()})
    assert f"{COUNT}?" in as_editor.get("/me/").content.decode()
    assert "-th-0" not in as_editor.get("/me/").content.decode()


def test_the_list_itself_shows_the_number_at_once(as_editor: Client, returned: Assessment) -> None:
    page = as_editor.get(PAGE).content.decode()
    assert '<span id="_notice_count"><strong>(1)</strong></span>' in page
    assert COUNT not in page


def test_where_a_second_factor_comes_first_no_number_is_asked_for(as_reviewer: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    response = as_reviewer.get("/", follow=True)
    assert response.redirect_chain
    page = response.content.decode()
    assert 'id="_notice_count"' in page
    assert COUNT not in page


def test_who_is_not_signed_in_sees_no_link(db: None) -> None:
    assert PAGE not in Client().get("/accounts/login/").content.decode()


# --- the daily mail's switch -------------------------------------------------------------------------


def test_the_mail_is_switched_off_and_on(as_editor: Client, editor: User) -> None:
    page = as_editor.get("/me/").content.decode()
    assert 'name="mails_wanted"' in page
    assert " checked" in page
    response = as_editor.post(MAILS, {}, follow=True)
    assert "ปิดการรับอีเมลแจ้งเตือนประจำวันแล้ว" in response.content.decode()
    editor.refresh_from_db()
    assert editor.mails_wanted is False
    assert " checked" not in response.content.decode()
    as_editor.post(MAILS, {"mails_wanted": "on"})
    editor.refresh_from_db()
    assert editor.mails_wanted is True
    assert list(LogEntry.objects.filter(by=editor).values_list("what", flat=True)) == ["mails_on", "mails_off"]


def test_what_is_so_already_is_not_logged(editor: User) -> None:
    notices.want_mails(person=editor, wanted=True)
    assert not LogEntry.objects.filter(by=editor).exists()
