"""The database itself refuses to change a published edition, in every row that belongs to it."""

from typing import ClassVar

from django.db import migrations

from pmj_standards.triggers import refuse

EDITION = "SELECT e.status FROM indicators_edition e"
DIMENSION = f"{EDITION} JOIN indicators_dimension d ON d.edition_id = e.id"
AREA = f"{DIMENSION} JOIN indicators_area a ON a.dimension_id = d.id"

# How each table's row finds the status of its edition.
STATUS_OF = {
    "indicators_dimension": EDITION + " WHERE e.id = {row}.edition_id",
    "indicators_area": DIMENSION + " WHERE d.id = {row}.dimension_id",
    "indicators_standard": AREA + " WHERE a.id = {row}.area_id",
    "indicators_indicator": EDITION + " WHERE e.id = {row}.edition_id",
}
MESSAGE = "a published edition never changes"


def _operations():
    for event in ("UPDATE", "DELETE"):
        yield refuse(
            f"published_edition_refuses_{event.lower()}",
            table="indicators_edition",
            event=event,
            when="OLD.status = 'published'",
            message=MESSAGE,
        )
    for table, status in STATUS_OF.items():
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            yield refuse(
                f"published_{table.removeprefix('indicators_')}_refuses_{event.lower()}",
                table=table,
                event=event,
                when=f"({status.format(row=row)}) = 'published'",
                message=MESSAGE,
            )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("indicators", "0001_initial")]

    operations: ClassVar = list(_operations())
