"""ZIPs as offices send them, and hostile ones, all made here."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.utils import translation

from assessments.archives import Entry, entries_of, folder_of, is_junk
from assessments.files import FileRefused
from tests.uploads import pdf

MB = 1024 * 1024


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


class Written(zipfile.ZipInfo):
    """An entry whose name is written in an encoding of its own, without the UTF-8 flag."""

    encoding = "cp874"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self.encoding), self.flag_bits


class WrittenUtf8(Written):
    encoding = "utf-8"


def packed(files: Mapping[str, bytes], info: type[zipfile.ZipInfo] = zipfile.ZipInfo, extra: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = info(name)
            entry.compress_type, entry.extra = zipfile.ZIP_DEFLATED, extra
            archive.writestr(entry, content)
    return out.getvalue()


def taken(content: bytes) -> list[tuple[str, str, bytes]]:
    """Folder, name and content of each file, and the fault of one that is none."""
    return [
        (entry.folder, entry.name, entry.file.read() if entry.file else entry.fault.encode())
        for entry in entries_of(io.BytesIO(content), len(content))
    ]


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        taken(content)
    return caught.value.message


def test_each_file_comes_with_its_folder() -> None:
    files = {"ปี 2568/2.1 แผน/แผน.pdf": b"a", "ปี 2568/รูป.png": b"b", "นอก.pdf": b"c", "ปี 2568/ว่าง/": b""}
    assert taken(packed(files)) == [
        ("ปี 2568/2.1 แผน", "แผน.pdf", b"a"),
        ("ปี 2568", "รูป.png", b"b"),
        ("", "นอก.pdf", b"c"),
    ]


@pytest.mark.parametrize("info", [zipfile.ZipInfo, Written, WrittenUtf8])
def test_thai_names_come_back_whatever_wrote_them(info: type[zipfile.ZipInfo]) -> None:
    names = ["ตัวชี้วัด 2.1/รายงานการประชุม ปี ๒๕๖๙.pdf", "เน้นหนัก.pdf", "น้ำท่วม ก.ค.pdf", "เธอ.pdf", "plain.pdf"]
    if info is Written:
        assert Written(names[0])._encodeFilenameFlags()[0] == names[0].encode("tis-620")
    found = [
        f"{folder}/{name}" if folder else name
        for folder, name, _content in taken(packed(dict.fromkeys(names, b"x"), info))
    ]
    assert found == names


def test_a_name_in_the_extra_field_counts_while_it_belongs_to_the_entry() -> None:
    def field(raw: bytes) -> bytes:
        content = struct.pack("<BI", 1, zlib.crc32(raw)) + "แผน.pdf".encode()
        return struct.pack("<HH", 0x7075, len(content)) + content

    assert [name for _f, name, _c in taken(packed({"a.pdf": b"x"}, extra=field(b"a.pdf")))] == ["แผน.pdf"]
    assert [name for _f, name, _c in taken(packed({"a.pdf": b"x"}, extra=field(b"b.pdf")))] == ["a.pdf"]


def test_windows_folders_are_folders() -> None:
    content = packed({"x-2.1-y.pdf": b"x"}).replace(b"x-2.1-y", b"x\\2.1\\y")
    assert taken(content) == [("x/2.1", "y.pdf", b"x")]


def test_what_systems_leave_behind_is_passed_over() -> None:
    junk = ["__MACOSX/._a.pdf", "x/.DS_Store", "Thumbs.db", "x/desktop.ini", "x/~$แผน.docx", ".git/a.pdf"]
    assert taken(packed(dict.fromkeys([*junk, "./x/a.pdf"], b"x"))) == [("x", "a.pdf", b"x")]
    assert [is_junk(path) for path in (*junk, "./x/a.pdf", "a.b.pdf", "x~$.pdf")] == [True] * 6 + [False] * 3


def test_only_junk_is_no_file() -> None:
    assert refusal(packed({"x/.DS_Store": b"x"})) == "The ZIP holds no file."
    assert refusal(packed({})) == "The ZIP holds no file."


@pytest.mark.parametrize(("number", "ok"), [(999, True), (1000, True), (1001, False), (10_000, False)])
def test_the_number_of_entries(number: int, ok: bool) -> None:
    content = packed({f"{place}.pdf": b"" for place in range(number)})
    if ok:
        assert len(taken(content)) == number
    else:
        words = f"The ZIP holds {number:,} entries; at most 1,000 are taken at once. Send it in several parts."
        assert refusal(content) == words


def test_a_number_that_lies_is_counted() -> None:
    content = packed({f"{place}.pdf": b"" for place in range(1001)})
    place = content.rfind(b"PK\x05\x06")
    lying = content[: place + 8] + struct.pack("<HH", 1, 1) + content[place + 12 :]
    assert refusal(lying).startswith("The ZIP holds 1,001 entries")


@pytest.mark.parametrize(
    "name", ["../ก.pdf", "a/../../ก.pdf", "/etc/ก.pdf", "C:/ก.pdf", "..\\ก.pdf", "\\\\host\\ก.pdf"]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    words = refusal(packed({"ดี.pdf": pdf(), name: pdf()}))
    assert words == "The ZIP holds a name that leads out of it (ก.pdf); pack the folder again and send that."


@pytest.mark.parametrize("name", ["ใน.zip", "x/ใน.RAR", "ใน.7z", "ใน.tar.gz", "ใน.iso"])
def test_nested_archives_are_refused_by_name(name: str) -> None:
    words = refusal(packed({"ดี.pdf": pdf(), name: b"x"}))
    last = name.rpartition("/")[2]
    assert words == f"The ZIP holds other archives ({last}); unpack them, pack the folder again and send that."


def test_many_nested_archives_are_named_in_part() -> None:
    words = refusal(packed({f"{place}.zip": b"x" for place in range(4)}))
    assert "(0.zip, 1.zip, 2.zip …)" in words


def marked(content: bytes, change: Callable[[bytearray, int], None]) -> bytes:
    """The archive with each of its entries' heads changed: in the directory (46 bytes) the field lies 2 bytes later."""
    data = bytearray(content)
    for signature, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        place = data.find(signature)
        while place >= 0:
            change(data, place + shift)
            place = data.find(signature, place + 4)
    return bytes(data)


