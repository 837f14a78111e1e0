"""Whether an indicator is open after a return with questions."""

from django import template

from assessments.access import not_asked
from assessments.models import Assessment

register = template.Library()


@register.filter
def asks(assessment: Assessment, code: str) -> bool:
    """`assessment|asks:node.code`: whether the office may correct this one, as far as the last return goes."""
    return assessment.is_asked(code)


@register.filter
def only_asked(assessment: Assessment) -> str:
    """The sentence that says what is asked, and that all else is locked."""
    return not_asked(assessment)
