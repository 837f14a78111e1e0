"""Writing a comment on an answer: among the office's own people, or to the other side."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.access import WRITES_THREAD
from assessments.models import Answer, Assessment, Comment, User
from assessments.services.base import Refused, locked
from indicators.editions import IndicatorNode
from indicators.thai import clean


@transaction.atomic
def add_comment(
    *, assessment: Assessment, indicator: IndicatorNode, by: User, thread: Comment.Thread, text: str
) -> Comment:
    """Add a comment as the newest of its thread; raises Refused. The same text sent twice in a row is there once."""
    assessment = locked(assessment, by=by, action=WRITES_THREAD[thread])
    text = clean(text)
    if not text:
        raise Refused(_("Write the comment before you send it."))
    answer = Answer.objects.only("pk").get(assessment=assessment, indicator_id=indicator.pk)
    last = Comment.objects.filter(answer=answer, thread=thread).last()
    if last and (last.by_id, last.text) == (by.pk, text):
        return last
    return Comment.objects.create(answer=answer, thread=thread, text=text, by=by, at=timezone.now())
