"""The national figures from plain data: the memo's table digit for digit, ranges, edges, movers."""

from decimal import Decimal
from fractions import Fraction

import pytest

from assessments.country import (
    LEVEL_CODES,
    Pairing,
    Part,
    bin_of,
    bins,
    changes,
    line,
    movement,
    percent,
    signs_of,
    stand_at,
    step_of,
    tallies,
)
from indicators.editions import EditionNode
from indicators.rules import Rule
from indicators.scoring import total

# RULINGS.md, national results of fiscal year 2562: mean, then number and percent at each level from the top one down.
FY2562 = {
    "dimension 2": ("8.8816", [(52, "68.4"), (20, "26.3"), (3, "3.9"), (1, "1.3"), (0, "0.0")]),
    "dimension 3": ("8.4270", [(44, "57.9"), (24, "31.6"), (4, "5.3"), (4, "5.3"), (0, "0.0")]),
    "dimension 4": ("8.8087", [(50, "65.8"), (24, "31.6"), (2, "2.6"), (0, "0.0"), (0, "0.0")]),
    "all three": ("8.7058", [(50, "65.8"), (24, "31.6"), (1, "1.3"), (1, "1.3"), (0, "0.0")]),
}
# Some mean inside each lower level; those of the offices that are good follow from the country's.
INSIDE = [Fraction(0), Fraction("7.7"), Fraction("6.2"), Fraction("4.5"), Fraction(2)]


def offices_of(mean: str, numbers: list[int]) -> list[Fraction]:
    """The means of 76 offices with these numbers at each level and this mean together."""
    lower = [INSIDE[place] for place, number in enumerate(numbers) for _ in range(number if place else 0)]
    good = (Fraction(mean) * 76 - sum(lower)) / numbers[0]
    assert Fraction("8.5") <= good <= 10
    return [good] * numbers[0] + lower


@pytest.mark.parametrize("name", FY2562)
def test_the_table_of_2562_comes_out_digit_for_digit(name: str) -> None:
    mean, levels = FY2562[name]
    found = line(stand_at(each) for each in offices_of(mean, [number for number, _ in levels]))
    assert (found.counted, found.measured, str(found.four)) == (76, 76, mean)
    assert [(each.number, str(each.percent)) for each in found.levels] == levels
    assert [each.level for each in found.levels] == list(LEVEL_CODES)
    assert (found.unknown.number, found.passing + found.failing) == (0, 76)
    assert str(found.two) == {"8.8816": "8.88", "8.4270": "8.43", "8.8087": "8.81", "8.7058": "8.71"}[mean]


def test_a_percent_has_one_decimal_half_up() -> None:
    assert [str(percent(*each)) for each in ((1, 76), (3, 76), (1, 16), (76, 76), (0, 76), (0, 0))] == [
        *("1.3", "3.9", "6.3", "100.0", "0.0", "0.0")
    ]


def test_the_mean_is_exact_and_rounded_last() -> None:
    """Three offices at 25/3: each is published as 8.33, together they are 8.3333 and not 8.3300."""
    found = line([stand_at(Fraction(25, 3))] * 3)
    assert (str(found.two), str(found.four)) == ("8.33", "8.3333")


WHOLE = Part("2-1", 1, 5, (0, 1, 0, 0))


def test_signs_stand_for_the_five_scores_and_what_is_open() -> None:
    scores = [Decimal(10), Decimal("7.5"), Decimal(5), Decimal("2.5"), Decimal(0), None, Decimal("10.0")]
    assert signs_of(scores) == "43210-4"


def test_a_part_is_a_slice_of_the_row() -> None:
    (stand,) = WHOLE.stands(["044320"])
    assert (stand.mean, str(stand.low), stand.low == stand.high, stand.level) == (
        *(Fraction("8.125"), "8.13"),
        *(True, "fairly_good"),
    )


def test_what_is_open_is_a_range_from_the_lowest_row_to_10() -> None:
    """The open indicator's lowest row is 2.5: from 32.5 to 40 of 40."""
    (stand,) = WHOLE.stands(["04-440"])
    assert (stand.mean, str(stand.low), str(stand.high), stand.level) == (None, "8.13", "10.00", "open")
    (sure,) = Part("2", 0, 10, (0,) * 10).stands(["444444444-"])
    assert (sure.mean, str(sure.low), str(sure.high), sure.level) == (None, "9.00", "10.00", "good")


