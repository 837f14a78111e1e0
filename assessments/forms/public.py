"""What anybody may choose on the public page, and what a manager confirms before it is switched on."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from assessments.queries.country import OVERALL


class PublicForm(forms.Form):
    """Language and part of the map, from the address alone. What is not offered counts as not chosen."""

    use_required_attribute = False

    lang = forms.ChoiceField(required=False, choices=settings.LANGUAGES)
    show = forms.RegexField(r"^[0-9]\Z", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    @property
    def language(self) -> str:
        return self.cleaned_data.get("lang") or settings.LANGUAGE_CODE

    @property
    def part(self) -> str:
        """A dimension's number, which the edition may not have, or the whole."""
        return self.cleaned_data.get("show") or OVERALL


class PublicPageForm(forms.Form):
    """Switching the public page of a round on."""

    use_required_attribute = False
    prefix = "public"

    confirmed = forms.BooleanField(
        label=gettext_lazy("Show the published levels of this year to everybody."),
        error_messages={"required": gettext_lazy("Tick the confirmation before you switch the public page on.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix=self.prefix)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
