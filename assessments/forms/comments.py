"""The form of a comment."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.files import ACCEPT, CheckedFile, FileRefused, check, clean_name
from assessments.forms.evidence import FilesField, FilesInput
from assessments.forms.moves import ReasonField
from assessments.services.attachments import MOST_FILES


class CommentForm(forms.Form):
    """A comment in one of the two threads, with its files; its fields' names start with the thread's.

    One file that cannot be taken refuses the whole: a comment that speaks of a file is not sent without it.
    """

    use_required_attribute = False

    text = ReasonField(
        label=gettext_lazy("Your comment"), missing=gettext_lazy("Write the comment before you send it.")
    )

    file = FilesField(
        label=gettext_lazy("Files (if any)"),
        required=False,
        widget=FilesInput({"accept": ACCEPT, "class": "form-control"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, thread: str) -> None:
        super().__init__(data, files, prefix=thread)

    def clean_file(self) -> list[CheckedFile]:
        sent = cast("Sequence[UploadedFile]", self.cleaned_data["file"]) or ()
        if len(sent) > MOST_FILES:
            text = _("At most %(number)s files go here; put several pages into one file.")
            raise forms.ValidationError(text % {"number": MOST_FILES})
        accepted = []
        for file in sent:
            try:
                accepted.append(check(file))
            except FileRefused as refusal:
                self.add_error("file", f"{clean_name(file.name or '')}: {refusal.message}")
        return accepted
