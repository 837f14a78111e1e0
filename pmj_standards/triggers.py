"""Database triggers as migration operations, for SQLite and PostgreSQL alike."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


def refuse(name: str, *, table: str, event: str, when: str, message: str) -> "Refuse":
    """A migration operation: `event` (INSERT, UPDATE or DELETE) on a row of `table` is refused while `when` holds.

    `when` is plain SQL over NEW and OLD that both databases understand.
    """
    return Refuse(name, table, event, when, message)


class Refuse(Operation):
    """One trigger. It needs no models: as a RunPython each would have Django build all of them anew."""

    reversible = True

    def __init__(self, name: str, table: str, event: str, when: str, message: str) -> None:
        self.name, self.table, self.event, self.when, self.message = name, table, event, when, message

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models know nothing of triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self.create(schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self.drop(schema_editor)

    def create(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        vendor = schema_editor.connection.vendor
        for statement in _statements(vendor, self.name, self.table, self.event, self.when, self.message):
            schema_editor.execute(statement)

    def drop(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {self.name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}")

    def describe(self) -> str:
        return f"Refuse {self.event} on {self.table} ({self.name})"


def _statements(vendor: str, name: str, table: str, event: str, when: str, message: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ]
    result = "OLD" if event == "DELETE" else "NEW"
    return [
        # The condition stands in the function, since a trigger's own WHEN may hold no sub-query.
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {result}; END $body$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
