"""The centre's view of the offices: the list of a round, one assessment, and the moves."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import services
from assessments.access import AppRequest, for_assessment, for_move, for_right, may
from assessments.forms.moves import AcceptForm, DecideForm, ExtendForm, MoveForm, ReopenForm, ReturnForm
from assessments.forms.national import NationalFilter
from assessments.models import Assessment
from assessments.queries import comments, national, reading
from assessments.workflow import CENTRAL_ROLES, Action, Right, Role
from indicators import editions

FORMS: dict[Action, type[MoveForm]] = {
    Action.RETURN: ReturnForm,
    Action.ACCEPT: AcceptForm,
    Action.REOPEN: ReopenForm,
    Action.EXTEND: ExtendForm,
}

# Who checks an answer sees here how near it stands to the row below, its office on its own pages; helpers do not.
NEAR_ROLES = CENTRAL_ROLES | {Role.INSPECTOR}


@require_GET
@for_right(Right.SEE_COUNTRY)
def national_list(request: AppRequest) -> HttpResponse:
    rounds = national.rounds()
    if not rounds:
        return render(request, "national/no_round.html")
    form = NationalFilter(request.GET, rounds=rounds, regions=national.regions())
    if "round" in form.errors:
        raise Http404
    offices = national.offices_of(form.chosen_round, request.user)
    counted = national.chosen(offices, **{key: form.filters.get(key, "") for key in ("region", "search")})
    context = {
        "form": form,
        "round": form.chosen_round,
        "state": form.chosen_round.window().value,
        "counts": national.counts_of(counted),
        "counted": len(counted),
        "total": len(offices),
        "rows": national.in_order(national.chosen(offices, **form.filters), form.order),
        "heads": national.heads(form.order),
        "indicators": len(editions.standard_of(form.chosen_round.edition).indicators),
    }
    return render(request, "national/list.html", context)


@require_GET
@for_right(Right.SEE_COUNTRY)
@for_assessment(Action.VIEW)
def national_assessment(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _page(request, assessment)


@require_POST
@for_move(Action.RETURN)
def assessment_return(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _move(request, assessment, Action.RETURN, services.return_for_correction, _("Returned for correction."))


@require_POST
@for_move(Action.ACCEPT)
def assessment_accept(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _move(request, assessment, Action.ACCEPT, services.accept, _("The assessment is accepted."))


@require_POST
@for_move(Action.REOPEN)
def assessment_reopen(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _move(request, assessment, Action.REOPEN, services.reopen, _("The assessment is open for review again."))


@require_POST
@for_move(Action.EXTEND)
def assessment_extend(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _move(request, assessment, Action.EXTEND, services.extend, _("The office's closing day is extended."))


@require_POST
@for_move(Action.DECIDE)
def assessment_decide(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Decide the row of an answer without a case; what is refused shows the page again with what was typed."""
    node = editions.standard_of(assessment.round.edition).indicators.get(code)
    if node is None or not node.rule.no_case:
        raise Http404
    form = DecideForm(request.POST, assessment=assessment, node=node)
    if not may(request.user, Action.DECIDE, assessment):
        return _too_late(request, assessment, Action.DECIDE, form)
    if not form.is_valid():
        return _page(request, assessment, {code: form}, status=422)
    try:
        saved = services.decide_no_case(assessment=assessment, indicator=node, by=request.user, **form.cleaned_data)
    except services.Refused as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, assessment, {code: form}, unsent=form.cleaned_data["reason"], status=422)
    if saved.changed:
        messages.success(request, _("The decision on indicator %(code)s is saved.") % {"code": code})
    else:
        messages.info(request, _("Indicator %(code)s was decided like this already; nothing changed.") % {"code": code})
    return redirect("national_assessment", pk=assessment.pk)


def _move(
    request: AppRequest, assessment: Assessment, action: Action, act: Callable[..., Any], done: str
) -> HttpResponse:
    """Do a move and go back to the assessment; what is refused shows the page again with what was typed."""
    form = FORMS[action](request.POST, assessment=assessment)
    if not may(request.user, action, assessment):
        return _too_late(request, assessment, action, form)
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "confirmed"}
        try:
            act(assessment=assessment, by=request.user, **data)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, done)
            return redirect("national_assessment", pk=assessment.pk)
    return _page(request, assessment, {action: form}, status=422)


def _too_late(request: AppRequest, assessment: Assessment, action: Action, form: MoveForm) -> HttpResponse:
    """The state no longer allows the move: a double click is told that it is done, anybody else why it is not."""
    unsent = form["reason"].value() or "" if "reason" in form.fields else ""
    if reading.done_by(assessment, action, request.user, unsent):
        messages.info(request, _("You did this already; it was done once."))
        return redirect("national_assessment", pk=assessment.pk)
    messages.error(request, str(may(request.user, action, assessment).reason))
    return _page(request, assessment, unsent=unsent, status=409)


def _page(
    request: AppRequest,
    assessment: Assessment,
    typed: Mapping[str, MoveForm] | None = None,
    *,
    unsent: str = "",
    status: int = 200,
) -> HttpResponse:
    """`typed` holds the form that was refused, by its move, or by its indicator where a row was to be decided."""
    typed = typed or {}
    allowed: dict[str, MoveForm] = {}
    refused: dict[str, list[str]] = {}
    for action in FORMS:
        decision = may(request.user, action, assessment)
        if decision:
            allowed[action.value] = typed.get(action) or FORMS[action](assessment=assessment)
        elif request.user.role in CENTRAL_ROLES:
            refused.setdefault(str(decision.reason), []).append(str(action.label))
    dimensions = reading.read_whole(assessment)
    decidable = reading.without_case(dimensions)
    history = reading.status_history(assessment)
    decide = may(request.user, Action.DECIDE, assessment)
    context = {
        "assessment": assessment,
        "dimensions": dimensions,
        "answers_seen": reading.seen_mark(dimensions),
        "waiting": [row.node for row in decidable if row.waits],
        "shows_near": request.user.role in NEAR_ROLES,
        "decide": {row.node.code: _decide_form(assessment, row, typed) for row in decidable if decide},
        "talked": comments.counts_by_code(assessment, request.user),
        "comment": may(request.user, Action.COMMENT_CENTRE, assessment),
        "history": history,
        "corrected": reading.corrected(dimensions, history),
        "moves": allowed,
        "refused": refused,
        "indicators": len(editions.standard_of(assessment.round.edition).indicators),
        "form": next(iter(typed.values()), None),
        "unsent": unsent,
    }
    return render(request, "national/assessment.html", context, status=status)


def _decide_form(assessment: Assessment, row: reading.ReadAnswer, typed: Mapping[str, MoveForm]) -> MoveForm:
    return typed.get(row.node.code) or DecideForm(assessment=assessment, node=row.node, answer=row.answer)
