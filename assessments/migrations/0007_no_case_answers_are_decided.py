"""A reviewer decides the row of an answer that had no case, with a reason."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ACTIONS = [
    ("view", "View"),
    ("edit", "Answer and attach evidence"),
    ("submit", "Certify and submit"),
    ("return", "Return for correction"),
    ("accept", "Accept"),
    ("reopen", "Reopen"),
    ("extend", "Extend the closing day"),
    ("decide", "Decide a no-case answer"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0006_form_file_shows_signs_of_life")]

    operations: ClassVar = [
        # Choices are no part of the table, so it keeps its triggers.
        migrations.AlterField("statuschange", "action", models.CharField(choices=ACTIONS, max_length=10)),
        migrations.AddField("answer", "decided_band", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddField(
            "answer", "decided_reason", models.TextField(blank=True, default=""), preserve_default=False
        ),
        migrations.AddField("answer", "decided_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "answer",
            "decided_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "answer",
            models.CheckConstraint(
                name="answer_decided_whole_or_not_at_all",
                condition=Q(
                    decided_band__isnull=True, decided_reason="", decided_at__isnull=True, decided_by__isnull=True
                )
                | (Q(decided_band__gte=1, decided_at__isnull=False, decided_by__isnull=False) & ~Q(decided_reason="")),
                violation_error_message="A decision has its row, its reason, its date and its person.",
            ),
        ),
        migrations.AddConstraint(
            "answer",
            models.CheckConstraint(
                name="only_an_answer_without_a_case_is_decided",
                condition=Q(decided_band__isnull=True)
                | (
                    (Q(no_case=True) | Q(inputs__has_key="denominator", inputs__denominator=0))
                    & ~Q(no_case_reason="")
                    & Q(pending="", score__isnull=False, band__isnull=False, band=F("decided_band"))
                ),
                violation_error_message="Only an answer that had no case, with its reason, is decided by a reviewer.",
            ),
        ),
    ]
