"""The fixtures against the handbook's own text, when it is at hand, and the list of mended reading faults.

The text is no part of the repository. PMJ_HANDBOOK names the file; without it, a folder `shared` beside the
project is looked at. Where it is not at hand, those tests are passed over with that reason.
"""

import csv
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.indicators.standard import FIXTURES, indicators, rows

PLACE = Path(os.environ.get("PMJ_HANDBOOK") or settings.BASE_DIR.parent / "shared" / "handbook" / "handbook.txt")
at_hand = pytest.mark.skipif(
    not PLACE.is_file(), reason=f"the handbook's text is not at hand ({PLACE}); PMJ_HANDBOOK names it"
)
MENDS = settings.BASE_DIR / "fixtures" / "edition_2563_mends.csv"

# Thai, ASCII, dash, quotation marks, multiplication sign: nothing else stands in the standard.
STRANGE = re.compile(r"[^\u0e00-\u0e7f\x20-\x7e\u2013\u201c\u201d×]")
DOUBLED = re.compile("[\u0e31\u0e34-\u0e3a]{2}|[\u0e48-\u0e4b]{2}|(?!\u0e32\u0e30)[\u0e30\u0e32\u0e33]{2}")


def mends() -> list[dict[str, str]]:
    with MENDS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache
def lines(*, mended: bool = True) -> list[str]:
    """The text's lines, line 1 at place 0; with every listed mend made."""
    found = PLACE.read_text(encoding="utf-8").split("\n")
    if mended:
        for mend in mends():
            place = int(mend["line"]) - 1
            found[place] = found[place].replace(mend["as_read"], mend["as_mended"])
    return found


def squeeze(text: str) -> str:
    """A text without what reading it by machine may add or lose: spaces, kinds of dashes, marks of lists and tables."""
    text = re.sub(r"</?[a-z][^>]*>|\\text|\\frac|[{}$*]", "", text)
    text = text.replace("–", "-").replace("“", '"').replace("”", '"').replace(r"\times100", "")
    return re.sub(r"[\s\u200b-]+", "", text)


@lru_cache
def stretch(first: int, last: int) -> str:
    """Lines first to last as one squeezed text, and then the columns of their tables one by one
    (a cell of a printed table often runs over several lines of the text)."""
    found = lines()[first - 1 : last]
    texts = [squeeze("".join(found))]
    table: list[list[str]] = []
    for line in [*found, "end"]:
        if "\t" in line:
            table.append(line.split("\t"))
        elif line.strip() and table:
            for column in range(max(map(len, table))):
                cells = [squeeze(row[column]) for row in table if column < len(row)]
                texts.append("".join(cells))
            table = []
    return "\n".join(texts)


def spans(source: str) -> Iterator[tuple[int, int]]:
    for part in source.split(","):
        first, _, last = part.strip().partition("-")
        yield int(first), int(last or first)


def stands(text: str, source: dict[str, str], *chapters: str) -> bool:
    """Whether a text stands in the lines that the source names for one of the chapters."""
    wanted = squeeze(text)
    return any(
        wanted in stretch(first, last)
        for chapter in chapters
        if source[chapter]
        for first, last in spans(source[chapter])
    )


