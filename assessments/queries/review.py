"""The review queue: what waits to be judged, by office and by indicator, and one indicator across all offices.

A queue has at most 76 rows, so it is read once, filtered and sorted in memory; the way from one answer to the next is
the same order, read without the rows' contents.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import (
    Answer,
    Assessment,
    EvidenceUse,
    Flag,
    Outcome,
    Region,
    Review,
    ReviewAssignment,
    Round,
    User,
)
from assessments.queries.asked import counts_by
from assessments.queries.flags import Told, flags_of
from assessments.queries.lastyear import short_of
from assessments.services.blind import is_waiting
from assessments.workflow import UNDER_REVIEW, Status
from indicators import editions
from indicators.editions import AreaNode, EditionNode, IndicatorNode

# What the home page lists: to judge, to settle, and what the office has in its hands; the rest is counted.
LISTED = (Status.IN_REVIEW, Status.SUBMITTED, Status.REPLIED, Status.RETURNED, Status.VERIFIED)
SORTS: dict[str, str | Promise] = {
    "odd": _("Oddest first"),
    "open": _("Not judged yet first"),
    "value": _("Highest claim first"),
    "office": _("By office"),
}
ONLY: dict[str, str | Promise] = {
    "": _("All submitted answers"),
    "open": _("Only those not judged yet"),
    "flagged": _("Only those with a flag"),
}
_VALID = Q(judged_version=F("answer__version")) & ~Q(outcome__in=["", Outcome.EVIDENCE])


# An assessment's totals are large, and no row of the queue shows them.
_TOTALS = tuple(f"assessment__{name}" for name in ("results", "verified_results", "final_results"))


@dataclass(frozen=True, slots=True)
class Way:
    """How a reviewer goes through the answers: one office's in printed order, or one indicator's across the offices,
    in the queue's order."""

    by: str = "office"
    sort: str = "odd"
    region: str = ""
    only: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What differs from the usual way, as fields of a form or an address."""
        usual = Way()
        found = {name: getattr(self, name) for name in ("by", "sort", "region", "only")}
        return {name: value for name, value in found.items() if value != getattr(usual, name)}

    @property
    def query(self) -> str:
        """For the end of an address: "?by=indicator", or nothing."""
        return f"?{urlencode(self.fields)}" if self.fields else ""


def review_of(answer: Answer) -> Review | None:
    """The review of an answer that was read with it (`select_related("review")`); None where there is none."""
    return getattr(answer, "review", None)


def stands(review: Review | None, version: int) -> str:
    """Where the judging of an answer of this version stands: open, stale, or the outcome."""
    if review is None or not review.outcome:
        return "open"
    return review.outcome if review.judged_version == version else "stale"


def is_judged(stand: str) -> bool:
    return stand in (Outcome.AGREE, Outcome.ROW)


# --- the order of one indicator's answers -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """What puts an office's answer where it stands in the queue; `shown` is the office's name, `name` sorts it."""

    assessment: int
    shown: str
    name: str
    region: str
    weight: int
    value: Decimal
    judged: bool


def places_of(round_: Round, node: IndicatorNode) -> list[Place]:
    """All answers to an indicator that are under review. One query."""
    english = get_language() == "en"
    found = Answer.objects.filter(
        assessment__round=round_, indicator=node.pk, assessment__status__in=UNDER_REVIEW
    ).annotate(weight=Sum("flags__weight"))
    columns = (
        *("assessment", "assessment__province__name_th"),
        *("assessment__province__sort_key", "assessment__province__name_en"),
        *("assessment__province__region__code", "weight", "score", "met"),
        *("version", "review__outcome", "review__judged_version"),
    )
    places = []
    for pk, thai, key, english_name, region, weight, score, met, version, outcome, judged_version in found.values_list(
        *columns
    ):
        value = score if score is not None else Decimal(-1 if met is None else met)
        judged = outcome in (Outcome.AGREE, Outcome.ROW) and judged_version == version
        shown, name = (english_name, english_name.casefold()) if english else (thai, key)
        places.append(Place(pk, shown, name, region, weight or 0, value, judged))
    return places


def in_order(places: Iterable[Place], way: Way, *, current: int | None = None) -> list[Place]:
    """The places that pass the way's filters, sorted by it. The `current` assessment's stays, and where it would stand
    unjudged: so the next one after a verdict is the one that stood below it."""

    def judged(place: Place) -> bool:
        return place.judged and place.assessment != current

    kept = [
        place
        for place in places
        if place.assessment == current
        or (
            (not way.region or place.region == way.region)
            and (way.only != "open" or not place.judged)
            and (way.only != "flagged" or place.weight > 0)
        )
    ]
    by_name = sorted(kept, key=lambda place: place.name)
    if way.sort == "office":
        return by_name
    if way.sort == "value":
        return sorted(by_name, key=lambda place: -place.value)
    oddest = sorted(by_name, key=lambda place: -place.weight)
    return sorted(oddest, key=judged) if way.sort == "open" else oddest


# --- one indicator across the offices -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Last:
    """The office's values of last year: claimed in words, then the scores claimed, verified and final."""

    year: int
    words: str
    answer: Answer
    review: Review | None

    @property
    def claimed(self) -> Decimal | None:
        return self.answer.score

    @property
    def verified(self) -> Decimal | None:
        return self.review.score if self.review else None

    @property
    def final(self) -> Decimal | None:
        return self.review.final_score if self.review else None


