"""Deciding the score of an answer that had no case: no rule can, so a reviewer picks a printed row and says why."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Answer, AnswerChange, Assessment, User
from assessments.services.answers import DECISION, OUTCOME, apply_outcome, recount
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.editions import IndicatorNode
from indicators.rules import Rule
from indicators.thai import clean


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer after the decision. `changed` is False when the same row was decided for the same reason before."""

    answer: Answer
    changed: bool


@transaction.atomic
def decide_no_case(
    *, assessment: Assessment, indicator: IndicatorNode, by: User, band: int, reason: str, seen: int | None = None
) -> Decided:
    """Give an answer that had no case the printed row `band` (1 = the top one); raises Refused, writing nothing.

    A later decision replaces the one before, which the history keeps. `seen` is the answer's version on the page of
    the person who decides, None where no page showed it: nobody replaces what they have not read.
    """
    assessment = locked(assessment, by=by, action=Action.DECIDE)
    answer = Answer.objects.select_related("decided_by").get(assessment=assessment, indicator_id=indicator.pk)
    answer.assessment = assessment
    reason = clean(reason)
    rule = indicator.rule
    if not isinstance(rule, Rule) or (answer.pending != "no_case" and answer.decided_band is None):
        raise Refused(_("This answer has its score from its own numbers; there is nothing to decide."))
    if not 1 <= band <= len(rule.bands):
        raise Refused(_("Choose one of the printed rows."))
    if not reason:
        raise Refused(_("Write why this row is right, so that the office understands its score."))
    new = {"decided_band": band, "decided_reason": reason}
    changes = {
        column: [getattr(answer, column), value] for column, value in new.items() if getattr(answer, column) != value
    }
    if not changes:
        return Decided(answer, changed=False)
    _refuse_unseen(answer, seen)
    answer.decided_band, answer.decided_reason = band, reason
    answer.decided_at, answer.decided_by = timezone.now(), by
    apply_outcome(answer, indicator, target=assessment.round.budget_target)
    answer.version += 1
    answer.save(update_fields=[*DECISION, *OUTCOME, "version"])
    AnswerChange.objects.create(answer=answer, version=answer.version, changes=changes, by=by, at=answer.decided_at)
    recount(assessment)
    return Decided(answer, changed=True)


def _refuse_unseen(answer: Answer, seen: int | None) -> None:
    if seen is None or seen == answer.version:
        return
    if answer.decided_band is None:
        raise Refused(_("This answer changed after you opened the page. Read it again, then save the decision."))
    raise Refused(
        _("%(who)s decided this after you opened the page. Read that decision; save only if yours is to replace it.")
        % {"who": answer.decided_by}
    )
