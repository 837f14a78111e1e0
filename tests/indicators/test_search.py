"""Search over the standard: Thai without spaces between words."""

import pytest
from django.utils import translation

from indicators.editions import EditionNode
from indicators.search import Hit, search


def codes(hits: list[Hit]) -> list[str]:
    return [hit.node.code for hit in hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("เว็บไซต์", "4.26"),
        ("เว็บ ไซต์", "4.26"),
        ("4.12", "4.12"),
        ("๔.๑๒", "4.12"),
        ("2.1", "2.1"),
        ("social media", "4.28"),
        ("SOCIALMEDIA", "4.28"),
        ("ธรรมาภิบาล", "3.6"),
        ("ร้องทุกข์ ช่องทาง", "4.33"),
        ("โทรทัศน์", "1.25"),
        ("สํานักงาน รูปแบบ", "2.1"),
    ],
)
def test_the_best_hit_stands_first(standard: EditionNode, query: str, first: str) -> None:
    assert codes(search(standard, query).indicators)[0] == first


def test_all_words_must_be_found(standard: EditionNode) -> None:
    both = set(codes(search(standard, "ประชุม เครือข่าย").indicators))
    assert both == set(codes(search(standard, "ประชุม").indicators)) & set(codes(search(standard, "เครือข่าย").indicators))
    assert "4.11" in both


@pytest.mark.parametrize("query", ["", "  ", "\u200b", "ปลาหมึกยักษ์"])
def test_nothing_is_found_for_nothing(standard: EditionNode, query: str) -> None:
    found = search(standard, query)
    assert (found.indicators, found.areas, found.number) == ([], [], 0)


def test_names_come_before_other_texts(standard: EditionNode) -> None:
    found = search(standard, "ประชาสัมพันธ์").indicators
    named = ["ประชาสัมพันธ์" in hit.node.name for hit in found]
    assert named == sorted(named, reverse=True)
    assert named[0]
    assert not named[-1]


def test_a_hit_shows_where_the_word_stands(standard: EditionNode) -> None:
    hit = next(hit for hit in search(standard, "Infographic").indicators if hit.node.code == "2.6")
    assert [[text for text, found in place.parts if found] for place in hit.places] == [["Infographic"]]
    with translation.override("en"):
        assert [str(place.label) for place in hit.places] == ["Evidence"]


def test_areas_are_found_by_their_own_words(standard: EditionNode) -> None:
    found = search(standard, "Clan Culture")
    assert codes(found.areas) == ["3-1"]
    assert found.indicators == []
    assert codes(search(standard, "เล่นพรรคเล่นพวก").areas) == ["2-3"]


def test_rulings_and_guidance_are_searched(standard: EditionNode) -> None:
    assert "4.32" in codes(search(standard, "วันตามปฏิทิน").indicators)
    assert "4.22" in codes(search(standard, "คอมพิวเตอร์ 2 เครื่อง").indicators)


@pytest.mark.parametrize("query", ["องค์กร", "องค์การ"])
def test_the_two_spellings_of_an_organisation_are_one_word(standard: EditionNode, query: str) -> None:
    found = search(standard, query)
    assert (codes(found.indicators), codes(found.areas)) == (
        codes(search(standard, "องค์กร").indicators),
        codes(search(standard, "องค์กร").areas),
    )
    marked = {text for hit in found.indicators for place in hit.places for text, is_hit in place.parts if is_hit}
    assert {"องค์กร", "องค์การ"} <= marked
