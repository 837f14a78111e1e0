"""Filters of starting the year."""

from datetime import date

from django import template

from assessments.calendar import fiscal_year

register = template.Library()


@register.filter
def outside_year(day: date | None, year: int) -> bool:
    """Whether a document's date lies in another fiscal year (1 October to 30 September) than this one."""
    return day is not None and fiscal_year(day) != year
