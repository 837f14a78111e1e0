"""Moving an assessment through its states. Every move is one row of history."""

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.calendar import today
from assessments.models import Answer, Assessment, Evidence, Outcome, Question, Review, User
from assessments.services.answers import recount
from assessments.services.base import Refused, locked
from assessments.services.deciding import decide_rows
from assessments.services.finishing import EMPTY_FINAL, EMPTY_RESPONSE
from assessments.services.flagging import flag_soon
from assessments.services.mails import mail_receipt, mail_reopened, mail_returned, mail_verified
from assessments.services.review import current, drafts_of, recount_review, unanswered_of, write_review
from assessments.services.rounds import refuse_far_return, write_extension
from assessments.services.seen import changed_since
from assessments.services.states import move, refuse_without_reason
from assessments.services.targets import judge_by_target
from assessments.workflow import Action
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
    asked = [question.answer.indicator.code for question in unanswered_of(assessment)]
    if asked:
        raise Refused(
            _("Questions of the central division are not answered yet (%(codes)s); answer them before you submit.")
            % {"codes": ", ".join(dict.fromkeys(asked))}
        )
    assessment.asked = []
    assessment.answers_hash = answers_hash(assessment)
    assessment.reference = f"{assessment.round.year}-{assessment.province.iso.removeprefix('TH-')}-{number}"
    assessment.submitted_at = timezone.now()
    assessment.submitted_by = by
    submitted = move(assessment, Action.SUBMIT, by=by)
    mail_receipt(assessment=submitted, by=by)
    flag_soon(submitted.round)
    return submitted


@transaction.atomic
def return_for_correction(*, assessment: Assessment, by: User, reason: str, due_on: date) -> Assessment:
    """Give an assessment back to its office until `due_on`; raises Refused. A later day extends the office's window.

    The questions that were drafted go with it, and only their indicators are open then; without any, all are. The
    office's people are told by mail, here as of every move of the centre.
    """
    assessment = locked(assessment, by=by, action=Action.RETURN)
    if due_on < today():
        raise Refused(_("The day to correct by is in the past; choose today or a later day."))
    refuse_without_reason(Action.RETURN, reason)
    refuse_far_return(assessment, due_on, by)
    if due_on > assessment.closes_on:
        write_extension(assessment=assessment, closes_on=due_on, reason=reason, by=by)
    drafts = list(drafts_of(assessment))
    assessment.asked = list(dict.fromkeys(draft.answer.indicator.code for draft in drafts))
    returned = move(assessment, Action.RETURN, by=by, reason=reason, due_on=due_on)
    Question.objects.filter(pk__in=[draft.pk for draft in drafts]).update(sent_with=returned.history.count())
    judge_by_target([returned], round_=returned.round, by=by, recorded=True)
    questions = [(draft.answer.indicator.code, draft.text) for draft in drafts]
    mail_returned(assessment=returned, by=by, reason=reason, due_on=due_on, questions=questions)
    return returned


@transaction.atomic
def verify(*, assessment: Assessment, by: User) -> Assessment:
    """Send the verdicts to the office, which has the round's days to reply; raises Refused while an answer is not
    judged or a question was written and not sent."""
    assessment = locked(assessment, by=by, action=Action.VERIFY)
    standard = editions.standard_of(assessment.round.edition)
    judged = current(assessment)
    left = [code for code, node in standard.indicators.items() if node.pk not in judged]
    waiting = _waiting_for_evidence(assessment) if left else []
    left = [code for code in left if code not in waiting]
    if left:
        raise Refused(
            ngettext(
                "%(count)s answer is not judged yet (%(codes)s); judge it before you verify.",
                "%(count)s answers are not judged yet (%(codes)s); judge them before you verify.",
                len(left),
            )
            % {"count": len(left), "codes": _some(left)}
        )
    if waiting:
        raise Refused(
            ngettext(
                "%(count)s answer waits for evidence (%(codes)s): return the assessment with a question about it, or "
                "give it another verdict.",
                "%(count)s answers wait for evidence (%(codes)s): return the assessment with a question about each, or "
                "give them another verdict.",
                len(waiting),
            )
            % {"count": len(waiting), "codes": _some(waiting)}
        )
    drafts = [draft.answer.indicator.code for draft in drafts_of(assessment)]
    if drafts:
        raise Refused(
            _("Questions are written but not sent (%(codes)s); return the assessment with them, or delete them.")
            % {"codes": ", ".join(dict.fromkeys(drafts))}
        )
    decide_rows(assessment, judged, by=by)
    assessment.reply_until = today() + timedelta(days=assessment.round.reply_days)
    assessment.asked = []
    recount_review(assessment)
    verified = move(assessment, Action.VERIFY, by=by, due_on=assessment.reply_until)
    mail_verified(assessment=verified, by=by)
    return verified


def _waiting_for_evidence(assessment: Assessment) -> list[str]:
    """The indicators whose verdict asks for evidence of the answer as it is now, in printed order."""
    found = Review.objects.filter(answer__assessment=assessment, judged_version=F("answer__version"))
    found = found.filter(outcome=Outcome.EVIDENCE).order_by("answer__indicator_id")
    return list(found.values_list("answer__indicator__code", flat=True))


def _some(codes: list[str]) -> str:
    return ", ".join([*codes[:MOST_CODES], *(["…"] if codes[MOST_CODES:] else [])])


@transaction.atomic
def reopen(*, assessment: Assessment, by: User, reason: str) -> Assessment:
    """Take a final result back into review; raises Refused. Claimed and verified values stay, with their history; the
    office gets new days to reply when it is verified again."""
    assessment = locked(assessment, by=by, action=Action.REOPEN)
    assessment.reply_until = None
    assessment.final_results = {}
    for review in Review.objects.filter(answer__assessment=assessment):
        write_review(review, {**EMPTY_RESPONSE, **EMPTY_FINAL}, by)
    reopened = move(assessment, Action.REOPEN, by=by, reason=reason)
    judge_by_target([reopened], round_=reopened.round, by=by)
    mail_reopened(assessment=reopened, by=by, reason=reason)
    return reopened


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
