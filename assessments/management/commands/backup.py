"""manage.py backup PLACE: database, evidence and what they belong to in one archive (`script/backup`)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as _

from pmj_standards.backup.passphrase import add_passphrase, passphrase_from
from pmj_standards.backup.refusing import BackupRefused, said
from pmj_standards.backup.taking import take


class Command(BaseCommand):
    help = "Write one archive of database and evidence and read it back; the product may be in use meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("place", type=Path, help="the archive, or a folder (then the file is named by the time)")
        add_passphrase(parser)

    def handle(self, *args: Any, place: Path, passphrase_file: Path | None, **options: Any) -> None:
        try:
            passphrase = passphrase_from(passphrase_file)
            taken = take(place, passphrase=passphrase)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            said(
                _("Backed up and read back: %(path)s (%(rows)s rows, %(files)s evidence files). SHA-256: %(sha256)s"),
                path=taken.path,
                rows=taken.rows,
                files=taken.files,
                sha256=taken.sha256,
            )
        )
        if passphrase is None:
            self.stdout.write(said(_("The archive is not encrypted: keep it where only you can read it.")))
        if taken.faults:
            words = said(
                _("%(count)s evidence files were missing or changed before the backup: %(names)s"),
                count=len(taken.faults),
                names=", ".join(taken.faults[:20]),
            )
            raise CommandError(words, returncode=3)
