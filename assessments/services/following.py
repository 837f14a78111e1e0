"""What the office says became of last year's: the steps of its plan, and what visitors found."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, Finding, FollowUp, LogEntry, PlanStep, User
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.thai import clean


class SaidSince(Refused):
    """A colleague said something of it since the page was read; `item` is how it stands now."""

    def __init__(self, item: Finding | PlanStep) -> None:
        super().__init__(_("A colleague changed this in the meantime. Read it; send again to replace it."))
        self.item = item


def seen_of(item: Finding | PlanStep) -> str:
    """What a page sends back to show which state of an item it had read."""
    return item.follow_up_at.isoformat() if item.follow_up_at else ""


@transaction.atomic
def follow_up(
    *, assessment: Assessment, item: Finding | PlanStep, by: User, state: str, text: str, seen: str
) -> Finding | PlanStep:
    """Say in this assessment what became of an earlier round's step or finding; raises Refused, SaidSince."""
    assessment = locked(assessment, by=by, action=Action.PLAN)
    item, past = _now(item)
    if past.province_id != assessment.province_id or past.round.year >= assessment.round.year:
        raise Refused(_("This is not of an earlier round of this office."))
    if state not in FollowUp.values:
        raise Refused(_("Choose what became of it."))
    text = clean(text)
    if not text and state != FollowUp.DONE:
        raise Refused(_("Write what is still missing."))
    if (item.follow_up, item.follow_up_text) == (state, text):
        return item
    if seen_of(item) != seen:
        raise SaidSince(item)
    details = {"old": [item.follow_up, item.follow_up_text], "new": [state, text]}
    kind = "finding" if isinstance(item, Finding) else "step"
    item.follow_up, item.follow_up_text, item.follow_up_by, item.follow_up_at = state, text, by, timezone.now()
    item.save(update_fields=["follow_up", "follow_up_text", "follow_up_by", "follow_up_at"])
    about = f"{assessment.province.iso} {assessment.round.year}"
    LogEntry.objects.create(what="follow_up", about=about, details={kind: item.pk, **details}, by=by)
    return item


def _now(item: Finding | PlanStep) -> tuple[Finding | PlanStep, Assessment]:
    """The item as it is now, and the assessment that it belongs to."""
    if isinstance(item, Finding):
        found = Finding.objects.select_related("answer__assessment__round", "follow_up_by").get(pk=item.pk)
        if found.removed_at is not None:
            raise Refused(_("This finding was removed by the person who wrote it."))
        return found, found.answer.assessment
    step = PlanStep.objects.select_related("assessment__round", "follow_up_by").get(pk=item.pk)
    return step, step.assessment
