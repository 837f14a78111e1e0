"""After a return with questions: only what is asked is open, on every page and in every service."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import services
from assessments.forms.workbook_cells import read_workbook
from assessments.models import Answer, Assessment, Assignment, Evidence, Question, User
from assessments.queries.workbooks import REFUSED, compare
from assessments.services import Refused, uploads
from assessments.services import workbooks as acts
from assessments.services.assigning import Wanted
from assessments.services.carrying import carry_text
from assessments.services.confirming import confirm
from assessments.services.dating import set_document_date
from assessments.services.restoring import restore_answer
from assessments.services.review import answer_question, ask
from assessments.workflow import Status
from indicators import editions
from tests.conftest import signed_in
from tests.evidence import added, answer_to, served
from tests.uploads import image, pdf, upload
from tests.workbooks import filled, made

pytestmark = pytest.mark.usefixtures("stored")

LOCKED = "The central division asks only about 2.1, 4.1; all other answers stay as they were submitted."


def english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def node_of(assessment: Assessment, code: str) -> Any:
    return editions.standard_of(assessment.round.edition).indicators[code]


def returned_with(assessment: Assessment, reviewer: User, *codes: str) -> Assessment:
    for code in codes:
        ask(assessment=assessment, indicator=node_of(assessment, code), by=reviewer, text=f"Which register for {code}?")
    return services.return_for_correction(
        assessment=assessment, by=reviewer, reason="Two things are unclear.", due_on=date(2026, 8, 20)
    )


@pytest.fixture
def shared(assessment: Assessment, editor: User, stored: Path) -> Evidence:
    """A file that serves an indicator that is asked about, and one that is not."""
    file = added(assessment, editor, "2.1", "ทะเบียน.pdf", pdf(text="2"))
    services.evidence.use(evidence=[file], answer=answer_to(assessment, "2.2"), by=editor)
    return file


@pytest.fixture
def asked(shared: Evidence, submitted: Assessment, reviewer: User) -> Assessment:
    """Returned with a question about 2.1 and one about 4.1."""
    return returned_with(submitted, reviewer, "2.1", "4.1")


@pytest.fixture
def client(as_editor: Client) -> Client:
    return english(as_editor)


def url(name: str, assessment: Assessment, *rest: Any) -> str:
    return reverse(name, args=[assessment.pk, *rest])


def refused(response: Any) -> bool:
    return response.status_code == 403 and LOCKED in response.content.decode()


# --- pages -------------------------------------------------------------------------------------------


def test_the_page_of_an_indicator_that_is_not_asked_about_is_locked(asked: Assessment, client: Client) -> None:
    page = client.get(url("answer_detail", asked, "2.2")).content.decode()
    assert LOCKED in page
    assert "data-answer" not in page
    assert "data-start" not in page  # no upload
    page = client.get(url("answer_detail", asked, "2.1")).content.decode()
    assert "Locked:" not in page
    assert "data-answer" in page
    assert "data-start" in page


def test_the_area_s_page_has_forms_for_what_is_asked(asked: Assessment, client: Client) -> None:
    page = client.get(url("area_detail", asked, "2-1")).content.decode()
    assert page.count("data-answer ") == 1
    assert LOCKED in page
    area = editions.standard_of(asked.round.edition).areas["2-1"]
    assert page.count("not asked about") == len(area.indicators) - 1


def test_nothing_is_locked_after_a_return_without_questions(
    submitted: Assessment, reviewer: User, client: Client
) -> None:
    returned = returned_with(submitted, reviewer)
    assert returned.asked == []
    assert "data-answer" in client.get(url("answer_detail", returned, "2.2")).content.decode()
    assert "all answers are open" in client.get(url("assessment_detail", returned)).content.decode()


@pytest.mark.parametrize(
    ("name", "rest", "data"),
    [
        ("answer_save", ["2.2"], {"version": "1", "option": "1"}),
        ("evidence_upload", ["2.2"], {"link": "x"}),
        ("evidence_link", ["2.2"], {"url": "https://example.org/", "name": ""}),
        ("evidence_use", ["2.2"], {}),
        ("warning_confirm", ["2.2"], {"warning": "x:y"}),
        ("last_year_carry", ["2.2"], {"say": "performance:same"}),
        ("answer_restore", ["2.2", 1], {"version": "1"}),
        ("presence", ["2.2"], {"editing": "1"}),
    ],
)
def test_every_address_of_it_refuses_with_the_reason(
    asked: Assessment, client: Client, name: str, rest: list[Any], data: dict[str, str]
) -> None:
    assert refused(client.post(url(name, asked, *rest), data))


def test_taking_evidence_off_it_is_refused(asked: Assessment, shared: Evidence, client: Client) -> None:
    assert refused(client.post(url("evidence_unuse", asked, "2.2", shared.pk)))
    assert client.post(url("evidence_unuse", asked, "2.1", shared.pk)).status_code == 302
    assert served(shared) == {"2.2"}


def test_the_task_list_names_what_is_asked(asked: Assessment, client: Client, editor: User) -> None:
    page = client.get(url("assessment_detail", asked)).content.decode()
    assert "The central division asks about 2 indicators" in page
    assert "Which register for 2.1?" in page
    assert "20 August 2569" in page
    assert "Go on with 2.1" in page
    answer_question(question=Question.objects.get(answer__indicator__code="2.1"), by=editor, text="The one of 2568.")
    page = client.get(url("assessment_detail", asked)).content.decode()
    assert "Go on with 4.1" in page


def test_a_file_that_also_serves_another_indicator_stays(asked: Assessment, shared: Evidence, client: Client) -> None:
    page = client.post(reverse("evidence_delete", args=[shared.pk]), follow=True).content.decode()
    assert "also serves 2.2, which the central division does not ask about" in page
    shared.refresh_from_db()
    assert shared.deleted_at is None


# --- services ----------------------------------------------------------------------------------------


def test_services_refuse_what_is_not_asked(asked: Assessment, shared: Evidence, editor: User) -> None:
    node, other = node_of(asked, "2.2"), answer_to(asked, "2.2")
    entry = services.Entry(inputs=other.inputs)
    acts_refused = [
        lambda: services.save_answer(assessment=asked, indicator=node, by=editor, version=1, entry=entry),
        lambda: restore_answer(assessment=asked, indicator=node, by=editor, version=1, to=1),
        lambda: carry_text(assessment=asked, indicator=node, column="performance", choice="same", by=editor),
        lambda: confirm(assessment=asked, indicator=node, warning="x", mark="", reason="because", by=editor),
        lambda: added(asked, editor, "2.2", "a.pdf", pdf(text="3")),
        lambda: services.evidence.add_link(answer=other, url="https://example.org", name="", by=editor),
        lambda: services.evidence.use(evidence=[], answer=other, by=editor),
        lambda: services.evidence.unuse(evidence=shared, answer=other, by=editor),
        lambda: services.evidence.attach(assessment=asked, pairs=[(shared.pk, "2.1"), (shared.pk, "2.2")], by=editor),
        lambda: services.evidence.detach(assessment=asked, pairs=[(shared.pk, "2.2")], by=editor),
        lambda: uploads.start(assessment=asked, name="a.pdf", size=9, answer=other, by=editor),
        lambda: services.assign(assessment=asked, by=editor, wanted={node.pk: Wanted(editor.pk)}),
    ]
    for act in acts_refused:
        with pytest.raises(Refused) as refusal:
            act()
        assert "2.1, 4.1" in str(refusal.value.message)
    assert served(shared) == {"2.1", "2.2"}


def test_services_do_what_is_asked(asked: Assessment, shared: Evidence, editor: User) -> None:
    mine = answer_to(asked, "2.1")
    services.evidence.unuse(evidence=shared, answer=mine, by=editor)
    services.evidence.attach(assessment=asked, pairs=[(shared.pk, "2.1")], by=editor)
    new = added(asked, editor, "2.1", "b.pdf", pdf(text="3"))
    assert services.assign(assessment=asked, by=editor, wanted={mine.indicator_id: Wanted(editor.pk)}) == 1
    services.evidence.delete(evidence=new, by=editor)
    services.evidence.restore(evidence=new, by=editor)
    assert served(new) == {"2.1"}


def test_an_assignment_that_stays_as_it_is_is_no_change(
    submitted: Assessment, head: User, editor: User, reviewer: User
) -> None:
    other = node_of(submitted, "2.2")
    Assignment.objects.create(assessment=submitted, indicator_id=other.pk, person=editor, by=head)
    asked = returned_with(submitted, reviewer, "2.1")
    assert services.assign(assessment=asked, by=head, wanted={other.pk: Wanted(editor.pk)}) == 0
    with pytest.raises(Refused):
        services.assign(assessment=asked, by=head, wanted={other.pk: Wanted(None)})


def test_a_shared_file_is_neither_deleted_restored_nor_dated(asked: Assessment, shared: Evidence, editor: User) -> None:
    words = "ใช้กับตัวชี้วัด 2.2 ด้วย ซึ่งส่วนกลางไม่ได้สอบถาม"
    for act in (
        lambda: services.evidence.delete(evidence=shared, by=editor),
        lambda: services.evidence.restore(evidence=shared, by=editor),
        lambda: set_document_date(evidence=shared, day=date(2026, 1, 5), by=editor),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert words in str(refusal.value.message)


def test_a_file_without_an_indicator_is_kept(asked: Assessment, client: Client) -> None:
    response = client.post(url("evidence_add", asked), {"file": upload("a.png", image())})
    assert response.status_code == 302
    assert Evidence.objects.filter(assessment=asked, name="a.png").count() == 1


# --- the locker --------------------------------------------------------------------------------------


def test_proposals_offer_what_is_asked_only(asked: Assessment, editor: User, client: Client) -> None:
    client.post(url("evidence_add", asked), {"file": upload("2.2 แผน.png", image())})
    page = client.get(url("evidence_proposals", asked)).content.decode()
    assert '<option value="2.1">' in page
    assert '<option value="2.2"' not in page
    key = Evidence.objects.get(assessment=asked, name="2.2 แผน.png").pk
    response = client.post(url("evidence_attach", asked), {"attach": str(key), f"code-{key}": "2.2"})
    assert response.status_code == 422
    assert not served(Evidence.objects.get(pk=key))


# --- the workbook ------------------------------------------------------------------------------------


def test_rows_of_what_is_not_asked_are_refused_and_the_rest_applies(asked: Assessment, editor: User) -> None:
    book = filled(made(asked), {"2.1/performance": "Corrected.", "2.2/performance": "Not asked."})
    content = read_workbook(io.BytesIO(book), asked)
    kept = acts.keep_workbook(assessment=asked, name="a.xlsx", content=content, by=editor)
    rows = {row.key: row for row in compare(asked, kept.content).rows}
    assert rows["2.2/performance"].kind == REFUSED
    assert "2.1, 4.1" in rows["2.2/performance"].reason
    chosen = [row.value for row in rows.values()]
    applied = acts.apply_workbook(assessment=asked, kept=kept, by=editor, chosen=chosen)
    assert (applied.inputs, applied.indicators, applied.refused) == (1, 1, {})
    texts = dict(Answer.objects.filter(assessment=asked).values_list("indicator__code", "performance"))
    assert (texts["2.1"], texts["2.2"]) == ("Corrected.", "")


# --- answering the questions -------------------------------------------------------------------------


@pytest.fixture
def question(asked: Assessment) -> Question:
    return Question.objects.get(answer__assessment=asked, answer__indicator__code="2.1")


def sent(client: Client, question: Question, text: str, seen: str = "", **headers: str) -> Any:
    address = url("question_answer", question.answer.assessment, question.answer.indicator.code, question.pk)
    return client.post(address, {"text": text, "seen": seen}, headers=headers)


def test_a_question_is_answered_on_the_indicator_s_page(client: Client, question: Question, editor: User) -> None:
    page = client.get(url("answer_detail", question.answer.assessment, "2.1")).content.decode()
    assert "Which register for 2.1?" in page
    response = sent(client, question, "  The one of 2568.  ")
    assert response.status_code == 302
    assert response["Location"].endswith("#_questions")
    question.refresh_from_db()
    assert (question.answered_text, question.answered_by) == ("The one of 2568.", editor)
    assert "The one of 2568." in client.get(response["Location"].partition("#")[0]).content.decode()


def test_with_htmx_the_questions_come_back(client: Client, question: Question) -> None:
    response = sent(client, question, "The one of 2568.", **{"HX-Request": "true"})
    assert response.status_code == 200
    assert response.content.decode().strip().startswith('<section id="_questions"')
    assert 'role="status"' in response.content.decode()


def test_an_empty_answer_is_refused(client: Client, question: Question) -> None:
    response = sent(client, question, "   ")
    assert response.status_code == 422
    assert response.content.decode().count("Write what you did about the question") == 2


def test_a_colleague_s_answer_is_shown_before_it_is_replaced(client: Client, question: Question, head: User) -> None:
    answer_question(question=question, by=head, text="The head's words.")
    response = sent(client, question, "My own words.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "The head&#x27;s words." in page
    assert "My own words." in page
    question.refresh_from_db()
    assert question.answered_text == "The head's words."
    assert sent(client, question, "My own words.", question.answered_at.isoformat()).status_code == 302  # type: ignore[union-attr]
    question.refresh_from_db()
    assert question.answered_text == "My own words."


def test_who_may_answer(question: Question, stranger: User, reviewer: User, inspector: User, as_editor: Client) -> None:
    for person, status in ((stranger, 404), (reviewer, 403), (inspector, 403)):
        assert sent(signed_in(person), question, "x").status_code == status
    lost = sent(Client(), question, "x")
    assert (lost.status_code, "x</textarea>" in lost.content.decode()) == (401, True)
    address = url("question_answer", question.answer.assessment, "2.1", question.pk)
    assert as_editor.get(address).status_code == 405
    assert as_editor.post(url("question_answer", question.answer.assessment, "4.1", question.pk)).status_code == 404


def test_the_check_counts_open_questions_before_a_submission(asked: Assessment, head: User) -> None:
    client = english(signed_in(head))
    page = client.get(url("assessment_check", asked)).content.decode()
    assert "Questions about 2 indicators must be answered first" in page
    assert 'name="certified"' not in page
    with pytest.raises(Refused):
        services.submit(assessment=asked, by=head, certified=True)
    for question in Question.objects.filter(answer__assessment=asked):
        answer_question(question=question, by=head, text="Done.")
    page = client.get(url("assessment_check", asked)).content.decode()
    assert "must be answered first" not in page
    assert 'name="certified"' in page
    assert services.submit(assessment=asked, by=head, certified=True).status == Status.SUBMITTED


def test_who_certifies_reads_what_the_office_answers(asked: Assessment, editor: User, head: User) -> None:
    client = english(signed_in(head))
    title = "What your office answers to the questions"
    assert title not in client.get(url("assessment_check", asked)).content.decode()
    question = Question.objects.filter(answer__assessment=asked, answer__indicator__code="2.1").get()
    answer_question(question=question, by=editor, text="The register of the year.")
    page = client.get(url("assessment_check", asked)).content.decode()
    assert title in page
    shown = page[page.index('id="_answered"') : page.index("</section>", page.index('id="_answered"'))]
    assert "Which register for 2.1?" in shown
    assert "The register of the year." in shown
    assert editor.full_name in shown
    assert "4.1" not in shown


@pytest.mark.parametrize("codes", [("2.1",), ("2.1", "4.1", "4.2")])
def test_queries(submitted: Assessment, reviewer: User, as_editor: Client, codes: tuple[str, ...]) -> None:
    asked = returned_with(submitted, reviewer, *codes)
    as_editor.get(url("assessment_detail", asked))
    numbers = []
    for name in ("assessment_detail", "assessment_check"):
        with CaptureQueriesContext(connection) as queries:
            as_editor.get(url(name, asked))
        numbers.append(len(queries))
    assert numbers == [10, 13]


@pytest.mark.parametrize("name", ["assignments", "workbook_page", "evidence_library", "evidence_proposals"])
def test_pages_for_many_indicators_say_what_is_locked(asked: Assessment, client: Client, name: str) -> None:
    assert LOCKED in client.get(url(name, asked)).content.decode()
