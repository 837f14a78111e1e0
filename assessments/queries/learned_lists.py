"""The lists behind the numbers of `queries.learned`: verdicts, questions and requests of one kind; stays in a state."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.learned import Verdict, steps
from assessments.models import Outcome, Response, Review, Round
from assessments.queries.learned import (
    COLUMNS,
    STANDS,
    Office,
    asks_of,
    by_office_of,
    compared_of,
    day_count,
    moves_of,
    offices_of,
    questions_of,
    reviews_of,
    signed,
    verdict_of,
    waiting_of,
)
from indicators import editions
from indicators.editions import IndicatorNode

# Every kind has its list; those that hold each judged answer are read for one indicator or one office only.
KINDS: dict[str, str | Promise] = {
    **{key: word for key, word in COLUMNS.items() if key != "code"},
    "compared": _("Answers compared"),
}
WHOLE = ("judged", "compared")
_IN_ALL = ("questions", "up", "down", "given", "evidence", "disputes")


@dataclass(frozen=True, slots=True)
class Listed:
    """One verdict, question or request for evidence. The scores are None where there is none; `change` is verified
    minus claimed. `reply` is what the office answered, or how its dispute was settled."""

    office: Office
    node: IndicatorNode
    kind: str
    text: str
    who: str
    at: datetime | None
    reply: str = ""
    claimed: Decimal | None = None
    verified: Decimal | None = None
    final: Decimal | None = None
    change: str = ""

    @property
    def word(self) -> str | Promise:
        return KINDS[self.kind]


def listed_of(round_: Round, kind: str, *, code: str = "", office: int | None = None) -> list[Listed]:
    """What a number counts, by office and in printed order; of one indicator, one office, or all. At most five
    queries."""
    waiting = waiting_of(round_)
    offices = offices_of(round_, {})
    by_pk = editions.standard_of(round_.edition).by_pk
    kinds = _IN_ALL if kind == "all" else (kind,)
    which = (Q(answer__indicator__code=code) if code else Q()) & (Q(answer__assessment=office) if office else Q())
    rows: list[Listed] = []
    if set(kinds) - {"questions", "evidence"}:
        reviews = reviews_of(round_, waiting).filter(which)
        for review in _reviews(reviews, kind).select_related("answer", "judged_by"):
            node = by_pk[review.answer.indicator_id]
            found = _listed(review, node, offices[review.answer.assessment_id])
            rows += [replace(found, kind=each) for each in kinds if _is(each, verdict_of(review, node))]
    if "questions" in kinds:
        for question in questions_of(round_, waiting).filter(which).select_related("answer", "asked_by"):
            place = offices[question.answer.assessment_id], by_pk[question.answer.indicator_id]
            who = question.asked_by.full_name
            rows.append(Listed(*place, "questions", question.text, who, question.asked_at, question.answered_text))
    if "evidence" in kinds:
        for ask in asks_of(round_, waiting):
            place = offices[ask.office], by_pk[ask.indicator]
            if code in ("", place[1].code) and office in (None, ask.office):
                rows.append(Listed(*place, "evidence", ask.reason, ask.by, ask.at))
    order = list(kinds)
    return sorted(rows, key=lambda row: (row.office.sort_key, row.node.number, order.index(row.kind)))


def _reviews(reviews: QuerySet[Review], kind: str) -> QuerySet[Review]:
    if kind == "compared":
        return compared_of(reviews)
    standing = reviews.filter(STANDS)
    return standing if kind == "judged" else standing.filter(Q(outcome=Outcome.ROW) | Q(response=Response.DISPUTE))


def _is(kind: str, verdict: Verdict) -> bool:
    if kind in ("up", "down", "given"):
        return verdict.kind == kind
    return {"disputes": verdict.disputed, "won": verdict.won}.get(kind, kind in WHOLE)


def _listed(review: Review, node: IndicatorNode, office: Office) -> Listed:
    """A verdict with the office's response; a settled one with why it was settled so."""
    verdict = verdict_of(review, node)
    change = verdict.change
    return Listed(
        office,
        node,
        "judged",
        review.reason,
        review.judged_by.full_name if review.judged_by else "",
        review.judged_at,
        review.final_reason or review.response_text,
        verdict.claimed,
        verdict.verified,
        verdict.final,
        signed(Fraction(change)) if change else "",
    )


@dataclass(frozen=True, slots=True)
class StayRow:
    """An office's stay in a state; `days` is text. `goes_on`: it is there now."""

    office: Office
    days: str
    goes_on: bool


def stays_of(round_: Round, state: str) -> list[StayRow]:
    """Every stay in a state: those that go on first, each the longest first. Two queries."""
    moves = moves_of(round_)
    offices = offices_of(round_, moves)
    (found,) = steps([state], by_office_of(round_, offices, moves), timezone.now())
    return [
        StayRow(offices[stay.office], day_count(stay), goes_on)
        for stays, goes_on in ((found.now, True), (found.over, False))
        for stay in reversed(stays)
    ]
