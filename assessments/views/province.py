"""One office in context: its years, its region and the country beside it, its plan and its findings."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_province
from assessments.forms.trends import ValueForm
from assessments.models import Province
from assessments.queries import country as queries
from assessments.queries import national
from assessments.queries.province import profile_of
from assessments.views.country import round_of


@require_safe
@for_province
def country_province(request: AppRequest, province: Province, year: int | None = None) -> HttpResponse:
    """The profile of a province in a round, of the one that opened last unless the address says which; two printed
    pages."""
    rounds = national.rounds()
    if not rounds:
        return render(request, "national/no_round.html")
    round_ = round_of(rounds, year)
    form = ValueForm(request.GET)
    value = form.named_value or queries.default_value(round_)
    profile = profile_of(province, rounds, round_, request.user, value)
    context = {"profile": profile, "round": round_, "rounds": rounds, "value": value, "values": queries.VALUES}
    return render(request, "province/profile.html", context)
