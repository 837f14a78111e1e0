"""What a round of review teaches, in figures: which criteria are misread, which offices over- or under-claim, how long
each step takes, and what is overdue.

Pure: no Django; exact fractions and whole times. Rounding is for whoever shows them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

# The steps of the heat map: a count is some from this share of its denominator on, and many from that one on.
SOME, MANY = Fraction(5, 100), Fraction(15, 100)
# So many whole days may pass before what waits for the centre counts as left lying.
PATIENCE = 14
# A reply whose last day is so near is named before it is over.
SOON = 3
# As many of an office's greatest differences are named.
MOST_NAMED = 3


# --- verdicts -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """A standing verdict that chose another row, or that the office disputed. `claimed` is None where there was no
    case, `verified` in dimension 1; `final` is None until the dispute is settled."""

    office: int
    code: str
    claimed: Decimal | None
    verified: Decimal | None
    final: Decimal | None = None
    is_row: bool = True
    disputed: bool = False
    settled: bool = False

    @property
    def change(self) -> Decimal | None:
        """Verified minus claimed; None where one of them is missing."""
        return self.verified - self.claimed if self.claimed is not None and self.verified is not None else None

    @property
    def kind(self) -> str:
        """ "up", "down", "given" (a row for an answer that had no case), or empty for a verdict that agreed."""
        if not self.is_row:
            return ""
        if self.change is None:
            return "given"
        return "up" if self.change > 0 else "down"

    @property
    def won(self) -> bool:
        """Whether the office disputed it, and the final score is higher than the verified one."""
        known = self.verified is not None and self.final is not None
        return self.disputed and self.settled and known and self.final > self.verified  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the heat map among `of`; `step` is 0 (none) to 3 (many)."""

    number: int
    of: int

    @property
    def step(self) -> int:
        if not self.number:
            return 0
        share = Fraction(self.number, self.of) if self.of else Fraction(1)
        return 3 if share >= MANY else 2 if share >= SOME else 1


@dataclass(frozen=True, slots=True)
class Criterion:
    """What happened at one indicator across the offices. `rise` and `fall` are the mean sizes of the changes up and
    down, in points; None where there was none."""

    code: str
    judged: int
    questions: Cell
    up: Cell
    rise: Fraction | None
    down: Cell
    fall: Fraction | None
    given: Cell
    evidence: Cell
    disputes: Cell
    won: Cell

    @property
    def all(self) -> Cell:
        """All that took a second look: questions, other rows, evidence asked for, disputes."""
        parts = (self.questions, self.up, self.down, self.given, self.evidence, self.disputes)
        return Cell(sum(part.number for part in parts), self.questions.of)


def criteria(
    codes: Iterable[str],
    *,
    judged: Mapping[str, int],
    verdicts: Iterable[Verdict],
    questions: Mapping[str, int],
    evidence: Mapping[str, int],
    sent: int,
    told: int,
) -> list[Criterion]:
    """The heat map, one row an indicator. `judged` counts the standing verdicts by code; `sent` offices have submitted
    (any of them may be asked), `told` ones know their verdicts (they may dispute them)."""
    by_code: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_code.setdefault(verdict.code, []).append(verdict)
    rows = []
    for code in codes:
        number, those = judged.get(code, 0), by_code.get(code, ())
        kinds = Counter(verdict.kind for verdict in those)
        rows.append(
            Criterion(
                code,
                number,
                Cell(questions.get(code, 0), sent),
                Cell(kinds["up"], number),
                _mean(verdict.change for verdict in those if verdict.kind == "up"),
                Cell(kinds["down"], number),
                _mean(verdict.change for verdict in those if verdict.kind == "down"),
                Cell(kinds["given"], number),
                Cell(evidence.get(code, 0), sent),
                Cell(sum(verdict.disputed for verdict in those), told),
                Cell(sum(verdict.won for verdict in those), told),
            )
        )
    return rows


def _mean(values: Iterable[Decimal | None]) -> Fraction | None:
    found = [Fraction(value) for value in values if value is not None]
    return Fraction(sum(found), len(found)) if found else None


@dataclass(frozen=True, slots=True)
class Claimer:
    """How far an office's claims are from the verdicts: `mean` of verified minus claimed over `judged` answers that
    have both, below 0 where it claimed too much. `most` are its greatest differences, the greatest first."""

    office: int
    judged: int
    up: int
    down: int
    mean: Fraction
    most: Sequence[Verdict]


