"""An earlier version of an answer, beside the one of now."""

from dataclasses import dataclass

from assessments.models import Answer, AnswerChange
from assessments.queries.shown import Difference, columns_of, differences
from assessments.services.restoring import columns_at
from indicators.editions import IndicatorNode


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that can be used again: its row of the history, and what would change (old: now, new: then)."""

    row: AnswerChange
    differences: list[Difference]


def earlier_of(answer: Answer, node: IndicatorNode, version: int) -> Earlier | None:
    """None where the answer never had this version. Two queries."""
    row = answer.history.filter(version=version).select_related("by").first()
    if row is None:
        return None
    return Earlier(row, differences(node, columns_of(answer), columns_at(answer, version)))
