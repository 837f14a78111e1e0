"""The audit trail: what is in it, that the database keeps it, that every break is found, and who reads it."""

import csv
import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from assessments import services
from assessments.models import (
    AnswerChange,
    Assessment,
    Evidence,
    EvidenceChange,
    Kind,
    Round,
    StatusChange,
    TrailHead,
    TrailRow,
    User,
)
from assessments.models.trail import record
from assessments.queries.trail import proof
from assessments.services import people
from assessments.workflow import Role
from indicators.editions import EditionNode
from tests.conftest import PASSWORD, signed_in
from tests.evidence import added

ALL = 10_000


def save(assessment: Assessment, standard: EditionNode, by: User, text: str, code: str = "2.1") -> None:
    node = standard.indicators[code]
    answer = assessment.answers.get(indicator_id=node.pk)
    entry = services.Entry(problems=text)
    services.save_answer(assessment=assessment, indicator=node, by=by, version=answer.version, entry=entry)


@pytest.fixture
def three(assessment: Assessment, standard: EditionNode, editor: User) -> list[TrailRow]:
    """Three answers of Chiang Mai, as the trail has them."""
    for text in ("หนึ่ง", "สอง", "สาม"):
        save(assessment, standard, editor, text)
    return list(TrailRow.objects.filter(stream=f"a{assessment.pk}").order_by("number"))


def acts(kind: Kind) -> list[tuple[str, str]]:
    return list(TrailRow.objects.filter(kind=kind).order_by("pk").values_list("act", "by__email"))


# --- what is in it ---------------------------------------------------------------------------------


def test_an_answer_is_one_row_with_its_person_and_role(three: list[TrailRow], editor: User) -> None:
    assert [(row.number, row.kind, row.act, row.by_id, row.role) for row in three] == [
        (number, Kind.ANSWER, "answer", editor.pk, Role.OFFICE_EDITOR) for number in (1, 2, 3)
    ]
    assert [row.facts["version"] for row in three] == [1, 2, 3]
    assert [row.facts["columns"] for row in three] == [["problems"]] * 3
    assert three[0].previous == "0" * 64
    assert [row.previous for row in three[1:]] == [row.hash for row in three[:2]]


def test_nothing_that_was_typed_is_in_it(three: list[TrailRow]) -> None:
    assert "หนึ่ง" in json.dumps(list(AnswerChange.objects.values_list("changes", flat=True)), ensure_ascii=False)
    assert "หนึ่ง" not in json.dumps([row.facts for row in TrailRow.objects.all()], ensure_ascii=False)


def test_files_moves_and_the_log_are_in_it(assessment: Assessment, editor: User, manager: User) -> None:
    added(assessment, editor)
    StatusChange.objects.create(
        assessment=assessment, number=1, action="submit", from_status="draft", to_status="submitted", by=editor
    )
    people.deactivate(person=editor, by=manager)
    assert acts(Kind.FILE) == [("added", editor.email), ("used", editor.email)]
    assert acts(Kind.MOVE) == [("submit", editor.email)]
    assert acts(Kind.PEOPLE)[-1] == ("deactivate", manager.email)
    assert ("open_round", manager.email) in acts(Kind.OTHER)
    assert proof().faults == []


def test_what_is_refused_is_not_in_it(assessment: Assessment, standard: EditionNode, editor: User) -> None:
    before = TrailRow.objects.count()
    node = standard.indicators["2.1"]
    entry = services.Entry(problems="x")
    with pytest.raises(services.Stale), transaction.atomic():
        services.save_answer(assessment=assessment, indicator=node, by=editor, version=7, entry=entry)
    assert (TrailRow.objects.count(), AnswerChange.objects.count()) == (before, 0)


def test_signing_in_and_out_and_failing(client: Client, editor: User) -> None:
    client.post("/accounts/login/", {"login": editor.email, "password": "not the password"})
    client.post("/accounts/login/", {"login": "secret words typed here", "password": "x"})
    client.post("/accounts/login/", {"login": "nobody@nowhere.example", "password": "x"})
    client.post("/accounts/login/", {"login": editor.email, "password": PASSWORD})
    client.post("/accounts/logout/")
    found = list(TrailRow.objects.filter(kind=Kind.SIGN_IN).order_by("pk"))
    failed = [(row.act, row.by_id, row.about) for row in found[:-2]]
    assert failed[0] == ("login_failed", None, f"person:{editor.pk}")
    assert failed[-1] == ("login_failed", None, "")
    assert [(row.act, row.by_id) for row in found[-2:]] == [("login", editor.pk), ("logout", editor.pk)]
    assert {row.facts["address"] for row in found} == {"127.0.0.1"}
    words = json.dumps([[row.about, row.facts] for row in found])
    assert [each for each in ("secret words", "nowhere", "not the password", PASSWORD) if each in words] == []
    assert proof().faults == []


