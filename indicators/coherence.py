"""Answers that do not go together: soft warnings that ask and never refuse.

Pure: no Django. Only what the standard itself makes true is asked: the same number at two places, a part above its
whole, two answers that say the opposite. A numerator above another indicator's denominator of the same people is no
rule of its own: it is never above its own denominator, so then the two denominators differ, and that is asked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indicators.facts import Fact, facts_of, given
from indicators.thai import number


@dataclass(frozen=True, slots=True)
class Reply:
    """What one indicator was answered, as stored: inputs, or "no case this year"."""

    inputs: Mapping[str, Any] | None = None
    no_case: bool = False


Replies = Mapping[str, Reply]


@dataclass(frozen=True, slots=True)
class Caution:
    """A soft warning. `code` names it within an assessment, `indicators` are those concerned in printed order.

    `about` are the figures that it rests on, as plain data: a confirmation holds while they are the same.
    """

    code: str
    indicators: tuple[str, ...]
    about: Mapping[str, Any]
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """A number that is part of a fact: `count` reads it from an answer."""

    code: str
    count: Callable[[Mapping[str, Any]], int | None]
    label: str
    fact: str


def _of(field: str) -> Callable[[Mapping[str, Any]], int | None]:
    return lambda inputs: given(inputs, field)


def _all_groups(inputs: Mapping[str, Any]) -> int | None:
    return sum(inputs["groups"]) if inputs.get("groups") else None


_PARTS_2563 = (
    # 1.7 counts some kinds of staff only; all of them are บุคลากร.
    Part("1.7", _all_groups, "ข้าราชการ พนักงานราชการ และลูกจ้างประจำรวมทุกกลุ่ม/ฝ่าย", "staff"),
    Part("1.10", _of("denominator"), "นักสังคมสงเคราะห์", "staff"),
    Part("1.14", _of("count"), "บุคลากรที่ได้ไปต่างประเทศ", "staff"),
    Part("2.7", _of("denominator"), "เจ้าหน้าที่ที่มีการประเมิน", "staff"),
    Part("2.8", _of("denominator"), "เจ้าหน้าที่ที่มีการประเมิน", "staff"),
    Part("3.7", _of("denominator"), "เจ้าหน้าที่ที่ขออนุญาต", "staff"),
    # 2.6 counts every project for which the office is responsible, alone or with others.
    Part("4.14", _of("count"), "โครงการที่มีการบูรณาการการช่วยเหลือ", "projects"),
    Part("4.29", _of("projects"), "โครงการรณรงค์", "projects"),
)
# What is asked of a pair of answers, with the indicators that it reads.
_PAIRS_2563 = (("2.10", "2.11", "2.12"), ("4.4", "4.6"), ("4.29",), ("4.31", "4.32"), ("4.31", "4.33"))
_EDITIONS = frozenset({2563})


def related(edition: int, code: str) -> frozenset[str]:
    """The indicators whose answers are read to judge one, itself included; empty where nothing is asked of it."""
    if edition not in _EDITIONS:
        return frozenset()
    found: set[str] = set()
    for fact in facts_of(edition):
        whole = {use.code for use in fact.exact}
        parts = {part.code for part in _PARTS_2563 if part.fact == fact.name}
        if code in whole:
            found |= whole | parts
        elif code in parts:
            found |= whole | {code}
    for pair in _PAIRS_2563:
        if code in pair:
            found |= set(pair)
    return frozenset(found)


def coherence(edition: int, replies: Replies, facts: Mapping[str, int]) -> tuple[Caution, ...]:
    """Everything that does not go together among the answers given, and with the facts stated, in printed order."""
    if edition not in _EDITIONS:
        return ()
    found = [*_same(edition, replies, facts), *_parts(edition, replies, facts), *_opposites(replies)]
    return tuple(sorted(found, key=lambda caution: _order(caution.indicators[0])))


def _order(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


def _entered(fact: Fact, replies: Replies) -> dict[str, int]:
    """What the indicators that ask for a fact were answered, by code."""
    found = {use.code: given(replies[use.code].inputs, use.field) for use in fact.exact if use.code in replies}
    return {code: value for code, value in found.items() if value is not None}


def _same(edition: int, replies: Replies, facts: Mapping[str, int]) -> Iterator[Caution]:
    """One number at several places: against the stated fact, or, where none is stated, against each other."""
    for fact in facts_of(edition):
        entered = _entered(fact, replies)
        stated = facts.get(fact.name)
        if stated is not None:
            other = {code: value for code, value in entered.items() if value != stated}
            if other:
                yield Caution(
                    f"fact-{fact.name}",
                    tuple(other),
                    {"fact": stated, **other},
                    f"ข้อเท็จจริงของสำนักงานระบุ{fact.label} {number(stated)} {fact.unit}"
                    f" แต่{_listed(other, fact.unit)} ตัวเลขใดถูกต้อง",
                )
        elif len(set(entered.values())) > 1:
            yield Caution(
                f"same-{fact.name}",
                tuple(entered),
                dict(entered),
                f"{fact.label}ควรเป็นจำนวนเดียวกัน แต่{_listed(entered, fact.unit)} ตัวเลขใดถูกต้อง",
            )


def _listed(entered: Mapping[str, int], unit: str) -> str:
    """ตัวชี้วัด 2.7 ตอบ 44 และ 2.8 ตอบ 45 คน"""
    told = [f"{code} ตอบ {number(value)}" for code, value in entered.items()]
    return "ตัวชี้วัด " + " และ ".join([*([", ".join(told[:-1])] if len(told) > 1 else []), told[-1]]) + f" {unit}"


def _parts(edition: int, replies: Replies, facts: Mapping[str, int]) -> Iterator[Caution]:
    """A part above its whole: above the stated fact, or where none is stated above every answer that gives it."""
    by_name = {fact.name: fact for fact in facts_of(edition)}
    for part in _PARTS_2563:
        fact = by_name[part.fact]
        reply = replies.get(part.code)
        count = part.count(reply.inputs) if reply and reply.inputs is not None else None
        whole, code = _whole(fact, replies, facts)
        if count is None or whole is None or count <= whole:
            continue
        where = f"ตัวชี้วัด {code}" if code else "ข้อเท็จจริงของสำนักงาน"
        yield Caution(
            f"part-{part.code}",
            tuple(sorted({part.code, code} - {""}, key=_order)),
            {part.code: count, part.fact: whole},
            f"{part.label}ในตัวชี้วัด {part.code} คือ {number(count)} {fact.unit}"
            f" มากกว่า{fact.label}ใน{where} ({number(whole)} {fact.unit}) ตัวเลขใดถูกต้อง",
        )


def _whole(fact: Fact, replies: Replies, facts: Mapping[str, int]) -> tuple[int | None, str]:
    """A fact as stated (""), or the largest number that an indicator gives for it, with that indicator's code."""
    if fact.name in facts:
        return facts[fact.name], ""
    entered = _entered(fact, replies)
    if entered:
        most = max(entered.values())
        return most, next(code for code, value in entered.items() if value == most)
    none_at = [use.code for use in fact.exact if use.code in replies and replies[use.code].no_case]
    return (0, none_at[0]) if none_at else (None, "")


