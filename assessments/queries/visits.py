"""Visits and findings to read: all that a person sees, one visit, the findings of an office and of an indicator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assessments.access import assessments_seen
from assessments.files import Kind, kind_of
from assessments.models import Answer, Assessment, Attachment, Finding, Round, User, Visit
from indicators import editions
from indicators.editions import IndicatorNode


@dataclass(frozen=True, slots=True)
class File:
    """A photo or file that goes with a finding."""

    attachment: Attachment

    @property
    def kind(self) -> Kind | None:
        return kind_of(self.attachment.content_type)

    @property
    def is_picture(self) -> bool:
        return self.attachment.content_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Found:
    """One finding at its indicator. `year` is the round's; `mine`: written by the person who reads."""

    finding: Finding
    node: IndicatorNode
    year: int
    files: Sequence[File]
    mine: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """One visit with what was found."""

    visit: Visit
    findings: Sequence[Found]

    @property
    def codes(self) -> list[str]:
        """The indicators that were looked at, in printed order."""
        return list(dict.fromkeys(found.node.code for found in self.findings))


# --- what a person sees --------------------------------------------------------------------------------


def rounds_of(user: User) -> list[Round]:
    """The rounds in which a person sees offices, the newest first. One query."""
    return list(Round.objects.filter(assessments__in=assessments_seen(user)).distinct().order_by("-year"))


def offices_of(user: User, year: int) -> list[Assessment]:
    """The offices of a round that a person sees, by name. One query."""
    return list(assessments_seen(user).filter(round__year=year).order_by("province__sort_key"))


def visits_of(user: User, year: int, office: int | None = None) -> list[Paid]:
    """The visits of a round that a person sees, the newest first. Two queries."""
    found = Visit.objects.filter(removed_at=None, assessment__in=assessments_seen(user), assessment__round__year=year)
    if office is not None:
        found = found.filter(assessment=office)
    return _paid(found, user)


def visit_of(visit: Visit, user: User) -> Paid:
    """One visit with its findings and their files. Three queries."""
    (paid,) = _paid(Visit.objects.filter(pk=visit.pk), user, files=True)
    return paid


def _paid(visits: QuerySet[Visit], user: User, *, files: bool = False) -> list[Paid]:
    findings = _standing().order_by("answer__indicator__number", "pk")
    if files:
        findings = findings.prefetch_related("attachments")
    rows = visits.select_related("by", "assessment__round__edition", "assessment__province").prefetch_related(
        Prefetch("findings", findings)
    )
    return [Paid(visit, _in_order(_told(each, user, files) for each in visit.findings.all())) for visit in rows]


def _standing() -> QuerySet[Finding]:
    found = Finding.objects.filter(removed_at__isnull=True)
    return found.select_related(
        "by", "visit", "follow_up_by", "answer__assessment__round__edition", "answer__assessment__province"
    )


def _told(finding: Finding, user: User | None, files: bool = True) -> Found:
    round_ = finding.answer.assessment.round
    node = editions.standard_of(round_.edition).by_pk[finding.answer.indicator_id]
    attached = [File(each) for each in finding.attachments.all()] if files else []
    return Found(finding, node, round_.year, attached, user is not None and finding.by_id == user.pk)


def _in_order(findings: Iterable[Found]) -> list[Found]:
    """In printed order."""
    return sorted(findings, key=lambda found: [int(part) for part in found.node.code.split(".")])


# --- one office, one indicator -------------------------------------------------------------------------


def visits_to(assessment: Assessment, user: User) -> list[Paid]:
    """The visits to an office in a round. Two queries, one without visits."""
    return _paid(Visit.objects.filter(assessment=assessment, removed_at=None), user)


def alone_at(assessment: Assessment, user: User) -> list[Found]:
    """The findings of a round at an office that were written without a visit. One query."""
    rows = _standing().filter(answer__assessment=assessment, visit__isnull=True)
    return _in_order(_told(each, user, files=False) for each in rows)


def findings_at(answer: Answer, node: IndicatorNode, user: User | None = None) -> list[Found]:
    """What was found at an indicator of this office in this round and the one before, the newest first. One query,
    three where there are some."""
    return findings_of_many(answer.assessment, [node], user).get(node.pk, [])


def findings_of_many(
    assessment: Assessment, nodes: Sequence[IndicatorNode], user: User | None = None
) -> dict[int, list[Found]]:
    """As `findings_at`, for several indicators, by their keys; one without findings is left out. One query, three where
    there are some: most indicators have none, and to ask for the keys alone costs little."""
    of = {node.previous: node.pk for node in nodes if node.previous} | {node.pk: node.pk for node in nodes}
    keys = Finding.objects.filter(
        removed_at__isnull=True,
        answer__assessment__province=assessment.province_id,
        answer__assessment__round__year__in=(assessment.round.year - 1, assessment.round.year),
        answer__indicator__in=of,
    ).order_by()
    there = list(keys.values_list("pk", flat=True))
    found: dict[int, list[Found]] = {}
    if not there:
        return found
    for each in _standing().filter(pk__in=there).prefetch_related("attachments"):
        found.setdefault(of[each.answer.indicator_id], []).append(_told(each, user))
    return found


def findings_where(which: Q, **of: Any) -> list[Found]:
    """Findings of any round in printed order, the newest round first. One query, two where there are some."""
    rows = [_told(each, None) for each in _standing().filter(which, **of).prefetch_related("attachments")]
    return sorted(_in_order(rows), key=lambda found: -found.year)


def answer_or_none(assessment: Assessment, code: str) -> tuple[Answer, IndicatorNode] | None:
    """The answer to an indicator; None where the edition has no such one. One query."""
    node = editions.standard_of(assessment.round.edition).indicators.get(code)
    if node is None:
        return None
    answer = Answer.objects.get(assessment=assessment, indicator=node.pk)
    answer.assessment = assessment
    return answer, node


def node_of(finding: Finding) -> IndicatorNode:
    """The indicator of a finding whose assessment was read with it. No query."""
    return editions.standard_of(finding.answer.assessment.round.edition).by_pk[finding.answer.indicator_id]


def files_of(finding: Finding) -> list[File]:
    """One query."""
    return [File(each) for each in finding.attachments.all()]


def file_or_404(finding: Finding, key: UUID) -> Attachment:
    return get_object_or_404(Attachment, finding=finding, pk=key)


def own_visits(assessment: Assessment, user: User) -> list[Visit]:
    """The person's own visits to an office in a round, the newest first. One query."""
    return list(Visit.objects.filter(assessment=assessment, by=user, removed_at=None))


def indicator_choices(assessment: Assessment) -> list[tuple[str, list[tuple[str, str]]]]:
    """The indicators by area, for a list to choose from. No query."""
    standard = editions.standard_of(assessment.round.edition)
    return [
        (
            f"{_('Area %(number)s') % {'number': area.number}} {area.name}",
            [(node.code, f"{node.code} {node.name}") for node in area.indicators],
        )
        for area in standard.areas.values()
    ]
