"""The moves of the central division by direct POST, by each role at each state."""

import itertools
from datetime import date
from types import TracebackType
from typing import Any, Self

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from assessments import services
from assessments.models import (
    Answer,
    Assessment,
    Extension,
    Outcome,
    Province,
    StatusChange,
    SupportMembership,
    SupportOffice,
    User,
)
from assessments.workflow import Role, Status
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.assessments.procedure import expected
from tests.conftest import person, signed_in

VIEWS = ("return", "verify", "finalise", "reopen", "extend")
GOOD = {
    "return": {
        "return-reason": "แก้ 2.4 และ 4.12",
        "return-due_on_0": "20",
        "return-due_on_1": "8",
        "return-due_on_2": "2569",
    },
    "verify": {"verify-confirmed": "on"},
    "finalise": {"finalise-confirmed": "on"},
    "reopen": {"reopen-reason": "พบข้อมูลใหม่"},
    "extend": {
        "extend-reason": "น้ำท่วม",
        "extend-closes_on_0": "15",
        "extend-closes_on_1": "10",
        "extend-closes_on_2": "2569",
    },
}
OTHERS = ("office_editor", "office_head", "inspector", "admin", "supporter")
LEADS_TO = {"return": "returned", "verify": "verified", "finalise": "final", "reopen": "in_review"}


@pytest.fixture
def submitted(assessment: Assessment, head: User) -> Assessment:
    return stands_at(assessment, Status.SUBMITTED, head)


def stands_at(assessment: Assessment, status: Status, head: User) -> Assessment:
    """The assessment in a state, as if it had been moved there."""
    sent = status != Status.DRAFT
    Assessment.objects.filter(pk=assessment.pk).update(
        status=status,
        closes_on=date(2026, 9, 30),
        submitted_at=timezone.now() if sent else None,
        submitted_by=head if sent else None,
        answers_hash="0" * 64 if sent else "",
        reference="2569-50-1" if sent else "",
        reply_until=date(2026, 8, 17) if status in {Status.VERIFIED, Status.REPLIED} else None,
    )
    return Assessment.objects.whole().get(pk=assessment.pk)


def post(client: Client, assessment: Assessment, move: str, **changed: str) -> Any:
    data = GOOD[move] | {f"{move}-{name}": value for name, value in changed.items()}
    return client.post(f"/offices/{assessment.pk}/{move}/", data)


class Undone:
    """What happens inside is taken back at its end."""

    def __enter__(self) -> Self:
        self.point = transaction.savepoint()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        transaction.savepoint_rollback(self.point)


def told(response: Any) -> list[str]:
    return [f"{message.level_tag}: {message}" for message in get_messages(response.wsgi_request)]


@pytest.fixture
def supporter_of_chiang_mai(chiang_mai: Province) -> User:
    office = SupportOffice.objects.create(number=10)
    SupportMembership.objects.create(support_office=office, province=chiang_mai, starts_on=date(2020, 1, 1))
    return person("s10@region.example", Role.SUPPORTER, support_office=office)


@pytest.fixture
def people(
    editor: User,
    head: User,
    reviewer: User,
    manager: User,
    inspector: User,
    admin: User,
    supporter_of_chiang_mai: User,
) -> list[User]:
    return [editor, head, reviewer, manager, inspector, admin, supporter_of_chiang_mai]


@pytest.fixture
def judged(assessment: Assessment, editor: User, head: User, reviewer: User) -> Assessment:
    """Answered, submitted and judged whole, so that nothing but the table stands in the way of a move."""
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    return reviewing.judged(assessment, reviewer)


