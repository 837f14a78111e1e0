"""Talking about answers: how many comments there are, the threads of one indicator, all threads of an assessment.

The questions of the centre stand among the comments of its thread, each where it was asked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from assessments.access import WRITES_THREAD, may, threads_read
from assessments.files import Kind, kind_of
from assessments.models import Answer, Assessment, Attachment, Comment, Question, Review, SecondReading, User
from assessments.workflow import REVIEWERS, UNDER_REVIEW, Decision
from indicators import editions
from indicators.editions import IndicatorNode

# Where a question stands.
OPEN, ANSWERED, CLOSED = "open", "answered", "closed"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a comment."""

    attachment: Attachment

    @property
    def kind(self) -> Kind | None:
        return kind_of(self.attachment.content_type)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a thread at a moment: a comment with its files, or a question of the centre with its answer."""

    at: datetime
    comment: Comment | None = None
    files: Sequence[Attached] = ()
    question: Question | None = None

    @property
    def stand(self) -> str:
        """Of a question."""
        return stand_of(self.question) if self.question else ""

    @property
    def by(self) -> User:
        if self.question:
            return self.question.asked_by
        assert self.comment is not None
        return self.comment.by

    @property
    def text(self) -> str:
        if self.question:
            return self.question.text
        assert self.comment is not None
        return self.comment.text


@dataclass(frozen=True, slots=True)
class Stands:
    """How many questions are open, answered and closed."""

    open: int = 0
    answered: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Talk:
    """One thread of one indicator, the newest comment last. `write` says whether the person may write in it now."""

    node: IndicatorNode
    thread: Comment.Thread
    comments: Sequence[Comment]
    write: Decision
    questions: Sequence[Question] = ()
    files: Mapping[int, Sequence[Attached]] = field(default_factory=dict)

    @property
    def is_private(self) -> bool:
        return self.thread == Comment.Thread.OFFICE

    @property
    def entries(self) -> list[Entry]:
        """Comments and questions in the order in which they came."""
        said = [Entry(each.at, comment=each, files=self.files.get(each.pk, ())) for each in self.comments]
        return sorted(
            [*said, *(Entry(each.asked_at, question=each) for each in self.questions)], key=lambda one: one.at
        )

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    @property
    def newest(self) -> tuple[datetime, int]:
        """What came last, also where it is the answer to a question."""
        answers = [each.answered_at for each in self.questions if each.answered_at]
        last = self.last
        return max([last.at, *answers]), last.comment.pk if last.comment else 0

    @property
    def stands(self) -> Stands:
        return _counted(self.questions)


def stand_of(question: Question) -> str:
    if question.closed_at:
        return CLOSED
    return ANSWERED if question.answered_at else OPEN


def stands_of(talks: Iterable[Talk]) -> Stands:
    """The questions of all threads together."""
    return _counted(question for talk in talks for question in talk.questions)


def _counted(questions: Iterable[Question]) -> Stands:
    found = Counter(stand_of(question) for question in questions)
    return Stands(found[OPEN], found[ANSWERED], found[CLOSED])


def counts_of(assessment: Assessment, user: User) -> dict[int, int]:
    """How many comments the person may read, by indicator; those without are left out. One query."""
    found = Comment.objects.filter(answer__assessment=assessment, thread__in=threads_read(user, assessment))
    rows = found.order_by().values_list("answer__indicator_id").annotate(number=Count("pk"))
    return dict(rows)


def counts_by_code(assessment: Assessment, user: User) -> dict[str, int]:
    """As `counts_of`, by the indicators' codes."""
    standard = editions.standard_of(assessment.round.edition)
    return {standard.by_pk[pk].code: number for pk, number in counts_of(assessment, user).items()}


def count_of(answer: Answer, user: User) -> int:
    """As `counts_of`, for one indicator. One query."""
    return Comment.objects.filter(answer=answer, thread__in=threads_read(user, answer.assessment)).count()


def talks_of(assessment: Assessment, node: IndicatorNode, user: User) -> list[Talk]:
    """The threads of one indicator that the person may read, also while they are empty. Three queries."""
    threads = threads_read(user, assessment)
    found: dict[str, list[Comment]] = {thread: [] for thread in threads}
    rows = Comment.objects.filter(answer__assessment=assessment, answer__indicator=node.pk, thread__in=threads)
    for comment in rows.select_related("by"):
        found[comment.thread].append(comment)
    files: dict[int, list[Attached]] = {}
    for each in Attachment.objects.filter(comment__in=rows.order_by().values("pk")):
        files.setdefault(each.comment_id or 0, []).append(Attached(each))
    asked = list(_sent(assessment, user).filter(answer__indicator=node.pk))
    return [
        Talk(
            node,
            thread,
            found[thread],
            may(user, WRITES_THREAD[thread], assessment),
            asked if thread == Comment.Thread.CENTRE else (),
            files,
        )
        for thread in threads
    ]


def all_talks(assessment: Assessment, user: User) -> list[Talk]:
    """Every thread in which something stands that the person may read, the one with the newest first. Two queries."""
    standard = editions.standard_of(assessment.round.edition)
    found: dict[tuple[int, str], tuple[list[Comment], list[Question]]] = {}
    rows = Comment.objects.filter(answer__assessment=assessment, thread__in=threads_read(user, assessment))
    for comment in rows.select_related("by", "answer"):
        found.setdefault((comment.answer.indicator_id, comment.thread), ([], []))[0].append(comment)
    for question in _sent(assessment, user).select_related("answer"):
        found.setdefault((question.answer.indicator_id, Comment.Thread.CENTRE), ([], []))[1].append(question)
    talks = [
        Talk(
            standard.by_pk[pk],
            Comment.Thread(thread),
            comments,
            may(user, WRITES_THREAD[Comment.Thread(thread)], assessment),
            questions,
        )
        for (pk, thread), (comments, questions) in found.items()
    ]
    return sorted(talks, key=lambda talk: talk.newest, reverse=True)


def _sent(assessment: Assessment, user: User) -> QuerySet[Question]:
    """The questions that the office got: no draft is told before its return.

    Whoever may read an answer a second time (`services.blind`) does not see before it what others asked about it: that
    would tell how the first reader judges.
    """
    found = Question.objects.filter(answer__assessment=assessment, sent_with__isnull=False)
    found = found.select_related("asked_by", "answered_by")
    if user.role not in REVIEWERS or assessment.status not in UNDER_REVIEW:
        return found
    judged = Review.objects.filter(judged_version=F("answer__version")).exclude(outcome="").exclude(judged_by=user)
    waiting = SecondReading.objects.filter(reader=None, answer__assessment=assessment, answer__review__in=judged)
    return found.filter(Q(asked_by=user) | ~Q(answer__in=waiting.values("answer")))
