"""The office's evidence as a whole: proposals, what the handbook expects, earlier years, looking inside, the ZIP."""

import csv
import io
import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.exports import locker as exports
from assessments.files import check
from assessments.models import Answer, Assessment, Evidence, EvidenceChange, Province, User
from assessments.queries import locker
from indicators.models import Edition
from tests.conftest import AFTER, signed_in
from tests.evidence import added, answer_to, served
from tests.uploads import image, mp4, office, pdf, upload, workbook

pytestmark = pytest.mark.usefixtures("stored")


@pytest.fixture
def client(as_editor: Client) -> Client:
    as_editor.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return as_editor


@pytest.fixture
def last_year(edition: Edition, manager: User, chiang_mai: Province, editor: User, time_machine: Any) -> Assessment:
    """Chiang Mai's assessment of 2568."""
    opened = services.open_round(
        year=2568,
        edition=edition,
        opens_on=date(2025, 7, 1),
        closes_on=date(2026, 9, 30),
        budget_target=None,
        by=manager,
    )
    return Assessment.objects.whole().get(round=opened, province=chiang_mai)


def url(name: str, assessment: Assessment, *rest: Any) -> str:
    return reverse(name, args=[assessment.pk, *rest])


def kept(assessment: Assessment, by: User, name: str, content: bytes = b"", folder: str = "") -> Evidence:
    file = check(upload(name, content or pdf(text=name)))
    return services.evidence.keep_file(assessment=assessment, file=file, folder=folder, by=by).evidence


def code_of(row: locker.Row) -> str:
    return row.node.code if row.node else ""


# --- proposals ------------------------------------------------------------------------------------------


def test_proposals_are_shown_and_nothing_is_attached(assessment: Assessment, editor: User, client: Client) -> None:
    files = [kept(assessment, editor, "2.1 แผน.pdf"), kept(assessment, editor, "IMG_1.pdf", folder="มิติ 4/ข้อ 12")]
    files.append(kept(assessment, editor, "รายงานการประชุม.pdf"))
    added(assessment, editor, "2.2", "2.3 ใช้แล้ว.pdf")
    services.evidence.delete(evidence=kept(assessment, editor, "2.4 ลบแล้ว.pdf"), by=editor)
    rows = locker.proposals_of(assessment).rows
    assert [(row.item.evidence, code_of(row), row.ticked) for row in rows] == [
        (files[0], "2.1", True),
        (files[1], "4.12", True),
        (files[2], "", False),
    ]
    page = client.get(url("evidence_proposals", assessment)).content.decode()
    assert "the number in the file&#x27;s name: 2.1" in page
    assert "its words fit several: 2.3, 2.4, 3.8, 3.9 …" in page
    assert page.count('value="4.12" selected>') == 1
    assert [served(each) for each in files] == [set(), set(), set()]


def test_what_is_confirmed_is_attached_and_can_be_taken_back(
    assessment: Assessment, editor: User, client: Client
) -> None:
    one, two, three = (kept(assessment, editor, name) for name in ("2.1 ก.pdf", "2.2 ข.pdf", "2.3 ค.pdf"))
    data = {
        "attach": [str(one.pk), str(two.pk)],
        f"code-{one.pk}": "2.1",
        f"code-{two.pk}": "4.5",
        f"code-{three.pk}": "2.3",
    }
    response = client.post(url("evidence_attach", assessment), data, follow=True)
    assert response.redirect_chain == [(url("evidence_proposals", assessment) + "?done=1", 302)]
    assert [served(each) for each in (one, two, three)] == [{"2.1"}, {"4.5"}, set()]
    assert "2 files are attached." in response.content.decode()
    assert "2 files are attached." not in client.get(url("evidence_proposals", assessment)).content.decode()
    response = client.post(url("evidence_attach_undo", assessment), follow=True)
    assert "2 files are taken off again." in response.content.decode()
    assert [served(each) for each in (one, two, three)] == [set(), set(), set()]
    acts = EvidenceChange.objects.filter(evidence_id=two.pk).order_by("pk").values_list("act", "indicator_code")
    assert list(acts) == [("added", ""), ("used", "4.5"), ("unused", "4.5")]
    # There is nothing left to take back.
    again = client.post(url("evidence_attach_undo", assessment), follow=True)
    assert "0 files are taken off again." in again.content.decode()


