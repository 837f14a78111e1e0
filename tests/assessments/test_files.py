"""What a file may be. Every refusal is one sentence that says what to do."""

import io
import os
import struct
import subprocess
import sys
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessments import files, office_files
from assessments.files import FileRefused, check, clean_name
from tests import uploads
from tests.uploads import box, image, mp4, office, pdf, pdf_with_streamed_table, png_of_size, relations, upload

LIMIT = 1024 * 1024


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        check(upload(name, content))
    return refused.value.message


@pytest.mark.parametrize("name", uploads.WHOLE)
def test_a_whole_file_of_each_kind_is_taken(name: str) -> None:
    content = uploads.WHOLE[name]()
    checked = check(upload(name, content))
    assert checked.name == name
    assert checked.size == len(content)
    assert checked.content.read() == content
    assert name.lower().rpartition(".")[2] in checked.kind.extensions


def test_the_content_type_is_ours_and_not_the_sender_s() -> None:
    checked = check(upload("a.pdf", pdf(), content_type="text/html"))
    assert checked.kind.content_type == "application/pdf"


# --- size ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
def test_up_to_the_limit_is_taken(settings: Any, size: int) -> None:
    settings.EVIDENCE_MAX_MB = 1
    content = pdf(after=b"\n" * (size - len(pdf())))
    assert check(upload("a.pdf", content)).size == size


def test_above_the_limit_is_refused(settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    content = pdf(after=b"\n" * LIMIT)[: LIMIT + 1]
    assert len(content) == LIMIT + 1
    assert refusal("a.pdf", content) == "The file is larger than 1 MB; make it smaller, or attach it as a link."


def test_an_empty_file_is_refused() -> None:
    expected = "The file is empty; open it to see whether it is the right one, and choose it again."
    assert refusal("a.pdf", b"") == expected


# --- kinds and names -------------------------------------------------------------------------------

NOT_ACCEPTED = (
    "This kind of file is not accepted; save it as PDF, JPG, PNG, WebP, Word (.docx), Excel (.xlsx), "
    "PowerPoint (.pptx) or MP4 and attach it again."
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("program.exe", b"MZ\x90\0" + b"\0" * 100),
        ("page.html", b"<html></html>"),
        ("report.pdf.exe", b"MZ\x90\0"),
        ("old.doc", bytes.fromhex("d0cf11e0a1b11ae1")),
        ("macros.docm", office()),
        ("archive.zip", office()),
        ("ภาพ.gif", b"GIF89a"),
        ("ภาพ.heic", box(b"ftyp", b"heic\0\0\0\0mif1heic")),
        ("ไม่มีนามสกุล", pdf()),
        (".pdf", pdf()),
        ("a.pdf\0.exe", pdf()),
        ("a." + "p" * 400, pdf()),
    ],
)
def test_other_kinds_are_refused(name: str, content: bytes) -> None:
    assert refusal(name, content) == NOT_ACCEPTED


@pytest.mark.parametrize("ending", ["exe", "html", "svg", "js"])
def test_a_second_ending_that_acts_is_refused(ending: str) -> None:
    expected = f"The name has a second ending, .{ending}; rename the file without it and attach it again."
    assert refusal(f"notice.{ending}.pdf", pdf()) == expected


@pytest.mark.parametrize("name", ["อ.เมือง จ.เชียงใหม่.pdf", "รายงาน.docx.pdf", "www.facebook.com.pdf", "v1.2.pdf"])
def test_dots_in_an_honest_name_are_fine(name: str) -> None:
    assert check(upload(name, pdf())).name == name


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.pdf", b"<!DOCTYPE html><html><body>x</body></html>", "a web page"),
        ("a.pdf", image(), "PNG picture"),
        ("a.pdf", office(), "Word document"),
        ("a.jpg", image("PNG"), "PNG picture"),
        ("a.jpg", b"GIF89a" + b"\1\0\1\0" + b"\0" * 20 + b"/*alert(1)*/", "a GIF picture"),
        ("a.png", b"MZ\x90\0" + b"\0" * 200, "a program"),
        ("a.docx", pdf(), "PDF document"),
        ("a.docx", uploads.workbook(), "Excel workbook"),
        ("a.mp4", image("JPEG"), "JPG picture"),
        ("a.mp4", box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"moov"), "a QuickTime video"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "an SVG drawing"),
        ("a.xlsx", "สวัสดี".encode(), "plain text"),
    ],
)
def test_a_lying_ending_is_refused(name: str, content: bytes, found: str) -> None:
    ending = name.rpartition(".")[2]
    assert refusal(name, content) == (
        f"The name ends in .{ending} but the content is {found}; save it again from the program that made it "
        "and attach the new file."
    )


