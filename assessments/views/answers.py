"""Answering: one page an indicator, one compact page an area, saving, and an answer's history."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from assessments import services
from assessments.access import AppRequest, for_assessment, for_everyone, may, may_answer
from assessments.forms.answers import AnswerForm, PickForm
from assessments.models import Answer, Assessment
from assessments.queries import answering, cautions, comments, facts, lastyear, progress, shown, teamwork
from assessments.queries.evidence import panel_of
from assessments.queries.shown import Difference
from assessments.queries.values import values_at
from assessments.queries.visits import findings_at
from assessments.views.asked import question_forms
from assessments.views.standing import Standing, not_taken, stale, standing, whole_form
from assessments.workflow import Action
from indicators.editions import AreaNode, IndicatorNode

BACK_TO_CHECK = "check"


def _node(assessment: Assessment, code: str) -> IndicatorNode:
    try:
        return progress.standard_of(assessment).indicators[code]
    except KeyError:
        raise Http404 from None


@require_safe
@for_assessment(Action.VIEW)
def answer_detail(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """One indicator: the form where the person may answer now, else the answer to read."""
    node = _node(assessment, code)
    answer = answering.answer_of(assessment, node)
    form = AnswerForm(node=node, answer=answer)
    return render(request, "office/answer_detail.html", _page(request, assessment, form, standing(form)))


def _page(request: AppRequest, assessment: Assessment, form: AnswerForm, state: Standing) -> dict[str, Any]:
    """The whole page around the form: after a save without JavaScript as after a reload."""
    node = form.node
    answer = state.answer
    standard = progress.standard_of(assessment)
    stated = facts.stated_of(assessment)
    form.offer(facts.offers_of(assessment, node, stated))
    before, after = standard.neighbours(node.code)
    last = lastyear.last_year_of(answer, node)
    return {
        "assessment": assessment,
        "node": node,
        "dimension": standard.dimension(node.dimension),
        "area": standard.areas[node.area_code],
        "before": before,
        "after": after,
        "form": form,
        "state": state,
        "totals": list(state.totals(assessment.results)),
        "answer": answer,
        "figures": shown.figures(node, answer.inputs),
        "held": shown.text_of(node, "evidence_held", answer.evidence_held),
        "panel": panel_of(answer, node),
        "deadline": progress.deadline_of(assessment),
        "edit": may_answer(request.user, assessment, node.code),
        "questions": question_forms(answer),
        "values": values_at(answer, node),
        "findings": findings_at(answer, node, request.user),
        "visit_here": may(request.user, Action.VISIT, assessment),
        "last": last,
        "cautions": cautions.cautions_at(assessment, node, stated, known=(answer, last.answer if last else None)),
        "assign": may(request.user, Action.ASSIGN, assessment),
        "beside": teamwork.beside(answer, node, request.user),
        "back_to_check": request.GET.get("back") == BACK_TO_CHECK or request.POST.get("back") == BACK_TO_CHECK,
    }


@require_safe
@for_assessment(Action.VIEW)
def area_detail(request: AppRequest, assessment: Assessment, area_code: str) -> HttpResponse:
    """All indicators of one area, each a small form of its own."""
    area: AreaNode | None = progress.standard_of(assessment).areas.get(area_code)
    if area is None:
        raise Http404
    answers = answering.answers_of(assessment, area)
    forms = [AnswerForm(node=node, answer=answers[node.pk], compact=True) for node in area.indicators]
    stated = facts.stated_of(assessment)
    for form in forms:
        form.offer(facts.offers_of(assessment, form.node, stated))
    context = {
        "assessment": assessment,
        "area": area,
        "dimension": progress.standard_of(assessment).dimension(area.dimension),
        "neighbours": progress.standard_of(assessment).areas_beside(area_code),
        "rows": [standing(form) for form in forms],
        "total": assessment.results["areas"].get(area.code),
        "answered": assessment.results["answered"].get(area.code, 0),
        "deadline": progress.deadline_of(assessment),
        "edit": may(request.user, Action.EDIT, assessment),
        "lasts": lastyear.short_of_area(assessment, area),
        "duties": teamwork.duties_seen(assessment, request.user),
        "talked": comments.counts_of(assessment, request.user),
    }
    return render(request, "office/area_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.EDIT)
def answer_save(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Save one answer. With htmx the state comes back, without it the page.

    GET leads to the page: a person whose session ended on saving comes back here from the sign-in page.
    """
    node = _node(assessment, code)
    if request.method != "POST":
        return redirect("answer_detail", pk=assessment.pk, code=code)
    compact = "compact" in request.POST
    form = AnswerForm(request.POST, node=node, compact=compact)
    if form.is_valid() and "theirs" in request.POST:
        return _theirs(request, assessment, form)
    if not form.is_valid():
        return _answered(request, assessment, form, not_taken(form, answering.answer_of(assessment, node)), status=422)
    now = answering.answer_of(assessment, node) if compact else None
    columns, unused = _chosen(request, assessment, form, now)
    entry = services.Entry(**columns)
    try:
        saved = services.save_answer(
            assessment=assessment, indicator=node, by=request.user, version=form.based_on, entry=entry
        )
    except services.Stale as found:
        return _answered(request, assessment, form, stale(form, found.answer, now), status=409)
    except services.Refused as refusal:
        return _refused(request, refusal, assessment, code)
    if unused:
        return _settled(request, saved.assessment, saved.answer, form, unused)
    return _answered(request, saved.assessment, form, standing(form, saved.answer))


