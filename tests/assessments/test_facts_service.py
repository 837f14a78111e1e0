"""Facts of an office: stating, changing, taking back; what the page of facts shows beside."""

from typing import Any

import pytest

from assessments.models import Assessment, Fact, LogEntry, Province, User
from assessments.queries import facts as queries
from assessments.services import Refused
from assessments.services.stating import state_facts
from indicators.editions import EditionNode
from indicators.models import Edition
from tests.conftest import AFTER
from tests.years import BEFORE, at, open_2568, save


def kept(assessment: Assessment) -> dict[str, int]:
    return dict(Fact.objects.filter(assessment=assessment).values_list("name", "value"))


def test_facts_are_stated_changed_and_taken_back(assessment: Assessment, editor: User, head: User) -> None:
    assert state_facts(assessment=assessment, values={"staff": 44, "directory": 0}, by=editor) == ["staff", "directory"]
    assert kept(assessment) == {"staff": 44, "directory": 0}
    assert state_facts(assessment=assessment, values={"staff": 45, "directory": None}, by=head) == [
        "staff",
        "directory",
    ]
    assert kept(assessment) == {"staff": 45}
    assert Fact.objects.get().by == head
    assert [(row.what, row.about, row.details, row.by) for row in LogEntry.objects.filter(what="facts")] == [
        ("facts", "TH-50 2569", {"staff": [44, 45], "directory": [0, None]}, head),
        ("facts", "TH-50 2569", {"staff": [None, 44], "directory": [None, 0]}, editor),
    ]


def test_the_same_again_and_unknown_names_leave_nothing(assessment: Assessment, editor: User) -> None:
    state_facts(assessment=assessment, values={"staff": 44}, by=editor)
    assert state_facts(assessment=assessment, values={"staff": 44, "laos": None, "cats": 3}, by=editor) == []
    assert kept(assessment) == {"staff": 44}
    assert LogEntry.objects.filter(what="facts").count() == 1


def test_facts_are_refused_to_strangers_and_after_the_round(
    assessment: Assessment, editor: User, stranger: User, reviewer: User, time_machine: Any
) -> None:
    for person in (stranger, reviewer):
        with pytest.raises(Refused):
            state_facts(assessment=assessment, values={"staff": 44}, by=person)
    time_machine.move_to(AFTER)
    with pytest.raises(Refused):
        state_facts(assessment=assessment, values={"staff": 44}, by=editor)
    assert kept(assessment) == {}


def test_offers_name_the_box_that_a_fact_may_fill(assessment: Assessment, standard: EditionNode) -> None:
    def offers(code: str) -> list[tuple[str, str, bool, int | None]]:
        found = queries.offers_of(assessment, standard.indicators[code], {"staff": 44})
        return [(box, offer.fact.name, offer.exact, offer.value) for box, offer in found.items()]

    assert offers("2.9") == [("denominator", "staff", True, 44)]
    assert offers("1.1") == [("people", "staff", True, 44)]
    assert offers("4.12") == [("directory_total", "directory", True, None)]
    assert offers("4.18") == [("denominator", "laos", False, None)]
    assert offers("2.2") == []


def test_last_year_stands_beside_as_stated_or_else_as_answered(
    assessment: Assessment,
    edition: Edition,
    chiang_mai: Province,
    editor: User,
    manager: User,
    time_machine: Any,
    django_assert_num_queries: Any,
) -> None:
    with at(time_machine, BEFORE):
        before = open_2568(edition, chiang_mai, manager)
        state_facts(assessment=before, values={"staff": 41}, by=editor)
        save(before, editor, "2.9", inputs={"numerator": 40, "denominator": 40})
        save(before, editor, "4.9", inputs={"numerator": 100, "denominator": 204})
        save(before, editor, "4.18", inputs={"numerator": 100, "denominator": 300})
    save(assessment, editor, "2.9", inputs={"numerator": 40, "denominator": 44})
    state_facts(assessment=assessment, values={"staff": 44}, by=editor)
    with django_assert_num_queries(3):
        found = {each.fact.name: each for each in queries.all_stated(assessment)}
    assert {name: each.last for name, each in found.items() if each.last is not None} == {
        "staff": 41,
        "subdistricts": 204,
    }
    assert {name: each.row.value for name, each in found.items() if each.row} == {"staff": 44}
    assert [(place.code, place.value) for place in found["staff"].places] == [
        ("1.1", None),
        ("1.11", None),
        ("1.12", None),
        ("1.13", None),
        ("2.9", 44),
    ]
