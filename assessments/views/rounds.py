"""Rounds, for the central manager: open one, change its window and target, extend an office."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import services
from assessments.access import AppRequest, for_right
from assessments.forms.public import PublicPageForm
from assessments.forms.rounds import ExtensionForm, PublishForm, RoundForm, WindowForm
from assessments.models import Round
from assessments.queries import rounds
from assessments.workflow import Right


@require_GET
@for_right(Right.MANAGE_ROUNDS)
def round_list(request: AppRequest) -> HttpResponse:
    return render(request, "rounds/list.html", {"rounds": rounds.all_rounds()})


@require_http_methods(["GET", "POST"])
@for_right(Right.MANAGE_ROUNDS)
def round_new(request: AppRequest) -> HttpResponse:
    edition = rounds.newest_edition()
    if request.method == "GET":
        form = RoundForm.proposing(rounds.next_year(), edition)
        return render(request, "rounds/new.html", {"form": form, "edition": edition})
    form = RoundForm(request.POST)
    if form.is_valid():
        try:
            opened = services.open_round(**form.cleaned_data, by=request.user)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The round is open: every office has its assessment now."))
            return redirect("round_detail", pk=opened.pk)
    return render(request, "rounds/new.html", {"form": form, "edition": edition}, status=422)


@require_GET
@for_right(Right.MANAGE_ROUNDS)
def round_detail(request: AppRequest, pk: int) -> HttpResponse:
    return page_of(request, rounds.round_or_404(pk))


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def round_change(request: AppRequest, pk: int) -> HttpResponse:
    round_ = rounds.round_or_404(pk)
    form = WindowForm.of(round_, request.POST)
    if form.is_valid():
        try:
            services.change_round(round_=round_, **form.cleaned_data, by=request.user)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The window, the target and the days to reply are saved."))
            return redirect("round_detail", pk=round_.pk)
    return page_of(request, round_, window=form, status=422)


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def round_extend(request: AppRequest, pk: int) -> HttpResponse:
    round_ = rounds.round_or_404(pk)
    form = ExtensionForm(request.POST, round_=round_)
    if form.is_valid():
        try:
            services.extend(**form.cleaned_data, by=request.user)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The office's closing day is extended."))
            return redirect("round_detail", pk=round_.pk)
    return page_of(request, round_, extension=form, status=422)


@require_POST
@for_right(Right.MANAGE_ROUNDS)
def round_publish(request: AppRequest, pk: int) -> HttpResponse:
    """Publish what is final. A second click finds nothing left and is told so."""
    round_ = rounds.round_or_404(pk)
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            number = services.publish(round_=round_, by=request.user)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            text = ngettext("%(number)d result is published.", "%(number)d results are published.", number)
            messages.success(request, text % {"number": number})
            return redirect("round_detail", pk=round_.pk)
    return page_of(request, round_, publish=form, status=422)


def page_of(
    request: AppRequest,
    round_: Round,
    *,
    window: WindowForm | None = None,
    extension: ExtensionForm | None = None,
    publish: PublishForm | None = None,
    public_page: PublicPageForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a round, with the form that was not accepted, if one was posted."""
    context = {
        "round": round_,
        "window": window or WindowForm.of(round_),
        "extension": extension or ExtensionForm(round_=round_),
        "publish": publish or PublishForm(),
        "public_page": public_page or PublicPageForm(),
        "stages": rounds.stages_of(round_),
        "form": window or extension or publish or public_page,
        "state": round_.window().value,
        "extensions": rounds.extensions_of(round_),
        "log": rounds.log_of(round_),
    }
    return render(request, "rounds/detail.html", context, status=status)
