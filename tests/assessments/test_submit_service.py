"""Submitting: needs everything, happens once."""

import pytest

from assessments import services
from assessments.models import Assessment, User
from assessments.workflow import Status
from tests.answers import answer_all


def test_a_whole_assessment_is_submitted(assessment: Assessment, editor: User, head: User) -> None:
    answer_all(assessment, editor)
    done = services.submit(assessment=assessment, by=head, certified=True)
    assert done.status == Status.SUBMITTED
    assert done.reference == "2569-50-1"
    assert done.results["overall"]["mean"] == "10.00"
    assert done.results["overall"]["level"] == "good"


def test_refuses_while_one_answer_is_missing(assessment: Assessment, head: User) -> None:
    with pytest.raises(services.Refused):
        services.submit(assessment=assessment, by=head, certified=True)
    assessment.refresh_from_db()
    assert assessment.status == Status.DRAFT
