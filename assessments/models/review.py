"""The central division's review: verdicts beside the office's own answers, questions, flags, and who reads what."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import Answer, Assessment
from assessments.models.people import Province, User
from assessments.models.rounds import Round
from assessments.models.trail import HistoryQuerySet
from assessments.models.workspace import Comment, FollowUp
from indicators.models import Area, Indicator
from indicators.rules import SCORES


class Outcome(models.TextChoices):
    """What a reviewer says of an answer: as claimed, another printed row, or not to be judged on what is there."""

    AGREE = "agree", _("Agreed")
    ROW = "row", _("Another printed row")
    EVIDENCE = "evidence", _("Needs evidence")


class Response(models.TextChoices):
    """What the office says of a verdict. None given in time means accepted."""

    ACCEPT = "accept", _("Accepted")
    DISPUTE = "dispute", _("Disputed")


class Review(models.Model):
    """What became of one answer after the office claimed it: verified by a reviewer, replied to, final.

    The claimed value is the answer's own and is never written here. `outcome`, `band` and `score` are the verified
    value (band 1 = the top printed row; both None in dimension 1, and where evidence is needed); `final_band` and
    `final_score` come after the reply. `judged_version` is the answer's version that the verdict is about: a later
    one makes the verdict stale. `version` rises with every change and refuses stale verdicts.
    """

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="review")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    band = models.PositiveSmallIntegerField(null=True, blank=True)
    score = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    reason = models.TextField(blank=True)
    judged_version = models.PositiveIntegerField(null=True, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    response = models.CharField(max_length=7, choices=Response, blank=True)
    response_text = models.TextField(blank=True)
    response_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    response_at = models.DateTimeField(null=True, blank=True)

    final_band = models.PositiveSmallIntegerField(null=True, blank=True)
    final_score = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    final_reason = models.TextField(blank=True)
    final_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    final_at = models.DateTimeField(null=True, blank=True)

    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="verdict_whole_or_not_at_all",
                condition=Q(outcome="", judged_by__isnull=True, judged_at__isnull=True, judged_version__isnull=True)
                | (~Q(outcome="") & Q(judged_by__isnull=False, judged_at__isnull=False, judged_version__isnull=False)),
                violation_error_message=_("A verdict has its person, its time and the answer that it is about."),
            ),
            models.CheckConstraint(
                name="verdict_other_than_agreed_has_its_reason",
                condition=Q(outcome__in=["", Outcome.AGREE]) | ~Q(reason=""),
                violation_error_message=_("A verdict that differs from the claim needs its reason."),
            ),
            models.CheckConstraint(
                name="verified_score_is_one_of_the_five",
                condition=Q(score__isnull=True, band__isnull=True) | Q(score__in=SCORES, band__gte=1),
                violation_error_message=_("A score is 10, 7.5, 5, 2.5 or 0."),
            ),
            models.CheckConstraint(
                name="a_row_names_its_score",
                condition=~Q(outcome=Outcome.ROW) | Q(score__isnull=False),
                violation_error_message=_("Choose one of the printed rows."),
            ),
            models.CheckConstraint(
                name="needed_evidence_leaves_the_score_open",
                condition=~Q(outcome__in=["", Outcome.EVIDENCE]) | Q(score__isnull=True),
                violation_error_message=_("While evidence is needed there is no verified score."),
            ),
            models.CheckConstraint(
                name="response_whole_or_not_at_all",
                condition=Q(response="", response_text="", response_by__isnull=True, response_at__isnull=True)
                | (~Q(response="") & Q(response_by__isnull=False, response_at__isnull=False)),
                violation_error_message=_("A response has its person and its time."),
            ),
            models.CheckConstraint(
                name="dispute_has_its_reason",
                condition=~Q(response=Response.DISPUTE) | ~Q(response_text=""),
                violation_error_message=_("Disputing a verdict needs a reason."),
            ),
            models.CheckConstraint(
                name="final_whole_or_not_at_all",
                condition=Q(
                    final_band__isnull=True,
                    final_score__isnull=True,
                    final_reason="",
                    final_by__isnull=True,
                    final_at__isnull=True,
                )
                | Q(final_by__isnull=False, final_at__isnull=False),
                violation_error_message=_("A final value has its person and its time."),
            ),
            models.CheckConstraint(
                name="final_score_is_one_of_the_five",
                condition=Q(final_score__isnull=True, final_band__isnull=True)
                | Q(final_score__in=SCORES, final_band__gte=1),
                violation_error_message=_("A score is 10, 7.5, 5, 2.5 or 0."),
            ),
            models.CheckConstraint(
                name="final_other_than_verified_has_its_reason",
                condition=Q(final_score__isnull=True) | Q(final_score=F("score")) | ~Q(final_reason=""),
                violation_error_message=_("A final value that differs from the verified one needs its reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.outcome}"


class ReviewChange(models.Model):
    """One change of one review. `changes` maps a column to [old, new]; `version` is the review's after it; `undone`
    says that the change took the one before it back."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    changes = models.JSONField()
    undone = models.BooleanField(default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = HistoryQuerySet["ReviewChange"].as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="review_version_written_once", fields=["review", "version"])
        ]

    def __str__(self) -> str:
        return f"{self.review_id} v{self.version}"


