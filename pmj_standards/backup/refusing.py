"""Why a backup is not made or not restored, in Thai and in English: whoever restores may be at another's machine."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("th", "en")


class BackupRefused(Exception):
    """Nothing was written, and nothing of what was there is changed. `message` may hold %(name)s of `values`."""

    def __init__(self, message: str | Promise, **values: Any) -> None:
        self.message, self.values = message, values
        super().__init__(message)

    def __str__(self) -> str:
        return said(self.message, **self.values)


def said(message: str | Promise, **values: Any) -> str:
    """A sentence in both languages, a line each."""
    lines = []
    for code in LANGUAGES:
        with translation.override(code):
            lines.append(str(message) % values if values else str(message))
    return "\n".join(lines)


@contextmanager
def unless_full() -> Iterator[None]:
    """A disk that is full is said in words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space() from None
        raise


def no_space() -> BackupRefused:
    return BackupRefused(_("The disk is full. Make room, then start again; nothing was changed."))
