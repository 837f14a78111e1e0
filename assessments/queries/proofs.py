"""Whether a paper with a QR code still equals the record. Read only, for anyone who holds the paper.

It tells no more than the paper needs: province, year, level, hash and times; no name, no answer, no reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from assessments.models import Assessment, Province
from assessments.proofs import Claim, claim_of
from assessments.queries.values import columns_of
from assessments.services.moves import answers_hash
from assessments.workflow import CLOSED, Action, Status


@dataclass(frozen=True, slots=True)
class Proof:
    """`changed_at` is None while the record equals the paper. `total` (`Assessment.results`) and `whole_hash` are the
    record's and given only then: of a paper that is older than its record nothing is stated as current.

    `later` has the verified and the final total beside it, once the result is final: a paper made then shows those.

    `sent_again` tells that the change was submitted; otherwise the office is still at it. Nothing else is told:
    whoever has the paper reads it without a login.
    """

    claim: Claim
    province: Province
    changed_at: datetime | None = None
    sent_again: bool = False
    whole_hash: str = ""
    total: dict[str, Any] | None = None
    later: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def proof_of(token: str) -> Proof | None:
    """The proof behind a token; None where it is none of ours. Two queries, six where the assessment was returned."""
    claim = claim_of(token)
    if claim is None:
        return None
    assessment = (
        Assessment.objects.of_year(claim.year)
        .select_related("round", "province")
        .filter(province__iso=claim.province)
        .first()
    )
    sent_at = _sent_at(assessment, claim.number) if assessment else None
    if assessment is None or sent_at is None:
        return None
    is_open = assessment.status == Status.RETURNED
    whole_hash = answers_hash(assessment) if is_open else assessment.answers_hash
    if whole_hash.startswith(claim.hash_start):
        total = assessment.results["overall"]
        # Whoever has the code reads this: a verdict that the office may still dispute is not for everybody.
        columns = columns_of(assessment)[1:] if assessment.status in CLOSED else []
        later = tuple((column.value, column.results["overall"]) for column in columns)
        return Proof(claim, assessment.province, whole_hash=whole_hash, total=total, later=later)
    changed_at = _last_change(assessment) if is_open else assessment.submitted_at
    return Proof(claim, assessment.province, changed_at=changed_at or sent_at, sent_again=not is_open)


def _sent_at(assessment: Assessment, number: int) -> datetime | None:
    """When its first, second ... submission was made."""
    moments = assessment.history.filter(action=Action.SUBMIT).order_by("number").values_list("at", flat=True)
    return moments[number - 1 : number].first()


def _last_change(assessment: Assessment) -> datetime | None:
    """When an answer or a piece of evidence was changed last."""
    answered = assessment.answers.aggregate(at=Max("changed_at"))["at"]
    attached = assessment.evidence_history.aggregate(at=Max("at"))["at"]
    return max((moment for moment in (answered, attached) if moment), default=None)
