"""Dimension 1: the criteria that are checked, not scored (handbook chapter 3, lines 256-290).

Pure: no Django. Each check tells whether a criterion is met and how much is missing, because
dimension 1 serves the allocation of resources (RULINGS, "Dimension 1").
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any, ClassVar, Literal

from indicators.inputs import Field, Inputs, read_fields
from indicators.rules import Reader, RuleFaults, refuse_above_whole
from indicators.thai import number, rounded


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check.

    `met` is None while something from outside is missing (1.31: the year's target). `shortfall` counts what is
    missing, in `unit`; 0 when nothing is. `position` is set for ranges.
    """

    met: bool | None
    shortfall: Decimal | None
    unit: str
    explanation: str
    position: Literal["below", "within", "above"] | None = None
    pending: Literal["target"] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A criterion of dimension 1."""

    kind: ClassVar[str]
    unit: str = ""
    no_case: bool = False

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

    @property
    def wanted(self) -> str:
        """What the criterion asks for, in words, as an explanation and the handbook's page show it."""
        raise NotImplementedError

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        raise NotImplementedError


def _told(found: str, wanted: str, shortfall: Decimal | int, unit: str) -> str:
    if shortfall == 0:
        return f"{found} · เกณฑ์ {wanted} → ผ่านเกณฑ์"
    return f"{found} · เกณฑ์ {wanted} → ไม่ผ่านเกณฑ์ ขาด {number(Decimal(shortfall))} {unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class AtLeast(Check):
    """A single number means at least (1.2-1.4, 1.6, 1.14, ...)."""

    kind = "at_least"
    label: str
    at_least: Decimal
    decimals: int = 0

    @property
    def fields(self) -> tuple[Field, ...]:
        kind: Literal["measure", "count"] = "measure" if self.decimals else "count"
        return (Field("count", self.label, self.unit, type=kind, decimals=self.decimals),)

    @property
    def wanted(self) -> str:
        return f"อย่างน้อย {number(self.at_least)} {self.unit}"

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        short = max(Decimal(0), self.at_least - values["count"])
        told = _told(f"มี {number(values['count'])} {self.unit}", self.wanted, short, self.unit)
        return Checked(short == 0, short, self.unit, told)


@dataclass(frozen=True, kw_only=True, slots=True)
class PerPerson(Check):
    """Room for each person (1.1): area over people."""

    kind = "per_person"
    amount: str
    people: str
    people_unit: str
    at_least: Decimal
    decimals: int = 2

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("amount", self.amount, self.unit, type="measure", decimals=self.decimals),
            Field("people", self.people, self.people_unit, above_zero=True),
        )

    def check(self, values: Inputs) -> None:
        if values["people"] == 0:
            raise self.fields[1].refuse("zero_whole")

    @property
    def wanted(self) -> str:
        return f"ไม่น้อยกว่า {number(self.at_least)} {self.unit}/{self.people_unit}"

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        each = Fraction(values["amount"]) / values["people"]
        short = max(Decimal(0), self.at_least * values["people"] - values["amount"])
        found = (
            f"{number(values['amount'])} {self.unit} ต่อ {number(values['people'])} {self.people_unit}"
            f" = {shown(each, (self.at_least,))} {self.unit}/{self.people_unit}"
        )
        return Checked(short == 0, short, self.unit, _told(found, self.wanted, short, self.unit))


def _place(value: int, low: int, high: int) -> Literal["below", "within", "above"]:
    return "below" if value < low else "above" if value > high else "within"


@dataclass(frozen=True, kw_only=True, slots=True)
class Range(Check):
    """A range tells below, within or above (1.15, 1.20). Above lacks nothing, so it is met, and said to be above."""

    kind = "range"
    label: str
    low: int
    high: int

    @property
    def fields(self) -> tuple[Field, ...]:
        return (Field("count", self.label, self.unit),)

    @property
    def wanted(self) -> str:
        return f"{self.low}-{self.high} {self.unit}"

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        short = Decimal(max(0, self.low - values["count"]))
        position = _place(values["count"], self.low, self.high)
        told = _told(f"มี {number(values['count'])} {self.unit}", self.wanted, short, self.unit)
        if position == "above":
            told += f" (สูงกว่าช่วง {number(values['count'] - self.high)} {self.unit})"
        return Checked(short == 0, short, self.unit, told, position)


