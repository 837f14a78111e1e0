"""Marking notices as seen, and switching the daily mail on and off."""

from datetime import UTC, datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SeenForm(forms.Form):
    """Which notices: one group, or all where it is empty, as they were when the page was made (`until`, seconds)."""

    use_required_attribute = False
    notice = forms.CharField(required=False, strip=False, max_length=400, widget=forms.HiddenInput)
    until = forms.FloatField(min_value=0, widget=forms.HiddenInput)

    def clean_until(self) -> datetime:
        """What a page says of the future counts as now."""
        now = timezone.now()
        seconds = min(self.cleaned_data["until"], now.timestamp())
        return datetime.fromtimestamp(seconds, UTC)


class MailsForm(forms.Form):
    use_required_attribute = False
    mails_wanted = forms.BooleanField(
        label=_("Mail me once a day what is new"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
