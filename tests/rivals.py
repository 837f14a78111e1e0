"""Somebody else who is faster: an act between two statements of a service, the same on every run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def rival(act: Callable[[], Any], *, after: str) -> Iterator[None]:
    """Do `act` once, right after the first SELECT that reads the table `after`."""
    done = False

    def between(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        nonlocal done
        result = execute(sql, params, many, context)
        if not done and sql.startswith("SELECT") and f'FROM "{after}"' in sql:
            done = True
            # The act has a cursor of its own; the rows of this one are not read yet.
            act()
        return result

    with connection.execute_wrapper(between):
        yield
    assert done, f"nothing was read from {after}"


@contextmanager
def first(act: Callable[[], Any]) -> Iterator[None]:
    """Do `act` once, while the next service waits for its lock on an assessment: before SQLite's transaction begins,
    and on PostgreSQL right after the query that locks the row."""
    if connection.features.has_select_for_update:
        with rival(act, after="assessments_assessment"):
            yield
        return
    done = False

    def before(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        nonlocal done
        if not done:
            done = True
            assert sql.startswith(("BEGIN", "SAVEPOINT")), sql
            act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(before):
        yield
    assert done
