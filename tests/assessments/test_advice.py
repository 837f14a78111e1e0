"""Advice at the indicator: what a better row would do to the area, the dimension and the whole."""

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments import services
from assessments.models import Assessment, User
from assessments.services import Entry
from indicators.editions import EditionNode
from tests.answers import answer_all


@pytest.fixture
def filled(assessment: Assessment, editor: User) -> Assessment:
    """All 55 at the top row but these: 2.1 and 2.2 have 5 points, 2.10 has 0. Dimension 2 is 100 of 120: 8.33."""
    short = {"c2_1": {"count": 3}, "c2_2": {"numerator": 600, "denominator": 1000}, "c2_10": {"count": 0}}
    answer_all(assessment, editor, **short)
    return assessment


def test_advice_names_what_each_total_becomes(as_editor: Client, filled: Assessment) -> None:
    page = as_editor.get(f"/assessments/{filled.pk}/indicators/2.1/")
    told = [
        (advice.step.needs, [(effect.mean, str(effect.was), str(effect.level)) for effect in advice.effects])
        for advice in page.context["state"].advice
    ]
    assert told == [
        ("อีก 1 รูปแบบ", [("8.13", "", ""), ("8.54", "ค่อนข้างดี", "ดี"), ("9.68", "", "")]),
        ("อีก 2 รูปแบบ", [("8.75", "ค่อนข้างดี", "ดี"), ("8.75", "ค่อนข้างดี", "ดี"), ("9.73", "", "")]),
    ]
    assert f'href="/assessments/{filled.pk}/plan/2.1/"' in page.content.decode()


def test_while_a_total_is_a_range_the_range_is_told_without_a_level(
    as_editor: Client, assessment: Assessment, editor: User, standard: EditionNode
) -> None:
    node = standard.indicators["2.1"]
    entry = Entry(inputs={"count": 3})
    services.save_answer(assessment=assessment, indicator=node, by=editor, version=0, entry=entry)
    advice = as_editor.get(f"/assessments/{assessment.pk}/indicators/2.1/").context["state"].advice
    assert [(effect.mean, effect.was, effect.level) for effect in advice[0].effects] == [
        ("2.50–9.38", "", ""),
        ("1.04–9.79", "", ""),
        ("0.23–9.95", "", ""),
    ]


def test_the_advice_after_a_save_is_that_of_the_page(as_editor: Client, filled: Assessment) -> None:
    path = f"/assessments/{filled.pk}/indicators/2.1/"
    data = {"version": "1", "count": "4"}
    swapped = as_editor.post(f"{path}save/", data, headers={"HX-Request": "true"}).content.decode()
    page = as_editor.get(path).content.decode()
    begin = swapped.index('<div class="next-steps">')
    shown = swapped[begin : swapped.index("</ul>", begin)]
    assert "8.75" in shown
    assert shown in page


def test_an_area_of_four_costs_no_query_for_its_advice(
    as_editor: Client, filled: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = as_editor.get(f"/assessments/{filled.pk}/areas/2-1/")
    states = page.context["rows"]
    with django_assert_num_queries(0):
        assert [len(state.advice) for state in states] == [2, 2, 0, 0]
