"""The one form of the handbook: its search."""

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.thai import clean


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search the standard"),
        required=False,
        max_length=200,
        error_messages={"max_length": _("Search with at most 200 characters; a word or two are enough.")},
    )

    def clean_q(self) -> str:
        return clean(self.cleaned_data["q"])
