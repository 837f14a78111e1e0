"""Using an earlier answer again: its columns as they were, through the checks of a save, as a new version."""

from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Answer, AnswerChange, Assessment, EvidenceUse, User
from assessments.services import Entry, Refused, Stale
from assessments.services.answers import COLUMNS
from assessments.services.restoring import columns_at
from indicators.editions import EditionNode, IndicatorNode
from tests import reviewing
from tests.answers import answer_all
from tests.evidence import added

HISTORY: list[dict[str, Any]] = [
    {"inputs": {"numerator": 850, "denominator": 1000}, "performance": "ก", "evidence_held": (0,)},
    {"inputs": {"numerator": 900, "denominator": 1000}, "performance": "ก"},
    {"typed": {"numerator": "x", "denominator": "1000"}, "performance": "ข", "problems": "ค"},
    {"inputs": None, "performance": ""},
    {"inputs": {"numerator": 1, "denominator": 2}, "number_source": "ทะเบียน"},
]


@pytest.fixture
def node(standard: EditionNode) -> IndicatorNode:
    return standard.indicators["2.2"]


def save(assessment: Assessment, node: IndicatorNode, by: User, version: int, **entry: Any) -> Answer:
    if entry.get("inputs"):
        entry["inputs"] = node.rule.read(entry["inputs"])
    return services.save_answer(
        assessment=assessment, indicator=node, by=by, version=version, entry=Entry(**entry)
    ).answer


@pytest.fixture
def states(assessment: Assessment, node: IndicatorNode, editor: User) -> list[dict[str, Any]]:
    """The answer's columns at each version, 0 first."""
    found = [{column: getattr(Answer(), column) for column in COLUMNS}]
    for version, entry in enumerate(HISTORY):
        answer = save(assessment, node, editor, version, **entry)
        found.append({column: getattr(answer, column) for column in COLUMNS})
    return found


def restore(assessment: Assessment, node: IndicatorNode, by: User, to: int, version: int = len(HISTORY)) -> Answer:
    return services.restore_answer(assessment=assessment, indicator=node, by=by, version=version, to=to).answer


def test_every_version_can_be_told_from_the_history(
    assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]]
) -> None:
    answer = assessment.answers.get(indicator_id=node.pk)
    assert [columns_at(answer, version) for version in range(len(states))] == states


@pytest.mark.parametrize("to", [1, 2, 3, 4])
def test_an_earlier_answer_comes_back_whole_with_its_score(
    assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]], head: User, to: int
) -> None:
    restore(assessment, node, head, to)
    answer = assessment.answers.get(indicator_id=node.pk)
    assert {column: getattr(answer, column) for column in COLUMNS} == states[to]
    score = {1: 7.5, 2: 10, 3: 10, 4: None}[to]
    assert answer.score == score
    assert answer.is_answered == (to in (1, 2))
    assert (answer.version, answer.changed_by) == (6, head)
    assessment.refresh_from_db()
    assert assessment.answered == (to in (1, 2))
    row = AnswerChange.objects.get(answer=answer, version=6)
    assert (row.restored, row.by) == (to, head)
    assert {column: new for column, (_old, new) in row.changes.items() if column != "restored"} == {
        column: value for column, value in states[to].items() if value != states[5][column]
    }


def test_what_was_replaced_can_be_used_again_in_the_same_way(
    assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]], editor: User
) -> None:
    restore(assessment, node, editor, 1)
    answer = restore(assessment, node, editor, 5, version=6)
    assert {column: getattr(answer, column) for column in COLUMNS} == states[5]
    assert [row.restored for row in answer.history.all()] == [5, 1, None, None, None, None, None]
    assert [columns_at(answer, version) for version in range(6)] == states


def test_using_the_answer_of_now_changes_nothing(
    assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]], editor: User
) -> None:
    saved = services.restore_answer(assessment=assessment, indicator=node, by=editor, version=5, to=5)
    assert (saved.changed, saved.answer.version) == (False, 5)


def test_a_version_that_there_never_was_is_refused(
    assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]], editor: User
) -> None:
    for to in (0, 6):
        with pytest.raises(Refused):
            restore(assessment, node, editor, to)


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(
    assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]], editor: User, head: User
) -> None:
    save(assessment, node, head, 5, performance="ใหม่")
    with pytest.raises(Stale):
        restore(assessment, node, editor, 1)
    assert assessment.answers.get(indicator_id=node.pk).performance == "ใหม่"


@pytest.mark.parametrize("who", ["stranger", "reviewer", "manager", "inspector"])
def test_only_the_office_uses_an_earlier_answer(
    request: pytest.FixtureRequest, assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]], who: str
) -> None:
    with pytest.raises(Refused):
        restore(assessment, node, request.getfixturevalue(who), 1)