@dataclass(frozen=True, slots=True)
class Row:
    """One office's answer in the queue. `drafts`, `asked` and `answered` count its questions: not sent yet, sent and
    open, answered and not closed."""

    answer: Answer
    review: Review | None
    claimed: str
    evidence: int
    flags: Sequence[Told]
    last: Last | None
    drafts: int
    asked: int
    answered: int

    @property
    def stand(self) -> str:
        return stands(self.review, self.answer.version)

    @property
    def judged(self) -> bool:
        return is_judged(self.stand)

    @property
    def waits_for_second(self) -> bool:
        """Whether nobody but the first reviewer sees the verdict yet."""
        return is_waiting(self.answer, self.review)

    @property
    def seen(self) -> str:
        """What a bulk agreement sends: the answer, and the versions of it and of its review that were shown."""
        return f"{self.answer.pk}:{self.answer.version}:{self.review.version if self.review else 0}"

    @property
    def agreeable(self) -> bool:
        """Whether there is something to agree with that nobody agreed with yet."""
        has_value = self.answer.score is not None or self.answer.met is not None
        waits = self.answer.pending != "" or self.answer.decided_band is not None
        return has_value and not waits and self.stand in ("open", "stale")


@dataclass(frozen=True, slots=True)
class Queue:
    """The rows in the way's order, of `total` answers of which `judged` are judged; `elsewhere` counts the offices
    that are not under review, by the words of their status."""

    node: IndicatorNode
    area: AreaNode
    rows: Sequence[Row]
    total: int
    judged: int
    elsewhere: Sequence[tuple[str, int]]
    before: IndicatorNode | None
    after: IndicatorNode | None

    @property
    def agreeable(self) -> int:
        return sum(row.agreeable for row in self.rows)


def queue_of(round_: Round, node: IndicatorNode, way: Way) -> Queue:
    """One indicator across the offices. Seven queries, whatever their number."""
    standard = editions.standard_of(round_.edition)
    places = places_of(round_, node)
    order = [place.assessment for place in in_order(places, way)]
    rows = {row.answer.assessment_id: row for row in rows_of(round_, node, order)}
    before, after = standard.neighbours(node.code)
    return Queue(
        node,
        standard.areas[node.area_code],
        [rows[pk] for pk in order],
        len(places),
        sum(place.judged for place in places),
        _elsewhere(round_),
        before,
        after,
    )


