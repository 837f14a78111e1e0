"""A file that arrives in pieces, and what comes of it: kept, used for an indicator, or, as a ZIP, unpacked and kept.

The pieces lie under the upload's key in `DATA_DIR/uploads`, outside the kept evidence. The row says how much of the
file counts: what a broken request wrote beyond it is overwritten. Whoever takes the row away finishes the upload, so
nothing is kept twice; what is left over a day after its last piece goes when a new upload starts.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import archives
from assessments.files import FileRefused, check, check_name, clean_name, max_bytes
from assessments.models import Answer, Assessment, Upload, User
from assessments.services import evidence
from assessments.services.base import Refused, locked
from assessments.services.evidence import Added
from assessments.workflow import Action

STALE = timedelta(days=1)
# So many unfinished uploads of a person at a time, and so many bytes; the oldest make room for a new one.
MOST_UNFINISHED = 20


class WrongOffset(Exception):
    """The piece does not continue what is there; `offset` tells where to go on."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(str(offset))


@dataclass(slots=True)
class Outcome:
    """What came of one file that was sent; of a ZIP there may be many. `faults` are pairs of a name and a reason."""

    name: str
    added: list[tuple[str, Added]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


# --- keeping what was sent ---------------------------------------------------------------------------


def take(*, assessment: Assessment, file: UploadedFile, folder: str, answer: Answer | None, by: User) -> Outcome:
    """Check one file and keep it, for an indicator where one is given; without one a ZIP is unpacked and each of its
    files checked and kept. Raises FileRefused for the whole file, Refused where the office may not."""
    outcome = Outcome(clean_name(file.name or ""))
    if answer is not None or not archives.is_zip(outcome.name):
        checked = check(file)
        if answer is not None:
            added = evidence.add_file(answer=answer, file=checked, by=by)
        else:
            added = evidence.keep_file(assessment=assessment, file=checked, folder=folder, by=by)
        outcome.added.append((outcome.name, added))
        return outcome
    if file.seek(0, os.SEEK_END) != file.size:  # the server keeps no more of a request than the limit of one file
        raise FileRefused(_("The ZIP is too large for one request; send it in several parts."))
    for entry in archives.entries_of(file, file.size or 0):
        _take_entry(assessment, entry, outcome, by)
    return outcome


def _take_entry(assessment: Assessment, entry: archives.Entry, outcome: Outcome, by: User) -> None:
    path = f"{entry.folder}/{entry.name}" if entry.folder else entry.name
    if entry.file is None:
        outcome.faults.append((path, entry.fault))
        return
    try:
        checked = check(entry.file)
    except FileRefused as refusal:
        outcome.faults.append((path, refusal.message))
        return
    added = evidence.keep_file(assessment=assessment, file=checked, folder=entry.folder, by=by)
    outcome.added.append((path, added))


# --- pieces -----------------------------------------------------------------------------------------


def start(*, assessment: Assessment, name: str, size: int, answer: Answer | None, by: User) -> Upload:
    """Announce a file; raises FileRefused where its name or size already tells that it is not taken, and Refused."""
    name = clean_name(name)
    _check_announced(name, size, is_evidence=answer is not None or not archives.is_zip(name))
    _clean(by, size)
    with transaction.atomic():
        indicator = answer.indicator if answer else None
        now = locked(assessment, by=by, action=Action.EDIT, code=indicator.code if indicator else "")
        upload = Upload.objects.create(assessment=now, indicator=indicator, name=name, size=size, by=by)
    path = path_of(upload)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return upload


def _check_announced(name: str, size: int, *, is_evidence: bool) -> None:
    if size < 1:
        raise FileRefused(_("The file is empty; open it to see whether it is the right one, and choose it again."))
    if is_evidence:
        check_name(name)
        if size > max_bytes():
            raise FileRefused(
                _("The file is larger than %(limit)s MB; make it smaller, or attach it as a link.")
                % {"limit": settings.EVIDENCE_MAX_MB}
            )
    elif size > archives.max_packed():
        raise FileRefused(
            _("The ZIP is larger than %(limit)s MB; send it in several parts.")
            % {"limit": archives.max_packed() // 1024 // 1024}
        )


def add_piece(*, upload: Upload, offset: int, piece: UploadedFile, by: User) -> Upload:
    """Write one piece behind the others; raises WrongOffset where it does not continue them, and Refused. The upload as
    it is afterwards."""
    with transaction.atomic():
        code = upload.indicator.code if upload.indicator else ""
        locked(upload.assessment, by=by, action=Action.EDIT, code=code)
        rows = Upload.objects.all()
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        now = rows.filter(pk=upload.pk, by=by).first()
        if now is None:
            raise Refused(_("This upload is no longer there; choose the file again."))
        if offset != now.received or offset + (piece.size or 0) > now.size or not piece.size:
            raise WrongOffset(now.received)
        try:
            with path_of(now).open("r+b") as out:
                out.truncate(offset)
                out.seek(offset)
                for part in piece.chunks():
                    out.write(part)
        except FileNotFoundError:
            raise Refused(_("This upload is no longer there; choose the file again.")) from None
        now.received, now.at = offset + piece.size, timezone.now()
        now.save(update_fields=["received", "at"])
    return now


def finish(*, upload: Upload, folder: str, answer: Answer | None, by: User) -> Outcome | None:
    """Check the whole file and keep it (`take`); None where another request does. Raises FileRefused, Refused."""
    claimed, _rows = Upload.objects.filter(pk=upload.pk, received=upload.size).delete()
    if not claimed:
        return None
    with _content(upload) as content:
        file = UploadedFile(content, name=upload.name, size=upload.size)
        return take(assessment=upload.assessment, file=file, folder=folder, answer=answer, by=by)


@contextmanager
def _content(upload: Upload) -> Iterator[IO[bytes]]:
    """The whole content; its pieces are gone afterwards, whatever came of it."""
    path = path_of(upload)
    try:
        with path.open("rb") as content:
            yield content
    finally:
        path.unlink(missing_ok=True)


def path_of(upload: Upload) -> Path:
    return folder() / str(upload.pk)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "uploads"


def _clean(by: User, size: int) -> None:
    """Remove what nobody continues any more, and a person's oldest unfinished uploads where a new one needs room."""
    gone = list(Upload.objects.filter(at__lt=timezone.now() - STALE))
    room, left = 2 * archives.max_packed() - size, MOST_UNFINISHED - 1
    for upload in Upload.objects.filter(by=by).exclude(pk__in=[each.pk for each in gone]).order_by("-at"):
        room, left = room - upload.size, left - 1
        if room < 0 or left < 0:
            gone.append(upload)
    _remove(gone)
    # Pieces without a row: of an upload that a broken machine left behind.
    if folder().is_dir():
        before = time.time() - STALE.total_seconds()
        for path in folder().iterdir():
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)


def _remove(uploads: Sequence[Upload]) -> None:
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    for upload in uploads:
        path_of(upload).unlink(missing_ok=True)
