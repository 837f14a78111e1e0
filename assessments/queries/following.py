"""Last year's plan and findings, and what became of them by the office's own word."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404

from assessments.calendar import start_of
from assessments.models import Assessment, Finding, FollowUp, PlanStep
from assessments.queries.plan import PastStep, past_plan, rows_of
from assessments.queries.visits import Found, findings_where

FINDING, STEP = "finding", "step"


@dataclass(frozen=True, slots=True)
class Item:
    """A step of the plan or a finding: one of `step` and `found` is there."""

    step: PastStep | None = None
    found: Found | None = None

    @property
    def kind(self) -> str:
        return STEP if self.step else FINDING

    @property
    def row(self) -> PlanStep | Finding:
        if self.step is not None:
            return self.step.step
        assert self.found is not None
        return self.found.finding

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.row.pk}"


@dataclass(frozen=True, slots=True)
class Following:
    """All that is asked about in an assessment. `year` is that of the plan, None without one."""

    year: int | None
    steps: Sequence[Item]
    findings: Sequence[Item]

    @property
    def items(self) -> list[Item]:
        return [*self.steps, *self.findings]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """How many are done, going on, not done: value, word, number."""
        counted = Counter(item.row.follow_up for item in self.items)
        return [(state.value, str(state.label), counted[state.value]) for state in FollowUp]

    @property
    def open(self) -> int:
        """How many the office said nothing of yet."""
        return sum(not item.row.follow_up for item in self.items)


def following_of(assessment: Assessment) -> Following:
    """The steps of the last plan before this round, and the findings of the round before with the older ones that were
    not done when this round opened. Five queries, six where there are findings."""
    past = past_plan(assessment, rows_of(assessment))
    findings = findings_where(
        Q(answer__assessment__round__year=assessment.round.year - 1)
        | Q(answer__assessment__round__year__lt=assessment.round.year - 1)
        & (~Q(follow_up=FollowUp.DONE) | Q(follow_up_at__gte=start_of(assessment.round.opens_on))),
        answer__assessment__province=assessment.province_id,
    )
    return Following(
        past.assessment.round.year if past else None,
        [Item(step=step) for step in past.steps] if past else [],
        [Item(found=found) for found in findings],
    )


def item_or_404(following: Following, kind: str, number: int) -> Item:
    for item in following.items:
        if (item.kind, item.row.pk) == (kind, number):
            return item
    raise Http404
