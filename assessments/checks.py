"""System checks: a view of ours without an access rule does not start."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

OURS = ("assessments.", "indicators.", "pmj_standards.")


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern of the project with its whole route."""
    resolver = resolver or get_resolver()
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


@register()
def every_view_declares_its_access(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for route, pattern in patterns():
        view = pattern.callback
        if not view.__module__.startswith(OURS):
            continue
        if not hasattr(view, "access"):
            errors.append(Error(f"{view.__module__}.{view.__name__} ({route}) has no access rule", id="pmj.E001"))
        if not pattern.name:
            errors.append(Error(f"{route} has no name", id="pmj.E002"))
    return errors
