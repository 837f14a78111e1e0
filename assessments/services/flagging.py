"""Computing the flags of a round: what its offices claimed is read at once, flagged without a query, and kept.

All of a round is computed together, because an office's flags depend on the others: the spread of its region, the
files that it shares. After a submission the worker does it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from assessments import flags
from assessments.calendar import fiscal_year_span
from assessments.flags import Change, Claim, Holder, Office, Piece, Said
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Confirmation,
    Evidence,
    EvidenceUse,
    Fact,
    Flag,
    Round,
    StatusChange,
)
from assessments.workflow import Action, Status
from indicators import editions
from indicators.editions import EditionNode

# Rows written in one statement.
BATCH = 2000


def flag_round(round_: Round) -> int:
    """Compute and keep the flags of every answer that was submitted in a round; how many there are. Eleven queries
    for reading; nothing is locked until they are written."""
    began = timezone.now()
    standard = editions.standard_of(round_.edition)
    first, last = fiscal_year_span(round_.year)
    offices, answers = _offices(round_, standard)
    year = flags.Year(round_.year, first, last, standard.year)
    known = flags.spreads(offices)
    rows = [
        Flag(answer_id=answers[office.key, code], code=flag.code, weight=flag.weight, about=dict(flag.about))
        for office in offices
        for code, found in flags.flags_of(office, year, known).items()
        for flag in found
    ]
    with transaction.atomic():
        # Whoever computes the same round at this moment waits here.
        Round.objects.select_for_update().get(pk=round_.pk)
        Flag.objects.filter(answer__assessment__round=round_).delete()
        Flag.objects.bulk_create(rows, batch_size=BATCH)
        Round.objects.filter(pk=round_.pk).update(flagged_at=began)
    return len(rows)


def flag_soon(round_: Round) -> None:
    """Have the worker compute a round's flags once what happens now is committed."""
    # The moment is that of the commit: a computing that began before it has not seen what was committed.
    transaction.on_commit(lambda: flag_later.enqueue(round_.pk, timezone.now().isoformat()), robust=True)


@task()
def flag_later(pk: int, asked_at: str) -> None:
    """What was asked for before the last computing began is in it already: a rush of submissions computes once."""
    round_ = Round.objects.select_related("edition").get(pk=pk)
    if round_.flagged_at is None or round_.flagged_at < datetime.fromisoformat(asked_at):
        flag_round(round_)


# --- reading ---------------------------------------------------------------------------------------

Grouped = dict[Any, list[Any]]


def _offices(round_: Round, standard: EditionNode) -> tuple[list[Office], dict[tuple[str, str], int]]:
    """What the offices claimed, and the answers' keys by office and code."""
    submitted = Assessment.objects.filter(round=round_).exclude(status=Status.DRAFT)
    assessments = list(submitted.select_related("province__region"))
    pks = [each.pk for each in assessments]
    last = _last_year(round_, standard)
    facts = _grouped(Fact.objects.filter(assessment__in=pks).values_list("assessment", "name", "value"))
    said = _grouped(
        Confirmation.objects.filter(assessment__in=pks).values_list("assessment", "warning", "about", "reason", "at")
    )
    returns = StatusChange.objects.filter(assessment__in=pks, action=Action.RETURN).order_by("number")
    returned = dict(returns.values_list("assessment", "at"))
    claims = _claims(pks, standard, _pieces(round_, pks), _changes(pks), last)
    offices, keys = [], {}
    for each in assessments:
        region = each.province.region
        mine = claims.get(each.pk, [])
        keys.update({(each.province.iso, claim.code): pk for pk, claim in mine})
        offices.append(
            Office(
                each.province.iso,
                region.code if region else "",
                {claim.code: claim for _, claim in mine},
                dict(facts.get(each.pk, ())),
                {warning: Said(about, reason, at) for warning, about, reason, at in said.get(each.pk, ())},
                returned.get(each.pk),
            )
        )
    return offices, keys


