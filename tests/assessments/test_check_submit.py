"""Checking, certifying and submitting once, and the receipt."""

from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from assessments import services
from assessments.models import Assessment, StatusChange, User
from assessments.queries import progress, stored_scores
from assessments.services import Entry
from assessments.services.seen import seen_mark
from assessments.workflow import Status
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.evidence import added


def check_url(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/check/"


def submit_url(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/submit/"


def certified(assessment: Assessment) -> dict[str, str]:
    """What the check page sends: the tick, and the mark of the answers it shows."""
    return {"certified": "on", "answers_seen": seen_mark(assessment)}


def receipt_url(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/receipt/"


@pytest.fixture
def whole(assessment: Assessment, editor: User) -> Assessment:
    answer_all(assessment, editor)
    return assessment


# --- the check ---------------------------------------------------------------------------------------


def test_gaps_and_hints_are_named(assessment: Assessment, editor: User, standard: EditionNode) -> None:
    entries = {
        "2.1": Entry(inputs={"count": 5}, performance="ทำ"),
        "2.2": Entry(typed={"numerator": "x", "denominator": "2"}),
        "2.6": Entry(typed={"numerator": "1"}),
        "4.31": Entry(no_case=True),
        "4.34": Entry(inputs={"numerator": 0, "denominator": 0}),
        "4.19": Entry(no_case=True, no_case_reason="ไม่มีราย"),
    }
    for code, entry in entries.items():
        services.save_answer(
            assessment=assessment, indicator=standard.indicators[code], by=editor, version=0, entry=entry
        )
    rows = {row.node.code: row for row in progress.check_of(assessment).rows}
    assert {code: rows[code].gaps for code in [*entries, "1.1"]} == {
        "2.1": [],
        "2.2": ["unreadable"],
        "2.6": ["unfinished"],
        "4.31": ["reason"],
        "4.34": ["reason"],
        "4.19": [],
        "1.1": ["unanswered"],
    }
    assert (rows["2.1"].hints, rows["4.19"].hints) == (["evidence"], ["evidence", "text"])


def test_gaps_stand_before_the_list_of_all(as_head: Client, assessment: Assessment) -> None:
    response = as_head.get(check_url(assessment))
    page = response.content.decode()
    assert len(response.context["check"].gaps) == 86
    assert page.index('id="gaps"') < page.index('class="table check-table stacked"')
    assert page.count("?back=check") == 172
    assert "data-once" not in page


def test_the_head_can_submit_when_all_is_answered(as_head: Client, whole: Assessment) -> None:
    page = as_head.get(check_url(whole)).content.decode()
    assert f'action="{submit_url(whole)}" novalidate data-once' in page
    assert 'id="gaps"' not in page


def test_what_has_no_evidence_is_told_beside_the_certification(
    as_head: Client, whole: Assessment, editor: User, standard: EditionNode, stored: Any
) -> None:
    certify = as_head.get(check_url(whole)).content.decode().partition('id="certify"')[2]
    assert certify.index('href="#no-evidence"') < certify.index('name="certified"')
    assert "86" in certify[: certify.index('name="certified"')]
    file = added(whole, editor)
    services.evidence.attach(assessment=whole, pairs=[(file.pk, code) for code in standard.indicators], by=editor)
    assert "#no-evidence" not in as_head.get(check_url(whole)).content.decode()


def test_an_editor_is_told_who_can_submit(as_editor: Client, whole: Assessment, head: User) -> None:
    page = as_editor.get(check_url(whole)).content.decode()
    assert submit_url(whole) not in page
    assert head.full_name in page


# --- submitting --------------------------------------------------------------------------------------


def test_the_head_submits_and_gets_the_receipt(as_head: Client, whole: Assessment, head: User) -> None:
    response = as_head.post(submit_url(whole), certified(whole))
    assert response["Location"] == receipt_url(whole)
    whole.refresh_from_db()
    assert whole.status == Status.SUBMITTED
    page = as_head.get(receipt_url(whole)).content.decode()
    for word in ("2569-50-1", whole.answers_hash, head.full_name, "3 สิงหาคม 2569", "10.00"):
        assert word in page


def test_a_double_click_submits_once_and_the_second_answer_is_the_receipt(as_head: Client, whole: Assessment) -> None:
    first = as_head.post(submit_url(whole), certified(whole))
    second = as_head.post(submit_url(whole), certified(whole))
    assert (first["Location"], second["Location"]) == (receipt_url(whole), receipt_url(whole))
    assert StatusChange.objects.filter(assessment=whole).count() == 1


def test_without_the_tick_nothing_is_submitted_and_the_page_says_so(as_head: Client, whole: Assessment) -> None:
    response = as_head.post(submit_url(whole), {"answers_seen": seen_mark(whole)})
    page = response.content.decode()
    assert response.status_code == 422
    (words,) = response.context["form"].errors["certified"]
    assert page.count(words) == 2
    assert 'href="#id_certified"' in page
    assert "<title>ผิดพลาด:" in page or "<title>Error:" in page
    assert f'value="{seen_mark(whole)}"' in page
    whole.refresh_from_db()
    assert whole.status == Status.DRAFT


def test_answers_that_the_head_has_not_seen_are_not_certified(
    as_head: Client, whole: Assessment, editor: User, standard: EditionNode
) -> None:
    before = certified(whole)
    node = standard.indicators["4.31"]
    services.save_answer(
        assessment=whole, indicator=node, by=editor, version=1, entry=Entry(no_case=True, no_case_reason="ไม่มี")
    )
    page = as_head.post(submit_url(whole), before, follow=True).content.decode()
    whole.refresh_from_db()
    assert whole.status == Status.DRAFT
    assert "(4.31)" in page
    assert as_head.post(submit_url(whole), certified(whole))["Location"] == receipt_url(whole)
    assert as_head.get(receipt_url(whole)).context["waiting"] == 1


@pytest.mark.parametrize("mark", [{}, {"answers_seen": ""}, {"answers_seen": "1-2-x"}])
def test_without_the_mark_of_the_answers_shown_nothing_is_submitted(
    as_head: Client, whole: Assessment, mark: dict[str, str]
) -> None:
    response = as_head.post(submit_url(whole), {"certified": "on", **mark})
    assert response["Location"] == check_url(whole)
    whole.refresh_from_db()
    assert whole.status == Status.DRAFT


def test_a_refused_figure_is_counted_as_missing_everywhere(
    as_editor: Client, whole: Assessment, editor: User, standard: EditionNode
) -> None:
    services.save_answer(
        assessment=whole,
        indicator=standard.indicators["2.1"],
        by=editor,
        version=1,
        entry=Entry(typed={"count": "abc"}),
    )
    whole.refresh_from_db()
    tasks = progress.task_list(whole)
    check = progress.check_of(whole)
    assert (tasks.answered, len(check.gaps), list(stored_scores.differences(year=2569))) == (85, 1, [])
    row = check.gaps[0]
    assert (row.node.code, row.typed, row.before) == ("2.1", "abc", row.before)
    assert row.answer.inputs is not None
    assert row.before.startswith(f"{row.answer.inputs['count']} ")
    page = as_editor.get(check_url(whole)).content.decode()
    assert "“abc”" in page
    assert row.before in page
    assert page.index("</table>", page.index("check-table")) < page.index('class="certify"')


def test_with_a_gap_nothing_is_submitted(as_head: Client, assessment: Assessment) -> None:
    response = as_head.post(submit_url(assessment), certified(assessment))
    assert response["Location"] == check_url(assessment)
    assessment.refresh_from_db()
    assert assessment.status == Status.DRAFT


def test_with_a_number_that_cannot_be_read_nothing_is_submitted(
    as_head: Client, whole: Assessment, editor: User, standard: EditionNode
) -> None:
    services.save_answer(
        assessment=whole,
        indicator=standard.indicators["2.1"],
        by=editor,
        version=1,
        entry=Entry(typed={"count": "ห้า"}),
    )
    as_head.post(submit_url(whole), certified(whole))
    whole.refresh_from_db()
    assert whole.status == Status.DRAFT


def test_an_editor_may_not_submit(as_editor: Client, whole: Assessment) -> None:
    assert as_editor.post(submit_url(whole), certified(whole)).status_code == 403
    whole.refresh_from_db()
    assert whole.status == Status.DRAFT


def test_a_stranger_finds_nothing_to_submit(as_stranger: Client, whole: Assessment) -> None:
    assert as_stranger.post(submit_url(whole), certified(whole)).status_code == 404


def test_submitting_needs_a_sign_in_and_then_comes_back_to_the_check(
    client: Client, as_head: Client, whole: Assessment
) -> None:
    assert client.post(submit_url(whole))["Location"] == f"/accounts/login/?next={submit_url(whole)}"
    assert as_head.get(submit_url(whole))["Location"] == check_url(whole)
    assert as_head.put(submit_url(whole)).status_code == 405


def test_a_final_result_is_not_submitted_again(as_head: Client, whole: Assessment, head: User, reviewer: User) -> None:
    services.submit(assessment=whole, by=head, certified=True)
    reviewing.final(whole, reviewer, head)
    assert as_head.post(submit_url(whole), certified(whole)).status_code == 403


# --- the receipt -------------------------------------------------------------------------------------


def test_before_a_submission_there_is_no_receipt(as_editor: Client, assessment: Assessment) -> None:
    assert as_editor.get(receipt_url(assessment))["Location"] == f"/assessments/{assessment.pk}/"


def test_the_receipt_is_the_office_s_alone(
    as_stranger: Client, as_editor: Client, client: Client, whole: Assessment, head: User
) -> None:
    services.submit(assessment=whole, by=head, certified=True)
    assert as_stranger.get(receipt_url(whole)).status_code == 404
    assert as_editor.get(receipt_url(whole)).status_code == 200
    assert as_editor.post(receipt_url(whole)).status_code == 405
    assert client.get(receipt_url(whole)).status_code == 302


def run_worker() -> None:
    """What the worker beside the web server does, until nothing is left to do."""
    call_command("db_worker", batch=True, startup_delay=False, interval=0.01, reload=False)


def test_the_receipt_is_mailed_to_the_people_of_the_office_by_the_worker(
    as_head: Client,
    whole: Assessment,
    head: User,
    editor: User,
    stranger: User,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.BASE_URL = "https://standards.example/"
    with django_capture_on_commit_callbacks(execute=True):
        as_head.post(submit_url(whole), certified(whole))
        run_worker()
        assert mail.outbox == []
    assert mail.outbox == []
    run_worker()
    assert sorted(message.to[0] for message in mail.outbox) == sorted([head.email, editor.email])
    whole.refresh_from_db()
    link = f"https://standards.example{receipt_url(whole)}"
    for word in ("2569-50-1", whole.answers_hash, head.full_name, link, "10.00"):
        assert word in mail.outbox[0].body
    assert mail.outbox[0].subject == "สนง.พมจ.เชียงใหม่: ใบรับ 2569-50-1"


def test_whatever_way_it_is_submitted_the_receipt_is_mailed(
    whole: Assessment, head: User, editor: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.submit(assessment=whole, by=head, certified=True)
    run_worker()
    assert len(mail.outbox) == 2


def test_a_mail_that_cannot_be_sent_undoes_nothing(
    as_head: Client, whole: Assessment, settings: Any, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    with django_capture_on_commit_callbacks(execute=True):
        response = as_head.post(submit_url(whole), certified(whole))
    run_worker()
    assert response["Location"] == receipt_url(whole)
    said = [line.message for line in caplog.records if line.name == "pmj"]
    assert said == ["a mail to an office could not be sent"] * 2
    whole.refresh_from_db()
    assert whole.status == Status.SUBMITTED
