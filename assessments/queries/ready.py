"""Which assessments of a round are ready for the centre's next move, so that many can be moved at once. Read only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from assessments.models import Assessment, Outcome, Question, Response, Review, Round
from assessments.queries.values import TotalsRow, totals_rows
from assessments.workflow import UNDER_REVIEW, Action, Status, Window
from indicators import editions

# The moves that can be made of many at once, in the order of the procedure.
MOVES = (Action.VERIFY, Action.FINALISE)


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """One assessment: how many verdicts differ from the claim, how many the office disputed, its totals."""

    assessment: Assessment
    differing: int
    disputed: int
    overall: TotalsRow


@dataclass(frozen=True, slots=True)
class Ready:
    """What can be moved now, by office, and how many of the same states cannot yet."""

    action: Action
    rows: Sequence[ReadyRow]
    waiting: int


def ready_of(round_: Round) -> list[Ready]:
    """A fixed number of queries."""
    states = {*UNDER_REVIEW, Status.VERIFIED, Status.REPLIED}
    found = Assessment.objects.whole().filter(round=round_, status__in=states).order_by("province__sort_key")
    assessments = list(found)
    reviews = Review.objects.filter(answer__assessment__round=round_, answer__assessment__status__in=states)
    judged = _counted(reviews.filter(judged_version=F("answer__version")).exclude(outcome__in=["", Outcome.EVIDENCE]))
    differing = _counted(reviews.filter(outcome=Outcome.ROW))
    disputes = reviews.filter(response=Response.DISPUTE)
    disputed, unsettled = _counted(disputes), _counted(disputes.filter(final_at=None))
    drafts = Question.objects.filter(answer__assessment__round=round_, sent_with=None, closed_at=None)
    drafted = set(drafts.values_list("answer__assessment", flat=True))
    whole = len(editions.standard_of(round_.edition).indicators)

    def is_ready(each: Assessment) -> bool:
        if each.status in UNDER_REVIEW:
            return judged[each.pk] == whole and each.pk not in drafted
        if each.status == Status.REPLIED:
            return not unsettled[each.pk]
        return each.reply_window() is Window.CLOSED

    def row(each: Assessment) -> ReadyRow:
        return ReadyRow(each, differing[each.pk], disputed[each.pk], totals_rows(each, reads=True)[-1])

    kinds = []
    for action in MOVES:
        of_kind = [each for each in assessments if (each.status in UNDER_REVIEW) is (action is Action.VERIFY)]
        ready = [each for each in of_kind if is_ready(each)]
        kinds.append(Ready(action, [row(each) for each in ready], len(of_kind) - len(ready)))
    return kinds


def _counted(reviews: QuerySet[Review]) -> Counter[int]:
    """How many, by the key of the assessment."""
    return Counter(dict(reviews.values_list("answer__assessment").annotate(Count("pk")).order_by()))


def of_round(round_: Round, pks: Sequence[int]) -> list[Assessment]:
    """The named assessments of the round, by office."""
    return list(Assessment.objects.whole().filter(round=round_, pk__in=pks).order_by("province__sort_key"))


def keys_of(round_: Round) -> list[int]:
    return list(Assessment.objects.filter(round=round_).values_list("pk", flat=True))
