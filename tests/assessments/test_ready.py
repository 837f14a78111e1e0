"""Queries whose SQL is put together once: they find what the same queryset finds, and ask the database each time."""

import pytest
from django.db.models import F

from assessments.models import Answer, Assessment, User
from assessments.ready import Ready

PERSON = Ready(lambda pk: User.objects.select_related("province").filter(pk=pk))
ANSWERS = Ready(
    lambda assessment, first, second: (
        Answer.objects.filter(assessment=assessment, indicator__code__startswith="2.", indicator__in=[first, second])
        .annotate(code=F("indicator__code"))
        .order_by("-indicator__number")
    )
)


def test_it_finds_what_the_queryset_finds(assessment: Assessment, django_assert_num_queries: object) -> None:
    found = list(assessment.answers.filter(indicator__code__in=["2.1", "2.2"]).order_by("-indicator__number"))
    values = {"assessment": assessment.pk, "first": found[0].indicator_id, "second": found[1].indicator_id}
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = ANSWERS.rows(**values)
    assert [(row.pk, vars(row)["code"], row.inputs, row.score) for row in rows] == [
        (answer.pk, code, answer.inputs, answer.score) for answer, code in zip(found, ["2.2", "2.1"], strict=True)
    ]
    assert [row.pk for row in ANSWERS.rows(**values | {"second": found[0].indicator_id})] == [found[0].pk]
    assert ANSWERS.first(**values | {"assessment": assessment.pk + 1000}) is None


def test_it_asks_anew(editor: User, head: User, django_assert_num_queries: object) -> None:
    assert [PERSON.get(pk=each.pk).full_name for each in (editor, head)] == [editor.full_name, head.full_name]
    User.objects.filter(pk=editor.pk).update(full_name="ชื่อใหม่")
    with django_assert_num_queries(1):  # type: ignore[operator]
        person = PERSON.get(pk=editor.pk)
        assert (person.full_name, person.province) == ("ชื่อใหม่", editor.province)
    with pytest.raises(User.DoesNotExist):
        PERSON.get(pk=10**6)


@pytest.mark.parametrize("values", [{}, {"pk": "1"}, {"pk": None}, {"pk": True}, {"pk": 1, "more": 2}])
def test_it_takes_its_whole_numbers_only(values: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="whole numbers are needed for pk"):
        PERSON.rows(**values)


def test_a_value_that_does_not_reach_the_sql_is_told(db: None) -> None:
    with pytest.raises(ValueError, match="does not stand in its SQL"):
        Ready(lambda pk: User.objects.all()).rows(pk=1)
