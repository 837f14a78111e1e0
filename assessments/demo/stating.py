"""The facts that a demo office has stated: the numbers that its answers use too."""

from datetime import datetime

from assessments.demo.drawing import Office
from assessments.models import Assessment, Fact, User


def facts_of(assessment: Assessment, office: Office, by: User, at: datetime) -> list[Fact]:
    """Staff, sub-districts and the directory, stated when the office began its year."""
    values = {"staff": office.staff, "subdistricts": office.subdistricts, "directory": office.network}
    return [Fact(assessment=assessment, name=name, value=value, by=by, at=at) for name, value in values.items()]