def claimers(judged: Mapping[int, int], verdicts: Iterable[Verdict]) -> list[Claimer]:
    """By office; `judged` counts its standing verdicts on answers with a claimed and a verified score. The one that
    claimed too much by most comes first; an office without such a verdict is left out."""
    by_office: dict[int, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.is_row and verdict.change is not None:
            by_office.setdefault(verdict.office, []).append(verdict)
    found = []
    for office, number in judged.items():
        if not number:
            continue
        those = by_office.get(office, [])
        changes = [Fraction(verdict.change) for verdict in those if verdict.change is not None]
        most = sorted(those, key=lambda verdict: abs(verdict.change or Decimal(0)), reverse=True)
        kinds = Counter(verdict.kind for verdict in those)
        mean = sum(changes, Fraction()) / number
        found.append(Claimer(office, number, kinds["up"], kinds["down"], mean, most[:MOST_NAMED]))
    return sorted(found, key=lambda claimer: claimer.mean)


def mean_of(claimers_: Sequence[Claimer]) -> Fraction | None:
    """Over all judged answers of all offices, each answer counting once."""
    number = sum(claimer.judged for claimer in claimers_)
    return sum((claimer.mean * claimer.judged for claimer in claimers_), Fraction()) / number if number else None


# --- how long the steps take --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """An assessment came into a state at a moment."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """An office's stay in a state, from one move to the next."""

    office: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """All stays in a state: those that are over, by length, and those that go on now. An office that came back into a
    state stays there a second time."""

    state: str
    over: Sequence[Stay]
    now: Sequence[Stay]

    @property
    def median(self) -> timedelta | None:
        lengths = [stay.length for stay in self.over]
        if not lengths:
            return None
        half = len(lengths) // 2
        return lengths[half] if len(lengths) % 2 else (lengths[half - 1] + lengths[half]) / 2

    @property
    def longest(self) -> Stay | None:
        return self.over[-1] if self.over else None

    @property
    def longest_now(self) -> Stay | None:
        return self.now[-1] if self.now else None


def steps(states: Sequence[str], moves: Mapping[int, Sequence[Move]], now: datetime) -> list[Step]:
    """The stays in each of the states, from every office's moves in their order. The last move of an office began a
    stay that goes on."""
    over: dict[str, list[Stay]] = {state: [] for state in states}
    going: dict[str, list[Stay]] = {state: [] for state in states}
    for office, those in moves.items():
        for move, after in zip(those, [*those[1:], None], strict=True):
            if move.state not in over:
                continue
            if after is None:
                going[move.state].append(Stay(office, now - move.at))
            else:
                over[move.state].append(Stay(office, after.at - move.at))

    def sorted_(stays: list[Stay]) -> list[Stay]:
        return sorted(stays, key=lambda stay: stay.length)

    return [Step(state, sorted_(over[state]), sorted_(going[state])) for state in states]


def days(length: timedelta) -> Fraction:
    """A length of time in days, exact to the microsecond."""
    return Fraction(length // timedelta(microseconds=1), 86_400_000_000)


# --- what is overdue ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an office's assessment stands: since which day, and the last days that were set for it. `due_on` is that of
    the last return."""

    office: int
    state: str
    since: date
    closes_on: date
    due_on: date | None = None
    reply_until: date | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is late, or soon will be. `day` is the last day that was set, else the day since which it waits; `days` have
    passed since then, or, of what is "ending", are left."""

    kind: str
    office: int
    day: date
    days: int


# The office's own things first, then the centre's.
KINDS = ("not_submitted", "not_corrected", "reply_ending", "reply_over", "untouched", "in_review", "unsettled")
_LEFT_LYING = {"submitted": "untouched", "in_review": "in_review", "replied": "unsettled"}


def overdue(stands: Iterable[Stand], today: date) -> list[Overdue]:
    """Everything that is late today, by kind and then the longest first. A last day is over on the day after it."""
    found = [late for stand in stands if (late := _late(stand, today)) is not None]
    return sorted(found, key=lambda late: (KINDS.index(late.kind), late.day))


def _late(stand: Stand, today: date) -> Overdue | None:
    last = {"draft": stand.closes_on, "returned": stand.due_on, "verified": stand.reply_until}.get(stand.state)
    if last is not None:
        if today > last:
            kind = {"draft": "not_submitted", "returned": "not_corrected"}.get(stand.state, "reply_over")
            return Overdue(kind, stand.office, last, (today - last).days)
        if stand.state == "verified" and (last - today).days <= SOON:
            return Overdue("reply_ending", stand.office, last, (last - today).days)
        return None
    kind = _LEFT_LYING.get(stand.state, "")
    waited = (today - stand.since).days
    return Overdue(kind, stand.office, stand.since, waited) if kind and waited >= PATIENCE else None
