"""`{% kept node=node %} … {% endkept %}`: a part of a page that follows from the standard alone is rendered once.

Why nothing in it can be stale or another person's: the part sees the values that it is given and nothing else (no
request, no person, no answer), and they, with the language, are the key. Given are plain values, or nodes of an
edition's tree: these are immutable, and an edition that is read anew has nodes of its own.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context, Engine, Node, NodeList, Template
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.urls import get_script_prefix
from django.utils.translation import get_language

from indicators.editions import AreaNode, DimensionNode, EditionNode, IndicatorNode, StandardNode

register = template.Library()

# Some eight parts of 86 indicators in two languages, of two editions.
MOST = 4096
PLAIN = (str, int, bool, Decimal, type(None))
NODES = (AreaNode, DimensionNode, EditionNode, IndicatorNode, StandardNode)


def _never_changes(value: Any) -> bool:
    return isinstance(value, (*PLAIN, *NODES)) or (type(value) is tuple and all(map(_never_changes, value)))


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
