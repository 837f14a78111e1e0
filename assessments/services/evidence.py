"""Evidence: attaching files and links to indicators, taking them off, deleting and restoring.

A file is written first and its row afterwards; where the row fails the file goes again, so that no file is left
without a row. What was attached is never changed: a new version of a document is a new file. A file that storage
has lost comes back when the same content is attached again.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.access import not_asked
from assessments.files import CheckedFile
from assessments.models import Answer, Assessment, Evidence, EvidenceChange, EvidenceUse, User
from assessments.models.evidence import stored_path
from assessments.services.base import Refused, locked
from assessments.workflow import Action

Act = EvidenceChange.Act


@dataclass(frozen=True, slots=True)
class Added:
    """What serves the indicator now. `known` tells that the same content was here already: that one is used."""

    evidence: Evidence
    known: bool


class Hashed(File):
    """A file that is hashed while it is written, in pieces: never whole in memory."""

    def __init__(self, file: File) -> None:
        super().__init__(file.file)
        self.digest = hashlib.sha256()
        self.written = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for piece in super().chunks(chunk_size):
            self.digest.update(piece)
            self.written += len(piece)
            yield piece


def add_file(*, answer: Answer, file: CheckedFile, by: User) -> Added:
    """Keep a file and use it for an indicator; raises Refused. Not inside another transaction: were that rolled back,
    the file would stay."""
    return _store(Evidence(assessment=answer.assessment, added_by=by), file, answer, by)


def keep_file(*, assessment: Assessment, file: CheckedFile, folder: str = "", by: User) -> Added:
    """Keep a file for the office, without an indicator yet; raises Refused. As `add_file`, not inside another
    transaction. `folder` is where it lay, in words (`archives.folder_of`)."""
    return _store(Evidence(assessment=assessment, folder=folder, added_by=by), file, None, by)


def _store(evidence: Evidence, file: CheckedFile, answer: Answer | None, by: User) -> Added:
    evidence.kind, evidence.name, evidence.content_type = Evidence.Kind.FILE, file.name, file.kind.content_type
    content = Hashed(file.content)
    storage = evidence.file.storage
    path = stored_path(evidence, "")
    try:
        evidence.file.save(path, content, save=False)
        evidence.sha256, evidence.size = content.digest.hexdigest(), content.written
        added = _keep_file(evidence, answer, by)
    except BaseException:
        storage.delete(path)
        raise
    if added.known:
        _put_back_or_drop(storage, path, str(added.evidence.file.name))
    return added


def _put_back_or_drop(storage: Storage, path: str, known: str) -> None:
    """The same content is known: this copy of it takes the place of a file that storage has lost, else it goes."""
    try:
        if not storage.exists(known):
            with storage.open(path) as content:
                saved = storage.save(known, content)
            if saved != known:  # somebody else put it back in the meantime
                storage.delete(saved)
    finally:
        storage.delete(path)


@transaction.atomic(durable=True)
def _keep_file(evidence: Evidence, answer: Answer | None, by: User) -> Added:
    code = answer.indicator.code if answer else ""
    assessment = locked(evidence.assessment, by=by, action=Action.EDIT, code=code)
    same = Evidence.objects.filter(assessment=assessment, sha256=evidence.sha256).first()
    if same is not None and answer is None:
        _remember_place(same, evidence)
    return _keep(evidence, same, assessment, answer, by)


def _remember_place(same: Evidence, again: Evidence) -> None:
    """The same content lay in a second place, whose words may tell another indicator."""
    path = f"{again.folder}/{again.name}" if again.folder else again.name
    first = same.folder.partition("\n")[0]
    longest = Evidence._meta.get_field("folder").max_length or 0
    folder = f"{same.folder}\n{path}"
    if path not in (*same.places, f"{first}/{same.name}" if first else same.name) and len(folder) <= longest:
        same.folder = folder
        same.save(update_fields=["folder"])


@transaction.atomic
def add_link(*, answer: Answer, url: str, name: str, by: User) -> Added:
    """Keep a link (http or https, read by its form) and use it for an indicator; raises Refused."""
    assessment = locked(answer.assessment, by=by, action=Action.EDIT, code=answer.indicator.code)
    evidence = Evidence(assessment=assessment, kind=Evidence.Kind.LINK, name=name, url=url, added_by=by)
    same = Evidence.objects.filter(assessment=assessment, url=url).first()
    return _keep(evidence, same, assessment, answer, by)


@transaction.atomic
def carry_over(*, evidence: Evidence, answer: Answer, by: User) -> Added:
    """Use an earlier year's file or link for this year's indicator: a row of its own that shares the stored file, or
    the row that the office already has of the same content. Raises Refused."""
    assessment = locked(answer.assessment, by=by, action=Action.EDIT, code=answer.indicator.code)
    if evidence.kind == Evidence.Kind.FILE and not evidence.file.storage.exists(str(evidence.file.name)):
        raise Refused(_("The stored file of “%(name)s” is missing; attach it again.") % {"name": evidence.name})
    shared = ("kind", "name", "url", "file", "content_type", "size", "sha256", "document_date")
    carried = Evidence(assessment=assessment, carried_from=evidence, added_by=by)
    for column in shared:
        setattr(carried, column, getattr(evidence, column))
    content = {"sha256": evidence.sha256} if evidence.sha256 else {"url": evidence.url}
    same = Evidence.objects.filter(assessment=assessment, **content).first()
    return _keep(carried, same, assessment, answer, by)


@transaction.atomic
def use(*, evidence: Sequence[Evidence], answer: Answer, by: User) -> None:
    """Use what the office already has for one more indicator; raises Refused."""
    assessment = locked(answer.assessment, by=by, action=Action.EDIT, code=answer.indicator.code)
    kept = Evidence.objects.kept().filter(assessment=assessment, pk__in=[each.pk for each in evidence])
    found = {each.pk: each for each in kept}
    for each in evidence:
        if each.pk not in found:
            raise Refused(_("“%(name)s” was deleted; restore it before you use it.") % {"name": each.name})
        _use(found[each.pk], answer, by)
    if evidence:
        _touch(assessment)


Pairs = Sequence[tuple[UUID, str]]


@transaction.atomic
def attach(*, assessment: Assessment, pairs: Pairs, by: User) -> Pairs:
    """Use several files, each for its indicator: pairs of an evidence's key and an indicator's code. Gives those that
    are new, to be taken back by `detach`. What was deleted or is another office's is left out. Raises Refused."""
    assessment = _locked_for(assessment, pairs, by)
    found = Evidence.objects.kept().filter(assessment=assessment).in_bulk([key for key, _code in pairs])
    answers = _answers_of(assessment, pairs)
    done = [
        (key, code)
        for key, code in dict.fromkeys(pairs)
        if key in found and code in answers and _use(found[key], answers[code], by)
    ]
    if done:
        _touch(assessment)
    return done


