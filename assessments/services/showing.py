"""The page of a round's published levels, which anybody may read: switched on and off by a manager."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import LogEntry, Round, User
from assessments.services.base import Refused, refuse_without
from assessments.workflow import Right, Status


@transaction.atomic
def show_results(*, round_: Round, by: User) -> Round:
    """Switch the public page of a round on; raises Refused while nothing of it is published."""
    round_ = _locked(round_, by)
    if round_.public_since is not None:
        raise Refused(_("The public page of this year is switched on already."))
    if not round_.assessments.filter(status=Status.PUBLISHED).exists():
        raise Refused(_("No result of this year is published yet. Publish the final results first."))
    round_.public_since = timezone.now()
    return _saved(round_, "show_results", by)


@transaction.atomic
def hide_results(*, round_: Round, by: User) -> Round:
    """Switch the public page of a round off; raises Refused where it is off."""
    round_ = _locked(round_, by)
    if round_.public_since is None:
        raise Refused(_("The public page of this year is switched off already."))
    round_.public_since = None
    return _saved(round_, "hide_results", by)


def _locked(round_: Round, by: User) -> Round:
    refuse_without(Right.MANAGE_ROUNDS, by)
    return Round.objects.select_for_update(of=("self",), no_key=True).get(pk=round_.pk)


def _saved(round_: Round, what: str, by: User) -> Round:
    round_.save(update_fields=["public_since"])
    LogEntry.objects.create(what=what, about=str(round_.year), by=by)
    return round_
