"""The handbook's pages: they work, need a sign-in, only read, and hold the standard's words."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import User
from indicators import editions
from indicators.editions import EditionNode
from indicators.models import Edition
from tests.conftest import signed_in

PAGES = [
    "/standard/",
    "/standard/2563/",
    "/standard/search/?q=ประชุม",
    "/standard/scoring/",
    "/standard/2563/dimension/4/",
    "/standard/2563/area/4-10/",
    "/standard/2563/2.1/",
]
Asked = Callable[..., Any]


def words(client: Client, address: str) -> str:
    """What stands in the main part of a page, without tags and with single spaces."""
    response = client.get(address)
    assert response.status_code == 200, address
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    assert main
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", main.group(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("address", PAGES)
def test_every_signed_in_person_reads_the_handbook(
    edition: Edition, editor: User, reviewer: User, supporter: User, address: str
) -> None:
    for person in (editor, reviewer, supporter):
        assert signed_in(person).get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_sign_in_is_required(edition: Edition, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_only_read(edition: Edition, as_editor: Client, address: str) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(as_editor, method)(address).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/standard/2562/",
        "/standard/2563/dimension/5/",
        "/standard/2563/dimension/0/",
        "/standard/2563/area/5-1/",
        "/standard/2563/area/2-5/",
        "/standard/2563/2.13/",
        "/standard/2563/2-1/",
        "/standard/2562/2.1/",
    ],
)
def test_what_is_not_in_the_edition_does_not_exist(edition: Edition, as_editor: Client, address: str) -> None:
    assert as_editor.get(address).status_code == 404


def test_a_draft_does_not_exist_for_readers(edition: Edition, as_editor: Client) -> None:
    Edition.objects.create(year=2600, title="ฉบับร่าง", printed_year=2600)
    assert as_editor.get("/standard/2600/").status_code == 404
    assert "2600" not in words(as_editor, "/standard/")


@pytest.mark.parametrize("address", ["/standard/", "/standard/scoring/", "/standard/search/?q=ประชุม"])
def test_without_a_published_edition_the_handbook_says_so(
    unpublished: Edition, as_editor: Client, address: str
) -> None:
    as_editor.cookies["django_language"] = "en"
    response = as_editor.get(address)
    assert response.status_code == 404
    page = response.content.decode()
    assert "No edition of the standard is published here yet, so there is nothing to read." in page
    assert unpublished.title not in page


@pytest.mark.parametrize("address", ["/standard/2563/", "/standard/2563/2.1/", "/standard/2563/area/4-10/"])
def test_a_draft_s_own_address_does_not_exist(unpublished: Edition, as_editor: Client, address: str) -> None:
    assert as_editor.get(address).status_code == 404


def test_the_first_page_names_every_area(standard: EditionNode, as_editor: Client) -> None:
    shown = words(as_editor, reverse("handbook"))
    assert standard.title in shown
    for area in standard.areas.values():
        assert plain(area.name) in shown


def test_links_lead_from_dimension_to_area_to_indicator(standard: EditionNode, as_editor: Client) -> None:
    first = as_editor.get(reverse("handbook")).content.decode()
    assert all(f'href="{reverse("handbook_area", args=[2563, code])}"' in first for code in standard.areas)
    for area in standard.areas.values():
        page = as_editor.get(reverse("handbook_area", args=[2563, area.code])).content.decode()
        for node in area.indicators:
            assert f'href="{reverse("handbook_indicator", args=[2563, node.code])}"' in page


def test_every_area_shows_all_that_the_handbook_says_of_it(standard: EditionNode, as_editor: Client) -> None:
    for area in standard.areas.values():
        shown = words(as_editor, reverse("handbook_area", args=[2563, area.code]))
        texts = [area.name, area.form_name, *area.rationale, *area.objectives, *area.goals]
        texts += [entry[key] for entry in area.definitions for key in ("term", "meaning")]
        texts += [found.name for found in area.standards]
        assert [text for text in texts if plain(text) not in shown] == [], area.code


def test_every_indicator_shows_all_that_the_handbook_says_of_it(standard: EditionNode, as_editor: Client) -> None:
    for node in standard.indicators.values():
        shown = words(as_editor, reverse("handbook_indicator", args=[2563, node.code]))
        texts = [node.name, node.criterion_detail or node.criterion, node.table_heading, node.ruling]
        texts += [node.standard_name, *node.guidance, *node.evidence, *node.remarks, *node.counts]
        texts += [field.label for field in node.fields if field.type != "list" or not field.item_labels]
        texts += [label for field in node.fields for label in field.item_labels]
        if node.scored:
            texts += [band.text for band in node.rule.bands]  # type: ignore[union-attr]
            texts += list((node.formula or {}).values())
        else:
            texts.append(node.rule.wanted)  # type: ignore[union-attr]
        assert [text for text in texts if plain(text) not in shown] == [], node.code


def test_the_formula_is_a_fraction_that_can_be_heard(edition: Edition, as_editor: Client) -> None:
    page = as_editor.get("/standard/2563/2.2/").content.decode()
    assert re.search(
        r'fraction-top">จำนวนหนังสือจากภายนอกที่ได้รับในรอบปีที่ผู้เกี่ยวข้องได้รับภายใน 1 วันทำการ × 100</span>\s*'
        r'<span class="visually-hidden">[^<]+</span>\s*'
        r'<span class="fraction-bottom">จำนวนหนังสือจากภายนอกที่ได้รับทั้งหมดในรอบปี</span>',
        page,
    )


def test_previous_and_next_follow_the_printed_order(edition: Edition, as_editor: Client) -> None:
    def beside(address: str) -> list[str]:
        return re.findall(r'<a href="([^"]+)" rel="(?:prev|next)"', as_editor.get(address).content.decode())

    assert beside("/standard/2563/1.1/") == ["/standard/2563/1.2/"]
    assert beside("/standard/2563/2.1/") == ["/standard/2563/1.31/", "/standard/2563/2.2/"]
    assert beside("/standard/2563/4.34/") == ["/standard/2563/4.33/"]
    assert beside("/standard/2563/area/2-1/") == ["/standard/2563/area/1-4/", "/standard/2563/area/2-2/"]


def test_the_scoring_page_shows_scores_levels_and_worked_examples(standard: EditionNode, as_editor: Client) -> None:
    shown = words(as_editor, reverse("handbook_scoring"))
    for text in ("8.50–10.00", "7.00–8.49", "5.50–6.99", "3.00–5.49", "3.00", "50/6 = 8.33", "300/34 = 8.82"):
        assert text in shown
    for part in standard.scoring:
        assert part["title"] in shown
        assert part["text"] in shown


# --- search ----------------------------------------------------------------------------------------


def test_search_marks_the_words_and_counts_the_results(edition: Edition, as_editor: Client) -> None:
    page = as_editor.get(reverse("handbook_search"), {"q": "เว็บไซต์"}).content.decode()
    assert "<mark>เว็บไซต์</mark>" in page
    found = re.findall(r'<h3><a href="/standard/2563/(4\.\d+)/"', page)
    assert found[0] == "4.26"
    assert 'value="เว็บไซต์"' in page


def test_search_keeps_the_query_and_offers_advice_when_nothing_is_found(edition: Edition, as_editor: Client) -> None:
    page = as_editor.get(reverse("handbook_search"), {"q": "ปลาหมึกยักษ์"}).content.decode()
    assert 'value="ปลาหมึกยักษ์"' in page
    assert 'class="hit"' not in page
    assert f'<li><a href="{reverse("handbook")}">' in page


@pytest.mark.parametrize("query", ["", "   ", "\u200b"])
def test_an_empty_search_shows_the_form_alone(edition: Edition, as_editor: Client, query: str) -> None:
    page = as_editor.get(reverse("handbook_search"), {"q": query}).content.decode()
    assert 'class="hit"' not in page
    assert 'class="notice"' not in page
    assert 'type="search"' in page


def test_search_never_writes_what_was_typed_as_markup(edition: Edition, as_editor: Client) -> None:
    page = as_editor.get(reverse("handbook_search"), {"q": '<script>alert("1")</script>'}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_query_that_is_too_long_is_refused_with_a_sentence(edition: Edition, as_editor: Client) -> None:
    page = as_editor.get(reverse("handbook_search"), {"q": "ก" * 201}).content.decode()
    assert "error-summary" in page
    assert "ก" * 201 in page
    assert 'class="hit"' not in page


# --- cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES[2:])
def test_a_page_costs_three_queries(
    edition: Edition, as_editor: Client, django_assert_num_queries: Asked, address: str
) -> None:
    editions.standard_of(edition)
    as_editor.get(address)
    # The session, the person with their office, and the edition's row.
    with django_assert_num_queries(3):
        assert as_editor.get(address).status_code == 200
