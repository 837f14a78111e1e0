"""Signed out while typing, and addresses that only take forms: nothing is lost, and there is a way back."""

from typing import Any

import pytest
from django.test import Client

from assessments.models import Answer, Assessment, Comment, User
from tests.conftest import signed_in

TYPED: dict[str, Any] = {"version": 0, "numerator": "850", "performance": "ส่งต่อทุกวัน", "stay": "1"}


@pytest.fixture
def url(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/indicators/2.2/save/"


def test_signed_out_without_javascript_what_was_typed_comes_back(client: Client, url: str) -> None:
    response = client.post(url, TYPED)
    page = response.content.decode()
    assert response.status_code == 401
    assert "ส่งต่อทุกวัน</textarea>" in page
    assert '<input type="hidden" name="numerator" value="850">' in page
    assert f"/accounts/login/?next={url.removesuffix('save/')}" in page
    assert Answer.objects.filter(performance="ส่งต่อทุกวัน").count() == 0


def test_what_came_back_can_be_saved_after_signing_in(editor: User, url: str) -> None:
    client = signed_in(editor)
    client.post(url, {name: value for name, value in TYPED.items() if name != "stay"})
    assert Answer.objects.get(assessment__province=editor.province, indicator__code="2.2").performance == "ส่งต่อทุกวัน"


def test_a_form_with_an_old_token_comes_back_to_be_saved_only_from_our_own_page(editor: User, url: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    ours = client.post(url, TYPED, headers={"Origin": "http://testserver"})
    assert ours.status_code == 403
    assert "ส่งต่อทุกวัน</textarea>" in ours.content.decode()
    for headers in ({"Origin": "https://elsewhere.example"}, {}):
        strange = client.post(url, TYPED, headers=headers)
        assert strange.status_code == 403
        assert "ส่งต่อทุกวัน" not in strange.content.decode()


def test_nothing_typed_is_shown_for_other_addresses(client: Client, assessment: Assessment) -> None:
    response = client.post(f"/assessments/{assessment.pk}/submit/", {"performance": "x"})
    assert response.status_code == 302


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/offices/{pk}/return/", "/offices/{pk}/"),
        ("/assessments/{pk}/reply/send/", "/assessments/{pk}/reply/"),
        ("/assessments/{pk}/indicators/2.2/evidence/upload/", "/assessments/{pk}/indicators/2.2/evidence/"),
        (
            "/assessments/{pk}/indicators/2.2/evidence/00000000-0000-0000-0000-000000000000/take-off/",
            "/assessments/{pk}/indicators/2.2/evidence/",
        ),
        ("/evidence/00000000-0000-0000-0000-000000000000/delete/", "/"),
        ("/people/3/deactivate/", "/people/3/"),
        ("/me/sign-out-everywhere/", "/me/"),
    ],
)
def test_opening_an_address_that_only_takes_forms_shows_the_way_back(
    as_editor: Client, assessment: Assessment, path: str, back: str
) -> None:
    response = as_editor.get(path.format(pk=assessment.pk))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert f'class="btn btn-primary" href="{back.format(pk=assessment.pk)}"' in response.content.decode()


def test_a_programme_that_asks_for_json_gets_no_page(as_editor: Client) -> None:
    response = as_editor.get("/me/keep/", headers={"Accept": "application/json"})
    assert (response.status_code, response.content) == (405, b"")


@pytest.mark.parametrize(
    ("path", "typed", "page"),
    [
        ("reply/2.1/", {"text": "หลักฐานแนบแล้ว"}, "reply/"),
        ("review/2.1/settle/", {"reason": "หลักฐานแนบแล้ว"}, "reply/"),
        ("indicators/2.1/questions/1/", {"text": "หลักฐานแนบแล้ว"}, "indicators/2.1/"),
        ("indicators/2.1/comments/office/", {"office-text": "หลักฐานแนบแล้ว"}, "indicators/2.1/comments/"),
        ("indicators/2.1/comments/centre/", {"centre-text": "หลักฐานแนบแล้ว"}, "indicators/2.1/comments/"),
    ],
)
def test_words_of_the_review_come_back_too(
    client: Client, assessment: Assessment, path: str, typed: dict[str, str], page: str
) -> None:
    response = client.post(f"/assessments/{assessment.pk}/{path}", typed)
    assert response.status_code == 401
    assert "หลักฐานแนบแล้ว</textarea>" in response.content.decode()
    assert f"/accounts/login/?next=/assessments/{assessment.pk}/{page}" in response.content.decode()


def test_the_reason_of_a_return_comes_back_with_its_day(client: Client, assessment: Assessment) -> None:
    typed = {"return-reason": "โปรดแก้ข้อ 2.1", "return-due_on_0": "7", "return-due_on_1": "9", "return-due_on_2": "2569"}
    response = client.post(f"/offices/{assessment.pk}/return/", typed)
    page = response.content.decode()
    assert response.status_code == 401
    assert 'name="return-reason">โปรดแก้ข้อ 2.1</textarea>' in page
    assert '<input type="hidden" name="return-due_on_2" value="2569">' in page
    assert f"/accounts/login/?next=/offices/{assessment.pk}/" in page


def test_a_comment_that_came_back_can_be_sent(editor: User, assessment: Assessment) -> None:
    path = f"/assessments/{assessment.pk}/indicators/2.1/comments/office/"
    assert "นับซ้ำหรือไม่</textarea>" in Client().post(path, {"office-text": "นับซ้ำหรือไม่"}).content.decode()
    signed_in(editor).post(path, {"office-text": "นับซ้ำหรือไม่", "stay": "1"})
    assert Comment.objects.get(answer__assessment=assessment).text == "นับซ้ำหรือไม่"
