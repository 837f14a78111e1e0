"""The form that shares out the review: a line for each part, with who reads it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import User
from assessments.queries.shares import Row, Shares

_CHOOSE = _("Choose somebody with an active account who reviews answers.")


class SharesForm(forms.Form):
    """Who reads each part. `was-<key>` is what the page showed: a line that was not changed is not saved."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, shares: Shares) -> None:
        super().__init__(data)
        self.shares = shares
        choices = [("", "–"), *((str(person.pk), person.full_name) for person in shares.reviewers)]
        for row in shares.rows:
            shown = str(row.reviewer.pk) if row.reviewer and not row.gone else ""
            self.fields[f"who-{row.pk}"] = forms.ChoiceField(
                label=f"{row.code} {row.name}".strip(),
                required=False,
                choices=choices,
                initial=shown,
                widget=forms.Select({"class": "form-select"}),
                error_messages={"invalid_choice": _CHOOSE},
            )
            self.fields[f"was-{row.pk}"] = forms.CharField(
                required=False, max_length=20, initial=shown, widget=forms.HiddenInput
            )

    def lines(self) -> Iterator[tuple[Row, Any, Any]]:
        for row in self.shares.rows:
            yield row, self[f"who-{row.pk}"], self[f"was-{row.pk}"]

    @property
    def wanted(self) -> dict[int, int | None]:
        """What was changed on the page: key of the part to the reviewer's. For a valid form."""
        data, found = self.cleaned_data, {}
        for row in self.shares.rows:
            who = data[f"who-{row.pk}"]
            if f"who-{row.pk}" in self.data and who != data[f"was-{row.pk}"]:
                found[row.pk] = int(who) if who else None
        return found


class SpreadForm(forms.Form):
    """Among whom the rest is spread evenly."""

    use_required_attribute = False

    reviewers = forms.MultipleChoiceField(
        label=_("Among whom"),
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        error_messages={"required": _("Tick at least one reviewer."), "invalid_choice": _CHOOSE},
    )

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        super().__init__(data, initial={"reviewers": [str(each.pk) for each in people if each.role == "reviewer"]})
        self.fields["reviewers"].choices = [(str(each.pk), each.full_name) for each in people]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["reviewers"]]
