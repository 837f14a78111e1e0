"""The standard as rows: Edition > Dimension > Area > Standard > Indicator (handbook chapters 3-5).

Nothing here knows of provinces or answers. A published edition never changes: database triggers refuse it
(migration `published_editions_never_change`).
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class EditionManager(models.Manager["Edition"]):
    def get_by_natural_key(self, year: int) -> "Edition":
        return self.get(year=year)

    def published(self) -> models.QuerySet["Edition"]:
        return self.filter(status=Edition.Status.PUBLISHED)


class Edition(models.Model):
    """One revision of the national standard, named by its Buddhist year."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    year = models.PositiveSmallIntegerField(_("year (B.E.)"), unique=True)
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    printed_year = models.PositiveSmallIntegerField(_("year of printing (B.E.)"))
    source = models.TextField(_("source"), blank=True)
    scoring = models.JSONField(_("how scores are added up"), default=list, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    content_hash = models.CharField(_("content hash (SHA-256)"), max_length=64, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = EditionManager()

    class Meta:
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="edition_published_with_hash_and_time_or_not_at_all",
                condition=models.Q(status="draft", content_hash="", published_at__isnull=True)
                | models.Q(status="published", content_hash__regex=r"^[0-9a-f]{64}$", published_at__isnull=False),
                violation_error_message=_("A published edition needs its content hash and its time."),
            ),
        ]

    def __str__(self) -> str:
        return f"มาตรฐานฯ พ.ศ. {self.year}"

    def natural_key(self) -> tuple[int]:
        return (self.year,)


class DimensionManager(models.Manager["Dimension"]):
    def get_by_natural_key(self, year: int, number: int) -> "Dimension":
        return self.get(edition__year=year, number=number)


class Dimension(models.Model):
    """มิติ. Dimension 1 is checked, not scored."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="dimensions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=200)
    scored = models.BooleanField()
    intro = models.JSONField(default=list, blank=True)
    source = models.JSONField(default=dict, blank=True)

    objects = DimensionManager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="dimension_number_once_in_edition", fields=["edition", "number"])
        ]

    def __str__(self) -> str:
        return f"มิติที่ {self.number} {self.short_name}"

    def natural_key(self) -> tuple[int, int]:
        return (*self.edition.natural_key(), self.number)

    natural_key.dependencies = ["indicators.edition"]  # type: ignore[attr-defined]


class AreaManager(models.Manager["Area"]):
    def get_by_natural_key(self, year: int, dimension: int, number: int) -> "Area":
        return self.get(dimension__edition__year=year, dimension__number=dimension, number=number)


class Area(models.Model):
    """ด้าน. `form_name` is the appendix form's wording where it differs."""

    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="areas")
    number = models.PositiveSmallIntegerField()
    name = models.TextField()
    form_name = models.TextField(blank=True)
    rationale = models.JSONField(default=list, blank=True)
    definitions = models.JSONField(default=list, blank=True)
    objectives = models.JSONField(default=list, blank=True)
    goals = models.JSONField(default=list, blank=True)
    source = models.JSONField(default=dict, blank=True)

    objects = AreaManager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="area_number_once_in_dimension", fields=["dimension", "number"])
        ]

    def __str__(self) -> str:
        return f"ด้านที่ {self.number} {self.name}"

    @property
    def code(self) -> str:
        """Dimension-area ("4-10"), as in addresses; indicators use a dot, so the two are never mixed up."""
        return f"{self.dimension.number}-{self.number}"

    def natural_key(self) -> tuple[int, int, int]:
        return (*self.dimension.natural_key(), self.number)

    natural_key.dependencies = ["indicators.dimension"]  # type: ignore[attr-defined]


class StandardManager(models.Manager["Standard"]):
    def get_by_natural_key(self, year: int, dimension: int, number: int) -> "Standard":
        return self.get(area__dimension__edition__year=year, area__dimension__number=dimension, number=number)


class Standard(models.Model):
    """มาตรฐาน. Numbers run through the dimension."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="standards")
    number = models.PositiveSmallIntegerField()
    name = models.TextField()

    objects = StandardManager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="standard_number_once_in_area", fields=["area", "number"])
        ]

    def __str__(self) -> str:
        return f"มาตรฐานที่ {self.number} {self.name}"

    def natural_key(self) -> tuple[int, int, int]:
        year, dimension, _area = self.area.natural_key()
        return (year, dimension, self.number)

    natural_key.dependencies = ["indicators.area"]  # type: ignore[attr-defined]


class IndicatorManager(models.Manager["Indicator"]):
    def get_by_natural_key(self, year: int, code: str) -> "Indicator":
        return self.get(edition__year=year, code=code)


class Indicator(models.Model):
    """ตัวชี้วัด, with its rule as data (`indicators.rules`, `indicators.checks`).

    `code` is dimension.indicator ("2.1"); numbers run through the dimension. `edition` and `code` repeat what follows
    from the standard, so that one column finds an indicator; `editions.faults_of` holds them together.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="indicators")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="indicators")
    code = models.CharField(max_length=8)
    number = models.PositiveSmallIntegerField()
    name = models.TextField()
    criterion = models.TextField()
    criterion_detail = models.TextField(blank=True)
    table_heading = models.TextField(blank=True)
    rule = models.JSONField()
    formula = models.JSONField(null=True, blank=True)
    remarks = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    guidance = models.JSONField(default=list, blank=True)
    counts = models.JSONField(default=list, blank=True)
    ruling = models.TextField(blank=True)
    source = models.JSONField(default=dict, blank=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    comparable = models.BooleanField(default=False)

    objects = IndicatorManager()

    class Meta:
        ordering: ClassVar = ["standard__area__dimension__number", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="indicator_code_once_in_edition", fields=["edition", "code"]),
            models.CheckConstraint(
                name="indicator_comparable_only_with_previous",
                condition=models.Q(comparable=False) | models.Q(previous__isnull=False),
                violation_error_message=_("Only an indicator with a predecessor can be comparable."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def natural_key(self) -> tuple[int, str]:
        return (*self.edition.natural_key(), self.code)

    natural_key.dependencies = ["indicators.standard"]  # type: ignore[attr-defined]
