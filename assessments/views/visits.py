"""Visits of regional supporters and inspectors, and what they found at the indicators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import AppRequest, for_assessment, for_everyone, for_finding, for_visit, may
from assessments.forms.visits import FindingForm, PlacedFindingForm, VisitFilter, VisitForm
from assessments.models import Assessment, Finding, Visit
from assessments.queries import visits as queries
from assessments.services import Refused
from assessments.services import visits as services
from assessments.workflow import Action

# The finding and the visit that the person removed last, to be put back.
UNDO, UNDO_VISIT = "finding_removed", "visit_removed"


@require_safe
@for_everyone
def visit_list(request: AppRequest) -> HttpResponse:
    """The visits of a round to the offices that the person sees; the newest round unless another is asked."""
    years = [each.year for each in queries.rounds_of(request.user)]
    if not years:
        return render(request, "visits/list.html", {"year": None})
    asked = request.GET.get("round", "")
    year = next((each for each in years if str(each) == asked), years[0])
    offices = queries.offices_of(request.user, year)
    form = VisitFilter({"office": request.GET.get("office", ""), "round": year}, years=years, offices=offices)
    office = next((each for each in offices if each.pk == form.chosen), None)
    context = {
        "year": year,
        "form": form,
        "one": len(offices) == 1,
        "office": office,
        "visit": office and may(request.user, Action.VISIT, office),
        "visits": queries.visits_of(request.user, year, form.chosen),
        "alone": queries.alone_at(office, request.user) if office else [],
        "undo": request.session.get(UNDO),
        "undo_visit": request.session.get(UNDO_VISIT),
    }
    return render(request, "visits/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.VISIT)
def visit_new(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Write a visit down; the indicators that were looked at come next, on its page."""
    data = request.POST if request.method == "POST" else None
    form = VisitForm(data, assessment=assessment, who=request.user.full_name)
    if data is not None and form.is_valid():
        try:
            visit = services.record_visit(assessment=assessment, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The visit is saved. Add what was found at each indicator."))
            return redirect("visit_detail", pk=visit.pk)
    return _form_page(request, assessment, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_visit(Action.VISIT)
def visit_change(request: AppRequest, visit: Visit) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = VisitForm(data, assessment=visit.assessment, visit=visit)
    if data is not None and form.is_valid():
        try:
            services.change_visit(visit=visit, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The visit is changed."))
            return redirect("visit_detail", pk=visit.pk)
    return _form_page(request, visit.assessment, form, visit)


def _form_page(
    request: AppRequest, assessment: Assessment, form: VisitForm, visit: Visit | None = None
) -> HttpResponse:
    context = {"assessment": assessment, "form": form, "visit": visit}
    return render(request, "visits/visit.html", context, status=422 if form.errors else 200)


@require_POST
@for_visit(Action.VISIT)
def visit_remove(request: AppRequest, visit: Visit) -> HttpResponse:
    """Take a visit off the pages; the list offers to put it back."""
    try:
        services.remove_visit(visit=visit, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("visit_detail", pk=visit.pk)
    request.session[UNDO_VISIT] = visit.pk
    messages.success(request, _("The visit and its findings are removed."))
    return redirect(f"{reverse('visit_list')}?round={visit.assessment.round.year}&office={visit.assessment_id}")


@require_POST
@for_visit(Action.VISIT, removed=True)
def visit_restore(request: AppRequest, visit: Visit) -> HttpResponse:
    try:
        services.restore_visit(visit=visit, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("visit_list")
    request.session.pop(UNDO_VISIT, None)
    messages.success(request, _("The visit is back with its findings."))
    return redirect("visit_detail", pk=visit.pk)


@require_safe
@for_visit(Action.VIEW)
def visit_detail(request: AppRequest, visit: Visit) -> HttpResponse:
    return _detail(request, visit)


def _detail(request: AppRequest, visit: Visit, form: PlacedFindingForm | None = None) -> HttpResponse:
    assessment = visit.assessment
    mine = visit.by_id == request.user.pk and bool(may(request.user, Action.VISIT, assessment))
    if mine and form is None:
        form = PlacedFindingForm(choices=queries.indicator_choices(assessment))
    context = {
        "assessment": assessment,
        "visit": visit,
        "paid": queries.visit_of(visit, request.user),
        "mine": mine,
        "form": form,
        "undo": request.session.get(UNDO),
    }
    return render(request, "visits/detail.html", context, status=422 if form and form.errors else 200)


@require_POST
@for_visit(Action.VISIT)
def finding_add(request: AppRequest, visit: Visit) -> HttpResponse:
    """What was found at one indicator on this visit."""
    form = PlacedFindingForm(request.POST, request.FILES, choices=queries.indicator_choices(visit.assessment))
    if form.is_valid():
        finding = _add(request, visit.assessment, form.cleaned_data["indicator"], form, visit)
        if finding is not None:
            return redirect(f"{reverse('visit_detail', args=[visit.pk])}#finding-{finding.pk}")
    return _detail(request, visit, form)


def _add(
    request: AppRequest, assessment: Assessment, code: str, form: FindingForm, visit: Visit | None
) -> Finding | None:
    """Keep a finding and its files, and say so; None where it was refused, which the form tells then."""
    found = queries.answer_or_none(assessment, code)
    if found is None:
        raise Http404
    try:
        finding = services.add_finding(
            assessment=assessment, indicator=found[1], by=request.user, visit=visit, **form.said
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return None
    finding.answer = found[0]
    _attach(request, finding, form)
    messages.success(request, _("The finding at %(code)s is saved.") % {"code": code})
    return finding


def _attach(request: AppRequest, finding: Finding, form: FindingForm) -> None:
    refused = form.refused + services.attach_to_finding(finding=finding, files=form.accepted, by=request.user)
    for name, reason in refused:
        messages.error(request, f"{name}: {reason}")


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.VISIT)
def finding_new(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """What was found at this indicator, on one of the person's visits or without one."""
    found = queries.answer_or_none(assessment, code)
    if found is None:
        raise Http404
    own = queries.own_visits(assessment, request.user)
    asked = request.POST.get("visit", "") if request.method == "POST" else request.GET.get("visit", "")
    visit = next((each for each in own if str(each.pk) == asked), None)
    form = FindingForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        finding = _add(request, assessment, code, form, visit)
        if finding is not None:
            return redirect(_place(finding, visit))
    context: dict[str, Any] = {"assessment": assessment, "node": found[1], "form": form, "visits": own, "chosen": visit}
    return render(request, "visits/finding.html", context, status=422 if form.errors else 200)


def _place(finding: Finding, visit: Visit | None) -> str:
    """Where a finding stands: on its visit, else at its indicator."""
    if visit is not None:
        return f"{reverse('visit_detail', args=[visit.pk])}#finding-{finding.pk}"
    place = [finding.answer.assessment_id, queries.node_of(finding).code]
    return f"{reverse('answer_detail', args=place)}#_findings"


@require_http_methods(["GET", "HEAD", "POST"])
@for_finding(Action.VISIT)
def finding_change(request: AppRequest, finding: Finding) -> HttpResponse:
    """Change a finding, add files to it."""
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FindingForm(*data, finding=finding)
    if form.is_bound and form.is_valid():
        try:
            services.change_finding(finding=finding, by=request.user, **form.said)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            _attach(request, finding, form)
            messages.success(request, _("The finding is changed."))
            return redirect(_place(finding, finding.visit))
    context = {
        "assessment": finding.answer.assessment,
        "finding": finding,
        "node": queries.node_of(finding),
        "form": form,
        "files": queries.files_of(finding),
    }
    return render(request, "visits/finding.html", context, status=422 if form.errors else 200)


@require_POST
@for_finding(Action.VISIT)
def finding_file_take_off(request: AppRequest, finding: Finding, key: UUID) -> HttpResponse:
    attached = queries.file_or_404(finding, key)
    try:
        services.take_off_finding(finding=finding, attachment=attached, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("“%(name)s” is taken off.") % {"name": attached.name})
    return redirect("finding_change", pk=finding.pk)


@require_POST
@for_finding(Action.VISIT)
def finding_remove(request: AppRequest, finding: Finding) -> HttpResponse:
    """Take a finding off the pages; the next page offers to put it back."""
    try:
        services.remove_finding(finding=finding, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        request.session[UNDO] = finding.pk
        messages.success(request, _("The finding at %(code)s is removed.") % {"code": queries.node_of(finding).code})
    if finding.visit_id:
        return redirect("visit_detail", pk=finding.visit_id)
    assessment = finding.answer.assessment
    return redirect(f"{reverse('visit_list')}?round={assessment.round.year}&office={assessment.pk}")


@require_POST
@for_finding(Action.VISIT)
def finding_restore(request: AppRequest, finding: Finding) -> HttpResponse:
    try:
        services.restore_finding(finding=finding, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        request.session.pop(UNDO, None)
        messages.success(request, _("The finding is back."))
    return redirect(_place(finding, finding.visit))
