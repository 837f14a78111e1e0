"""Comments on answers: who reads and writes which thread, what a page shows of them, and that no text is lost."""

from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Assessment, Comment, User
from assessments.queries import comments
from assessments.services import Refused
from assessments.workflow import Status
from indicators.editions import EditionNode
from tests.answers import answer_all
from tests.conftest import signed_in

OFFICE, CENTRE = Comment.Thread.OFFICE, Comment.Thread.CENTRE


def say(
    assessment: Assessment, by: User, thread: Comment.Thread, text: str, standard: EditionNode, code: str = "2.1"
) -> Comment:
    return services.add_comment(
        assessment=assessment, indicator=standard.indicators[code], by=by, thread=thread, text=text
    )


def texts() -> list[tuple[str, str, str]]:
    return [(row.thread, row.by.role, row.text) for row in Comment.objects.select_related("by")]


def stand_at(assessment: Assessment, status: str, head: User) -> None:
    """Put the assessment into a state, past its moves."""
    sent = {"submitted_at": "2026-08-01T00:00Z", "submitted_by": head, "answers_hash": "x", "reference": "y"}
    Assessment.objects.filter(pk=assessment.pk).update(status=status, **(sent if status != Status.DRAFT else {}))
    assessment.refresh_from_db()


# --- the service -------------------------------------------------------------------------------------

WRITERS = {OFFICE: {"editor", "head"}, CENTRE: {"editor", "head", "reviewer", "manager"}}
PEOPLE = ("editor", "head", "reviewer", "manager", "inspector", "supporter", "admin", "stranger")


@pytest.mark.parametrize("thread", [OFFICE, CENTRE])
@pytest.mark.parametrize("status", list(Status))
def test_who_writes_in_which_thread_and_when(
    request: pytest.FixtureRequest,
    assessment: Assessment,
    head: User,
    standard: EditionNode,
    thread: Comment.Thread,
    status: Status,
) -> None:
    stand_at(assessment, status, head)
    wrote = set()
    for who in PEOPLE:
        by = request.getfixturevalue(who)
        try:
            say(assessment, by, thread, f"จาก {who}", standard)
        except Refused:
            continue
        wrote.add(who)
    assert wrote == (set() if thread == CENTRE and status in {Status.FINAL, Status.PUBLISHED} else WRITERS[thread])
    assert {text for _thread, _role, text in texts()} == {f"จาก {who}" for who in wrote}


def test_a_closed_round_ends_no_thread(
    assessment: Assessment, editor: User, standard: EditionNode, time_machine: Any
) -> None:
    time_machine.move_to("2026-10-01T00:00:00+07:00")
    say(assessment, editor, OFFICE, "ก", standard)
    say(assessment, editor, CENTRE, "ข", standard)
    assert len(texts()) == 2


