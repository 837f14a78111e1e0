"""Evidence: attaching it to an indicator, the office's library, and serving files through the access check."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_assessment, for_evidence, may_answer
from assessments.forms.evidence import LinkForm, UploadForm, UseForm
from assessments.models import Answer, Assessment, Evidence
from assessments.queries import evidence as queries
from assessments.views.sending import attached_words
from assessments.views.serving import stored_file
from assessments.workflow import Action
from indicators.editions import IndicatorNode

# Shown inside our own page and nowhere else; a PDF's own scripts run in the viewer, which reaches no page.
_FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@require_safe
@for_assessment(Action.VIEW)
def evidence_panel(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """The evidence of one indicator by itself; with `?pick` also what the office already has."""
    answer, node = queries.place_of(assessment, code)
    return _panel(request, answer, node, picking="pick" in request.GET)


def _panel(
    request: AppRequest, answer: Answer, node: IndicatorNode, *, status: int = 200, **shown: Any
) -> HttpResponse:
    """The panel alone for htmx, else a page around it."""
    context = {
        "assessment": answer.assessment,
        "panel": queries.panel_of(answer, node, **shown),
        "edit": may_answer(request.user, answer.assessment, node.code),
    }
    template = "evidence/_panel.html" if request.htmx else "evidence/panel.html"
    return render(request, template, context, status=status)


def _done(request: AppRequest, answer: Answer, node: IndicatorNode, *notices: str) -> HttpResponse:
    if request.htmx:
        return _panel(request, answer, node, notices=notices)
    for notice in notices:
        messages.success(request, notice)
    return redirect(reverse("answer_detail", args=[answer.assessment_id, node.code]) + "#_panel")


@require_POST
@for_assessment(Action.EDIT)
def evidence_upload(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Attach files: each is kept or refused by itself. `upload.js` sends one a request and asks for JSON."""
    answer, node = queries.place_of(assessment, code)
    form = UploadForm(request.POST, request.FILES)
    form.is_valid()
    notices = []
    for file in form.accepted:
        try:
            added = services.evidence.add_file(answer=answer, file=file, by=request.user)
        except services.Refused as refusal:
            form.refuse(file.name, refusal.message)
        else:
            notices.append(attached_words(added, file.name, code=code))
    status = 422 if form.errors else 200
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        errors = form.reasons or form.errors.get("file", [])
        return JsonResponse({"notices": notices, "errors": errors}, status=status)
    if form.errors:
        return _panel(request, answer, node, status=status, upload_form=form, notices=tuple(notices))
    return _done(request, answer, node, *notices)


@require_POST
@for_assessment(Action.EDIT)
def evidence_link(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    answer, node = queries.place_of(assessment, code)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _panel(request, answer, node, status=422, link_form=form)
    url, name = form.cleaned_data["url"], form.cleaned_data["name"]
    try:
        added = services.evidence.add_link(answer=answer, url=url, name=name, by=request.user)
    except services.Refused as refusal:
        return _panel(request, answer, node, status=403, link_form=form, refusal=str(refusal.message))
    return _done(request, answer, node, attached_words(added, name, code=code))


@require_POST
@for_assessment(Action.EDIT)
def evidence_use(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """Use what the office already has, also to put back what was taken off."""
    answer, node = queries.place_of(assessment, code)
    form = UseForm(request.POST, assessment=assessment)
    if not form.is_valid():
        return _panel(request, answer, node, status=422, picking=True, refusal=form.errors["evidence"][0])
    chosen = list(form.cleaned_data["evidence"])
    try:
        services.evidence.use(evidence=chosen, answer=answer, by=request.user)
    except services.Refused as refusal:
        return _panel(request, answer, node, status=422, picking=True, refusal=str(refusal.message))
    return _done(request, answer, node, *(_("“%(name)s” is attached.") % {"name": each.name} for each in chosen))


@require_POST
@for_assessment(Action.EDIT)
def evidence_unuse(request: AppRequest, assessment: Assessment, code: str, key: UUID) -> HttpResponse:
    answer, node = queries.place_of(assessment, code)
    evidence = queries.found_in(assessment, key)
    try:
        services.evidence.unuse(evidence=evidence, answer=answer, by=request.user)
    except services.Refused as refusal:
        return _panel(request, answer, node, status=422, refusal=str(refusal.message))
    notice = _("“%(name)s” is taken off this indicator; the office still has it.") % {"name": evidence.name}
    return _done(request, answer, node, notice)


@require_safe
@for_assessment(Action.VIEW)
def evidence_library(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """All of the office's evidence of the round, with the indicators that each serves."""
    show, undo = request.GET.get("show", "all"), request.GET.get("undo", "")
    library = queries.library_of(assessment, request.user, show=show, undo=undo)
    return render(request, "evidence/library.html", {"assessment": assessment, "library": library})


@require_POST
@for_evidence(Action.EDIT)
def evidence_delete(request: AppRequest, evidence: Evidence) -> HttpResponse:
    try:
        services.evidence.delete(evidence=evidence, by=request.user)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
        return _to_library(request, evidence)
    return _to_library(request, evidence, undo=str(evidence.pk))


@require_POST
@for_evidence(Action.EDIT)
def evidence_restore(request: AppRequest, evidence: Evidence) -> HttpResponse:
    try:
        services.evidence.restore(evidence=evidence, by=request.user)
        messages.success(request, _("“%(name)s” is back, with its indicators.") % {"name": evidence.name})
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
    return _to_library(request, evidence)


def _to_library(request: AppRequest, evidence: Evidence, **query: str) -> HttpResponse:
    show = request.POST.get("show", "all")
    address = reverse("evidence_library", args=[evidence.assessment_id])
    return redirect(f"{address}?{urlencode({'show': show, **query})}")


@require_safe
@for_evidence(Action.VIEW)
def evidence_download(request: AppRequest, evidence: Evidence) -> HttpResponseBase:
    """The file under its own name, to be kept, never to be shown as a page."""
    return _file(request, evidence, inline=False)


@require_safe
@for_evidence(Action.VIEW)
def evidence_preview(request: AppRequest, evidence: Evidence) -> HttpResponseBase:
    """A PDF or a picture in a tab of its own; 404 for the other kinds."""
    return _file(request, evidence, inline=True)


@require_safe
@for_evidence(Action.VIEW)
def evidence_view(request: AppRequest, evidence: Evidence) -> HttpResponse:
    """What is in a file: a PDF or picture as it is, Word and Excel as text. For htmx the part alone."""
    item = queries.Item(evidence)
    if item.kind is None or not queries.exists_for(evidence, request.user):
        raise Http404
    context = {"item": item, "assessment": evidence.assessment, "shown": queries.shown_of(item)}
    return render(request, "evidence/_view.html" if request.htmx else "evidence/view.html", context)


@require_safe
@for_evidence(Action.VIEW)
@xframe_options_sameorigin
def evidence_frame(request: AppRequest, evidence: Evidence) -> HttpResponseBase:
    """A PDF for the frame in our own page: a browser's PDF viewer does not start in a sandbox."""
    if evidence.content_type != "application/pdf":
        raise Http404
    response = _file(request, evidence, inline=True)
    response["Content-Security-Policy"] = _FRAME_POLICY
    return response


def _file(request: AppRequest, evidence: Evidence, *, inline: bool) -> HttpResponseBase:
    kind = queries.Item(evidence).kind
    if not queries.exists_for(evidence, request.user):
        raise Http404
    return stored_file(evidence.file, kind, evidence.name, inline=inline)
