"""What happened, who did it and when: one row an act, never changed afterwards (database triggers refuse it)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.calendar import end_of
from assessments.models.answers import Answer, Assessment
from assessments.models.people import User
from assessments.models.trail import HistoryQuerySet
from assessments.workflow import STATE_CHANGING, Action, Status

# The key in `AnswerChange.changes` that says which version was used again, as [None, version].
RESTORED = "restored"


class AnswerChange(models.Model):
    """One change of one answer. `changes` maps a column to [old, new]; `version` is the answer's after it."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    changes = models.JSONField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = HistoryQuerySet["AnswerChange"].as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="answer_version_written_once", fields=["answer", "version"])
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} v{self.version}"

    @property
    def restored(self) -> int | None:
        """The version that this change used again; None for any other change."""
        pair = self.changes.get(RESTORED)
        return pair[1] if pair else None


class StatusChange(models.Model):
    """One move of an assessment. `number` counts its moves: a second row of the same number cannot be written.

    `due_on` is the day by which a returned assessment is to be corrected, or until which a verified one is replied to.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="history")
    number = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=10, choices=STATE_CHANGING)
    from_status = models.CharField(max_length=10, choices=Status)
    to_status = models.CharField(max_length=10, choices=Status)
    reason = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = HistoryQuerySet["StatusChange"].as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="assessment_moves_once_a_number", fields=["assessment", "number"]),
            models.CheckConstraint(
                name="return_and_reopen_have_a_reason",
                condition=~Q(action__in=[Action.RETURN, Action.REOPEN]) | ~Q(reason=""),
                violation_error_message=_("Returning and reopening need a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.action}"

    @property
    def is_late(self) -> bool:
        """Whether it is a submission after the round's own closing day."""
        return self.action == Action.SUBMIT and self.at >= end_of(self.assessment.round.closes_on)


class EvidenceChange(models.Model):
    """One act on evidence: added, used, unused, deleted, restored. `indicator_code` is empty for the whole file."""

    class Act(models.TextChoices):
        ADDED = "added", _("added")
        USED = "used", _("attached to an indicator")
        UNUSED = "unused", _("removed from an indicator")
        DELETED = "deleted", _("deleted")
        RESTORED = "restored", _("restored")

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence_history")
    evidence_id = models.UUIDField()
    name = models.CharField(max_length=300)
    act = models.CharField(max_length=10, choices=Act)
    indicator_code = models.CharField(max_length=8, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = HistoryQuerySet["EvidenceChange"].as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.act} {self.name}"


class LogEntry(models.Model):
    """One act on rounds and people: what, about whom, old and new."""

    what = models.CharField(max_length=40)
    about = models.CharField(max_length=300)
    details = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = HistoryQuerySet["LogEntry"].as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.about}"
