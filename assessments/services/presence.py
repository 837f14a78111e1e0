"""Presence instead of locks: who has an indicator open now. Nothing is kept of it for longer than a minute."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from assessments.access import may
from assessments.models import Assessment, Presence, User
from assessments.services.base import Refused
from assessments.workflow import Action
from indicators.editions import IndicatorNode

# A page that has not said for so long that it is open counts as closed.
LASTS = timedelta(seconds=60)


@transaction.atomic
def say_open(*, assessment: Assessment, indicator: IndicatorNode, by: User, editing: bool) -> None:
    """The person's page of the indicator is open (and typed in, within the last minute); raises Refused.

    Rows of pages that were closed go with it. Two queries, no lock: nothing depends on them.
    """
    decision = may(by, Action.EDIT, assessment)
    if not decision:
        raise Refused(decision.reason)
    now = timezone.now()
    Presence.objects.filter(assessment=assessment, seen_at__lt=now - LASTS).delete()
    Presence.objects.bulk_create(
        [Presence(assessment=assessment, indicator_id=indicator.pk, person=by, editing=editing, seen_at=now)],
        update_conflicts=True,
        unique_fields=["assessment", "indicator", "person"],
        update_fields=["editing", "seen_at"],
    )
