"""Making the PDF in a process of its own (`manage.py db_worker`), once for each content.

Nothing here imports WeasyPrint before a form is made: the web process orders and never makes.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from assessments.exports.support import pdf_problem
from assessments.memo import KIND as MEMO
from assessments.memo import Memo
from assessments.models import FormFile
from assessments.report import Form

# A worker that has shown no sign of life for so long is gone; a form takes seconds.
SILENT = timedelta(minutes=2)
# A form asked for so long ago and not begun: no worker is running.
PATIENCE = timedelta(seconds=15)
# Any form can be made again, so old files are not kept for ever.
KEPT = timedelta(days=60)
# Progress is written at most so often.
STEP = timedelta(seconds=0.4)

NO_LIBRARIES, FAILED = "libraries", "failed"

logger = logging.getLogger("pmj.forms")


@transaction.atomic
def order(form: Form | Memo) -> FormFile:
    """Have the form, or the memo, made unless it is there or being made; two clicks start one job."""
    row, is_new = FormFile.objects.get_or_create(content_hash=form.hash, defaults={"content": form.as_data()})
    row = FormFile.objects.select_for_update().get(pk=row.pk)
    if is_new or can_start_again(row):
        row.state = FormFile.State.WAITING
        row.file = ""
        row.step = row.problem = ""
        row.asked_at = timezone.now()
        row.seen_at = row.finished_at = None
        row.save()
        make_form.enqueue(row.pk)
    return row


def can_start_again(row: FormFile) -> bool:
    """Failed, lost, or left by a worker that died."""
    now = timezone.now()
    match row.state:
        case FormFile.State.FAILED:
            return True
        case FormFile.State.READY:
            return not is_there(row)
        case FormFile.State.WORKING:
            return is_silent(row, now)
        case _:
            return row.asked_at < now - SILENT


def is_there(row: FormFile) -> bool:
    """Whether it is ready and its file has not been lost."""
    return row.state == FormFile.State.READY and storages["forms"].exists(str(row.file.name))


def is_silent(row: FormFile, now: datetime) -> bool:
    return row.state == FormFile.State.WORKING and (row.seen_at is None or row.seen_at < now - SILENT)


def is_unattended(row: FormFile, now: datetime) -> bool:
    """Waits although nothing is in the way: no worker is running."""
    return row.state == FormFile.State.WAITING and row.asked_at < now - PATIENCE


@task()
def make_form(form_file_pk: int) -> None:
    """Make one form. A second job for the same form finds it taken and does nothing."""
    now = timezone.now()
    waiting = FormFile.objects.filter(pk=form_file_pk, state=FormFile.State.WAITING)
    if not waiting.update(state=FormFile.State.WORKING, seen_at=now, step=""):
        return
    row = FormFile.objects.get(pk=form_file_pk)
    if pdf_problem():
        _fail(row, NO_LIBRARIES)
        return
    try:
        made = _made(row)
    except Exception:
        logger.exception("form %s could not be made", row)
        _fail(row, FAILED)
        return
    name = storages["forms"].save(f"{row.content_hash[:2]}/{row.content_hash}.pdf", ContentFile(made.content))
    working = FormFile.objects.filter(pk=row.pk, state=FormFile.State.WORKING)
    done = working.update(state=FormFile.State.READY, file=name, pages=made.pages, step="", finished_at=timezone.now())
    if not done:
        # Another worker was quicker, after this one was taken for dead.
        storages["forms"].delete(name)
    forget_old_forms()


def _made(row: FormFile) -> Any:
    """A `pdf.Pdf`. WeasyPrint takes half a second to import, and needs Pango."""
    if row.content.get("kind") == MEMO:
        from assessments.exports.memo_pdf import make_memo  # noqa: PLC0415

        return make_memo(Memo.from_data(row.content))
    from assessments.exports.pdf import make_pdf  # noqa: PLC0415

    return make_pdf(Form.from_data(row.content), _Steps(row))


def _fail(row: FormFile, problem: str) -> None:
    working = FormFile.objects.filter(pk=row.pk, state=FormFile.State.WORKING)
    working.update(state=FormFile.State.FAILED, problem=problem, step="", finished_at=timezone.now())


def forget_old_forms() -> None:
    """Delete files made long ago, with their rows."""
    for row in FormFile.objects.filter(finished_at__lt=timezone.now() - KEPT):
        if row.file:
            storages["forms"].delete(str(row.file.name))
        row.delete()


class _Steps:
    """Writes the progress of a form into its row, not at every page."""

    def __init__(self, row: FormFile) -> None:
        self.pk = row.pk
        self.last = timezone.now() - STEP

    def __call__(self, step: str) -> None:
        now = timezone.now()
        if now - self.last >= STEP:
            self.last = now
            FormFile.objects.filter(pk=self.pk).update(step=step, seen_at=now)
