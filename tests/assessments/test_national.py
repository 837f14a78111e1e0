"""The centre's list of offices, and one assessment as the centre reads it."""

import re
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments import services
from assessments.models import (
    Answer,
    Assessment,
    Evidence,
    EvidenceUse,
    Province,
    Round,
    SupportMembership,
    SupportOffice,
    User,
)
from assessments.queries import national
from assessments.services import Entry
from assessments.workflow import Role, Status
from indicators.editions import EditionNode
from indicators.models import Edition
from tests.answers import answer_all
from tests.assessments.queue import in_english
from tests.conftest import person, signed_in


def offices(page: str) -> list[str]:
    """The names in the list, as they stand."""
    return re.findall(r'<th scope="row"><a href="/offices/\d+/">([^<]+)</a>', page)


def listed(client: Client, **query: str) -> list[str]:
    response = client.get("/offices/", query)
    assert response.status_code == 200
    return offices(response.content.decode())


def row_of(page: str, name: str) -> str:
    """A row's words, one space between them."""
    (row,) = [row for row in page.split("<tr>") if f">{name}</a>" in row]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def stands(iso: str, status: Status, head: User) -> None:
    Assessment.objects.filter(province__iso=iso).update(
        status=status,
        touched=True,
        submitted_at=timezone.now(),
        submitted_by=head,
        answers_hash="0" * 64,
        reference=f"2569-{iso}",
        reply_until=date(2026, 8, 17) if status in {Status.VERIFIED, Status.REPLIED} else None,
    )


def scored(iso: str, mean: str, level: str | None, *, low: str = "", high: str = "") -> None:
    """Kept totals as `recount` writes them, of one figure for everything."""
    total = {
        "sum": "0",
        "count": 55,
        "open": 0 if mean else 5,
        "low": low or mean,
        "high": high or mean,
        "mean": mean or None,
        "level": level,
    }
    assessment = Assessment.objects.get(province__iso=iso)
    assessment.results = assessment.results | {"dimensions": dict.fromkeys("234", total), "overall": total}
    assessment.save(update_fields=["results"])


# --- the list ----------------------------------------------------------------------------------------


def test_lists_the_76_offices_in_dictionary_order(round_2569: Round, as_reviewer: Client) -> None:
    found = listed(as_reviewer)
    expected = Province.objects.with_office().order_by("sort_key").values_list("name_th", flat=True)
    assert found == list(expected)
    assert len(found) == 76
    assert found[:3] == ["กระบี่", "กาญจนบุรี", "กาฬสินธุ์"]
    # A leading vowel is read after its consonant: เลย stands with ล, between ลำพูน and ศรีสะเกษ.
    assert found[found.index("ลำพูน") + 1 : found.index("ศรีสะเกษ")] == ["เลย"]


def test_in_english_the_list_is_in_english_order(round_2569: Round, reviewer: User) -> None:
    found = listed(in_english(reviewer))
    assert found == sorted(found, key=str.casefold)
    assert found[0] == "Amnat Charoen"


def test_a_row_shows_progress_figures_and_levels(
    assessment: Assessment, editor: User, head: User, reviewer: User
) -> None:
    answer_all(assessment, editor, c2_1={"count": 0})
    services.submit(assessment=assessment, by=head, certified=True)
    page = in_english(reviewer).get("/offices/").content.decode()
    assert row_of(page, "Chiang Mai") == (
        "Chiang Mai North Submitted 86 of 86 9.17 ▲▲ Good 10.00 ▲▲ Good 10.00 ▲▲ Good 9.82 ▲▲ Good claimed "
        "3 Aug 2569 B.E."
    )
    assert row_of(page, "Phuket") == (
        "Phuket South Not started 0 of 86 0.42–10.00 ○ Level still open 0.00–10.00 ○ Level still open "
        "0.00–10.00 ○ Level still open 0.09–10.00 ○ Level still open claimed –"
    )


