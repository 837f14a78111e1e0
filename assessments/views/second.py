"""The second reading: drawing the sample, reading without the first verdict, how far both readers agree."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_assessment, for_move, for_right, may
from assessments.forms.second import DrawForm, SecondForm
from assessments.models import Assessment, Round
from assessments.queries import review, second
from assessments.queries.phrases import phrase_texts
from assessments.queries.review import Way
from assessments.services.blind import is_waiting, reads_blind
from assessments.services.second import draw, read_again
from assessments.workflow import Action, Right


def _round(year: int) -> Round:
    found = [each for each in review.rounds_to_review() if each.year == year]
    if not found:
        raise Http404
    return found[0]


@require_safe
@for_right(Right.REVIEW)
def second_list(request: AppRequest, year: int) -> HttpResponse:
    """What waits for the person, and how far the readers agree so far."""
    return _list(request, _round(year))


def _list(request: AppRequest, round_: Round, form: DrawForm | None = None, status: int = 200) -> HttpResponse:
    found = second.second_of(round_, request.user)
    context = {"round": round_, "second": found, "form": form or DrawForm(), "sent": form}
    return render(request, "second/list.html", context, status=status)


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def second_draw(request: AppRequest, year: int) -> HttpResponse:
    """Draw what lacks of the sample."""
    round_ = _round(year)
    form = DrawForm(request.POST)
    if form.is_valid():
        try:
            drawn = draw(round_=round_, by=request.user, percent=form.cleaned_data["percent"])
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            text = ngettext(
                "%(number)d answer more is drawn, of %(of)d that are judged.",
                "%(number)d answers more are drawn, of %(of)d that are judged.",
                drawn.added,
            )
            messages.success(request, text % {"number": drawn.added, "of": drawn.of})
            return redirect("second_list", year=year)
    return _list(request, round_, form, 422)


@require_safe
@for_right(Right.REVIEW)
@for_assessment(Action.VIEW)
def second_read(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """One answer without its first verdict; once it is read again, both verdicts."""
    file = request.GET.get("file", "")
    place = int(file) if file.isascii() and file.isdigit() and len(file) < 5 else None
    return _page(request, assessment, code, file=place)


def _page(
    request: AppRequest,
    assessment: Assessment,
    code: str,
    *,
    form: SecondForm | None = None,
    file: int | None = None,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    """`form` is one that was refused, with what was typed."""
    answer, node = second.drawn_or_404(assessment, code)
    reads = reads_blind(answer, request.user)
    waits = is_waiting(answer, review.review_of(answer))
    pair = second.pair_of(answer, node)
    judging = second.blind_of(assessment, code, file=file)
    context = {
        "assessment": assessment,
        "judging": judging,
        "node": node,
        "answer": judging.answer,
        "way": Way(),
        "blind": True,
        "reads": reads,
        "phrases": phrase_texts() if reads else [],
        "waits": waits,
        "pair": pair,
        "form": form or (SecondForm(answer=judging.answer, node=node) if reads else None),
        "sent": form,
        "after": second.next_of(assessment.round, request.user) if pair else None,
        **said,
    }
    if request.htmx and request.htmx.target == "_files":
        return render(request, "review/_files.html", context)
    return render(request, "second/read.html", context, status=status)


@require_POST
@for_move(Action.JUDGE)
def second_save(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Save the second verdict; what is refused comes back with all that was typed."""
    _answer, node = second.drawn_or_404(assessment, code)
    form = SecondForm(request.POST, answer=second.blind_of(assessment, code).answer, node=node)
    decision = may(request.user, Action.JUDGE, assessment)
    if not decision:
        return _page(request, assessment, code, form=form, refusal=decision.reason, status=409)
    if not form.is_valid():
        return _page(request, assessment, code, form=form, status=422)
    try:
        read_again(assessment=assessment, indicator=node, by=request.user, verdict=form.spoken)
    except services.Refused as refusal:
        return _page(request, assessment, code, form=form, refusal=refusal.message, status=409)
    messages.success(request, _("The second reading of %(code)s is saved.") % {"code": code})
    return redirect("second_read", pk=assessment.pk, code=code)
