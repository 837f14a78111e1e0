"""What a person may choose on the country's pages. A value that is not offered counts as not chosen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.queries.country import OVERALL, VALUES, parts_of
from indicators.editions import EditionNode


class CountryForm(forms.Form):
    """Which of the three values, and for the map which part, as its level or as its change."""

    use_required_attribute = False

    value = forms.ChoiceField(label=_("Scores shown"), required=False, choices=[*VALUES.items()])
    show = forms.ChoiceField(label=_("Shown on the map"), required=False)
    change = forms.ChoiceField(
        label=_("As"), required=False, choices=[("", _("Level")), ("1", _("Change since last year"))]
    )

    def __init__(self, data: Any, *, standard: EditionNode) -> None:
        super().__init__(data)
        self.fields["show"].choices = [(key, key) for key in parts_of(standard)]  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def chosen_value(self) -> str:
        """Empty where the address names none."""
        return str(self.cleaned_data.get("value", ""))

    @property
    def part(self) -> str:
        return self.cleaned_data.get("show") or OVERALL

    @property
    def wants_change(self) -> bool:
        return self.cleaned_data.get("change") == "1"


class MatrixForm(forms.Form):
    """Which of the three values, of which region, in which order, from which page."""

    use_required_attribute = False

    value = forms.ChoiceField(label=_("Scores shown"), required=False, choices=[*VALUES.items()])
    region = forms.ChoiceField(label=_("Region"), required=False)
    sort = forms.ChoiceField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)

    def __init__(self, data: Any, *, standard: EditionNode, regions: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["region"].choices = [("", _("All")), *regions]  # type: ignore[attr-defined]
        keys = ["province", OVERALL, *(node.code for node in standard.scored)]
        self.fields["sort"].choices = [(f"{way}{key}", key) for key in keys for way in ("", "-")]  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def chosen_value(self) -> str:
        return str(self.cleaned_data.get("value", ""))

    @property
    def chosen_region(self) -> str:
        return str(self.cleaned_data.get("region", ""))

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or "province"

    @property
    def chosen_page(self) -> int:
        return self.cleaned_data.get("page") or 1
