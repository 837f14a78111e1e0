"""Moments and days: stored in UTC, read in Bangkok."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from assessments.calendar import day_of, moment_text
from assessments.templatetags.pmj import be_long, be_short


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 8, 2, 16, 59, 59, tzinfo=UTC), date(2026, 8, 2)),
        (datetime(2026, 8, 2, 17, 0, tzinfo=UTC), date(2026, 8, 3)),
        (datetime(2026, 8, 2, 18, 0, tzinfo=UTC), date(2026, 8, 3)),
        (datetime(2026, 8, 3, 0, 0, tzinfo=UTC), date(2026, 8, 3)),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_of_a_moment_is_bangkok_s(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


def test_the_filters_read_days_and_moments() -> None:
    night = datetime(2026, 8, 2, 18, 0, tzinfo=UTC)
    with override("th"):
        assert be_short(night) == be_short(date(2026, 8, 3)) == "3 ส.ค. 2569"
        assert be_long(night) == be_long(date(2026, 8, 3)) == "3 สิงหาคม 2569"
        assert moment_text(night) == "3 ส.ค. 2569 01:00 น."
