"""Files on their way in: to the library, for an indicator, whole or in pieces. `upload.js` asks for JSON."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assessments.access import AppRequest, for_assessment
from assessments.archives import folder_of, is_zip
from assessments.files import FileRefused, clean_name
from assessments.forms.evidence import KeepForm, PieceForm, StartForm
from assessments.models import Assessment
from assessments.queries import evidence as queries
from assessments.queries import locker
from assessments.services import Refused, uploads
from assessments.services.evidence import Added
from assessments.workflow import Action

_MOST_NAMED = 5


@require_POST
@for_assessment(Action.EDIT)
def evidence_add(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Keep files without an indicator; a ZIP is unpacked. Each is kept or refused by itself."""
    form = KeepForm(request.POST, request.FILES)
    form.is_valid()
    notices = []
    folder = folder_of(form.cleaned_data.get("folder", "") + "/")
    for file in form.sent:
        name = clean_name(file.name or "")
        try:
            outcome = uploads.take(assessment=assessment, file=file, folder=folder, answer=None, by=request.user)
        except (FileRefused, Refused) as refusal:
            form.refuse(name, refusal.message)
        else:
            notices += notices_of(outcome)
            for path, reason in outcome.faults:
                form.refuse(path, reason)
    if _wants_json(request):
        return _told(notices, form.told)
    for notice in notices:
        messages.success(request, notice)
    if form.errors:
        library = queries.library_of(assessment, request.user, form=form)
        return render(request, "evidence/library.html", {"assessment": assessment, "library": library}, status=422)
    return redirect("evidence_library", pk=assessment.pk)


@require_POST
@for_assessment(Action.EDIT)
def evidence_send(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Announce a file that comes in pieces: its key, and where to begin."""
    form = StartForm(request.POST)
    if not form.is_valid():
        return _told([], [_("Choose at least one file.")])
    code = form.cleaned_data["code"]
    answer = queries.place_of(assessment, code)[0] if code else None
    name, size = form.cleaned_data["name"], form.cleaned_data["size"]
    try:
        upload = uploads.start(assessment=assessment, name=name, size=size, answer=answer, by=request.user)
    except (FileRefused, Refused) as refusal:
        return _told([], [str(refusal.message)])
    return JsonResponse({"key": str(upload.pk), "offset": 0}, status=201)


@require_POST
@for_assessment(Action.EDIT)
def evidence_piece(request: AppRequest, assessment: Assessment, key: UUID) -> HttpResponse:
    """One piece. 409 tells where to go on; the last piece answers as a whole upload does."""
    upload = locker.upload_of(assessment, key, request.user)
    form = PieceForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"offset": upload.received}, status=409)
    offset, piece = form.cleaned_data["offset"], form.cleaned_data["piece"]
    try:
        upload = uploads.add_piece(upload=upload, offset=offset, piece=piece, by=request.user)
        if upload.received < upload.size:
            return JsonResponse({"offset": upload.received})
        answer = queries.place_of(assessment, upload.indicator.code)[0] if upload.indicator else None
        folder = folder_of(form.cleaned_data["folder"] + "/")
        outcome = uploads.finish(upload=upload, folder=folder, answer=answer, by=request.user)
    except uploads.WrongOffset as wrong:
        return JsonResponse({"offset": wrong.offset}, status=409)
    except (FileRefused, Refused) as refusal:
        return _told([], [str(refusal.message)])
    if outcome is None:
        return JsonResponse({"offset": upload.size}, status=409)
    code = answer.indicator.code if answer else ""
    return _told(notices_of(outcome, code=code), [f"{path}: {reason}" for path, reason in outcome.faults])


def _wants_json(request: AppRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _told(notices: list[str], errors: list[str]) -> JsonResponse:
    """What came of a file: refused as a whole (422), or kept, perhaps but for some files of a ZIP."""
    return JsonResponse({"notices": notices, "errors": errors}, status=422 if errors and not notices else 200)


# --- in words ---------------------------------------------------------------------------------------


def notices_of(outcome: uploads.Outcome, *, code: str = "") -> list[str]:
    """What was kept, a sentence for a file and one for a whole ZIP; `code` is the indicator that it is for."""
    if code:
        return [attached_words(added, name, code=code) for name, added in outcome.added]
    if not is_zip(outcome.name):
        return [kept_words(added, name) for name, added in outcome.added]
    if not outcome.added:
        return []
    number = len(outcome.added)
    known = sum(added.known for _path, added in outcome.added)
    kept = ngettext("%(number)s file of “%(name)s” is kept.", "%(number)s files of “%(name)s” are kept.", number)
    notice = kept % {"number": number, "name": outcome.name}
    if known:
        there = ngettext("%(number)s of them was there already.", "%(number)s of them were there already.", known)
        notice += " " + there % {"number": known}
    return [notice]


def attached_words(added: Added, name: str, *, code: str = "") -> str:
    """What became of a file that was attached to an indicator (`code`)."""
    if not added.known:
        words = _("“%(name)s” is attached.") % {"name": name}
    else:
        words = _("The office already has this one as “%(name)s”; that one is attached.") % {
            "name": added.evidence.name
        }
    return " ".join([words, *_elsewhere(added, but=code)])


def kept_words(added: Added, name: str) -> str:
    """What became of a file that was brought to the library."""
    if not added.known:
        words = _("“%(name)s” is kept.") % {"name": name}
    else:
        words = _("The office already has this one as “%(name)s”.") % {"name": added.evidence.name}
    return " ".join([words, *_elsewhere(added)])


def _elsewhere(added: Added, *, but: str = "") -> list[str]:
    """Where the same file is used, now and in an earlier year."""
    item = queries.served_by(added.evidence)
    words = []
    codes = [code for code in item.codes if code != but]
    if added.known and codes:
        words.append(_("It serves %(codes)s.") % {"codes": _listed(codes)})
    if item.before and item.before.codes:
        told = {"year": item.before.year, "codes": _listed(item.before.codes)}
        words.append(_("The same file as in %(year)s, indicator %(codes)s.") % told)
    elif item.before:
        words.append(_("The same file as in %(year)s.") % {"year": item.before.year})
    return words


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes[:_MOST_NAMED]) + (" …" if len(codes) > _MOST_NAMED else "")
