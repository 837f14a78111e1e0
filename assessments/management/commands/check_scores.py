"""Prove that every stored score and total is what the rules say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.models import Round
from assessments.queries.stored_scores import differences


class Command(BaseCommand):
    help = "Compute every stored score and total anew and list the differences; exit status 1 when there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", type=int, dest="year", help="only this fiscal year (B.E.)")

    def handle(self, *args: Any, year: int | None, **options: Any) -> None:
        rounds = Round.objects.all() if year is None else Round.objects.filter(year=year)
        if year is not None and not rounds:
            raise CommandError(f"There is no round of fiscal year {year}.")
        found = 0
        for difference in differences(year=year):
            found += 1
            self.stdout.write(str(difference))
        if found:
            raise CommandError(f"{found} stored values are not what the rules say.")
        years = ", ".join(str(round_.year) for round_ in rounds) or "none"
        self.stdout.write(f"Every stored score and total is what the rules say (rounds: {years}).")
