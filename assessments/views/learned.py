"""What a round of review teaches: one page, its workbook, and the lists behind its numbers."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_right
from assessments.exports.learned import workbook_of
from assessments.models import Round
from assessments.queries import learned, learned_lists
from assessments.queries.review import rounds_to_review
from assessments.workflow import Right
from indicators import editions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 50
# A mark beside each step's colour.
MARKS = {0: "", 1: "■", 2: "■■", 3: "■■■"}
# What took a second look most, and who claimed too high by most, stand first unless somebody chose another order.
SORT, OFFICES = "-all", "mean"


def _rounds(year: int) -> tuple[Round, list[int]]:
    """The round of a year, and the years of all; 404 where there is none."""
    rounds = rounds_to_review()
    found = [each for each in rounds if each.year == year]
    if not found:
        raise Http404
    return found[0], sorted((each.year for each in rounds), reverse=True)


@require_safe
@for_right(Right.READ_REVIEW)
def review_learned(request: AppRequest, year: int) -> HttpResponse:
    round_, years = _rounds(year)
    sort, offices = request.GET.get("sort") or SORT, request.GET.get("offices") or OFFICES
    context = {
        "round": round_,
        "learned": learned.learned_of(round_, years, sort=sort, offices=offices),
        "heads": learned.heads(learned.COLUMNS, sort),
        "marks": MARKS,
        "office_heads": learned.heads(learned.OFFICE_COLUMNS, offices),
    }
    return render(request, "learned/learned.html", context)


@require_safe
@for_right(Right.READ_REVIEW)
def learned_workbook(request: AppRequest, year: int) -> HttpResponse:
    found = learned.learned_of(*_rounds(year), sort=SORT, offices=OFFICES)
    response = HttpResponse(workbook_of(found), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"review-{year}.xlsx") or ""
    return response


@require_safe
@for_right(Right.READ_REVIEW)
def learned_list(request: AppRequest, year: int, kind: str) -> HttpResponse:
    """The verdicts, questions or requests that one number counts; of an indicator (`code`) or an office (its key)."""
    round_, _years = _rounds(year)
    code, office = request.GET.get("code", ""), _key(request.GET.get("office", ""))
    node = editions.standard_of(round_.edition).indicators.get(code)
    if kind not in learned_lists.KINDS or (code and node is None):
        raise Http404
    if kind in learned_lists.WHOLE and not code and office is None:
        raise Http404
    rows = learned_lists.listed_of(round_, kind, code=code, office=office)
    context: dict[str, Any] = {"round": round_, "kind": kind, "word": learned_lists.KINDS[kind], "node": node}
    context["page"] = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context["office"] = rows[0].office if rows and office is not None else None
    return render(request, "learned/list.html", context)


@require_safe
@for_right(Right.READ_REVIEW)
def learned_stays(request: AppRequest, year: int, state: str) -> HttpResponse:
    """Every office's stay in one state, those that go on first."""
    round_, _years = _rounds(year)
    if state not in learned.STEPS:
        raise Http404
    context = {"round": round_, "words": learned.STEPS[state], "stays": learned_lists.stays_of(round_, state)}
    return render(request, "learned/stays.html", context)


def _key(text: str) -> int | None:
    """An office's key as the page's own links write it; 404 for anything else."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Http404
    return int(text)
