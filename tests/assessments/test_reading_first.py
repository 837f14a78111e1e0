"""Nobody of the centre decides or accepts what changed after they opened the page."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from assessments import services
from assessments.models import Answer, Assessment, User
from assessments.queries import reading
from assessments.services import Refused, evidence
from assessments.services.seen import seen_mark
from assessments.workflow import Status
from indicators.editions import EditionNode, IndicatorNode
from tests.answers import answer_all
from tests.assessments.test_deciding import NO_CASE, REASON, in_english, save

THEIRS = "ทะเบียนไม่ครบ จึงได้ช่วงต่ำสุด"


@pytest.fixture
def node(standard: EditionNode) -> IndicatorNode:
    return standard.indicators["4.31"]


@pytest.fixture
def waiting(assessment: Assessment, editor: User, head: User, node: IndicatorNode) -> Assessment:
    """Submitted; everything at its best, and 4.31 without a case."""
    answer_all(assessment, editor)
    save(assessment, node, editor, NO_CASE)
    services.submit(assessment=assessment, by=head, certified=True)
    return Assessment.objects.whole().get(pk=assessment.pk)


def decide(waiting: Assessment, node: IndicatorNode, by: User, **given: Any) -> Any:
    whole: dict[str, Any] = {"band": 1, "reason": REASON, **given}
    return services.decide_no_case(assessment=waiting, indicator=node, by=by, **whole)


def fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form on the page that does an action, as the browser gives them back."""
    form = page.split(f'{action}/"')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'<input type="hidden" name="((?:decide|accept)-[^"]+)" value="([^"]*)"', form))


def shown(client: Client, assessment: Assessment) -> str:
    return client.get(f"/offices/{assessment.pk}/").content.decode()


def test_a_colleague_s_decision_is_read_before_it_is_replaced(
    waiting: Assessment, node: IndicatorNode, reviewer: User, manager: User
) -> None:
    client = in_english(manager)
    seen = fields(shown(client, waiting), "indicators/4.31/decide")
    assert list(seen) == ["decide-4-31-seen"]
    decide(waiting, node, reviewer, reason=THEIRS)
    typed = {"decide-4-31-band": "5", "decide-4-31-reason": REASON}
    address = f"/offices/{waiting.pk}/indicators/4.31/decide/"

    response = client.post(address, seen | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert f"{reviewer} decided this after you opened the page." in page
    assert THEIRS in page
    assert f">\n{REASON}</textarea>" in page
    answer = Answer.objects.get(assessment=waiting, indicator_id=node.pk)
    assert (answer.decided_band, answer.decided_by) == (1, reviewer)

    again = client.post(address, fields(page, "indicators/4.31/decide") | typed)
    assert again.status_code == 302
    answer.refresh_from_db()
    assert (answer.decided_band, answer.decided_by) == (5, manager)


def test_the_same_decision_of_a_colleague_is_none_to_replace(
    waiting: Assessment, node: IndicatorNode, reviewer: User, manager: User
) -> None:
    before = Answer.objects.get(assessment=waiting, indicator_id=node.pk).version
    decide(waiting, node, reviewer)
    assert not decide(waiting, node, manager, seen=before).changed


def test_another_answer_than_the_one_on_the_page_is_not_decided(
    waiting: Assessment, node: IndicatorNode, reviewer: User
) -> None:
    version = Answer.objects.get(assessment=waiting, indicator_id=node.pk).version
    with pytest.raises(Refused):
        decide(waiting, node, reviewer, seen=version - 1)
    assert decide(waiting, node, reviewer, seen=version).changed


def test_what_was_sent_again_is_read_before_it_is_accepted(
    assessment: Assessment, editor: User, head: User, reviewer: User, manager: User, standard: EditionNode
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    client = in_english(reviewer)
    seen = fields(shown(client, assessment), "accept")
    services.return_for_correction(assessment=assessment, by=manager, reason="แก้ 2.1", due_on=date(2026, 8, 20))
    save(assessment, standard.indicators["2.1"], editor, services.Entry({"count": 2}))
    services.submit(assessment=assessment, by=head, certified=True)

    response = client.post(f"/offices/{assessment.pk}/accept/", seen | {"accept-confirmed": "on"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Answers changed after you opened this page (2.1). Read them again before you accept." in page
    assessment.refresh_from_db()
    assert assessment.status == Status.SUBMITTED

    again = client.post(f"/offices/{assessment.pk}/accept/", fields(page, "accept") | {"accept-confirmed": "on"})
    assert again.status_code == 302
    assessment.refresh_from_db()
    assert assessment.status == Status.ACCEPTED


def test_the_page_s_mark_is_the_one_that_the_service_compares(waiting: Assessment) -> None:
    mark = reading.seen_mark(reading.read_whole(waiting))
    assert mark == seen_mark(waiting)
    assert len(mark.split("-")) == 86


def told_corrected(client: Client, assessment: Assessment) -> tuple[str, list[str]] | None:
    """The sentence about the time after the last return, and the codes below it."""
    _before, there, after = shown(client, assessment).partition('id="corrected">')
    part = after.split("</div>", maxsplit=1)[0]
    return (re.findall(r"<p>(.*?)</p>", part)[0], re.findall(r'href="#indicator-([\d.]+)"', part)) if there else None


def test_what_the_office_changed_after_a_return_is_named(
    assessment: Assessment, editor: User, head: User, reviewer: User, standard: EditionNode, time_machine: Any
) -> None:
    client = in_english(reviewer)
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    assert told_corrected(client, assessment) is None

    time_machine.shift(60)
    services.return_for_correction(assessment=assessment, by=reviewer, reason="แก้ 2.1", due_on=date(2026, 8, 20))
    assert told_corrected(client, assessment) == ("No answer and no evidence has changed after the last return.", [])

    time_machine.shift(60)
    save(assessment, standard.indicators["2.1"], editor, services.Entry({"count": 2}))
    plan = Answer.objects.select_related("assessment").get(assessment=assessment, indicator__code="4.2")
    evidence.add_link(answer=plan, url="https://drive.example/1", name="แผน", by=editor)
    services.submit(assessment=assessment, by=head, certified=True)
    assert told_corrected(client, assessment) == ("2 indicators changed after the last return:", ["2.1", "4.2"])

    time_machine.shift(60)
    services.return_for_correction(assessment=assessment, by=reviewer, reason="แก้ 2.2", due_on=date(2026, 8, 20))
    assert told_corrected(client, assessment) == ("No answer and no evidence has changed after the last return.", [])
