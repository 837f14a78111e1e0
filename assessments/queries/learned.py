"""What a round of review teaches: read in a fixed number of queries, computed by `assessments.learned`.

Only what stands is counted: a verdict on the answer as it is now. A verdict that waits for its second reading is
counted for nobody yet, because this page shows the lists behind its numbers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.calendar import day_of, short_date, start_of, today
from assessments.learned import (
    MANY,
    PATIENCE,
    SOME,
    SOON,
    Cell,
    Claimer,
    Criterion,
    Move,
    Overdue,
    Stand,
    Stay,
    Step,
    Verdict,
    claimers,
    criteria,
    days,
    mean_of,
    overdue,
    steps,
)
from assessments.models import (
    Assessment,
    Outcome,
    Question,
    Response,
    Review,
    ReviewChange,
    Round,
    SecondReading,
    StatusChange,
)
from assessments.queries.national import Head
from assessments.workflow import TOLD, UNDER_REVIEW, Action, Status
from indicators import editions
from indicators.editions import EditionNode, IndicatorNode
from indicators.thai import number

# The states whose lengths are told, in the order in which an office goes through them.
STATES = (
    *(Status.DRAFT, Status.SUBMITTED, Status.IN_REVIEW, Status.RETURNED),
    *(Status.VERIFIED, Status.REPLIED, Status.FINAL),
)
STEPS: dict[str, str | Promise] = {
    Status.DRAFT: _("The office answers, from the opening of the round to its first submission"),
    Status.SUBMITTED: _("Submitted, waits for its first verdict"),
    Status.IN_REVIEW: _("The centre judges"),
    Status.RETURNED: _("The office corrects after a return"),
    Status.VERIFIED: _("The office may reply"),
    Status.REPLIED: _("The centre settles what is disputed"),
    Status.FINAL: _("Final, waits to be published"),
}
COLUMNS: dict[str, str | Promise] = {
    "code": _("Indicator"),
    "judged": _("Judged"),
    "questions": _("Questions"),
    "up": _("Row above the claim"),
    "down": _("Row below the claim"),
    "given": _("Row where there was no case"),
    "evidence": _("Evidence asked for"),
    "disputes": _("Disputes"),
    "won": _("Disputes won by the office"),
    "all": _("All together"),
}
# The kinds of the heat map: the columns that are coloured.
HEAT = ("questions", "up", "down", "given", "evidence", "disputes", "won", "all")
OFFICE_COLUMNS: dict[str, str | Promise] = {
    "office": _("Office"),
    "judged": _("Answers compared"),
    "down": _("Claimed too high"),
    "up": _("Claimed too low"),
    "mean": _("Verified minus claimed, on average"),
}
OVERDUE: dict[str, str | Promise] = {
    "not_submitted": _("Not submitted after the closing day"),
    "not_corrected": _("Returned, not submitted by the day set"),
    "reply_ending": _("The days to reply end soon"),
    "reply_over": _("The days to reply are over: make the result final"),
    "untouched": _("Submitted, nobody began to judge"),
    "in_review": _("In review for long"),
    "unsettled": _("Replied, not final yet"),
}
STANDS = Q(judged_version=F("answer__version")) & ~Q(outcome__in=["", Outcome.EVIDENCE])


@dataclass(frozen=True, slots=True)
class Office:
    """An office of the round, by its assessment's key."""

    pk: int
    name: str
    sort_key: str
    stand: Stand


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One indicator, or all of them where `node` is None."""

    node: IndicatorNode | None
    found: Criterion

    @property
    def query(self) -> str:
        """The end of the addresses of its lists."""
        return f"?code={self.node.code}" if self.node else ""

    @property
    def cells(self) -> list[tuple[str, Cell, str]]:
        """The kind of each coloured cell, its number, and by how many points on average."""
        sizes = {"up": signed(self.found.rise), "down": signed(self.found.fall)}
        return [(kind, getattr(self.found, kind), sizes.get(kind, "")) for kind in HEAT]


@dataclass(frozen=True, slots=True)
class ClaimerRow:
    """`most` are the codes of its greatest differences, each with its change."""

    office: Office
    found: Claimer
    mean: str
    most: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StepRow:
    """`median`, `longest` and `longest_now` are days in text; the offices are those of the longest stays."""

    state: Status
    words: str | Promise
    found: Step
    median: str
    longest: str
    longest_of: Office | None
    longest_now: str
    longest_now_of: Office | None


@dataclass(frozen=True, slots=True)
class OverdueRow:
    office: Office
    words: str | Promise
    found: Overdue

    @property
    def day(self) -> str:
        return short_date(self.found.day)

    @property
    def status(self) -> str | Promise:
        return Status(self.office.stand.state).label

    @property
    def ends(self) -> bool:
        """Whether its days are left and not over."""
        return self.found.kind == "reply_ending"


@dataclass(frozen=True, slots=True)
class Learned:
    """A round's lessons. `judged` counts the offices with at least one standing verdict, `sent` those that submitted,
    `told` those that know their verdicts, `waiting` the verdicts left out until they are read a second time."""

    round: Round
    years: Sequence[int]
    offices: int
    sent: int
    judged: int
    told: int
    waiting: int
    criteria: Sequence[CriterionRow]
    total: CriterionRow
    claimers: Sequence[ClaimerRow]
    mean: str
    compared: int
    steps: Sequence[StepRow]
    overdue: Sequence[OverdueRow]
    some: int = int(SOME * 100)
    many: int = int(MANY * 100)
    patience: int = PATIENCE
    soon: int = SOON


def signed(value: Fraction | None) -> str:
    """+1.25, −0.83 or 0: half up to two decimals, away from zero; empty for None."""
    if value is None:
        return ""
    text = number(abs(value))
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"


def day_count(stay: Stay | None) -> str:
    """A stay in days, to one decimal."""
    return number(days(stay.length), decimals=1) if stay else ""


# --- the whole page -----------------------------------------------------------------------------------


def learned_of(round_: Round, years: Sequence[int], *, sort: str = "", offices: str = "") -> Learned:
    """All figures of a round. Nine queries. `sort` and `offices` order the two tables ("-all", "mean")."""
    standard = editions.standard_of(round_.edition)
    waiting = waiting_of(round_)
    moves = moves_of(round_)
    found = offices_of(round_, moves)
    reviews = reviews_of(round_, waiting)
    by_pk = standard.by_pk
    judged = {by_pk[pk].code: count for pk, count in _counted(reviews.filter(STANDS), "answer__indicator")}
    compared = dict(_counted(compared_of(reviews), "answer__assessment"))
    verdicts = _verdicts(reviews, standard)
    sent = sum(each.stand.state != Status.DRAFT for each in found.values())
    told = sum(each.stand.state in TOLD for each in found.values())
    rows = criteria(
        standard.indicators,
        judged=judged,
        verdicts=verdicts,
        questions=_by_code(standard, questions_of(round_, waiting).values_list("answer__indicator", flat=True)),
        evidence=_by_code(standard, (ask.indicator for ask in asks_of(round_, waiting))),
        sent=sent,
        told=told,
    )
    claims = claimers(compared, verdicts)
    stays = steps(STATES, by_office_of(round_, found, moves), timezone.now())
    return Learned(
        round=round_,
        years=years,
        offices=len(found),
        sent=sent,
        judged=reviews.filter(STANDS).order_by().values("answer__assessment").distinct().count(),
        told=told,
        waiting=len(waiting),
        criteria=_in_order([CriterionRow(standard.indicators[row.code], row) for row in rows], sort),
        total=CriterionRow(None, _total(rows, verdicts, sent, told)),
        claimers=_offices_in_order([_claimer_row(found[claim.office], claim) for claim in claims], offices),
        mean=signed(mean_of(claims)),
        compared=sum(claim.judged for claim in claims),
        steps=[_step_row(found, step) for step in stays],
        overdue=[
            OverdueRow(found[late.office], OVERDUE[late.kind], late)
            for late in overdue((each.stand for each in found.values()), today())
        ],
    )


def waiting_of(round_: Round) -> list[int]:
    """The answers whose verdict waits for a second reading (`services.blind.is_waiting`). One query."""
    found = SecondReading.objects.filter(
        answer__assessment__round=round_,
        answer__assessment__status__in=UNDER_REVIEW,
        reader=None,
        answer__review__judged_version=F("answer__version"),
    )
    return list(found.exclude(answer__review__outcome="").values_list("answer", flat=True))


def reviews_of(round_: Round, waiting: Sequence[int]) -> QuerySet[Review]:
    found = Review.objects.filter(answer__assessment__round=round_)
    return found.exclude(answer__in=waiting) if waiting else found


def compared_of(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Standing verdicts on answers that have both a claimed and a verified score."""
    return reviews.filter(STANDS, score__isnull=False, answer__score__isnull=False, answer__decided_band=None)


