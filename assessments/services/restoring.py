"""Using an earlier answer again: its columns as they were at a version, saved like any other save."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment, User
from assessments.models.logbook import RESTORED
from assessments.services.answers import COLUMNS, Saved, stored_answer, write_columns
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.editions import IndicatorNode
from indicators.inputs import InputRefused


def columns_at(answer: Answer, version: int) -> dict[str, Any]:
    """What the office had filled in at a version: the columns of today with every later change undone. One query."""
    columns = {column: getattr(answer, column) for column in COLUMNS}
    for row in answer.history.filter(version__gt=version).order_by("-version"):
        columns |= {column: old for column, (old, _new) in row.changes.items() if column in columns}
    return columns


@transaction.atomic
def restore_answer(*, assessment: Assessment, indicator: IndicatorNode, by: User, version: int, to: int) -> Saved:
    """Save what the answer held at version `to`, seen at `version`; raises Stale or Refused, writing nothing.

    Evidence is no part of it: files stay attached as they are now.
    """
    assessment = locked(assessment, by=by, action=Action.EDIT, code=indicator.code)
    answer = stored_answer(assessment, indicator)
    if not answer.history.filter(version=to).exists():
        raise Refused(_("This version of the answer does not exist."))
    new = columns_at(answer, to)
    try:
        return write_columns(answer, indicator, by=by, version=version, new=new, note={RESTORED: [None, to]})
    except InputRefused as refusal:
        raise Refused(_("These figures can no longer be used: %(reason)s") % {"reason": refusal}) from refusal
