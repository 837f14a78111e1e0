"""The thread with the centre: its questions among the comments, files that go with a comment, who advises when."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments import services
from assessments.files import check
from assessments.models import Assessment, Attachment, Comment, Question, User
from assessments.queries import comments
from assessments.services import Refused
from assessments.services.attachments import MOST_FILES, attach_to_comment
from assessments.workflow import Status
from indicators.editions import EditionNode
from tests.assessments.queue import answer_of, in_english, text_of
from tests.assessments.test_comments import CENTRE, OFFICE, path_of, say, stand_at, texts
from tests.conftest import signed_in
from tests.evidence import files_in
from tests.uploads import image, office, pdf, upload

pytestmark = pytest.mark.usefixtures("stored")


def question(assessment: Assessment, by: User, text: str, code: str = "2.1", **columns: Any) -> Question:
    return Question.objects.create(
        answer=answer_of(assessment, code), text=text, asked_by=by, **{"sent_with": 2, **columns}
    )


def answered(by: User) -> dict[str, Any]:
    return {"answered_text": "แนบรายงานแล้ว", "answered_by": by, "answered_at": timezone.now()}


def closed(by: User) -> dict[str, Any]:
    return {"closed_by": by, "closed_at": timezone.now()}


# --- questions among the comments --------------------------------------------------------------------


def test_questions_stand_among_the_comments_in_time_order_with_their_answers(
    assessment: Assessment, editor: User, reviewer: User, standard: EditionNode, time_machine: Any
) -> None:
    for minute, act in enumerate(
        [
            lambda: say(assessment, editor, CENTRE, "First comment", standard),
            lambda: question(assessment, reviewer, "Which register?"),
            lambda: say(assessment, editor, OFFICE, "Only among us", standard),
            lambda: say(assessment, editor, CENTRE, "Second comment", standard),
            lambda: question(assessment, reviewer, "Where is the report?", **answered(editor)),
            lambda: question(assessment, reviewer, "Closed one", **closed(reviewer)),
            lambda: question(assessment, reviewer, "Not sent yet", sent_with=None),
        ]
    ):
        time_machine.move_to(f"2026-08-03T11:0{minute}:00+07:00", tick=False)
        act()
    stand_at(assessment, Status.RETURNED, editor)
    talks = comments.talks_of(assessment, standard.indicators["2.1"], editor)
    assert [[(entry.text, entry.stand) for entry in talk.entries] for talk in talks] == [
        [("Only among us", "")],
        [
            ("First comment", ""),
            ("Which register?", "open"),
            ("Second comment", ""),
            ("Where is the report?", "answered"),
            ("Closed one", "closed"),
        ],
    ]
    page = text_of(in_english(editor).get(path_of(assessment)))
    shown = ["First comment", "Which register?", "Answer it on the page", "Second comment", "Where is the", "แนบรายงาน"]
    assert [page.index(each) for each in shown] == sorted(page.index(each) for each in shown)
    assert "Not sent yet" not in page
    assert (page.count("▲ open"), page.count("● answered"), page.count("✓ closed")) == (1, 1, 1)
    assert "Answer it on the page" not in text_of(in_english(reviewer).get(path_of(assessment)))


def test_the_list_counts_the_questions_and_has_threads_of_questions_alone(
    assessment: Assessment, editor: User, reviewer: User, standard: EditionNode
) -> None:
    say(assessment, editor, CENTRE, "ก", standard)
    question(assessment, reviewer, "one", "4.10")
    question(assessment, reviewer, "two", "4.10", **answered(editor))
    question(assessment, reviewer, "three", "2.2", **answered(editor))
    question(assessment, reviewer, "four", "2.2", **answered(editor), **closed(reviewer))
    question(assessment, reviewer, "draft", "2.3", sent_with=None)
    page = in_english(reviewer).get(f"/assessments/{assessment.pk}/comments/")
    assert page.context["stands"] == comments.Stands(open=1, answered=2, closed=1)
    found = {talk.node.code: (len(talk.comments), talk.stands) for talk in page.context["talks"]}
    assert found == {
        "2.1": (1, comments.Stands()),
        "4.10": (0, comments.Stands(open=1, answered=1)),
        "2.2": (0, comments.Stands(answered=1, closed=1)),
    }
    assert "▲ 1 question open ● 2 questions answered ✓ 1 question closed" in text_of(page)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("place", "queries"), [("comments/", 5), ("indicators/2.1/comments/", 6)])
def test_questions_and_files_cost_a_fixed_number_of_queries(
    assessment: Assessment,
    editor: User,
    reviewer: User,
    standard: EditionNode,
    django_assert_num_queries: Any,
    number: int,
    place: str,
    queries: int,
) -> None:
    for count in range(number):
        comment = say(assessment, editor, CENTRE, f"ข้อ {count}", standard)
        attach_to_comment(comment=comment, file=check(upload("a.pdf", pdf())), by=editor)
        question(assessment, reviewer, f"ข้อ {count}", **answered(editor))
    client, path = signed_in(editor), f"/assessments/{assessment.pk}/{place}"
    client.get(path)
    with django_assert_num_queries(queries):
        client.get(path)


# --- files -------------------------------------------------------------------------------------------


def send(client: Client, assessment: Assessment, place: str, text: str, *files: Any, **headers: str) -> Any:
    data = {f"{place}-text": text, f"{place}-file": list(files)}
    return client.post(path_of(assessment, f"{place}/"), data, headers=headers)


def test_files_go_with_a_comment_and_are_shown_with_it(assessment: Assessment, editor: User, stored: Path) -> None:
    client = in_english(editor)
    sheet = office("xlsx")
    response = send(client, assessment, "centre", "Both are here", upload("รายงาน.pdf", pdf()), upload("t.xlsx", sheet))
    assert response.status_code == 302
    comment = Comment.objects.get()
    kept = {each.name: each for each in Attachment.objects.filter(comment=comment)}
    assert {name: each.size for name, each in kept.items()} == {"รายงาน.pdf": len(pdf()), "t.xlsx": len(sheet)}
    assert len(files_in(stored)) == 2
    page = client.get(path_of(assessment)).content.decode()
    assert f'href="/attachments/{kept["รายงาน.pdf"].pk}/"' in page
    assert f'href="/attachments/{kept["t.xlsx"].pk}/download/"' in page
    assert f'href="/attachments/{kept["t.xlsx"].pk}/"' not in page


def test_a_file_is_read_by_whom_its_thread_is_for(
    assessment: Assessment, editor: User, everyone: list[User], stranger: User
) -> None:
    for place in ("office", "centre"):
        send(signed_in(editor), assessment, place, "ดูไฟล์", upload(f"{place}.pdf", pdf()))
    keys = {each.name: each.pk for each in Attachment.objects.all()}
    found: dict[str, list[int]] = {}
    for user in [*everyone, stranger]:
        client, role = signed_in(user), "stranger" if user == stranger else user.role
        found[role] = []
        for place in ("office", "centre"):
            response = client.get(f"/attachments/{keys[f'{place}.pdf']}/")
            response.close()
            found[role].append(response.status_code)
    centre = [404, 200]
    assert found == {
        "office_editor": [200, 200],
        "office_head": [200, 200],
        "reviewer": centre,
        "manager": centre,
        "admin": centre,
        "inspector": centre,
        "supporter": centre,
        "stranger": [404, 404],
    }


@pytest.mark.parametrize("htmx", [True, False])
def test_a_file_that_is_not_taken_refuses_the_comment_and_keeps_its_text(
    assessment: Assessment, editor: User, stored: Path, *, htmx: bool
) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    good, bad = upload("a.pdf", pdf()), upload("bad.pdf", b"not a pdf at all")
    response = send(in_english(editor), assessment, "centre", "See the report", good, bad, **headers)
    assert response.status_code == 422
    page = response.content.decode()
    assert "See the report</textarea>" in page
    assert "bad.pdf:" in page
    assert "Choose the files again" in page
    assert (texts(), Attachment.objects.count(), files_in(stored)) == ([], 0, [])


@pytest.mark.parametrize(("number", "status"), [(MOST_FILES, 302), (MOST_FILES + 1, 422)])
def test_so_many_files_go_with_one_comment(assessment: Assessment, editor: User, number: int, status: int) -> None:
    files = [upload(f"{place}.pdf", pdf(text=f"page {place}")) for place in range(number)]
    assert send(signed_in(editor), assessment, "centre", "ดูไฟล์", *files).status_code == status
    assert Attachment.objects.count() == (number if status == 302 else 0)


def test_the_same_comment_and_file_sent_twice_are_there_once(assessment: Assessment, editor: User) -> None:
    for _twice in range(2):
        send(signed_in(editor), assessment, "centre", "ดูรูป", upload("a.png", image("PNG")))
    assert (len(texts()), Attachment.objects.count()) == (1, 1)


def test_a_file_goes_only_with_ones_own_comment_while_one_may_write(
    assessment: Assessment, editor: User, head: User, standard: EditionNode
) -> None:
    comment = say(assessment, editor, CENTRE, "ก", standard)
    with pytest.raises(Refused, match="ความเห็นของตนเอง"):
        attach_to_comment(comment=comment, file=check(upload("a.pdf", pdf())), by=head)
    stand_at(assessment, Status.FINAL, head)
    with pytest.raises(Refused):
        attach_to_comment(comment=comment, file=check(upload("a.pdf", pdf())), by=editor)
    assert Attachment.objects.count() == 0


# --- the regional supporter --------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_a_supporter_advises_while_the_office_answers(
    assessment: Assessment, everyone: list[User], head: User, standard: EditionNode, status: Status
) -> None:
    supporter = next(user for user in everyone if user.role == "supporter")
    stand_at(assessment, status, head)
    client = in_english(supporter)
    page = client.get(path_of(assessment)).content.decode()
    response = client.post(path_of(assessment, "centre/"), {"centre-text": "Count it by month"})
    may = status in (Status.DRAFT, Status.RETURNED)
    assert bool(re.search(r"Send to the office</button>", page)) == may
    assert (response.status_code, len(texts())) == ((302, 1) if may else (422, 0))
    assert client.post(path_of(assessment, "office/"), {"office-text": "x"}).status_code == 403
    if may:
        assert "Count it by month" in text_of(in_english(head).get(path_of(assessment)))
        services.add_comment(
            assessment=assessment, indicator=standard.indicators["2.1"], by=head, thread=CENTRE, text="Thank you"
        )
        assert "Thank you" in text_of(client.get(path_of(assessment)))


# --- the reviewer's lists ----------------------------------------------------------------------------


def test_the_reviewers_lists_tell_open_from_answered(sent: Assessment, reviewer: User, editor: User) -> None:
    question(sent, reviewer, "one")
    question(sent, reviewer, "two", **answered(editor))
    question(sent, reviewer, "three", **answered(editor))
    question(sent, reviewer, "four", **answered(editor), **closed(reviewer))
    question(sent, reviewer, "draft", sent_with=None)
    client = in_english(reviewer)
    (row,) = client.get("/review/").context["home"].by_office
    assert (row.drafts, row.open_questions, row.answered) == (1, 1, 2)
    page = client.get("/review/2569/indicators/2.1/")
    (line,) = page.context["queue"].rows
    assert (line.drafts, line.asked, line.answered) == (1, 1, 2)
    assert "1 question open 2 questions answered" in text_of(page)
