"""Queries whose SQL is put together once. For the few that every page of an assessment asks: Django takes longer to
write their SQL than the database takes to answer it. Only the text is kept; each use asks the database anew.
"""

import inspect
from collections.abc import Callable
from copy import copy
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

# Stand for the values while the SQL is written; they fit the smallest integer column, and no query has them as its own.
MARK = 31_000


M = TypeVar("M", bound=models.Model)


class Ready(Generic[M]):
    """`make` gives the queryset of model instances for some whole numbers: primary keys, years."""

    def __init__(self, make: Callable[..., models.QuerySet[M]]) -> None:
        self.make = make
        self.names = tuple(inspect.signature(make).parameters)

    def rows(self, **values: int) -> list[M]:
        """All rows, in the queryset's order."""
        if values.keys() != set(self.names) or any(type(value) is not int for value in values.values()):
            raise TypeError(f"whole numbers are needed for {', '.join(self.names)}")
        queryset, kept, sql, places = _written(self)
        params = tuple(own if name is None else values[name] for own, name in places)
        compiler = copy(kept)
        compiler.connection = connections[queryset.db]
        compiler.as_sql = partial(_as_written, sql, params)  # type: ignore[method-assign]
        asked = SimpleNamespace(
            db=queryset.db,
            model=queryset.model,
            query=SimpleNamespace(get_compiler=lambda using: compiler),
            _known_related_objects={},
        )
        return list(ModelIterable(asked))  # type: ignore[arg-type]

    def first(self, **values: int) -> M | None:
        return next(iter(self.rows(**values)), None)

    def get(self, **values: int) -> M:
        """The only row; raises the model's DoesNotExist."""
        found = self.first(**values)
        if found is None:
            raise _written(self)[0].model.DoesNotExist
        return found


def _as_written(sql: str, params: tuple[Any, ...], *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
    return sql, params


@lru_cache(maxsize=64)
def _written(ready: Ready[Any]) -> tuple[Any, SQLCompiler, str, tuple[tuple[Any, str | None], ...]]:
    """The queryset, its compiler, its SQL, and for each parameter its own value, or the name whose value it is."""
    marks = {MARK + place: name for place, name in enumerate(ready.names)}
    queryset = ready.make(*marks)
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    places = tuple((None, marks[param]) if param in marks else (param, None) for param in params)
    if {name for _own, name in places if name} != set(ready.names):
        raise ValueError("a value of the query does not stand in its SQL")
    return queryset, compiler, sql, places