def _theirs(request: AppRequest, assessment: Assessment, form: AnswerForm) -> HttpResponse:
    """A colleague's version was chosen as a whole."""
    answer = answering.answer_of(assessment, form.node)
    mine = stale(form, answer, answer if form.compact else None)
    return _settled(request, assessment, answer, form, mine.differences)


def _settled(
    request: AppRequest, assessment: Assessment, answer: Answer, form: AnswerForm, unused: list[Difference]
) -> HttpResponse:
    """Of two versions the chosen one is shown, and what the person had typed and did not choose, to copy."""
    fresh = AnswerForm(node=form.node, answer=answer)
    page = _page(request, assessment, fresh, standing(fresh)) | {"unused": unused}
    return render(request, "office/answer_detail.html", page)


def _chosen(
    request: AppRequest, assessment: Assessment, form: AnswerForm, base: Answer | None
) -> tuple[dict[str, Any], list[Difference]]:
    """What is to be saved; between two versions as the person chose field by field, with what of their own falls."""
    columns, picks = form.columns(base), PickForm(request.POST)
    if "over" not in request.POST or not picks.is_valid() or not picks.theirs:
        return columns, []
    answer = answering.answer_of(assessment, form.node)
    unused = [each for each in stale(form, answer, base).differences if each.column in picks.theirs]
    return picks.merged(columns, answer), unused


def _refused(request: AppRequest, refusal: services.Refused, assessment: Assessment, code: str) -> HttpResponse:
    if request.htmx:
        return render(request, "frame/_refused.html", {"reason": refusal.message}, status=403)
    messages.error(request, str(refusal.message))
    return redirect("answer_detail", pk=assessment.pk, code=code)


def _answered(
    request: AppRequest, assessment: Assessment, form: AnswerForm, state: Standing, status: int = 200
) -> HttpResponse:
    """What a save gives back: the way on, the state alone (htmx), or the page again where it was not taken."""
    done = status == 200 and not form.reading.refusals
    onward = _onward(request, assessment, form.node, done=done)
    if request.htmx and not (done and onward):
        template = "office/_row_state.html" if form.compact else "office/_answer_state.html"
        context: dict[str, Any] = {"state": state, "assessment": assessment, "edit": True, "swapped": True}
        if form.compact:
            context |= {
                "total": assessment.results["areas"].get(form.node.area_code),
                "answered": assessment.results["answered"].get(form.node.area_code, 0),
                "area": progress.standard_of(assessment).areas[form.node.area_code],
            }
        else:
            context["totals"] = list(state.totals(assessment.results))
            context["cautions"] = cautions.cautions_at(assessment, form.node)
        return render(request, template, context, status=status)
    if status != 200:
        state = replace(state, form=whole_form(form, state.answer)) if form.compact else state
        page = _page(request, assessment, state.form, state)
        return render(request, "office/answer_detail.html", page, status=status)
    if request.htmx:
        return HttpResponseClientRedirect(onward)
    if form.reading.refusals:
        text = _("Saved %(code)s, but the numbers cannot be used yet: %(reasons)s")
        messages.warning(request, text % {"code": form.node.code, "reasons": " ".join(form.refused.values())})
    else:
        messages.success(request, _("Saved %(code)s.") % {"code": form.node.code})
    return redirect(onward or _place(assessment, form))


def _onward(request: AppRequest, assessment: Assessment, node: IndicatorNode, *, done: bool) -> str:
    """Where "save and go on" leads; empty when the person stays."""
    if "onward" not in request.POST or not done:
        return ""
    if request.POST.get("back") == BACK_TO_CHECK:
        return f"{reverse('assessment_check', args=[assessment.pk])}#row-{node.code.replace('.', '-')}"
    _before, after = progress.standard_of(assessment).neighbours(node.code)
    if after is None:
        return reverse("assessment_check", args=[assessment.pk])
    return reverse("answer_detail", args=[assessment.pk, after.code])


def _place(assessment: Assessment, form: AnswerForm) -> str:
    node = form.node
    if form.compact:
        anchor = f"#row-{node.code.replace('.', '-')}"
        return reverse("area_detail", args=[assessment.pk, node.area_code]) + anchor
    query = f"?{urlencode({'back': BACK_TO_CHECK})}" if form.data.get("back") == BACK_TO_CHECK else ""
    return reverse("answer_detail", args=[assessment.pk, node.code]) + query


@require_safe
@for_assessment(Action.VIEW)
def answer_history(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    node = _node(assessment, code)
    answer = answering.answer_of(assessment, node)
    context = {
        "assessment": assessment,
        "node": node,
        "area": progress.standard_of(assessment).areas[node.area_code],
        "changes": shown.history_of(answer, node),
        "version": answer.version,
        "edit": may_answer(request.user, assessment, code),
    }
    return render(request, "office/answer_history.html", context)


@require_safe
@for_everyone
def fresh_token(request: AppRequest) -> JsonResponse:
    """A form token that is good now: a page that outlived its sign-in takes it and saves what it still holds."""
    return JsonResponse({"token": get_token(request), "person": request.user.pk})
