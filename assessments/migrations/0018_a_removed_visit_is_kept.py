from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0017_the_book_of_a_round")]

    operations = [
        migrations.AddField(model_name="visit", name="removed_at", field=models.DateTimeField(blank=True, null=True))
    ]
