"""The forms of evidence before anything is put into them: they are the same for everybody."""

from django import template

from assessments.forms.evidence import LinkForm, UploadForm

register = template.Library()


@register.simple_tag
def blank_upload() -> UploadForm:
    return UploadForm()


@register.simple_tag
def blank_link() -> LinkForm:
    return LinkForm()
