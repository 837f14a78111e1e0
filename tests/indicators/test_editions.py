"""Editions as rows: complete, published only when sound, never changed afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from indicators import editions
from indicators.editions import EditionFaults, EditionNode
from indicators.models import Area, Dimension, Edition, Indicator, Standard
from tests.indicators.standard import FIXTURES

Asked = Callable[..., Any]
MODELS = [Edition, Dimension, Area, Standard, Indicator]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The fixtures of 2563 as those of a later draft, 2599."""
    paths = []
    for fixture in FIXTURES:
        path = tmp_path / fixture.name.replace("2563", "2599")
        text = fixture.read_text(encoding="utf-8")
        path.write_text(text.replace("[2563", "[2599").replace("year: 2563", "year: 2599"), encoding="utf-8")
        paths.append(str(path))
    return sorted(paths)


@pytest.fixture
def draft(files: list[str], db: None) -> Edition:
    call_command("loaddata", *files, verbosity=0)
    return Edition.objects.get(year=2599)


def counts(edition: Edition) -> tuple[int, int, int, int]:
    return (
        edition.dimensions.count(),
        Area.objects.filter(dimension__edition=edition).count(),
        Standard.objects.filter(area__dimension__edition=edition).count(),
        edition.indicators.count(),
    )


# --- the edition of 2563 ---------------------------------------------------------------------------


def test_the_edition_is_complete(edition: Edition, standard: EditionNode) -> None:
    assert counts(edition) == (4, 20, 48, 86)
    assert {d.number: (len(d.areas), len(d.standards), len(d.indicators)) for d in standard.dimensions} == {
        1: (4, 5, 31),
        2: (4, 8, 12),
        3: (2, 8, 9),
        4: (10, 27, 34),
    }
    assert [d.scored for d in standard.dimensions] == [False, True, True, True]
    assert len(standard.scored) == 55
    assert standard.standards_number == 48


def test_numbers_run_through_without_a_hole(standard: EditionNode) -> None:
    for dimension in standard.dimensions:
        assert [area.number for area in dimension.areas] == list(range(1, len(dimension.areas) + 1))
        assert [found.number for found in dimension.standards] == list(range(1, len(dimension.standards) + 1))
        assert [found.number for found in dimension.indicators] == list(range(1, len(dimension.indicators) + 1))
        for found in dimension.indicators:
            assert found.code == f"{dimension.number}.{found.number}"


def test_indicators_hang_where_the_handbook_puts_them(standard: EditionNode) -> None:
    held = {code: len(area.indicators) for code, area in standard.areas.items()}
    assert {number: [held[code] for code in held if code[0] == number] for number in "1234"} == {
        "1": [6, 8, 16, 1],
        "2": [4, 2, 3, 3],
        "3": [6, 3],
        "4": [3, 3, 1, 6, 6, 2, 3, 6, 3, 1],
    }
    # In the form, standard 25 holds indicator 30.
    assert standard.indicators["4.30"].standard == 25
    assert standard.indicators["4.29"].standard == 24


def test_every_indicator_has_what_a_reader_needs(standard: EditionNode) -> None:
    for node in standard.indicators.values():
        assert node.name, node.code
        assert node.criterion, node.code
        assert node.guidance, node.code
        assert node.evidence, node.code
        assert node.source["chapter_3"], node.code
        assert node.source["chapter_5"], node.code
        assert bool(node.source["chapter_4"]) is node.scored, node.code
        assert bool(node.table_heading) is node.scored, node.code


def test_the_first_edition_has_no_predecessors(edition: Edition) -> None:
    assert not edition.indicators.filter(previous__isnull=False).exists()
    assert not edition.indicators.filter(comparable=True).exists()


