"""Who reads which part of a round: the rows of one table, and how much each reviewer has. Read only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from assessments.models import Province, ReviewAssignment, Round, User
from assessments.services.sharing import PARTS, active_reviewers
from indicators import editions
from indicators.models import Area


@dataclass(frozen=True, slots=True)
class Row:
    """One office, area or indicator, and who reads it; `gone`: that person reviews no more."""

    pk: int
    code: str
    name: str
    group: str
    reviewer: User | None
    gone: bool


@dataclass(frozen=True, slots=True)
class Load:
    """How many offices, areas and indicators a reviewer has."""

    person: User
    offices: int
    areas: int
    indicators: int


@dataclass(frozen=True, slots=True)
class Shares:
    part: str
    rows: Sequence[Row]
    loads: Sequence[Load]

    @property
    def reviewers(self) -> list[User]:
        return [load.person for load in self.loads]

    @property
    def free(self) -> int:
        """What nobody reads."""
        return sum(row.reviewer is None or row.gone for row in self.rows)


def shares_of(round_: Round, part: str) -> Shares:
    """The table of one kind of part. Three queries; for indicators two."""
    assigned = list(ReviewAssignment.objects.filter(round=round_).select_related("reviewer"))
    reviewers = list(active_reviewers().order_by("full_name", "pk"))
    active = {person.pk for person in reviewers}
    by = {getattr(each, PARTS[part]): each.reviewer for each in assigned}
    rows = [
        Row(pk, code, name, group, by.get(pk), pk in by and by[pk].pk not in active)
        for pk, code, name, group in _parts(round_, part)
    ]
    counts = {
        name: Counter(each.reviewer_id for each in assigned if getattr(each, column) is not None)
        for name, column in PARTS.items()
    }
    loads = [
        Load(each, counts["office"][each.pk], counts["area"][each.pk], counts["indicator"][each.pk])
        for each in reviewers
    ]
    return Shares(part, rows, loads)


def _parts(round_: Round, part: str) -> list[tuple[int, str, str, str]]:
    """Key, code, name and heading of every part, in the order of the lists."""
    if part == "office":
        found = Province.objects.filter(assessments__round=round_).select_related("region")
        offices = sorted(found, key=lambda each: each.name_en.casefold() if get_language() == "en" else each.sort_key)
        return [(each.pk, "", each.name, each.region.name if each.region else "") for each in offices]
    standard = editions.standard_of(round_.edition)
    if part == "indicator":
        areas = standard.areas
        return [
            (node.pk, node.code, node.name, f"{areas[node.area_code].code} {areas[node.area_code].name}")
            for node in standard.indicators.values()
        ]
    rows = Area.objects.filter(dimension__edition=round_.edition).select_related("dimension")
    keys = {f"{each.dimension.number}-{each.number}": each.pk for each in rows}
    return [(keys[code], code, area.name, "") for code, area in standard.areas.items()]
