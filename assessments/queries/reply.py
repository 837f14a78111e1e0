"""The reply of an office: each verdict beside its claim, what the office says of it, what became of it. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from assessments.calendar import today
from assessments.files import Kind, kind_of
from assessments.models import Answer, Assessment, Attachment, Response, Review
from assessments.queries.values import SENT, TotalsRow, Values, totals_rows, values_of
from indicators import editions
from indicators.editions import IndicatorNode
from indicators.rules import Band, Rule


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a response."""

    attachment: Attachment

    @property
    def kind(self) -> Kind | None:
        return kind_of(self.attachment.content_type)


@dataclass(frozen=True, slots=True)
class Item:
    """One verdict."""

    node: IndicatorNode
    answer: Answer
    review: Review
    values: Values
    files: Sequence[Attached]

    @property
    def slug(self) -> str:
        return self.node.code.replace(".", "-")

    @property
    def is_disputed(self) -> bool:
        return self.review.response == Response.DISPUTE

    @property
    def is_settled(self) -> bool:
        return self.review.final_at is not None

    @property
    def first(self) -> bool:
        """What the office and the reviewer read first: where the values differ, and what the office spoke about."""
        return self.values.differs or bool(self.review.response) or bool(self.files)

    @property
    def bands(self) -> Sequence[Band]:
        return self.node.rule.bands if isinstance(self.node.rule, Rule) else ()

    @property
    def claimed_row(self) -> str:
        return "" if self.values.claimed.no_case else self._text(self.answer.band)

    @property
    def verified_row(self) -> str:
        return self._text(self.review.band)

    @property
    def final_row(self) -> str:
        return self._text(self.review.final_band)

    def _text(self, band: int | None) -> str:
        return self.bands[band - 1].text if band else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """All verdicts of an assessment. `days` are left for the reply, 0 on its last day; None where there is no day."""

    assessment: Assessment
    items: Sequence[Item]
    totals: Sequence[TotalsRow]
    days: int | None

    @property
    def differing(self) -> list[Item]:
        return [item for item in self.items if item.values.differs]

    @property
    def disputed(self) -> list[Item]:
        return [item for item in self.items if item.is_disputed]

    @property
    def unsettled(self) -> list[Item]:
        return [item for item in self.disputed if not item.is_settled]

    @property
    def silent(self) -> list[Item]:
        """Where the values differ and the office says nothing: that counts as accepted."""
        return [item for item in self.differing if not item.review.response]

    def cards(self, also: str = "") -> list[Item]:
        """What is shown whole: disputes first where they are to be settled; `also` is one that was asked for."""
        found = [item for item in self.items if item.first or item.node.code == also]
        return sorted(found, key=lambda item: not (item.is_disputed and not item.is_settled))

    def rest(self, also: str = "") -> list[Item]:
        return [item for item in self.items if not item.first and item.node.code != also]


def reply_of(assessment: Assessment) -> Reply:
    """Two queries. 404 before the verdicts were sent."""
    if assessment.status not in SENT:
        raise Http404
    standard = editions.standard_of(assessment.round.edition)
    people = ("judged_by", "response_by", "final_by")
    found = Review.objects.filter(answer__assessment=assessment).select_related("answer", *people)
    reviews = {review.answer.indicator_id: review for review in found}
    files: dict[Any, list[Attached]] = {}
    for each in Attachment.objects.filter(review__answer__assessment=assessment).select_related("by"):
        files.setdefault(each.review_id, []).append(Attached(each))
    items = [
        _item(node, reviews[node.pk], files.get(reviews[node.pk].pk, ()))
        for node in standard.indicators.values()
        if node.pk in reviews
    ]
    until = assessment.reply_until
    return Reply(assessment, items, totals_rows(assessment), (until - today()).days if until else None)


def _item(node: IndicatorNode, review: Review, files: Sequence[Attached]) -> Item:
    return Item(node, review.answer, review, values_of(review.answer, node, review, sent=True), files)


def item_or_404(reply: Reply, code: str) -> Item:
    for item in reply.items:
        if item.node.code == code:
            return item
    raise Http404


def file_or_404(item: Item, key: Any) -> Attachment:
    """One of the files of an item."""
    for each in item.files:
        if each.attachment.pk == key:
            return each.attachment
    raise Http404
