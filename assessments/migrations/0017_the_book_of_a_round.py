"""The book of a round: every office's form in one PDF and one ZIP."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import assessments.models.formfiles


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("assessments", "0016_results_keep_each_score"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("working", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("turn", models.PositiveIntegerField(default=0)),
                ("parts", models.JSONField(blank=True, default=list)),
                ("problem", models.TextField(blank=True)),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=80, storage=assessments.models.formfiles.forms_storage, upload_to=""
                    ),
                ),
                (
                    "archive",
                    models.FileField(
                        blank=True, max_length=80, storage=assessments.models.formfiles.forms_storage, upload_to=""
                    ),
                ),
                ("forms", models.PositiveSmallIntegerField(default=0)),
                ("pages", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="book", to="assessments.round"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("archive", ""), ("file", ""), ("made_at__isnull", True)),
                            models.Q(
                                models.Q(("file", ""), _negated=True),
                                models.Q(("archive", ""), _negated=True),
                                ("made_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="book_has_both_files_or_none",
                        violation_error_message="A finished book has its PDF and its ZIP.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(("file", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="book_ready_only_with_its_files",
                        violation_error_message="A finished book has its PDF and its ZIP.",
                    ),
                ],
            },
        ),
    ]
