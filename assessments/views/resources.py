"""What the offices lack by dimension 1, item by item, with unit prices: the ministry's budget request."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments import services
from assessments.access import AppRequest, for_right
from assessments.exports import resources_workbook
from assessments.forms.prices import PricesForm
from assessments.models import Round
from assessments.queries import resources
from assessments.queries.resources_map import map_of
from assessments.queries.rounds import round_of_year
from assessments.resources import INSURANCE, THING, Item
from assessments.services.prices import set_prices
from assessments.views.workbooks import XLSX
from assessments.workflow import Right


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_resources(request: AppRequest, year: int) -> HttpResponse:
    """Every item: how many offices lack it, by how much, by region, and what it would cost."""
    found = resources.resources_of(round_of_year(year), request.user)
    context = {
        "round": found.round,
        "years": [each.year for each in resources.rounds()],
        "resources": found,
        "rows": resources.rows_of(found),
        "regions": resources.region_costs(found),
    }
    return render(request, "resources/resources.html", context)


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_resource(request: AppRequest, year: int, code: str) -> HttpResponse:
    """The offices behind the figures of one item."""
    round_ = round_of_year(year)
    item = resources.item_of(round_, code, request.GET.get("item") or THING)
    if item is None:
        raise Http404
    shown = request.GET.get("show", "")
    region = request.GET.get("region", "")
    found = resources.resources_of(round_, request.user)
    shown = shown if shown in resources.SHOWN else "lacking"
    context = {
        "round": round_,
        "resources": found,
        "item": item,
        "is_insurance": item.item == INSURANCE,
        "line": next(line for line in found.shortage.lines if line.item == item),
        "node": found.nodes[item.code],
        "map": map_of(found, item) if found.offices else None,
        "shown": shown,
        "region": next((each for each in found.regions if each.code == region), None),
        "places": resources.places_of(found, item, region=region, shown=shown),
    }
    return render(request, "resources/item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.MANAGE_ROUNDS)
def country_prices(request: AppRequest, year: int) -> HttpResponse:
    """The unit prices; only what was changed on the page is written."""
    round_ = round_of_year(year)
    prices = resources.prices_of(round_)
    named = [(item, _called(item, name)) for item, name in resources.named_items(round_)]
    kept = {key: price for key, (price, _by, _at) in prices.items()}
    form = PricesForm(request.POST if request.method == "POST" else None, items=named, prices=kept)
    if form.is_valid():
        try:
            number = set_prices(round_=round_, by=request.user, wanted=form.wanted)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            _tell(request, number)
            return redirect("country_resources", year=year)
    return _prices_page(request, round_, form, prices)


def _called(item: Item, name: str) -> str:
    return _("insurance for %(item)s") % {"item": name} if item.item == INSURANCE else name


def _tell(request: AppRequest, number: int) -> None:
    if number:
        text = ngettext("%(number)d price saved.", "%(number)d prices saved.", number)
        messages.success(request, text % {"number": number})
    else:
        messages.info(request, _("Nothing changed."))


def _prices_page(request: AppRequest, round_: Round, form: PricesForm, prices: resources.Prices) -> HttpResponse:
    before_year, before = resources.prices_before(round_)
    lines = [
        (item, name, box, was, prices.get(item.key), before.get(item.key)) for item, name, box, was in form.lines()
    ]
    context = {"round": round_, "form": form, "lines": lines, "before_year": before_year}
    return render(request, "resources/prices.html", context, status=422 if form.is_bound else 200)


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_resources_workbook(request: AppRequest, year: int) -> HttpResponse:
    found = resources.resources_of(round_of_year(year), request.user)
    response = HttpResponse(resources_workbook.workbook_of(found), content_type=XLSX)
    name = f"{resources_workbook.file_name(found.round.year)}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
