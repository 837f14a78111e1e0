"""Support offices: dated, one by one or all 76 from a sheet that is judged whole before anything is written."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from assessments.access import provinces_seen
from assessments.forms.people import judged
from assessments.forms.sheets import rows_of_text
from assessments.models import LogEntry, Province, SupportMembership, SupportOffice, User
from assessments.services import Refused
from assessments.services.support import assign_support_office, import_support_offices
from tests.conftest import signed_in
from tests.rivals import rival

TODAY = {"starts_on_0": "3", "starts_on_1": "8", "starts_on_2": "2569"}


def sheet(change: dict[str, str] | None = None, *, without: tuple[str, ...] = ()) -> str:
    """All 76 as a person pastes them, each with the number 1 to 12 in turn."""
    lines = []
    for index, province in enumerate(Province.objects.with_office()):
        if province.name_th not in without:
            lines.append((change or {}).get(province.name_th, f"{province.name_th}\t{index % 12 + 1}"))
    return "\n".join(lines)


def workbook(rows: list[tuple[Any, ...]]) -> SimpleUploadedFile:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return SimpleUploadedFile("สสว.xlsx", packed.getvalue())


def spans() -> list[tuple[int, date, date | None]]:
    rows = SupportMembership.objects.order_by("starts_on", "pk")
    return [(row.support_office.number, row.starts_on, row.ends_on) for row in rows]


class TestAssign:
    def test_a_new_one_closes_the_old_one_the_day_before(self, manager: User, chiang_mai: Province) -> None:
        assign_support_office(province=chiang_mai, number=10, starts_on=date(2026, 1, 1), by=manager)
        assign_support_office(province=chiang_mai, number=9, starts_on=date(2026, 8, 3), by=manager)
        assert spans() == [(10, date(2026, 1, 1), date(2026, 8, 2)), (9, date(2026, 8, 3), None)]
        assert LogEntry.objects.first().details == {"support_office": [10, 9], "starts_on": "2026-08-03"}  # type: ignore[union-attr]

    def test_the_same_day_corrects(self, manager: User, chiang_mai: Province) -> None:
        for number in (10, 9):
            assign_support_office(province=chiang_mai, number=number, starts_on=date(2026, 8, 3), by=manager)
        assert spans() == [(9, date(2026, 8, 3), None)]

    @pytest.mark.parametrize(
        ("theirs", "kept"),
        [
            (date(2026, 8, 1), [(10, date(2026, 8, 1), date(2026, 8, 2)), (9, date(2026, 8, 3), None)]),
            (date(2026, 8, 3), [(9, date(2026, 8, 3), None)]),
            (date(2026, 8, 4), None),
        ],
    )
    def test_two_first_ones_in_the_same_moment_end_as_one_after_the_other(
        self, manager: User, chiang_mai: Province, theirs: date, kept: list[Any] | None
    ) -> None:
        """The later day follows the earlier one; a day before it is refused as always."""
        office = SupportOffice.objects.create(number=10)

        def faster() -> None:
            SupportMembership.objects.create(support_office=office, province=chiang_mai, starts_on=theirs)

        def assign() -> None:
            # No open membership was there to lock.
            with rival(faster, after="assessments_supportoffice"):
                assign_support_office(province=chiang_mai, number=9, starts_on=date(2026, 8, 3), by=manager)

        if kept is None:
            with pytest.raises(Refused, match=r"4 ส\.ค\. 2569"):
                assign()
        else:
            assign()
            assert spans() == kept

    def test_to_none_and_back_without_overlap(self, manager: User, chiang_mai: Province) -> None:
        assign_support_office(province=chiang_mai, number=10, starts_on=date(2026, 1, 1), by=manager)
        assign_support_office(province=chiang_mai, number=None, starts_on=date(2026, 3, 1), by=manager)
        with pytest.raises(Refused):
            assign_support_office(province=chiang_mai, number=9, starts_on=date(2026, 2, 28), by=manager)
        assign_support_office(province=chiang_mai, number=9, starts_on=date(2026, 3, 1), by=manager)
        assert spans() == [(10, date(2026, 1, 1), date(2026, 2, 28)), (9, date(2026, 3, 1), None)]

    def test_refuses_a_day_before_the_one_in_force_began(self, manager: User, chiang_mai: Province) -> None:
        assign_support_office(province=chiang_mai, number=10, starts_on=date(2026, 8, 3), by=manager)
        with pytest.raises(Refused):
            assign_support_office(province=chiang_mai, number=9, starts_on=date(2026, 8, 2), by=manager)

    @pytest.mark.parametrize("number", [0, 13])
    def test_refuses_a_number_that_is_none(self, number: int, manager: User, chiang_mai: Province) -> None:
        with pytest.raises(Refused):
            assign_support_office(province=chiang_mai, number=number, starts_on=date(2026, 8, 3), by=manager)

    def test_refuses_who_does_not_manage_people(self, reviewer: User, chiang_mai: Province) -> None:
        with pytest.raises(Refused):
            assign_support_office(province=chiang_mai, number=1, starts_on=date(2026, 8, 3), by=reviewer)

    def test_a_supporter_sees_the_provinces_of_the_day(
        self, manager: User, supporter: User, chiang_mai: Province, phuket: Province
    ) -> None:
        supporter.support_office = SupportOffice.objects.create(number=10)
        supporter.save()
        assert provinces_seen(supporter) == []
        assign_support_office(province=chiang_mai, number=10, starts_on=date(2026, 8, 3), by=manager)
        assign_support_office(province=phuket, number=10, starts_on=date(2026, 8, 4), by=manager)
        assert provinces_seen(supporter) == [chiang_mai.pk]


class TestJudging:
    def faults(self, text: str) -> list[str]:
        return judged(rows_of_text(text))[1]

    def test_a_whole_sheet_has_none(self, db: None) -> None:
        numbers, faults = judged(rows_of_text(sheet()))
        assert (len(numbers), faults) == (76, [])

    @pytest.mark.parametrize(
        "line",
        [
            "เชียงใหม่\t10",
            "จังหวัดเชียงใหม่ 10",
            "จ.เชียงใหม่,สสว. 10",
            "สนง.พมจ.เชียงใหม่ | ๑๐",
            "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัดเชียงใหม่;10",
            "Chiang Mai 10",
            "chiangmai province\tสำนักงานส่งเสริมและสนับสนุนวิชาการ 10",
            "TH-50\t10",
            " เชียง ใหม่ \tสสว.ที่ 10",
        ],
    )
    def test_spellings_of_one_line(self, line: str, chiang_mai: Province) -> None:
        numbers, faults = judged(rows_of_text(sheet({"เชียงใหม่": line})))
        assert faults == []
        assert numbers[chiang_mai] == 10

    def test_the_heads_of_the_columns_are_not_a_line(self, db: None) -> None:
        assert self.faults("จังหวัด\tสสว.\n" + sheet()) == []

    def test_all_faults_at_once_each_naming_its_line(self, db: None) -> None:
        text = sheet({"เชียงใหม่": "เชียงไหม\t10", "ภูเก็ต": "ภูเก็ต\t13", "ตราด": "ตราด\t"}, without=("เลย",))
        text += "\nกรุงเทพมหานคร\t1\nน่าน\t5"
        faults = self.faults(text)
        assert len(faults) == 6
        told = " ".join(faults)
        for name in ("เชียงไหม", "13", "ตราด", "กรุงเทพมหานคร", "น่าน", "เลย"):
            assert name in told
        assert "เชียงใหม่" in faults[-1]

    @pytest.mark.parametrize(("cell", "count"), [("0", 1), ("1", 0), ("12", 0), ("13", 1), ("1.5", 1), ("-3", 1)])
    def test_numbers_at_their_edges(self, cell: str, count: int, db: None) -> None:
        assert len(self.faults(sheet({"เลย": f"เลย\t{cell}"}))) == count


class TestPages:
    def test_the_list_ships_empty(self, as_manager: Client, django_assert_num_queries: Any) -> None:
        as_manager.get(reverse("support_offices"))
        with django_assert_num_queries(4):
            page = as_manager.get(reverse("support_offices"))
        assert page.status_code == 200
        assert page.content.decode().count('scope="row"') == 76

    def test_change_one(self, as_manager: Client, chiang_mai: Province) -> None:
        path = reverse("support_office_change", args=["TH-50"])
        assert as_manager.get(path).status_code == 200
        assert as_manager.post(path, {"number": "10", **TODAY})["Location"] == reverse("support_offices")
        assert spans() == [(10, date(2026, 8, 3), None)]
        answer = as_manager.post(path, {"number": "9", **TODAY, "starts_on_2": "2568"})
        assert len(answer.context["form"].non_field_errors()) == 1
        assert as_manager.get(reverse("support_office_change", args=["TH-10"])).status_code == 404

    def test_import_pasted_text(self, as_manager: Client) -> None:
        answer = as_manager.post(reverse("support_office_import"), {"pasted": sheet(), **TODAY})
        assert answer["Location"] == reverse("support_offices")
        assert SupportMembership.objects.count() == 76
        assert SupportOffice.objects.count() == 12

    def test_import_a_workbook_and_again_changes_nothing(self, as_manager: Client) -> None:
        rows: list[tuple[Any, ...]] = [("จังหวัด", "สสว.")]
        rows += [
            (province.name_en, float(index % 12 + 1)) for index, province in enumerate(Province.objects.with_office())
        ]
        for _attempt in range(2):
            answer = as_manager.post(reverse("support_office_import"), {"sheet": workbook(rows), **TODAY})
            assert answer["Location"] == reverse("support_offices")
        assert SupportMembership.objects.count() == 76
        assert LogEntry.objects.filter(what="support_office").count() == 1

    def test_one_fault_writes_nothing_and_keeps_the_text(self, as_manager: Client) -> None:
        text = sheet(without=("เลย",))
        answer = as_manager.post(reverse("support_office_import"), {"pasted": text, **TODAY})
        assert answer.status_code == 200
        assert len(answer.context["form"].errors["pasted"]) == 1
        assert SupportMembership.objects.count() == 0
        assert text.split("\n")[-1] in answer.content.decode()

    @pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 broken"])
    def test_a_file_that_is_no_workbook(self, content: bytes, as_manager: Client) -> None:
        upload = SimpleUploadedFile("x.xlsx", content)
        answer = as_manager.post(reverse("support_office_import"), {"sheet": upload, **TODAY})
        assert len(answer.context["form"].errors["sheet"]) == 1

    def test_nothing_given(self, as_manager: Client) -> None:
        answer = as_manager.post(reverse("support_office_import"), TODAY)
        assert "sheet" in answer.context["form"].errors

    def test_who(self, as_reviewer: Client, as_editor: Client, admin: User) -> None:
        for name, args in (
            ("support_offices", []),
            ("support_office_import", []),
            ("support_office_change", ["TH-50"]),
        ):
            path = reverse(name, args=args)
            assert as_reviewer.get(path).status_code == 403
            assert as_editor.get(path).status_code == 403
            assert Client().get(path)["Location"].startswith("/accounts/login/")
            assert signed_in(admin).get(path).status_code == 200
        assert as_reviewer.post(reverse("support_office_import"), {"pasted": "x"}).status_code == 403

    def test_a_sheet_short_of_one_is_refused_by_the_service_too(self, manager: User, chiang_mai: Province) -> None:
        with pytest.raises(Refused):
            import_support_offices(numbers={chiang_mai: 10}, starts_on=date(2026, 8, 3), by=manager)
