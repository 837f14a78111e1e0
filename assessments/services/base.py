"""What every service shares: refusing with a reason, locking an assessment, inserting what may be there once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from assessments.access import has, may, may_answer, sees_province
from assessments.models import Assessment, User
from assessments.workflow import Action, Right


class Refused(Exception):
    """An act that is not done; `message` tells the person why and what to do."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(str(message))


class Taken(Refused):
    """Something that may be there only once is there already."""


def _is_read(row: Model, name: str) -> bool:
    """Whether what a foreign key leads to is at hand without a query."""
    field: Any = row._meta.get_field(name)
    return bool(field.is_cached(row))


def locked(assessment: Assessment, *, by: User, action: Action, code: str = "") -> Assessment:
    """The assessment as it is now, locked until the transaction ends; raises Refused if the act is not allowed now.

    `code` names the indicator that is to be answered: after a return with questions only those asked are open.

    Asked again here although the view asked before: between the two the round may have closed, or a colleague
    may have submitted.
    """
    if connection.features.has_select_for_update:
        # SQLite's transaction holds the whole database from its first statement on.
        Assessment.objects.select_for_update().values_list("pk").get(pk=assessment.pk)
    # Read only now: where the lock was waited for, the round read with it would be the one from before.
    # What no act changes is taken over where it was read before: the office, and the edition that a round keeps.
    whole = _is_read(assessment, "province") and _is_read(assessment, "round") and _is_read(assessment.round, "edition")
    wanted = ("round",) if whole else ("round__edition", "province")
    now = Assessment.objects.select_related(*wanted).get(pk=assessment.pk)
    if whole:
        now.province, now.round.edition = assessment.province, assessment.round.edition
    decision = may_answer(by, now, code) if code else may(by, action, now)
    if not decision:
        raise Refused(decision.reason)
    if not sees_province(by, now.province):
        raise Refused(_("This assessment belongs to another office."))
    return now


@contextmanager
def unless_taken(taken: QuerySet[Any], refusal: str | Promise) -> Iterator[None]:
    """Insert something that may be there only once; raises Taken when `taken` finds it.

    Asked before, and again when the database itself refuses the insert: somebody else was faster.
    """
    if taken.exists():
        raise Taken(refusal)
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        if taken.exists():
            raise Taken(refusal) from None
        raise


def refuse_without(right: Right, by: User) -> None:
    """Raises Refused when a person lacks a right over the whole."""
    decision = has(by, right)
    if not decision:
        raise Refused(decision.reason)