def test_files_stay_as_they_are(assessment: Assessment, standard: EditionNode, editor: User, stored: Any) -> None:
    node = standard.indicators["2.1"]
    save(assessment, node, editor, 0, inputs={"count": 4})
    save(assessment, node, editor, 1, inputs={"count": 3})
    added(assessment, editor)
    restore(assessment, node, editor, 1, version=2)
    assert EvidenceUse.objects.filter(answer__indicator_id=node.pk).count() == 1


def test_the_row_of_a_reviewer_falls_with_what_it_rested_on(
    assessment: Assessment, standard: EditionNode, editor: User, head: User, reviewer: User, manager: User
) -> None:
    answer_all(assessment, editor)
    node = standard.indicators["4.31"]
    save(assessment, node, editor, 1, no_case=True, no_case_reason="ไม่มีเรื่อง")
    services.submit(assessment=assessment, by=head, certified=True)
    reviewing.final(assessment, reviewer, head, c4_31=2)
    services.reopen(assessment=assessment, by=manager, reason="ตรวจใหม่")
    services.return_for_correction(assessment=assessment, by=reviewer, reason="แก้", due_on=assessment.closes_on)
    answer = restore(assessment, node, editor, 1, version=3)
    assert (answer.no_case, answer.decided_band, answer.decided_reason, answer.pending) == (False, None, "", "")


# --- the page ----------------------------------------------------------------------------------------


def path_of(assessment: Assessment, version: int, code: str = "2.2") -> str:
    return f"/assessments/{assessment.pk}/indicators/{code}/history/{version}/"


def test_the_page_shows_what_changes_and_does_it(
    as_head: Client, assessment: Assessment, node: IndicatorNode, states: list[dict[str, Any]]
) -> None:
    response = as_head.get(path_of(assessment, 1))
    found = {each.column: (each.old, each.new) for each in response.context["earlier"].differences}
    assert found["performance"] == ("", "ก")
    assert set(found) == {"inputs", "performance", "number_source", "evidence_held"}
    assert assessment.answers.get(indicator_id=node.pk).version == 5
    done = as_head.post(path_of(assessment, 1), {"version": "5"})
    assert done["Location"] == f"/assessments/{assessment.pk}/indicators/2.2/"
    assert assessment.answers.get(indicator_id=node.pk).inputs == {"numerator": 850, "denominator": 1000}


def test_the_history_leads_to_each_earlier_answer_and_names_what_was_used_again(
    as_editor: Client, as_reviewer: Client, assessment: Assessment, node: IndicatorNode, states: Any, editor: User
) -> None:
    restore(assessment, node, editor, 1)
    path = f"/assessments/{assessment.pk}/indicators/2.2/history/"
    page = as_editor.get(path)
    offered = [version for version in range(8) if f'href="{path_of(assessment, version)}"' in page.content.decode()]
    assert offered == [1, 2, 3, 4, 5]
    assert [change.row.restored for change in page.context["changes"]] == [1, None, None, None, None, None]
    assert path_of(assessment, 1) not in as_reviewer.get(path).content.decode()


@pytest.mark.parametrize("version", ["4", "", "x", "-1"])
def test_a_stale_confirmation_shows_the_page_again(
    as_editor: Client, assessment: Assessment, node: IndicatorNode, states: Any, version: str
) -> None:
    response = as_editor.post(path_of(assessment, 1), {"version": version})
    assert response.status_code == 409
    assert 'name="version" value="5"' in response.content.decode()
    assert assessment.answers.get(indicator_id=node.pk).version == 5


def test_the_wrong_person_the_wrong_place_and_no_sign_in(
    as_stranger: Client,
    as_reviewer: Client,
    as_inspector: Client,
    as_editor: Client,
    client: Client,
    assessment: Assessment,
    states: Any,
) -> None:
    path = path_of(assessment, 1)
    for ask in ("get", "post"):
        assert getattr(as_stranger, ask)(path).status_code == 404
        assert [getattr(who, ask)(path).status_code for who in (as_reviewer, as_inspector)] == [403, 403]
    assert as_editor.put(path).status_code == 405
    assert [as_editor.get(path_of(assessment, *place)).status_code for place in ((6,), (0,), (1, "9.9"))] == [404] * 3
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_after_submission_it_is_refused(as_editor: Client, assessment: Assessment, editor: User, head: User) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    assert as_editor.get(path_of(assessment, 1)).status_code == 403
    assert as_editor.post(path_of(assessment, 1), {"version": "1"}).status_code == 403


def test_the_indicator_s_page_names_who_changed_it_last(
    as_head: Client, assessment: Assessment, node: IndicatorNode, states: Any, editor: User
) -> None:
    page = as_head.get(f"/assessments/{assessment.pk}/indicators/2.2/").content.decode()
    assert f"แก้ไขล่าสุดโดย {editor.full_name}" in page
