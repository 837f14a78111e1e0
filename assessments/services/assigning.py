"""Sharing out: who of the office answers which indicator, and by when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.access import not_asked
from assessments.models import Assessment, Assignment, User
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.models import Indicator


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to answer an indicator (the person's key, None: nobody), and by when."""

    person: int | None
    due_on: date | None = None


@transaction.atomic
def assign(*, assessment: Assessment, by: User, wanted: Mapping[int, Wanted]) -> int:
    """Give indicators (by key) to people of the office, or take them off; how many changed. Raises Refused.

    What is not named stays as it is. A day without a person is dropped.
    """
    assessment = locked(assessment, by=by, action=Action.ASSIGN)
    people = {each.person for each in wanted.values() if each.person is not None}
    active = User.objects.filter(pk__in=people, province=assessment.province, is_active=True)
    if set(active.values_list("pk", flat=True)) != people:
        raise Refused(_("Only people with an active account in your office can be given indicators."))
    before = {row.indicator_id: row for row in assessment.assignments.filter(indicator__in=wanted)}
    wanted = {indicator: each for indicator, each in wanted.items() if _differs(before.get(indicator), each)}
    codes = Indicator.objects.filter(pk__in=wanted).values_list("code", flat=True) if assessment.asked else ()
    if not all(assessment.is_asked(code) for code in codes):
        raise Refused(not_asked(assessment))
    for indicator, each in wanted.items():
        row = before.get(indicator)
        if each.person is None:
            if row is not None:
                row.delete()
        else:
            Assignment.objects.update_or_create(
                assessment=assessment,
                indicator_id=indicator,
                defaults={"person_id": each.person, "due_on": each.due_on, "by": by, "at": timezone.now()},
            )
    return len(wanted)


def _differs(row: Assignment | None, wanted: Wanted) -> bool:
    if row is None or wanted.person is None:
        return (row is None) != (wanted.person is None)
    return (row.person_id, row.due_on) != (wanted.person, wanted.due_on)
