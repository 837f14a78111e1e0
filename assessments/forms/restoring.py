"""The form that confirms the use of an earlier answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


class RestoreForm(forms.Form):
    """`version` is the answer's when the page was opened: the base that a stale save is refused by."""

    version = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Open this page again from the history of the answer.")},
    )

    def __init__(self, data: Any = None, *, version: int) -> None:
        super().__init__(data, initial={"version": version})
