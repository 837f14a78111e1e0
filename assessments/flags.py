"""Why an answer is worth a look: flags, each with its figures and a weight that puts the oddest first.

Pure: no Django; plain data in, flags out. A flag asks; it accuses nobody. `about` is plain data for its sentence
(`queries.flags`), `weight` is added up over an answer's flags. What each needs before it asks stands in the named
constants: the bounds are wide, so that a flag is worth reading.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from indicators.checks import Check, PerPerson, Share, Target
from indicators.coherence import Reply, coherence
from indicators.insight import drop_of
from indicators.jumps import LEAST_CASES, measures, pairs_of
from indicators.rules import AttendanceRule, CampaignRule, ChoiceRule, CountRule, PercentRule, Rule
from indicators.scoring import row_of
from indicators.thai import number, rounded

SPREAD, JUMP, NO_EVIDENCE, LITTLE_EVIDENCE = "spread", "jump", "no_evidence", "little_evidence"
DATED, SHARED, SAME_FILE, CARRIED = "dated", "shared", "same_file", "carried"
EDGE, CONTRADICTS, CHANGED = "edge", "contradicts", "changed"

# Two answers of which one must be wrong, and a document that two offices hand in, are asked about first.
WEIGHT_CONTRADICTS = 40
WEIGHT_SHARED = 40
# Figures that stand out ask for a look, and are often right: offices differ, and years do.
WEIGHT_JUMP = 30
WEIGHT_SPREAD = 30
# The office was asked and gave its reason: the figures still stand out, the question has an answer to read.
WEIGHT_EXPLAINED = 15
WEIGHT_DATED = 25
WEIGHT_SAME_FILE = 25
# Figures that were other ones before somebody asked.
WEIGHT_CHANGED = 25
# By what is claimed without any file or link: the top row asks for more than a middle one.
WEIGHT_NO_EVIDENCE = {"10": 25, "7.5": 20}
WEIGHT_NO_EVIDENCE_BELOW = 10
WEIGHT_LITTLE_EVIDENCE = 10
WEIGHT_EDGE = 15
# Expected rather than odd: said, so that nobody searches for it.
WEIGHT_CARRIED = 5
WEIGHT_COMMON = 5

# Quartiles of fewer offices say nothing; then the whole country's serve, then none.
LEAST_OFFICES = 5
# Tukey's fences, the usual measure of what lies far out.
FENCE = Fraction(3, 2)
# Where nearly all offices give the same, one more or one point would lie outside: so far at least from the quartile.
LEAST_POINTS, LEAST_COUNT = 10, 3
# Among fewer cases each single one moves a row; that is no edge but a small number.
LEAST_AT_EDGE = 10
# Claims of these scores and better are expected to hold the evidence that the handbook names.
HIGH_SCORE = Fraction(15, 2)
# Of three kinds and more that the handbook names, fewer than half are ticked.
LEAST_KINDS = 3
# A file that more offices than these hand in was sent out to all: a circular, a form.
COMMON = 10
# So many files and offices are named, the others counted.
MOST_NAMED = 3

# What these ask is judged by a percentage; without one there is nothing to compare.
SHARES = (PercentRule, AttendanceRule, CampaignRule, Share, Target)

Stored = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Raised:
    """One flag of one answer, as it is kept."""

    code: str
    weight: int
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """An office that hands in a file in a year; `names` are its province's, Thai and English."""

    office: str
    names: tuple[str, str]
    year: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A file or link that serves an answer. `holders` are all that hand the same file in, this office included."""

    name: str
    dated: date | None = None
    carried: bool = False
    holders: Sequence[Holder] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Figures that took the place of others."""

    old: Stored
    new: Stored
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A soft warning that the office confirmed, with its reason."""

    about: Mapping[str, Any]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """One answer as the office claims it. `kinds` counts the evidence that the handbook names, `held` what the office
    ticked of it. `last` are last year's inputs, where they may be compared. `changes` run from the oldest."""

    code: str
    rule: Rule | Check
    inputs: Stored = None
    no_case: bool = False
    score: str = ""
    kinds: int = 0
    held: int = 0
    pieces: Sequence[Piece] = ()
    last: Stored = None
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """An office's claims of a round, with the figure of each that is compared. `said` maps a warning's code to what was
    said of it; `returned_at` is its last return."""

    key: str
    region: str
    claims: Mapping[str, Claim]
    facts: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[str, Said] = field(default_factory=dict)
    returned_at: datetime | None = None
    values: dict[str, "Value"] = field(init=False)

    def __post_init__(self) -> None:
        read = ((code, value_of(claim.rule, claim.inputs)) for code, claim in self.claims.items())
        object.__setattr__(self, "values", {code: value for code, value in read if value is not None})


