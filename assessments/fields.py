"""Form fields of our own: a day typed in three boxes, day, month and Buddhist year.

The only way a person types a date: a browser's date picker decides the era by itself, and a single text box
takes 2569 as a Christian year.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.calendar import ERA, FIRST_YEAR, LAST_YEAR, MONTHS, MONTHS_EN, MONTHS_SHORT, from_parts
from indicators.thai import squeeze

PARTS = (gettext_lazy("Day"), gettext_lazy("Month"), gettext_lazy("Year (B.E.)"))


def _name(text: str) -> str:
    return squeeze(text).replace(".", "")


# A month's names as a person may write them (full, shortened with or without dots, English) to its number.
_MONTHS = {
    _name(name): number
    for names in (MONTHS, MONTHS_SHORT, MONTHS_EN, tuple(name[:3] for name in MONTHS_EN))
    for number, name in enumerate(names, start=1)
}


class BuddhistDateInput(forms.MultiWidget):
    """Three text boxes: day, month, year พ.ศ. Its value is a date, or the three texts as they were typed."""

    template_name = "frame/_date_parts.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes = [forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}) for _part in PARTS]
        super().__init__(boxes, attrs)

    def id_for_label(self, id_: str) -> str:
        """The first box: where the link of an error leads."""
        return f"{id_}_0" if id_ else ""

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year + ERA)] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        boxes = context["widget"]["subwidgets"]
        context["parts"] = [{"label": label, "widget": box} for label, box in zip(PARTS, boxes, strict=True)]
        context["invalid"] = any("is-invalid" in str(box["attrs"].get("class", "")) for box in boxes)
        return context


class BuddhistDateField(forms.MultiValueField):
    """A date typed as day, month (number or name) and Buddhist year, in digits of either script."""

    widget = BuddhistDateInput
    default_error_messages = {
        "required": gettext_lazy("Enter the day, the month and the Buddhist year, for example 30 9 2569."),
    }

    def __init__(self, **kwargs: Any) -> None:
        boxes = [forms.CharField(required=False) for _part in PARTS]
        super().__init__(boxes, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> date | None:
        if not any(data_list):
            return None
        day, month, year = (squeeze(text) for text in data_list)
        if not (day and month and year):
            raise ValidationError(self.error_messages["required"], code="required")
        try:
            return from_parts(_day(day), _month(month), _year(year))
        except ValueError as error:
            raise ValidationError(error.args[0], code="invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """๓๐/๐๙/๒๕๖๙ is the day 30/9/2569: only another day is a change."""
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


def _day(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 2 or not 1 <= int(text) <= 31:
        raise ValueError(_("Enter the day as a number from 1 to 31."))
    return int(text)


def _month(text: str) -> int:
    if text.isascii() and text.isdigit():
        if len(text) <= 2 and 1 <= int(text) <= 12:
            return int(text)
    elif _name(text) in _MONTHS:
        return _MONTHS[_name(text)]
    raise ValueError(_("Enter the month as a number from 1 to 12 or by its name, for example 9 or กันยายน."))


def _year(text: str) -> int:
    """A Buddhist year, also without its 25 (69 is 2569) where that cannot be a shortened Christian year."""
    if not (text.isascii() and text.isdigit()) or len(text) > 4:
        raise ValueError(_("Enter the year with four digits as a Buddhist year, for example 2569."))
    year = int(text)
    if len(text) == 2 and FIRST_YEAR <= 2500 + year <= LAST_YEAR:
        return 2500 + year
    if len(text) < 4:
        raise ValueError(_("Enter the year with four digits as a Buddhist year, for example 2569."))
    return year
