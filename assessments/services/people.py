"""Inviting people, changing what they may do, ending their access. Every act leaves one line in the log."""

import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from allauth.mfa.models import Authenticator
from axes.utils import reset as unlock
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.access import has
from assessments.links import link_to
from assessments.models import Invitation, LogEntry, Province, SupportOffice, User
from assessments.services.base import Refused, unless_taken
from assessments.services.support import NUMBERS
from assessments.workflow import OFFICE_ROLES, Right, Role
from indicators.thai import clean

logger = logging.getLogger("pmj.accounts")

ADDRESS_TAKEN = gettext_lazy("There is an account with this e-mail address already; look for it in the list.")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was just made. The link is nowhere else: only the hash of its token is kept."""

    person: User
    link: str
    mailed: bool


def invite(
    *,
    email: str,
    full_name: str,
    role: Role,
    by: User | None,
    province: Province | None = None,
    support_number: int | None = None,
) -> Invited:
    """Make an account without a password and mail its owner a one-time link; raises Refused.

    `by` is None only for the first account, made on the server's command line.
    """
    with transaction.atomic():
        _refuse_rights(by, role)
        email = email.strip().lower()
        with unless_taken(User.objects.filter(email=email), ADDRESS_TAKEN):
            person = User(email=email)
            person.set_unusable_password()
            _assign(person, full_name=full_name, role=role, province=province, support_number=support_number)
            person.save()
        link, invitation = _new_link(person, by)
        _log("invite", person, by, {"role": role.value, "office": _office(person)})
    return Invited(person, link, _mail(invitation, link))


def invite_again(*, person: User, by: User) -> Invited:
    """Give a person a new link to set a password; links from before stop working. Raises Refused."""
    with transaction.atomic():
        person = _lock(person, by=by)
        if not person.is_active:
            raise Refused(_("This account is deactivated; reactivate it first."))
        _revoke_open(person)
        link, invitation = _new_link(person, by)
        _log("invite_again", person, by, {})
    return Invited(person, link, _mail(invitation, link))


@transaction.atomic
def revoke(*, person: User, by: User) -> None:
    """Take back the open invitation of a person who has not joined yet; raises Refused."""
    person = _lock(person, by=by)
    if not _revoke_open(person):
        raise Refused(_("There is no open invitation to take back."))
    _log("revoke_invitation", person, by, {})


def invitation_of(token: str) -> Invitation | None:
    """The invitation of a link, in whatever state it is."""
    return Invitation.objects.select_related("user__province").filter(token_hash=_hash(token)).first()


def why_closed(invitation: Invitation | None) -> str:
    """Why a link cannot be used, as a sentence for the invited person; empty while it can."""
    if invitation is None:
        return _("This link is not known. Check that the whole link was copied, or ask who invited you for a new one.")
    if invitation.used_at:
        return _("This link was used already. Sign in with the password that you set, or reset it if you forgot it.")
    if invitation.revoked_at or not invitation.user.is_active:
        return _("This invitation was taken back, or a newer link has replaced it. Use the newest one that you got.")
    if invitation.expires_at <= timezone.now():
        return _("This link has expired. Ask who invited you for a new one.")
    return ""


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> User:
    """Set the first password by a link, once; raises Refused. The password was judged by the form."""
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(token_hash=_hash(token)).first()
    reason = why_closed(invitation)
    if invitation is None or reason:
        raise Refused(reason)
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    person = invitation.user
    person.set_password(password)
    person.save(update_fields=["password"])
    unlock(username=person.email)
    _log("accept_invitation", person, person, {})
    return person


@transaction.atomic
def change_person(
    *,
    person: User,
    full_name: str,
    role: Role,
    province: Province | None,
    support_number: int | None,
    by: User,
) -> User:
    """Change name, role and office; raises Refused. It counts from the person's next click."""
    person = _lock(person, by=by)
    if person.pk == by.pk and role != person.role:
        raise Refused(_("Nobody changes their own role; ask another manager."))
    _refuse_rights(by, role)
    old = _facts(person)
    _assign(person, full_name=full_name, role=role, province=province, support_number=support_number)
    person.save()
    new = _facts(person)
    changes = {key: [old[key], new[key]] for key in new if old[key] != new[key]}
    if changes:
        _log("change_person", person, by, changes)
    return person