@dataclass(frozen=True, slots=True)
class Year:
    """The fiscal year whose answers are looked at, and the year of its edition."""

    number: int
    first: date
    last: date
    edition: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles of one figure over `number` offices of a region, or of the country (an empty `region`)."""

    low: Fraction
    high: Fraction
    number: int
    region: str = ""

    @property
    def width(self) -> Fraction:
        return FENCE * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Value:
    """The one figure of an answer that offices of different size can be compared by."""

    value: Fraction
    unit: str = ""
    percent: bool = False


# --- one flag each ---------------------------------------------------------------------------------


def value_of(rule: Rule | Check, inputs: Stored) -> Value | None:
    """A percentage where there is one (of ten cases and more), room for each person, else the count; None for rows
    that are chosen and for what has no answer."""
    if inputs is None or inputs.keys() != {each.name for each in rule.fields}:
        return None
    if isinstance(rule, PerPerson):
        each = Fraction(str(inputs["amount"])) / inputs["people"]
        return Value(each, f"{rule.unit}/{rule.people_unit}")
    found = list(measures(rule, inputs))
    share = next((measure for measure in found if measure.name == "percent"), None)
    if share is not None:
        return Value(share.value, percent=True) if (share.cases or 0) >= LEAST_CASES else None
    if not found or isinstance(rule, SHARES):
        return None
    return Value(found[0].value, found[0].unit)


def spread_of(values: Iterable[Fraction], region: str = "") -> Spread | None:
    """The quartiles (the medians between neighbours, both ends included); None of too few offices."""
    ordered = sorted(values)
    if len(ordered) < LEAST_OFFICES:
        return None
    return Spread(_quartile(ordered, 1), _quartile(ordered, 3), len(ordered), region)


def _quartile(ordered: Sequence[Fraction], quarter: int) -> Fraction:
    place, rest = divmod((len(ordered) - 1) * quarter, 4)
    if not rest:
        return ordered[place]
    return ordered[place] + (ordered[place + 1] - ordered[place]) * Fraction(rest, 4)


def far_out(value: Value | None, spread: Spread | None) -> Raised | None:
    """Outside the quartiles by more than one and a half times their distance."""
    if value is None or spread is None:
        return None
    if spread.low <= value.value <= spread.high:
        return None
    beyond = max(value.value - spread.high, spread.low - value.value)
    if beyond <= spread.width or beyond < (LEAST_POINTS if value.percent else LEAST_COUNT):
        return None
    about = {
        "value": number(rounded(value.value)),
        "low": number(rounded(spread.low)),
        "high": number(rounded(spread.high)),
        "unit": value.unit,
        "percent": value.percent,
        "offices": spread.number,
        "region": spread.region,
        "above": value.value > spread.high,
    }
    return Raised(SPREAD, WEIGHT_SPREAD, about)


def jumped(claim: Claim, said: Mapping[str, Said]) -> Raised | None:
    """Far from last year's figure, as the office itself was asked (`indicators.jumps`)."""
    pairs = pairs_of(claim.rule, last=claim.last, now=claim.inputs)
    found = [(old, new) for old, new in pairs if new.jumps_from(old)]
    if not found:
        return None
    figures = [[new.label if len(pairs) > 1 else "", old.shown, new.shown, new.unit] for old, new in found]
    row = said.get(f"jump-{claim.code}")
    holds = row is not None and row.about == {new.name: [str(old.value), str(new.value)] for old, new in found}
    reason = row.reason if row is not None and holds else ""
    return Raised(JUMP, WEIGHT_EXPLAINED if reason else WEIGHT_JUMP, {"figures": figures, "reason": reason})


