"""Where the passphrase comes from: a file, never the command line, which every process list shows."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext_lazy as _

from pmj_standards.backup.refusing import BackupRefused
from pmj_standards.backup.sealing import passphrase_of


def add_passphrase(parser: CommandParser) -> None:
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        help="encrypt with the passphrase in this file (or BACKUP_PASSPHRASE_FILE); without one it is not encrypted",
    )


def passphrase_from(file: Path | None) -> bytes | None:
    """The passphrase of the file that is named, else of the one in the settings; None without any."""
    named = file or (Path(settings.BACKUP_PASSPHRASE_FILE) if settings.BACKUP_PASSPHRASE_FILE else None)
    if named is None:
        return None
    try:
        return passphrase_of(named.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        # Without the word itself: somebody may have typed the passphrase there.
        raise BackupRefused(
            _("The file with the passphrase cannot be read. Name an existing file: --passphrase-file FILE.")
        ) from None
