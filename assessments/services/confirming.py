"""Confirming a soft warning, with a reason."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, Confirmation, LogEntry, User
from assessments.queries.cautions import found_at
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.editions import IndicatorNode
from indicators.thai import clean


@transaction.atomic
def confirm(
    *, assessment: Assessment, indicator: IndicatorNode, warning: str, mark: str, reason: str, by: User
) -> Confirmation:
    """Confirm a warning at its indicator as the person saw it (`mark`); raises Refused. One row of the log.

    It holds while the figures are these; of other figures the office is asked again.
    """
    assessment = locked(assessment, by=by, action=Action.EDIT, code=indicator.code)
    found = found_at(assessment, indicator, warning)
    if found is None:
        raise Refused(_("This warning is gone: the figures were changed. Nothing needs to be confirmed."))
    if found.mark != mark:
        raise Refused(_("The figures were changed in the meantime. Look at them again before you confirm."))
    if not clean(reason):
        raise Refused(_("Write the reason before you confirm."))
    said = {"about": dict(found.caution.about), "reason": clean(reason), "by": by, "at": timezone.now()}
    row, _is_new = Confirmation.objects.update_or_create(
        assessment=assessment, indicator_id=indicator.pk, warning=warning, defaults=said
    )
    LogEntry.objects.create(
        what="confirm_warning",
        about=f"{assessment.province.iso} {assessment.round.year}",
        details={"indicator": indicator.code, "warning": warning, "about": row.about, "reason": row.reason},
        by=by,
    )
    return row
