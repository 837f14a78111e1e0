"""What every new database connection of ours is told."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from indicators.thai import sort_key


@receiver(connection_created)
def thai_order_on_sqlite(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """SQLite sorts by code points; `COLLATE thai` sorts as the dictionary does (PostgreSQL has th-x-icu)."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation("thai", _compare)


def _compare(left: str, right: str) -> int:
    first, second = sort_key(left), sort_key(right)
    return (first > second) - (first < second)