def test_the_same_text_sent_twice_is_there_once(
    assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    for by, text in ((editor, "ก"), (editor, "ก"), (head, "ก"), (editor, "ก")):
        say(assessment, by, OFFICE, text, standard)
    assert [role for _thread, role, _text in texts()] == ["office_editor", "office_head", "office_editor"]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b"])
def test_an_empty_comment_is_refused(assessment: Assessment, editor: User, standard: EditionNode, text: str) -> None:
    with pytest.raises(Refused):
        say(assessment, editor, OFFICE, text, standard)
    assert texts() == []


# --- the pages ---------------------------------------------------------------------------------------


def path_of(assessment: Assessment, place: str = "", code: str = "2.1") -> str:
    return f"/assessments/{assessment.pk}/indicators/{code}/comments/{place}"


@pytest.fixture
def talked(assessment: Assessment, editor: User, reviewer: User, standard: EditionNode) -> Assessment:
    say(assessment, editor, OFFICE, "ตัวเลขนี้มาจากทะเบียนใด", standard)
    say(assessment, editor, CENTRE, "นับรวมโครงการต่อเนื่องหรือไม่", standard)
    say(assessment, reviewer, CENTRE, "นับเฉพาะโครงการของปีนี้", standard)
    return assessment


@pytest.mark.parametrize("who", PEOPLE)
def test_each_reads_the_threads_that_are_theirs(
    request: pytest.FixtureRequest, talked: Assessment, standard: EditionNode, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    own, other = path_of(talked), f"/assessments/{talked.pk}/comments/"
    if who in ("stranger", "supporter"):  # of another office; of a support office without provinces
        assert [client.get(path).status_code for path in (own, other)] == [404, 404]
        return
    for path in (own, other):
        page = client.get(path)
        assert page.status_code == 200
        found = page.context["talks"]
        talks = [each["talk"] for each in found] if path == own else found
        threads = {talk.thread: [comment.text for comment in talk.comments] for talk in talks}
        office = {OFFICE: ["ตัวเลขนี้มาจากทะเบียนใด"]} if who in ("editor", "head") else {}
        assert threads == {**office, CENTRE: ["นับรวมโครงการต่อเนื่องหรือไม่", "นับเฉพาะโครงการของปีนี้"]}
        assert ("ตัวเลขนี้มาจากทะเบียนใด" in page.content.decode()) == bool(office)


def test_a_box_to_write_stands_exactly_where_it_is_taken(
    request: pytest.FixtureRequest, talked: Assessment, head: User
) -> None:
    found = {}
    for who in ("editor", "reviewer", "manager", "inspector", "admin"):
        client = signed_in(request.getfixturevalue(who))
        found[who] = [
            talk["talk"].thread.value for talk in client.get(path_of(talked)).context["talks"] if talk["form"]
        ]
    both, centre = ["office", "centre"], ["centre"]
    assert found == {"editor": both, "reviewer": centre, "manager": centre, "inspector": [], "admin": []}
    stand_at(talked, Status.FINAL, head)
    client = signed_in(head)
    assert [bool(talk["form"]) for talk in client.get(path_of(talked)).context["talks"]] == [True, False]


def test_the_pages_need_a_sign_in_and_their_method(as_editor: Client, client: Client, assessment: Assessment) -> None:
    for path in (path_of(assessment), f"/assessments/{assessment.pk}/comments/"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
        assert as_editor.post(path).status_code == 405
    for place in ("office/", "centre/"):
        path = path_of(assessment, place)
        # What was typed comes back (`lost`).
        assert client.post(path, {"text": "x"}).status_code == 401
        assert as_editor.get(path).status_code == 405
        assert as_editor.post(path_of(assessment, place, "9.9")).status_code == 404
    assert as_editor.get(path_of(assessment, code="9.9")).status_code == 404


def test_a_plain_post_leads_back_to_its_thread(as_editor: Client, assessment: Assessment) -> None:
    response = as_editor.post(path_of(assessment, "office/"), {"office-text": " ขอบคุณ\u200b "})
    assert response["Location"] == f"{path_of(assessment)}#_thread_office"
    assert texts() == [("office", "office_editor", "ขอบคุณ")]


def test_with_htmx_the_thread_comes_back_as_the_page_shows_it(as_editor: Client, talked: Assessment) -> None:
    data = {"centre-text": "เข้าใจแล้ว"}
    part = as_editor.post(path_of(talked, "centre/"), data, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert texts()[-1] == ("centre", "office_editor", "เข้าใจแล้ว")
    page = as_editor.get(path_of(talked)).content.decode()

    def plain(text: str) -> str:
        return "\n".join(line for line in text.strip().split("\n") if "csrfmiddlewaretoken" not in line)

    assert plain(part.content.decode()) in plain(page)
    unfolded = as_editor.get(path_of(talked), headers={"HX-Request": "true"}).content.decode()
    assert plain(unfolded) in plain(page)


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("text", ["", "ย" * 5001])
def test_a_comment_that_is_refused_stays_in_its_box(
    as_editor: Client, assessment: Assessment, text: str, *, htmx: bool
) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    response = as_editor.post(path_of(assessment, "office/"), {"office-text": text}, headers=headers)
    assert response.status_code == 422
    assert text in response.content.decode()
    assert "is-invalid" in response.content.decode()
    assert texts() == []


@pytest.mark.parametrize("htmx", [True, False])
def test_a_comment_that_comes_too_late_is_told_and_kept(
    as_editor: Client, as_reviewer: Client, assessment: Assessment, head: User, *, htmx: bool
) -> None:
    """Made final in between: the box stays with the text, so that it can be copied."""
    stand_at(assessment, Status.FINAL, head)
    headers = {"HX-Request": "true"} if htmx else {}
    for client in (as_editor, as_reviewer):
        response = client.post(path_of(assessment, "centre/"), {"centre-text": "ยังมีคำถาม"}, headers=headers)
        assert response.status_code == 422
        assert "ยังมีคำถาม</textarea>" in response.content.decode()
    assert texts() == []


def test_nobody_else_writes(
    as_stranger: Client, as_reviewer: Client, as_manager: Client, as_inspector: Client, assessment: Assessment
) -> None:
    office, centre = path_of(assessment, "office/"), path_of(assessment, "centre/")
    assert [as_stranger.post(path, {"office-text": "x"}).status_code for path in (office, centre)] == [404, 404]
    asked = [who.post(office, {"office-text": "x"}).status_code for who in (as_reviewer, as_manager, as_inspector)]
    assert asked == [403, 403, 403]
    assert as_inspector.post(centre, {"centre-text": "x"}).status_code == 403
    assert texts() == []


# --- counts ------------------------------------------------------------------------------------------


def test_counts_are_of_what_the_person_may_read(
    talked: Assessment, editor: User, reviewer: User, standard: EditionNode, as_editor: Client, as_reviewer: Client
) -> None:
    node = standard.indicators["2.1"]
    assert comments.counts_of(talked, editor) == {node.pk: 3}
    assert comments.counts_of(talked, reviewer) == {node.pk: 2}
    answer = talked.answers.get(indicator=node.pk)
    assert (comments.count_of(answer, editor), comments.count_of(answer, reviewer)) == (3, 2)
    marks = as_editor.get(f"/assessments/{talked.pk}/").context["marks"]
    assert {code: mark.comments for code, mark in marks.areas.items() if mark.comments} == {"2-1": 3}
    assert as_editor.get(f"/assessments/{talked.pk}/areas/2-1/").context["talked"] == {node.pk: 3}
    assert as_reviewer.get(f"/offices/{talked.pk}/").context["talked"] == {"2.1": 2}


def test_all_threads_stand_with_the_newest_first(
    talked: Assessment, editor: User, reviewer: User, standard: EditionNode, time_machine: Any
) -> None:
    for minute, (by, thread, code) in enumerate(
        [(reviewer, CENTRE, "4.10"), (editor, OFFICE, "2.1"), (editor, CENTRE, "1.1")]
    ):
        time_machine.move_to(f"2026-08-03T11:0{minute}:00+07:00", tick=False)
        say(talked, by, thread, f"ใหม่ {code}", standard, code)
    found = [(talk.node.code, talk.thread.value, len(talk.comments)) for talk in comments.all_talks(talked, editor)]
    assert found == [("1.1", "centre", 1), ("2.1", "office", 2), ("4.10", "centre", 1), ("2.1", "centre", 2)]
    found = [(talk.node.code, talk.thread.value, len(talk.comments)) for talk in comments.all_talks(talked, reviewer)]
    assert found == [("1.1", "centre", 1), ("4.10", "centre", 1), ("2.1", "centre", 2)]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("place", "queries"), [("comments/", 5), ("indicators/2.1/comments/", 6)])
def test_pages_cost_a_fixed_number_of_queries(
    as_editor: Client,
    assessment: Assessment,
    editor: User,
    standard: EditionNode,
    django_assert_num_queries: Any,
    number: int,
    place: str,
    queries: int,
) -> None:
    for count in range(number):
        say(assessment, editor, OFFICE, f"ข้อ {count}", standard)
        say(assessment, editor, CENTRE, f"ข้อ {count}", standard, f"2.{count + 1}")
    path = f"/assessments/{assessment.pk}/{place}"
    as_editor.get(path)
    with django_assert_num_queries(queries):
        as_editor.get(path)


def test_an_answered_assessment_shows_its_threads_after_submission(
    as_editor: Client, as_reviewer: Client, assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    assert as_reviewer.post(path_of(assessment, "centre/"), {"centre-text": "ขอหลักฐาน"}).status_code == 302
    assert as_editor.post(path_of(assessment, "centre/"), {"centre-text": "แนบแล้ว"}).status_code == 302
    assert as_editor.post(path_of(assessment, "office/"), {"office-text": "ภายใน"}).status_code == 302
    assert [text for _thread, _role, text in texts()] == ["ขอหลักฐาน", "แนบแล้ว", "ภายใน"]
