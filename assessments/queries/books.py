"""The book of a round as its page shows it. Read only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise

from assessments.models import Book, Round, StatusChange
from assessments.queries.national import STATUSES
from assessments.workflow import Status


@dataclass(frozen=True, slots=True)
class Shelf:
    """A round's book: how far it is, and what has changed since the finished one was begun.

    `counts` says how many forms of which state it would hold now.
    """

    round: Round
    book: Book | None
    offices: int
    counts: Sequence[tuple[str | Promise, int]]
    changed: int

    @property
    def done(self) -> int:
        return len(self.book.parts) if self.book else 0


def book_of(round_: Round) -> Book | None:
    return Book.objects.select_related("asked_by").filter(round=round_).first()


def shelf_of(round_: Round) -> Shelf:
    """Three queries, two while there is no finished book."""
    book = book_of(round_)
    found = round_.assessments.order_by()
    states = Counter(
        "new" if status == Status.DRAFT and not touched else status
        for status, touched in found.values_list("status", "touched")
    )
    changed = 0
    if book is not None and book.made_at is not None:
        moved = StatusChange.objects.filter(assessment=OuterRef("pk"), at__gt=book.made_at)
        changed = found.filter(Q(changed_at__gt=book.made_at) | Exists(moved)).count()
    counts = [(word, states[state]) for state, word in STATUSES.items() if states[state]]
    return Shelf(round_, book, sum(states.values()), counts, changed)
