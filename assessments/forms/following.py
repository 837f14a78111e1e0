"""What became of one step or finding."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from assessments.forms.moves import ReasonField, Rows
from assessments.models import FollowUp
from assessments.queries.following import Item
from assessments.services.following import seen_of


class FollowUpForm(forms.Form):
    """Many stand on a page, so each has its own ids. After `show_theirs` it is about what a colleague wrote in the
    meantime: sending it again replaces that."""

    use_required_attribute = False

    state = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        choices=FollowUp.choices,
        widget=Rows,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what became of it.")),
    )
    text = ReasonField(
        label=gettext_lazy("What was done, or what is still missing"),
        missing=gettext_lazy("Write what is still missing."),
        required=False,
    )
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, item: Item) -> None:
        row = item.row
        initial = {"state": row.follow_up, "text": row.follow_up_text, "seen": seen_of(row)}
        super().__init__(data, initial=initial, auto_id=f"{item.key}-%s")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("state") in (FollowUp.GOING_ON, FollowUp.NOT_DONE) and found.get("text") == "":
            self.add_error("text", self.fields["text"].error_messages["required"])
        return found

    def show_theirs(self, seen: str) -> None:
        data = cast("Any", self.data).copy()
        data["seen"] = seen
        self.data = data
