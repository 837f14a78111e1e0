"""The review: where to begin, one indicator across all offices, one answer beside its evidence, verdicts, questions."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from assessments import services
from assessments.access import AppRequest, for_assessment, for_move, for_right, has, may
from assessments.forms.review import AgreeForm, DraftForm, QuestionForm, VerdictForm, WayForm
from assessments.models import Assessment, Review, Round
from assessments.queries import comments, review, verdicts
from assessments.queries.phrases import phrase_texts
from assessments.queries.review import Way
from assessments.queries.visits import findings_at
from assessments.services.blind import reads_blind
from assessments.services.review import change_question
from assessments.workflow import Action, Right
from indicators import editions
from indicators.editions import IndicatorNode

# What a reviewer did last, to be taken back one by one: in the session, the newest last.
UNDO = "review_undo"
MOST_UNDONE = 20
# So many answers that a bulk agreement left are named one by one.
MOST_NAMED = 10


# --- where to begin, and one indicator across the offices ---------------------------------------------


@require_safe
@for_right(Right.REVIEW)
def review_home(request: AppRequest, year: int | None = None) -> HttpResponse:
    """The work of a round: of the latest with something to review, unless the address says which."""
    rounds = review.rounds_to_review()
    if not rounds:
        return render(request, "review/no_round.html")
    by = "indicator" if request.GET.get("by") == "indicator" else "office"
    home = review.home_of(_round(rounds, year), sorted((each.year for each in rounds), reverse=True), request.user, by)
    only_mine = request.GET.get("mine") == "1"
    context = {"home": home.of_mine() if only_mine else home, "only_mine": only_mine, "by": by}
    return render(request, "review/home.html", {**context, "round": home.round, "undo": _undo(request)})


@require_safe
@for_right(Right.REVIEW)
def review_indicator(request: AppRequest, year: int, code: str) -> HttpResponse:
    """The same criterion across all offices, the oddest answer first."""
    round_ = _round(review.rounds_to_review(), year)
    node = editions.standard_of(round_.edition).indicators.get(code)
    if node is None:
        raise Http404
    form = WayForm(request.GET, regions=review.regions(), by="indicator")
    context = {
        "round": round_,
        "form": form,
        "way": form.way,
        "queue": review.queue_of(round_, node, form.way),
        "node": node,
        "indicator": node,
        "undo": _undo(request),
    }
    return render(request, "review/indicator.html", context)


def _round(rounds: list[Round], year: int | None) -> Round:
    """The round of a year, or the first of them; 404 where there is none."""
    found = [each for each in rounds if year is None or each.year == year]
    if not found:
        raise Http404
    return found[0]


@require_POST
@for_right(Right.REVIEW)
def agree_many(request: AppRequest, year: int) -> HttpResponse:
    """Agree with the ticked answers of one indicator; what cannot be agreed with is named and stays as it is."""
    form = AgreeForm(request.POST)
    round_ = _round(review.rounds_to_review(), year)
    if not form.is_valid() or form.cleaned_data["code"] not in editions.standard_of(round_.edition).indicators:
        raise Http404
    code = form.cleaned_data["code"]
    back = reverse("review_indicator", args=[year, code]) + WayForm(request.POST, by="indicator").way.query
    if not form.seen:
        messages.error(request, _("Tick the answers that you agree with first."))
        return redirect(back)
    agreed = services.agree_many(answers=form.seen, by=request.user)
    number = len(agreed.done)
    if number:
        text = ngettext(
            "Agreed with %(number)d answer to %(code)s.", "Agreed with %(number)d answers to %(code)s.", number
        )
        text %= {"number": number, "code": code}
        _remember(request, agreed.done, text, back)
        messages.success(request, text)
    names = review.names_of(agreed.refused) if agreed.refused else {}
    for pk in [pk for pk in form.seen if pk in agreed.refused][:MOST_NAMED]:
        messages.warning(request, f"{names.get(pk, '')}: {agreed.refused[pk]}")
    left = len(agreed.refused) - MOST_NAMED
    if left > 0:
        messages.warning(request, _("%(number)d more stayed as they were.") % {"number": left})
    return redirect(back)


@require_safe
@for_right(Right.READ_REVIEW)
@for_assessment(Action.VIEW)
def review_office(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """An office's answers one by one: from the first that is not judged yet, else from the first."""
    return redirect("review_answer", pk=assessment.pk, code=verdicts.first_of(assessment))


