"""Sharing out the review: which office, area or indicator is read by which reviewer. It is a mark, not a lock."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import ReviewAssignment, Round, User
from assessments.services.base import Refused, refuse_without
from assessments.workflow import REVIEWERS, Right

# What can be shared out, by the column that names it.
PARTS = {"office": "province_id", "area": "area_id", "indicator": "indicator_id"}


@transaction.atomic
def share(*, round_: Round, by: User, part: str, wanted: Mapping[int, int | None]) -> int:
    """Give parts of a round (by key) to reviewers, or take them off (None); how many changed. Raises Refused.

    What is not named stays as it is.
    """
    refuse_without(Right.MANAGE_ROUNDS, by)
    list(Round.objects.select_for_update().filter(pk=round_.pk).values_list("pk"))
    reviewers = {pk for pk in wanted.values() if pk is not None}
    if reviewers - set(active_reviewers().filter(pk__in=reviewers).values_list("pk", flat=True)):
        raise Refused(_("Choose somebody with an active account who reviews answers."))
    column = PARTS[part]
    found = ReviewAssignment.objects.filter(round=round_, **{f"{column}__in": wanted})
    before = {getattr(row, column): row for row in found}
    changed = 0
    for key, reviewer in wanted.items():
        row = before.get(key)
        if (row.reviewer_id if row else None) == reviewer:
            continue
        changed += 1
        if row is not None:
            row.delete()
        if reviewer is not None:
            ReviewAssignment.objects.create(
                round=round_, reviewer_id=reviewer, by=by, at=timezone.now(), **{column: key}
            )
    return changed


@transaction.atomic
def spread(*, round_: Round, by: User, part: str, keys: Sequence[int], reviewers: Collection[int]) -> int:
    """Give what nobody reads yet, in its order, each to the reviewer who has the fewest so far; how many were given.

    Raises Refused. What somebody reads already stays.
    """
    if not reviewers:
        raise Refused(_("Tick at least one reviewer."))
    column = PARTS[part]
    rows = ReviewAssignment.objects.filter(round=round_, **{f"{column}__in": keys})
    taken = dict(rows.filter(reviewer__in=active_reviewers()).values_list(column, "reviewer_id"))
    load = Counter(dict.fromkeys(reviewers, 0))
    load.update(reviewer for reviewer in taken.values() if reviewer in load)
    order = {reviewer: place for place, reviewer in enumerate(reviewers)}
    wanted: dict[int, int | None] = {}
    for key in keys:
        if key not in taken:
            chosen = min(load, key=lambda reviewer: (load[reviewer], order[reviewer]))
            load[chosen] += 1
            wanted[key] = chosen
    return share(round_=round_, by=by, part=part, wanted=wanted)


def active_reviewers() -> QuerySet[User]:
    """Who can be given a part of the review."""
    return User.objects.filter(role__in=sorted(REVIEWERS), is_active=True)
