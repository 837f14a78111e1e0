"""What a round of review teaches: the page, its lists, its workbook."""

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client

from assessments import services
from assessments.models import Answer, Assessment, Outcome, Review, SecondReading, User
from indicators import editions
from tests import reviewing
from tests.assessments.queue import in_english, text_of
from tests.conftest import signed_in

PAGE = "/review/2569/learned/"
XLSX = "/review/2569/learned.xlsx"
LISTS = (f"{PAGE}questions/", f"{PAGE}all/", f"{PAGE}judged/?code=2.1", f"{PAGE}stays/submitted/")


def ask(assessment: Assessment, by: User, code: str, text: str) -> None:
    node = editions.standard_of(assessment.round.edition).indicators[code]
    services.ask(assessment=assessment, indicator=node, by=by, text=text)


@pytest.fixture
def judged(three: list[Assessment], reviewer: User) -> list[Assessment]:
    """2.1: agreed in Chiang Mai, the second row (10 -> 7.5) in Lamphun, the third (10 -> 5) in Phuket; 2.2: evidence
    asked for in Chiang Mai; Phuket's 2.3 was asked about and is returned."""
    chiang_mai, lamphun, phuket = three
    reviewing.judge(chiang_mai, reviewer, "2.1")
    reviewing.row(lamphun, reviewer, "2.1", 2)
    reviewing.row(phuket, reviewer, "2.1", 3)
    reviewing.judge(chiang_mai, reviewer, "2.2", outcome=Outcome.EVIDENCE, reason="ขอภาพถ่ายการประชุม")
    ask(phuket, reviewer, "2.3", "ประชุมครั้งใดบ้าง")
    services.return_for_correction(assessment=phuket, by=reviewer, reason="โปรดตอบ", due_on=date(2026, 8, 20))
    return three


def row_of(page: str, code: str) -> list[str]:
    """The cells of an indicator's row: judged, questions, up, down, given, evidence, disputes, won, all."""
    found = re.search(rf'<tr><th scope="row"><span class="code">{re.escape(code)}</span>.*?</tr>', page, re.DOTALL)
    assert found is not None
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def steps_of(page: str, code: str) -> list[str]:
    found = re.search(rf'<tr><th scope="row"><span class="code">{re.escape(code)}</span>.*?</tr>', page, re.DOTALL)
    assert found is not None
    return re.findall(r'class="heat heat-(\d)"', found[0])


