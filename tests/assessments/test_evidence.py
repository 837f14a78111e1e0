"""Evidence on its pages: who may, how a file is served, and what the panel and the library show."""

import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils.http import content_disposition_header
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import services
from assessments.files import check
from assessments.models import Assessment, Evidence, EvidenceChange, EvidenceUse, User
from tests.conftest import AFTER, signed_in
from tests.evidence import NAME, added, answer_to, files_in, served
from tests.uploads import image, mp4, office, pdf, upload

pytestmark = pytest.mark.usefixtures("stored")


def english(client: Client) -> Client:
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def url(name: str, assessment: Assessment, *rest: Any) -> str:
    return reverse(name, args=[assessment.pk, *rest])


# --- who may ---------------------------------------------------------------------------------------


def posts(assessment: Assessment, evidence: Evidence) -> list[tuple[str, dict[str, Any]]]:
    """Every address that changes something, with what is posted."""
    return [
        (url("evidence_upload", assessment, "2.1"), {"file": upload("a.png", image())}),
        (url("evidence_link", assessment, "2.1"), {"url": "https://example.org/", "name": ""}),
        (url("evidence_use", assessment, "2.2"), {"evidence": [str(evidence.pk)]}),
        (url("evidence_unuse", assessment, "2.1", evidence.pk), {}),
        (reverse("evidence_delete", args=[evidence.pk]), {}),
        (reverse("evidence_restore", args=[evidence.pk]), {}),
    ]


def gets(assessment: Assessment, evidence: Evidence) -> list[str]:
    return [
        url("evidence_library", assessment),
        url("evidence_panel", assessment, "2.1"),
        reverse("evidence_download", args=[evidence.pk]),
        reverse("evidence_preview", args=[evidence.pk]),
    ]


def statuses(client: Client, assessment: Assessment, evidence: Evidence) -> tuple[set[int], set[int]]:
    """Status codes of all pages, and of all posts."""
    read = {status_of(client, address) for address in gets(assessment, evidence)}
    return read, {client.post(address, data).status_code for address, data in posts(assessment, evidence)}


def status_of(client: Client, address: str) -> int:
    response = client.get(address)
    response.close()
    return response.status_code


def rows() -> tuple[int, int, int, int]:
    deleted = Evidence.objects.filter(deleted_at__isnull=False).count()
    return Evidence.objects.count(), EvidenceUse.objects.count(), EvidenceChange.objects.count(), deleted


@pytest.mark.parametrize(
    ("who", "read", "change"),
    [
        ("stranger", 404, 404),
        ("supporter", 404, 404),
        ("reviewer", 200, 403),
        ("manager", 200, 403),
        ("inspector", 200, 403),
        ("admin", 200, 403),
    ],
)
def test_who_may(request: Any, assessment: Assessment, kept: Evidence, who: str, read: int, change: int) -> None:
    before = rows()
    client = signed_in(request.getfixturevalue(who))
    assert statuses(client, assessment, kept) == ({read}, {change})
    assert rows() == before


@pytest.mark.parametrize("who", ["editor", "head"])
def test_the_office_may(request: Any, assessment: Assessment, kept: Evidence, who: str) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert statuses(client, assessment, kept) == ({200}, {302})


def test_who_is_not_signed_in_is_asked_to(assessment: Assessment, kept: Evidence) -> None:
    before = rows()
    client = Client()
    for address in [*gets(assessment, kept), *(address for address, _data in posts(assessment, kept))]:
        for response in (client.get(address), client.post(address)):
            assert response.status_code == 302
            assert response["Location"].startswith(reverse("account_login"))
    assert rows() == before


def test_the_other_method_is_refused(assessment: Assessment, kept: Evidence, as_editor: Client) -> None:
    before = rows()
    assert {as_editor.post(address).status_code for address in gets(assessment, kept)} == {405}
    assert {as_editor.get(address).status_code for address, _data in posts(assessment, kept)} == {405}
    assert rows() == before


def test_after_submission_it_is_frozen(submitted: Assessment, kept: Evidence, as_editor: Client) -> None:
    before = rows()
    assert statuses(as_editor, submitted, kept) == ({200}, {403})
    assert rows() == before