def test_undo_leaves_what_was_there_before(assessment: Assessment, editor: User, client: Client) -> None:
    here = added(assessment, editor, "2.1")
    assert services.evidence.attach(assessment=assessment, pairs=[(here.pk, "2.1"), (here.pk, "2.2")], by=editor) == [
        (here.pk, "2.2")
    ]


def test_a_ticked_file_needs_its_indicator(assessment: Assessment, editor: User, client: Client) -> None:
    one, two = kept(assessment, editor, "2.1 ก.pdf"), kept(assessment, editor, "ข.pdf")
    for code in ("", "9.9", "<b>"):
        data = {"attach": [str(one.pk), str(two.pk)], f"code-{one.pk}": "2.5", f"code-{two.pk}": code}
        response = client.post(url("evidence_attach", assessment), data)
        assert response.status_code == 422
        page = response.content.decode()
        assert "Choose an indicator for “ข.pdf”." in page
        assert "<title>Error:" in page
        assert page.count('value="2.5" selected>') == 1  # what was chosen stays
    assert served(one) == set()


def test_nothing_ticked_and_what_is_not_the_office_s(
    assessment: Assessment, editor: User, client: Client, stranger: User
) -> None:
    other = Assessment.objects.whole().get(round=assessment.round, province=stranger.province)
    theirs = kept(other, stranger, "2.1 ก.pdf")
    nothing = client.post(url("evidence_attach", assessment), {})
    assert (nothing.status_code, "Tick at least one file." in nothing.content.decode()) == (422, True)
    data = {"attach": [str(theirs.pk)], f"code-{theirs.pk}": "2.1"}
    refused = client.post(url("evidence_attach", assessment), data)
    assert (refused.status_code, "One of these is no longer there" in refused.content.decode()) == (422, True)
    assert services.evidence.attach(assessment=assessment, pairs=[(theirs.pk, "2.1")], by=editor) == []
    assert served(theirs) == set()


def test_an_earlier_year_proposes_by_content_and_by_name(
    assessment: Assessment, last_year: Assessment, editor: User, client: Client
) -> None:
    added(last_year, editor, "2.8", "เก่า.pdf", pdf(text="same"))
    named = added(last_year, editor, "4.17", "ผลสำรวจ ปี 2568.png", image())
    services.evidence.use(evidence=[named], answer=answer_to(last_year, "4.16"), by=editor)
    kept(assessment, editor, "ใหม่.pdf", pdf(text="same"))
    kept(assessment, editor, "ผลสำรวจ ปี 2569.png", image(size=(9, 9)))
    rows = locker.proposals_of(assessment).rows
    assert [(code_of(row), row.ticked) for row in rows] == [("2.8", True), ("4.16", False)]
    page = client.get(url("evidence_library", assessment)).content.decode()
    assert page.count("same file as in 2568, indicator 2.8") == 1
    sent = client.post(
        url("evidence_add", assessment),
        {"file": upload("x.pdf", pdf(text="same"))},
        headers={"Accept": "application/json"},
    )
    words = "The office already has this one as “ใหม่.pdf”. The same file as in 2568, indicator 2.8."
    assert sent.json()["notices"] == [words]


def test_another_office_s_file_is_not_mentioned(
    assessment: Assessment, last_year: Assessment, editor: User, stranger: User, client: Client
) -> None:
    theirs = Assessment.objects.whole().get(round=last_year.round, province=stranger.province)
    added(theirs, stranger, "2.8", "เก่า.pdf", pdf(text="same"))
    kept(assessment, editor, "ใหม่.pdf", pdf(text="same"))
    assert "same file as in" not in client.get(url("evidence_library", assessment)).content.decode()


