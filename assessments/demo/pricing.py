"""Made-up unit prices, so that the demonstration's budget request has figures; some items are left without one."""

from datetime import datetime
from decimal import Decimal

from assessments.models import ItemPrice, Round, User
from indicators import editions

# By indicator: baht for the thing itself, and for the insurance of a vehicle.
PRICES = {
    "1.15": 24_000,
    "1.16": 24_000,
    "1.17": 8_900,
    "1.18": 120_000,
    "1.19": 30_000,
    "1.21": 9_500,
    "1.23": 35_000,
    "1.25": 18_000,
    "1.29": 1_100_000,
    "1.30": 62_000,
}
INSURANCE = {"1.29": 16_000, "1.30": 850}


def price_items(rounds: list[Round], by: User, at: datetime) -> None:
    """The same prices for each of these rounds, entered by a manager."""
    for round_ in rounds:
        nodes = editions.standard_of(round_.edition).indicators
        ItemPrice.objects.bulk_create(
            ItemPrice(round=round_, indicator_id=nodes[code].pk, item=item, price=Decimal(price), by=by, at=at)
            for item, prices in ((ItemPrice.Item.THING, PRICES), (ItemPrice.Item.INSURANCE, INSURANCE))
            for code, price in prices.items()
        )
