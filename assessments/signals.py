"""What allauth tells of second factors goes to the audit trail; its adapters tell the rest (`assessments.accounts`)."""

from typing import Any

from allauth.mfa import signals
from django.dispatch import receiver
from django.http import HttpRequest

from assessments.models import Kind, User
from assessments.models.trail import record


@receiver(signals.authenticator_added)
def factor_added(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    record(Kind.PEOPLE, "factor_added", by=user, facts={"kind": authenticator.type})


@receiver(signals.authenticator_removed)
def factor_removed(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    record(Kind.PEOPLE, "factor_removed", by=user, facts={"kind": authenticator.type})


@receiver(signals.authenticator_reset)
def factor_reset(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    record(Kind.PEOPLE, "factor_reset", by=user, facts={"kind": authenticator.type})


@receiver(signals.authentication_failed)
def code_failed(user: User, **kwargs: Any) -> None:
    record(Kind.SIGN_IN, "code_failed", by=user, facts={})
