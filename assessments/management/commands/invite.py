"""The first account of a new installation: nobody is there yet who could invite on a page."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.services import Refused
from assessments.services.people import invite
from assessments.workflow import CENTRAL_ROLES, Role


class Command(BaseCommand):
    help = "Invite a person of the central division and print the one-time link by which they set a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("full_name")
        parser.add_argument("--role", choices=sorted(CENTRAL_ROLES), default=Role.ADMIN.value)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            invited = invite(
                email=options["email"], full_name=options["full_name"], role=Role(options["role"]), by=None
            )
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(invited.link)
