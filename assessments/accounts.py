"""How people come in: nobody signs up, who is invited gets in; guessing is slowed down, account by account."""

import base64
import hashlib
import ipaddress
import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.models import AccessAttempt
from axes.utils import reset as unlock
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from assessments.links import whole
from assessments.models import Kind, User
from assessments.models.trail import record

logger = logging.getLogger("pmj.accounts")


def may_sign_in(user: User) -> bool:
    """Demo accounts have a password that everybody knows: they exist on one's own machine only."""
    return user.is_active and (settings.LOCAL or not user.is_demo)


class Backend(AuthenticationBackend):
    """By e-mail address and password. Asked again at each request, so a deactivated person is out at once."""

    def user_can_authenticate(self, user: User) -> bool:
        return may_sign_in(user)

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, with the office that every page names. One query."""
        try:
            user = User.objects.select_related("province").get(pk=user_id)
        except User.DoesNotExist:
            return None
        return user if may_sign_in(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation only; links in mails start with BASE_URL, whatever host a request names."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both; capital letters count in the password."
        ),
        "too_many_login_attempts": _("Too many failed attempts. Wait 10 minutes, or set a new password."),
        "rate_limited": _("Too many attempts in a short time. Wait a minute, then try again."),
        "enter_current_password": _("This is not your current password; type it again."),
        "incorrect_password": _("This is not your password; type it again."),
        "incorrect_code": _("This code is not right or was used already. Wait for the next code and type that one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """The last gate of every way in: a password, a second factor, a reset password."""
        return None if may_sign_in(user) else redirect("account_inactive")

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        record(Kind.SIGN_IN, "login", by=user, facts={"address": client_address(request)})

    def logout(self, request: HttpRequest) -> None:
        person = request.user
        super().logout(request)
        if isinstance(person, User):
            record(Kind.SIGN_IN, "logout", by=person, facts={"address": client_address(request)})

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The account is named by its number alone: in the place of an unknown address somebody may have typed a
        password."""
        account = User.objects.filter(email=login_name(request, credentials)).values_list("pk", flat=True).first()
        about = f"person:{account}" if account else ""
        record(Kind.SIGN_IN, "login_failed", by=None, about=about, facts={"address": client_address(request)})

    def set_password(self, user: User, password: str) -> None:
        """Whoever could set a new password has proved the account: earlier failed attempts no longer lock it."""
        super().set_password(user, password)
        unlock(username=user.email)
        record(Kind.PEOPLE, "password_set", by=user, facts={})

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or ""

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return whole(path.replace("UID-KEY", key))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down must not turn a page into an error (nor tell who has an account)."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("Mail %s could not be sent", template_prefix)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are encrypted in the database: a copy of it alone opens no account.

    The key comes from SECRET_KEY; SECRET_KEY_FALLBACKS opens what earlier keys closed."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    secrets = [force_str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    keys = [hashlib.sha256(f"second factor {secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def client_address(request: HttpRequest) -> str | None:
    """The address that counts for throttling: what our own outermost proxy saw, never what the person claims.

    With PROXY_COUNT proxies of ours, the n-th entry of X-Forwarded-For from the right is theirs; all before it
    was sent along by the client and may be forged.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    count = settings.PROXY_COUNT
    if count and len(hops) >= count:
        try:
            return str(ipaddress.ip_address(hops[-count].strip()))
        except ValueError:
            pass
    return request.META.get("REMOTE_ADDR") or None


def login_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The e-mail address of an attempt to sign in, as failures are counted: lower case, without spaces."""
    given = credentials or request.POST
    name = given.get("email") or given.get("login") or given.get("username") or ""
    return str(name).strip().lower() or None


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Too many failed sign-ins for this account from this address: say so, and until when."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    name = login_name(request, credentials)
    attempts = AccessAttempt.objects.filter(username=name, ip_address=client_address(request))
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first() or timezone.now()
    context = {"until": last + cool_off, "minutes": int(cool_off.total_seconds() // 60)}
    return render(request, "account/locked.html", context, status=429)