def _counted(reviews: QuerySet[Review], by: str) -> list[tuple[int, int]]:
    return list(reviews.order_by().values_list(by).annotate(number=Count("pk")))


def _verdicts(reviews: QuerySet[Review], standard: EditionNode) -> list[Verdict]:
    """Those that chose another row or were disputed; all others agree with the claim. One query."""
    found = reviews.filter(STANDS).filter(Q(outcome=Outcome.ROW) | Q(response=Response.DISPUTE))
    return [verdict_of(review, standard.by_pk[review.answer.indicator_id]) for review in found.select_related("answer")]


def verdict_of(review: Review, node: IndicatorNode) -> Verdict:
    """A review that was read with its answer, as figures. A decided row is no claim of the office."""
    answer = review.answer
    return Verdict(
        office=answer.assessment_id,
        code=node.code,
        claimed=None if answer.decided_band is not None else answer.score,
        verified=review.score,
        final=review.final_score,
        is_row=review.outcome == Outcome.ROW,
        disputed=review.response == Response.DISPUTE,
        settled=review.final_at is not None,
    )


def questions_of(round_: Round, waiting: Sequence[int]) -> QuerySet[Question]:
    """The questions that were sent."""
    found = Question.objects.filter(answer__assessment__round=round_, sent_with__isnull=False)
    return found.exclude(answer__in=waiting) if waiting else found


