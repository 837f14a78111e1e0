"""What became of last year's plan and findings: who says it, what is refused, that no word is lost."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Assessment, Finding, FollowUp, LogEntry, PlanStep, Province, User
from assessments.queries import following as queries
from assessments.services import Refused
from assessments.services.following import SaidSince, follow_up, seen_of
from assessments.services.visits import add_finding, remove_finding
from indicators.editions import EditionNode
from indicators.models import Edition
from tests.assessments.queue import in_english, text_of
from tests.assessments.test_visits import helper
from tests.conftest import DURING, signed_in
from tests.years import BEFORE, open_2568

__all__ = ["helper"]


@pytest.fixture
def before(edition: Edition, chiang_mai: Province, manager: User, time_machine: Any) -> Assessment:
    """Chiang Mai's assessment of 2568."""
    time_machine.move_to(BEFORE)
    found = open_2568(edition, chiang_mai, manager)
    time_machine.move_to(DURING)
    return found


@pytest.fixture
def finding(before: Assessment, inspector: User, standard: EditionNode) -> Finding:
    return add_finding(assessment=before, indicator=standard.indicators["2.1"], by=inspector, text="ทะเบียนยังไม่ครบ")


@pytest.fixture
def step(before: Assessment, editor: User, standard: EditionNode) -> PlanStep:
    services.plan.save_step(
        assessment=before, by=editor, indicator=standard.indicators["2.2"], target_band=1, action="ทำแผน"
    )
    return PlanStep.objects.get(assessment=before)


def say(assessment: Assessment, item: Finding | PlanStep, by: User, **said: Any) -> Finding | PlanStep:
    fields = {"state": FollowUp.DONE, "text": "", "seen": "", **said}
    return follow_up(assessment=assessment, item=item, by=by, **fields)


def path_of(assessment: Assessment, item: Finding | PlanStep | None = None) -> str:
    page = f"/assessments/{assessment.pk}/follow-up/"
    if item is None:
        return page
    return f"{page}{'finding' if isinstance(item, Finding) else 'step'}/{item.pk}/"


def test_the_office_says_what_became_of_a_finding_and_a_step(
    assessment: Assessment, finding: Finding, step: PlanStep, editor: User
) -> None:
    client = in_english(editor)
    page = client.get(path_of(assessment))
    assert (page.status_code, page.context["following"].open) == (200, 2)
    assert (
        f'href="/assessments/{assessment.pk}/follow-up/"'
        in client.get(f"/assessments/{assessment.pk}/").content.decode()
    )
    said = client.post(path_of(assessment, finding), {"state": "done", "text": "ครบแล้ว", "seen": ""})
    assert (said.status_code, said["Location"]) == (302, f"{path_of(assessment)}#finding-{finding.pk}")
    client.post(path_of(assessment, step), {"state": "going_on", "text": "รอเงิน", "seen": ""})
    finding.refresh_from_db()
    step.refresh_from_db()
    assert (finding.follow_up, finding.follow_up_text, finding.follow_up_by) == ("done", "ครบแล้ว", editor)
    assert (step.follow_up, step.follow_up_text, step.follow_up_by) == ("going_on", "รอเงิน", editor)
    page = client.get(path_of(assessment))
    assert page.context["following"].open == 0
    assert [number for _value, _label, number in page.context["following"].counts] == [1, 1, 0]
    assert LogEntry.objects.filter(what="follow_up").count() == 2


def test_the_centre_and_visitors_read_it(
    assessment: Assessment,
    finding: Finding,
    step: PlanStep,
    editor: User,
    reviewer: User,
    inspector: User,
    helper: User,
) -> None:
    say(assessment, finding, editor, text="ครบแล้ว")
    for who in (reviewer, inspector, helper):
        client = in_english(who)
        page = client.get(path_of(assessment))
        assert "ครบแล้ว" in page.content.decode()
        assert "The office has not said what became of it." in text_of(page)
        assert f'action="{path_of(assessment)}' not in page.content.decode()
        assert client.post(path_of(assessment, step), {"state": "done"}).status_code == 403
    # It stands at the indicator too, this year's and the one of the finding.
    assert "ครบแล้ว" in in_english(reviewer).get(f"/assessments/{assessment.pk}/indicators/2.1/").content.decode()
    step.refresh_from_db()
    assert step.follow_up == ""


def test_the_plan_shows_what_the_office_says(assessment: Assessment, step: PlanStep, editor: User) -> None:
    say(assessment, step, editor, state="not_done", text="ไม่มีงบ")
    assert "ไม่มีงบ" in signed_in(editor).get(f"/assessments/{assessment.pk}/plan/").content.decode()


