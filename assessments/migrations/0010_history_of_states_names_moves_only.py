"""The history of an assessment's states holds only the acts that lead from one state to another."""

from typing import ClassVar

from django.db import migrations, models

MOVES = [
    ("submit", "Certify and submit"),
    ("return", "Return for correction"),
    ("accept", "Accept"),
    ("reopen", "Reopen"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0009_the_office_s_workspace")]

    operations: ClassVar = [
        migrations.AlterField("statuschange", "action", models.CharField(choices=MOVES, max_length=10)),
    ]
