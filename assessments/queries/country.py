"""A round as the country's pages read it: every office with the row of signs of one of its three values.

Two queries for a round and the year before it, whatever the number of rounds: what was kept when answers changed
(`Assessment.results`) is read, nothing is scored. The figures themselves are computed in `assessments.country`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.access import provinces_seen
from assessments.country import Pairing, Part, Stand
from assessments.models import Assessment, Round, User
from assessments.queries.values import CLAIMED, FINAL, SENT, VERIFIED
from assessments.workflow import CLOSED, Status
from indicators import editions
from indicators.editions import AreaNode, DimensionNode, EditionNode, IndicatorNode
from indicators.rules import Rule
from indicators.scoring import STEP

OVERALL = "overall"
KEPT = {CLAIMED: "results", VERIFIED: "verified_results", FINAL: "final_results"}
# What the three values are called on the country's pages.
VALUES: dict[str, str | Promise] = {
    CLAIMED: _("Scores that the offices claim"),
    VERIFIED: _("Verified scores"),
    FINAL: pgettext_lazy("scores", "Final scores"),
}
# The states in which an office has a value that is counted. What a draft would claim is not.
COUNTED = {
    CLAIMED: frozenset(Status) - {Status.DRAFT},
    VERIFIED: SENT,
    FINAL: CLOSED,
}
NEW = "new"


class Office(NamedTuple):
    """One office in a round. `status` is "new" for a draft that nobody has touched; `signs` are those of the chosen
    value (`assessments.country`), empty where the office has none that counts."""

    pk: int
    province: int
    iso: str
    name: str
    region: str
    status: str
    signs: str


@dataclass(frozen=True)
class Country:
    """The offices of a round that a person sees, in dictionary order, with one of the three values."""

    round: Round
    standard: EditionNode
    value: str
    offices: Sequence[Office]

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        return parts_of(self.standard)

    @cached_property
    def counted(self) -> list[Office]:
        """The offices that have the value."""
        return [office for office in self.offices if office.signs]

    @cached_property
    def rows(self) -> list[str]:
        return [office.signs for office in self.counted]

    @cached_property
    def list_address(self) -> str:
        """The list of the round's offices, whatever they have."""
        return f"{reverse('national_list')}?round={self.round.year}"

    def stands(self, key: str) -> list[Stand]:
        """Where each counted office stands in a part, in the order of `counted`."""
        return self.parts[key].stands(self.rows)


@lru_cache(maxsize=16)
def parts_of(standard: EditionNode) -> Mapping[str, Part]:
    """Every part of an edition that has a mean, by its key: the whole, dimensions, areas, indicators as printed."""
    scored = standard.scored
    lowest = [int(node.rule.lowest / STEP) if isinstance(node.rule, Rule) else 0 for node in scored]

    def part(key: str, nodes: Sequence[IndicatorNode]) -> Part:
        first = scored.index(nodes[0])
        end = first + len(nodes)
        assert scored[first:end] == tuple(nodes), key
        return Part(key, first, end, tuple(lowest[first:end]))

    found = {OVERALL: part(OVERALL, scored)}
    dimensions = [dimension for dimension in standard.dimensions if dimension.scored]
    areas = [area for dimension in dimensions for area in dimension.areas]
    found |= {str(each.number): part(str(each.number), each.indicators) for each in dimensions}
    found |= {each.code: part(each.code, each.indicators) for each in areas}
    found |= {each.code: part(each.code, [each]) for each in scored}
    return found


def node_of(standard: EditionNode, key: str) -> DimensionNode | AreaNode | IndicatorNode | None:
    """The dimension, area or indicator of a part's key; None for the whole."""
    if key in standard.indicators:
        return standard.indicators[key]
    if key in standard.areas:
        return standard.areas[key]
    return None if key == OVERALL else standard.dimension(int(key))


def default_value(round_: Round) -> str:
    """The final one where results of the round are published, else the claimed one. One query."""
    published = Assessment.objects.filter(round=round_, status=Status.PUBLISHED).exists()
    return FINAL if published else CLAIMED


def read(round_: Round, user: User, value: str) -> Country:
    """One query (a supporter's provinces: one more)."""
    return read_within(round_, provinces_seen(user), value)


def read_within(round_: Round, provinces: Sequence[int] | None, value: str) -> Country:
    """As `read`, for the provinces given; None means all of them."""
    english = get_language() == "en"
    name = "province__name_en" if english else "province__name_th"
    found = Assessment.objects.filter(round=round_)
    if provinces is not None:
        found = found.filter(province__in=provinces)
    rows = found.order_by("province__name_en" if english else "province__sort_key").values_list(
        *("pk", "province", "province__iso", name, "province__region__code", "status", "touched"),
        KT(f"{KEPT[value]}__scores"),
    )
    counted = COUNTED[value]
    offices = [
        Office(pk, province, iso, shown, region, status, (signs or "") if status in counted else "")
        if touched or status != Status.DRAFT
        else Office(pk, province, iso, shown, region, NEW, "")
        for pk, province, iso, shown, region, status, touched, signs in rows
    ]
    return Country(round_, editions.standard_of(round_.edition), value, offices)


# --- the year before ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Before:
    """The round before, with the same value, in this year's order of indicators; `pairing` says what is comparable."""

    year: int
    pairing: Pairing
    signs: Mapping[int, str]

    def stands(self, part: Part) -> dict[int, Stand]:
        """By the province's key; nothing where the part is not comparable."""
        if not self.pairing.compares(part):
            return {}
        provinces = list(self.signs)
        return dict(zip(provinces, part.stands(self.signs.values()), strict=True))


def before(country: Country, rounds: Sequence[Round]) -> Before | None:
    """The same value of the round before, whatever year that was; None for the first. One query."""
    earlier = [each for each in rounds if each.year < country.round.year]
    if not earlier:
        return None
    last = max(earlier, key=lambda each: each.year)
    standard = editions.standard_of(last.edition)
    pairing = pairing_of(country.standard, standard)
    found = Assessment.objects.filter(round=last, status__in=COUNTED[country.value])
    rows = found.order_by().values_list("province", KT(f"{KEPT[country.value]}__scores"))
    return Before(last.year, pairing, {province: pairing.paired(signs) for province, signs in rows if signs})


@lru_cache(maxsize=16)
def pairing_of(standard: EditionNode, earlier: EditionNode) -> Pairing:
    """The same edition compares with itself; of another one, the indicators that say that they are comparable."""
    places = {node.pk: place for place, node in enumerate(earlier.scored)}
    if standard is earlier or standard.pk == earlier.pk:
        return Pairing(range(len(places)))
    return Pairing([places.get(node.previous or 0) if node.comparable else None for node in standard.scored])
