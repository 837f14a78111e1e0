"""Editions of the standard: the only bridge from rows to the pure modules.

`standard_of` gives the whole edition as an immutable tree with parsed rules; `publish` checks it and closes it.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from indicators import checks, rules
from indicators.inputs import Field
from indicators.models import Area, Dimension, Edition, Indicator, Standard
from indicators.scoring import Item

# What an edition of this standard is made of (handbook chapter 3): areas, standards, indicators of each dimension.
SHAPE_2563 = {1: (4, 5, 31), 2: (4, 8, 12), 3: (2, 8, 9), 4: (10, 27, 34)}


class EditionFaults(ValueError):
    """An edition that cannot be published. `faults` lists everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorNode:
    """One indicator with its rule ready to use."""

    pk: int
    code: str
    number: int
    dimension: int
    area: int
    standard: int
    standard_name: str
    scored: bool
    name: str
    criterion: str
    criterion_detail: str
    table_heading: str
    rule: rules.Rule | checks.Check
    formula: dict[str, str] | None
    remarks: tuple[str, ...]
    evidence: tuple[str, ...]
    guidance: tuple[str, ...]
    counts: tuple[str, ...]
    ruling: str
    source: dict[str, str]
    # Its predecessor in the edition before, by primary key, and whether the figures of both may be compared.
    previous: int | None
    comparable: bool

    def reads_as(self, other: "IndicatorNode") -> bool:
        """Whether both ask the same by the same rule, in the same words."""
        asked = ("name", "criterion", "criterion_detail", "rule", "formula", "counts", "evidence")
        return all(getattr(self, each) == getattr(other, each) for each in asked)

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.rule.fields

    @property
    def area_code(self) -> str:
        return f"{self.dimension}-{self.area}"

    @property
    def item(self) -> Item:
        return Item(self.code, self.dimension, self.area, self.rule)


