"""The office's improvement plan: taking over a proposal, writing and removing steps, taking a change back.

Every act gives back what it changed (`Change`), so that the person can take it back as long as nobody else changed the
same steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, LogEntry, PlanStep, User
from assessments.queries.plan import REACHED, PlanRow, rows_of
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.editions import IndicatorNode

# A step as it is kept for taking a change back: its columns as JSON; None where there was no step.
Kept = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Change:
    """What an act changed, by the indicator's key as text: the step before it and after it."""

    before: dict[str, Kept]
    after: dict[str, Kept]

    def count(self, *, removed: bool = False) -> int:
        """How many steps were written, or removed."""
        return sum((step is None) == removed for step in self.after.values())


@transaction.atomic
def adopt(*, assessment: Assessment, by: User, targets: Mapping[int, int]) -> Change:
    """Add the rows to reach (by the indicator's key) to the plan. A step that aims higher already stays as it is.
    Raises Refused."""
    assessment = locked(assessment, by=by, action=Action.PLAN)
    rows = {row.node.pk: row for row in rows_of(assessment)}
    wanted: dict[int, Kept] = {}
    for pk, band in targets.items():
        step = rows[pk].step
        if step is None or step.target_band > band:
            wanted[pk] = {**_kept_or_new(step), "target_band": band}
    return _write(assessment, rows, wanted, by)


@transaction.atomic
def store(*, assessment: Assessment, by: User, targets: Mapping[int, int]) -> Change:
    """Make these rows to reach (by the indicator's key) the plan. What was written on a step stays with it; steps that
    are left out go, except those that are reached already or wait for a reviewer. Raises Refused."""
    assessment = locked(assessment, by=by, action=Action.PLAN)
    rows = {row.node.pk: row for row in rows_of(assessment)}
    wanted: dict[int, Kept] = {pk: {**_kept_or_new(rows[pk].step), "target_band": to} for pk, to in targets.items()}
    for pk, row in rows.items():
        if row.step is not None and pk not in targets and not row.waits and row.state != REACHED:
            wanted[pk] = None
    return _write(assessment, rows, wanted, by)


@transaction.atomic
def save_step(
    *,
    assessment: Assessment,
    by: User,
    indicator: IndicatorNode,
    target_band: int,
    action: str = "",
    who: str = "",
    due_on: date | None = None,
) -> Change:
    """Write one step; raises Refused."""
    assessment = locked(assessment, by=by, action=Action.PLAN)
    rows = {row.node.pk: row for row in rows_of(assessment)}
    step = {
        "target_band": target_band,
        "action": action,
        "who": who,
        "due_on": due_on.isoformat() if due_on else None,
    }
    return _write(assessment, rows, {indicator.pk: step}, by)


@transaction.atomic
def remove_step(*, assessment: Assessment, by: User, indicator: IndicatorNode) -> Change:
    """Take one step out of the plan; raises Refused."""
    assessment = locked(assessment, by=by, action=Action.PLAN)
    rows = {row.node.pk: row for row in rows_of(assessment)}
    return _write(assessment, rows, {indicator.pk: None}, by)


@transaction.atomic
def undo(*, assessment: Assessment, by: User, change: Change) -> Change:
    """Take a change back; raises Refused when somebody changed one of its steps since."""
    assessment = locked(assessment, by=by, action=Action.PLAN)
    rows = {row.node.pk: row for row in rows_of(assessment)}
    for pk, after in change.after.items():
        row = rows.get(int(pk))
        if row is None or _kept(row.step) != after:
            raise Refused(_("The plan was changed in the meantime, so this can no longer be taken back."))
    wanted = {int(pk): before for pk, before in change.before.items()}
    return _write(assessment, rows, wanted, by, taken_back=True)


def _kept(step: PlanStep | None) -> Kept:
    if step is None:
        return None
    due_on = step.due_on.isoformat() if step.due_on else None
    return {"target_band": step.target_band, "action": step.action, "who": step.who, "due_on": due_on}


def _kept_or_new(step: PlanStep | None) -> dict[str, Any]:
    return _kept(step) or {"action": "", "who": "", "due_on": None}


def _write(
    assessment: Assessment,
    rows: Mapping[int, PlanRow],
    wanted: Mapping[int, Kept],
    by: User,
    *,
    taken_back: bool = False,
) -> Change:
    """Bring the steps to what is wanted and record it; what is so already is left alone."""
    change = Change({}, {})
    for pk, new in wanted.items():
        row = rows[pk]
        old = _kept(row.step)
        if new == old:
            continue
        if new is None:
            PlanStep.objects.filter(assessment=assessment, indicator_id=pk).delete()
        else:
            if not taken_back and (old is None or old["target_band"] != new["target_band"]):
                _refuse_row(row, new["target_band"])
            columns = {**new, "due_on": date.fromisoformat(new["due_on"]) if new["due_on"] else None}
            columns |= {"by": by, "at": timezone.now()}
            PlanStep.objects.update_or_create(assessment=assessment, indicator_id=pk, defaults=columns)
        change.before[str(pk)], change.after[str(pk)] = old, new
    if change.after:
        details = {rows[int(pk)].node.code: [change.before[pk], after] for pk, after in change.after.items()}
        about = f"{assessment.province.iso} {assessment.round.year}"
        LogEntry.objects.create(what="change_plan", about=about, details=details, by=by)
    return change


def _refuse_row(row: PlanRow, band: int) -> None:
    if row.waits:
        text = _("Indicator %(code)s waits for a reviewer, who chooses its row; it cannot be planned now.")
        raise Refused(text % {"code": row.node.code})
    if band not in row.better:
        text = _("Indicator %(code)s: choose a printed row that is better than the present one.")
        raise Refused(text % {"code": row.node.code})