def test_a_submission_at_night_has_the_day_of_bangkok(
    assessment: Assessment, editor: User, head: User, reviewer: User, time_machine: Any
) -> None:
    answer_all(assessment, editor)
    time_machine.move_to("2026-08-04T01:00:00+07:00", tick=False)
    services.submit(assessment=assessment, by=head, certified=True)
    page = in_english(reviewer).get("/offices/").content.decode()
    assert row_of(page, "Chiang Mai").endswith(" 4 Aug 2569 B.E.")


def test_a_started_draft_is_in_progress(assessment: Assessment, editor: User, reviewer: User, standard: Any) -> None:
    node = standard.indicators["2.1"]
    services.save_answer(assessment=assessment, indicator=node, by=editor, version=0, entry=Entry(inputs={"count": 2}))
    page = in_english(reviewer).get("/offices/").content.decode()
    assert row_of(page, "Chiang Mai").startswith("Chiang Mai North In progress 1 of 86 ")


def test_an_extended_office_shows_its_own_day(assessment: Assessment, manager: User) -> None:
    services.extend(assessment=assessment, closes_on=date(2026, 10, 15), reason="น้ำท่วม", by=manager)
    page = in_english(manager).get("/offices/").content.decode()
    assert "open until 15 Oct 2569 B.E." in row_of(page, "Chiang Mai")
    assert page.count("open until") == 1


def test_counts_on_top_add_up_and_lead_to_their_offices(round_2569: Round, head: User, reviewer: User) -> None:
    stands("TH-50", Status.SUBMITTED, head)
    stands("TH-51", Status.SUBMITTED, head)
    stands("TH-52", Status.RETURNED, head)
    stands("TH-53", Status.FINAL, head)
    Assessment.objects.filter(province__iso="TH-54").update(touched=True)
    client = in_english(reviewer)
    page = client.get("/offices/").content.decode()
    counted = re.findall(
        r'<a href="(\?status=\w+)"[^>]*><span class="status[^"]*">([^<]+)</span> <b>(\d+)</b> of 76', page
    )
    assert [(word, number) for _link, word, number in counted] == [
        ("Not started", "71"),
        ("In progress", "1"),
        ("Submitted", "2"),
        ("In review", "0"),
        ("Returned for correction", "1"),
        ("Verified, open for the office&#x27;s reply", "0"),
        ("The office has replied", "0"),
        ("Final", "1"),
        ("Published", "0"),
    ]
    found = [len(offices(client.get(f"/offices/{link}").content.decode())) for link, _word, _number in counted]
    assert found == [71, 1, 2, 0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "Lopburi"}, ["ลพบุรี"]),
        ({"search": "lop  buri"}, ["ลพบุรี"]),
        ({"search": "Ayutthaya"}, ["พระนครศรีอยุธยา"]),
        ({"search": "สนง.พมจ.เลย"}, ["เลย"]),
        ({"search": "เลย"}, ["เลย"]),
        ({"search": "เเพร่"}, ["แพร่"]),
        ({"search": "ลําพูน"}, ["ลำพูน"]),
        ({"search": "ลำ\u200bปาง"}, ["ลำปาง"]),
        ({"search": "bangkok"}, []),
        ({"region": "north", "search": "ลำ"}, ["ลำปาง", "ลำพูน"]),
        ({"region": "south", "search": "ลำ"}, []),
        ({"status": "submitted"}, ["เชียงใหม่"]),
        ({"level": "fairly_good"}, ["เชียงใหม่"]),
        ({"level": "fairly_good", "status": "new"}, []),
    ],
)
def test_filters(query: dict[str, str], found: list[str], round_2569: Round, head: User, as_reviewer: Client) -> None:
    stands("TH-50", Status.SUBMITTED, head)
    scored("TH-50", "8.49", "fairly_good")
    assert listed(as_reviewer, **query) == found


def test_regions_have_their_numbers_of_offices(round_2569: Round, as_reviewer: Client) -> None:
    regions = ("north", "northeast", "central", "south")
    assert [len(listed(as_reviewer, region=region)) for region in regions] == [17, 20, 25, 14]


