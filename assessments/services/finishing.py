"""From verdicts to the result: the office's reply item by item, disputes settled, final, published."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, Response, Review, Round, User
from assessments.services.answers import results_of
from assessments.services.base import Refused, locked, refuse_without
from assessments.services.mails import mail_final
from assessments.services.review import StaleVerdict, write_review
from assessments.services.states import move
from assessments.workflow import Action, Right, Status
from indicators import editions
from indicators.rules import Rule
from indicators.thai import clean

EMPTY_RESPONSE: dict[str, Any] = {"response": "", "response_text": "", "response_by_id": None, "response_at": None}
EMPTY_FINAL: dict[str, Any] = {
    "final_band": None,
    "final_score": None,
    "final_reason": "",
    "final_by_id": None,
    "final_at": None,
}


@transaction.atomic
def respond(*, review: Review, by: User, response: str, text: str, version: int) -> Review:
    """Accept or dispute one verdict, seen at `version`; an empty response takes it back.

    Raises StaleVerdict or Refused. It may be changed until the head sends the reply.
    """
    locked(review.answer.assessment, by=by, action=Action.RESPOND)
    review = Review.objects.select_related("answer__indicator", "response_by").get(pk=review.pk)
    text = clean(text)
    if response == Response.DISPUTE and not text:
        raise Refused(_("Write why you dispute the verdict, so that the central division can look again."))
    new = dict(EMPTY_RESPONSE)
    if response:
        new = {"response": Response(response), "response_text": text, "response_by_id": by.pk}
        new["response_at"] = timezone.now()
    if all(getattr(review, column) == new[column] for column in ("response", "response_text")):
        return review
    if review.version != version:
        raise StaleVerdict(review)
    write_review(review, new, by)
    return review


@transaction.atomic
def reply(*, assessment: Assessment, by: User) -> Assessment:
    """Send the office's reply; raises Refused. A verdict that the office said nothing about counts as accepted."""
    return move(locked(assessment, by=by, action=Action.REPLY), Action.REPLY, by=by)


@transaction.atomic
def settle(*, review: Review, by: User, band: int | None, reason: str, version: int) -> Review:
    """Decide a disputed verdict, seen at `version`: the final printed row (None in dimension 1), with the reason.

    Raises StaleVerdict or Refused.
    """
    assessment = locked(review.answer.assessment, by=by, action=Action.SETTLE)
    review = Review.objects.select_related("answer__indicator", "final_by").get(pk=review.pk)
    reason = clean(reason)
    if review.response != Response.DISPUTE:
        raise Refused(_("The office did not dispute this verdict; it stands."))
    if not reason:
        raise Refused(_("Write why, so that the office understands the final value."))
    rule = editions.standard_of(assessment.round.edition).indicators[review.answer.indicator.code].rule
    score = None
    if isinstance(rule, Rule):
        if band is None or not 1 <= band <= len(rule.bands):
            raise Refused(_("Choose one of the printed rows."))
        score = rule.bands[band - 1].score
    elif band is not None:
        raise Refused(_("Dimension 1 is confirmed, not scored."))
    if review.final_at and (review.final_band, review.final_reason) == (band, reason):
        return review
    if review.version != version:
        raise StaleVerdict(review)
    new = {"final_band": band, "final_score": score, "final_reason": reason, "final_by_id": by.pk}
    write_review(review, {**new, "final_at": timezone.now()}, by)
    return review


@transaction.atomic
def finalise(*, assessment: Assessment, by: User) -> Assessment:
    """Make the result final; raises Refused while a disputed verdict is not settled. What was not disputed is final as
    it was verified."""
    assessment = locked(assessment, by=by, action=Action.FINALISE)
    reviews = list(Review.objects.filter(answer__assessment=assessment).select_related("answer__indicator"))
    if assessment.status == Status.REPLIED:
        open_ = [each for each in reviews if each.response == Response.DISPUTE and each.final_at is None]
        if open_:
            codes = ", ".join(each.answer.indicator.code for each in open_)
            raise Refused(_("Disputed verdicts are not settled yet: %(codes)s.") % {"codes": codes})
    now = timezone.now()
    for review in reviews:
        if review.final_at is None:
            new = {"final_band": review.band, "final_score": review.score, "final_reason": ""}
            write_review(review, {**new, "final_by_id": by.pk, "final_at": now}, by)
    scores = {review.answer.indicator_id: (review.final_score, True) for review in reviews}
    assessment.final_results = results_of(editions.standard_of(assessment.round.edition), scores)
    final = move(assessment, Action.FINALISE, by=by)
    mail_final(assessment=final, by=by)
    return final


@transaction.atomic
def publish(*, round_: Round, by: User) -> int:
    """Publish all final results of a round; how many. Raises Refused when there is none."""
    refuse_without(Right.MANAGE_ROUNDS, by)
    final = Assessment.objects.filter(round=round_, status=Status.FINAL).order_by("pk")
    number = 0
    for assessment in final:
        move(locked(assessment, by=by, action=Action.PUBLISH), Action.PUBLISH, by=by)
        number += 1
    if not number:
        raise Refused(_("No result of this round is final yet, so there is nothing to publish."))
    return number
