"""The forms of the second reading: how many answers are drawn, and the second reader's verdict."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.review import VerdictForm
from assessments.models import Answer
from indicators.editions import IndicatorNode
from indicators.thai import clean

_NUMBER = _("Write a whole number from 1 to 100.")


class DrawForm(forms.Form):
    """How many percent of the judged answers are read a second time."""

    use_required_attribute = False

    percent = forms.CharField(
        label=_("How many percent of the judged answers"),
        initial="10",
        widget=forms.TextInput({"inputmode": "numeric", "class": "form-control number-input", "autocomplete": "off"}),
        error_messages={"required": _NUMBER},
    )

    def clean_percent(self) -> int:
        text = clean(self.cleaned_data["percent"]).removesuffix("%").strip()
        if not (text.isdigit() and len(text) <= 3 and 1 <= int(text) <= 100):
            raise forms.ValidationError(_NUMBER)
        return int(text)


class SecondForm(VerdictForm):
    """A verdict without a question, on an answer whose first verdict the reader does not see."""

    also_ask = None  # type: ignore[assignment]
    question = None  # type: ignore[assignment]
    answer_version = None  # type: ignore[assignment]
    version = None  # type: ignore[assignment]
    go = None  # type: ignore[assignment]

    def __init__(self, data: Any = None, *, answer: Answer, node: IndicatorNode) -> None:
        super().__init__(data, answer=answer, node=node, review=None)
