"""The kept totals get, beside them, one sign for each scored indicator: the national pages read nothing else."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import migrations

OPEN = "-"
STEP = Decimal("2.5")
KEPT = ("results", "verified_results", "final_results")


def signs(places: list[int], scores: dict[int, Decimal | None]) -> str:
    found = (scores.get(place) for place in places)
    return "".join(OPEN if score is None else str(int(score / STEP)) for score in found)


def scores_of(apps: Any, assessments: Iterable[int]) -> dict[str, dict[int, dict[int, Decimal | None]]]:
    """By what is kept, by assessment, by indicator: claimed, verified by a verdict on the answer as it is, final."""
    answers = apps.get_model("assessments", "Answer").objects.filter(
        assessment__in=assessments, indicator__standard__area__dimension__scored=True
    )
    columns = ("assessment_id", "indicator_id", "version", "score", "review__outcome", "review__judged_version")
    found: dict[str, dict[int, dict[int, Decimal | None]]] = {kept: defaultdict(dict) for kept in KEPT}
    rows = answers.values_list(*columns, "review__score", "review__final_score")
    for assessment, indicator, version, score, outcome, judged, verified, final in rows:
        found["results"][assessment][indicator] = score
        if outcome in ("agree", "row") and judged == version:
            found["verified_results"][assessment][indicator] = verified
        found["final_results"][assessment][indicator] = final
    return found


def fill(apps: Any, schema_editor: Any) -> None:
    indicators = apps.get_model("indicators", "Indicator")
    assessments = apps.get_model("assessments", "Assessment")
    for round_ in apps.get_model("assessments", "Round").objects.order_by("pk"):
        scored = indicators.objects.filter(edition=round_.edition_id, standard__area__dimension__scored=True)
        places = list(scored.order_by("standard__area__dimension__number", "number").values_list("pk", flat=True))
        rows = list(assessments.objects.filter(round=round_))
        scores = scores_of(apps, [row.pk for row in rows])
        for row in rows:
            for kept in KEPT:
                results = getattr(row, kept)
                if results:
                    setattr(row, kept, {**results, "scores": signs(places, scores[kept][row.pk])})
        assessments.objects.bulk_update(rows, KEPT, batch_size=50)


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0015_prices_of_what_offices_lack"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
