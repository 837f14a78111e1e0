"""The centre is told what an office changed after the last return."""

import re
from datetime import date
from typing import Any

from django.test import Client

from assessments import services
from assessments.models import Answer, Assessment, User
from assessments.services import evidence
from indicators.editions import EditionNode
from tests.answers import answer_all
from tests.assessments.queue import in_english
from tests.assessments.test_deciding import save


def shown(client: Client, assessment: Assessment) -> str:
    return client.get(f"/offices/{assessment.pk}/").content.decode()


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
