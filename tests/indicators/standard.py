"""The standard's fixtures as plain data, for tests that need no database."""

from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings

from indicators.checks import Check
from indicators.editions import parse_rule
from indicators.rules import Rule
from indicators.scoring import Item

FIXTURES = sorted((settings.BASE_DIR / "fixtures").glob("edition_2563*.yaml"))


@lru_cache
def rows() -> tuple[tuple[str, dict[str, Any]], ...]:
    """(model, fields) of every object of the edition, in the order of the files."""
    return tuple(
        (entry["model"].removeprefix("indicators."), entry["fields"])
        for path in FIXTURES
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    )


@lru_cache
def indicators() -> dict[str, dict[str, Any]]:
    return {fields["code"]: fields for model, fields in rows() if model == "indicator"}


@lru_cache
def rule(code: str) -> Rule | Check:
    return parse_rule(indicators()[code]["rule"], scored=not code.startswith("1."))


@lru_cache
def items() -> tuple[Item, ...]:
    """The whole edition as the scoring service sees it."""
    areas = {
        (fields["area"][1], fields["number"]): fields["area"][2] for model, fields in rows() if model == "standard"
    }
    found = []
    for code, fields in indicators().items():
        _year, dimension, standard = fields["standard"]
        found.append(Item(code, dimension, areas[dimension, standard], rule(code)))
    return tuple(found)
