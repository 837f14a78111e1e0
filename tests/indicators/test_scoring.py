"""The scoring service against tables written by hand from the handbook's chapter 4, not from the fixtures."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import scoring
from indicators.inputs import LARGEST, InputRefused
from indicators.rules import Rule
from indicators.scoring import LEVELS, SCORE_LABELS, Scored, Total, evaluate, level_of, level_rows, total
from tests.indicators.standard import indicators, items, rule

# Each row: the least number that reaches it, and its score. Handbook lines 430-1136.
COUNTS: dict[str, list[tuple[int, str]]] = {
    "2.1": [(5, "10"), (4, "7.5"), (3, "5"), (2, "2.5"), (0, "0")],
    "2.3": [(12, "10"), (8, "7.5"), (5, "5"), (1, "2.5"), (0, "0")],
    # 24 a year is 2 a month, 12 a year is 1 a month.
    "2.4": [(24, "10"), (12, "5"), (0, "0")],
    "2.10": [(1, "10"), (0, "0")],
    "2.11": [(2, "10"), (1, "5"), (0, "0")],
    "2.12": [(1, "10"), (0, "0")],
    "3.1": [(6, "10"), (5, "7.5"), (3, "5"), (1, "2.5"), (0, "0")],
    "3.2": [(1, "10"), (0, "0")],
    "3.3": [(4, "10"), (3, "7.5"), (2, "5"), (1, "2.5"), (0, "0")],
    "3.4": [(3, "10"), (1, "5"), (0, "0")],
    "3.5": [(2, "10"), (1, "5"), (0, "0")],
    "3.6": [(5, "10"), (4, "7.5"), (3, "5"), (1, "2.5"), (0, "0")],
    "3.8": [(12, "10"), (8, "7.5"), (4, "5"), (1, "2.5"), (0, "0")],
    "3.9": [(12, "10"), (9, "7.5"), (6, "5"), (1, "2.5"), (0, "0")],
    "4.1": [(1, "10"), (0, "0")],
    "4.4": [(6, "10"), (4, "7.5"), (2, "5"), (1, "2.5"), (0, "0")],
    "4.5": [(1, "10"), (0, "0")],
    "4.8": [(1, "10"), (0, "0")],
    "4.11": [(12, "10"), (8, "7.5"), (4, "5"), (1, "2.5"), (0, "0")],
    "4.14": [(6, "10"), (4, "7.5"), (2, "5"), (1, "2.5"), (0, "0")],
    "4.15": [(1, "10"), (0, "0")],
    "4.21": [(6, "10"), (4, "7.5"), (2, "5"), (1, "2.5"), (0, "0")],
    "4.22": [(1, "10"), (0, "0")],
    "4.24": [(6, "10"), (4, "7.5"), (2, "5"), (1, "2.5"), (0, "0")],
    "4.25": [(1, "10"), (0, "0")],
    "4.26": [(6000, "10"), (4000, "7.5"), (2000, "5"), (1000, "2.5"), (0, "0")],
    "4.27": [(48, "10"), (36, "7.5"), (24, "5"), (12, "2.5"), (0, "0")],
    "4.28": [(3, "10"), (2, "7.5"), (1, "5"), (0, "0")],
    "4.30": [(12, "10"), (9, "7.5"), (5, "5"), (1, "2.5"), (0, "0")],
    "4.33": [(3, "10"), (2, "7.5"), (1, "5"), (0, "0")],
}
MAXIMUM = {"3.4": 4, "3.9": 12}

# Each row: the least percentage that reaches it, and its score.
PERCENTS: dict[str, list[tuple[int, str]]] = {
    "2.2": [(90, "10"), (70, "7.5"), (50, "5"), (0, "2.5")],
    "2.6": [(100, "10"), (90, "7.5"), (80, "5"), (0, "2.5")],
    "2.7": [(100, "10"), (80, "7.5"), (60, "5"), (40, "2.5"), (0, "0")],
    "2.9": [(100, "10"), (80, "7.5"), (60, "5"), (40, "2.5"), (0, "0")],
    "3.7": [(80, "10"), (60, "7.5"), (40, "5"), (20, "2.5"), (0, "0")],
    "4.7": [(100, "10"), (80, "7.5"), (60, "5"), (40, "2.5"), (0, "0")],
    "4.9": [(80, "10"), (70, "7.5"), (60, "5"), (50, "2.5"), (0, "0")],
    "4.10": [(80, "10"), (70, "7.5"), (60, "5"), (50, "2.5"), (0, "0")],
    "4.13": [(100, "10"), (80, "7.5"), (60, "5"), (50, "2.5"), (0, "0")],
    "4.16": [(100, "10"), (80, "7.5"), (60, "5"), (40, "2.5"), (0, "0")],
    "4.17": [(85, "10"), (75, "7.5"), (65, "5"), (55, "2.5"), (0, "0")],
    "4.18": [(80, "10"), (70, "7.5"), (60, "5"), (50, "2.5"), (0, "0")],
    "4.19": [(100, "10"), (80, "7.5"), (70, "5"), (60, "2.5"), (0, "0")],
    "4.23": [(100, "10"), (80, "7.5"), (70, "5"), (60, "2.5"), (0, "0")],
    "4.31": [(100, "10"), (90, "7.5"), (80, "5"), (70, "2.5"), (0, "0")],
    "4.34": [(95, "10"), (85, "7.5"), (75, "5"), (65, "2.5"), (0, "0")],
}
CHOICES = {
    "2.5": ["10", "7.5", "5", "2.5", "0"],
    **{code: ["10", "5", "0"] for code in ("4.2", "4.3", "4.6", "4.20", "4.32")},
}
REFUSED_ZERO = ["2.2", "2.7", "2.8", "2.9", "4.9", "4.16", "4.23"]
LOWEST_ZERO = ["4.10", "4.17", "4.18"]
NO_CASE_ZERO = ["2.6", "3.7", "4.7", "4.13", "4.19", "4.31", "4.34"]


def scored(code: str, **inputs: Any) -> Scored:
    found = rule(code)
    assert isinstance(found, Rule)
    return scoring.score(found, inputs)


def points(code: str, **inputs: Any) -> str:
    found = scored(code, **inputs).score
    return "pending" if found is None else f"{found.normalize():f}"


def refused(code: str, **inputs: Any) -> str:
    with pytest.raises(InputRefused) as refusal:
        scored(code, **inputs)
    return refusal.value.code


def reached(rows: list[tuple[int, str]], figure: int) -> str:
    return next(score for edge, score in rows if figure >= edge)


def test_the_tables_here_cover_all_55_scored_indicators() -> None:
    covered = [*COUNTS, *PERCENTS, *CHOICES, "2.8", "4.12", "4.29"]
    assert sorted(covered) == sorted(code for code in indicators() if not code.startswith("1."))


@pytest.mark.parametrize("code", COUNTS)
def test_counts_at_just_below_and_just_above_each_edge(code: str) -> None:
    rows = COUNTS[code]
    for place, (edge, score) in enumerate(rows):
        assert points(code, count=edge) == score, edge
        assert scored(code, count=edge).band == place + 1
        if edge:
            assert points(code, count=edge - 1) == reached(rows, edge - 1), edge - 1
        if edge + 1 <= MAXIMUM.get(code, LARGEST):
            assert points(code, count=edge + 1) == reached(rows, edge + 1), edge + 1


@pytest.mark.parametrize("code", PERCENTS)
def test_percentages_at_just_below_and_just_above_each_edge(code: str) -> None:
    rows = PERCENTS[code]
    for whole in (100, 1000, 999_999_900):
        for place, (edge, score) in enumerate(rows):
            at = edge * whole // 100
            assert points(code, numerator=at, denominator=whole) == score
            assert scored(code, numerator=at, denominator=whole).band == place + 1
            if at:
                assert points(code, numerator=at - 1, denominator=whole) == rows[place + 1][1]
            if at < whole:
                assert points(code, numerator=at + 1, denominator=whole) == score


@pytest.mark.parametrize(
    ("percent", "score"),
    [
        *[("0", "10"), ("9.9", "10"), ("10", "10"), ("10.1", "7.5"), ("19.9", "7.5"), ("20", "5"), ("20.1", "5")],
        *[("29.9", "5"), ("30", "2.5"), ("39.9", "2.5"), ("40", "0"), ("40.1", "0"), ("100", "0")],
    ],
)
def test_complaints_run_the_other_way(percent: str, score: str) -> None:
    assert points("2.8", numerator=int(Decimal(percent) * 10), denominator=1000) == score


@pytest.mark.parametrize("code", CHOICES)
def test_each_option_has_the_score_of_its_row(code: str) -> None:
    assert [points(code, option=place) for place in range(1, len(CHOICES[code]) + 1)] == CHOICES[code]
    assert refused(code, option=0) == "option"
    assert refused(code, option=len(CHOICES[code]) + 1) == "option"


@given(code=st.sampled_from(sorted(PERCENTS)), part=st.integers(0, 10**7), more=st.integers(0, 10**7))
def test_percentages_against_whole_number_arithmetic(code: str, part: int, more: int) -> None:
    whole = part + more
    if whole == 0:
        return
    expected = next(score for edge, score in PERCENTS[code] if 100 * part - edge * whole >= 0)
    assert points(code, numerator=part, denominator=whole) == expected


@given(code=st.sampled_from(sorted(COUNTS)), count=st.integers(0, 10**5))
def test_counts_against_the_table(code: str, count: int) -> None:
    if count > MAXIMUM.get(code, LARGEST):
        assert refused(code, count=count) == "above_maximum"
    else:
        assert points(code, count=count) == reached(COUNTS[code], count)


# --- rulings ---------------------------------------------------------------------------------------


def test_the_worked_example_of_the_handbook() -> None:
    found = scored("2.2", numerator=850, denominator=1000)
    assert found == Scored(Decimal("7.5"), 2, "850 จาก 1,000 ฉบับ = ร้อยละ 85 → ช่วง 70-89 → 7.5 คะแนน")


@pytest.mark.parametrize(
    ("code", "part", "whole", "score"),
    [("2.2", 895, 1000, "7.5"), ("2.6", 999, 1000, "7.5"), ("2.7", 2, 3, "5"), ("2.6", 999_999_998, LARGEST, "7.5")],
)
def test_edges_are_met_by_the_exact_ratio(code: str, part: int, whole: int, score: str) -> None:
    assert points(code, numerator=part, denominator=whole) == score


def test_the_lowest_row_of_2_2_and_2_6_holds_at_0_percent() -> None:
    assert points("2.2", numerator=0, denominator=7) == "2.5"
    assert points("2.6", numerator=0, denominator=7) == "2.5"


@pytest.mark.parametrize(("code", "edge"), [("3.1", 5), ("4.24", 5), ("4.28", 2)])
def test_meeting_the_criterion_exactly_gives_7_5_and_more_gives_10(code: str, edge: int) -> None:
    assert [points(code, count=edge), points(code, count=edge + 1)] == ["7.5", "10"]


@pytest.mark.parametrize(
    ("code", "by_year"),
    [
        ("2.4", {0: "0", 1: "0", 11: "0", 12: "5", 18: "5", 23: "5", 24: "10", 25: "10"}),
        ("4.27", {0: "0", 11: "0", 12: "2.5", 18: "2.5", 23: "2.5", 24: "5", 35: "5", 36: "7.5", 47: "7.5", 48: "10"}),
    ],
)
def test_monthly_rates_are_the_years_total_over_12(code: str, by_year: dict[int, str]) -> None:
    assert {count: points(code, count=count) for count in by_year} == by_year


@pytest.mark.parametrize("code", REFUSED_ZERO)
def test_a_zero_denominator_is_refused_where_it_must_be_a_mistake(code: str) -> None:
    assert refused(code, numerator=0, denominator=0) == "zero_whole"
    assert refused(code, no_case=True) == "no_case_not_offered"


@pytest.mark.parametrize("code", LOWEST_ZERO)
def test_a_zero_denominator_is_the_lowest_row_where_the_office_did_not_act(code: str) -> None:
    assert points(code, numerator=0, denominator=0) == "0"
    assert refused(code, no_case=True) == "no_case_not_offered"


@pytest.mark.parametrize("code", [*NO_CASE_ZERO, "4.32"])
def test_no_case_awaits_a_reviewer(code: str) -> None:
    found = scored(code, no_case=True)
    assert (found.score, found.band, found.pending) == (None, None, "no_case")
    assert found.explanation == "ไม่มีกรณีในรอบปี → ยังไม่คิดคะแนน รอผู้ตรวจประเมินเลือกช่วงคะแนนพร้อมเหตุผล"
    assert refused(code, no_case=False) == "no_case_true"
    assert refused(code, no_case="true") == "no_case_true"


@pytest.mark.parametrize("code", NO_CASE_ZERO)
def test_0_of_0_is_no_case_where_there_was_nothing_to_act_on(code: str) -> None:
    assert points(code, numerator=0, denominator=0) == "pending"
    assert refused(code, no_case=True, numerator=1, denominator=1) == "no_case_alone"


def test_only_these_indicators_offer_no_case() -> None:
    assert sorted(code for code in indicators() if rule(code).no_case) == sorted([*NO_CASE_ZERO, "4.32"])


@pytest.mark.parametrize(
    ("attendance", "score"),
    [
        ([80, 80, 80], "10"),
        ([80, 80, 79], "7.5"),
        ([100, 100, 100, 5], "10"),
        ([80, 80], "7.5"),
        ([100], "7.5"),
        ([60], "7.5"),
        ([59], "5"),
        ([60, 0, 0], "7.5"),
        ([59, 59, 59], "5"),
        ([40], "5"),
        ([39], "2.5"),
        ([20], "2.5"),
        ([19, 19, 19], "0"),
        ([0, 0, 0], "0"),
        ([], "0"),
    ],
)
def test_activities_of_the_network(attendance: list[int], score: str) -> None:
    assert points("4.12", directory_total=100, attendance=attendance) == score


def test_activities_without_a_directory_or_beyond_it() -> None:
    assert points("4.12", directory_total=0, attendance=[]) == "0"
    assert points("4.12", directory_total=0, attendance=[0, 0]) == "0"
    assert refused("4.12", directory_total=0, attendance=[1]) == "above_whole"
    assert refused("4.12", directory_total=10, attendance=[3, 11]) == "above_whole"


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n), max_size=6))))
def test_activities_against_their_ruling(case: tuple[int, list[int]]) -> None:
    total_, attendance = case
    best = max(attendance, default=0) * 100
    if sum(came * 100 >= 80 * total_ for came in attendance) >= 3:
        expected = "10"
    else:
        expected = next((s for edge, s in [(60, "7.5"), (40, "5"), (20, "2.5")] if best >= edge * total_), "0")
    assert points("4.12", directory_total=total_, attendance=attendance) == expected


@pytest.mark.parametrize(
    ("projects", "joined", "invited", "score"),
    [
        (5, 70, 100, "10"),
        (6, 100, 100, "10"),
        (4, 70, 100, "7.5"),
        (1, 100, 100, "7.5"),
        (5, 69, 100, "5"),
        (5, 699, 1000, "5"),
        (4, 50, 100, "5"),
        (5, 49, 100, "2.5"),
        (1, 30, 100, "2.5"),
        (5, 29, 100, "0"),
        (1, 0, 100, "0"),
        (0, 0, 0, "0"),
        (0, 90, 100, "0"),
        (5, 0, 0, "0"),
    ],
)
def test_campaigns(projects: int, joined: int, invited: int, score: str) -> None:
    assert points("4.29", projects=projects, joined=joined, invited=invited) == score


def test_campaigns_refuse_more_who_joined_than_were_invited() -> None:
    assert refused("4.29", projects=1, joined=11, invited=10) == "above_whole"


@pytest.mark.parametrize(
    ("code", "inputs", "reason"),
    [
        ("2.1", {"count": -1}, "negative"),
        ("2.1", {"count": Decimal("2.5")}, "fraction"),
        ("2.1", {"count": "5"}, "quoted"),
        ("2.1", {}, "missing"),
        ("2.1", {"count": 5, "unit": "x"}, "unknown_input"),
        ("2.2", {"numerator": 5}, "missing_whole"),
        ("2.2", {"numerator": 11, "denominator": 10}, "above_whole"),
        ("2.5", {"option": 6}, "option"),
        ("3.4", {"count": 5}, "above_maximum"),
        ("3.9", {"count": 13}, "above_maximum"),
        ("4.12", {"directory_total": 5, "attendance": 3}, "list"),
    ],
)
def test_bad_input_is_refused_and_never_scored(code: str, inputs: dict[str, Any], reason: str) -> None:
    assert refused(code, **inputs) == reason


@pytest.mark.parametrize(
    ("code", "inputs", "told"),
    [
        ("2.1", {"count": 5}, "5 รูปแบบ → ช่วง 5 รูปแบบขึ้นไป → 10 คะแนน"),
        ("2.3", {"count": 0}, "0 ครั้ง → ช่วง “ไม่มี” → 0 คะแนน"),
        ("2.4", {"count": 18}, "18 ครั้งใน 1 ปี = เดือนละ 1.5 ครั้ง → ช่วง 1 ครั้งต่อเดือน → 5 คะแนน"),
        ("2.7", {"numerator": 2, "denominator": 3}, "2 จาก 3 คน = ร้อยละ 66.67 → ช่วง 60-79 → 5 คะแนน"),
        ("2.8", {"numerator": 1, "denominator": 30}, "1 จาก 30 คน = ร้อยละ 3.33 → ช่วง ไม่เกิน 10 → 10 คะแนน"),
        ("4.17", {"numerator": 11, "denominator": 20}, "11 จาก 20 คน = ร้อยละ 55 → ช่วง 55-64 → 2.5 คะแนน"),
        ("4.17", {"numerator": 109, "denominator": 200}, "109 จาก 200 คน = ร้อยละ 54.5 → ช่วง ต่ำกว่า 55 → 0 คะแนน"),
        (
            "4.17",
            {"numerator": 0, "denominator": 0},
            "0 จาก 0 คน (ยังไม่ได้ดำเนินการ นับเป็นช่วงต่ำสุด) → ช่วง ต่ำกว่า 55 → 0 คะแนน",
        ),
        ("4.22", {"count": 1}, "1 ศูนย์ → ช่วง “มีศูนย์” → 10 คะแนน"),
        ("4.20", {"option": 2}, "เลือกข้อ 2 → 1 แผน แต่ไม่มีการรายงานผล → 5 คะแนน"),
        (
            "4.29",
            {"projects": 2, "joined": 7, "invited": 10},
            "2 โครงการ เข้าร่วม 7 จาก 10 องค์การ = ร้อยละ 70 → ช่วง 1-4 โครงการ และเข้าร่วมร้อยละ 70 ขึ้นไป → 7.5 คะแนน",
        ),
        (
            "2.6",
            {"numerator": 999_999_998, "denominator": 999_999_999},
            "999,999,998 จาก 999,999,999 โครงการ = ร้อยละ 99.9999999 → ช่วง 90-99 → 7.5 คะแนน",
        ),
    ],
)
def test_explanations_read_as_a_line(code: str, inputs: dict[str, Any], told: str) -> None:
    assert scored(code, **inputs).explanation == told


# --- totals ----------------------------------------------------------------------------------------


def code_of(found: Total) -> str | None:
    return found.level.code if found.level else None


def parts(*scores: str | None, lowest: str = "0") -> list[tuple[Decimal | None, Decimal]]:
    return [(None if score is None else Decimal(score), Decimal(lowest)) for score in scores]


def test_the_worked_example_of_an_area() -> None:
    found = total(parts("10", "7.5", "10", "10", "5", "7.5"))
    assert (found.sum, str(found.mean), code_of(found)) == (Decimal(50), "8.33", "fairly_good")


def test_the_worked_example_of_a_dimension() -> None:
    found = total(parts(*["10"] * 26, *["5"] * 8))
    assert (found.sum, found.count, str(found.mean)) == (Decimal(300), 34, "8.82")
    assert code_of(found) == "good"


@pytest.mark.parametrize(
    ("mean", "code"),
    [
        *[("10.00", "good"), ("8.51", "good"), ("8.50", "good"), ("8.49", "fairly_good"), ("7.01", "fairly_good")],
        *[("7.00", "fairly_good"), ("6.99", "should_improve"), ("5.51", "should_improve"), ("5.50", "should_improve")],
        *[("5.49", "must_improve"), ("3.01", "must_improve"), ("3.00", "must_improve"), ("2.99", "urgent")],
        ("0.00", "urgent"),
    ],
)
def test_levels_at_below_and_above_their_edges(mean: str, code: str) -> None:
    assert level_of(Decimal(mean)).code == code


def test_the_level_is_decided_on_the_published_figure() -> None:
    # 1,699 / 200 = 8.495 is published as 8.50, and 8.50 is good.
    half = total([(Decimal("8.495"), Decimal(0))])
    assert (str(half.mean), code_of(half)) == ("8.50", "good")
    below = total([(Decimal("8.4949"), Decimal(0))])
    assert (str(below.mean), code_of(below)) == ("8.49", "fairly_good")


def test_levels_and_labels_are_the_handbooks() -> None:
    assert [(row.level.name, str(row.low), str(row.high)) for row in level_rows()] == [
        ("ผ่านเกณฑ์ในระดับดี", "8.50", "10.00"),
        ("ผ่านเกณฑ์ในระดับค่อนข้างดี", "7.00", "8.49"),
        ("ตกเกณฑ์และควรปรับปรุง", "5.50", "6.99"),
        ("ตกเกณฑ์และต้องปรับปรุง", "3.00", "5.49"),
        ("ตกเกณฑ์และต้องปรับปรุงอย่างเร่งด่วน", "0.00", "2.99"),
    ]
    assert [level.passes for level in LEVELS] == [True, True, False, False, False]
    assert {f"{score:f}": label for score, label in SCORE_LABELS.items()} == {
        "10": "ดี",
        "7.5": "ค่อนข้างดี",
        "5": "ควรปรับปรุง",
        "2.5": "ต้องปรับปรุง",
        "0": "ต้องปรับปรุงอย่างเร่งด่วน",
    }


def test_a_total_with_something_open_is_a_range() -> None:
    found: Any = total([(Decimal(10), Decimal(0)), (Decimal(10), Decimal(0)), (None, Decimal("2.5"))])
    assert (found.mean, str(found.low), str(found.high), found.open, found.sum) == (None, "7.50", "10.00", 1, 20)
    assert found.level is None


def test_the_level_of_a_range_is_named_when_both_ends_share_it() -> None:
    found = total(parts(*["10"] * 9, None))
    assert (str(found.low), str(found.high), found.mean) == ("9.00", "10.00", None)
    assert code_of(found) == "good"


SCORES = st.sampled_from(["10", "7.5", "5", "2.5", "0"])


@given(st.lists(st.tuples(st.none() | SCORES, st.sampled_from(["0", "2.5"])), min_size=1, max_size=55))
def test_totals_against_whole_number_arithmetic(case: list[tuple[str | None, str]]) -> None:
    def published(tenths: int) -> str:
        """Half up to two decimals of tenths / 10 / n, in whole numbers only."""
        hundredths, n = tenths * 10, len(case)
        whole = (2 * hundredths + n) // (2 * n)
        return f"{whole // 100}.{whole % 100:02d}"

    def tenths(text: str) -> int:
        return round(float(text) * 10)

    low = sum(tenths(score or lowest) for score, lowest in case)
    high = sum(tenths(score or "10") for score, _ in case)
    found = total([(None if s is None else Decimal(s), Decimal(low_)) for s, low_ in case])
    assert (str(found.low), str(found.high)) == (published(low), published(high))
    assert (found.mean is None) == (published(low) != published(high))
    assert found.sum == Fraction(sum(tenths(s) for s, _ in case if s is not None), 10)


def test_an_empty_set_of_answers_ranges_over_everything() -> None:
    found = evaluate(items(), {})
    assert {number: (t.count, str(t.low), str(t.high)) for number, t in found.dimensions.items()} == {
        # The two lowest rows of 2.5 (2.2 and 2.6) lift dimension 2 to 5/12.
        2: (12, "0.42", "10.00"),
        3: (9, "0.00", "10.00"),
        4: (34, "0.00", "10.00"),
    }
    assert (found.overall.count, str(found.overall.low), found.overall.level) == (55, "0.09", None)
    assert found.results == {}
    assert not found.refused


def test_the_whole_pools_the_55_indicators_and_is_not_the_mean_of_means() -> None:
    answers: dict[str, Any] = {
        code: {"count": rows[0][0]} for code, rows in COUNTS.items() if not code.startswith("2.")
    }
    answers |= {code: {"numerator": 1, "denominator": 1} for code in PERCENTS if not code.startswith("2.")}
    answers |= {code: {"option": 1} for code in CHOICES if not code.startswith("2.")}
    answers |= {code: {"count": 0} for code in COUNTS if code.startswith("2.")}
    answers |= {code: {"numerator": 0, "denominator": 1} for code in PERCENTS if code.startswith("2.")}
    answers |= {"2.5": {"option": 5}, "2.8": {"numerator": 1, "denominator": 1}}
    answers |= {
        "4.12": {"directory_total": 1, "attendance": [1, 1, 1]},
        "4.29": {"projects": 5, "joined": 1, "invited": 1},
    }
    found = evaluate(items(), answers)
    # Dimension 2 has only the two lowest rows of 2.5; the 43 others score 10: (5 + 430) / 55.
    assert {number: str(t.mean) for number, t in found.dimensions.items()} == {2: "0.42", 3: "10.00", 4: "10.00"}
    assert (found.overall.sum, str(found.overall.mean)) == (Decimal(435), "7.91")
    assert str(found.areas[2, 2].mean) == "1.25"


def test_refused_and_unknown_answers_stay_open_and_the_rest_is_scored() -> None:
    found = evaluate(items(), {"2.1": {"count": 5}, "2.3": {"count": -1}, "9.9": {"count": 1}, "2.4": 7})
    assert found.refused
    kinds = {code: getattr(result, "code", "scored") for code, result in found.results.items()}
    assert kinds == {"2.1": "scored", "2.3": "negative", "9.9": "unknown_indicator", "2.4": "not_an_answer"}
    assert (found.areas[2, 1].sum, found.areas[2, 1].open) == (Decimal(10), 3)


def test_dimension_1_is_judged_and_never_summed() -> None:
    found = evaluate(items(), {"1.2": {"count": 0}})
    assert getattr(found.results["1.2"], "met", None) is False
    assert 1 not in found.dimensions
