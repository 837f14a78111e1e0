"""Leading an assessment from one state to another: one row of history a move."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, StatusChange, User
from assessments.services.base import Refused
from assessments.workflow import Action, needs_reason, target_of


def move(
    assessment: Assessment, action: Action, *, by: User, reason: str = "", due_on: date | None = None
) -> Assessment:
    """Make a move of the table with a locked assessment that allows it; raises Refused without a reason it needs."""
    refuse_without_reason(action, reason)
    to = target_of(action)
    StatusChange.objects.create(
        assessment=assessment,
        number=assessment.history.count() + 1,
        action=action,
        from_status=assessment.status,
        to_status=to,
        reason=reason.strip(),
        due_on=due_on,
        by=by,
    )
    assessment.status = to
    assessment.changed_at = timezone.now()
    assessment.save()
    return assessment


def refuse_without_reason(action: Action, reason: str) -> None:
    if needs_reason(action) and not reason.strip():
        raise Refused(_("Write the reason, so that the other side knows what to do."))
