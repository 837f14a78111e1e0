"""The book of the year: made form by form, once, joined with its contents; it tells how far it is; who may have it."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.exports import books, support, tasks
from assessments.models import Answer, Assessment, Book, FormFile, Round, User
from assessments.services import Entry
from tests.assessments.forms_filled import write
from tests.conftest import signed_in

PAGE, PDF, ZIP = "/country/2569/book/", "/country/2569/book.pdf", "/country/2569/book.zip"


@pytest.fixture
def two(assessment: Assessment, round_2569: Round) -> Round:
    """A round of two offices: Chiang Mai and Phuket."""
    others = round_2569.assessments.exclude(province__iso__in=("TH-50", "TH-83"))
    Answer.objects.filter(assessment__in=others.values("pk")).delete()
    others.delete()
    return round_2569


def work(row: Book) -> Book:
    """What the worker does: one job after another, until the book is ready or failed."""
    for _ in range(row.round.assessments.count()):
        row.refresh_from_db()
        if row.state not in (Book.State.WAITING, Book.State.WORKING):
            break
        books.make_book.call(row.pk, row.turn)
    row.refresh_from_db()
    return row


def text_of(document: Any, page: int) -> str:
    return str(document[page].get_textpage().get_text_bounded())


def test_two_clicks_start_one_job_behind_the_single_forms(as_manager: Client, two: Round) -> None:
    for _ in range(2):
        assert as_manager.post(PAGE)["Location"] == PAGE
    assert list(DBTaskResult.objects.values_list("priority", flat=True)) == [books.BEHIND_FORMS]
    assert as_manager.get(PAGE).context["state"] == "waiting"
    assert as_manager.get(PDF)["Location"] == PAGE


def test_it_holds_every_form_after_its_contents(as_manager: Client, two: Round, manager: User) -> None:
    row = books.order(two, manager)
    books.make_book.call(row.pk, row.turn)
    page = as_manager.get(PAGE)
    assert (page.context["state"], page.context["shelf"].done) == ("working", 1)
    assert "ทำแล้ว 1 จาก 2 ฉบับ" in page.content.decode()
    # The next form is a job of its own.
    assert DBTaskResult.objects.count() == 2
    work(row)
    assert (row.state, row.forms) == ("ready", 2)
    names = [part["name"] for part in row.parts]
    assert names == ["สนง.พมจ.เชียงใหม่", "สนง.พมจ.ภูเก็ต"]
    content = b"".join(as_manager.get(PDF).streaming_content)  # type: ignore[attr-defined]
    document = pypdfium2.PdfDocument(content)
    pages = [part["pages"] for part in row.parts]
    assert len(document) == row.pages == 1 + sum(pages)
    contents = text_of(document, 0)
    assert "ปีงบประมาณ พ.ศ. 2569 · มาตรฐาน พ.ศ. 2563 · รวม 2 สำนักงาน" in contents
    assert all(name in contents for name in names)
    # Nothing is answered: from the worst to the best case, and no level yet.
    total = two.assessments.first().results["overall"]  # type: ignore[union-attr]
    means = f"{total['low']}–{total['high']}"
    assert contents.count("ร่าง") == contents.count("ยังไม่ทราบระดับ") == contents.count(means) == 2
    first = [2, 2 + pages[0]]
    for name, number in zip(names, first, strict=True):
        assert name in text_of(document, number - 1)
        assert f"- {number} -" in text_of(document, number - 1)
    with pikepdf.open(io.BytesIO(content)) as book, book.open_outline() as outline:
        assert [item.title for item in outline.root] == names
        links = [note.Dest[0].objgen for note in book.pages[0].Annots]
        assert set(links) == {book.pages[number - 1].objgen for number in first}
    packed = zipfile.ZipFile(io.BytesIO(b"".join(as_manager.get(ZIP).streaming_content)))  # type: ignore[attr-defined]
    assert packed.namelist() == ["01 สนง.พมจ.เชียงใหม่ 2569.pdf", "02 สนง.พมจ.ภูเก็ต 2569.pdf"]
    assert packed.testzip() is None
    assert [len(pypdfium2.PdfDocument(packed.read(name))) for name in packed.namelist()] == pages


def test_what_changed_since_is_told_and_the_old_book_stays_until_the_new_one_is_ready(
    as_manager: Client, two: Round, manager: User, editor: User, time_machine: Any
) -> None:
    row = work(books.order(two, manager))
    first = str(row.file.name)
    assert as_manager.get(PAGE).context["shelf"].changed == 0
    time_machine.shift(timedelta(minutes=1))
    write(two.assessments.get(province__iso="TH-50"), editor, "1.2", Entry(remedies="ปรับปรุงห้อง"))
    page = as_manager.get(PAGE)
    assert page.context["shelf"].changed == 1
    assert "หลังจากนั้นมีการเปลี่ยนแปลง 1 สำนักงาน" in page.content.decode()
    made = FormFile.objects.count()
    row = books.order(two, manager)
    assert (row.state, row.turn, str(row.file.name)) == ("waiting", 2, first)
    assert b"".join(as_manager.get(PDF).streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    work(row)
    # Only the changed form was made anew.
    assert (row.state, FormFile.objects.count()) == ("ready", made + 1)
    assert str(row.file.name) != first
    assert not row.file.storage.exists(first)
    assert as_manager.get(PAGE).context["shelf"].changed == 0


def test_a_job_of_an_earlier_turn_does_nothing(two: Round, manager: User) -> None:
    row = books.order(two, manager)
    books.make_book.call(row.pk, row.turn - 1)
    row.refresh_from_db()
    assert (row.state, row.parts) == ("waiting", [])


def test_a_worker_that_died_is_told_and_the_book_starts_again(as_manager: Client, two: Round, manager: User) -> None:
    row = books.order(two, manager)
    books.make_book.call(row.pk, row.turn)
    Book.objects.update(seen_at=timezone.now() - tasks.SILENT - timedelta(seconds=1))
    page = as_manager.get(PAGE)
    assert (page.context["state"], page.context["making"]) == ("silent", False)
    assert "การทำเล่มหยุดลงหลังจากทำไป 1 จาก 2 ฉบับ" in page.content.decode()
    row = books.order(two, manager)
    assert (row.state, row.turn) == ("waiting", 2)
    assert work(row).state == "ready"


def test_no_worker_is_told(as_manager: Client, two: Round, manager: User) -> None:
    books.order(two, manager)
    Book.objects.update(asked_at=timezone.now() - tasks.PATIENCE - timedelta(seconds=1))
    assert "โปรแกรมที่ทำไฟล์ PDF ไม่ได้ทำงานอยู่" in as_manager.get(PAGE).content.decode()


def test_a_form_that_cannot_be_made_is_named(
    as_manager: Client, two: Round, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chiang Mai's form was given up as failed; the libraries are gone meanwhile."""
    row = books.order(two, manager)
    monkeypatch.setattr(tasks, "pdf_problem", lambda: "gone")
    books.make_book.call(row.pk, row.turn)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "สนง.พมจ.เชียงใหม่")
    assert "ทำแบบฟอร์มของ สนง.พมจ.เชียงใหม่ ไม่สำเร็จ" in as_manager.get(PAGE).content.decode()
    monkeypatch.undo()
    assert work(books.order(two, manager)).state == "ready"


