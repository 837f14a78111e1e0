"""Finished PDF forms, kept by the hash of their content."""

from typing import ClassVar

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def forms_storage() -> Storage:
    return storages["forms"]


class FormFile(models.Model):
    """One PDF of the evaluation form. Made once for each content; the same content is the same file."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        WORKING = "working", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    content_hash = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    step = models.CharField(max_length=40, blank=True)
    problem = models.TextField(blank=True)
    file = models.FileField(storage=forms_storage, blank=True, max_length=80)
    pages = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    # The last sign of life of the process that makes it.
    seen_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="form_ready_exactly_with_its_file",
                condition=(Q(state="ready", finished_at__isnull=False) & ~Q(file=""))
                | (~Q(state="ready") & Q(file="")),
                violation_error_message=_("A finished form has its file."),
            )
        ]

    def __str__(self) -> str:
        return self.content_hash[:12]
