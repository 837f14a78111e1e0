"""A session: extended by use, ended everywhere at once; and the page of one's own account."""

import re
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import LogEntry, User
from tests.assessments.test_accounts import LOGIN, is_signed_in, sign_in
from tests.conftest import signed_in


class TestSession:
    def ends_at(self, client: Client) -> Any:
        return Session.objects.get(pk=client.cookies["__Host-session"].value).expire_date

    def test_use_extends_it_but_not_at_every_click(self, editor: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-03T10:00:00+07:00", tick=False)
        client = Client()
        sign_in(client, editor.email)
        assert is_signed_in(client)
        assert self.ends_at(client) == timezone.now() + timedelta(hours=8)
        time_machine.move_to("2026-08-03T10:05:00+07:00", tick=False)
        is_signed_in(client)
        assert self.ends_at(client) == timezone.now() + timedelta(hours=7, minutes=55)
        time_machine.move_to("2026-08-03T10:05:01+07:00", tick=False)
        is_signed_in(client)
        assert self.ends_at(client) == timezone.now() + timedelta(hours=8)

    def test_ends_eight_hours_after_the_last_use(self, editor: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-03T08:00:00+07:00", tick=False)
        client = Client()
        sign_in(client, editor.email)
        time_machine.move_to("2026-08-03T15:59:00+07:00", tick=False)
        assert is_signed_in(client)
        time_machine.move_to("2026-08-03T23:58:00+07:00", tick=False)
        assert is_signed_in(client)
        time_machine.move_to("2026-08-04T07:58:01+07:00", tick=False)
        assert not is_signed_in(client)

    def test_keeping_it_is_one_post(self, editor: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-03T10:00:00+07:00", tick=False)
        client = Client()
        sign_in(client, editor.email)
        time_machine.move_to("2026-08-03T10:04:00+07:00", tick=False)
        answer = client.post(reverse("session_keep"), HTTP_HX_REQUEST="true")
        assert answer.status_code == 204
        assert self.ends_at(client) == timezone.now() + timedelta(hours=8)
        assert client.post(reverse("session_keep"))["Location"] == "/"

    def test_keeping_needs_a_post_and_a_session(self, as_editor: Client) -> None:
        assert as_editor.get(reverse("session_keep")).status_code == 405
        assert Client().post(reverse("session_keep"))["Location"].startswith(LOGIN)
        assert Client().post(reverse("session_keep"), HTTP_HX_REQUEST="true").status_code == 401

    def test_the_page_carries_the_warning_for_signed_in_people_only(self, as_editor: Client) -> None:
        assert 'data-seconds="28500"' in as_editor.get(reverse("profile")).content.decode()
        assert 'data-seconds="' not in Client().get(LOGIN).content.decode()

    def test_signing_out_everywhere(self, editor: User, stranger: User) -> None:
        here, there, other = signed_in(editor), signed_in(editor), signed_in(stranger)
        assert here.get(reverse("sign_out_everywhere")).status_code == 405
        assert here.post(reverse("sign_out_everywhere"))["Location"] == LOGIN
        assert [is_signed_in(client) for client in (here, there, other)] == [False, False, True]
        assert list(LogEntry.objects.values_list("what", "about")) == [("sign_out_everywhere", editor.email)]


class TestProfile:
    def test_shows_who_one_is(self, as_editor: Client, editor: User) -> None:
        page = as_editor.get(reverse("profile")).content.decode()
        assert editor.email in page
        assert "เชียงใหม่" in page
        assert reverse("mfa_index") in page
        assert reverse("account_change_password") in page

    def test_requires_login_and_only_reads(self, as_editor: Client) -> None:
        assert Client().get(reverse("profile"))["Location"].startswith(LOGIN)
        assert as_editor.post(reverse("profile")).status_code == 405


def test_every_form_that_signs_out_says_so_to_the_script(as_editor: Client) -> None:
    """static/js/app.js forgets unsaved answers when such a form is sent."""
    for page in (reverse("profile"), reverse("account_logout")):
        forms = re.findall(r"<form [^>]*>", as_editor.get(page).content.decode())
        places = (reverse("account_logout"), reverse("sign_out_everywhere"))
        leaving = [form for form in forms if any(f'action="{place}"' in form for place in places)]
        assert len(leaving) == 2
        assert [form for form in leaving if "data-signs-out" not in form] == []