def test_role_by_status_by_action_exactly_these_are_done(judged: Assessment, people: list[User], head: User) -> None:
    done, answers = set(), set()
    for user in people:
        client = signed_in(user)
        for status, move in itertools.product(Status, VIEWS):
            with Undone():
                stands_at(judged, status, head)
                written = StatusChange.objects.count() + Extension.objects.count()
                response = post(client, judged, move)
                wrote = StatusChange.objects.count() + Extension.objects.count() - written
                judged.refresh_from_db()
                answers.add((user.role, move, response.status_code))
                if wrote:
                    done.add((user.role, status.value, move))
                assert judged.status == (LEADS_TO.get(move, status) if wrote else status)
    wanted = {
        (role.value, status.value, move)
        for role, status, move in itertools.product(Role, Status, VIEWS)
        if expected(role, move, status, "open", "open" if status in {"verified", "replied"} else "not_yet")
    }
    assert done == wanted
    assert len(wanted) == 2 * 2 * 2 + 2 + 2 + 2
    wrong_role = {(role, move) for role, move, status_code in answers if status_code == 403}
    assert wrong_role == {*itertools.product(OTHERS, VIEWS), ("reviewer", "reopen"), ("reviewer", "extend")}


@pytest.mark.parametrize(("until", "done"), [(date(2026, 8, 2), 1), (date(2026, 8, 3), 0)])
def test_without_a_reply_a_result_is_final_only_after_its_days(
    judged: Assessment, head: User, as_reviewer: Client, until: date, done: int
) -> None:
    stands_at(judged, Status.VERIFIED, head)
    Assessment.objects.filter(pk=judged.pk).update(reply_until=until)
    assert post(as_reviewer, judged, "finalise").status_code == (302 if done else 409)
    assert StatusChange.objects.filter(action="finalise").count() == done


@pytest.mark.parametrize("move", VIEWS)
def test_a_stranger_does_not_find_it(move: str, submitted: Assessment, as_stranger: Client) -> None:
    assert post(as_stranger, submitted, move).status_code == 404


@pytest.mark.parametrize("move", VIEWS)
def test_a_supporter_of_other_provinces_does_not_find_it(move: str, submitted: Assessment, supporter: User) -> None:
    assert post(signed_in(supporter), submitted, move).status_code == 404


@pytest.mark.parametrize("move", VIEWS)
def test_requires_login(move: str, submitted: Assessment, client: Client) -> None:
    """Where a reason was typed, a page that keeps it comes instead of the sign-in."""
    response = post(client, submitted, move)
    if move in {"return", "reopen", "extend"}:
        assert response.status_code == 401
        assert "/accounts/login/" in response.content.decode()
    else:
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/")
    assert not StatusChange.objects.exists()


@pytest.mark.parametrize("move", VIEWS)
def test_rejects_get(move: str, submitted: Assessment, as_manager: Client) -> None:
    assert as_manager.get(f"/offices/{submitted.pk}/{move}/").status_code == 405


def test_the_wrong_role_reads_why(submitted: Assessment, as_inspector: Client) -> None:
    as_inspector.cookies["django_language"] = "en"
    response = post(as_inspector, submitted, "verify")
    assert response.status_code == 403
    assert "Only the central division can verify an assessment." in response.content.decode()


def test_returning_writes_one_row_with_reason_and_day(
    submitted: Assessment, reviewer: User, as_reviewer: Client
) -> None:
    response = post(as_reviewer, submitted, "return")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/offices/{submitted.pk}/"
    change = StatusChange.objects.get()
    assert (change.from_status, change.to_status, change.by) == ("submitted", "returned", reviewer)
    assert (change.reason, change.due_on) == ("แก้ 2.4 และ 4.12", date(2026, 8, 20))
    submitted.refresh_from_db()
    assert submitted.closes_on == date(2026, 9, 30)
    assert not Extension.objects.exists()


def test_a_due_day_after_the_closing_day_extends_the_office(submitted: Assessment, as_reviewer: Client) -> None:
    post(as_reviewer, submitted, "return", due_on_0="5", due_on_1="ต.ค.")
    submitted.refresh_from_db()
    assert submitted.closes_on == date(2026, 10, 5)
    assert Extension.objects.get().reason == "แก้ 2.4 และ 4.12"


