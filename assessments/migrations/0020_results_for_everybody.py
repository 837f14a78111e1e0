from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0019_the_audit_trail")]

    operations = [
        migrations.AddField(model_name="round", name="public_since", field=models.DateTimeField(blank=True, null=True))
    ]