# Where a ruling bites, its words stand at the indicator (RULINGS.md), in plain Thai.
RULINGS = {
    "1.5": "4 ตารางเมตรเป็นเกณฑ์ของมุมอเนกประสงค์",
    "1.6": "ไม่ใช่ของพื้นที่ให้บริการ",
    "1.7": "1 ฝ่ายและ 2 กลุ่ม",
    "1.15": "16-24 เครื่อง",
    "1.20": "4-6 คู่สาย",
    "1.25": "ไม่ใช่โทรศัพท์",
    "1.28": "มีหรือไม่มี",
    "1.29": "4-6 คัน",
    "1.30": "จำนวนคันที่ทำประกันภัย",
    "1.31": "เป้าหมายของสำนักงบประมาณ",
    "2.2": "ช่วงต่ำสุดคือ 2.5 คะแนน แม้ผลจะเป็นร้อยละ 0",
    "2.4": "24 ครั้งต่อปีคือ 2 ครั้งต่อเดือน",
    "2.5": "1 ฝ่าย 2 กลุ่ม",
    "2.6": "รายงานทันตามระยะเวลาที่กำหนด",
    "2.7": "ระบบจะไม่รับ",
    "2.8": "ยิ่งร้อยละต่ำยิ่งได้คะแนนสูง",
    "2.9": "ครบทุกเดือนที่ปฏิบัติงาน",
    "2.10": "ครอบคลุมทุกกลุ่ม/ฝ่าย",
    "2.11": "2 ครั้งต่อปีขึ้นไป",
    "3.1": "5 กิจกรรมพอดีได้ 7.5 คะแนน",
    "3.2": "ตั้งแต่ 1 กิจกรรมขึ้นไป",
    "3.4": "ไม่เกิน 4 ไตรมาส",
    "3.6": "ตั้งแต่ 5 กิจกรรมขึ้นไป",
    "3.7": "ไม่มีกรณีในรอบปี",
    "3.9": "ไม่เกิน 12",
    "4.1": "มากกว่า 1 ฉบับ",
    "4.4": "มากกว่า 6 แผน",
    "4.5": "มากกว่า 1 แผน",
    "4.6": "ทั้งประเมินผลแล้วและรายงานผลแล้ว",
    "4.7": "ไม่มีกรณีในรอบปี",
    "4.9": "ครบทั้ง 6 กลุ่ม",
    "4.10": "ช่วงต่ำสุด คือ 0 คะแนน",
    "4.11": "12 ครั้งต่อปี",
    "4.12": "กิจกรรมที่ไม่ถึงเกณฑ์ไม่ทำให้คะแนนลดลง",
    "4.13": "ไม่มีกรณีในรอบปี",
    "4.16": "ต่ำกว่าร้อยละ 40 ได้ 0 คะแนน",
    "4.17": "ช่วงต่ำสุด คือ 0 คะแนน",
    "4.18": "ยอดรวมทั้งปี",
    "4.19": "ทันเหตุการณ์",
    "4.23": "ระบบจะไม่รับ",
    "4.24": "5 ครั้งพอดีตามเกณฑ์ได้ 7.5 คะแนน",
    "4.25": "ตั้งแต่ 1 แผนขึ้นไป",
    "4.27": "24 ครั้งต่อปีเท่ากับ 2 ครั้ง/เดือน",
    "4.28": "2 ช่องทางพอดี",
    "4.29": "ยอดรวมทั้งปี",
    "4.31": "ทุกเรื่องที่บันทึกรับไว้",
    "4.32": "นับวันตามปฏิทิน",
    "4.34": "ไม่มีกรณีในรอบปี",
}


@pytest.mark.parametrize("code", RULINGS)
def test_the_ruling_stands_where_it_bites(standard: EditionNode, code: str) -> None:
    assert RULINGS[code] in standard.indicators[code].ruling


def test_every_indicator_that_treats_zero_in_its_own_way_says_so(standard: EditionNode) -> None:
    words = {"refuse": "ระบบจะไม่รับ", "no_case": "ไม่มีกรณีในรอบปี", "lowest": "ช่วงต่ำสุด"}
    told = {
        node.code: words[zero] in node.ruling
        for node in standard.scored
        if (zero := getattr(node.rule, "zero_denominator", ""))
    }
    assert len(told) == 17
    assert [code for code, says in told.items() if not says] == []


