"""manage.py check_record: editions, evidence, scores and the audit trail, one check after the other."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

CHECKS = ("editions", "evidence", "scores", "audit")


class Command(BaseCommand):
    help = "Run every check of what is kept; exit status 1 when any finds a fault."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        for check in CHECKS:
            try:
                call_command(f"check_{check}", stdout=self.stdout, stderr=self.stderr)
            except (CommandError, SystemExit) as fault:
                if isinstance(fault, CommandError):
                    self.stdout.write(str(fault))
                failed.append(check)
        if failed:
            raise CommandError(f"Faults found in: {', '.join(failed)}.")
