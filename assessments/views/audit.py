"""The audit trail, for central managers: who did what and when, filtered, and as CSV."""

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_right
from assessments.exports import trail as exports
from assessments.forms.trail import TrailFilterForm
from assessments.queries import trail as queries
from assessments.queries.trail_words import lines
from assessments.workflow import Right

PER_PAGE = 50


@require_safe
@for_right(Right.MANAGE_PEOPLE)
def audit_list(request: AppRequest) -> HttpResponse:
    form = TrailFilterForm(request.GET)
    page = Paginator(queries.rows(form.wanted()), PER_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"form": form, "page": page, "lines": lines(list(page)), "kept": kept.urlencode()}
    return render(request, "audit/audit_list.html", context)


@require_safe
@for_right(Right.MANAGE_PEOPLE)
def audit_csv(request: AppRequest) -> StreamingHttpResponse:
    found = queries.rows(TrailFilterForm(request.GET).wanted())
    response = StreamingHttpResponse(
        exports.pieces(found.iterator(chunk_size=exports.PIECE)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, "audit.csv") or ""
    return response
