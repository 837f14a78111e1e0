"""What managers type about people and support offices, and what an invited person types."""

import re
from collections import defaultdict
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.calendar import today
from assessments.fields import BuddhistDateField
from assessments.forms.account import NEW_PASSWORD_HINT
from assessments.forms.sheets import Row, rows_of_text, rows_of_workbook
from assessments.models import Province, SupportOffice, User
from assessments.services.people import ADDRESS_TAKEN
from assessments.services.support import NUMBERS
from assessments.workflow import OFFICE_ROLES, Role
from indicators.thai import arabic_digits, clean, squeeze

STATES = (
    ("", gettext_lazy("All")),
    ("active", gettext_lazy("In use")),
    ("invited", gettext_lazy("Invited, not joined yet")),
    ("inactive", gettext_lazy("Deactivated")),
)
EMAIL_MESSAGE = gettext_lazy("Type the e-mail address of the person, for example name@office.go.th.")


class ProvinceChoice(forms.ModelChoiceField):
    """An office, called by its province."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Province.objects.with_office(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PeopleFilterForm(forms.Form):
    """The filters above the list. What cannot be read filters nothing."""

    use_required_attribute = False
    search = forms.CharField(label=gettext_lazy("Search name, e-mail or province"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, choices=[("", gettext_lazy("All")), *Role.choices]
    )
    province = ProvinceChoice(label=gettext_lazy("Office"), required=False, empty_label=gettext_lazy("All"))
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=STATES)


class PersonForm(forms.Form):
    """Name, role and, where the role has one, the office."""

    use_required_attribute = False
    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the first and the last name.")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), error_messages={"required": gettext_lazy("Choose what the person does.")}
    )
    province = ProvinceChoice(
        label=gettext_lazy("Office (for office editors and office heads)"),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    support_office = forms.TypedChoiceField(
        label=gettext_lazy("Support office (for regional supporters)"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, by: User, person: User | None = None, **kwargs: Any) -> None:
        if person:
            kwargs["initial"] = {
                "full_name": person.full_name,
                "role": person.role,
                "province": person.province,
                "support_office": person.support_office.number if person.support_office else "",
            }
        super().__init__(*args, **kwargs)
        self.person = person
        roles = [(role.value, role.label) for role in Role if role != Role.ADMIN or by.role == Role.ADMIN]
        self.fields["role"].choices = [("", gettext_lazy("Choose")), *roles]  # type: ignore[attr-defined]
        self.fields["support_office"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("None")),
            *((number, f"สสว. {number}") for number in NUMBERS),
        ]

    def clean_full_name(self) -> str:
        name = clean(self.cleaned_data["full_name"])
        if not name:
            raise ValidationError(_("Type the first and the last name."))
        return name

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        role = typed.get("role")
        if role in OFFICE_ROLES and not typed.get("province"):
            self.add_error("province", _("Choose the office in which the person works."))
        if role and role not in OFFICE_ROLES and typed.get("province"):
            self.add_error(
                "province", _("This role belongs to no provincial office: choose “None” here, or another role.")
            )
        if role and role != Role.SUPPORTER and typed.get("support_office"):
            self.add_error(
                "support_office", _("This role belongs to no support office: choose “None” here, or another role.")
            )
        if role == Role.SUPPORTER and not typed.get("support_office") and SupportOffice.objects.exists():
            self.add_error("support_office", _("Choose the support office in which the person works."))
        return typed

    def values(self) -> dict[str, Any]:
        """What the services take: the office only where the role has one."""
        typed = self.cleaned_data
        role = Role(typed["role"])
        return {
            "full_name": typed["full_name"],
            "role": role,
            "province": typed["province"] if role in OFFICE_ROLES else None,
            "support_number": typed["support_office"] if role == Role.SUPPORTER else None,
        }


class InviteForm(PersonForm):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), error_messages={"required": EMAIL_MESSAGE, "invalid": EMAIL_MESSAGE}
    )
    field_order = ("email", "full_name", "role", "province", "support_office")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for validator in self.fields["email"].validators:
            if hasattr(validator, "code") and validator.code == "invalid":
                validator.message = EMAIL_MESSAGE  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(ADDRESS_TAKEN, code="taken")
        return email


class AcceptInvitationForm(forms.Form):
    """The first password, twice."""

    use_required_attribute = False
    password1 = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=1000,
        help_text=NEW_PASSWORD_HINT,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Type the new password.")},
    )
    password2 = forms.CharField(
        label=gettext_lazy("New password once more"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Type the new password once more.")},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, second = typed.get("password1"), typed.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ; type both again."))
        return typed


class SupportOfficeForm(forms.Form):
    """One province: its support office, from a day on."""

    use_required_attribute = False
    number = forms.TypedChoiceField(
        label=gettext_lazy("Support office"), required=False, coerce=int, empty_value=None, choices=()
    )
    starts_on = BuddhistDateField(label=gettext_lazy("From this day on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("None")),
            *((number, f"สสว. {number}") for number in NUMBERS),
        ]
        self.fields["starts_on"].initial = today()


class SupportImportForm(forms.Form):
    """All 76 offices from a sheet. `numbers` holds the result; every fault is told at once."""

    use_required_attribute = False
    sheet = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx)"),
        required=False,
        help_text=gettext_lazy("First column the province, second column the number of its support office (1 to 12)."),
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
        error_messages={"empty": gettext_lazy("This file is empty; choose the filled one.")},
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste the two columns here"),
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea({"rows": 10}),
        help_text=gettext_lazy("One province a line, then its number, for example: เชียงใหม่ 10"),
    )
    starts_on = BuddhistDateField(label=gettext_lazy("From this day on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today()
        self.numbers: dict[Province, int] = {}

    def clean_sheet(self) -> list[Row] | None:
        upload = self.cleaned_data["sheet"]
        if not upload:
            return None
        try:
            return rows_of_workbook(upload)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "sheet" in self.errors or "pasted" in self.errors:
            return typed
        if typed.get("sheet") and clean(typed.get("pasted") or ""):
            self.add_error("sheet", _("There is a workbook and pasted text; give only one of them."))
            return typed
        name = "sheet" if typed.get("sheet") else "pasted"
        rows = typed.get("sheet") or rows_of_text(typed.get("pasted") or "")
        if not rows:
            self.add_error("sheet", _("Choose a workbook or paste the two columns."))
            return typed
        if _numbered(rows):
            self.add_error(
                name,
                _(
                    "The first column holds numbers; take it out: "
                    "first the province, then the number of its support office."
                ),
            )
            return typed
        self.numbers, faults = judged(rows)
        for fault in faults:
            self.add_error(name, fault)
        return typed


def _numbered(rows: list[Row]) -> bool:
    """Whether a column of running numbers stands before the provinces."""
    return 2 * sum(arabic_digits(name).rstrip(".").isdigit() for _line, name, _cell in rows) > len(rows)


def judged(rows: list[Row]) -> tuple[dict[Province, int], list[str]]:
    """Province to number, and every fault as a sentence: unknown names, wrong numbers, twice, missing."""
    known = _known_names()
    seen: dict[Province, list[int]] = defaultdict(list)
    numbers: dict[Province, int] = {}
    faults: list[str] = []
    for index, (line, name, cell) in enumerate(rows):
        province = known.get(_name_key(name))
        number = _number(cell)
        if province is None and number is None and index == 0:
            continue  # the heads of the columns
        at = {"line": line, "name": name, "cell": cell}
        if province is None:
            faults.append(_("Line %(line)s: “%(name)s” is not a province that we know; check the spelling.") % at)
        elif not province.has_office:
            faults.append(_("Line %(line)s: %(name)s has no provincial office; take the line out.") % at)
        else:
            seen[province].append(line)
            if number is None and cell:
                faults.append(_("Line %(line)s: “%(cell)s” is not a support office; write a number from 1 to 12.") % at)
            elif number is None:
                faults.append(_("Line %(line)s: %(name)s has no number; write a number from 1 to 12.") % at)
            else:
                numbers[province] = number
    for province, lines in seen.items():
        if len(lines) > 1:
            where = ", ".join(str(line) for line in lines)
            faults.append(
                _("%(province)s appears more than once (lines %(lines)s); keep one.")
                % {"province": province.name, "lines": where}
            )
    missing = [province.name for province in Province.objects.with_office() if province not in seen]
    if missing:
        faults.append(
            ngettext(
                "%(count)s province is missing: %(names)s", "%(count)s provinces are missing: %(names)s", len(missing)
            )
            % {"count": len(missing), "names": ", ".join(missing)}
        )
    return numbers, faults


_BEFORE = ("สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์", "สนง.พมจ.", "สนงพมจ", "พมจ.", "พมจ", "จังหวัด", "จ.")


def _known_names() -> dict[str, Province]:
    known = {}
    for province in Province.objects.all():
        for name in (province.iso, province.name_th, province.name_en, *province.other_names):
            known[_name_key(name)] = province
    return known


def _name_key(name: str) -> str:
    """A province's name without what people put around it: office, จังหวัด, spaces, dots, hyphens."""
    key = squeeze(name)
    for before in _BEFORE:
        key = key.removeprefix(before)
    key = key.removesuffix("province").removesuffix("ฯ")
    return re.sub(r"[\s.'’\-]", "", key)


def _number(cell: str) -> int | None:
    """สสว. 3, 3 or ๓ is 3; None where it is not 1 to 12."""
    found = re.fullmatch(r"(?:สำนักงานส่งเสริมและสนับสนุนวิชาการ|สสว\.?)?(?:ที่)?(\d{1,2})", squeeze(arabic_digits(cell)))
    return int(found[1]) if found and int(found[1]) in NUMBERS else None
