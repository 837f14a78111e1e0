"""Files that go with a response of the office, a comment or a finding: stored like evidence, apart from it.

As there, the file is written first and its row afterwards; where the row fails the file goes again.
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.access import WRITES_THREAD
from assessments.files import CheckedFile
from assessments.models import Attachment, Comment, Review, User
from assessments.models.review import attached_path
from assessments.services.base import Refused, locked
from assessments.services.evidence import Hashed
from assessments.workflow import Action

# So many files with one response, comment or finding.
MOST_FILES = 10


def attach_to_review(*, review: Review, file: CheckedFile, by: User) -> Attachment:
    """Keep a file with the office's response to a verdict; the same content twice is one. Raises Refused."""

    def may() -> None:
        locked(review.answer.assessment, by=by, action=Action.RESPOND)

    return store(Attachment(review=review, by=by), file, Attachment.objects.filter(review=review), may)


def attach_to_comment(*, comment: Comment, file: CheckedFile, by: User) -> Attachment:
    """Keep a file with a comment that the person wrote; the same content twice is one. Raises Refused."""

    def may() -> None:
        locked(comment.answer.assessment, by=by, action=WRITES_THREAD[Comment.Thread(comment.thread)])
        if comment.by_id != by.pk:
            raise Refused(_("Files go with your own comments."))

    return store(Attachment(comment=comment, by=by), file, Attachment.objects.filter(comment=comment), may)


def store(
    attachment: Attachment, file: CheckedFile, beside: QuerySet[Attachment], may: Callable[[], None]
) -> Attachment:
    """Write a checked file and its row; `beside` are those of the same holder, `may` raises Refused where it may not
    be. Not inside another transaction: were that rolled back, the file would stay."""
    attachment.name, attachment.content_type = file.name, file.kind.content_type
    content = Hashed(file.content)
    storage = attachment.file.storage
    path = attached_path(attachment, "")
    try:
        attachment.file.save(path, content, save=False)
        attachment.sha256, attachment.size = content.digest.hexdigest(), content.written
        kept = _keep(attachment, beside, may)
    except BaseException:
        storage.delete(path)
        raise
    if kept.pk != attachment.pk:
        storage.delete(path)
    return kept


@transaction.atomic(durable=True)
def _keep(attachment: Attachment, beside: QuerySet[Attachment], may: Callable[[], None]) -> Attachment:
    may()
    same = beside.filter(sha256=attachment.sha256).first()
    if same is not None:
        return same
    if beside.count() >= MOST_FILES:
        raise Refused(_("At most %(number)s files go here; put several pages into one file.") % {"number": MOST_FILES})
    attachment.save(force_insert=True)
    return attachment


@transaction.atomic
def take_off_review(*, attachment: Attachment, by: User) -> None:
    """Take a file off a response that was not sent yet; raises Refused. The file goes with its row."""
    review = Review.objects.select_related("answer__assessment").get(attachments=attachment)
    locked(review.answer.assessment, by=by, action=Action.RESPOND)
    path, storage = str(attachment.file.name), attachment.file.storage
    if Attachment.objects.filter(pk=attachment.pk).delete()[0]:
        transaction.on_commit(lambda: storage.delete(path))
