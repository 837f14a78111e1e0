"""What the country's files hold: every office of a round with its totals, and every answer with its three values.

Read only, and streamed: memory does not grow with the answers. Verified values stand where their reader may know them,
final ones once they are final.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Count

from assessments.access import has, provinces_seen
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceUse,
    Outcome,
    Review,
    Round,
    StatusChange,
    User,
)
from assessments.queries.values import CLAIMED, FINAL, SENT, VERIFIED
from assessments.workflow import CLOSED, Action, Right, Status
from indicators import editions
from indicators.editions import EditionNode, IndicatorNode

# So many answers are in memory at a time.
CHUNK = 2000
VALUES = (CLAIMED, VERIFIED, FINAL)


@dataclass(frozen=True, slots=True)
class Office:
    """An office of the round with its kept totals (`Assessment.results`) by value; one that is not there, or not to be
    seen, is missing. `evidence` counts its kept pieces."""

    pk: int
    iso: str
    name_th: str
    name_en: str
    region_code: str
    region_th: str
    status: str
    answered: int
    submitted_at: datetime | None
    results: Mapping[str, Mapping[str, Any]]
    evidence: int
    sees_verified: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One answer. Scores are None where there is none; `met` is dimension 1's."""

    node: IndicatorNode
    scores: Mapping[str, Decimal | None]
    met: bool | None
    confirmed: bool
    shortfall: Decimal | None
    no_case: bool
    inputs: Mapping[str, Any]
    evidence: int


@dataclass(frozen=True, slots=True)
class National:
    """`offices` in the order of the Thai names."""

    round: Round
    standard: EditionNode
    offices: Sequence[Office]
    seen: Sequence[int] | None

    def lines(self) -> Iterator[tuple[Office, list[Line]]]:
        """Each office with its answers in printed order. Two queries, whatever their number."""
        used = _evidence_by_answer(self.round, self.seen)
        by_pk = {office.pk: office for office in self.offices}
        nodes = {node.pk: (place, node) for place, node in enumerate(self.standard.indicators.values())}
        columns = (
            *("assessment_id", "indicator_id", "score", "met", "shortfall", "pending", "decided_band", "no_case"),
            *("inputs", "version", "review__outcome", "review__score", "review__judged_version"),
            *("review__final_score", "review__final_at"),
        )
        answers = Answer.objects.filter(assessment__round=self.round)
        if self.seen is not None:
            answers = answers.filter(assessment__province__in=self.seen)
        ordered = answers.order_by("assessment__province__sort_key", "assessment_id").values_list(*columns)
        for pk, rows in groupby(ordered.iterator(chunk_size=CHUNK), key=lambda row: row[0]):
            office = by_pk[pk]
            found = [(nodes[row[1]][0], _line(office, nodes[row[1]][1], row, used)) for row in rows]
            found.sort(key=lambda each: each[0])
            yield office, [line for _place, line in found]


def national_of(round_: Round, user: User) -> National:
    """A round for its files, of the offices that a person sees. Two queries (a supporter's provinces: one more)."""
    seen = provinces_seen(user)
    found = Assessment.objects.filter(round=round_)
    kept = Evidence.objects.kept().filter(assessment__round=round_)
    if seen is not None:
        found, kept = found.filter(province__in=seen), kept.filter(assessment__province__in=seen)
    evidence = Counter(kept.order_by().values_list("assessment_id", flat=True))
    reads = bool(has(user, Right.READ_REVIEW))
    rows = found.select_related("province__region").order_by("province__sort_key")
    offices = [_office(row, evidence[row.pk], reads=reads) for row in rows]
    return National(round_, editions.standard_of(round_.edition), offices, seen)


