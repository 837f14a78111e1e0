"""The office's evidence as a whole: what each file seems meant for, what the handbook expects, what goes into the ZIP.
Read only."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404

from assessments.access import may
from assessments.forms.evidence import AttachForm
from assessments.models import Answer, Assessment, Evidence, Upload, User
from assessments.queries.evidence import Item, before_of, library_of, unused_of, with_earlier
from assessments.workflow import Action
from indicators import editions, matching
from indicators.editions import AreaNode, EditionNode, IndicatorNode
from indicators.matching import Proposal

PER_PAGE = 50


def upload_of(assessment: Assessment, key: UUID, by: User) -> Upload:
    """A person's own unfinished upload; 404 for another's."""
    found = Upload.objects.select_related("indicator").filter(assessment=assessment, by=by)
    upload = get_object_or_404(found, pk=key)
    upload.assessment = assessment
    return upload


# --- proposals --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A file that no indicator uses, what is proposed for it, and what is chosen (`node`). `also` are the indicators of
    other places where the same content lay, each with whether it is ticked."""

    item: Item
    proposal: Proposal | None
    node: IndicatorNode | None
    ticked: bool
    also: tuple[tuple[IndicatorNode, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposals:
    """One page of the table to be confirmed."""

    assessment: Assessment
    areas: tuple[AreaNode, ...]
    rows: tuple[Row, ...]
    page: Page
    form: AttachForm | None = None
    undo: Collection[tuple[UUID, str]] = ()

    @property
    def attached(self) -> int:
        """How many files `undo` would take off again."""
        return len({key for key, _code in self.undo})


def proposals_of(
    assessment: Assessment, page: str = "1", *, form: AttachForm | None = None, undo: Collection[tuple[UUID, str]] = ()
) -> Proposals:
    """All unused files, fifty a page, each with its proposal. Four queries."""
    standard = editions.standard_of(assessment.round.edition)
    shown = Paginator(unused_of(assessment).select_related("added_by"), PER_PAGE).get_page(page)
    items = with_earlier(assessment, (Item(each) for each in shown))
    named = _names_before(assessment)
    index = matching.index_of(standard)
    rows = tuple(_if_asked(assessment, _row(item, named, index, standard, form)) for item in items)
    return Proposals(assessment, tuple(standard.areas.values()), rows, shown, form, undo)


def _names_before(assessment: Assessment) -> dict[str, matching.Before]:
    """Files of earlier years by their names without the numbers: the latest year counts."""
    found: dict[str, matching.Before] = {}
    named = before_of(assessment, by="name", kind=Evidence.Kind.FILE)
    for name, before in sorted(named.items(), key=lambda entry: entry[1].year):
        found[matching.name_key(name)] = before
    return found


def _row(
    item: Item,
    named: Mapping[str, matching.Before],
    index: matching.Index,
    standard: EditionNode,
    form: AttachForm | None,
) -> Row:
    evidence = item.evidence
    key = matching.name_key(evidence.name)
    proposal = matching.propose(
        evidence.name,
        evidence.folder.partition("\n")[0],
        index,
        same_content=item.before,
        same_name=named.get(key) if key else None,
    )
    more = [standard.indicators[code] for code in _elsewhere(evidence, index) if not proposal or code != proposal.code]
    if form is not None:
        code = form.chosen().get(str(evidence.pk), "")
        also = tuple((node, node.code in form.also(evidence.pk)) for node in more)
        return Row(item, proposal, standard.indicators.get(code), str(evidence.pk) in form.ticked(), also)
    code = proposal.code if proposal else ""
    also = tuple((node, True) for node in more)
    return Row(item, proposal, standard.indicators.get(code), bool(proposal and proposal.sure), also)


def _elsewhere(evidence: Evidence, index: matching.Index) -> list[str]:
    """The indicators that numbers in the further places of a file name beyond doubt."""
    found = []
    for place in evidence.folder.split("\n")[1:]:
        folder, _slash, name = place.rpartition("/")
        proposal = matching.numbered(name, folder, index)
        if proposal and proposal.sure:
            found.append(proposal.code)
    return list(dict.fromkeys(found))


def _if_asked(assessment: Assessment, row: Row) -> Row:
    """Nothing is chosen where the indicator is not open after a return with questions."""
    if row.node is None or assessment.is_asked(row.node.code):
        return row
    return replace(row, node=None, ticked=False)


# --- what the handbook expects -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expected:
    """One indicator: the kinds of evidence that the handbook names, each with whether the office ticked it, and how
    many files and links serve it."""

    node: IndicatorNode
    kinds: tuple[tuple[str, bool], ...]
    number: int

    @property
    def is_bare(self) -> bool:
        return not self.number

    @property
    def lacks(self) -> bool:
        return self.is_bare or not all(held for _text, held in self.kinds)


@dataclass(frozen=True, slots=True)
class Expectation:
    """All indicators, or those of a filter: "lacking" something, "bare" of any file."""

    assessment: Assessment
    show: str
    areas: tuple[tuple[AreaNode, tuple[Expected, ...]], ...]
    editable: bool
    counts: dict[str, int] = field(default_factory=dict)


def expected_of(assessment: Assessment, user: User, show: str = "all") -> Expectation:
    """What the handbook names for each indicator, and what of it is there. One query."""
    standard = editions.standard_of(assessment.round.edition)
    kept = Count("evidence_uses", filter=Q(evidence_uses__evidence__deleted_at__isnull=True))
    rows = Answer.objects.filter(assessment=assessment).annotate(kept=kept)
    answers = {pk: (held, number) for pk, held, number in rows.values_list("indicator", "evidence_held", "kept")}
    all_rows = [_expected(node, *answers.get(node.pk, ([], 0))) for node in standard.indicators.values()]
    lists = {
        "all": all_rows,
        "lacking": [row for row in all_rows if row.lacks],
        "bare": [row for row in all_rows if row.is_bare],
    }
    show = show if show in lists else "all"
    counts = {name: len(rows) for name, rows in lists.items()}
    editable = bool(may(user, Action.EDIT, assessment))
    return Expectation(assessment, show, tuple(_by_area(standard, lists[show])), editable, counts)


def _expected(node: IndicatorNode, held: list[int], number: int) -> Expected:
    return Expected(node, tuple((text, place in held) for place, text in enumerate(node.evidence)), number)


def _by_area(standard: EditionNode, rows: list[Expected]) -> Iterator[tuple[AreaNode, tuple[Expected, ...]]]:
    for area in standard.areas.values():
        found = tuple(row for row in rows if row.node.area_code == area.code)
        if found:
            yield area, found


# --- the whole as a ZIP -----------------------------------------------------------------------------


def packed_of(assessment: Assessment, user: User) -> tuple[tuple[Item, ...], dict[str, str]]:
    """All kept evidence with its indicators, and the indicators' names by code."""
    standard = editions.standard_of(assessment.round.edition)
    names = {code: node.name for code, node in standard.indicators.items()}
    return library_of(assessment, user).items, names
