"""What was accepted is final, under its new name also in the history; the history of reviews is append-only too."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from pmj_standards.triggers import refuse

_HISTORY = refuse(
    "statuschange_refuses_update",
    table="assessments_statuschange",
    event="UPDATE",
    when="1 = 1",
    message="history is never changed",
)
_NAMES = (("accepted", "final"),), (("accept", "finalise"),)


def rename(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The words of the state change, not what happened: the one time that the trigger stands aside."""
    _rename(apps, schema_editor, *_NAMES)


def rename_back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    statuses, actions = (tuple((new, old) for old, new in names) for names in _NAMES)
    _rename(apps, schema_editor, statuses, actions)


def _rename(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor, statuses: object, actions: object) -> None:
    changes = apps.get_model("assessments", "StatusChange").objects
    assessments = apps.get_model("assessments", "Assessment").objects
    _HISTORY.drop(schema_editor)
    for old, new in statuses:  # type: ignore[attr-defined]
        assessments.filter(status=old).update(status=new)
        changes.filter(from_status=old).update(from_status=new)
        changes.filter(to_status=old).update(to_status=new)
    for old, new in actions:  # type: ignore[attr-defined]
        changes.filter(action=old).update(action=new)
    _HISTORY.create(schema_editor)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0012_the_review")]

    operations: ClassVar = [
        migrations.RunPython(rename, rename_back),
        *(
            refuse(
                f"reviewchange_refuses_{event.lower()}",
                table="assessments_reviewchange",
                event=event,
                when="1 = 1",
                message="history is never changed",
            )
            for event in ("UPDATE", "DELETE")
        ),
    ]
