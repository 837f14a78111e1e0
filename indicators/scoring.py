"""The scoring service: inputs to score with its explanation; sums, means, ranges and levels.

Pure: no Django. Exact: `Decimal` and `Fraction`, never float. Source: handbook chapter 4 (lines 391-1195)
as RULINGS.md reads it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from indicators.checks import Check, Checked, percent
from indicators.inputs import InputRefused, Inputs
from indicators.rules import (
    AttendanceRule,
    Band,
    CampaignRule,
    ChoiceRule,
    CountRule,
    PercentRule,
    Rule,
    refuse_no_case,
)
from indicators.thai import number, rounded

HIGHEST = Decimal(10)
# Scores lie this far apart.
STEP = Decimal("2.5")


@dataclass(frozen=True, slots=True)
class Level:
    """One of the five levels of an area, a dimension or the whole (handbook lines 418-424)."""

    code: str
    at_least: Decimal
    name: str
    name_en: str
    passes: bool


LEVELS = (
    Level("good", Decimal("8.50"), "ผ่านเกณฑ์ในระดับดี", "Pass: good", True),
    Level("fairly_good", Decimal("7.00"), "ผ่านเกณฑ์ในระดับค่อนข้างดี", "Pass: fairly good", True),
    Level("should_improve", Decimal("5.50"), "ตกเกณฑ์และควรปรับปรุง", "Fail: should improve", False),
    Level("must_improve", Decimal("3.00"), "ตกเกณฑ์และต้องปรับปรุง", "Fail: must improve", False),
    Level("urgent", Decimal("0.00"), "ตกเกณฑ์และต้องปรับปรุงอย่างเร่งด่วน", "Fail: must improve urgently", False),
)

# The five scores have labels of their own (handbook lines 408-412).
SCORE_LABELS = {
    Decimal(10): "ดี",
    Decimal("7.5"): "ค่อนข้างดี",
    Decimal(5): "ควรปรับปรุง",
    Decimal("2.5"): "ต้องปรับปรุง",
    Decimal(0): "ต้องปรับปรุงอย่างเร่งด่วน",
}


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level with the published means that it covers (both ends included), as the handbook prints it."""

    level: Level
    low: Decimal
    high: Decimal


def level_rows() -> list[LevelRow]:
    """The five levels from the top one: 8.50-10.00, 7.00-8.49, ..."""
    highs = [HIGHEST.quantize(Decimal("0.01")), *(level.at_least - Decimal("0.01") for level in LEVELS[:-1])]
    return [LevelRow(level, level.at_least, high) for level, high in zip(LEVELS, highs, strict=True)]


def level_of(mean: Decimal) -> Level:
    """The level of a published mean (two decimals)."""
    return next(level for level in LEVELS if mean >= level.at_least)


@dataclass(frozen=True, slots=True)
class Scored:
    """The score of one answer. `band` is the printed row, 1 = the top one; `pending` says what is awaited."""

    score: Decimal | None
    band: int | None
    explanation: str
    pending: Literal["no_case"] | None = None


def score(rule: Rule, raw: Inputs) -> Scored:
    """The score of one answer to a scored indicator; raises InputRefused.

    `raw` holds the indicator's inputs (RULINGS, "What each indicator asks") or `{"no_case": True}`.
    """
    if refuse_no_case(rule, raw):
        return _awaits_reviewer("ไม่มีกรณีในรอบปี")
    values = rule.read(raw)
    match rule:
        case CountRule():
            return _score_count(rule, values)
        case PercentRule():
            return _score_percent(rule, values)
        case ChoiceRule():
            place = values["option"] - 1
            return _row(rule, place, f"เลือกข้อ {place + 1}", shown=rule.bands[place].text)
        case AttendanceRule():
            return _score_attendance(rule, values)
        case CampaignRule():
            return _score_campaigns(rule, values)
    raise TypeError(f"no scoring for {type(rule).__name__}")


def row_of(rule: Rule, values: Inputs) -> int | None:
    """The printed row alone (1 = the top one) of inputs that `rule.read` gave; None where only a reviewer can choose.

    What `score` says too, without the words: cheap where many inputs are tried.
    """
    match rule:
        case CountRule():
            return _count_place(rule, values) + 1
        case PercentRule():
            if values["denominator"] == 0:
                return None if rule.zero_denominator == "no_case" else len(rule.bands)
            return _percent_place(rule, values) + 1
        case ChoiceRule():
            return int(values["option"])
        case AttendanceRule():
            if values["directory_total"] == 0 or not values["attendance"]:
                return len(rule.bands)
            return _attendance_place(rule, values)[0] + 1
        case CampaignRule():
            if values["projects"] == 0 or values["invited"] == 0:
                return len(rule.bands)
            return _campaign_place(rule, values) + 1
    raise TypeError(f"no scoring for {type(rule).__name__}")


def _awaits_reviewer(found: str) -> Scored:
    return Scored(None, None, f"{found} → ยังไม่คิดคะแนน รอผู้ตรวจประเมินเลือกช่วงคะแนนพร้อมเหตุผล", "no_case")