class Question(models.Model):
    """What the centre asks of one answer. It is drafted while the answers are read, sent with a return, answered by the
    office's correction, and closed by a reviewer."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # The move of the assessment that sent it (`StatusChange.number`); None while it is a draft.
    sent_with = models.PositiveSmallIntegerField(null=True, blank=True)
    answered_text = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="question_has_its_text",
                condition=~Q(text=""),
                violation_error_message=_("Write what you ask of the office."),
            ),
            models.CheckConstraint(
                name="question_answered_by_somebody_at_some_time",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answered_text="")
                | Q(answered_at__isnull=False, answered_by__isnull=False, sent_with__isnull=False),
                violation_error_message=_("An answer to a question has its person and its time."),
            ),
            models.CheckConstraint(
                name="question_closed_by_somebody_at_some_time",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                violation_error_message=_("Closing a question needs its person and its time."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Flag(models.Model):
    """Why an answer is worth a look, computed for the whole round (`assessments.flags`). It asks; it accuses nobody.

    `about` holds the figures of its sentence; `weight` orders the queue, the oddest first.
    """

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="flags")
    code = models.CharField(max_length=20)
    about = models.JSONField(default=dict)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["-weight", "code"]
        constraints: ClassVar = [models.UniqueConstraint(name="answer_flagged_once_a_code", fields=["answer", "code"])]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.code}"


class ReviewAssignment(models.Model):
    """Which part of a round a reviewer reads: one office, one area or one indicator across all offices."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="review_assignments")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="review_assignments")
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="one_part_of_a_round_is_assigned",
                condition=Q(province__isnull=False, area__isnull=True, indicator__isnull=True)
                | Q(province__isnull=True, area__isnull=False, indicator__isnull=True)
                | Q(province__isnull=True, area__isnull=True, indicator__isnull=False),
                violation_error_message=_("Choose an office, an area or an indicator."),
            ),
            models.UniqueConstraint(
                name="office_assigned_once_in_round", fields=["round", "province"], condition=Q(province__isnull=False)
            ),
            models.UniqueConstraint(
                name="area_assigned_once_in_round", fields=["round", "area"], condition=Q(area__isnull=False)
            ),
            models.UniqueConstraint(
                name="indicator_assigned_once_in_round",
                fields=["round", "indicator"],
                condition=Q(indicator__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id}: {self.province_id or self.area_id or self.indicator_id}"


class SecondReading(models.Model):
    """An answer drawn at random to be judged a second time by somebody else, who does not see the first verdict.

    `reader` is None until somebody judges it.
    """

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="second_reading")
    drawn_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    band = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    reader = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="second_reading_whole_or_not_at_all",
                condition=Q(outcome="", band__isnull=True, reason="", reader__isnull=True, read_at__isnull=True)
                | (~Q(outcome="") & Q(reader__isnull=False, read_at__isnull=False)),
                violation_error_message=_("A second reading has its outcome, its person and its time."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.outcome}"


class Phrase(models.Model):
    """A standard phrase that the centre keeps for its reasons and questions."""

    text = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="phrase_has_its_text", condition=~Q(text=""), violation_error_message=_("Write the phrase.")
            ),
            models.UniqueConstraint(name="phrase_kept_once", fields=["text"]),
        ]

    def __str__(self) -> str:
        return self.text


class Visit(models.Model):
    """A supervision visit to an office by its regional supporter or by an inspector. One that its writer removed is
    kept with its findings, and can be put back."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="visits")
    visited_on = models.DateField(_("date of the visit"))
    who = models.CharField(_("who visited"), max_length=300)
    summary = models.TextField(_("what was found"), blank=True)
    advice = models.TextField(_("advice"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-visited_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.visited_on}"


class Finding(models.Model):
    """What a visitor or an inspector found at one indicator, with advice. It changes no score; the next round says
    what became of it. One that its writer removed is kept, and can be put back."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="findings")
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, blank=True, related_name="findings")
    text = models.TextField(_("finding"))
    advice = models.TextField(_("advice"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    follow_up = models.CharField(max_length=8, choices=FollowUp, blank=True)
    follow_up_text = models.TextField(blank=True)
    follow_up_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    follow_up_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="finding_has_its_text", condition=~Q(text=""), violation_error_message=_("Write what was found.")
            ),
            models.CheckConstraint(
                name="finding_followed_up_by_somebody_at_some_time",
                condition=Q(follow_up="", follow_up_text="", follow_up_by__isnull=True, follow_up_at__isnull=True)
                | (~Q(follow_up="") & Q(follow_up_by__isnull=False, follow_up_at__isnull=False)),
                violation_error_message=_("What became of a finding has its person and its time."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


def attached_path(attachment: "Attachment", _filename: str) -> str:
    """Files lie under their UUID, apart from the offices' evidence."""
    key = str(attachment.pk)
    return f"attached/{key[:2]}/{key}"


class Attachment(models.Model):
    """A file that goes with a comment, with a finding, or with the office's response to a verdict. `name` is the
    original name, Thai and all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="attachments")
    finding = models.ForeignKey(Finding, models.CASCADE, null=True, blank=True, related_name="attachments")
    review = models.ForeignKey(Review, models.CASCADE, null=True, blank=True, related_name="attachments")
    name = models.CharField(max_length=300)
    file = models.FileField(upload_to=attached_path, max_length=80)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="attachment_goes_with_one_thing",
                condition=Q(comment__isnull=False, finding__isnull=True, review__isnull=True)
                | Q(comment__isnull=True, finding__isnull=False, review__isnull=True)
                | Q(comment__isnull=True, finding__isnull=True, review__isnull=False),
                violation_error_message=_("A file goes with a comment, a finding or a response."),
            ),
            models.CheckConstraint(
                name="attachment_is_whole",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0) & ~Q(file=""),
                violation_error_message=_("A file has its content and its hash."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
