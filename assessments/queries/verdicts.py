"""One answer as a reviewer judges it: the claim beside its evidence, last year, flags, questions, earlier verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment, Outcome, Question, Response, Review, User
from assessments.queries.evidence import Item, items_of, shown_of
from assessments.queries.flags import Told, flags_of
from assessments.queries.lastyear import last_answer, short_of
from assessments.queries.reading import ReadAnswer
from assessments.queries.review import (
    Last,
    Row,
    Way,
    in_order,
    is_judged,
    places_of,
    review_of,
    rows_of,
    stands,
)
from assessments.services.blind import is_waiting
from indicators import editions
from indicators.editions import AreaNode, IndicatorNode
from indicators.rules import Rule
from indicators.thai import number


@dataclass(frozen=True, slots=True)
class Spoken:
    """One change of a review in words: who said what, when, why. `undone`: it took the one before back."""

    what: str
    reason: str
    by: User
    at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A printed row that a verdict may choose. `claimed`: the office's own."""

    band: int
    text: str
    score: Decimal
    claimed: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The evidence of an answer, one of it shown. `place` counts from 1; `shown` is the text of a Word or Excel file,
    read only where somebody asked for it (`opened`)."""

    items: Sequence[Item]
    place: int
    opened: bool
    shown: Any = None

    @property
    def item(self) -> Item | None:
        return self.items[self.place - 1] if self.items else None

    @property
    def before(self) -> int | None:
        return self.place - 1 if self.place > 1 else None

    @property
    def after(self) -> int | None:
        return self.place + 1 if self.place < len(self.items) else None


@dataclass(frozen=True, slots=True)
class Step:
    """The answer before or after, in the reviewer's way."""

    assessment: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Steps:
    """Where the way leads from an answer, and how far it is: `judged` of `total`. `waiting` is the next one that is
    not judged; `place` counts from 1."""

    before: Step | None
    after: Step | None
    waiting: Step | None
    place: int
    number: int
    judged: int
    total: int


@dataclass(frozen=True, slots=True)
class Judging:
    """One answer with all that a verdict needs."""

    node: IndicatorNode
    area: AreaNode
    answer: Answer
    read: ReadAnswer
    files: Files
    last: Last | None
    flags: Sequence[Told]
    drafts: Sequence[Question]
    questions: Sequence[Question]
    history: Sequence[Spoken]
    steps: Steps

    @property
    def review(self) -> Review | None:
        return review_of(self.answer)

    @property
    def version(self) -> int:
        return self.review.version if self.review else 0

    @property
    def stand(self) -> str:
        return stands(self.review, self.answer.version)

    @property
    def judged(self) -> bool:
        return is_judged(self.stand)

    @property
    def choices(self) -> list[Choice]:
        return choices_of(self.answer, self.node)

    @property
    def agreeable(self) -> bool:
        """Whether there is a value to agree with; where there was no case only a row can be chosen."""
        has_value = self.answer.score is not None or self.answer.met is not None
        return has_value and not (self.answer.pending or self.answer.decided_band is not None)

    @property
    def verdict(self) -> str:
        return verdict_words(self.node, self.review) if self.review and self.review.outcome else ""


def choices_of(answer: Answer, node: IndicatorNode) -> list[Choice]:
    """The printed rows; none in dimension 1."""
    if not isinstance(node.rule, Rule):
        return []
    claimed = None if answer.decided_band is not None else answer.band
    return [Choice(band, row.text, row.score, band == claimed) for band, row in enumerate(node.rule.bands, start=1)]


def verdict_words(node: IndicatorNode, review: Review) -> str:
    """A verdict in a few words, without its reason."""
    return outcome_words(node, review.outcome, review.band)


def chosen_words(answer: Answer, node: IndicatorNode, chosen: str) -> str:
    """A verdict that was not saved, as `verdict_words` would say it."""
    if chosen.isdigit():
        return outcome_words(node, Outcome.ROW, int(chosen))
    return outcome_words(node, chosen, answer.band)


