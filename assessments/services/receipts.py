"""The receipt of a submission, by mail to the office."""

import logging
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from assessments.models import Assessment, User

log = logging.getLogger("pmj")


def mail_receipt(*, assessment: Assessment, by: User) -> None:
    """Mail the receipt to the office's people once the submission is committed.

    A mail that cannot be sent is logged and undoes nothing: the receipt stands on its page.
    """
    people = User.objects.filter(province=assessment.province, is_active=True).order_by("pk")
    addresses = list(people.values_list("email", flat=True))
    path = reverse("assessment_receipt", args=[assessment.pk])
    context = {"assessment": assessment, "by": by, "address": f"{settings.BASE_URL}{path}"}
    with translation.override("th"):
        subject = render_to_string("office/receipt_subject.txt", context).strip()
        text = render_to_string("office/receipt_mail.txt", context)
    transaction.on_commit(partial(_send, subject, text, addresses))


def _send(subject: str, text: str, addresses: list[str]) -> None:
    for address in addresses:
        try:
            send_mail(subject, text, None, [address])
        except OSError:
            log.exception("receipt could not be mailed")
