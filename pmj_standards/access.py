"""Access rules that need no knowledge of offices, for both apps. `assessments.access` adds those that do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Rule:
    """The access rule that a view declares; a system check fails on a view without one.

    `action` and `right` are the table's (`assessments.workflow`), None where the rule needs neither.
    """

    who: str
    action: Any = None
    right: Any = None


def for_everyone(view: View) -> View:
    """The view is for every signed-in person."""
    view.access = Rule(who="every signed-in person")  # type: ignore[attr-defined]
    return view


def for_anyone(view: View) -> View:
    """The view needs no sign-in."""
    view.access = Rule(who="anyone")  # type: ignore[attr-defined]
    return login_not_required(view)
