"""Over the years: figures by hand, breaks between editions, level changes with their reasons, the chart, the page."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.charts import MARKERS, Value, chart_of, outline_of
from assessments.country import Pairing, Part
from assessments.models import Assessment, Round, User
from assessments.queries.country import parts_of
from assessments.queries.trends import history_of, part_rows, trends_of
from assessments.trends import Year, compose, level_changes, moved, points_of
from indicators.editions import EditionNode
from indicators.models import Edition
from tests.answers import answer_all
from tests.assessments.queue import in_english
from tests.conftest import signed_in
from tests.years import BEFORE, at, open_2568

PAGE = "/country/trends/"
PART = Part("2", 0, 4, (0, 0, 0, 0))
SAME = Pairing(range(4))


def year_of(year: int, rows: dict[int, str], pairing: Pairing = SAME, edition: int = 2563) -> Year:
    return Year(year, edition, frozenset(rows), rows, pairing, {"2": PART})


# --- pure ----------------------------------------------------------------------------------------------


def test_a_point_is_the_mean_of_the_chosen_offices() -> None:
    years = [year_of(2568, {1: "4444", 2: "2222"}), year_of(2569, {1: "4443", 2: "2222"})]
    assert [point.mean for point in points_of(years, PART)] == [Decimal("7.50"), Decimal("7.19")]
    assert [point.mean for point in points_of(years, PART, frozenset([1]))] == [10, Decimal("9.38")]
    assert [point.mean for point in points_of(years, PART, frozenset())] == [None, None]


def test_a_year_of_another_edition_has_no_figure_unless_its_own_is_wanted() -> None:
    other = year_of(2568, {1: "1111"}, Pairing([0, None, 2, 3]), 2559)
    now = year_of(2569, {1: "4444"})
    assert [(point.mean, point.line is None) for point in points_of([other, now], PART)] == [(None, True), (10, False)]
    shown = points_of([other, now], PART, also_own=True)
    assert [(point.mean, point.group) for point in shown] == [(Decimal("2.50"), 2559), (10, 0)]


def test_a_part_that_asks_the_same_in_another_order_is_compared() -> None:
    turned = year_of(2568, {1: "4321"}, Pairing([3, 2, 1, 0]), 2559)
    half = Part("2-1", 0, 2, (0, 0))
    assert [point.mean for point in points_of([turned], half)] == [Decimal("3.75")]


def test_pairings_compose_over_three_editions() -> None:
    assert compose(Pairing([1, None, 0]), Pairing([None, 5])).places == (5, None, None)


@pytest.mark.parametrize(("measured", "partial"), [(8, True), (9, False), (10, False)])
def test_a_year_with_too_few_offices_stands_alone(measured: int, *, partial: bool) -> None:
    rows = dict.fromkeys(range(measured), "4444")
    year = replace(year_of(2569, rows), offices=frozenset(range(10)))
    point = points_of([year], PART)[0]
    assert (point.measured, point.offices, point.partial) == (measured, 10, partial)
    assert point.group == (-2569 if partial else 0)


def test_who_rose_and_fell_and_why() -> None:
    before = year_of(2568, {1: "4430", 2: "4444", 3: "4444", 4: "44-4", 5: "2222"})
    now = year_of(2569, {1: "4444", 2: "4411", 3: "4444", 4: "4444", 6: "4444"})
    found = level_changes(before, now, PART)
    assert found is not None
    assert (found.before, found.now, found.compared, found.rose, found.fell) == (2568, 2569, 3, 1, 1)
    rose, fell = found.changed
    assert (rose.province, rose.before.level, rose.now.level, rose.by) == (1, "should_improve", "good", Decimal("3.12"))
    assert [(each.place, each.before, each.now) for each in rose.why] == [
        (3, Decimal(0), Decimal(10)),
        (2, Decimal("7.5"), Decimal(10)),
    ]
    assert (fell.province, fell.by, [each.place for each in fell.why]) == (2, Decimal("-3.75"), [2, 3])
    only = level_changes(before, now, PART, frozenset([2]))
    assert only is not None
    assert (only.compared, only.rose, only.fell) == (1, 0, 1)


def test_level_changes_need_two_years_that_compare() -> None:
    other = year_of(2568, {1: "1111"}, Pairing([None] * 4), 2559)
    assert level_changes(other, year_of(2569, {1: "4444"}), PART) is None


def test_only_what_moved_in_the_direction_is_a_reason() -> None:
    assert [each.place for each in moved("0440", "4-04", PART, rising=True)] == [0, 3]
    assert [each.place for each in moved("0440", "4-04", PART, rising=False)] == [2]


# --- the chart -----------------------------------------------------------------------------------------


def values(*figures: str | None, groups: str = "") -> list[Value]:
    marks = groups or "0" * len(figures)
    return [
        Value(str(2566 + place), None if each is None else Decimal(each), int(mark))
        for place, (each, mark) in enumerate(zip(figures, marks, strict=True))
    ]


@pytest.mark.parametrize(
    ("line", "joined"),
    [
        (values("8.00", "9.00", "9.50"), [3]),
        (values("8.00", None, "9.50"), []),
        (values("8.00", "8.10", None, "9.00", "9.10"), [2, 2]),
        (values("8.00", "8.10", "9.00", groups="110"), [2]),
    ],
)
def test_a_line_breaks_where_it_must(line: list[Value], joined: list[int]) -> None:
    chart = chart_of([("x", line)], [])
    assert chart is not None
    assert [len(stretch.split()) for stretch in chart.lines[0].stretches] == joined
    assert len(chart.lines[0].dots) == sum(each.value is not None for each in line)


def test_the_scale_and_its_edges() -> None:
    chart = chart_of([("x", values("7.91", "8.44"))], [(Decimal("8.50"), "good"), (Decimal("5.50"), "should_improve")])
    assert chart is not None
    assert [tick.label for tick in chart.up] == ["7", "8", "9", "10"]
    assert [tick.label for tick in chart.edges] == ["good"]
    assert chart.up[0].at == chart.bottom
    assert [tick.label for tick in chart.across] == ["2566", "2567"]
    assert chart.lines[0].dots[0].figure == "7.91"


def test_without_a_figure_there_is_no_chart() -> None:
    assert chart_of([("x", values(None, None))], []) is None


def test_markers_differ() -> None:
    assert len({outline_of(place, 0, 0) for place in range(len(MARKERS))}) == len(MARKERS)


# --- the page ------------------------------------------------------------------------------------------


@pytest.fixture
def two_years(
    edition: Edition, assessment: Assessment, manager: User, editor: User, head: User, time_machine: Any
) -> Assessment:
    """Chiang Mai in 2568 and 2569, submitted both; 4.1 rose, 2.1 fell."""
    with at(time_machine, BEFORE):
        before = open_2568(edition, assessment.province, manager)
        answer_all(before, editor, c4_1={"count": 0})
        services.submit(assessment=before, by=head, certified=True)
    answer_all(assessment, editor, c2_1={"count": 0}, c2_2={"numerator": 0, "denominator": 9})
    return services.submit(assessment=assessment, by=head, certified=True)


def text(client: Client, query: str = "") -> str:
    return client.get(f"{PAGE}{query}").content.decode()


def test_the_figures_are_the_stored_totals(two_years: Assessment, manager: User) -> None:
    response = in_english(manager).get(f"{PAGE}?value=claimed&place=TH-50")
    trend = response.context["trends"][0]
    stored = Assessment.objects.filter(province=two_years.province).order_by("round__year")
    assert (trend.name, [str(point.mean) for point in trend.points]) == (
        "Chiang Mai",
        [each.results["overall"]["mean"] for each in stored],
    )
    assert [each.name for each in response.context["trends"]] == ["Chiang Mai", "North", ""]
    assert [(point.measured, point.offices, point.partial) for point in trend.points] == [(1, 1, False), (1, 1, False)]
    assert response.context["trends"][2].points[1].partial
    rows = {row.key: row for row in response.context["parts"]}
    last = stored.last()
    assert last is not None
    for key, total in (last.results["areas"] | last.results["dimensions"]).items():
        assert str(rows[key].points[1].mean) == total["mean"]


def test_a_level_change_names_the_indicators(two_years: Assessment, manager: User) -> None:
    content = text(in_english(manager), "?value=claimed&show=2-1&place=TH-50&year=2569")
    assert "<b>0</b> rose and <b>1</b> fell" in content
    assert f'href="/offices/{two_years.pk}/#indicator-2.1"' in content
    assert "10 → 0" in content


def test_an_area_opens_its_indicators(two_years: Assessment, manager: User) -> None:
    keys = [row.key for row in in_english(manager).get(f"{PAGE}?value=claimed&show=2.1").context["parts"]]
    assert keys[:5] == ["overall", "2", "2-1", "2.1", "2.2"]
    assert len(keys) == 1 + 3 + 16 + 4


@pytest.mark.parametrize("query", ["", "?show=9-9&place=TH-10&value=x&year=1999", "?value=verified"])
def test_without_figures_the_page_says_so(two_years: Assessment, as_reviewer: Client, query: str) -> None:
    response = as_reviewer.get(f"{PAGE}{query}")
    assert (response.status_code, response.context["chart"]) == (200, None)
    assert "<svg" not in response.content.decode()


def test_without_a_round(as_reviewer: Client) -> None:
    assert as_reviewer.get(PAGE).status_code == 200
    assert as_reviewer.get("/country/trends.svg").status_code == 404


def test_the_picture_is_well_formed_and_has_the_same_lines(two_years: Assessment, as_manager: Client) -> None:
    from defusedxml.ElementTree import fromstring

    response = as_manager.get("/country/trends.svg?value=claimed&show=4&place=TH-50")
    assert response["Content-Type"] == "image/svg+xml"
    assert "attachment" in response["Content-Disposition"]
    fromstring(response.content)
    page = text(as_manager, "?value=claimed&show=4&place=TH-50")
    lines = re.findall(r'<polyline points="[^"]+"', page)
    assert lines
    assert lines == re.findall(r'<polyline points="[^"]+"', response.content.decode())
    assert as_manager.get("/country/trends.svg").status_code == 404


def test_the_chart_has_no_inline_style(two_years: Assessment, as_manager: Client) -> None:
    page = text(as_manager, "?value=claimed")
    assert "<svg" in page
    assert " style=" not in page


def test_an_edition_that_is_not_comparable_breaks_and_says_so(
    two_years: Assessment, manager: User, standard: EditionNode
) -> None:
    """As if 2568 had been judged by an edition of which nothing can be compared."""
    history = history_of(list(Round.objects.select_related("edition")), manager, "claimed")
    older = replace(history.years[0], edition=2559, pairing=Pairing([None] * len(standard.scored)))
    history = replace(history, years=[older, *history.years[1:]])
    line = trends_of(history, "2", province="TH-50")[0]
    assert [point.line is None for point in line.points] == [True, False]
    shown = trends_of(history, "2", province="TH-50", also_own=True)[0]
    assert [point.group for point in shown.points] == [2559, 0]
    assert part_rows(history, "overall", None, also_own=False)[0].points[0].line is None
    assert parts_of(standard)["2"].count == 12


def test_who_sees_it(round_2569: Round, as_editor: Client, as_inspector: Client, client: Client) -> None:
    assert as_inspector.get(PAGE).status_code == 200
    assert as_editor.get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302
    assert as_inspector.post(PAGE).status_code == 405
    assert as_editor.get("/country/trends.svg").status_code == 403


def test_a_supporter_sees_the_own_provinces(two_years: Assessment, supporter: User) -> None:
    response = signed_in(supporter).get(f"{PAGE}?value=claimed")
    assert (response.context["history"].offices, response.context["chart"]) == ({}, None)


def test_queries_do_not_grow_with_the_rounds(
    two_years: Assessment, as_manager: Client, manager: User, edition: Edition, django_assert_num_queries: Any
) -> None:
    query = f"{PAGE}?value=claimed&show=2-1"
    as_manager.get(query)
    with django_assert_num_queries(7):
        as_manager.get(query)
    Round.objects.create(
        year=2567, edition=edition, opens_on=date(2024, 7, 1), closes_on=date(2024, 9, 30), opened_by=manager
    )
    with django_assert_num_queries(7):
        assert len(as_manager.get(query).context["history"].years) == 3
