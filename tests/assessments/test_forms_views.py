"""Asking for the form: who may, made once, its progress told, started again when it failed."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.exports import support, tasks
from assessments.models import Assessment, FormFile, Round, User
from assessments.services import Entry
from tests.assessments.forms_filled import write
from tests.conftest import signed_in


@pytest.fixture
def no_pango(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without the text-setting library."""
    monkeypatch.setattr(support, "LIBRARIES", ("libpango-of-no-machine.so.0",))
    support.pdf_problem.cache_clear()
    yield
    support.pdf_problem.cache_clear()


def test_without_pango_the_button_is_away_and_the_page_says_why(
    as_editor: Client, assessment: Assessment, no_pango: None
) -> None:
    url, progress, excel_url, page_url = (
        reverse(name, args=[assessment.pk]) for name in ("form_pdf", "form_progress", "form_excel", "form_page")
    )
    page = as_editor.get(page_url).content.decode()
    assert url not in page
    assert "Pango" in page
    assert excel_url in page
    assert as_editor.post(url)["Location"] == progress
    assert FormFile.objects.count() == 0
    assert "Pango" in as_editor.get(progress).content.decode()
    assert [found.id for found in support.pdf_can_be_made(None)] == ["pmj.W001"]


def test_here_pango_and_the_thai_dictionary_are_there() -> None:
    support.pdf_problem.cache_clear()
    assert support.pdf_problem() == ""
    assert support.thai_words() is True


def test_the_pdf_is_made_once_and_then_served(as_editor: Client, assessment: Assessment) -> None:
    url, progress = (reverse(name, args=[assessment.pk]) for name in ("form_pdf", "form_progress"))
    assert as_editor.get(url)["Location"] == progress
    assert FormFile.objects.count() == 0
    for _ in range(2):
        assert as_editor.post(url)["Location"] == progress
    assert DBTaskResult.objects.count() == 1
    assert as_editor.get(progress).context["state"] == "waiting"
    form_file = FormFile.objects.get()
    tasks.make_form.call(form_file.pk)
    form_file.refresh_from_db()
    assert form_file.state == "ready"
    assert form_file.pages > 8
    response = as_editor.get(url)
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E0%B9%81%E0%B8%9A%E0%B8%9A")
    assert as_editor.post(url)["Location"] == url
    # A second job for the same form finds nothing to do.
    tasks.make_form.call(form_file.pk)
    assert DBTaskResult.objects.count() == 1
    assert as_editor.get(progress).context["state"] == "ready"


def test_a_change_of_an_answer_is_another_file(as_editor: Client, assessment: Assessment, editor: User) -> None:
    url = reverse("form_pdf", args=[assessment.pk])
    as_editor.post(url)
    write(assessment, editor, "1.2", Entry(remedies="ปรับปรุงห้อง"))
    assert as_editor.get(reverse("form_progress", args=[assessment.pk])).context["state"] == "none"
    as_editor.post(url)
    assert FormFile.objects.count() == 2


