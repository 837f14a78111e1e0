"""The receipt of a submission, by mail to the office."""

import logging
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
from indicators.scoring import LEVELS

log = logging.getLogger("pmj")


def mail_receipt(*, assessment: Assessment, by: User) -> None:
    """Have the worker mail the receipt, in Thai, to the office's people once the submission is committed.

    Whatever fails on the way is logged and undoes nothing: the receipt stands on its page.
    """
    with translation.override("th"):
        subject = _("Receipt %(reference)s: self-assessment of %(office)s") % {
            "reference": assessment.reference,
            "office": assessment.province.office_name,
        }
        text = receipt_text(assessment, by)
    transaction.on_commit(partial(send_receipt.enqueue, subject, text, assessment.province_id), robust=True)


def receipt_text(assessment: Assessment, by: User) -> str:
    """The receipt as plain text."""
    submitted_at = assessment.submitted_at
    assert submitted_at is not None
    facts = (
        (_("Reference"), assessment.reference),
        (_("Sent on"), f"{long_date(day_of(submitted_at))} {clock(submitted_at)}"),
        (_("Certified by"), by.full_name),
        (_("Dimensions 2 to 4 together"), _result(assessment.results["overall"])),
        (_("Fingerprint of the answers (SHA-256)"), assessment.answers_hash),
    )
    lines = [
        _("The self-assessment of %(office)s for fiscal year %(year)s is submitted.")
        % {"office": assessment.province.full_office_name, "year": assessment.round.year},
        "",
        *(f"{label}: {value}" for label, value in facts),
        "",
        _("What comes next"),
        _(
            "The central division reads the answers and the evidence. "
            "It accepts the assessment, or sends it back with its reasons."
        ),
        _("Until then the answers are frozen. You can read them, and take the evaluation form as PDF or Excel."),
        "",
        link_to("assessment_receipt", assessment.pk),
    ]
    return "\n".join(lines)


def _result(total: dict[str, Any]) -> str:
    mean = total["mean"] or f"{total['low']}–{total['high']}"
    level = next((level for level in LEVELS if level.code == total["level"]), None)
    return f"{mean} {level.name}" if level else str(mean)


@task()
def send_receipt(subject: str, text: str, province: int) -> None:
    """To each person of the office a mail of their own, by the worker: a slow mail server holds up no submission."""
    people = User.objects.filter(province=province, is_active=True).order_by("pk")
    for address in people.values_list("email", flat=True):
        try:
            send_mail(subject, text, None, [address])
        except OSError:
            log.exception("receipt could not be mailed")
