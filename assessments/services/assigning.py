"""Sharing out: who of the office answers which indicator, and by when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, Assignment, User
from assessments.services.base import Refused, locked
from assessments.workflow import Action


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
    changed = 0
    for indicator, each in wanted.items():
        row = before.get(indicator)
        if each.person is None:
            changed += row is not None
            if row:
                row.delete()
        elif row is None or (row.person_id, row.due_on) != (each.person, each.due_on):
            changed += 1
            Assignment.objects.update_or_create(
                assessment=assessment,
                indicator_id=indicator,
                defaults={"person_id": each.person, "due_on": each.due_on, "by": by, "at": timezone.now()},
            )
    return changed