def test_nothing_found_says_how_to_go_on(round_2569: Round, reviewer: User) -> None:
    page = in_english(reviewer).get("/offices/", {"search": "Atlantis"}).content.decode()
    assert "Showing 0 of 76 offices." in page
    assert "No office fits these filters." in page
    assert "Clear the filters" in page


@pytest.mark.parametrize("broken", [{"status": "x"}, {"region": "<b>"}, {"sort": "password"}])
def test_a_value_that_is_not_offered_counts_as_not_chosen(
    broken: dict[str, str], round_2569: Round, as_reviewer: Client
) -> None:
    assert len(listed(as_reviewer, **broken)) == 76


def test_sorts_by_every_column_both_ways(round_2569: Round, head: User, as_reviewer: Client) -> None:
    scored("TH-50", "10.00", "good")
    scored("TH-83", "9.99", "good")
    scored("TH-42", "", None, low="9.00", high="9.99")
    Assessment.objects.filter(province__iso="TH-42").update(answered=85, touched=True)
    Assessment.objects.filter(province__iso="TH-50").update(answered=86)
    stands("TH-50", Status.FINAL, head)
    for column in ("2", "3", "4", "overall"):
        assert listed(as_reviewer, sort=f"-{column}")[:3] == ["เชียงใหม่", "ภูเก็ต", "เลย"]
        assert listed(as_reviewer, sort=column)[:2] == ["ภูเก็ต", "เชียงใหม่"]
        assert listed(as_reviewer, sort=column)[-1] == "เลย"
    assert listed(as_reviewer, sort="-answered")[:2] == ["เชียงใหม่", "เลย"]
    assert listed(as_reviewer, sort="answered")[-2:] == ["เลย", "เชียงใหม่"]
    assert listed(as_reviewer, sort="status")[-2:] == ["เลย", "เชียงใหม่"]
    assert listed(as_reviewer, sort="-status")[:2] == ["เชียงใหม่", "เลย"]
    # What is not submitted stands last either way.
    assert listed(as_reviewer, sort="submitted")[0] == "เชียงใหม่"
    assert listed(as_reviewer, sort="-submitted")[:2] == ["เชียงใหม่", "กระบี่"]
    assert listed(as_reviewer, sort="province")[0] == "กระบี่"
    assert listed(as_reviewer, sort="-province")[-1] == "กระบี่"
    assert listed(as_reviewer, sort="region")[0] == "กำแพงเพชร"
    assert listed(as_reviewer, sort="-region")[0] == "กระบี่"


def test_the_heads_tell_and_turn_the_order(round_2569: Round, as_reviewer: Client) -> None:
    page = as_reviewer.get("/offices/", {"sort": "overall", "region": "north"}).content.decode()
    assert page.count("aria-sort=") == 1
    assert '<th scope="col" aria-sort="ascending"><a href="?sort=-overall&amp;region=north">' in page
    assert '<th scope="col"><a href="?sort=region&amp;region=north">' in page


def test_each_round_can_be_chosen(round_2569: Round, edition: Edition, manager: User) -> None:
    services.open_round(
        year=2570,
        edition=edition,
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 12, 31),
        budget_target=None,
        by=manager,
    )
    client = in_english(manager)
    assert "round of fiscal year 2570" in client.get("/offices/", {"round": "2570"}).content.decode()
    assert "round of fiscal year 2569" in client.get("/offices/", {"round": "2569"}).content.decode()


def test_without_a_round_it_says_what_comes_first(manager: User, reviewer: User) -> None:
    for user, words in ((manager, "Open a round"), (reviewer, "A central manager opens the rounds.")):
        page = in_english(user).get("/offices/").content.decode()
        assert "No round has been opened yet, so there is nothing to show." in page
        assert words in page


# --- who sees what -----------------------------------------------------------------------------------


