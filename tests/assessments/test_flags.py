"""Each flag at its edge: below, at and above. Plain data, no database beyond the standard itself."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from assessments import flags
from assessments.calendar import BANGKOK
from assessments.flags import Change, Claim, Holder, Office, Piece, Raised, Said, Value, Year
from indicators.editions import EditionNode

YEAR = Year(2569, date(2025, 10, 1), date(2026, 9, 30), 2563)
NOON = datetime(2026, 8, 3, 12, tzinfo=BANGKOK)


def claim(standard: EditionNode, code: str, inputs: Any = None, **more: Any) -> Claim:
    return Claim(code, standard.indicators[code].rule, inputs, **more)


def office(claims: Sequence[Claim] = (), **more: Any) -> Office:
    return Office("TH-50", "north", {each.code: each for each in claims}, **more)


def flag_of(claims: Sequence[Claim], code: str, flag: str, **more: Any) -> Raised | None:
    """One flag of an office that is alone in its round."""
    found = flags.flags_of(office(claims, **more), YEAR, {})
    return next((each for each in found.get(code, ()) if each.code == flag), None)


# --- far from the others ---------------------------------------------------------------------------


def test_quartiles_are_medians_between_neighbours() -> None:
    spread = flags.spread_of([Fraction(each) for each in (5, 1, 4, 2, 3)], "north")
    assert spread is not None
    assert (spread.low, spread.high) == (Fraction(2), Fraction(4))
    assert (spread.number, spread.region) == (5, "north")
    spread = flags.spread_of([Fraction(each) for each in (1, 2, 3, 4, 5, 6)])
    assert spread is not None
    assert (spread.low, spread.high) == (Fraction(9, 4), Fraction(19, 4))


@pytest.mark.parametrize(("number", "is_there"), [(4, False), (5, True), (6, True)])
def test_quartiles_need_five_offices(number: int, is_there: bool) -> None:
    assert (flags.spread_of([Fraction(1)] * number) is not None) is is_there


@pytest.mark.parametrize(
    ("value", "is_far"),
    # Quartiles 20 and 28: the fences stand at 8 and 40.
    [("8", False), ("7.99", True), ("40", False), ("40.01", True), ("24", False), ("0", True)],
)
def test_far_out_is_beyond_one_and_a_half_times_the_quartiles_distance(value: str, is_far: bool) -> None:
    spread = flags.spread_of([Fraction(each) for each in (16, 20, 24, 28, 32)], "north")
    assert (flags.far_out(Value(Fraction(value), "ครั้ง"), spread) is not None) is is_far


@pytest.mark.parametrize(
    ("value", "percent", "is_far"),
    [("91", True, False), ("90", True, True), ("98", False, False), ("97", False, True), ("103", False, True)],
)
def test_where_all_give_the_same_a_small_difference_is_not_far(value: str, percent: bool, is_far: bool) -> None:
    spread = flags.spread_of([Fraction(100)] * 5)
    assert (flags.far_out(Value(Fraction(value), "", percent), spread) is not None) is is_far


def test_what_the_flag_tells() -> None:
    spread = flags.spread_of([Fraction(each) for each in (16, 20, 24, 28, 32)], "north")
    found = flags.far_out(Value(Fraction(121, 3), "ครั้ง"), spread)
    about = {
        "value": "40.33",
        "low": "20",
        "high": "28",
        "unit": "ครั้ง",
        "percent": False,
        "offices": 5,
        "region": "north",
        "above": True,
    }
    assert found == Raised("spread", 30, about)


def test_the_region_s_spread_serves_or_the_country_s(standard: EditionNode) -> None:
    def peer(place: int, region: str, count: int) -> Office:
        return Office(f"TH-{place}", region, {"2.3": claim(standard, "2.3", {"count": count})})

    four = [peer(place, "north", 12) for place in range(4)]
    south = [peer(place + 10, "south", 40) for place in range(5)]
    known = flags.spreads([*four, *south])
    assert set(known) == {("2.3", "south"), ("2.3", "")}
    assert known["2.3", ""].number == 9
    assert set(flags.spreads(four)) == set()
    stranger = peer(99, "south", 12)
    found = flags.flags_of(stranger, YEAR, known)["2.3"]
    assert [each.about["region"] for each in found if each.code == "spread"] == ["south"]
    # In the north too few submitted, and among the whole country's 12 lies within.
    assert [each for each in flags.flags_of(four[0], YEAR, known).get("2.3", []) if each.code == "spread"] == []


@pytest.mark.parametrize(
    ("code", "inputs", "value", "percent"),
    [
        ("2.3", {"count": 7}, 7, False),
        ("2.2", {"numerator": 9, "denominator": 10}, 90, True),
        ("2.2", {"numerator": 9, "denominator": 9}, None, True),  # too few cases for a percentage
        ("2.6", {"numerator": 0, "denominator": 0}, None, True),
        ("4.12", {"directory_total": 20, "attendance": [5, 10]}, 50, True),
        ("4.12", {"directory_total": 0, "attendance": []}, None, True),
        ("4.29", {"projects": 0, "joined": 0, "invited": 0}, None, True),
        ("1.1", {"amount": "230.50", "people": 100}, Fraction(461, 200), False),
        ("2.5", {"option": 2}, None, False),
        ("1.5", {"has": True}, None, False),
        ("2.3", None, None, False),
        ("2.3", {"other": 3}, None, False),
    ],
)
def test_the_figure_that_is_compared(standard: EditionNode, code: str, inputs: Any, value: Any, percent: bool) -> None:
    found = flags.value_of(standard.indicators[code].rule, inputs)
    assert (found and (found.value, found.percent)) == (None if value is None else (value, percent))


# --- last year, evidence, dates --------------------------------------------------------------------


@pytest.mark.parametrize(("now", "is_flagged"), [(29, False), (30, True), (31, True)])
def test_a_jump_from_last_year(standard: EditionNode, now: int, is_flagged: bool) -> None:
    found = flag_of([claim(standard, "4.26", {"count": now}, last={"count": 10})], "4.26", "jump")
    figures = {"figures": [["", "10", str(now), "ครั้ง"]], "reason": ""}
    assert found == (Raised("jump", 30, figures) if is_flagged else None)


@pytest.mark.parametrize(("about", "weight", "reason"), [(["10", "30"], 15, "นับใหม่"), (["10", "31"], 30, "")])
def test_a_jump_that_the_office_explained_weighs_less(
    standard: EditionNode, about: list[str], weight: int, reason: str
) -> None:
    said = {"jump-4.26": Said({"count": about}, "นับใหม่", NOON)}
    found = flag_of([claim(standard, "4.26", {"count": 30}, last={"count": 10})], "4.26", "jump", said=said)
    assert found is not None
    assert (found.weight, found.about["reason"]) == (weight, reason)


@pytest.mark.parametrize(
    ("score", "pieces", "held", "flag", "weight"),
    [
        ("0", 0, 0, None, 0),  # the lowest row claims nothing
        ("2.5", 0, 4, "no_evidence", 10),
        ("7.5", 0, 4, "no_evidence", 20),
        ("10", 0, 4, "no_evidence", 25),
        ("10", 1, 1, "little_evidence", 10),  # of four kinds
        ("10", 1, 2, None, 0),
        ("7.5", 1, 1, "little_evidence", 10),
        ("5", 1, 0, None, 0),
        ("", 0, 0, None, 0),
    ],
)
def test_evidence_for_the_score(
    standard: EditionNode, score: str, pieces: int, held: int, flag: str | None, weight: int
) -> None:
    row = claim(standard, "2.5", score=score, kinds=4, held=held, pieces=[Piece("แผน.pdf")] * pieces)
    found = flags.lacking(row)
    about = {"score": score, "held": held, "kinds": 4}
    assert found == (Raised(flag, weight, about) if flag else None)


@pytest.mark.parametrize(("kinds", "is_flagged"), [(2, False), (3, True)])
def test_of_few_kinds_none_is_missed(standard: EditionNode, kinds: int, is_flagged: bool) -> None:
    row = claim(standard, "2.1", score="10", kinds=kinds, held=0, pieces=[Piece("ก.pdf")])
    assert (flags.lacking(row) is not None) is is_flagged


def test_dimension_1_and_no_case_claim_no_score(standard: EditionNode) -> None:
    assert flags.lacking(claim(standard, "1.2", {"count": 2})) is None
    assert flags.lacking(claim(standard, "4.31", no_case=True, score="10")) is None
    # 2.2 prints no 0 row: its lowest is 2.5.
    assert flags.lacking(claim(standard, "2.2", score="2.5")) is None


@pytest.mark.parametrize(
    ("day", "is_flagged"),
    [
        (date(2025, 9, 30), True),
        (date(2025, 10, 1), False),
        (date(2026, 9, 30), False),
        (date(2026, 10, 1), True),
        (None, False),
    ],
)
def test_a_document_of_another_fiscal_year(standard: EditionNode, day: date | None, is_flagged: bool) -> None:
    found = flag_of([claim(standard, "2.1", pieces=[Piece("แผน.pdf", day)])], "2.1", "dated")
    about = {"files": [["แผน.pdf", str(day)]], "count": 1, "year": 2569}
    assert found == (Raised("dated", 25, about) if is_flagged else None)


def test_more_documents_than_are_named_are_counted(standard: EditionNode) -> None:
    pieces = [Piece(f"{number}.pdf", date(2020, 1, 1)) for number in range(4)]
    found = flag_of([claim(standard, "2.1", pieces=pieces)], "2.1", "dated")
    assert found is not None
    assert ([name for name, _ in found.about["files"]], found.about["count"]) == (["0.pdf", "1.pdf", "2.pdf"], 4)


# --- the same file ---------------------------------------------------------------------------------


def holder(iso: str, year: int = 2569) -> Holder:
    return Holder(iso, (f"จังหวัด {iso}", iso), year)


MINE = holder("TH-50")


@pytest.mark.parametrize(
    ("holders", "carried", "expected"),
    [
        ([MINE], False, {}),
        ([MINE, holder("TH-51")], False, {"shared": 40}),
        ([MINE, holder("TH-51", 2568)], False, {"shared": 40}),
        ([MINE, holder("TH-51", 2570)], False, {}),  # later: that one is asked
        ([MINE, holder("TH-50", 2568)], False, {"same_file": 25}),
        ([MINE, holder("TH-50", 2568)], True, {"carried": 5}),
        ([MINE, holder("TH-50", 2570)], False, {}),
        ([MINE, holder("TH-50", 2568), holder("TH-51")], True, {"carried": 5, "shared": 40}),
        # Ten others have it, and eleven: then it was sent to all.
        ([MINE, *(holder(f"TH-{number}") for number in range(60, 70))], False, {"shared": 40}),
        ([MINE, *(holder(f"TH-{number}") for number in range(60, 71))], False, {"shared": 5}),
    ],
)
def test_the_same_file(
    standard: EditionNode, holders: list[Holder], carried: bool, expected: Mapping[str, int]
) -> None:
    row = claim(standard, "2.1", pieces=[Piece("แผน.pdf", carried=carried, holders=holders)])
    assert {each.code: each.weight for each in flags.shared(row, "TH-50", YEAR)} == expected


def test_what_is_told_of_a_shared_file(standard: EditionNode) -> None:
    holders = [holder("TH-53"), MINE, holder("TH-51"), holder("TH-52", 2568), holder("TH-54")]
    row = claim(standard, "2.1", pieces=[Piece("แผน.pdf", holders=holders)])
    (found,) = flags.shared(row, "TH-50", YEAR)
    named = [["จังหวัด TH-51", "TH-51", 2569], ["จังหวัด TH-52", "TH-52", 2568], ["จังหวัด TH-53", "TH-53", 2569]]
    assert found.about == {"file": "แผน.pdf", "offices": named, "count": 4, "files": 1}


# --- an edge, contradictions, changes --------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "score", "inputs", "expected"),
    [
        # 90 of 100 is the top row's edge.
        ("2.2", "10", {"numerator": 91, "denominator": 100}, None),
        ("2.2", "10", {"numerator": 90, "denominator": 100}, ("7.5", True)),
        ("2.2", "10", {"numerator": 9, "denominator": 10}, ("7.5", True)),
        ("2.2", "10", {"numerator": 9, "denominator": 9}, None),
        ("2.2", "7.5", {"numerator": 89, "denominator": 100}, None),
        # Two of ten are 20 %: the row between is jumped over.
        ("2.8", "10", {"numerator": 1, "denominator": 10}, ("5", False)),
        ("2.8", "10", {"numerator": 2, "denominator": 20}, ("7.5", False)),
        ("2.8", "10", {"numerator": 1, "denominator": 20}, None),
        ("2.8", "10", {"numerator": 0, "denominator": 10}, None),
        ("2.8", "10", {"numerator": 0, "denominator": 9}, None),  # too few cases: each one counts
        ("2.3", "10", {"count": 12}, ("7.5", True)),
        ("2.3", "10", {"count": 13}, None),
        ("2.10", "10", {"count": 1}, None),
        ("2.5", "10", {"option": 1}, None),
        ("2.3", "", None, None),
    ],
)
def test_just_over_an_edge(
    standard: EditionNode, code: str, score: str, inputs: Any, expected: tuple[str, bool] | None
) -> None:
    found = flags.at_edge(claim(standard, code, inputs, score=score))
    assert (found and (found.about["below"], found.about["fewer"])) == expected
    assert found is None or (found.code, found.weight, found.about["score"]) == ("edge", 15, score)


@pytest.mark.parametrize(("second", "is_flagged"), [(44, False), (45, True)])
def test_answers_that_do_not_go_together(standard: EditionNode, second: int, is_flagged: bool) -> None:
    rows = [
        claim(standard, "2.7", {"numerator": 40, "denominator": 44}),
        claim(standard, "2.8", {"numerator": 0, "denominator": second}),
    ]
    found = [flag_of(rows, code, "contradicts") for code in ("2.7", "2.8")]
    assert [each is not None for each in found] == [is_flagged, is_flagged]
    if is_flagged:
        assert found[0] == found[1]
        assert found[0] is not None
        assert found[0].weight == 40
        assert "2.7 ตอบ 44 และ 2.8 ตอบ 45 คน" in found[0].about["sentences"][0]


@pytest.mark.parametrize(("told", "weight", "reasons"), [({}, 40, []), ({"2.7": 44, "2.8": 45}, 15, ["ย้ายระหว่างปี"])])
def test_a_contradiction_that_the_office_explained_weighs_less(
    standard: EditionNode, told: dict[str, int], weight: int, reasons: list[str]
) -> None:
    rows = [
        claim(standard, "2.7", {"numerator": 40, "denominator": 44}),
        claim(standard, "2.8", {"numerator": 0, "denominator": 45}),
    ]
    said = {"same-staff_evaluated": Said(told, "ย้ายระหว่างปี", NOON)}
    found = flag_of(rows, "2.7", "contradicts", said=said)
    assert found is not None
    assert (found.weight, found.about["reasons"]) == (weight, reasons)


def changes(*counts: int, at: datetime = NOON) -> list[Change]:
    """One change after another, a minute apart, the first at `at`."""
    return [
        Change({"count": old}, {"count": new}, at + timedelta(minutes=place))
        for place, (old, new) in enumerate(itertools.pairwise(counts))
    ]


@pytest.mark.parametrize(("minutes", "is_flagged"), [(-1, True), (0, False), (1, False)])
def test_changed_after_a_return(standard: EditionNode, minutes: int, is_flagged: bool) -> None:
    row = claim(standard, "4.26", {"count": 9}, changes=changes(5, 9))
    found = flag_of([row], "4.26", "changed", returned_at=NOON + timedelta(minutes=minutes))
    about = {"after": "return", "was": "5 ครั้ง", "now": "9 ครั้ง", "reason": ""}
    assert found == (Raised("changed", 25, about) if is_flagged else None)


def test_what_is_told_of_a_change(standard: EditionNode) -> None:
    whole = [Change({"numerator": 5, "denominator": 9}, {"numerator": 9, "denominator": 9}, NOON)]
    row = claim(standard, "2.7", {"numerator": 9, "denominator": 9}, changes=whole)
    found = flag_of([row], "2.7", "changed", returned_at=NOON - timedelta(days=1))
    assert found == Raised("changed", 25, {"after": "return", "was": "5 จาก 9 คน", "now": "9 จาก 9 คน", "reason": ""})


def test_the_figures_before_the_first_change_after_the_return_are_told(standard: EditionNode) -> None:
    row = claim(
        standard,
        "2.5",
        {"option": 1},
        changes=[
            Change({"option": 3}, {"option": 2}, NOON),
            Change({"option": 2}, {"option": 1}, NOON + timedelta(minutes=1)),
        ],
    )
    found = flag_of([row], "2.5", "changed", returned_at=NOON - timedelta(minutes=1))
    assert found is not None
    assert (found.about["was"], found.about["now"]) == ("ข้อ 3", "ข้อ 1")


def test_changed_and_changed_back_is_no_change(standard: EditionNode) -> None:
    row = claim(standard, "4.26", {"count": 5}, changes=changes(5, 9, 5))
    assert flag_of([row], "4.26", "changed", returned_at=NOON - timedelta(days=1)) is None


@pytest.mark.parametrize(("minutes", "is_flagged"), [(-1, True), (0, False)])
def test_changed_after_a_confirmed_warning(standard: EditionNode, minutes: int, is_flagged: bool) -> None:
    said = {"jump-4.26": Said({"count": ["10", "50"]}, "นับใหม่", NOON + timedelta(minutes=minutes))}
    row = claim(standard, "4.26", {"count": 60}, last={"count": 10}, changes=changes(50, 60))
    found = flag_of([row], "4.26", "changed", said=said)
    assert (found and (found.about["after"], found.about["reason"])) == (
        ("confirmation", "นับใหม่") if is_flagged else None
    )


@pytest.mark.parametrize(("first", "is_flagged"), [(29, False), (30, True)])
def test_changed_from_a_figure_that_jumped(standard: EditionNode, first: int, is_flagged: bool) -> None:
    row = claim(standard, "4.26", {"count": 20}, last={"count": 10}, changes=changes(first, 20))
    found = flag_of([row], "4.26", "changed")
    assert (found and found.about["after"]) == ("jump" if is_flagged else None)


def test_an_office_without_anything_odd_has_no_flags(standard: EditionNode) -> None:
    row = claim(standard, "2.3", {"count": 13}, score="10", kinds=3, held=3, pieces=[Piece("ก.pdf", date(2026, 1, 1))])
    assert flags.flags_of(office([row]), YEAR, {}) == {}