class TestPage:
    def test_it_counts_what_stands(self, judged: list[Assessment], reviewer: User) -> None:
        response = in_english(reviewer).get(PAGE)
        page = response.content.decode()
        assert row_of(page, "2.1") == ["3", "0", "0", "2 ■■■ −3.75", "0", "0", "0", "0", "2 ■■■"]
        assert row_of(page, "2.2") == ["0", "0", "0", "0", "0", "1 ■■■", "0", "0", "1 ■■■"]
        assert row_of(page, "2.3") == ["0", "1 ■■■", "0", "0", "0", "0", "0", "0", "1 ■■■"]
        assert row_of(page, "4.1") == ["0"] * 9
        assert steps_of(page, "2.1") == ["0", "0", "3", "0", "0", "0", "0", "3"]
        words = text_of(response)
        assert "From 3 provinces with answers that are judged, of 76; 3 have submitted, 0 know their verdicts." in words
        assert "All indicators 3 1 ■ 0 2 ■■■ −3.75 0 1 ■ 0 0 4 ■" in words

    def test_offices_by_how_far_they_are_off(self, judged: list[Assessment], reviewer: User) -> None:
        page = in_english(reviewer).get(PAGE).content.decode()
        table = re.search(r'<table class="table learned-claims">.*?</table>', page, re.DOTALL)
        assert table is not None
        names = re.findall(r'<th scope="row"><a href="/offices/\d+/">([^<]+)</a>', table[0])
        assert names == ["Phuket", "Lamphun", "Chiang Mai"]
        means = re.findall(r'<b class="figure">([^<]+)</b> (.*?)</td>', table[0])
        assert means == [("−5", "▼ too high"), ("−2.5", "▼ too high"), ("0", "= the same on average")]
        assert f'href="/assessments/{judged[2].pk}/review/2.1/"' in table[0]
        assert "From 3 of 76 provinces and 3 answers" in text_of(in_english(reviewer).get(PAGE))
        assert "verified minus claimed is −2.5 points" in text_of(in_english(reviewer).get(PAGE))

    def test_the_steps(self, judged: list[Assessment], reviewer: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-05T10:00:00+07:00")
        page = in_english(reviewer).get(PAGE).content.decode()
        table = re.search(r'<table class="table stacked learned-steps">.*?</table>', page, re.DOTALL)
        assert table is not None
        rows = [
            " ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)
        ]
        assert rows[3] == "The centre judges 1 0 0 · Phuket 2 2 · Chiang Mai"
        assert rows[4] == "The office corrects after a return 0 – – 1 2 · Phuket"
        # From 1 July 00:00 to 3 August 10:00; the other 73 have answered for two days more.
        assert rows[1].split("submission ")[1].startswith("3 33.4 33.4 · Phuket 73 35.4 · ")

    def test_what_is_overdue(self, judged: list[Assessment], reviewer: User, time_machine: Any) -> None:
        time_machine.move_to("2026-08-20T23:00:00+07:00")
        words = text_of(in_english(reviewer).get(PAGE))
        assert "Returned, not submitted by the day set" not in words
        # In review since 3 August: 17 days.
        assert "In review for long (2)" in words
        time_machine.move_to("2026-08-21T09:00:00+07:00")
        words = text_of(in_english(reviewer).get(PAGE))
        assert "Returned, not submitted by the day set (1) Phuket" in words
        assert "1 day ago" in words
        assert "3 of 76 provinces. What waits for the centre is listed after 14 days" in words

    def test_a_dispute_that_was_won(
        self, sent: Assessment, head: User, reviewer: User, manager: User, settings: Any
    ) -> None:
        reviewing.verified(sent, reviewer, c2_1=2, c2_2=3)
        reviewing.respond(sent, head, "2.1")
        reviewing.respond(sent, head, "2.2")
        services.reply(assessment=sent, by=head)
        reviewing.settle(sent, reviewer, "2.1", 1)
        reviewing.settle(sent, reviewer, "2.2", 3)
        page = in_english(reviewer).get(PAGE).content.decode()
        assert row_of(page, "2.1") == ["1", "0", "0", "1 ■■■ −2.5", "0", "0", "1 ■■■", "1 ■■■", "2 ■■■"]
        assert row_of(page, "2.2") == ["1", "0", "0", "1 ■■■ −5", "0", "0", "1 ■■■", "0", "2 ■■■"]

    def test_evidence_asked_for_counts_when_it_is_there_and_not_when_it_was_taken_back(
        self, sent: Assessment, reviewer: User
    ) -> None:
        first = reviewing.judge(sent, reviewer, "2.1", outcome=Outcome.EVIDENCE, reason="ขอเอกสาร")
        reviewing.judge(sent, reviewer, "2.1")
        slip = reviewing.judge(sent, reviewer, "2.2", outcome=Outcome.EVIDENCE, reason="ขอเอกสาร")
        services.undo(reviews={slip.pk: slip.version}, by=reviewer)
        page = in_english(reviewer).get(PAGE).content.decode()
        assert first.pk != slip.pk
        assert row_of(page, "2.1")[5] == "1 ■■■"
        assert row_of(page, "2.2")[5] == "0"

    def test_nothing_judged(self, assessment: Assessment, reviewer: User) -> None:
        """The heat map stands, with a 0 in each cell and what to expect."""
        response = in_english(reviewer).get(PAGE)
        page = response.content.decode()
        assert row_of(page, "2.1") == ["0"] * 9
        assert len(re.findall(r'class="heat heat-0"', page)) == 87 * 8 + 1
        assert "Nothing is judged or asked in this round yet" in page
        assert "No claimed score is judged in this round yet." in page
        assert "Nothing is overdue." in page

    def test_a_verdict_that_waits_for_its_second_reading_is_left_out(
        self, judged: list[Assessment], reviewer: User, manager: User
    ) -> None:
        answer = Answer.objects.get(assessment=judged[1], indicator__code="2.1")
        SecondReading.objects.create(answer=answer, drawn_by=manager)
        for user in (reviewer, manager):
            response = in_english(user).get(PAGE)
            assert row_of(response.content.decode(), "2.1")[:4] == ["2", "0", "0", "1 ■■■ −5"]
            assert "1 verdict is left out until it was read a second time." in text_of(response)
            assert "Lamphun" not in text_of(in_english(user).get(f"{PAGE}down/"))

    @pytest.mark.parametrize(
        ("order", "first"), [("code", "1.1"), ("-code", "4.34"), ("-down", "2.1"), ("-evidence", "2.2"), ("", "2.1")]
    )
    def test_the_criteria_are_sorted(self, judged: list[Assessment], reviewer: User, order: str, first: str) -> None:
        page = in_english(reviewer).get(PAGE, {"sort": order} if order else {}).content.decode()
        assert re.findall(r'<tr><th scope="row"><span class="code">([\d.]+)</span>', page)[0] == first
        column = order.removeprefix("-") or "all"
        state = "ascending" if order == "code" else "descending"
        assert re.findall(r'aria-sort="(\w+)"', page)[0] == state
        assert f"sort={'-code' if order == 'code' else column}#_criteria" in page

    def test_the_offices_are_sorted(self, judged: list[Assessment], reviewer: User) -> None:
        def names(order: str) -> list[str]:
            page = in_english(reviewer).get(PAGE, {"offices": order}).content.decode()
            return re.findall(r'<th scope="row"><a href="/offices/\d+/">([^<]+)</a></th>\s*<td class="number"><a', page)

        assert names("office") == ["Chiang Mai", "Lamphun", "Phuket"]
        assert names("-mean") == ["Chiang Mai", "Lamphun", "Phuket"]
        assert names("-office") == ["Phuket", "Lamphun", "Chiang Mai"]

    def test_the_pages_of_the_centre_lead_to_it(
        self, judged: list[Assessment], reviewer: User, inspector: User
    ) -> None:
        link = f'href="{PAGE}"'
        assert link in signed_in(reviewer).get("/review/2569/").content.decode()
        assert link in signed_in(inspector).get("/offices/?round=2569").content.decode()

    def test_an_inspector_meets_no_link_that_is_refused(self, judged: list[Assessment], inspector: User) -> None:
        client = signed_in(inspector)
        for path in (PAGE, f"{PAGE}down/?code=2.1"):
            links = set(re.findall(r"<main.*?</main>", client.get(path).content.decode(), re.DOTALL))
            (main,) = links
            for link in set(re.findall(r'href="([^"#]+)"', main)):
                address = link if link.startswith("/") else (path.split("?")[0] + link if link[0] != "?" else path)
                assert client.get(address).status_code == 200, address


class TestLists:
    def test_each_number_leads_to_as_many_entries(self, judged: list[Assessment], reviewer: User) -> None:
        client = in_english(reviewer)
        page = client.get(PAGE).content.decode()
        links = re.findall(r'<a href="([a-z]+/(?:\?[a-z]+=[\d.]+)?)">([\d,]+)</a>', page)
        assert len(links) == 1 * 4 + (2 + 1 + 2 + 2) + 3 + 2
        for link, number in links:
            text = text_of(client.get(PAGE + link))
            assert re.search(rf"\b{number} entr(y|ies)\b", text), (link, number)

    def test_an_entry_says_what_was_said(self, judged: list[Assessment], reviewer: User) -> None:
        client = in_english(reviewer)
        words = text_of(client.get(f"{PAGE}down/", {"code": "2.1", "office": str(judged[1].pk)}))
        assert f"Lamphun · 2.1 10 7.5 (−2.5) – {reviewing.REASON} {reviewer.full_name}" in words
        assert "ประชุมครั้งใดบ้าง" in text_of(client.get(f"{PAGE}questions/"))
        assert "ขอภาพถ่ายการประชุม" in text_of(client.get(f"{PAGE}evidence/?code=2.2"))
        everything = text_of(client.get(f"{PAGE}all/"))
        assert "4 entries" in everything
        assert "Row below the claim" in everything

    def test_a_list_without_entries_says_so(self, judged: list[Assessment], reviewer: User) -> None:
        assert "Nothing of this kind stands now" in text_of(in_english(reviewer).get(f"{PAGE}won/"))

    def test_stays(self, judged: list[Assessment], reviewer: User) -> None:
        words = text_of(in_english(reviewer).get(f"{PAGE}stays/in_review/"))
        assert (words.count("goes on"), words.count(" over")) == (2, 1)
        assert words.index("Lamphun") < words.index("Phuket")
        assert "No office was in this step yet." in text_of(in_english(reviewer).get(f"{PAGE}stays/final/"))

    def test_long_lists_have_pages(self, sent: Assessment, reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
        reviewing.judged(sent, reviewer)
        client = in_english(reviewer)
        page = client.get(f"{PAGE}judged/", {"office": sent.pk})
        assert "86 entries" in text_of(page)
        assert "Page 1 of 2" in text_of(page)
        assert "Page 2 of 2" in text_of(client.get(f"{PAGE}judged/", {"office": str(sent.pk), "page": "2"}))

    @pytest.mark.parametrize(
        "path",
        [
            "judged/", "compared/", "nonsense/", "down/?code=9.9", "down/?office=x", "down/?office=9999999999",
            "stays/published/", "stays/x/",
        ],
    )  # fmt: skip
    def test_what_does_not_exist_is_404(self, judged: list[Assessment], reviewer: User, path: str) -> None:
        assert signed_in(reviewer).get(PAGE + path).status_code == 404

    def test_an_unknown_office_has_an_empty_list(self, judged: list[Assessment], reviewer: User) -> None:
        assert "Nothing of this kind" in text_of(in_english(reviewer).get(f"{PAGE}judged/?office=99999999"))


class TestWorkbook:
    def test_it_holds_the_figures_of_the_page(self, judged: list[Assessment], reviewer: User) -> None:
        response = in_english(reviewer).get(XLSX)
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        assert response["Content-Disposition"] == 'attachment; filename="review-2569.xlsx"'
        assert book.sheetnames == ["By indicator", "By office", "Time of each step", "Overdue"]
        first = book["By indicator"]
        rows = {row[0]: row[2:] for row in first.iter_rows(min_row=5, values_only=True)}
        assert len(rows) == 86
        assert rows["2.1"] == (3, 0, 0, None, 2, -3.75, 0, 0, 0, 0, 2)
        assert (first.freeze_panes, first.auto_filter.ref) == ("B5", "A4:M90")
        offices = list(book["By office"].iter_rows(min_row=5, values_only=True))
        assert offices == [
            ("Phuket", 1, 1, 0, -5, "2.1 (−5)"),
            ("Lamphun", 1, 1, 0, -2.5, "2.1 (−2.5)"),
            ("Chiang Mai", 1, 0, 0, 0, None),
        ]
        steps = list(book["Time of each step"].iter_rows(min_row=5, values_only=True))
        assert steps[2] == ("The centre judges", 1, 0, 0, "Phuket", 2, 0, steps[2][7])
        assert list(book["Overdue"].iter_rows(min_row=5, values_only=True)) == []


class TestAccess:
    @pytest.mark.parametrize("path", [PAGE, XLSX, *LISTS])
    def test_who_reads_it(self, everyone: list[User], judged: list[Assessment], path: str) -> None:
        found = {user.role for user in everyone if signed_in(user).get(path).status_code == 200}
        assert found == {"reviewer", "manager", "admin", "inspector"}
        refused = {signed_in(user).get(path).status_code for user in everyone if user.role not in found}
        assert refused == {403}

    @pytest.mark.parametrize("path", [PAGE, XLSX, *LISTS])
    def test_sign_in_method_and_year(self, judged: list[Assessment], reviewer: User, path: str) -> None:
        assert Client().get(path).status_code == 302
        assert signed_in(reviewer).post(path).status_code == 405
        assert signed_in(reviewer).get(path.replace("2569", "2560")).status_code == 404


@pytest.mark.parametrize(("path", "number"), [(PAGE, 12), (XLSX, 14), (f"{PAGE}all/", 8), (f"{PAGE}stays/draft/", 5)])
def test_queries_do_not_grow(
    judged: list[Assessment], reviewer: User, django_assert_num_queries: Any, path: str, number: int
) -> None:
    """With verdicts on one office, then on three."""
    client = signed_in(reviewer)
    client.get(path)
    with django_assert_num_queries(number):
        client.get(path)
    Review.objects.exclude(answer__assessment=judged[2]).update(
        outcome="", band=None, score=None, reason="", judged_version=None, judged_by=None, judged_at=None
    )
    with django_assert_num_queries(number):
        client.get(path)
