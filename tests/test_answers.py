"""The tests' own `answer_all` leaves what saving each answer through the service leaves."""

from typing import Any

from assessments import services
from assessments.models import AnswerChange, Assessment, User
from assessments.services import Entry
from indicators.editions import EditionNode
from tests.answers import answer_all, best

OTHER: dict[str, dict[str, Any]] = {"c2_1": {"count": 1}, "c4_12": {"directory_total": 120, "attendance": [85, 0, 90]}}


def state(assessment: Assessment) -> dict[str, Any]:
    """All that is stored of the assessment, without keys and moments."""
    answers: list[dict[str, Any]] = [dict(row) for row in assessment.answers.order_by("indicator_id").values()]
    for answer in answers:
        answer["has_moment"] = answer.pop("changed_at") is not None
        del answer["id"], answer["assessment_id"]
    changes = AnswerChange.objects.filter(answer__assessment=assessment).order_by("answer__indicator_id", "version")
    return {
        "answers": answers,
        "changes": list(changes.values_list("answer__indicator_id", "version", "changes", "by", "at__date")),
        "results": assessment.results,
        "answered": (assessment.answered, assessment.touched, assessment.changed_at is not None),
    }


def test_it_leaves_what_86_saves_leave(assessment: Assessment, editor: User, standard: EditionNode) -> None:
    other = assessment.round.assessments.exclude(pk=assessment.pk).select_related("round__edition", "province").first()
    assert other is not None
    theirs = User.objects.create_user("theirs@office.example", None, role=editor.role, province=other.province)
    answer_all(assessment, editor, **OTHER)
    for node in standard.indicators.values():
        inputs = OTHER.get("c" + node.code.replace(".", "_"), best(node))
        entry = Entry(inputs=node.rule.read(inputs))
        services.save_answer(assessment=other, indicator=node, by=theirs, version=0, entry=entry)
    other.refresh_from_db()
    found, wanted = state(assessment), state(other)
    assert found["answered"] == (86, True, True)
    assert len(found["changes"]) == 86
    by_whom = {editor.pk: "one", theirs.pk: "one"}
    for each in (found, wanted):
        each["changes"] = [(*change[:3], by_whom[change[3]], change[4]) for change in each["changes"]]
        for answer in each["answers"]:
            answer["changed_by_id"] = by_whom[answer["changed_by_id"]]
    assert found == wanted
