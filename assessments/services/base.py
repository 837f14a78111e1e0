"""What every service shares: refusing with a reason, and locking an assessment."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from assessments.access import has, may, sees_province
from assessments.models import Assessment, User
from assessments.workflow import Action, Right


class Refused(Exception):
    """An act that is not done; `message` tells the person why and what to do."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(str(message))


def locked(assessment: Assessment, *, by: User, action: Action) -> Assessment:
    """The assessment as it is now, locked until the transaction ends; raises Refused if the act is not allowed now.

    Asked again here although the view asked before: between the two the round may have closed, or a colleague
    may have submitted.
    """
    now = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("round__edition", "province")
        .get(pk=assessment.pk)
    )
    decision = may(by, action, now)
    if not decision:
        raise Refused(decision.reason)
    if not sees_province(by, now.province):
        raise Refused(_("This assessment belongs to another office."))
    return now


def refuse_without(right: Right, by: User) -> None:
    """Raises Refused when a person lacks a right over the whole."""
    decision = has(by, right)
    if not decision:
        raise Refused(decision.reason)