@transaction.atomic
def detach(*, assessment: Assessment, pairs: Pairs, by: User) -> int:
    """Take `attach` back: of how many files something was still there. Raises Refused."""
    assessment = _locked_for(assessment, pairs, by)
    found = Evidence.objects.filter(assessment=assessment).in_bulk([key for key, _code in pairs])
    answers = _answers_of(assessment, pairs)
    taken = set()
    for key, code in pairs:
        if key in found and code in answers and found[key].uses.filter(answer=answers[code]).delete()[0]:
            _record(found[key], Act.UNUSED, by, code=code)
            taken.add(key)
    if taken:
        _touch(assessment)
    return len(taken)


def _locked_for(assessment: Assessment, pairs: Pairs, by: User) -> Assessment:
    """The assessment, locked, where every indicator of the pairs may be answered; raises Refused."""
    now = locked(assessment, by=by, action=Action.EDIT)
    if not all(now.is_asked(code) for _key, code in pairs):
        raise Refused(not_asked(now))
    return now


def refuse_shared(evidence: Evidence, assessment: Assessment) -> None:
    """What serves an indicator that is not asked about belongs to an answer that stays as it was submitted.

    Raises Refused.
    """
    codes = evidence.uses.values_list("answer__indicator__code", flat=True).order_by("answer__indicator")
    others = [code for code in codes if not assessment.is_asked(code)]
    if others:
        raise Refused(
            _("“%(name)s” also serves %(codes)s, which the central division does not ask about, so it stays as it is.")
            % {"name": evidence.name, "codes": ", ".join(others)}
        )


