"""The demonstration's accounts, for the sign-in page (which is allauth's view)."""

from django import template
from django.conf import settings

from assessments.models import User
from assessments.queries import people

register = template.Library()


@register.simple_tag
def demo_accounts() -> list[User]:
    """The accounts to try the product with; none outside the demonstration."""
    return people.demo_accounts() if settings.DEMO else []


@register.simple_tag
def demo_password() -> str:
    return settings.DEMO_PASSWORD if settings.DEMO else ""
