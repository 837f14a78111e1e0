"""How colleagues are named to each other."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from assessments.models import User
from assessments.queries.teamwork import Duty

register = template.Library()

# What a name in the register may begin with: a title, a degree or an office; then no คุณ stands before it.
_TITLES = ("คุณ", "นาย", "นาง", "น.ส.", "ว่าที่", "ดร.", "ผศ.", "รศ.", "ม.ร.ว.", "ม.ล.", "พมจ.", "หัวหน้า", "เจ้าหน้าที่")


@register.filter
def polite(name: str) -> str:
    """คุณ before a bare Thai name, as one speaks of a colleague."""
    if get_language() == "en" or name.startswith(_TITLES) or not name or name[0].isascii():
        return name
    return f"คุณ{name}"


@register.filter
def owned_by(duty: Duty | None, user: User) -> bool:
    """Whether an indicator is this person's own to answer."""
    return duty is not None and duty.person == user


@register.filter
def total(counts: Mapping[str, int]) -> int:
    return sum(counts.values())
