"""The handbook in the product: browse dimension > area > standard > indicator, search, how scores are made.

For every signed-in person; reads only. A page of an edition that is not published does not exist.
"""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators import editions
from indicators.editions import EditionNode
from indicators.forms import SearchForm
from indicators.models import Edition
from indicators.scoring import SCORE_LABELS, level_rows
from indicators.search import search
from pmj_standards.access import for_everyone


def _edition(year: int) -> EditionNode:
    """The published edition of a year; raises Http404."""
    try:
        return editions.standard_of(editions.published(year))
    except Edition.DoesNotExist:
        raise Http404 from None


def _in_force(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the edition in force; without one the page says that nothing is published yet."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        try:
            edition = editions.current()
        except Edition.DoesNotExist:
            return render(request, "handbook/unpublished.html", status=404)
        return view(request, editions.standard_of(edition))

    return wrapped


@require_safe
@for_everyone
@_in_force
def handbook(request: HttpRequest, edition: EditionNode) -> HttpResponse:
    """The whole edition in force: its four dimensions with their areas."""
    return _whole(request, edition)


@require_safe
@for_everyone
def handbook_edition(request: HttpRequest, year: int) -> HttpResponse:
    """The whole edition of a year."""
    return _whole(request, _edition(year))


def _whole(request: HttpRequest, edition: EditionNode) -> HttpResponse:
    context = {"edition": edition, "years": editions.published_years(), "search_form": SearchForm()}
    return render(request, "handbook/handbook.html", context)


@require_safe
@for_everyone
def handbook_dimension(request: HttpRequest, year: int, number: int) -> HttpResponse:
    edition = _edition(year)
    dimension = next((found for found in edition.dimensions if found.number == number), None)
    if dimension is None:
        raise Http404
    return render(request, "handbook/dimension.html", {"edition": edition, "dimension": dimension})


@require_safe
@for_everyone
def handbook_area(request: HttpRequest, year: int, area_code: str) -> HttpResponse:
    edition = _edition(year)
    if area_code not in edition.areas:
        raise Http404
    area = edition.areas[area_code]
    before, after = edition.areas_beside(area_code)
    context = {
        "edition": edition,
        "dimension": edition.dimension(area.dimension),
        "area": area,
        "before": before,
        "after": after,
    }
    return render(request, "handbook/area.html", context)


@require_safe
@for_everyone
def handbook_indicator(request: HttpRequest, year: int, code: str) -> HttpResponse:
    edition = _edition(year)
    if code not in edition.indicators:
        raise Http404
    indicator = edition.indicators[code]
    before, after = edition.neighbours(code)
    context = {
        "edition": edition,
        "dimension": edition.dimension(indicator.dimension),
        "area": edition.areas[indicator.area_code],
        "indicator": indicator,
        "before": before,
        "after": after,
    }
    return render(request, "handbook/indicator.html", context)


@require_safe
@for_everyone
@_in_force
def handbook_scoring(request: HttpRequest, edition: EditionNode) -> HttpResponse:
    """How scores, means and levels are made, with the handbook's own worked examples."""
    context = {"edition": edition, "scores": SCORE_LABELS, "levels": level_rows()}
    return render(request, "handbook/scoring.html", context)


@require_safe
@for_everyone
@_in_force
def handbook_search(request: HttpRequest, edition: EditionNode) -> HttpResponse:
    """Indicators and areas that hold the searched words; without a word only the form and advice."""
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    context = {"edition": edition, "search_form": form, "query": query, "found": search(edition, query)}
    return render(request, "handbook/search.html", context)
