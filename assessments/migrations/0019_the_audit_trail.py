"""The audit trail, and what happened before it: every row of a history gets its place in the chains."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from assessments.models.trail import Act, Kind, act_of, append
from pmj_standards.triggers import Refuse, refuse

ROWS, HEADS = "assessments_trailrow", "assessments_trailhead"
HISTORIES = ("answerchange", "reviewchange", "statuschange", "evidencechange", "logentry")
LAST = f"(SELECT {{}} FROM {HEADS} WHERE stream = NEW.stream)"  # noqa: S608
FOLLOWS_NOT = (
    f"NEW.number <> COALESCE({LAST.format('number')}, 0) + 1 "
    f"OR NEW.previous <> COALESCE({LAST.format('hash')}, '{'0' * 64}')"
)
MOVE = (
    f"INSERT INTO {HEADS} (stream, number, hash) VALUES (NEW.stream, NEW.number, NEW.hash) "  # noqa: S608
    "ON CONFLICT (stream) DO UPDATE SET number = excluded.number, hash = excluded.hash"
)


class Chain(Refuse):
    """A row that does not follow the last of its stream is refused; one that does becomes the last."""

    def create(self, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().create(schema_editor)
            schema_editor.execute(f"CREATE TRIGGER {self.name}_after AFTER INSERT ON {ROWS} BEGIN {MOVE}; END")
            return
        # In one function: rows of one statement each see the head that the row before has moved.
        schema_editor.execute(
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
            f"IF {self.when} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; {MOVE}; RETURN NEW; END $body$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {self.name} BEFORE INSERT ON {ROWS} FOR EACH ROW EXECUTE FUNCTION {self.name}()"
        )

    def drop(self, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}_after")
        super().drop(schema_editor)


class TakeOver(Operation):
    """Histories of before the trail, oldest first. A new database has none, and builds no models for it."""

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Rows only."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            for history in HISTORIES:
                cursor.execute(f"SELECT 1 FROM assessments_{history} LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    break
            else:
                return
        _take_over(to_state.apps)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The tables go with their models."""

    def describe(self) -> str:
        return "Give every row of a history its place in the audit trail"


def _take_over(apps: Any) -> None:
    roles = dict(apps.get_model("assessments", "User").objects.values_list("pk", "role"))
    joined = {"answerchange": ("answer",), "reviewchange": ("review__answer",)}
    acts: list[Act] = []
    for history in HISTORIES:
        rows = apps.get_model("assessments", history)._base_manager.select_related(*joined.get(history, ()))
        if history not in joined:
            rows = rows.select_related(None)
        acts += [act_of(row, roles.get(row.by_id, "")) for row in rows.order_by("pk").iterator()]
    append(sorted(acts, key=lambda act: act.at))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0018_a_removed_visit_is_kept")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="TrailHead",
            fields=[
                ("stream", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="TrailRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.CharField(max_length=24)),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("role", models.CharField(blank=True, max_length=13)),
                ("kind", models.CharField(choices=Kind.choices, max_length=8)),
                ("act", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, max_length=60)),
                ("facts", models.JSONField()),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="assessments.assessment",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-at", "-id"], name="trail_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "number"), name="trail_number_once_in_its_stream")
                ],
            },
        ),
        Chain("trailrow_follows_the_last", ROWS, "INSERT", FOLLOWS_NOT, "a row of the trail follows the last"),
        TakeOver(),
        *(
            refuse(
                f"trailrow_refuses_{event.lower()}",
                table=ROWS,
                event=event,
                when="1 = 1",
                message="history is never changed",
            )
            for event in ("UPDATE", "DELETE")
        ),
        refuse(
            "trailhead_refuses_delete", table=HEADS, event="DELETE", when="1 = 1", message="history is never changed"
        ),
        refuse(
            "trailhead_moves_on",
            table=HEADS,
            event="UPDATE",
            when="NEW.number <= OLD.number OR NEW.stream <> OLD.stream",
            message="history is never changed",
        ),
    ]
