"""The official form: as a page, as a PDF that a process of its own makes, and as a workbook."""

from dataclasses import dataclass

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from assessments import report
from assessments.access import AppRequest, for_assessment, for_everyone
from assessments.exports import excel, tasks
from assessments.exports.support import pdf_problem
from assessments.models import Assessment, FormFile, Round
from assessments.queries import forms as queries
from assessments.queries import rounds
from assessments.report import Form
from assessments.workflow import Action
from indicators import editions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A form that somebody wants, and the addresses that lead to it. `page` is empty for a blank form."""

    form: Form
    pdf: str
    excel: str
    progress: str
    page: str = ""


@require_safe
@for_assessment(Action.VIEW)
def form_page(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """The form as a page, to be read and printed."""
    wanted = _of_assessment(assessment)
    context = {"assessment": assessment, "form": wanted.form, "wanted": wanted, "pdf_problem": pdf_problem()}
    return render(request, "forms/form_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.VIEW)
def form_pdf(request: AppRequest, assessment: Assessment) -> HttpResponseBase:
    """GET gives the PDF when it is there; POST has it made."""
    return _pdf(request, _of_assessment(assessment))


@require_safe
@for_assessment(Action.VIEW)
def form_progress(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """How far the PDF is: a page, or for htmx the part of it that changes."""
    return _progress(request, _of_assessment(assessment))


@require_safe
@for_assessment(Action.VIEW)
def form_excel(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _excel(_of_assessment(assessment).form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_everyone
def blank_form_pdf(request: AppRequest, pk: int) -> HttpResponseBase:
    """The form of a round with nothing filled in."""
    return _pdf(request, _blank(rounds.round_or_404(pk)))


@require_safe
@for_everyone
def blank_form_progress(request: AppRequest, pk: int) -> HttpResponse:
    return _progress(request, _blank(rounds.round_or_404(pk)))


@require_safe
@for_everyone
def blank_form_excel(request: AppRequest, pk: int) -> HttpResponse:
    return _excel(_blank(rounds.round_or_404(pk)).form)


def _of_assessment(assessment: Assessment) -> Wanted:
    names = ("form_pdf", "form_excel", "form_progress", "form_page")
    pdf, workbook, progress, page = (reverse(name, args=[assessment.pk]) for name in names)
    return Wanted(report.form_of(assessment), pdf, workbook, progress, page)


def _blank(round_: Round) -> Wanted:
    names = ("blank_form_pdf", "blank_form_excel", "blank_form_progress")
    pdf, workbook, progress = (reverse(name, args=[round_.pk]) for name in names)
    return Wanted(report.blank_form(editions.standard_of(round_.edition), round_.year), pdf, workbook, progress)


def _pdf(request: AppRequest, wanted: Wanted) -> HttpResponseBase:
    row = queries.kept_file(wanted.form.hash)
    if row is not None and row.state == FormFile.State.READY and request.method != "POST":
        try:
            content = row.file.open("rb")
        except FileNotFoundError:
            return redirect(wanted.progress)
        return FileResponse(
            content, as_attachment=True, filename=f"{wanted.form.file_name}.pdf", content_type="application/pdf"
        )
    if request.method == "POST" and not pdf_problem() and tasks.is_there(tasks.order(wanted.form)) and not request.htmx:
        return redirect(wanted.pdf)
    return _progress(request, wanted) if request.htmx else redirect(wanted.progress)


def _progress(request: AppRequest, wanted: Wanted) -> HttpResponse:
    row = queries.kept_file(wanted.form.hash)
    now = timezone.now()
    page, _, pages = row.step.partition("/") if row else ("", "", "")
    context = {
        "wanted": wanted,
        "form": wanted.form,
        "file": row,
        "state": _state(row),
        "page": page,
        "pages": pages,
        "unattended": row is not None and tasks.is_unattended(row, now),
        "pdf_problem": pdf_problem(),
        "no_libraries": row is not None and row.problem == tasks.NO_LIBRARIES,
    }
    return render(request, "forms/_progress.html" if request.htmx else "forms/form_progress.html", context)


def _state(row: FormFile | None) -> str:
    """none (nobody asked, or the file is lost), waiting, working, silent (its worker died), ready, failed."""
    if row is None or (row.state == FormFile.State.READY and not tasks.is_there(row)):
        return "none"
    return "silent" if tasks.is_silent(row, timezone.now()) else row.state


def _excel(form: Form) -> HttpResponse:
    response = HttpResponse(excel.workbook_of(form), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{form.file_name}.xlsx") or ""
    return response
