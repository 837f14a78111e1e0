"""The numbers that an office states once for the year, and where they may be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.models import Answer, Assessment, Fact
from indicators import editions, facts
from indicators.editions import IndicatorNode


@dataclass(frozen=True, slots=True)
class Offer:
    """A stated fact beside the box that it may fill; `value` is None while the office has not stated it."""

    fact: facts.Fact
    exact: bool
    value: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """An indicator that asks for a fact, and what was answered there."""

    code: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact on the page of facts. `last` is last year's: as stated then, else as it was answered."""

    fact: facts.Fact
    row: Fact | None
    last: int | None
    places: tuple[Place, ...]


def stated_of(assessment: Assessment) -> dict[str, int]:
    """The facts of an assessment by name. One query."""
    return dict(Fact.objects.filter(assessment=assessment).values_list("name", "value"))


def offers_of(assessment: Assessment, node: IndicatorNode, stated: Mapping[str, int]) -> dict[str, Offer]:
    """What may fill an indicator's boxes, by box."""
    found = facts.facts_at(assessment.round.edition.year, node.code)
    return {use.field: Offer(fact, use.exact, stated.get(fact.name)) for fact, use in found}


def facts_of(assessment: Assessment) -> list[facts.Fact]:
    return list(facts.facts_of(assessment.round.edition.year))


def all_stated(assessment: Assessment) -> list[Stated]:
    """Every fact that the standard knows, with this year's and last year's. Three queries."""
    known = facts_of(assessment)
    year = assessment.round.year
    rows = Fact.objects.filter(
        assessment__province=assessment.province_id, assessment__round__year__in=(year, year - 1)
    )
    now: dict[str, Fact] = {}
    last: dict[str, int] = {}
    for row in rows.select_related("by"):
        if row.assessment_id == assessment.pk:
            now[row.name] = row
        else:
            last[row.name] = row.value
    answered, before = _answered(assessment, known, year), _answered(assessment, known, year - 1)
    return [
        Stated(
            fact,
            now.get(fact.name),
            last.get(fact.name, _first(fact, before)),
            tuple(Place(use.code, facts.given(answered.get(use.code), use.field)) for use in fact.uses),
        )
        for fact in known
    ]


def _answered(assessment: Assessment, known: list[facts.Fact], year: int) -> dict[str, Mapping[str, Any]]:
    """The inputs of a year of the same office under the same edition, by code. One query."""
    standard = editions.standard_of(assessment.round.edition)
    keys = [standard.indicators[code].pk for fact in known for code in fact.codes if code in standard.indicators]
    rows = Answer.objects.filter(
        assessment__province=assessment.province_id,
        assessment__round__year=year,
        indicator__in=keys,
        inputs__isnull=False,
    )
    found = rows.values_list("indicator", "inputs")
    return {standard.by_pk[pk].code: inputs for pk, inputs in found if inputs is not None}


def _first(fact: facts.Fact, answered: Mapping[str, Mapping[str, Any]]) -> int | None:
    """What the first indicator that means this very number was answered."""
    values = (facts.given(answered.get(use.code), use.field) for use in fact.exact)
    return next((value for value in values if value is not None), None)
