"""The demo's office has a plan: last year's with what became of it, and one for the current year."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from assessments.calendar import fiscal_year_span, start_of
from assessments.models import Assessment, PlanStep, User
from assessments.queries.plan import PlanRow, proposal_of, rows_of
from indicators.scoring import LEVELS

# Who works on a dimension, and what is done where the rule says only how much is missing.
WHO = {2: "ฝ่ายบริหารทั่วไป", 3: "ฝ่ายบริหารทั่วไป", 4: "กลุ่มนโยบายและวิชาการ"}
DONE = "กำหนดไว้ในแผนปฏิบัติงานของสำนักงาน และติดตามในการประชุมประจำเดือน"
MOST_STEPS = 5
GOOD = LEVELS[0]


def plan_improvements(assessments: Iterable[Assessment], *, by: User, now: datetime) -> None:
    """Write the plans of one office's last and current assessment, the older first."""
    last, current = assessments
    lacking = [row for row in rows_of(last) if row.part.rows and row.node.dimension in (2, 3)]
    _, ended = fiscal_year_span(last.round.year)
    _write(last, [(row, row.part.rows[0].band) for row in lacking[:MOST_STEPS]], by, start_of(ended))
    rows = {row.node.code: row for row in rows_of(current)}
    steps = proposal_of(rows.values(), "3", GOOD).steps
    counted = [step for step in steps if not step.part.is_open]
    chosen = [(rows[step.part.code], step.row.band) for step in counted[:MOST_STEPS]]
    _write(current, chosen, by, now - timedelta(days=2))


def _write(assessment: Assessment, chosen: list[tuple[PlanRow, int]], by: User, at: datetime) -> None:
    """Each step has a month of its own in the year in which it is worked on: the one after `at`."""
    year = at.year + (1 if at.month >= 9 else 0)
    PlanStep.objects.bulk_create(
        PlanStep(
            assessment=assessment,
            indicator_id=row.node.pk,
            target_band=band,
            who=WHO[row.node.dimension],
            due_on=date(year, 3 + place, 28),
            action=DONE,
            by=by,
            at=at,
        )
        for place, (row, band) in enumerate(chosen)
    )
