"""What a person writes into the memo of a round; everything else in it follows from the figures."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.calendar import thai_long_date, today
from assessments.memo import Head
from assessments.queries.country import VALUES
from indicators.thai import clean

LONGEST, LONGEST_TEXT = 300, 4000
ARABIC, THAI = "arabic", "thai"
# The usual words of such a memo, which is Thai.
OFFICE = "กองมาตรฐานการพัฒนาสังคมและความมั่นคงของมนุษย์ สำนักงานปลัดกระทรวงการพัฒนาสังคมและความมั่นคงของมนุษย์"
ADDRESSEE = "ปลัดกระทรวงการพัฒนาสังคมและความมั่นคงของมนุษย์"
CONSIDERATION = (
    "กองมาตรฐานการพัฒนาสังคมและความมั่นคงของมนุษย์พิจารณาแล้ว เห็นควรรายงานผลการประเมินตนเองตามมาตรฐานการปฏิบัติหน้าที่ของ "
    "สนง.พมจ. เพื่อโปรดทราบ และใช้ผลการประเมินเป็นข้อมูลประกอบการพัฒนาการปฏิบัติงานและการจัดสรรทรัพยากรของ สนง.พมจ. ต่อไป"
)
PROPOSAL = "จึงเรียนมาเพื่อโปรดทราบ"


class MemoForm(forms.Form):
    """The letter's head, its two last sections, who signs, which of the three values, and which digits."""

    use_required_attribute = False

    value = forms.ChoiceField(label=_("Scores shown"), choices=[*VALUES.items()])
    digits = forms.ChoiceField(
        label=_("Digits"), choices=[(THAI, _("Thai digits (๑๒๓)")), (ARABIC, _("Arabic digits (123)"))]
    )
    office = forms.CharField(label=_("Office that writes"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False)
    number = forms.CharField(
        label=_("Number of the letter"), required=False, help_text=_("Empty: a dotted line to fill in by hand.")
    )
    day = forms.CharField(label=_("Date of the letter"), required=False)
    subject = forms.CharField(label=_("Subject"), error_messages={"required": _("Write what the memo is about.")})
    addressee = forms.CharField(label=_("Addressee"), error_messages={"required": _("Write whom the memo is for.")})
    consideration = forms.CharField(
        label=_("Consideration (section 3)"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what the division considered.")},
    )
    proposal = forms.CharField(
        label=_("Proposal (section 4)"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what is proposed.")},
    )
    signer = forms.CharField(label=_("Name of who signs"), required=False)
    position = forms.CharField(label=_("Position of who signs"), required=False)

    def __init__(self, data: Any = None, *, year: int, value: str) -> None:
        initial = {
            "value": value,
            "digits": THAI,
            "office": OFFICE,
            "day": thai_long_date(today()),
            "subject": f"รายงานผลการประเมินตนเองตามมาตรฐานการปฏิบัติหน้าที่ของ สนง.พมจ. ประจำปีงบประมาณ พ.ศ. {year}",
            "addressee": ADDRESSEE,
            "consideration": CONSIDERATION,
            "proposal": PROPOSAL,
        }
        super().__init__(data, initial=initial)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name in [name for name, text in found.items() if isinstance(text, str)]:
            most = LONGEST_TEXT if isinstance(self.fields[name].widget, forms.Textarea) else LONGEST
            found[name] = clean(found[name])
            if len(found[name]) > most:
                self.add_error(name, _("This is longer than %(most)d characters. Shorten it.") % {"most": most})
        return found

    @property
    def head(self) -> Head:
        names = ("office", "phone", "number", "day", "subject", "addressee")
        return Head(**{name: self.cleaned_data[name] for name in names})

    @property
    def texts(self) -> dict[str, Any]:
        names = ("consideration", "proposal", "signer", "position")
        return {name: self.cleaned_data[name] for name in names} | {"thai_digits": self.cleaned_data["digits"] == THAI}
