"""Verifying many assessments and making many results final at once."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments.access import AppRequest, for_right
from assessments.forms.ready import ReadyForm
from assessments.models import Round
from assessments.queries.ready import MOVES, keys_of, of_round, ready_of
from assessments.queries.review import rounds_to_review
from assessments.services.batches import Moved, move_many
from assessments.workflow import Action, Right

# So many offices that stayed as they were are named one by one.
MOST_NAMED = 10


def _round(year: int) -> Round:
    found = [each for each in rounds_to_review() if each.year == year]
    if not found:
        raise Http404
    return found[0]


@require_safe
@for_right(Right.REVIEW)
def review_ready(request: AppRequest, year: int) -> HttpResponse:
    """Who is ready to be verified, and who to be made final."""
    return _page(request, _round(year))


@require_POST
@for_right(Right.REVIEW)
def ready_move(request: AppRequest, year: int, action: str) -> HttpResponse:
    """Move the ticked offices; who cannot be moved any more is named with the reason and stays."""
    if action not in MOVES:
        raise Http404
    round_ = _round(year)
    ready = next(each for each in ready_of(round_) if each.action == action)
    form = ReadyForm(request.POST, ready=ready, keys=keys_of(round_))
    if not form.is_valid():
        return _page(request, round_, form, status=422)
    chosen = of_round(round_, form.cleaned_data["offices"])
    moved = move_many(assessments=chosen, action=ready.action, by=request.user)
    _tell(request, ready.action, moved, {each.pk: each.province.name for each in chosen})
    return redirect("review_ready", year=year)


def _tell(request: AppRequest, action: Action, moved: Moved, names: dict[int, str]) -> None:
    number = len(moved.done)
    if number and action is Action.VERIFY:
        text = ngettext(
            "The verdicts are sent to %(number)d office.", "The verdicts are sent to %(number)d offices.", number
        )
        messages.success(request, text % {"number": number})
    elif number:
        text = ngettext(
            "The result of %(number)d office is final.", "The results of %(number)d offices are final.", number
        )
        messages.success(request, text % {"number": number})
    for pk in list(moved.refused)[:MOST_NAMED]:
        messages.warning(request, f"{names[pk]}: {moved.refused[pk]}")
    left = len(moved.refused) - MOST_NAMED
    if left > 0:
        messages.warning(request, _("%(number)d more stayed as they were.") % {"number": left})


def _page(request: AppRequest, round_: Round, refused: ReadyForm | None = None, *, status: int = 200) -> HttpResponse:
    keys = keys_of(round_)
    forms = [ReadyForm(ready=each, keys=keys) for each in ready_of(round_)]
    if refused:
        forms = [refused if each.ready.action == refused.ready.action else each for each in forms]
    return render(request, "ready/ready.html", {"round": round_, "forms": forms, "form": refused}, status=status)
