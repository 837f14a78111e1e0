"""The soft warnings of an assessment, and which of them the office has confirmed. They ask; nothing is refused."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from assessments.calendar import fiscal_year, fiscal_year_span, thai_long_date
from assessments.models import Answer, Assessment, Confirmation, Evidence, EvidenceUse
from assessments.queries.facts import stated_of
from indicators import editions
from indicators.coherence import Caution, Reply, coherence, related
from indicators.editions import EditionNode, IndicatorNode
from indicators.jumps import jump


@dataclass(frozen=True, slots=True)
class Raised:
    """A warning as it stands: `node` is the indicator that it is confirmed at, `confirmation` holds only while the
    figures are those that were confirmed. `fallen` is a confirmation of other figures."""

    caution: Caution
    node: IndicatorNode
    confirmation: Confirmation | None = None
    fallen: Confirmation | None = None

    @property
    def slug(self) -> str:
        """Its place on a page: a selector takes no dots."""
        return self.caution.code.replace(".", "-")

    @property
    def mark(self) -> str:
        """Names the figures: who confirms sends back the mark of those that they saw."""
        about = json.dumps(self.caution.about, sort_keys=True)
        return hashlib.sha256(about.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Cautions:
    raised: tuple[Raised, ...]

    @property
    def open(self) -> tuple[Raised, ...]:
        return tuple(each for each in self.raised if each.confirmation is None)

    @property
    def confirmed(self) -> tuple[Raised, ...]:
        return tuple(each for each in self.raised if each.confirmation is not None)


def cautions_at(
    assessment: Assessment,
    node: IndicatorNode,
    stated: Mapping[str, int] | None = None,
    known: tuple[Answer, Answer | None] | None = None,
) -> Cautions:
    """The warnings that concern one indicator. Two queries, three when there is one; one less with the stated facts,
    and with the indicator's own answers of this and the last year where no other answer counts."""
    standard = editions.standard_of(assessment.round.edition)
    codes = related(standard.year, node.code) & standard.indicators.keys()
    if known and not codes:
        now, last = _replies(known[:1]), _replies(known[1:])
    else:
        keys = {standard.indicators[code].pk for code in codes} | {node.pk, node.previous or node.pk}
        now, last = _both_years(assessment, keys)
    if codes and stated is None:
        stated = stated_of(assessment)
    replies = {standard.by_pk[pk].code: reply for pk, reply in now.items() if pk in standard.by_pk}
    found = [
        *_jumps([node], now, last),
        *(each for each in coherence(standard.year, replies, stated or {}) if node.code in each.indicators),
    ]
    return _with_confirmations(assessment, standard, found)


def cautions_of(assessment: Assessment, answers: Iterable[Answer]) -> Cautions:
    """All warnings of an assessment whose answers are at hand, in printed order. Four queries."""
    standard = editions.standard_of(assessment.round.edition)
    now = {answer.indicator_id: Reply(answer.inputs, answer.no_case) for answer in answers}
    last = _last_year(assessment)
    replies = {standard.by_pk[pk].code: reply for pk, reply in now.items()}
    found = [
        *_jumps(standard.indicators.values(), now, last),
        *coherence(standard.year, replies, stated_of(assessment)),
        *dated_outside(assessment),
    ]
    place = {code: number for number, code in enumerate(standard.indicators)}
    ordered = sorted(found, key=lambda each: place[each.indicators[0]])
    return _with_confirmations(assessment, standard, ordered, always=True)


def found_at(assessment: Assessment, node: IndicatorNode, code: str) -> Raised | None:
    """One warning that is confirmed at an indicator; None where there is none now."""
    if code.startswith(_DATE):
        standard = editions.standard_of(assessment.round.edition)
        raised = _with_confirmations(assessment, standard, list(dated_outside(assessment))).raised
    else:
        raised = cautions_at(assessment, node).raised
    return next((each for each in raised if each.caution.code == code and each.node.pk == node.pk), None)


def _replies(answers: Iterable[Answer | None]) -> dict[int, Reply]:
    return {each.indicator_id: Reply(each.inputs, each.no_case) for each in answers if each}


def _both_years(assessment: Assessment, keys: Iterable[int]) -> tuple[dict[int, Reply], dict[int, Reply]]:
    """This year's and last year's replies of the office to some indicators. One query."""
    year = assessment.round.year
    rows = Answer.objects.filter(
        assessment__province=assessment.province_id, assessment__round__year__in=(year, year - 1), indicator__in=keys
    )
    now: dict[int, Reply] = {}
    last: dict[int, Reply] = {}
    for of, pk, inputs, no_case in rows.values_list("assessment__round__year", "indicator", "inputs", "no_case"):
        (now if of == year else last)[pk] = Reply(inputs, no_case)
    return now, last


def _last_year(assessment: Assessment) -> dict[int, Reply]:
    rows = Answer.objects.filter(
        assessment__province=assessment.province_id,
        assessment__round__year=assessment.round.year - 1,
        inputs__isnull=False,
    )
    return {pk: Reply(inputs) for pk, inputs in rows.values_list("indicator", "inputs")}


def _jumps(nodes: Iterable[IndicatorNode], now: Mapping[int, Reply], last: Mapping[int, Reply]) -> Iterable[Caution]:
    """Against last year's answer to the same indicator, or to its predecessor where both may be compared."""
    for node in nodes:
        before = last.get(node.pk)
        if before is None and node.comparable and node.previous:
            before = last.get(node.previous)
        if node.pk in now and before is not None:
            found = jump(node.code, node.rule, last=before.inputs, now=now[node.pk].inputs)
            if found is not None:
                yield found


_DATE = "date-"


def dated_outside(assessment: Assessment) -> Iterable[Caution]:
    """Evidence in use whose document is of another fiscal year. One query."""
    standard = editions.standard_of(assessment.round.edition)
    year = assessment.round.year
    first, last = fiscal_year_span(year)
    uses = EvidenceUse.objects.filter(
        answer__assessment=assessment, evidence__deleted_at__isnull=True, evidence__document_date__isnull=False
    ).exclude(evidence__document_date__range=(first, last))
    served: dict[UUID, tuple[Evidence, set[int]]] = {}
    for use in uses.select_related("evidence", "answer"):
        served.setdefault(use.evidence_id, (use.evidence, set()))[1].add(use.answer.indicator_id)
    for evidence, pks in served.values():
        day = cast("date", evidence.document_date)
        yield Caution(
            f"{_DATE}{evidence.pk}",
            tuple(node.code for pk, node in standard.by_pk.items() if pk in pks),
            {"document_date": day.isoformat()},
            f"หลักฐาน “{evidence.name}” ลงวันที่ {thai_long_date(day)} (ปีงบประมาณ {fiscal_year(day)})"
            f" อยู่นอกปีงบประมาณ {year} ใช้เป็นหลักฐานของปีนี้ได้หรือไม่",
        )


def _with_confirmations(
    assessment: Assessment, standard: EditionNode, found: list[Caution], *, always: bool = False
) -> Cautions:
    """The warnings with what the office said of them. One query; none where nothing is asked, unless `always`."""
    rows: dict[str, Confirmation] = {}
    if found or always:
        given = Confirmation.objects.filter(assessment=assessment).select_related("by").order_by("at")
        rows = {row.warning: row for row in given}
    raised = []
    for each in found:
        row = rows.get(each.code)
        holds = row is not None and row.about == each.about
        node = standard.indicators[each.indicators[0]]
        raised.append(Raised(each, node, confirmation=row if holds else None, fallen=None if holds else row))
    return Cautions(tuple(raised))
