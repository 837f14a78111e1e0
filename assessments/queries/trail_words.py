"""Rows of the audit trail in words, for the page and its CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from assessments.models import Answer, EvidenceChange, Kind, TrailRow, User
from assessments.queries.trail import subjects
from assessments.workflow import Action, Role

_ACTS: dict[tuple[str, str], str | Promise] = {
    (Kind.ANSWER, "answer"): gettext_lazy("Answer changed"),
    (Kind.VERDICT, "verdict"): gettext_lazy("Verdict or reply changed"),
    (Kind.SIGN_IN, "login"): gettext_lazy("Signed in"),
    (Kind.SIGN_IN, "logout"): gettext_lazy("Signed out"),
    (Kind.SIGN_IN, "login_failed"): gettext_lazy("Sign-in failed"),
    (Kind.SIGN_IN, "code_failed"): gettext_lazy("Second factor: wrong code"),
    (Kind.PEOPLE, "password_set"): gettext_lazy("Password set"),
    (Kind.PEOPLE, "factor_added"): gettext_lazy("Second factor set up"),
    (Kind.PEOPLE, "factor_removed"): gettext_lazy("Second factor removed"),
    (Kind.PEOPLE, "factor_reset"): gettext_lazy("New recovery codes"),
    (Kind.PEOPLE, "invite"): gettext_lazy("Invited"),
    (Kind.PEOPLE, "invite_again"): gettext_lazy("New link made"),
    (Kind.PEOPLE, "revoke_invitation"): gettext_lazy("Invitation taken back"),
    (Kind.PEOPLE, "accept_invitation"): gettext_lazy("Invitation accepted"),
    (Kind.PEOPLE, "change_person"): gettext_lazy("Account changed"),
    (Kind.PEOPLE, "deactivate"): gettext_lazy("Deactivated"),
    (Kind.PEOPLE, "reactivate"): gettext_lazy("Reactivated"),
    (Kind.PEOPLE, "remove_second_factor"): gettext_lazy("Second factor removed"),
    (Kind.PEOPLE, "sign_out_everywhere"): gettext_lazy("Signed out on every device"),
    (Kind.PEOPLE, "support_office"): gettext_lazy("Support office changed"),
    (Kind.OTHER, "open_round"): gettext_lazy("Round opened"),
    (Kind.OTHER, "change_round"): gettext_lazy("Round changed"),
    (Kind.OTHER, "extend"): gettext_lazy("Later day given"),
    (Kind.OTHER, "facts"): gettext_lazy("Numbers of the office stated"),
    (Kind.OTHER, "carry"): gettext_lazy("Taken over from last year"),
    (Kind.OTHER, "confirm_warning"): gettext_lazy("Warning confirmed"),
    (Kind.OTHER, "change_plan"): gettext_lazy("Improvement plan changed"),
    (Kind.OTHER, "follow_up"): gettext_lazy("Follow-up of last year stated"),
    (Kind.OTHER, "document_date"): gettext_lazy("Date of a document stated"),
    (Kind.OTHER, "item_prices"): gettext_lazy("Prices changed"),
    (Kind.OTHER, "second_reading"): gettext_lazy("Second reading drawn"),
    (Kind.OTHER, "record_visit"): gettext_lazy("Visit recorded"),
    (Kind.OTHER, "change_visit"): gettext_lazy("Visit changed"),
    (Kind.OTHER, "remove_visit"): gettext_lazy("Visit removed"),
    (Kind.OTHER, "restore_visit"): gettext_lazy("Visit put back"),
    (Kind.OTHER, "add_finding"): gettext_lazy("Finding added"),
    (Kind.OTHER, "change_finding"): gettext_lazy("Finding changed"),
    (Kind.OTHER, "remove_finding"): gettext_lazy("Finding removed"),
    (Kind.OTHER, "restore_finding"): gettext_lazy("Finding put back"),
    (Kind.OTHER, "mails_on"): gettext_lazy("Daily mail switched on"),
    (Kind.OTHER, "mails_off"): gettext_lazy("Daily mail switched off"),
    (Kind.EXPORT, "form_pdf"): gettext_lazy("Form as PDF"),
    (Kind.EXPORT, "form_excel"): gettext_lazy("Form as Excel workbook"),
    (Kind.EXPORT, "blank_form_pdf"): gettext_lazy("Blank form as PDF"),
    (Kind.EXPORT, "blank_form_excel"): gettext_lazy("Blank form as Excel workbook"),
    (Kind.EXPORT, "workbook_download"): gettext_lazy("The office's workbook"),
    (Kind.EXPORT, "evidence_download"): gettext_lazy("Evidence file"),
    (Kind.EXPORT, "attachment_download"): gettext_lazy("Attached file"),
    (Kind.EXPORT, "evidence_zip"): gettext_lazy("All evidence as ZIP"),
    (Kind.EXPORT, "audit_csv"): gettext_lazy("Audit trail as CSV"),
    (Kind.EXPORT, "mfa_download_recovery_codes"): gettext_lazy("Recovery codes"),
    **{(Kind.MOVE, action.value): action.label for action in Action},
    **{(Kind.FILE, act.value): act.label for act in EvidenceChange.Act},
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the trail as a person reads it."""

    number: str
    at: datetime
    person: str
    email: str
    role: str
    kind: str
    act: str
    subject: str
    office: str


def lines(page: Sequence[TrailRow]) -> list[Line]:
    """A page of `trail.rows` in words. Three queries for all of them."""
    entries: dict[str, str] = {key: entry.about for key, entry in subjects(page).items()}
    keys = {row.about.removeprefix("answer:") for row in page if row.about.startswith("answer:")}
    for pk, code in Answer.objects.filter(pk__in=keys).values_list("pk", "indicator__code"):
        entries[f"answer:{pk}"] = _("Indicator %(code)s") % {"code": code}
    people = {row.about.removeprefix("person:") for row in page if row.about.startswith("person:")}
    for pk, email in User.objects.filter(pk__in=people).values_list("pk", "email"):
        entries[f"person:{pk}"] = email
    return [_line(row, entries) for row in page]


def _line(row: Any, entries: dict[str, str]) -> Line:
    name = row.office_en if get_language() == "en" else row.office
    return Line(
        number=str(row),
        at=row.at,
        person=row.person or "",
        email=row.email or "",
        role=str(Role(row.role).label) if row.role in Role.values else "",
        kind=row.get_kind_display(),
        act=str(_ACTS.get((row.kind, row.act), row.get_kind_display())),
        subject=_subject(row, entries),
        office=f"{name} {row.year}" if name else "",
    )


def _subject(row: TrailRow, entries: dict[str, str]) -> str:
    if row.kind == Kind.FILE and row.facts.get("code"):
        return _("Indicator %(code)s") % {"code": row.facts["code"]}
    told = [entries.get(row.about), *(row.facts.get(name) for name in ("code", "year", "name", "address"))]
    return " · ".join(str(value) for value in told if value)
