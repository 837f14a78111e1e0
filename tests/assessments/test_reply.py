"""The reply: verdicts beside their claims, accepted or disputed with files, sent once, settled by the centre."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.files import check
from assessments.models import Assessment, Attachment, Comment, Response, Review, Round, User
from assessments.queries.reply import reply_of
from assessments.services import Refused
from assessments.services.attachments import MOST_FILES, attach_to_review, take_off_review
from assessments.workflow import Status
from tests import reviewing
from tests.conftest import signed_in
from tests.evidence import answer_to, files_in
from tests.uploads import image, office, pdf, upload

pytestmark = pytest.mark.usefixtures("stored")

# The reply is possible for 14 days after 3 August 2026.
AFTER_REPLY = "2026-08-18T00:00:00+07:00"
REASON = "ไม่พบหลักฐานการรายงานผล"


def english(user: User) -> Client:
    client = signed_in(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def round_2569(round_2569: Round) -> Round:
    """With the year's target, without which 1.31 is not judged."""
    round_2569.budget_target = Decimal(94)
    round_2569.save()
    return round_2569


@pytest.fixture
def verified(submitted: Assessment, reviewer: User) -> Assessment:
    """Verified: agreed with but for 2.1 (third row) and 4.12 (second row)."""
    reviewing.judged(submitted, reviewer)
    reviewing.row(submitted, reviewer, "2.1", 3, REASON)
    reviewing.row(submitted, reviewer, "4.12", 2, REASON)
    return services.verify(assessment=submitted, by=reviewer)


@pytest.fixture
def disputed(verified: Assessment, head: User) -> Assessment:
    """Replied: 2.1 is disputed."""
    reviewing.respond(verified, head, "2.1", text="The report is attached.")
    return services.reply(assessment=verified, by=head)


def url(name: str, assessment: Assessment, *rest: Any) -> str:
    return reverse(name, args=[assessment.pk, *rest])


def review_of(assessment: Assessment, code: str) -> Review:
    return Review.objects.get(answer__assessment=assessment, answer__indicator__code=code)


def said(
    client: Client, assessment: Assessment, code: str, response: str = "dispute", text: str = "", **other: Any
) -> Any:
    version = other.pop("version", review_of(assessment, code).version)
    headers = other.pop("headers", {})
    data = {"response": response, "text": text, "version": version, **other}
    return client.post(url("respond", assessment, code), data, headers=headers)


# --- the page ----------------------------------------------------------------------------------------


def test_the_page_shows_what_differs_first_with_both_values(verified: Assessment, editor: User) -> None:
    page = english(editor).get(url("reply", verified)).content.decode()
    assert page.index('id="item-2-1"') < page.index('id="item-4-12"') < page.index('id="rest"')
    assert page.count('class="verdict') == 2
    assert REASON in page
    assert "84 verdicts that agree with the claim" in page
    assert "The office can reply until 17 August 2569 B.E., 23:59 (14 days left)" in page
    assert "Only the head of the office can send its reply." in page


def test_before_the_verdicts_are_sent_there_is_nothing(submitted: Assessment, editor: User, reviewer: User) -> None:
    reviewing.row(submitted, reviewer, "2.1", 3, REASON)
    page = english(editor).get(url("reply", submitted)).content.decode()
    assert "has not sent its verdicts yet" in page
    assert REASON not in page
    assert english(editor).post(url("respond", submitted, "2.1"), {}).status_code == 403


def test_one_that_agrees_can_be_spoken_about(verified: Assessment, editor: User) -> None:
    client = english(editor)
    assert 'id="item-2-2"' not in client.get(url("reply", verified)).content.decode()
    assert 'id="item-2-2"' in client.get(url("reply", verified) + "?item=2.2").content.decode()


