"""The second reading: what waits for whom, one answer without its first verdict, how far both readers agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.http import Http404

from assessments.agreement import kappa, share
from assessments.models import Answer, Assessment, LogEntry, Outcome, ReviewChange, Round, SecondReading, User
from assessments.queries.review import Way, review_of
from assessments.queries.verdicts import Judging, judging_of, outcome_words, place_of
from assessments.services.blind import is_waiting, reads_blind
from assessments.services.second import DRAWN
from indicators import editions
from indicators.editions import IndicatorNode
from indicators.thai import number

# So many answers that wait are listed; the others are counted.
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What one reader said: `outcome` and `band` as a review keeps them."""

    outcome: str
    band: int | None
    reason: str
    who: str
    at: datetime | None
    words: str

    @property
    def word(self) -> str:
        """Two readers agree where this is the same: the outcome, and the row where it is another one."""
        return f"row {self.band}" if self.outcome == Outcome.ROW else self.outcome


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer that was read twice. `first` is the verdict that stood when the second was written."""

    reading: SecondReading
    node: IndicatorNode
    first: Said
    second: Said

    @property
    def same(self) -> bool:
        return self.first.word == self.second.word


@dataclass(frozen=True, slots=True)
class Wait:
    """An answer that waits for its second reader."""

    reading: SecondReading
    node: IndicatorNode


@dataclass(frozen=True, slots=True)
class Second:
    """The second reading of a round. `mine` can be read by the person who asks, `own` she judged first, `later` cannot
    be read now: changed since the verdict, or no longer under review."""

    draws: Sequence[LogEntry]
    mine: Sequence[Wait]
    own: int
    later: int
    pairs: Sequence[Pair]

    @property
    def listed(self) -> Sequence[Wait]:
        return self.mine[:MOST_LISTED]

    @property
    def more(self) -> int:
        return len(self.mine) - len(self.listed)

    @property
    def drawn(self) -> int:
        return len(self.mine) + self.own + self.later + len(self.pairs)

    @property
    def same(self) -> int:
        return sum(pair.same for pair in self.pairs)

    @property
    def differing(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.same]

    @property
    def _words(self) -> list[tuple[str, str]]:
        return [(pair.first.word, pair.second.word) for pair in self.pairs]

    @property
    def percent(self) -> str:
        """Of the pairs that say the same, to one decimal, half up."""
        found = share(self._words)
        return "" if found is None else number(found * 100, decimals=1)

    @property
    def kappa(self) -> str:
        """To two decimals, half up; empty where it is not defined."""
        found: Fraction | None = kappa(self._words)
        return "" if found is None else number(found)


def second_of(round_: Round, user: User) -> Second:
    """The second reading of a round. Three queries."""
    by_pk = editions.standard_of(round_.edition).by_pk
    found = SecondReading.objects.filter(answer__assessment__round=round_).select_related(
        "answer__assessment__province", "answer__review__judged_by", "answer__second_reading", "reader"
    )
    mine, own, later, done = [], 0, 0, []
    for reading in found.order_by("answer__assessment__province__sort_key", "answer__indicator"):
        answer = reading.answer
        if reading.reader_id is not None:
            done.append(reading)
        elif reads_blind(answer, user):
            mine.append(Wait(reading, by_pk[answer.indicator_id]))
        elif is_waiting(answer, review_of(answer)):
            own += 1
        else:
            later += 1
    draws = list(LogEntry.objects.filter(what=DRAWN, about=str(round_.year)).select_related("by"))
    return Second(draws, mine, own, later, _pairs(done, by_pk))


def _pairs(readings: Sequence[SecondReading], by_pk: Mapping[int, IndicatorNode]) -> list[Pair]:
    """Each with the verdict that stood when it was written. One query."""
    reviews = {review.pk: reading for reading in readings if (review := review_of(reading.answer))}
    states: dict[int, dict[str, Any]] = {}
    who: dict[int, tuple[str, datetime]] = {}
    rows = ReviewChange.objects.filter(review__in=reviews).order_by("version").select_related("by")
    for row in rows:
        if row.at <= (reviews[row.review_id].read_at or row.at):
            states.setdefault(row.review_id, {}).update({name: pair[1] for name, pair in row.changes.items()})
            if "judged_at" in row.changes or "outcome" in row.changes:
                who[row.review_id] = (row.by.full_name, row.at)
    found = []
    for pk, reading in reviews.items():
        node, state = by_pk[reading.answer.indicator_id], states.get(pk, {})
        band = state.get("band")
        outcome, (name, at) = state.get("outcome", ""), who.get(pk, ("", None))
        first = Said(outcome, band, state.get("reason", ""), name, at, outcome_words(node, outcome, band))
        found.append(Pair(reading, node, first, _second(reading, node)))
    return found


def _second(reading: SecondReading, node: IndicatorNode) -> Said:
    words = outcome_words(node, reading.outcome, reading.band)
    who = reading.reader.full_name if reading.reader else ""
    return Said(reading.outcome, reading.band, reading.reason, who, reading.read_at, words)


def pair_of(answer: Answer, node: IndicatorNode) -> Pair | None:
    """Both verdicts on an answer that was read twice. Two queries."""
    found = SecondReading.objects.filter(answer=answer, reader__isnull=False)
    reading = found.select_related("reader", "answer__review").first()
    return _pairs([reading], {node.pk: node})[0] if reading else None


def drawn_or_404(assessment: Assessment, code: str) -> tuple[Answer, IndicatorNode]:
    """The answer to an indicator with its second reading; 404 where it was not drawn."""
    answer, node = place_of(assessment, code)
    if getattr(answer, "second_reading", None) is None:
        raise Http404
    return answer, node


def blind_of(assessment: Assessment, code: str, *, file: int | None = None) -> Judging:
    """One answer as before its first verdict: no review, no questions, no row given to an answer without a case."""
    judging = judging_of(assessment, code, Way(), file=file)
    answer = judging.answer
    answer._state.fields_cache["review"] = None
    if answer.decided_band is not None:
        answer.decided_band = answer.decided_at = answer.decided_by = answer.band = answer.score = None
        answer.decided_reason, answer.explanation, answer.pending = "", "", "no_case"
    return replace(judging, drafts=(), questions=(), history=())


def next_of(round_: Round, user: User) -> Wait | None:
    """The next answer that the person may read a second time."""
    waiting = second_of(round_, user).mine
    return waiting[0] if waiting else None
