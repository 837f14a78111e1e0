"""What is on its way in: a file that arrives piece by piece, a workbook whose differences are being looked at."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import Assessment
from assessments.models.people import User
from indicators.models import Indicator


class Upload(models.Model):
    """One evidence file that arrives in pieces; `received` bytes of `size` lie on the disk under its UUID."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="upload_receives_no_more_than_its_size",
                condition=Q(received__lte=F("size")),
                violation_error_message=_("More arrived than the file is long; send it again."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class WorkbookImport(models.Model):
    """An uploaded workbook as it was read, until its differences are applied or dropped.

    `content` maps an indicator's code to {"cells": {cell: typed text}, ...} as `assessments.workbook` reads them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)
    content = models.JSONField()
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
