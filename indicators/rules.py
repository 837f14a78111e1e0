"""The typed rules of the standard: how an answer reaches a printed row, or meets a criterion.

Pure: no Django. A rule is written as data at its indicator (fixtures, handbook chapter 4 for
dimensions 2-4, chapter 3 for dimension 1) and parsed strictly: an unknown key, a gap, an
overlap, a wrong direction or a score outside 10 / 7.5 / 5 / 2.5 / 0 is a fault, and all faults of a
rule are reported at once.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from indicators.inputs import Field, InputRefused, Inputs, read_fields

SCORES = tuple(Decimal(score) for score in ("10", "7.5", "5", "2.5", "0"))
MOST_ACTIVITIES = 400

ZeroDenominator = Literal["refuse", "lowest", "no_case"]


class RuleFaults(ValueError):
    """A rule that cannot be used. `faults` lists everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Band:
    """One printed row: its score, its text, its figure in short, and the edges that open it.

    `at_least` is a lower edge, `at_most` and `below` are upper edges (lower is better); None means no edge.
    `needs` is the number of activities (4.12) or projects (4.29) that the row asks for.
    """

    score: Decimal
    text: str
    label: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None
    needs: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule of a scored indicator. `bands` run from the top printed row downwards."""

    kind: ClassVar[str]
    bands: tuple[Band, ...]
    unit: str = ""
    no_case: bool = False

    @property
    def lowest(self) -> Decimal:
        """The score of the lowest printed row (2.2 and 2.6 print none below 2.5)."""
        return self.bands[-1].score

    @property
    def fields(self) -> tuple[Field, ...]:
        raise NotImplementedError

    def read(self, raw: Inputs) -> dict[str, Any]:
        """The inputs of one answer, checked; raises InputRefused."""
        values = read_fields(self.fields, raw)
        self.check(values)
        return values

    def check(self, values: Inputs) -> None:
        """Refuse inputs that contradict each other; raises InputRefused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CountRule(Rule):
    """A number of things in the year. `per_year` divides a year's total into a monthly rate (2.4, 4.27)."""

    kind = "count"
    label: str
    maximum: int | None = None
    per_year: int = 1

    @property
    def fields(self) -> tuple[Field, ...]:
        return (Field("count", self.label, self.unit, maximum=self.maximum),)


@dataclass(frozen=True, kw_only=True, slots=True)
class PercentRule(Rule):
    """Some of all, in percent. `direction` lower means that fewer score more (2.8)."""

    kind = "percent"
    numerator: str
    denominator: str
    direction: Literal["higher", "lower"]
    zero_denominator: ZeroDenominator

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("numerator", self.numerator, self.unit),
            Field("denominator", self.denominator, self.unit, above_zero=self.zero_denominator == "refuse"),
        )

    def check(self, values: Inputs) -> None:
        part, whole = self.fields
        refuse_above_whole(part, values["numerator"], whole, values["denominator"])
        if values["denominator"] == 0 and self.zero_denominator == "refuse":
            raise whole.refuse("zero_whole")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceRule(Rule):
    """One of the printed rows, 1 = the top one."""

    kind = "choice"

    @property
    def fields(self) -> tuple[Field, ...]:
        return (Field("option", "", type="option", options=tuple(band.text for band in self.bands)),)


@dataclass(frozen=True, kw_only=True, slots=True)
class AttendanceRule(Rule):
    """4.12: how many organisations of the directory came to each activity."""

    kind = "attendance"
    directory_total: str
    attendance: str

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("directory_total", self.directory_total, self.unit),
            Field("attendance", self.attendance, self.unit, type="list", maximum=MOST_ACTIVITIES),
        )

    def check(self, values: Inputs) -> None:
        total, each = self.fields
        for place, came in enumerate(values["attendance"], start=1):
            part = Field(each.name, f"{each.label} ({place})", each.unit)
            refuse_above_whole(part, came, total, values["directory_total"])


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignRule(Rule):
    """4.29: projects in the year, and how many of the invited organisations joined them."""

    kind = "campaigns"
    projects: str
    projects_unit: str
    joined: str
    invited: str

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("projects", self.projects, self.projects_unit),
            Field("joined", self.joined, self.unit),
            Field("invited", self.invited, self.unit),
        )

    def check(self, values: Inputs) -> None:
        _, joined, invited = self.fields
        refuse_above_whole(joined, values["joined"], invited, values["invited"])


def refuse_above_whole(part: Field, value: int, whole: Field, limit: int) -> None:
    if value > limit:
        raise part.refuse("above_whole", value=f"{value:,}", whole=whole.label, limit=f"{limit:,}")


# --- reading a rule strictly ---------------------------------------------------------------------