# --- one answer ---------------------------------------------------------------------------------------


@require_safe
@for_right(Right.READ_REVIEW)
@for_assessment(Action.VIEW)
def review_answer(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """One answer beside its evidence; for htmx the part beside the queue, or the evidence alone."""
    file = request.GET.get("file", "")
    place = int(file) if file.isascii() and file.isdigit() and len(file) < 5 else None
    return _page(request, assessment, code, WayForm(request.GET).way, file=place)


def _page(
    request: AppRequest,
    assessment: Assessment,
    code: str,
    way: Way,
    *,
    form: VerdictForm | None = None,
    file: int | None = None,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    """`form` is one that was refused, with what was typed; `said` tells why, or what was just done."""
    judging = verdicts.judging_of(assessment, code, way, file=file)
    if reads_blind(judging.answer, request.user):
        return _second(request, assessment, code)
    target = (request.htmx.target or "side") if request.htmx else ""
    context = {
        "assessment": assessment,
        "judging": judging,
        "node": judging.node,
        "indicator": judging.node,
        "answer": judging.answer,
        "way": way,
        "judge": may(request.user, Action.JUDGE, assessment),
        "comments": comments.count_of(judging.answer, request.user),
        "findings": findings_at(judging.answer, judging.node, request.user),
        "visit_here": may(request.user, Action.VISIT, assessment),
        "form": form or VerdictForm(answer=judging.answer, node=judging.node, review=judging.review),
        "reviewer": has(request.user, Right.REVIEW),
        "panel": target == "side",
        "phrases": phrase_texts(),
        "undo": _undo(request),
        **said,
    }
    template = {"": "review/answer.html", "_files": "review/_files.html"}.get(target, "review/_answer.html")
    return render(request, template, context, status=status)


def _second(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Where an answer is read that was drawn for a second reading, without its first verdict."""
    messages.info(request, _("This answer is drawn for a second reading: read it without the first verdict."))
    page = reverse("second_read", args=[assessment.pk, code])
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


@require_POST
@for_move(Action.JUDGE)
def judge(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Save a verdict, and the question that was written with it. What is refused comes back with all that was typed;
    so does what somebody else judged in the meantime, beside that verdict."""
    answer, node = verdicts.place_of(assessment, code)
    way = WayForm(request.POST).way
    form = VerdictForm(request.POST, answer=answer, node=node, review=review.review_of(answer))
    decision = may(request.user, Action.JUDGE, assessment)
    if not decision:
        return _page(request, assessment, code, way, form=form, refusal=decision.reason, status=409)
    if not form.is_valid():
        return _page(request, assessment, code, way, form=form, status=422)
    try:
        if not form.only_asks:
            _judge(request, assessment, node, form, way)
        for text in form.asked:
            services.ask(assessment=assessment, indicator=node, by=request.user, text=text)
    except services.StaleVerdict as stale:
        return _page(request, assessment, code, way, form=form, theirs=_theirs(node, stale.review), status=409)
    except services.Refused as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, assessment, code, way, form=form, status=422)
    return _go_on(request, assessment, node, way, stays=form.cleaned_data["go"] == "stay" or form.only_asks)


def _judge(request: AppRequest, assessment: Assessment, node: IndicatorNode, form: VerdictForm, way: Way) -> None:
    """Save the verdict, remember how to take it back, and say so on the page that follows."""
    seen = {name: form.cleaned_data[name] for name in ("answer_version", "version")}
    judged = services.judge(assessment=assessment, indicator=node, by=request.user, verdict=form.spoken, **seen)
    place = f"{node.code} {assessment.province.name}"
    if not judged.changed:
        if not request.htmx:
            messages.info(request, _("%(place)s was judged like this already; nothing changed.") % {"place": place})
        return
    label = f"{place}: {verdicts.verdict_words(node, judged.review)}"
    back = reverse("review_answer", args=[assessment.pk, node.code]) + way.query
    if request.htmx:
        back = reverse("review_indicator", args=[assessment.round.year, node.code]) + way.query
    _remember(request, {judged.review.pk: judged.review.version}, label, back)


def _theirs(node: IndicatorNode, other: Review) -> dict[str, Any]:
    return {"review": other, "words": verdicts.verdict_words(node, other)}


def _go_on(request: AppRequest, assessment: Assessment, node: IndicatorNode, way: Way, *, stays: bool) -> HttpResponse:
    """After a verdict: the next answer of the way, or where the way ends. Beside the queue its row changes too."""
    step = None if stays else verdicts.steps_of(assessment, node, way).after
    if request.htmx:
        now = verdicts.assessment_of(step.assessment) if step else assessment
        row = verdicts.row_of(assessment, node)
        return _page(request, now, node.code, way, row=row, done=_undo(request), ended=not stays and step is None)
    if stays:
        return redirect(reverse("review_answer", args=[assessment.pk, node.code]) + way.query)
    if step:
        return redirect(reverse("review_answer", args=[step.assessment, step.code]) + way.query)
    messages.success(request, _("That was the last answer on this way."))
    if way.by == "indicator":
        return redirect(reverse("review_indicator", args=[assessment.round.year, node.code]) + way.query)
    return redirect(reverse("national_assessment", args=[assessment.pk]) + "#moves")


# --- taking back --------------------------------------------------------------------------------------


def _remember(request: AppRequest, reviews: Mapping[int, int], label: str, back: str) -> None:
    done = [*request.session.get(UNDO, []), {"reviews": dict(reviews), "label": label, "back": back}]
    request.session[UNDO] = done[-MOST_UNDONE:]


def _undo(request: AppRequest) -> dict[str, Any] | None:
    """What would be taken back next."""
    done = request.session.get(UNDO)
    return done[-1] if done else None


@require_POST
@for_right(Right.REVIEW)
def judge_undo(request: AppRequest) -> HttpResponse:
    """Take back what the person did last, and show it."""
    done = request.session.get(UNDO, [])
    if not done:
        messages.info(request, _("There is nothing left to take back."))
        return redirect("review_home")
    *left, last = done
    request.session[UNDO] = left
    try:
        number = services.undo(reviews={int(pk): version for pk, version in last["reviews"].items()}, by=request.user)
    except services.Refused as refusal:
        messages.error(request, f"{last['label']}: {refusal.message}")
        return redirect(last["back"])
    if number:
        messages.success(request, _("Taken back: %(what)s") % {"what": last["label"]})
    if number < len(last["reviews"]):
        messages.warning(request, _("What somebody changed since then was left as it is."))
    return redirect(last["back"])


# --- questions ----------------------------------------------------------------------------------------


@require_POST
@for_move(Action.JUDGE)
def question_add(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Write a question down for the next return. It comes with the verdict's fields: what was typed there stays."""
    answer, node = verdicts.place_of(assessment, code)
    way = WayForm(request.POST).way
    typed = VerdictForm(request.POST, answer=answer, node=node, review=review.review_of(answer))
    form = QuestionForm(request.POST)
    decision = may(request.user, Action.JUDGE, assessment)
    if not decision:
        return _page(request, assessment, code, way, form=typed, refusal=decision.reason, status=409)
    if not form.is_valid():
        return _page(request, assessment, code, way, form=typed.refusing(form.errors["question"]), status=422)
    try:
        services.ask(assessment=assessment, indicator=node, by=request.user, text=form.cleaned_data["question"])
    except services.Refused as refusal:
        return _page(request, assessment, code, way, form=typed, refusal=refusal.message, status=422)
    typed = typed.without_question()
    if not request.htmx and not typed.is_touched:
        messages.success(request, _("The question is written down; it goes with the next return."))
        return redirect(reverse("review_answer", args=[assessment.pk, code]) + way.query + "#_questions")
    return _page(request, assessment, code, way, form=typed, asked=True)


@require_POST
@for_move(Action.JUDGE)
def question_change(request: AppRequest, assessment: Assessment, code: str, number: int) -> HttpResponse:
    """Change or drop a question that was not sent yet."""
    question = verdicts.question_of(assessment, code, number)
    way = WayForm(request.POST).way
    form = DraftForm(request.POST)
    refusal = str(may(request.user, Action.JUDGE, assessment).reason)
    if not refusal and not form.is_valid():
        refusal = str(form.errors["text"][0])
    if not refusal:
        try:
            change_question(question=question, by=request.user, text=form.wanted)
        except services.Refused as refused:
            refusal = str(refused.message)
    if refusal:
        unsent = {"number": number, "text": request.POST.get("text", "")}
        return _page(request, assessment, code, way, refusal=refusal, unsent=unsent, status=422)
    if request.htmx:
        return _page(request, assessment, code, way)
    messages.success(request, _("The question is deleted.") if form.drops else _("The question is changed."))
    return redirect(reverse("review_answer", args=[assessment.pk, code]) + way.query + "#_questions")
