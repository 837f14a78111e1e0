"""The profile of a province: its years, the region and the country beside it, what changed, plan, findings."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.country import Pairing
from assessments.models import (
    Assessment,
    Evidence,
    Finding,
    PlanStep,
    Province,
    Round,
    SupportMembership,
    SupportOffice,
    User,
)
from assessments.queries.trends import years_of
from assessments.workflow import Role, Status
from indicators.models import Edition
from tests.assessments.queue import in_english
from tests.assessments.test_country_pages import GOOD, Stand, page, part_of, stands, words  # noqa: F401 - the fixture
from tests.conftest import person, signed_in

ADDRESS = "/country/province/TH-50/"
MIXED = "4" * 12 + "3" * 9 + "2" * 34
# The first eight of the seventeen northern offices, with Chiang Mai.
NORTH = ("TH-50", "TH-51", "TH-52", "TH-53", "TH-54", "TH-55", "TH-56", "TH-57")


@pytest.fixture
def year_before(edition: Edition, manager: User, stands: Stand, time_machine: Any) -> Callable[..., Round]:  # noqa: F811
    """Opens an earlier year in which Chiang Mai has the scores given."""

    def open_(year: int, signs: str = "") -> Round:
        time_machine.move_to(f"{year - 543}-08-03T10:00:00+07:00")
        first, last = date(year - 543, 7, 1), date(year - 543, 9, 30)
        round_ = services.open_round(
            year=year, edition=edition, opens_on=first, closes_on=last, budget_target=None, by=manager
        )
        if signs:
            stands("TH-50", signs, status=Status.PUBLISHED, final=signs, round=round_)
        time_machine.move_to("2026-08-03T10:00:00+07:00")
        return round_

    return open_


# --- who reads it -------------------------------------------------------------------------------------


def test_access(round_2569: Round, reviewer: User, editor: User, head: User, stranger: User, inspector: User) -> None:
    for user in (reviewer, editor, head, inspector):
        assert signed_in(user).get(ADDRESS).status_code == 200
        assert signed_in(user).get(f"{ADDRESS}2569/").status_code == 200
    assert signed_in(stranger).get(ADDRESS).status_code == 404
    assert Client().get(ADDRESS).status_code == 302
    assert signed_in(reviewer).post(ADDRESS).status_code == 405


@pytest.mark.parametrize("address", ["/country/province/TH-10/", "/country/province/XX/", f"{ADDRESS}2540/"])
def test_what_there_is_not(address: str, round_2569: Round, as_reviewer: Client) -> None:
    """Bangkok has no office; there was no round in 2540."""
    assert as_reviewer.get(address).status_code == 404


def test_a_supporter_reads_the_provinces_of_the_own_support_office(round_2569: Round) -> None:
    office = SupportOffice.objects.create(number=10)
    province = Province.objects.get(iso="TH-51")
    SupportMembership.objects.create(support_office=office, province=province, starts_on="2026-01-01")
    supporter = signed_in(person("supporter@people.example", Role.SUPPORTER, support_office=office))
    assert supporter.get("/country/province/TH-51/").status_code == 200
    assert supporter.get(ADDRESS).status_code == 404


def test_before_the_first_round(db: None, as_reviewer: Client) -> None:
    assert as_reviewer.get(ADDRESS).status_code == 200


# --- empty ones ---------------------------------------------------------------------------------------


def test_an_office_that_has_answered_nothing(round_2569: Round, reviewer: User) -> None:
    shown = page(in_english(reviewer), ADDRESS)
    text = words(shown)
    assert "The office has not submitted in this round yet, so there are no scores of this year to show." in text
    assert "The office has no such scores in any year yet." in text
    assert "There is nothing to compare with" in text
    assert "The office has no plan of 2569." in text
    assert "No visit has found anything in this round" in text
    assert "Evidence: 0 files and links for 0 indicators" in text
    assert "<svg" not in shown
    for value, sentence in (("verified", "The verdicts of this round have not been sent"), ("final", "not final yet")):
        assert sentence in words(page(in_english(reviewer), f"{ADDRESS}?value={value}"))


def test_a_first_year_has_nothing_before_it(stands: Stand, reviewer: User) -> None:  # noqa: F811
    stands("TH-50", MIXED)
    shown = page(in_english(reviewer), ADDRESS)
    assert "There is nothing to compare with" in words(part_of(shown, "_changed"))
    assert "Dimensions 2–4 together 6.50 ● Should improve" in words(part_of(shown, "_years"))
    assert "<polyline" not in shown


def test_a_value_that_is_not_the_readers_yet(stands: Stand, reviewer: User, head: User) -> None:  # noqa: F811
    """Verdicts that were not sent are in no figure, of a final value as of a verified one."""
    stands("TH-50", GOOD, status=Status.IN_REVIEW, verified="0" * 55, final="1" * 55)
    for user in (reviewer, head):
        for value in ("verified", "final"):
            text = words(page(in_english(user), f"{ADDRESS}?value={value}"))
            assert "The office has no such scores in any year yet." in text
        assert "10.00" in page(in_english(user), f"{ADDRESS}?value=claimed")


# --- the years ----------------------------------------------------------------------------------------


def test_scores_and_levels_over_the_years(stands: Stand, year_before: Callable[..., Round], reviewer: User) -> None:  # noqa: F811
    before = year_before(2568, GOOD)
    stands("TH-50", MIXED, status=Status.PUBLISHED, verified=MIXED, final="3" * 55)
    shown = page(in_english(reviewer), ADDRESS)
    years = words(part_of(shown, "_years"))
    assert "Dimensions 2–4 together 10.00 ▲▲ Good 7.50 ▲ Fairly good" in years
    assert "Dimension 3 วัฒนธรรมองค์การ 10.00 ▲▲ Good 7.50 ▲ Fairly good" in years
    assert part_of(shown, "_years").count("<polyline") == 4
    of_2568 = Assessment.objects.get(round=before, province__iso="TH-50")
    assert f'href="/offices/{of_2568.pk}/"' in shown
    claimed = words(part_of(page(in_english(reviewer), f"{ADDRESS}?value=claimed"), "_years"))
    assert "Dimensions 2–4 together 10.00 ▲▲ Good 6.50 ● Should improve" in claimed
    earlier = words(page(in_english(reviewer), f"{ADDRESS}2568/"))
    assert "Chiang Mai: profile of fiscal year 2568" in earlier


def test_a_line_breaks_where_the_standard_asked_something_else(
    stands: Stand,  # noqa: F811
    year_before: Callable[..., Round],
    reviewer: User,
    edition: Edition,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    year_before(2567, GOOD)
    year_before(2568, GOOD)
    stands("TH-50", MIXED, status=Status.PUBLISHED, final=MIXED)
    assert part_of(page(in_english(reviewer), ADDRESS), "_years").count("<polyline") == 4
    whole = years_of

    def broken(ordered: Any, there: Any, rows: Any) -> Any:
        years = whole(ordered, there, rows)
        nothing = Pairing([None] * 55)
        return [replace(year, edition=2560, pairing=nothing) if year.year < 2569 else year for year in years]

    monkeypatch.setattr("assessments.queries.province.years_of", broken)
    shown = part_of(page(in_english(reviewer), ADDRESS), "_years")
    # Between the two old years alone.
    assert shown.count("<polyline") == 4
    assert all(len(points.split()) == 2 for points in re.findall(r'points="([^"]+)"', shown))
    assert "the edition of 2563 replaced the one before, and this part asks something else now" in words(shown)
    assert "10.00 ▲▲ Good · not comparable 10.00 ▲▲ Good · not comparable 6.50 ● Should improve" in words(shown)
    assert "0 indicators rose" in words(page(in_english(reviewer), ADDRESS))


# --- beside the others --------------------------------------------------------------------------------


def test_areas_beside_the_region_and_the_country(stands: Stand, reviewer: User, head: User) -> None:  # noqa: F811
    stands("TH-50", GOOD)
    for iso in NORTH[1:5]:
        stands(iso, "3" * 55)
    stands("TH-83", "0" * 55)
    areas = words(part_of(page(in_english(reviewer), ADDRESS), "_areas"))
    # (10 + 4 x 7.5) / 5 and (10 + 4 x 7.5 + 0) / 6
    assert "2-1 ระบบและกระบวนการสื่อสารขององค์การ 10.00 ▲▲ Good 8.00 6.67" in areas
    assert "Means of the 5 offices of the region and the 6 of the country" in areas
    own = words(part_of(page(in_english(head), ADDRESS), "_areas"))
    assert "ขององค์การ 10.00 ▲▲ Good 8.00 6.67" in own


def test_an_office_is_shown_no_mean_that_tells_single_offices(stands: Stand, reviewer: User, head: User) -> None:  # noqa: F811
    """Four in the region and five in the country: below and at the edge."""
    stands("TH-50", GOOD)
    for iso in NORTH[1:4]:
        stands(iso, "3" * 55)
    stands("TH-83", "0" * 55)
    own = words(part_of(page(in_english(head), ADDRESS), "_areas"))
    assert "ขององค์การ 10.00 ▲▲ Good – 6.50" in own
    assert "A mean of fewer than 5 offices is not shown." in own
    assert "ขององค์การ 10.00 ▲▲ Good 8.13 6.50" in words(part_of(page(in_english(reviewer), ADDRESS), "_areas"))


def test_an_area_that_still_waits_is_a_range(stands: Stand, reviewer: User) -> None:  # noqa: F811
    stands("TH-50", "----" + "4" * 51)
    areas = words(part_of(page(in_english(reviewer), ADDRESS), "_areas"))
    assert "ขององค์การ 0.63–10.00 ○ Level still open – –" in areas


# --- what changed -------------------------------------------------------------------------------------


def test_the_indicators_that_moved_with_both_scores(
    stands: Stand,  # noqa: F811
    year_before: Callable[..., Round],
    reviewer: User,
) -> None:
    year_before(2568, "3" * 55)
    stands("TH-50", "01" + "4" * 20 + "3" * 33, status=Status.PUBLISHED, final="01" + "4" * 20 + "3" * 33)
    changed = words(part_of(page(in_english(reviewer), ADDRESS), "_changed"))
    assert "From 7.50 in 2568 to 8.18: 20 indicators rose and 2 fell. The 10 biggest are shown." in changed
    assert changed.count("▲") == 8
    assert "2.1 จำนวนรูปแบบการสื่อสารภายในสำนักงาน 7.5 ▼ fell to 0" in changed
    assert changed.index("▼ fell to 0") < changed.index("▼ fell to 2.5")


# --- plan, findings, evidence -------------------------------------------------------------------------


@pytest.fixture
def worked_on(
    stands: Stand,  # noqa: F811
    year_before: Callable[..., Round],
    assessment: Assessment,
    editor: User,
    inspector: User,
) -> Assessment:
    """A plan of each year, a finding of each, and a link that serves two indicators beside one that was deleted."""
    before = Assessment.objects.get(round=year_before(2568, "3" * 55), province__iso="TH-50")
    stands("TH-50", "4" * 55, status=Status.PUBLISHED, final="4" * 55)
    for of, code in ((before, "2.1"), (assessment, "2.2")):
        answer = of.answers.get(indicator__code=code) if hasattr(of, "answers") else None
        assert answer is not None
        PlanStep.objects.create(
            assessment=of, indicator=answer.indicator, target_band=1, action="ประชุมทุกเดือน", who="ฝ่ายบริหาร", by=editor
        )
        Finding.objects.create(answer=answer, text=f"พบที่ {code}", by=inspector)
    link = Evidence.objects.create(
        assessment=assessment, kind="link", name="x", url="https://owncloud.example/s/1", added_by=editor
    )
    for code in ("2.1", "2.2"):
        link.uses.create(answer=assessment.answers.get(indicator__code=code), added_by=editor)
    return assessment


def test_plan_findings_and_evidence(worked_on: Assessment, reviewer: User) -> None:
    shown = page(in_english(reviewer), ADDRESS)
    plan = words(part_of(shown, "_plan"))
    assert "The plan of 2569 has 1 step." in plan
    assert "ประชุมทุกเดือน 10 ฝ่ายบริหาร" in plan
    assert "What became of the plan of 2568" in plan
    assert "0 of 1 steps reached" in plan
    found = words(part_of(shown, "_found"))
    assert "2.2 พบที่ 2.2 (2569) The office has not said what became of it." in found
    assert "2.1 พบที่ 2.1 (2568)" in found
    assert "Evidence: 1 files and links for 2 indicators" in words(shown)


def test_many_findings_lead_to_their_page(worked_on: Assessment, inspector: User, reviewer: User) -> None:
    answer = worked_on.answers.get(indicator__code="2.3")
    for number in range(5):
        Finding.objects.create(answer=answer, text=f"ข้อ {number}", by=inspector)
    found = part_of(page(in_english(reviewer), ADDRESS), "_found")
    assert found.count("<li>") == 6
    assert "All 7 findings" in words(found)


# --- cost, and ways to it -----------------------------------------------------------------------------


def test_the_same_queries_with_one_year_and_with_three(
    stands: Stand,  # noqa: F811
    year_before: Callable[..., Round],
    as_reviewer: Client,
    django_assert_num_queries: Any,
) -> None:
    stands("TH-50", GOOD)
    page(as_reviewer, ADDRESS)
    with django_assert_num_queries(13):
        page(as_reviewer, ADDRESS)
    year_before(2568, MIXED)
    year_before(2567, MIXED)
    with django_assert_num_queries(13):
        page(as_reviewer, ADDRESS)


def test_ways_to_it(stands: Stand, year_before: Callable[..., Round], reviewer: User, editor: User) -> None:  # noqa: F811
    year_before(2568, GOOD)
    stands("TH-50", MIXED, status=Status.PUBLISHED, final=MIXED)
    of_year = reverse("country_province_year", args=["TH-50", 2569])
    pk = Assessment.objects.get(round__year=2569, province__iso="TH-50").pk
    central = signed_in(reviewer)
    overview = page(central, "/country/2569/")
    assert f'<a class="map-place" href="{of_year}?value=final"' in overview
    assert part_of(overview, "_map_section").count(f'href="{of_year}?value=final"') == 2
    assert f'href="{of_year}?value=final"' in page(central, "/country/2569/matrix/")
    assert f'href="{of_year}"' in page(central, f"/offices/{pk}/")
    trends = page(central, "/country/trends/?place=TH-50")
    assert f'href="{ADDRESS}?value=final"' in trends
    assert f'href="{of_year}?value=final"' in trends
    assert f'href="{of_year}?value=claimed"' in page(signed_in(editor), f"/assessments/{pk}/")
    profile = page(signed_in(editor), of_year)
    assert f'href="/assessments/{pk}/"' in profile
    assert "/offices/" not in profile
