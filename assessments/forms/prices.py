"""The form of the unit prices: a line for each item of dimension 1 that can be bought."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.resources import Item
from indicators.inputs import Field, InputRefused, number_from_text
from indicators.thai import number


class BahtField(forms.CharField):
    """An amount in baht with two decimals, in digits of either script, with or without commas; empty for none."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "form-control number-input"})
        super().__init__(required=False, max_length=40, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        field = Field("price", str(self.label), type="measure", decimals=2)
        text = super().clean(value).removesuffix("บาท").removeprefix("฿")
        try:
            typed = number_from_text(field, text)
            return None if typed is None else Decimal(field.read(typed))
        except InputRefused as refusal:
            raise forms.ValidationError(refusal.message(get_language() or "th")) from None


class PricesForm(forms.Form):
    """What each item costs. `was-…` is what the page showed: a line that was not changed is not saved."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, items: Sequence[tuple[Item, str]], prices: Mapping[tuple[str, str], Decimal]
    ) -> None:
        """`items` each with the name that its field is called by; those that cannot be bought are left out."""
        super().__init__(data)
        self.items = [(item, name) for item, name in items if item.counted]
        for item, name in self.items:
            shown = prices.get(item.key)
            self.fields[self.name_of(item)] = BahtField(
                label=_("Price of %(item)s, baht for each %(unit)s") % {"item": name, "unit": item.unit}, initial=shown
            )
            was = forms.CharField(required=False, max_length=40, initial=shown, widget=forms.HiddenInput)
            self.fields[f"was-{self.name_of(item)}"] = was

    @staticmethod
    def name_of(item: Item) -> str:
        """The field's name: price-1-29-insurance."""
        return f"price-{item.code.replace('.', '-')}-{item.item}"

    def lines(self) -> Iterator[tuple[Item, str, Any, Any]]:
        for item, name in self.items:
            field = self.name_of(item)
            yield item, name, self[field], self[f"was-{field}"]

    @property
    def wanted(self) -> dict[tuple[str, str], Decimal | None]:
        """What was changed on the page, by the item's key. For a valid form."""
        found = {}
        for item, _name in self.items:
            field = self.name_of(item)
            if field not in self.data:
                continue
            price = self.cleaned_data[field]
            was = self.cleaned_data[f"was-{field}"]
            if (str(price) if price is not None else "") != was and not _same(price, was):
                found[item.key] = price
        return found


def _same(price: Decimal | None, was: str) -> bool:
    """Whether the page showed this price: 1500.00 is 1500."""
    try:
        return price is not None and price == Decimal(was)
    except ArithmeticError:
        return False
