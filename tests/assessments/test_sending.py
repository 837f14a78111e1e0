"""Files on their way in: to the library, as a ZIP, in pieces; who may, and what is left when something breaks."""

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.models import Assessment, Evidence, EvidenceChange, Upload, User
from assessments.services import uploads
from tests.conftest import AFTER, signed_in
from tests.evidence import added, answer_to, files_in, served
from tests.uploads import image, mp4, pdf, upload

pytestmark = pytest.mark.usefixtures("stored")
JSON = {"Accept": "application/json", "HX-Request": "true"}


@pytest.fixture(autouse=True)
def pieces(settings: Any, tmp_path: Path) -> Path:
    """Where pieces lie, for this test alone."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "uploads"


@pytest.fixture
def client(as_editor: Client) -> Client:
    as_editor.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return as_editor


def url(name: str, assessment: Assessment, *rest: Any) -> str:
    return reverse(name, args=[assessment.pk, *rest])


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


# --- to the library -----------------------------------------------------------------------------------


def test_files_are_kept_without_an_indicator(assessment: Assessment, client: Client) -> None:
    files = [upload("หนึ่ง.pdf", pdf()), upload("สอง.png", image())]
    response = client.post(url("evidence_add", assessment), {"file": files}, follow=True)
    assert response.redirect_chain == [(url("evidence_library", assessment), 302)]
    page = response.content.decode()
    assert "“หนึ่ง.pdf” is kept." in page
    assert [(each.name, served(each)) for each in Evidence.objects.all()] == [("หนึ่ง.pdf", set()), ("สอง.png", set())]
    acts = EvidenceChange.objects.values_list("act", "indicator_code")
    assert set(acts) == {("added", "")}
    assessment.refresh_from_db()
    assert assessment.touched is True


def test_a_bad_file_is_named_and_the_others_stay(assessment: Assessment, client: Client) -> None:
    files = [upload("ดี.pdf", pdf()), upload("เสีย.pdf", b"<html></html>"), upload(".DS_Store", b"x")]
    response = client.post(url("evidence_add", assessment), {"file": files})
    assert response.status_code == 422
    page = response.content.decode()
    reason = (
        "เสีย.pdf: The name ends in .pdf but the content is a web page; save it again from the program that made it "
        "and attach the new file."
    )
    assert page.count(reason) == 2  # in the summary and at the field
    assert "<title>Error:" in page
    assert "DS_Store" not in page
    assert list(Evidence.objects.values_list("name", flat=True)) == ["ดี.pdf"]


def test_nothing_chosen(assessment: Assessment, client: Client) -> None:
    response = client.post(url("evidence_add", assessment), {})
    assert response.status_code == 422
    assert response.content.decode().count("Choose at least one file.") == 2


def test_the_script_sends_one_with_its_folder(assessment: Assessment, client: Client) -> None:
    data = {"file": upload("แผน.pdf", pdf()), "folder": "ปี 2569/2.1 แผน"}
    response = client.post(url("evidence_add", assessment), data, headers=JSON)
    assert (response.status_code, response.json()) == (200, {"notices": ["“แผน.pdf” is kept."], "errors": []})
    assert Evidence.objects.get().folder == "ปี 2569/2.1 แผน"
    bad = client.post(url("evidence_add", assessment), {"file": upload("a.pdf", b"")}, headers=JSON)
    reason = "The file is empty; open it to see whether it is the right one, and choose it again."
    assert (bad.status_code, bad.json()) == (422, {"notices": [], "errors": [reason]})


def test_the_same_file_tells_where_it_is(assessment: Assessment, client: Client, editor: User) -> None:
    kept = added(assessment, editor, name="เดิม.pdf")
    services.evidence.use(evidence=[kept], answer=answer_to(assessment, "4.1"), by=editor)
    response = client.post(url("evidence_add", assessment), {"file": upload("ใหม่.pdf", pdf())}, headers=JSON)
    words = "The office already has this one as “เดิม.pdf”. It serves 2.1, 4.1."
    assert response.json() == {"notices": [words], "errors": []}
    assert served(kept) == {"2.1", "4.1"}
    here = client.post(url("evidence_upload", assessment, "2.1"), {"file": upload("ใหม่.pdf", pdf())}, headers=JSON)
    words = "The office already has this one as “เดิม.pdf”; that one is attached. It serves 4.1."
    assert here.json() == {"notices": [words], "errors": []}


def test_a_deleted_file_comes_back_without_its_indicators(assessment: Assessment, client: Client, editor: User) -> None:
    kept = added(assessment, editor)
    services.evidence.delete(evidence=kept, by=editor)
    client.post(url("evidence_add", assessment), {"file": upload("ใหม่.pdf", pdf())})
    kept.refresh_from_db()
    assert (kept.deleted_at, served(kept)) == (None, set())


# --- a ZIP ----------------------------------------------------------------------------------------------


def test_a_zip_is_unpacked_and_each_file_judged(assessment: Assessment, client: Client, stored: Path) -> None:
    content = zipped(
        {
            "ปี/2.1 แผน/แผน.pdf": pdf(text="1"),
            "ปี/ภาพ.png": image(),
            "ปี/ซ้ำ.pdf": pdf(text="1"),
            "ปี/โปรแกรม.exe": b"MZ",
            "ปี/เสีย.docx": b"PK",
            "ปี/.DS_Store": b"x",
        }
    )
    response = client.post(url("evidence_add", assessment), {"file": upload("ปีก่อน.zip", content)}, headers=JSON)
    assert response.status_code == 200
    told = response.json()
    assert told["notices"] == ["3 files of “ปีก่อน.zip” are kept. 1 of them was there already."]
    assert [error.partition(":")[0] for error in told["errors"]] == ["ปี/โปรแกรม.exe", "ปี/เสีย.docx"]
    assert [(each.places, each.name) for each in Evidence.objects.all()] == [
        (["ปี/2.1 แผน", "ปี/ซ้ำ.pdf"], "แผน.pdf"),
        (["ปี"], "ภาพ.png"),
    ]
    assert len(files_in(stored)) == 2


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({f"{place}.pdf": b"" for place in range(10_000)}, "The ZIP holds 10,000 entries; at most 1,000"),
        ({"ดี.pdf": pdf(), "ใน.zip": b""}, "The ZIP holds other archives (ใน.zip)"),
        ({"ดี.pdf": pdf(), "../ก.pdf": b""}, "The ZIP holds a name that leads out of it (ก.pdf)"),
    ],
)
def test_a_hostile_zip_is_refused_whole(
    assessment: Assessment, client: Client, stored: Path, files: dict[str, bytes], reason: str
) -> None:
    response = client.post(url("evidence_add", assessment), {"file": upload("a.zip", zipped(files))}, headers=JSON)
    assert response.status_code == 422
    (told,) = response.json()["errors"]
    assert told.startswith(reason)
    assert not Evidence.objects.exists()
    assert files_in(stored) == []
    plain = client.post(url("evidence_add", assessment), {"file": upload("a.zip", zipped(files))})
    assert plain.content.decode().count(f"a.zip: {reason}") == 2


def test_an_indicator_takes_no_zip(assessment: Assessment, client: Client) -> None:
    data = {"file": upload("a.zip", zipped({"a.pdf": pdf()}))}
    response = client.post(url("evidence_upload", assessment, "2.1"), data, headers=JSON)
    assert response.status_code == 422
    started = client.post(url("evidence_send", assessment), {"name": "a.zip", "size": 9, "code": "2.1"}, headers=JSON)
    assert started.status_code == 422
    assert "This kind of file is not accepted" in started.json()["errors"][0]


def test_a_zip_cut_off_by_the_server_is_told(assessment: Assessment, client: Client, settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    content = zipped({f"{place}.pdf": os.urandom(1_000_000) for place in range(12)})
    response = client.post(url("evidence_add", assessment), {"file": upload("a.zip", content)}, headers=JSON)
    assert response.status_code == 422
    assert response.json()["errors"] == ["The ZIP is too large for one request; send it in several parts."]
    assert not Evidence.objects.exists()


# --- in pieces ------------------------------------------------------------------------------------------


def started(client: Client, assessment: Assessment, name: str, size: int, code: str = "") -> str:
    response = client.post(url("evidence_send", assessment), {"name": name, "size": size, "code": code}, headers=JSON)
    assert (response.status_code, response.json()["offset"]) == (201, 0)
    return str(response.json()["key"])


def piece(client: Client, assessment: Assessment, key: str, offset: int, content: bytes, folder: str = "") -> Any:
    data = {"offset": offset, "piece": SimpleUploadedFile("blob", content), "folder": folder}
    return client.post(url("evidence_piece", assessment, key), data, headers=JSON)


def test_a_file_in_pieces_goes_on_after_a_lost_connection(assessment: Assessment, client: Client, pieces: Path) -> None:
    content = mp4()
    key = started(client, assessment, "วิดีโอ.mp4", len(content))
    assert (pieces / key).stat().st_mode & 0o777 == 0o600
    assert piece(client, assessment, key, 0, content[:50]).json() == {"offset": 50}
    # A piece whose answer was lost is sent again, and one from too far on: both are told where to go on.
    for offset in (0, 49, 51, 90):
        response = piece(client, assessment, key, offset, content[offset : offset + 10])
        assert (response.status_code, response.json()) == (409, {"offset": 50})
    too_long = piece(client, assessment, key, 50, content[50:] + b"x")
    assert (too_long.status_code, too_long.json()) == (409, {"offset": 50})
    # What a broken request wrote beyond what counts is overwritten.
    with (pieces / key).open("ab") as out:
        out.write(b"half a piece")
    response = piece(client, assessment, key, 50, content[50:], folder="มิติ 2/2.1")
    assert (response.status_code, response.json()) == (200, {"notices": ["“วิดีโอ.mp4” is kept."], "errors": []})
    evidence = Evidence.objects.get()
    with evidence.file.open() as kept:
        assert kept.read() == content
    assert (evidence.name, evidence.folder) == ("วิดีโอ.mp4", "มิติ 2/2.1")
    assert list(pieces.iterdir()) == []
    assert not Upload.objects.exists()
    assert piece(client, assessment, key, 0, content[:50]).status_code == 404


def test_pieces_for_an_indicator(assessment: Assessment, client: Client) -> None:
    key = started(client, assessment, "แผน.pdf", len(pdf()), code="2.5")
    response = piece(client, assessment, key, 0, pdf())
    assert response.json() == {"notices": ["“แผน.pdf” is attached."], "errors": []}
    assert served(Evidence.objects.get()) == {"2.5"}


def test_a_zip_in_pieces(assessment: Assessment, client: Client) -> None:
    content = zipped({"2.1/ก.pdf": pdf(), "x.exe": b"MZ"})
    key = started(client, assessment, "a.zip", len(content))
    assert piece(client, assessment, key, 0, content[:100]).json() == {"offset": 100}
    told = piece(client, assessment, key, 100, content[100:]).json()
    assert told["notices"] == ["1 file of “a.zip” is kept."]
    assert [error.partition(":")[0] for error in told["errors"]] == ["x.exe"]


def test_the_whole_content_is_judged_at_the_end(assessment: Assessment, client: Client, pieces: Path) -> None:
    content = b"<html></html>"
    key = started(client, assessment, "หลอก.pdf", len(content))
    response = piece(client, assessment, key, 0, content)
    assert response.status_code == 422
    assert response.json()["errors"][0].startswith("The name ends in .pdf but the content is")
    assert not Evidence.objects.exists()
    assert not Upload.objects.exists()
    assert list(pieces.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("a.pdf", 0, "The file is empty; open it to see whether it is the right one, and choose it again."),
        ("a.pdf", 1024 * 1024 + 1, "The file is larger than 1 MB; make it smaller, or attach it as a link."),
        ("a.zip", 20 * 1024 * 1024 + 1, "The ZIP is larger than 20 MB; send it in several parts."),
        ("a.pdf.exe", 9, "This kind of file is not accepted"),
        ("a.exe.b.pdf", 9, "The name has a second ending"),
        ("", 9, "Choose at least one file."),
        ("a.pdf", "x", "Choose at least one file."),
        ("a.pdf", -1, "Choose at least one file."),
    ],
)
def test_what_is_not_taken_is_told_before_it_is_sent(
    assessment: Assessment, client: Client, settings: Any, name: str, size: Any, reason: str
) -> None:
    settings.EVIDENCE_MAX_MB = 1
    response = client.post(url("evidence_send", assessment), {"name": name, "size": size}, headers=JSON)
    assert response.status_code == 422
    assert response.json()["errors"][0].startswith(reason)
    assert not Upload.objects.exists()


def test_sizes_at_the_bound_are_taken(assessment: Assessment, client: Client, settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    assert started(client, assessment, "a.pdf", 1024 * 1024)
    assert started(client, assessment, "a.zip", 20 * 1024 * 1024)


def test_pieces_belong_to_their_owner(assessment: Assessment, client: Client, as_head: Client, stranger: User) -> None:
    key = started(client, assessment, "a.pdf", len(pdf()))
    other = Assessment.objects.whole().get(round=assessment.round, province=stranger.province)
    assert piece(as_head, assessment, key, 0, pdf()).status_code == 404
    assert piece(signed_in(stranger), assessment, key, 0, pdf()).status_code == 404
    assert piece(signed_in(stranger), other, key, 0, pdf()).status_code == 404
    assert piece(client, assessment, str(uuid4()), 0, pdf()).status_code == 404
    assert Upload.objects.get().received == 0


def test_a_piece_without_its_place_is_told_where_to_go_on(assessment: Assessment, client: Client) -> None:
    key = started(client, assessment, "a.pdf", 100)
    for data in ({}, {"offset": "x"}, {"offset": 0}, {"offset": 0, "piece": SimpleUploadedFile("blob", b"")}):
        response = client.post(url("evidence_piece", assessment, key), data, headers=JSON)
        assert (response.status_code, response.json()) == (409, {"offset": 0})


def test_pieces_that_are_gone_from_the_disk_are_told(assessment: Assessment, client: Client, pieces: Path) -> None:
    key = started(client, assessment, "a.pdf", 100)
    (pieces / key).unlink()
    response = piece(client, assessment, key, 0, b"x")
    assert response.json()["errors"] == ["This upload is no longer there; choose the file again."]


def test_of_two_that_finish_one_does(assessment: Assessment, client: Client, editor: User) -> None:
    key = started(client, assessment, "a.pdf", len(pdf()))
    whole = uploads.add_piece(
        upload=Upload.objects.get(pk=key), offset=0, piece=SimpleUploadedFile("blob", pdf()), by=editor
    )
    first = uploads.finish(upload=whole, folder="", answer=None, by=editor)
    assert first is not None
    assert [added.known for _name, added in first.added] == [False]
    assert uploads.finish(upload=whole, folder="", answer=None, by=editor) is None


def test_what_is_left_over_goes_after_a_day(assessment: Assessment, client: Client, pieces: Path) -> None:
    old, fresh = started(client, assessment, "a.pdf", 100), started(client, assessment, "b.pdf", 100)
    Upload.objects.filter(pk=old).update(at=timezone.now() - timedelta(days=1, seconds=1))
    Upload.objects.filter(pk=fresh).update(at=timezone.now() - timedelta(days=1, seconds=-60))
    stray = pieces / str(uuid4())
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    third = started(client, assessment, "c.pdf", 100)
    assert {str(pk) for pk in Upload.objects.values_list("pk", flat=True)} == {fresh, third}
    assert {path.name for path in pieces.iterdir()} == {fresh, third}


def test_a_person_s_unfinished_uploads_are_bounded(assessment: Assessment, client: Client, settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    keys = [started(client, assessment, "a.pdf", 100) for _ in range(uploads.MOST_UNFINISHED + 2)]
    assert {str(pk) for pk in Upload.objects.values_list("pk", flat=True)} == set(keys[2:])
    large = [started(client, assessment, "a.zip", 20 * 1024 * 1024) for _ in range(3)]
    assert {str(pk) for pk in Upload.objects.values_list("pk", flat=True)} == set(large[1:])


# --- who may --------------------------------------------------------------------------------------------


def tries(client: Client, assessment: Assessment, key: str) -> set[int]:
    return {
        client.post(url("evidence_add", assessment), {"file": upload("a.pdf", pdf())}).status_code,
        client.post(url("evidence_send", assessment), {"name": "a.pdf", "size": 9}).status_code,
        piece(client, assessment, key, 0, pdf()).status_code,
    }


@pytest.mark.parametrize(
    ("who", "status"),
    [("stranger", 404), ("supporter", 404), ("reviewer", 403), ("manager", 403), ("inspector", 403), ("admin", 403)],
)
def test_who_may_not(request: Any, assessment: Assessment, client: Client, who: str, status: int) -> None:
    key = started(client, assessment, "a.pdf", len(pdf()))
    assert tries(signed_in(request.getfixturevalue(who)), assessment, key) == {status}
    assert (Evidence.objects.count(), Upload.objects.get().received) == (0, 0)


def test_after_the_round_it_is_closed(assessment: Assessment, client: Client, editor: User, time_machine: Any) -> None:
    key = started(client, assessment, "a.pdf", len(pdf()))
    time_machine.move_to(AFTER)
    assert tries(signed_in(editor), assessment, key) == {403}
    assert (Evidence.objects.count(), Upload.objects.get().received) == (0, 0)


def test_a_round_that_closes_between_the_pieces_keeps_nothing(
    assessment: Assessment, client: Client, editor: User, time_machine: Any
) -> None:
    key = started(client, assessment, "a.pdf", len(pdf()))
    time_machine.move_to(AFTER)
    with pytest.raises(services.Refused):
        uploads.add_piece(
            upload=Upload.objects.get(pk=key), offset=0, piece=SimpleUploadedFile("blob", pdf()), by=editor
        )
    assert Upload.objects.get().received == 0


def test_after_submission_it_is_frozen(submitted: Assessment, as_editor: Client) -> None:
    assert as_editor.post(url("evidence_add", submitted), {"file": upload("b.png", image())}).status_code == 403
    assert as_editor.post(url("evidence_send", submitted), {"name": "a.pdf", "size": 9}).status_code == 403


def test_login_and_method(assessment: Assessment, as_editor: Client) -> None:
    addresses = [
        url("evidence_add", assessment),
        url("evidence_send", assessment),
        url("evidence_piece", assessment, uuid4()),
    ]
    for address in addresses:
        assert Client().post(address)["Location"].startswith(reverse("account_login"))
        assert as_editor.get(address).status_code == 405
    assert Client().post(addresses[0], headers=JSON).status_code == 401