def test_after_the_round_it_is_closed(assessment: Assessment, kept: Evidence, editor: User, time_machine: Any) -> None:
    time_machine.move_to(AFTER)
    before = rows()
    assert statuses(signed_in(editor), assessment, kept) == ({200}, {403})
    assert rows() == before


def test_a_returned_assessment_takes_evidence_again(submitted: Assessment, editor: User, reviewer: User) -> None:
    services.return_for_correction(
        assessment=submitted, by=reviewer, reason="ขอหลักฐาน 2.1 เพิ่ม", due_on=date(2026, 9, 15)
    )
    assert served(added(submitted, editor, name="a.png", content=image())) == {"2.1"}


def test_unknown_indicators_and_keys_are_not_there(assessment: Assessment, as_editor: Client, stranger: User) -> None:
    other = Assessment.objects.whole().get(round=assessment.round, province=stranger.province)
    theirs = added(other, stranger)
    assert as_editor.get(url("evidence_panel", assessment, "9.9")).status_code == 404
    assert as_editor.post(url("evidence_upload", assessment, "9.9")).status_code == 404
    assert as_editor.post(url("evidence_unuse", assessment, "2.1", theirs.pk)).status_code == 404
    assert as_editor.get(reverse("evidence_download", args=[uuid4()])).status_code == 404
    refused = as_editor.post(url("evidence_use", assessment, "2.1"), {"evidence": [str(theirs.pk)]})
    assert refused.status_code == 422
    assert served(theirs) == {"2.1"}


def test_deleted_evidence_exists_for_its_office_only(
    kept: Evidence, editor: User, as_editor: Client, as_reviewer: Client
) -> None:
    services.evidence.delete(evidence=kept, by=editor)
    addresses = [reverse("evidence_download", args=[kept.pk]), reverse("evidence_preview", args=[kept.pk])]
    assert {status_of(as_reviewer, address) for address in addresses} == {404}
    assert {status_of(as_editor, address) for address in addresses} == {200}
    library = url("evidence_library", kept.assessment)
    for show in ("all", "unused", "deleted"):
        assert NAME not in as_reviewer.get(library, {"show": show, "undo": str(kept.pk)}).content.decode()
    assert NAME in as_editor.get(library, {"show": "deleted"}).content.decode()


# --- serving ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        (NAME, pdf(), "application/pdf"),
        ("a.jpg", image("JPEG"), "image/jpeg"),
        ("a.png", image(), "image/png"),
        ("a.webp", image("WEBP"), "image/webp"),
    ],
)
def test_headers_of_what_a_browser_shows(
    assessment: Assessment, editor: User, as_editor: Client, name: str, content: bytes, content_type: str
) -> None:
    evidence = added(assessment, editor, name=name, content=content)
    response = as_editor.get(reverse("evidence_preview", args=[evidence.pk]))
    assert b"".join(response.streaming_content) == content  # type: ignore[attr-defined]
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("inline")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Frame-Options"] == "DENY"


def test_headers_of_a_download(kept: Evidence, as_editor: Client) -> None:
    response = as_editor.get(reverse("evidence_download", args=[kept.pk]))
    assert b"".join(response.streaming_content) == pdf()  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''"
        "%E0%B8%A3%E0%B8%B2%E0%B8%A2%E0%B8%87%E0%B8%B2%E0%B8%99%E0%B8%81%E0%B8%B2%E0%B8%A3"
        "%E0%B8%9B%E0%B8%A3%E0%B8%B0%E0%B8%8A%E0%B8%B8%E0%B8%A1%20%E0%B8%9B%E0%B8%B5%20"
        "%E0%B9%92%E0%B9%95%E0%B9%96%E0%B9%99.pdf"
    )
    assert response["Content-Length"] == str(len(pdf()))
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("name", "content"), [("a.docx", office()), ("a.mp4", mp4())])
def test_other_kinds_are_only_downloaded(
    assessment: Assessment, editor: User, as_editor: Client, name: str, content: bytes
) -> None:
    evidence = added(assessment, editor, name=name, content=content)
    assert as_editor.get(reverse("evidence_preview", args=[evidence.pk])).status_code == 404
    assert status_of(as_editor, reverse("evidence_download", args=[evidence.pk])) == 200


