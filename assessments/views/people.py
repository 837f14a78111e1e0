"""People, for central managers: the list, inviting, changing, ending access. And the page of an invited person."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import AppRequest, for_anyone, for_right
from assessments.forms.people import AcceptInvitationForm, InviteForm, PeopleFilterForm, PersonForm
from assessments.models import User
from assessments.queries import people as queries
from assessments.services import Refused
from assessments.services import people as services
from assessments.services.base import Taken
from assessments.workflow import Right, Role

PER_PAGE = 50


@require_safe
@for_right(Right.MANAGE_PEOPLE)
def people_list(request: AppRequest) -> HttpResponse:
    form = PeopleFilterForm(request.GET)
    form.is_valid()
    typed = form.cleaned_data
    wanted = queries.PeopleFilter(
        role=typed.get("role", ""),
        province=typed.get("province"),
        state=typed.get("state", ""),
        search=typed.get("search", ""),
    )
    page = Paginator(queries.people(wanted), PER_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    return render(request, "people/people_list.html", {"form": form, "page": page, "kept": kept.urlencode()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.MANAGE_PEOPLE)
def person_invite(request: AppRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            invited = services.invite(email=form.cleaned_data["email"], by=request.user, **form.values())
        except Taken as taken:
            form.add_error("email", str(taken.message))
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            _tell(request, invited)
            return redirect("person_detail", pk=invited.person.pk)
    return render(request, "people/person_invite.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.MANAGE_PEOPLE)
def person_detail(request: AppRequest, pk: int) -> HttpResponse:
    person = queries.person_or_404(pk)
    form = PersonForm(request.POST or None, by=request.user, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(person=person, by=request.user, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("person_detail", pk=pk)
    context = {
        "person": person,
        "form": form,
        "invitation": person.invitations.first(),
        "history": queries.history_of(person),
        "second_factor": queries.has_second_factor(person),
        "may_change": person.role != Role.ADMIN or request.user.role == Role.ADMIN,
        "is_self": person.pk == request.user.pk,
    }
    return render(request, "people/person_detail.html", context)


@require_POST
@for_right(Right.MANAGE_PEOPLE)
def person_invite_again(request: AppRequest, pk: int) -> HttpResponse:
    def act(person: User) -> None:
        _tell(request, services.invite_again(person=person, by=request.user))

    return _act(request, pk, act)


@require_POST
@for_right(Right.MANAGE_PEOPLE)
def person_revoke(request: AppRequest, pk: int) -> HttpResponse:
    def act(person: User) -> None:
        services.revoke(person=person, by=request.user)
        messages.success(request, _("The invitation is taken back; its link no longer works."))

    return _act(request, pk, act)


@require_POST
@for_right(Right.MANAGE_PEOPLE)
def person_deactivate(request: AppRequest, pk: int) -> HttpResponse:
    def act(person: User) -> None:
        services.deactivate(person=person, by=request.user)
        messages.success(request, _("The account is deactivated; whoever used it is signed out with the next click."))

    return _act(request, pk, act)


@require_POST
@for_right(Right.MANAGE_PEOPLE)
def person_reactivate(request: AppRequest, pk: int) -> HttpResponse:
    def act(person: User) -> None:
        services.reactivate(person=person, by=request.user)
        messages.success(request, _("The account is active again."))

    return _act(request, pk, act)


@require_POST
@for_right(Right.MANAGE_PEOPLE)
def person_remove_second_factor(request: AppRequest, pk: int) -> HttpResponse:
    def act(person: User) -> None:
        services.remove_second_factor(person=person, by=request.user)
        messages.success(
            request, _("The second factor is removed; the person signs in by password and sets it up anew.")
        )

    return _act(request, pk, act)


def _act(request: AppRequest, pk: int, act: Callable[[User], Any]) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        act(person)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("person_detail", pk=pk)


def _tell(request: AppRequest, invited: services.Invited) -> None:
    """What became of an invitation; without a mail server the link itself, this once."""
    messages.success(request, render_to_string("people/_invited.html", {"invited": invited}))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@for_anyone
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = services.invitation_of(token)
    reason = services.why_closed(invitation)
    if invitation is None or reason:
        status = 404 if invitation is None else 410
        return render(request, "people/invitation_closed.html", {"reason": reason}, status=status)
    form = AcceptInvitationForm(request.POST or None, person=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_invitation(token=token, password=form.cleaned_data["password1"])
        except Refused as refusal:
            return render(request, "people/invitation_closed.html", {"reason": refusal.message}, status=410)
        logout(request)
        messages.success(request, _("Your password is set. Sign in with your e-mail address and this password."))
        return redirect("account_login")
    return render(request, "people/invitation_accept.html", {"form": form, "invitation": invitation})
