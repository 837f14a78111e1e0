"""An answer keeps the year's target by which it was judged; until now that was always the round's."""

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    answers = apps.get_model("assessments", "Answer").objects.using(schema_editor.connection.alias)
    rounds = apps.get_model("assessments", "Round").objects.using(schema_editor.connection.alias)
    target = rounds.filter(assessments=OuterRef("assessment")).values("budget_target")[:1]
    answers.filter(indicator__rule__kind="target", met__isnull=False).update(judged_target=Subquery(target))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0007_no_case_answers_are_decided")]

    operations: ClassVar = [
        migrations.AddField(
            "answer", "judged_target", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