def _answers_of(assessment: Assessment, pairs: Pairs) -> dict[str, Answer]:
    codes = {code for _key, code in pairs}
    answers = Answer.objects.filter(assessment=assessment, indicator__code__in=codes).select_related("indicator")
    return {answer.indicator.code: answer for answer in answers}


@transaction.atomic
def unuse(*, evidence: Evidence, answer: Answer, by: User) -> None:
    """Take evidence off an indicator; the office keeps it, and it can be put back. Raises Refused."""
    assessment = locked(answer.assessment, by=by, action=Action.EDIT, code=answer.indicator.code)
    removed, _rows = EvidenceUse.objects.filter(evidence=evidence, answer=answer).delete()
    if removed:
        _record(evidence, Act.UNUSED, by, code=answer.indicator.code)
        _touch(assessment)


@transaction.atomic
def delete(*, evidence: Evidence, by: User) -> None:
    """Delete evidence from all its indicators. Row and file stay, so that it can be restored while the office may edit,
    and so that the history can be checked afterwards. Raises Refused."""
    assessment = locked(evidence.assessment, by=by, action=Action.EDIT)
    refuse_shared(evidence, assessment)
    now = timezone.now()
    if Evidence.objects.kept().filter(pk=evidence.pk).update(deleted_at=now, deleted_by=by):
        _record(evidence, Act.DELETED, by)
        _touch(assessment)


@transaction.atomic
def restore(*, evidence: Evidence, by: User) -> None:
    """Take a deletion back, with all the indicators that it served. Raises Refused."""
    assessment = locked(evidence.assessment, by=by, action=Action.EDIT)
    refuse_shared(evidence, assessment)
    if _undelete(evidence):
        _record(evidence, Act.RESTORED, by)
        _touch(assessment)


def _keep(new: Evidence, same: Evidence | None, assessment: Assessment, answer: Answer | None, by: User) -> Added:
    if same is None:
        new.save(force_insert=True)
        _record(new, Act.ADDED, by)
    elif _undelete(same):
        # Who brings a deleted file again means this indicator, or none yet, not those that it served before.
        for old in same.uses.select_related("answer__indicator"):
            _record(same, Act.UNUSED, by, code=old.answer.indicator.code)
        same.uses.all().delete()
        _record(same, Act.RESTORED, by)
    if answer is not None:
        _use(same or new, answer, by)
    _touch(assessment)
    return Added(same or new, known=same is not None)


def _use(evidence: Evidence, answer: Answer, by: User) -> bool:
    """Whether it is new there."""
    _row, is_new = EvidenceUse.objects.get_or_create(evidence=evidence, answer=answer, defaults={"added_by": by})
    if is_new:
        _record(evidence, Act.USED, by, code=answer.indicator.code)
    return is_new


def _undelete(evidence: Evidence) -> bool:
    deleted = Evidence.objects.filter(pk=evidence.pk, deleted_at__isnull=False)
    return bool(deleted.update(deleted_at=None, deleted_by=None))


def _record(evidence: Evidence, act: EvidenceChange.Act, by: User, *, code: str = "") -> None:
    EvidenceChange.objects.create(
        assessment_id=evidence.assessment_id,
        evidence_id=evidence.pk,
        name=evidence.name,
        act=act,
        indicator_code=code,
        by=by,
    )


def _touch(assessment: Assessment) -> None:
    """Evidence is work done too: the office has started, and stays so (`services.answers.recount`)."""
    assessment.touched = True
    assessment.changed_at = timezone.now()
    assessment.save(update_fields=["touched", "changed_at"])
