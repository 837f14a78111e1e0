"""Whether what is stored is what the rules say: every answer's outcome and every assessment's totals, computed anew.

The totals of the verified and of the final scores are held against the verdicts once these were sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assessments.models import Answer, Assessment
from assessments.queries.values import SENT
from assessments.services.answers import OUTCOME, apply_outcome, is_touched, results_of
from assessments.services.review import current
from assessments.services.targets import target_of
from assessments.workflow import CLOSED
from indicators import editions
from indicators.inputs import InputRefused


@dataclass(frozen=True, slots=True)
class Difference:
    """One stored value that the rules do not give. `code` is the indicator's, empty for the totals."""

    assessment: Assessment
    code: str
    column: str
    stored: Any
    computed: Any

    def __str__(self) -> str:
        place = f"{self.assessment} {self.code}".strip()
        return f"{place} {self.column}: stored {self.stored!r}, the rules say {self.computed!r}"


def differences(*, year: int | None = None) -> Iterator[Difference]:
    """All differences, of one round or of all. Reads each answer once; writes nothing."""
    assessments = Assessment.objects.whole()
    if year is not None:
        assessments = assessments.of_year(year)
    for assessment in assessments:
        answers = list(assessment.answers.order_by("indicator_id"))
        yield from _answers(assessment, answers)
        yield from _totals(assessment, answers)


def _answers(assessment: Assessment, answers: list[Answer]) -> Iterator[Difference]:
    standard = editions.standard_of(assessment.round.edition)
    for answer in answers:
        node = standard.by_pk[answer.indicator_id]
        stored = {column: getattr(answer, column) for column in OUTCOME}
        try:
            apply_outcome(answer, node, target=target_of(answer, assessment))
        except InputRefused as refusal:
            yield Difference(assessment, node.code, "inputs", answer.inputs, refusal.message())
            continue
        for column, value in stored.items():
            if value != getattr(answer, column):
                yield Difference(assessment, node.code, column, value, getattr(answer, column))


def _totals(assessment: Assessment, answers: list[Answer]) -> Iterator[Difference]:
    """From the outcomes computed just now, so that a wrong score shows in the totals too."""
    standard = editions.standard_of(assessment.round.edition)
    found = {answer.indicator_id: (answer.score, answer.is_answered) for answer in answers}
    computed = {
        "results": results_of(standard, found),
        "answered": sum(done for _, done in found.values()),
        "touched": is_touched(assessment, (answer.version for answer in answers)),
    }
    if assessment.status in SENT:
        verdicts = current(assessment)
        verified = {pk: (review.score, True) for pk, review in verdicts.items()}
        computed["verified_results"] = results_of(standard, verified) if verified else {}
    if assessment.status in CLOSED:
        final = {pk: (review.final_score, True) for pk, review in verdicts.items()}
        computed["final_results"] = results_of(standard, final) if final else {}
    for column, value in computed.items():
        if getattr(assessment, column) != value:
            yield Difference(assessment, "", column, getattr(assessment, column), value)
