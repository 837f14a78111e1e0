"""The country's files: the national workbook of a round, and open data of what is published."""

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_right
from assessments.exports import national_workbook, open_data
from assessments.queries import country_files
from assessments.queries.rounds import round_of_year
from assessments.views.workbooks import XLSX
from assessments.workflow import Right


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_data(request: AppRequest, year: int) -> HttpResponse:
    """The files of a round, and what each column of the open data means."""
    round_ = round_of_year(year)
    published = country_files.published_years()
    context = {
        "round": round_,
        "years": country_files.years(),
        "published": published.get(round_.year, 0),
        "offices": round_.assessments.count(),
        "tables": open_data.TABLES,
        "json_name": open_data.JSON_NAME,
    }
    return render(request, "country_files/data.html", context)


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_data_file(request: AppRequest, year: int, name: str) -> HttpResponseBase:
    """One file of open data; 404 while nothing of the round is published."""
    data = country_files.open_data_of(round_of_year(year))
    tables = {f"{table.name}.csv": table for table in open_data.TABLES}
    if not data.published or name not in (*tables, open_data.JSON_NAME):
        raise Http404
    response: HttpResponseBase
    if name in tables:
        response = StreamingHttpResponse(open_data.csv_of(data, tables[name]), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(open_data.json_of(data), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, open_data.file_name(data, name)) or ""
    return response


@require_safe
@for_right(Right.SEE_COUNTRY)
def country_workbook(request: AppRequest, year: int) -> HttpResponseBase:
    """The national workbook, of the offices that the person sees."""
    national = country_files.national_of(round_of_year(year), request.user)
    content = national_workbook.workbook_of(national)
    name = f"{national_workbook.file_name(national.round.year)}.xlsx"
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)
