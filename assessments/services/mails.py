"""Mails to an office about its assessment: the receipt, what was sent back, verified, final, reopened, a later day.

All in Thai, made once the act is committed and sent by the worker. Whatever fails on the way is logged and undoes
nothing: each of these facts also stands on the assessment's pages.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from assessments.calendar import clock, day_of, long_date
from assessments.links import link_to
from assessments.models import Assessment, User
from assessments.proofs import proof_link
from indicators.scoring import LEVELS

log = logging.getLogger("pmj")


def mail_receipt(*, assessment: Assessment, by: User) -> None:
    """The receipt of a submission."""

    def write() -> tuple[str, list[str]]:
        return _("Receipt %(reference)s") % {"reference": assessment.reference}, _receipt(assessment, by)

    _mail(assessment, write)


def mail_returned(
    *, assessment: Assessment, by: User, reason: str, due_on: date, questions: Sequence[tuple[str, str]] = ()
) -> None:
    """It is back for correction: why, which questions (indicator, text), by which day, and where to correct it."""

    def write() -> tuple[str, list[str]]:
        lines = [
            _(
                "The central division sent the self-assessment of %(office)s for fiscal year %(year)s "
                "back for correction."
            )
            % _names(assessment),
            "",
            _fact(_("What the office has to correct")),
            reason.strip(),
            "",
            *_asked(questions),
            _fact(_("To be corrected by"), long_date(due_on)),
            _until(assessment),
            _fact(_("Sent back by"), by.full_name),
            "",
            _("What comes next"),
            _next_step(questions),
            "",
            link_to("assessment_detail", assessment.pk),
        ]
        return _("Sent back, to be corrected by %(day)s") % {"day": long_date(due_on)}, lines

    _mail(assessment, write)


def _asked(questions: Sequence[tuple[str, str]]) -> list[str]:
    if not questions:
        return []
    return [_fact(_("Questions to answer")), *(f"{code}: {text}" for code, text in questions), ""]


def _next_step(questions: Sequence[tuple[str, str]]) -> str:
    if questions:
        return _(
            "Only these indicators are open. Correct and answer each question, "
            "then the head of the office certifies and submits again."
        )
    return _("Correct the answers, then the head of the office certifies and submits again.")


def mail_verified(*, assessment: Assessment, by: User) -> None:
    """The verdicts are there: the verified totals, and until when the office may reply."""

    def write() -> tuple[str, list[str]]:
        assert assessment.reply_until is not None
        lines = [
            _("The central division verified the self-assessment of %(office)s for fiscal year %(year)s.")
            % _names(assessment),
            "",
            _fact(_("Claimed, dimensions 2 to 4 together"), _result(assessment.results["overall"])),
            _fact(_("Verified, dimensions 2 to 4 together"), _result(assessment.verified_results["overall"])),
            _fact(_("Verified by"), by.full_name),
            "",
            _("What comes next"),
            _(
                "Read the verdicts and accept or dispute each of them until %(day)s, 23:59:59. "
                "What is not disputed by then is final."
            )
            % {"day": long_date(assessment.reply_until)},
            "",
            link_to("reply", assessment.pk),
        ]
        return _("Verified; reply until %(day)s") % {"day": long_date(assessment.reply_until)}, lines

    _mail(assessment, write)


def mail_final(*, assessment: Assessment, by: User) -> None:
    """The result is final, with these totals."""

    def write() -> tuple[str, list[str]]:
        lines = [
            _("The result of %(office)s for fiscal year %(year)s is final.") % _names(assessment),
            "",
            _fact(_("Final, dimensions 2 to 4 together"), _result(assessment.final_results["overall"])),
            _fact(_("Made final by"), by.full_name),
            "",
            _("The evaluation form with the final result can be taken as PDF or Excel here:"),
            link_to("form_page", assessment.pk),
        ]
        return _("The result is final"), lines

    _mail(assessment, write)


def mail_reopened(*, assessment: Assessment, by: User, reason: str) -> None:
    """The final result was taken back; the office has nothing to do yet."""

    def write() -> tuple[str, list[str]]:
        lines = [
            _("The central division reopened the self-assessment of %(office)s for fiscal year %(year)s.")
            % _names(assessment),
            "",
            _fact(_("Reason")),
            reason.strip(),
            "",
            _fact(_("Reopened by"), by.full_name),
            "",
            _("What comes next"),
            _(
                "The central division reviews it again. "
                "The answers stay frozen unless it sends them back for correction."
            ),
            "",
            link_to("assessment_history", assessment.pk),
        ]
        return _("The final result is reopened"), lines

    _mail(assessment, write)


def mail_extended(*, assessment: Assessment, by: User, reason: str) -> None:
    """The office may answer until a later day."""

    def write() -> tuple[str, list[str]]:
        lines = [
            _("The closing day of the self-assessment of %(office)s for fiscal year %(year)s is changed.")
            % _names(assessment),
            "",
            _until(assessment),
            _fact(_("Changed by"), by.full_name),
            "",
            _fact(_("Reason")),
            reason.strip(),
            "",
            link_to("assessment_detail", assessment.pk),
        ]
        return _("New closing day: %(day)s") % {"day": long_date(assessment.closes_on)}, lines

    _mail(assessment, write)


def _mail(assessment: Assessment, write: Callable[[], tuple[str, list[str]]]) -> None:
    """Have the worker mail what `write` gives (subject, lines), made in Thai, once the transaction is committed."""
    with translation.override("th"):
        subject, lines = write()
    # The office stands first: supporters forward these mails, and a phone shows few words of a subject.
    subject = f"{assessment.province.office_name}: {subject}"
    transaction.on_commit(
        partial(send_to_office.enqueue, subject, "\n".join(lines), assessment.province_id), robust=True
    )


def _names(assessment: Assessment) -> dict[str, object]:
    return {"office": assessment.province.full_office_name, "year": assessment.round.year}


def _fact(label: str, value: str = "") -> str:
    return f"{label}: {value}".rstrip()


def _until(assessment: Assessment) -> str:
    return _("The answers can be changed until: %(day)s, 23:59:59") % {"day": long_date(assessment.closes_on)}


def _receipt(assessment: Assessment, by: User) -> list[str]:
    submitted_at = assessment.submitted_at
    assert submitted_at is not None
    facts = (
        (_("Reference"), assessment.reference),
        (_("Sent on"), f"{long_date(day_of(submitted_at))} {clock(submitted_at)}"),
        (_("Certified by"), by.full_name),
        (_("Dimensions 2 to 4 together"), _result(assessment.results["overall"])),
        (_("Fingerprint of the answers (SHA-256)"), assessment.answers_hash),
        (_("Whether a printed form still equals it"), proof_link(assessment)),
    )
    return [
        _("The self-assessment of %(office)s for fiscal year %(year)s is submitted.") % _names(assessment),
        "",
        *(_fact(label, value) for label, value in facts),
        "",
        _("What comes next"),
        _(
            "The central division reads the answers and the evidence. "
            "It verifies them one by one, or sends the assessment back with its questions."
        ),
        _("Until then the answers are frozen. You can read them, and take the evaluation form as PDF or Excel."),
        "",
        link_to("assessment_receipt", assessment.pk),
    ]


def _result(total: dict[str, Any]) -> str:
    mean = total["mean"] or f"{total['low']}–{total['high']}"
    level = next((level for level in LEVELS if level.code == total["level"]), None)
    return f"{mean} {level.name}" if level else str(mean)


@task()
def send_to_office(subject: str, text: str, province: int) -> None:
    """To each active person of the office a mail of their own, by the worker: a slow mail server holds up no act."""
    people = User.objects.filter(province=province, is_active=True).order_by("pk")
    for address in people.values_list("email", flat=True):
        try:
            send_mail(subject, text, None, [address])
        except OSError:
            log.exception("a mail to an office could not be sent")