def test_the_lowest_percentage_rows_are_labelled_by_what_is_exactly_true(standard: EditionNode) -> None:
    for node in standard.scored:
        if node.rule.kind == "percent" and node.code != "2.8":
            above, lowest = node.rule.bands[-2:]  # type: ignore[union-attr]
            assert lowest.label == f"ต่ำกว่า {above.at_least}", node.code


# --- the tree --------------------------------------------------------------------------------------


def test_a_published_edition_is_read_once(edition: Edition, django_assert_num_queries: Asked) -> None:
    editions._published.cache_clear()
    with django_assert_num_queries(5):
        first = editions.standard_of(edition)
    with django_assert_num_queries(0):
        assert editions.standard_of(edition) is first


def test_a_draft_is_read_anew_each_time(draft: Edition, django_assert_num_queries: Asked) -> None:
    for _ in range(2):
        with django_assert_num_queries(4):
            assert len(editions.standard_of(draft).indicators) == 86


def test_neighbours_follow_the_printed_order(standard: EditionNode) -> None:
    def codes(found: tuple[Any, Any]) -> list[str | None]:
        return [node and node.code for node in found]

    assert codes(standard.neighbours("1.1")) == [None, "1.2"]
    assert codes(standard.neighbours("2.1")) == ["1.31", "2.2"]
    assert codes(standard.neighbours("4.10")) == ["4.9", "4.11"]
    assert codes(standard.neighbours("4.34")) == ["4.33", None]
    assert codes(standard.areas_beside("1-1")) == [None, "1-2"]
    assert codes(standard.areas_beside("4-10")) == ["4-9", None]


def test_no_line_starts_with_the_repeat_sign(standard: EditionNode) -> None:
    texts = [text for node in standard.indicators.values() for text in (*node.guidance, *node.counts, node.ruling)]
    assert any("\u00a0ๆ" in text for text in texts)
    assert not any(" ๆ" in text for text in texts)


# --- publishing ------------------------------------------------------------------------------------


def test_loading_twice_changes_nothing(draft: Edition, files: list[str]) -> None:
    before = (counts(draft), editions.hash_of(draft), list(draft.indicators.values_list("pk", flat=True)))
    call_command("loaddata", *files, verbosity=0)
    draft.refresh_from_db()
    assert (counts(draft), editions.hash_of(draft), list(draft.indicators.values_list("pk", flat=True))) == before


def test_publishing_closes_an_edition(draft: Edition, time_machine: Any) -> None:
    time_machine.move_to("2026-08-03T10:00:00+07:00", tick=False)
    published = editions.publish(draft)
    assert published.status == Edition.Status.PUBLISHED
    assert published.published_at == timezone.now()
    assert published.content_hash == editions.hash_of(published)
    assert editions.publish(published) == published
    assert editions.current() == published
    assert editions.published_years() == [2599, 2563]


def test_the_content_hash_is_stable(draft: Edition) -> None:
    assert editions.hash_of(Edition.objects.get(pk=draft.pk)) == editions.hash_of(draft)


# What is no content: keys, the way up to the edition, and the state of publishing itself.
NO_CONTENT = {"id", "status", "content_hash", "published_at", "edition", "dimension", "area", "standard"}


