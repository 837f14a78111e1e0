"""Rounds: open one for all offices, change its window and target, extend an office."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from assessments import services
from assessments.models import Answer, Assessment, Extension, LogEntry, Province, Round, User
from assessments.services import Entry
from assessments.workflow import Status, Window
from indicators.editions import EditionNode
from indicators.models import Edition
from tests.conftest import signed_in

PAGES = ("/rounds/", "/rounds/new/")


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}_0": str(value.day), f"{name}_1": str(value.month), f"{name}_2": str(value.year + 543)}


def new_round(chosen: Edition, **changed: str) -> dict[str, str]:
    return {
        "year": "2570",
        "edition": str(chosen.pk),
        **day("opens_on", date(2026, 11, 1)),
        **day("closes_on", date(2027, 9, 30)),
        "budget_target": "",
        "reply_days": "14",
    } | changed


def window(round_: Round, **changed: str) -> dict[str, str]:
    return {
        **day("window-opens_on", round_.opens_on),
        **day("window-closes_on", round_.closes_on),
        "window-budget_target": "",
        "window-reply_days": str(round_.reply_days),
    } | {f"window-{name}": value for name, value in changed.items()}


def extension(chosen: Assessment, **changed: str) -> dict[str, str]:
    return {
        "extension-assessment": str(chosen.pk),
        **day("extension-closes_on", date(2026, 10, 15)),
        "extension-reason": "น้ำท่วม",
    } | {f"extension-{name}": value for name, value in changed.items()}


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def as_manager(manager: User) -> Client:
    client = signed_in(manager)
    client.cookies["django_language"] = "en"
    return client


# --- opening -----------------------------------------------------------------------------------------


def test_opening_creates_one_assessment_for_each_of_the_76_offices(
    as_manager: Client, edition: Edition, manager: User
) -> None:
    response = as_manager.post("/rounds/new/", new_round(edition, year="๒๕๗๐", budget_target="๙๓.๕"))
    opened = Round.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/rounds/{opened.pk}/")
    assert (opened.year, opened.edition, opened.opened_by) == (2570, edition, manager)
    assert (opened.opens_on, opened.closes_on) == (date(2026, 11, 1), date(2027, 9, 30))
    assert opened.budget_target == Decimal("93.50")
    assert opened.assessments.count() == 76
    assert Answer.objects.count() == 76 * 86
    assert not opened.assessments.filter(province__iso="TH-10").exists()


def test_each_empty_answer_is_as_a_new_one(assessment: Assessment) -> None:
    """The database writes them itself, from the model's defaults."""
    fields = [field.attname for field in Answer._meta.concrete_fields if field.attname != "id"]
    for answer in assessment.answers.all():
        fresh = Answer(assessment=assessment, indicator_id=answer.indicator_id)
        assert [getattr(answer, name) for name in fields] == [getattr(fresh, name) for name in fields]
    found = set(assessment.answers.values_list("indicator_id", flat=True))
    assert found == set(assessment.round.edition.indicators.values_list("pk", flat=True))


def test_proposes_the_next_fiscal_year_and_its_days(as_manager: Client, round_2569: Round) -> None:
    page = as_manager.get("/rounds/new/").content.decode()
    assert [page.count(f'value="{value}"') for value in ("2570", "2569")] == [2, 1]
    assert 'name="opens_on_0" value="1"' in page
    assert 'name="opens_on_1" value="10"' in page
    assert 'name="closes_on_1" value="9"' in page


def test_a_second_round_of_the_year_is_refused(as_manager: Client, edition: Edition) -> None:
    first = as_manager.post("/rounds/new/", new_round(edition))
    second = as_manager.post("/rounds/new/", new_round(edition))
    assert [first.status_code, second.status_code] == [302, 422]
    assert "There is a round of fiscal year 2570 already." in second.content.decode()
    assert Round.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"year": ""}, "Enter the fiscal year, for example 2570."),
        ({"year": "2027"}, "Write the year as a Buddhist year: did you mean 2570?"),
        ({"year": "70"}, "Enter the fiscal year with four digits, for example 2570."),
        ({"year": "3000"}, "Write the year as a Buddhist year between 2540 and 2600."),
        ({"edition": "0"}, "Choose one of the published editions."),
        ({"closes_on_0": "31"}, "There is no such day in that month; check the day and the month."),
        ({"closes_on_2": "2568"}, "The closing day must not be before the opening day."),
        (
            {"opens_on_1": "9", "opens_on_0": "30"},
            "Fiscal year 2570 runs from 1 October 2569 to 30 September 2570; open the round in it.",
        ),
        ({"budget_target": "100.01"}, "The target is a percentage between 0 and 100."),
        ({"budget_target": "93,5"}, "(you entered 93,5)."),
        ({"budget_target": "-1"}, "must be 0 or more"),
    ],
)
def test_a_refused_round_says_what_to_do(
    changed: dict[str, str], sentence: str, as_manager: Client, edition: Edition
) -> None:
    response = as_manager.post("/rounds/new/", new_round(edition, **changed))
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count(sentence) == 2
    assert "<title>Error: " in page
    assert all(value in page for name, value in changed.items() if name != "edition")
    assert not Round.objects.exists()


