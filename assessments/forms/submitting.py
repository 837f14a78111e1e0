"""The head's certification."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CertifyForm(forms.Form):
    """One tick; the service refuses a submission without it."""

    use_required_attribute = False
    certified = forms.BooleanField(
        required=False,
        label=_("I have checked these answers and certify that they are true, with evidence that can be examined."),
    )
