"""manage.py restore ARCHIVE: puts a backup into an empty place and proves it (`script/restore`)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as _

from pmj_standards.backup.passphrase import add_passphrase, passphrase_from
from pmj_standards.backup.refusing import BackupRefused, said
from pmj_standards.backup.restoring import restore


class Command(BaseCommand):
    help = "Unpack a backup, compare and prove it, then put it in its place. A refusal changes nothing."
    # It may find no tables at all.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="put the data that is there aside (it is kept); stop the product first",
        )
        add_passphrase(parser)

    def handle(self, *args: Any, archive: Path, passphrase_file: Path | None, replace: bool, **options: Any) -> None:
        try:
            passphrase = passphrase_from(passphrase_file)
            restored = restore(archive, passphrase=passphrase, replace=replace, say=self._say)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from None
        about = restored.about
        self.stdout.write(
            said(
                _("Restored the backup of %(made_at)s: %(rows)s rows, %(files)s evidence files, equal to the archive."),
                made_at=about["made_at"],
                rows=sum(about["counts"].values()),
                files=about["files"],
            )
        )
        if restored.aside:
            self.stdout.write(said(_("What was here before is kept in %(aside)s."), aside=restored.aside))
        if restored.faults:
            self.stdout.write(restored.faults)
            words = said(_("The checks found faults that were there when it was backed up; they are listed above."))
            raise CommandError(words, returncode=3)
        self.stdout.write(said(_("All checks of the record passed.")))

    def _say(self, step: str) -> None:
        self.stdout.write(f"... {step}")
        self.stdout.flush()