@pytest.mark.parametrize(("target", "stored"), [("0", "0"), ("100", "100"), ("93.55 %", "93.55"), ("", None)])
def test_targets_at_the_edges(target: str, stored: str | None, as_manager: Client, edition: Edition) -> None:
    as_manager.post("/rounds/new/", new_round(edition, budget_target=target))
    assert Round.objects.get().budget_target == (None if stored is None else Decimal(stored))


def test_only_published_editions_can_be_chosen(as_manager: Client, edition: Edition) -> None:
    draft = Edition.objects.create(year=2570, printed_year=2570, title="ร่าง")
    assert as_manager.post("/rounds/new/", new_round(edition, edition=str(draft.pk))).status_code == 422


# --- the pages ---------------------------------------------------------------------------------------


def test_the_list_counts_what_came_in(as_manager: Client, assessment: Assessment, head: User) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(
        status=Status.SUBMITTED,
        submitted_at=timezone.now(),
        submitted_by=head,
        answers_hash="0" * 64,
        reference="2569-50-1",
    )
    page = as_manager.get("/rounds/").content.decode()
    assert "1 of 76" in page
    assert "0 of 76" in page


def test_the_empty_list_offers_the_first_round(as_manager: Client) -> None:
    page = as_manager.get("/rounds/").content.decode()
    assert "No round has been opened yet." in page
    assert "/rounds/new/" in page


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-06-30T23:59:59+07:00", "Not open yet: offices can answer from 00:00 of 1 July 2569 B.E."),
        ("2026-07-01T00:00:00+07:00", "Open: offices can answer until 30 September 2569 B.E., 23:59:59 Bangkok time."),
        ("2026-09-30T23:59:59+07:00", "Open: offices can answer until 30 September 2569 B.E., 23:59:59 Bangkok time."),
        ("2026-10-01T00:00:00+07:00", "Closed since 30 September 2569 B.E., 23:59:59 Bangkok time."),
    ],
)
def test_the_window_in_words(moment: str, words: str, manager: User, round_2569: Round, time_machine: Any) -> None:
    time_machine.move_to(moment)
    client = signed_in(manager)
    client.cookies["django_language"] = "en"
    assert words in client.get(f"/rounds/{round_2569.pk}/").content.decode()


def test_the_page_links_to_the_blank_forms(as_manager: Client, round_2569: Round) -> None:
    page = as_manager.get(f"/rounds/{round_2569.pk}/").content.decode()
    assert ">PDF</a>" in page
    assert ">Excel</a>" in page


def test_an_unknown_round_is_not_found(as_manager: Client) -> None:
    assert as_manager.get("/rounds/999/").status_code == 404


# --- changing ----------------------------------------------------------------------------------------


def test_changing_the_window_moves_every_office_but_the_extended(
    as_manager: Client, assessment: Assessment, manager: User
) -> None:
    round_ = assessment.round
    services.extend(assessment=assessment, closes_on=date(2026, 11, 1), reason="น้ำท่วม", by=manager)
    response = as_manager.post(
        f"/rounds/{round_.pk}/change/", window(round_, closes_on_0="15", closes_on_1="ต.ค.", budget_target="93")
    )
    assert response.status_code == 302
    days = dict(round_.assessments.values_list("province__iso", "closes_on"))
    assert days.pop("TH-50") == date(2026, 11, 1)
    assert set(days.values()) == {date(2026, 10, 15)}
    page = as_manager.get(f"/rounds/{round_.pk}/").content.decode()
    assert "closing day from 30 Sep 2569 B.E. to 15 Oct 2569 B.E." in page
    assert "target for 1.31 from (not set) to 93 percent" in page
    assert "<dd>93 percent</dd>" in page
    assert "Extended สนง.พมจ.เชียงใหม่ until 1 Nov 2569 B.E." in page


