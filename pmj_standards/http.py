"""What every page and every refusal shares."""

from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from assessments import access
from assessments.access import Refusal
from assessments.models import User
from assessments.workflow import Right
from pmj_standards import lost
from pmj_standards.middleware import SESSION_STEP


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page may show: language, the person's rights and duty of a second factor, whether this is the demo."""
    user = getattr(request, "user", None)
    person = cast("User", user) if user and user.is_authenticated else None
    return {
        "language": get_language(),
        "other_language": "en" if get_language() == "th" else "th",
        "demo": settings.DEMO,
        # What is surely left after a use: the session is written again after a step, not at each use.
        "session_seconds": settings.SESSION_COOKIE_AGE - SESSION_STEP,
        "needs_factor": bool(settings.REQUIRE_SECOND_FACTOR and person and person.is_central),
        "rights": {right.value for right in Right if person and access.has(person, right)},
    }


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the reason, as a page or, for htmx, as a sentence that replaces nothing that was typed."""
    reason = exception.reason if isinstance(exception, Refusal) else ""
    template = "frame/_refused.html" if getattr(request, "htmx", False) else "403.html"
    return render(request, template, {"reason": reason}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token died (signed in again elsewhere, session ended): nothing typed is lost, reload and save."""
    if not request.headers.get("HX-Request") and lost.holds_typed(request) and lost.from_here(request):
        return lost.not_saved(request, status=HTTPStatus.FORBIDDEN)
    template = "frame/_refused.html" if request.headers.get("HX-Request") else "403_csrf.html"
    return render(request, template, {"reason": "", "csrf": True}, status=403)
