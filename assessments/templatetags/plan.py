"""What the pages of the plan need: a field under a name that is itself a variable, a level in a word."""

from django import forms, template
from django.forms.boundfield import BoundField

from assessments.queries.national import LEVEL_WORDS

register = template.Library()


@register.filter
def field_of(form: forms.Form, name: str) -> BoundField:
    return form[name]


@register.filter
def level_word(code: str) -> str:
    """ดี, ค่อนข้างดี, ...: for narrow columns."""
    return str(LEVEL_WORDS[code])
