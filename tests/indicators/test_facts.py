"""The facts of an office: each names inputs that the standard has."""

from indicators import facts
from indicators.editions import EditionNode


def test_every_use_is_an_input_of_the_edition_with_the_same_unit(standard: EditionNode) -> None:
    for fact in facts.facts_of(2563):
        for use in fact.uses:
            found = {field.name: field for field in standard.indicators[use.code].fields}
            assert found[use.field].unit == fact.unit, use


def test_the_facts_of_the_edition() -> None:
    assert [(fact.name, fact.codes) for fact in facts.facts_of(2563)] == [
        ("staff", ("1.1", "1.11", "1.12", "1.13", "2.9")),
        ("staff_evaluated", ("2.7", "2.8")),
        ("unit_heads", ("1.9",)),
        ("social_workers", ("1.10",)),
        ("subdistricts", ("4.9",)),
        ("directory", ("4.10", "4.12")),
        ("laos", ("4.18",)),
        ("projects", ("2.6",)),
        ("service_types", ("4.16",)),
        ("topics", ("4.23",)),
    ]


def test_an_edition_without_a_list_has_no_facts() -> None:
    assert facts.facts_of(2568) == ()
    assert list(facts.facts_at(2568, "2.9")) == []


def test_the_facts_at_an_indicator() -> None:
    assert [(fact.name, use.field, use.exact) for fact, use in facts.facts_at(2563, "4.12")] == [
        ("directory", "directory_total", True)
    ]
    assert [(fact.name, use.exact) for fact, use in facts.facts_at(2563, "4.18")] == [("laos", False)]
    assert list(facts.facts_at(2563, "2.1")) == []


def test_a_count_is_read_from_an_answer_and_nothing_else() -> None:
    assert facts.given({"count": 0}, "count") == 0
    assert facts.given({"count": 7}, "people") is None
    assert facts.given({"has": True}, "has") is None
    assert facts.given({"amount": "2.5"}, "amount") is None
    assert facts.given(None, "count") is None
