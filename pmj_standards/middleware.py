"""Small middleware of our own, one function each."""

import re
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from pmj_standards import lost

Handler = Callable[[HttpRequest], HttpResponse]

# A used session is written again after this many seconds, not at every request: saving an answer stays cheap.
SESSION_STEP = 300
# The parts of an address that say what was downloaded.
DOWNLOADED_BY = ("pk", "year", "code", "key", "name", "kind")


# Pages that are the same for everybody.
PUBLIC = re.compile(r"/results/([0-9]+/)?")


def public_pages(get_response: Handler) -> Handler:
    """A page for everybody sees no cookie and sets none: one copy of it serves all, from a proxy too. Stands before
    whatever reads a session."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not PUBLIC.fullmatch(request.path_info):
            return get_response(request)
        request.COOKIES.clear()
        response = get_response(request)
        response.cookies.clear()
        # That nobody is signed in was read from the session; here no cookie could change it.
        varies = [each.strip() for each in response.headers.get("Vary", "").split(",")]
        if kept := [each for each in varies if each and each.lower() != "cookie"]:
            response.headers["Vary"] = ", ".join(kept)
        else:
            del response.headers["Vary"]
        return response

    return handle


def language(get_response: Handler) -> Handler:
    """Thai unless the person chose English: what a browser prefers does not count in a Thai ministry's office."""

    def handle(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        code = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
            return response

    return handle


def htmx_login(get_response: Handler) -> Handler:
    """A htmx request of a person whose session ended gets 401 and stays where it is, instead of a sign-in page
    swapped into the form. The page keeps what was typed and offers to sign in. Without htmx a long form comes back as a
    page that holds what was typed."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        to_login = response.status_code == 302 and response.headers["Location"].startswith(reverse(settings.LOGIN_URL))
        if not to_login or request.user.is_authenticated:
            return response
        if getattr(request, "htmx", False):
            return HttpResponse(status=401, headers={"HX-Trigger": "signed-out"})
        return lost.not_saved(request, status=HTTPStatus.UNAUTHORIZED) if lost.holds_typed(request) else response

    return handle


def wrong_method(get_response: Handler) -> Handler:
    """A person who opens or reloads an address that only takes forms gets a page with the way back, still as a 405."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            response.status_code != HTTPStatus.METHOD_NOT_ALLOWED
            or request.method != "GET"
            or not request.accepts("text/html")
        ):
            return response
        page = lost.wrong_method(request)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return handle


def keep_session(get_response: Handler) -> Handler:
    """Use extends the session: eight hours from the last use, not from the sign-in."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get("used_at", 0) > SESSION_STEP and not _speaks_by_itself(request):
                request.session["used_at"] = now
        return get_response(request)

    return handle


def _speaks_by_itself(request: HttpRequest) -> bool:
    """A page that was left open says so every few seconds (`presence`): nobody uses it then."""
    try:
        return resolve(request.path).url_name == "presence"
    except Resolver404:
        return False


def second_factor(get_response: Handler) -> Handler:
    """Central and admin accounts set up a second factor before they see anything, when the setting says so."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        if settings.REQUIRE_SECOND_FACTOR and user.is_authenticated and user.is_central:
            open_paths = (reverse("mfa_index"), reverse("account_logout"), "/accounts/", "/static/", "/language")
            if not request.path.startswith(open_paths):
                from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415 - needs the app registry

                if not is_mfa_enabled(user):
                    return redirect("mfa_activate_totp")
        return get_response(request)

    return handle


def downloads(get_response: Handler) -> Handler:
    """Every file that a signed-in person is sent to keep stands in the audit trail; without its row it is not sent."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            request.user.is_authenticated
            and request.method != "HEAD"
            and response.status_code == HTTPStatus.OK
            and response.headers.get("Content-Disposition", "").startswith("attachment")
        ):
            from assessments.models.trail import Kind, record  # noqa: PLC0415 - needs the app registry

            route = request.resolver_match
            given = route.kwargs if route else {}
            named = {name: str(given[name]) for name in DOWNLOADED_BY if name in given}
            assessment = getattr(request, "assessment_pk", None)
            record(Kind.EXPORT, (route and route.url_name) or "", by=request.user, assessment=assessment, facts=named)
        return response

    return handle


def private_pages(get_response: Handler) -> Handler:
    """Pages of signed-in people are never kept by a browser or a proxy."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return handle