@pytest.mark.parametrize(("number", "pages"), [(50, 1), (51, 2)])
def test_fifty_a_page(assessment: Assessment, editor: User, number: int, pages: int) -> None:
    for place in range(number):
        Evidence.objects.create(
            assessment=assessment, kind="file", name=f"{place}.pdf", file=f"aa/{place}", size=1, sha256=f"{place:064x}",
            content_type="application/pdf", added_by=editor,
        )  # fmt: skip
    proposals = locker.proposals_of(assessment, "2")
    assert (proposals.page.paginator.num_pages, len(proposals.rows)) == (pages, number - 50 * (pages - 1))


@pytest.mark.parametrize("many", [1, 3])
def test_queries(
    assessment: Assessment, editor: User, client: Client, django_assert_num_queries: Any, many: int
) -> None:
    for place in range(many):
        kept(assessment, editor, f"2.{place + 1}.pdf")
    client.get(reverse("profile"))
    with django_assert_num_queries(7):
        client.get(url("evidence_proposals", assessment))
    with django_assert_num_queries(4):
        client.get(url("evidence_expected", assessment))
    with django_assert_num_queries(8):
        b"".join(client.get(url("evidence_zip", assessment)))


# --- what the handbook expects --------------------------------------------------------------------------


def test_what_is_expected_and_missing(assessment: Assessment, editor: User, client: Client) -> None:
    added(assessment, editor, "2.8")
    services.evidence.delete(evidence=added(assessment, editor, "2.9", "ลบ.pdf", pdf(text="x")), by=editor)
    Answer.objects.filter(assessment=assessment, indicator__code="2.8").update(evidence_held=[0])
    Answer.objects.filter(assessment=assessment, indicator__code="2.1").update(evidence_held=[0, 2])
    added(assessment, editor, "2.1", "a.png", image())
    expectation = locker.expected_of(assessment, editor)
    rows = {row.node.code: row for _area, rows in expectation.areas for row in rows}
    assert expectation.counts == {"all": 86, "lacking": 85, "bare": 84}
    assert (rows["2.8"].kinds, rows["2.8"].number, rows["2.8"].lacks) == ((("หนังสือร้องเรียน", True),), 1, False)
    assert [held for _text, held in rows["2.1"].kinds] == [True, False, True]
    assert (rows["2.1"].lacks, rows["2.1"].is_bare, rows["2.9"].is_bare) == (True, False, True)
    lacking = client.get(url("evidence_expected", assessment), {"show": "lacking"}).content.decode()
    assert f'href="{url("answer_detail", assessment, "2.1")}#_panel"' in lacking
    assert f'href="{url("answer_detail", assessment, "2.8")}#_panel"' not in lacking
    bare = client.get(url("evidence_expected", assessment), {"show": "bare"}).content.decode()
    assert f'href="{url("answer_detail", assessment, "2.1")}#_panel"' not in bare
    assert client.get(url("evidence_expected", assessment), {"show": "x"}).status_code == 200


# --- looking inside -------------------------------------------------------------------------------------


def looked(client: Client, evidence: Evidence, **headers: str) -> str:
    return client.get(reverse("evidence_view", args=[evidence.pk]), headers=headers).content.decode()


