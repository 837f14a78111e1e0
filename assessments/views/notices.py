"""What a person should know: the list, how many are new, marking as seen, and the daily mail's switch."""

import time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from assessments.access import AppRequest, for_everyone
from assessments.forms.notices import MailsForm, SeenForm
from assessments.queries import notices as queries
from assessments.services import notices as services

# For so many seconds a browser keeps the number beside the link, so that not every page asks for it.
COUNT_KEPT = 60


@require_safe
@for_everyone
def notices(request: AppRequest) -> HttpResponse:
    found = queries.notices_of(request.user)
    context = {
        "new": [notice for notice in found if not notice.is_seen],
        "seen": [notice for notice in found if notice.is_seen],
        "until": f"{timezone.now().timestamp():.6f}",
    }
    return render(request, "notices/notices.html", context | {"notice_count": len(context["new"])})


@cache_control(private=True, max_age=COUNT_KEPT)
@require_safe
@for_everyone
def notice_count(request: AppRequest) -> HttpResponse:
    """The number beside the link in the head of every page. Its address changes with the person and each marking."""
    return render(request, "notices/_notice_count.html", {"notice_count": queries.new_count(request.user)})


@require_POST
@for_everyone
def notices_seen(request: AppRequest) -> HttpResponse:
    """Mark one notice or all as seen; what came after the page was made stays new."""
    form = SeenForm(request.POST)
    if form.is_valid():
        services.mark_seen(person=request.user, until=form.cleaned_data["until"], group=form.cleaned_data["notice"])
        request.session["notices_at"] = int(time.time())
    else:
        messages.error(request, _("That notice was not understood; open the list again."))
    return redirect("notices")


@require_POST
@for_everyone
def mails_wanted(request: AppRequest) -> HttpResponse:
    form = MailsForm(request.POST)
    form.is_valid()
    wanted = form.cleaned_data["mails_wanted"]
    services.want_mails(person=request.user, wanted=wanted)
    told = _("You get one mail a day when something is new.") if wanted else _("The daily mail is switched off.")
    messages.success(request, told)
    return redirect("profile")
