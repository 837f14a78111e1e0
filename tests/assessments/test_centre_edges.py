"""What the centre meets at the edges of its pages: future rounds, days too far away, contradictions."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Assessment, Round, User
from assessments.workflow import Status
from indicators.models import Edition
from tests.assessments.test_national import stands
from tests.conftest import signed_in


def english(user: User) -> Client:
    client = signed_in(user)
    client.cookies["django_language"] = "en"
    return client


def told(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def next_round(edition: Edition, manager: User) -> Round:
    return services.open_round(
        year=2570,
        edition=edition,
        opens_on=date(2026, 10, 1),
        closes_on=date(2027, 9, 30),
        budget_target=None,
        by=manager,
    )


@pytest.fixture
def submitted(assessment: Assessment, head: User) -> Assessment:
    stands("TH-50", Status.SUBMITTED, head)
    return Assessment.objects.whole().get(pk=assessment.pk)


class TestWhichRound:
    @pytest.mark.parametrize(
        ("moment", "year"),
        [("2026-09-30T23:59:59+07:00", 2569), ("2026-10-01T00:00:00+07:00", 2570)],
    )
    def test_the_one_that_opened_last_comes_first(
        self, moment: str, year: int, round_2569: Round, next_round: Round, reviewer: User, time_machine: Any
    ) -> None:
        time_machine.move_to(moment, tick=False)
        page = told(english(reviewer), "/offices/")
        assert re.findall(r"<h1>(.*?)</h1>", page) == [f"Offices in the round of fiscal year {year}"]

    def test_a_future_one_can_be_chosen_and_says_that_it_is_not_open(
        self, round_2569: Round, next_round: Round, reviewer: User
    ) -> None:
        client = english(reviewer)
        running = told(client, "/offices/")
        assert '<option value="2570">' in running
        assert "Not open yet" not in running
        assert "Not open yet (opens 1 October 2569 B.E.)" in told(client, "/offices/", round="2570")

    def test_alone_a_future_one_is_shown(self, next_round: Round, reviewer: User) -> None:
        assert "round of fiscal year 2570" in told(english(reviewer), "/offices/")

    @pytest.mark.parametrize("year", ["9999", "2500", "abc"])
    def test_an_unknown_one_is_not_found(self, year: str, round_2569: Round, reviewer: User) -> None:
        assert signed_in(reviewer).get("/offices/", {"round": year}).status_code == 404


class TestFarDays:
    """Fiscal year 2569 ends on 30 September 2026; 12 months later is the last day there is."""

    def test_a_round(self, round_2569: Round, manager: User) -> None:
        window = {"round_": round_2569, "opens_on": date(2026, 7, 1), "budget_target": None, "by": manager}
        services.change_round(closes_on=date(2027, 9, 30), **window)  # type: ignore[arg-type]
        with pytest.raises(services.Refused, match="30 กันยายน 2570"):
            services.change_round(closes_on=date(2027, 10, 1), **window)  # type: ignore[arg-type]

    def test_an_extension(self, assessment: Assessment, manager: User) -> None:
        services.extend(assessment=assessment, closes_on=date(2027, 9, 30), reason="น้ำท่วม", by=manager)
        with pytest.raises(services.Refused, match="30 กันยายน 2570"):
            services.extend(assessment=assessment, closes_on=date(2027, 10, 1), reason="น้ำท่วม", by=manager)

    def test_a_return_of_a_reviewer_reaches_30_days(self, submitted: Assessment, reviewer: User) -> None:
        what = {"assessment": submitted, "reason": "แก้ไข 2.4", "by": reviewer}
        with pytest.raises(services.Refused, match="30 ตุลาคม 2569"):
            services.return_for_correction(due_on=date(2026, 10, 31), **what)  # type: ignore[arg-type]
        assert services.return_for_correction(due_on=date(2026, 10, 30), **what).closes_on == date(2026, 10, 30)  # type: ignore[arg-type]

    def test_long_after_the_closing_day_the_30_days_run_from_today(
        self, submitted: Assessment, reviewer: User, time_machine: Any
    ) -> None:
        time_machine.move_to("2027-01-01T10:00:00+07:00")
        what = {"assessment": submitted, "reason": "แก้ไข 2.4", "by": reviewer}
        with pytest.raises(services.Refused, match="31 มกราคม 2570"):
            services.return_for_correction(due_on=date(2027, 2, 1), **what)  # type: ignore[arg-type]
        assert services.return_for_correction(due_on=date(2027, 1, 31), **what).closes_on == date(2027, 1, 31)  # type: ignore[arg-type]

    def test_a_manager_reaches_the_last_day_that_there_is(self, submitted: Assessment, manager: User) -> None:
        what = {"assessment": submitted, "reason": "แก้ไข 2.4", "by": manager}
        with pytest.raises(services.Refused, match="30 กันยายน 2570"):
            services.return_for_correction(due_on=date(2027, 10, 1), **what)  # type: ignore[arg-type]
        assert services.return_for_correction(due_on=date(2027, 9, 30), **what).closes_on == date(2027, 9, 30)  # type: ignore[arg-type]

    def test_the_page_says_which_day_holds(self, submitted: Assessment, reviewer: User) -> None:
        client = english(reviewer)
        address = f"/offices/{submitted.pk}/"
        assert "until its closing day, 30 September 2569 B.E." in told(client, address)
        services.return_for_correction(assessment=submitted, reason="แก้ไข 2.4", by=reviewer, due_on=date(2026, 8, 17))
        page = told(client, address)
        assert "To be corrected by 17 August 2569 B.E." in page
        assert "the answers can be changed until the closing day, 30 September 2569 B.E." in page
