"""The year before for the tests: a round of 2568 in which Chiang Mai answered, and then today again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from assessments import services
from assessments.models import Answer, Assessment, Province, User
from assessments.services import Entry
from indicators import editions
from indicators.models import Edition
from tests.conftest import DURING

BEFORE = "2025-08-03T10:00:00+07:00"


def open_2568(edition: Edition, province: Province, manager: User) -> Assessment:
    """The office's assessment of 2568, empty."""
    round_ = services.open_round(
        year=2568,
        edition=edition,
        opens_on=date(2025, 7, 1),
        closes_on=date(2025, 9, 30),
        budget_target=None,
        by=manager,
    )
    return Assessment.objects.whole().get(round=round_, province=province)


@contextmanager
def at(time_machine: Any, moment: str) -> Iterator[None]:
    time_machine.move_to(moment)
    yield
    time_machine.move_to(DURING)


def save(assessment: Assessment, by: User, code: str, **entry: Any) -> Answer:
    """Answer one indicator through the service, whatever version it has."""
    node = editions.standard_of(assessment.round.edition).indicators[code]
    version = Answer.objects.get(assessment=assessment, indicator=node.pk).version
    return services.save_answer(
        assessment=assessment, indicator=node, by=by, version=version, entry=Entry(**entry)
    ).answer
