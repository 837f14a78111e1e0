"""Answers that do not go together: each rule below, at and above its edge, and silent where it has nothing to ask."""

from typing import Any

import pytest

from indicators.coherence import Caution, Reply, coherence, related
from indicators.editions import EditionNode

NONE = Reply(no_case=True)


def share(denominator: int, numerator: int = 0) -> Reply:
    return Reply({"numerator": numerator, "denominator": denominator})


def count(number: int) -> Reply:
    return Reply({"count": number})


def option(number: int) -> Reply:
    return Reply({"option": number})


def found(replies: dict[str, Reply], **facts: int) -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    return [(each.code, each.indicators, dict(each.about)) for each in coherence(2563, replies, facts)]


def only(replies: dict[str, Reply], **facts: int) -> Caution:
    (caution,) = coherence(2563, replies, facts)
    return caution


# --- one number at several places --------------------------------------------------------------------


def test_the_same_staff_everywhere_asks_nothing() -> None:
    replies = {
        "1.1": Reply({"amount": "230.00", "people": 44}),
        "1.11": share(44),
        "2.7": share(44),
        "2.8": share(44),
        "2.9": share(44),
    }
    assert found(replies) == []
    assert found(replies, staff=44, staff_evaluated=44) == []


def test_the_staff_of_two_indicators_differs() -> None:
    caution = only({"1.11": share(45), "2.9": share(44)})
    assert (caution.code, caution.indicators, caution.about) == (
        "same-staff",
        ("1.11", "2.9"),
        {"1.11": 45, "2.9": 44},
    )
    assert caution.sentence == ("บุคลากรทั้งหมดควรเป็นจำนวนเดียวกัน แต่ตัวชี้วัด 1.11 ตอบ 45 และ 2.9 ตอบ 44 คน ตัวเลขใดถูกต้อง")


def test_three_that_differ_are_one_question() -> None:
    caution = only({"1.11": share(45), "1.12": share(44), "2.9": share(1200)})
    assert "ตัวชี้วัด 1.11 ตอบ 45, 1.12 ตอบ 44 และ 2.9 ตอบ 1,200 คน" in caution.sentence


def test_the_stated_fact_is_asked_about_and_not_the_indicators_among_each_other() -> None:
    caution = only({"1.11": share(45), "2.9": share(44)}, staff=45)
    assert (caution.code, caution.indicators, caution.about) == ("fact-staff", ("2.9",), {"fact": 45, "2.9": 44})
    assert caution.sentence == ("ข้อเท็จจริงของสำนักงานระบุบุคลากรทั้งหมด 45 คน แต่ตัวชี้วัด 2.9 ตอบ 44 คน ตัวเลขใดถูกต้อง")


def test_a_fact_of_zero_is_a_fact() -> None:
    assert found({"4.10": share(30)}, directory=0) == [("fact-directory", ("4.10",), {"fact": 0, "4.10": 30})]


def test_a_fact_that_is_only_offered_is_not_compared() -> None:
    assert found({"4.18": share(300)}, laos=98) == []


def test_the_directory_of_two_indicators_differs() -> None:
    replies = {"4.10": share(80), "4.12": Reply({"directory_total": 81, "attendance": [70]})}
    assert found(replies) == [("same-directory", ("4.10", "4.12"), {"4.10": 80, "4.12": 81})]


# --- a part above its whole -------------------------------------------------------------------------

PARTS = [
    ("1.7", lambda number: Reply({"groups": [number - 20, 10, 10]}), "2.9", "staff"),
    ("1.10", share, "2.9", "staff"),
    ("1.14", count, "2.9", "staff"),
    ("2.7", share, "2.9", "staff"),
    ("2.8", share, "2.9", "staff"),
    ("3.7", share, "2.9", "staff"),
    ("4.14", count, "2.6", "projects"),
    ("4.29", lambda number: Reply({"projects": number, "joined": 0, "invited": 9}), "2.6", "projects"),
]


@pytest.mark.parametrize(("code", "reply", "whole", "fact"), PARTS)
def test_a_part_is_asked_about_only_above_its_whole(code: str, reply: Any, whole: str, fact: str) -> None:
    at = sorted((code, whole), key=lambda each: [int(part) for part in each.split(".")])
    assert found({code: reply(39), whole: share(40)}) == []
    assert found({code: reply(40), whole: share(40)}) == []
    assert found({code: reply(41), whole: share(40)}) == [(f"part-{code}", tuple(at), {code: 41, fact: 40})]


@pytest.mark.parametrize(("code", "reply", "whole", "fact"), PARTS)
def test_the_stated_fact_is_the_whole(code: str, reply: Any, whole: str, fact: str) -> None:
    if code in ("2.7", "2.8", "1.10"):
        return  # these have a fact of their own, which is another number
    assert found({code: reply(41)}, **{fact: 41}) == []
    assert found({code: reply(41)}, **{fact: 40}) == [(f"part-{code}", (code,), {code: 41, fact: 40})]


def test_a_part_is_asked_about_only_when_it_is_above_every_number_given_for_the_whole() -> None:
    replies = {"1.11": share(40), "2.9": share(50), "3.7": share(45)}
    assert [code for code, *_rest in found(replies)] == ["same-staff"]


