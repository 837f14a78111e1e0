"""The forms of the reply: what the office says of a verdict, sending it, and settling what is disputed."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.files import ACCEPT, CheckedFile, FileRefused, check, clean_name
from assessments.forms.evidence import FilesField, FilesInput
from assessments.forms.moves import ReasonField
from assessments.models import Response, Review
from indicators.rules import Band
from indicators.thai import number

_OUTDATED = _("This page is out of date. Read the item again, then send it.")


class Rows(forms.RadioSelect):
    """Radio buttons of which the first is where the link of an error leads."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


class VersionField(forms.IntegerField):
    """The review as the page showed it."""

    def __init__(self) -> None:
        super().__init__(
            min_value=0,
            max_value=2_000_000_000,
            widget=forms.HiddenInput,
            error_messages={
                "required": _OUTDATED,
                "invalid": _OUTDATED,
                "min_value": _OUTDATED,
                "max_value": _OUTDATED,
            },
        )


class ItemForm(forms.Form):
    """A form about one verdict; many stand on a page, so each has its own ids. After `show_theirs` it is about what
    somebody else wrote in the meantime: sending it again replaces that."""

    use_required_attribute = False
    version = VersionField()

    def __init__(self, data: Any = None, files: Any = None, *, review: Review, code: str, **kwargs: Any) -> None:
        super().__init__(data, files, auto_id=f"item-{code.replace('.', '-')}-%s", **kwargs)
        self.review = review

    def show_theirs(self, review: Review) -> None:
        data = cast("Any", self.data).copy()
        data["version"] = str(review.version)
        self.data = data


class RespondForm(ItemForm):
    """Accept or dispute one verdict. Files are each judged by themselves: `accepted` holds the good ones, `refused`
    tells of the others, by name."""

    kind = "respond"

    response = forms.ChoiceField(
        label=_("What your office says"),
        choices=[(Response.ACCEPT.value, _("We accept the verdict")), (Response.DISPUTE.value, _("We dispute it"))],
        widget=Rows,
        error_messages={
            "required": _("Choose whether you accept or dispute the verdict."),
            "invalid_choice": _("Choose whether you accept or dispute the verdict."),
        },
    )
    text = ReasonField(label=_("Your reason (needed where you dispute)"), missing="", required=False)
    file = FilesField(
        label=_("New evidence (if any)"),
        required=False,
        widget=FilesInput({"accept": ACCEPT, "class": "form-control"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, review: Review, code: str) -> None:
        initial = {"response": review.response, "text": review.response_text, "version": review.version}
        super().__init__(data, files, review=review, code=code, initial=initial)
        self.accepted: list[CheckedFile] = []
        self.refused: list[tuple[str, Any]] = []

    def clean_file(self) -> list[CheckedFile]:
        for file in cast("Sequence[UploadedFile]", self.cleaned_data["file"]) or ():
            try:
                self.accepted.append(check(file))
            except FileRefused as refusal:
                self.refused.append((clean_name(file.name or ""), refusal.message))
        return self.accepted


class SettleForm(ItemForm):
    """The final printed row of a disputed verdict, with the reason; in dimension 1 the reason alone."""

    kind = "settle"

    band = forms.TypedChoiceField(
        coerce=int,
        label=_("The final row"),
        widget=Rows,
        error_messages={
            "required": _("Choose one of the printed rows."),
            "invalid_choice": _("Choose one of the printed rows."),
        },
    )
    reason = ReasonField(
        label=_("Why"),
        help_text=_("The office reads this text; it stands beside the final value."),
        missing=_("Write why, so that the office understands the final value."),
    )
    field_order = ("band", "reason", "version")

    def __init__(self, data: Any = None, *, review: Review, code: str, bands: Sequence[Band]) -> None:
        initial = {"band": review.final_band, "reason": review.final_reason, "version": review.version}
        super().__init__(data, review=review, code=code, initial=initial)
        if bands:
            rows = [(place, f"{row.text} → {number(row.score)} คะแนน") for place, row in enumerate(bands, start=1)]
            cast("forms.TypedChoiceField", self.fields["band"]).choices = rows
        else:
            del self.fields["band"]


class SendForm(forms.Form):
    """Sending the reply, which cannot be taken back."""

    use_required_attribute = False
    prefix = "send"

    confirmed = forms.BooleanField(
        label=_("This is our office's reply. What we do not dispute, we accept."),
        error_messages={"required": _("Tick the confirmation before you send the reply.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix=self.prefix)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
