"""Dimension 1: each kind of criterion below, at and above its edge, with what is missing."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.checks import Check
from indicators.inputs import InputRefused
from tests.indicators.standard import indicators, rule


def judged(code: str, *, target: str | None = None, **inputs: Any) -> Any:
    """The outcome (Checked) of one answer."""
    check = rule(code)
    assert isinstance(check, Check)
    return check.judge(check.read(inputs), target=None if target is None else Decimal(target))


def refused(code: str, **inputs: Any) -> str:
    with pytest.raises(InputRefused) as found:
        judged(code, **inputs)
    return found.value.code


# The criterion of each indicator that asks for a single number (handbook lines 270-276).
AT_LEAST = dict.fromkeys(["1.2", "1.3", "1.4", "1.14", "1.18", "1.23", "1.24", "1.26", "1.27"], 1)
AT_LEAST |= {"1.16": 4, "1.17": 5, "1.19": 2, "1.21": 4, "1.22": 2, "1.25": 2}


@pytest.mark.parametrize(("code", "edge"), AT_LEAST.items())
def test_single_numbers_mean_at_least(code: str, edge: int) -> None:
    below, at, above = (judged(code, count=count) for count in (edge - 1, edge, edge + 1))
    assert (below.met, below.shortfall) == (False, 1)
    assert (at.met, at.shortfall) == (True, 0)
    assert (above.met, above.shortfall) == (True, 0)


@pytest.mark.parametrize(("area", "met", "short"), [("3.99", False, "0.01"), ("4", True, "0"), ("4.01", True, "0")])
def test_the_corner_is_a_measure(area: str, met: bool, short: str) -> None:
    found = judged("1.6", count=area)
    assert (found.met, found.shortfall) == (met, Decimal(short))
    assert refused("1.6", count="4.001") == "decimals"


@pytest.mark.parametrize(
    ("amount", "people", "met", "short"),
    [("229.99", 100, False, "0.01"), ("230", 100, True, "0"), ("230.01", 100, True, "0"), ("0", 3, False, "6.9")],
)
def test_room_for_each_person(amount: str, people: int, met: bool, short: str) -> None:
    found = judged("1.1", amount=amount, people=people)
    assert (found.met, found.shortfall) == (met, Decimal(short))


def test_a_rate_just_below_is_never_written_as_the_edge() -> None:
    assert "= 2.2999 ตารางเมตร/คน" in judged("1.1", amount="229.99", people=100).explanation
    assert refused("1.1", amount="10", people=0) == "zero_whole"


@pytest.mark.parametrize(("code", "low", "high"), [("1.15", 16, 24), ("1.20", 4, 6)])
def test_ranges_tell_below_within_and_above(code: str, low: int, high: int) -> None:
    told = [
        (judged(code, count=count).met, judged(code, count=count).position) for count in (low - 1, low, high, high + 1)
    ]
    assert told == [(False, "below"), (True, "within"), (True, "within"), (True, "above")]
    assert judged(code, count=low - 1).shortfall == 1
    assert judged(code, count=high + 1).shortfall == 0


def test_the_three_units_are_looked_at_one_by_one() -> None:
    assert judged("1.7", groups=[4, 11, 7]).met is True
    short = judged("1.7", groups=[3, 20, 2])
    assert (short.met, short.shortfall, short.position) == (False, 3, "below")
    above = judged("1.7", groups=[4, 12, 4])
    assert (above.met, above.shortfall, above.position) == (True, 0, "above")
    assert short.explanation == (
        "ฝ่ายบริหารทั่วไป 3 คน (ขาด 1 คน) · กลุ่มการพัฒนาสังคมและสวัสดิการ 20 คน (สูงกว่าช่วง 9 คน) · "
        "กลุ่มนโยบายและวิชาการ 2 คน (ขาด 2 คน) · เกณฑ์ 4-11 คนต่อกลุ่ม/ฝ่าย → ไม่ผ่านเกณฑ์ ขาด 3 คน"
    )
    assert refused("1.7", groups=[4, 4]) == "list_length"


@pytest.mark.parametrize(("code", "percent"), [("1.9", 100), ("1.10", 100), ("1.11", 80), ("1.12", 20), ("1.13", 90)])
def test_shares_below_at_and_above(code: str, percent: int) -> None:
    assert judged(code, numerator=percent, denominator=100).met is True
    below = judged(code, numerator=percent - 1, denominator=100)
    assert (below.met, below.shortfall) == (False, 1)
    assert judged(code, numerator=100, denominator=100).met is True
    assert refused(code, numerator=101, denominator=100) == "above_whole"


def test_a_share_lacks_whole_people() -> None:
    # 80 % of 7 people is 5.6, so six are needed.
    found = judged("1.11", numerator=4, denominator=7)
    assert (found.met, found.shortfall) == (False, 2)


def test_nobody_at_all_in_a_share() -> None:
    assert refused("1.9", numerator=0, denominator=0) == "zero_whole"
    none = judged("1.10", numerator=0, denominator=0)
    assert (none.met, none.shortfall) == (False, 1)
    assert none.explanation == "ไม่มีนักสังคมสงเคราะห์ในสำนักงาน · เกณฑ์ ร้อยละ 100 → ไม่ผ่านเกณฑ์ ขาด 1 คน"


@pytest.mark.parametrize("code", ["1.5", "1.8", "1.28"])
def test_yes_or_no(code: str) -> None:
    assert (judged(code, has=True).met, judged(code, has=True).shortfall) == (True, 0)
    assert (judged(code, has=False).met, judged(code, has=False).shortfall) == (False, 1)
    assert refused(code, has="มี") == "true_false"


def test_a_training_is_passed_not_had() -> None:
    assert judged("1.8", has=True).explanation == "ผ่านแล้ว → ผ่านเกณฑ์"
    assert judged("1.28", has=False).explanation == "ไม่มี → ไม่ผ่านเกณฑ์"


@pytest.mark.parametrize(
    ("vehicles", "insured", "met", "short", "position"),
    [
        (3, 3, False, 1, "below"),
        (4, 4, True, 0, "within"),
        (6, 6, True, 0, "within"),
        (7, 7, True, 0, "above"),
        (5, 4, False, 0, "within"),
        (0, 0, False, 4, "below"),
    ],
)
def test_cars_and_their_insurance(vehicles: int, insured: int, met: bool, short: int, position: str) -> None:
    found = judged("1.29", vehicles=vehicles, insured=insured)
    assert (found.met, found.shortfall, found.position) == (met, short, position)


def test_motorcycles_have_no_upper_end() -> None:
    assert judged("1.30", vehicles=0, insured=0).shortfall == 1
    assert judged("1.30", vehicles=1, insured=1).met is True
    assert judged("1.30", vehicles=9, insured=9).position is None
    assert judged("1.30", vehicles=2, insured=1).explanation == (
        "มี 2 คัน ทำประกันภัย 1 คัน · เกณฑ์ อย่างน้อย 1 คัน และทำประกันภัยทุกคัน → ไม่ผ่านเกณฑ์ ยังไม่ทำประกันภัย 1 คัน"
    )
    assert refused("1.30", vehicles=1, insured=2) == "above_whole"


@pytest.mark.parametrize(
    ("spent", "met", "short"),
    [("92.99", False, "0.01"), ("93", True, "0"), ("93.01", True, "0"), ("92.999999", None, None)],
)
def test_the_rate_spent_against_the_target(spent: str, met: bool | None, short: str | None) -> None:
    if met is None:
        assert refused("1.31", spent=spent, allocated="100") == "decimals"
        return
    found = judged("1.31", target="93", spent=spent, allocated="100")
    assert (found.met, found.shortfall) == (met, Decimal(short or 0))


def test_a_hair_below_the_target_is_not_met_and_not_short_by_nothing() -> None:
    found = judged("1.31", target="93", spent="929999.99", allocated="1000000")
    assert (found.met, found.shortfall) == (False, Decimal("0.01"))


def test_without_a_target_nothing_is_decided() -> None:
    found = judged("1.31", spent="50", allocated="100")
    assert (found.met, found.shortfall, found.pending) == (None, None, "target")
    assert refused("1.31", spent="0", allocated="0") == "zero_whole"
    assert refused("1.31", spent="2", allocated="1") == "above_whole"


@given(part=st.integers(0, 10**6), more=st.integers(0, 10**6), code=st.sampled_from(["1.9", "1.11", "1.12", "1.13"]))
def test_a_share_that_is_not_met_is_met_once_its_shortfall_is_made_up(part: int, more: int, code: str) -> None:
    whole = part + more
    if whole == 0:
        return
    found = judged(code, numerator=part, denominator=whole)
    edge = {"1.9": 100, "1.11": 80, "1.12": 20, "1.13": 90}[code]
    assert found.met is (part * 100 >= edge * whole)
    assert found.shortfall is not None
    reached = part + int(found.shortfall)
    assert reached * 100 >= edge * whole
    assert found.met or (reached - 1) * 100 < edge * whole


def test_no_criterion_of_dimension_1_offers_no_case() -> None:
    codes = [code for code in indicators() if code.startswith("1.")]
    assert len(codes) == 31
    assert not any(rule(code).no_case for code in codes)


def test_every_criterion_says_what_it_wants() -> None:
    checks = {code: rule(code) for code in indicators() if code.startswith("1.")}
    wanted = {code: check.wanted for code, check in checks.items() if isinstance(check, Check)}
    assert wanted["1.1"] == "ไม่น้อยกว่า 2.3 ตารางเมตร/คน"
    assert wanted["1.7"] == "4-11 คนต่อกลุ่ม/ฝ่าย"
    assert wanted["1.11"] == "ร้อยละ 80 ขึ้นไป"
    assert wanted["1.29"] == "4-6 คัน และทำประกันภัยทุกคัน"
    assert len(wanted) == 31
    assert all(wanted.values())