def test_a_link_is_no_file(assessment: Assessment, editor: User, as_editor: Client) -> None:
    answer = answer_to(assessment, "2.1")
    link = services.evidence.add_link(answer=answer, url="https://example.org/", name="x", by=editor).evidence
    assert as_editor.get(reverse("evidence_download", args=[link.pk])).status_code == 404
    assert as_editor.get(reverse("evidence_preview", args=[link.pk])).status_code == 404


def test_a_file_that_is_gone_from_the_disk_is_not_there(kept: Evidence, as_editor: Client, stored: Path) -> None:
    (stored / str(kept.file)).unlink()
    assert as_editor.get(reverse("evidence_download", args=[kept.pk])).status_code == 404


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=320))
def test_any_name_comes_back_as_it_is_shown(assessment: Assessment, editor: User, as_editor: Client, raw: str) -> None:
    file = upload("x.pdf", pdf(text=uuid4().hex))
    file._name = f"{raw}ก.pdf"  # type: ignore[attr-defined]
    taken = check(file)
    evidence = services.evidence.add_file(answer=answer_to(assessment, "2.1"), file=taken, by=editor).evidence
    key = str(evidence.pk)
    assert str(evidence.file) == f"{key[:2]}/{key}"
    response = as_editor.get(reverse("evidence_download", args=[evidence.pk]))
    response.close()
    assert response["Content-Disposition"] == content_disposition_header(True, taken.name)
    assert "\n" not in response["Content-Disposition"]


# --- pages -----------------------------------------------------------------------------------------


def test_several_files_at_once_without_script(assessment: Assessment, as_editor: Client) -> None:
    english(as_editor)
    files = [upload("หนึ่ง.pdf", pdf()), upload("สอง.png", image()), upload("สาม.pdf", b"<html></html>")]
    response = as_editor.post(url("evidence_upload", assessment, "2.1"), {"file": files})
    assert response.status_code == 422
    page = response.content.decode()
    reason = (
        "สาม.pdf: The name ends in .pdf but the content is a web page; save it again from the program that made it "
        "and attach the new file."
    )
    assert page.count(reason) == 2  # in the summary and at the field
    assert "<title>Error:" in page
    assert set(Evidence.objects.values_list("name", flat=True)) == {"หนึ่ง.pdf", "สอง.png"}


def test_files_without_script_lead_back_to_the_indicator(assessment: Assessment, as_editor: Client) -> None:
    files = [upload("หนึ่ง.pdf", pdf()), upload("สอง.png", image())]
    response = as_editor.post(url("evidence_upload", assessment, "2.1"), {"file": files})
    assert response["Location"] == reverse("answer_detail", args=[assessment.pk, "2.1"]) + "#_panel"
    page = as_editor.get(reverse("answer_detail", args=[assessment.pk, "2.1"])).content.decode()
    assert "หนึ่ง.pdf" in page
    assert "สอง.png" in page


def test_one_file_a_request_answers_the_script(assessment: Assessment, as_editor: Client) -> None:
    english(as_editor)
    address = url("evidence_upload", assessment, "2.1")
    headers = {"Accept": "application/json", "HX-Request": "true"}
    good = as_editor.post(address, {"file": upload("a.pdf", pdf())}, headers=headers)
    assert (good.status_code, good.json()) == (200, {"notices": ["“a.pdf” is attached."], "errors": []})
    known = as_editor.post(address, {"file": upload("b.pdf", pdf())}, headers=headers)
    notice = "The office already has this one as “a.pdf”; that one is attached."
    assert (known.status_code, known.json()) == (200, {"notices": [notice], "errors": []})
    bad = as_editor.post(address, {"file": upload("a.pdf", b"")}, headers=headers)
    reason = "The file is empty; open it to see whether it is the right one, and choose it again."
    assert (bad.status_code, bad.json()) == (422, {"notices": [], "errors": [reason]})
    none = as_editor.post(address, {}, headers=headers)
    assert (none.status_code, none.json()) == (422, {"notices": [], "errors": ["Choose at least one file."]})