def test_a_target_judges_1_31_again(
    as_manager: Client, assessment: Assessment, editor: User, standard: EditionNode
) -> None:
    node = standard.indicators["1.31"]
    entry = Entry(inputs=node.rule.read({"spent": "93", "allocated": "100"}))
    saved = services.save_answer(assessment=assessment, indicator=node, by=editor, version=0, entry=entry)
    assert saved.answer.met is None
    met = {}
    for target in ("93", "93.01"):
        as_manager.post(f"/rounds/{assessment.round_id}/change/", window(assessment.round, budget_target=target))
        met[target] = Answer.objects.get(pk=saved.answer.pk).met
    assert met == {"93": True, "93.01": False}


def test_a_refused_window_keeps_what_was_typed(as_manager: Client, round_2569: Round) -> None:
    response = as_manager.post(f"/rounds/{round_2569.pk}/change/", window(round_2569, closes_on_1="มิถุนา"))
    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="มิถุนา"' in page
    round_2569.refresh_from_db()
    assert round_2569.closes_on == date(2026, 9, 30)


# --- extending ---------------------------------------------------------------------------------------


def test_extending_opens_the_window_of_that_office_alone(
    as_manager: Client, assessment: Assessment, phuket: Province, manager: User, time_machine: Any
) -> None:
    response = as_manager.post(f"/rounds/{assessment.round_id}/extensions/", extension(assessment))
    assert response.status_code == 302
    given = Extension.objects.get()
    assert (given.province, given.closes_on, given.reason, given.given_by) == (
        assessment.province,
        date(2026, 10, 15),
        "น้ำท่วม",
        manager,
    )
    time_machine.move_to("2026-10-15T23:59:59+07:00")
    assert Assessment.objects.whole().get(pk=assessment.pk).window() == Window.OPEN
    assert Assessment.objects.whole().get(province=phuket).window() == Window.CLOSED
    time_machine.move_to("2026-10-16T00:00:00+07:00")
    assert Assessment.objects.whole().get(pk=assessment.pk).window() == Window.CLOSED
    assert LogEntry.objects.filter(what="extend").count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"assessment": ""}, "Choose the office that gets a later day."),
        ({"reason": ""}, "Write the reason for the extension."),
        ({"closes_on_0": "30", "closes_on_1": "9"}, "The round itself closes on 30 Sep 2569 B.E.; choose a later day."),
    ],
)
def test_a_refused_extension_says_what_to_do(
    changed: dict[str, str], sentence: str, as_manager: Client, assessment: Assessment
) -> None:
    response = as_manager.post(f"/rounds/{assessment.round_id}/extensions/", extension(assessment, **changed))
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count(sentence) == 2
    assert not Extension.objects.exists()


def test_a_day_in_the_past_is_no_extension(manager: User, assessment: Assessment, time_machine: Any) -> None:
    time_machine.move_to("2026-11-22T10:00:00+07:00")
    client = signed_in(manager)
    client.cookies["django_language"] = "en"
    response = client.post(f"/rounds/{assessment.round_id}/extensions/", extension(assessment))
    assert response.status_code == 422
    assert response.content.decode().count("The new day is in the past; choose today or a later day.") == 2


def test_an_office_of_another_round_cannot_be_chosen(
    as_manager: Client, assessment: Assessment, edition: Edition, manager: User
) -> None:
    other = services.open_round(
        year=2570,
        edition=edition,
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 10, 2),
        budget_target=None,
        by=manager,
    )
    response = as_manager.post(f"/rounds/{other.pk}/extensions/", extension(assessment))
    assert response.status_code == 422
    assert not Extension.objects.exists()


# --- who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "head", "reviewer", "inspector", "supporter", "admin"])
def test_only_the_manager_has_rounds(role: str, round_2569: Round, edition: Edition, request: Any) -> None:
    client = signed_in(request.getfixturevalue(role))
    pages = (*PAGES, f"/rounds/{round_2569.pk}/")
    posts = ("/rounds/new/", f"/rounds/{round_2569.pk}/change/", f"/rounds/{round_2569.pk}/extensions/")
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    assert [client.post(page, new_round(edition)).status_code for page in posts] == [403, 403, 403]
    assert Round.objects.count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_requires_login(page: str, client: Client, db: None) -> None:
    assert client.get(page).headers["Location"].startswith("/accounts/login/")


