"""Taking a backup: first the database, then the files it knows, then everything is read back."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.utils.translation import gettext_lazy as _

from pmj_standards.backup import packing, records
from pmj_standards.backup.refusing import BackupRefused, unless_full


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was written and read back. `sha256` is the archive's own; `faults` names the evidence files that
    were missing or changed already."""

    path: Path
    files: int
    rows: int
    sha256: str
    faults: list[str]


def take(path: Path, *, passphrase: bytes | None) -> Taken:
    """Write a backup to `path` (a folder gets a file named by the time); raises BackupRefused and leaves nothing."""
    if path.is_dir():
        path /= f"pmj-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{'sealed' if passphrase else 'tar.gz'}"
    if path.exists():
        raise BackupRefused(_("There is a file of this name already: %(path)s. A backup replaces none."), path=path)
    if not path.parent.is_dir():
        raise BackupRefused(_("There is no folder %(path)s to write the backup into."), path=path.parent)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="backup-") as folder, unless_full():
        moment = records.snapshot(Path(folder))
        about = _about(moment)
        try:
            packing.pack(part, _members(moment, about), passphrase=passphrase)
            content = packing.unpack(part, passphrase=passphrase)
            if content.about != about:
                raise BackupRefused(_("What was written does not read back as it was. Check the disk."))
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    rows = sum(moment.facts["counts"].values())
    return Taken(path, about["files"], rows, digest, content.faults(moment.files))


def _about(moment: records.Snapshot) -> dict[str, Any]:
    return {
        "format": packing.FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": connection.vendor,
        "files": len(moment.files),
        **moment.facts,
    }


def _members(moment: records.Snapshot, about: dict[str, Any]) -> Iterator[packing.Member]:
    yield packing.words(packing.ABOUT, about)
    database = records.MEMBERS[connection.vendor]
    yield packing.Member(database, moment.path.stat().st_size, lambda: moment.path.open("rb"))
    storage = storages["default"]
    for name, _size, _digest in moment.files:
        # A file that is missing stops no backup of all the others; the caller names it.
        if storage.exists(name):
            yield packing.Member(f"evidence/{name}", storage.size(name), partial(storage.open, name, "rb"))
