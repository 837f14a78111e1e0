"""Filters of our own: Buddhist dates, numbers, levels."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from assessments import calendar
from indicators import thai
from indicators.scoring import LEVELS, SCORE_LABELS, Level

register = template.Library()

_LEVELS = {level.code: level for level in LEVELS}
# A mark beside each level's word and colour, so that none depends on colour.
_MARKS = {"good": "▲▲", "fairly_good": "▲", "should_improve": "●", "must_improve": "▼", "urgent": "▼▼"}


@register.filter
def be_long(day: date | datetime | None) -> str:
    """22 พฤศจิกายน 2569."""
    return calendar.long_date(_day(day)) if day else ""


@register.filter
def be_short(day: date | datetime | None) -> str:
    """22 พ.ย. 2569."""
    return calendar.short_date(_day(day)) if day else ""


@register.filter
def be_moment(moment: datetime | None) -> str:
    """22 พ.ย. 2569 14:32 น."""
    return calendar.moment_text(moment) if moment else ""


@register.filter
def clock(moment: datetime | None) -> str:
    """14:32 น."""
    return calendar.clock(moment) if moment else ""


def _day(day: date | datetime) -> date:
    return calendar.day_of(day) if isinstance(day, datetime) else day


@register.filter
def figure(value: Decimal | int | None) -> str:
    """1200 as 1,200 and 7.50 as 7.5; empty for None."""
    return "" if value is None else thai.number(value)


@register.filter
def baht(amount: Decimal) -> str:
    """1234.5 as 1,234.50, without satang where there are none: 1,200."""
    text = f"{thai.rounded(amount, 2):,f}"
    return text.removesuffix(".00")


@register.filter
def level(code: str) -> Level:
    return _LEVELS[code]


@register.filter
def level_name(level_: Level) -> str:
    return level_.name_en if get_language() == "en" else level_.name


@register.filter
def level_mark(code: str) -> str:
    return _MARKS[code]


@register.filter
def score_label(score: Decimal | None) -> str:
    """ดี, ค่อนข้างดี, ... the printed label of one of the five scores."""
    return "" if score is None else SCORE_LABELS[score.normalize() if score else Decimal(0)]


@register.filter
def get(mapping: dict[Any, Any] | None, key: Any) -> Any:
    """The value under a key that is itself a variable; None when it, or the mapping, is not there."""
    return mapping.get(key) if mapping else None
