"""Saving one answer, and keeping the totals of its assessment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.country import signs_of
from assessments.models import Answer, AnswerChange, Assessment, User
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators import editions
from indicators.checks import Checked, Target
from indicators.editions import EditionNode, IndicatorNode
from indicators.inputs import InputRefused
from indicators.rules import Rule
from indicators.scoring import Item, Scored, Total, decided, judge, totals
from indicators.thai import clean

__all__ = ["Entry", "Refused", "Saved", "Stale", "recount", "save_answer"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person put into one indicator's form, cleaned by it.

    `inputs` is None when the number fields are empty. `typed` and `refusals` hold what could not be read: then the
    numbers stay as they were, and everything else is saved.
    """

    inputs: Mapping[str, Any] | None = None
    no_case: bool = False
    no_case_reason: str = ""
    performance: str = ""
    problems: str = ""
    remedies: str = ""
    number_source: str = ""
    evidence_held: tuple[int, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer after saving. `changed` is False when nothing was different."""

    answer: Answer
    assessment: Assessment
    changed: bool


class Stale(Exception):
    """Somebody else saved this indicator in the meantime. `answer` is theirs, as it is now; nothing was written."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__("stale")


COLUMNS = (
    *("inputs", "no_case", "no_case_reason", "performance", "problems", "remedies", "number_source"),
    *("evidence_held", "typed"),
)
# What a decision of a reviewer rests on: when the office changes it, the decision falls.
DECIDED_ON = ("inputs", "no_case", "no_case_reason")
DECISION: dict[str, Any] = {"decided_band": None, "decided_reason": "", "decided_at": None, "decided_by": None}
OUTCOME = ("is_answered", "score", "band", "met", "shortfall", "judged_target", "pending", "explanation")


@transaction.atomic
def save_answer(*, assessment: Assessment, indicator: IndicatorNode, by: User, version: int, entry: Entry) -> Saved:
    """Save one answer that was last seen at `version`; raises Stale, Refused or InputRefused, writing nothing.

    Its score and the totals of the assessment follow at once.
    """
    assessment = locked(assessment, by=by, action=Action.EDIT, code=indicator.code)
    answer = stored_answer(assessment, indicator)
    return write_columns(answer, indicator, by=by, version=version, new=_new_columns(answer, entry))


def stored_answer(assessment: Assessment, indicator: IndicatorNode) -> Answer:
    """The answer as it stands now."""
    answer = Answer.objects.get(assessment=assessment, indicator_id=indicator.pk)
    answer.assessment = assessment
    return answer


def write_columns(
    answer: Answer,
    indicator: IndicatorNode,
    *,
    by: User,
    version: int,
    new: Mapping[str, Any],
    note: Mapping[str, Any] | None = None,
) -> Saved:
    """Write columns into an answer of a locked assessment, with what follows from them; raises Stale or InputRefused.

    `note` is added to the row of the history: what a person did beyond the columns.
    """
    assessment = answer.assessment
    changes = {
        column: [getattr(answer, column), value] for column, value in new.items() if getattr(answer, column) != value
    }
    if not changes:
        return Saved(answer, assessment, changed=False)
    if answer.version != version:
        raise Stale(answer)
    for column, value in new.items():
        setattr(answer, column, value)
    if answer.decided_band is not None and changes.keys() & set(DECIDED_ON):
        changes |= {"decided_band": [answer.decided_band, None], "decided_reason": [answer.decided_reason, ""]}
        for column, value in DECISION.items():
            setattr(answer, column, value)
    apply_outcome(answer, indicator, target=assessment.round.budget_target)
    answer.version += 1
    answer.changed_at = timezone.now()
    answer.changed_by = by
    answer.save(update_fields=[*COLUMNS, *OUTCOME, *DECISION, "version", "changed_at", "changed_by"])
    row = {**changes, **(note or {})}
    AnswerChange.objects.create(answer=answer, version=answer.version, changes=row, by=by, at=answer.changed_at)
    recount(assessment)
    return Saved(answer, assessment, changed=True)


def _new_columns(answer: Answer, entry: Entry) -> dict[str, Any]:
    new: dict[str, Any] = {
        column: clean(getattr(entry, column)) for column in ("performance", "problems", "remedies", "number_source")
    }
    new["evidence_held"] = sorted(set(entry.evidence_held))
    new["typed"] = dict(entry.typed)
    if entry.typed:
        # Numbers that cannot be read leave the last ones that could be in place.
        numbers: dict[str, Any] = {
            "inputs": answer.inputs,
            "no_case": answer.no_case,
            "no_case_reason": answer.no_case_reason,
        }
    else:
        numbers = {
            "inputs": None if entry.inputs is None or entry.no_case else as_stored(entry.inputs),
            "no_case": entry.no_case,
            "no_case_reason": clean(entry.no_case_reason),
        }
    return {**numbers, **new}


def as_stored(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as JSON: lists for tuples, decimals as texts (which keeps them exact)."""
    return {
        name: list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Decimal) else value
        for name, value in inputs.items()
    }


def apply_outcome(answer: Answer, indicator: IndicatorNode, *, target: Decimal | None) -> None:
    """Set what follows from the inputs: score or check, explanation, whether it is answered. Raises InputRefused.

    An answer that had no case gets the row that a reviewer decided, if there is a decision.
    """
    raw = {"no_case": True} if answer.no_case else answer.inputs
    for column, value in (("score", None), ("band", None), ("met", None), ("shortfall", None)):
        setattr(answer, column, value)
    answer.judged_target = None
    answer.pending = answer.explanation = ""
    answer.is_answered = False
    if raw is None:
        return
    result = judge(indicator.rule, raw, target=target)
    if isinstance(result, InputRefused):
        raise result
    # Without its reason "no case" is not an answer yet; a pending target is the central division's to enter.
    # What was typed last and cannot be used stands in the way, although the older numbers keep their score.
    answer.is_answered = not answer.typed and (result.pending != "no_case" or bool(answer.no_case_reason))
    if isinstance(indicator.rule, Rule) and isinstance(result, Scored) and result.pending and answer.decided_band:
        result = decided(indicator.rule, result, band=answer.decided_band, reason=answer.decided_reason)
    answer.explanation = result.explanation
    answer.pending = result.pending or ""
    if isinstance(result, Scored):
        answer.score, answer.band = result.score, result.band
    elif isinstance(result, Checked):
        answer.met, answer.shortfall = result.met, result.shortfall
        answer.judged_target = target if isinstance(indicator.rule, Target) else None


def recount(assessment: Assessment) -> None:
    """Compute the assessment's totals from its answers' scores and keep them on it. Two queries, three while no answer
    was ever saved."""
    standard = editions.standard_of(assessment.round.edition)
    rows = list(assessment.answers.values_list("indicator_id", "score", "is_answered", "version"))
    found = {pk: (score, answered) for pk, score, answered, _ in rows}
    assessment.results = results_of(standard, found)
    assessment.answered = sum(answered for _, answered in found.values())
    assessment.touched = is_touched(assessment, (version for *_, version in rows))
    assessment.changed_at = timezone.now()
    assessment.save(update_fields=["results", "answered", "touched", "changed_at"])


def is_touched(assessment: Assessment, versions: Iterable[int]) -> bool:
    """Whether the office has begun: an answer was saved once, or evidence was attached."""
    return any(versions) or assessment.evidence_history.exists()


def results_of(standard: EditionNode, found: Mapping[int, tuple[Decimal | None, bool]]) -> dict[str, Any]:
    """The totals of a set of scores, as kept on the assessment (`Assessment.results`)."""
    items: list[tuple[Item, Decimal | None]] = []
    answered: dict[str, int] = {}
    for node in standard.indicators.values():
        score, done = found.get(node.pk, (None, False))
        items.append((node.item, score))
        answered[node.area_code] = answered.get(node.area_code, 0) + done
    computed = totals(items)
    return {
        "areas": {f"{dimension}-{area}": _kept(total) for (dimension, area), total in computed["areas"].items()},
        "dimensions": {str(dimension): _kept(total) for dimension, total in computed["dimensions"].items()},
        "overall": _kept(computed["overall"]),
        "answered": answered,
        "scores": signs_of(score for item, score in items if isinstance(item.rule, Rule)),
    }


def _kept(total: Total) -> dict[str, Any]:
    return {
        # The database gives 10.0 where the rules give 10: the same sum is always kept in the same words.
        "sum": f"{total.sum.normalize():f}",
        "count": total.count,
        "open": total.open,
        "low": str(total.low),
        "high": str(total.high),
        "mean": None if total.mean is None else str(total.mean),
        "level": total.level.code if total.level else None,
    }
