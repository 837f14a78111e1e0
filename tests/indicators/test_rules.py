"""Rules are parsed strictly: each fault is found, and all faults of a rule at once."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.checks import parse_check
from indicators.rules import RuleFaults, parse
from tests.indicators.standard import indicators

COUNT: dict[str, Any] = {
    "kind": "count",
    "label": "จำนวนแผน",
    "unit": "แผน",
    "bands": [
        {"score": "10", "text": "3 แผน", "label": "3 แผนขึ้นไป", "at_least": 3},
        {"score": "5", "text": "1-2 แผน", "label": "1-2 แผน", "at_least": 1},
        {"score": "0", "text": "ไม่มี", "label": "ไม่มี", "at_least": 0},
    ],
}
PERCENT: dict[str, Any] = {
    "kind": "percent",
    "unit": "ฉบับ",
    "numerator": {"label": "ทันเวลา"},
    "denominator": {"label": "ทั้งหมด"},
    "direction": "higher",
    "zero_denominator": "refuse",
    "bands": [
        {"score": "10", "text": "90 ขึ้นไป", "label": "90 ขึ้นไป", "at_least": 90},
        {"score": "2.5", "text": "ต่ำกว่า 90", "label": "ต่ำกว่า 90", "at_least": 0},
    ],
}
LOWER: dict[str, Any] = PERCENT | {
    "direction": "lower",
    "bands": [
        {"score": "10", "text": "10 ลงมา", "label": "ไม่เกิน 10", "at_most": 10},
        {"score": "5", "text": "11-19", "label": "11-19", "below": 20},
        {"score": "0", "text": "20 ขึ้นไป", "label": "20 ขึ้นไป"},
    ],
}
CHOICE: dict[str, Any] = {
    "kind": "choice",
    "no_case": True,
    "bands": [{"score": "10", "text": "มี", "label": "มี"}, {"score": "0", "text": "ไม่มี", "label": "ไม่มี"}],
}
ATTENDANCE: dict[str, Any] = {
    "kind": "attendance",
    "unit": "องค์กร",
    "directory_total": {"label": "ทำเนียบ"},
    "attendance": {"label": "เข้าร่วม"},
    "zero_denominator": "lowest",
    "bands": [
        {"score": "10", "text": "3 กิจกรรม", "label": "3 กิจกรรม", "activities": 3, "at_least": 80},
        {"score": "0", "text": "น้อยกว่า", "label": "น้อยกว่า", "activities": 0, "at_least": 0},
    ],
}
CAMPAIGNS: dict[str, Any] = {
    "kind": "campaigns",
    "unit": "องค์การ",
    "projects": {"label": "โครงการ", "unit": "โครงการ"},
    "joined": {"label": "เข้าร่วม"},
    "invited": {"label": "ได้รับเชิญ"},
    "zero_denominator": "lowest",
    "bands": [
        {"score": "10", "text": "5 โครงการ", "label": "5 โครงการ", "projects": 5, "at_least": 70},
        {"score": "7.5", "text": "1-4 โครงการ", "label": "1-4 โครงการ", "projects": 1, "at_least": 70},
        {"score": "0", "text": "น้อยกว่า", "label": "น้อยกว่า", "projects": 0, "at_least": 0},
    ],
}


def faults(rule: Any, *path: Any, value: Any = ..., drop: bool = False) -> list[str]:
    """The faults of a rule in which one place holds another value, or is dropped."""
    changed = copy.deepcopy(rule)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if drop:
        del place[path[-1]]
    elif path:
        place[path[-1]] = value
    with pytest.raises(RuleFaults) as found:
        parse(changed)
    return found.value.faults


@pytest.mark.parametrize("rule", [COUNT, PERCENT, LOWER, CHOICE, ATTENDANCE, CAMPAIGNS])
def test_the_sound_rules_parse(rule: dict[str, Any]) -> None:
    assert len(parse(rule).bands) == len(rule["bands"])


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (lambda: faults(COUNT, "colour", value="red"), ["rule: unknown key 'colour'"]),
        (lambda: faults(COUNT, "bands", 0, "at_most", value=3), ["rule, row 1: unknown key 'at_most'"]),
        (lambda: faults(PERCENT, "numerator", "unit", value="x"), ["rule, numerator: unknown key 'unit'"]),
        (lambda: faults(CAMPAIGNS, "projects", "max", value=3), ["rule, projects: unknown key 'max'"]),
        (lambda: faults(COUNT, "label", drop=True), ["rule: label is missing"]),
        (lambda: faults(COUNT, "label", value=" "), ["rule: label must be a text, not ' '"]),
        (lambda: faults(COUNT, "unit", value=3), ["rule: unit must be a text, not 3"]),
        (lambda: faults(COUNT, "kind", value="counts"), None),
        (lambda: faults(COUNT, "kind", drop=True), None),
        (lambda: faults(COUNT, "kind", value=["count"]), None),
        (lambda: faults(COUNT, "bands", value=[]), ["rule: bands must be a list of printed rows, the top one first"]),
        (lambda: faults(COUNT, "bands", drop=True), ["rule: bands is missing"]),
        (lambda: faults(COUNT, "bands", 1, "text", drop=True), ["rule, row 2: text is missing"]),
        (lambda: faults(COUNT, "bands", 2, "at_least", value=1), None),
        (
            lambda: faults(COUNT, "bands", 2, drop=True),
            ["rule: a gap: nothing covers 0 to 1"],
        ),
        (lambda: faults(PERCENT, "bands", 1, "at_least", value=50), ["rule: a gap: nothing covers 0 to 50"]),
        (lambda: faults(LOWER, "bands", 2, "below", value=40), ["rule: a gap: the lowest row must be open above"]),
        (
            lambda: faults(COUNT, "bands", 1, "at_least", value=3),
            ["rule: row 2: overlaps the row above it (both from 3)"],
        ),
        (
            lambda: faults(LOWER, "bands", 1, "below", value=10),
            ["rule: row 2: overlaps the row above it (both up to 10)"],
        ),
        (
            lambda: faults(COUNT, "bands", 1, "at_least", value=4),
            ["rule: row 2: runs in the wrong direction (3 is followed by 4)"],
        ),
        (
            lambda: faults(LOWER, "bands", 1, "below", value=5),
            ["rule: row 2: runs in the wrong direction (10 is followed by 5)"],
        ),
        (
            lambda: faults(PERCENT, "direction", value="up"),
            ["rule: direction must be one of higher, lower, not 'up'"],
        ),
        (
            lambda: faults(COUNT, "bands", 1, "score", value="6"),
            ["rule, row 2: score must be one of 10, 7.5, 5, 2.5, 0, not 6"],
        ),
        (
            lambda: faults(COUNT, "bands", 1, "score", value=7.5),
            [
                "rule, row 2: score must be a number of 0 or more, written whole or as a text, not 7.5",
                "rule: scores must fall from row to row (0 is followed by 0)",
            ],
        ),
        (
            lambda: faults(COUNT, "bands", 1, "score", value="10"),
            ["rule: scores must fall from row to row (10 is followed by 10)"],
        ),
        (
            lambda: faults(COUNT, "bands", 0, "score", value="7.5"),
            ["rule: the top row must score 10, not 7.5"],
        ),
        (lambda: faults(PERCENT, "bands", 0, "at_least", value=101), ["rule: row 1: at_least is above 100"]),
        (lambda: faults(LOWER, "bands", 1, "below", value=101), ["rule: row 2: the edge is above 100"]),
        (
            lambda: faults(LOWER, "bands", 0, "below", value=10),
            ["rule: row 1: exactly one of at_most and below is needed"],
        ),
        (
            lambda: faults(PERCENT, "zero_denominator", value="skip"),
            ["rule: zero_denominator must be one of refuse, lowest, no_case, not 'skip'"],
        ),
        (
            lambda: faults(ATTENDANCE, "zero_denominator", value="no_case"),
            ["rule: zero_denominator must be one of lowest, not 'no_case'"],
        ),
        (
            lambda: faults(COUNT, "maximum", value=2),
            ["rule: maximum 2 can never reach the top row (3)"],
        ),
        (lambda: faults(COUNT, "per_year", value=0), ["rule: per_year must be a whole number of 1 or more, not 0"]),
        (lambda: faults(CHOICE, "no_case", value="yes"), ["rule: no_case must be true or false, not 'yes'"]),
        (lambda: faults(CHOICE, "bands", 1, drop=True), ["rule: a choice needs at least two rows"]),
        (
            lambda: faults(ATTENDANCE, "bands", 1, "activities", value=1),
            ["rule: a gap: the lowest row must ask for no activities"],
        ),
        (
            lambda: faults(CAMPAIGNS, "bands", 1, "projects", value=6),
            [
                "rule: row 2: overlaps the row above it (both from 70)",
                "rule: row 2: asks for more projects than the row above it",
            ],
        ),
        (lambda: faults("count"), None),
        (lambda: faults(None), None),
    ],
)
def test_each_fault_is_found(found: Any, told: list[str] | None) -> None:
    assert found() == told if told else found()


def test_all_faults_of_a_rule_are_told_at_once() -> None:
    rule = copy.deepcopy(COUNT)
    rule["colour"] = "red"
    rule["unit"] = ""
    rule["bands"][0]["score"] = "9"
    rule["bands"][1]["at_least"] = 5
    rule["bands"][2]["at_least"] = 1
    assert faults(rule) == [
        "rule: unit must be a text, not ''",
        "rule, row 1: score must be one of 10, 7.5, 5, 2.5, 0, not 9",
        "rule: the top row must score 10, not 9",
        "rule: row 2: runs in the wrong direction (3 is followed by 5)",
        "rule: a gap: nothing covers 0 to 1",
        "rule: unknown key 'colour'",
    ]


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ({"kind": "at_leest"}, None),
        ({"kind": {}}, None),
        (
            {"kind": "at_least", "label": "ห้อง", "unit": "ห้อง"},
            ["rule: at_least is missing", "rule: at_least must be above 0"],
        ),
        ({"kind": "at_least", "label": "ห้อง", "unit": "ห้อง", "at_least": 0}, ["rule: at_least must be above 0"]),
        (
            {"kind": "range", "label": "รถ", "unit": "คัน", "low": 6, "high": 4},
            ["rule: wrong direction: low 6 is above high 4"],
        ),
        ({"kind": "range", "label": "รถ", "unit": "คัน", "low": 4}, ["rule: high is missing"]),
        (
            {"kind": "per_group", "unit": "คน", "groups": [], "low": 4, "high": 11},
            ["rule: groups must be a list of names"],
        ),
        (
            {
                "kind": "share",
                "unit": "คน",
                "numerator": {"label": "ก"},
                "denominator": {"label": "ข"},
                "at_least": 101,
                "zero_denominator": "lowest",
            },
            ["rule: at_least is above 100", "rule: zero_denominator must be one of refuse, not_met, not 'lowest'"],
        ),
        (
            {"kind": "yes", "label": "มีไหม", "answers": ["มี"]},
            ["rule: answers must be the two words for yes and for no"],
        ),
        ({"kind": "yes", "label": "มีไหม", "score": "10"}, ["rule: unknown key 'score'"]),
    ],
)
def test_each_fault_of_a_check_is_found(check: dict[str, Any], told: list[str] | None) -> None:
    with pytest.raises(RuleFaults) as found:
        parse_check(check)
    if told:
        assert found.value.faults == told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 200) | st.floats(allow_nan=True) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["kind", "label", "unit", "bands", "score", "text", "at_least", "below", "groups", "low"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


def outcome(reader: Any, rule: Any) -> list[str] | None:
    """The faults of a rule; None when it parses."""
    try:
        reader(rule)
    except RuleFaults as found:
        return found.faults
    return None


@given(
    data=JSON, kind=st.sampled_from(["count", "percent", "choice", "attendance", "campaigns", "range", "share", "yes"])
)
def test_nonsense_is_a_fault_and_never_a_crash(data: Any, kind: str) -> None:
    for reader in (parse, parse_check):
        assert outcome(reader, data) != []
        if isinstance(data, dict):
            assert outcome(reader, data | {"kind": kind}) != []


def test_every_rule_of_the_edition_parses() -> None:
    kinds: dict[str, int] = {}
    for code, fields in indicators().items():
        rule = parse_check(fields["rule"]) if code.startswith("1.") else parse(fields["rule"])
        kinds[rule.kind] = kinds.get(rule.kind, 0) + 1
    assert kinds == {
        # Dimension 1: 31 checks.
        "per_person": 1,
        "at_least": 16,
        "yes": 3,
        "per_group": 1,
        "share": 5,
        "range": 2,
        "insured": 2,
        "target": 1,
        # Dimensions 2-4: 55 rules.
        "count": 30,
        "percent": 17,
        "choice": 6,
        "attendance": 1,
        "campaigns": 1,
    }
