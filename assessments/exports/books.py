"""Making the book of the year in the process that makes forms (`manage.py db_worker`), one form a job.

After each form the job hands over to a next one with a lower priority: an office that wants its own form in the
meantime waits for one form, not for 76. Nothing here imports WeasyPrint before a form is made.
"""

import logging
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from assessments import calendar, report
from assessments.exports import tasks
from assessments.exports.support import pdf_problem
from assessments.models import Assessment, Book, FormFile, Round, User
from assessments.queries.values import columns_of
from indicators.scoring import LEVELS

BEHIND_FORMS = -10
LEVEL_NAMES = {level.code: level.name for level in LEVELS}
# While the worst and the best case have different levels.
LEVEL_OPEN = "ยังไม่ทราบระดับ"
NO_LIBRARIES, JOINING = "libraries", "joining"

logger = logging.getLogger("pmj.forms")


@transaction.atomic
def order(round_: Round, by: User) -> Book:
    """Have the book made unless it is being made; two clicks start one job. A finished book stays until its successor
    is ready."""
    row, is_new = Book.objects.get_or_create(round=round_, defaults={"asked_by": by})
    row = Book.objects.select_for_update().get(pk=row.pk)
    if is_new or can_start_again(row, timezone.now()):
        row.state = Book.State.WAITING
        row.turn += 1
        row.parts, row.problem = [], ""
        row.asked_by, row.asked_at, row.seen_at = by, timezone.now(), None
        row.save()
        make_book.using(priority=BEHIND_FORMS).enqueue(row.pk, row.turn)
    return row


def can_start_again(row: Book, now: datetime) -> bool:
    """Ready, failed, or left by a worker that died."""
    if row.state in (Book.State.READY, Book.State.FAILED):
        return True
    return is_silent(row, now) or (row.state == Book.State.WAITING and row.asked_at < now - tasks.SILENT)


def is_silent(row: Book, now: datetime) -> bool:
    return row.state == Book.State.WORKING and (row.seen_at is None or row.seen_at < now - tasks.SILENT)


def is_unattended(row: Book, now: datetime) -> bool:
    """Waits although nothing is in the way: no worker is running."""
    return row.state == Book.State.WAITING and row.asked_at < now - tasks.PATIENCE


def is_there(row: Book | None) -> bool:
    """Whether there is a finished book whose files have not been lost."""
    if row is None or not row.file:
        return False
    return all(storages["forms"].exists(str(each.name)) for each in (row.file, row.archive))


@task()
def make_book(book_pk: int, turn: int) -> None:
    """Make the next form of a book, and after the last one the book. A job of an earlier turn does nothing."""
    at_work = Book.objects.filter(pk=book_pk, turn=turn, state__in=(Book.State.WAITING, Book.State.WORKING))
    if not at_work.update(state=Book.State.WORKING, seen_at=timezone.now()):
        return
    row = Book.objects.select_related("round").get(pk=book_pk)
    if pdf_problem():
        _fail(row, NO_LIBRARIES)
        return
    offices = list(row.round.assessments.order_by("province__sort_key").values_list("pk", flat=True))
    left = [pk for pk in offices if pk not in {part["assessment"] for part in row.parts}]
    if left:
        part = _part(left[0])
        if part is None:
            _fail(row, Assessment.objects.whole().get(pk=left[0]).province.office_name)
            return
        row.parts = [*row.parts, part]
        if not at_work.update(parts=row.parts, seen_at=timezone.now()):
            return
    if left[1:]:
        make_book.using(priority=BEHIND_FORMS).enqueue(row.pk, turn)
        return
    try:
        _join(row)
    except Exception:
        logger.exception("book %s could not be joined", row.pk)
        _fail(row, JOINING)


def _part(pk: int) -> dict[str, Any] | None:
    """One office's form, made now unless the same content is there; None where it could not be made."""
    assessment = Assessment.objects.whole().get(pk=pk)
    form = report.form_of(assessment)
    file, is_new = FormFile.objects.get_or_create(content_hash=form.hash, defaults={"content": form.as_data()})
    if not is_new and not tasks.is_there(file):
        # Failed, lost or waiting in the queue: it is made here.
        FormFile.objects.filter(pk=file.pk).update(
            state=FormFile.State.WAITING, file="", problem="", step="", finished_at=None
        )
    if is_new or not tasks.is_there(file):
        tasks.make_form.call(file.pk)
        file.refresh_from_db()
    if not tasks.is_there(file):
        return None
    total = columns_of(assessment)[-1].results["overall"]
    return {
        "assessment": pk,
        "name": form.office,
        "mark": form.mark_text,
        "level": LEVEL_NAMES.get(total["level"], LEVEL_OPEN),
        "mean": total["mean"] or f"{total['low']}–{total['high']}",
        "hash": form.hash,
        "pages": file.pages,
    }


def _join(row: Book) -> None:
    from assessments.exports import book_pages  # noqa: PLC0415 - needs Pango, half a second

    files = {
        file.content_hash: file for file in FormFile.objects.filter(content_hash__in=[p["hash"] for p in row.parts])
    }
    shown = ("name", "mark", "level", "mean", "pages")
    parts = [
        book_pages.Part(**{name: part[name] for name in shown}, path=Path(files[part["hash"]].file.path))
        for part in row.parts
    ]
    alive = Book.objects.filter(pk=row.pk, turn=row.turn, state=Book.State.WORKING)
    year = row.round.year
    with tempfile.TemporaryDirectory() as folder:
        book, archive = Path(folder) / "book.pdf", Path(folder) / "forms.zip"
        pages = book_pages.write_book(
            book,
            year=year,
            day=calendar.thai_long_date(calendar.day_of(row.asked_at)),
            edition=row.round.edition.year,
            parts=parts,
            on_step=lambda: alive.update(seen_at=timezone.now()),
        )
        book_pages.write_archive(archive, year=year, parts=parts)
        names = [_store(path, f"books/{year}-{row.turn}{path.suffix}") for path in (book, archive)]
    before = [str(row.file.name), str(row.archive.name)]
    done = alive.update(
        state=Book.State.READY,
        file=names[0],
        archive=names[1],
        pages=pages,
        forms=len(parts),
        made_at=row.asked_at,
        seen_at=timezone.now(),
    )
    for name in before if done else names:
        if name:
            storages["forms"].delete(name)


def _store(path: Path, name: str) -> str:
    with path.open("rb") as content:
        return str(storages["forms"].save(name, File(content)))


def _fail(row: Book, problem: str) -> None:
    working = Book.objects.filter(pk=row.pk, turn=row.turn, state=Book.State.WORKING)
    working.update(state=Book.State.FAILED, problem=problem, seen_at=timezone.now())