def rows_of(round_: Round, node: IndicatorNode, assessments: Collection[int]) -> list[Row]:
    """The answers of some assessments to one indicator, with all that a row of the queue shows. Five queries."""
    found = Answer.objects.filter(indicator=node.pk, assessment__in=assessments)
    found = found.select_related("assessment__province__region", "review", "second_reading").defer(*_TOTALS)
    answers = list(found)
    keys = [answer.pk for answer in answers]
    evidence = dict(
        EvidenceUse.objects.filter(answer__in=keys, evidence__deleted_at__isnull=True)
        .order_by()
        .values_list("answer")
        .annotate(number=Count("pk"))
    )
    told = flags_of(keys)
    last = _last_of(round_, node, [answer.assessment.province_id for answer in answers])
    drafts, asked, answered = counts_by(Q(answer__in=keys), "answer")
    return [
        Row(
            answer=answer,
            review=review_of(answer),
            claimed=short_of(node, answer).rpartition(" (")[0] or short_of(node, answer),
            evidence=evidence.get(answer.pk, 0),
            flags=told.get(answer.pk, ()),
            last=last.get(answer.assessment.province_id),
            drafts=drafts.get(answer.pk, 0),
            asked=asked.get(answer.pk, 0),
            answered=answered.get(answer.pk, 0),
        )
        for answer in answers
    ]


def _last_of(round_: Round, node: IndicatorNode, provinces: Collection[int]) -> dict[int, Last]:
    """Last year's values by province. One query."""
    keys = [node.pk, *([node.previous] if node.previous else [])]
    year = round_.year - 1
    found = Answer.objects.filter(
        assessment__round__year=year, assessment__province__in=provinces, indicator__in=keys
    ).select_related("assessment", "review")
    found = found.defer(*_TOTALS)
    return {
        answer.assessment.province_id: Last(year, short_of(node, answer), answer, review_of(answer)) for answer in found
    }


def _elsewhere(round_: Round) -> list[tuple[str, int]]:
    found = Counter(Assessment.objects.filter(round=round_).order_by().values_list("status", flat=True))
    return [(str(status.label), found[status]) for status in Status if found[status] and status not in UNDER_REVIEW]


# --- where to begin -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office of the round. `open_questions` wait for the office, `answered` for a reviewer who closes them; `mine`:
    assigned to the person who asks."""

    pk: int
    name: str
    sort_key: str
    region: str
    status: Status
    submitted_at: Any
    judged: int
    flags: int
    drafts: int
    open_questions: int
    answered: int
    mine: bool

    @property
    def under_review(self) -> bool:
        return self.status in UNDER_REVIEW


@dataclass(frozen=True, slots=True)
class Figures:
    """How many verdicts stand, how many of them chose another row, and how many answers need evidence."""

    judged: int = 0
    rows: int = 0
    evidence: int = 0


_NONE = Figures()


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator across the offices under review."""

    node: IndicatorNode
    verdicts: Figures
    flags: int
    drafts: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Home:
    """The work of a round. `of` is the number of indicators; `offices` those under review; one of the lists is read."""

    round: Round
    years: Sequence[int]
    of: int
    offices: int
    judged: int
    elsewhere: Sequence[tuple[str, int]]
    by_office: Sequence[OfficeRow] = ()
    by_area: Sequence[tuple[AreaNode, Sequence[IndicatorRow]]] = ()
    mine: bool = field(default=False)

    @property
    def total(self) -> int:
        return self.offices * self.of

    def of_mine(self) -> "Home":
        """The same with only what is assigned to the person."""
        areas = [(area, [row for row in rows if row.mine]) for area, rows in self.by_area]
        return replace(
            self,
            by_office=[row for row in self.by_office if row.mine],
            by_area=[(area, rows) for area, rows in areas if rows],
        )

    @property
    def percent(self) -> int:
        """Rounded down: 100 is only all of it."""
        return self.judged * 100 // self.total if self.total else 0


def regions() -> list[Region]:
    return list(Region.objects.all())


def rounds_to_review() -> list[Round]:
    """All rounds: the newest that has something under review first, then by year, the newest first. One query."""
    waiting = Assessment.objects.filter(round=OuterRef("pk"), status__in=[*UNDER_REVIEW, Status.REPLIED])
    found = Round.objects.select_related("edition").alias(waits=Exists(waiting))
    return list(found.order_by(F("waits").desc(), "-year"))


