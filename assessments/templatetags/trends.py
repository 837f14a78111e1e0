"""Filters of the pages over the years."""

from collections.abc import Sequence
from typing import Any

from django import template

from assessments.queries.country import node_of
from assessments.queries.trends import History
from assessments.queries.trends import node_at as indicator_at
from indicators.editions import EditionNode, IndicatorNode

register = template.Library()


@register.filter
def at(items: Sequence[Any], place: int) -> Any:
    return items[place]


@register.filter
def part_node(standard: EditionNode, key: str) -> Any:
    """The dimension, area or indicator of a part's key; None for the whole."""
    return node_of(standard, key)


@register.filter
def node_at(history: History, place: int) -> IndicatorNode:
    return indicator_at(history, place)