def _opposites(replies: Replies) -> Iterator[Caution]:
    """Answers that say the opposite of each other."""

    def count(code: str, field: str = "count") -> int | None:
        return given(replies[code].inputs, field) if code in replies else None

    plans, reported = count("4.4"), count("4.6", "option")
    if plans == 0 and reported in (1, 2):
        yield Caution(
            "opposite-4.6",
            ("4.4", "4.6"),
            {"4.4": plans, "4.6": reported},
            f"ตัวชี้วัด 4.4 ตอบว่าไม่มีแผนด้านสังคมที่จัดทำและขับเคลื่อน (0 แผน) แต่ 4.6 เลือกข้อ {reported} ว่ามีแผน"
            " แผนที่ประเมินใน 4.6 คือแผนใน 4.4 ข้อใดถูกต้อง",
        )
    elif plans and reported == 3:
        yield Caution(
            "opposite-4.6",
            ("4.4", "4.6"),
            {"4.4": plans, "4.6": reported},
            f"ตัวชี้วัด 4.4 ตอบว่ามี {number(plans)} แผน แต่ 4.6 เลือกข้อ 3 ว่าไม่มีแผนงานหรือโครงการในรอบปี ข้อใดถูกต้อง",
        )
    followed = {code: value for code in ("2.11", "2.12") if (value := count(code))}
    if count("2.10") == 0 and followed:
        units = {"2.11": "ประชุมกำกับตามแผน {} ครั้ง", "2.12": "มีรายงานตามแผน {} ฉบับ"}
        told = " และ ".join(f"{code} {units[code].format(number(value))}" for code, value in followed.items())
        yield Caution(
            "opposite-2.10",
            ("2.10", *followed),
            {"2.10": 0, **followed},
            f"ตัวชี้วัด 2.10 ตอบว่าไม่มีแผนการควบคุมภายในที่ครอบคลุมทุกกลุ่ม/ฝ่าย แต่ {told}"
            " ถ้ามีแผนแต่ยังไม่ครอบคลุมทุกกลุ่ม/ฝ่าย ให้ยืนยันพร้อมเหตุผล",
        )
    projects, invited = count("4.29", "projects"), count("4.29", "invited")
    if projects == 0 and invited:
        yield Caution(
            "opposite-4.29",
            ("4.29",),
            {"projects": 0, "invited": invited},
            f"ตัวชี้วัด 4.29 ตอบว่าไม่มีโครงการรณรงค์ แต่เชิญองค์การ {number(invited)} องค์การ ตัวเลขใดถูกต้อง",
        )
    yield from _complaints(replies, count)