def test_files_that_were_lost_lead_back_to_the_page(as_manager: Client, two: Round, manager: User) -> None:
    row = work(books.order(two, manager))
    row.file.storage.delete(str(row.file.name))
    assert as_manager.get(PDF)["Location"] == PAGE
    assert as_manager.get(PAGE).context["there"] is False


def test_a_round_without_offices_has_nothing_to_bind(as_manager: Client, two: Round) -> None:
    Answer.objects.all().delete()
    two.assessments.all().delete()
    assert as_manager.post(PAGE)["Location"] == PAGE
    assert Book.objects.count() == 0
    assert "ยังไม่มีสำนักงานในรอบนี้" in as_manager.get(PAGE).content.decode()


def test_without_pango_nothing_is_ordered(as_manager: Client, two: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "LIBRARIES", ("libpango-of-no-machine.so.0",))
    support.pdf_problem.cache_clear()
    try:
        assert as_manager.post(PAGE)["Location"] == PAGE
        assert Book.objects.count() == 0
        assert "Pango" in as_manager.get(PAGE).content.decode()
    finally:
        support.pdf_problem.cache_clear()


def test_who_sees_all_offices_may_have_it(
    two: Round, as_reviewer: Client, as_inspector: Client, as_editor: Client, supporter: User, client: Client
) -> None:
    assert as_reviewer.get(PAGE).status_code == 200
    assert as_inspector.post(PAGE)["Location"] == PAGE
    for path in (PAGE, PDF, ZIP):
        assert as_editor.get(path).status_code == 403
        assert signed_in(supporter).get(path).status_code == 403
        assert client.get(path)["Location"].startswith(reverse("account_login"))
    assert as_reviewer.get("/country/2569/book.exe").status_code == 404
    assert as_reviewer.get("/country/2500/book/").status_code == 404
    assert as_reviewer.delete(PAGE).status_code == 405


@pytest.mark.parametrize("files", [{"file": "a.pdf"}, {"archive": "a.zip"}, {"state": "ready"}])
def test_the_database_refuses_half_a_book(two: Round, manager: User, files: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.objects.create(round=two, asked_by=manager, **files)


def test_the_page_costs_a_fixed_number_of_queries(
    as_manager: Client, two: Round, manager: User, django_assert_num_queries: Any
) -> None:
    as_manager.get(PAGE)
    with django_assert_num_queries(5):
        as_manager.get(PAGE)
    work(books.order(two, manager))
    # What changed since.
    with django_assert_num_queries(6):
        as_manager.get(PAGE)
