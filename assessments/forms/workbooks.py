"""The office's workbook as it comes back: the file, and which of its differences are taken."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.files import FileRefused, check
from assessments.forms.workbook_cells import WorkbookRefused, read_workbook
from assessments.models import Assessment

_VALUE = re.compile(r"\d{1,2}\.\d{1,3}/[a-z_0-9]{1,40}/\d{1,9}")


class WorkbookForm(forms.Form):
    """A filled workbook. `content` and `name` are what was read of a good one."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("The workbook that was filled in (.xlsx)"),
        widget=forms.FileInput({"accept": ".xlsx", "class": "form-control"}),
        error_messages={
            "required": gettext_lazy("Choose the workbook that was filled in."),
            "empty": gettext_lazy("The file is empty; choose the workbook that was filled in."),
        },
    )

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "workbook-%s", **kwargs})
        self.assessment = assessment
        self.content: dict[str, Any] = {}
        self.name = ""

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if not str(file.name).lower().endswith(".xlsx"):
            raise ValidationError(_("Choose the Excel workbook (.xlsx) that was downloaded on this page."))
        try:
            checked = check(file)
            self.content = read_workbook(checked.content, self.assessment)
        except (FileRefused, WorkbookRefused) as refusal:
            raise ValidationError(refusal.message) from None
        self.name = checked.name
        return file


class _Cells(forms.MultipleChoiceField):
    """Ticks as the page posts them. Whether each still is a difference is the service's to see."""

    def valid_value(self, value: Any) -> bool:
        return _VALUE.fullmatch(str(value)) is not None


class ApplyForm(forms.Form):
    """All that is ticked by itself (`everything`), or the inputs that a person ticked."""

    use_required_attribute = False
    everything = forms.BooleanField(required=False)
    cells = _Cells(
        required=False,
        error_messages={"invalid_choice": gettext_lazy("The page was incomplete; load it again and choose.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("everything") and not cleaned.get("cells"):
            raise ValidationError(_("Tick at least one input, or apply everything that is ticked."))
        return cleaned

    @property
    def chosen(self) -> list[str] | None:
        return None if self.cleaned_data["everything"] else self.cleaned_data["cells"]
