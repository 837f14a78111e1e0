"""What starts an office's year: its facts, what it says of last year's, soft warnings, the date of a document."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field as Laid
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy

from assessments.fields import BuddhistDateField
from assessments.forms.answers import CleanText
from assessments.models import Carry
from assessments.queries.facts import Stated
from assessments.queries.lastyear import CARRIED_TEXTS
from indicators.inputs import Field, InputRefused, number_from_text
from indicators.thai import number

LONGEST_REASON = 2_000


class CountField(forms.Field):
    """A whole number in digits of either script, with commas and spaces; None when it was left empty."""

    def __init__(self, *, asked: Field, **kwargs: Any) -> None:
        self.asked = asked
        attrs = {"class": "number-input form-control", "inputmode": "numeric", "autocomplete": "off"}
        super().__init__(required=False, label=asked.label, widget=forms.TextInput(attrs), **kwargs)

    def to_python(self, value: Any) -> int | None:
        try:
            found = number_from_text(self.asked, value or "")
            return None if found is None else cast("int", self.asked.read(found))
        except InputRefused as refusal:
            language = "en" if get_language() == "en" else "th"
            raise ValidationError(refusal.message(language), code=refusal.code) from None

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """๑,๒๐๐ is the 1200 that stood there: only another number is a change."""
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class FactsForm(forms.Form):
    """The facts of the office, each of which may stay empty. What the page showed comes back with it (`initial-`), so
    that only what this person changed is saved."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, stated: Sequence[Stated]) -> None:
        super().__init__(data)
        for each in stated:
            value = each.row.value if each.row else None
            field = CountField(asked=each.fact.field, initial=value, show_hidden_initial=True)
            field.stated = each  # type: ignore[attr-defined]
            described = f"id_{each.fact.name}_unit id_{each.fact.name}_counts"
            field.widget.attrs["aria-describedby"] = described
            self.fields[each.fact.name] = field
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(Laid(name, template="starting/_fact_field.html") for name in self.fields))

    @property
    def changed(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in self.changed_data}


# Where the session keeps, without JavaScript, the reasons typed at warnings whose button was not pressed.
TYPED_REASONS = "typed_reasons"


class ConfirmForm(forms.Form):
    """One warning to be confirmed. The button pressed names it with the mark of its figures ("jump-2.1:0f3…"); each
    warning on a page has a box for its reason, and the one of that warning counts."""

    use_required_attribute = False
    warning = forms.RegexField(r"^[a-z_]+-[0-9a-z_.-]+:[0-9a-f]{16}$", widget=forms.HiddenInput)
    reason = CleanText(
        longest=LONGEST_REASON,
        label=gettext_lazy("Why it is right"),
        widget=forms.Textarea({"rows": 2, "class": "form-control"}),
    )

    def add_prefix(self, field_name: str) -> str:
        return f"reason-{self.code}" if field_name == "reason" else super().add_prefix(field_name)

    @property
    def code(self) -> str:
        return str(self.data.get("warning", "")).rpartition(":")[0]

    @property
    def mark(self) -> str:
        return str(self.data.get("warning", "")).rpartition(":")[2]

    @property
    def others(self) -> dict[str, str]:
        """What was typed at the other warnings of the page: code -> text."""
        boxes = {name.removeprefix("reason-"): str(text) for name, text in self.data.items() if "reason-" in name}
        return {code: text[:LONGEST_REASON] for code, text in boxes.items() if text.strip() and code != self.code}

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not reason:
            raise ValidationError(gettext_lazy("Write the reason before you confirm."), code="required")
        return reason


class CarryForm(forms.Form):
    """The button pressed, such as "performance:same": a text's column or a file's key, and what is said of it."""

    say = forms.CharField(max_length=80)

    def clean_say(self) -> tuple[str | UUID, str]:
        what, _colon, choice = self.cleaned_data["say"].partition(":")
        if choice not in Carry.Choice.values:
            raise ValidationError(gettext_lazy("Choose one of the three: the same, updated, or not any more."))
        if what in CARRIED_TEXTS:
            return what, choice
        try:
            return UUID(what), choice
        except ValueError:
            raise ValidationError(gettext_lazy("Last year's answer has no such text.")) from None


class DocumentDateForm(forms.Form):
    """The date that a document bears; empty where it bears none."""

    use_required_attribute = False
    document_date = BuddhistDateField(required=False, label=gettext_lazy("Date of the document (optional)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
