"""manage.py check_editions: is every published edition of the standard still word for word what was published?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators import editions
from indicators.models import Edition


class Command(BaseCommand):
    help = "Compute the content hash of every published edition anew; exit status 1 when one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        published = Edition.objects.published().order_by("year")
        changed = [edition for edition in published if editions.hash_of(edition) != edition.content_hash]
        for edition in changed:
            self.stdout.write(f"changed: edition {edition.year}")
        if changed:
            raise CommandError(f"{len(changed)} published editions are not what was published.")
        years = ", ".join(str(edition.year) for edition in published) or "none"
        self.stdout.write(f"Every published edition is what was published (editions: {years}).")