def test_queries(verified: Assessment, editor: User, django_assert_num_queries: Any) -> None:
    client = signed_in(editor)
    client.get(url("reply", verified))
    with django_assert_num_queries(6):
        client.get(url("reply", verified))
    for code in ("2.1", "2.2", "4.12"):
        attach_to_review(review=review_of(verified, code), file=check(upload("a.pdf", pdf())), by=editor)
    with django_assert_num_queries(6):
        client.get(url("reply", verified))


# --- accepting and disputing -------------------------------------------------------------------------


def test_a_dispute_with_its_reason_and_a_file(verified: Assessment, editor: User, stored: Path) -> None:
    client = english(editor)
    before = files_in(stored)
    response = said(client, verified, "2.1", text=" The report is attached. ", file=upload("รายงาน.pdf", pdf()))
    assert response.status_code == 302
    assert response["Location"] == url("reply", verified) + "?item=2.1#item-2-1"
    review = review_of(verified, "2.1")
    assert (review.response, review.response_text, review.response_by) == ("dispute", "The report is attached.", editor)
    kept = Attachment.objects.get(review=review)
    assert (kept.name, kept.content_type, kept.size) == ("รายงาน.pdf", "application/pdf", len(pdf()))
    assert len(files_in(stored)) == len(before) + 1
    page = client.get(url("reply", verified)).content.decode()
    assert "The office disputes the verdict" in page
    assert "รายงาน.pdf" in page


