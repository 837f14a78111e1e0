"""Visits to an office and what was found there, by its regional supporter or an inspector. No answer and no score
changes by them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.access import is_writer
from assessments.calendar import fiscal_year_span, long_date, today
from assessments.files import CheckedFile
from assessments.models import Answer, Assessment, Attachment, Finding, LogEntry, User, Visit
from assessments.services.attachments import store
from assessments.services.base import Refused, locked
from assessments.workflow import Action
from indicators.editions import IndicatorNode
from indicators.thai import clean

_VISIT = ("visited_on", "who", "summary", "advice")
_FINDING = ("text", "advice")


def why_not_on(day: date, year: int) -> str:
    """Why a visit of a round cannot be on this day; empty where it can."""
    first, _last = fiscal_year_span(year)
    if day > today():
        return _("The visit is in the future; choose today or an earlier day.")
    if day < first:
        words = {"year": year, "day": long_date(first)}
        return _("Fiscal year %(year)s began on %(day)s; choose that day or a later one.") % words
    return ""


@transaction.atomic
def record_visit(
    *, assessment: Assessment, by: User, visited_on: date, who: str, summary: str = "", advice: str = ""
) -> Visit:
    """Write a visit down; raises Refused. The same one sent twice is there once."""
    assessment = locked(assessment, by=by, action=Action.VISIT)
    said = _told(assessment, visited_on=visited_on, who=who, summary=summary, advice=advice)
    same = Visit.objects.filter(assessment=assessment, by=by, removed_at=None, **said).first()
    if same is not None:
        return same
    visit = Visit.objects.create(assessment=assessment, by=by, at=timezone.now(), **said)
    _log("record_visit", assessment, by, {"visit": visit.pk, **_as_json(said)})
    return visit


@transaction.atomic
def change_visit(*, visit: Visit, by: User, visited_on: date, who: str, summary: str = "", advice: str = "") -> Visit:
    """Change what was written of a visit; raises Refused."""
    assessment = locked(visit.assessment, by=by, action=Action.VISIT)
    visit = Visit.objects.get(pk=visit.pk)
    _refuse_others(by, visit.by_id)
    _refuse_removed(visit)
    said = _told(assessment, visited_on=visited_on, who=who, summary=summary, advice=advice)
    old = {name: getattr(visit, name) for name in _VISIT}
    if said != old:
        for name, value in said.items():
            setattr(visit, name, value)
        visit.save(update_fields=_VISIT)
        _log("change_visit", assessment, by, {"visit": visit.pk, "old": _as_json(old), "new": _as_json(said)})
    return visit


@transaction.atomic
def remove_visit(*, visit: Visit, by: User) -> Visit:
    """Take a visit, recorded for a wrong office perhaps, off every page, and its findings with it; they are kept, and
    `restore_visit` puts them back. Raises Refused."""
    visit, assessment = _own_visit(visit, by)
    if visit.removed_at is not None:
        return visit
    findings = Finding.objects.filter(visit=visit, removed_at=None)
    if findings.exclude(follow_up="").exists():
        raise Refused(_("The office has said what became of a finding of this visit, so the visit stays."))
    visit.removed_at = timezone.now()
    visit.save(update_fields=["removed_at"])
    # The same moment tells those that go with the visit from those that were removed before it.
    number = findings.update(removed_at=visit.removed_at)
    _log("remove_visit", assessment, by, {"visit": visit.pk, "findings": number})
    return visit


@transaction.atomic
def restore_visit(*, visit: Visit, by: User) -> Visit:
    """Put a removed visit back with the findings that went with it; raises Refused."""
    visit, assessment = _own_visit(visit, by)
    if visit.removed_at is not None:
        number = Finding.objects.filter(visit=visit, removed_at=visit.removed_at).update(removed_at=None)
        visit.removed_at = None
        visit.save(update_fields=["removed_at"])
        _log("restore_visit", assessment, by, {"visit": visit.pk, "findings": number})
    return visit


def _own_visit(visit: Visit, by: User) -> tuple[Visit, Assessment]:
    """The visit as it is now, with its assessment locked; raises Refused for whoever did not write it."""
    assessment = locked(visit.assessment, by=by, action=Action.VISIT)
    now = Visit.objects.get(pk=visit.pk)
    _refuse_others(by, now.by_id)
    return now, assessment


def _refuse_removed(visit: Visit | None) -> None:
    if visit is not None and visit.removed_at is not None:
        raise Refused(_("This visit is removed; put it back first."))


@transaction.atomic
def add_finding(
    *,
    assessment: Assessment,
    indicator: IndicatorNode,
    by: User,
    text: str,
    advice: str = "",
    visit: Visit | None = None,
) -> Finding:
    """Write down what was found at an indicator, on a visit or without one; raises Refused. The same one sent twice is
    there once."""
    assessment = locked(assessment, by=by, action=Action.VISIT)
    if visit is not None:
        _refuse_others(by, visit.by_id)
        if visit.assessment_id != assessment.pk:
            raise Refused(_("This visit was to another office."))
        _refuse_removed(Visit.objects.get(pk=visit.pk))
    said = _found(text, advice)
    answer = Answer.objects.only("pk").get(assessment=assessment, indicator_id=indicator.pk)
    same = Finding.objects.filter(answer=answer, visit=visit, by=by, removed_at__isnull=True, **said).first()
    if same is not None:
        return same
    finding = Finding.objects.create(answer=answer, visit=visit, by=by, at=timezone.now(), **said)
    _log("add_finding", assessment, by, {"finding": finding.pk, "indicator": indicator.code, **said})
    return finding


@transaction.atomic
def change_finding(*, finding: Finding, by: User, text: str, advice: str = "") -> Finding:
    """Change what was written of a finding; raises Refused."""
    finding, assessment = _own(finding, by)
    if finding.removed_at is not None:
        raise Refused(_("This finding is removed; put it back before you change it."))
    said = _found(text, advice)
    old = {name: getattr(finding, name) for name in _FINDING}
    if said != old:
        finding.text, finding.advice = said["text"], said["advice"]
        finding.save(update_fields=_FINDING)
        _log("change_finding", assessment, by, {"finding": finding.pk, "old": old, "new": said})
    return finding


@transaction.atomic
def remove_finding(*, finding: Finding, by: User) -> Finding:
    """Take a finding off every page; it is kept, and `restore_finding` puts it back. Raises Refused."""
    finding, assessment = _own(finding, by)
    if finding.follow_up:
        raise Refused(_("The office has said what became of this finding, so it stays."))
    if finding.removed_at is None:
        finding.removed_at = timezone.now()
        finding.save(update_fields=["removed_at"])
        _log("remove_finding", assessment, by, {"finding": finding.pk})
    return finding


@transaction.atomic
def restore_finding(*, finding: Finding, by: User) -> Finding:
    """Put a removed finding back; raises Refused."""
    finding, assessment = _own(finding, by)
    _refuse_removed(finding.visit)
    if finding.removed_at is not None:
        finding.removed_at = None
        finding.save(update_fields=["removed_at"])
        _log("restore_finding", assessment, by, {"finding": finding.pk})
    return finding


def attach_to_finding(*, finding: Finding, files: Sequence[CheckedFile], by: User) -> list[tuple[str, str]]:
    """Keep photos and files with a finding; gives back those that were refused, by name with the reason."""
    refused = []
    for file in files:
        try:
            beside = Attachment.objects.filter(finding=finding)
            store(Attachment(finding=finding, by=by), file, beside, lambda: _refuse_not_own(finding, by))
        except Refused as refusal:
            refused.append((file.name, str(refusal.message)))
    return refused


@transaction.atomic
def take_off_finding(*, finding: Finding, attachment: Attachment, by: User) -> None:
    """Take a file off a finding; raises Refused. The file goes with its row."""
    _own(finding, by)
    path, storage = str(attachment.file.name), attachment.file.storage
    if Attachment.objects.filter(pk=attachment.pk, finding=finding).delete()[0]:
        transaction.on_commit(lambda: storage.delete(path))


def _refuse_not_own(finding: Finding, by: User) -> None:
    _own(finding, by)


def _own(finding: Finding, by: User) -> tuple[Finding, Assessment]:
    """The finding as it is now, with its assessment locked; raises Refused for whoever did not write it."""
    assessment = locked(finding.answer.assessment, by=by, action=Action.VISIT)
    now = Finding.objects.select_related("answer", "visit").get(pk=finding.pk)
    _refuse_others(by, now.by_id)
    return now, assessment


def _refuse_others(by: User, writer: int) -> None:
    decision = is_writer(by, writer)
    if not decision:
        raise Refused(decision.reason)


def _told(assessment: Assessment, *, visited_on: date, who: str, summary: str, advice: str) -> dict[str, Any]:
    reason = why_not_on(visited_on, assessment.round.year)
    if reason:
        raise Refused(reason)
    said = {"visited_on": visited_on, "who": clean(who), "summary": clean(summary), "advice": clean(advice)}
    if not said["who"]:
        raise Refused(_("Write who visited the office."))
    return said


def _found(text: str, advice: str) -> dict[str, str]:
    said = {"text": clean(text), "advice": clean(advice)}
    if not said["text"]:
        raise Refused(_("Write what was found."))
    return said


def _as_json(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "visited_on": said["visited_on"].isoformat()}


def _log(what: str, assessment: Assessment, by: User, details: dict[str, Any]) -> None:
    about = f"{assessment.province.iso} {assessment.round.year}"
    LogEntry.objects.create(what=what, about=about, details=details, by=by)
