"""Compute the flags of a round's answers anew: why each is worth a reviewer's look."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Round
from assessments.services.flagging import flag_round


class Command(BaseCommand):
    help = "Compute the flags of all answers submitted in a round (a Buddhist fiscal year; without one, the latest)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", nargs="?", type=int)

    def handle(self, *args: Any, year: int | None = None, **options: Any) -> None:
        rounds = Round.objects.select_related("edition").order_by("-year")
        found = rounds.filter(year=year).first() if year else rounds.first()
        if found is None:
            raise CommandError(f"There is no round of {year}." if year else "There is no round.")
        began = time.perf_counter()
        number = flag_round(found)
        self.stdout.write(f"{number} flags of round {found.year} in {time.perf_counter() - began:.1f} seconds.")
