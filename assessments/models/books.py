"""The book of the year: every office's official form of a round in one PDF, and the same as single files in a ZIP."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.formfiles import forms_storage
from assessments.models.people import User
from assessments.models.rounds import Round


class Book(models.Model):
    """One round's book. It is made form by form, so that single forms are not kept waiting; `parts` are those made so
    far, in the order of the book: {"assessment", "name", "mark", "level", "hash", "pages"}.

    Made again, it takes the place of the one before once it is ready: until then that one (`file`) stays.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        WORKING = "working", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    round = models.OneToOneField(Round, models.CASCADE, related_name="book")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    # Which making this is: a job of an earlier one that comes late does nothing.
    turn = models.PositiveIntegerField(default=0)
    parts = models.JSONField(default=list, blank=True)
    problem = models.TextField(blank=True)
    file = models.FileField(storage=forms_storage, blank=True, max_length=80)
    archive = models.FileField(storage=forms_storage, blank=True, max_length=80)
    forms = models.PositiveSmallIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    # When the finished file was begun: what changed later is not in it.
    made_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # The last sign of life of the process that makes it.
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="book_has_both_files_or_none",
                condition=(Q(file="", archive="", made_at__isnull=True))
                | (~Q(file="") & ~Q(archive="") & Q(made_at__isnull=False)),
                violation_error_message=_("A finished book has its PDF and its ZIP."),
            ),
            models.CheckConstraint(
                name="book_ready_only_with_its_files",
                condition=~Q(state="ready") | ~Q(file=""),
                violation_error_message=_("A finished book has its PDF and its ZIP."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.state}"
