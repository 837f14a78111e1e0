"""The forms of what the central division does: return, accept, reopen, extend, decide an answer without a case."""

from datetime import date, timedelta
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field as Laid
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.calendar import short_date, today
from assessments.fields import BuddhistDateField
from assessments.models import Answer, Assessment
from indicators.editions import IndicatorNode
from indicators.rules import Rule
from indicators.thai import clean, number

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
        help_text=gettext_lazy("Name the indicators, for example 2.4 and 4.12. The office reads this text."),
        missing=gettext_lazy("Write what the office has to correct."),
    )
    due_on = BuddhistDateField(
        label=gettext_lazy("To be corrected by"),
        help_text=gettext_lazy("The office can answer until 23:59:59 of this day, Bangkok time."),
    )

    def __init__(self, data: Any = None, *, assessment: Assessment) -> None:
        super().__init__(data, assessment=assessment)
        self.fields["due_on"].initial = today() + timedelta(days=DAYS_TO_CORRECT)

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < today():
            raise forms.ValidationError(_("The day to correct by is in the past; choose today or a later day."))
        return day


class AcceptForm(MoveForm):
    prefix = "accept"

    confirmed = forms.BooleanField(
        label=gettext_lazy("I have read the answers and accept this assessment for the central division."),
        error_messages={"required": gettext_lazy("Tick the confirmation before you accept.")},
    )
    # The mark of the answers on the page; its input stands in the template, so that a page shown again has its own.
    seen = forms.CharField(required=False, empty_value=None)

    def __init__(self, data: Any = None, *, assessment: Assessment) -> None:
        super().__init__(data, assessment=assessment)
        self.helper.layout = Layout("confirmed")


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
        help_text=gettext_lazy("The office can answer until 23:59:59 of this day, Bangkok time."),
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


class DecideForm(MoveForm):
    """The printed rows of one indicator, one of which a reviewer chooses with a reason."""

    band = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("The row that fits"),
        widget=Rows,
        error_messages={
            "required": gettext_lazy("Choose one of the printed rows."),
            "invalid_choice": gettext_lazy("Choose one of the printed rows."),
        },
    )
    reason = ReasonField(
        label=gettext_lazy("Why this row"),
        help_text=gettext_lazy("The office reads this text, and it stands in the official form."),
        missing=gettext_lazy("Write why this row is right, so that the office understands its score."),
    )
    # The answer's version on the page; its input stands in the template, so that a page shown again has its own.
    seen = forms.IntegerField(required=False)

    def __init__(
        self, data: Any = None, *, assessment: Assessment, node: IndicatorNode, answer: Answer | None = None
    ) -> None:
        assert isinstance(node.rule, Rule)
        self.prefix = f"decide-{node.code.replace('.', '-')}"
        super().__init__(data, assessment=assessment)
        band = cast("forms.TypedChoiceField", self.fields["band"])
        band.choices = [
            (place, f"{row.text} → {number(row.score)} คะแนน") for place, row in enumerate(node.rule.bands, start=1)
        ]
        if answer is not None:
            self.initial = {"band": answer.decided_band, "reason": answer.decided_reason}
        self.fields["reason"].widget.attrs["rows"] = 3
        self.helper.layout = Layout(Laid("band", template="national/_band_field.html"), "reason")


def later_day(day: date, closes_on: date) -> date:
    """A day that extends a round which closes on `closes_on`; raises ValidationError."""
    if day <= closes_on:
        raise forms.ValidationError(
            _("The round itself closes on %(day)s; choose a later day.") % {"day": short_date(closes_on)}
        )
    if day < today():
        raise forms.ValidationError(_("The new day is in the past; choose today or a later day."))
    return day
