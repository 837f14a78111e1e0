"""Where a file lay in the folder or ZIP that it came in, so that an indicator can be proposed for it later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0010_history_of_states_names_moves_only")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="folder",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        )
    ]
