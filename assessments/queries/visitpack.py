"""What a visitor takes along to one office: its oddest indicators and a random sample of the others, each with what is
claimed, what shows it, and what was said of it last year."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from assessments.models import Answer, Assessment, EvidenceUse, Flag, User
from assessments.queries.evidence import Item
from assessments.queries.flags import Told, flags_of
from assessments.queries.lastyear import short_of
from assessments.queries.review import Last, review_of
from assessments.queries.visits import Found, findings_of_many
from indicators import editions
from indicators.editions import EditionNode, IndicatorNode

# So many of the oddest: with the sample about what two people look at in a day.
ODDEST = 10
SAMPLE, MOST_SAMPLED = 5, 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """One indicator to look at. `drawn`: it stands here by chance, not for a flag; `findings` are this year's and the
    last one's."""

    node: IndicatorNode
    answer: Answer
    claimed: str
    evidence: Sequence[Item]
    held: Sequence[str]
    flags: Sequence[Told]
    last: Last | None
    findings: Sequence[Found]
    drawn: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """`odd` by weight, `drawn` in printed order. The same `seed` and `sample` draw the same indicators again as long as
    the flags are the same."""

    odd: Sequence[Sheet]
    drawn: Sequence[Sheet]
    seed: int
    sample: int

    @property
    def sheets(self) -> list[Sheet]:
        return [*self.odd, *self.drawn]


def pack_of(assessment: Assessment, user: User, *, sample: int, seed: int) -> Pack:
    """The pack of an office. Six queries, one more where files go with findings."""
    standard = editions.standard_of(assessment.round.edition)
    odd = _oddest(assessment, standard)
    drawn = draw(standard, (node.pk for node in odd), f"{assessment.pk}-{seed}", sample)
    sheets = _sheets(assessment, user, [*odd, *drawn], {node.pk for node in drawn})
    return Pack(
        [sheet for sheet in sheets if not sheet.drawn], [sheet for sheet in sheets if sheet.drawn], seed, sample
    )


def draw(standard: EditionNode, without: Iterable[int], seed: str, number: int) -> list[IndicatorNode]:
    """So many indicators by chance, in printed order; the same seed draws the same ones."""
    left_out = set(without)
    nodes = [node for node in standard.indicators.values() if node.pk not in left_out]
    # For a fair choice among 86, not for a secret.
    chosen = random.Random(seed).sample(range(len(nodes)), min(number, len(nodes)))  # noqa: S311
    return [nodes[place] for place in sorted(chosen)]


def _oddest(assessment: Assessment, standard: EditionNode) -> list[IndicatorNode]:
    """The indicators whose flags weigh most. One query."""
    rows = Flag.objects.filter(answer__assessment=assessment).order_by().values_list("answer__indicator")
    weights = dict(rows.annotate(total=Sum("weight")))
    flagged = [node for node in standard.indicators.values() if node.pk in weights]
    return sorted(flagged, key=lambda node: -weights[node.pk])[:ODDEST]


def _sheets(assessment: Assessment, user: User, nodes: Sequence[IndicatorNode], drawn: set[int]) -> list[Sheet]:
    """In the order of the nodes. Five queries."""
    found = Answer.objects.filter(assessment=assessment, indicator__in=[node.pk for node in nodes])
    answers = {answer.indicator_id: answer for answer in found}
    keys = [answer.pk for answer in answers.values()]
    evidence: dict[int, list[Item]] = {}
    uses = EvidenceUse.objects.filter(answer__in=keys, evidence__deleted_at__isnull=True).select_related("evidence")
    for use in uses:
        evidence.setdefault(use.answer_id, []).append(Item(use.evidence))
    flags = flags_of(keys)
    last = _last_of(assessment, nodes)
    findings = findings_of_many(assessment, nodes, user)
    sheets = []
    for node in nodes:
        answer = answers[node.pk]
        held = [kind for place, kind in enumerate(node.evidence) if place in answer.evidence_held]
        sheets.append(
            Sheet(
                node,
                answer,
                short_of(node, answer),
                evidence.get(answer.pk, ()),
                held,
                flags.get(answer.pk, ()),
                last.get(node.pk),
                findings.get(node.pk, ()),
                node.pk in drawn,
            )
        )
    return sheets


def _last_of(assessment: Assessment, nodes: Sequence[IndicatorNode]) -> dict[int, Last]:
    """Last year's values by this year's indicator. One query."""
    year = assessment.round.year - 1
    of = {node.previous: node for node in nodes if node.previous} | {node.pk: node for node in nodes}
    rows = Answer.objects.filter(
        assessment__province=assessment.province_id, assessment__round__year=year, indicator__in=of
    ).select_related("review")
    return {
        of[row.indicator_id].pk: Last(year, short_of(of[row.indicator_id], row), row, review_of(row)) for row in rows
    }