@settings(deadline=None)
@given(
    st.binary(min_size=1, max_size=400), st.sampled_from(["pdf", "jpg", "png", "webp", "docx", "xlsx", "pptx", "mp4"])
)
def test_noise_is_refused_and_breaks_nothing(content: bytes, ending: str) -> None:
    assert refusal(f"a.{ending}", content)


CONTENTS = {name: make() for name, make in uploads.WHOLE.items()}


@settings(deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), st.integers(1, 999))
@example("ภาพ.png", 950)  # A closing chunk that is not whole.
def test_half_a_file_of_any_kind_is_refused(name: str, thousandths: int) -> None:
    content = CONTENTS[name]
    half = content[: len(content) * thousandths // 1000]
    if half.rstrip(b"\r\n").endswith(b"%%EOF"):
        return  # Only the last line's end is gone.
    if b"IEND" in half:
        return  # Only the checksum of the empty chunk that closes a PNG is gone.
    with pytest.raises(FileRefused):
        check(upload(name, half))


# --- PDF -------------------------------------------------------------------------------------------


def test_a_page_with_a_pdf_behind_it_is_refused() -> None:
    content = pdf(before=b"<html><script>alert(1)</script></html>\n")
    assert refusal("a.pdf", content) in {
        "Something else stands before the PDF in this file; print it to PDF and attach that.",
        "The name ends in .pdf but the content is a web page; save it again from the program that made it "
        "and attach the new file.",
    }


@pytest.mark.parametrize("before", [b"\n", b"\xef\xbb\xbf", b"GIF89a", b"// "])
def test_the_header_stands_at_the_first_byte(before: bytes) -> None:
    assert refusal("a.pdf", pdf(before=before))


@pytest.mark.parametrize("make", [pdf, pdf_with_streamed_table])
def test_an_encrypted_pdf_is_refused(make: Any) -> None:
    expected = "The PDF is protected by a password; save it without protection and attach it again."
    assert refusal("a.pdf", make(trailer="/Encrypt 9 0 R")) == expected


def test_an_encrypted_pdf_with_a_lost_pointer_is_refused() -> None:
    content = pdf(trailer="/Encrypt 9 0 R").replace(b"startxref\n", b"startxref\n9")
    assert refusal("a.pdf", content).startswith("The PDF is protected by a password")


def test_a_pdf_that_only_speaks_of_encryption_is_taken() -> None:
    assert check(upload("a.pdf", pdf(text="/Encrypt 9 0 R")))
    assert check(upload("a.pdf", pdf(trailer="/EncryptMetadata false")))


@pytest.mark.parametrize("end", [-1, -8, -30, 200])
def test_half_a_pdf_is_refused(end: int) -> None:
    content = pdf()
    expected = "The PDF is incomplete or damaged; save or scan it again and attach the new file."
    if end == -1:
        assert check(upload("a.pdf", content[:end]))
    else:
        assert refusal("a.pdf", content[:end]) == expected


# --- pictures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(10_000, 5_001), (100_000, 100_000)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    expected = "The picture has more than 50 million pixels; make it smaller and attach it again."
    assert refusal("a.png", png_of_size(*size)) == expected


def test_the_most_pixels_are_looked_into() -> None:
    """At the bound the picture is decoded: this one has none of its pixels."""
    assert refusal("a.png", png_of_size(10_000, 5_000)).startswith("The picture is incomplete or damaged")


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_half_a_picture_is_refused(image_format: str) -> None:
    content = image(image_format, (300, 200))
    name = {"PNG": "a.png", "JPEG": "a.jpg", "WEBP": "a.webp"}[image_format]
    expected = "The picture is incomplete or damaged; save or photograph it again and attach the new file."
    assert refusal(name, content[: len(content) * 2 // 3]) == expected


# --- Word, Excel, PowerPoint -----------------------------------------------------------------------

DAMAGED = "The file is incomplete or damaged; open it, save it again and attach the new file."
TOO_LARGE_INSIDE = (
    "The file unpacks to far more than it should hold; delete unused rows and pictures, or save it as PDF."
)


@pytest.mark.parametrize("ending", ["docx", "pptx", "xlsx"])
def test_a_zip_of_another_kind_is_refused(ending: str) -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("notes.txt", "x")
    assert refusal(f"a.{ending}", plain.getvalue()) == DAMAGED
    other = {"docx": "pptx", "pptx": "docx", "xlsx": "docx"}[ending]
    assert refusal(f"a.{ending}", office(other))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            office(parts={"word/vbaProject.bin": b"x"}),
            "The file holds macros; save it without macros (.docx, .xlsx, .pptx) and attach it again.",
        ),
        (
            office(content_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
            "The file holds macros; save it without macros (.docx, .xlsx, .pptx) and attach it again.",
        ),
        (
            office(parts={"word/embeddings/more.zip": b"PK"}),
            "The file holds another archive or a program; take it out, save and attach it again.",
        ),
        (
            office(parts={"word/media/setup.exe": b"MZ"}),
            "The file holds another archive or a program; take it out, save and attach it again.",
        ),
        (office(parts={"../../etc/passwd": b"x"}), DAMAGED),
        (office(parts={"/word/a.xml": b"<a/>"}), DAMAGED),
        (office(parts={"word/document.xml": b"<main"}), DAMAGED),
        (office(parts={"[Content_Types].xml": b"not xml"}), DAMAGED),
        (office()[:-30], DAMAGED),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
            "The file has a password or is of an older Office; save it as .docx without a password "
            "and attach it again.",
        ),
    ],
)
def test_what_acts_or_is_damaged_is_refused(content: bytes, expected: str) -> None:
    assert refusal("a.docx", content) == expected


