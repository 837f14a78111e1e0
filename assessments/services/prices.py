"""What an item of dimension 1 costs in a round: entered, changed and taken back by a manager."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import ItemPrice, LogEntry, Round, User
from assessments.services.base import Refused, refuse_without
from assessments.workflow import Right
from indicators.models import Indicator


@transaction.atomic
def set_prices(*, round_: Round, by: User, wanted: Mapping[tuple[str, str], Decimal | None]) -> int:
    """Set prices by (code, item), or take them back (None); how many changed. Raises Refused.

    What is not named stays as it is, so that two managers do not undo each other's work.
    """
    refuse_without(Right.MANAGE_ROUNDS, by)
    list(Round.objects.select_for_update().filter(pk=round_.pk).values_list("pk"))
    indicators = dict(
        Indicator.objects.filter(
            edition=round_.edition_id,
            standard__area__dimension__scored=False,
            code__in={code for code, _item in wanted},
        ).values_list("code", "pk")
    )
    before = {(row.indicator.code, row.item): row for row in round_.item_prices.select_related("indicator")}
    changes = {}
    for (code, item), price in wanted.items():
        if code not in indicators or item not in ItemPrice.Item.values:
            raise Refused(_("This round has no such item."))
        row = before.get((code, item))
        old = row.price if row else None
        if old == price:
            continue
        changes[f"{code} {item}"] = [str(old) if old is not None else None, str(price) if price is not None else None]
        if price is None:
            if row is not None:
                row.delete()
        else:
            ItemPrice.objects.update_or_create(
                round=round_,
                indicator_id=indicators[code],
                item=item,
                defaults={"price": price, "by": by, "at": timezone.now()},
            )
    if changes:
        LogEntry.objects.create(what="item_prices", about=str(round_.year), details=changes, by=by)
    return len(changes)
