"""The reply to the verdicts: the office accepts or disputes item by item, the centre settles what is disputed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, Refusal, for_assessment, for_move, may
from assessments.forms.reply import ItemForm, RespondForm, SendForm, SettleForm
from assessments.models import Assessment, Review
from assessments.queries import progress, reading
from assessments.queries import reply as queries
from assessments.queries.phrases import phrase_texts
from assessments.queries.values import SENT
from assessments.services.attachments import attach_to_review, take_off_review
from assessments.workflow import Action


@require_safe
@for_assessment(Action.VIEW)
def reply(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Claimed and verified side by side, where they differ first; before the verdicts are sent there is nothing."""
    if assessment.status not in SENT:
        return render(request, "reply/not_yet.html", {"assessment": assessment})
    return _page(request, assessment, opened=request.GET.get("item", ""))


def _page(
    request: AppRequest,
    assessment: Assessment,
    *,
    opened: str = "",
    sent: ItemForm | None = None,
    status: int = 200,
    **told: Any,
) -> HttpResponse:
    """The whole page; for htmx the item that was sent, and the counts that follow from it."""
    found = queries.reply_of(assessment)
    respond, settle = (may(request.user, action, assessment) for action in (Action.RESPOND, Action.SETTLE))
    may_act = bool(respond), bool(settle)
    cards = [(item, _form(item, sent, *may_act)) for item in found.cards(opened)]
    context = {
        "assessment": assessment,
        "reply": found,
        "cards": cards,
        "rest": found.rest(opened),
        "opened": opened,
        "respond": respond,
        "settle": settle,
        "phrases": phrase_texts() if settle else [],
        "send": may(request.user, Action.REPLY, assessment),
        "send_form": SendForm(),
        "heads": progress.heads_of(assessment.province) if respond else [],
        "form": sent,
        **told,
    }
    if request.htmx and opened:
        context["card"] = next(card for card in cards if card[0].node.code == opened)
        return render(request, "reply/_swapped.html", context, status=status)
    return render(request, "reply/reply.html", context, status=status)


def _form(item: queries.Item, sent: ItemForm | None, respond: bool, settle: bool) -> ItemForm | None:
    """What stands under one verdict: what was sent and not taken, else what the person may do there now."""
    if sent and sent.review.pk == item.review.pk:
        return sent
    if respond:
        return RespondForm(review=item.review, code=item.node.code)
    if settle and item.is_disputed:
        return SettleForm(review=item.review, code=item.node.code, bands=item.bands)
    return None


@require_POST
@for_move(Action.RESPOND)
def respond(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """What the office says of one verdict, with its files. What is refused comes back with all that was typed."""
    item = _item(request, assessment, code, Action.RESPOND)
    form = RespondForm(request.POST, request.FILES, review=item.review, code=code)
    return _act(request, assessment, code, form, Action.RESPOND, lambda: _respond(request, item.review, form))


def _respond(request: AppRequest, review: Review, form: RespondForm) -> None:
    said = {name: form.cleaned_data[name] for name in ("response", "text", "version")}
    services.respond(review=review, by=request.user, **said)
    for file in form.accepted:
        try:
            attach_to_review(review=review, file=file, by=request.user)
        except services.Refused as refusal:
            form.refused.append((file.name, refusal.message))


@require_POST
@for_move(Action.SETTLE)
def settle(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """The final row of a disputed verdict, with its reason."""
    item = _item(request, assessment, code, Action.SETTLE)
    form = SettleForm(request.POST, review=item.review, code=code, bands=item.bands)
    return _act(request, assessment, code, form, Action.SETTLE, lambda: _settle(request, item.review, form))


def _settle(request: AppRequest, review: Review, form: SettleForm) -> None:
    said = {"band": form.cleaned_data.get("band"), "reason": form.cleaned_data["reason"]}
    services.settle(review=review, by=request.user, version=form.cleaned_data["version"], **said)


def _item(request: AppRequest, assessment: Assessment, code: str, action: Action) -> queries.Item:
    """The verdict on one indicator; 403 with the reason where the verdicts were not sent."""
    if assessment.status not in SENT:
        raise Refusal(may(request.user, action, assessment))
    return queries.item_or_404(queries.reply_of(assessment), code)


def _act(
    request: AppRequest, assessment: Assessment, code: str, form: ItemForm, action: Action, act: Callable[[], None]
) -> HttpResponse:
    """Do one act on one verdict. 409 where it came too late, 422 where it was refused: nothing typed is lost."""
    decision = may(request.user, action, assessment)
    if not decision:
        return _page(request, assessment, opened=code, sent=form, status=409, refusal=decision.reason)
    if not form.is_valid():
        return _page(request, assessment, opened=code, sent=form, status=422)
    try:
        act()
    except services.StaleVerdict as stale:
        form.show_theirs(stale.review)
        return _page(request, assessment, opened=code, sent=form, status=409, theirs=stale.review)
    except services.Refused as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, assessment, opened=code, sent=form, status=422)
    refused = getattr(form, "refused", [])
    if request.htmx:
        return _page(request, assessment, opened=code, saved=True, files_refused=refused)
    messages.success(request, _("Saved %(code)s.") % {"code": code})
    for name, reason in refused:
        messages.error(request, f"{name}: {reason}")
    return redirect(f"{reverse('reply', args=[assessment.pk])}?item={code}#item-{code.replace('.', '-')}")


@require_POST
@for_assessment(Action.RESPOND)
def reply_file_take_off(request: AppRequest, assessment: Assessment, code: str, key: UUID) -> HttpResponse:
    """Take a file off a response that was not sent yet."""
    attached = queries.file_or_404(queries.item_or_404(queries.reply_of(assessment), code), key)
    try:
        take_off_review(attachment=attached, by=request.user)
    except services.Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("“%(name)s” is taken off.") % {"name": attached.name})
    return redirect(f"{reverse('reply', args=[assessment.pk])}?item={code}#item-{code.replace('.', '-')}")


@require_POST
@for_move(Action.REPLY)
def reply_send(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Send the reply. A second click finds it sent and is told so."""
    decision = may(request.user, Action.REPLY, assessment)
    if not decision:
        if reading.done_by(assessment, Action.REPLY, request.user):
            messages.info(request, _("You did this already; it was done once."))
        else:
            messages.error(request, str(decision.reason))
        return redirect("reply", pk=assessment.pk)
    form = SendForm(request.POST)
    if form.is_valid():
        try:
            services.reply(assessment=assessment, by=request.user)
        except services.Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("Your reply is sent."))
            return redirect("reply", pk=assessment.pk)
    return _page(request, assessment, status=422, send_form=form, form=form)