def test_each_kind_is_shown_as_it_can(assessment: Assessment, editor: User, client: Client) -> None:
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    text = "<w:p><w:r><w:t>&lt;script&gt;alert(1)&lt;/script&gt;</w:t></w:r></w:p>"
    document = office(parts={"word/document.xml": f"<w:document {ns}><w:body>{text}</w:body></w:document>"})
    shown = {
        name: looked(client, kept(assessment, editor, name, content))
        for name, content in {
            "a.pdf": pdf(), "a.png": image(), "a.docx": document, "b.docx": office(), "a.xlsx": workbook(),
            "a.pptx": office("pptx"), "a.mp4": mp4(),
        }.items()
    }  # fmt: skip
    keys = {each.name: each.pk for each in Evidence.objects.all()}
    assert f'<iframe src="{reverse("evidence_frame", args=[keys["a.pdf"]])}"' in shown["a.pdf"]
    assert f'<img src="{reverse("evidence_preview", args=[keys["a.png"]])}" alt="a.png"' in shown["a.png"]
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in shown["a.docx"]
    assert "There is no text in this file." in shown["b.docx"]
    assert "<td>สวัสดี</td>" in shown["a.xlsx"]
    for name in ("a.pptx", "a.mp4"):
        assert "This file cannot be shown here; download it to see it." in shown[name]


def test_a_swap_is_the_part_of_the_page(assessment: Assessment, editor: User, client: Client) -> None:
    evidence = kept(assessment, editor, "a.xlsx", workbook())
    part = looked(client, evidence, **{"HX-Request": "true"}).strip()
    assert part.startswith('<div id="_view"')
    assert part in looked(client, evidence)


def test_a_pdf_stands_in_our_own_pages_only(assessment: Assessment, editor: User, client: Client) -> None:
    response = client.get(reverse("evidence_frame", args=[kept(assessment, editor, "ก.pdf", pdf()).pk]))
    assert b"".join(response.streaming_content) == pdf()  # type: ignore[attr-defined]
    policy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
    assert response["Content-Security-Policy"] == policy
    assert (response["X-Frame-Options"], response["X-Content-Type-Options"]) == ("SAMEORIGIN", "nosniff")
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/pdf", "private, no-store")
    picture = kept(assessment, editor, "a.png", image())
    assert client.get(reverse("evidence_frame", args=[picture.pk])).status_code == 404


def test_what_is_not_there_is_not_shown(assessment: Assessment, editor: User, client: Client, stored: Path) -> None:
    answer = answer_to(assessment, "2.1")
    link = services.evidence.add_link(answer=answer, url="https://example.org/", name="x", by=editor).evidence
    assert client.get(reverse("evidence_view", args=[link.pk])).status_code == 404
    lost = kept(assessment, editor, "a.xlsx", workbook())
    (stored / str(lost.file)).unlink()
    assert client.get(reverse("evidence_view", args=[lost.pk])).status_code == 404


def test_deleted_evidence_is_shown_to_its_office_only(
    assessment: Assessment, editor: User, client: Client, as_reviewer: Client
) -> None:
    evidence = kept(assessment, editor, "a.pdf", pdf())
    services.evidence.delete(evidence=evidence, by=editor)
    for name in ("evidence_view", "evidence_frame"):
        address = reverse(name, args=[evidence.pk])
        assert as_reviewer.get(address).status_code == 404
        response = client.get(address)
        response.close()
        assert response.status_code == 200


# --- the whole as a ZIP ---------------------------------------------------------------------------------


