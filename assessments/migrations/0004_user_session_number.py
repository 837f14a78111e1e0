"""All sessions of a person end together: their number is part of what a session is signed with."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0003_a_return_has_its_due_day")]

    operations: ClassVar = [
        migrations.AddField("user", "session_number", models.PositiveIntegerField(default=0, editable=False)),
    ]