@dataclass(frozen=True, kw_only=True, slots=True)
class PerGroup(Check):
    """Each of the three units has its people (1.7); what one has too many does not help another."""

    kind = "per_group"
    groups: tuple[str, ...]
    low: int
    high: int

    @property
    def fields(self) -> tuple[Field, ...]:
        names = tuple(f"จำนวนบุคลากร{name}" for name in self.groups)
        label = "จำนวนบุคลากรของแต่ละกลุ่ม/ฝ่าย"
        return (Field("groups", label, self.unit, type="list", length=len(names), item_labels=names),)

    @property
    def wanted(self) -> str:
        return f"{self.low}-{self.high} {self.unit}ต่อกลุ่ม/ฝ่าย"

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        short = Decimal(sum(max(0, self.low - people) for people in values["groups"]))
        places = {_place(people, self.low, self.high) for people in values["groups"]}
        position: Literal["below", "within", "above"] = (
            "below" if "below" in places else "above" if "above" in places else "within"
        )
        found = " · ".join(self._unit(*each) for each in zip(self.groups, values["groups"], strict=True))
        return Checked(short == 0, short, self.unit, _told(found, self.wanted, short, self.unit), position)

    def _unit(self, name: str, people: int) -> str:
        """One unit in words, with what it lacks or has too many: "… 12 คน (สูงกว่าช่วง 1 คน)"."""
        told = f"{name} {number(people)} {self.unit}"
        if people < self.low:
            return f"{told} (ขาด {number(self.low - people)} {self.unit})"
        return told if people <= self.high else f"{told} (สูงกว่าช่วง {number(people - self.high)} {self.unit})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Share(Check):
    """Some of all, in percent, at least so many (1.9-1.13). The shortfall counts people."""

    kind = "share"
    numerator: str
    denominator: str
    at_least: Decimal
    zero_denominator: Literal["refuse", "not_met"] = "refuse"

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

    @property
    def wanted(self) -> str:
        return f"ร้อยละ {number(self.at_least)}" + ("" if self.at_least == 100 else " ขึ้นไป")

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        part, whole = values["numerator"], values["denominator"]
        if whole == 0:
            # 1.10: an office without any social worker has nobody who could hold the licence.
            nobody = self.denominator.removeprefix("จำนวน").removesuffix("ทั้งหมด")
            told = _told(f"ไม่มี{nobody}ในสำนักงาน", self.wanted, 1, self.unit)
            return Checked(False, Decimal(1), self.unit, told)
        needed = (self.at_least * whole / 100).to_integral_value(rounding=ROUND_CEILING)
        short = max(Decimal(0), needed - part)
        found = f"{number(part)} จาก {number(whole)} {self.unit} = ร้อยละ {percent(part, whole, (self.at_least,))}"
        return Checked(short == 0, short, self.unit, _told(found, self.wanted, short, self.unit))


@dataclass(frozen=True, kw_only=True, slots=True)
class Yes(Check):
    """Has it or not (1.5, 1.28), has passed or not (1.8). `answers` are the words for yes and for no."""

    kind = "yes"
    label: str
    answers: tuple[str, str] = ("มี", "ไม่มี")

    @property
    def fields(self) -> tuple[Field, ...]:
        return (Field("has", self.label, type="yes", options=self.answers),)

    @property
    def wanted(self) -> str:
        return self.answers[0]

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        if values["has"]:
            return Checked(True, Decimal(0), self.unit, f"{self.answers[0]} → ผ่านเกณฑ์")
        return Checked(False, Decimal(1), self.unit, f"{self.answers[1]} → ไม่ผ่านเกณฑ์")


