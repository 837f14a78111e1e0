"""Inviting, changing and deactivating people: the services."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessments.demo import ACCOUNTS
from assessments.models import Invitation, LogEntry, Province, User
from assessments.queries.people import PeopleFilter, demo_accounts, people
from assessments.services import Refused
from assessments.services import people as services
from assessments.workflow import Role
from tests.conftest import PASSWORD, person, signed_in
from tests.rivals import rival

NEW = "seven grey herons at noon"


def token_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[1]


@pytest.fixture
def invited(manager: User, chiang_mai: Province) -> services.Invited:
    return services.invite(
        email="New@ChiangMai.example",
        full_name="เจ้าหน้าที่ ใหม่",
        role=Role.OFFICE_EDITOR,
        province=chiang_mai,
        by=manager,
    )


class TestInvite:
    def test_makes_an_account_without_a_password_and_mails_a_link(
        self, invited: services.Invited, manager: User, chiang_mai: Province
    ) -> None:
        user = invited.person
        assert (user.email, user.role, user.province) == ("new@chiangmai.example", Role.OFFICE_EDITOR, chiang_mai)
        assert user.has_joined is False
        assert mail.outbox[0].to == ["new@chiangmai.example"]
        assert mail.outbox[0].body.count(invited.link) == 2
        entry = LogEntry.objects.get()
        assert (entry.what, entry.about, entry.by) == ("invite", user.email, manager)
        assert entry.details == {"role": "office_editor", "office": "TH-50"}

    def test_keeps_only_the_hash_of_the_token(self, invited: services.Invited) -> None:
        row = Invitation.objects.values().get()
        assert token_of(invited.link) not in str(row)
        assert re.fullmatch(r"[0-9a-f]{64}", row["token_hash"])
        assert token_of(invited.link) not in str(list(LogEntry.objects.values()))

    def test_the_link_starts_with_base_url(self, manager: User, settings: Any) -> None:
        settings.BASE_URL = "https://standards.example/"
        link = services.invite(email="r@central.example", full_name="R", role=Role.REVIEWER, by=manager).link
        assert link.startswith("https://standards.example/invitations/")

    def test_tells_whether_a_mail_went_out(self, manager: User, settings: Any) -> None:
        def mailed(email: str) -> bool:
            return services.invite(email=email, full_name="R", role=Role.REVIEWER, by=manager).mailed

        assert mailed("a@central.example") is False
        settings.EMAIL_URL = "smtp://mail.example"
        assert mailed("b@central.example") is True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        assert mailed("c@central.example") is False
        assert User.objects.filter(email="c@central.example").exists()

    @pytest.mark.parametrize("role", [Role.OFFICE_EDITOR, Role.OFFICE_HEAD])
    def test_an_office_role_needs_an_office(self, role: Role, manager: User) -> None:
        with pytest.raises(Refused):
            services.invite(email="x@office.example", full_name="X", role=role, by=manager)
        assert not User.objects.filter(email="x@office.example").exists()

    def test_a_role_without_an_office_gets_none(self, manager: User, chiang_mai: Province) -> None:
        user = services.invite(
            email="s@region.example",
            full_name="S",
            role=Role.SUPPORTER,
            province=chiang_mai,
            support_number=10,
            by=manager,
        ).person
        assert user.province is None
        assert user.support_office is not None
        assert user.support_office.number == 10

    def test_refuses_an_address_that_is_taken_in_any_case(self, manager: User, editor: User) -> None:
        with pytest.raises(Refused):
            services.invite(email=editor.email.upper(), full_name="X", role=Role.REVIEWER, by=manager)

    def test_an_address_taken_in_the_same_moment_is_refused_in_the_same_words(self, manager: User) -> None:
        email = "new@central.example"

        def invite() -> None:
            services.invite(email=email, full_name="X", role=Role.REVIEWER, by=manager)

        with (
            pytest.raises(Refused) as refused,
            rival(lambda: person(email, Role.REVIEWER), after="assessments_user"),
        ):
            invite()
        assert refused.value.message == services.ADDRESS_TAKEN

    def test_only_an_admin_makes_an_admin(self, manager: User, admin: User) -> None:
        with pytest.raises(Refused):
            services.invite(email="x@central.example", full_name="X", role=Role.ADMIN, by=manager)
        made = services.invite(email="x@central.example", full_name="X", role=Role.ADMIN, by=admin).person
        assert made.role == Role.ADMIN

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.INSPECTOR, Role.SUPPORTER])
    def test_refuses_who_does_not_manage_people(self, role: Role, db: None) -> None:
        with pytest.raises(Refused):
            services.invite(
                email="x@central.example", full_name="X", role=Role.REVIEWER, by=person("by@central.example", role)
            )

    def test_the_first_account_comes_from_the_command_line(self, db: None, capsys: Any) -> None:
        call_command("invite", "first@central.example", "ผู้ดูแลระบบ")
        link = capsys.readouterr().out.strip()
        first = services.accept_invitation(token=token_of(link), password=NEW)
        assert (first.email, first.role) == ("first@central.example", Role.ADMIN)
        with pytest.raises(CommandError):
            call_command("invite", "first@central.example", "อีกคน")


class TestAccept:
    def test_sets_the_password_once(self, invited: services.Invited) -> None:
        user = services.accept_invitation(token=token_of(invited.link), password=NEW)
        assert user.check_password(NEW)
        assert user.has_joined is True
        with pytest.raises(Refused):
            services.accept_invitation(token=token_of(invited.link), password="another long password")
        assert User.objects.get(pk=user.pk).check_password(NEW)

    def test_lasts_fourteen_days(self, invited: services.Invited, time_machine: Any) -> None:
        made = Invitation.objects.get().invited_at
        time_machine.move_to(made + timedelta(days=14), tick=False)
        with pytest.raises(Refused):
            services.accept_invitation(token=token_of(invited.link), password=NEW)
        time_machine.move_to(made + timedelta(days=14) - timedelta(microseconds=1), tick=False)
        assert services.accept_invitation(token=token_of(invited.link), password=NEW).check_password(NEW)

    def test_each_reason_is_a_sentence_of_its_own(self, manager: User, chiang_mai: Province, time_machine: Any) -> None:
        def make(name: str) -> str:
            made = services.invite(
                email=f"{name}@chiangmai.example",
                full_name=name,
                role=Role.OFFICE_EDITOR,
                province=chiang_mai,
                by=manager,
            )
            return token_of(made.link)

        used, revoked, expired, closed = (make(name) for name in ("used", "revoked", "expired", "closed"))
        services.accept_invitation(token=used, password=NEW)
        services.revoke(person=User.objects.get(email="revoked@chiangmai.example"), by=manager)
        services.deactivate(person=User.objects.get(email="closed@chiangmai.example"), by=manager)
        Invitation.objects.filter(user__email="expired@chiangmai.example").update(expires_at=timezone.now())
        reasons = [services.why_closed(services.invitation_of(token)) for token in (used, revoked, expired, "unknown")]
        assert len(set(reasons)) == 4
        assert all(reasons)
        assert services.why_closed(services.invitation_of(closed)) == reasons[1]

    def test_a_new_link_replaces_the_old_one(self, invited: services.Invited, manager: User) -> None:
        again = services.invite_again(person=invited.person, by=manager)
        assert again.link != invited.link
        with pytest.raises(Refused):
            services.accept_invitation(token=token_of(invited.link), password=NEW)
        assert services.accept_invitation(token=token_of(again.link), password=NEW).check_password(NEW)

    def test_nothing_to_take_back_twice(self, invited: services.Invited, manager: User) -> None:
        services.revoke(person=invited.person, by=manager)
        with pytest.raises(Refused):
            services.revoke(person=invited.person, by=manager)


class TestChange:
    def change(self, user: User, by: User, **fields: Any) -> User:
        values: dict[str, Any] = {
            "full_name": user.full_name,
            "role": Role(user.role),
            "province": user.province,
            "support_number": None,
        }
        return services.change_person(person=user, by=by, **{**values, **fields})

    def test_moves_to_another_office_and_says_so_in_the_log(
        self, editor: User, manager: User, phuket: Province
    ) -> None:
        self.change(editor, manager, province=phuket)
        editor.refresh_from_db()
        assert editor.province == phuket
        assert LogEntry.objects.get(what="change_person").details == {"office": ["TH-50", "TH-83"]}

    def test_counts_from_the_next_request(self, editor: User, manager: User) -> None:
        client = signed_in(editor)
        assert client.get("/people/").status_code == 403
        self.change(editor, manager, role=Role.MANAGER)
        assert client.get("/people/").status_code == 200

    def test_nothing_changed_is_not_logged(self, editor: User, manager: User) -> None:
        self.change(editor, manager)
        assert LogEntry.objects.count() == 0

    def test_leaving_the_office_role_leaves_the_office(self, editor: User, manager: User) -> None:
        assert self.change(editor, manager, role=Role.INSPECTOR).province is None

    def test_nobody_changes_their_own_role_but_their_name(self, manager: User) -> None:
        with pytest.raises(Refused):
            self.change(manager, manager, role=Role.REVIEWER)
        assert self.change(manager, manager, full_name=" ผู้จัดการ  ส่วนกลาง ").full_name == "ผู้จัดการ ส่วนกลาง"

    def test_a_manager_neither_makes_nor_touches_an_admin(self, manager: User, admin: User, editor: User) -> None:
        acts = [
            lambda: self.change(editor, manager, role=Role.ADMIN),
            lambda: self.change(admin, manager, role=Role.REVIEWER),
            lambda: services.deactivate(person=admin, by=manager),
            lambda: services.invite_again(person=admin, by=manager),
            lambda: services.remove_second_factor(person=admin, by=manager),
        ]
        for act in acts:
            with pytest.raises(Refused):
                act()
        admin.refresh_from_db()
        assert (admin.role, admin.is_active) == (Role.ADMIN, True)
        assert self.change(editor, admin, role=Role.ADMIN).role == Role.ADMIN

    def test_an_office_role_without_an_office_is_refused(self, reviewer: User, manager: User) -> None:
        with pytest.raises(Refused):
            self.change(reviewer, manager, role=Role.OFFICE_HEAD)


class TestDeactivate:
    def test_the_next_request_is_refused_and_old_sessions_stay_dead(self, editor: User, manager: User) -> None:
        client = signed_in(editor)
        assert client.get("/me/").status_code == 200
        services.deactivate(person=editor, by=manager)
        assert client.get("/me/")["Location"].startswith("/accounts/login/")
        services.reactivate(person=editor, by=manager)
        assert client.get("/me/")["Location"].startswith("/accounts/login/")
        again = signed_in(User.objects.get(pk=editor.pk))
        assert again.get("/me/").status_code == 200
        assert list(LogEntry.objects.values_list("what", flat=True)) == ["reactivate", "deactivate"]

    def test_the_right_password_leads_to_the_page_that_says_so(self, editor: User, manager: User, client: Any) -> None:
        services.deactivate(person=editor, by=manager)
        answer = client.post("/accounts/login/", {"login": editor.email, "password": PASSWORD})
        assert answer["Location"] == "/accounts/inactive/"
        assert client.get("/accounts/inactive/").status_code == 200

    def test_nobody_deactivates_themselves(self, manager: User) -> None:
        with pytest.raises(Refused):
            services.deactivate(person=manager, by=manager)

    def test_a_deactivated_person_gets_no_new_link(self, editor: User, manager: User) -> None:
        services.deactivate(person=editor, by=manager)
        with pytest.raises(Refused):
            services.invite_again(person=editor, by=manager)

    def test_twice_is_once(self, editor: User, manager: User) -> None:
        services.deactivate(person=editor, by=manager)
        services.deactivate(person=editor, by=manager)
        assert LogEntry.objects.filter(what="deactivate").count() == 1


class TestList:
    def found(self, **wanted: Any) -> list[str]:
        return [user.email for user in people(PeopleFilter(**wanted))]

    @pytest.fixture
    def everybody(self, editor: User, head: User, stranger: User, reviewer: User, manager: User) -> None:
        services.deactivate(person=stranger, by=manager)
        services.invite(email="late@central.example", full_name="Late", role=Role.REVIEWER, by=manager)

    def test_filters(self, everybody: None, chiang_mai: Province) -> None:
        assert self.found(role="office_editor") == ["editor@chiangmai.example", "editor@phuket.example"]
        assert self.found(province=chiang_mai) == ["editor@chiangmai.example", "head@chiangmai.example"]
        assert self.found(state="inactive") == ["editor@phuket.example"]
        assert self.found(state="invited") == ["late@central.example"]
        assert self.found(state="active", role="reviewer") == ["reviewer@central.example"]

    def test_central_people_first_then_offices_in_thai_order(self, everybody: None) -> None:
        assert self.found() == [
            "manager@central.example",
            "late@central.example",
            "reviewer@central.example",
            "editor@chiangmai.example",
            "head@chiangmai.example",
            "editor@phuket.example",
        ]
        # SQLite puts them first unasked, PostgreSQL does not.
        assert "NULLS FIRST" in str(people(PeopleFilter()).query)

    def test_searches_names_addresses_and_provinces(self, everybody: None) -> None:
        assert self.found(search="ภูเก็ต") == ["editor@phuket.example"]
        assert self.found(search="CHIANG head") == ["head@chiangmai.example"]
        assert self.found(search="  late@ ") == ["late@central.example"]
        assert self.found(search="nobody") == []

    def test_demo_accounts_are_those_that_the_terminal_prints(self, chiang_mai: Province, phuket: Province) -> None:
        provinces = {"TH-50": chiang_mai, "TH-83": phuket, "": None}
        for account in reversed(ACCOUNTS):
            person(account.email, account.role, province=provinces[account.iso], is_demo=True)
        person("editor.krabi@demo.example", Role.OFFICE_EDITOR, province=phuket, is_demo=True)
        person("real@chiangmai.example", Role.OFFICE_EDITOR, province=chiang_mai)
        assert [user.email for user in demo_accounts()] == [account.email for account in ACCOUNTS]

    def test_an_account_that_only_looks_like_one_of_the_demonstration_is_not_listed(self, chiang_mai: Province) -> None:
        person(ACCOUNTS[0].email, Role.OFFICE_EDITOR, province=chiang_mai)
        assert demo_accounts() == []
