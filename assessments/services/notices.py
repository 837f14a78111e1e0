"""Marking notices as seen, the daily mail with what is new, and whether a person wants it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.calendar import day_of
from assessments.links import link_to, whole
from assessments.models import LogEntry, NoticeMark, User
from assessments.queries import notices as queries
from assessments.queries.notice_words import Item, Notice

# Longer than any notice is told: a mark that old belongs to none.
FORGOTTEN = timedelta(days=400)
# So many failures one after the other mean that the mail server is away: the others wait for the next run.
MOST_FAILURES = 3

logger = logging.getLogger("pmj.notices")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run came to. `is_whole` is False where it gave up because the mail server was away."""

    mails: int
    failures: int
    is_whole: bool = True


@transaction.atomic
def mark_seen(*, person: User, until: datetime, group: str = "") -> int:
    """Mark the notices of a group, or all, as seen, but none that came after `until`; how many facts were new."""
    notices = [notice for notice in queries.notices_of(person) if not notice.is_seen and group in ("", notice.group)]
    new = [item for notice in notices for item in notice.items if item.at <= until]
    _mark(person, new, "seen_at")
    return len(new)


@transaction.atomic
def want_mails(*, person: User, wanted: bool) -> None:
    """Whether the person gets the daily mail."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.mails_wanted == wanted:
        return
    person.mails_wanted = wanted
    person.save(update_fields=["mails_wanted"])
    LogEntry.objects.create(what="mails_on" if wanted else "mails_off", about=person.email, details={}, by=person)


def send_digests() -> Sent:
    """To everybody who wants it one mail with what is new; at most one a day. What fails is tried at the next run."""
    mails = failures = in_a_row = 0
    connection = get_connection()
    try:
        for pk in list(_readers().values_list("pk", flat=True)):
            person, notices = _claim(pk)
            if not notices:
                continue
            if _was_sent(person, notices, connection):
                mails, in_a_row = mails + 1, 0
            else:
                failures, in_a_row = failures + 1, in_a_row + 1
                _give_back(person, notices)
            if in_a_row == MOST_FAILURES:
                return Sent(mails, failures, is_whole=False)
    finally:
        connection.close()
    _forget_old_marks()
    return Sent(mails, failures)


def _readers() -> QuerySet[User]:
    """Active people who have joined and want the mail; demo accounts only in the demo."""
    found = User.objects.filter(is_active=True, mails_wanted=True)
    found = found.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return (found if settings.DEMO else found.filter(is_demo=False)).order_by("pk")


@transaction.atomic
def _claim(pk: int) -> tuple[User, list[Notice]]:
    """The person and what to mail, marked as mailed before it is: a second run at the same time finds nothing left,
    and no slow mail server holds the database."""
    person = User.objects.select_for_update(of=("self",)).select_related("province").get(pk=pk)
    now = timezone.now()
    last = NoticeMark.objects.filter(person=person).aggregate(at=Max("mailed_at"))["at"]
    if last and day_of(last) == day_of(now):
        return person, []
    notices = queries.to_mail(person)
    _mark(person, (item for notice in notices for item in notice.items), "mailed_at")
    return person, notices


def _give_back(person: User, notices: list[Notice]) -> None:
    keys = [item.key for notice in notices for item in notice.items]
    NoticeMark.objects.filter(person=person, key__in=keys).update(mailed_at=None)


def _mark(person: User, items: Iterable[Item], column: str) -> None:
    now = timezone.now()
    marks = [NoticeMark(person=person, key=item.key, **{column: now}) for item in items]
    NoticeMark.objects.bulk_create(
        marks, update_conflicts=True, unique_fields=["person", "key"], update_fields=[column]
    )


def _was_sent(person: User, notices: list[Notice], connection: BaseEmailBackend) -> bool:
    with translation.override("th"):
        subject, text = _written(person, notices)
    try:
        EmailMessage(subject, text, None, [person.email], connection=connection).send()
    except OSError:
        logger.exception("the daily mail of account %s could not be sent", person.pk)
        # A connection that broke half-way is opened anew for the next mail.
        connection.close()
        return False
    return True


def _written(person: User, notices: list[Notice]) -> tuple[str, str]:
    """Subject and text."""
    if len(notices) == 1:
        subject = notices[0].sentence
    else:
        count = len(notices)
        subject = ngettext("%(count)s new notice", "%(count)s new notices", count) % {"count": count}
    lines = [_("To %(name)s") % {"name": person.full_name}, ""]
    for notice in notices:
        lines += [f"• {notice.sentence}", *([f"  {notice.detail}"] if notice.detail else [])]
        lines += [f"  {notice.when}", f"  {whole(notice.link)}", ""]
    lines += [
        _("All notices") + f": {link_to('notices')}",
        "",
        _("You get at most one mail a day, and only when something is new. To switch it off: %(link)s")
        % {"link": link_to("profile")},
    ]
    subject = _("Standards of the provincial offices") + f": {subject}"
    # A line break in a subject would be refused, and names come from people.
    return " ".join(subject.split()), "\n".join(lines)


def _forget_old_marks() -> None:
    old = timezone.now() - FORGOTTEN
    unseen, unmailed = Q(seen_at__isnull=True), Q(mailed_at__isnull=True)
    NoticeMark.objects.filter(unseen | Q(seen_at__lt=old), unmailed | Q(mailed_at__lt=old)).delete()
