"""Stating the facts of an office for the year."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Fact, LogEntry, User
from assessments.queries.facts import facts_of
from assessments.services.base import locked
from assessments.workflow import Action


@transaction.atomic
def state_facts(*, assessment: Assessment, values: Mapping[str, int | None], by: User) -> list[str]:
    """State some facts, or take them back (None); the others stay. Raises Refused. The names of those that changed.

    One row of the log, where anything changed.
    """
    assessment = locked(assessment, by=by, action=Action.EDIT)
    rows = {row.name: row for row in Fact.objects.filter(assessment=assessment)}
    known = {fact.name for fact in facts_of(assessment)}
    changes: dict[str, list[int | None]] = {}
    for name, value in values.items():
        old = rows[name].value if name in rows else None
        if name not in known or value == old:
            continue
        changes[name] = [old, value]
        if value is None:
            rows[name].delete()
        else:
            stated = {"value": value, "by": by, "at": timezone.now()}
            Fact.objects.update_or_create(assessment=assessment, name=name, defaults=stated)
    if changes:
        about = f"{assessment.province.iso} {assessment.round.year}"
        LogEntry.objects.create(what="facts", about=about, details=changes, by=by)
    return list(changes)
