"""The forms of a round: opening one, changing its window and target, extending one office."""

from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from assessments.calendar import ERA, FIRST_YEAR, LAST_YEAR, fiscal_year_span, today
from assessments.fields import BuddhistDateField
from assessments.forms.moves import ReasonField, later_day
from assessments.models import Assessment, Round
from assessments.services.rounds import FEWEST_REPLY_DAYS, MOST_REPLY_DAYS, REPLY_DAYS
from assessments.workflow import Status
from indicators.inputs import Field, InputRefused, number_from_text
from indicators.models import Edition
from indicators.thai import number, squeeze


class BuddhistYearField(forms.CharField):
    """A fiscal year พ.ศ., in digits of either script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            error_messages={"required": gettext_lazy("Enter the fiscal year, for example 2570.")},
            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> int:
        text = squeeze(super().clean(value))
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise forms.ValidationError(_("Enter the fiscal year with four digits, for example 2570."))
        year = int(text)
        if FIRST_YEAR <= year <= LAST_YEAR:
            return year
        if FIRST_YEAR <= year + ERA <= LAST_YEAR:
            raise forms.ValidationError(
                _("Write the year as a Buddhist year: did you mean %(year)s?") % {"year": year + ERA}
            )
        raise forms.ValidationError(
            _("Write the year as a Buddhist year between %(first)s and %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


class PercentField(forms.CharField):
    """A percentage with two decimals, in digits of either script; empty while it is not known."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "number-input"})
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        field = Field("target", str(self.label), type="measure", decimals=2)
        try:
            typed = number_from_text(field, super().clean(value).removesuffix("%"))
            read = None if typed is None else Decimal(field.read(typed))
        except InputRefused as refusal:
            raise forms.ValidationError(refusal.message(get_language() or "th")) from None
        if read is not None and read > 100:
            raise forms.ValidationError(_("The target is a percentage between 0 and 100."))
        return read


class DaysField(forms.CharField):
    """A number of days that an office has to reply, in digits of either script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            error_messages={"required": gettext_lazy("Enter the number of days, for example 14.")},
            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "number-input"}),
            **kwargs,
        )

    def clean(self, value: Any) -> int:
        text = squeeze(super().clean(value))
        if not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise forms.ValidationError(_("Enter the number of days, for example 14."))
        if not FEWEST_REPLY_DAYS <= int(text) <= MOST_REPLY_DAYS:
            raise forms.ValidationError(_("An office has 1 to 120 days to reply."))
        return int(text)


class PublishForm(forms.Form):
    """Publishing all results of a round that are final."""

    use_required_attribute = False
    prefix = "publish"

    confirmed = forms.BooleanField(
        label=gettext_lazy("Publish the final results now."),
        error_messages={"required": gettext_lazy("Tick the confirmation before you publish.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix=self.prefix)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class WindowForm(forms.Form):
    """When offices may answer, and the target of 1.31. Of a round that is there already."""

    use_required_attribute = False

    opens_on = BuddhistDateField(
        label=gettext_lazy("Opens on"),
        help_text=gettext_lazy("Offices can answer from 00:00 of the day entered, Bangkok time."),
    )
    closes_on = BuddhistDateField(
        label=gettext_lazy("Closes on"),
        help_text=gettext_lazy("Offices can answer until 23:59:59 of the day entered, Bangkok time."),
    )
    budget_target = PercentField(
        label=gettext_lazy("Spending target of the Budget Bureau for 1.31, percent (if known)"),
        help_text=gettext_lazy(
            "Indicator 1.31 is judged by this. Leave it empty until it is known, and enter it on the round's page then."
        ),
    )

    reply_days = DaysField(
        label=gettext_lazy("Days to reply to the verdicts"),
        help_text=gettext_lazy(
            "So long an office can accept or dispute its verdicts. A change counts for what is verified after it."
        ),
        initial=REPLY_DAYS,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @classmethod
    def of(cls, round_: Round, data: Any = None) -> "WindowForm":
        names = ("opens_on", "closes_on", "budget_target", "reply_days")
        return cls(data, initial={name: getattr(round_, name) for name in names}, prefix="window")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens_on, closes_on = data.get("opens_on"), data.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("The closing day must not be before the opening day."))
        return data


class RoundForm(WindowForm):
    """Opening a round: the fiscal year, its edition, its window."""

    year = BuddhistYearField(
        label=gettext_lazy("Fiscal year (B.E.)"),
        help_text=gettext_lazy("Fiscal year 2570 runs from 1 October 2569 to 30 September 2570."),
    )
    edition = forms.ModelChoiceField(
        label=gettext_lazy("Edition of the standard"),
        queryset=Edition.objects.published(),
        empty_label=None,
        help_text=gettext_lazy("The round keeps this edition for good. Only published editions can be chosen."),
        error_messages={
            "required": gettext_lazy("Choose an edition."),
            "invalid_choice": gettext_lazy("Choose one of the published editions."),
        },
    )
    field_order = ("year", "edition", "opens_on", "closes_on", "budget_target", "reply_days")

    @classmethod
    def proposing(cls, year: int, edition: Edition | None) -> "RoundForm":
        """A form with a round proposed: from today (or the year's first day) to the year's last."""
        first, last = fiscal_year_span(year)
        opens_on = min(max(first, today()), last)
        return cls(initial={"year": year, "edition": edition, "opens_on": opens_on, "closes_on": last})


class OfficeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.province)


class ExtensionForm(forms.Form):
    """A later day for one office of the round that still has something to do."""

    use_required_attribute = False

    assessment = OfficeChoice(
        label=gettext_lazy("Office"),
        queryset=Assessment.objects.none(),
        empty_label=gettext_lazy("Choose an office"),
        help_text=gettext_lazy("Offices that have submitted are not listed: return their assessment instead."),
        error_messages={
            "required": gettext_lazy("Choose the office that gets a later day."),
            "invalid_choice": gettext_lazy("Choose one of the offices in the list."),
        },
    )
    closes_on = BuddhistDateField(
        label=gettext_lazy("New closing day of this office"),
        help_text=gettext_lazy("The office can answer until 23:59:59 of the day entered, Bangkok time."),
    )
    reason = ReasonField(
        label=gettext_lazy("Reason for the extension"), missing=gettext_lazy("Write the reason for the extension.")
    )

    def __init__(self, data: Any = None, *, round_: Round) -> None:
        super().__init__(data, prefix="extension")
        self.round = round_
        open_ones = round_.assessments.filter(status__in=(Status.DRAFT, Status.RETURNED))
        self.fields["assessment"].queryset = open_ones.whole().order_by("province__sort_key")  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_closes_on(self) -> date:
        return later_day(self.cleaned_data["closes_on"], self.round.closes_on)
