"""Figures far from last year's: each kind of rule, below, at and above the bound."""

from typing import Any

import pytest

from indicators.editions import EditionNode
from indicators.jumps import jump

Years = dict[str, list[str]]


def about(standard: EditionNode, code: str, last: Any, now: Any) -> Years:
    found = jump(code, standard.indicators[code].rule, last=last, now=now)
    return dict(found.about) if found else {}


@pytest.mark.parametrize(
    ("last", "now", "jumps"),
    [
        (120, 1200, True),
        (1200, 120, True),
        (5, 14, False),  # nearly three times
        (5, 15, True),  # three times, ten more
        (4, 13, False),  # more than three times, nine more
        (10, 29, False),
        (10, 30, True),
        (30, 10, True),
        (0, 9, False),
        (0, 10, True),
        (10, 0, True),
        (0, 0, False),
        (100, 299, False),
        (100, 300, True),
    ],
)
def test_a_count_jumps_by_three_times_and_ten(standard: EditionNode, last: int, now: int, jumps: bool) -> None:
    expected = {"count": [str(last), str(now)]} if jumps else {}
    assert about(standard, "4.26", {"count": last}, {"count": now}) == expected


def test_the_question(standard: EditionNode) -> None:
    found = jump("4.26", standard.indicators["4.26"].rule, last={"count": 120}, now={"count": 1200})
    assert found is not None
    assert (found.code, found.indicators) == ("jump-4.26", ("4.26",))
    assert found.sentence == "ปีที่แล้ว 120 ปีนี้ 1,200 ครั้ง ยืนยันหรือไม่"


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        ((90, 100), (51, 100), {}),
        ((90, 100), (50, 100), {"percent": ["90", "50"]}),
        ((50, 100), (90, 100), {"percent": ["50", "90"]}),
        ((10, 10), (0, 10), {"percent": ["100", "0"]}),
        ((9, 9), (0, 10), {}),  # too few cases in one of the years
        ((10, 100), (100, 1000), {"denominator": ["100", "1000"]}),
        ((0, 0), (5, 5), {}),
        ((0, 0), (12, 12), {"denominator": ["0", "12"]}),
    ],
)
def test_a_percentage_jumps_by_forty_points_of_ten_cases(
    standard: EditionNode, last: tuple[int, int], now: tuple[int, int], expected: Years
) -> None:
    years = [dict(zip(("numerator", "denominator"), each, strict=True)) for each in (last, now)]
    assert about(standard, "4.34", *years) == expected


def test_both_figures_of_a_percentage_are_named(standard: EditionNode) -> None:
    found = jump(
        "2.2",
        standard.indicators["2.2"].rule,
        last={"numerator": 90, "denominator": 100},
        now={"numerator": 400, "denominator": 1000},
    )
    assert found is not None
    assert found.sentence == (
        "จำนวนหนังสือจากภายนอกที่ได้รับทั้งหมดในรอบปี: ปีที่แล้ว 100 ปีนี้ 1,000 ฉบับ และ ร้อยละ: ปีที่แล้ว 90 ปีนี้ 40 ยืนยันหรือไม่"
    )


@pytest.mark.parametrize(
    ("code", "last", "now", "expected"),
    [
        ("1.1", {"amount": "100.50", "people": 40}, {"amount": "1005.00", "people": 40}, {"amount": ["201/2", "1005"]}),
        ("1.7", {"groups": [4, 4, 4]}, {"groups": [40, 4, 4]}, {"groups": ["12", "48"]}),
        ("1.15", {"count": 16}, {"count": 160}, {"count": ["16", "160"]}),
        ("1.11", {"numerator": 9, "denominator": 10}, {"numerator": 9, "denominator": 30}, {
            "denominator": ["10", "30"], "percent": ["90", "30"]}),
        ("1.29", {"vehicles": 4, "insured": 4}, {"vehicles": 40, "insured": 4}, {"vehicles": ["4", "40"]}),
        ("1.31", {"spent": "95.00", "allocated": "100.00"}, {"spent": "55.00", "allocated": "100.00"}, {
            "percent": ["95", "55"]}),
        ("1.31", {"spent": "95.00", "allocated": "100.00"}, {"spent": "95.00", "allocated": "1000.00"}, {
            "allocated": ["100", "1000"], "percent": ["95", "19/2"]}),
        ("4.12", {"directory_total": 100, "attendance": [80, 20]}, {"directory_total": 100, "attendance": []}, {
            "percent": ["80", "0"]}),
        ("4.12", {"directory_total": 100, "attendance": [80]}, {"directory_total": 100, "attendance": [41]}, {}),
        ("4.29", {"projects": 5, "joined": 70, "invited": 100}, {"projects": 15, "joined": 70, "invited": 100}, {
            "projects": ["5", "15"]}),
        ("2.5", {"option": 1}, {"option": 5}, {}),
        ("1.8", {"has": True}, {"has": False}, {}),
    ],
)  # fmt: skip
def test_each_kind_of_rule(standard: EditionNode, code: str, last: Any, now: Any, expected: Years) -> None:
    assert about(standard, code, last, now) == expected


def test_without_one_of_the_years_nothing_jumps(standard: EditionNode) -> None:
    assert about(standard, "4.26", None, {"count": 1000}) == {}
    assert about(standard, "4.26", {"count": 1000}, None) == {}


def test_every_rule_of_the_edition_can_be_compared(standard: EditionNode) -> None:
    from tests.answers import best

    for node in standard.indicators.values():
        assert about(standard, node.code, best(node), best(node)) == {}
