"""manage.py check_evidence: is every kept file still there, and still what was attached?"""

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.core.files.storage import Storage
from django.core.management.base import BaseCommand

from assessments.models import Attachment, Evidence


class Command(BaseCommand):
    help = "Compare the kept files with their rows and hashes. Exit status 1 when something is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        storage: Storage = Evidence._meta.get_field("file").storage
        # The files first: one that arrives meanwhile has its row by the time the rows are read.
        orphans = set(_stored(storage))
        faults, checked = [], 0
        evidence = Evidence.objects.filter(kind=Evidence.Kind.FILE).order_by("pk")
        attached = Attachment.objects.order_by("pk")
        rows: Iterator[Evidence | Attachment] = chain(evidence.iterator(), attached.iterator())
        for row in rows:
            checked += 1
            orphans.discard(row.file.name)
            fault = _fault(storage, row)
            if fault:
                faults.append(f"{fault}: {row.file.name} ({row.name})")
        faults += [f"without a row: {name}" for name in sorted(orphans)]
        for fault in faults:
            self.stdout.write(fault)
        self.stdout.write(f"{checked} files checked, {len(faults)} faults")
        if faults:
            raise SystemExit(1)


def _stored(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _stored(storage, f"{folder}/{name}" if folder else name)


def _fault(storage: Storage, row: Evidence | Attachment) -> str:
    digest = hashlib.sha256()
    try:
        with storage.open(str(row.file.name)) as file:
            for piece in file.chunks():
                digest.update(piece)
    except FileNotFoundError:
        return "missing"
    return "" if digest.hexdigest() == row.sha256 else "changed"
