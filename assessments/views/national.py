"""The centre's view of the offices: the list of a round, one assessment, and the moves."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import services
from assessments.access import AppRequest, for_assessment, for_move, for_right, has, may
from assessments.forms.moves import ExtendForm, FinaliseForm, MoveForm, ReopenForm, ReturnForm, VerifyForm
from assessments.forms.national import NationalFilter
from assessments.models import Assessment
from assessments.queries import comments, national, procedure, reading, verdicts
from assessments.queries.phrases import phrase_texts
from assessments.queries.values import three_of
from assessments.workflow import CENTRAL_ROLES, TOLD, Action, Right, Role
from indicators import editions

FORMS: dict[Action, type[MoveForm]] = {
    Action.RETURN: ReturnForm,
    Action.VERIFY: VerifyForm,
    Action.FINALISE: FinaliseForm,
    Action.REOPEN: ReopenForm,
    Action.EXTEND: ExtendForm,
}

# Who checks an answer sees how near it stands to the row below; its office's own helpers do not.
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
    offices = national.offices_of(form.chosen_round, request.user, form.shown_value, form.shown_part)
    counted = national.chosen(offices, **{key: form.filters.get(key, "") for key in ("region", "search")})
    context = {
        "form": form,
        "round": form.chosen_round,
        "state": form.chosen_round.window().value,
        "counts": national.counts_of(counted),
        "counted": len(counted),
        "total": len(offices),
        "rows": national.in_order(national.chosen(offices, **form.filters), form.order, form.shown_part),
        "heads": national.heads(form.order, form.shown_value, form.shown_part),
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
    return _move(request, assessment, Action.RETURN, services.return_for_correction, _("Returned to the office."))


@require_POST
@for_move(Action.VERIFY)
def assessment_verify(request: AppRequest, assessment: Assessment) -> HttpResponse:
    done = _("The verdicts are sent to the office, which may reply to them.")
    return _move(request, assessment, Action.VERIFY, services.verify, done)


@require_POST
@for_move(Action.FINALISE)
def assessment_finalise(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _move(request, assessment, Action.FINALISE, services.finalise, _("The result is final."))


@require_POST
@for_move(Action.REOPEN)
def assessment_reopen(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _move(request, assessment, Action.REOPEN, services.reopen, _("The assessment is open for review again."))


@require_POST
@for_move(Action.EXTEND)
def assessment_extend(request: AppRequest, assessment: Assessment) -> HttpResponse:
    return _move(request, assessment, Action.EXTEND, services.extend, _("The office's closing day is extended."))


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
    """`typed` holds the form that was refused, by its move."""
    typed = typed or {}
    allowed, refused = _moves(request, assessment, typed)
    dimensions = reading.read_whole(assessment)
    history = reading.status_history(assessment)
    reads_review = has(request.user, Right.READ_REVIEW)
    context = {
        "assessment": assessment,
        "dimensions": dimensions,
        "review": procedure.of(assessment),
        "shows_near": request.user.role in NEAR_ROLES,
        "judge": may(request.user, Action.JUDGE, assessment),
        "reads_review": reads_review,
        # The office's own helpers read the verdicts when the office does.
        "verdicts": verdicts.lines_of(assessment) if reads_review or assessment.status in TOLD else {},
        "talked": comments.counts_by_code(assessment, request.user),
        "comment": may(request.user, Action.COMMENT_CENTRE, assessment),
        "history": history,
        "three": three_of(assessment, reads=bool(reads_review)),
        "extensions": reading.extensions_of(assessment),
        "corrected": reading.corrected(dimensions, history),
        "moves": allowed,
        "phrases": phrase_texts() if allowed.keys() & {Action.RETURN.value, Action.REOPEN.value} else [],
        "refused": refused,
        "indicators": len(editions.standard_of(assessment.round.edition).indicators),
        "form": next(iter(typed.values()), None),
        "unsent": unsent,
    }
    return render(request, "national/assessment.html", context, status=status)


def _moves(
    request: AppRequest, assessment: Assessment, typed: Mapping[str, MoveForm]
) -> tuple[dict[str, MoveForm], dict[str, list[str]]]:
    """The forms of the moves that the person may make now, by move; for the centre, why not the others, by reason."""
    allowed: dict[str, MoveForm] = {}
    refused: dict[str, list[str]] = {}
    for action in FORMS:
        decision = may(request.user, action, assessment)
        if decision:
            allowed[action.value] = typed.get(action) or FORMS[action](assessment=assessment)
        elif request.user.role in CENTRAL_ROLES:
            refused.setdefault(str(decision.reason), []).append(str(action.label))
    return allowed, refused