def _office(row: Assessment, evidence: int, *, reads: bool) -> Office:
    sees_verified = reads or row.status in SENT
    results = {CLAIMED: row.results}
    if row.verified_results and sees_verified:
        results[VERIFIED] = row.verified_results
    if row.final_results and row.status in CLOSED:
        results[FINAL] = row.final_results
    region = row.province.region
    assert region is not None
    return Office(
        pk=row.pk,
        iso=row.province.iso,
        name_th=row.province.name_th,
        name_en=row.province.name_en,
        region_code=region.code,
        region_th=region.name_th,
        status=row.status,
        answered=row.answered,
        submitted_at=row.submitted_at,
        results=results,
        evidence=evidence,
        sees_verified=sees_verified,
    )


def _evidence_by_answer(round_: Round, seen: Sequence[int] | None) -> Mapping[tuple[int, int], int]:
    """How many kept pieces each answer uses. One query."""
    found = EvidenceUse.objects.filter(answer__assessment__round=round_, evidence__deleted_at__isnull=True)
    if seen is not None:
        found = found.filter(answer__assessment__province__in=seen)
    return Counter(found.order_by().values_list("answer__assessment_id", "answer__indicator_id"))


def _line(office: Office, node: IndicatorNode, row: Sequence[Any], used: Mapping[tuple[int, int], int]) -> Line:
    (pk, indicator, score, met, shortfall, pending, decided_band, no_case) = row[:8]
    (inputs, version, outcome, verified, judged_version, final, final_at) = row[8:]
    judged = office.sees_verified and judged_version == version
    # What a reviewer decided where there was no case is no claim of the office.
    claimed = None if pending == "no_case" or decided_band is not None else score
    scores = {
        CLAIMED: claimed,
        VERIFIED: verified if judged else None,
        FINAL: final if final_at and office.status in CLOSED else None,
    }
    confirmed = judged and outcome == Outcome.AGREE
    without = no_case or decided_band is not None
    return Line(node, scores, met, confirmed, shortfall, without, inputs or {}, used.get((pk, indicator), 0))


@dataclass(frozen=True, slots=True)
class Published:
    """A published office: its final totals, its final scores by indicator code, and when it was published last."""

    iso: str
    name_th: str
    name_en: str
    region_code: str
    region_th: str
    results: Mapping[str, Any]
    scores: Mapping[str, Decimal]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class OpenData:
    """What of a round is published, of `offices` offices in all. No raw inputs, no texts, no people."""

    round: Round
    standard: EditionNode
    published: Sequence[Published]
    offices: int


def open_data_of(round_: Round) -> OpenData:
    """Everybody gets the same: what is published is not kept from anybody. Four queries."""
    standard = editions.standard_of(round_.edition)
    codes = {node.pk: code for code, node in standard.indicators.items()}
    scores: dict[int, dict[str, Decimal]] = {}
    stands = {"answer__assessment__round": round_, "answer__assessment__status": Status.PUBLISHED}
    reviews = Review.objects.filter(**stands, final_score__isnull=False)
    for pk, indicator, score in reviews.values_list("answer__assessment_id", "answer__indicator_id", "final_score"):
        assert score is not None
        scores.setdefault(pk, {})[codes[indicator]] = score
    found = Assessment.objects.filter(round=round_, status=Status.PUBLISHED)
    moves = StatusChange.objects.filter(assessment__in=found, action=Action.PUBLISH)
    days = dict(moves.order_by("number").values_list("assessment_id", "at"))
    published = [
        Published(
            iso=row.province.iso,
            name_th=row.province.name_th,
            name_en=row.province.name_en,
            region_code=row.province.region.code if row.province.region else "",
            region_th=row.province.region.name_th if row.province.region else "",
            results=row.final_results,
            scores=scores.get(row.pk, {}),
            published_at=days[row.pk],
        )
        for row in found.select_related("province__region").order_by("province__iso")
    ]
    return OpenData(round_, standard, published, Assessment.objects.filter(round=round_).count())


def published_years() -> dict[int, int]:
    """How many offices are published, by year. One query."""
    found = Assessment.objects.filter(status=Status.PUBLISHED).order_by().values_list("round__year")
    return dict(found.annotate(number=Count("pk")))


def years() -> list[int]:
    """The years of all rounds, the newest first. One query."""
    return list(Round.objects.values_list("year", flat=True))
