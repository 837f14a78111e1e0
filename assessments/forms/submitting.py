"""The head's certification."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CertifyForm(forms.Form):
    """One tick, and the mark of the answers that the page showed; the service refuses a submission without either."""

    use_required_attribute = False
    certified = forms.BooleanField(
        label=_("I have checked these answers and certify that they are true, with evidence that can be examined."),
        error_messages={"required": _("Tick the certification before you submit.")},
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    answers_seen = forms.CharField(required=False, widget=forms.HiddenInput)
