"""Evidence: files and links of an office's round, and which indicators use them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import Answer, Assessment
from assessments.models.people import User


def stored_path(evidence: "Evidence", _filename: str) -> str:
    """Files lie under their UUID: no name that a person gave ever reaches the disk."""
    key = str(evidence.pk)
    return f"{key[:2]}/{key}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def kept(self) -> "EvidenceQuerySet":
        """Those not deleted."""
        return self.filter(deleted_at__isnull=True)

    def named(self) -> "EvidenceQuerySet":
        """Each with the name of who attached it (`brought_by`), without the rest of that account."""
        return self.annotate(brought_by=models.F("added_by__full_name"))


class Evidence(models.Model):
    """One file or link. `name` is the original name, Thai and all. Deleting keeps the row and the file with the record,
    so that the history can be checked."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        LINK = "link", _("Link")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=4, choices=Kind)
    name = models.CharField(max_length=300)
    # The folders in which it came ("2.1 แผน/ไตรมาส 1"): words that tell its indicator, never a path on disk. A line
    # more for each further place where the same content lay, there with the name ("2.4 ประชุม/รายงาน.pdf").
    folder = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    file = models.FileField(upload_to=stored_path, blank=True, max_length=60)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    # The date that the document itself bears: evidence belongs to the fiscal year.
    document_date = models.DateField(_("date of the document"), null=True, blank=True)
    # Last year's evidence that this one carries on; both share the stored file.
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["added_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="evidence_is_a_whole_file_or_a_link",
                condition=(Q(kind="link") & ~Q(url="") & Q(file="", sha256=""))
                | (Q(kind="file", url="") & ~Q(file="") & Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0)),
                violation_error_message=_("Evidence is a file with its hash, or a link."),
            ),
            models.CheckConstraint(
                name="evidence_deleted_by_somebody_at_some_time",
                condition=Q(deleted_at__isnull=True, deleted_by__isnull=True)
                | Q(deleted_at__isnull=False, deleted_by__isnull=False),
                violation_error_message=_("A deletion needs both its time and its person."),
            ),
            models.UniqueConstraint(
                name="evidence_file_kept_once_in_assessment",
                fields=["assessment", "sha256"],
                condition=Q(kind="file"),
                violation_error_message=_("This file is already among the office's evidence."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> list[str]:
        """The folder in which it came, and where else the same content lay."""
        return [place for place in self.folder.split("\n") if place]


class EvidenceUse(models.Model):
    """One file or link used for one indicator. A file may serve many."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="uses")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="evidence_uses")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="evidence_used_once_for_an_answer", fields=["evidence", "answer"])
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} → {self.answer_id}"