@pytest.mark.parametrize(
    ("move", "status"), [("return", "in_review"), ("verify", "in_review"), ("finalise", "replied")]
)
def test_a_double_post_is_done_once_and_says_so(
    move: str, status: str, judged: Assessment, head: User, as_reviewer: Client
) -> None:
    stands_at(judged, Status(status), head)
    as_reviewer.cookies["django_language"] = "en"
    first = post(as_reviewer, judged, move)
    second = post(as_reviewer, judged, move)
    assert [first.status_code, second.status_code] == [302, 302]
    assert second.headers["Location"] == f"/offices/{judged.pk}/"
    assert StatusChange.objects.filter(action=move).count() == 1
    assert told(second)[-1] == "info: You did this already; it was done once."


def test_a_double_post_of_an_extension_writes_one(assessment: Assessment, as_manager: Client) -> None:
    as_manager.cookies["django_language"] = "en"
    first = post(as_manager, assessment, "extend")
    second = post(as_manager, assessment, "extend")
    assert [first.status_code, second.status_code] == [302, 422]
    assert Extension.objects.count() == 1
    assert "This is the office&#x27;s closing day already." in second.content.decode()


def test_a_colleague_was_quicker_the_typed_reason_is_kept(
    judged: Assessment, as_reviewer: Client, as_manager: Client
) -> None:
    as_reviewer.cookies["django_language"] = "en"
    post(as_manager, judged, "verify")
    response = post(as_reviewer, judged, "return", reason="แก้ 3.1 ด้วย")
    assert response.status_code == 409
    page = response.content.decode()
    assert "This assessment is verified; the office may reply to the verdicts." in page
    assert "แก้ 3.1 ด้วย" in page
    assert list(StatusChange.objects.values_list("action", flat=True)) == ["verify", "begin", "submit"]


def test_verifying_what_is_not_judged_is_refused_with_what_is_left(submitted: Assessment, as_reviewer: Client) -> None:
    as_reviewer.cookies["django_language"] = "en"
    response = post(as_reviewer, submitted, "verify")
    assert response.status_code == 422
    assert "86 answers are not judged yet (1.1, 1.2," in response.content.decode()
    assert not StatusChange.objects.exists()


def test_what_waits_for_evidence_is_not_called_unjudged(
    judged: Assessment, reviewer: User, as_reviewer: Client, standard: EditionNode
) -> None:
    as_reviewer.cookies["django_language"] = "en"
    reviewing.judge(judged, reviewer, "2.1", outcome=Outcome.EVIDENCE, reason="ขอรายงาน")
    page = " ".join(as_reviewer.get(f"/offices/{judged.pk}/").content.decode().split())
    told = "1 answer waits for evidence: return the assessment with a question about it, or give it another verdict."
    assert told in page
    assert "not judged yet; it has to be judged" not in page
    assert f"/offices/{judged.pk}/verify/" not in page
    refused = post(as_reviewer, judged, "verify").content.decode()
    assert "1 answer waits for evidence (2.1): return the assessment with a question about it" in refused
    Answer.objects.filter(assessment=judged, indicator__code="2.1").update(version=F("version") + 1)
    refused = post(as_reviewer, judged, "verify").content.decode()
    assert "1 answer is not judged yet (2.1); judge it before you verify." in refused


def test_a_written_question_leads_to_where_it_can_be_deleted(
    judged: Assessment, standard: EditionNode, reviewer: User, as_reviewer: Client
) -> None:
    services.ask(assessment=judged, indicator=standard.indicators["3.1"], by=reviewer, text="ขอทะเบียน")
    page = as_reviewer.get(f"/offices/{judged.pk}/").content.decode()
    assert f'<a href="/assessments/{judged.pk}/review/3.1/#_questions">3.1</a>' in page
    assert 'id="_questions"' in as_reviewer.get(f"/assessments/{judged.pk}/review/3.1/").content.decode()


