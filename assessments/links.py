"""Addresses as they stand in mails: whole, starting where people reach the product."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def whole(path: str) -> str:
    """The address of a path of ours; BASE_URL may end in a slash or not."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def link_to(name: str, *args: Any) -> str:
    """The whole address of a named page."""
    return whole(reverse(name, args=args))