def test_with_htmx_the_item_and_the_counts_come_back(verified: Assessment, editor: User) -> None:
    response = said(english(editor), verified, "2.1", "accept", headers={"HX-Request": "true"})
    page = response.content.decode().strip()
    assert response.status_code == 200
    assert page.startswith('<article class="verdict')
    assert "<b>1</b> without a word" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"response": "dispute", "text": " "}, "Write why you dispute the verdict"),
        ({"response": "", "text": "My words."}, "Choose whether you accept or dispute the verdict."),
        ({"response": "maybe", "text": "My words."}, "Choose whether you accept or dispute the verdict."),
        ({"response": "dispute", "text": "My words.", "version": "x"}, "This page is out of date."),
    ],
)
def test_what_is_refused_keeps_its_text(verified: Assessment, editor: User, data: dict[str, str], words: str) -> None:
    response = said(english(editor), verified, "2.1", **data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert data["text"].strip() in response.content.decode()
    assert review_of(verified, "2.1").response == ""


def test_a_bad_file_is_named_and_the_rest_is_saved(verified: Assessment, editor: User) -> None:
    files = [upload("virus.exe", b"MZ"), upload("a.png", image())]
    client = english(editor)
    response = said(client, verified, "2.1", text="Look at it.", file=files)
    assert response.status_code == 302
    assert "virus.exe" in client.get(response["Location"].partition("#")[0]).content.decode()
    assert [each.name for each in Attachment.objects.all()] == ["a.png"]
    assert review_of(verified, "2.1").response == "dispute"


def test_somebody_else_s_words_are_shown_before_they_are_replaced(
    verified: Assessment, editor: User, head: User
) -> None:
    old = review_of(verified, "2.1").version
    reviewing.respond(verified, head, "2.1", text="The head's words.")
    response = said(english(editor), verified, "2.1", text="My words.", version=old)
    page = response.content.decode()
    assert response.status_code == 409
    assert "The head&#x27;s words." in page
    assert "My words." in page
    now = review_of(verified, "2.1").version
    assert f'name="version" value="{now}"' in page
    assert review_of(verified, "2.1").response_text == "The head's words."
    assert said(english(editor), verified, "2.1", text="My words.", version=now).status_code == 302


def test_the_same_again_changes_nothing(verified: Assessment, editor: User) -> None:
    said(english(editor), verified, "2.1", text="My words.")
    version = review_of(verified, "2.1").version
    assert said(english(editor), verified, "2.1", text="My words.").status_code == 302
    assert review_of(verified, "2.1").version == version


def test_after_the_days_are_over_nothing_is_taken_and_the_text_comes_back(
    verified: Assessment, editor: User, time_machine: Any
) -> None:
    time_machine.move_to(AFTER_REPLY)
    response = said(english(editor), verified, "2.1", text="Too late, but kept.")
    assert response.status_code == 409
    assert "The days on which a reply is due are over" in response.content.decode()
    assert "Too late, but kept." in response.content.decode()
    assert review_of(verified, "2.1").response == ""
    page = english(editor).get(url("reply", verified)).content.decode()
    assert "The reply was possible until 17 August 2569 B.E." in page
    assert "data-reply" not in page


def test_who_may(verified: Assessment, stranger: User, reviewer: User, inspector: User, as_editor: Client) -> None:
    for person, read, act in ((stranger, 404, 404), (reviewer, 200, 403), (inspector, 200, 403)):
        client = signed_in(person)
        assert client.get(url("reply", verified)).status_code == read
        assert said(client, verified, "2.1", text="x").status_code == act
        assert client.post(url("reply_send", verified), {}).status_code == act
    assert Client().get(url("reply", verified)).status_code == 302
    for name, rest in (("respond", ["2.1"]), ("reply_send", []), ("settle", ["2.1"])):
        assert as_editor.get(url(name, verified, *rest)).status_code == 405
    assert as_editor.post(url("respond", verified, "9.9")).status_code == 404
    assert as_editor.post(url("settle", verified, "2.1")).status_code == 403


# --- files -------------------------------------------------------------------------------------------


def attached(assessment: Assessment, by: User, name: str = "a.pdf", content: bytes = b"") -> Attachment:
    return attach_to_review(review=review_of(assessment, "2.1"), file=check(upload(name, content or pdf())), by=by)


def test_the_same_content_is_kept_once(verified: Assessment, editor: User, stored: Path) -> None:
    first = attached(verified, editor)
    number = len(files_in(stored))
    assert attached(verified, editor, "b.pdf").pk == first.pk
    assert len(files_in(stored)) == number


def test_so_many_files_and_no_more(verified: Assessment, editor: User, stored: Path) -> None:
    for place in range(MOST_FILES):
        attached(verified, editor, f"{place}.pdf", pdf(text=str(place)))
    number = len(files_in(stored))
    with pytest.raises(Refused, match="10"):
        attached(verified, editor, "more.pdf", pdf(text="more"))
    assert len(files_in(stored)) == number


def test_a_file_is_taken_off_while_the_reply_is_open(
    verified: Assessment, editor: User, head: User, stored: Path, django_capture_on_commit_callbacks: Any
) -> None:
    before = files_in(stored)
    file = attached(verified, editor)
    with django_capture_on_commit_callbacks(execute=True):
        response = english(editor).post(url("reply_file_take_off", verified, "2.1", file.pk))
    assert response.status_code == 302
    assert files_in(stored) == before
    file = attached(verified, editor)
    services.reply(assessment=verified, by=head)
    with pytest.raises(Refused):
        take_off_review(attachment=file, by=editor)
    with pytest.raises(Refused):
        attached(verified, editor, "late.pdf", pdf(text="late"))
    assert Attachment.objects.count() == 1


def test_files_are_served_to_those_who_see_the_assessment(
    verified: Assessment, editor: User, reviewer: User, stranger: User
) -> None:
    shown, kept = attached(verified, editor), attached(verified, editor, "a.docx", office("docx"))
    for person in (editor, reviewer):
        client = signed_in(person)
        response = client.get(reverse("attachment_preview", args=[shown.pk]))
        assert (response.status_code, b"".join(response.streaming_content)) == (200, pdf())  # type: ignore[attr-defined]
        assert response["Content-Disposition"].startswith("inline")
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        response = client.get(reverse("attachment_download", args=[kept.pk]))
        assert b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert response["Content-Disposition"].startswith("attachment")
        assert client.get(reverse("attachment_preview", args=[kept.pk])).status_code == 404
    for name in ("attachment_preview", "attachment_download"):
        assert signed_in(stranger).get(reverse(name, args=[shown.pk])).status_code == 404
        assert Client().get(reverse(name, args=[shown.pk])).status_code == 302


def test_a_file_of_the_office_s_own_thread_is_its_own(verified: Assessment, editor: User, reviewer: User) -> None:
    file = attached(verified, editor)
    comment = Comment.objects.create(
        answer=answer_to(verified, "2.1"), thread=Comment.Thread.OFFICE, text="Among us.", by=editor
    )
    Attachment.objects.filter(pk=file.pk).update(review=None, comment=comment)
    address = reverse("attachment_download", args=[file.pk])
    response = signed_in(editor).get(address)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, pdf())  # type: ignore[attr-defined]
    assert signed_in(reviewer).get(address).status_code == 404