def test_a_password_is_refused() -> None:
    def encrypted(data: bytearray, place: int) -> None:
        data[place + 6] |= 1

    words = "The ZIP is protected by a password; pack it again without one and send that."
    assert refusal(marked(packed({"a.pdf": b"x"}), encrypted)) == words


def test_a_bomb_is_refused_unread(settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    words = "The ZIP unpacks to far more than it should hold; send it in several parts."
    zeros = bytes(MB)
    assert refusal(packed({f"{place}.pdf": zeros for place in range(21)})) == words
    assert len(taken(packed({f"{place}.pdf": zeros for place in range(20)}))) == 20


def test_entries_that_share_their_content_are_refused() -> None:
    """The bomb without nesting: many entries of the directory name the same bytes."""
    content = packed({"a.pdf": bytes(range(256)) * 40})
    place, end = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    entry = content[place:end]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, 50 * len(entry), place, 0)
    words = "The ZIP unpacks to far more than it should hold; send it in several parts."
    assert refusal(content[:place] + entry * 50 + tail) == words


def test_a_large_zip_is_refused(settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    content = packed({"a.pdf": b"x"})
    with pytest.raises(FileRefused, match=r"The ZIP is larger than 20 MB; send it in several parts\."):
        list(entries_of(io.BytesIO(content), 20 * MB + 1))


def test_one_file_too_large_is_named_and_the_others_stay(settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    found = taken(packed({"ใหญ่.pdf": bytes(MB + 1), "พอดี.pdf": bytes(MB), "ดี.pdf": b"x"}))
    assert [(name, content[:28]) for _folder, name, content in found] == [
        ("ใหญ่.pdf", b"The file is larger than 1 MB"),
        ("พอดี.pdf", bytes(28)),
        ("ดี.pdf", b"x"),
    ]


def test_a_file_that_is_not_what_the_directory_says_is_named() -> None:
    def shorter(data: bytearray, place: int) -> None:
        data[place + 22 : place + 26] = struct.pack("<L", 3)

    assert taken(marked(packed({"a.pdf": b"0123456789"}), shorter)) == [
        ("", "a.pdf", b"The file is damaged in the ZIP; pack it again and send that.")
    ]


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.4", packed({"a.pdf": b"x"})[:-30], b"PK\x05\x06" + bytes(10)])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert refusal(content) == "The ZIP is incomplete or damaged; pack the folder again and send that."


def large_form(content: bytes) -> bytes:
    """The archive as OwnCloud writes it: numbers and lengths only in the record for large archives."""
    end = content.rfind(b"PK\x05\x06")
    number, length, place = struct.unpack_from("<HLL", content, end + 10)
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, number, number, length, place)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    full = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:end] + record + locator + full


def test_the_form_for_large_archives_is_read() -> None:
    assert taken(large_form(packed({"ก/a.pdf": b"x"}))) == [("ก", "a.pdf", b"x")]
    many = large_form(packed({f"{place}.pdf": b"" for place in range(1001)}))
    assert refusal(many).startswith("The ZIP holds 1,001 entries")


def test_a_file_is_there_until_the_next_is_asked_for() -> None:
    content = packed({"a.pdf": b"x", "b.pdf": b"y"})
    entries = entries_of(io.BytesIO(content), len(content))
    first = next(entries)
    assert isinstance(first, Entry)
    assert first.file is not None
    next(entries)
    assert first.file.closed


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("a.pdf", ""),
        ("ก/ข/a.pdf", "ก/ข"),
        ("ก\\ข\\a.pdf", "ก/ข"),
        ("../ก/a.pdf", "ก"),
        ("ก/\u202e/ข/", "ก/ข"),
        ("/".join(["ก" * 150] * 3) + "/a.pdf", "ก" * 150),
        ("ก" * 400 + "/a.pdf", "ก" * 300),
    ],
)
def test_the_folder_of_a_path(path: str, folder: str) -> None:
    assert folder_of(path) == folder