@dataclass(frozen=True, kw_only=True, slots=True)
class Insured(Check):
    """Vehicles, and how many of them are insured (1.29, 1.30): all must be."""

    kind = "insured"
    vehicles: str
    insured: str
    low: int
    high: int | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        return (Field("vehicles", self.vehicles, self.unit), Field("insured", self.insured, self.unit))

    def check(self, values: Inputs) -> None:
        whole, part = self.fields
        refuse_above_whole(part, values["insured"], whole, values["vehicles"])

    @property
    def wanted(self) -> str:
        how_many = f"{self.low}-{self.high}" if self.high else f"อย่างน้อย {self.low}"
        return f"{how_many} {self.unit} และทำประกันภัยทุก{self.unit}"

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        have, insured = values["vehicles"], values["insured"]
        short = Decimal(max(0, self.low - have))
        bare = have - insured
        parts = []
        if short:
            parts.append(f"ขาด {number(short)} {self.unit}")
        if bare:
            parts.append(f"ยังไม่ทำประกันภัย {number(bare)} {self.unit}")
        position = _place(have, self.low, self.high) if self.high else None
        told = (
            f"มี {number(have)} {self.unit} ทำประกันภัย {number(insured)} {self.unit}"
            f" · เกณฑ์ {self.wanted}"
            f" → {'ไม่ผ่านเกณฑ์ ' + ' และ'.join(parts) if parts else 'ผ่านเกณฑ์'}"
        )
        if position == "above" and self.high:
            told += f" (สูงกว่าช่วง {number(have - self.high)} {self.unit})"
        return Checked(not parts, short, self.unit, told, position)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target(Check):
    """The rate spent against the year's target of the Budget Bureau, which the round carries (1.31)."""

    kind = "target"
    spent: str
    allocated: str
    decimals: int = 2

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field("spent", self.spent, self.unit, type="measure", decimals=self.decimals),
            Field("allocated", self.allocated, self.unit, type="measure", decimals=self.decimals, above_zero=True),
        )

    def check(self, values: Inputs) -> None:
        part, whole = self.fields
        refuse_above_whole(part, values["spent"], whole, values["allocated"])
        if values["allocated"] == 0:
            raise whole.refuse("zero_whole")

    @property
    def wanted(self) -> str:
        return "ไม่ต่ำกว่าเป้าหมายร้อยละการเบิกจ่ายของสำนักงบประมาณในปีนั้น"

    def judge(self, values: Inputs, *, target: Decimal | None = None) -> Checked:
        spent, allocated = values["spent"], values["allocated"]
        edges = () if target is None else (target,)
        found = f"เบิกจ่าย {number(spent)} จาก {number(allocated)} {self.unit} = ร้อยละ {percent(spent, allocated, edges)}"
        if target is None:
            told = f"{found} · รอส่วนกลางกรอกเป้าหมายการเบิกจ่ายของสำนักงบประมาณในรอบนี้"
            return Checked(None, None, "ร้อยละ", told, pending="target")
        short = max(Fraction(0), Fraction(target) - Fraction(spent) * 100 / Fraction(allocated))
        # Rounded up, so that a rate that falls short by a hair is never told to fall short by 0.
        told_short = Decimal(-(-short.numerator * 100 // short.denominator)) / 100
        wanted = f"เป้าหมายการเบิกจ่ายของสำนักงบประมาณ ร้อยละ {number(target)} ของรอบนี้"
        return Checked(short == 0, told_short, "ร้อยละ", _told(found, wanted, told_short, "จุดร้อยละ"))


def percent(part: Decimal | int, whole: Decimal | int, edges: tuple[Decimal, ...]) -> str:
    """part/whole in percent, as `shown` writes it: 2/3 is 66.67."""
    return shown(Fraction(part) * 100 / Fraction(whole), edges)


def shown(exact: Fraction, edges: tuple[Decimal, ...]) -> str:
    """An exact figure for people, half up to two decimals; with as many more as needed where rounding would reach
    one of `edges` that the exact figure does not (9,999,999 of 10,000,000 is never written as 100 percent)."""
    for decimals in range(2, 12):
        text = rounded(exact, decimals)
        if all((text >= edge) == (exact >= edge) and (text <= edge) == (exact <= edge) for edge in edges):
            break
    return number(text)


def parse_check(data: Any) -> Check:
    """The check of an indicator of dimension 1; raises RuleFaults with all its faults."""
    faults: list[str] = []
    reader = Reader(data, "rule", faults)
    kind = reader.take("kind")
    if not isinstance(kind, str) or kind not in _READERS:
        raise RuleFaults([*faults, f"rule: kind must be one of {', '.join(_READERS)}, not {kind!r}"])
    check = _READERS[kind](reader)
    reader.done()
    if faults:
        raise RuleFaults(faults)
    return check


def _edge(reader: Reader, *, highest: int | None = None) -> Decimal:
    edge = reader.number("at_least") or Decimal(0)
    if edge <= 0:
        reader.fault("at_least must be above 0")
    if highest is not None and edge > highest:
        reader.fault(f"at_least is above {highest}")
    return edge


def _span(reader: Reader, *, open_above: bool = False) -> tuple[int, int | None]:
    low = reader.whole("low", lowest=1) or 0
    high = reader.whole("high", *([None] if open_above else []), lowest=1)
    if high is not None and high < low:
        reader.fault(f"wrong direction: low {low} is above high {high}")
    return low, high


def _measure(reader: Reader, key: str) -> tuple[str, str, int]:
    inner = reader.inner(key)
    found = inner.text("label"), inner.text("unit", ""), inner.whole("decimals", 0) or 0
    inner.done()
    return found


def _per_person(reader: Reader) -> Check:
    amount, unit, decimals = _measure(reader, "amount")
    people, people_unit, _ = _measure(reader, "people")
    return PerPerson(
        unit=unit, amount=amount, decimals=decimals, people=people, people_unit=people_unit, at_least=_edge(reader)
    )


def _range(reader: Reader) -> Check:
    low, high = _span(reader)
    return Range(label=reader.text("label"), unit=reader.text("unit"), low=low, high=high or low)


def _per_group(reader: Reader) -> Check:
    low, high = _span(reader)
    groups = reader.take("groups")
    if not isinstance(groups, list) or not groups or not all(isinstance(name, str) and name for name in groups):
        reader.fault("groups must be a list of names")
        groups = []
    return PerGroup(unit=reader.text("unit"), groups=tuple(groups), low=low, high=high or low)


def _share(reader: Reader) -> Check:
    return Share(
        unit=reader.text("unit"),
        numerator=reader.label("numerator"),
        denominator=reader.label("denominator"),
        at_least=_edge(reader, highest=100),
        zero_denominator=reader.one_of("zero_denominator", ("refuse", "not_met")),
    )


def _yes(reader: Reader) -> Check:
    label, answers = reader.text("label"), reader.take("answers", ["มี", "ไม่มี"])
    two = isinstance(answers, list) and len(answers) == 2 and all(isinstance(word, str) and word for word in answers)
    if not two:
        reader.fault("answers must be the two words for yes and for no")
        answers = ["", ""]
    return Yes(label=label, answers=(answers[0], answers[1]))


def _insured(reader: Reader) -> Check:
    low, high = _span(reader, open_above=True)
    vehicles, unit, _ = _measure(reader, "vehicles")
    insured, _, _ = _measure(reader, "insured")
    return Insured(unit=unit, vehicles=vehicles, insured=insured, low=low, high=high)


def _target(reader: Reader) -> Check:
    spent, _, decimals = _measure(reader, "spent")
    allocated, _, _ = _measure(reader, "allocated")
    return Target(unit=reader.text("unit"), spent=spent, allocated=allocated, decimals=decimals)


_READERS: dict[str, Callable[[Reader], Check]] = {
    "at_least": lambda reader: AtLeast(
        label=reader.text("label"),
        unit=reader.text("unit"),
        at_least=_edge(reader),
        decimals=reader.whole("decimals", 0) or 0,
    ),
    "per_person": _per_person,
    "range": _range,
    "per_group": _per_group,
    "share": _share,
    "yes": _yes,
    "insured": _insured,
    "target": _target,
}