def test_rejects_the_other_method(as_manager: Client, round_2569: Round) -> None:
    assert as_manager.post("/rounds/").status_code == 405
    assert as_manager.post(f"/rounds/{round_2569.pk}/").status_code == 405
    assert as_manager.get(f"/rounds/{round_2569.pk}/change/").status_code == 405
    assert as_manager.get(f"/rounds/{round_2569.pk}/extensions/").status_code == 405


def test_the_messages_say_what_was_done(as_manager: Client, edition: Edition) -> None:
    response = as_manager.post("/rounds/new/", new_round(edition))
    assert told(response) == ["The round is open: every office has its assessment now."]


# --- days to reply -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "stored"), [("๗", 7), ("1", 1), ("120", 120)])
def test_the_days_to_reply_are_changed_and_logged(
    as_manager: Client, round_2569: Round, typed: str, stored: int
) -> None:
    address = f"/rounds/{round_2569.pk}/change/"
    assert as_manager.post(address, window(round_2569, reply_days=typed)).status_code == 302
    round_2569.refresh_from_db()
    assert round_2569.reply_days == stored
    assert f"days to reply from 14 to {stored}" in as_manager.get(f"/rounds/{round_2569.pk}/").content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the number of days, for example 14."),
        ("two", "Enter the number of days, for example 14."),
        ("0", "An office has 1 to 120 days to reply."),
        ("121", "An office has 1 to 120 days to reply."),
    ],
)
def test_other_days_to_reply_are_refused(as_manager: Client, round_2569: Round, typed: str, words: str) -> None:
    response = as_manager.post(f"/rounds/{round_2569.pk}/change/", window(round_2569, reply_days=typed))
    assert response.status_code == 422
    assert words in response.content.decode()
    round_2569.refresh_from_db()
    assert round_2569.reply_days == 14


def test_a_round_is_opened_with_its_days_to_reply(as_manager: Client, edition: Edition) -> None:
    as_manager.post("/rounds/new/", new_round(edition, reply_days="21"))
    assert Round.objects.get().reply_days == 21


# --- publishing --------------------------------------------------------------------------------------


@pytest.fixture
def two_final(round_2569: Round, head: User) -> Round:
    """Chiang Mai's and Phuket's results are final."""
    for iso in ("TH-50", "TH-83"):
        round_2569.assessments.filter(province__iso=iso).update(
            status=Status.FINAL,
            submitted_at=timezone.now(),
            submitted_by=head,
            answers_hash="0" * 64,
            reference=f"2569-{iso}",
        )
    return round_2569


def test_a_manager_publishes_what_is_final_once(as_manager: Client, two_final: Round) -> None:
    page = as_manager.get(f"/rounds/{two_final.pk}/").content.decode()
    assert "<b>2</b> of 76 results are final and not published yet" in page
    assert "<b>74</b> not final yet" in page
    address = f"/rounds/{two_final.pk}/publish/"
    unconfirmed = as_manager.post(address, {})
    assert unconfirmed.status_code == 422
    assert "Tick the confirmation before you publish." in unconfirmed.content.decode()
    page = as_manager.post(address, {"publish-confirmed": "on"}, follow=True).content.decode()
    assert "2 results are published." in page
    assert "<b>2</b> published" in page
    assert two_final.assessments.filter(status=Status.PUBLISHED).count() == 2
    again = as_manager.post(address, {"publish-confirmed": "on"})
    assert again.status_code == 422
    assert "No result of this round is final yet, so there is nothing to publish." in again.content.decode()


def test_who_publishes(two_final: Round, reviewer: User, admin: User, head: User) -> None:
    address = f"/rounds/{two_final.pk}/publish/"
    for user in (reviewer, admin, head):
        assert signed_in(user).post(address, {"publish-confirmed": "on"}).status_code == 403
    assert Client().post(address).status_code == 302
    assert two_final.assessments.filter(status=Status.PUBLISHED).count() == 0


def test_publishing_takes_a_post(as_manager: Client, two_final: Round) -> None:
    assert as_manager.get(f"/rounds/{two_final.pk}/publish/").status_code == 405


@pytest.mark.parametrize("kept", [1, 3])
def test_the_round_s_page_takes_seven_queries(
    as_manager: Client, two_final: Round, kept: int, django_assert_num_queries: Any
) -> None:
    keep = list(two_final.assessments.values_list("pk", flat=True)[:kept])
    two_final.assessments.exclude(pk__in=keep).delete()
    as_manager.get(f"/rounds/{two_final.pk}/")
    with django_assert_num_queries(9):
        as_manager.get(f"/rounds/{two_final.pk}/")
