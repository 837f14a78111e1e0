"""The forms of a visit and of a finding, and which visits are listed."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.calendar import today
from assessments.fields import BuddhistDateField
from assessments.files import ACCEPT, CheckedFile, FileRefused, check, clean_name
from assessments.forms.evidence import FilesField, FilesInput
from assessments.forms.moves import ReasonField
from assessments.models import Assessment, Finding, Visit
from assessments.queries.visitpack import MOST_SAMPLED, SAMPLE
from assessments.services.visits import why_not_on
from indicators.thai import clean

LONGEST_WHO = 300
_NOT_A_SAMPLE = gettext_lazy("Write how many indicators are drawn by chance: a number from 0 to 40.")


class _Form(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class VisitForm(_Form):
    """When, who, what was found on the whole, and advice."""

    visited_on = BuddhistDateField(label=gettext_lazy("Date of the visit"))
    who = forms.CharField(
        label=gettext_lazy("Who visited"),
        help_text=gettext_lazy("Names and duties of all who took part."),
        error_messages={"required": gettext_lazy("Write who visited the office.")},
    )
    summary = ReasonField(label=gettext_lazy("What was found on the whole (if any)"), missing="", required=False)
    advice = ReasonField(label=gettext_lazy("Advice to the office (if any)"), missing="", required=False)

    def __init__(self, data: Any = None, *, assessment: Assessment, visit: Visit | None = None, who: str = "") -> None:
        initial: dict[str, Any] = {"visited_on": today(), "who": who}
        if visit is not None:
            initial = {name: getattr(visit, name) for name in ("visited_on", "who", "summary", "advice")}
        super().__init__(data, initial=initial)
        self.assessment = assessment

    def clean_visited_on(self) -> date:
        day: date = self.cleaned_data["visited_on"]
        reason = why_not_on(day, self.assessment.round.year)
        if reason:
            raise forms.ValidationError(reason)
        return day

    def clean_who(self) -> str:
        text = clean(self.cleaned_data["who"])
        if not text:
            raise forms.ValidationError(self.fields["who"].error_messages["required"])
        if len(text) > LONGEST_WHO:
            raise forms.ValidationError(
                _("Write at most %(longest)d characters; this has %(length)d.")
                % {"longest": LONGEST_WHO, "length": len(text)}
            )
        return text


class FindingForm(_Form):
    """What was found at one indicator. `accepted` holds the files that are taken, `refused` tells of the others, by
    name."""

    text = ReasonField(label=gettext_lazy("What was found"), missing=gettext_lazy("Write what was found."))
    advice = ReasonField(label=gettext_lazy("Advice (if any)"), missing="", required=False)
    file = FilesField(
        label=gettext_lazy("Photos or files (if any)"),
        required=False,
        widget=FilesInput({"accept": ACCEPT, "class": "form-control"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, finding: Finding | None = None) -> None:
        initial = {"text": finding.text, "advice": finding.advice} if finding else None
        super().__init__(data, files, initial=initial)
        self.accepted: list[CheckedFile] = []
        self.refused: list[tuple[str, str]] = []

    def clean_file(self) -> list[CheckedFile]:
        for file in cast("Sequence[UploadedFile]", self.cleaned_data["file"]) or ():
            try:
                self.accepted.append(check(file))
            except FileRefused as refusal:
                self.refused.append((clean_name(file.name or ""), refusal.message))
        return self.accepted

    @property
    def said(self) -> dict[str, str]:
        return {"text": self.cleaned_data["text"], "advice": self.cleaned_data["advice"]}


class PlacedFindingForm(FindingForm):
    """A finding whose indicator is chosen here."""

    indicator = forms.ChoiceField(
        label=gettext_lazy("Indicator"),
        error_messages={
            "required": gettext_lazy("Choose the indicator."),
            "invalid_choice": gettext_lazy("Choose the indicator."),
        },
    )
    field_order = ("indicator", "text", "advice", "file")

    def __init__(self, data: Any = None, files: Any = None, *, choices: Sequence[Any], finding: None = None) -> None:
        super().__init__(data, files, finding=finding)
        cast("forms.ChoiceField", self.fields["indicator"]).choices = [("", "–"), *choices]


class VisitFilter(forms.Form):
    """Which visits are listed: of a round, of one office or of all. What makes no sense is passed over."""

    use_required_attribute = False

    round = forms.TypedChoiceField(label=gettext_lazy("Fiscal year"), coerce=int, required=False)
    office = forms.TypedChoiceField(label=gettext_lazy("Office"), coerce=int, required=False, empty_value=None)

    def __init__(self, data: Any, *, years: Sequence[int], offices: Sequence[Assessment]) -> None:
        super().__init__(data, auto_id="visits-%s")
        for name in ("round", "office"):
            self.fields[name].widget.attrs["class"] = "form-select"
        cast("forms.TypedChoiceField", self.fields["round"]).choices = [(year, str(year)) for year in years]
        cast("forms.TypedChoiceField", self.fields["office"]).choices = [
            ("", _("All")),
            *((each.pk, each.province.name) for each in offices),
        ]
        self.is_valid()

    @property
    def chosen(self) -> int | None:
        return self.cleaned_data.get("office")


class PackForm(_Form):
    """How many indicators are drawn by chance, and the number that draws the same ones again. Bound to the address."""

    sample = forms.IntegerField(
        label=gettext_lazy("Drawn by chance"),
        min_value=0,
        max_value=MOST_SAMPLED,
        widget=forms.TextInput({"inputmode": "numeric", "class": "form-control"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _NOT_A_SAMPLE),
    )
    seed = forms.IntegerField(min_value=1, max_value=999_999, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__({name: data.get(name) or usual for name, usual in (("sample", SAMPLE), ("seed", 1))})
        self.is_valid()

    @property
    def chosen_sample(self) -> int:
        """What was asked; where that makes no sense, the usual number."""
        return int(self.cleaned_data.get("sample", SAMPLE))

    @property
    def chosen_seed(self) -> int:
        return int(self.cleaned_data.get("seed", 1))
