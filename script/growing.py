"""Measures the product grown large: 7,600 offices in 10 rounds, 6.5 million answers, in an empty PostgreSQL database.

    GROWN_DATABASE_URL=postgres://user:password@host/empty script/bench grown [repetitions]

The first run fills the database (a quarter of an hour), later ones measure only. In this process, without a server. The
answers have scores and no inputs: what is measured reads kept results, and what is saved is entered anew.
"""

import os
import random
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from script.benching import HEAD, WARM_UP, Line, p95, timed, yardstick

OFFICES = 7_600
ROUNDS = 10
# So many different results are drawn; each office of each round gets one of them.
DRAWN = 400
SCORES = (Decimal(10), Decimal("7.5"), Decimal(5), Decimal("2.5"), Decimal(0))
WEIGHTS = ((70, 20, 6, 3, 1), (40, 30, 15, 10, 5))
ANSWERS = """
INSERT INTO assessments_answer (assessment_id, indicator_id, no_case, no_case_reason, typed, performance, problems,
    remedies, number_source, evidence_held, is_answered, score, band, met, pending, explanation, decided_reason,
    version)
SELECT a.id, i.id, false, '', '{}', '', '', '', '', '[]', true,
    substr(a.signs, i.place, 1)::int * 2.5, 5 - substr(a.signs, i.place, 1)::int,
    CASE WHEN i.place IS NULL THEN random() < 0.8 END, '', '', '', 1
FROM (SELECT id, results ->> 'scores' AS signs FROM assessments_assessment WHERE round_id = %s OFFSET 0) a
CROSS JOIN (
    SELECT n.id, CASE WHEN d.scored THEN row_number() OVER (PARTITION BY d.scored ORDER BY d.number, n.number) END::int
        AS place
    FROM indicators_indicator n
    JOIN indicators_standard s ON s.id = n.standard_id
    JOIN indicators_area r ON r.id = s.area_id
    JOIN indicators_dimension d ON d.id = r.dimension_id
    WHERE n.edition_id = %s
) i ORDER BY a.id, i.id
"""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def grow() -> None:
    """Fill an empty database. Past rounds are published; of this year's every office has submitted but Chiang Mai's."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from assessments.calendar import today
    from assessments.models import Assessment, Province, Region, Round, User
    from assessments.services.answers import results_of
    from assessments.workflow import Role, Status
    from indicators import editions
    from indicators.models import Edition

    call_command("migrate", verbosity=0)
    if Round.objects.exists():
        return
    call_command("loaddata", "provinces", verbosity=0)
    call_command("load_standard", verbosity=0)
    edition = Edition.objects.get(year=2563)
    standard = editions.standard_of(edition)
    manager = User.objects.create_user("manager@grown.example", full_name="-", role=Role.MANAGER)
    chiang_mai = Province.objects.get(iso="TH-50")
    User.objects.create_user("editor@grown.example", full_name="-", role=Role.OFFICE_EDITOR, province=chiang_mai)
    regions = list(Region.objects.all())
    Province.objects.bulk_create(
        Province(iso=f"X{n:04d}", name_th=f"-{n}", name_en=f"-{n}", sort_key=f"ฮ{n:04d}", region=regions[n % 4])
        for n in range(OFFICES - Province.objects.with_office().count())
    )
    random.seed(7)
    drawn = []
    for number in range(DRAWN):
        scores = random.choices(SCORES, WEIGHTS[number % 2], k=len(standard.scored))
        found = {node.pk: (score, True) for node, score in zip(standard.scored, scores, strict=True)}
        drawn.append(results_of(standard, found))
    opens_on, now = today() - timedelta(days=30), timezone.now()
    this_year = opens_on.year + 543
    for year in range(this_year - ROUNDS + 1, this_year + 1):
        say(f"Filling {year} ...")
        start = opens_on - timedelta(days=365 * (this_year - year))
        round_ = Round.objects.create(
            year=year, edition=edition, opens_on=start, closes_on=start + timedelta(days=90), opened_by=manager
        )
        past = year < this_year
        # A stand-in for a hash, of its length.
        submitted = {"submitted_at": now, "submitted_by": manager, "answers_hash": "0" * 64}
        Assessment.objects.bulk_create(
            (
                Assessment(
                    round=round_,
                    province=province,
                    closes_on=round_.closes_on,
                    answered=len(standard.indicators),
                    touched=True,
                    status=Status.PUBLISHED if past else Status.SUBMITTED,
                    reference=f"{year}-{province.pk}",
                    results=random.choice(drawn),
                    verified_results=random.choice(drawn) if past else {},
                    final_results=random.choice(drawn) if past else {},
                    **submitted,
                )
                for province in Province.objects.with_office()
            ),
            batch_size=1_000,
        )
        with connection.cursor() as cursor:
            cursor.execute(ANSWERS, [round_.pk, edition.pk])
    Assessment.objects.filter(round__year=this_year, province=chiang_mai).update(
        status=Status.DRAFT, submitted_at=None, submitted_by=None, answers_hash="", reference=""
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measured(name: str, act: Callable[[], Any], repetitions: int, target: str) -> Line:
    """`slower` is the yardstick around it, in milliseconds, of which `measure` makes a ratio."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def ask() -> None:
        response = act()
        assert response.status_code == 200, response.status_code

    timed(ask, WARM_UP)
    before = yardstick()
    found = timed(ask, repetitions)
    around = (before + yardstick()) / 2
    with CaptureQueriesContext(connection) as captured:
        ask()
    return Line(name, statistics.median(found), p95(found), target, 0.0, len(captured), around)


def measure(repetitions: int) -> None:
    from django.test import Client

    from assessments.models import Answer, Assessment, Round, User

    last = Round.objects.latest("year")
    centre, office = Client(), Client()
    centre.force_login(User.objects.get(email="manager@grown.example"))
    office.force_login(User.objects.get(email="editor@grown.example"))
    pages = {
        "the overview": (f"/country/{last.year}/", "300"),
        "  last year's, published": (f"/country/{last.year - 1}/", "300"),
        "  as change, of one indicator": (f"/country/{last.year}/?show=2.1&change=1", ""),
        "the matrix, 100 of the offices": (f"/country/{last.year}/matrix/", ""),
    }
    print(f"{Assessment.objects.count()} assessments, {Answer.objects.count()} answers\n\n{HEAD}", flush=True)
    lines = [measured(name, partial(centre.get, path), repetitions, target) for name, (path, target) in pages.items()]
    answer = Answer.objects.get(assessment__round=last, assessment__province__iso="TH-50", indicator__code="2.1")
    path = f"/assessments/{answer.assessment_id}/indicators/2.1/save/"
    version, count = answer.version, 1

    def save() -> Any:
        nonlocal version, count
        count = count % 900 + 1
        response = office.post(
            path, {"version": version, "count": count, "performance": "-"}, headers={"hx-request": "true"}
        )
        version += 1
        return response

    lines.append(measured("saving one answer", save, repetitions, ""))
    fastest = min(line.slower for line in lines)
    for line in lines:
        print(replace(line, slower=line.slower / fastest))
    print(f"\nThe yardstick took {fastest:.1f} ms at its fastest.")


def main(repetitions: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pmj_standards.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "postgresql":
        raise SystemExit("Name an empty PostgreSQL database: GROWN_DATABASE_URL=postgres://... script/bench grown")
    settings.ALLOWED_HOSTS = ["testserver"]
    grow()
    measure(repetitions)


if __name__ == "__main__":
    main(int(sys.argv[1]))
