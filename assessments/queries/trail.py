"""The audit trail: reading it page by page, and proving it."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import F, QuerySet

from assessments.calendar import end_of, start_of
from assessments.models import LogEntry, Province, TrailHead, TrailRow, User
from assessments.models.trail import DIGESTED, FIRST, digest_of, sealed

# The histories whose rows each have one row of the trail, by what the trail's `about` begins with.
_HISTORY_OF = {"answer": "answerchange", "verdict": "reviewchange", "move": "statuschange", "file": "evidencechange"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page is to show; empty shows everything. Days are inclusive."""

    search: str = ""
    province: Province | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None


def rows(wanted: Wanted) -> QuerySet[TrailRow]:
    """The newest first, each with the names of person and office (one query)."""
    found = TrailRow.objects.annotate(
        person=F("by__full_name"),
        email=F("by__email"),
        office=F("assessment__province__name_th"),
        office_en=F("assessment__province__name_en"),
        year=F("assessment__round__year"),
    ).order_by("-at", "-pk")
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.since:
        found = found.filter(at__gte=start_of(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=end_of(wanted.until))
    if wanted.search:
        people = User.objects.filter(full_name__icontains=wanted.search) | User.objects.filter(
            email__icontains=wanted.search
        )
        found = found.filter(by__in=people.values("pk"))
    if wanted.province:
        of_office = TrailRow.objects.filter(assessment__province=wanted.province).values("pk")
        by_people = TrailRow.objects.filter(by__province=wanted.province).values("pk")
        found = found.filter(pk__in=of_office.union(by_people))
    return found


def subjects(page: Iterable[TrailRow]) -> dict[str, LogEntry]:
    """The rows of the log that rows of the trail point to, by the trail's `about`. One query."""
    keys = [row.facts["row"] for row in page if row.about.startswith("log:")]
    return {f"log:{entry.pk}": entry for entry in LogEntry.objects.filter(pk__in=keys)}


# --- proving ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Proof:
    """What was read, what is wrong with it, and the last row of each stream."""

    rows: int = 0
    faults: list[str] = field(default_factory=list)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)


def proof(kept: Mapping[str, tuple[int, str]] | None = None) -> Proof:
    """Walk all chains, then compare them with the heads, with every row of the histories, and with the heads that were
    kept elsewhere earlier (stream -> number, hash)."""
    found = Proof()
    digests: dict[str, dict[int, str]] = {name: {} for name in DIGESTED}
    for stream, chain in itertools.groupby(
        TrailRow.objects.order_by("stream", "number").iterator(chunk_size=5000), key=lambda row: row.stream
    ):
        _walk(stream, chain, found, digests, (kept or {}).get(stream))
    _heads(found)
    for stream, (number, _hash) in (kept or {}).items():
        if found.heads.get(stream, (0, FIRST))[0] < number:
            found.faults.append(f"{stream}: rows after {found.heads.get(stream, (0, FIRST))[0]} are gone")
    for name, seen in digests.items():
        found.faults += _history(name, seen)
    return found


def _walk(
    stream: str,
    chain: Iterator[TrailRow],
    found: Proof,
    digests: dict[str, dict[int, str]],
    kept: tuple[int, str] | None,
) -> None:
    number, last = 0, FIRST
    for row in chain:
        found.rows += 1
        number += 1
        if row.number != number:
            found.faults.append(f"{stream}: rows {number} to {row.number - 1} are missing")
            number = row.number
        elif row.previous != last:
            found.faults.append(f"{stream} {number}: does not follow the row before it")
        if row.hash != sealed(row.content(), row.previous):
            found.faults.append(f"{stream} {number}: changed")
        if kept and kept[0] == number and kept[1] != row.hash:
            found.faults.append(f"{stream} {number}: not the row that was kept")
        last = row.hash
        if "digest" in row.facts:
            _point(row, found, digests)
    found.heads[stream] = (number, last)


def _point(row: TrailRow, found: Proof, digests: dict[str, dict[int, str]]) -> None:
    seen = digests[_HISTORY_OF.get(row.kind, "logentry")]
    key = row.facts["row"]
    if key in seen:
        found.faults.append(f"{row.stream} {row.number}: {row.about} is in the trail twice")
    seen[key] = row.facts["digest"]


def _heads(found: Proof) -> None:
    heads = {head.stream: (head.number, head.hash) for head in TrailHead.objects.all()}
    for stream in sorted(heads.keys() | found.heads.keys()):
        if heads.get(stream) != found.heads.get(stream):
            there, here = heads.get(stream, (0, ""))[0], found.heads.get(stream, (0, ""))[0]
            found.faults.append(f"{stream}: ends with row {here}, and was to end with row {there}")


def _history(name: str, seen: dict[int, str]) -> Iterator[str]:
    """A history and the trail say the same: each row is in both, and still has the digest it had."""
    rows: Any = apps.get_model("assessments", name)._base_manager.order_by("pk")
    for row in rows.iterator(chunk_size=5000):
        digest = seen.pop(row.pk, None)
        if digest is None:
            yield f"{name} {row.pk}: not in the trail"
        elif digest != digest_of(row):
            yield f"{name} {row.pk}: changed"
    for key in seen:
        yield f"{name} {key}: gone"
