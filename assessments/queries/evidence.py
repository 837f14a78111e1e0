"""What the pages show of an office's evidence. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import may
from assessments.archives import max_packed
from assessments.files import Kind, kind_of, max_bytes
from assessments.forms.evidence import KeepForm, LinkForm, UploadForm
from assessments.models import Answer, Assessment, Evidence, EvidenceChange, EvidenceUse, User
from assessments.models.evidence import EvidenceQuerySet
from assessments.previews import Shown, preview_of
from assessments.workflow import Action
from indicators import editions
from indicators.editions import IndicatorNode
from indicators.matching import Before

Act = EvidenceChange.Act


@dataclass(frozen=True, slots=True)
class Item:
    """One file or link. `codes` are the indicators that it serves, in printed order; `before` tells where the office
    had the same file in an earlier year."""

    evidence: Evidence
    codes: tuple[str, ...] = ()
    before: Before | None = None

    @property
    def kind(self) -> Kind | None:
        """The kind of a file; None for a link."""
        return kind_of(self.evidence.content_type)

    @property
    def shows(self) -> str:
        """How it is shown in the page: "pdf", "image", "text" (Word, Excel); empty where it can only be downloaded."""
        if self.kind is None:
            return ""
        first = self.kind.extensions[0]
        if self.kind.inline:
            return "pdf" if first == "pdf" else "image"
        return "text" if first in ("docx", "xlsx") else ""

    @property
    def label(self) -> Any:
        """Its kind in words: "PDF document", "Link"."""
        return self.kind.label if self.kind else self.evidence.get_kind_display()

    @property
    def brought_by(self) -> str:
        """Who attached it; a query where it was not read with it (`EvidenceQuerySet.named`)."""
        named: str | None = getattr(self.evidence, "brought_by", None)
        return self.evidence.added_by.full_name if named is None else named


@dataclass(frozen=True, slots=True)
class Panel:
    """What an indicator's page shows of its evidence.

    `removed` are those taken off this indicator and not put back; `choices` the office's others, read only while the
    person picks (`picking`). `notices` and `refusal` tell what an act just did, or why it was not done.
    """

    assessment: Assessment
    node: IndicatorNode
    items: tuple[Item, ...]
    removed: tuple[Evidence, ...]
    has_others: bool
    picking: bool = False
    choices: tuple[Item, ...] = ()
    notices: tuple[str, ...] = ()
    refusal: str = ""
    upload_form: UploadForm = field(default_factory=UploadForm)
    link_form: LinkForm = field(default_factory=LinkForm)

    @property
    def max_mb(self) -> int:
        return max_bytes() // (1024 * 1024)

    @property
    def max_bytes(self) -> int:
        return max_bytes()


@dataclass(frozen=True, slots=True)
class Library:
    """All of an office's evidence of a round. `show` is all, unused or deleted; `undo` was deleted a moment ago."""

    assessment: Assessment
    editable: bool
    sees_deleted: bool
    show: str
    items: tuple[Item, ...]
    counts: dict[str, int]
    unused_files: int = 0
    undo: Evidence | None = None
    form: KeepForm = field(default_factory=KeepForm)

    @property
    def max_mb(self) -> int:
        return max_bytes() // (1024 * 1024)

    @property
    def max_bytes(self) -> int:
        return max_bytes()

    @property
    def max_zip_mb(self) -> int:
        return max_packed() // (1024 * 1024)

    @property
    def max_zip(self) -> int:
        return max_packed()


def place_of(assessment: Assessment, code: str) -> tuple[Answer, IndicatorNode]:
    """The answer and the indicator of a code; 404 where the edition has none."""
    node = editions.standard_of(assessment.round.edition).indicators.get(code)
    if node is None:
        raise Http404
    answer = get_object_or_404(Answer.objects.select_related("indicator"), assessment=assessment, indicator=node.pk)
    answer.assessment = assessment
    return answer, node


def found_in(assessment: Assessment, key: UUID) -> Evidence:
    """One of the assessment's own files and links; 404 for another's."""
    return get_object_or_404(Evidence, assessment=assessment, pk=key)


def exists_for(evidence: Evidence, user: User) -> bool:
    """Deleted evidence exists for its own office alone, which may still restore it."""
    return evidence.deleted_at is None or user.province_id == evidence.assessment.province_id


def items_of(answer: Answer) -> tuple[Item, ...]:
    """The files and links of one indicator in the order in which they were attached. One query."""
    found = Evidence.objects.kept().named().filter(uses__answer=answer)
    return tuple(map(Item, found.order_by("uses__added_at", "uses__pk")))


