"""What comes in as evidence: files, links, and which of the office's own are used once more."""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.archives import is_junk
from assessments.files import ACCEPT, CheckedFile, FileRefused, check, clean_name
from assessments.models import Assessment, Evidence
from indicators import thai

URL_LENGTH = 1000
NAME_LENGTH = 300


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, not looked into yet."""

    def clean(self, data: Any, initial: Any = None) -> Sequence[UploadedFile]:
        if not data:
            if not self.required:
                return []
            raise ValidationError(self.error_messages["required"], code="required")
        return data if isinstance(data, list | tuple) else [data]


class UploadForm(forms.Form):
    """Files to attach. Each is judged by itself: `accepted` holds the good ones also where another was refused, and
    the error of a refused one starts with its name. `reasons` has the errors without the names."""

    use_required_attribute = False
    file = FilesField(
        label=gettext_lazy("Files to attach"),
        widget=FilesInput({"accept": ACCEPT}),
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


class KeepForm(UploadForm):
    """Files for the library, also ZIPs; they are looked into when they are kept (`services.uploads.take`). What a
    system left in a folder is passed over. `folder` is where the files lay."""

    folder = forms.CharField(max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = f"{ACCEPT},.zip"

    def clean_file(self) -> list[CheckedFile]:
        return []

    @property
    def told(self) -> list[str]:
        """Why files were refused, as `upload.js` shows it beside the name of the one file that it sent."""
        only = f"{clean_name(self.sent[0].name or '')}: " if len(self.sent) == 1 else ""
        return [str(error).removeprefix(only) for error in self.errors.get("file", [])]

    @property
    def sent(self) -> list[UploadedFile]:
        files = self.files.getlist("file") if self.is_bound else []
        return [file for file in files if not is_junk(file.name or "")]


class StartForm(forms.Form):
    """A file that will come in pieces. `code` is the indicator that it is for, empty for the library."""

    name = forms.CharField(max_length=1000, strip=False)
    size = forms.IntegerField(min_value=0, max_value=2**40)
    code = forms.CharField(max_length=8, required=False)


class PieceForm(forms.Form):
    """One piece of a file, and the place in the file where it begins."""

    offset = forms.IntegerField(min_value=0, max_value=2**40)
    piece = forms.FileField()
    folder = forms.CharField(max_length=2000, required=False)


class AttachForm(forms.Form):
    """Which files are attached, each to the indicator chosen beside it (`code-<key>`) and to those ticked with it
    (`also-<key>`). `pairs` are theirs."""

    attach = forms.ModelMultipleChoiceField(
        queryset=Evidence.objects.none(),
        error_messages={
            "required": gettext_lazy("Tick at least one file."),
            "invalid_choice": gettext_lazy("One of these is no longer there; look at the list again and choose."),
            "invalid_pk_value": gettext_lazy("One of these is no longer there; look at the list again and choose."),
        },
    )

    def __init__(self, *args: Any, assessment: Assessment, codes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = Evidence.objects.kept().filter(assessment=assessment)
        self.fields["attach"].queryset = kept  # type: ignore[attr-defined]
        self.codes = codes
        self.pairs: list[tuple[UUID, str]] = []

    def clean_attach(self) -> Any:
        chosen = self.cleaned_data["attach"]
        for each in chosen:
            code = self.data.get(f"code-{each.pk}", "")
            if code in self.codes:
                also = [one for one in self.also(each.pk) if one in self.codes]
                self.pairs += [(each.pk, one) for one in dict.fromkeys([code, *also])]
            else:
                self.add_error("attach", _("Choose an indicator for “%(name)s”.") % {"name": each.name})
        return chosen

    def chosen(self) -> dict[str, str]:
        """What was chosen for each file, also where it was refused: its key to the code."""
        return {name[5:]: str(value) for name, value in self.data.items() if name.startswith("code-")}

    def also(self, key: UUID) -> list[str]:
        """The further indicators ticked for a file."""
        return [str(code) for code in self.data.getlist(f"also-{key}")]  # type: ignore[attr-defined]

    def ticked(self) -> set[str]:
        return set(self.data.getlist("attach"))  # type: ignore[attr-defined]


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