def test_the_check_of_kept_files_knows_them(verified: Assessment, editor: User, capsys: Any) -> None:
    attached(verified, editor, content=pdf(text="other"))
    call_command("check_evidence")
    assert capsys.readouterr().out.splitlines()[-1] == "2 files checked, 0 faults"


# --- sending -----------------------------------------------------------------------------------------


def test_what_comes_after_the_reply_is_told_by_what_was_disputed(verified: Assessment, head: User) -> None:
    nothing = "Nothing is disputed; the central division makes the result final."
    settles = "The central division settles what is disputed and makes the result final."
    sent = english(head).post(url("reply_send", verified), {"send-confirmed": "on"}, follow=True).content.decode()
    assert (nothing in sent, settles in sent) == (True, False)


def test_what_is_disputed_is_settled_after_the_reply(disputed: Assessment, head: User) -> None:
    page = english(head).get(url("reply", disputed)).content.decode()
    assert "The central division settles what is disputed and makes the result final." in page
    assert "Nothing is disputed" not in page


def test_once_all_is_settled_the_way_on_comes_with_the_last_item(disputed: Assessment, reviewer: User) -> None:
    client = english(reviewer)
    onward = f'href="/offices/{disputed.pk}/#moves">Go on to the final result</a>'
    assert onward not in client.get(url("reply", disputed)).content.decode()
    review = Review.objects.get(answer__assessment=disputed, answer__indicator__code="2.1")
    data = {"band": "1", "reason": REASON, "version": review.version}
    address = reverse("settle", args=[disputed.pk, "2.1"])
    swapped = client.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert '<p id="_onward" class="tool-row" hx-swap-oob="true">' in swapped
    assert onward in swapped
    assert onward in client.get(url("reply", disputed)).content.decode()


def test_the_head_sends_once(verified: Assessment, head: User) -> None:
    client = english(head)
    page = client.get(url("reply", verified)).content.decode()
    assert page.count('<button class="btn btn-primary">Send the reply</button>') == 1
    refused = client.post(url("reply_send", verified), {})
    assert refused.status_code == 422
    assert "Tick the confirmation before you send the reply." in refused.content.decode()
    first = client.post(url("reply_send", verified), {"send-confirmed": "on"}, follow=True)
    second = client.post(url("reply_send", verified), {"send-confirmed": "on"}, follow=True)
    verified.refresh_from_db()
    assert verified.status == Status.REPLIED
    assert verified.history.filter(action="reply").count() == 1
    assert "Your reply is sent." in first.content.decode()
    assert "You did this already; it was done once." in second.content.decode()
    assert "can no longer be changed" in second.content.decode()
    assert said(client, verified, "2.1", text="After it.").status_code == 409


def test_an_editor_cannot_send(verified: Assessment, as_editor: Client) -> None:
    assert as_editor.post(url("reply_send", verified), {"send-confirmed": "on"}).status_code == 403


# --- settling ----------------------------------------------------------------------------------------


def settled(client: Client, assessment: Assessment, code: str = "2.1", **data: Any) -> Any:
    version = data.pop("version", review_of(assessment, code).version)
    return client.post(url("settle", assessment, code), {"version": version, **data})


