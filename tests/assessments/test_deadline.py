"""The last day in view: of a returned assessment the day to correct by; no count-down where nothing can be answered."""

import re
from datetime import date, datetime

import pytest
import time_machine as clock
from django.conf import settings
from django.test import Client

from assessments import services
from assessments.calendar import BANGKOK
from assessments.models import Assessment, User
from assessments.workflow import Status
from tests import reviewing
from tests.conftest import signed_in

pytestmark = pytest.mark.usefixtures("stored")


def deadline(client: Client, assessment: Assessment, page: str) -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    found = re.search(r'<p class="deadline.*?</p>', client.get(f"/assessments/{assessment.pk}/{page}").content.decode())
    assert found is not None
    return found[0]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


@pytest.fixture
def returned(sent: Assessment, reviewer: User) -> Assessment:
    return services.return_for_correction(
        assessment=sent, by=reviewer, reason="Two things are unclear.", due_on=date(2026, 8, 20)
    )


@pytest.mark.parametrize("page", ["", "check/", "areas/2-1/", "indicators/2.1/", "facts/", "assignments/", "workbook/"])
def test_every_page_of_a_returned_assessment_names_the_day_to_correct_by(
    page: str, returned: Assessment, as_editor: Client
) -> None:
    shown = words(deadline(as_editor, returned, page))
    assert shown.startswith("Correct and submit again by 20 Aug 2569 B.E. (")
    assert shown.endswith(" · Closes on 30 Sep 2569 B.E. at 23:59")


@pytest.mark.parametrize(
    ("day", "left", "is_near"),
    [
        (12, "8 days left", False),
        (13, "7 days left", True),
        (19, "1 day left", True),
        (20, "today is the last day", True),
        (21, "this day has passed; submit as soon as you can", True),
    ],
)
def test_the_day_to_correct_by_comes_nearer(
    day: int, left: str, *, is_near: bool, returned: Assessment, editor: User
) -> None:
    with clock.travel(datetime(2026, 8, day, 12, tzinfo=BANGKOK), tick=False):
        shown = deadline(signed_in(editor), returned, "check/")
    assert f"by 20 Aug 2569 B.E. ({left})" in words(shown)
    assert ("deadline-near" in shown) is is_near


def test_a_day_that_moved_the_closing_day_stands_alone(sent: Assessment, reviewer: User, as_editor: Client) -> None:
    services.return_for_correction(assessment=sent, by=reviewer, reason="Late.", due_on=date(2026, 10, 9))
    assert words(deadline(as_editor, sent, "check/")).startswith("Closes on 9 Oct 2569 B.E. at 23:59 (")


@pytest.mark.parametrize("status", [each for each in Status if each not in (Status.DRAFT, Status.RETURNED)])
def test_where_nothing_can_be_answered_nothing_counts_down(status: Status, sent: Assessment, as_editor: Client) -> None:
    Assessment.objects.filter(pk=sent.pk).update(status=status)
    assert words(deadline(as_editor, sent, "")) == "Closes on 30 Sep 2569 B.E. at 23:59"


def test_a_reopened_result_says_so_and_why(sent: Assessment, reviewer: User, head: User, manager: User) -> None:
    client = signed_in(head)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    done = reviewing.final(sent, reviewer, head)
    assert "Taken back into review" not in client.get(f"/assessments/{sent.pk}/").content.decode()
    services.reopen(assessment=done, by=manager, reason="A document was overlooked.")
    page = client.get(f"/assessments/{sent.pk}/").content.decode()
    assert "Taken back into review" in page
    assert "A document was overlooked." in page
    reviewing.verified(sent, reviewer)
    assert "Taken back into review" not in client.get(f"/assessments/{sent.pk}/").content.decode()