@pytest.fixture
def northerner(chiang_mai: Province) -> User:
    """A supporter of Chiang Mai and Lamphun today; Lampang came off yesterday."""
    office = SupportOffice.objects.create(number=10)
    for iso, ends_on in (("TH-50", None), ("TH-51", None), ("TH-52", date(2026, 8, 2))):
        SupportMembership.objects.create(
            support_office=office,
            province=Province.objects.get(iso=iso),
            starts_on=date(2020, 1, 1),
            ends_on=ends_on,
        )
    return person("s10@region.example", Role.SUPPORTER, support_office=office)


def test_a_supporter_sees_the_own_provinces_only(assessment: Assessment, northerner: User, phuket: Province) -> None:
    client = in_english(northerner)
    page = client.get("/offices/").content.decode()
    assert offices(page) == ["Chiang Mai", "Lamphun"]
    assert "Showing 2 of 2 offices." in page
    assert listed(client, search="Phuket") == []
    assert client.get(f"/offices/{assessment.pk}/").status_code == 200
    other = Assessment.objects.get(province=phuket)
    assert client.get(f"/offices/{other.pk}/").status_code == 404


def test_a_supporter_without_provinces_is_told(round_2569: Round, supporter: User) -> None:
    page = in_english(supporter).get("/offices/").content.decode()
    assert "No office is assigned to you yet." in page
    assert offices(page) == []


@pytest.mark.parametrize("role", ["editor", "head"])
def test_an_office_has_no_right_to_the_list(role: str, assessment: Assessment, request: Any) -> None:
    client = in_english(request.getfixturevalue(role))
    for page in ("/offices/", f"/offices/{assessment.pk}/"):
        response = client.get(page)
        assert response.status_code == 403
        assert "The list of offices is for the central division, inspectors" in response.content.decode()


@pytest.mark.parametrize("role", ["inspector", "reviewer", "manager", "admin"])
def test_the_centre_sees_all(role: str, assessment: Assessment, request: Any) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert len(listed(client)) == 76
    assert client.get(f"/offices/{assessment.pk}/").status_code == 200


def test_requires_login(assessment: Assessment, client: Client) -> None:
    for page in ("/offices/", f"/offices/{assessment.pk}/"):
        assert client.get(page).headers["Location"].startswith("/accounts/login/")


def test_rejects_post(assessment: Assessment, as_manager: Client) -> None:
    assert as_manager.post("/offices/").status_code == 405
    assert as_manager.post(f"/offices/{assessment.pk}/").status_code == 405


def test_an_unknown_assessment_is_not_found(as_manager: Client, round_2569: Round) -> None:
    assert as_manager.get("/offices/999999/").status_code == 404


# --- queries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [1, 3, 76])
def test_the_list_takes_five_queries_whatever_the_number_of_offices(
    kept: int, round_2569: Round, as_reviewer: Client, django_assert_num_queries: Any
) -> None:
    keep = list(Assessment.objects.values_list("pk", flat=True)[:kept])
    Assessment.objects.exclude(pk__in=keep).delete()
    as_reviewer.get("/offices/")
    # Session, person, rounds, regions, offices.
    with django_assert_num_queries(5):
        assert len(listed(as_reviewer, sort="-overall")) == kept


@pytest.mark.parametrize("answered", [1, 3, 86])
def test_one_assessment_takes_ten_queries_whatever_it_holds(
    answered: int, assessment: Assessment, editor: User, as_reviewer: Client, django_assert_num_queries: Any
) -> None:
    chosen = list(assessment.answers.values_list("pk", flat=True)[:answered])
    Answer.objects.filter(pk__in=chosen).update(
        performance="ทำแล้ว", is_answered=True, changed_by=editor, changed_at=timezone.now()
    )
    for pk in chosen:
        attach(Answer.objects.get(pk=pk), f"หลักฐาน {pk}.pdf", editor)
    as_reviewer.get(f"/offices/{assessment.pk}/")
    # Session, person, assessment, its region, answers, evidence, verdicts, comments, history, extensions.
    with django_assert_num_queries(10):
        page = as_reviewer.get(f"/offices/{assessment.pk}/").content.decode()
    assert page.count("หลักฐาน ") >= answered