def lacking(claim: Claim) -> Raised | None:
    """A score above the lowest row without any file or link; or a high score with few of the named kinds ticked."""
    if claim.no_case or not claim.score or not isinstance(claim.rule, Rule):
        return None
    score = Fraction(claim.score)
    if score <= claim.rule.lowest:
        return None
    about = {"score": claim.score, "held": claim.held, "kinds": claim.kinds}
    if not claim.pieces:
        return Raised(NO_EVIDENCE, WEIGHT_NO_EVIDENCE.get(claim.score, WEIGHT_NO_EVIDENCE_BELOW), about)
    if score >= HIGH_SCORE and claim.kinds >= LEAST_KINDS and claim.held * 2 < claim.kinds:
        return Raised(LITTLE_EVIDENCE, WEIGHT_LITTLE_EVIDENCE, about)
    return None


def dated_outside(claim: Claim, year: Year) -> Raised | None:
    """Documents that bear a date of another fiscal year."""
    found = [piece for piece in claim.pieces if piece.dated and not year.first <= piece.dated <= year.last]
    if not found:
        return None
    named = [[piece.name, piece.dated.isoformat()] for piece in found[:MOST_NAMED] if piece.dated]
    return Raised(DATED, WEIGHT_DATED, {"files": named, "count": len(found), "year": year.number})


def shared(claim: Claim, office: str, year: Year) -> Iterator[Raised]:
    """The same file (by its content) handed in by another office, or by this one in an earlier year."""
    others: dict[str, list[Any]] = {}
    before: dict[str, list[int]] = {}
    carried: list[str] = []
    for piece in claim.pieces:
        known = [holder for holder in piece.holders if holder.year <= year.number]
        elsewhere = {holder.office: holder for holder in known if holder.office != office}
        years = sorted({holder.year for holder in known if holder.office == office and holder.year < year.number})
        if elsewhere:
            others[piece.name] = sorted(elsewhere.values(), key=lambda each: each.office)
        if years and piece.carried:
            carried.append(piece.name)
        elif years:
            before[piece.name] = years
    if others:
        name, holders = max(others.items(), key=lambda each: len(each[1]))
        weight = WEIGHT_COMMON if min(len(each) for each in others.values()) > COMMON else WEIGHT_SHARED
        named = [[*holder.names, holder.year] for holder in holders[:MOST_NAMED]]
        yield Raised(SHARED, weight, {"file": name, "offices": named, "count": len(holders), "files": len(others)})
    if before:
        name, years = next(iter(before.items()))
        yield Raised(SAME_FILE, WEIGHT_SAME_FILE, {"file": name, "years": years, "files": len(before)})
    if carried:
        yield Raised(CARRIED, WEIGHT_CARRIED, {"file": carried[0], "files": len(carried)})


def at_edge(claim: Claim) -> Raised | None:
    """One case fewer (more, where fewer is better) and the answer falls to the row below."""
    rule, inputs = claim.rule, claim.inputs
    if not isinstance(rule, Rule) or not claim.score or inputs is None or _cases(rule, inputs) < LEAST_AT_EDGE:
        return None
    drop = drop_of(rule, inputs)
    if drop is None or drop.cases != 1:
        return None
    below = row_of(rule, drop.inputs)
    score = str(rule.bands[below - 1].score) if below else ""
    return Raised(EDGE, WEIGHT_EDGE, {"unit": drop.unit, "fewer": drop.fewer, "score": claim.score, "below": score})


def _cases(rule: Rule, inputs: Mapping[str, Any]) -> int:
    match rule:
        case CountRule():
            return int(inputs["count"])
        case PercentRule():
            return int(inputs["denominator"])
        case ChoiceRule():
            return 0
    return int(inputs.get("directory_total", inputs.get("invited", 0)))


