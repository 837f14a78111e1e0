"""The forms of the centre's moves: return, verify, make final, reopen, extend."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.calendar import short_date, today
from assessments.fields import BuddhistDateField
from assessments.models import Assessment
from indicators.thai import clean

# What an office gets to correct a returned assessment, unless the reviewer writes another day.
DAYS_TO_CORRECT = 14
LONGEST_REASON = 5_000


class ReasonField(forms.CharField):
    """A reason that the other side reads: needed, cleaned, of any length that a letter may have."""

    def __init__(self, *, missing: Any, **kwargs: Any) -> None:
        super().__init__(
            max_length=LONGEST_REASON,
            widget=forms.Textarea({"rows": 4}),
            error_messages={
                "required": missing,
                "max_length": gettext_lazy("Write at most %(limit_value)d characters; this has %(show_value)d."),
            },
            **kwargs,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without maxlength: a long text is told and kept, never cut off by the browser."""
        return {}

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class MoveForm(forms.Form):
    """A form on the page of one assessment; its fields' names start with the move's."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(data, prefix=self.prefix, **kwargs)
        self.assessment = assessment
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ReturnForm(MoveForm):
    prefix = "return"

    reason = ReasonField(
        label=gettext_lazy("What the office has to correct"),
        help_text=gettext_lazy("The office reads this text above the questions that go with it."),
        missing=gettext_lazy("Write what the office has to correct."),
    )
    due_on = BuddhistDateField(
        label=gettext_lazy("To be corrected by"),
        help_text=gettext_lazy("Until 23:59:59 of the day entered, Bangkok time."),
    )

    def __init__(self, data: Any = None, *, assessment: Assessment) -> None:
        super().__init__(data, assessment=assessment)
        self.fields["due_on"].initial = today() + timedelta(days=DAYS_TO_CORRECT)

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < today():
            raise forms.ValidationError(_("The day to correct by is in the past; choose today or a later day."))
        return day


class VerifyForm(MoveForm):
    prefix = "verify"

    confirmed = forms.BooleanField(
        label=gettext_lazy("Every answer is judged. Send the verdicts to the office, which may reply to them."),
        error_messages={"required": gettext_lazy("Tick the confirmation before you verify.")},
    )


class FinaliseForm(MoveForm):
    prefix = "finalise"

    confirmed = forms.BooleanField(
        label=gettext_lazy("The reply is read and what is disputed is settled. Make this result final."),
        error_messages={"required": gettext_lazy("Tick the confirmation before you make the result final.")},
    )


class ReopenForm(MoveForm):
    prefix = "reopen"

    reason = ReasonField(
        label=gettext_lazy("Why it is reopened"),
        missing=gettext_lazy("Write why the assessment is reopened."),
    )


class ExtendForm(MoveForm):
    prefix = "extend"

    closes_on = BuddhistDateField(
        label=gettext_lazy("New closing day of this office"),
        help_text=gettext_lazy("The office can answer until 23:59:59 of the day entered, Bangkok time."),
    )
    reason = ReasonField(
        label=gettext_lazy("Reason for the extension"), missing=gettext_lazy("Write the reason for the extension.")
    )

    def clean_closes_on(self) -> date:
        return later_day(self.cleaned_data["closes_on"], self.assessment.round.closes_on)


class Rows(forms.RadioSelect):
    """Radio buttons of which the first is where the link of an error leads."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


def later_day(day: date, closes_on: date) -> date:
    """A day that extends a round which closes on `closes_on`; raises ValidationError."""
    if day <= closes_on:
        raise forms.ValidationError(
            _("The round itself closes on %(day)s; choose a later day.") % {"day": short_date(closes_on)}
        )
    if day < today():
        raise forms.ValidationError(_("The new day is in the past; choose today or a later day."))
    return day