def changed(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 900
        case str():
            return f"{value}9"
        case list():
            return [*value, "อื่น"]
        case dict() | None:
            return {**(value or {}), "อื่น": "อื่น"}
    raise TypeError(value)


@pytest.mark.parametrize("model", MODELS)
def test_the_content_hash_follows_every_field(draft: Edition, model: Any) -> None:
    path = {Dimension: "edition", Area: "dimension__edition", Standard: "area__dimension__edition"}
    row = draft if model is Edition else model.objects.filter(**{path.get(model, "edition"): draft}).last()
    fields = [field.name for field in model._meta.concrete_fields if field.name not in NO_CONTENT]
    for name in fields:
        before = editions.hash_of(Edition.objects.get(pk=draft.pk))
        if name == "previous":
            change = {name: Indicator.objects.get(edition__year=2563, code="2.1")}
        else:
            change = {name: changed(getattr(row, name))}
        model.objects.filter(pk=row.pk).update(**change)
        assert editions.hash_of(Edition.objects.get(pk=draft.pk)) != before, name


def test_all_faults_are_told_at_once_and_nothing_is_published(draft: Edition) -> None:
    good = Indicator.objects.get(edition=draft, code="2.1")
    Indicator.objects.filter(pk=good.pk).update(rule=good.rule | {"colour": "red"}, evidence=[])
    Indicator.objects.filter(edition=draft, code="2.3").update(rule={"kind": "cuont"})
    Indicator.objects.filter(edition=draft, code="2.7").update(guidance=[])
    Indicator.objects.filter(edition=draft, code="2.9").update(code="2.99")
    with pytest.raises(EditionFaults) as found:
        editions.publish(draft)
    assert found.value.faults == [
        "2.1: rule: unknown key 'colour'",
        "2.1: evidence is empty",
        "2.3: rule: kind must be one of count, percent, choice, attendance, campaigns, not 'cuont'",
        "2.7: guidance is empty",
        "2.99: stands at 2.9 of another place",
    ]
    draft.refresh_from_db()
    assert (draft.status, draft.content_hash, draft.published_at) == ("draft", "", None)


def test_an_edition_without_indicators_is_not_published(db: None) -> None:
    empty = Edition.objects.create(year=2600, title="ฉบับว่าง", printed_year=2600)
    with pytest.raises(EditionFaults, match="the edition has no indicator"):
        editions.publish(empty)


def test_load_standard_may_be_repeated(edition: Edition, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_standard")
    assert "published already" in capsys.readouterr().out
    assert counts(edition) == (4, 20, 48, 86)


def test_a_predecessor_comes_from_an_earlier_edition(draft: Edition) -> None:
    older = Indicator.objects.get(edition__year=2563, code="2.1")
    newer = Indicator.objects.get(edition=draft, code="2.1")
    Indicator.objects.filter(pk=newer.pk).update(previous=older, comparable=True)
    assert editions.faults_of(draft) == []
    Indicator.objects.filter(pk=newer.pk).update(previous=Indicator.objects.get(edition=draft, code="2.2"))
    assert editions.faults_of(draft) == ["2.1: its predecessor is not of an earlier edition"]


# --- what the database refuses ---------------------------------------------------------------------


@pytest.fixture
def never(db: None) -> Callable[[Callable[[], Any]], None]:
    """Asserts that the database itself refuses an act on a published edition."""

    def refused(act: Callable[[], Any]) -> None:
        with pytest.raises(IntegrityError, match="a published edition never changes"), transaction.atomic():
            act()

    return refused


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("model", MODELS)
def test_a_published_row_cannot_be_updated(never: Asked, model: Any) -> None:
    row = model.objects.first()
    column = "title" if model is Edition else "number"
    never(row.save)
    never(lambda: model.objects.filter(pk=row.pk).update(**{column: getattr(row, column)}))
    never(lambda: model.objects.update(**{column: getattr(row, column)}))
    never(lambda: sql(f"UPDATE {model._meta.db_table} SET {column} = {column} WHERE id = {row.pk}"))


@pytest.mark.parametrize("model", MODELS)
def test_a_published_row_cannot_be_deleted(never: Asked, model: Any) -> None:
    row = model.objects.first()
    never(lambda: sql(f"DELETE FROM {model._meta.db_table} WHERE id = {row.pk}"))
    never(lambda: model.objects.filter(pk=row.pk)._raw_delete("default"))


def test_a_published_edition_takes_no_new_rows(never: Asked, edition: Edition) -> None:
    dimension = edition.dimensions.get(number=2)
    area = dimension.areas.get(number=1)
    standard = area.standards.get(number=1)
    never(lambda: Dimension.objects.create(edition=edition, number=9, name="ก", short_name="ก", scored=True))
    never(lambda: Area.objects.create(dimension=dimension, number=9, name="ก"))
    never(lambda: Standard.objects.create(area=area, number=99, name="ก"))
    never(
        lambda: Indicator.objects.create(
            edition=edition, standard=standard, code="2.99", number=99, name="ก", criterion="ก", rule={}
        )
    )


def test_a_published_edition_cannot_become_a_draft_again(never: Asked, edition: Edition) -> None:
    never(lambda: Edition.objects.filter(pk=edition.pk).update(status="draft", content_hash="", published_at=None))


def test_a_row_cannot_be_moved_out_of_or_into_a_published_edition(
    never: Asked, edition: Edition, draft: Edition
) -> None:
    theirs = edition.indicators.get(code="2.1")
    never(lambda: Indicator.objects.filter(pk=theirs.pk).update(edition=draft))
    ours = draft.indicators.get(code="2.1")
    never(lambda: Indicator.objects.filter(pk=ours.pk).update(edition=edition, code="2.99"))
    never(lambda: Dimension.objects.filter(edition=draft, number=1).update(edition=edition, number=9))
    area = Area.objects.filter(dimension__edition=draft).first()
    assert area
    target = edition.dimensions.get(number=1)
    never(lambda: Area.objects.filter(pk=area.pk).update(dimension=target, number=9))
    found = Standard.objects.filter(area__dimension__edition=draft).first()
    assert found
    into = target.areas.get(number=1)
    never(lambda: Standard.objects.filter(pk=found.pk).update(area=into, number=99))
    place = into.standards.get(number=1)
    never(lambda: Indicator.objects.filter(pk=ours.pk).update(standard=place))
    never(
        lambda: Indicator.objects.create(
            edition=draft, standard=place, code="1.99", number=99, name="ก", criterion="ก", rule={}
        )
    )


def test_the_fixtures_cannot_be_loaded_over_a_published_edition(never: Asked) -> None:
    never(lambda: call_command("loaddata", *(path.name for path in FIXTURES), verbosity=0))


def test_a_draft_may_still_be_changed(draft: Edition) -> None:
    row = draft.indicators.get(code="2.1")
    row.name = "ชื่ออื่น"
    row.save()
    row.delete()
    assert draft.indicators.count() == 85


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "published"},
        {"status": "published", "content_hash": "0" * 64},
        {"status": "published", "content_hash": "zz", "published_at": "2026-01-01T00:00:00Z"},
        {"status": "draft", "content_hash": "0" * 64},
        {"status": "draft", "published_at": "2026-01-01T00:00:00Z"},
    ],
)
def test_an_edition_is_published_with_hash_and_time_or_not_at_all(db: None, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="edition_published_with_hash_and_time"), transaction.atomic():
        Edition.objects.create(year=2601, title="ก", printed_year=2601, **fields)


def test_only_an_indicator_with_a_predecessor_is_comparable(draft: Edition) -> None:
    with pytest.raises(IntegrityError, match="indicator_comparable_only_with_previous"), transaction.atomic():
        draft.indicators.filter(code="2.1").update(comparable=True)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Dimension, {"number": 2}),
        (Area, {"number": 2}),
        (Standard, {"number": 2}),
        (Indicator, {"code": "2.2"}),
    ],
)
def test_nothing_stands_twice(draft: Edition, model: Any, fields: dict[str, Any]) -> None:
    path = {
        Dimension: {"edition": draft, "number": 1},
        Area: {"dimension__edition": draft, "dimension__number": 2, "number": 1},
        Standard: {"area__dimension__edition": draft, "area__dimension__number": 2, "number": 1},
        Indicator: {"edition": draft, "code": "2.1"},
    }[model]
    row = model.objects.get(**path)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**fields)