def everything(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from everything(inner)


# --- needs no text ---------------------------------------------------------------------------------


def test_no_letter_of_another_script_stands_in_any_fixture() -> None:
    for path in sorted((settings.BASE_DIR / "fixtures").glob("*.yaml")):
        for place, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            assert STRANGE.findall(line) == [], f"{path.name} line {place}"


def test_thai_is_written_in_one_way() -> None:
    assert len(FIXTURES) == 7
    for path in FIXTURES:
        for place, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            where = f"{path.name} line {place}"
            assert "เเ" not in line, where
            assert "\u0e4d" not in line, where
            assert DOUBLED.findall(line) == [], where


def test_texts_have_no_spaces_at_their_ends_and_none_doubled() -> None:
    for model, fields in rows():
        for text in everything({key: value for key, value in fields.items() if key != "source"}):
            assert text == text.strip(), (model, text)
            assert "  " not in text, (model, text)


def test_lists_hold_no_text_twice() -> None:
    for code, fields in indicators().items():
        for key in ("evidence", "guidance", "counts", "remarks"):
            assert len(fields[key]) == len(set(fields[key])), (code, key)


def test_own_words_put_a_space_around_the_repeat_sign() -> None:
    for model, fields in rows():
        keys = ("rationale", "objectives", "goals", "intro", "guidance", "counts", "ruling")
        for text in everything({key: fields.get(key, "") for key in keys}):
            assert re.search(r"[\u0e01-\u0e4e]ๆ|ๆ[\u0e01-\u0e2e\u0e40-\u0e44]", text) is None, (model, text)


def test_every_mend_says_why_and_changes_something() -> None:
    found = mends()
    assert len(found) == 99
    assert {mend["why"] for mend in found} == {"ocr", "ruling"}
    assert all(mend["as_read"] != mend["as_mended"] for mend in found)
    keys = [(mend["line"], mend["as_read"]) for mend in found]
    assert len(keys) == len(set(keys))
    assert [STRANGE.findall(mend["as_mended"]) for mend in found] == [[]] * 99


# --- against the text ------------------------------------------------------------------------------


@at_hand
def test_what_was_mended_stands_on_its_line() -> None:
    text = lines(mended=False)
    missing = [mend for mend in mends() if mend["as_read"] not in text[int(mend["line"]) - 1]]
    assert missing == []


@at_hand
@pytest.mark.parametrize("code", indicators())
def test_the_words_of_an_indicator_stand_in_the_handbook(code: str) -> None:
    fields = indicators()[code]
    source = fields["source"]
    scored = not code.startswith("1.")
    # Where the chapters word a title differently, the scoring chapter's holds (RULINGS, order of authority).
    titled = stands(fields["name"], source, "chapter_3") or stands(fields["name"], source, "chapter_4")
    assert titled
    assert stands(fields["criterion"], source, "chapter_3")
    if scored:
        detailed = [fields["criterion_detail"] or fields["table_heading"], fields["table_heading"], *fields["remarks"]]
        detailed += [band["text"] for band in fields["rule"]["bands"]]
        detailed += list((fields["formula"] or {}).values())
        assert [text for text in detailed if not stands(text, source, "chapter_4")] == []
    else:
        assert (fields["criterion_detail"], fields["remarks"], fields["formula"]) == ("", [], None)
    evidence = [text for text in fields["evidence"] if not stands(text, source, "chapter_4", "chapter_5")]
    assert evidence == []


@at_hand
def test_the_scores_of_each_table_stand_beside_their_rows() -> None:
    """In the text each row of a table is "row <tab> score": the two are held together."""
    for code, fields in indicators().items():
        if code.startswith("1."):
            continue
        ((first, last),) = spans(fields["source"]["chapter_4"])
        printed = [
            (squeeze(cells[0]), cells[1].strip())
            for line in lines()[first - 1 : last]
            if len(cells := line.split("\t")) > 1 and cells[1].strip() in {"10", "7.5", "5", "2.5", "0"}
        ]
        assert printed == [(squeeze(band["text"]), band["score"]) for band in fields["rule"]["bands"]], code


@at_hand
def test_no_printed_kind_of_evidence_is_left_out() -> None:
    """The third column of each score table, read down, is the list of evidence of the fixtures in its order."""
    for code, fields in indicators().items():
        if code.startswith("1."):
            continue
        ((first, last),) = spans(fields["source"]["chapter_4"])
        cells = [line.split("\t")[2] for line in lines()[first - 1 : last] if line.count("\t") >= 2]
        printed = squeeze("".join(cells)).removeprefix("หลักฐานประกอบ")
        # "or" joins two kinds in print; in the fixtures they are two entries.
        given = "".join(squeeze(kind) for kind in fields["evidence"])
        assert re.sub("หรือ", "", given).startswith(re.sub("เป็นต้น|หรือ", "", printed)), code


@at_hand
def test_areas_and_standards_have_the_names_of_chapter_3() -> None:
    source: dict[str, str] = {}
    missing = []
    for model, fields in rows():
        if model == "area":
            source = fields["source"] | {"form": "1820-1928"}
            if not stands(fields["name"], source, "chapter_3"):
                missing.append(fields["name"])
            if fields["form_name"] and not stands(fields["form_name"], source, "form"):
                missing.append(fields["form_name"])
        elif model == "standard" and not stands(fields["name"], source, "chapter_3"):
            missing.append(fields["name"])
    assert missing == []


@at_hand
def test_the_title_and_the_worked_examples_are_the_handbooks() -> None:
    edition = next(fields for model, fields in rows() if model == "edition")
    assert squeeze(edition["title"]) in squeeze("".join(lines()[:60]))
    examples = squeeze("".join(lines()[1154:1195]))
    for figure in ("50/6=", "8.33 คะแนน", "มีคะแนน 8.82 อยู่ในระดับ", "ผ่านเกณฑ์ในระดับค่อนข้างดี", "(34ตัวชี้วัด)"):
        assert squeeze(figure) in examples
