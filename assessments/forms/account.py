"""The forms of signing in, in our own words. What they do is allauth's."""

import logging
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as totp_forms
from cryptography.fernet import InvalidToken
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.accounts import may_sign_in
from assessments.models import User
from indicators import thai

logger = logging.getLogger("pmj.accounts")

NEW_PASSWORD_HINT = _("At least 12 characters. A short sentence is easy to remember; signs and digits are not needed.")
WORDS = {
    "login": (_("E-mail address"), _("Type your e-mail address, for example name@office.go.th.")),
    "email": (_("E-mail address"), _("Type your e-mail address, for example name@office.go.th.")),
    "password": (_("Password"), _("Type your password.")),
    "oldpassword": (_("Your password now"), _("Type the password that you use now.")),
    "password1": (_("New password"), _("Type the new password.")),
    "password2": (_("New password once more"), _("Type the new password once more.")),
    "code": (_("Code from the app"), _("Type the six digits that the app shows now.")),
}


class Worded:
    """Our labels and messages, no placeholders, and the browser's own checks off."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            if name in WORDS:
                field.label, message = WORDS[name]
                field.error_messages |= {"required": message, "invalid": message}
                for validator in field.validators:
                    if hasattr(validator, "message"):
                        validator.message = message
            field.help_text = NEW_PASSWORD_HINT if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)


class SamePasswords(Worded):
    """Two passwords that differ, said in our own words."""

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = forms.Form.clean(self) or {}  # type: ignore[arg-type]
        first, second = typed.get("password1"), typed.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ; type both again."))  # type: ignore[attr-defined]
        return typed


class LoginForm(Worded, allauth_forms.LoginForm):
    pass


class ReauthenticateForm(Worded, allauth_forms.ReauthenticateForm):
    pass


class ChangePasswordForm(SamePasswords, allauth_forms.ChangePasswordForm):
    pass


class ResetPasswordKeyForm(SamePasswords, allauth_forms.ResetPasswordKeyForm):
    pass


class ResetPasswordForm(Worded, allauth_forms.ResetPasswordForm):
    """A link for those who may sign in and have a password; for anybody else a mail that says why there is none."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[User] = [user for user in self.users if may_sign_in(user) and user.has_usable_password()]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        if self.users:
            return str(super().save(request, **kwargs))
        email: str = self.cleaned_data["email"]
        get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class CodeForm(Worded):
    """A code in digits of either script, with or without spaces."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        self.cleaned_data["code"] = thai.squeeze(self.cleaned_data["code"])  # type: ignore[attr-defined]
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except InvalidToken:
            # The secret was written with a key that is neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS.
            logger.exception("A second factor cannot be read with the keys of this server")
            raise mfa_adapter().validation_error("incorrect_code") from None


class AuthenticateForm(CodeForm, factor_forms.AuthenticateForm):
    pass


class FactorReauthenticateForm(CodeForm, factor_forms.ReauthenticateForm):
    pass


class ActivateForm(CodeForm, totp_forms.ActivateTOTPForm):
    pass
