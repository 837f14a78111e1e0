"""`{% kept node=node %} … {% endkept %}`: a part of a page that follows from a few values alone is rendered once.

Why nothing in it can be stale or another person's: the part sees the values that it is given and nothing else (no
request, no person, no answer), and they, with the language, are the key. Given are plain values, frozen dataclasses
of such (a row that a query made), or nodes of an edition's tree: these are immutable, and an edition that is read anew
has nodes of its own. Values that are worth the same (8.5 and 8.50) are one key: such numbers are shown by a filter
that writes them alike.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django import template
from django.template import Context, Engine, Node, NodeList, Template
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.urls import get_script_prefix
from django.utils.translation import get_language

from indicators.editions import AreaNode, DimensionNode, EditionNode, IndicatorNode, StandardNode

register = template.Library()

# Some eight parts of 86 indicators in two languages, of two editions; and the rows of lists of 76 offices.
MOST = 8192
PLAIN = (str, int, bool, Decimal, date, UUID, type(None))
NODES = (AreaNode, DimensionNode, EditionNode, IndicatorNode, StandardNode)


_SAFE = (*PLAIN, *NODES)


def _never_changes(value: Any) -> bool:
    if isinstance(value, _SAFE):
        return True
    if type(value) is tuple:
        return all(map(_never_changes, value))
    take = _within(type(value))  # type: ignore[arg-type]
    return take is not None and all(map(_never_changes, take(value)))


@cache
def _within(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """What takes the values out of a frozen dataclass; None for every other kind."""
    if not is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return None
    names = [field.name for field in fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)


class Kept(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, given: dict[str, FilterExpression]) -> None:
        self.nodelist, self.given = nodelist, given
        self.names = tuple(given)
        self.part: Template | None = None

    def render(self, context: Context) -> str:
        values = [each.resolve(context) for each in self.given.values()]
        for name, value in zip(self.names, values, strict=True):
            if not _never_changes(value):
                raise TypeError(f"kept: {name} is a {type(value).__name__}, which may change")
        return _rendered(self, get_language(), get_script_prefix(), *values)

    def rendered(self, values: tuple[Any, ...]) -> str:
        if self.part is None:
            self.part = Template("", engine=Engine.get_default())
            self.part.nodelist = self.nodelist
        return self.part.render(Context(dict(zip(self.names, values, strict=True))))


@lru_cache(maxsize=MOST, typed=True)
def _rendered(node: Kept, _language: str | None, _prefix: str, *values: Any) -> str:
    return node.rendered(values)


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    bits = token.split_contents()[1:]
    given = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError("kept takes name=value only")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist, given)
