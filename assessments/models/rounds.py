"""The yearly round: its window, its edition, its target, and extensions of single offices."""

from datetime import date, datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.calendar import end_of, start_of
from assessments.models.people import Province, User
from assessments.workflow import Window
from indicators.models import Edition


def window_at(*, opens_on: date, closes_on: date, now: datetime) -> Window:
    """The window at a moment; it closes after 23:59:59 of its last day in Bangkok."""
    if now < start_of(opens_on):
        return Window.NOT_YET
    return Window.OPEN if now < end_of(closes_on) else Window.CLOSED


class Round(models.Model):
    """One fiscal year's assessment of all offices. It keeps the edition it was opened with."""

    year = models.PositiveSmallIntegerField(_("fiscal year (B.E.)"), unique=True)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rounds")
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    budget_target = models.DecimalField(
        _("spending target for 1.31 (percent)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    # How many days an office has to reply to its verdicts, and when the flags of the answers were computed last.
    reply_days = models.PositiveSmallIntegerField(
        _("days to reply to the verdicts"), default=14, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    flagged_at = models.DateTimeField(null=True, blank=True)
    # Since when anybody may read the published levels (`views.public`); None while the page is off.
    public_since = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="round_closes_after_it_opens",
                condition=Q(closes_on__gte=F("opens_on")),
                violation_error_message=_("The closing day must not be before the opening day."),
            ),
            models.CheckConstraint(
                name="round_target_is_a_percentage",
                condition=Q(budget_target__isnull=True) | Q(budget_target__gte=0, budget_target__lte=100),
                violation_error_message=_("The target is a percentage between 0 and 100."),
            ),
            models.CheckConstraint(
                name="round_gives_days_to_reply",
                condition=Q(reply_days__gte=1, reply_days__lte=120),
                violation_error_message=_("An office has 1 to 120 days to reply."),
            ),
            models.CheckConstraint(
                name="round_year_is_buddhist",
                condition=Q(year__gte=2540, year__lte=2600),
                violation_error_message=_("Write the year as a Buddhist year."),
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Fiscal year')} {self.year}"

    def window(self, now: datetime | None = None) -> Window:
        """The window without any office's extension."""
        return window_at(opens_on=self.opens_on, closes_on=self.closes_on, now=now or timezone.now())


class Extension(models.Model):
    """A later closing day for one office, with its reason. The newest one counts."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="extensions")
    province = models.ForeignKey(Province, models.PROTECT, related_name="extensions")
    closes_on = models.DateField(_("closes on"))
    reason = models.TextField(_("reason"))
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-given_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="extension_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("An extension needs its reason."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.province.name_th} → {self.closes_on}"
