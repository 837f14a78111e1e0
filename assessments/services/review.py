"""Judging answers: the verified value beside the claimed one, which is never written over; bulk agreement; undo."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment, Outcome, Question, Review, ReviewChange, User
from assessments.services.answers import results_of
from assessments.services.base import Refused, locked
from assessments.services.blind import reads_blind
from assessments.services.states import move
from assessments.workflow import Action, Status
from indicators import editions
from indicators.editions import IndicatorNode
from indicators.rules import Rule
from indicators.thai import clean

# What a verdict writes, and what `undo` brings back.
JUDGED = ("outcome", "band", "score", "reason", "judged_version", "judged_by_id", "judged_at")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says of an answer. `band` is the printed row (1 = the top one), only where the outcome is ROW."""

    outcome: Outcome
    band: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The review after the verdict. `changed` is False when it said the same before."""

    review: Review
    changed: bool


class StaleVerdict(Exception):
    """Somebody else judged this answer in the meantime. `review` is theirs, as it is now; nothing was written."""

    def __init__(self, review: Review) -> None:
        self.review = review
        super().__init__("stale")


@transaction.atomic
def judge(
    *, assessment: Assessment, indicator: IndicatorNode, by: User, verdict: Verdict, answer_version: int, version: int
) -> Judged:
    """Write a verdict on the answer seen at `answer_version`, over the review seen at `version` (0: none yet).

    Raises StaleVerdict or Refused, writing nothing. The first verdict begins the review of the assessment.
    """
    assessment = locked(assessment, by=by, action=Action.JUDGE)
    judged = _judge(assessment, indicator, by, verdict, answer_version, version)
    if judged.changed:
        _begin(assessment, by)
        recount_review(assessment)
    return judged


@dataclass
class Agreed:
    """What a bulk agreement did: the keys and versions of the reviews it wrote, for its undo, and by answer why others
    stayed as they were."""

    done: dict[int, int] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


Seen = tuple[int, int]


@transaction.atomic
def agree_many(*, answers: Mapping[int, Seen], by: User) -> Agreed:
    """Agree with many answers at once, of one or several offices: key -> (answer's version, review's version) as seen.

    Each is judged as if alone; what cannot be agreed with is named and left.
    """
    agreed = Agreed()
    found = Answer.objects.filter(pk__in=answers).select_related("assessment__round__edition")
    by_office: dict[int, list[Answer]] = {}
    for answer in found:
        by_office.setdefault(answer.assessment_id, []).append(answer)
    for pk in sorted(by_office):
        rows = by_office[pk]
        try:
            assessment = locked(rows[0].assessment, by=by, action=Action.JUDGE)
        except Refused as refusal:
            agreed.refused |= {answer.pk: str(refusal.message) for answer in rows}
            continue
        nodes = {node.pk: node for node in editions.standard_of(assessment.round.edition).indicators.values()}
        before = len(agreed.done)
        for answer in rows:
            seen = answers[answer.pk]
            try:
                judged = _judge(assessment, nodes[answer.indicator_id], by, Verdict(Outcome.AGREE), *seen)
            except Refused as refusal:
                agreed.refused[answer.pk] = str(refusal.message)
            except StaleVerdict as stale:
                agreed.refused[answer.pk] = said_before(stale.review)
            else:
                if judged.changed:
                    agreed.done[judged.review.pk] = judged.review.version
        if len(agreed.done) > before:
            _begin(assessment, by)
            recount_review(assessment)
    return agreed


def said_before(review: Review) -> str:
    """That somebody judged the answer while another person looked at it."""
    return _("%(who)s judged this answer in the meantime; look at that verdict first.") % {
        "who": review.judged_by.full_name if review.judged_by else ""
    }


@transaction.atomic
def undo(*, reviews: Mapping[int, int], by: User) -> int:
    """Take the last verdict on each review back: key -> its version then. How many; one that somebody changed since is
    left alone. Raises Refused where the assessment has moved on."""
    number = 0
    found = Review.objects.filter(pk__in=reviews).select_related("answer__assessment").order_by("answer__assessment")
    for seen in found:
        assessment = locked(seen.answer.assessment, by=by, action=Action.JUDGE)
        review = Review.objects.select_related("answer__indicator").get(pk=seen.pk)
        last = review.history.first()
        if review.version != reviews[review.pk] or last is None or last.undone or not _is_verdict(last):
            continue
        review.answer.assessment = assessment
        old = {column: pair[0] for column, pair in last.changes.items()}
        said = _evidence_asked(review)
        write_review(review, {**{column: getattr(review, column) for column in JUDGED}, **old}, by, undone=True)
        _drop_question(review, said)
        recount_review(assessment)
        number += 1
    return number


def _is_verdict(change: ReviewChange) -> bool:
    """Whether a change was a verdict, and not the office's response, a final value or their taking back."""
    return bool(change.changes) and change.changes.keys() <= set(JUDGED)