def contradictions(office: Office, edition: int) -> Iterator[tuple[str, Raised]]:
    """Facts and answers that do not go together (`indicators.coherence`), by the code of each answer concerned."""
    replies = {code: Reply(claim.inputs, claim.no_case) for code, claim in office.claims.items()}
    found: dict[str, list[tuple[Any, str]]] = {}
    for caution in coherence(edition, replies, office.facts):
        row = office.said.get(caution.code)
        reason = row.reason if row is not None and row.about == caution.about else ""
        for code in caution.indicators:
            found.setdefault(code, []).append((caution, reason))
    for code, rows in found.items():
        explained = all(reason for _, reason in rows)
        about = {
            "sentences": [caution.sentence for caution, _ in rows],
            "reasons": [reason for _, reason in rows if reason],
        }
        yield code, Raised(CONTRADICTS, WEIGHT_EXPLAINED if explained else WEIGHT_CONTRADICTS, about)


def changed(claim: Claim, office: Office) -> Raised | None:
    """Figures that were changed after a warning: after the centre returned the assessment, after the office confirmed
    a warning about them, or from figures that jumped from last year's to some that do not."""
    if not claim.changes:
        return None
    row = office.said.get(f"jump-{claim.code}")
    returned = office.returned_at
    # The first change of each kind: what stood before it is what was asked about.
    asked = (
        ("return", "", lambda each: returned is not None and each.at > returned),
        ("confirmation", row.reason if row else "", lambda each: row is not None and each.at > row.at),
        ("jump", "", lambda each: _jumps(claim, each.old) and not _jumps(claim, each.new)),
    )
    for after, reason, is_meant in asked:
        change = next((each for each in claim.changes if is_meant(each)), None)
        if change is not None and change.old != claim.inputs:
            was, now = figures_of(claim.rule, change.old), figures_of(claim.rule, claim.inputs)
            return Raised(CHANGED, WEIGHT_CHANGED, {"after": after, "was": was, "now": now, "reason": reason})
    return None


def _jumps(claim: Claim, inputs: Stored) -> bool:
    return any(new.jumps_from(old) for old, new in pairs_of(claim.rule, last=claim.last, now=inputs))


def figures_of(rule: Rule | Check, inputs: Stored) -> str:
    """The figures of an answer in few words: "40 จาก 45 คน", "12 ครั้ง", "ข้อ 2"; empty without an answer."""
    if inputs is None or inputs.keys() != {each.name for each in rule.fields}:
        return ""
    if "option" in inputs:
        return f"ข้อ {inputs['option']}"
    if "has" in inputs:
        return "มี" if inputs["has"] else "ไม่มี"
    if "numerator" in inputs:
        return f"{number(inputs['numerator'])} จาก {number(inputs['denominator'])} {rule.unit}".strip()
    found = list(measures(rule, inputs))
    several = len(found) > 1
    return " · ".join(f"{each.label if several else ''} {each.shown} {each.unit}".strip() for each in found)


# --- all of a round --------------------------------------------------------------------------------


def spreads(offices: Iterable[Office]) -> dict[tuple[str, str], Spread]:
    """The quartiles of every indicator by (code, region), and by (code, "") those of the country."""
    found: dict[tuple[str, str], list[Fraction]] = {}
    for office in offices:
        for code, value in office.values.items():
            found.setdefault((code, office.region), []).append(value.value)
            found.setdefault((code, ""), []).append(value.value)
    made = {key: spread_of(values, key[1]) for key, values in found.items()}
    return {key: spread for key, spread in made.items() if spread is not None}


def flags_of(office: Office, year: Year, known: Mapping[tuple[str, str], Spread]) -> dict[str, list[Raised]]:
    """All flags of an office's answers, by code. `known` are the round's spreads."""
    found: dict[str, list[Raised]] = {code: [] for code in office.claims}
    for code, claim in office.claims.items():
        spread = known.get((code, office.region)) or known.get((code, ""))
        each = (
            far_out(office.values.get(code), spread),
            jumped(claim, office.said),
            lacking(claim),
            dated_outside(claim, year),
            at_edge(claim),
            changed(claim, office),
        )
        found[code] += [flag for flag in itertools.chain(each, shared(claim, office.key, year)) if flag is not None]
    for code, flag in contradictions(office, year.edition):
        found[code].append(flag)
    return {code: flags for code, flags in found.items() if flags}
