"""The pages of people and of the invited person."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from assessments.models import Invitation, User
from assessments.services import people as services
from assessments.workflow import Role
from tests.assessments.test_people import NEW, invited, token_of  # noqa: F401 - a fixture
from tests.conftest import person, signed_in

LOGIN = "/accounts/login/"
ACTS = ("person_invite_again", "person_revoke", "person_deactivate", "person_reactivate", "person_remove_second_factor")


def paths(pk: int) -> list[str]:
    pages = [reverse("people_list"), reverse("person_invite"), reverse("person_detail", args=[pk])]
    return [*pages, *(reverse(name, args=[pk]) for name in ACTS)]


class TestWho:
    def test_requires_login(self, editor: User) -> None:
        for path in paths(editor.pk):
            assert Client().get(path)["Location"].startswith(LOGIN)
            assert Client().post(path)["Location"].startswith(LOGIN)

    def test_refuses_the_wrong_role_with_the_reason(self, as_head: Client, as_reviewer: Client, editor: User) -> None:
        for client in (as_head, as_reviewer):
            assert client.get(reverse("people_list")).status_code == 403
            for path in paths(editor.pk)[1:]:
                assert client.post(path).status_code == 403

    def test_acts_are_posts_and_the_list_is_read(self, as_manager: Client, editor: User) -> None:
        for name in ACTS:
            assert as_manager.get(reverse(name, args=[editor.pk])).status_code == 405
        assert as_manager.post(reverse("people_list")).status_code == 405
        assert as_manager.delete(reverse("person_invite")).status_code == 405

    def test_an_unknown_person_is_404(self, as_manager: Client) -> None:
        assert as_manager.get(reverse("person_detail", args=[999999])).status_code == 404
        assert as_manager.post(reverse("person_deactivate", args=[999999])).status_code == 404


class TestList:
    def test_shows_and_filters(self, as_manager: Client, editor: User, stranger: User) -> None:
        page = as_manager.get(reverse("people_list"), {"search": "ภูเก็ต"}).content.decode()
        assert stranger.email in page
        assert editor.email not in page

    def test_what_cannot_be_read_filters_nothing(self, as_manager: Client, editor: User) -> None:
        page = as_manager.get(reverse("people_list"), {"role": "x", "province": "x", "state": "'", "page": "-1"})
        assert page.status_code == 200
        assert editor.email in page.content.decode()

    def test_the_number_of_queries_does_not_grow(
        self, as_manager: Client, editor: User, django_assert_num_queries: Any
    ) -> None:
        as_manager.get(reverse("people_list"))
        with django_assert_num_queries(5):
            as_manager.get(reverse("people_list"))
        for number in range(3):
            person(f"more{number}@chiangmai.example", Role.OFFICE_EDITOR, province=editor.province)
        with django_assert_num_queries(5):
            as_manager.get(reverse("people_list"))

    def test_pages_of_fifty_keep_the_filters(self, as_manager: Client, editor: User) -> None:
        for number in range(51):
            person(f"more{number}@chiangmai.example", Role.OFFICE_EDITOR, province=editor.province)
        page = as_manager.get(reverse("people_list"), {"role": "office_editor"})
        assert len(page.context["page"].object_list) == 50
        assert "?role=office_editor&amp;page=2" in page.content.decode()
        assert len(as_manager.get(reverse("people_list") + "?role=office_editor&page=2").context["page"]) == 2


class TestInvite:
    def test_without_a_mail_server_the_link_is_shown_once(self, as_manager: Client) -> None:
        typed = {"email": "new@central.example", "full_name": "ผู้ตรวจประเมิน ใหม่", "role": "reviewer"}
        page = as_manager.post(reverse("person_invite"), typed, follow=True)
        made = User.objects.get(email="new@central.example")
        assert page.redirect_chain == [(reverse("person_detail", args=[made.pk]), 302)]
        assert '<code class="invitation-link">http://testserver/invitations/' in page.content.decode()
        again = as_manager.get(reverse("person_detail", args=[made.pk])).content.decode()
        assert "http://testserver/invitations/" not in again

    def test_with_one_it_goes_to_the_mailbox_only(self, as_manager: Client, settings: Any, mailoutbox: Any) -> None:
        settings.EMAIL_URL = "smtp://mail.example"
        typed = {"email": "new@central.example", "full_name": "ใหม่", "role": "reviewer"}
        page = as_manager.post(reverse("person_invite"), typed, follow=True).content.decode()
        assert "/invitations/" not in page
        assert "/invitations/" in mailoutbox[0].body

    def test_faults_stand_above_and_at_the_field_and_nothing_typed_is_lost(
        self, as_manager: Client, editor: User
    ) -> None:
        typed = {"email": editor.email, "full_name": "ชื่อ ที่พิมพ์", "role": "office_head"}
        answer = as_manager.post(reverse("person_invite"), typed)
        page = answer.content.decode()
        errors = answer.context["form"].errors
        assert set(errors) == {"email", "province"}
        for messages in errors.values():
            assert page.count(str(messages[0])) == 2
        assert "ชื่อ ที่พิมพ์" in page
        assert " required" not in page

    def test_the_role_of_an_admin_is_offered_to_admins_only(self, as_manager: Client, admin: User) -> None:
        assert 'value="admin"' not in as_manager.get(reverse("person_invite")).content.decode()
        assert 'value="admin"' in signed_in(admin).get(reverse("person_invite")).content.decode()
        as_manager.post(reverse("person_invite"), {"email": "x@central.example", "full_name": "X", "role": "admin"})
        assert not User.objects.filter(email="x@central.example").exists()


class TestDetail:
    def test_changes_and_tells(self, as_manager: Client, editor: User, phuket: Any) -> None:
        path = reverse("person_detail", args=[editor.pk])
        typed = {"full_name": "ชื่อใหม่", "role": "office_head", "province": phuket.pk}
        assert as_manager.post(path, typed)["Location"] == path
        editor.refresh_from_db()
        assert (editor.full_name, editor.role, editor.province) == ("ชื่อใหม่", Role.OFFICE_HEAD, phuket)
        assert "เชียงใหม่" in as_manager.get(path).content.decode()

    def test_a_refusal_is_a_sentence_on_the_page(self, as_manager: Client, manager: User) -> None:
        path = reverse("person_detail", args=[manager.pk])
        answer = as_manager.post(path, {"full_name": "x", "role": "reviewer"})
        assert len(answer.context["form"].non_field_errors()) == 1
        manager.refresh_from_db()
        assert manager.role == Role.MANAGER

    def test_never_offers_what_the_server_refuses(self, as_manager: Client, manager: User, admin: User) -> None:
        own = as_manager.get(reverse("person_detail", args=[manager.pk])).content.decode()
        assert reverse("person_deactivate", args=[manager.pk]) not in own
        admins = as_manager.get(reverse("person_detail", args=[admin.pk])).content.decode()
        assert reverse("person_invite_again", args=[admin.pk]) not in admins

    def test_deactivates_and_reactivates(self, as_manager: Client, editor: User) -> None:
        as_manager.post(reverse("person_deactivate", args=[editor.pk]))
        editor.refresh_from_db()
        assert editor.is_active is False
        as_manager.post(reverse("person_reactivate", args=[editor.pk]))
        editor.refresh_from_db()
        assert editor.is_active is True

    def test_a_new_link_and_taking_it_back(self, as_manager: Client, editor: User) -> None:
        as_manager.post(reverse("person_invite_again", args=[editor.pk]))
        assert Invitation.objects.get(user=editor).is_open is True
        as_manager.post(reverse("person_revoke", args=[editor.pk]))
        assert Invitation.objects.get(user=editor).is_open is False

    def test_removes_a_lost_second_factor(self, as_manager: Client, editor: User) -> None:
        client = signed_in(editor)
        Authenticator.objects.create(user=editor, type=Authenticator.Type.TOTP, data={"secret": "x"})
        as_manager.post(reverse("person_remove_second_factor", args=[editor.pk]))
        assert Authenticator.objects.filter(user=editor).count() == 0
        assert client.get("/me/")["Location"].startswith(LOGIN)


class TestInvitation:
    def path(self, made: services.Invited) -> str:
        return reverse("invitation_accept", args=[token_of(made.link)])

    def test_sets_the_password_and_signs_in_with_it(self, invited: services.Invited) -> None:  # noqa: F811
        client = Client()
        assert invited.person.full_name in client.get(self.path(invited)).content.decode()
        assert client.post(self.path(invited), {"password1": NEW, "password2": NEW})["Location"] == LOGIN
        client.post(LOGIN, {"login": invited.person.email, "password": NEW})
        assert client.get("/me/").status_code == 200
        assert client.get(self.path(invited)).status_code == 410

    def test_looking_at_it_does_not_use_it(self, invited: services.Invited) -> None:  # noqa: F811
        Client().get(self.path(invited))
        assert Invitation.objects.get().is_open is True

    @pytest.mark.parametrize(
        ("first", "second", "field"),
        [
            ("", "", "password1"),
            ("short", "short", "password1"),
            (NEW, "another one here", "password2"),
            ("พมจเชียงใหม่2569", "พมจเชียงใหม่2569", "password1"),
        ],
    )
    def test_a_password_that_will_not_do(
        self,
        invited: services.Invited,  # noqa: F811
        first: str,
        second: str,
        field: str,
    ) -> None:
        answer = Client().post(self.path(invited), {"password1": first, "password2": second})
        assert answer.status_code == 200
        assert field in answer.context["form"].errors
        assert Invitation.objects.get().is_open is True

    def test_an_unknown_link_is_404_with_a_sentence(self, db: None) -> None:
        answer = Client().get(reverse("invitation_accept", args=["nothing"]))
        assert answer.status_code == 404
        assert answer.context["reason"] == services.why_closed(None)

    def test_whoever_was_signed_in_here_is_signed_out(
        self,
        invited: services.Invited,  # noqa: F811
        as_manager: Client,
        manager: User,
    ) -> None:
        assert manager.full_name in as_manager.get(self.path(invited)).content.decode()
        as_manager.post(self.path(invited), {"password1": NEW, "password2": NEW})
        assert as_manager.get("/me/")["Location"].startswith(LOGIN)

    def test_rejects_the_other_method(self, invited: services.Invited) -> None:  # noqa: F811
        assert Client().delete(self.path(invited)).status_code == 405
