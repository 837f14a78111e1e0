"""The date that a piece of evidence bears."""

from datetime import date

from django.db import transaction

from assessments.models import Evidence, LogEntry, User
from assessments.services.base import locked
from assessments.services.evidence import refuse_shared
from assessments.workflow import Action


@transaction.atomic
def set_document_date(*, evidence: Evidence, day: date | None, by: User) -> None:
    """Say of what date a document is, or that it is not known (None); raises Refused. One row of the log."""
    assessment = locked(evidence.assessment, by=by, action=Action.EDIT)
    row = Evidence.objects.get(pk=evidence.pk)
    if row.document_date == day:
        return
    refuse_shared(row, assessment)
    old, row.document_date = row.document_date, day
    row.save(update_fields=["document_date"])
    days = [each.isoformat() if each else None for each in (old, day)]
    LogEntry.objects.create(
        what="document_date",
        about=f"{assessment.province.iso} {assessment.round.year}",
        details={"evidence": str(row.pk), "name": row.name, "document_date": days},
        by=by,
    )
