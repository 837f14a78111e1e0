"""Off the network: the office's workbook out and back, and blank worksheets for paper."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_assessment, may
from assessments.calendar import today
from assessments.exports import workbook
from assessments.forms.workbooks import ApplyForm, WorkbookForm
from assessments.models import Assessment, WorkbookImport
from assessments.queries import progress
from assessments.queries import workbooks as queries
from assessments.services import workbooks as acts
from assessments.workflow import Action

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@for_assessment(Action.VIEW)
def workbook_page(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Where the workbook goes out and comes back."""
    form = WorkbookForm(assessment=assessment)
    return render(request, "workbooks/workbook.html", _page(request, assessment, form))


def _page(request: AppRequest, assessment: Assessment, form: WorkbookForm) -> dict[str, Any]:
    edit = may(request.user, Action.EDIT, assessment)
    return {
        "assessment": assessment,
        "form": form,
        "edit": edit,
        "deadline": progress.deadline_of(assessment),
        "dimensions": progress.standard_of(assessment).dimensions,
        "waiting": queries.open_imports(assessment) if edit else [],
    }


@require_safe
@for_assessment(Action.VIEW)
def workbook_download(request: AppRequest, assessment: Assessment) -> HttpResponse:
    response = HttpResponse(workbook.workbook_of(assessment, today()), content_type=XLSX)
    name = f"{workbook.file_name(assessment)}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.EDIT)
def workbook_upload(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Read a filled workbook; nothing of it is saved as an answer yet. GET leads to the page."""
    if request.method != "POST":
        return redirect("workbook_page", pk=assessment.pk)
    form = WorkbookForm(request.POST, request.FILES, assessment=assessment)
    if not form.is_valid():
        return render(request, "workbooks/workbook.html", _page(request, assessment, form), status=422)
    try:
        kept = acts.keep_workbook(assessment=assessment, name=form.name, content=form.content, by=request.user)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("workbook_page", pk=assessment.pk)
    return redirect("workbook_import", pk=assessment.pk, key=kept.pk)


@require_safe
@for_assessment(Action.EDIT)
def workbook_import(request: AppRequest, assessment: Assessment, key: UUID) -> HttpResponse:
    """The differences of an uploaded workbook, input by input."""
    kept = queries.import_or_404(assessment, key)
    return _differences(request, assessment, kept, ApplyForm())


def _differences(
    request: AppRequest, assessment: Assessment, kept: WorkbookImport, form: ApplyForm, status: int = 200
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "kept": kept,
        "form": form,
        "comparison": queries.compare(assessment, kept.content),
    }
    return render(request, "workbooks/differences.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.EDIT)
def workbook_apply(request: AppRequest, assessment: Assessment, key: UUID) -> HttpResponse:
    """Save what is ticked. A second time finds nothing that differs and changes nothing; GET leads to the page."""
    kept = queries.import_or_404(assessment, key)
    if request.method != "POST":
        return redirect("workbook_import", pk=assessment.pk, key=kept.pk)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _differences(request, assessment, kept, form, status=422)
    try:
        applied = acts.apply_workbook(assessment=assessment, kept=kept, by=request.user, chosen=form.chosen)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("workbook_page", pk=assessment.pk)
    _tell(request, applied)
    return redirect("workbook_import", pk=assessment.pk, key=kept.pk)


def _tell(request: AppRequest, applied: acts.Applied) -> None:
    if applied.indicators:
        told = ngettext(
            "Saved %(inputs)s inputs of %(count)s indicator.",
            "Saved %(inputs)s inputs of %(count)s indicators.",
            applied.indicators,
        )
        messages.success(request, told % {"inputs": applied.inputs, "count": applied.indicators})
    else:
        messages.info(request, _("Nothing was changed."))
    for code, reason in applied.refused.items():
        messages.warning(request, _("%(code)s was left as it was: %(reason)s") % {"code": code, "reason": reason})
    if applied.late:
        told = _("A colleague changed these while you were looking, so they were left as they were: %(codes)s.")
        messages.warning(request, told % {"codes": ", ".join(applied.late)})


@require_POST
@for_assessment(Action.EDIT)
def workbook_drop(request: AppRequest, assessment: Assessment, key: UUID) -> HttpResponse:
    """Nothing of an uploaded workbook is wanted."""
    kept = queries.import_or_404(assessment, key)
    try:
        acts.drop_workbook(assessment=assessment, kept=kept, by=request.user)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The uploaded workbook was dropped; no answer was changed."))
    return redirect("workbook_page", pk=assessment.pk)


@require_safe
@for_assessment(Action.VIEW)
def worksheets(request: AppRequest, assessment: Assessment, area_code: str = "") -> HttpResponse:
    """Blank worksheets for paper: of one area, or of all."""
    standard = progress.standard_of(assessment)
    if area_code and area_code not in standard.areas:
        raise Http404
    areas = [standard.areas[area_code]] if area_code else list(standard.areas.values())
    context = {
        "assessment": assessment,
        "sheets": [(standard.dimension(area.dimension), area) for area in areas],
        "area": areas[0] if area_code else None,
    }
    return render(request, "workbooks/worksheets.html", context)
