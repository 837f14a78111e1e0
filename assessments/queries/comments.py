"""Comments on answers: how many there are, the threads of one indicator, all threads of an assessment."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from assessments.access import WRITES_THREAD, may, threads_read
from assessments.models import Assessment, Comment, User
from assessments.workflow import Decision
from indicators import editions
from indicators.editions import IndicatorNode


@dataclass(frozen=True, slots=True)
class Talk:
    """One thread of one indicator, the newest comment last. `write` says whether the person may write in it now."""

    node: IndicatorNode
    thread: Comment.Thread
    comments: Sequence[Comment]
    write: Decision

    @property
    def is_private(self) -> bool:
        return self.thread == Comment.Thread.OFFICE

    @property
    def last(self) -> Comment:
        return self.comments[-1]


def counts_of(assessment: Assessment, user: User) -> dict[int, int]:
    """How many comments the person may read, by indicator; those without are left out. One query."""
    found = Comment.objects.filter(answer__assessment=assessment, thread__in=threads_read(user, assessment))
    rows = found.order_by().values_list("answer__indicator_id").annotate(number=Count("pk"))
    return dict(rows)


def counts_by_code(assessment: Assessment, user: User) -> dict[str, int]:
    """As `counts_of`, by the indicators' codes."""
    standard = editions.standard_of(assessment.round.edition)
    return {standard.by_pk[pk].code: number for pk, number in counts_of(assessment, user).items()}


def count_of(assessment: Assessment, node: IndicatorNode, user: User) -> int:
    """As `counts_of`, for one indicator. One query."""
    return Comment.objects.filter(
        answer__assessment=assessment, answer__indicator=node.pk, thread__in=threads_read(user, assessment)
    ).count()


def talks_of(assessment: Assessment, node: IndicatorNode, user: User) -> list[Talk]:
    """The threads of one indicator that the person may read, also while they are empty. One query."""
    threads = threads_read(user, assessment)
    found: dict[str, list[Comment]] = {thread: [] for thread in threads}
    rows = Comment.objects.filter(answer__assessment=assessment, answer__indicator=node.pk, thread__in=threads)
    for comment in rows.select_related("by"):
        found[comment.thread].append(comment)
    return [Talk(node, thread, found[thread], may(user, WRITES_THREAD[thread], assessment)) for thread in threads]


def all_talks(assessment: Assessment, user: User) -> list[Talk]:
    """Every thread that has a comment which the person may read, the one with the newest comment first. One query."""
    standard = editions.standard_of(assessment.round.edition)
    found: dict[tuple[int, str], list[Comment]] = {}
    rows = Comment.objects.filter(answer__assessment=assessment, thread__in=threads_read(user, assessment))
    for comment in rows.select_related("by", "answer"):
        found.setdefault((comment.answer.indicator_id, comment.thread), []).append(comment)
    talks = [
        Talk(
            standard.by_pk[pk],
            Comment.Thread(thread),
            comments,
            may(user, WRITES_THREAD[Comment.Thread(thread)], assessment),
        )
        for (pk, thread), comments in found.items()
    ]
    return sorted(talks, key=lambda talk: (talk.last.at, talk.last.pk), reverse=True)
