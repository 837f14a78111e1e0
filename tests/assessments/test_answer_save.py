"""Saving one answer from the page: with htmx and without, refused, stale, closed, frozen."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Answer, AnswerChange, Assessment, User
from assessments.services import Entry
from indicators.editions import EditionNode
from tests.answers import answer_all
from tests.conftest import LOCK, signed_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def url(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/indicators/2.2/save/"


def answer(assessment: Assessment, code: str = "2.2") -> Answer:
    return Answer.objects.get(assessment=assessment, indicator__code=code)


def data(**fields: Any) -> dict[str, Any]:
    return {"version": 0, "numerator": "๘๕๐", "denominator": "1,000", **fields}


def test_saves_and_shows_score_explanation_row_and_totals(as_editor: Client, url: str, assessment: Assessment) -> None:
    response = as_editor.post(url, data(performance="ส่งต่อทุกวัน"), headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert response.context["state"].kind == "saved"
    assert "850 จาก 1,000 ฉบับ = ร้อยละ 85 → ช่วง 70-89 → 7.5 คะแนน" in page
    assert page.count('<tr class="reached">') == 1
    assert 'name="version" value="1"' in page
    saved = answer(assessment)
    assert (saved.inputs, str(saved.score), saved.performance) == (
        {"numerator": 850, "denominator": 1000},
        "7.5",
        "ส่งต่อทุกวัน",
    )


def test_saves_without_javascript_and_shows_the_page_again(as_editor: Client, url: str, assessment: Assessment) -> None:
    response = as_editor.post(url, data())
    assert (response.status_code, response["Location"]) == (302, f"/assessments/{assessment.pk}/indicators/2.2/")
    assert answer(assessment).inputs == {"numerator": 850, "denominator": 1000}


def test_save_and_go_on_leads_to_the_next_indicator(as_editor: Client, url: str, assessment: Assessment) -> None:
    after = f"/assessments/{assessment.pk}/indicators/2.3/"
    assert as_editor.post(url, data(onward="1"))["Location"] == after
    assert as_editor.post(url, data(onward="1", version=1), headers=HTMX)["HX-Redirect"] == after


def test_save_and_go_on_after_the_last_indicator_leads_to_the_check(as_editor: Client, assessment: Assessment) -> None:
    response = as_editor.post(
        f"/assessments/{assessment.pk}/indicators/4.34/save/",
        {"version": 0, "numerator": 1, "denominator": 1, "onward": 1},
    )
    assert response["Location"] == f"/assessments/{assessment.pk}/check/"


def test_save_and_go_back_to_the_check(as_editor: Client, url: str, assessment: Assessment) -> None:
    response = as_editor.post(url, data(onward="1", back="check"))
    assert response["Location"] == f"/assessments/{assessment.pk}/check/#row-2-2"


def test_a_refused_number_is_kept_with_the_texts_and_stays_on_the_page(
    as_editor: Client, url: str, assessment: Assessment
) -> None:
    response = as_editor.post(url, data(numerator="มาก", performance="ทำ", onward="1"), headers=HTMX)
    assert response.status_code == 200
    assert response.context["state"].kind == "unreadable"
    assert "อ่านค่าที่กรอกไม่ได้: มาก" in response.content.decode()
    saved = answer(assessment)
    assert (saved.inputs, saved.typed, saved.performance, saved.is_answered) == (
        None,
        {"numerator": "มาก", "denominator": "1,000"},
        "ทำ",
        False,
    )
    page = as_editor.get(f"/assessments/{assessment.pk}/indicators/2.2/").content.decode()
    assert 'value="มาก"' in page
    assert page.count("อ่านค่าที่กรอกไม่ได้: มาก") == 2


def test_a_refused_number_leaves_the_last_good_one_in_place(
    as_editor: Client, url: str, assessment: Assessment
) -> None:
    as_editor.post(url, data(), headers=HTMX)
    response = as_editor.post(url, data(numerator="2000", version=1), headers=HTMX)
    assert response.context["state"].scores_older is True
    assert str(answer(assessment).score) == "7.5"


def test_one_of_two_boxes_is_saved_as_not_complete(as_editor: Client, url: str, assessment: Assessment) -> None:
    response = as_editor.post(url, data(denominator=""), headers=HTMX)
    assert response.context["state"].kind == "partial"
    assert response.context["state"].needed == ["จำนวนหนังสือจากภายนอกที่ได้รับทั้งหมดในรอบปี"]
    assert answer(assessment).typed == {"numerator": "๘๕๐"}


def test_no_case_without_its_reason_is_not_complete(as_editor: Client, assessment: Assessment) -> None:
    save = f"/assessments/{assessment.pk}/indicators/4.31/save/"
    response = as_editor.post(save, {"version": 0, "no_case": "on"}, headers=HTMX)
    assert response.context["state"].kind == "partial"
    assert answer(assessment, "4.31").is_answered is False
    response = as_editor.post(save, {"version": 1, "no_case": "on", "no_case_reason": "ไม่มีผู้ร้องทุกข์"}, headers=HTMX)
    assert response.context["state"].kind == "saved"
    assert answer(assessment, "4.31").is_answered is True


def test_saving_the_same_again_writes_nothing(as_editor: Client, url: str) -> None:
    as_editor.post(url, data(), headers=HTMX)
    response = as_editor.post(url, data(version=1), headers=HTMX)
    assert (response.status_code, AnswerChange.objects.count()) == (200, 1)


def test_a_text_too_long_is_not_saved_and_stays_typed(as_editor: Client, url: str, assessment: Assessment) -> None:
    long = data(problems="ก" * 10_001)
    response = as_editor.post(url, long, headers=HTMX)
    assert response.status_code == 422
    assert response.context["state"].kind == "refused"
    page = as_editor.post(url, long)
    assert page.status_code == 422
    assert "ก" * 10_001 in page.content.decode()
    assert answer(assessment).version == 0


# --- two people at once ----------------------------------------------------------------------------


@pytest.fixture
def theirs(assessment: Assessment, head: User, standard: EditionNode) -> Answer:
    return services.save_answer(
        assessment=assessment,
        indicator=standard.indicators["2.2"],
        by=head,
        version=0,
        entry=Entry(inputs={"numerator": 1, "denominator": 2}, problems="ของหัวหน้า"),
    ).answer


def test_a_stale_save_shows_both_values_and_writes_nothing(
    as_editor: Client, url: str, theirs: Answer, head: User, assessment: Assessment
) -> None:
    response = as_editor.post(url, data(performance="ของฉัน"), headers=HTMX)
    assert response.status_code == 409
    state = response.context["state"]
    assert [(each.column, each.old, each.new) for each in state.differences if each.column != "inputs"] == [
        ("performance", "", "ของฉัน"),
        ("problems", "ของหัวหน้า", ""),
    ]
    page = response.content.decode()
    assert head.full_name in page
    assert 'name="over" value="1"' in page
    assert 'name="version" value="0"' in page
    assert answer(assessment).version == 1


def test_a_stale_save_without_javascript_is_a_whole_page_with_all_that_was_typed(
    as_editor: Client, url: str, theirs: Answer
) -> None:
    response = as_editor.post(url, data(performance="ของฉัน"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "ของฉัน</textarea>" in page
    assert 'name="over" value="1"' in page


def test_taking_theirs_shows_once_more_what_was_not_used(
    as_editor: Client, url: str, theirs: Answer, assessment: Assessment
) -> None:
    response = as_editor.post(url, data(performance="ของฉัน", theirs=1))
    page = response.content.decode()
    assert response.status_code == 200
    assert [found.new for found in response.context["unused"] if found.new == "ของฉัน"] == ["ของฉัน"]
    assert "ของฉัน</textarea>" not in page
    assert "ของฉัน</dd>" in page
    assert answer(assessment).version == 1


def test_a_person_with_two_windows_is_told_that_it_was_the_other_window(
    as_head: Client, head: User, url: str, theirs: Answer
) -> None:
    page = as_head.post(url, data(performance="ของฉัน")).content.decode()
    assert f"{head.full_name}," not in page
    assert "data-take-theirs>" in page


def test_without_javascript_numbers_that_cannot_be_used_are_a_warning_with_the_reason(
    as_editor: Client, url: str
) -> None:
    response = as_editor.post(url, data(numerator="abc"), follow=True)
    (message,) = list(response.context["messages"])
    assert message.level_tag == "warning"
    assert "abc" in str(message)


def test_keep_mine_saves_over_theirs_and_history_keeps_both(
    as_editor: Client, url: str, theirs: Answer, assessment: Assessment
) -> None:
    response = as_editor.post(url, data(performance="ของฉัน", over=1), headers=HTMX)
    assert response.status_code == 200
    saved = answer(assessment)
    assert (saved.version, saved.performance, saved.problems) == (2, "ของฉัน", "")
    page = as_editor.get(f"/assessments/{assessment.pk}/indicators/2.2/history/").content.decode()
    assert page.count("ของหัวหน้า") == 2


def test_keep_mine_is_stale_again_when_they_saved_once_more(
    as_editor: Client, url: str, theirs: Answer, assessment: Assessment, head: User, standard: EditionNode
) -> None:
    services.save_answer(
        assessment=assessment, indicator=standard.indicators["2.2"], by=head, version=1, entry=Entry(problems="อีกครั้ง")
    )
    response = as_editor.post(url, data(over=1), headers=HTMX)
    assert response.status_code == 409
    assert 'name="over" value="2"' in response.content.decode()


def test_the_same_values_are_no_conflict(as_editor: Client, url: str, theirs: Answer) -> None:
    response = as_editor.post(
        url, {"version": 0, "numerator": "1", "denominator": "2", "problems": "ของหัวหน้า"}, headers=HTMX
    )
    assert response.status_code == 200


# --- the row of the area page ------------------------------------------------------------------------


def test_a_row_saves_numbers_and_performance_and_keeps_the_other_texts(
    as_editor: Client, url: str, theirs: Answer, assessment: Assessment
) -> None:
    response = as_editor.post(url, data(version=1, compact=1, performance="สั้น"), headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="_row_state_2-2"' in page
    assert 'id="_area_total" class="area-total" hx-swap-oob="true"' in page
    saved = answer(assessment)
    assert (saved.performance, saved.problems) == ("สั้น", "ของหัวหน้า")


def test_a_row_without_javascript_comes_back_to_its_place(as_editor: Client, url: str, assessment: Assessment) -> None:
    response = as_editor.post(url, data(compact=1))
    assert response["Location"] == f"/assessments/{assessment.pk}/areas/2-1/#row-2-2"


def test_a_stale_row_without_javascript_becomes_the_whole_form(as_editor: Client, url: str, theirs: Answer) -> None:
    response = as_editor.post(url, data(compact=1, performance="สั้น"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "ของหัวหน้า</textarea>" in page
    assert "สั้น</textarea>" in page


# --- who and when ------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing(as_stranger: Client, url: str) -> None:
    assert as_stranger.post(url, data()).status_code == 404


def test_an_unknown_indicator_is_not_found(as_editor: Client, assessment: Assessment) -> None:
    assert as_editor.post(f"/assessments/{assessment.pk}/indicators/9.9/save/", data()).status_code == 404


def test_a_reviewer_may_not_answer(as_reviewer: Client, url: str, assessment: Assessment) -> None:
    response = as_reviewer.post(url, data(), headers=HTMX)
    assert response.status_code == 403
    assert "_answer_state" not in response.content.decode()
    assert answer(assessment).version == 0


def test_a_lost_session_gets_401_with_htmx(client: Client, url: str) -> None:
    with_htmx = client.post(url, data(), headers=HTMX)
    assert (with_htmx.status_code, with_htmx["HX-Trigger"]) == (401, "signed-out")


def test_coming_back_from_the_sign_in_page_leads_to_the_indicator(
    as_editor: Client, url: str, assessment: Assessment
) -> None:
    assert as_editor.get(url)["Location"] == f"/assessments/{assessment.pk}/indicators/2.2/"


def test_other_methods_are_refused(as_editor: Client, url: str) -> None:
    assert as_editor.put(url).status_code == 405


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("2026-06-30T23:59:59+07:00", 403),
        ("2026-07-01T00:00:00+07:00", 200),
        ("2026-09-30T23:59:58+07:00", 200),
        ("2026-09-30T23:59:59+07:00", 200),
        ("2026-10-01T00:00:00+07:00", 403),
    ],
)
def test_the_window_opens_and_closes_to_the_second(
    editor: User, url: str, assessment: Assessment, time_machine: Any, now: str, status: int
) -> None:
    time_machine.move_to(datetime.fromisoformat(now), tick=False)
    client = signed_in(editor)
    response = client.post(url, data(), headers=HTMX)
    assert response.status_code == status
    assert answer(assessment).version == (1 if status == 200 else 0)


def test_outside_the_window_the_reason_comes_as_a_fragment(editor: User, url: str, time_machine: Any) -> None:
    time_machine.move_to("2026-10-01T00:00:00+07:00")
    client = signed_in(editor)
    page = client.post(url, data(), headers=HTMX).content.decode()
    assert "<html" not in page
    assert 'role="alert"' in page


def test_submitted_answers_are_frozen(
    as_editor: Client, url: str, assessment: Assessment, editor: User, head: User
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    response = as_editor.post(url, data(version=1), headers=HTMX)
    assert response.status_code == 403
    assert answer(assessment).inputs == {"numerator": 100, "denominator": 100}


# --- cost --------------------------------------------------------------------------------------------


def test_a_save_costs_a_fixed_number_of_queries(as_editor: Client, url: str, django_assert_num_queries: Any) -> None:
    as_editor.post(url, data(), headers=HTMX)
    with django_assert_num_queries(14 + LOCK):
        as_editor.post(url, data(numerator="800", version=1), headers=HTMX)
    with django_assert_num_queries(14 + LOCK):
        as_editor.post(url, data(numerator="700", version=2, compact=1), headers=HTMX)


def test_the_form_token_is_for_signed_in_people(as_editor: Client, client: Client, editor: User) -> None:
    response = as_editor.get("/form-token/", headers=HTMX)
    assert response.json()["person"] == editor.pk
    assert len(response.json()["token"]) == 64
    assert client.get("/form-token/", headers=HTMX).status_code == 401
    assert as_editor.post("/form-token/").status_code == 405


# --- choosing between two versions field by field ------------------------------------------------------


def test_between_two_versions_each_field_is_chosen_by_itself(
    as_editor: Client, url: str, theirs: Answer, assessment: Assessment
) -> None:
    conflict = as_editor.post(url, data(performance="ของฉัน", problems="ปัญหาของฉัน"))
    assert [name for name, _found in conflict.context["state"].choices] == ["numbers", "performance", "problems"]
    picks = {"pick-numbers": "theirs", "pick-performance": "mine", "pick-problems": "theirs"}
    response = as_editor.post(url, data(performance="ของฉัน", problems="ปัญหาของฉัน", over=1, **picks))
    page = response.content.decode()
    assert response.status_code == 200
    saved = answer(assessment)
    assert (saved.version, saved.inputs, saved.performance, saved.problems) == (
        2,
        {"numerator": 1, "denominator": 2},
        "ของฉัน",
        "ของหัวหน้า",
    )
    assert [each.column for each in response.context["unused"]] == ["inputs", "problems"]
    assert "ปัญหาของฉัน</dd>" in page
    assert "ของหัวหน้า</textarea>" in page


def test_a_choice_is_stale_when_they_saved_once_more(
    as_editor: Client, url: str, theirs: Answer, assessment: Assessment, head: User, standard: EditionNode
) -> None:
    services.save_answer(
        assessment=assessment, indicator=standard.indicators["2.2"], by=head, version=1, entry=Entry(problems="อีกครั้ง")
    )
    response = as_editor.post(url, data(performance="ของฉัน", over=1, **{"pick-problems": "theirs"}))
    assert response.status_code == 409
    assert (answer(assessment).version, answer(assessment).performance) == (2, "")


def test_a_choice_without_a_conflict_changes_nothing(as_editor: Client, url: str, assessment: Assessment) -> None:
    as_editor.post(url, data(performance="ของฉัน", **{"pick-performance": "theirs"}), headers=HTMX)
    assert answer(assessment).performance == "ของฉัน"
