"""What comes in as evidence: files, links, and which of the office's own are used once more."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.files import ACCEPT, CheckedFile, FileRefused, check, clean_name
from assessments.models import Assessment, Evidence
from indicators import thai

URL_LENGTH = 1000
NAME_LENGTH = 300


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files at once, not looked into yet."""

    def clean(self, data: Any, initial: Any = None) -> Sequence[UploadedFile]:
        if not data:
            raise ValidationError(self.error_messages["required"], code="required")
        return data if isinstance(data, list | tuple) else [data]


class UploadForm(forms.Form):
    """Files to attach. Each is judged by itself: `accepted` holds the good ones also where another was refused, and
    the error of a refused one starts with its name. `reasons` has the errors without the names."""

    use_required_attribute = False
    file = _FilesField(
        label=gettext_lazy("Files to attach"),
        widget=_FilesInput({"accept": ACCEPT}),
        error_messages={"required": gettext_lazy("Choose at least one file.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "evidence-%s", **kwargs})
        self.accepted: list[CheckedFile] = []
        self.reasons: list[str] = []

    def clean_file(self) -> list[CheckedFile]:
        for file in self.cleaned_data["file"]:
            try:
                self.accepted.append(check(file))
            except FileRefused as refusal:
                self.refuse(clean_name(file.name), refusal.message)
        return self.accepted

    def refuse(self, name: str, reason: Any) -> None:
        """Add why one file was not taken."""
        self.reasons.append(str(reason))
        self.add_error("file", f"{name}: {reason}")


class LinkForm(forms.Form):
    """A link to where the evidence lies (OwnCloud, Drive, a web page)."""

    use_required_attribute = False
    url = forms.CharField(
        label=gettext_lazy("Address of the link"),
        help_text=gettext_lazy(
            "For example a shared folder in OwnCloud or Google Drive; whoever reviews must be able to open it."
        ),
        error_messages={
            "required": gettext_lazy("Paste the address of the link, for example https://drive.google.com/…")
        },
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name to show (optional)"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "evidence-link-%s", **kwargs})

    def clean_url(self) -> str:
        # Line breaks come from a wrapped mail; a space belongs to the name of a folder or file.
        url = "".join(thai.clean(self.cleaned_data["url"]).splitlines()).replace("\t", "").replace(" ", "%20")
        if "://" not in url and not url.lower().startswith(("javascript:", "data:", "mailto:", "file:", "vbscript:")):
            url = f"https://{url}"
        if len(url) > URL_LENGTH:
            raise ValidationError(_("The address is longer than 1,000 characters; make a short link and paste that."))
        try:
            URLValidator(schemes=["http", "https"])(url)
            parts = urlsplit(url)
        except (ValidationError, ValueError):
            raise ValidationError(
                _("This is not a web address; copy it from the browser's address bar, starting with https://.")
            ) from None
        if parts.username or parts.password:
            raise ValidationError(_("The address holds a user name or a password; paste it without them."))
        return url

    def clean_name(self) -> str:
        name = " ".join(thai.clean(self.cleaned_data["name"]).split())
        if len(name) > NAME_LENGTH:
            raise ValidationError(_("Shorten the name to at most 300 characters."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("url") and not cleaned.get("name"):
            cleaned["name"] = cleaned["url"].partition("://")[2].rstrip("/")[:NAME_LENGTH]
        return cleaned


class UseForm(forms.Form):
    """Which of the office's files and links serve one more indicator."""

    evidence = forms.ModelMultipleChoiceField(
        queryset=Evidence.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose at least one file or link."),
            "invalid_choice": gettext_lazy("One of these is no longer there; look at the list again and choose."),
            "invalid_pk_value": gettext_lazy("One of these is no longer there; look at the list again and choose."),
        },
    )

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = Evidence.objects.filter(assessment=assessment)  # type: ignore[attr-defined]