def test_the_part_that_htmx_swaps_is_the_one_of_the_page(as_editor: Client, assessment: Assessment) -> None:
    progress = reverse("form_progress", args=[assessment.pk])
    part = as_editor.post(reverse("form_pdf", args=[assessment.pk]), headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="_progress"') or '<div id="_progress"' in part.strip()[:40]
    assert "<html" not in part
    assert part.strip() in as_editor.get(progress).content.decode()
    assert as_editor.get(progress, headers={"HX-Request": "true"}).content.decode() == part


@pytest.mark.parametrize(
    ("changes", "state", "unattended"),
    [
        ({"state": "waiting", "asked_at": timedelta(seconds=14)}, "waiting", False),
        ({"state": "waiting", "asked_at": timedelta(seconds=16)}, "waiting", True),
        ({"state": "working", "seen_at": timedelta(seconds=119)}, "working", False),
        ({"state": "working", "seen_at": timedelta(seconds=121)}, "silent", False),
        ({"state": "failed", "problem": "failed"}, "failed", False),
    ],
)
def test_the_page_says_how_far_it_is(
    as_editor: Client, assessment: Assessment, changes: dict[str, Any], state: str, unattended: bool
) -> None:
    as_editor.post(reverse("form_pdf", args=[assessment.pk]))
    now = timezone.now()
    FormFile.objects.update(
        **{key: now - value if isinstance(value, timedelta) else value for key, value in changes.items()}
    )
    context = as_editor.get(reverse("form_progress", args=[assessment.pk])).context
    assert (context["state"], context["unattended"]) == (state, unattended)


@pytest.mark.parametrize(
    ("changes", "jobs"),
    [
        ({"state": "waiting"}, 1),
        ({"state": "working", "seen_at": timedelta(seconds=119)}, 1),
        ({"state": "working", "seen_at": timedelta(seconds=121)}, 2),
        ({"state": "failed"}, 2),
        ({"state": "waiting", "asked_at": timedelta(seconds=121)}, 2),
    ],
)
def test_only_a_failed_or_abandoned_job_starts_again(
    as_editor: Client, assessment: Assessment, changes: dict[str, Any], jobs: int
) -> None:
    url = reverse("form_pdf", args=[assessment.pk])
    as_editor.post(url)
    now = timezone.now()
    FormFile.objects.update(
        **{key: now - value if isinstance(value, timedelta) else value for key, value in changes.items()}
    )
    as_editor.post(url)
    assert DBTaskResult.objects.count() == jobs


def test_a_form_that_cannot_be_made_says_so_and_can_be_tried_again(
    as_editor: Client, assessment: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    url, progress = (reverse(name, args=[assessment.pk]) for name in ("form_pdf", "form_progress"))
    as_editor.post(url)
    row = FormFile.objects.get()
    FormFile.objects.update(content={"broken": True})
    with caplog.at_level(logging.CRITICAL, logger="pmj.forms"):
        tasks.make_form.call(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "failed")
    assert as_editor.get(progress).context["state"] == "failed"
    as_editor.post(url)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_lost_file_is_made_again(as_editor: Client, assessment: Assessment) -> None:
    url, progress = (reverse(name, args=[assessment.pk]) for name in ("form_pdf", "form_progress"))
    as_editor.post(url)
    row = FormFile.objects.get()
    FormFile.objects.update(state="ready", file="xx/lost.pdf", finished_at=timezone.now())
    assert as_editor.get(url)["Location"] == progress
    assert as_editor.get(progress).context["state"] == "none"
    as_editor.post(url)
    row.refresh_from_db()
    assert (row.state, row.file.name) == ("waiting", "")


def test_old_files_are_forgotten(as_editor: Client, assessment: Assessment) -> None:
    as_editor.post(reverse("form_pdf", args=[assessment.pk]))
    FormFile.objects.update(state="failed", finished_at=timezone.now() - timedelta(days=59))
    tasks.forget_old_forms()
    assert FormFile.objects.count() == 1
    FormFile.objects.update(finished_at=timezone.now() - timedelta(days=61))
    tasks.forget_old_forms()
    assert FormFile.objects.count() == 0


def test_the_blank_form_of_a_round_is_for_everyone(as_editor: Client, as_inspector: Client, round_2569: Round) -> None:
    url, progress = (reverse(name, args=[round_2569.pk]) for name in ("blank_form_pdf", "blank_form_progress"))
    assert as_editor.get(url)["Location"] == progress
    as_editor.post(url)
    as_inspector.post(url)
    assert FormFile.objects.count() == 1
    assert as_inspector.get(progress).context["state"] == "waiting"
    assert as_editor.get(reverse("blank_form_pdf", args=[round_2569.pk + 1])).status_code == 404


FORM_VIEWS = ("form_page", "form_pdf", "form_progress", "form_excel")
BLANK_VIEWS = ("blank_form_pdf", "blank_form_progress", "blank_form_excel")


@pytest.mark.parametrize("name", FORM_VIEWS)
def test_a_stranger_finds_nothing(as_stranger: Client, assessment: Assessment, name: str) -> None:
    url = reverse(name, args=[assessment.pk])
    assert as_stranger.get(url).status_code == 404
    if name == "form_pdf":
        assert as_stranger.post(url).status_code == 404


@pytest.mark.parametrize("name", [*FORM_VIEWS, *BLANK_VIEWS])
def test_it_requires_login(client: Client, assessment: Assessment, name: str) -> None:
    key = assessment.round_id if name in BLANK_VIEWS else assessment.pk
    assert client.get(reverse(name, args=[key]))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [*FORM_VIEWS, *BLANK_VIEWS])
def test_it_rejects_other_methods(as_editor: Client, assessment: Assessment, name: str) -> None:
    key = assessment.round_id if name in BLANK_VIEWS else assessment.pk
    url = reverse(name, args=[key])
    assert as_editor.put(url).status_code == 405
    if not name.endswith("pdf"):
        assert as_editor.post(url).status_code == 405


def test_every_role_that_sees_the_office_may_take_its_form(
    assessment: Assessment, head: User, reviewer: User, manager: User, inspector: User, admin: User
) -> None:
    for user in (head, reviewer, manager, inspector, admin):
        assert signed_in(user).get(reverse("form_page", args=[assessment.pk])).status_code == 200


def test_the_page_holds_the_form_and_the_ways_to_take_it(as_editor: Client, assessment: Assessment) -> None:
    page = as_editor.get(reverse("form_page", args=[assessment.pk])).content.decode()
    assert reverse("form_excel", args=[assessment.pk]) in page
    assert page.count("<tr>") == 86 + 4 + 11
    assert "style=" not in page


def test_reading_costs_the_same_few_queries(
    as_editor: Client, assessment: Assessment, django_assert_num_queries: Any
) -> None:
    as_editor.get(reverse("form_page", args=[assessment.pk]))
    with django_assert_num_queries(4):
        as_editor.get(reverse("form_page", args=[assessment.pk]))