def outcome_words(node: IndicatorNode, outcome: str, band: int | None) -> str:
    if not outcome:
        return _("No verdict")
    if outcome == Outcome.EVIDENCE:
        return _("Needs evidence")
    score = _score_words(node, band)
    if outcome == Outcome.AGREE:
        return _("Agreed: %(score)s") % {"score": score} if score else _("Confirmed")
    return _("Another row: %(score)s") % {"score": score}


def _score_words(node: IndicatorNode, band: int | None) -> str:
    if band is None or not isinstance(node.rule, Rule) or band > len(node.rule.bands):
        return ""
    row = node.rule.bands[band - 1]
    return _("%(score)s points (%(row)s)") % {"score": number(row.score), "row": row.text}


# --- one answer ---------------------------------------------------------------------------------------


def place_of(assessment: Assessment, code: str) -> tuple[Answer, IndicatorNode]:
    """The answer to an indicator with its review; 404 where the edition has none. One query."""
    node = editions.standard_of(assessment.round.edition).indicators.get(code)
    if node is None:
        raise Http404
    found = Answer.objects.select_related("changed_by", "review__judged_by", "second_reading")
    answer = get_object_or_404(found, assessment=assessment, indicator=node.pk)
    answer.assessment = assessment
    return answer, node


def judging_of(assessment: Assessment, code: str, way: Way, *, file: int | None = None) -> Judging:
    """All that the page of one answer shows; `file` counts the evidence from 1. Eight queries."""
    answer, node = place_of(assessment, code)
    items = items_of(answer)
    questions = list(
        Question.objects.filter(answer=answer).select_related("asked_by", "answered_by").order_by("asked_at", "pk")
    )
    return Judging(
        node,
        editions.standard_of(assessment.round.edition).areas[node.area_code],
        answer,
        # Its evidence stands in `files`.
        ReadAnswer(node, answer, (), tuple(sorted(answer.evidence_held))),
        _files(items, file),
        _last(answer, node),
        flags_of([answer.pk]).get(answer.pk, ()),
        [each for each in questions if each.sent_with is None and each.closed_at is None],
        [each for each in questions if each.sent_with is not None],
        history_of(review_of(answer), node),
        steps_of(assessment, node, way),
    )


def _files(items: Sequence[Item], file: int | None) -> Files:
    place = file if file is not None and 1 <= file <= len(items) else 1
    opened = file is not None and bool(items)
    return Files(items, place, opened, shown_of(items[place - 1]) if opened else None)


def _last(answer: Answer, node: IndicatorNode) -> Last | None:
    found = last_answer(answer, node)
    if found is None:
        return None
    review = Review.objects.filter(answer=found.pk).first()
    return Last(answer.assessment.round.year - 1, short_of(node, found), found, review)


def row_of(assessment: Assessment, node: IndicatorNode) -> Row:
    """The answer as a row of its indicator's queue."""
    (row,) = rows_of(assessment.round, node, [assessment.pk])
    return row


@dataclass(frozen=True, slots=True)
class Line:
    """Where the verdict on one answer stands, for a line on the page of the whole assessment."""

    stand: str
    review: Review
    waits_for_second: bool = False


def lines_of(assessment: Assessment) -> dict[str, Line]:
    """The verdicts on an assessment's answers by the indicators' codes; none where nobody judged. One query."""
    by_pk = editions.standard_of(assessment.round.edition).by_pk
    found = Review.objects.filter(answer__assessment=assessment).exclude(outcome="")
    return {
        by_pk[each.answer.indicator_id].code: Line(
            stands(each, each.answer.version), each, is_waiting(each.answer, each, assessment)
        )
        for each in found.select_related("answer__second_reading", "judged_by")
    }


# --- the way ------------------------------------------------------------------------------------------


def steps_of(assessment: Assessment, node: IndicatorNode, way: Way) -> Steps:
    """What comes before and after an answer. One query."""
    if way.by == "indicator":
        return _across(assessment, node, way)
    return _within(assessment, node, way)


