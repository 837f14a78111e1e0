"""The database refuses to move a draft's row into a published edition, and an indicator below a standard of one."""

from typing import ClassVar

from django.db import migrations

from pmj_standards.triggers import refuse

EDITION = "SELECT e.status FROM indicators_edition e"
DIMENSION = f"{EDITION} JOIN indicators_dimension d ON d.edition_id = e.id"
AREA = f"{DIMENSION} JOIN indicators_area a ON a.dimension_id = d.id"
STANDARD = f"{AREA} JOIN indicators_standard s ON s.area_id = a.id WHERE s.id = NEW.standard_id"

# Where a changed row would come to stand.
STATUS_OF = {
    "indicators_dimension": f"{EDITION} WHERE e.id = NEW.edition_id",
    "indicators_area": f"{DIMENSION} WHERE d.id = NEW.dimension_id",
    "indicators_standard": f"{AREA} WHERE a.id = NEW.area_id",
    "indicators_indicator": f"{EDITION} WHERE e.id = NEW.edition_id",
}
MESSAGE = "a published edition never changes"


def _operations():
    for table, status in STATUS_OF.items():
        yield refuse(
            f"published_{table.removeprefix('indicators_')}_refuses_arrival",
            table=table,
            event="UPDATE",
            when=f"({status}) = 'published'",
            message=MESSAGE,
        )
    for event in ("INSERT", "UPDATE"):
        yield refuse(
            f"published_standard_refuses_indicator_{event.lower()}",
            table="indicators_indicator",
            event=event,
            when=f"({STANDARD}) = 'published'",
            message=MESSAGE,
        )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("indicators", "0002_published_editions_never_change")]

    operations: ClassVar = list(_operations())