def test_a_new_password_is_in_it_and_itself_nowhere(as_editor: Client, editor: User) -> None:
    new = "a new password of the tests"
    as_editor.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )
    editor.refresh_from_db()
    assert editor.check_password(new)
    assert ("password_set", editor.email) in acts(Kind.PEOPLE)
    assert new not in json.dumps(list(TrailRow.objects.values_list("facts", flat=True)))


def opened(client: Client, path: str) -> int:
    """The status of an answer that was read to its end."""
    response: Any = client.get(path)
    assert response.getvalue()
    return int(response.status_code)


def test_a_download_is_in_it_and_a_page_is_not(as_editor: Client, assessment: Assessment, editor: User) -> None:
    evidence = added(assessment, editor)
    before = TrailRow.objects.count()
    file = f"/evidence/{evidence.pk}/"
    assert [opened(as_editor, path) for path in (f"/assessments/{assessment.pk}/", file)] == [200, 200]
    assert as_editor.head(f"/assessments/{assessment.pk}/form.xlsx").status_code == 200
    assert TrailRow.objects.count() == before
    assert opened(as_editor, f"{file}download/") == 200
    assert opened(as_editor, f"/assessments/{assessment.pk}/form.xlsx") == 200
    rows = list(TrailRow.objects.filter(kind=Kind.EXPORT).order_by("pk"))
    assert [(row.act, row.by_id, row.assessment_id) for row in rows] == [
        ("evidence_download", editor.pk, assessment.pk),
        ("form_excel", editor.pk, assessment.pk),
    ]
    assert rows[0].facts == {"key": str(evidence.pk)}


def test_a_refused_download_is_not_in_it(assessment: Assessment, editor: User, stranger: User) -> None:
    evidence = added(assessment, editor)
    assert signed_in(stranger).get(f"/evidence/{evidence.pk}/download/").status_code == 404
    assert acts(Kind.EXPORT) == []