def _complaints(replies: Replies, count: Callable[..., int | None]) -> Iterator[Caution]:
    """4.31 to 4.33: whether there was a complaint at all."""
    cases, reported, channels = count("4.31", "denominator"), count("4.32", "option"), count("4.33")
    none_here = "4.31" in replies and (replies["4.31"].no_case or cases == 0)
    if none_here and reported is not None:
        yield Caution(
            "opposite-4.32",
            ("4.31", "4.32"),
            {"4.31": 0, "4.32": reported},
            f"ตัวชี้วัด 4.31 ตอบว่าไม่มีเรื่องร้องทุกข์ในรอบปี แต่ 4.32 เลือกข้อ {reported}"
            " ถ้าไม่มีเรื่องร้องทุกข์ 4.32 ควรเป็น “ไม่มีกรณีในรอบปี” ข้อใดถูกต้อง",
        )
    if cases and "4.32" in replies and replies["4.32"].no_case:
        yield Caution(
            "opposite-4.32",
            ("4.31", "4.32"),
            {"4.31": cases, "4.32": "no_case"},
            f"ตัวชี้วัด 4.31 ตอบว่ามีเรื่องร้องทุกข์ {number(cases)} เรื่อง แต่ 4.32 ตอบว่าไม่มีกรณีในรอบปี ข้อใดถูกต้อง",
        )
    if cases and channels == 0:
        yield Caution(
            "opposite-4.33",
            ("4.31", "4.33"),
            {"4.31": cases, "4.33": 0},
            f"ตัวชี้วัด 4.33 ตอบว่าไม่มีช่องทางร้องทุกข์ แต่ 4.31 มีเรื่องร้องทุกข์ {number(cases)} เรื่อง ข้อใดถูกต้อง",
        )
