"""What starts an office's year: facts stated once, last year's carried over, soft warnings, dates of documents."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from assessments import services
from assessments.access import AppRequest, Refusal, for_assessment, for_evidence, may, may_answer
from assessments.forms.starting import TYPED_REASONS, CarryForm, ConfirmForm, DocumentDateForm, FactsForm
from assessments.models import Assessment, Evidence
from assessments.queries import cautions, facts, lastyear, progress
from assessments.services.carrying import carry_evidence, carry_text
from assessments.services.confirming import confirm
from assessments.services.dating import set_document_date
from assessments.services.stating import state_facts
from assessments.workflow import Action
from indicators.editions import IndicatorNode

BACK_TO_CHECK = "check"


def _node(assessment: Assessment, code: str) -> IndicatorNode:
    node = progress.standard_of(assessment).indicators.get(code)
    if node is None:
        raise Http404
    return node


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.VIEW)
def office_facts(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """The facts of the office, stated once for the year."""
    edit = may(request.user, Action.EDIT, assessment)
    if request.method == "POST" and not edit:
        raise Refusal(edit)
    form = FactsForm(request.POST if request.method == "POST" else None, stated=facts.all_stated(assessment))
    if form.is_valid():
        try:
            changed = state_facts(assessment=assessment, values=form.changed, by=request.user)
        except services.Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            text = ngettext("Saved %(count)s fact.", "Saved %(count)s facts.", len(changed))
            messages.success(request, text % {"count": len(changed)} if changed else _("Nothing was changed."))
        return redirect("office_facts", pk=assessment.pk)
    context = {"assessment": assessment, "form": form, "edit": edit, "deadline": progress.deadline_of(assessment)}
    return render(request, "starting/facts.html", context, status=422 if form.errors else 200)


@require_POST
@for_assessment(Action.EDIT)
def warning_confirm(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Confirm a soft warning with its reason. With htmx the indicator's warnings come back."""
    node = _node(assessment, code)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            confirm(
                assessment=assessment,
                indicator=node,
                warning=form.code,
                mark=form.mark,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except services.Refused as refusal:
            form.add_error("reason", str(refusal.message))
    if request.htmx and not _back(request):
        shown = _node(assessment, request.POST.get("at", code))
        context = _warnings(request, assessment, shown) | {"confirm_form": form}
        return render(request, "starting/_warnings.html", context, status=422 if form.errors else 200)
    found = cautions.found_at(assessment, node, form.code)
    if request.htmx and found is not None:
        context = _checked(request, assessment) | {"raised": found, "confirm_form": form}
        return render(request, "starting/_confirmed_here.html", context, status=422 if form.errors else 200)
    # Without JavaScript the whole page goes: what was typed at other warnings comes back with it.
    request.session[TYPED_REASONS] = {str(assessment.pk): form.others}
    if form.errors and found is not None:
        context = {"assessment": assessment, "node": node, "raised": found, "form": form, "back": _back(request)}
        return render(request, "starting/warning_confirm.html", context, status=422)
    for error in [text for texts in form.errors.values() for text in texts]:
        messages.error(request, str(error))
    if not form.errors:
        messages.success(request, _("The warning is confirmed."))
    after = _after_confirming(request, assessment, code)
    return HttpResponseClientRedirect(after) if request.htmx else redirect(after)


def _warnings(request: AppRequest, assessment: Assessment, node: IndicatorNode) -> dict[str, Any]:
    return {
        "assessment": assessment,
        "node": node,
        "edit": may_answer(request.user, assessment, node.code),
        "cautions": cautions.cautions_at(assessment, node),
    }


def _checked(request: AppRequest, assessment: Assessment) -> dict[str, Any]:
    """What the check page tells of the warnings."""
    answers = [row.answer for row in progress.check_of(assessment).rows]
    return {
        "assessment": assessment,
        "edit": may(request.user, Action.EDIT, assessment),
        "cautions": cautions.cautions_of(assessment, answers),
    }


def _back(request: AppRequest) -> str:
    return BACK_TO_CHECK if request.POST.get("back") == BACK_TO_CHECK else ""


def _after_confirming(request: AppRequest, assessment: Assessment, code: str) -> str:
    if _back(request):
        return reverse("assessment_check", args=[assessment.pk]) + "#cautions"
    at = request.POST.get("at", code)
    return reverse("answer_detail", args=[assessment.pk, _node(assessment, at).code]) + "#_warnings"


@require_POST
@for_assessment(Action.EDIT)
def last_year_carry(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Say of one of last year's texts or pieces of evidence that it is the same, updated, or not any more."""
    node = _node(assessment, code)
    form = CarryForm(request.POST)
    if form.is_valid():
        what, choice = form.cleaned_data["say"]
        try:
            if isinstance(what, UUID):
                old = lastyear.old_evidence(assessment, what)
                carry_evidence(assessment=assessment, indicator=node, evidence=old, choice=choice, by=request.user)
            else:
                carry_text(assessment=assessment, indicator=node, column=what, choice=choice, by=request.user)
        except services.Refused as refusal:
            messages.error(request, str(refusal.message))
    for error in form.errors.get("say", []):
        messages.error(request, str(error))
    query = f"?{urlencode({'back': BACK_TO_CHECK})}" if _back(request) else ""
    return redirect(reverse("answer_detail", args=[assessment.pk, code]) + query + "#last-year")


@require_http_methods(["GET", "HEAD", "POST"])
@for_evidence(Action.EDIT)
def evidence_date(request: AppRequest, evidence: Evidence) -> HttpResponse:
    """The date that a document bears. With htmx in its place in the list, else on a page of its own."""
    day = {"document_date": evidence.document_date}
    posted = request.POST if request.method == "POST" else None
    form = DocumentDateForm(posted, initial=day, auto_id=f"date-{evidence.pk}-%s")
    if form.is_valid():
        try:
            set_document_date(evidence=evidence, day=form.cleaned_data["document_date"], by=request.user)
        except services.Refused as refusal:
            form.add_error("document_date", str(refusal.message))
    done = form.is_bound and not form.errors
    if done and not request.htmx:
        return redirect(reverse("evidence_library", args=[evidence.assessment_id]))
    if done:
        evidence.document_date = form.cleaned_data["document_date"]
    template = "evidence/_date.html" if request.htmx else "evidence/date.html"
    context = {"assessment": evidence.assessment, "evidence": evidence, "edit": True, "form": form, "dating": not done}
    return render(request, template, context, status=422 if form.errors else 200)