# --- what the database keeps -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assessments_trailrow SET act = 'x' WHERE id = {id}",
        "DELETE FROM assessments_trailrow WHERE id = {id}",
        "DELETE FROM assessments_trailhead WHERE stream = '{stream}'",
        "UPDATE assessments_trailhead SET number = number - 1 WHERE stream = '{stream}'",
        "UPDATE assessments_trailhead SET hash = '' WHERE stream = '{stream}'",
    ],
)
def test_no_statement_changes_it(three: list[TrailRow], statement: str) -> None:
    row = three[1]
    refused = pytest.raises(DatabaseError, match="history is never changed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(id=row.pk, stream=row.stream))
    assert proof().faults == []


def test_a_row_that_does_not_follow_the_last_is_refused(three: list[TrailRow]) -> None:
    last = three[-1]
    for number, previous in ((4, "0" * 64), (3, last.hash), (5, last.hash), (1, "0" * 64)):
        last.pk = None
        last.number, last.previous = number, previous
        with pytest.raises(DatabaseError), transaction.atomic():
            last.save(force_insert=True)
    assert TrailRow.objects.filter(stream=last.stream).count() == 3


# --- that every break is found ---------------------------------------------------------------------


@pytest.fixture
def unguarded(three: list[TrailRow]) -> Callable[..., None]:
    """Raw SQL by somebody who got past the triggers."""

    def act(statement: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE '%edition%'")
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP TRIGGER "{name}"')
            else:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for table in ("trailrow", "trailhead", "answerchange"):
                    cursor.execute(f"ALTER TABLE assessments_{table} DISABLE TRIGGER USER")
            cursor.execute(statement, values)

    return act


def faults() -> list[str]:
    return proof().faults


def test_a_whole_trail_has_no_fault(three: list[TrailRow]) -> None:
    assert faults() == []


@pytest.mark.parametrize("column", ["act", "role", "kind", "about", "at", "by_id", "assessment_id", "facts"])
def test_an_edited_row_is_found(three: list[TrailRow], unguarded: Callable[..., None], column: str, head: User) -> None:
    row = three[1]
    values = {"at": "2020-01-01 00:00:00+00:00", "by_id": head.pk, "assessment_id": None, "facts": '{"version": 9}'}
    unguarded(f"UPDATE assessments_trailrow SET {column} = %s WHERE id = %s", values.get(column, "login"), row.pk)
    assert f"{row.stream} 2: changed" in faults()


def test_an_edited_row_with_a_hash_made_to_fit_is_found(three: list[TrailRow], unguarded: Callable[..., None]) -> None:
    from assessments.models.trail import sealed

    row = three[1]
    row.act = "other"
    unguarded(
        "UPDATE assessments_trailrow SET act = %s, hash = %s WHERE id = %s",
        *("other", sealed(row.content(), row.previous), row.pk),
    )
    assert faults() == [f"{row.stream} 3: does not follow the row before it"]


def test_a_deleted_row_is_found(three: list[TrailRow], unguarded: Callable[..., None]) -> None:
    unguarded("DELETE FROM assessments_trailrow WHERE id = %s", three[1].pk)
    key = three[1].facts["row"]
    assert faults() == [f"{three[0].stream}: rows 2 to 2 are missing", f"answerchange {key}: not in the trail"]


def test_the_last_row_deleted_is_found(three: list[TrailRow], unguarded: Callable[..., None]) -> None:
    unguarded("DELETE FROM assessments_trailrow WHERE id = %s", three[2].pk)
    key, stream = three[2].facts["row"], three[2].stream
    assert faults() == [
        f"{stream}: ends with row 2, and was to end with row 3",
        f"answerchange {key}: not in the trail",
    ]


def test_the_last_row_deleted_with_its_head_and_its_history_is_found_by_kept_heads(
    three: list[TrailRow], unguarded: Callable[..., None], tmp_path: Path
) -> None:
    """Whoever changes everything in the database is found by what was kept elsewhere."""
    kept = tmp_path / "heads"
    call_command("check_audit", keep=kept)
    unguarded("DELETE FROM assessments_trailrow WHERE id = %s", three[2].pk)
    unguarded("DELETE FROM assessments_answerchange WHERE id = %s", three[2].facts["row"])
    unguarded(
        "UPDATE assessments_trailhead SET number = 2, hash = %s WHERE stream = %s", three[1].hash, three[1].stream
    )
    assert faults() == []
    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_audit", against=kept)


def test_a_row_put_in_is_found(three: list[TrailRow], unguarded: Callable[..., None]) -> None:
    stream = three[0].stream
    unguarded("UPDATE assessments_trailrow SET number = 30 WHERE id = %s", three[2].pk)
    unguarded(
        "INSERT INTO assessments_trailrow (stream, number, at, role, kind, act, about, facts, previous, hash) "
        "SELECT stream, 3, at, role, kind, act, about, '{}', hash, %s FROM assessments_trailrow WHERE id = %s",
        *("f" * 64, three[1].pk),
    )
    unguarded("UPDATE assessments_trailrow SET number = 4 WHERE id = %s", three[2].pk)
    assert {f"{stream} 3: changed", f"{stream} 4: changed", f"{stream} 4: does not follow the row before it"} <= set(
        faults()
    )


def test_two_rows_that_changed_places_are_found(three: list[TrailRow], unguarded: Callable[..., None]) -> None:
    stream = three[0].stream
    for number, row in ((40, three[1]), (2, three[2]), (3, three[1])):
        unguarded("UPDATE assessments_trailrow SET number = %s WHERE id = %s", number, row.pk)
    assert {f"{stream} 2: changed", f"{stream} 3: changed", f"{stream} 2: does not follow the row before it"} <= set(
        faults()
    )


def test_a_row_of_the_history_changed_added_or_deleted_is_found(
    three: list[TrailRow], unguarded: Callable[..., None], editor: User
) -> None:
    first, second, third = (row.facts["row"] for row in three)
    unguarded("UPDATE assessments_answerchange SET changes = '{}' WHERE id = %s", first)
    unguarded("DELETE FROM assessments_answerchange WHERE id = %s", second)
    change = AnswerChange.objects.get(pk=third)
    change.pk, change.version = None, 9
    change.save(force_insert=True)
    assert faults() == [
        f"answerchange {first}: changed",
        f"answerchange {change.pk}: not in the trail",
        f"answerchange {second}: gone",
    ]


def test_the_command_ends_with_an_error_when_there_is_a_fault(
    three: list[TrailRow], unguarded: Callable[..., None], tmp_path: Path
) -> None:
    out = io.StringIO()
    call_command("check_audit", stdout=out)
    assert out.getvalue().startswith("The audit trail is whole")
    unguarded("DELETE FROM assessments_trailrow WHERE id = %s", three[0].pk)
    with pytest.raises(CommandError, match="2 faults in the audit trail"):
        call_command("check_audit", stdout=out)
    (tmp_path / "no heads").write_text("[1]")
    with pytest.raises(CommandError, match="no file that --keep has written"):
        call_command("check_audit", against=tmp_path / "no heads")


def test_rows_written_together_are_a_chain_each(round_2569: Round, editor: User) -> None:
    assessments = list(Assessment.objects.filter(round=round_2569)[:3])
    EvidenceChange.objects.bulk_create(
        EvidenceChange(assessment=assessments[number % 3], evidence_id=uuid.uuid4(), name="x", act="added", by=editor)
        for number in range(7)
    )
    counts = [TrailRow.objects.filter(stream=f"a{each.pk}").count() for each in assessments]
    assert counts == [3, 2, 2]
    assert TrailHead.objects.get(stream=f"a{assessments[0].pk}").number == 3
    assert faults() == []


def test_the_saves_cost_one_read_and_one_insert(
    assessment: Assessment, editor: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        record(Kind.EXPORT, "x", by=editor, assessment=assessment.pk, facts={})


# --- who reads it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/audit/", "/audit/trail.csv"])
def test_only_managers_and_admins_read_it(
    client: Client, path: str, editor: User, head: User, supporter: User, inspector: User, reviewer: User
) -> None:
    assert client.get(path).status_code == 302
    for person in (editor, head, supporter, inspector, reviewer):
        assert signed_in(person).get(path).status_code == 403
    assert signed_in(reviewer).get("/people/").status_code == 403


def test_managers_and_admins_read_it(
    as_manager: Client, admin: User, three: list[TrailRow], assessment: Assessment, editor: User
) -> None:
    for client in (as_manager, signed_in(admin)):
        page = client.get("/audit/").content.decode()
        assert (page.count(editor.full_name), "2.1" in page) == (3, True)
        assert client.post("/audit/").status_code == 405
    assert 'href="/audit/"' in as_manager.get("/people/").content.decode()


def found(client: Client, **query: Any) -> list[str]:
    """The kinds of the rows that a filter leaves, the newest first."""
    rows = list(csv.reader(io.StringIO(client.get("/audit/trail.csv", query).getvalue().decode("utf-8-sig"))))
    return [row[0] for row in rows[1:]]


def test_filters(
    as_manager: Client, three: list[TrailRow], assessment: Assessment, phuket: Any, editor: User, time_machine: Any
) -> None:
    mine = [f"{row.stream} {row.number}" for row in reversed(three)]
    assert found(as_manager, kind="answer") == mine
    assert found(as_manager, search=editor.email) == mine
    assert found(as_manager, search="ไม่มีใครชื่อนี้") == []
    assert found(as_manager, province=assessment.province_id) == mine
    assert found(as_manager, province=phuket.pk) == []
    day = {"0": "3", "1": "8", "2": "2569"}
    on = {
        **{f"since_{key}": value for key, value in day.items()},
        **{f"until_{key}": value for key, value in day.items()},
    }
    assert found(as_manager, kind="answer", **on) == mine
    assert found(as_manager, kind="answer", since_0="4", since_1="8", since_2="2569") == []
    assert found(as_manager, kind="answer", until_0="2", until_1="8", until_2="2569") == []
    page = as_manager.get("/audit/", {**on, "until_0": "2"}).content.decode()
    assert "error-summary" in page


def test_a_download_of_the_trail_is_in_the_trail(as_manager: Client, manager: User, three: list[TrailRow]) -> None:
    content = as_manager.get("/audit/trail.csv", {"kind": "answer"}).getvalue().decode("utf-8-sig")
    assert three[0].hash in content
    assert acts(Kind.EXPORT) == [("audit_csv", manager.email)]


def test_the_page_costs_the_same_for_three_rows_and_for_fifty(
    as_manager: Client,
    three: list[TrailRow],
    assessment: Assessment,
    standard: EditionNode,
    editor: User,
    django_assert_num_queries: Any,
) -> None:
    path = "/audit/?kind=answer"
    as_manager.get(path)
    with django_assert_num_queries(6):
        as_manager.get(path)
    for number in range(47):
        save(assessment, standard, editor, f"ครั้งที่ {number}")
    with django_assert_num_queries(6):
        as_manager.get(path)


def test_an_empty_page_says_what_to_do(as_manager: Client) -> None:
    page = as_manager.get("/audit/", {"search": "ไม่มีใครชื่อนี้"}).content.decode()
    assert "<table" not in page


def test_evidence_kept_by_the_office_is_named_by_its_indicator(
    as_manager: Client, assessment: Assessment, editor: User
) -> None:
    evidence: Evidence = added(assessment, editor)
    page = as_manager.get("/audit/", {"kind": "file"}).content.decode()
    assert ("2.1" in page, evidence.name in page) == (True, False)
