"""Filters of the country's pages."""

from django import template

from assessments.country import OPEN, SCORE_OF_SIGN

register = template.Library()

_SHOWN = {OPEN: "–", **{sign: f"{score.normalize():f}" for sign, score in SCORE_OF_SIGN.items()}}


@register.filter
def scored(codes: tuple[str, ...], signs: str) -> list[tuple[str, str, str]]:
    """Of each indicator its code, its sign and its score: 7.5, or a dash while it is open."""
    return [(code, sign, _SHOWN[sign]) for code, sign in zip(codes, signs, strict=True)]
