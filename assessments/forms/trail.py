"""The filters above the audit trail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from assessments.fields import BuddhistDateField
from assessments.forms.people import ProvinceChoice
from assessments.models import Kind
from assessments.queries.trail import Wanted


class TrailFilterForm(forms.Form):
    """What cannot be read is said at its field and filters nothing."""

    use_required_attribute = False
    search = forms.CharField(label=gettext_lazy("Person (name or e-mail)"), required=False, max_length=100)
    province = ProvinceChoice(label=gettext_lazy("Office"), required=False, empty_label=gettext_lazy("All"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All")), *Kind.choices]
    )
    since = BuddhistDateField(label=gettext_lazy("From day"), required=False)
    until = BuddhistDateField(label=gettext_lazy("To day"), required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        since, until = typed.get("since"), typed.get("until")
        if since and until and until < since:
            self.add_error("until", gettext_lazy("The last day is before the first. Change one of them."))
        return typed

    def wanted(self) -> Wanted:
        self.is_valid()
        typed = self.cleaned_data
        return Wanted(
            search=typed.get("search", ""),
            province=typed.get("province"),
            kind=typed.get("kind", ""),
            since=typed.get("since"),
            until=typed.get("until"),
        )
