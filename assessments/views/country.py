"""The country at a glance: the overview of a round, and the matrix of its offices and indicators."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_right
from assessments.forms.country import CountryForm, MatrixForm
from assessments.models import Round
from assessments.queries import country as queries
from assessments.queries import matrix, national, overview
from assessments.workflow import Right
from indicators import editions


@require_safe
@for_right(Right.SEE_COUNTRY)
def country(request: AppRequest, year: int | None = None) -> HttpResponse:
    """The overview of a round; of the one that opened last, unless the address says which."""
    rounds = national.rounds()
    if not rounds:
        return render(request, "national/no_round.html")
    round_ = round_of(rounds, year)
    form = CountryForm(request.GET, standard=editions.standard_of(round_.edition))
    value = form.chosen_value or queries.default_value(round_)
    read = queries.read(round_, request.user, value)
    before = queries.before(read, rounds)
    regions = national.regions()
    shown = overview.overview_of(read, before, regions, show=form.part, change=form.wants_change)
    context = {"overview": shown, "round": round_, "rounds": rounds, "form": form, "value": value}
    return render(request, "country/overview.html", {**context, "values": queries.VALUES, "show": form.part})


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_matrix(request: AppRequest, year: int) -> HttpResponse:
    """Every office by every scored indicator."""
    rounds = national.rounds()
    round_ = round_of(rounds, year)
    regions = [(region.code, region.name) for region in national.regions()]
    form = MatrixForm(request.GET, standard=editions.standard_of(round_.edition), regions=regions)
    value = form.chosen_value or queries.default_value(round_)
    read = queries.read(round_, request.user, value)
    found = matrix.matrix_of(read, region=form.chosen_region, order=form.order, page=form.chosen_page)
    context = {"matrix": found, "round": round_, "rounds": rounds, "form": form, "value": value}
    context |= {"values": queries.VALUES, "regions": regions, "region": form.chosen_region}
    return render(request, "country/matrix.html", context)


def round_of(rounds: list[Round], year: int | None) -> Round:
    """The round of a year, or the one that opened last; 404 where there is none of that year."""
    if year is None:
        return national.opened_last(rounds)
    found = [each for each in rounds if each.year == year]
    if not found:
        raise Http404
    return found[0]
