"""What the items of dimension 1 cost: unit prices that a manager enters for a round's budget request."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.people import User
from assessments.models.rounds import Round
from indicators.models import Indicator


class ItemPrice(models.Model):
    """The price in baht of one unit of what an indicator of dimension 1 asks for. Without a row there is no price yet,
    which is not a price of 0."""

    class Item(models.TextChoices):
        """A vehicle and its insurance are bought apart (1.29, 1.30); every other indicator has one thing."""

        THING = "thing", _("the thing itself")
        INSURANCE = "insurance", _("insurance")

    round = models.ForeignKey(Round, models.CASCADE, related_name="item_prices")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    item = models.CharField(max_length=10, choices=Item, default=Item.THING)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="item_priced_once_in_round", fields=["round", "indicator", "item"]),
            models.CheckConstraint(
                name="price_is_not_negative",
                condition=Q(price__gte=0),
                violation_error_message=_("A price is 0 baht or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.indicator_id} {self.item}"