def home_of(round_: Round, years: Sequence[int], user: User, by: str) -> Home:
    """The work of a round, by office or by indicator. Six queries."""
    standard = editions.standard_of(round_.edition)
    english = get_language() == "en"
    key = "answer__indicator" if by == "indicator" else "answer__assessment"
    in_round = Q(answer__assessment__round=round_, answer__assessment__status__in=UNDER_REVIEW)
    assigned = list(ReviewAssignment.objects.filter(round=round_, reviewer=user).select_related("area__dimension"))
    found = (
        Review.objects.filter(in_round)
        .order_by()
        .values_list(key)
        .annotate(
            judged=Count("pk", filter=_VALID),
            rows=Count("pk", filter=_VALID & Q(outcome=Outcome.ROW)),
            evidence=Count("pk", filter=Q(outcome=Outcome.EVIDENCE)),
        )
    )
    judged = {pk: Figures(*figures) for pk, *figures in found}
    flagged = dict(
        Flag.objects.filter(in_round).order_by().values_list(key).annotate(number=Count("answer", distinct=True))
    )
    drafts, asked, answered = counts_by(Q(answer__assessment__round=round_), key)
    statuses = Assessment.objects.filter(round=round_).order_by().select_related("province__region")
    offices = [assessment for assessment in statuses if assessment.status in UNDER_REVIEW]
    listed = [assessment for assessment in statuses if assessment.status in LISTED]
    others = Counter(assessment.status for assessment in statuses if assessment.status not in LISTED)
    rows = [
        OfficeRow(
            assessment.pk,
            assessment.province.name,
            assessment.province.name_en.casefold() if english else assessment.province.sort_key,
            assessment.province.region.name if assessment.province.region else "",
            Status(assessment.status),
            assessment.submitted_at,
            judged.get(assessment.pk, _NONE).judged,
            flagged.get(assessment.pk, 0),
            drafts.get(assessment.pk, 0),
            asked.get(assessment.pk, 0),
            answered.get(assessment.pk, 0),
            any(each.province_id == assessment.province_id for each in assigned),
        )
        for assessment in listed
    ]
    return Home(
        round=round_,
        years=years,
        of=len(standard.indicators),
        offices=len(offices),
        judged=sum(figures.judged for figures in judged.values()),
        elsewhere=[(str(status.label), others[status]) for status in Status if others[status]],
        by_office=[] if by == "indicator" else sorted(rows, key=_oddest_first),
        by_area=_by_area(standard, judged, flagged, drafts, assigned) if by == "indicator" else [],
        mine=bool(assigned),
    )


def _oddest_first(row: OfficeRow) -> tuple[int, int, str]:
    """What waits longest for the centre by its state, and there the office with most answers that are flagged."""
    return LISTED.index(row.status), -row.flags, row.sort_key


def _by_area(
    standard: EditionNode,
    judged: Mapping[int, Figures],
    flagged: Mapping[int, int],
    drafts: Mapping[int, int],
    assigned: Sequence[ReviewAssignment],
) -> list[tuple[AreaNode, Sequence[IndicatorRow]]]:
    areas = {f"{each.area.dimension.number}-{each.area.number}" for each in assigned if each.area}
    nodes = {each.indicator_id for each in assigned if each.indicator_id}
    return [
        (
            area,
            [
                IndicatorRow(
                    node,
                    judged.get(node.pk, _NONE),
                    flagged.get(node.pk, 0),
                    drafts.get(node.pk, 0),
                    area.code in areas or node.pk in nodes,
                )
                for node in area.indicators
            ],
        )
        for area in standard.areas.values()
    ]


def names_of(answers: Collection[int]) -> dict[int, str]:
    """The provinces of answers by their keys. One query."""
    found = Answer.objects.filter(pk__in=answers).select_related("assessment__province")
    return {answer.pk: answer.assessment.province.name for answer in found}