@pytest.mark.parametrize(
    ("state", "text", "words"),
    [
        ("", "ก", "Choose what became of it."),
        ("later", "ก", "Choose what became of it."),
        ("going_on", " ", "Write what is still missing."),
        ("not_done", "", "Write what is still missing."),
        ("done", "ก" * 5001, "Write at most 5000 characters; this has 5001."),
    ],
)
def test_what_makes_no_sense_is_refused(
    assessment: Assessment, finding: Finding, editor: User, state: str, text: str, words: str
) -> None:
    page = in_english(editor).post(path_of(assessment, finding), {"state": state, "text": text, "seen": ""})
    assert page.status_code == 422
    assert text_of(page).count(words) == 2
    finding.refresh_from_db()
    assert finding.follow_up == ""
    if len(text) < 5000:
        with pytest.raises(Refused):
            say(assessment, finding, editor, state=state, text="" if text == "ก" else text)


def test_two_colleagues_lose_no_word(assessment: Assessment, finding: Finding, editor: User, head: User) -> None:
    say(assessment, finding, head, text="ครบแล้ว")
    with pytest.raises(SaidSince):
        say(assessment, finding, editor, state="not_done", text="ยังขาด")
    client = in_english(editor)
    page = client.post(path_of(assessment, finding), {"state": "not_done", "text": "ยังขาด", "seen": ""})
    assert page.status_code == 409
    assert "ครบแล้ว" in page.content.decode()
    assert "ยังขาด</textarea>" in page.content.decode()
    seen = page.context["form"]["seen"].value()
    client.post(path_of(assessment, finding), {"state": "not_done", "text": "ยังขาด", "seen": seen})
    finding.refresh_from_db()
    assert (finding.follow_up, finding.follow_up_text) == ("not_done", "ยังขาด")
    assert [entry.details["old"] for entry in LogEntry.objects.filter(what="follow_up")] == [
        ["done", "ครบแล้ว"],
        ["", ""],
    ]


def test_only_an_earlier_round_of_the_same_office(
    assessment: Assessment, before: Assessment, finding: Finding, phuket: Province, editor: User, stranger: User
) -> None:
    other = Assessment.objects.whole().get(round=assessment.round, province=phuket)
    for place, by in ((before, editor), (other, stranger)):
        with pytest.raises(Refused):
            say(place, finding, by)
    assert signed_in(stranger).post(path_of(other, finding), {"state": "done"}).status_code == 404
    assert signed_in(stranger).get(path_of(assessment)).status_code == 404


def test_a_removed_finding_asks_nothing(
    assessment: Assessment, finding: Finding, editor: User, inspector: User
) -> None:
    remove_finding(finding=finding, by=inspector)
    assert queries.following_of(assessment).items == []
    with pytest.raises(Refused):
        say(assessment, finding, editor)


def test_what_the_office_followed_up_is_not_removed(
    assessment: Assessment, finding: Finding, editor: User, inspector: User
) -> None:
    say(assessment, finding, editor)
    with pytest.raises(Refused):
        remove_finding(finding=finding, by=inspector)


def test_an_old_finding_is_asked_about_until_it_is_done(
    assessment: Assessment,
    finding: Finding,
    editor: User,
    edition: Edition,
    chiang_mai: Province,
    manager: User,
    time_machine: Any,
) -> None:
    say(assessment, finding, editor, state="going_on", text="รอ")
    time_machine.move_to("2027-08-03T10:00:00+07:00")
    services.open_round(
        year=2570,
        edition=edition,
        opens_on=date(2027, 7, 1),
        closes_on=date(2027, 9, 30),
        budget_target=None,
        by=manager,
    )
    later = Assessment.objects.whole().get(round__year=2570, province=chiang_mai)
    (item,) = queries.following_of(later).items
    assert item.row == finding
    said = say(later, finding, editor, seen=seen_of(Finding.objects.get()))
    assert said.follow_up == "done"
    assert [each.row for each in queries.following_of(later).items] == [finding]


def test_it_needs_a_sign_in_and_the_right_method(
    client: Client, assessment: Assessment, finding: Finding, as_editor: Client
) -> None:
    assert client.get(path_of(assessment)).status_code == 302
    assert client.post(path_of(assessment, finding), {"state": "done", "text": "ครบแล้ว"}).status_code == 401
    assert as_editor.post(path_of(assessment)).status_code == 405
    assert as_editor.get(path_of(assessment, finding)).status_code == 405
    assert as_editor.get(path_of(assessment)).context["following"].open == 1


@pytest.mark.parametrize("number", [1, 3])
def test_it_takes_a_fixed_number_of_queries(
    assessment: Assessment,
    before: Assessment,
    inspector: User,
    editor: User,
    standard: EditionNode,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    for code in ("2.1", "2.2", "2.10")[:number]:
        node = standard.indicators[code]
        add_finding(assessment=before, indicator=node, by=inspector, text="ก")
        services.plan.save_step(assessment=before, by=editor, indicator=node, target_band=1)
    with django_assert_num_queries(6):
        found = queries.following_of(assessment)
    assert (len(found.findings), len(found.steps)) == (number, number)