def opened(response: Any) -> zipfile.ZipFile:
    content = b"".join(response.streaming_content)
    assert response["Content-Length"] == str(len(content))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def test_the_zip_and_its_list(assessment: Assessment, editor: User, as_reviewer: Client, stored: Path) -> None:
    as_reviewer.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    one = added(assessment, editor, "2.8", "น้ำท่วม: แผน?.pdf", pdf(text="1"))
    services.evidence.use(evidence=[one], answer=answer_to(assessment, "2.9"), by=editor)
    Evidence.objects.filter(pk=one.pk).update(document_date=date(2026, 3, 1))
    two = added(assessment, editor, "2.8", "น้ำท่วม_ แผน_.PDF", pdf(text="2"))
    unused = kept(assessment, editor, "=1+1.png", image())
    lost = added(assessment, editor, "4.1", "หาย.pdf", pdf(text="3"))
    (stored / str(lost.file)).unlink()
    services.evidence.add_link(answer=answer_to(assessment, "2.8"), url="https://example.org/", name="ลิงก์", by=editor)
    services.evidence.delete(evidence=kept(assessment, editor, "ลบ.pdf"), by=editor)
    archive = opened(as_reviewer.get(url("evidence_zip", assessment)))
    eight = "2.8 ร้อยละของบุคลากรที่ร้องเรียนเกี่ยวกับการประเมินผลการปฏิบ"
    nine = "2.9 ร้อยละของ จนท. ที่เขียนรายงานผลงานในแบบฟอร์ม"
    names = archive.namelist()
    assert names == [
        "List of evidence.csv",
        f"{names[1].partition('/')[0]}/น้ำท่วม_ แผน_.pdf",
        f"{names[1].partition('/')[0]}/น้ำท่วม_ แผน_ (2).PDF",
        f"{nine}/น้ำท่วม_ แผน_.pdf",
        "Serving no indicator/=1+1.png",
    ]
    assert names[1].startswith(eight)
    assert archive.read(names[1]) == archive.read(names[3]) == pdf(text="1")
    assert archive.read(names[2]) == pdf(text="2")
    rows = list(csv.reader(io.StringIO(archive.read(names[0]).decode("utf-8-sig"))))
    assert rows[:3] == [["Office", assessment.province.office_name], ["Fiscal year", "2569"], []]
    told = [(row[0], row[2], row[3], row[4], row[6], row[7], row[10]) for row in rows[4:]]
    assert told == [
        ("2.8", "PDF document", one.name, names[1], one.sha256, "1 Mar 2569 B.E.", ""),
        ("2.8", "PDF document", two.name, names[2], two.sha256, "", ""),
        ("2.8", "Link", "ลิงก์", "", "", "", "https://example.org/"),
        ("2.9", "PDF document", one.name, names[3], one.sha256, "1 Mar 2569 B.E.", ""),
        ("4.1", "PDF document", "หาย.pdf", "the file is not there", lost.sha256, "", ""),
        ("", "PNG picture", "'=1+1.png", names[4], unused.sha256, "", ""),
    ]
    assert {row[8] for row in rows[4:]} == {editor.full_name}


