"""An office's assessment of one round, and its answers."""

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.calendar import end_of
from assessments.models.people import Province, User
from assessments.models.rounds import Round, window_at
from assessments.workflow import Status, Window
from indicators.models import Indicator
from indicators.rules import SCORES


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def whole(self) -> "AssessmentQuerySet":
        """With what every page of an assessment shows and asks; the region and who submitted are read where shown."""
        return self.select_related("round__edition", "province")

    def of_year(self, year: int) -> "AssessmentQuerySet":
        return self.filter(round__year=year)


class Assessment(models.Model):
    """One office in one round.

    `results` keeps the totals as `services.answers.recount` computed them, so that lists read and never compute:
    {"areas": {"2-1": TOTAL}, "dimensions": {"2": TOTAL}, "overall": TOTAL, "answered": {"2-1": n}, "scores": SIGNS}
    with TOTAL = {"sum", "count", "open", "low", "high", "mean", "level"}; decimals as texts, level codes of
    `indicators.scoring`. SIGNS has one sign for each scored indicator in printed order (`assessments.country`).
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="assessments")
    province = models.ForeignKey(Province, models.PROTECT, related_name="assessments")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    closes_on = models.DateField(_("closes on"))
    answered = models.PositiveSmallIntegerField(default=0)
    touched = models.BooleanField(default=False)
    results = models.JSONField(default=dict)
    # The same of the verified and of the final scores; empty while there are none.
    verified_results = models.JSONField(default=dict)
    final_results = models.JSONField(default=dict)
    # The indicators that the last return asks about: only they are open then. Empty means all.
    asked = models.JSONField(default=list, blank=True)
    # The last day on which the office may reply to the verdicts; None before they were sent.
    reply_until = models.DateField(_("reply until"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    answers_hash = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-round__year", "province__sort_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="office_assesses_itself_once_a_round", fields=["round", "province"]),
            models.CheckConstraint(
                name="assessment_submitted_fully_or_not_at_all",
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True, answers_hash="", reference="")
                | (Q(submitted_at__isnull=False, submitted_by__isnull=False) & ~Q(answers_hash="") & ~Q(reference="")),
                violation_error_message=_("A submission has its date, its person, its reference and its hash."),
            ),
            models.CheckConstraint(
                name="assessment_past_draft_was_submitted",
                condition=Q(status=Status.DRAFT) | Q(submitted_at__isnull=False),
                violation_error_message=_("Only a submitted assessment can be returned or accepted."),
            ),
            models.UniqueConstraint(
                name="submission_reference_is_unique", fields=["reference"], condition=~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.province.office_name} {self.round.year}"

    def window(self, now: datetime | None = None) -> Window:
        """The window for this office; `closes_on` already holds its extension."""
        return window_at(opens_on=self.round.opens_on, closes_on=self.closes_on, now=now or timezone.now())

    def reply_window(self, now: datetime | None = None) -> Window:
        """The window of the office's reply; NOT_YET while the verdicts were not sent."""
        if self.reply_until is None:
            return Window.NOT_YET
        return Window.OPEN if (now or timezone.now()) < end_of(self.reply_until) else Window.CLOSED

    def is_asked(self, code: str) -> bool:
        """Whether an office that may correct its answers may correct this one."""
        return not self.asked or code in self.asked

    @property
    def is_late(self) -> bool:
        """Whether what is submitted came after the round's own closing day, thanks to a later day of the office."""
        return self.submitted_at is not None and self.submitted_at >= end_of(self.round.closes_on)

    def days_left(self, day: date) -> int:
        """Whole days until the last day; 0 on the day itself, negative after it."""
        return (self.closes_on - day).days


class AnswerQuerySet(models.QuerySet["Answer"]):
    def of(self, assessment: Assessment) -> "AnswerQuerySet":
        return self.filter(assessment=assessment)


class Answer(models.Model):
    """One office's answer to one indicator: raw inputs are the truth, the score follows from them.

    `inputs` holds the indicator's inputs by name (`indicators.rules`), None while unanswered. `typed` keeps what was
    typed and refused, so that nothing is lost; `version` rises with every change and refuses stale saves. Where there
    was no case a reviewer decides the printed row: `decided_band` (1 = the top one), with a reason.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="answers")
    inputs = models.JSONField(null=True, blank=True)
    no_case = models.BooleanField(default=False)
    no_case_reason = models.TextField(blank=True)
    typed = models.JSONField(default=dict, blank=True)
    performance = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    remedies = models.TextField(blank=True)
    number_source = models.TextField(blank=True)
    evidence_held = models.JSONField(default=list, blank=True)

    is_answered = models.BooleanField(default=False)
    score = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    band = models.PositiveSmallIntegerField(null=True, blank=True)
    met = models.BooleanField(null=True, blank=True)
    shortfall = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # The year's target by which 1.31 was judged: what is submitted keeps it when the round's target changes.
    judged_target = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    pending = models.CharField(max_length=10, blank=True)
    explanation = models.TextField(blank=True)

    decided_band = models.PositiveSmallIntegerField(null=True, blank=True)
    decided_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="indicator_answered_once_in_assessment", fields=["assessment", "indicator"]),
            models.CheckConstraint(
                name="no_case_comes_without_inputs",
                condition=Q(no_case=False) | Q(inputs__isnull=True),
                violation_error_message=_("“No case this year” comes without numbers."),
            ),
            models.CheckConstraint(
                name="answer_is_scored_or_checked_not_both",
                condition=Q(score__isnull=True) | Q(met__isnull=True),
                violation_error_message=_("An answer has a score or a check, not both."),
            ),
            models.CheckConstraint(
                name="score_is_one_of_the_five",
                condition=Q(score__isnull=True) | Q(score__in=SCORES),
                violation_error_message=_("A score is 10, 7.5, 5, 2.5 or 0."),
            ),
            models.CheckConstraint(
                name="answer_changed_by_somebody_at_some_time",
                condition=Q(changed_at__isnull=True, changed_by__isnull=True)
                | Q(changed_at__isnull=False, changed_by__isnull=False),
                violation_error_message=_("A change needs both its time and its person."),
            ),
            models.CheckConstraint(
                name="answer_decided_whole_or_not_at_all",
                condition=Q(
                    decided_band__isnull=True, decided_reason="", decided_at__isnull=True, decided_by__isnull=True
                )
                | (Q(decided_band__gte=1, decided_at__isnull=False, decided_by__isnull=False) & ~Q(decided_reason="")),
                violation_error_message=_("A decision has its row, its reason, its date and its person."),
            ),
            models.CheckConstraint(
                name="only_an_answer_without_a_case_is_decided",
                condition=Q(decided_band__isnull=True)
                | (
                    (Q(no_case=True) | Q(inputs__has_key="denominator", inputs__denominator=0))
                    & ~Q(no_case_reason="")
                    & Q(pending="", score__isnull=False, band__isnull=False, band=F("decided_band"))
                ),
                violation_error_message=_(
                    "Only an answer that had no case, with its reason, is decided by a reviewer."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.indicator_id}"

    @property
    def has_text(self) -> bool:
        return bool(self.performance or self.problems or self.remedies or self.number_source)
