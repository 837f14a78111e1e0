"""Saying of last year's texts and evidence that they are the same, updated, or not any more.

Figures are never carried over. Each act leaves one row of history: of the answer where its text changed, of the
evidence where it was used or taken off, else of the log.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment, Carry, Evidence, EvidenceUse, LogEntry, User
from assessments.queries.lastyear import CARRIED_TEXTS, last_answer
from assessments.services import evidence as evidence_services
from assessments.services.answers import stored_answer, write_columns
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.editions import IndicatorNode

Choice = Carry.Choice


@transaction.atomic
def carry_text(*, assessment: Assessment, indicator: IndicatorNode, column: str, choice: str, by: User) -> Carry:
    """Say it of one of last year's texts; raises Refused, writing nothing.

    Same and updated copy the text into this year's empty field; a text that is there already is never replaced. Not
    any more takes the copy out again, as long as nobody changed it.
    """
    assessment = locked(assessment, by=by, action=Action.EDIT, code=indicator.code)
    answer = stored_answer(assessment, indicator)
    last = last_answer(answer, indicator)
    text = getattr(last, column) if last is not None and column in CARRIED_TEXTS else ""
    if not text:
        raise Refused(_("Last year's answer has no such text."))
    now = getattr(answer, column)
    if choice == Choice.SAME and now not in ("", text):
        raise Refused(
            _("This year's field already holds another text, which stays. Empty it first to use last year's text.")
        )
    new = now
    if choice in (Choice.SAME, Choice.UPDATED) and not now:
        new = text
    elif choice == Choice.DROPPED and now == text:
        new = ""
    saved = write_columns(answer, indicator, by=by, version=answer.version, new={column: new})
    return _said(answer, choice, by, what=column, recorded=saved.changed)


@transaction.atomic
def carry_evidence(
    *, assessment: Assessment, indicator: IndicatorNode, evidence: Evidence, choice: str, by: User
) -> Carry:
    """Say it of one of last year's files or links; raises Refused, writing nothing.

    Same uses it this year too, sharing the stored file. The others take that copy off this indicator again.
    """
    assessment = locked(assessment, by=by, action=Action.EDIT, code=indicator.code)
    answer = stored_answer(assessment, indicator)
    last = last_answer(answer, indicator)
    served = EvidenceUse.objects.filter(answer=last, evidence=evidence, evidence__deleted_at__isnull=True)
    if last is None or not served.exists():
        raise Refused(_("This was not among last year's evidence of the indicator."))
    recorded = True
    if choice == Choice.SAME:
        evidence_services.carry_over(evidence=evidence, answer=answer, by=by)
    else:
        copies = list(Evidence.objects.filter(carried_from=evidence, uses__answer=answer))
        for copy in copies:
            evidence_services.unuse(evidence=copy, answer=answer, by=by)
        recorded = bool(copies)
    return _said(answer, choice, by, evidence=evidence, recorded=recorded)


def _said(
    answer: Answer, choice: str, by: User, *, what: str = "", evidence: Evidence | None = None, recorded: bool
) -> Carry:
    said = {"choice": choice, "by": by, "at": timezone.now()}
    row, _is_new = Carry.objects.update_or_create(answer=answer, what=what, evidence=evidence, defaults=said)
    if not recorded:
        assessment = answer.assessment
        LogEntry.objects.create(
            what="carry",
            about=f"{assessment.province.iso} {assessment.round.year}",
            details={
                "indicator": answer.indicator.code,
                "what": what or str(evidence.pk if evidence else ""),
                "choice": choice,
            },
            by=by,
        )
    return row
