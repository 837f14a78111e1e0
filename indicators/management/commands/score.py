"""`manage.py score [FILE]`: answers as JSON in, scores as JSON out."""

import json
import sys
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from indicators import editions
from indicators.checks import Checked
from indicators.inputs import InputRefused
from indicators.models import Edition
from indicators.scoring import Outcome, Scored, Total, evaluate
from indicators.thai import number


class Command(BaseCommand):
    help = (
        "Score answers to the standard. Reads JSON from FILE or standard input, prints JSON. "
        "Exit status 1 when an answer was refused, 2 when the input could not be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", metavar="FILE")
        parser.add_argument(
            "--edition",
            type=int,
            help="Buddhist year of the edition; if left out the one in force, else the newest draft",
        )
        parser.add_argument("--target", type=_target, help="the year's spending target for 1.31, in percent")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = read_answers(options["file"])
        edition = find_edition(options["edition"])
        standard = editions.standard_of(edition)
        items = [indicator.item for indicator in standard.indicators.values()]
        outcome = evaluate(items, answers, target=options["target"])
        printed = {"edition": str(edition.year), **as_json(outcome, list(answers))}
        text = json.dumps(printed, ensure_ascii=False, indent=2)
        # Half a surrogate pair in a refused code cannot be written; it must not cost the other answers.
        self.stdout.write(text.encode("utf-8", "replace").decode("utf-8"))
        if outcome.refused:
            sys.exit(1)


def _target(text: str) -> Decimal:
    """A percentage; ValueError makes the command line refuse it."""
    try:
        target = Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error
    if not target.is_finite() or not 0 <= target <= 100:
        raise ValueError(text)
    return target


def find_edition(year: int | None) -> Edition:
    """The edition of a year, or the one in force, else the newest draft; raises CommandError with status 2."""
    try:
        return Edition.objects.get(year=year) if year else editions.current_or_draft()
    except Edition.DoesNotExist:
        which = f"edition {year}" if year else "the standard"
        raise CommandError(f"{which} is not loaded: run manage.py load_standard", returncode=2) from None
    except DatabaseError as error:
        raise CommandError(f"the database is not ready ({error}): run manage.py migrate", returncode=2) from None


def read_answers(path: str) -> dict[str, Any]:
    """The answers of a file, or of standard input for "-"; raises CommandError with status 2."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        text = text.removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        _unreadable(f"cannot read {path}: {error}")
    try:
        answers = json.loads(
            text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_duplicates
        )
    except (ValueError, RecursionError) as error:
        _unreadable(f"broken JSON: {error}")
    if not isinstance(answers, dict):
        _unreadable('the answers must be one JSON object, such as {"2.1": {"count": 5}}')
    return answers


def _unreadable(why: str) -> NoReturn:
    raise CommandError(why.replace("\n", " "), returncode=2)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return found


def as_json(outcome: Outcome, order: list[str]) -> dict[str, Any]:
    """The outcome as printed: scores and means are texts of exact decimals."""
    return {
        "indicators": {code: _result(outcome.results[code]) for code in order},
        "dimensions": {
            str(dimension): {
                **_total(total),
                "areas": {
                    str(area): _total(area_total) for (of, area), area_total in outcome.areas.items() if of == dimension
                },
            }
            for dimension, total in outcome.dimensions.items()
        },
        "overall": _total(outcome.overall),
    }


def _result(result: Scored | Checked | InputRefused) -> dict[str, Any]:
    match result:
        case InputRefused():
            return {"error": result.message()}
        case Scored():
            if result.score is None:
                return {"score": None, "pending": result.pending}
            return {"score": number(result.score), "band": result.band, "explanation": result.explanation}
        case Checked():
            found: dict[str, Any] = {
                "met": result.met,
                "shortfall": None if result.shortfall is None else _plain(result.shortfall),
                "explanation": result.explanation,
            }
            if result.position:
                found["position"] = result.position
            if result.pending:
                found["pending"] = result.pending
            return found


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _total(total: Total) -> dict[str, Any]:
    return {
        "sum": _plain(total.sum),
        "count": total.count,
        "mean": None if total.mean is None else str(total.mean),
        "low": str(total.low),
        "high": str(total.high),
        "level": total.level.code if total.level else None,
    }
