"""What the centre meets at the edges of its pages: future rounds, days too far away, contradictions."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from assessments import services
from assessments.forms.people import InviteForm, SupportImportForm
from assessments.models import Assessment, Province, Round, SupportOffice, User
from assessments.queries import national, rounds
from assessments.services.people import change_person
from assessments.workflow import Role, Status
from indicators.models import Edition
from tests.assessments.test_national import listed, scored, stands
from tests.assessments.test_people_support import workbook
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

    def test_the_filters_stay_in_the_round_that_is_shown(
        self, round_2569: Round, next_round: Round, reviewer: User
    ) -> None:
        client = english(reviewer)
        assert '<option value="2569" selected>' in told(client, "/offices/")
        assert '<option value="2569" selected>' in told(client, "/offices/", status="no such")
        assert '<option value="2570" selected>' in told(client, "/offices/", round="2570")

    def test_alone_a_future_one_is_shown(self, next_round: Round, reviewer: User) -> None:
        assert "round of fiscal year 2570" in told(english(reviewer), "/offices/")

    @pytest.mark.parametrize("year", ["9999", "2500", "abc"])
    def test_an_unknown_one_is_not_found(self, year: str, round_2569: Round, reviewer: User) -> None:
        assert signed_in(reviewer).get("/offices/", {"round": year}).status_code == 404


class TestFarYears:
    """In fiscal year 2569."""

    @pytest.mark.parametrize(("year", "taken"), [(2569, True), (2570, True), (2571, False), (2600, False)])
    def test_a_round_is_opened_for_the_next_year_at_the_furthest(
        self, year: int, edition: Edition, manager: User, *, taken: bool
    ) -> None:
        def open_it() -> Round:
            return services.open_round(
                year=year,
                edition=edition,
                opens_on=date(year - 543, 1, 1),
                closes_on=date(year - 543, 9, 30),
                budget_target=None,
                by=manager,
            )

        if taken:
            assert open_it().year == year
        else:
            with pytest.raises(services.Refused, match="2570"):
                open_it()
            assert not Round.objects.exists()


class TestFarDays:
    """Fiscal year 2569 ends on 30 September 2026; 12 months later is the last day there is."""

    def test_a_round(self, round_2569: Round, manager: User) -> None:
        window: dict[str, Any] = {
            "round_": round_2569,
            "opens_on": date(2026, 7, 1),
            "budget_target": None,
            "by": manager,
        }
        services.change_round(closes_on=date(2027, 9, 30), **window)
        with pytest.raises(services.Refused, match="30 กันยายน 2570"):
            services.change_round(closes_on=date(2027, 10, 1), **window)

    def test_an_extension(self, assessment: Assessment, manager: User) -> None:
        services.extend(assessment=assessment, closes_on=date(2027, 9, 30), reason="น้ำท่วม", by=manager)
        with pytest.raises(services.Refused, match="30 กันยายน 2570"):
            services.extend(assessment=assessment, closes_on=date(2027, 10, 1), reason="น้ำท่วม", by=manager)

    def test_a_return_of_a_reviewer_reaches_30_days(self, submitted: Assessment, reviewer: User) -> None:
        what: dict[str, Any] = {"assessment": submitted, "reason": "แก้ไข 2.4", "by": reviewer}
        with pytest.raises(services.Refused, match="30 ตุลาคม 2569"):
            services.return_for_correction(due_on=date(2026, 10, 31), **what)
        assert services.return_for_correction(due_on=date(2026, 10, 30), **what).closes_on == date(2026, 10, 30)

    def test_long_after_the_closing_day_the_30_days_run_from_today(
        self, submitted: Assessment, reviewer: User, time_machine: Any
    ) -> None:
        time_machine.move_to("2027-01-01T10:00:00+07:00")
        what: dict[str, Any] = {"assessment": submitted, "reason": "แก้ไข 2.4", "by": reviewer}
        with pytest.raises(services.Refused, match="31 มกราคม 2570"):
            services.return_for_correction(due_on=date(2027, 2, 1), **what)
        assert services.return_for_correction(due_on=date(2027, 1, 31), **what).closes_on == date(2027, 1, 31)

    def test_a_manager_reaches_the_last_day_that_there_is(self, submitted: Assessment, manager: User) -> None:
        what: dict[str, Any] = {"assessment": submitted, "reason": "แก้ไข 2.4", "by": manager}
        with pytest.raises(services.Refused, match="30 กันยายน 2570"):
            services.return_for_correction(due_on=date(2027, 10, 1), **what)
        assert services.return_for_correction(due_on=date(2027, 9, 30), **what).closes_on == date(2027, 9, 30)

    def test_the_page_says_which_day_holds(self, submitted: Assessment, reviewer: User) -> None:
        client = english(reviewer)
        address = f"/offices/{submitted.pk}/"
        assert "until its closing day, 30 September 2569 B.E." in told(client, address)
        services.return_for_correction(assessment=submitted, reason="แก้ไข 2.4", by=reviewer, due_on=date(2026, 8, 17))
        page = told(client, address)
        assert "To be corrected by 17 August 2569 B.E." in page
        assert "the answers can be changed until the closing day, 30 September 2569 B.E." in page


class TestTheList:
    @pytest.mark.parametrize("typed", ["จังหวัดเลย", "จ.เลย", "จ. เลย", "เลย"])
    def test_finds_a_province_with_its_word_before(self, typed: str, round_2569: Round, reviewer: User) -> None:
        assert listed(signed_in(reviewer), search=typed) == ["เลย"]

    def test_the_counts_follow_region_and_search(self, round_2569: Round, reviewer: User) -> None:
        counts = re.findall(r"<b>(\d+)</b> of (\d+)", told(english(reviewer), "/offices/", region="north"))
        number = len(listed(signed_in(reviewer), region="north"))
        assert counts == [(str(number), str(number)), *[("0", str(number))] * 8]

    def test_open_ranges_come_last_both_ways(self, round_2569: Round, reviewer: User) -> None:
        scored("TH-50", "10.00", "good")
        scored("TH-83", "9.99", "good")
        assert listed(signed_in(reviewer), sort="overall")[:2] == ["ภูเก็ต", "เชียงใหม่"]
        assert listed(signed_in(reviewer), sort="-overall")[:2] == ["เชียงใหม่", "ภูเก็ต"]

    def test_an_open_sum_is_a_least_one(self, assessment: Assessment, reviewer: User) -> None:
        assert told(english(reviewer), f"/offices/{assessment.pk}/").count("at least 0") == 4


class TestInviting:
    @pytest.mark.parametrize(
        ("role", "extra", "field", "words"),
        [
            (Role.REVIEWER, {"province": "TH-50"}, "province", "This role belongs to no provincial office"),
            (Role.REVIEWER, {"support_office": "3"}, "support_office", "This role belongs to no support office"),
            (Role.SUPPORTER, {}, "support_office", "Choose the support office in which the person works."),
        ],
    )
    def test_a_contradiction_is_told_at_its_field(
        self, role: Role, extra: dict[str, str], field: str, words: str, manager: User, chiang_mai: Province
    ) -> None:
        SupportOffice.objects.create(number=3)
        typed = {"email": "a@office.example", "full_name": "ผู้ใช้ หนึ่ง", "role": role.value} | extra
        if "province" in typed:
            typed["province"] = str(chiang_mai.pk)
        with translation.override("en"):
            form = InviteForm(typed, by=manager)
            assert [str(error).startswith(words) for error in form.errors[field]] == [True]
        assert list(form.errors) == [field]
        assert form["email"].value() == "a@office.example"

    def test_without_any_support_office_a_supporter_needs_none(self, manager: User) -> None:
        typed = {"email": "a@office.example", "full_name": "ผู้ใช้ หนึ่ง", "role": Role.SUPPORTER.value}
        assert InviteForm(typed, by=manager).is_valid()


class TestTheSheet:
    DAY: ClassVar = {"starts_on_0": "3", "starts_on_1": "8", "starts_on_2": "2569"}

    def faults(self, pasted: str, upload: SimpleUploadedFile | None = None) -> dict[str, list[str]]:
        with translation.override("en"):
            form = SupportImportForm({"pasted": pasted, **self.DAY}, {"sheet": upload} if upload else {})
            return {name: [str(error) for error in errors] for name, errors in form.errors.items()}

    def test_a_workbook_and_pasted_text_are_one_too_many(self, db: None) -> None:
        both = self.faults("เลย 4", workbook([("เลย", 4)]))
        assert both == {"sheet": ["There is a workbook and pasted text; give only one of them."]}

    def test_a_csv_is_told_what_to_do(self, db: None) -> None:
        told = self.faults("", SimpleUploadedFile("list.csv", "เลย,4".encode()))
        assert told == {
            "sheet": ["This is a text file; save it as .xlsx, or copy the two columns and paste them below."]
        }

    def test_a_column_of_numbers_in_front_is_one_sentence(self, db: None) -> None:
        told = self.faults("\n".join(f"{number}\tเลย\t4" for number in range(1, 77)))
        assert told == {
            "pasted": [
                "The first column holds numbers; take it out: "
                "first the province, then the number of its support office."
            ]
        }


class TestTheLogs:
    def test_the_newest_extension_is_in_force(self, assessment: Assessment, manager: User) -> None:
        for day in (5, 9):
            services.extend(assessment=assessment, closes_on=date(2026, 10, day), reason="น้ำท่วม", by=manager)
        found = [(extension.closes_on.day, now) for extension, now in rounds.extensions_of(assessment.round)]
        assert found == [(9, True), (5, False)]
        assert told(english(manager), f"/rounds/{assessment.round_id}/").count("In force") == 1

    def test_a_target_is_read_without_zeros(self, round_2569: Round, manager: User) -> None:
        window: dict[str, Any] = {
            "round_": round_2569,
            "opens_on": round_2569.opens_on,
            "closes_on": round_2569.closes_on,
        }
        services.change_round(**window, budget_target=Decimal("95.50"), by=manager)
        services.change_round(**window, budget_target=Decimal("96.00"), by=manager)
        with translation.override("en"):
            assert rounds.log_of(round_2569)[0].words == ["target for 1.31 from 95.5 percent to 96 percent"]

    def test_a_history_names_the_offices(self, editor: User, phuket: Province, manager: User) -> None:
        change_person(
            person=editor,
            full_name=editor.full_name,
            role=Role.OFFICE_EDITOR,
            province=phuket,
            support_number=None,
            by=manager,
        )
        page = told(english(manager), f"/people/{editor.pk}/")
        assert "Office: from สนง.พมจ.เชียงใหม่ to สนง.พมจ.ภูเก็ต" in page


def test_a_phone_sorts_by_a_select_that_knows_every_order(round_2569: Round, as_reviewer: Client) -> None:
    page = as_reviewer.get("/offices/", {"sort": "-overall"}).content.decode()
    orders = re.findall(r'<option value="(-?(?:\w+))"( selected)?>([^<]+ (?:น้อยไป|มากไป|ตาม|ย้อน|ก่อน|ล่าสุด)[^<]*)', page)
    # Each column, and the area or indicator that may be shown beside them, both ways.
    assert len({words for *_, words in orders}) == len(orders) == 2 * (len(national.COLUMNS) + 1)
    assert [order for order, chosen, _ in orders if chosen] == ["-overall"]