DTD = "The file holds hidden declarations (DTD); save it again from Office and attach the new file."
DECLARED = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/_rels/document.xml.rels", "docProps/core.xml", "customXml/item1.xml"]
)
@pytest.mark.parametrize("declared", [DECLARED, "<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_declaration_in_any_part_is_refused(part: str, declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declared}<a>x</a>'
    assert refusal("a.docx", office(parts={part: text.encode(encoding)})) == DTD


def test_a_declaration_in_the_list_of_contents_is_refused() -> None:
    assert refusal("a.docx", office(prolog=DECLARED)) == DTD


ELSEWHERE = "The file takes parts of itself from elsewhere; break those links or save it as PDF."


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("attachedTemplate", "http://example.org/evil.dotm"),
        ("attachedTemplate", "file:///\\\\server\\share\\evil.dotm"),
        ("attachedTemplate", "\\\\server\\share\\evil.dotm"),
        ("oleObject", "file:///C:\\other.xlsx"),
        ("image", "https://example.org/spy.png"),
        ("externalLinkPath", "other.xlsx"),
        ("frame", "http://example.org/"),
    ],
)
def test_what_fetches_from_elsewhere_is_refused(kind: str, target: str) -> None:
    rels = relations((kind, target, "External"))
    assert refusal("a.docx", office(parts={"word/_rels/document.xml.rels": rels})) == ELSEWHERE


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://example.org/"),
        ("attachedTemplate", "file:///C:\\Users\\a\\Templates\\หนังสือ.dotx"),
        ("attachedTemplate", "Normal.dotm"),
    ],
)
def test_links_to_click_and_own_templates_are_fine(kind: str, target: str) -> None:
    rels = relations((kind, target, "External"), ("styles", "styles.xml", "Internal"))
    assert check(upload("a.docx", office(parts={"word/_rels/document.xml.rels": rels})))


def test_a_chart_s_workbook_inside_is_fine_and_checked_too() -> None:
    inside = "word/embeddings/Microsoft_Excel_Sheet.xlsx"
    assert check(upload("a.docx", office(parts={inside: uploads.workbook()})))
    spoiled = office("xlsx", parts={"xl/vbaProject.bin": b"x"})
    assert refusal("a.docx", office(parts={inside: spoiled})).startswith("The file holds macros")
    nested = office("xlsx", parts={"xl/embeddings/a.docx": office()})
    expected = "Too many files lie inside this file; save it as PDF and attach that."
    assert refusal("a.docx", office(parts={inside: nested})) == expected
    many = {f"word/embeddings/{place}.docx": office() for place in range(office_files.MAX_EMBEDDED + 1)}
    assert refusal("a.docx", office(parts=many)) == expected


def test_too_many_members_are_refused() -> None:
    parts = {f"word/media/{place}.png": b"" for place in range(office_files.MAX_ENTRIES)}
    assert refusal("a.docx", office(parts=parts)) == TOO_LARGE_INSIDE


def test_a_bomb_is_refused_unopened() -> None:
    """65 KB that declare 64 MB: refused, and the memory of the process does not grow."""
    bomb = office(parts={"word/media/a.xml": b"\0" * (64 * 1024 * 1024)})
    assert len(bomb) < 70_000
    assert refusal("a.docx", bomb) == TOO_LARGE_INSIDE
    code = (
        "import django, resource, sys, io; django.setup()\n"
        "from assessments.office_files import check_office, OfficeFault\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "data = io.BytesIO(sys.stdin.buffer.read())\n"
        "try: check_office(data, folder='word')\n"
        "except OfficeFault: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", code], input=bomb, capture_output=True, check=True, env=environment)
    assert int(done.stdout) < 20_000  # kilobytes