def test_a_script_s_upload_is_told_why_it_may_not(assessment: Assessment, kept: Evidence, as_reviewer: Client) -> None:
    headers = {"Accept": "application/json", "HX-Request": "true"}
    address = url("evidence_upload", assessment, "2.1")
    response = english(as_reviewer).post(address, {"file": upload("a.pdf", pdf())}, headers=headers)
    assert response.status_code == 403
    assert "Only the office's own staff can change its answers and evidence." in response.content.decode().replace(
        "&#x27;", "'"
    )
    assert Client().post(address, headers=headers).status_code == 401


def test_a_large_upload_is_counted_and_not_kept(
    assessment: Assessment, as_editor: Client, settings: Any, tmp_path: Path
) -> None:
    settings.EVIDENCE_MAX_MB = 1
    english(as_editor)
    content = pdf(after=b"\n" * 3 * 1024 * 1024)
    response = as_editor.post(
        url("evidence_upload", assessment, "2.1"),
        {"file": upload("a.pdf", content)},
        headers={"Accept": "application/json"},
    )
    assert response.status_code == 422
    assert response.json()["errors"] == ["The file is larger than 1 MB; make it smaller, or attach it as a link."]
    assert files_in(tmp_path) == []


def test_too_much_in_one_request_is_counted_and_not_kept(
    assessment: Assessment, as_editor: Client, settings: Any
) -> None:
    settings.EVIDENCE_MAX_MB = 1
    one = 1024 * 1024 - 1000
    files = [upload(f"{place}.pdf", pdf(text=str(place), after=b"\n" * one)[:one]) for place in range(13)]
    response = english(as_editor).post(
        url("evidence_upload", assessment, "2.1"), {"file": files}, headers={"Accept": "application/json"}
    )
    assert response.status_code == 422
    assert len(response.json()["notices"]) == 10
    assert response.json()["errors"] == ["Too much was sent at once; send this file again by itself."] * 3


@pytest.mark.parametrize(
    ("typed", "kept_as", "name"),
    [
        ("https://example.org/d/folders/1/", "https://example.org/d/folders/1/", "example.org/d/folders/1"),
        ("  drive.google.com/a b ", "https://drive.google.com/a%20b", "drive.google.com/a%20b"),
        ("HTTP://example.org/\u200b", "HTTP://example.org/", "example.org"),
        ("https://example.org/รายงาน", "https://example.org/รายงาน", "example.org/รายงาน"),
    ],
)
def test_a_link_is_cleaned(assessment: Assessment, as_editor: Client, typed: str, kept_as: str, name: str) -> None:
    response = as_editor.post(url("evidence_link", assessment, "2.1"), {"url": typed, "name": ""})
    assert response.status_code == 302
    link = Evidence.objects.get()
    assert (link.url, link.name, link.kind) == (kept_as, name, "link")


NOT_LINKS = (
    *("javascript:alert(1)", "ftp://example.org/", "data:text/html,x", "ไม่ใช่ลิงก์", "https://"),
    *("file:///c:/a", "https://[::1"),
)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "Paste the address of the link, for example https://drive.google.com/…"),
        *(
            (
                typed,
                "This is not a web address; copy it from the browser&#x27;s address bar, starting with https://.",
            )
            for typed in NOT_LINKS
        ),
        ("https://me:secret@example.org/", "The address holds a user name or a password; paste it without them."),
        (
            "https://example.org/" + "a" * 1000,
            "The address is longer than 1,000 characters; make a short link and paste that.",
        ),
    ],
)
def test_a_bad_link_is_refused_and_stays_typed(
    assessment: Assessment, as_editor: Client, typed: str, reason: str
) -> None:
    response = english(as_editor).post(url("evidence_link", assessment, "2.1"), {"url": typed, "name": "ชื่อที่พิมพ์"})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(reason) == 2
    assert "ชื่อที่พิมพ์" in page
    assert not Evidence.objects.exists()


def test_the_name_of_a_link_has_a_length(assessment: Assessment, as_editor: Client) -> None:
    address = url("evidence_link", assessment, "2.1")
    assert as_editor.post(address, {"url": "https://a.example/", "name": "ก" * 301}).status_code == 422
    assert as_editor.post(address, {"url": "https://a.example/", "name": "ก" * 300}).status_code == 302


