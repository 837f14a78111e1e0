"""The receipt of a submission, by mail to the office."""

import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.calendar import BANGKOK, clock, long_date
from assessments.models import Assessment, User
from indicators.scoring import LEVELS

log = logging.getLogger("pmj")


def mail_receipt(*, assessment: Assessment, by: User) -> None:
    """Mail the receipt, in Thai, to the office's people once the submission is committed.

    A mail that cannot be sent is logged and undoes nothing: the receipt stands on its page.
    """
    people = User.objects.filter(province=assessment.province, is_active=True).order_by("pk")
    addresses = list(people.values_list("email", flat=True))
    with translation.override("th"):
        subject = _("Receipt %(reference)s: self-assessment of %(office)s") % {
            "reference": assessment.reference,
            "office": assessment.province.office_name,
        }
        text = receipt_text(assessment, by)
    transaction.on_commit(partial(_send, subject, text, addresses))


def receipt_text(assessment: Assessment, by: User) -> str:
    """The receipt as plain text."""
    submitted_at = assessment.submitted_at
    assert submitted_at is not None
    day = submitted_at.astimezone(BANGKOK).date()
    facts = (
        (_("Reference"), assessment.reference),
        (_("Sent on"), f"{long_date(day)} {clock(submitted_at)}"),
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
        f"{settings.BASE_URL}{reverse('assessment_receipt', args=[assessment.pk])}",
    ]
    return "\n".join(lines)


def _result(total: dict[str, Any]) -> str:
    mean = total["mean"] or f"{total['low']}–{total['high']}"
    level = next((level for level in LEVELS if level.code == total["level"]), None)
    return f"{mean} {level.name}" if level else str(mean)


def _send(subject: str, text: str, addresses: list[str]) -> None:
    for address in addresses:
        try:
            send_mail(subject, text, None, [address])
        except OSError:
            log.exception("receipt could not be mailed")
