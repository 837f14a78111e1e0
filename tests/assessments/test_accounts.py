"""Signing in: by invitation only, slowed down account by account, out at once when access ends."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from assessments.accounts import AccountAdapter, client_address
from assessments.models import Province, User
from assessments.workflow import Role
from tests.conftest import PASSWORD, person, signed_in

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_counts_from_before(db: None) -> Any:
    """Counts of attempts live in the cache, which no transaction takes back."""
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    query = extra.pop("query", "")
    return client.post(LOGIN + query, {"login": email, "password": password, **extra.pop("data", {})}, **extra)


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def code_now(secret: str, *, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


class TestSigningIn:
    def test_by_email_in_any_case(self, editor: User) -> None:
        client = Client()
        answer = sign_in(client, "Editor@ChiangMai.example ")
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert is_signed_in(client)

    def test_next_is_kept(self, editor: User) -> None:
        client = Client()
        answer = client.get(reverse("profile"))
        assert answer["Location"] == f"{LOGIN}?next=/me/"
        assert 'name="next" value="/me/"' in client.get(answer["Location"]).content.decode()
        assert sign_in(client, editor.email, data={"next": "/me/"})["Location"] == "/me/"

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
    def test_next_leads_nowhere_else(self, editor: User, target: str) -> None:
        assert sign_in(Client(), editor.email, data={"next": target})["Location"] == "/"

    def test_the_session_id_changes(self, editor: User) -> None:
        client = Client()
        client.get(LOGIN)
        session = client.session
        session["kept"] = 1
        session.save()
        client.cookies["__Host-session"] = str(session.session_key)
        sign_in(client, editor.email)
        assert client.session.session_key != session.session_key
        assert not Session.objects.filter(pk=session.session_key).exists()

    def test_the_same_answer_for_an_unknown_address_and_a_wrong_password(self, editor: User) -> None:
        def told(email: str) -> list[str]:
            return [str(error) for error in sign_in(Client(), email, "wrong").context["form"].non_field_errors()]

        assert told(editor.email) == told("nobody@chiangmai.example")
        assert len(told(editor.email)) == 1

    def test_an_empty_form_says_what_to_type_at_the_field_and_above(self, db: None) -> None:
        page = Client().post(LOGIN, {}).content.decode()
        assert page.count("Type your password.") + page.count("กรอกรหัสผ่าน") >= 2
        assert " required" not in page

    @pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password"])
    def test_what_is_not_used_has_no_address(self, name: str) -> None:
        with pytest.raises(NoReverseMatch):
            reverse(name)

    def test_signing_out_ends_the_session(self, editor: User) -> None:
        client = Client()
        sign_in(client, editor.email)
        old = client.cookies["__Host-session"].value
        assert client.get(reverse("account_logout")).status_code == 200
        assert is_signed_in(client)
        client.post(reverse("account_logout"))
        client.cookies["__Host-session"] = old
        assert not is_signed_in(client)

    def test_a_post_without_its_token_is_refused(self, editor: User) -> None:
        assert sign_in(Client(enforce_csrf_checks=True), editor.email).status_code == 403


class TestDemoAccounts:
    @pytest.fixture
    def demo(self, chiang_mai: Province) -> User:
        return person("editor.chiangmai@demo.example", Role.OFFICE_EDITOR, province=chiang_mai, is_demo=True)

    def test_refused_in_production(self, demo: User, settings: Any) -> None:
        settings.LOCAL = False
        client = Client()
        answer = sign_in(client, demo.email)
        assert (answer.status_code, answer["Location"]) == (302, reverse("account_inactive"))
        assert not is_signed_in(client)
        assert authenticate(RequestFactory().post(LOGIN), email=demo.email, password=PASSWORD) is None

    def test_let_in_on_ones_own_machine(self, demo: User, settings: Any) -> None:
        settings.LOCAL = True
        client = Client()
        sign_in(client, demo.email)
        assert is_signed_in(client)

    def test_a_session_from_there_is_worth_nothing_here(self, demo: User, settings: Any) -> None:
        settings.LOCAL = True
        client = signed_in(demo)
        assert is_signed_in(client)
        settings.LOCAL = False
        assert not is_signed_in(client)

    def test_no_reset_mail_in_production(self, demo: User, settings: Any) -> None:
        settings.LOCAL = False
        Client().post(reverse("account_reset_password"), {"email": demo.email})
        assert "/accounts/password/reset/key/" not in mail.outbox[0].body

    def test_listed_on_the_sign_in_page_in_the_demonstration_only(self, demo: User, settings: Any) -> None:
        assert demo.email not in Client().get(LOGIN).content.decode()
        settings.DEMO = settings.LOCAL = True
        page = Client().get(LOGIN).content.decode()
        assert demo.email in page
        assert settings.DEMO_PASSWORD in page


class TestThrottling:
    def fail(self, email: str, times: int, **extra: Any) -> Any:
        for _attempt in range(times):
            answer = sign_in(Client(), email, "wrong", **extra)
        return answer

    def test_the_fifth_failure_locks_and_the_page_says_until_when(self, editor: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-03T10:00:00+07:00", tick=False)
        assert self.fail(editor.email, 4).status_code == 200
        answer = self.fail(editor.email, 1)
        assert answer.status_code == 429
        assert "10:15" in answer.content.decode()
        assert sign_in(Client(), editor.email).status_code == 429
        time_machine.move_to("2026-08-03T10:15:01+07:00", tick=False)
        client = Client()
        sign_in(client, editor.email)
        assert is_signed_in(client)

    def test_trying_while_locked_does_not_lengthen_the_lock(self, editor: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-03T10:00:00+07:00", tick=False)
        self.fail(editor.email, 5)
        time_machine.move_to("2026-08-03T10:14:00+07:00", tick=False)
        answer = self.fail(editor.email, 1)
        assert answer.status_code == 429
        assert "10:15" in answer.content.decode()

    def test_four_typos_and_the_right_password_start_again_at_none(self, editor: User) -> None:
        self.fail(editor.email, 4)
        sign_in(Client(), editor.email)
        assert self.fail(editor.email, 4).status_code == 200
        assert AccessAttempt.objects.get().failures_since_start == 4

    def test_forty_people_behind_one_address_one_of_them_failing(self, chiang_mai: Province) -> None:
        office = [
            person(f"person{number}@chiangmai.example", Role.OFFICE_EDITOR, province=chiang_mai) for number in range(40)
        ]
        assert self.fail(office[0].email, 5, REMOTE_ADDR="203.0.113.7").status_code == 429
        others = []
        for colleague in office[1:]:
            client = Client(REMOTE_ADDR="203.0.113.7")
            assert sign_in(client, colleague.email, "one typo").status_code == 200
            sign_in(client, colleague.email)
            others.append(is_signed_in(client))
        assert others == [True] * 39
        assert sign_in(Client(), office[0].email, REMOTE_ADDR="203.0.113.7").status_code == 429
        elsewhere = Client(REMOTE_ADDR="203.0.113.8")
        sign_in(elsewhere, office[0].email)
        assert is_signed_in(elsewhere)

    def test_capital_letters_do_not_make_another_account(self, editor: User) -> None:
        self.fail(editor.email, 4)
        assert self.fail(editor.email.upper(), 1).status_code == 429

    def test_a_forged_forwarded_for_does_not_help(self, editor: User) -> None:
        for number in range(5):
            answer = sign_in(Client(), editor.email, "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
        assert answer.status_code == 429

    def test_nor_behind_a_proxy_of_ours(self, editor: User, settings: Any) -> None:
        settings.PROXY_COUNT = 1
        for number in range(5):
            forged = f"198.51.100.{number}, 203.0.113.9"
            answer = sign_in(Client(), editor.email, "wrong", HTTP_X_FORWARDED_FOR=forged, REMOTE_ADDR="10.0.0.1")
        assert answer.status_code == 429
        assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"203.0.113.9"}

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "counts"),
        [
            (0, "198.51.100.1", "10.0.0.1"),
            (1, "198.51.100.1", "198.51.100.1"),
            (1, "192.0.2.66, 198.51.100.1", "198.51.100.1"),
            (2, "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            (2, "198.51.100.1", "10.0.0.1"),
            (1, "not an address", "10.0.0.1"),
            (1, "", "10.0.0.1"),
            (1, "2001:db8::1", "2001:db8::1"),
        ],
    )
    def test_which_hop_counts(self, proxies: int, forwarded: str, counts: str, settings: Any) -> None:
        settings.PROXY_COUNT = proxies
        request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.1")
        assert client_address(request) == counts

    def test_one_account_from_many_addresses_has_a_ceiling_too(self, editor: User) -> None:
        for number in range(20):
            sign_in(Client(), editor.email, "wrong", REMOTE_ADDR=f"198.51.100.{number}")
        client = Client(REMOTE_ADDR="198.51.100.200")
        sign_in(client, editor.email)
        assert not is_signed_in(client)

    def test_one_address_trying_many_accounts_has_a_ceiling(self, editor: User) -> None:
        for number in range(60):
            sign_in(Client(), f"guess{number}@chiangmai.example", "wrong")
        client = Client()
        sign_in(client, editor.email)
        assert not is_signed_in(client)

    def test_a_new_password_by_mail_ends_the_lock(self, editor: User) -> None:
        self.fail(editor.email, 5)
        client = Client()
        set_by_mail(client, editor.email, "seven grey herons at noon")
        sign_in(client, editor.email, "seven grey herons at noon")
        assert is_signed_in(client)

    def test_no_password_is_kept_with_the_attempts(self, editor: User) -> None:
        sign_in(Client(), editor.email, "a very secret slip")
        attempt = AccessAttempt.objects.get()
        assert "a very secret slip" not in f"{attempt.post_data} {attempt.get_data}"


def set_by_mail(client: Client, email: str, password: str) -> Any:
    client.post(reverse("account_reset_password"), {"email": email})
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found
    form = client.get(found[1], follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


class TestNewPassword:
    def test_by_mail_in_thai_with_english_below(self, editor: User) -> None:
        client = Client()
        other = signed_in(editor)
        answer = set_by_mail(client, editor.email, "seven grey herons at noon")
        assert answer["Location"] == reverse("account_reset_password_from_key_done")
        assert not is_signed_in(other)
        body = mail.outbox[0].body
        assert body.count("http://testserver/accounts/password/reset/key/") == 2
        assert body.index("Dear") > len(body) // 3

    def test_a_link_works_once(self, editor: User) -> None:
        client = Client()
        set_by_mail(client, editor.email, "seven grey herons at noon")
        link = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
        assert link
        assert Client().get(link[1], follow=True).context["token_fail"] is True

    def test_the_same_page_for_an_unknown_address(self, editor: User) -> None:
        known = Client().post(reverse("account_reset_password"), {"email": editor.email})
        unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@chiangmai.example"})
        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
        assert "/reset/key/" not in mail.outbox[1].body

    def test_whoever_has_not_joined_uses_the_invitation(self, editor: User) -> None:
        editor.set_unusable_password()
        editor.save()
        Client().post(reverse("account_reset_password"), {"email": editor.email})
        assert "/reset/key/" not in mail.outbox[0].body

    def test_links_start_with_base_url_whatever_host_is_claimed(self, editor: User, settings: Any) -> None:
        settings.BASE_URL = "https://standards.example"
        settings.ALLOWED_HOSTS = ["*"]
        Client().post(reverse("account_reset_password"), {"email": editor.email}, HTTP_HOST="evil.example")
        assert "evil.example" not in mail.outbox[0].body
        assert "https://standards.example/accounts/" in mail.outbox[0].body

    def test_changing_it_ends_the_other_sessions_only(self, editor: User) -> None:
        here, there = signed_in(editor), signed_in(editor)
        new = "seven grey herons at noon"
        answer = here.post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )
        assert answer["Location"] == reverse("profile")
        assert (is_signed_in(here), is_signed_in(there)) == (True, False)

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("elevenchars", "password_too_short"),
            ("password1234", "password_too_common"),
            ("editor@chiangmai.example", "password_too_similar"),
            ("พมจเชียงใหม่2569", "password_ministry_words"),
            ("PMJ-ChiangMai-2569!", "password_ministry_words"),
            ("m-society 12345678", "password_ministry_words"),
        ],
    )
    def test_refused(self, editor: User, password: str, code: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            validate_password(password, editor)
        assert code in {error.code for error in refusal.value.error_list}

    @pytest.mark.parametrize(
        "password", ["twelve chars", "ข้าวเหนียวมะม่วงสามจาน", "x" + "long sentence " * 9, "pmj walks by the river"]
    )
    def test_accepted_without_rules_of_composition(self, editor: User, password: str) -> None:
        validate_password(password, editor)  # raises what it refuses


class TestSecondFactor:
    def set_up(self, client: Client, password: str = PASSWORD) -> str:
        """Turn it on as a person does; the secret."""
        client.post(reverse("account_reauthenticate"), {"password": password})
        page = client.get(reverse("mfa_activate_totp"))
        secret = page.context["form"].secret
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
        assert answer["Location"] == reverse("mfa_view_recovery_codes")
        return str(secret)

    def test_turning_it_on_needs_the_password_again(self, as_editor: Client) -> None:
        answer = as_editor.get(reverse("mfa_activate_totp"))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))

    def test_asked_after_the_password_and_each_code_opens_once(self, editor: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-03T10:00:05+07:00", tick=False)
        secret = self.set_up(signed_in(editor))
        time_machine.move_to("2026-08-03T10:01:05+07:00", tick=False)
        client = Client()
        answer = sign_in(client, editor.email, data={"next": "/me/"})
        assert answer["Location"].startswith(reverse("mfa_authenticate"))
        assert not is_signed_in(client)
        code = code_now(secret)
        answer = client.post(reverse("mfa_authenticate"), {"code": f" {code[:3]} {code[3:]} "})
        assert answer["Location"] == "/me/"
        assert is_signed_in(client)
        again = Client()
        sign_in(again, editor.email)
        assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
        assert not is_signed_in(again)

    def test_thai_digits_are_digits(self, editor: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-03T10:00:05+07:00", tick=False)
        secret = self.set_up(signed_in(editor))
        time_machine.move_to("2026-08-03T10:01:05+07:00", tick=False)
        client = Client()
        sign_in(client, editor.email)
        client.post(
            reverse("mfa_authenticate"), {"code": code_now(secret).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))}
        )
        assert is_signed_in(client)

    def test_a_recovery_code_opens_once(self, editor: User) -> None:
        here = signed_in(editor)
        self.set_up(here)
        code = here.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
        tries = []
        for _attempt in range(2):
            client = Client()
            sign_in(client, editor.email)
            client.post(reverse("mfa_authenticate"), {"code": code})
            tries.append(is_signed_in(client))
        assert tries == [True, False]

    def test_secrets_are_not_readable_in_the_database(self, editor: User) -> None:
        secret = self.set_up(signed_in(editor))
        rows = [str(data) for data in Authenticator.objects.values_list("data", flat=True)]
        assert len(rows) == 2
        assert not any(secret in row for row in rows)
        seed = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).data["seed"]
        assert seed.startswith("gAAAA")

    def test_an_earlier_key_still_opens_and_a_lost_one_is_an_incorrect_code(
        self, editor: User, settings: Any, time_machine: Any
    ) -> None:
        time_machine.move_to("2026-08-03T10:00:05+07:00", tick=False)
        secret = self.set_up(signed_in(editor))
        time_machine.move_to("2026-08-03T10:01:05+07:00", tick=False)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "another key that signs nothing outside the tests 9876543210"
        client = Client()
        sign_in(client, editor.email)
        answer = client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
        words = AccountAdapter.error_messages["incorrect_code"]
        assert (answer.status_code, answer.context["form"].errors["code"]) == (200, [words])
        assert not is_signed_in(client)
        settings.SECRET_KEY_FALLBACKS = [old]
        client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
        assert is_signed_in(client)

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.MANAGER, Role.ADMIN])
    def test_central_accounts_see_nothing_without_it_when_it_is_required(
        self, role: Role, settings: Any, db: None
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        client = signed_in(person("central@central.example", role))
        for path in (reverse("profile"), reverse("people_list")):
            assert client.get(path)["Location"] == reverse("mfa_activate_totp")
        assert client.post(reverse("session_keep"))["Location"] == reverse("mfa_activate_totp")
        self.set_up(client)
        assert is_signed_in(client)

    @pytest.mark.parametrize(("required", "said"), [(True, 1), (False, 0)])
    def test_its_page_says_that_it_is_needed_only_where_it_is(
        self, manager: User, settings: Any, *, required: bool, said: int
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = required
        client = signed_in(manager)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        assert page.count("บัญชีของส่วนกลางต้องเปิดการยืนยันตัวตนขั้นที่สอง") == said

    def test_not_asked_of_an_office_nor_where_it_is_not_required(
        self, editor: User, manager: User, settings: Any
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        assert is_signed_in(signed_in(editor))
        settings.REQUIRE_SECOND_FACTOR = False
        assert is_signed_in(signed_in(manager))

    def test_turning_it_off_while_required_leads_back_to_setting_it_up(self, manager: User, settings: Any) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        client = signed_in(manager)
        self.set_up(client)
        assert is_signed_in(client)
        client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.count() == 0
        assert client.get(reverse("profile"))["Location"] == reverse("mfa_activate_totp")

    def test_pages_of_the_second_factor_are_in_our_frame(self, as_editor: Client) -> None:
        self.set_up(as_editor)
        for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
            page = as_editor.get(reverse(name))
            assert page.status_code == 200
            assert 'class="site-header"' in page.content.decode()
        assert as_editor.get(reverse("mfa_download_recovery_codes")).content.decode().count("\n") == 10
