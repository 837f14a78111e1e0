"""An office's work on an assessment: its facts, plan, confirmed warnings, what it carries over, who does what."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import Answer, Assessment
from assessments.models.evidence import Evidence
from assessments.models.people import User
from indicators.models import Indicator


class FollowUp(models.TextChoices):
    """What became of last year's: a step of the plan, or a finding."""

    DONE = "done", _("done")
    GOING_ON = "going_on", _("going on")
    NOT_DONE = "not_done", _("not done")


class Fact(models.Model):
    """A number that an office states once for the year, such as its staff. `name` is one of `indicators.facts`."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="facts")
    name = models.CharField(max_length=40)
    value = models.PositiveBigIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="fact_stated_once_for_an_assessment", fields=["assessment", "name"])
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class PlanStep(models.Model):
    """One step of an office's improvement plan: an indicator, who brings it to which printed row (1 = the top one), by
    when."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="plan")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    target_band = models.PositiveSmallIntegerField()
    who = models.CharField(_("who"), max_length=200, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    action = models.TextField(_("what will be done"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    follow_up = models.CharField(max_length=8, choices=FollowUp, blank=True)
    follow_up_text = models.TextField(blank=True)
    follow_up_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    follow_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="indicator_planned_once_in_assessment", fields=["assessment", "indicator"]),
            models.CheckConstraint(
                name="planned_row_is_counted_from_one",
                condition=Q(target_band__gte=1),
                violation_error_message=_("Choose one of the printed rows."),
            ),
            models.CheckConstraint(
                name="plan_step_followed_up_by_somebody_at_some_time",
                condition=Q(follow_up="", follow_up_text="", follow_up_by__isnull=True, follow_up_at__isnull=True)
                | (~Q(follow_up="") & Q(follow_up_by__isnull=False, follow_up_at__isnull=False)),
                violation_error_message=_("What became of a step has its person and its time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} → {self.target_band}"


class Confirmation(models.Model):
    """A soft warning that an office confirmed, with its reason. It holds while `about`, the figures that the warning
    was about, are the same; `warning` is its code."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="confirmations")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    warning = models.CharField(max_length=60)
    about = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="warning_confirmed_once_for_an_indicator", fields=["assessment", "indicator", "warning"]
            ),
            models.CheckConstraint(
                name="confirmation_has_its_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Confirming a warning needs a reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.warning


class Carry(models.Model):
    """What an office says of last year's text or evidence: still the same, updated, or not any more.

    For a text `what` is its column; for evidence it is empty and `evidence` names last year's.
    """

    class Choice(models.TextChoices):
        SAME = "same", _("the same")
        UPDATED = "updated", _("updated")
        DROPPED = "dropped", _("not any more")

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="carried")
    what = models.CharField(max_length=20, blank=True)
    evidence = models.ForeignKey(Evidence, models.CASCADE, null=True, blank=True, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="text_carried_once", fields=["answer", "what"], condition=Q(evidence__isnull=True)
            ),
            models.UniqueConstraint(name="evidence_carried_once", fields=["answer", "evidence"]),
            models.CheckConstraint(
                name="a_text_or_evidence_is_carried",
                condition=(Q(evidence__isnull=True) & ~Q(what="")) | Q(evidence__isnull=False, what=""),
                violation_error_message=_("Either a text or evidence is carried over."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.what or self.evidence_id}: {self.choice}"


class Assignment(models.Model):
    """Who of the office answers an indicator, and by when."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="assignments")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    due_on = models.DateField(_("by when"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="indicator_assigned_once_in_assessment", fields=["assessment", "indicator"])
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} → {self.person_id}"


class Presence(models.Model):
    """Who has an indicator open, and when the page last said so."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="presences")
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    editing = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="presence_once_for_a_person", fields=["assessment", "indicator", "person"])
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.indicator_id}"


class Comment(models.Model):
    """A remark on an answer: among the office's own people, or with the central division."""

    class Thread(models.TextChoices):
        OFFICE = "office", _("within the office")
        CENTRE = "centre", _("with the central division")

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="comments")
    thread = models.CharField(max_length=6, choices=Thread)
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="comment_has_its_text",
                condition=~Q(text=""),
                violation_error_message=_("Write the comment before you send it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.thread}"


class NoticeMark(models.Model):
    """That a person has seen a notice, or that it was mailed. Notices themselves are computed from the state; `key`
    names one for its person."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notice_marks")
    key = models.CharField(max_length=120)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="notice_marked_once", fields=["person", "key"])]

    def __str__(self) -> str:
        return self.key
