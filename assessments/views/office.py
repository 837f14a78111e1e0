"""An office's own pages: the first page, the task list, the moves of an assessment."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_assessment, for_everyone, has, may
from assessments.models import Assessment
from assessments.queries import comments, procedure, progress, reading, teamwork, visits
from assessments.queries.asked import asked_of
from assessments.queries.values import three_of
from assessments.workflow import Action, Right, Role


@require_safe
@for_everyone
def home(request: AppRequest) -> HttpResponse:
    """Each person's first page by role; an office without an open round sees its past ones."""
    if request.user.role == Role.ADMIN:
        return redirect("people_list")
    if request.user.province is None:
        return redirect("national_list")
    assessments = progress.of_office(request.user.province)
    current = progress.current_of(assessments)
    if current:
        return redirect("assessment_detail", pk=current.pk)
    ahead = next((found for found in assessments if progress.deadline_of(found).is_ahead), None)
    return render(request, "office/home.html", {"assessments": assessments, "ahead": ahead})


@require_safe
@for_assessment(Action.VIEW)
def assessment_detail(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """The task list."""
    tasks = progress.task_list(assessment)
    talked = comments.counts_of(assessment, request.user)
    others = [found for found in progress.of_office(assessment.province) if found.pk != assessment.pk]
    wanted = asked_of(assessment)
    returned = progress.last_return(assessment)
    context = {
        "assessment": assessment,
        "tasks": tasks,
        "totals": three_of(assessment),
        "asked": wanted,
        "next": next((each.node for each in wanted if not each.is_answered), tasks.next),
        "marks": teamwork.marks_of(assessment, request.user, states=tasks.states, comments=talked),
        "deadline": progress.deadline_of(assessment, returned),
        "colleagues": [person for person in progress.editors_of(assessment.province) if person != request.user],
        "others": others,
        "open_again": [found for found in others if may(request.user, Action.EDIT, found)],
        "returned": returned,
        "reopened": progress.last_reopening(assessment),
        "edit": may(request.user, Action.EDIT, assessment),
        "assign": may(request.user, Action.ASSIGN, assessment),
        "central": has(request.user, Right.SEE_COUNTRY),
    }
    return render(request, "office/assessment_detail.html", context)


@require_safe
@for_assessment(Action.VIEW)
def assessment_history(request: AppRequest, assessment: Assessment) -> HttpResponse:
    context = {
        "assessment": assessment,
        "history": reading.status_history(assessment),
        "extensions": reading.extensions_of(assessment),
        "late": procedure.late_by(assessment),
        "totals": three_of(assessment),
        "visits": visits.visits_to(assessment, request.user),
        "alone": visits.alone_at(assessment, request.user),
    }
    return render(request, "office/assessment_history.html", context)
