"""Visits and findings: who records them, what is refused, that no score changes, and where they are read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assessments.models import (
    Answer,
    Assessment,
    Attachment,
    Finding,
    LogEntry,
    Province,
    SupportMembership,
    SupportOffice,
    User,
    Visit,
)
from assessments.services import Refused
from assessments.services import visits as services
from assessments.workflow import Role, Status
from indicators.editions import EditionNode
from tests.assessments.queue import in_english, same_at, text_of, told
from tests.conftest import person, signed_in
from tests.uploads import image, upload

DAY = {"visited_on_0": "1", "visited_on_1": "8", "visited_on_2": "2569"}
FOUND = "ทะเบียนยังไม่ครบ"


@pytest.fixture
def helper(chiang_mai: Province) -> User:
    """The regional supporter of Chiang Mai."""
    office = SupportOffice.objects.create(number=9)
    SupportMembership.objects.create(support_office=office, province=chiang_mai, starts_on=date(2020, 1, 1))
    return person("s9@region.example", Role.SUPPORTER, support_office=office)


def visit_by(assessment: Assessment, by: User, **said: Any) -> Visit:
    fields = {"visited_on": date(2026, 8, 1), "who": "คณะนิเทศ", **said}
    return services.record_visit(assessment=assessment, by=by, **fields)


def find(
    assessment: Assessment, by: User, standard: EditionNode, code: str = "2.1", text: str = FOUND, **said: Any
) -> Finding:
    return services.add_finding(assessment=assessment, indicator=standard.indicators[code], by=by, text=text, **said)


# --- the services -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        (date(2025, 9, 30), False),
        (date(2025, 10, 1), True),
        (date(2026, 8, 3), True),
        (date(2026, 8, 4), False),
    ],
)
def test_a_visit_is_between_the_first_day_of_its_year_and_today(
    assessment: Assessment, inspector: User, day: date, taken: bool
) -> None:
    if taken:
        assert visit_by(assessment, inspector, visited_on=day).visited_on == day
    else:
        with pytest.raises(Refused):
            visit_by(assessment, inspector, visited_on=day)
    assert Visit.objects.count() == taken


def test_the_same_visit_and_finding_sent_twice_are_there_once(
    assessment: Assessment, inspector: User, standard: EditionNode
) -> None:
    first, second = visit_by(assessment, inspector), visit_by(assessment, inspector)
    assert first == second
    assert find(assessment, inspector, standard, visit=first) == find(assessment, inspector, standard, visit=first)
    find(assessment, inspector, standard)
    assert (Visit.objects.count(), Finding.objects.count()) == (1, 2)
    assert sorted(LogEntry.objects.filter(by=inspector).values_list("what", flat=True)) == [
        *("add_finding", "add_finding", "record_visit"),
    ]


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_a_finding_needs_its_text(assessment: Assessment, inspector: User, standard: EditionNode, text: str) -> None:
    with pytest.raises(Refused):
        find(assessment, inspector, standard, text=text)
    with pytest.raises(Refused):
        visit_by(assessment, inspector, who=text)
    assert (Visit.objects.count(), Finding.objects.count()) == (0, 0)


def test_a_finding_changes_no_answer(assessment: Assessment, inspector: User, standard: EditionNode) -> None:
    before = list(Answer.objects.filter(assessment=assessment).order_by("pk").values())
    results = Assessment.objects.get(pk=assessment.pk).results
    find(assessment, inspector, standard, visit=visit_by(assessment, inspector))
    assert list(Answer.objects.filter(assessment=assessment).order_by("pk").values()) == before
    assert Assessment.objects.get(pk=assessment.pk).results == results


def test_only_the_writer_changes_and_removes(
    assessment: Assessment, inspector: User, helper: User, standard: EditionNode
) -> None:
    visit = visit_by(assessment, inspector)
    finding = find(assessment, inspector, standard, visit=visit)
    for act in (
        lambda: services.change_visit(visit=visit, by=helper, visited_on=date(2026, 8, 2), who="ข"),
        lambda: services.change_finding(finding=finding, by=helper, text="ข"),
        lambda: services.remove_finding(finding=finding, by=helper),
        lambda: services.add_finding(
            assessment=assessment, indicator=standard.indicators["2.2"], by=helper, text="ข", visit=visit
        ),
    ):
        with pytest.raises(Refused, match=r".+"):
            act()
    finding.refresh_from_db()
    assert (finding.text, finding.removed_at, Finding.objects.count()) == (FOUND, None, 1)


def test_a_removed_finding_comes_back(assessment: Assessment, inspector: User, standard: EditionNode) -> None:
    finding = find(assessment, inspector, standard)
    assert services.remove_finding(finding=finding, by=inspector).removed_at is not None
    with pytest.raises(Refused):
        services.change_finding(finding=finding, by=inspector, text="ใหม่")
    assert services.restore_finding(finding=finding, by=inspector).removed_at is None
    assert services.change_finding(finding=finding, by=inspector, text="ใหม่").text == "ใหม่"


def test_a_finding_of_a_visit_is_at_the_visited_office(
    assessment: Assessment, phuket: Province, inspector: User, standard: EditionNode
) -> None:
    other = Assessment.objects.whole().get(round=assessment.round, province=phuket)
    with pytest.raises(Refused):
        find(other, inspector, standard, visit=visit_by(assessment, inspector))


# --- the pages ----------------------------------------------------------------------------------------

WRITERS = {"helper", "inspector"}
READERS = ("editor", "head", "reviewer", "manager", "admin")


@pytest.mark.parametrize("status", list(Status))
def test_who_records_a_visit_at_every_status(
    request: pytest.FixtureRequest, assessment: Assessment, head: User, status: Status
) -> None:
    sent = {"submitted_at": "2026-08-01T00:00Z", "submitted_by": head, "answers_hash": "x", "reference": "y"}
    Assessment.objects.filter(pk=assessment.pk).update(status=status, **(sent if status != Status.DRAFT else {}))
    path = f"/assessments/{assessment.pk}/visits/new/"
    found = {
        who: signed_in(request.getfixturevalue(who)).post(path, {**DAY, "who": who}).status_code
        for who in (*READERS, *WRITERS, "supporter", "stranger")
    }
    refused = dict.fromkeys(READERS, 403)
    assert found == {**refused, **dict.fromkeys(WRITERS, 302), "supporter": 404, "stranger": 404}
    assert {visit.who for visit in Visit.objects.all()} == WRITERS


def test_a_visit_is_recorded_and_read(
    assessment: Assessment, helper: User, editor: User, standard: EditionNode, stored: Path
) -> None:
    client = in_english(helper)
    form = client.get(f"/assessments/{assessment.pk}/visits/new/")
    assert form.status_code == 200
    response = client.post(
        f"/assessments/{assessment.pk}/visits/new/", {**DAY, "who": "คณะ", "summary": "ดี", "advice": "ทำต่อ"}
    )
    visit = Visit.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/visits/{visit.pk}/")
    assert (visit.visited_on, visit.who, visit.summary, visit.advice) == (date(2026, 8, 1), "คณะ", "ดี", "ทำต่อ")
    added = client.post(
        f"/visits/{visit.pk}/findings/",
        {"indicator": "2.1", "text": FOUND, "advice": "เพิ่ม", "file": upload("บ้าน.png", image())},
    )
    finding = Finding.objects.get()
    assert (added.status_code, added["Location"]) == (302, f"/visits/{visit.pk}/#finding-{finding.pk}")
    assert (finding.text, finding.advice, finding.by, finding.visit) == (FOUND, "เพิ่ม", helper, visit)
    photo = Attachment.objects.get(finding=finding)
    assert photo.name == "บ้าน.png"
    for reader in (editor, helper):
        reading = signed_in(reader)
        page = reading.get(f"/visits/{visit.pk}/").content.decode()
        assert FOUND in page
        assert f"/attachments/{photo.pk}/" in page
        seen: Any = reading.get(f"/attachments/{photo.pk}/")
        assert (seen.status_code, b"".join(seen.streaming_content)) == (200, image())
        seen.close()
    assert '<form method="post" action="/visits/' not in signed_in(editor).get(f"/visits/{visit.pk}/").content.decode()


def test_a_stranger_reads_no_visit(
    assessment: Assessment, inspector: User, as_stranger: Client, supporter: User, standard: EditionNode
) -> None:
    visit = visit_by(assessment, inspector)
    finding = find(assessment, inspector, standard, visit=visit)
    for client in (as_stranger, signed_in(supporter)):
        assert client.get(f"/visits/{visit.pk}/").status_code == 404
        assert client.post(f"/findings/{finding.pk}/remove/").status_code == 404
        assert client.get("/visits/").status_code == 200
        assert FOUND not in client.get("/visits/").content.decode()


def test_visits_need_a_sign_in_and_the_right_method(
    client: Client, assessment: Assessment, inspector: User, standard: EditionNode
) -> None:
    visit = visit_by(assessment, inspector)
    finding = find(assessment, inspector, standard, visit=visit)
    for path in ("/visits/", f"/visits/{visit.pk}/", f"/assessments/{assessment.pk}/visits/new/"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    inside = signed_in(inspector)
    for path in (
        f"/visits/{visit.pk}/findings/",
        f"/findings/{finding.pk}/remove/",
        f"/findings/{finding.pk}/restore/",
    ):
        assert inside.get(path).status_code == 405
    assert inside.post("/visits/").status_code == 405


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"visited_on_0": "4"}, "The visit is in the future; choose today or an earlier day."),
        ({"visited_on_2": "2568", "visited_on_1": "9"}, "Fiscal year 2569 began on 1 October 2568 B.E."),
        ({"visited_on_0": "31", "visited_on_1": "2"}, "There is no such day in that month"),
        ({"visited_on_0": ""}, "Enter the day, the month and the Buddhist year"),
        ({"who": " "}, "Write who visited the office."),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(
    assessment: Assessment, inspector: User, typed: dict[str, str], words: str
) -> None:
    fields = {**DAY, "who": "คณะ", "summary": "ยาวมาก", **typed}
    page = in_english(inspector).post(f"/assessments/{assessment.pk}/visits/new/", fields)
    assert (page.status_code, Visit.objects.count()) == (422, 0)
    assert "<title>Error:" in page.content.decode()
    assert text_of(page).count(words) == 2
    assert "ยาวมาก" in page.content.decode()


def test_a_refused_file_does_not_lose_the_finding(
    assessment: Assessment, inspector: User, stored: Path, standard: EditionNode
) -> None:
    response = in_english(inspector).post(
        f"/assessments/{assessment.pk}/indicators/2.1/findings/new/",
        {"text": FOUND, "file": upload("x.exe", b"MZ")},
    )
    assert (response.status_code, Finding.objects.get().text) == (302, FOUND)
    assert Attachment.objects.count() == 0
    assert [line for line in told(response) if line.startswith("error: x.exe: ")] != []


def test_a_finding_without_text_keeps_its_advice(assessment: Assessment, inspector: User) -> None:
    visit = visit_by(assessment, inspector)
    for path in (f"/visits/{visit.pk}/findings/", f"/assessments/{assessment.pk}/indicators/2.1/findings/new/"):
        page = in_english(inspector).post(path, {"indicator": "2.1", "advice": "ควรเพิ่ม"})
        assert page.status_code == 422
        assert "ควรเพิ่ม</textarea>" in page.content.decode()
        assert text_of(page).count("Write what was found.") == 2
    assert Finding.objects.count() == 0


def test_an_unknown_indicator_is_refused(assessment: Assessment, inspector: User) -> None:
    client = signed_in(inspector)
    assert client.get(f"/assessments/{assessment.pk}/indicators/9.9/findings/new/").status_code == 404
    visit = visit_by(assessment, inspector)
    assert client.post(f"/visits/{visit.pk}/findings/", {"indicator": "9.9", "text": "ก"}).status_code == 422


def test_the_writer_changes_removes_and_undoes(assessment: Assessment, inspector: User, standard: EditionNode) -> None:
    visit = visit_by(assessment, inspector)
    finding = find(assessment, inspector, standard, visit=visit)
    client = in_english(inspector)
    assert FOUND in client.get(f"/findings/{finding.pk}/change/").content.decode()
    client.post(f"/findings/{finding.pk}/change/", {"text": "ครบแล้ว", "advice": ""})
    client.post(f"/visits/{visit.pk}/change/", {**DAY, "who": "อีกคณะ"})
    finding.refresh_from_db()
    visit.refresh_from_db()
    assert (finding.text, visit.who) == ("ครบแล้ว", "อีกคณะ")
    removed = client.post(f"/findings/{finding.pk}/remove/", follow=True)
    assert "ครบแล้ว" not in removed.content.decode()
    assert f'action="/findings/{finding.pk}/restore/"' in removed.content.decode()
    back = client.post(f"/findings/{finding.pk}/restore/", follow=True)
    assert "ครบแล้ว" in back.content.decode()
    assert "restore" not in back.content.decode()


def test_another_visitor_changes_nothing_by_direct_request(
    assessment: Assessment, inspector: User, helper: User, editor: User, standard: EditionNode
) -> None:
    visit = visit_by(assessment, inspector)
    finding = find(assessment, inspector, standard, visit=visit)
    paths = [f"/visits/{visit.pk}/change/", f"/visits/{visit.pk}/findings/"]
    paths += [f"/findings/{finding.pk}/{act}/" for act in ("change", "remove", "restore")]
    for user in (helper, editor):
        found = [signed_in(user).post(path, {**DAY, "who": "ข", "indicator": "2.1", "text": "ข"}) for path in paths]
        assert [each.status_code for each in found] == [403] * 5
    assert (Visit.objects.get().who, Finding.objects.get().text) == ("คณะนิเทศ", FOUND)


def test_a_photo_is_taken_off_by_its_writer_alone(
    assessment: Assessment, inspector: User, helper: User, editor: User, standard: EditionNode, stored: Path
) -> None:
    finding = find(assessment, inspector, standard)
    client = in_english(inspector)
    client.post(f"/findings/{finding.pk}/change/", {"text": FOUND, "file": upload("ก.png", image())})
    photo = Attachment.objects.get(finding=finding)
    path = f"/findings/{finding.pk}/files/{photo.pk}/take-off/"
    assert f'action="{path}"' in client.get(f"/findings/{finding.pk}/change/").content.decode()
    assert [signed_in(user).post(path).status_code for user in (helper, editor)] == [403, 403]
    other = find(assessment, inspector, standard, code="2.2")
    assert client.post(f"/findings/{other.pk}/files/{photo.pk}/take-off/").status_code == 404
    assert (client.get(path).status_code, Attachment.objects.count()) == (405, 1)
    assert client.post(path)["Location"] == f"/findings/{finding.pk}/change/"
    assert Attachment.objects.count() == 0


def test_the_photo_of_a_removed_finding_is_gone_too(
    assessment: Assessment, inspector: User, standard: EditionNode, stored: Path
) -> None:
    finding = find(assessment, inspector, standard)
    client = signed_in(inspector)
    client.post(f"/findings/{finding.pk}/change/", {"text": FOUND, "file": upload("ก.png", image())})
    services.remove_finding(finding=finding, by=inspector)
    assert client.get(f"/attachments/{Attachment.objects.get().pk}/").status_code == 404


def test_a_session_that_ended_loses_no_word(
    client: Client, assessment: Assessment, inspector: User, standard: EditionNode
) -> None:
    visit = visit_by(assessment, inspector)
    finding = find(assessment, inspector, standard, visit=visit)
    inside = f"/assessments/{assessment.pk}"
    for path, page in (
        (f"{inside}/visits/new/", f"{inside}/visits/new/"),
        (f"{inside}/indicators/2.1/findings/new/", f"{inside}/indicators/2.1/findings/new/"),
        (f"/visits/{visit.pk}/change/", f"/visits/{visit.pk}/change/"),
        (f"/visits/{visit.pk}/findings/", f"/visits/{visit.pk}/"),
        (f"/findings/{finding.pk}/change/", f"/findings/{finding.pk}/change/"),
    ):
        response = client.post(path, {"advice": "ควรเพิ่มทะเบียน"})
        assert response.status_code == 401
        assert "ควรเพิ่มทะเบียน</textarea>" in response.content.decode()
        assert f"/accounts/login/?next={page}" in response.content.decode()


# --- where findings are read --------------------------------------------------------------------------


def test_a_finding_stands_at_its_indicator_and_in_the_history(
    sent: Assessment, inspector: User, editor: User, reviewer: User, standard: EditionNode
) -> None:
    find(sent, inspector, standard, visit=visit_by(sent, inspector))
    find(sent, inspector, standard, code="2.2", text="เขียนจากโต๊ะ")
    office, central = signed_in(editor), signed_in(reviewer)
    for client, path in ((office, "indicators/2.1/"), (office, "history/"), (central, "review/2.1/")):
        page = client.get(f"/assessments/{sent.pk}/{path}")
        assert page.status_code == 200
        assert FOUND in page.content.decode() or path == "history/"
        assert "/visits/" in page.content.decode()
    assert FOUND not in office.get(f"/assessments/{sent.pk}/indicators/2.3/").content.decode()
    assert "/indicators/2.2/#_findings" in office.get(f"/assessments/{sent.pk}/history/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    assessment: Assessment, inspector: User, standard: EditionNode, number: int, django_assert_num_queries: Any
) -> None:
    for place in range(number):
        visit = visit_by(assessment, inspector, who=f"คณะ {place}")
        find(assessment, inspector, standard, visit=visit)
    client = signed_in(inspector)
    client.get("/visits/")
    with django_assert_num_queries(6):
        page = client.get("/visits/")
    assert len(page.context["visits"]) == number


def test_the_list_of_one_office(sent: Assessment, inspector: User, standard: EditionNode) -> None:
    other = same_at(sent, "TH-83")
    visit_by(sent, inspector, who="ที่เชียงใหม่")
    visit_by(other, inspector, who="ที่ภูเก็ต")
    find(other, inspector, standard, text="จากโต๊ะ")
    client = in_english(inspector)
    both, one = client.get("/visits/"), client.get("/visits/", {"round": 2569, "office": other.pk})
    assert len(both.context["visits"]) == 2
    assert [paid.visit.who for paid in one.context["visits"]] == ["ที่ภูเก็ต"]
    assert "จากโต๊ะ" in one.content.decode()
    assert client.get("/visits/", {"round": "x", "office": "y"}).status_code == 200


# --- a visit recorded for the wrong office ------------------------------------------------------------


class TestRemovedVisit:
    def test_it_goes_with_its_findings_and_comes_back_with_them(
        self, assessment: Assessment, inspector: User, standard: EditionNode
    ) -> None:
        visit = visit_by(assessment, inspector)
        kept = find(assessment, inspector, standard, visit=visit)
        before = find(assessment, inspector, standard, visit=visit, text="ลบไปก่อนแล้ว")
        services.remove_finding(finding=before, by=inspector)
        removed = services.remove_visit(visit=visit, by=inspector)
        assert removed.removed_at is not None
        kept.refresh_from_db()
        assert kept.removed_at == removed.removed_at
        # Twice is once.
        assert services.remove_visit(visit=visit, by=inspector).removed_at == removed.removed_at
        assert services.restore_visit(visit=visit, by=inspector).removed_at is None
        assert list(Finding.objects.filter(removed_at=None)) == [kept]
        logged = (
            LogEntry.objects.filter(what__endswith="_visit").order_by("pk").values_list("what", "details__findings")
        )
        assert list(logged) == [("record_visit", None), ("remove_visit", 1), ("restore_visit", 1)]

    def test_nothing_is_done_with_it_while_it_is_removed(
        self, assessment: Assessment, inspector: User, standard: EditionNode
    ) -> None:
        visit = visit_by(assessment, inspector)
        finding = find(assessment, inspector, standard, visit=visit)
        services.remove_visit(visit=visit, by=inspector)
        for act in (
            lambda: services.change_visit(visit=visit, by=inspector, visited_on=date(2026, 8, 1), who="ก"),
            lambda: find(assessment, inspector, standard, visit=visit, text="อีกข้อ"),
            lambda: services.restore_finding(finding=finding, by=inspector),
        ):
            with pytest.raises(Refused):
                act()
        again = visit_by(assessment, inspector)
        assert again.pk != visit.pk

    def test_what_the_office_answered_stays(
        self, assessment: Assessment, inspector: User, editor: User, standard: EditionNode
    ) -> None:
        visit = visit_by(assessment, inspector)
        finding = find(assessment, inspector, standard, visit=visit)
        Finding.objects.filter(pk=finding.pk).update(
            follow_up="done", follow_up_text="ครบแล้ว", follow_up_by=editor, follow_up_at="2026-08-03T00:00Z"
        )
        response = in_english(inspector).post(f"/visits/{visit.pk}/remove/")
        assert told(response) == [
            "error: The office has said what became of a finding of this visit, so the visit stays."
        ]
        assert Visit.objects.get().removed_at is None

    def test_the_pages(
        self, assessment: Assessment, inspector: User, editor: User, reviewer: User, standard: EditionNode
    ) -> None:
        visit = visit_by(assessment, inspector)
        find(assessment, inspector, standard, visit=visit)
        client, page, listed = in_english(inspector), f"/visits/{visit.pk}/", "/visits/?round=2569"
        assert "Remove the visit" in client.get(page).content.decode()
        assert "Remove the visit" not in in_english(reviewer).get(page).content.decode()
        after = client.post(f"{page}remove/", follow=True)
        assert f'action="{page}restore/"' in after.content.decode()
        assert "No visit is recorded here yet." in text_of(after)
        for user in (inspector, editor, reviewer):
            theirs = signed_in(user)
            assert theirs.get(page).status_code == 404
            assert FOUND not in theirs.get(listed).content.decode()
            assert FOUND not in theirs.get(f"/assessments/{assessment.pk}/indicators/2.1/").content.decode()
        assert client.post(f"{page}change/", DAY).status_code == 404
        back = client.post(f"{page}restore/", follow=True)
        assert back.redirect_chain[-1][0] == page
        assert FOUND in back.content.decode()
        assert "restore" not in client.get(listed).content.decode()

    def test_who_and_how(
        self, assessment: Assessment, inspector: User, helper: User, editor: User, stranger: User
    ) -> None:
        visit = visit_by(assessment, inspector)
        for act in ("remove", "restore"):
            path = f"/visits/{visit.pk}/{act}/"
            found = {user.role: signed_in(user).post(path).status_code for user in (helper, editor)}
            assert found == {"supporter": 403, "office_editor": 403}
            assert signed_in(stranger).post(path).status_code == 404
            assert signed_in(inspector).get(path).status_code == 405
            assert Client().post(path).status_code == 302
        with pytest.raises(Refused):
            services.remove_visit(visit=visit, by=helper)
        assert Visit.objects.get().removed_at is None
