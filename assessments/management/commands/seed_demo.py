"""Fill an empty database with invented offices' figures, for trying the product."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.demo import ACCOUNTS
from assessments.demo.filling import NotPossible, seed
from assessments.models import User


class Command(BaseCommand):
    help = "Make demo accounts and three rounds of invented figures. Only with DEMO=1 or DEBUG=1, and only once."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("Demo data is made only with DEMO=1 or DEBUG=1, never in production.")
        if User.objects.filter(is_demo=True).exists():
            self.stdout.write("The demo data is here already; nothing was changed.")
            return
        try:
            rounds = seed(now=timezone.now(), password=settings.DEMO_PASSWORD)
        except NotPossible as reason:
            raise CommandError(str(reason)) from reason
        years = ", ".join(str(round_.year) for round_ in rounds)
        self.stdout.write(f"Demo data of the rounds {years} is made. Password of every demo account: ", ending="")
        self.stdout.write(settings.DEMO_PASSWORD)
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.email:<34} {account.full_name}")