def _judge(
    assessment: Assessment, indicator: IndicatorNode, by: User, verdict: Verdict, answer_version: int, version: int
) -> Judged:
    answer = Answer.objects.select_related("indicator").get(assessment=assessment, indicator_id=indicator.pk)
    answer.assessment = assessment
    review = Review.objects.select_related("judged_by").filter(answer=answer).first() or Review(answer=answer)
    new = columns_of(answer, indicator, verdict)
    same = all(getattr(review, column) == value for column, value in new.items())
    if same and review.judged_version == answer.version:
        return Judged(review, changed=False)
    if review.pk and reads_blind(answer, by):
        raise Refused(_("This answer is drawn for a second reading: read it without the first verdict."))
    if review.version != version:
        raise StaleVerdict(review)
    if answer.version != answer_version:
        raise Refused(_("The answer was changed while you looked at it. Read it again before you judge it."))
    new |= {"judged_version": answer.version, "judged_by_id": by.pk, "judged_at": timezone.now()}
    said = _evidence_asked(review)
    write_review(review, new, by)
    _drop_question(review, said)
    if verdict.outcome is not Outcome.EVIDENCE:
        open_questions = Question.objects.filter(answer=answer, sent_with__isnull=False, closed_at__isnull=True)
        open_questions.update(closed_by=by, closed_at=timezone.now())
    return Judged(review, changed=True)


def _evidence_asked(review: Review) -> str:
    """What a verdict that needs evidence asks for; empty of every other."""
    return review.reason if review.outcome == Outcome.EVIDENCE else ""


def _drop_question(review: Review, said: str) -> None:
    """A question written down with a verdict that needs evidence goes with that verdict, unless it was sent."""
    if said and said != _evidence_asked(review):
        Question.objects.filter(answer=review.answer_id, sent_with=None, closed_at=None, text=said).delete()


def waits_for_row(answer: Answer) -> bool:
    """Whether there was no case, so that only a reviewer's row can score it (`deciding`: once it is sent)."""
    return answer.pending == "no_case" or answer.decided_band is not None


def columns_of(answer: Answer, indicator: IndicatorNode, verdict: Verdict) -> dict[str, Any]:
    """The columns of a verdict; raises Refused."""
    reason = clean(verdict.reason)
    outcome, band, score = verdict.outcome, None, None
    rule = indicator.rule
    if outcome is Outcome.EVIDENCE:
        _refuse_without_reason(reason, _("Write which evidence is needed, so that the office knows what to send."))
    elif not isinstance(rule, Rule):
        if outcome is Outcome.ROW:
            raise Refused(_("Dimension 1 is confirmed, not scored: agree, or say which evidence is needed."))
        if answer.pending:
            raise Refused(
                _("1.31 waits for the year's spending target; a central manager enters it on the page of the round.")
            )
    elif outcome is Outcome.ROW:
        if verdict.band is None or not 1 <= verdict.band <= len(rule.bands):
            raise Refused(_("Choose one of the printed rows."))
        band = verdict.band
        score = rule.bands[band - 1].score
        if band == answer.band and not waits_for_row(answer):
            outcome = Outcome.AGREE
        else:
            _refuse_without_reason(reason, _("Write why this row is right, so that the office understands its score."))
    else:
        if waits_for_row(answer):
            raise Refused(_("There was no case this year: choose one of the printed rows, with a reason."))
        if answer.band is None or answer.score is None:
            raise Refused(_("This answer has no score to agree with."))
        band, score = answer.band, answer.score
    return {"outcome": outcome, "band": band, "score": score, "reason": reason}


