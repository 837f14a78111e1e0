"""A place of its own for drills with whole processes: `python -m tests.drill fill`, `... write SECONDS`.

fill   opens the round of 2569 with an editor in Chiang Mai, answers all indicators there and attaches evidence
write  saves answers one after the other and prints each that was acknowledged: code, version
"""

import os
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any


def fill() -> None:
    from assessments.models import Assessment, Province, Round, User
    from assessments.workflow import Role
    from indicators import editions
    from indicators.models import Edition
    from tests.answers import answer_all
    from tests.conftest import open_2569
    from tests.evidence import added
    from tests.uploads import pdf

    manager = User.objects.create_user("manager@central.example", "x" * 12, full_name="manager", role=Role.MANAGER)
    home = Province.objects.get(iso="TH-50")
    editor = User.objects.create_user(
        "editor@chiangmai.example", "x" * 12, full_name="editor", role=Role.OFFICE_EDITOR, province=home
    )
    open_2569(Edition.objects.get(year=2563), manager)
    Round.objects.update(opens_on="2020-01-01", budget_target=Decimal(93))
    Assessment.objects.update(closes_on="2099-09-30")
    assessment = Assessment.objects.whole().get(province=home)
    answer_all(assessment, editor)
    for number, code in enumerate(("2.1", "2.2", "3.1")):
        added(assessment, editor, code, f"รายงาน {number}.pdf", pdf() + b"\n%" + bytes([48 + number]))
    assert editions.published_years() == [2563]


def write(seconds: str) -> None:
    from assessments import services
    from assessments.models import Answer, Assessment, User
    from indicators import editions

    assessment = Assessment.objects.whole().get(province__iso="TH-50")
    editor = User.objects.get(email="editor@chiangmai.example")
    nodes = list(editions.standard_of(assessment.round.edition).indicators.values())
    end = time.monotonic() + float(seconds)
    number = 0
    while time.monotonic() < end:
        node = nodes[number % len(nodes)]
        answer = Answer.objects.get(assessment=assessment, indicator_id=node.pk)
        entry = services.Entry(inputs=node.rule.read(answer.inputs or {}), problems=f"ครั้งที่ {number}")
        saved = services.save_answer(
            assessment=assessment, indicator=node, by=editor, version=answer.version, entry=entry
        )
        print(node.pk, saved.answer.version, flush=True)
        number += 1


ACTS: dict[str, Callable[..., Any]] = {"fill": fill, "write": write}


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a process needs to use `folder` as its place, as in production but on this machine."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DEBUG")}
    return {
        **kept,
        "DATA_DIR": str(folder),
        "DEMO": "1",
        "BASE_URL": "http://127.0.0.1",
        "SECRET_KEY": "k" * 60,
        "DJANGO_SETTINGS_MODULE": "pmj_standards.settings",
        **more,
    }


if __name__ == "__main__":
    import django

    django.setup()
    ACTS[sys.argv[1]](*sys.argv[2:])
