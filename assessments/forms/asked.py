"""The office's answer to a question of the centre."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.answers import LONGEST_TEXT
from assessments.models import Question
from indicators.thai import clean


class QuestionForm(forms.Form):
    """What the office did about one question. `seen` tells which answer the person had before them."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Write what you did about the question, or where the answer to it stands.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, question: Question) -> None:
        initial = {"text": question.answered_text, "seen": seen_of(question)}
        super().__init__(data, initial=initial, auto_id=f"question-{question.pk}-%s")
        self.question = question
        if self.is_bound and self.errors:
            self.fields["text"].widget.attrs["class"] += " is-invalid"

    def clean_text(self) -> str:
        return clean(self.cleaned_data["text"])

    @property
    def is_stale(self) -> bool:
        """Somebody else answered in the meantime, in other words. For a valid form."""
        question = self.question
        changed = self.cleaned_data["seen"] != seen_of(question)
        return changed and question.answered_text not in ("", self.cleaned_data["text"])

    def show_theirs(self) -> None:
        """The other answer was seen now: sending again replaces it."""
        data = cast("Any", self.data).copy()
        data["seen"] = seen_of(self.question)
        self.data = data


def seen_of(question: Question) -> str:
    return question.answered_at.isoformat() if question.answered_at else ""