def test_no_project_at_all_but_a_campaign() -> None:
    caution = only({"2.6": NONE, "4.14": count(1)})
    assert (caution.code, caution.indicators, caution.about) == (
        "part-4.14",
        ("2.6", "4.14"),
        {"4.14": 1, "projects": 0},
    )
    assert caution.sentence == (
        "โครงการที่มีการบูรณาการการช่วยเหลือในตัวชี้วัด 4.14 คือ 1 โครงการ"
        " มากกว่าโครงการทั้งหมดในรอบปีในตัวชี้วัด 2.6 (0 โครงการ) ตัวเลขใดถูกต้อง"
    )


# --- opposites ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({"4.4": count(0), "4.6": option(1)}, [("opposite-4.6", ("4.4", "4.6"), {"4.4": 0, "4.6": 1})]),
        ({"4.4": count(0), "4.6": option(2)}, [("opposite-4.6", ("4.4", "4.6"), {"4.4": 0, "4.6": 2})]),
        ({"4.4": count(0), "4.6": option(3)}, []),
        ({"4.4": count(1), "4.6": option(1)}, []),
        ({"4.4": count(1), "4.6": option(3)}, [("opposite-4.6", ("4.4", "4.6"), {"4.4": 1, "4.6": 3})]),
        ({"4.4": count(0)}, []),
        ({"4.6": option(1)}, []),
        ({"2.10": count(0), "2.11": count(2)}, [("opposite-2.10", ("2.10", "2.11"), {"2.10": 0, "2.11": 2})]),
        (
            {"2.10": count(0), "2.11": count(2), "2.12": count(1)},
            [("opposite-2.10", ("2.10", "2.11", "2.12"), {"2.10": 0, "2.11": 2, "2.12": 1})],
        ),
        ({"2.10": count(0), "2.11": count(0), "2.12": count(0)}, []),
        ({"2.10": count(1), "2.11": count(2), "2.12": count(1)}, []),
        (
            {"4.29": Reply({"projects": 0, "joined": 0, "invited": 1})},
            [("opposite-4.29", ("4.29",), {"projects": 0, "invited": 1})],
        ),
        ({"4.29": Reply({"projects": 0, "joined": 0, "invited": 0})}, []),
        ({"4.29": Reply({"projects": 1, "joined": 0, "invited": 0})}, []),
        ({"4.31": NONE, "4.32": NONE}, []),
        ({"4.31": NONE, "4.32": option(3)}, [("opposite-4.32", ("4.31", "4.32"), {"4.31": 0, "4.32": 3})]),
        ({"4.31": share(0), "4.32": option(1)}, [("opposite-4.32", ("4.31", "4.32"), {"4.31": 0, "4.32": 1})]),
        ({"4.31": share(1), "4.32": option(1)}, []),
        ({"4.31": share(1), "4.32": NONE}, [("opposite-4.32", ("4.31", "4.32"), {"4.31": 1, "4.32": "no_case"})]),
        ({"4.31": share(1), "4.33": count(0)}, [("opposite-4.33", ("4.31", "4.33"), {"4.31": 1, "4.33": 0})]),
        ({"4.31": share(1), "4.33": count(1)}, []),
        ({"4.31": share(0), "4.33": count(0)}, []),
    ],
)
def test_answers_that_say_the_opposite(replies: dict[str, Reply], expected: list[Any]) -> None:
    assert found(replies) == expected


def test_unanswered_indicators_ask_nothing() -> None:
    codes = ("1.1", "1.7", "1.10", "2.6", "2.9", "2.10", "4.4", "4.6", "4.29", "4.31", "4.32", "4.33")
    assert found(dict.fromkeys(codes, Reply()), staff=3, projects=0) == []


def test_cautions_come_in_printed_order() -> None:
    replies = {"4.4": count(0), "4.6": option(1), "2.10": count(0), "2.11": count(1), "1.11": share(5), "2.9": share(6)}
    assert [code for code, *_rest in found(replies)] == ["same-staff", "opposite-2.10", "opposite-4.6"]


# --- what is read for one indicator ---------------------------------------------------------------


def test_what_is_read_for_an_indicator_holds_all_that_its_questions_need(standard: EditionNode) -> None:
    assert related(2563, "4.4") == {"4.4", "4.6"}
    assert related(2563, "4.31") == {"4.31", "4.32", "4.33"}
    assert related(2563, "4.14") == {"2.6", "4.14"}
    assert related(2563, "2.8") == {"1.1", "1.11", "1.12", "1.13", "2.7", "2.8", "2.9"}
    assert related(2563, "2.1") == frozenset()
    for code in standard.indicators:
        assert related(2563, code) <= standard.indicators.keys()


def test_one_indicator_is_asked_the_same_with_its_related_ones_as_with_all() -> None:
    replies = {
        **{code: share(place) for place, code in enumerate(("1.10", "1.11", "1.12", "1.13", "2.7", "2.8", "2.9"), 40)},
        "2.6": NONE,
        "4.14": count(3),
        "4.4": count(0),
        "4.6": option(1),
        "4.31": NONE,
        "4.32": option(1),
    }
    whole = coherence(2563, replies, {})
    for code in replies:
        few = {each: reply for each, reply in replies.items() if each in related(2563, code)}
        mine = [caution for caution in coherence(2563, few, {}) if code in caution.indicators]
        assert mine == [caution for caution in whole if code in caution.indicators], code


def test_an_edition_without_a_list_is_not_asked() -> None:
    assert coherence(2568, {"1.11": share(45), "2.9": share(44)}, {}) == ()
    assert related(2568, "2.9") == frozenset()