@dataclass(frozen=True, slots=True)
class Ask:
    """Evidence that a reviewer asked for, also where it is there by now."""

    office: int
    indicator: int
    reason: str
    by: str
    at: datetime


def asks_of(round_: Round, waiting: Sequence[int]) -> list[Ask]:
    """One for each answer, the first that was not taken back. One query."""
    asked = Q(changes__outcome__1=Outcome.EVIDENCE.value)
    found = ReviewChange.objects.filter(asked | Q(undone=True), review__answer__assessment__round=round_)
    rows = found.order_by("review", "version").values_list(
        *("review", "version", "undone", "review__answer", "review__answer__assessment"),
        *("review__answer__indicator", "changes", "by__full_name", "at"),
    )
    taken_back = {(review, version - 1) for review, version, undone, *_rest in rows if undone}
    asks: dict[int, Ask] = {}
    skipped = set(waiting)
    for review, version, undone, answer, office, indicator, changes, who, at in rows:
        if not undone and answer not in skipped and (review, version) not in taken_back:
            asks.setdefault(answer, Ask(office, indicator, changes.get("reason", ["", ""])[1], who, at))
    return list(asks.values())


def _by_code(standard: EditionNode, indicators: Iterable[int]) -> Mapping[str, int]:
    return Counter(standard.by_pk[pk].code for pk in indicators)


Moves = Mapping[int, Sequence[tuple[str, str, datetime, date | None]]]


def moves_of(round_: Round) -> Moves:
    """Every office's moves in their order: act, state after it, moment, the day that was set. One query."""
    found: dict[int, list[tuple[str, str, datetime, date | None]]] = {}
    rows = StatusChange.objects.filter(assessment__round=round_).order_by("assessment", "number")
    for office, *move in rows.values_list("assessment", "action", "to_status", "at", "due_on"):
        found.setdefault(office, []).append(tuple(move))  # type: ignore[arg-type]
    return found