def _refuse_without_reason(reason: str, message: str) -> None:
    if not reason:
        raise Refused(message)


def write_review(review: Review, new: Mapping[str, Any], by: User, *, undone: bool = False) -> None:
    """Write columns into a review with their row of history; the caller holds the lock."""
    changes = {
        column: [_plain(getattr(review, column)), _plain(value)]
        for column, value in new.items()
        if _plain(getattr(review, column)) != _plain(value)
    }
    for column, value in new.items():
        setattr(review, column, _column(column).to_python(value))
    review.version += 1
    review.save()
    ReviewChange.objects.create(review=review, version=review.version, changes=changes, by=by, undone=undone)


def _column(name: str) -> Any:
    return Review._meta.get_field(name.removesuffix("_id"))


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _begin(assessment: Assessment, by: User) -> None:
    if assessment.status == Status.SUBMITTED:
        move(assessment, Action.BEGIN, by=by)


def current(assessment: Assessment) -> dict[int, Review]:
    """The verdicts that are about the answers as they are now, by indicator's key; none that has become stale, and
    none that waits for evidence."""
    found = Review.objects.filter(answer__assessment=assessment).exclude(outcome__in=["", Outcome.EVIDENCE])
    return {
        review.answer.indicator_id: review
        for review in found.select_related("answer")
        if review.judged_version == review.answer.version
    }


def recount_review(assessment: Assessment) -> None:
    """Compute the totals of the verified scores and keep them on the assessment; what is not judged is open."""
    found = current(assessment)
    scores = {pk: (review.score, True) for pk, review in found.items()}
    assessment.verified_results = results_of(editions.standard_of(assessment.round.edition), scores)
    assessment.changed_at = timezone.now()
    assessment.save(update_fields=["verified_results", "changed_at"])


@transaction.atomic
def ask(*, assessment: Assessment, indicator: IndicatorNode, by: User, text: str) -> Question:
    """Draft a question to the office about one answer; it goes with the next return. Raises Refused."""
    assessment = locked(assessment, by=by, action=Action.JUDGE)
    text = clean(text)
    if not text:
        raise Refused(_("Write what you ask of the office."))
    answer = Answer.objects.get(assessment=assessment, indicator_id=indicator.pk)
    drafted = Question.objects.filter(answer=answer, sent_with=None, closed_at=None, text=text).first()
    return drafted or Question.objects.create(answer=answer, text=text, asked_by=by)


@transaction.atomic
def change_question(*, question: Question, by: User, text: str) -> None:
    """Change or, with an empty text, drop a question that was not sent yet; raises Refused."""
    locked(question.answer.assessment, by=by, action=Action.JUDGE)
    text = clean(text)
    drafts = Question.objects.filter(pk=question.pk, sent_with=None)
    if not (drafts.update(text=text) if text else drafts.delete()[0]):
        raise Refused(_("This question was sent already; it stays as the office read it."))


@transaction.atomic
def answer_question(*, question: Question, by: User, text: str) -> None:
    """The office writes what it did about a question; raises Refused. It may change that until it submits again."""
    answer = Answer.objects.select_related("indicator").get(pk=question.answer_id)
    locked(answer.assessment, by=by, action=Action.EDIT, code=answer.indicator.code)
    text = clean(text)
    said: dict[str, Any] = {"answered_text": text, "answered_by": by, "answered_at": timezone.now()}
    if not text:
        said = {"answered_text": "", "answered_by": None, "answered_at": None}
    asked = Question.objects.filter(pk=question.pk, sent_with__isnull=False, closed_at=None)
    if not asked.update(**said):
        raise Refused(_("This question is closed."))


def drafts_of(assessment: Assessment) -> Iterable[Question]:
    """The questions that the next return will send, in printed order."""
    found = Question.objects.filter(answer__assessment=assessment, sent_with=None, closed_at=None)
    return found.select_related("answer__indicator").order_by("answer__indicator_id", "pk")


def unanswered_of(assessment: Assessment) -> Iterable[Question]:
    """The questions that the office has to answer before it submits again, in printed order."""
    found = Question.objects.filter(answer__assessment=assessment, closed_at=None, answered_at=None)
    found = found.filter(sent_with__isnull=False)
    return found.select_related("answer__indicator").order_by("answer__indicator_id", "pk")
