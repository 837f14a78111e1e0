"""Which texts of the standard the product was ever released with (`fixtures/edition_hashes.csv`, only added to)."""

import csv
from collections import defaultdict
from functools import cache

from django.conf import settings


@cache
def released() -> dict[int, frozenset[str]]:
    """The content hashes of each year's edition, as `editions.publish` takes them."""
    found: dict[int, set[str]] = defaultdict(set)
    with (settings.BASE_DIR / "fixtures" / "edition_hashes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[int(row["year"])].add(row["content_hash"])
    return {year: frozenset(hashes) for year, hashes in found.items()}


def is_released(year: int, content_hash: str) -> bool:
    """Whether an edition is one that this version knows. An edition of a year that the product never brought along was
    made in the product itself: nothing here says what it has to be."""
    known = released().get(year)
    return known is None or content_hash in known