def decided(rule: Rule, waiting: Scored, *, band: int, reason: str) -> Scored:
    """The outcome of a no-case answer once a reviewer chose a printed row (1 = the top one) and gave a reason."""
    found = waiting.explanation.partition(" → ")[0]
    row = rule.bands[band - 1]
    chosen = f"“{row.text}”" if isinstance(rule, ChoiceRule) else _range(row)
    told = f"{found} → ผู้ตรวจประเมินเลือก{chosen} → {number(row.score)} คะแนน เพราะ{reason}"
    return Scored(row.score, band, told)


def _range(band: Band) -> str:
    # A label without a figure ("ไม่มี") is a name, so it stands in quotation marks.
    label = band.label if any(sign.isdigit() for sign in band.label) else f"“{band.label}”"
    return f"ช่วง {label}"


def _row(rule: Rule, place: int, found: str, *, shown: str = "") -> Scored:
    band = rule.bands[place]
    return Scored(band.score, place + 1, f"{found} → {shown or _range(band)} → {number(band.score)} คะแนน")


def _score_count(rule: CountRule, values: Inputs) -> Scored:
    count = values["count"]
    found = f"{number(count)} {rule.unit}"
    if rule.per_year != 1:
        found += f"ใน 1 ปี = เดือนละ {number(Fraction(count, rule.per_year))} {rule.unit}"
    return _row(rule, _count_place(rule, values), found)


def _count_place(rule: CountRule, values: Inputs) -> int:
    return next(i for i, band in enumerate(rule.bands) if values["count"] >= _edge(band) * rule.per_year)


def _score_percent(rule: PercentRule, values: Inputs) -> Scored:
    part, whole = values["numerator"], values["denominator"]
    if whole == 0:
        found = f"0 จาก 0 {rule.unit}"
        if rule.zero_denominator == "no_case":
            return _awaits_reviewer(f"{found} ไม่มีกรณีในรอบปี")
        return _did_not_act(rule, found)
    edges = tuple(e for b in rule.bands for e in (b.at_least, b.at_most, b.below) if e is not None)
    found = f"{number(part)} จาก {number(whole)} {rule.unit} = ร้อยละ {percent(part, whole, edges)}"
    return _row(rule, _percent_place(rule, values), found)


def _percent_place(rule: PercentRule, values: Inputs) -> int:
    part, whole = values["numerator"], values["denominator"]
    return next(i for i, band in enumerate(rule.bands) if _holds(band, part, whole))


def _did_not_act(rule: Rule, found: str) -> Scored:
    return _row(rule, len(rule.bands) - 1, f"{found} (ยังไม่ได้ดำเนินการ นับเป็นช่วงต่ำสุด)")


def _holds(band: Band, part: int, whole: int) -> bool:
    """Whether the exact ratio lies within the row's edge; compared by multiplication, never rounded."""
    if band.at_least is not None:
        return part * 100 >= band.at_least * whole
    if band.at_most is not None:
        return part * 100 <= band.at_most * whole
    return band.below is None or part * 100 < band.below * whole


def _edge(band: Band) -> Decimal:
    return band.at_least if band.at_least is not None else Decimal(0)


def _score_attendance(rule: AttendanceRule, values: Inputs) -> Scored:
    total, attendance = values["directory_total"], values["attendance"]
    found = f"ทำเนียบ {number(total)} {rule.unit} จัด {number(len(attendance))} กิจกรรม"
    if total == 0 or not attendance:
        return _did_not_act(rule, found)
    edges = tuple(_edge(band) for band in rule.bands)
    more = ", ..." if len(attendance) > 12 else ""
    came = ", ".join(number(each) for each in attendance[:12])
    shares = ", ".join(percent(each, total, edges) for each in attendance[:12])
    found += f" เข้าร่วม {came}{more} {rule.unit} = ร้อยละ {shares}{more}"
    place, reached = _attendance_place(rule, values)
    if place < len(rule.bands) - 1:
        found += f" (ถึงร้อยละ {number(_edge(rule.bands[place]))} จำนวน {number(reached)} กิจกรรม)"
    return _row(rule, place, found)


def _attendance_place(rule: AttendanceRule, values: Inputs) -> tuple[int, int]:
    """The row's place, and how many activities reached its edge."""
    total, attendance = values["directory_total"], values["attendance"]
    for place, band in enumerate(rule.bands):
        reached = sum(came * 100 >= _edge(band) * total for came in attendance)
        if reached >= band.needs:
            return place, reached
    raise AssertionError("the lowest row asks for nothing")


def _score_campaigns(rule: CampaignRule, values: Inputs) -> Scored:
    projects, joined, invited = values["projects"], values["joined"], values["invited"]
    found = f"{number(projects)} {rule.projects_unit}"
    if projects == 0:
        return _did_not_act(rule, found)
    if invited == 0:
        return _did_not_act(rule, f"{found} ไม่ได้เชิญองค์การใด")
    edges = tuple(_edge(band) for band in rule.bands)
    found += f" เข้าร่วม {number(joined)} จาก {number(invited)} {rule.unit} = ร้อยละ {percent(joined, invited, edges)}"
    return _row(rule, _campaign_place(rule, values), found)


