"""The pages that start an office's year: facts, last year beside, soft warnings, dates of documents, the check."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from assessments import services
from assessments.models import Answer, Assessment, Carry, Confirmation, Evidence, Fact, Province, User
from assessments.queries import cautions
from assessments.services.dating import set_document_date
from assessments.services.seen import seen_mark
from assessments.services.stating import state_facts
from indicators.models import Edition
from tests.answers import answer_all
from tests.conftest import AFTER, signed_in
from tests.evidence import added, served
from tests.years import BEFORE, at, open_2568, save

pytestmark = pytest.mark.usefixtures("stored")
HTMX = {"HX-Request": "true"}


def base(assessment: Assessment) -> str:
    return f"/assessments/{assessment.pk}/"


def page_of(assessment: Assessment, code: str) -> str:
    return f"{base(assessment)}indicators/{code}/"


@pytest.fixture
def before(
    assessment: Assessment,
    edition: Edition,
    chiang_mai: Province,
    editor: User,
    manager: User,
    stored: Any,
    time_machine: Any,
) -> Assessment:
    with at(time_machine, BEFORE):
        found = open_2568(edition, chiang_mai, manager)
        save(found, editor, "2.1", inputs={"count": 4}, performance="ประชุมทุกเดือน", number_source="ทะเบียนกลาง")
        save(found, editor, "4.26", inputs={"count": 120})
        added(found, editor, "2.1", "บอร์ด.pdf")
    return found


@pytest.fixture
def differing(assessment: Assessment, editor: User) -> Assessment:
    """1.11 and 2.9 give two numbers for the staff."""
    save(assessment, editor, "1.11", inputs={"numerator": 40, "denominator": 45})
    save(assessment, editor, "2.9", inputs={"numerator": 40, "denominator": 44})
    return assessment


def raised(assessment: Assessment) -> cautions.Raised:
    (found,) = cautions.cautions_of(assessment, Answer.objects.of(assessment)).raised
    return found


def pressed(assessment: Assessment, reason: str = "ลาศึกษาต่อ", **other: str) -> dict[str, str]:
    found = raised(assessment)
    code = found.caution.code
    return {"warning": f"{code}:{found.mark}", f"reason-{code}": reason, **other}


# --- facts -----------------------------------------------------------------------------------------


def facts(**typed: str) -> dict[str, str]:
    """What the page sends while nothing is stated yet."""
    names = (
        *("staff", "staff_evaluated", "unit_heads", "social_workers", "subdistricts"),
        *("directory", "laos", "projects", "service_types", "topics"),
    )
    return dict.fromkeys(names, "") | {f"initial-{name}": "" for name in names} | typed


class TestFacts:
    def test_works(self, as_editor: Client, assessment: Assessment) -> None:
        path = f"{base(assessment)}facts/"
        assert as_editor.get(path).status_code == 200
        response = as_editor.post(path, facts(staff="๑,๒๐๐", directory="0"))
        assert response["Location"] == path
        assert dict(Fact.objects.values_list("name", "value")) == {"staff": 1200, "directory": 0}
        page = as_editor.get(path).content.decode()
        assert 'value="1,200"' in page
        assert page.count('aria-describedby="id_staff_unit id_staff_counts"') == 1

    def test_last_year_s_figure_stands_beside_and_is_not_filled_in(
        self, as_editor: Client, assessment: Assessment, before: Assessment, editor: User, time_machine: Any
    ) -> None:
        with at(time_machine, BEFORE):
            state_facts(assessment=before, values={"staff": 41}, by=editor)
        response = as_editor.get(f"{base(assessment)}facts/")
        field = response.context["form"]["staff"]
        assert (field.field.stated.last, field.value()) == (41, None)
        assert "last-figure" in response.content.decode()

    def test_only_what_this_person_changed_is_saved(
        self, as_editor: Client, assessment: Assessment, head: User
    ) -> None:
        state_facts(assessment=assessment, values={"staff": 44, "laos": 98}, by=head)
        path = f"{base(assessment)}facts/"
        as_editor.post(path, facts(directory="117"))  # the page was opened before the head stated anything
        assert dict(Fact.objects.values_list("name", "value")) == {"staff": 44, "laos": 98, "directory": 117}
        as_editor.post(path, facts(staff="", **{"initial-staff": "44"}))
        assert dict(Fact.objects.values_list("name", "value")) == {"laos": 98, "directory": 117}

    @pytest.mark.parametrize("typed", ["ห้า", "-1", "1.5", "1,23", "9999999999"])
    def test_what_cannot_be_read_is_told_and_kept(self, as_editor: Client, assessment: Assessment, typed: str) -> None:
        response = as_editor.post(f"{base(assessment)}facts/", facts(staff=typed, laos="98"))
        page = response.content.decode()
        assert response.status_code == 422
        (words,) = response.context["form"].errors["staff"]
        assert page.count(words.replace("“", "“")) == 2
        assert 'href="#id_staff"' in page
        assert f'value="{typed}"' in page
        assert 'value="98"' in page
        assert Fact.objects.count() == 0

    def test_who_and_when(
        self,
        as_editor: Client,
        editor: User,
        as_stranger: Client,
        as_reviewer: Client,
        client: Client,
        assessment: Assessment,
        time_machine: Any,
    ) -> None:
        path = f"{base(assessment)}facts/"
        assert (as_stranger.get(path).status_code, as_stranger.post(path, facts()).status_code) == (404, 404)
        assert (as_reviewer.get(path).status_code, as_reviewer.post(path, facts()).status_code) == (200, 403)
        assert "<form" not in as_reviewer.get(path).content.decode().split('id="main"')[1].split("</main>")[0]
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
        assert as_editor.put(path).status_code == 405
        time_machine.move_to(AFTER)
        assert signed_in(editor).post(path, facts(staff="4")).status_code == 403

    def test_the_fact_is_offered_beside_its_box(self, as_editor: Client, assessment: Assessment, editor: User) -> None:
        page = as_editor.get(page_of(assessment, "2.9")).content.decode()
        assert f'class="small" href="{base(assessment)}facts/"' in page
        state_facts(assessment=assessment, values={"staff": 1200}, by=editor)
        for path in (page_of(assessment, "2.9"), f"{base(assessment)}areas/2-3/"):
            page = as_editor.get(path).content.decode()
            assert 'data-use="1,200" data-into="a2-9_denominator" hidden' in page
            assert page.count("data-use=") == 1
        assert "data-use" not in as_editor.get(page_of(assessment, "2.2")).content.decode()


# --- warnings under the number --------------------------------------------------------------------------


class TestWarnings:
    def test_a_warning_stands_there_at_once_after_a_save_and_after_a_reload(
        self, as_editor: Client, assessment: Assessment, before: Assessment
    ) -> None:
        path = page_of(assessment, "4.26")
        data = {"version": "0", "count": "1,200"}
        state = as_editor.post(f"{path}save/", data, headers=HTMX).content.decode()
        assert "ปีที่แล้ว 120 ปีนี้ 1,200 ครั้ง ยืนยันหรือไม่" in state
        page = as_editor.get(path).content.decode()
        part = state[state.index('<div id="_warnings"') : state.index('<table class="table bands">')]
        assert part.strip().replace(' role="status"', "") in page
        assert 'id="confirm-form"' in page

    def test_confirming_with_htmx_gives_the_warnings_back(self, as_editor: Client, differing: Assessment) -> None:
        path = f"{page_of(differing, '1.11')}confirm/"
        response = as_editor.post(path, pressed(differing, at="2.9"), headers=HTMX)
        page = response.content.decode()
        assert response.status_code == 200
        assert page.strip().startswith('<div id="_warnings">')
        assert "ลาศึกษาต่อ" in page
        assert "caution-done" in page
        assert Confirmation.objects.get().reason == "ลาศึกษาต่อ"

    def test_on_the_check_page_one_warning_comes_back_by_itself(self, as_editor: Client, differing: Assessment) -> None:
        path = f"{page_of(differing, '1.11')}confirm/"
        check = as_editor.get(f"{base(differing)}check/").content.decode()
        assert f'hx-post="{path}" hx-target="#_caution_same-staff"' in check
        response = as_editor.post(path, pressed(differing, reason="", back="check"), headers=HTMX)
        page = response.content.decode()
        assert (response.status_code, page.count('class="refusal"'), page.count("<textarea")) == (422, 1, 1)
        assert Confirmation.objects.count() == 0
        page = as_editor.post(path, pressed(differing, back="check"), headers=HTMX).content.decode()
        assert (page.count("<textarea"), page.count('hx-swap-oob="true"')) == (1, 2)
        assert [
            page.count(part) for part in ('id="_caution_same-staff"', 'id="_caution_count"', 'id="_unconfirmed"')
        ] == [1, 1, 1]
        assert ("caution-done" in page, "data-unconfirmed" in page) == (True, False)
        assert Confirmation.objects.get().reason == "ลาศึกษาต่อ"

    def test_a_warning_that_is_gone_leads_back_to_the_check(
        self, as_editor: Client, differing: Assessment, editor: User
    ) -> None:
        seen = pressed(differing, back="check")
        save(differing, editor, "2.9", inputs={"numerator": 40, "denominator": 45})
        response = as_editor.post(f"{page_of(differing, '1.11')}confirm/", seen, headers=HTMX)
        assert (response.status_code, response["HX-Redirect"]) == (200, f"{base(differing)}check/#cautions")
        assert Confirmation.objects.count() == 0

    def test_without_javascript_it_leads_back(self, as_editor: Client, differing: Assessment) -> None:
        path = f"{page_of(differing, '1.11')}confirm/"
        assert as_editor.post(path, pressed(differing))["Location"] == f"{page_of(differing, '1.11')}#_warnings"
        back = as_editor.post(path, pressed(differing, back="check"))
        assert back["Location"] == f"{base(differing)}check/#cautions"
        assert Confirmation.objects.count() == 1

    def test_without_a_reason_nothing_is_confirmed(self, as_editor: Client, differing: Assessment) -> None:
        path = f"{page_of(differing, '1.11')}confirm/"
        response = as_editor.post(path, pressed(differing, reason=" "))
        page = response.content.decode()
        (words,) = response.context["form"].errors["reason"]
        assert (response.status_code, page.count(words)) == (422, 2)
        assert 'href="#id_reason-same-staff"' in page
        assert f'href="{base(differing)}check/#cautions"' not in page
        of_the_check = as_editor.post(path, pressed(differing, reason=" ", back="check")).content.decode()
        assert f'href="{base(differing)}check/#cautions"' in of_the_check
        with_htmx = as_editor.post(path, pressed(differing, reason=""), headers=HTMX)
        assert (with_htmx.status_code, with_htmx.content.decode().count(words)) == (422, 1)
        assert Confirmation.objects.count() == 0

    @pytest.mark.parametrize("warning", ["", "nonsense", "same-staff:", "same-staff:0000000000000000"])
    def test_a_broken_or_outdated_request_confirms_nothing(
        self, as_editor: Client, differing: Assessment, warning: str
    ) -> None:
        data = {"warning": warning, "reason-same-staff": "เหตุ", "reason-": "เหตุ"}
        assert as_editor.post(f"{page_of(differing, '1.11')}confirm/", data).status_code in (302, 422)
        assert Confirmation.objects.count() == 0

    def test_figures_that_changed_are_asked_about_again(
        self, as_editor: Client, differing: Assessment, editor: User
    ) -> None:
        seen = pressed(differing)
        save(differing, editor, "2.9", inputs={"numerator": 40, "denominator": 43})
        response = as_editor.post(f"{page_of(differing, '1.11')}confirm/", seen, headers=HTMX)
        assert response.status_code == 422
        assert "43 คน" in response.content.decode()
        assert Confirmation.objects.count() == 0

    def test_who_and_when(
        self,
        as_editor: Client,
        editor: User,
        as_stranger: Client,
        as_reviewer: Client,
        client: Client,
        differing: Assessment,
        time_machine: Any,
    ) -> None:
        path, data = f"{page_of(differing, '1.11')}confirm/", pressed(differing)
        assert as_stranger.post(path, data).status_code == 404
        assert as_reviewer.post(path, data).status_code == 403
        assert client.post(path, data)["Location"] == f"/accounts/login/?next={path}"
        assert as_editor.get(path).status_code == 405
        assert as_editor.post(f"{page_of(differing, '9.9')}confirm/", data).status_code == 404
        time_machine.move_to(AFTER)
        assert signed_in(editor).post(path, data).status_code == 403
        assert Confirmation.objects.count() == 0

    def test_a_reviewer_reads_the_reason(self, as_editor: Client, as_reviewer: Client, differing: Assessment) -> None:
        as_editor.post(f"{page_of(differing, '1.11')}confirm/", pressed(differing))
        page = as_reviewer.get(page_of(differing, "2.9")).content.decode()
        assert "ลาศึกษาต่อ" in page
        assert "confirm-form" not in page


# --- last year beside ----------------------------------------------------------------------------------


class TestLastYear:
    def test_it_stands_on_the_indicator_s_page_and_no_number_is_filled_in(
        self, as_editor: Client, assessment: Assessment, before: Assessment
    ) -> None:
        response = as_editor.get(page_of(assessment, "2.1"))
        page = response.content.decode()
        for words in ("<strong>4</strong> รูปแบบ", "ประชุมทุกเดือน", "ทะเบียนกลาง", "บอร์ด.pdf", 'id="last-year" open'):
            assert words in page
        assert response.context["form"]["count"].value() in (None, "")
        assert "4 รูปแบบ (7.5)" in as_editor.get(f"{base(assessment)}areas/2-1/").content.decode()

    def test_without_a_last_year_the_page_has_none(self, as_editor: Client, assessment: Assessment) -> None:
        page = as_editor.get(page_of(assessment, "2.1")).content.decode()
        assert "last-year" not in page
        assert "last-figures" not in page

    def test_a_text_and_a_file_are_carried_over(
        self, as_editor: Client, assessment: Assessment, before: Assessment
    ) -> None:
        old = Evidence.objects.get()
        path = f"{page_of(assessment, '2.1')}carry/"
        for say in ("performance:same", f"{old.pk}:same", "number_source:dropped"):
            response = as_editor.post(path, {"say": say})
            assert response["Location"] == f"{page_of(assessment, '2.1')}#last-year"
        back = as_editor.post(path, {"say": "performance:same", "back": "check"})
        assert back["Location"] == f"{page_of(assessment, '2.1')}?back=check#last-year"
        answer = Answer.objects.get(assessment=assessment, indicator__code="2.1")
        assert (answer.performance, answer.number_source, answer.inputs) == ("ประชุมทุกเดือน", "", None)
        assert served(Evidence.objects.get(assessment=assessment)) == {"2.1"}
        assert sorted(Carry.objects.values_list("choice", flat=True)) == ["dropped", "same", "same"]
        assert 'id="last-year">' in as_editor.get(page_of(assessment, "2.1")).content.decode()

    @pytest.mark.parametrize("say", ["", "performance", "performance:copied", "inputs:same", "count:same"])
    def test_a_broken_request_carries_nothing(
        self, as_editor: Client, assessment: Assessment, before: Assessment, say: str
    ) -> None:
        response = as_editor.post(f"{page_of(assessment, '2.1')}carry/", {"say": say}, follow=True)
        assert [str(message.level_tag) for message in response.context["messages"]] != []
        assert Carry.objects.count() == 0

    def test_another_office_s_evidence_is_not_there(
        self, as_editor: Client, assessment: Assessment, before: Assessment, phuket: Province, stranger: User
    ) -> None:
        theirs = added(Assessment.objects.whole().get(round__year=2569, province=phuket), stranger, "2.1")
        path = f"{page_of(assessment, '2.1')}carry/"
        assert as_editor.post(path, {"say": f"{theirs.pk}:same"}).status_code == 404
        assert as_editor.post(path, {"say": f"{uuid4()}:same"}).status_code == 404

    def test_who_and_when(
        self,
        as_editor: Client,
        editor: User,
        as_stranger: Client,
        as_reviewer: Client,
        client: Client,
        assessment: Assessment,
        before: Assessment,
        time_machine: Any,
    ) -> None:
        path, data = f"{page_of(assessment, '2.1')}carry/", {"say": "performance:same"}
        assert as_stranger.post(path, data).status_code == 404
        assert as_reviewer.post(path, data).status_code == 403
        assert client.post(path, data)["Location"] == f"/accounts/login/?next={path}"
        assert as_editor.get(path).status_code == 405
        assert "carry-form" not in as_reviewer.get(page_of(assessment, "2.1")).content.decode()
        time_machine.move_to(AFTER)
        assert signed_in(editor).post(path, data).status_code == 403
        assert Carry.objects.count() == 0

    def test_the_pages_cost_a_fixed_number_of_queries(
        self,
        as_editor: Client,
        assessment: Assessment,
        before: Assessment,
        editor: User,
        django_assert_num_queries: Any,
        time_machine: Any,
    ) -> None:
        path = page_of(assessment, "2.1")
        as_editor.get(path)
        with django_assert_num_queries(15):
            as_editor.get(path)
        with at(time_machine, BEFORE):
            for number in range(3):
                services.evidence.add_link(
                    answer=Answer.objects.get(assessment=before, indicator__code="2.1"),
                    url=f"https://drive.example/{number}",
                    name=f"{number}",
                    by=editor,
                )
        with django_assert_num_queries(15):
            as_editor.get(path)


# --- the date of a document ---------------------------------------------------------------------------


class TestDocumentDate:
    def test_works(self, as_editor: Client, kept: Evidence) -> None:
        path = f"/evidence/{kept.pk}/date/"
        assert as_editor.get(path).status_code == 200
        data = {"document_date_0": "๕", "document_date_1": "ก.ย.", "document_date_2": "๒๕๖๘"}
        response = as_editor.post(path, data)
        assert response["Location"] == f"/assessments/{kept.assessment_id}/evidence/"
        kept.refresh_from_db()
        assert kept.document_date == date(2025, 9, 5)
        for page in (f"/assessments/{kept.assessment_id}/evidence/", page_of(kept.assessment, "2.1")):
            shown = as_editor.get(page).content.decode()
            assert "5 ก.ย. 2568" in shown
            assert 'class="outside"' in shown
        as_editor.post(path, {"document_date_0": "", "document_date_1": "", "document_date_2": ""})
        kept.refresh_from_db()
        assert kept.document_date is None

    def test_a_date_within_the_year_is_not_flagged(self, as_editor: Client, kept: Evidence, editor: User) -> None:
        set_document_date(evidence=kept, day=date(2025, 10, 1), by=editor)
        page = as_editor.get(page_of(kept.assessment, "2.1")).content.decode()
        assert "1 ต.ค. 2568" in page
        assert 'class="outside"' not in page

    def test_with_htmx_it_stands_in_its_place(self, as_editor: Client, kept: Evidence) -> None:
        path = f"/evidence/{kept.pk}/date/"
        form = as_editor.get(path, headers=HTMX).content.decode()
        assert form.strip().startswith(f'<div class="evidence-date" id="_date_{kept.pk}">')
        data = {"document_date_0": "1", "document_date_1": "3", "document_date_2": "2569"}
        done = as_editor.post(path, data, headers=HTMX).content.decode()
        assert "1 มี.ค. 2569" in done
        assert done.strip() in as_editor.get(page_of(kept.assessment, "2.1")).content.decode()

    @pytest.mark.parametrize("parts", [("32", "1", "2569"), ("1", "", "2569"), ("1", "3", "2026")])
    def test_what_is_no_date_is_told(self, as_editor: Client, kept: Evidence, parts: tuple[str, str, str]) -> None:
        data = {f"document_date_{place}": text for place, text in enumerate(parts)}
        response = as_editor.post(f"/evidence/{kept.pk}/date/", data)
        assert response.status_code == 422
        (words,) = response.context["form"].errors["document_date"]
        assert response.content.decode().count(words) == 2
        kept.refresh_from_db()
        assert kept.document_date is None

    def test_who_and_when(
        self,
        as_editor: Client,
        editor: User,
        as_stranger: Client,
        as_reviewer: Client,
        client: Client,
        kept: Evidence,
        time_machine: Any,
    ) -> None:
        path = f"/evidence/{kept.pk}/date/"
        assert as_stranger.get(path).status_code == 404
        assert as_reviewer.get(path).status_code == 403
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
        assert as_editor.put(path).status_code == 405
        time_machine.move_to(AFTER)
        assert signed_in(editor).post(path, {}).status_code == 403


# --- the check ---------------------------------------------------------------------------------------


class TestCheck:
    def test_completeness_by_kind(self, as_editor: Client, assessment: Assessment, editor: User) -> None:
        save(assessment, editor, "2.1", inputs={"count": 5}, performance="ทำแล้ว")
        save(assessment, editor, "2.3", inputs={"count": 5})
        save(assessment, editor, "2.4", performance="กำลังนับ")
        added(assessment, editor, "2.1")
        response = as_editor.get(f"{base(assessment)}check/")
        assert response.context["check"].complete == [("number", 2), ("evidence", 1), ("text", 2)]
        page = response.content.decode()
        assert page.index('id="completeness"') < page.index('id="gaps"')
        for place in ("#gaps", "#no-evidence", "#no-text"):
            assert f'href="{place}"' in page

    def test_what_is_complete_has_no_link(self, as_editor: Client, assessment: Assessment, editor: User) -> None:
        answer_all(assessment, editor)
        page = as_editor.get(f"{base(assessment)}check/").content.decode()
        assert 'href="#gaps"' not in page.split("<table")[2]

    def test_unconfirmed_warnings_stand_before_the_certification(self, as_head: Client, differing: Assessment) -> None:
        page = as_head.get(f"{base(differing)}check/").content.decode()
        assert page.index('id="certify"') < page.index("data-unconfirmed")
        assert 'href="#_caution_same-staff"' in page
        assert 'id="_caution_same-staff"' in page
        as_head.post(f"{page_of(differing, '1.11')}confirm/", pressed(differing, back="check"))
        page = as_head.get(f"{base(differing)}check/").content.decode()
        assert "data-unconfirmed" not in page
        assert "ลาศึกษาต่อ" in page

    def test_a_warning_does_not_stop_a_submission(self, as_head: Client, assessment: Assessment, editor: User) -> None:
        answer_all(assessment, editor, c2_9={"numerator": 40, "denominator": 44})
        assert "same-staff" in [
            each.caution.code for each in cautions.cautions_of(assessment, Answer.objects.of(assessment)).open
        ]
        data = {"certified": "on", "answers_seen": seen_mark(assessment)}
        response = as_head.post(f"{base(assessment)}submit/", data)
        assert response["Location"] == f"{base(assessment)}receipt/"

    def test_evidence_of_another_year_is_asked_about(
        self, as_editor: Client, assessment: Assessment, editor: User
    ) -> None:
        evidence = added(assessment, editor, "2.1")
        set_document_date(evidence=evidence, day=date(2025, 9, 5), by=editor)
        page = as_editor.get(f"{base(assessment)}check/").content.decode()
        assert f'id="_caution_date-{evidence.pk}"' in page
        response = as_editor.post(f"{page_of(assessment, '2.1')}confirm/", pressed(assessment, back="check"))
        assert response.status_code == 302
        assert raised(assessment).confirmation is not None

    def test_what_waits_to_be_updated_is_listed(
        self, as_editor: Client, assessment: Assessment, before: Assessment, editor: User
    ) -> None:
        old = Evidence.objects.get()
        path = f"{page_of(assessment, '2.1')}carry/"
        for say in ("performance:updated", f"{old.pk}:updated", "number_source:same"):
            as_editor.post(path, {"say": say})
        response = as_editor.get(f"{base(assessment)}check/")
        assert [(update.node.code, update.name) for update in response.context["updates"]] == [
            ("2.1", "ผลการดำเนินงาน"),
            ("2.1", "บอร์ด.pdf"),
        ]
        save(assessment, editor, "2.1", performance="ประชุมทุกสองเดือน")
        response = as_editor.get(f"{base(assessment)}check/")
        assert [update.name for update in response.context["updates"]] == ["บอร์ด.pdf"]
