"""The centre's standard phrases."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_right
from assessments.forms.phrases import MoveForm, PhraseForm
from assessments.models import Phrase
from assessments.queries.phrases import all_phrases, phrase_of
from assessments.services.phrases import add_phrase, change_phrase, delete_phrase, move_phrase
from assessments.workflow import Right

# The phrase that the person deleted last, in the session: text and position.
DELETED = "phrase_deleted"


@require_safe
@for_right(Right.REVIEW)
def phrases(request: AppRequest) -> HttpResponse:
    """All phrases in their order, each with its change."""
    return _page(request)


def _page(request: AppRequest, sent: PhraseForm | None = None, status: int = 200) -> HttpResponse:
    """`sent` is a form that was refused, with what was typed."""
    here = sent.phrase.pk if sent and sent.phrase else None
    found = [sent if sent and each.pk == here else PhraseForm(phrase=each) for each in all_phrases()]
    new = sent if sent and sent.phrase is None else PhraseForm()
    context = {"phrases": found, "new": new, "form": sent, "deleted": request.session.get(DELETED)}
    return render(request, "phrases/phrases.html", context, status=status)


def _phrase(number: int) -> Phrase:
    found = phrase_of(number)
    if found is None:
        raise Http404
    return found


def _save(request: AppRequest, form: PhraseForm, act: Callable[[str], object], said: str) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data["text"])
        except services.Refused as refusal:
            form.add_error("text", str(refusal.message))
        else:
            messages.success(request, said)
            return redirect("phrases")
    return _page(request, form, 422)


@require_POST
@for_right(Right.REVIEW)
def phrase_add(request: AppRequest) -> HttpResponse:
    form = PhraseForm(request.POST)
    return _save(request, form, lambda text: add_phrase(by=request.user, text=text), _("The phrase is kept."))


@require_POST
@for_right(Right.REVIEW)
def phrase_change(request: AppRequest, number: int) -> HttpResponse:
    phrase = _phrase(number)
    form = PhraseForm(request.POST, phrase=phrase)
    said = _("The phrase is changed.")
    return _save(request, form, lambda text: change_phrase(phrase=phrase, by=request.user, text=text), said)


@require_POST
@for_right(Right.REVIEW)
def phrase_move(request: AppRequest, number: int) -> HttpResponse:
    """One place up or down."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404
    move_phrase(phrase=_phrase(number), by=request.user, step=form.cleaned_data["way"])
    return redirect("phrases")


@require_POST
@for_right(Right.REVIEW)
def phrase_delete(request: AppRequest, number: int) -> HttpResponse:
    """Delete a phrase; the page that follows offers it back."""
    phrase = _phrase(number)
    delete_phrase(phrase=phrase, by=request.user)
    request.session[DELETED] = {"text": phrase.text, "position": phrase.position}
    return redirect("phrases")


@require_POST
@for_right(Right.REVIEW)
def phrase_restore(request: AppRequest) -> HttpResponse:
    """Put the phrase that was deleted last back where it stood."""
    deleted = request.session.pop(DELETED, None)
    if deleted is None:
        messages.info(request, _("There is nothing left to take back."))
        return redirect("phrases")
    try:
        add_phrase(by=request.user, **deleted)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The phrase is back."))
    return redirect("phrases")
