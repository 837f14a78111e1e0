"""History is written once: the database itself refuses to change or delete a row of it."""

import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, models, transaction

from assessments.models import Answer, AnswerChange, Assessment, EvidenceChange, LogEntry, StatusChange, User
from assessments.workflow import Action, Status

MAKERS: dict[type[models.Model], Callable[[Assessment, User], models.Model]] = {
    AnswerChange: lambda assessment, by: AnswerChange.objects.create(
        answer=Answer.objects.filter(assessment=assessment)[0], version=1, changes={"problems": ["", "x"]}, by=by
    ),
    StatusChange: lambda assessment, by: StatusChange.objects.create(
        assessment=assessment,
        number=1,
        action=Action.SUBMIT,
        from_status=Status.DRAFT,
        to_status=Status.SUBMITTED,
        by=by,
    ),
    EvidenceChange: lambda assessment, by: EvidenceChange.objects.create(
        assessment=assessment, evidence_id=uuid.uuid4(), name="x", act=EvidenceChange.Act.ADDED, by=by
    ),
    LogEntry: lambda assessment, by: LogEntry.objects.create(what="open_round", about="2569", by=by),
}


@pytest.fixture(params=MAKERS, ids=lambda model: model.__name__)
def row(request: pytest.FixtureRequest, assessment: Assessment, manager: User) -> models.Model:
    return MAKERS[request.param](assessment, manager)


def refused() -> pytest.RaisesExc[DatabaseError]:
    return pytest.raises(DatabaseError, match="history is never changed")


def kept(row: models.Model) -> dict[str, object]:
    fresh = type(row)._base_manager.get(pk=row.pk)
    return {field.attname: getattr(fresh, field.attname) for field in fresh._meta.concrete_fields}


def test_no_update_through_a_queryset(row: models.Model, manager: User, admin: User) -> None:
    before = kept(row)
    with refused(), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(by=admin)
    assert kept(row) == before


def test_no_update_through_save(row: models.Model, admin: User) -> None:
    before = kept(row)
    row.by = admin  # type: ignore[attr-defined]
    with refused(), transaction.atomic():
        row.save()
    assert kept(row) == before


def test_no_delete_through_a_queryset(row: models.Model) -> None:
    before = kept(row)
    with refused(), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).delete()
    assert kept(row) == before


def test_no_delete_of_the_row(row: models.Model) -> None:
    pk = row.pk
    with refused(), transaction.atomic():
        row.delete()
    assert type(row)._base_manager.filter(pk=pk).exists()


@pytest.mark.parametrize("statement", ["UPDATE {table} SET at = '2000-01-01 00:00:00'", "DELETE FROM {table}"])
def test_no_raw_statement(row: models.Model, statement: str) -> None:
    before = kept(row)
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=row._meta.db_table))
    assert kept(row) == before


def test_deleting_an_assessment_does_not_take_its_history_along(assessment: Assessment, manager: User) -> None:
    MAKERS[StatusChange](assessment, manager)
    with refused(), transaction.atomic():
        assessment.delete()
    assert Assessment.objects.filter(pk=assessment.pk).exists()
    assert StatusChange.objects.count() == 1


def test_new_rows_are_taken(assessment: Assessment, manager: User) -> None:
    before = LogEntry.objects.count()
    MAKERS[LogEntry](assessment, manager)
    assert LogEntry.objects.count() == before + 1
