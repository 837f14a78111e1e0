"""Whether this machine can make PDF files. Looks for the libraries itself: importing WeasyPrint costs half a second
and raises where Pango is missing, so the web process never does."""

import ctypes
from functools import lru_cache
from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
PACKAGES = "libpangoft2-1.0-0 libharfbuzz-subset0 libthai0 libthai-data"


@lru_cache(maxsize=1)
def pdf_problem() -> str | Promise:
    """Why no PDF can be made here; empty when it can."""
    for name in LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            return _("This server lacks the text-setting library Pango, so it cannot make PDF files.")
    if not thai_words():
        return _("This server lacks the Thai dictionary (libthai), so a PDF would break lines inside words.")
    return ""


def thai_words() -> bool:
    """Whether libthai finds its dictionary. Without it lines break anywhere, and nothing says so."""
    try:
        library = ctypes.CDLL("libthai.so.0")
        library.th_brk_new.restype = ctypes.c_void_p
        library.th_brk_new.argtypes = [ctypes.c_char_p]
        library.th_brk_delete.argtypes = [ctypes.c_void_p]
        breaker = library.th_brk_new(None)
    except (OSError, AttributeError):
        return False
    if not breaker:
        return False
    library.th_brk_delete(breaker)
    return True


@register()
def pdf_can_be_made(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    problem = pdf_problem()
    if not problem:
        return []
    hint = f"apt-get install {PACKAGES}"
    return [Warning(f"The form is offered as a page and as Excel only: {problem}", hint=hint, id="pmj.W001")]