def offices_of(round_: Round, moves: Moves) -> dict[int, Office]:
    """By their assessments' keys, in dictionary order. One query."""
    english = get_language() == "en"
    rows = Assessment.objects.filter(round=round_).order_by("province__sort_key")
    found = {}
    for pk, status, closes_on, reply_until, thai, key, english_name in rows.values_list(
        *("pk", "status", "closes_on", "reply_until"),
        *("province__name_th", "province__sort_key", "province__name_en"),
    ):
        those = moves.get(pk, ())
        since = day_of(those[-1][2]) if those else round_.opens_on
        due = next((due_on for action, _to, _at, due_on in reversed(those) if action == Action.RETURN), None)
        stand = Stand(pk, status, since, closes_on, due, reply_until)
        found[pk] = Office(pk, *((english_name, english_name.casefold()) if english else (thai, key)), stand)
    return found


def by_office_of(round_: Round, offices: Iterable[int], moves: Moves) -> dict[int, list[Move]]:
    """From the opening of the round on; no move before it."""
    opened = start_of(round_.opens_on)
    first = [Move(Status.DRAFT, opened)] if opened <= timezone.now() else []
    return {pk: [*first, *(Move(to, at) for _action, to, at, _due in moves.get(pk, ()))] for pk in offices}


# --- rows ---------------------------------------------------------------------------------------------


def _total(rows: Sequence[Criterion], verdicts: Sequence[Verdict], sent: int, told: int) -> Criterion:
    """All indicators as if they were one; there are as many chances as offices and indicators."""
    (found,) = criteria(
        [""],
        judged={"": sum(row.judged for row in rows)},
        verdicts=[replace(verdict, code="") for verdict in verdicts],
        questions={"": sum(row.questions.number for row in rows)},
        evidence={"": sum(row.evidence.number for row in rows)},
        sent=sent * len(rows),
        told=told * len(rows),
    )
    return found


def _claimer_row(office: Office, found: Claimer) -> ClaimerRow:
    most = [(verdict.code, signed(Fraction(verdict.change or 0))) for verdict in found.most]
    return ClaimerRow(office, found, signed(found.mean), most)


def _step_row(offices: Mapping[int, Office], found: Step) -> StepRow:
    over, now = found.longest, found.longest_now
    return StepRow(
        state=Status(found.state),
        words=STEPS[found.state],
        found=found,
        median="" if found.median is None else number(days(found.median), decimals=1),
        longest=day_count(over),
        longest_of=offices[over.office] if over else None,
        longest_now=day_count(now),
        longest_now_of=offices[now.office] if now else None,
    )


def _in_order(rows: Sequence[CriterionRow], order: str) -> list[CriterionRow]:
    """In printed order, or by a column; equal ones stay in printed order."""
    key = order.removeprefix("-")
    if key == "judged":
        return sorted(rows, key=lambda row: row.found.judged, reverse=order.startswith("-"))
    if key in HEAT:
        return sorted(rows, key=lambda row: getattr(row.found, key).number, reverse=order.startswith("-"))
    return list(rows)[::-1] if order == "-code" else list(rows)


def _offices_in_order(rows: Sequence[ClaimerRow], order: str) -> list[ClaimerRow]:
    key = order.removeprefix("-")
    by_name = sorted(rows, key=lambda row: row.office.sort_key, reverse=order == "-office")
    if key not in ("judged", "up", "down", "mean"):
        return by_name
    return sorted(by_name, key=lambda row: getattr(row.found, key), reverse=order.startswith("-"))


def heads(columns: Mapping[str, str | Promise], order: str) -> list[Head]:
    """The columns' heads: numbers begin with the highest, names with the first; a second use turns it round."""
    found = []
    for key, label in columns.items():
        up, down = order == key, order == f"-{key}"
        first = key if key in ("code", "office", "mean") else f"-{key}"
        other = {key: f"-{key}", f"-{key}": key}[first]
        state = "ascending" if up else "descending" if down else ""
        found.append(Head(key, label, other if order == first else first, state, "▲" if up else "▼" if down else ""))
    return found
