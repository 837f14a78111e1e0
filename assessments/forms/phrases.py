"""The form of a standard phrase."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.moves import ReasonField
from assessments.models import Phrase


class PhraseForm(forms.Form):
    """A new phrase, or the change of one that is kept; many stand on a page, so each has its own ids."""

    use_required_attribute = False

    text = ReasonField(label=_("Phrase"), missing=_("Write the phrase."))

    def __init__(self, data: Any = None, *, phrase: Phrase | None = None) -> None:
        key = phrase.pk if phrase else "new"
        super().__init__(data, auto_id=f"phrase-{key}-%s", initial={"text": phrase.text if phrase else ""})
        self.phrase = phrase
        self.fields["text"].widget.attrs |= {"class": "form-control", "rows": 3}


class MoveForm(forms.Form):
    """Which way a phrase moves."""

    way = forms.TypedChoiceField(choices=[("-1", ""), ("1", "")], coerce=int)