def test_the_panel_after_a_swap_is_the_panel_after_a_reload(
    assessment: Assessment, kept: Evidence, as_editor: Client
) -> None:
    def part(response: Any) -> str:
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        start = page.index('<section id="_panel"')
        return page[start : page.index("</section>", start)]

    address = url("evidence_panel", assessment, "2.1")
    reloaded = part(as_editor.get(address))
    assert part(as_editor.get(address, headers={"HX-Request": "true"})) == reloaded
    assert part(as_editor.get(reverse("answer_detail", args=[assessment.pk, "2.1"]))) == reloaded


def test_taken_off_and_put_back_on_the_page(assessment: Assessment, kept: Evidence, as_editor: Client) -> None:
    english(as_editor)
    htmx = {"HX-Request": "true"}
    gone = as_editor.post(url("evidence_unuse", assessment, "2.1", kept.pk), headers=htmx).content.decode()
    assert "Put it back" in gone
    assert served(kept) == set()
    address = url("evidence_use", assessment, "2.1")
    back = as_editor.post(address, {"evidence": [str(kept.pk)]}, headers=htmx).content.decode()
    assert "Put it back" not in back
    assert served(kept) == {"2.1"}


def test_the_picker_offers_what_does_not_serve_here(assessment: Assessment, kept: Evidence, as_editor: Client) -> None:
    assert f'value="{kept.pk}"' in as_editor.get(url("evidence_panel", assessment, "2.2") + "?pick").content.decode()
    assert f'value="{kept.pk}"' not in as_editor.get(url("evidence_panel", assessment, "2.2")).content.decode()
    assert (
        f'value="{kept.pk}"' not in as_editor.get(url("evidence_panel", assessment, "2.1") + "?pick").content.decode()
    )
    nothing = english(as_editor).post(url("evidence_use", assessment, "2.2"), {})
    assert nothing.status_code == 422
    assert "Choose at least one file or link." in nothing.content.decode()


def test_delete_and_undo_on_the_library_page(assessment: Assessment, kept: Evidence, as_editor: Client) -> None:
    english(as_editor)
    response = as_editor.post(reverse("evidence_delete", args=[kept.pk]), {"show": "all"}, follow=True)
    page = response.content.decode()
    assert f"“{NAME}” is deleted." in page
    assert "All (0)" in page
    assert "Deleted (1)" in page
    response = as_editor.post(reverse("evidence_restore", args=[kept.pk]), {"show": "all"}, follow=True)
    page = response.content.decode()
    assert f"“{NAME}” is back, with its indicators." in page
    assert "All (1)" in page


def test_the_library_tells_what_serves_nothing(assessment: Assessment, editor: User, as_editor: Client) -> None:
    added(assessment, editor)
    unused = added(assessment, editor, name="เหลือ.png", content=image())
    services.evidence.unuse(evidence=unused, answer=answer_to(assessment, "2.1"), by=editor)
    page = english(as_editor).get(url("evidence_library", assessment), {"show": "unused"}).content.decode()
    assert "All (2)" in page
    assert "Serving no indicator (1)" in page
    assert "เหลือ.png" in page
    assert NAME not in page


def test_a_hostile_name_is_only_text(assessment: Assessment, editor: User, as_editor: Client) -> None:
    added(assessment, editor, name="<img src=x onerror=alert(1)>.pdf")
    for address in (url("evidence_library", assessment), url("evidence_panel", assessment, "2.1")):
        assert "<img src=x" not in as_editor.get(address).content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_lists_ask_the_same_number_of_queries(
    assessment: Assessment, editor: User, as_editor: Client, django_assert_num_queries: Any, many: int
) -> None:
    for place in range(many):
        added(assessment, editor, name=f"{place}.pdf", content=pdf(text=str(place)))
    as_editor.get(reverse("profile"))
    with django_assert_num_queries(6):
        as_editor.get(url("evidence_library", assessment))
    with django_assert_num_queries(7):
        as_editor.get(url("evidence_panel", assessment, "2.1"))
    with django_assert_num_queries(9):
        as_editor.get(url("evidence_panel", assessment, "2.2") + "?pick")
