"""What a person may choose on the list of offices. A value that is not offered counts as not chosen."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Region, Round
from assessments.queries.country import OVERALL, parts_of
from assessments.queries.national import COLUMNS, LEVEL_WORDS, STATUSES, VALUE_WORDS, opened_last, part_words
from indicators import editions
from indicators.thai import clean

# How a column's two orders are called: names and stages in their order, figures by size, days by time.
_IN_ORDER = (_("%(column)s, in order"), _("%(column)s, in reverse order"))
_BY_SIZE = (_("%(column)s, lowest first"), _("%(column)s, highest first"))
_BY_TIME = (_("%(column)s, earliest first"), _("%(column)s, latest first"))
_ORDER_WORDS = {"province": _IN_ORDER, "region": _IN_ORDER, "status": _IN_ORDER, "submitted": _BY_TIME}


def _orders() -> list[tuple[str, str]]:
    """Every order and its words: the select stands where a phone shows no column heads to sort by."""
    found = []
    for key, column in {**COLUMNS, "part": _("What is shown")}.items():
        for order, words in zip((key, f"-{key}"), _ORDER_WORDS.get(key, _BY_SIZE), strict=True):
            found.append((order, words % {"column": column}))
    return found


LEVELS = [
    ("", _("All")),
    *((key, word) for key, word in LEVEL_WORDS.items()),
    ("pass", _("Pass (good or fairly good)")),
    ("fail", _("Fail (the three lower levels)")),
]
BANDS = [f"{half / 2:.2f}" for half in range(20)]


class NationalFilter(forms.Form):
    """Round, filters and order, from the address."""

    use_required_attribute = False

    round = forms.TypedChoiceField(label=_("Round"), coerce=int, required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *((key, word) for key, word in STATUSES.items())]
    )
    part = forms.ChoiceField(label=_("What is shown"), required=False)
    level = forms.ChoiceField(label=_("Its level"), required=False, choices=LEVELS)
    value = forms.ChoiceField(
        label=_("Scores shown"),
        required=False,
        choices=[("", _("The latest of each office")), *((key, word) for key, word in VALUE_WORDS.items())],
    )
    counted = forms.ChoiceField(
        label=_("Counted in the country's figures"),
        required=False,
        choices=[("", _("All")), ("1", _("Only those that are counted")), ("0", _("Only those that are not counted"))],
    )
    search = forms.CharField(label=_("Province"), required=False, max_length=100)
    # A half point of the overview's distribution; it stands in addresses alone.
    band = forms.ChoiceField(required=False, choices=[(band, band) for band in BANDS], widget=forms.HiddenInput)
    sort = forms.ChoiceField(label=_("Sorted by"), required=False, choices=_orders)

    def __init__(self, data: Any, *, rounds: Sequence[Round], regions: Sequence[Region]) -> None:
        super().__init__(data)
        self.rounds = {round_.year: round_ for round_ in rounds}
        self.fields["round"].choices = [(round_.year, str(round_)) for round_ in rounds]  # type: ignore[attr-defined]
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((region.code, region.name) for region in regions),
        ]
        self.fields["part"].choices = self._parts()  # type: ignore[attr-defined]
        for name in ("round", "region", "status", "part", "level", "value", "counted", "sort"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["search"].widget.attrs["class"] = "form-control"
        self.full_clean()
        if "round" not in self.errors and not self.cleaned_data["round"]:
            # The select names the round that is shown: else it stood on the newest, and the next filter led there.
            self.data = {**dict(self.data.items()), "round": str(self.chosen_round.year)}

    def _parts(self) -> list[tuple[str, str]]:
        """The parts of the round's edition; an indicator only where the address asks for it."""
        typed = str(self.data.get("round", ""))
        round_ = next((each for year, each in self.rounds.items() if str(year) == typed), None)
        standard = editions.standard_of((round_ or opened_last(list(self.rounds.values()))).edition)
        asked = str(self.data.get("part", ""))
        return part_words(standard, *([asked] if asked in parts_of(standard) else []))

    @property
    def chosen_round(self) -> Round:
        """The round in the address, else the one that opened last. There must be one."""
        if year := self.cleaned_data.get("round"):
            return self.rounds[year]
        return opened_last(list(self.rounds.values()))

    @property
    def shown_part(self) -> str:
        return self.cleaned_data.get("part") or OVERALL

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
        names = ("region", "status", "part", "level", "search", "counted", "band")
        found = {name: self.cleaned_data.get(name, "") for name in names}
        found["part"] = "" if found["part"] == OVERALL else found["part"]
        return {name: value for name, value in found.items() if value}

    def clean_search(self) -> str:
        return clean(self.cleaned_data["search"])
