"""The audit trail: who did what and when, in chains that show every row that is changed, left out or put in later.

A row carries the hash of the row before it in its stream: one stream for each assessment, one for each person (what
they do beyond assessments). So people who work in different offices never wait for each other, and each chain grows
under the lock that its act holds anyway. The database refuses to change or delete a row, and to add one that does not
follow the last (`TrailHead`); `queries.trail` proves the chains.

Histories (answers, verdicts, moves, files, the log) are not copied: their managers (`HistoryQuerySet`) write a row of
the trail with a digest of each of theirs, in the same transaction.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIRST = "0" * 64
HEADS = "SELECT number, hash FROM assessments_trailhead WHERE stream = %s"

M = TypeVar("M", bound=models.Model)


class Kind(models.TextChoices):
    """What a row of the trail is about."""

    ANSWER = "answer", _("Answer")
    FILE = "file", _("Evidence file")
    VERDICT = "verdict", _("Verdict")
    MOVE = "move", _("Move of an assessment")
    SIGN_IN = "sign_in", _("Signing in and out")
    EXPORT = "export", _("Download")
    PEOPLE = "people", _("Accounts and permissions")
    OTHER = "other", _("Rounds, plans and the rest")


class TrailHead(models.Model):
    """The last row of a stream. A trigger moves it with every row that is added, and nothing moves it back."""

    stream = models.CharField(max_length=24, primary_key=True)
    number = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.stream} {self.number}"


class TrailRow(models.Model):
    """One act. `about` names its object (`answer:5`), `facts` says shortly what: never a secret, never what was typed.

    `facts["row"]` and `facts["digest"]` point to the row of a history. Person and assessment are kept as numbers that
    nothing removes: the trail outlives what it is about.
    """

    stream = models.CharField(max_length=24)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey("assessments.User", models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    role = models.CharField(max_length=13, blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=60, blank=True)
    assessment = models.ForeignKey(
        "assessments.Assessment", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    facts = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(name="trail_by_time", fields=["-at", "-id"])]
        constraints: ClassVar = [
            models.UniqueConstraint(name="trail_number_once_in_its_stream", fields=["stream", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.number}"

    def content(self) -> list[Any]:
        """What the hash is taken over, besides the hash before."""
        at = moment(self.at)
        who = [self.by_id, self.role, self.kind, self.act, self.about, self.assessment_id]
        return [self.stream, self.number, at, *who, self.facts]


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be written, before it has its place in a chain."""

    kind: Kind
    act: str
    at: datetime
    by: int | None
    role: str
    about: str = ""
    assessment: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stream(self) -> str:
        return f"a{self.assessment}" if self.assessment else f"p{self.by or 0}"


def moment(at: datetime) -> str:
    """A time as it is hashed: UTC with all its digits."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def sealed(content: Any, previous: str = "") -> str:
    """SHA-256 over canonical JSON."""
    text = json.dumps([previous, content], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def append(acts: Iterable[Act]) -> None:
    """Add acts to their chains: one narrow read for each stream, one insert for all."""
    streams: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        streams[act.stream].append(act)
    rows = []
    with transaction.atomic(savepoint=False):
        # Always in the same order, so that two transactions never wait for each other.
        for stream in sorted(streams):
            number, previous = _head(stream)
            for act in streams[stream]:
                number += 1
                row = TrailRow(
                    stream=stream,
                    number=number,
                    at=act.at,
                    by_id=act.by,
                    role=act.role,
                    kind=act.kind,
                    act=act.act,
                    about=act.about,
                    assessment_id=act.assessment,
                    facts=dict(act.facts),
                    previous=previous,
                )
                row.hash = previous = sealed(row.content(), previous)
                rows.append(row)
        if len(rows) == 1:
            rows[0].save(force_insert=True)
        elif rows:
            TrailRow.objects.bulk_create(rows, batch_size=2000)


def _head(stream: str) -> tuple[int, str]:
    """Number and hash of a stream's last row; on PostgreSQL nobody else adds to it until the transaction ends."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(HEADS + lock, [stream])
        return cursor.fetchone() or (0, FIRST)


# --- histories -------------------------------------------------------------------------------------

