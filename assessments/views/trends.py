"""The country over the years: means by part, region and province, and whose level changed and why."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_right
from assessments.forms.trends import TrendsForm, ValueForm
from assessments.queries import national, trends
from assessments.queries.country import VALUES, node_of
from assessments.views.serving import PREVIEW_POLICY
from assessments.workflow import Right, Role


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_trends(request: AppRequest) -> HttpResponse:
    """Line chart, tables of every part, and level changes, of the offices and the part that the address names."""
    rounds = national.rounds()
    if not rounds:
        return render(request, "national/no_round.html")
    form, context = _read(request)
    history = form.history
    provinces = trends.chosen_provinces(history, **form.place_kind)
    context |= {
        "rounds": rounds,
        "round": history.latest,
        "values": VALUES,
        "parts": trends.part_rows(history, form.part, provinces, also_own=form.also_own),
        "changes": trends.changes_of(history, form.part, form.changes_year, provinces),
        "pks": {province: pk for (year, province), pk in history.pks.items() if year == form.changes_year},
    }
    return render(request, "trends/trends.html", context)


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_trends_chart(request: AppRequest) -> HttpResponse:
    """The same chart as a picture for slides (SVG); 404 where there is nothing to draw."""
    if not national.rounds():
        raise Http404
    form, context = _read(request)
    if context["chart"] is None:
        raise Http404
    response = render(request, "trends/chart.svg", context, content_type="image/svg+xml")
    name = f"trend-{form.part}.svg"
    # The picture carries its own styles; it may run and fetch nothing.
    response["Content-Security-Policy"] = PREVIEW_POLICY
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _read(request: AppRequest) -> tuple[TrendsForm, dict[str, Any]]:
    """The form, and what the page and the picture share. There is at least one round."""
    value = ValueForm(request.GET).chosen_value
    history = trends.history_of(national.rounds(), request.user, value)
    form = TrendsForm(request.GET, history=history, years=trends.years_with_figures(history))
    found = trends.trends_of(history, form.part, **form.place_kind, also_own=form.also_own)
    whole = _("All your provinces") if request.user.role == Role.SUPPORTER else _("The whole country")
    context = {
        "form": form,
        "history": history,
        "value": value,
        "show": form.part,
        "node": node_of(history.standard, form.part),
        "trends": found,
        "whole": whole,
        "chart": trends.drawing_of(found, whole),
        "editions": trends.edition_notes(history, form.part),
    }
    return form, context