def _within(assessment: Assessment, node: IndicatorNode, way: Way) -> Steps:
    """The office's answers in printed order, all 86 of them."""
    judged = _judged(assessment)
    nodes = list(editions.standard_of(assessment.round.edition).indicators.values())
    kept = [each for each in nodes if each is node or way.only != "open" or each.pk not in judged]
    steps = [Step(assessment.pk, each.code, each.name) for each in kept]
    open_ = [each is not node and each.pk not in judged for each in kept]
    return _steps(steps, open_, kept.index(node), len(judged), len(nodes))


def first_of(assessment: Assessment) -> str:
    """The code of the first answer that is not judged, else of the first of all. One query."""
    judged = _judged(assessment)
    indicators = editions.standard_of(assessment.round.edition).indicators
    return next((code for code, node in indicators.items() if node.pk not in judged), next(iter(indicators)))


def _judged(assessment: Assessment) -> set[int]:
    """The indicators whose verdict stands, by their keys."""
    found = Review.objects.filter(answer__assessment=assessment).values_list(
        "answer__indicator", "answer__version", "outcome", "judged_version"
    )
    return {pk for pk, version, outcome, seen in found if outcome in (Outcome.AGREE, Outcome.ROW) and seen == version}


def _across(assessment: Assessment, node: IndicatorNode, way: Way) -> Steps:
    """The same indicator at the offices under review, in the queue's order."""
    places = places_of(assessment.round, node)
    order = in_order(places, way, current=assessment.pk)
    judged = sum(place.judged for place in places)
    here = next((at for at, place in enumerate(order) if place.assessment == assessment.pk), None)
    if here is None:
        return Steps(None, None, None, 0, len(order), judged, len(places))
    steps = [Step(place.assessment, node.code, place.shown) for place in order]
    open_ = [not place.judged and place.assessment != assessment.pk for place in order]
    return _steps(steps, open_, here, judged, len(places))


def _steps(steps: Sequence[Step], open_: Sequence[bool], here: int, judged: int, total: int) -> Steps:
    """The next open one is looked for below, then from the top."""
    turned = [*range(here + 1, len(steps)), *range(here)]
    return Steps(
        steps[here - 1] if here else None,
        steps[here + 1] if here + 1 < len(steps) else None,
        next((steps[at] for at in turned if open_[at]), None),
        here + 1,
        len(steps),
        judged,
        total,
    )


# --- what was said before -----------------------------------------------------------------------------


def history_of(review: Review | None, node: IndicatorNode) -> list[Spoken]:
    """Every change of a review in words, the newest first. One query."""
    if review is None:
        return []
    state: dict[str, Any] = {}
    told = []
    for row in review.history.select_related("by").order_by("version"):
        state |= {column: pair[1] for column, pair in row.changes.items()}
        if row.changes.keys() == {"judged_version"}:
            # The answer got the row of this verdict when it was sent; nobody said anything new.
            continue
        what, reason = _told(node, row.changes, state)
        told.append(Spoken(what, reason, row.by, row.at, row.undone))
    return told[::-1]


def _told(node: IndicatorNode, changes: Mapping[str, Any], state: Mapping[str, Any]) -> tuple[str, str]:
    """What a change said, and why: of the final value, the office's response, or the verdict."""
    if "final_at" in changes:
        if not state.get("final_at"):
            return _("Opened for review again"), ""
        score = _score_words(node, state.get("final_band"))
        return (_("Final: %(score)s") % {"score": score} if score else _("Final")), state.get("final_reason", "")
    if "response" in changes or "response_text" in changes:
        words: dict[str, str] = {
            Response.ACCEPT: _("The office accepts the verdict"),
            Response.DISPUTE: _("The office disputes the verdict"),
        }
        return words.get(state.get("response", ""), _("The office took its response back")), state.get(
            "response_text", ""
        )
    return outcome_words(node, state.get("outcome", ""), state.get("band")), state.get("reason", "")


def assessment_of(key: int) -> Assessment:
    return Assessment.objects.whole().get(pk=key)


def question_of(assessment: Assessment, code: str, key: int) -> Question:
    """A question about one answer of an assessment; 404 for another's."""
    found = Question.objects.select_related("answer__assessment")
    return get_object_or_404(found, answer__assessment=assessment, answer__indicator__code=code, pk=key)