@transaction.atomic
def deactivate(*, person: User, by: User) -> User:
    """Close an account: its sessions end with their next request, its open invitation is void. Raises Refused."""
    person = _lock(person, by=by)
    if person.pk == by.pk:
        raise Refused(_("Nobody deactivates their own account; ask another manager."))
    if person.is_active:
        person.is_active = False
        _end_sessions(person)
        person.save(update_fields=["is_active"])
        _revoke_open(person)
        _log("deactivate", person, by, {})
    return person


@transaction.atomic
def reactivate(*, person: User, by: User) -> User:
    """Open a closed account again, with the password it had; raises Refused."""
    person = _lock(person, by=by)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        _log("reactivate", person, by, {})
    return person


@transaction.atomic
def remove_second_factor(*, person: User, by: User) -> None:
    """For somebody who lost the phone and the recovery codes; they set it up anew. Raises Refused."""
    person = _lock(person, by=by)
    if person.pk == by.pk:
        raise Refused(_("Change your own second factor on your own page."))
    removed, _rows = Authenticator.objects.filter(user=person).delete()
    if not removed:
        raise Refused(_("This person has no second factor."))
    _end_sessions(person)
    _log("remove_second_factor", person, by, {})


@transaction.atomic
def sign_out_everywhere(*, person: User) -> None:
    """End all sessions of a person, also the one that asks."""
    _end_sessions(User.objects.select_for_update().get(pk=person.pk))
    _log("sign_out_everywhere", person, person, {})


def _lock(person: User, *, by: User) -> User:
    person = User.objects.select_for_update(of=("self",)).select_related("province", "support_office").get(pk=person.pk)
    _refuse_rights(by, Role(person.role))
    return person


def _refuse_rights(by: User | None, role: Role) -> None:
    """Managers look after everybody except system admins: who may make an admin is an admin."""
    if by is None:
        return
    decision = has(by, Right.MANAGE_PEOPLE)
    if not decision:
        raise Refused(decision.reason)
    if role == Role.ADMIN and by.role != Role.ADMIN:
        raise Refused(_("Only a system admin can make or change the account of a system admin."))


def _assign(person: User, *, full_name: str, role: Role, province: Province | None, support_number: int | None) -> None:
    person.full_name = clean(full_name)
    person.role = role
    person.province = province if role in OFFICE_ROLES else None
    person.support_office = None
    if role == Role.SUPPORTER and support_number is not None:
        if support_number not in NUMBERS:
            raise Refused(_("The number of a support office is 1 to 12."))
        person.support_office, _made = SupportOffice.objects.get_or_create(number=support_number)
    try:
        # That an address is there once is asked by `invite` in its own words.
        person.full_clean(exclude=["password"], validate_unique=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


def _new_link(person: User, by: User | None) -> tuple[str, Invitation]:
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    invitation = Invitation.objects.create(
        user=person,
        token_hash=_hash(token),
        invited_by=by or person,
        invited_at=now,
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
    )
    return link_to("invitation_accept", token), invitation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _mail(invitation: Invitation, link: str) -> bool:
    """Whether the mail went out. Outside the transaction: a slow mail server must not hold the database."""
    context = {"person": invitation.user, "link": link, "expires_at": invitation.expires_at}
    subject = render_to_string("people/mail/invitation_subject.txt", context)
    message = render_to_string("people/mail/invitation_message.txt", context)
    try:
        send_mail(" ".join(subject.split()), message, None, [invitation.user.email])
    except (OSError, SMTPException):
        logger.exception("The invitation of account %s could not be mailed", invitation.user_id)
        return False
    return bool(settings.EMAIL_URL)


def _revoke_open(person: User) -> int:
    open_ones = Invitation.objects.filter(user=person, used_at=None, revoked_at=None)
    return open_ones.update(revoked_at=timezone.now())


def _end_sessions(person: User) -> None:
    person.session_number += 1
    person.save(update_fields=["session_number"])


def _office(person: User) -> str | None:
    if person.province:
        return person.province.iso
    return str(person.support_office) if person.support_office else None


def _facts(person: User) -> dict[str, Any]:
    return {"full_name": person.full_name, "role": str(person.role), "office": _office(person)}


def _log(what: str, person: User, by: User | None, details: Mapping[str, Any]) -> None:
    LogEntry.objects.create(what=what, about=person.email, details=dict(details), by=by)
