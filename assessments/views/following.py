"""Following up: what became of last year's plan and findings, by the office's own word."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.access import AppRequest, for_assessment, may
from assessments.forms.following import FollowUpForm
from assessments.models import Assessment
from assessments.queries import following as queries
from assessments.services import Refused
from assessments.services import following as services
from assessments.workflow import Action


@require_safe
@for_assessment(Action.VIEW)
def follow_up(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """For the office a form at each; for everybody else what it said."""
    return _page(request, assessment)


def _page(
    request: AppRequest, assessment: Assessment, form: FollowUpForm | None = None, *, status: int = 200, **told: Any
) -> HttpResponse:
    """`form` is one that was refused, for `told["sent"]`."""
    following = queries.following_of(assessment)
    sent = told.get("sent")
    says = may(request.user, Action.PLAN, assessment)

    def card(item: queries.Item) -> tuple[queries.Item, FollowUpForm | None]:
        if form is not None and item.key == sent:
            return item, form
        return item, FollowUpForm(item=item) if says else None

    context = {
        "assessment": assessment,
        "following": following,
        "groups": [[card(item) for item in items] for items in (following.findings, following.steps)],
        "form": form,
        **told,
    }
    return render(request, "following/follow_up.html", context, status=status)


@require_POST
@for_assessment(Action.PLAN)
def follow_up_save(request: AppRequest, assessment: Assessment, kind: str, number: int) -> HttpResponse:
    """What became of one. What is refused, or was said by a colleague since, comes back with all that was typed."""
    item = queries.item_or_404(queries.following_of(assessment), kind, number)
    form = FollowUpForm(request.POST, item=item)
    if not form.is_valid():
        return _page(request, assessment, form, status=422, sent=item.key)
    try:
        services.follow_up(assessment=assessment, item=item.row, by=request.user, **form.cleaned_data)
    except services.SaidSince as since:
        form.show_theirs(services.seen_of(since.item))
        form.add_error(None, str(since.message))
        return _page(request, assessment, form, status=409, sent=item.key, theirs=since.item)
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, assessment, form, status=422, sent=item.key)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('follow_up', args=[assessment.pk])}#{item.key}")
