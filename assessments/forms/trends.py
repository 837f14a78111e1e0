"""What a person may choose on the pages over the years. A value that is not offered counts as not chosen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.queries.country import OVERALL, VALUES
from assessments.queries.trends import History
from assessments.queries.values import FINAL


class ValueForm(forms.Form):
    """Which of the three values; the final ones unless the address says otherwise."""

    use_required_attribute = False

    value = forms.ChoiceField(label=_("Scores shown"), required=False, choices=[*VALUES.items()])

    @property
    def named_value(self) -> str:
        """Empty where the address names none."""
        self.full_clean()
        return str(self.cleaned_data.get("value", ""))

    @property
    def chosen_value(self) -> str:
        return self.named_value or FINAL


class TrendsForm(ValueForm):
    """Which part of the standard, of which offices, whether also what cannot be compared, and the changes of which
    year."""

    show = forms.ChoiceField(label=_("Part of the standard"), required=False)
    place = forms.ChoiceField(label=_("Offices"), required=False)
    all = forms.BooleanField(label=_("Show also years that cannot be compared"), required=False)
    year = forms.TypedChoiceField(label=_("Changes into fiscal year"), coerce=int, required=False)

    def __init__(self, data: Any, *, history: History, years: list[int]) -> None:
        super().__init__(data)
        self.history, self.years = history, years
        places = [*(each.code for each in history.regions), *(each.iso for each in history.offices.values())]
        self.fields["show"].choices = [(key, key) for key in history.parts]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", ""), *((place, place) for place in places)]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def part(self) -> str:
        return self.cleaned_data.get("show") or OVERALL

    @property
    def place_kind(self) -> dict[str, str]:
        """The chosen region or province, as the queries take it; nothing for the whole country."""
        place = self.cleaned_data.get("place", "")
        if not place:
            return {}
        return {"region": place} if any(each.code == place for each in self.history.regions) else {"province": place}

    @property
    def also_own(self) -> bool:
        return bool(self.cleaned_data.get("all"))

    @property
    def changes_year(self) -> int:
        """The newest year with a figure unless the address names one; 0 where there is none."""
        return self.cleaned_data.get("year") or (self.years[0] if self.years else 0)