def panel_of(answer: Answer, node: IndicatorNode, *, picking: bool = False, **shown: Any) -> Panel:
    """The evidence of one indicator, and what else the office has. Three queries, five while picking; as many where
    something was taken off."""
    assessment = answer.assessment
    items = items_of(answer)
    kept = Evidence.objects.kept().filter(assessment=assessment)
    others = kept.named().exclude(pk__in=[item.evidence.pk for item in items])
    changes = EvidenceChange.objects.filter(assessment=assessment, indicator_code=node.code, act=Act.UNUSED)
    taken_off = set(changes.order_by().values_list("evidence_id", flat=True))
    removed = tuple(others.filter(pk__in=taken_off)) if taken_off else ()
    return Panel(
        assessment=assessment,
        node=node,
        items=items,
        removed=removed,
        has_others=bool(removed) or others.exists(),
        picking=picking,
        choices=_with_codes(assessment, others) if picking else (),
        **shown,
    )


def library_of(assessment: Assessment, user: User, *, show: str = "all", undo: str = "", **shown: Any) -> Library:
    """All evidence of an assessment as this person may see it. Three queries."""
    sees_deleted = user.province_id == assessment.province_id
    found = Evidence.objects.named().filter(assessment=assessment).select_related("deleted_by")
    items = with_earlier(assessment, _with_codes(assessment, found))
    kept = tuple(item for item in items if item.evidence.deleted_at is None)
    lists = {"all": kept, "unused": tuple(item for item in kept if not item.codes)}
    if sees_deleted:
        lists["deleted"] = tuple(item for item in items if item.evidence.deleted_at is not None)
    gone = [item.evidence for item in lists.get("deleted", ()) if str(item.evidence.pk) == undo]
    return Library(
        assessment=assessment,
        editable=bool(may(user, Action.EDIT, assessment)),
        sees_deleted=sees_deleted,
        show=show if show in lists else "all",
        items=lists.get(show, kept),
        counts={name: len(entries) for name, entries in lists.items()},
        unused_files=sum(item.kind is not None for item in lists["unused"]),
        undo=gone[0] if gone else None,
        **shown,
    )


def with_earlier(assessment: Assessment, items: Iterable[Item]) -> tuple[Item, ...]:
    """The items, each with where the same file was in the latest earlier year of the office. One query."""
    items = tuple(items)
    found = before_of(assessment, sha256__in={item.evidence.sha256 for item in items if item.evidence.sha256})
    return tuple(replace(item, before=found.get(item.evidence.sha256)) for item in items)


def before_of(assessment: Assessment, *, by: str = "sha256", **which: Any) -> dict[str, Before]:
    """What files of the office's earlier years served, by their hash or `name`; of several years the latest."""
    kept = Evidence.objects.kept().filter(assessment__province=assessment.province_id, **which)
    rows = kept.filter(assessment__round__year__lt=assessment.round.year).order_by("assessment__round__year")
    found: dict[str, Before] = {}
    for key, year, code in rows.values_list(by, "assessment__round__year", "uses__answer__indicator__code"):
        known = found.get(key)
        codes = {*(known.codes if known and known.year == year else ()), *([code] if code else [])}
        found[key] = Before(year, tuple(sorted(codes, key=_in_order)))
    return found


def _in_order(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


def served_by(evidence: Evidence) -> Item:
    """One file or link with its indicators and its earlier year. Two queries."""
    return with_earlier(evidence.assessment, _with_codes(evidence.assessment, [evidence]))[0]


def shown_of(item: Item) -> Shown | None:
    """The beginning of a Word or Excel file as text; None for other kinds. 404 where storage has lost the file."""
    if item.shows != "text" or item.kind is None:
        return None
    try:
        with item.evidence.file.open("rb") as content:
            return preview_of(content, item.kind.extensions[0])
    except FileNotFoundError:
        raise Http404 from None


def unused_of(assessment: Assessment) -> EvidenceQuerySet:
    """Files that no indicator uses, the oldest first."""
    kept = Evidence.objects.kept().filter(assessment=assessment, kind=Evidence.Kind.FILE)
    return kept.filter(uses__isnull=True)


def _with_codes(assessment: Assessment, found: Iterable[Evidence]) -> tuple[Item, ...]:
    nodes = editions.standard_of(assessment.round.edition).by_pk
    served: dict[UUID, list[int]] = {}
    uses = EvidenceUse.objects.filter(answer__assessment=assessment)
    for key, indicator in uses.values_list("evidence", "answer__indicator"):
        served.setdefault(key, []).append(indicator)
    order = {pk: place for place, pk in enumerate(nodes)}
    return tuple(
        Item(each, tuple(nodes[pk].code for pk in sorted(served.get(each.pk, ()), key=order.__getitem__)))
        for each in found
    )
