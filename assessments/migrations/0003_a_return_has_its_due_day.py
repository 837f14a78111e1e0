"""A return keeps the day by which the office is to correct; extending is an act of the table."""

from typing import ClassVar

from django.db import migrations, models

ACTIONS = [
    ("view", "View"),
    ("edit", "Answer and attach evidence"),
    ("submit", "Certify and submit"),
    ("return", "Return for correction"),
    ("accept", "Accept"),
    ("reopen", "Reopen"),
    ("extend", "Extend the closing day"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0002_history_is_append_only")]

    operations: ClassVar = [
        # Nullable without a default: SQLite adds the column in place, so the table keeps its triggers.
        migrations.AddField("statuschange", "due_on", models.DateField(blank=True, null=True)),
        migrations.AlterField("statuschange", "action", models.CharField(choices=ACTIONS, max_length=10)),
    ]