def test_an_empty_locker_is_its_list(assessment: Assessment, client: Client) -> None:
    assert opened(client.get(url("evidence_zip", assessment))).namelist() == ["List of evidence.csv"]
    response = client.get(url("evidence_zip", assessment))
    response.close()
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Evidence%20of%20")
    assert response["Content-Type"] == "application/zip"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("แผน.pdf", "แผน.pdf"),
        ('a<>:"/\\|?*b.pdf', "a_________b.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("  .. ", "_"),
        ("ก" * 300 + ".pdf", "ก" * 65 + ".pdf"),
        ("ก" * 64 + "กี่.pdf", "ก" * 64 + ".pdf"),
        ("ไม่มีนามสกุล", "ไม่มีนามสกุล"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert exports.safe_name(name) == safe
    assert len(safe.encode()) <= exports.NAME_BYTES


def test_names_are_made_unique() -> None:
    taken: set[str] = set()
    assert [exports.safe_name(name, taken) for name in ("ก.pdf", "ก.PDF", "ก.pdf", "ข.pdf")] == [
        "ก.pdf",
        "ก (2).PDF",
        "ก (3).pdf",
        "ข.pdf",
    ]


PACKING = """
import resource, sys
import django
django.setup()
from django.conf import settings
from assessments.exports.locker import archive_of
from assessments.models import Assessment, Evidence, Province, Round, User
from assessments.queries.evidence import Item
folder, by = sys.argv[1], User(full_name="x")
settings.STORAGES["default"]["OPTIONS"]["location"] = folder
assessment = Assessment(province=Province(name_th="x"), round=Round(year=2569))
def file(place):
    return Evidence(kind="file", name=f"แผน {place}.pdf", file="file", size=1048576, sha256="0" * 64, added_by=by)
def packed(number):
    items = [Item(file(place), ("2.1",)) for place in range(number)]
    total = sum(len(part) for part in archive_of(assessment, items, {"2.1": "ก"}))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, total // 1048576
few, _total = packed(30)
peak, total = packed(300)
print(peak, peak - few, total)
"""


def test_300_files_are_streamed_in_constant_memory(tmp_path: Path) -> None:
    """In a process of its own: 300 files of 1 MB need hardly more memory than 30 of them did before."""
    (tmp_path / "file").write_bytes(os.urandom(1024 * 1024))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(django_settings.BASE_DIR),
    }
    command = [sys.executable, "-c", PACKING, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    _peak, more, total = (int(figure) for figure in done.stdout.split())
    assert total == 300
    assert more <= 8


# --- who may --------------------------------------------------------------------------------------------


def reads(assessment: Assessment, evidence: Evidence) -> list[str]:
    views = [reverse(name, args=[evidence.pk]) for name in ("evidence_view", "evidence_frame")]
    return [url("evidence_expected", assessment), url("evidence_zip", assessment), *views]


def changes(assessment: Assessment, evidence: Evidence) -> list[tuple[str, dict[str, str]]]:
    data = {"attach": str(evidence.pk), f"code-{evidence.pk}": "2.1"}
    return [(url("evidence_attach", assessment), data), (url("evidence_attach_undo", assessment), {})]


def statuses(client: Client, assessment: Assessment, evidence: Evidence) -> tuple[set[int], set[int]]:
    found = set()
    for address in reads(assessment, evidence):
        response = client.get(address)
        response.close()
        found.add(response.status_code)
    changed = {client.post(address, data).status_code for address, data in changes(assessment, evidence)}
    if client.get(url("evidence_proposals", assessment)).status_code != 200:
        changed.add(client.get(url("evidence_proposals", assessment)).status_code)
    return found, changed


@pytest.mark.parametrize(
    ("who", "read", "change"),
    [
        ("stranger", 404, 404),
        ("supporter", 404, 404),
        ("reviewer", 200, 403),
        ("manager", 200, 403),
        ("inspector", 200, 403),
        ("admin", 200, 403),
        ("head", 200, 302),
    ],
)
def test_who_may(request: Any, assessment: Assessment, editor: User, who: str, read: int, change: int) -> None:
    evidence = kept(assessment, editor, "ก.pdf")
    assert statuses(signed_in(request.getfixturevalue(who)), assessment, evidence) == ({read}, {change})
    assert served(evidence) == set()


def test_a_closed_round_is_read_only(assessment: Assessment, editor: User, time_machine: Any) -> None:
    evidence = kept(assessment, editor, "ก.pdf")
    time_machine.move_to(AFTER)
    client = signed_in(editor)
    assert statuses(client, assessment, evidence) == ({200}, {403})
    page = client.get(url("evidence_library", assessment)).content.decode()
    assert "data-upload" not in page
    assert url("evidence_proposals", assessment) not in page
    with pytest.raises(services.Refused):
        services.evidence.keep_file(assessment=assessment, file=check(upload("a.png", image())), by=editor)
    with pytest.raises(services.Refused):
        services.evidence.detach(assessment=assessment, pairs=[(evidence.pk, "2.1")], by=editor)


def test_login_and_method(assessment: Assessment, editor: User, as_editor: Client) -> None:
    evidence = kept(assessment, editor, "ก.pdf")
    for address in [*reads(assessment, evidence), url("evidence_proposals", assessment)]:
        assert Client().get(address)["Location"].startswith(reverse("account_login"))
        assert as_editor.post(address).status_code == 405
    for address, _data in changes(assessment, evidence):
        assert Client().post(address)["Location"].startswith(reverse("account_login"))
        assert as_editor.get(address).status_code == 405