def test_an_indicator_has_the_label_of_its_score() -> None:
    part = Part("2.1", 0, 1, (0,))
    levels = [stand.level for stand in part.stands("43210-")]
    assert levels == ["good", "fairly_good", "should_improve", "must_improve", "urgent", "open"]


def test_a_stand_is_what_the_scoring_service_says(standard: EditionNode) -> None:
    lowest = [node.rule.lowest for node in standard.scored if isinstance(node.rule, Rule)]
    part = Part("overall", 0, 55, tuple(int(each / Decimal("2.5")) for each in lowest))
    for row in ("4" * 55, "0" * 55, "-" * 55, "43210" * 11, "4-3-2" * 11, "3" * 54 + "-"):
        scores = [None if sign == "-" else int(sign) * Decimal("2.5") for sign in row]
        expected = total(zip(scores, lowest, strict=True))
        (stand,) = part.stands([row])
        assert (stand.low, stand.high) == (expected.low, expected.high)
        assert stand.level == (expected.level.code if expected.level else "open")
        assert (stand.mean is None) == (expected.mean is None)


def test_offices_with_a_range_count_for_levels_and_not_for_the_mean() -> None:
    part = Part("2", 0, 4, (0,) * 4)
    found = line(part.stands(["4444", "4442", "44-4", "----"]))
    assert (found.counted, found.measured, str(found.four)) == (4, 2, "9.3750")
    assert [each.number for each in found.levels] == [2, 0, 0, 0, 0]
    assert (found.unknown.number, str(found.unknown.percent)) == (2, "50.0")


def test_nothing_counted_has_no_mean() -> None:
    found = line([])
    assert (found.counted, found.mean, found.two, found.four, found.level) == (0, None, None, None, "open")
    assert [str(each.percent) for each in found.levels] == ["0.0"] * 5


@pytest.mark.parametrize(
    ("mean", "low"),
    [("10.00", "9.50"), ("9.50", "9.50"), ("9.49", "9.00"), ("8.50", "8.50"), ("8.49", "8.00"), ("0.00", "0.00")],
)
def test_the_edges_of_the_half_points(mean: str, low: str) -> None:
    assert str(bin_of(Decimal(mean))) == low


def test_the_half_points_hold_all_whose_mean_is_known() -> None:
    part = Part("2", 0, 4, (0,) * 4)
    found = bins(part.stands(["4444", "4443", "0000", "44-4"]))
    assert len(found) == 20
    assert {each.key: each.number for each in found if each.number} == {"9.50": 1, "9.00": 1, "0.00": 1}
    assert (str(found[0].high), str(found[1].low), str(found[1].high)) == ("10.00", "9.00", "9.49")


def test_an_indicator_is_counted_over_all_offices() -> None:
    first, second = tallies(["4-", "40", "21"], 2)
    assert (first.scores, first.open, first.mean, first.failing) == ((2, 0, 1, 0, 0), 0, Fraction(25, 3), 1)
    assert (second.scores, second.open, second.mean, second.failing) == ((0, 0, 0, 1, 1), 1, Fraction("1.25"), 2)
    assert [each.mean for each in tallies([], 2)] == [None, None]


def test_only_what_is_whole_in_both_years_is_compared() -> None:
    part = Part("2", 0, 2, (0, 0))
    now = dict(zip(range(5), part.stands(["44", "43", "4-", "33", "22"]), strict=True))
    before = dict(zip(range(4), part.stands(["33", "44", "44", "33"]), strict=True))
    found = changes(now, before)
    assert [(each.office, str(each.by)) for each in found] == [(0, "2.50"), (1, "-1.25"), (3, "0.00")]
    moved = movement(found, 1)
    assert (moved.compared, moved.risen, moved.fallen, moved.same) == (3, 1, 1, 1)
    assert (moved.level_up, moved.level_down) == (1, 0)
    assert [each.office for each in (*moved.most_risen, *moved.most_fallen)] == [0, 1]


def test_a_place_without_a_counterpart_is_not_compared() -> None:
    pairing = Pairing([1, None, 0])
    assert (pairing.same, pairing.paired("40"), Pairing([0, 1]).paired("40")) == (False, "0-4", "40")
    assert [pairing.compares(Part("x", *ends, ())) for ends in ((0, 1), (0, 2), (2, 3))] == [True, False, True]


def test_half_a_point_is_much() -> None:
    found = [step_of(Decimal(by)) for by in ("0.50", "0.49", "0.00", "-0.49", "-0.50")]
    assert found == ["up_much", "up", "same", "down", "down_much"]
