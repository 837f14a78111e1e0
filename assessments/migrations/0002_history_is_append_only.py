"""The database itself refuses to change or delete a row of history."""

from typing import ClassVar

from django.db import migrations

from pmj_standards.triggers import refuse

TABLES = ("answerchange", "statuschange", "evidencechange", "logentry")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0001_initial")]

    operations: ClassVar = [
        refuse(
            f"{table}_refuses_{event.lower()}",
            table=f"assessments_{table}",
            event=event,
            when="1 = 1",
            message="history is never changed",
        )
        for table in TABLES
        for event in ("UPDATE", "DELETE")
    ]