def test_reading_computes_nothing(round_2569: Round, reviewer: User, as_reviewer: Client) -> None:
    """A figure that disagrees with the answers is shown as it is kept."""
    scored("TH-50", "1.23", "urgent")
    (row,) = [row for row in national.offices_of(round_2569, reviewer) if row.name == "เชียงใหม่"]
    assert [figure.text for figure in row.figures] == ["1.23"] * 4
    assert [figure.level for figure in row.figures] == ["urgent"] * 4


# --- one assessment ----------------------------------------------------------------------------------


def attach(answer: Answer, name: str, by: User, *, url: str = "") -> Evidence:
    kind = {"kind": "link", "url": url} if url else {"kind": "file", "file": f"00/{answer.pk}-{name}"[:60]}
    rest = {} if url else {"content_type": "application/pdf", "size": 2048, "sha256": sha256(name.encode()).hexdigest()}
    evidence = Evidence.objects.create(assessment=answer.assessment, name=name, added_by=by, **kind, **rest)
    EvidenceUse.objects.create(evidence=evidence, answer=answer, added_by=by)
    return evidence


def read(client: Client, assessment: Assessment) -> str:
    response = client.get(f"/offices/{assessment.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def indicator(page: str, code: str) -> str:
    """The words of one indicator on the page."""
    part = page.split(f'id="indicator-{code}"')[1].split("</article>", maxsplit=1)[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def test_shows_all_86_indicators(assessment: Assessment, reviewer: User, standard: EditionNode) -> None:
    page = read(in_english(reviewer), assessment)
    assert re.findall(r'id="indicator-([\d.]+)"', page) == list(standard.indicators)
    assert re.findall(r'<h4 lang="th"><a href="/standard/2563/([\d.]+)/">', page) == list(standard.indicators)
    assert page.count("No answer yet") == 86
    assert "0 of 86 answered" in page
    assert "It has not been submitted yet." in page


def test_an_answer_is_shown_with_its_words_texts_and_evidence(
    assessment: Assessment, editor: User, reviewer: User, standard: EditionNode
) -> None:
    entry = Entry(
        inputs={"numerator": 850, "denominator": 1000},
        performance="ส่งหนังสือทันเวลา",
        problems="<script>alert(1)</script>",
        remedies="ปรับทะเบียน",
        number_source="งานธุรการ จากทะเบียนหนังสือ",
        evidence_held=(0,),
    )
    node = standard.indicators["2.2"]
    saved = services.save_answer(assessment=assessment, indicator=node, by=editor, version=0, entry=entry)
    file = attach(saved.answer, "ทะเบียนหนังสือ.pdf", editor)
    attach(saved.answer, "โฟลเดอร์หลักฐาน", editor, url="https://example.go.th/x")
    gone = attach(saved.answer, "ลบแล้ว.pdf", editor)
    Evidence.objects.filter(pk=gone.pk).update(deleted_at=timezone.now(), deleted_by=editor)
    page = read(in_english(reviewer), assessment)
    words = indicator(page, "2.2")
    assert "7.5 points (ค่อนข้างดี)" in words
    assert "850 จาก 1,000" in words
    for text in ("ส่งหนังสือทันเวลา", "&lt;script&gt;alert(1)&lt;/script&gt;", "ปรับทะเบียน", "งานธุรการ จากทะเบียนหนังสือ"):
        assert text in words
    assert f"{node.evidence[0]} – held" in words
    assert "– not held" in words or len(node.evidence) == 1
    assert f"Last changed by {editor.full_name}, 3 Aug 2569 B.E. 10:00" in words
    assert f'href="/evidence/{file.pk}/"' in page
    assert f'href="/evidence/{file.pk}/download/"' in page
    assert 'href="https://example.go.th/x" rel="noopener noreferrer"' in page
    assert "ลบแล้ว.pdf" not in page
    assert "<script>alert" not in page


def test_no_case_shows_its_reason_and_awaits_a_reviewer(
    assessment: Assessment, editor: User, reviewer: User, standard: EditionNode
) -> None:
    entry = Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องเรียนในรอบปี")
    node = standard.indicators["4.31"]
    services.save_answer(assessment=assessment, indicator=node, by=editor, version=0, entry=entry)
    words = indicator(read(in_english(reviewer), assessment), "4.31")
    assert "No case this year · ไม่มีเรื่องร้องเรียนในรอบปี" in words
    assert "No score yet: a reviewer gives one of the printed rows." in words


def test_criteria_of_dimension_1_are_met_or_not(
    assessment: Assessment, editor: User, reviewer: User, standard: EditionNode
) -> None:
    for code, count in (("1.2", 0), ("1.3", 9)):
        node = standard.indicators[code]
        entry = Entry(inputs=node.rule.read({"count": count}))
        services.save_answer(assessment=assessment, indicator=node, by=editor, version=0, entry=entry)
    page = read(in_english(reviewer), assessment)
    assert "✗ Criterion not met" in indicator(page, "1.2")
    assert "✓ Criterion met" in indicator(page, "1.3")
    assert "1 of 31 criteria met; not scored" in page


def test_history_tells_who_when_from_to_and_why(
    assessment: Assessment, editor: User, head: User, reviewer: User, manager: User
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    services.return_for_correction(assessment=assessment, by=reviewer, reason="แก้ 2.4", due_on=date(2026, 8, 20))
    page = read(in_english(manager), assessment)
    rows = page.split('id="status_history"')[1].split("</table>")[0].split("<tr>")[2:]
    words = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert words == [
        f"3 Aug 2569 B.E. 10:00 {reviewer.full_name} Central reviewer Submitted Returned for correction แก้ 2.4 "
        "To be corrected by 20 August 2569 B.E.",
        f"3 Aug 2569 B.E. 10:00 {head.full_name} Office head (certifies and submits) In progress Submitted –",
    ]


@pytest.mark.parametrize(
    ("role", "status", "forms", "reasons"),
    [
        ("reviewer", "submitted", ["return"], ["86 answers are not judged yet", "Verify the assessment first;"]),
        ("manager", "in_review", ["return"], ["This assessment is not final"]),
        ("reviewer", "verified", [], ["The office can reply until 17 August 2569 B.E.", "The office can still reply;"]),
        ("manager", "replied", ["finalise"], ["The office accepts all verdicts."]),
        ("manager", "final", ["reopen"], ["The result of this assessment is final."]),
        ("manager", "draft", ["extend"], ["The office has not submitted this assessment yet."]),
        ("reviewer", "returned", [], ["This assessment is back with the office for correction."]),
        ("admin", "submitted", [], ["Only the central division can verify an assessment."]),
        ("inspector", "submitted", [], ["You can read this assessment. The central division judges its answers"]),
    ],
)
def test_the_page_offers_what_the_table_allows_and_says_why_not(
    role: str, status: str, forms: list[str], reasons: list[str], assessment: Assessment, head: User, request: Any
) -> None:
    if status != "draft":
        stands("TH-50", Status(status), head)
    page = read(in_english(request.getfixturevalue(role)), assessment)
    assert re.findall(r'action="/offices/\d+/(\w+)/"', page) == forms
    assert all(reason in page for reason in reasons)


def test_the_proposed_day_to_correct_by_is_in_two_weeks(assessment: Assessment, head: User, reviewer: User) -> None:
    stands("TH-50", Status.SUBMITTED, head)
    page = read(in_english(reviewer), assessment)
    proposed = [re.search(rf'name="return-due_on_{place}" value="(\d+)"', page) for place in range(3)]
    assert [found.group(1) for found in proposed if found] == ["17", "8", "2569"]
