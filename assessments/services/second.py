"""The second reading: a sample of the judged answers is judged again by somebody who does not see the verdict."""

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.agreement import sample
from assessments.models import Answer, Assessment, LogEntry, Outcome, Review, Round, SecondReading, User
from assessments.services.base import Refused, locked, refuse_without
from assessments.services.review import Verdict, columns_of
from assessments.workflow import UNDER_REVIEW, Action, Right
from indicators.editions import IndicatorNode

# What the log calls a draw; its details hold percent, seed, of (the judged answers then) and added.
DRAWN = "second_reading"
SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw added: `added` of the `of` answers that are judged."""

    added: int
    of: int
    seed: int


@transaction.atomic
def draw(*, round_: Round, by: User, percent: int) -> Drawn:
    """Draw so many percent of the judged answers under review for a second reading; raises Refused.

    Drawing again adds what lacks by now. All draws of a round share the seed of the first.
    """
    refuse_without(Right.MANAGE_ROUNDS, by)
    list(Round.objects.select_for_update().filter(pk=round_.pk).values_list("pk"))
    if not 1 <= percent <= 100:
        raise Refused(_("Write a whole number from 1 to 100."))
    judged = Review.objects.filter(
        answer__assessment__round=round_,
        answer__assessment__status__in=UNDER_REVIEW,
        outcome__in=[Outcome.AGREE, Outcome.ROW],
        judged_version=F("answer__version"),
    )
    rows = judged.values_list(
        "answer", "answer__assessment__province__iso", "answer__indicator__code", "answer__second_reading"
    )
    keys = {f"{iso} {code}": (pk, reading) for pk, iso, code, reading in rows}
    if not keys:
        raise Refused(_("No answer under review is judged yet, so there is nothing to draw from."))
    first = LogEntry.objects.filter(what=DRAWN, about=str(round_.year)).order_by("pk").first()
    seed = first.details["seed"] if first else secrets.randbelow(SEEDS)
    drawn = {key for key, (_pk, reading) in keys.items() if reading is not None}
    added = sample(keys, percent=percent, seed=seed, drawn=drawn)
    now = timezone.now()
    SecondReading.objects.bulk_create(
        [SecondReading(answer_id=keys[key][0], drawn_by=by, drawn_at=now) for key in added]
    )
    details = {"percent": percent, "seed": seed, "of": len(keys), "added": len(added)}
    LogEntry.objects.create(what=DRAWN, about=str(round_.year), details=details, by=by)
    return Drawn(len(added), len(keys), seed)


@transaction.atomic
def read_again(*, assessment: Assessment, indicator: IndicatorNode, by: User, verdict: Verdict) -> SecondReading:
    """Write the second reader's verdict, which changes nothing of the first; raises Refused."""
    assessment = locked(assessment, by=by, action=Action.JUDGE)
    found = Answer.objects.select_related("review", "indicator")
    answer = found.get(assessment=assessment, indicator_id=indicator.pk)
    reading = SecondReading.objects.select_related("reader").filter(answer=answer).first()
    if reading is None:
        raise Refused(_("This answer was not drawn for a second reading."))
    if reading.reader is not None:
        raise Refused(_("%(who)s read this answer again already.") % {"who": reading.reader.full_name})
    review = getattr(answer, "review", None)
    if review is None or not review.outcome or review.judged_version != answer.version:
        raise Refused(_("The answer was changed after its first verdict; it is judged anew first."))
    if review.judged_by_id == by.pk:
        raise Refused(_("You judged this answer first; somebody else reads it again."))
    new = columns_of(answer, indicator, verdict)
    reading.outcome, reading.band, reading.reason = new["outcome"], new["band"], new["reason"]
    reading.reader, reading.read_at = by, timezone.now()
    reading.save()
    return reading
