"""Off the network, as pages: the workbook out, back and applied, and worksheets for paper."""

import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments import services
from assessments.models import AnswerChange, Assessment, Province, User, WorkbookImport
from assessments.services.workbooks import keep_workbook
from assessments.workflow import Status
from indicators import editions
from tests import uploads
from tests.conftest import AFTER, DURING, signed_in
from tests.workbooks import filled, made, with_parts

NAME = "แบบกรอก.xlsx"


def at(name: str, assessment: Assessment, *args: Any) -> str:
    return reverse(name, args=[assessment.pk, *args])


def send(client: Client, assessment: Assessment, book: bytes, name: str = NAME) -> Any:
    return client.post(at("workbook_upload", assessment), {"file": uploads.upload(name, book)})


@pytest.fixture
def book(assessment: Assessment) -> bytes:
    """A workbook with two answers, and one cell that cannot be taken."""
    return filled(made(assessment), {"2.1/count": 5, "2.2/numerator": 90, "2.2/denominator": 100, "4.1/count": "ห้า"})


@pytest.fixture
def uploaded(as_editor: Client, assessment: Assessment, book: bytes) -> WorkbookImport:
    send(as_editor, assessment, book)
    return WorkbookImport.objects.get()


class TestPage:
    def test_it_offers_the_way_out_and_back(self, as_editor: Client, assessment: Assessment) -> None:
        page = as_editor.get(at("workbook_page", assessment)).content.decode()
        assert at("workbook_download", assessment) in page
        assert at("workbook_upload", assessment) in page
        assert at("worksheets", assessment) in page
        assert len(re.findall(r"/worksheets/\d-\d+/", page)) == 20

    def test_the_task_list_leads_to_it(self, as_editor: Client, assessment: Assessment) -> None:
        page = as_editor.get(reverse("assessment_detail", args=[assessment.pk])).content.decode()
        assert f'href="{at("workbook_page", assessment)}"' in page

    def test_whoever_sees_the_assessment_may_read_it_without_the_upload(
        self, as_reviewer: Client, assessment: Assessment
    ) -> None:
        page = as_reviewer.get(at("workbook_page", assessment)).content.decode()
        assert at("workbook_download", assessment) in page
        assert at("workbook_upload", assessment) not in page

    def test_an_uploaded_workbook_that_waits_is_shown(
        self, as_head: Client, assessment: Assessment, uploaded: WorkbookImport
    ) -> None:
        assert (
            at("workbook_import", assessment, uploaded.pk)
            in as_head.get(at("workbook_page", assessment)).content.decode()
        )

    def test_queries_stay_few(
        self, as_editor: Client, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        as_editor.get(at("workbook_page", assessment))
        with django_assert_num_queries(4):
            as_editor.get(at("workbook_page", assessment))


NAMES = ("workbook_page", "workbook_download", "worksheets")


@pytest.mark.parametrize("name", NAMES)
def test_reading_is_for_those_who_see_the_assessment(
    name: str, client: Client, as_stranger: Client, as_inspector: Client, assessment: Assessment
) -> None:
    place = at(name, assessment)
    assert as_inspector.get(place).status_code == 200
    assert as_stranger.get(place).status_code == 404
    assert client.get(place)["Location"].startswith(str(reverse(settings.LOGIN_URL)))
    assert as_inspector.post(place).status_code == 405


@pytest.mark.parametrize("name", ["workbook_upload", "workbook_import", "workbook_apply", "workbook_drop"])
def test_bringing_back_is_for_the_office_while_answering_is_open(
    name: str,
    client: Client,
    as_editor: Client,
    as_stranger: Client,
    as_reviewer: Client,
    assessment: Assessment,
    uploaded: WorkbookImport,
    time_machine: Any,
) -> None:
    place = at(name, assessment) if name == "workbook_upload" else at(name, assessment, uploaded.pk)
    method = "get" if name == "workbook_import" else "post"

    def status(person: Client) -> int:
        return int(getattr(person, method)(place).status_code)

    assert status(as_stranger) == 404
    assert status(as_reviewer) == 403
    assert client.post(place).status_code == 302
    time_machine.move_to(AFTER)
    # The session of the summer has ended.
    assert status(signed_in(uploaded.by)) == 403
    time_machine.move_to(DURING)
    Assessment.objects.filter(pk=assessment.pk).update(
        status=Status.SUBMITTED,
        submitted_at="2026-08-03T03:00:00Z",
        submitted_by=uploaded.by,
        reference="x",
        answers_hash="y",
    )
    assert status(as_editor) == 403
    assert WorkbookImport.objects.filter(pk=uploaded.pk, applied_at=None).exists()


@pytest.mark.parametrize("name", ["workbook_upload", "workbook_apply"])
def test_a_reload_of_the_address_leads_to_the_page(
    name: str, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport
) -> None:
    keys = [] if name == "workbook_upload" else [uploaded.pk]
    assert as_editor.get(at(name, assessment, *keys)).status_code == 302
    assert as_editor.put(at(name, assessment, *keys)).status_code == 405


def test_the_download_has_a_thai_name(as_editor: Client, assessment: Assessment) -> None:
    response = as_editor.get(at("workbook_download", assessment))
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E0%B9%81%E0%B8%9A%E0%B8%9A")
    assert response.content[:2] == b"PK"


class TestUpload:
    def test_it_shows_the_differences_and_saves_nothing_yet(
        self, as_editor: Client, assessment: Assessment, book: bytes
    ) -> None:
        response = send(as_editor, assessment, book)
        kept = WorkbookImport.objects.get()
        assert response["Location"] == at("workbook_import", assessment, kept.pk)
        page = as_editor.get(response["Location"]).content.decode()
        assert re.findall(r'name="cells" value="([^"]+)"[^>]*checked', page) == [
            "2.1/count/0",
            "2.2/numerator/0",
            "2.2/denominator/0",
        ]
        assert "มิติ 4!E" in page
        assert "อ่านค่าที่กรอกไม่ได้: ห้า" in page
        assert AnswerChange.objects.count() == 0
        assert (kept.name, kept.applied_at) == (NAME, None)

    def test_a_newer_upload_takes_the_place_of_the_unused_one(
        self, as_editor: Client, assessment: Assessment, book: bytes, uploaded: WorkbookImport
    ) -> None:
        send(as_editor, assessment, book)
        assert WorkbookImport.objects.count() == 1
        assert not WorkbookImport.objects.filter(pk=uploaded.pk).exists()

    def test_an_unchanged_workbook_differs_in_nothing(self, as_editor: Client, assessment: Assessment) -> None:
        page = as_editor.get(send(as_editor, assessment, made(assessment))["Location"]).content.decode()
        assert 'name="cells"' not in page
        assert 'name="everything"' not in page

    def test_without_a_file_it_says_so(self, as_editor: Client, assessment: Assessment) -> None:
        response = as_editor.post(at("workbook_upload", assessment))
        assert response.status_code == 422
        assert response.content.decode().count('href="#workbook-file"') == 1

    @pytest.mark.parametrize(
        ("name", "hostile"),
        [
            ("a.xlsx", lambda book: b"PK\x03\x04 damaged"),
            ("a.xlsx", lambda book: uploads.pdf()),
            ("a.xlsx", lambda book: uploads.workbook()),
            ("a.pdf", lambda book: uploads.pdf()),
            ("a.csv", lambda book: b"a,b"),
            ("a.xlsx", lambda book: book[: len(book) // 2]),
            ("a.xlsx", lambda book: with_parts(book, {"xl/vbaProject.bin": b"macro"})),
            ("a.xlsx", lambda book: with_parts(book, {"xl/bomb.xml": b" " * 30_000_000})),
            ("a.xlsx", lambda book: with_parts(book, {"xl/inner.zip": b"PK"})),
            ("a.xlsx", lambda book: with_parts(book, {"../outside.xml": b"<a/>"})),
            (
                "a.xlsx",
                lambda book: with_parts(
                    book, {"xl/sharedStrings.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'}
                ),
            ),
            (
                "a.xlsx",
                lambda book: with_parts(
                    book,
                    {
                        "xl/worksheets/_rels/sheet3.xml.rels": uploads.relations(
                            ("externalLink", "http://127.0.0.1/x.xlsx", "External")
                        )
                    },
                ),
            ),
        ],
    )
    def test_a_hostile_file_is_refused_with_its_reason(
        self, as_editor: Client, assessment: Assessment, name: str, hostile: Any
    ) -> None:
        response = send(as_editor, assessment, hostile(made(assessment)), name)
        assert response.status_code == 422
        page = response.content.decode()
        assert 'class="error-summary"' in page
        assert 'id="workbook-file_error"' in page
        assert WorkbookImport.objects.count() == 0

    def test_the_workbook_of_another_office_is_refused(
        self, as_editor: Client, assessment: Assessment, phuket: Province
    ) -> None:
        other = Assessment.objects.whole().get(round=assessment.round, province=phuket)
        response = send(as_editor, assessment, made(other))
        assert response.status_code == 422
        assert assessment.province.office_name in response.content.decode()


class TestApply:
    def test_everything_that_is_ticked_is_saved_at_once(
        self, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport, editor: User
    ) -> None:
        place = at("workbook_apply", assessment, uploaded.pk)
        response = as_editor.post(place, {"everything": "on"})
        assert response["Location"] == at("workbook_import", assessment, uploaded.pk)
        scores = dict(assessment.answers.filter(version__gt=0).values_list("indicator__code", "score"))
        assert scores == {"2.1": 10, "2.2": 10}
        assert set(AnswerChange.objects.values_list("by", flat=True)) == {editor.pk}
        as_editor.post(place, {"everything": "on"})
        assert AnswerChange.objects.count() == 2
        uploaded.refresh_from_db()
        assert uploaded.applied_at is not None

    def test_what_was_applied_leads_on_and_asks_for_no_choice_any_more(
        self, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport
    ) -> None:
        tasks = f'class="btn btn-primary" href="{reverse("assessment_detail", args=[assessment.pk])}"'
        words = ("นำเข้าทีละมิติ", tasks, at("workbook_drop", assessment, uploaded.pk), 'class="diff-refused"')
        before = as_editor.get(at("workbook_import", assessment, uploaded.pk)).content.decode()
        assert [word in before for word in words] == [True, False, True, True]
        page = as_editor.post(at("workbook_apply", assessment, uploaded.pk), {"everything": "on"}, follow=True)
        assert [word in page.content.decode() for word in words] == [False, True, True, True]

    def test_a_part_is_saved_and_the_rest_stays_on_the_page(
        self, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport
    ) -> None:
        as_editor.post(at("workbook_apply", assessment, uploaded.pk), {"cells": ["2.1/count/0"]})
        assert list(assessment.answers.filter(version__gt=0).values_list("indicator__code", flat=True)) == ["2.1"]
        page = as_editor.get(at("workbook_import", assessment, uploaded.pk)).content.decode()
        assert re.findall(r'name="cells" value="([^"]+)"', page) == ["2.2/numerator/0", "2.2/denominator/0"]

    @pytest.mark.parametrize("sent", [{}, {"cells": ["nonsense"]}, {"cells": ["2.1/count"]}])
    def test_nothing_ticked_or_nonsense_is_refused(
        self, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport, sent: Any
    ) -> None:
        assert as_editor.post(at("workbook_apply", assessment, uploaded.pk), sent).status_code == 422
        assert AnswerChange.objects.count() == 0

    def test_an_input_that_does_not_differ_is_passed_over(
        self, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport
    ) -> None:
        as_editor.post(at("workbook_apply", assessment, uploaded.pk), {"cells": ["9.9/count/3", "2.3/count/0"]})
        assert AnswerChange.objects.count() == 0

    def test_the_import_of_another_assessment_does_not_exist(
        self, as_editor: Client, assessment: Assessment, phuket: Province, stranger: User
    ) -> None:
        other = Assessment.objects.whole().get(round=assessment.round, province=phuket)
        theirs = keep_workbook(assessment=other, name="a.xlsx", content={}, by=stranger)
        assert as_editor.get(at("workbook_import", assessment, theirs.pk)).status_code == 404
        assert as_editor.post(at("workbook_apply", assessment, uuid.uuid4()), {"everything": "on"}).status_code == 404

    def test_dropping_changes_no_answer(
        self, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport
    ) -> None:
        assert as_editor.get(at("workbook_drop", assessment, uploaded.pk)).status_code == 405
        as_editor.post(at("workbook_drop", assessment, uploaded.pk))
        assert (WorkbookImport.objects.count(), AnswerChange.objects.count()) == (0, 0)

    def test_a_colleague_s_change_is_shown_beside_and_left(
        self, as_editor: Client, assessment: Assessment, uploaded: WorkbookImport, head: User
    ) -> None:
        node = editions.standard_of(assessment.round.edition).indicators["2.1"]
        services.save_answer(
            assessment=assessment, indicator=node, by=head, version=0, entry=services.Entry(inputs={"count": 4})
        )
        page = as_editor.get(at("workbook_import", assessment, uploaded.pk)).content.decode()
        assert page.count('class="diff-stale"') == 1
        as_editor.post(at("workbook_apply", assessment, uploaded.pk), {"everything": "on"})
        assert assessment.answers.get(indicator=node.pk).inputs == {"count": 4}


class TestWorksheets:
    def test_all_areas_and_every_indicator(self, as_editor: Client, assessment: Assessment) -> None:
        page = as_editor.get(at("worksheets", assessment)).content.decode()
        assert page.count('class="worksheet"') == 20
        assert page.count('class="sheet-item"') == 86

    def test_one_area(self, as_editor: Client, assessment: Assessment) -> None:
        page = as_editor.get(at("worksheets_area", assessment, "4-5")).content.decode()
        assert page.count('class="worksheet"') == 1
        assert "<h3>4.14 " in page
        assert "<h3>2.1 " not in page

    def test_an_unknown_area_does_not_exist(self, as_editor: Client, assessment: Assessment) -> None:
        assert as_editor.get(at("worksheets_area", assessment, "9-9")).status_code == 404