def _grouped(rows: Iterable[tuple[Any, ...]]) -> Grouped:
    """Rows by their first column, without it."""
    found: Grouped = {}
    for key, *rest in rows:
        found.setdefault(key, []).append(tuple(rest))
    return found


def _claims(
    pks: list[int],
    standard: EditionNode,
    pieces: Callable[[int], list[Piece]],
    changes: Grouped,
    last: dict[tuple[int, int], Any],
) -> dict[int, list[tuple[int, Claim]]]:
    found: dict[int, list[tuple[int, Claim]]] = {}
    rows = Answer.objects.filter(assessment__in=pks).order_by("assessment", "indicator")
    columns = ("pk", "assessment", "assessment__province", "indicator", "inputs", "no_case", "score", "evidence_held")
    for pk, of, province, indicator, inputs, no_case, score, held in rows.values_list(*columns):
        node = standard.by_pk[indicator]
        before = last.get((province, indicator))
        if before is None and node.previous and node.comparable:
            before = last.get((province, node.previous))
        claim = Claim(
            node.code,
            node.rule,
            inputs,
            no_case,
            "" if score is None else f"{score.normalize():f}",
            len(node.evidence),
            len(held),
            pieces(pk),
            before,
            [Change(old, new, at) for old, new, at in changes.get(pk, ())],
        )
        found.setdefault(of, []).append((pk, claim))
    return found


def _last_year(round_: Round, standard: EditionNode) -> dict[tuple[int, int], Any]:
    """Last year's inputs by province and indicator."""
    keys = {*standard.by_pk, *(node.previous for node in standard.by_pk.values() if node.previous)}
    rows = Answer.objects.filter(assessment__round__year=round_.year - 1, indicator__in=keys, inputs__isnull=False)
    found = rows.values_list("assessment__province", "indicator", "inputs")
    return {(province, indicator): inputs for province, indicator, inputs in found}


def _changes(pks: list[int]) -> Grouped:
    """The changes that put other figures in the place of some, by answer, the oldest first."""
    rows = AnswerChange.objects.filter(
        answer__assessment__in=pks, version__gt=1, changes__has_key="inputs", changes__inputs__0__isnull=False
    )
    found: Grouped = {}
    for answer, changes, at in rows.order_by("version").values_list("answer", "changes", "at"):
        old, new = changes["inputs"]
        if old is not None:
            found.setdefault(answer, []).append((old, new, at))
    return found


def _pieces(round_: Round, pks: list[int]) -> Callable[[int], list[Piece]]:
    """What serves each answer, by the answer's key. Two queries."""
    holders: dict[str, list[Holder]] = {}
    mine = Evidence.objects.kept().filter(assessment__in=pks).exclude(sha256="").values("sha256")
    used = Evidence.objects.kept().filter(sha256__in=mine, assessment__round__year__lte=round_.year, uses__isnull=False)
    used = used.exclude(assessment__round=round_, assessment__status=Status.DRAFT).distinct()
    of = ("assessment__province__iso", "assessment__province__name_th", "assessment__province__name_en")
    for sha256, iso, name_th, name_en, year in used.values_list("sha256", *of, "assessment__round__year"):
        holders.setdefault(sha256, []).append(Holder(iso, (name_th, name_en), year))
    uses = EvidenceUse.objects.filter(answer__assessment__in=pks, evidence__deleted_at__isnull=True)
    about = ("evidence__name", "evidence__document_date", "evidence__carried_from", "evidence__sha256")
    found: dict[int, list[Piece]] = {}
    for answer, name, dated, carried, sha256 in uses.order_by("pk").values_list("answer", *about):
        piece = Piece(name, dated, carried is not None, holders.get(sha256, ()) if sha256 else ())
        found.setdefault(answer, []).append(piece)
    return lambda answer: found.get(answer, [])
