"""The office's evidence as a whole: proposals to be confirmed, what the handbook expects, all of it as a ZIP."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_assessment
from assessments.exports import locker as exports
from assessments.forms.evidence import AttachForm
from assessments.models import Assessment
from assessments.queries import locker as queries
from assessments.workflow import Action
from indicators import editions

# What was attached last, by assessment, so that it can be taken back in one act.
_UNDO = "attached_evidence"


@require_safe
@for_assessment(Action.EDIT)
def evidence_proposals(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Files that serve no indicator, each with the one that it seems meant for. Nothing is attached by itself."""
    page, undo = request.GET.get("page", "1"), _last(request, assessment) if "done" in request.GET else []
    proposals = queries.proposals_of(assessment, page, undo=undo)
    return _table(request, proposals)


def _table(request: AppRequest, proposals: queries.Proposals, *, status: int = 200) -> HttpResponse:
    """The table; the 86 indicators to choose from are written once and stand in each of its rows."""
    options = render_to_string("locker/_options.html", {"areas": proposals.areas, "assessment": proposals.assessment})
    context = {"assessment": proposals.assessment, "proposals": proposals, "options": options}
    return render(request, "locker/proposals.html", context, status=status)


@require_POST
@for_assessment(Action.EDIT)
def evidence_attach(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Attach the ticked files, each to the indicator chosen beside it."""
    codes = [code for code in editions.standard_of(assessment.round.edition).indicators if assessment.is_asked(code)]
    form = AttachForm(request.POST, assessment=assessment, codes=codes)
    if not form.is_valid():
        page = request.POST.get("page", "1")
        return _table(request, queries.proposals_of(assessment, page, form=form), status=422)
    try:
        done = services.evidence.attach(assessment=assessment, pairs=form.pairs, by=request.user)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        request.session[_UNDO] = {str(assessment.pk): [[str(key), code] for key, code in done]}
    return redirect(reverse("evidence_proposals", args=[assessment.pk]) + "?done=1")


@require_POST
@for_assessment(Action.EDIT)
def evidence_attach_undo(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Take back what was attached last."""
    try:
        number = services.evidence.detach(assessment=assessment, pairs=_last(request, assessment), by=request.user)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        request.session.pop(_UNDO, None)
        taken = ngettext("%(number)s file is taken off again.", "%(number)s files are taken off again.", number)
        messages.success(request, taken % {"number": number})
    return redirect("evidence_proposals", pk=assessment.pk)


def _last(request: AppRequest, assessment: Assessment) -> list[tuple[UUID, str]]:
    pairs = request.session.get(_UNDO, {}).get(str(assessment.pk), [])
    return [(UUID(key), code) for key, code in pairs]


@require_safe
@for_assessment(Action.VIEW)
def evidence_expected(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """What the handbook names for each indicator, and what of it is there."""
    expectation = queries.expected_of(assessment, request.user, request.GET.get("show", "all"))
    return render(request, "locker/expected.html", {"assessment": assessment, "expectation": expectation})


@require_safe
@for_assessment(Action.VIEW)
def evidence_zip(request: AppRequest, assessment: Assessment) -> HttpResponseBase:
    """All evidence with a list of it, written while it is sent."""
    archive = exports.archive_of(assessment, *queries.packed_of(assessment, request.user))
    response = StreamingHttpResponse(archive, content_type="application/zip")
    response["Content-Length"] = str(len(archive))
    response["Content-Disposition"] = content_disposition_header(True, exports.file_name(assessment)) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
