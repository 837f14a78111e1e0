"""What every service shares: refusing with a reason, and locking an assessment."""

from django.utils.functional import Promise

from assessments.access import may
from assessments.models import Assessment, User
from assessments.workflow import Action


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
    return now