class Reader:
    """Takes keys out of a mapping and notes every fault on the way, so that all are shown at once."""

    def __init__(self, data: Any, where: str, faults: list[str]) -> None:
        self.faults = faults
        self.where = where
        if not isinstance(data, Mapping):
            self.fault("must be a mapping of keys and values")
            data = {}
        self.left = dict(data)

    def fault(self, what: str) -> None:
        self.faults.append(f"{self.where}: {what}")

    def take(self, key: str, default: Any = ...) -> Any:
        if key not in self.left:
            if default is ...:
                self.fault(f"{key} is missing")
                return None
            return default
        return self.left.pop(key)

    def text(self, key: str, default: Any = ...) -> str:
        value = self.take(key, default)
        if not isinstance(value, str) or (default is ... and not value.strip()):
            if value is not None:
                self.fault(f"{key} must be a text, not {value!r}")
            return ""
        return value

    def whole(self, key: str, default: Any = ..., *, lowest: int = 0) -> Any:
        value = self.take(key, default)
        if value is None or (not isinstance(value, bool) and isinstance(value, int) and value >= lowest):
            return value
        self.fault(f"{key} must be a whole number of {lowest} or more, not {value!r}")
        return None

    def number(self, key: str, default: Any = ...) -> Decimal | None:
        value = self.take(key, default)
        if value is None:
            return None
        if not isinstance(value, (bool, float)) and isinstance(value, (int, str)):
            try:
                read = Decimal(value)
            except ArithmeticError:
                read = Decimal("NaN")
            if read.is_finite() and read >= 0:
                return read
        self.fault(f"{key} must be a number of 0 or more, written whole or as a text, not {value!r}")
        return None

    def one_of(self, key: str, allowed: tuple[str, ...], default: Any = ...) -> Any:
        value = self.take(key, default)
        if value not in allowed and value is not None:
            self.fault(f"{key} must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def yes_no(self, key: str, *, default: bool) -> bool:
        value = self.take(key, default)
        if not isinstance(value, bool):
            self.fault(f"{key} must be true or false, not {value!r}")
            return default
        return value

    def inner(self, key: str) -> "Reader":
        return Reader(self.take(key), f"{self.where}, {key}", self.faults)

    def label(self, key: str) -> str:
        """The label of an input that is written as `key: {label: ...}`."""
        inner = self.inner(key)
        text = inner.text("label")
        inner.done()
        return text

    def done(self) -> None:
        for key in self.left:
            self.fault(f"unknown key {key!r}")


def parse(data: Any) -> Rule:
    """The rule of a scored indicator; raises RuleFaults with all its faults."""
    faults: list[str] = []
    reader = Reader(data, "rule", faults)
    kind = reader.take("kind")
    readers = {
        "count": _count,
        "percent": _percent,
        "choice": _choice,
        "attendance": _attendance,
        "campaigns": _campaigns,
    }
    if not isinstance(kind, str) or kind not in readers:
        raise RuleFaults([*faults, f"rule: kind must be one of {', '.join(readers)}, not {kind!r}"])
    rule = readers[kind](reader)
    reader.done()
    if faults:
        raise RuleFaults(faults)
    return rule


def _count(reader: Reader) -> Rule:
    rule = CountRule(
        label=reader.text("label"),
        unit=reader.text("unit"),
        maximum=reader.whole("maximum", None, lowest=1),
        per_year=reader.whole("per_year", 1, lowest=1) or 1,
        bands=_bands(reader, edges=("at_least",)),
    )
    _falling(reader, rule.bands, highest=None)
    top = rule.bands[0].at_least if rule.bands else None
    if rule.maximum is not None and top is not None and top > rule.maximum:
        reader.fault(f"maximum {rule.maximum} can never reach the top row ({top})")
    return rule


def _percent(reader: Reader) -> Rule:
    direction = reader.one_of("direction", ("higher", "lower"))
    zero = reader.one_of("zero_denominator", ("refuse", "lowest", "no_case"))
    edges = ("at_most", "below") if direction == "lower" else ("at_least",)
    rule = PercentRule(
        unit=reader.text("unit"),
        numerator=reader.label("numerator"),
        denominator=reader.label("denominator"),
        direction=direction,
        zero_denominator=zero,
        no_case=zero == "no_case",
        bands=_bands(reader, edges=edges),
    )
    if direction == "lower":
        _rising(reader, rule.bands)
    else:
        _falling(reader, rule.bands, highest=Decimal(100))
    return rule


def _choice(reader: Reader) -> Rule:
    rule = ChoiceRule(no_case=reader.yes_no("no_case", default=False), bands=_bands(reader, edges=()))
    if len(rule.bands) < 2:
        reader.fault("a choice needs at least two rows")
    return rule


def _attendance(reader: Reader) -> Rule:
    _always_lowest(reader)
    rule = AttendanceRule(
        unit=reader.text("unit"),
        directory_total=reader.label("directory_total"),
        attendance=reader.label("attendance"),
        bands=_bands(reader, edges=("at_least",), needs="activities"),
    )
    _falling(reader, rule.bands, highest=Decimal(100))
    _needs_fall(reader, rule.bands, "activities")
    return rule


def _campaigns(reader: Reader) -> Rule:
    _always_lowest(reader)
    projects = reader.inner("projects")
    rule = CampaignRule(
        unit=reader.text("unit"),
        projects=projects.text("label"),
        projects_unit=projects.text("unit"),
        joined=reader.label("joined"),
        invited=reader.label("invited"),
        bands=_bands(reader, edges=("at_least",), needs="projects"),
    )
    projects.done()
    # Two rows may share the percentage and differ in the projects (70 % with five, 70 % with one).
    _falling(reader, rule.bands, highest=Decimal(100), equal_above="projects")
    _needs_fall(reader, rule.bands, "projects")
    return rule


def _always_lowest(reader: Reader) -> None:
    """4.12 and 4.29: a zero denominator means that the office did not act (RULINGS, zero denominators)."""
    reader.one_of("zero_denominator", ("lowest",))


def _bands(reader: Reader, *, edges: tuple[str, ...], needs: str = "") -> tuple[Band, ...]:
    rows = reader.take("bands")
    if not isinstance(rows, list) or not rows:
        if rows is not None:
            reader.fault("bands must be a list of printed rows, the top one first")
        return ()
    bands = []
    for place, row in enumerate(rows, start=1):
        inner = Reader(row, f"{reader.where}, row {place}", reader.faults)
        score = inner.number("score")
        if score is not None and score not in SCORES:
            inner.fault(f"score must be one of 10, 7.5, 5, 2.5, 0, not {score}")
        found = {edge: inner.number(edge, None) for edge in edges}
        bands.append(
            Band(
                score=score if score is not None else Decimal(0),
                text=inner.text("text"),
                label=inner.text("label"),
                needs=(inner.whole(needs) or 0) if needs else 0,
                **found,
            )
        )
        inner.done()
    if bands[0].score != SCORES[0]:
        reader.fault(f"the top row must score 10, not {bands[0].score}")
    for above, band in itertools.pairwise(bands):
        if band.score >= above.score:
            reader.fault(f"scores must fall from row to row ({above.score} is followed by {band.score})")
    return tuple(bands)


def _falling(reader: Reader, bands: tuple[Band, ...], *, highest: Decimal | None, equal_above: str = "") -> None:
    """Lower edges fall from row to row and end at 0: neither an overlap nor a gap."""
    for place, band in enumerate(bands, start=1):
        if band.at_least is None:
            reader.fault(f"row {place}: at_least is missing")
        elif highest is not None and band.at_least > highest:
            reader.fault(f"row {place}: at_least is above {highest}")
    for place, (above, band) in enumerate(itertools.pairwise(bands), start=2):
        if above.at_least is None or band.at_least is None:
            continue
        if band.at_least == above.at_least and equal_above and above.needs > band.needs:
            continue
        if band.at_least == above.at_least:
            reader.fault(f"row {place}: overlaps the row above it (both from {band.at_least})")
        elif band.at_least > above.at_least:
            reader.fault(f"row {place}: runs in the wrong direction ({above.at_least} is followed by {band.at_least})")
    if bands and bands[-1].at_least not in (None, Decimal(0)):
        reader.fault(f"a gap: nothing covers 0 to {bands[-1].at_least}")


def _rising(reader: Reader, bands: tuple[Band, ...]) -> None:
    """Upper edges rise from row to row and the last row is open: neither an overlap nor a gap."""
    last = Decimal(-1)
    for place, band in enumerate(bands, start=1):
        edges = [edge for edge in (band.at_most, band.below) if edge is not None]
        if place == len(bands):
            if edges:
                reader.fault("a gap: the lowest row must be open above")
            continue
        if len(edges) != 1:
            reader.fault(f"row {place}: exactly one of at_most and below is needed")
            continue
        if edges[0] > 100:
            reader.fault(f"row {place}: the edge is above 100")
        if edges[0] == last:
            reader.fault(f"row {place}: overlaps the row above it (both up to {edges[0]})")
        elif edges[0] < last:
            reader.fault(f"row {place}: runs in the wrong direction ({last} is followed by {edges[0]})")
        last = edges[0]


def _needs_fall(reader: Reader, bands: tuple[Band, ...], what: str) -> None:
    for place, (above, band) in enumerate(itertools.pairwise(bands), start=2):
        if band.needs > above.needs:
            reader.fault(f"row {place}: asks for more {what} than the row above it")
    if bands and bands[-1].needs != 0:
        reader.fault(f"a gap: the lowest row must ask for no {what}")


def refuse_no_case(rule: Any, raw: Inputs) -> bool:
    """Whether the answer is "no case this year"; raises InputRefused where that cannot be said."""
    if "no_case" not in raw:
        return False
    if raw["no_case"] is not True:
        raise InputRefused("no_case_true")
    if not rule.no_case:
        raise InputRefused("no_case_not_offered")
    if len(raw) > 1:
        raise InputRefused("no_case_alone")
    return True
