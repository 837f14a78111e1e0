"""The daily mail with what is new. To be run once a day (README, "Operations")."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.services import notices


class Command(BaseCommand):
    help = "Mail everybody who wants it what is new, at most once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = notices.send_digests()
        self.stdout.write(f"{sent.mails} mails sent")
        if not sent.is_whole:
            raise CommandError(
                "The mail server does not answer; the log says why. The rest goes out with the next run."
            )
        if sent.failures:
            raise CommandError(f"{sent.failures} mails failed; the log says why. They go out with the next run.")