@dataclass(frozen=True, slots=True, eq=False)
class StandardNode:
    number: int
    name: str
    indicators: tuple[IndicatorNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AreaNode:
    """`code` is dimension-area ("4-10"), as in addresses."""

    number: int
    code: str
    dimension: int
    name: str
    form_name: str
    rationale: tuple[str, ...]
    definitions: tuple[dict[str, str], ...]
    objectives: tuple[str, ...]
    goals: tuple[str, ...]
    source: dict[str, str]
    standards: tuple[StandardNode, ...]

    @property
    def indicators(self) -> tuple[IndicatorNode, ...]:
        return tuple(indicator for standard in self.standards for indicator in standard.indicators)


@dataclass(frozen=True, slots=True, eq=False)
class DimensionNode:
    number: int
    name: str
    short_name: str
    scored: bool
    intro: tuple[str, ...]
    source: dict[str, str]
    areas: tuple[AreaNode, ...]

    @property
    def indicators(self) -> tuple[IndicatorNode, ...]:
        return tuple(indicator for area in self.areas for indicator in area.indicators)

    @property
    def standards(self) -> tuple[StandardNode, ...]:
        return tuple(standard for area in self.areas for standard in area.standards)


@dataclass(frozen=True, eq=False)
class EditionNode:
    """A whole edition, immutable. `indicators` maps code to indicator in printed order."""

    pk: int
    year: int
    title: str
    title_en: str
    source: str
    scoring: tuple[dict[str, str], ...]
    content_hash: str
    dimensions: tuple[DimensionNode, ...]
    areas: dict[str, AreaNode]
    indicators: dict[str, IndicatorNode]
    by_pk: dict[int, IndicatorNode]

    @property
    def scored(self) -> tuple[IndicatorNode, ...]:
        return tuple(indicator for indicator in self.indicators.values() if indicator.scored)

    @property
    def standards_number(self) -> int:
        return sum(len(dimension.standards) for dimension in self.dimensions)

    def dimension(self, number: int) -> DimensionNode:
        return next(dimension for dimension in self.dimensions if dimension.number == number)

    def neighbours(self, code: str) -> tuple[IndicatorNode | None, IndicatorNode | None]:
        """The indicators before and after one, in printed order."""
        before, after = _beside(list(self.indicators), code)
        return self.indicators.get(before), self.indicators.get(after)

    def areas_beside(self, code: str) -> tuple[AreaNode | None, AreaNode | None]:
        """The areas before and after one, in printed order."""
        before, after = _beside(list(self.areas), code)
        return self.areas.get(before), self.areas.get(after)


def _beside(codes: list[str], code: str) -> tuple[str, str]:
    """The codes before and after one; empty at either end."""
    place = codes.index(code)
    return (codes[place - 1] if place else "", codes[place + 1] if place + 1 < len(codes) else "")


def published_years() -> list[int]:
    """The Buddhist years of the editions that anybody may read, newest first."""
    return list(Edition.objects.published().values_list("year", flat=True))


def published(year: int) -> Edition:
    """The published edition of a Buddhist year; raises Edition.DoesNotExist."""
    return Edition.objects.published().get(year=year)


def current() -> Edition:
    """The edition in force: the newest published one; raises Edition.DoesNotExist."""
    return Edition.objects.published().latest("year")


def current_or_draft() -> Edition:
    """For work on the standard itself: the edition in force, else the newest draft; raises Edition.DoesNotExist."""
    return Edition.objects.published().order_by("-year").first() or Edition.objects.latest("year")


def standard_of(edition: Edition) -> EditionNode:
    """The edition as a tree. A published one is read once for each process, since it never changes."""
    if edition.status == Edition.Status.PUBLISHED:
        return _published(edition.pk, edition.content_hash)
    return _read(edition)


@lru_cache(maxsize=8)
def _published(pk: int, content_hash: str) -> EditionNode:
    return _read(Edition.objects.get(pk=pk))


_REPEAT_SIGN = re.compile(r" ๆ")


def _bound(value: Any) -> Any:
    """The same texts with the repeat sign ๆ bound to its word, so that no line starts with it."""
    match value:
        case str():
            return _REPEAT_SIGN.sub("\u00a0ๆ", value)
        case list():
            return tuple(_bound(entry) for entry in value)
        case dict():
            return {key: _bound(entry) for key, entry in value.items()}
    return value


def _read(edition: Edition) -> EditionNode:
    """Four queries, whatever the size of the edition."""
    indicators: dict[int, list[IndicatorNode]] = {}
    found = Indicator.objects.filter(edition=edition).select_related("standard__area__dimension").order_by("number")
    for row in found:
        indicators.setdefault(row.standard_id, []).append(_indicator_node(row))
    standards: dict[int, list[StandardNode]] = {}
    for standard in Standard.objects.filter(area__dimension__edition=edition).order_by("number"):
        node = StandardNode(standard.number, standard.name, tuple(indicators.get(standard.pk, ())))
        standards.setdefault(standard.area_id, []).append(node)
    areas: dict[int, list[AreaNode]] = {}
    for area in Area.objects.filter(dimension__edition=edition).select_related("dimension").order_by("number"):
        areas.setdefault(area.dimension_id, []).append(_area_node(area, tuple(standards.get(area.pk, ()))))
    dimensions = tuple(
        DimensionNode(
            number=row.number,
            name=row.name,
            short_name=row.short_name,
            scored=row.scored,
            intro=_bound(row.intro),
            source=row.source,
            areas=tuple(areas.get(row.pk, ())),
        )
        for row in Dimension.objects.filter(edition=edition).order_by("number")
    )
    nodes = [indicator for dimension in dimensions for indicator in dimension.indicators]
    return EditionNode(
        pk=edition.pk,
        year=edition.year,
        title=edition.title,
        title_en=edition.title_en,
        source=edition.source,
        scoring=tuple(edition.scoring),
        content_hash=edition.content_hash,
        dimensions=dimensions,
        areas={area.code: area for dimension in dimensions for area in dimension.areas},
        indicators={node.code: node for node in nodes},
        by_pk={node.pk: node for node in nodes},
    )


def _area_node(area: Area, standards: tuple[StandardNode, ...]) -> AreaNode:
    return AreaNode(
        number=area.number,
        code=area.code,
        dimension=area.dimension.number,
        name=area.name,
        form_name=area.form_name or area.name,
        rationale=_bound(area.rationale),
        definitions=_bound(area.definitions),
        objectives=_bound(area.objectives),
        goals=_bound(area.goals),
        source=area.source,
        standards=standards,
    )


def _indicator_node(row: Indicator) -> IndicatorNode:
    area = row.standard.area
    return IndicatorNode(
        pk=row.pk,
        code=row.code,
        number=row.number,
        dimension=area.dimension.number,
        area=area.number,
        standard=row.standard.number,
        standard_name=row.standard.name,
        scored=area.dimension.scored,
        name=row.name,
        criterion=row.criterion,
        criterion_detail=row.criterion_detail,
        table_heading=row.table_heading,
        rule=parse_rule(row.rule, scored=area.dimension.scored),
        formula=row.formula,
        remarks=_bound(row.remarks),
        evidence=_bound(row.evidence),
        guidance=_bound(row.guidance),
        counts=_bound(row.counts),
        ruling=_bound(row.ruling),
        source=row.source,
        previous=row.previous_id,
        comparable=row.comparable,
    )


def parse_rule(data: Any, *, scored: bool) -> rules.Rule | checks.Check:
    """A scored indicator's rule or a dimension 1 check; raises RuleFaults."""
    return rules.parse(data) if scored else checks.parse_check(data)


def faults_of(edition: Edition) -> list[str]:
    """Everything that keeps an edition from being published, all at once; empty when it is whole."""
    faults = []
    rows = list(Indicator.objects.filter(edition=edition).select_related("standard__area__dimension"))
    for row in rows:
        dimension = row.standard.area.dimension
        try:
            parse_rule(row.rule, scored=dimension.scored)
        except rules.RuleFaults as found:
            faults += [f"{row.code}: {fault}" for fault in found.faults]
        if row.code != f"{dimension.number}.{row.number}" or dimension.edition_id != edition.pk:
            faults.append(f"{row.code}: stands at {dimension.number}.{row.number} of another place")
        faults += [f"{row.code}: {key} is empty" for key in ("evidence", "guidance") if not getattr(row, key)]
        if row.previous and row.previous.edition.year >= edition.year:
            faults.append(f"{row.code}: its predecessor is not of an earlier edition")
    shape = {
        dimension.number: (
            dimension.areas.count(),
            Standard.objects.filter(area__dimension=dimension).count(),
            sum(row.standard.area.dimension_id == dimension.pk for row in rows),
        )
        for dimension in edition.dimensions.all()
    }
    if edition.year == 2563 and shape != SHAPE_2563:
        faults.append(f"areas, standards and indicators are {shape}, not {SHAPE_2563}")
    if not rows:
        faults.append("the edition has no indicator")
    return faults


def content_of(edition: Edition) -> Iterator[Any]:
    """Every word and figure of an edition in printed order, as plain data: what the content hash is taken over."""
    yield _plain(edition, ("year", "title", "title_en", "printed_year", "source", "scoring"))
    for dimension in edition.dimensions.order_by("number"):
        yield _plain(dimension, ("number", "name", "short_name", "scored", "intro", "source"))
        for area in dimension.areas.order_by("number"):
            keys = ("number", "name", "form_name", "rationale", "definitions", "objectives", "goals", "source")
            yield _plain(area, keys)
            for standard in area.standards.order_by("number"):
                yield _plain(standard, ("number", "name"))
                for row in standard.indicators.select_related("previous__edition").order_by("number"):
                    columns = (
                        *("code", "number", "name", "criterion", "criterion_detail", "table_heading", "rule"),
                        *("formula", "remarks", "evidence", "guidance", "counts", "ruling", "source", "comparable"),
                    )
                    previous = list(row.previous.natural_key()) if row.previous else None
                    yield {**_plain(row, columns), "previous": previous}


def _plain(row: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: getattr(row, key) for key in keys}


def hash_of(edition: Edition) -> str:
    """SHA-256 over the edition's content."""
    content = json.dumps(list(content_of(edition)), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


@transaction.atomic
def publish(edition: Edition) -> Edition:
    """Close an edition for good; raises EditionFaults. A published edition is returned as it is."""
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if edition.status == Edition.Status.PUBLISHED:
        return edition
    faults = faults_of(edition)
    if faults:
        raise EditionFaults(faults)
    edition.content_hash = hash_of(edition)
    edition.published_at = timezone.now()
    edition.status = Edition.Status.PUBLISHED
    edition.save(update_fields=["content_hash", "published_at", "status"])
    return edition