def test_a_reviewer_settles_on_the_same_page(disputed: Assessment, reviewer: User, head: User) -> None:
    client = english(reviewer)
    page = client.get(url("reply", disputed)).content.decode()
    assert "The report is attached." in page
    assert page.count("data-reply") == 1
    assert "<b>1</b> still to be settled" in page
    assert settled(client, disputed, band="1", reason="The report proves it.").status_code == 302
    review = review_of(disputed, "2.1")
    assert (review.final_band, review.final_score, review.final_reason) == (1, Decimal(10), "The report proves it.")
    page = client.get(url("reply", disputed)).content.decode()
    assert "Go on to the final result" in page
    assert "The report proves it." in english(head).get(url("reply", disputed)).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"band": "1", "reason": " "}, "Write why, so that the office understands the final value."),
        ({"band": "", "reason": "My words."}, "Choose one of the printed rows."),
        ({"band": "6", "reason": "My words."}, "Choose one of the printed rows."),
    ],
)
def test_settling_needs_a_row_and_a_reason(
    disputed: Assessment, reviewer: User, data: dict[str, str], words: str
) -> None:
    response = settled(english(reviewer), disputed, **data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert data["reason"].strip() in response.content.decode()
    assert review_of(disputed, "2.1").final_at is None


def test_what_is_not_disputed_is_not_settled(disputed: Assessment, reviewer: User) -> None:
    response = settled(english(reviewer), disputed, "4.12", band="1", reason="Why not.")
    assert response.status_code == 422
    assert "The office did not dispute this verdict; it stands." in response.content.decode()


def test_two_reviewers_settle(disputed: Assessment, reviewer: User, manager: User) -> None:
    old = review_of(disputed, "2.1").version
    reviewing.settle(disputed, manager, "2.1", 2, "The manager's words.")
    response = settled(english(reviewer), disputed, version=old, band="1", reason="My words.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "The manager&#x27;s words." in page
    assert "My words." in page
    assert review_of(disputed, "2.1").final_band == 2


def test_settling_before_the_reply_keeps_the_text(verified: Assessment, reviewer: User) -> None:
    response = settled(english(reviewer), verified, band="1", reason="Too early.")
    assert response.status_code == 409
    assert "Too early." in response.content.decode()


def test_dimension_1_is_settled_by_words_alone(verified: Assessment, head: User, reviewer: User) -> None:
    reviewing.respond(verified, head, "1.1", text="It is met.")
    replied = services.reply(assessment=verified, by=head)
    response = settled(english(reviewer), replied, "1.1", reason="Noted.")
    assert response.status_code == 302
    review = review_of(replied, "1.1")
    assert (review.final_band, review.final_reason) == (None, "Noted.")


def test_the_final_values_are_shown_to_all(disputed: Assessment, reviewer: User, editor: User) -> None:
    reviewing.settle(disputed, reviewer, "2.1", 2, "The report proves it.")
    final = services.finalise(assessment=disputed, by=reviewer)
    items = {item.node.code: item for item in reply_of(final).items}
    assert (items["2.1"].values.final_differs, items["4.12"].values.final_differs) == (True, False)
    page = english(editor).get(url("reply", final)).content.decode()
    assert page.count("Final score") > 2
    assert "data-reply" not in page


def test_days_left(verified: Assessment, time_machine: Any) -> None:
    assert verified.reply_until == date(2026, 8, 17)
    for moment, days in (("2026-08-17T12:00:00+07:00", 0), (AFTER_REPLY, -1)):
        time_machine.move_to(moment)
        assert reply_of(verified).days == days


def test_accepting_all_the_rest_is_silence(verified: Assessment, head: User) -> None:
    reviewing.respond(verified, head, "2.1", Response.ACCEPT)
    assert [item.node.code for item in reply_of(verified).silent] == ["4.12"]
