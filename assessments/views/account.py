"""A person's own page, staying signed in, and signing out everywhere."""

import time

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.access import AppRequest, for_everyone
from assessments.forms.notices import MailsForm
from assessments.queries import people as queries
from assessments.services import people as services


@require_safe
@for_everyone
def profile(request: AppRequest) -> HttpResponse:
    context = {
        "second_factor": queries.has_second_factor(request.user),
        "mails_form": MailsForm(initial={"mails_wanted": request.user.mails_wanted}),
    }
    return render(request, "account/profile.html", context)


@require_POST
@for_everyone
def session_keep(request: AppRequest) -> HttpResponse:
    """Extends the session now, without waiting for the middleware's next step."""
    request.session["used_at"] = int(time.time())
    return HttpResponse(status=204) if request.htmx else redirect("home")


@require_POST
@for_everyone
def sign_out_everywhere(request: AppRequest) -> HttpResponse:
    services.sign_out_everywhere(person=request.user)
    logout(request)
    messages.success(request, _("You are signed out on every device."))
    return redirect("account_login")
