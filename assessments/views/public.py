"""The published levels of a year for everybody, and the manager's switch for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from assessments.access import AppRequest, for_anyone, for_right
from assessments.forms.public import PublicForm, PublicPageForm
from assessments.queries import public, rounds
from assessments.services import Refused
from assessments.services.showing import hide_results, show_results
from assessments.views.rounds import page_of
from assessments.workflow import Right

# As long as the round's page tells a manager that a copy may live after the page is switched off.
KEPT = "public, max-age=300"


@conditional_page
@require_safe
@for_anyone
def public_results(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Levels by province, of the newest public year or of the one named; the language stands in the address."""
    form = PublicForm(request.GET)
    with translation.override(form.language):
        found = public.results_of(year, form.part)
        template = "public/results.html" if found else "public/none.html"
        response = render(request, template, {"results": found}, status=200 if found else 404)
    response.headers["Content-Language"] = form.language
    response.headers["Cache-Control"] = KEPT if found else "no-store"
    return response


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def round_public(request: AppRequest, pk: int) -> HttpResponse:
    """Switch the public page of a round on, which is confirmed."""
    round_ = rounds.round_or_404(pk)
    form = PublicPageForm(request.POST)
    if form.is_valid():
        try:
            show_results(round_=round_, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The public page is switched on. You can switch it off again at any time."))
            return redirect("round_detail", pk=round_.pk)
    return page_of(request, round_, public_page=form, status=422)


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def round_public_off(request: AppRequest, pk: int) -> HttpResponse:
    """Switch it off again. A second click is told that it is off."""
    round_ = rounds.round_or_404(pk)
    try:
        hide_results(round_=round_, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The public page is switched off."))
    return redirect("round_detail", pk=round_.pk)
