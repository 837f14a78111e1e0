"""Sharing out the review among the reviewers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_right
from assessments.forms.shares import SharesForm, SpreadForm
from assessments.models import Round
from assessments.queries import review
from assessments.queries.shares import Shares, shares_of
from assessments.services.sharing import PARTS, share, spread
from assessments.workflow import Right


def _place(year: int, part: str) -> tuple[Round, Shares]:
    """The table of a round; 404 for a year without one."""
    found = [each for each in review.rounds_to_review() if each.year == year]
    if not found:
        raise Http404
    return found[0], shares_of(found[0], part if part in PARTS else "office")


def _page(
    request: AppRequest, round_: Round, shares: Shares, *, refused: Any = None, status: int = 200, **forms: Any
) -> HttpResponse:
    context = {
        "round": round_,
        "shares": shares,
        "form": refused,
        "table": SharesForm(shares=shares),
        "spread": SpreadForm(people=shares.reviewers),
        **forms,
    }
    return render(request, "shares/shares.html", context, status=status)


@require_safe
@for_right(Right.MANAGE_ROUNDS)
def review_shares(request: AppRequest, year: int) -> HttpResponse:
    """Who reads which office, area or indicator: one table of each."""
    return _page(request, *_place(year, request.GET.get("by", "")))


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def shares_save(request: AppRequest, year: int, part: str) -> HttpResponse:
    """Save a whole table at once; only what was changed on the page is written."""
    round_, shares = _place(year, part)
    form = SharesForm(request.POST, shares=shares)
    if form.is_valid():
        try:
            number = share(round_=round_, by=request.user, part=shares.part, wanted=form.wanted)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return _done(request, year, shares.part, number)
    return _page(request, round_, shares, refused=form, table=form, status=422)


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def shares_spread(request: AppRequest, year: int, part: str) -> HttpResponse:
    """Spread what nobody reads evenly among the ticked reviewers."""
    round_, shares = _place(year, part)
    form = SpreadForm(request.POST, people=shares.reviewers)
    if form.is_valid():
        keys = [row.pk for row in shares.rows]
        try:
            number = spread(round_=round_, by=request.user, part=shares.part, keys=keys, reviewers=form.chosen)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return _done(request, year, shares.part, number)
    return _page(request, round_, shares, refused=form, spread=form, status=422)


def _done(request: AppRequest, year: int, part: str, number: int) -> HttpResponse:
    if number:
        text = ngettext("%(number)d line changed.", "%(number)d lines changed.", number)
        messages.success(request, text % {"number": number})
    else:
        messages.info(request, _("Nothing changed."))
    return redirect(f"{reverse('review_shares', args=[year])}?by={part}")
