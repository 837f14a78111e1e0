"""`manage.py load_standard`: the edition's fixtures by loaddata, checked and published. Safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from indicators import editions
from indicators.models import Edition

YEAR = 2563


class Command(BaseCommand):
    help = f"Load the standard of B.E. {YEAR} from its fixtures and publish it, unless it is published already."

    def handle(self, *args: Any, **options: Any) -> None:
        if Edition.objects.published().filter(year=YEAR).exists():
            self.stdout.write(f"The standard of B.E. {YEAR} is published already; nothing to do.")
            return
        parts = sorted(path.name for path in (settings.BASE_DIR / "fixtures").glob(f"edition_{YEAR}*.yaml"))
        with transaction.atomic():
            call_command("loaddata", *parts, verbosity=options["verbosity"])
            try:
                edition = editions.publish(Edition.objects.get(year=YEAR))
            except editions.EditionFaults as found:
                raise CommandError("The standard is not published:\n" + "\n".join(found.faults)) from None
        self.stdout.write(f"The standard of B.E. {YEAR} is published, content hash {edition.content_hash}.")
