"""The office's improvement plan: the cheapest way to a level, trying rows, the plan itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_assessment, may
from assessments.forms.plan import ScopeForm, StepForm, TryForm, next_level
from assessments.models import Assessment
from assessments.queries import plan as queries
from assessments.queries.advice import total_of
from assessments.services.plan import Change
from assessments.workflow import Action

# What the person changed last, to be taken back: one change, of one assessment, in the session.
UNDO = "plan_undo"


@require_safe
@for_assessment(Action.VIEW)
def plan(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """The plan, a proposal for the level that is asked (by itself: the next one of the whole), and last year's plan."""
    rows = queries.rows_of(assessment)
    return render(request, "plan/plan.html", _page(request, assessment, rows, _scope_form(request.GET, assessment)))


def _scope_form(data: Any, assessment: Assessment) -> ScopeForm:
    low = total_of(assessment.results["overall"]).low
    return ScopeForm(data, scopes=queries.scopes_of(assessment), level=next_level(low))


def _page(request: AppRequest, assessment: Assessment, rows: list[queries.PlanRow], form: ScopeForm) -> dict[str, Any]:
    proposal = None
    if form.is_valid():
        proposal = queries.proposal_of(rows, form.cleaned_data["scope"], form.chosen_level)
    targets = queries.targets_of(rows)
    steps = queries.planned(rows)
    return {
        "assessment": assessment,
        "form": form,
        "proposal": proposal,
        "proposed": [(queries.row_of(rows, step.part.code), step.row) for step in proposal.steps] if proposal else [],
        "scope": queries.scopes_of(assessment).get(form["scope"].value(), ""),
        "steps": steps,
        "reached": sum(row.state == queries.REACHED for row in steps),
        "outcomes": queries.outcomes_of(assessment, rows, targets),
        "past": queries.past_plan(assessment, rows),
        "plan": may(request.user, Action.PLAN, assessment),
        "undo": request.session.get(UNDO, {}).get("assessment") == assessment.pk,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.VIEW)
def plan_try(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Another row for any indicator, and what that does; nothing is written. With htmx the means alone come back."""
    rows = queries.rows_of(assessment)
    if request.method == "POST":
        return _tried(request, assessment, rows, TryForm(request.POST, rows=rows))
    chosen = queries.targets_of(rows)
    form = _scope_form(request.GET, assessment)
    if "scope" in request.GET and form.is_valid():
        proposal = queries.proposal_of(rows, form.cleaned_data["scope"], form.chosen_level)
        for step in proposal.steps:
            chosen[step.part.code] = min(step.row.band, chosen.get(step.part.code, step.row.band))
    return _trying(request, assessment, rows, TryForm(rows=rows, chosen=chosen), chosen)


def _tried(request: AppRequest, assessment: Assessment, rows: list[queries.PlanRow], form: TryForm) -> HttpResponse:
    status = 200 if form.is_valid() else 422
    return _trying(request, assessment, rows, form, form.chosen, status)


def _trying(
    request: AppRequest,
    assessment: Assessment,
    rows: list[queries.PlanRow],
    form: TryForm,
    chosen: dict[str, int],
    status: int = 200,
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "form": form,
        "dimensions": queries.by_dimension(assessment, rows),
        "outcomes": queries.outcomes_of(assessment, rows, chosen),
        "changed": len(chosen),
        "plan": may(request.user, Action.PLAN, assessment),
    }
    return render(request, "plan/_outcome.html" if request.htmx else "plan/try.html", context, status=status)


@require_POST
@for_assessment(Action.PLAN)
def plan_adopt(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Take the proposal over: it is computed again, from the answers as they are now."""
    rows = queries.rows_of(assessment)
    form = _scope_form(request.POST, assessment)
    if not form.is_valid():
        return render(request, "plan/plan.html", _page(request, assessment, rows, form), status=422)
    proposal = queries.proposal_of(rows, form.cleaned_data["scope"], form.chosen_level)
    found = (queries.row_of(rows, step.part.code) for step in proposal.steps)
    targets = {row.node.pk: step.row.band for row, step in zip(found, proposal.steps, strict=True) if row is not None}
    return _done(
        request, assessment, lambda: services.plan.adopt(assessment=assessment, by=request.user, targets=targets)
    )


@require_POST
@for_assessment(Action.PLAN)
def plan_store(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Make the rows that were tried the plan."""
    rows = queries.rows_of(assessment)
    form = TryForm(request.POST, rows=rows)
    if not form.is_valid():
        return _tried(request, assessment, rows, form)
    left_out = len(form.chosen) - len(form.targets)
    if left_out:
        text = ngettext(
            "%(count)d indicator with a lower row was not put into the plan.",
            "%(count)d indicators with a lower row were not put into the plan.",
            left_out,
        )
        messages.warning(request, text % {"count": left_out})
    return _done(
        request, assessment, lambda: services.plan.store(assessment=assessment, by=request.user, targets=form.targets)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.PLAN)
def plan_step(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """One step: its row to reach, what will be done, who, by when."""
    row = queries.row_of(queries.rows_of(assessment), code)
    if row is None:
        raise Http404
    last = None if row.step else queries.last_step_of(assessment, row)
    form = StepForm(request.POST if request.method == "POST" else None, row=row, last=last)
    if request.method == "POST" and form.is_valid():
        columns = form.cleaned_data
        return _done(
            request,
            assessment,
            lambda: services.plan.save_step(assessment=assessment, by=request.user, indicator=row.node, **columns),
        )
    context = {"assessment": assessment, "row": row, "form": form, "last": last}
    return render(request, "plan/step.html", context, status=422 if form.errors else 200)


@require_POST
@for_assessment(Action.PLAN)
def plan_remove(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    row = queries.row_of(queries.rows_of(assessment), code)
    if row is None:
        raise Http404
    return _done(
        request,
        assessment,
        lambda: services.plan.remove_step(assessment=assessment, by=request.user, indicator=row.node),
    )


@require_POST
@for_assessment(Action.PLAN)
def plan_undo(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Take the person's own last change back."""
    kept = request.session.pop(UNDO, {})
    if kept.get("assessment") != assessment.pk:
        messages.info(request, _("There is nothing to take back."))
        return redirect("plan", pk=assessment.pk)
    change = Change(kept["before"], kept["after"])
    try:
        services.plan.undo(assessment=assessment, by=request.user, change=change)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The change was taken back; the plan is as it was before."))
    return redirect("plan", pk=assessment.pk)


def _done(request: AppRequest, assessment: Assessment, act: Any) -> HttpResponse:
    """Do it, keep what is needed to take it back, and say what was done."""
    try:
        change: Change = act()
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("plan", pk=assessment.pk)
    if not change.after:
        messages.info(request, _("The plan was like this already; nothing changed."))
        return redirect("plan", pk=assessment.pk)
    request.session[UNDO] = {"assessment": assessment.pk, "before": change.before, "after": change.after}
    written, removed = change.count(), change.count(removed=True)
    if written:
        text = ngettext("%(count)d step of the plan is saved.", "%(count)d steps of the plan are saved.", written)
        messages.success(request, text % {"count": written})
    if removed:
        text = ngettext("%(count)d step was removed.", "%(count)d steps were removed.", removed)
        messages.success(request, text % {"count": removed})
    return redirect("plan", pk=assessment.pk)
