"""Moving an assessment through its states. Every move is one row of history."""

import hashlib
import json
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.calendar import today
from assessments.models import Answer, Assessment, Evidence, StatusChange, User
from assessments.services.answers import recount
from assessments.services.base import Refused, locked
from assessments.services.mails import mail_accepted, mail_receipt, mail_reopened, mail_returned
from assessments.services.rounds import refuse_far_return, write_extension
from assessments.services.seen import changed_since
from assessments.services.targets import judge_by_target
from assessments.workflow import Action, Status, move_of
from indicators import editions

# As many changed indicators are named; with more, all are to be checked again.
MOST_CODES = 8


@transaction.atomic
def submit(*, assessment: Assessment, by: User, certified: bool, seen: str | None = None) -> Assessment:
    """Certify and submit; raises Refused. Needs all answers and the head's certification. The receipt is mailed.

    `seen` marks the answers that the head had before him (`services.seen`); None where no page showed them.
    """
    assessment = locked(assessment, by=by, action=Action.SUBMIT)
    if not certified:
        raise Refused(_("Tick the certification before you submit."))
    _refuse_unseen(assessment, seen)
    if assessment.answers.exclude(typed={}).exists():
        raise Refused(_("Some numbers could not be read yet; correct them before you submit."))
    standard = editions.standard_of(assessment.round.edition)
    recount(assessment)
    open_count = len(standard.indicators) - assessment.answered
    if open_count:
        raise Refused(
            ngettext(
                "%(count)s indicator has no answer yet; answer it before you submit.",
                "%(count)s indicators have no answer yet; answer them before you submit.",
                open_count,
            )
            % {"count": open_count}
        )
    number = assessment.history.filter(action=Action.SUBMIT).count() + 1
    assessment.answers_hash = answers_hash(assessment)
    assessment.reference = f"{assessment.round.year}-{assessment.province.iso.removeprefix('TH-')}-{number}"
    assessment.submitted_at = timezone.now()
    assessment.submitted_by = by
    submitted = _move(assessment, Action.SUBMIT, by=by)
    mail_receipt(assessment=submitted, by=by)
    return submitted


@transaction.atomic
def return_for_correction(*, assessment: Assessment, by: User, reason: str, due_on: date) -> Assessment:
    """Give an assessment back to its office until `due_on`; raises Refused. A later day extends the office's window.

    The office's people are told by mail, here as of every move of the centre.
    """
    assessment = locked(assessment, by=by, action=Action.RETURN)
    if due_on < today():
        raise Refused(_("The day to correct by is in the past; choose today or a later day."))
    _refuse_without_reason(Action.RETURN, reason)
    refuse_far_return(assessment, due_on, by)
    if due_on > assessment.closes_on:
        write_extension(assessment=assessment, closes_on=due_on, reason=reason, by=by)
    returned = _move(assessment, Action.RETURN, by=by, reason=reason, due_on=due_on)
    judge_by_target([returned], round_=returned.round, by=by, recorded=True)
    mail_returned(assessment=returned, by=by, reason=reason, due_on=due_on)
    return returned


@transaction.atomic
def accept(*, assessment: Assessment, by: User, seen: str | None = None) -> Assessment:
    """Accept a submitted assessment; raises Refused while an answer that had no case awaits its decision.

    `seen` marks the answers that the page showed (`services.seen`), None where none did: the office may have sent
    others in the meantime, or a colleague have decided a row.
    """
    assessment = locked(assessment, by=by, action=Action.ACCEPT)
    codes = [] if seen is None else changed_since(assessment, seen)
    if codes:
        raise Refused(
            _("Answers changed after you opened this page (%(codes)s). Read them again before you accept.")
            % {"codes": ", ".join(codes[:MOST_CODES]) + (" …" if len(codes) > MOST_CODES else "")}
        )
    waiting = assessment.answers.filter(pending="no_case").count()
    if waiting:
        raise Refused(
            ngettext(
                "%(count)s indicator without a case this year still waits for a decision; decide it before you accept.",
                "%(count)s indicators without a case this year still wait for a decision; "
                "decide them before you accept.",
                waiting,
            )
            % {"count": waiting}
        )
    accepted = _move(assessment, Action.ACCEPT, by=by)
    mail_accepted(assessment=accepted, by=by)
    return accepted


@transaction.atomic
def reopen(*, assessment: Assessment, by: User, reason: str) -> Assessment:
    """Take an acceptance back; raises Refused."""
    reopened = _move(locked(assessment, by=by, action=Action.REOPEN), Action.REOPEN, by=by, reason=reason)
    judge_by_target([reopened], round_=reopened.round, by=by)
    mail_reopened(assessment=reopened, by=by, reason=reason)
    return reopened


def _move(
    assessment: Assessment, action: Action, *, by: User, reason: str = "", due_on: date | None = None
) -> Assessment:
    move = move_of(action)
    assert move.to is not None
    _refuse_without_reason(action, reason)
    StatusChange.objects.create(
        assessment=assessment,
        number=assessment.history.count() + 1,
        action=action,
        from_status=assessment.status,
        to_status=move.to,
        reason=reason.strip(),
        due_on=due_on,
        by=by,
    )
    assessment.status = Status(move.to)
    assessment.changed_at = timezone.now()
    assessment.save()
    return assessment


def _refuse_unseen(assessment: Assessment, seen: str | None) -> None:
    """What a head certifies is what the page showed: a colleague may have saved in the meantime."""
    changed = [] if seen is None else changed_since(assessment, seen)
    if not changed:
        return
    if len(changed) > MOST_CODES:
        raise Refused(_("Answers changed after this page was opened; check them again before you certify."))
    raise Refused(
        _("Answers changed after this page was opened (%(codes)s); check them again before you certify.")
        % {"codes": ", ".join(changed)}
    )


def _refuse_without_reason(action: Action, reason: str) -> None:
    if move_of(action).needs_reason and not reason.strip():
        raise Refused(_("Write the reason, so that the other side knows what to do."))


def answers_hash(assessment: Assessment) -> str:
    """SHA-256 over all that an office submitted: answers, texts and evidence, in the standard's order."""
    answers = Answer.objects.of(assessment).order_by("indicator_id").select_related("indicator")
    uses: dict[int, list[str]] = {}
    kept = Evidence.objects.kept().filter(assessment=assessment)
    for answer_id, sha256, url in kept.values_list("uses__answer", "sha256", "url"):
        if answer_id is not None:
            uses.setdefault(answer_id, []).append(sha256 or url)
    content: list[dict[str, Any]] = [
        {
            "code": answer.indicator.code,
            "inputs": answer.inputs,
            "no_case": answer.no_case,
            "no_case_reason": answer.no_case_reason,
            "performance": answer.performance,
            "problems": answer.problems,
            "remedies": answer.remedies,
            "number_source": answer.number_source,
            "evidence_held": answer.evidence_held,
            "evidence": sorted(uses.get(answer.pk, [])),
        }
        for answer in answers
    ]
    header = {"year": assessment.round.year, "province": assessment.province.iso}
    text = json.dumps([header, *content], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
