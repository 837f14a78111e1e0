"""manage.py check_audit: is the audit trail whole, and are the histories still what it says?"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.queries.trail import proof

SHOWN = 50


class Command(BaseCommand):
    help = "Walk the chains of the audit trail; exit status 1 when a row was deleted, changed, put in or moved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--keep", type=Path, help="write the last row of each chain to this file, to keep elsewhere"
        )
        parser.add_argument("--against", type=Path, help="compare with such a file of an earlier day")

    def handle(self, *args: Any, keep: Path | None, against: Path | None, **options: Any) -> None:
        found = proof(_read(against) if against else None)
        for fault in found.faults[:SHOWN]:
            self.stdout.write(fault)
        if found.faults:
            raise CommandError(f"{len(found.faults)} faults in the audit trail ({found.rows} rows).")
        if keep:
            keep.write_text(json.dumps(found.heads, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        self.stdout.write(f"The audit trail is whole ({found.rows} rows in {len(found.heads)} chains).")


def _read(path: Path) -> dict[str, tuple[int, str]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {stream: (int(number), str(digest)) for stream, (number, digest) in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        raise CommandError(f"{path} is no file that --keep has written.") from None
