"""The three values of an answer side by side: claimed by its office, verified by a reviewer, final after the reply.

The office, and whoever reads with it, sees the verified one once it was sent. Read only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.models import Answer, Assessment, Outcome, Review
from assessments.workflow import CLOSED, Status
from indicators import editions
from indicators.editions import DimensionNode, IndicatorNode

CLAIMED, VERIFIED, FINAL = "claimed", "verified", "final"
# The states in which the verdicts are the office's to read.
SENT = frozenset({Status.VERIFIED, Status.REPLIED}) | CLOSED


@dataclass(frozen=True, slots=True)
class Value:
    """A score, or in dimension 1 whether the criterion is met. Both None while there is neither; `no_case` says that
    the office had no case, so that it could claim none."""

    score: Decimal | None = None
    met: bool | None = None
    no_case: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """`verified` and `final` are None while there are none, or while the reader is not to see them."""

    node: IndicatorNode
    claimed: Value
    verified: Value | None = None
    final: Value | None = None
    review: Review | None = None

    @property
    def differs(self) -> bool:
        """Whether a reviewer chose another row than the office claimed, or one where it could claim none."""
        return self.review is not None and self.verified is not None and self.review.outcome == Outcome.ROW

    @property
    def final_differs(self) -> bool:
        """Whether the final score is another than the verified one."""
        return self.final is not None and self.final != self.verified


def values_of(answer: Answer, node: IndicatorNode, review: Review | None, *, sent: bool) -> Values:
    """The values of an answer with its review; `sent` says whether its verdict is to be seen."""
    no_case = answer.pending == "no_case" or answer.decided_band is not None
    claimed = Value(None if no_case else answer.score, answer.met, no_case)
    if review is None or not sent or not review.outcome:
        return Values(node, claimed)
    final = Value(review.final_score, answer.met) if review.final_at else None
    return Values(node, claimed, Value(review.score, answer.met), final, review)


def values_at(answer: Answer, node: IndicatorNode) -> Values | None:
    """The values of one answer for its page; None before the verdicts were sent. One query then."""
    if answer.assessment.status not in SENT:
        return None
    people = ("judged_by", "response_by", "final_by")
    review = Review.objects.filter(answer=answer).select_related(*people).first()
    return values_of(answer, node, review, sent=True) if review else None


@dataclass(frozen=True, slots=True)
class Column:
    """The kept totals of one of the three values (`Assessment.results`)."""

    value: str
    results: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """A scored dimension, or None for all of them together, with its total in each column."""

    dimension: DimensionNode | None
    totals: Sequence[tuple[str, Mapping[str, Any]]]


def columns_of(assessment: Assessment, *, reads: bool = False) -> list[Column]:
    """The values that there are totals of; `reads` is for those who see verdicts before they are sent."""
    found = [Column(CLAIMED, assessment.results)]
    if assessment.verified_results and (reads or assessment.status in SENT):
        found.append(Column(VERIFIED, assessment.verified_results))
    if assessment.final_results and assessment.status in CLOSED:
        found.append(Column(FINAL, assessment.final_results))
    return found


def three_of(assessment: Assessment, *, reads: bool = False) -> list[TotalsRow]:
    """As `totals_rows`, but nothing while there are the claimed totals alone, which every page shows anyhow."""
    rows = totals_rows(assessment, reads=reads)
    return rows if len(rows[0].totals) > 1 else []


def totals_rows(assessment: Assessment, *, reads: bool = False) -> list[TotalsRow]:
    """The scored dimensions and the whole, each total side by side. No query."""
    columns = columns_of(assessment, reads=reads)
    rows = []
    for dimension in editions.standard_of(assessment.round.edition).dimensions:
        if dimension.scored:
            key = str(dimension.number)
            rows.append(TotalsRow(dimension, [(each.value, each.results["dimensions"][key]) for each in columns]))
    rows.append(TotalsRow(None, [(each.value, each.results["overall"]) for each in columns]))
    return rows