# What of each history the digest is taken over; a column that comes later is not added for the rows of before.
DIGESTED: dict[str, tuple[str, ...]] = {
    "answerchange": ("answer_id", "version", "changes", "by_id", "at"),
    "reviewchange": ("review_id", "version", "changes", "undone", "by_id", "at"),
    "statuschange": (
        *("assessment_id", "number", "action", "from_status", "to_status", "reason", "due_on", "by_id", "at"),
    ),
    "evidencechange": ("assessment_id", "evidence_id", "name", "act", "indicator_code", "by_id", "at"),
    "logentry": ("what", "about", "details", "by_id", "at"),
}
# Acts of the log on who gets in and who may do what.
PEOPLE_ACTS = frozenset(
    {
        *("invite", "invite_again", "revoke_invitation", "accept_invitation", "change_person", "deactivate"),
        *("reactivate", "remove_second_factor", "sign_out_everywhere", "support_office"),
    }
)


def digest_of(row: models.Model) -> str:
    """SHA-256 of a history's row. Its values as they come back from the database."""
    name = str(row._meta.model_name)
    values = [_plain(getattr(row, column)) for column in DIGESTED[name]]
    return sealed([name, row.pk, *values])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    return value if value is None or isinstance(value, (str, int, float, list, dict, tuple)) else str(value)


class HistoryQuerySet(models.QuerySet[M]):
    """Rows of a history: each one that is added is added to the audit trail too."""

    def create(self, **values: Any) -> M:
        with transaction.atomic(using=self.db, savepoint=False):
            row = super().create(**values)
            append(_acts([row]))
        return row

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        with transaction.atomic(using=self.db, savepoint=False):
            rows = super().bulk_create(objs, *args, **options)
            append(_acts(rows))
        return rows


def _acts(rows: Iterable[Any]) -> list[Act]:
    rows = list(rows)
    roles = _roles(rows)
    return [act_of(row, roles[row.by_id] if row.by_id else "") for row in rows]


def _roles(rows: list[Any]) -> dict[int, str]:
    """The role in which each person acted. No query where the people are at hand."""
    known = {row.by_id: row.by.role for row in rows if row.by_id and type(row).by.is_cached(row)}
    unknown = {row.by_id for row in rows if row.by_id} - known.keys()
    if unknown:
        people = rows[0]._meta.get_field("by").related_model
        known |= dict(people.objects.filter(pk__in=unknown).values_list("pk", "role"))
    return known


def act_of(row: Any, role: str) -> Act:
    """A row of a history as a row of the trail."""
    name = str(row._meta.model_name)
    facts: dict[str, Any] = {"row": row.pk, "digest": digest_of(row)}
    who: dict[str, Any] = {"at": row.at, "by": row.by_id, "role": role}
    match name:
        case "answerchange":
            facts |= {"version": row.version, "columns": sorted(row.changes)}
            place = {"about": f"answer:{row.answer_id}", "assessment": row.answer.assessment_id}
            return Act(Kind.ANSWER, "answer", facts=facts, **place, **who)
        case "reviewchange":
            facts |= {"version": row.version, "columns": sorted(row.changes), "undone": row.undone}
            place = {"about": f"answer:{row.review.answer_id}", "assessment": row.review.answer.assessment_id}
            return Act(Kind.VERDICT, "verdict", facts=facts, **place, **who)
        case "statuschange":
            facts |= {"number": row.number, "from": row.from_status, "to": row.to_status}
            place = {"about": f"assessment:{row.assessment_id}", "assessment": row.assessment_id}
            return Act(Kind.MOVE, str(row.action), facts=facts, **place, **who)
        case "evidencechange":
            facts |= {"code": row.indicator_code}
            place = {"about": f"evidence:{row.evidence_id}", "assessment": row.assessment_id}
            return Act(Kind.FILE, str(row.act), facts=facts, **place, **who)
    kind = Kind.PEOPLE if row.what in PEOPLE_ACTS else Kind.OTHER
    return Act(kind, row.what, about=f"log:{row.pk}", facts=facts, **who)


def record(
    kind: Kind, act: str, *, by: Any, about: str = "", assessment: int | None = None, facts: Mapping[str, Any]
) -> None:
    """Add an act that no history keeps: signing in and out, a download."""
    who = {"by": by.pk, "role": by.role} if by is not None else {"by": None, "role": ""}
    append([Act(kind, act, at=timezone.now(), about=about, assessment=assessment, facts=facts, **who)])
