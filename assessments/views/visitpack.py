"""The visit pack of one office: to read on a phone, or to print and write on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_assessment, for_right, may
from assessments.forms.visits import PackForm
from assessments.models import Assessment
from assessments.queries.visitpack import pack_of
from assessments.workflow import Action, Right


@require_safe
@for_right(Right.SEE_COUNTRY)
@for_assessment(Action.VIEW)
def visit_pack(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Not for the office itself: it would know beforehand what is looked at."""
    form = PackForm(request.GET)
    pack = pack_of(assessment, request.user, sample=form.chosen_sample, seed=form.chosen_seed)
    context = {
        "assessment": assessment,
        "pack": pack,
        "form": form,
        "visit_here": may(request.user, Action.VISIT, assessment),
        "another": pack.seed + 1,
    }
    return render(request, "visitpack/pack.html", context, status=422 if form.errors else 200)