def test_the_questions_that_go_with_a_return_stand_beside_it(
    judged: Assessment, standard: EditionNode, reviewer: User, as_reviewer: Client
) -> None:
    as_reviewer.cookies["django_language"] = "en"
    page = as_reviewer.get(f"/offices/{judged.pk}/").content.decode()
    assert "No question is written, so the whole assessment opens" in page
    assert f'action="/offices/{judged.pk}/verify/"' in page
    services.ask(assessment=judged, indicator=standard.indicators["2.4"], by=reviewer, text="แนบคำสั่งแต่งตั้ง")
    page = as_reviewer.get(f"/offices/{judged.pk}/").content.decode()
    assert "These questions go with the return." in page
    assert "แนบคำสั่งแต่งตั้ง" in page
    assert "Return with 1 question" in page
    assert "Questions are written but not sent (2.4)" in page
    assert f'action="/offices/{judged.pk}/verify/"' not in page


@pytest.mark.parametrize(
    ("move", "changed", "sentence"),
    [
        ("return", {"reason": " "}, "Write what the office has to correct."),
        (
            "return",
            {"due_on_0": "2", "due_on_1": "สิงหาคม"},
            "The day to correct by is in the past; choose today or a later day.",
        ),
        ("return", {"due_on_2": "2026"}, "Write the year as a Buddhist year: did you mean 2569?"),
        ("return", {"reason": "ก" * 5001}, "Write at most 5000 characters; this has 5001."),
        ("verify", {"confirmed": ""}, "Tick the confirmation before you verify."),
    ],
)
def test_a_refused_form_says_what_to_do_and_keeps_what_was_typed(
    move: str, changed: dict[str, str], sentence: str, judged: Assessment, as_reviewer: Client
) -> None:
    as_reviewer.cookies["django_language"] = "en"
    response = post(as_reviewer, judged, move, **changed)
    assert response.status_code == 422
    page = response.content.decode()
    # On top and at the field, and in the title.
    assert page.count(sentence) == 2
    assert "<title>Error: " in page
    assert all(value in page for value in changed.values() if value.strip())
    assert not StatusChange.objects.filter(action=move).exists()


def test_today_is_the_earliest_day_to_correct_by(submitted: Assessment, as_reviewer: Client) -> None:
    assert post(as_reviewer, submitted, "return", due_on_0="3").status_code == 302
    assert StatusChange.objects.get().due_on == date(2026, 8, 3)


@pytest.mark.parametrize(
    ("day", "month", "status", "sentence"),
    [
        ("30", "9", 422, "The round itself closes on 30 Sep 2569 B.E.; choose a later day."),
        ("1", "10", 302, ""),
    ],
)
def test_an_extension_is_later_than_the_round(
    day: str, month: str, status: int, sentence: str, assessment: Assessment, as_manager: Client
) -> None:
    as_manager.cookies["django_language"] = "en"
    response = post(as_manager, assessment, "extend", closes_on_0=day, closes_on_1=month)
    assert response.status_code == status
    assert sentence in response.content.decode()


@pytest.mark.parametrize("status", ["final", "published"])
def test_reopening_takes_the_result_back_with_its_reason(
    status: str, assessment: Assessment, head: User, as_manager: Client
) -> None:
    stands_at(assessment, Status(status), head)
    assert post(as_manager, assessment, "reopen").status_code == 302
    change = StatusChange.objects.get()
    assert (change.from_status, change.to_status, change.reason) == (status, "in_review", "พบข้อมูลใหม่")


def test_late_and_extended_are_on_the_pages_with_their_reason(
    assessment: Assessment, head: User, manager: User, as_manager: Client, as_head: Client, time_machine: Any
) -> None:
    services.extend(assessment=assessment, closes_on=date(2026, 10, 5), reason="น้ำท่วมสำนักงาน", by=manager)
    stands_at(assessment, Status.SUBMITTED, head)
    Assessment.objects.filter(pk=assessment.pk).update(submitted_at="2026-10-01T00:00:00+07:00")
    for client in (as_manager, as_head):
        client.cookies["django_language"] = "en"
    assert "after the closing day" in as_manager.get("/offices/").content.decode()
    for client, path in (
        (as_manager, f"/offices/{assessment.pk}/"),
        (as_head, f"/assessments/{assessment.pk}/history/"),
    ):
        page = client.get(path).content.decode()
        assert "Submitted after the round's closing day, 30 September 2569 B.E." in page
        assert page.count("น้ำท่วมสำนักงาน") == 2
