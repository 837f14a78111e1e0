"""Checking the answers, certifying and submitting, and the receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments import services
from assessments.access import AppRequest, Refusal, for_assessment, may
from assessments.forms.starting import TYPED_REASONS
from assessments.forms.submitting import CertifyForm
from assessments.models import Assessment
from assessments.queries import cautions, lastyear, progress
from assessments.queries.values import three_of
from assessments.services.seen import seen_mark
from assessments.workflow import Action, Status


@require_safe
@for_assessment(Action.VIEW)
def assessment_check(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """All answers with what they lack, and the certification for the head."""
    form = CertifyForm(initial={"answers_seen": seen_mark(assessment)})
    return render(request, "office/assessment_check.html", _check_page(request, assessment, form))


def _check_page(request: AppRequest, assessment: Assessment, form: CertifyForm) -> dict[str, Any]:
    check = progress.check_of(assessment)
    return {
        "assessment": assessment,
        "check": check,
        "cautions": cautions.cautions_of(assessment, [row.answer for row in check.rows]),
        "updates": lastyear.updates_of(assessment),
        "form": form,
        "typed_reasons": request.session.get(TYPED_REASONS, {}).get(str(assessment.pk), {}),
        "dimensions": progress.totals_of(assessment),
        "deadline": progress.deadline_of(assessment),
        "heads": progress.heads_of(assessment.province),
        "edit": may(request.user, Action.EDIT, assessment),
        "submit": may(request.user, Action.SUBMIT, assessment),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.VIEW)
def assessment_submit(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Submit once. A second click finds it submitted and gets the receipt of the first; GET leads to the check page."""
    if request.method != "POST":
        return redirect("assessment_check", pk=assessment.pk)
    if assessment.status == Status.SUBMITTED and assessment.submitted_by == request.user:
        return redirect("assessment_receipt", pk=assessment.pk)
    decision = may(request.user, Action.SUBMIT, assessment)
    if not decision:
        raise Refusal(decision)
    form = CertifyForm(request.POST)
    if not form.is_valid():
        page = _check_page(request, assessment, form)
        return render(request, "office/assessment_check.html", page, status=422)
    try:
        services.submit(assessment=assessment, by=request.user, certified=True, seen=form.cleaned_data["answers_seen"])
    except services.Refused as refusal:
        return _not_submitted(request, assessment, refusal)
    return redirect("assessment_receipt", pk=assessment.pk)


def _not_submitted(request: AppRequest, assessment: Assessment, refusal: services.Refused) -> HttpResponse:
    """Refused, unless the first of two clicks had submitted it in the meantime."""
    assessment.refresh_from_db(fields=["status"])
    if assessment.status == Status.SUBMITTED:
        return redirect("assessment_receipt", pk=assessment.pk)
    messages.error(request, str(refusal.message))
    return redirect("assessment_check", pk=assessment.pk)


@require_safe
@for_assessment(Action.VIEW)
def assessment_receipt(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """The proof of the latest submission; before the first one there is none, and the task list tells what is left."""
    if assessment.submitted_at is None:
        return redirect("assessment_detail", pk=assessment.pk)
    context = {
        "assessment": assessment,
        "dimensions": progress.totals_of(assessment),
        "waiting": progress.waiting_of(assessment),
        "three": three_of(assessment),
    }
    return render(request, "office/assessment_receipt.html", context)
