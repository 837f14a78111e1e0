"""What a person may choose on the list of offices. A value that is not offered counts as not chosen."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.calendar import today
from assessments.models import Region, Round
from assessments.queries.national import COLUMNS, LEVEL_WORDS, STATUSES, VALUE_WORDS
from indicators.thai import clean

# How a column's two orders are called: names and stages in their order, figures by size, days by time.
_IN_ORDER = (_("%(column)s, in order"), _("%(column)s, in reverse order"))
_BY_SIZE = (_("%(column)s, lowest first"), _("%(column)s, highest first"))
_BY_TIME = (_("%(column)s, earliest first"), _("%(column)s, latest first"))
_ORDER_WORDS = {"province": _IN_ORDER, "region": _IN_ORDER, "status": _IN_ORDER, "submitted": _BY_TIME}


def _orders() -> list[tuple[str, str]]:
    """Every order and its words: the select stands where a phone shows no column heads to sort by."""
    found = []
    for key, column in COLUMNS.items():
        for order, words in zip((key, f"-{key}"), _ORDER_WORDS.get(key, _BY_SIZE), strict=True):
            found.append((order, words % {"column": column}))
    return found


class NationalFilter(forms.Form):
    """Round, filters and order, from the address."""

    use_required_attribute = False

    round = forms.TypedChoiceField(label=_("Round"), coerce=int, required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *((key, word) for key, word in STATUSES.items())]
    )
    level = forms.ChoiceField(
        label=_("Level of dimensions 2–4"),
        required=False,
        choices=[("", _("All")), *((key, word) for key, word in LEVEL_WORDS.items())],
    )
    value = forms.ChoiceField(
        label=_("Scores shown"),
        required=False,
        choices=[("", _("The latest of each office")), *((key, word) for key, word in VALUE_WORDS.items())],
    )
    search = forms.CharField(label=_("Province"), required=False, max_length=100)
    sort = forms.ChoiceField(label=_("Sorted by"), required=False, choices=_orders)

    def __init__(self, data: Any, *, rounds: Sequence[Round], regions: Sequence[Region]) -> None:
        super().__init__(data)
        self.rounds = {round_.year: round_ for round_ in rounds}
        self.fields["round"].choices = [(round_.year, str(round_)) for round_ in rounds]  # type: ignore[attr-defined]
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((region.code, region.name) for region in regions),
        ]
        for name in ("round", "region", "status", "level", "value", "sort"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["search"].widget.attrs["class"] = "form-control"
        self.full_clean()
        if "round" not in self.errors and not self.cleaned_data["round"]:
            # The select names the round that is shown: else it stood on the newest, and the next filter led there.
            self.data = {**dict(self.data.items()), "round": str(self.chosen_round.year)}

    @property
    def chosen_round(self) -> Round:
        """The round in the address, else the one that opened last, else the first to open. There must be one."""
        if year := self.cleaned_data.get("round"):
            return self.rounds[year]
        by_opening = sorted(self.rounds.values(), key=lambda round_: (round_.opens_on, round_.year))
        begun = [round_ for round_ in by_opening if round_.opens_on <= today()]
        return begun[-1] if begun else by_opening[0]

    @property
    def shown_value(self) -> str:
        """Which of the three values is shown; empty for the latest of each office."""
        return str(self.cleaned_data.get("value", ""))

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or "province"

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as `queries.national.chosen` takes them."""
        found = {name: self.cleaned_data.get(name, "") for name in ("region", "status", "level", "search")}
        return {name: value for name, value in found.items() if value}

    def clean_search(self) -> str:
        return clean(self.cleaned_data["search"])