def _campaign_place(rule: CampaignRule, values: Inputs) -> int:
    projects, joined, invited = values["projects"], values["joined"], values["invited"]
    return next(i for i, band in enumerate(rule.bands) if projects >= band.needs and _holds(band, joined, invited))


@dataclass(frozen=True, slots=True)
class Total:
    """The sum and mean of an area, a dimension or the whole, over its fixed number of indicators.

    `sum` adds the scores there are. `low` and `high` are means (two decimals, half up): every open indicator at its
    lowest row, and every open one at 10. `mean` is None while they differ; `level` when they differ in level.
    """

    sum: Decimal
    count: int
    open: int
    low: Decimal
    high: Decimal
    mean: Decimal | None
    level: Level | None


def total(parts: Iterable[tuple[Decimal | None, Decimal]]) -> Total:
    """The total of (score or None while open, score of the lowest row) pairs; at least one."""
    parts = list(parts)
    known = sum((score for score, _ in parts if score is not None), Decimal(0))
    opened = [lowest for score, lowest in parts if score is None]
    return _total(known, len(parts), len(opened), sum(opened, Decimal(0)))


@lru_cache(maxsize=4096)
def _total(known: Decimal, count: int, opened: int, opened_lowest: Decimal) -> Total:
    """`opened_lowest` sums the lowest rows of the open indicators."""
    low = rounded(Fraction(known + opened_lowest) / count)
    high = rounded(Fraction(known + HIGHEST * opened) / count)
    lowest_level, highest_level = level_of(low), level_of(high)
    return Total(
        sum=known,
        count=count,
        open=opened,
        low=low,
        high=high,
        mean=low if low == high else None,
        level=lowest_level if lowest_level == highest_level else None,
    )


def shifted(before: Total, *, old: Decimal, new: Decimal) -> Total:
    """The total after one of its indicators goes from the score `old` to `new`."""
    # A total keeps its lowest mean in two decimals. What the open ones add to it is a sum of scores, so a multiple of
    # 2.5, and found again exactly: rounding moved it by at most half a hundredth for each indicator.
    about = before.low * before.count - before.sum
    opened_lowest = rounded(Fraction(about) / Fraction(STEP), 0) * STEP
    return _total(before.sum + new - old, before.count, before.open, opened_lowest)


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator as the scoring service sees it. `code` is dimension.indicator ("2.1")."""

    code: str
    dimension: int
    area: int
    rule: Rule | Check


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that follows from a set of answers to one edition."""

    results: dict[str, Scored | Checked | InputRefused]
    areas: dict[tuple[int, int], Total]
    dimensions: dict[int, Total]
    overall: Total
    refused: bool = field(default=False)


def evaluate(items: Iterable[Item], answers: Mapping[str, Any], *, target: Decimal | None = None) -> Outcome:
    """Score and check every answer. What is left out, refused or pending stays open in the totals."""
    items = list(items)
    known = {item.code for item in items}
    results: dict[str, Scored | Checked | InputRefused] = {}
    for code in answers:
        if code not in known:
            results[code] = InputRefused("unknown_indicator", value=str(code)[:40])
    for item in items:
        if item.code in answers:
            results[item.code] = judge(item.rule, answers[item.code], target=target)
    scores = {code: result.score for code, result in results.items() if isinstance(result, Scored)}
    return Outcome(
        results=results,
        **totals((item, scores.get(item.code)) for item in items),
        refused=any(isinstance(result, InputRefused) for result in results.values()),
    )


def judge(rule: Rule | Check, answer: Any, *, target: Decimal | None = None) -> Scored | Checked | InputRefused:
    """The outcome of one answer; a refusal comes back as a value, so that the others still score."""
    if not isinstance(answer, Mapping):
        return InputRefused("not_an_answer")
    try:
        if isinstance(rule, Rule):
            return score(rule, answer)
        refuse_no_case(rule, answer)
        return rule.judge(rule.read(answer), target=target)
    except InputRefused as refusal:
        return refusal


def totals(scores: Iterable[tuple[Item, Decimal | None]]) -> dict[str, Any]:
    """Areas, dimensions and the whole, each over its own indicators (not the mean of means)."""
    areas: dict[tuple[int, int], list[tuple[Decimal | None, Decimal]]] = {}
    for item, value in scores:
        if isinstance(item.rule, Rule):
            areas.setdefault((item.dimension, item.area), []).append((value, item.rule.lowest))
    dimensions: dict[int, list[tuple[Decimal | None, Decimal]]] = {}
    for (dimension, _), parts in areas.items():
        dimensions.setdefault(dimension, []).extend(parts)
    return {
        "areas": {key: total(parts) for key, parts in areas.items()},
        "dimensions": {key: total(parts) for key, parts in dimensions.items()},
        "overall": total([part for parts in dimensions.values() for part in parts]),
    }