def test_the_ratio_counts_above_twenty_megabytes_only() -> None:
    below = office(parts={"word/media/a.bin": b"\0" * (office_files.RATIO_FROM - 2000)})
    above = office(parts={"word/media/a.bin": b"\0" * office_files.RATIO_FROM})
    assert check(upload("a.docx", below))
    assert refusal("a.docx", above) == TOO_LARGE_INSIDE


def test_a_password_on_a_member_is_refused() -> None:
    content = bytearray(office(compression=zipfile.ZIP_STORED))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.index(mark)
        flags = struct.unpack_from("<H", content, start + place)[0]
        struct.pack_into("<H", content, start + place, flags | 1)
    expected = "The file is protected by a password; save it without a password and attach it again."
    assert refusal("a.docx", bytes(content)) == expected


def test_a_wrong_place_of_the_table_of_contents_is_refused() -> None:
    """The place that the end of the archive names lies behind the table: the members before it would start below 0."""
    content = bytearray(office())
    place = content.index(b"PK\x05\x06") + 16
    struct.pack_into("<I", content, place, struct.unpack_from("<I", content, place)[0] + 50)
    assert refusal("a.docx", bytes(content)) == DAMAGED


@settings(deadline=None)
@given(st.integers(0, len(office()) - 1), st.integers(0, 255))
def test_a_changed_byte_breaks_nothing(place: int, value: int) -> None:
    content = bytearray(office())
    content[place] = value
    with suppress(FileRefused):
        assert check(upload("a.docx", bytes(content))).size == len(content)


# --- video -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("brand", [b"isom", b"mp42", b"iso5", b"avc1", b"MSNV", b"M4V "])
def test_brands_of_mp4_are_taken(brand: bytes) -> None:
    assert check(upload("a.mp4", mp4(brand)))


@pytest.mark.parametrize(
    "content",
    [
        mp4()[:-1],
        box(b"ftyp", b"isom\0\0\2\0isomiso2") + box(b"mdat", b"\0" * 20),
        box(b"ftyp", b"isom\0\0\2\0isomiso2") + struct.pack(">I4s", 3, b"moov"),
    ],
)
def test_half_a_video_is_refused(content: bytes) -> None:
    expected = "The video is incomplete or not an MP4; save it as MP4 again and attach the new file."
    assert refusal("a.mp4", content) == expected


def test_a_large_video_s_last_box_may_be_open_or_long() -> None:
    head = box(b"ftyp", b"isom\0\0\2\0isomiso2") + box(b"moov", b"\0" * 20)
    assert check(upload("a.mp4", head + struct.pack(">I4s", 0, b"mdat") + b"\0" * 50))
    assert check(upload("a.mp4", head + struct.pack(">I4sQ", 1, b"mdat", 66) + b"\0" * 50))


# --- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("หนังสือรับรอง ปี ๒๕๖๙.pdf", "หนังสือรับรอง ปี ๒๕๖๙.pdf"),
        ("นํ้าท่วม.pdf", "น้ำท่วม.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\งาน\\รายงาน.pdf", "รายงาน.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("soft\u00adhyphen\u200b.pdf", "softhyphen.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("line\u2028end.pdf", "line end.pdf"),
        ("CON.pdf", "CON.pdf"),
        ("\"คำ\" 'x'.pdf", "\"คำ\" 'x'.pdf"),
        ("  .. a.pdf. ", "a.pdf"),
        ("..", ""),
        ("ก" * 400 + ".pdf", "ก" * 296 + ".pdf"),
        ("a" * 400, "a" * 300),
    ],
)
def test_names_are_cleaned(raw: str, shown: str) -> None:
    assert clean_name(raw) == shown


@settings(deadline=None)
@given(st.text(max_size=600))
def test_a_cleaned_name_stays_as_it_is(raw: str) -> None:
    name = clean_name(raw)
    assert clean_name(name) == name
    assert len(name) <= files.NAME_LENGTH
    assert not set(name) & set("/\\\0\r\n\t")


@settings(deadline=None)
@given(st.text(max_size=400))
def test_whatever_the_name_the_ending_is_kept(raw: str) -> None:
    name = clean_name(f"{raw}ก.pdf")
    assert name.endswith(".pdf")


def test_an_upload_s_name_is_never_read_as_a_path() -> None:
    file = SimpleUploadedFile("a.pdf", pdf())
    file._name = "../../a.pdf"  # type: ignore[attr-defined]
    assert check(file).name == "a.pdf"
