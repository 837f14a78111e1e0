"""Support offices (สสว.), for central managers: which province belongs to which, from which day."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import AppRequest, for_right
from assessments.calendar import today
from assessments.forms.people import SupportImportForm, SupportOfficeForm
from assessments.queries import people as queries
from assessments.services import Refused
from assessments.services import support as services
from assessments.workflow import Right


@require_safe
@for_right(Right.MANAGE_PEOPLE)
def support_offices(request: AppRequest) -> HttpResponse:
    context = {"provinces": queries.provinces_with_office(), "memberships": queries.support_offices_on(today())}
    return render(request, "people/support_offices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.MANAGE_PEOPLE)
def support_office_change(request: AppRequest, iso: str) -> HttpResponse:
    province = queries.province_or_404(iso)
    history = province.support_memberships.select_related("support_office").order_by("-starts_on")
    current = next((member for member in history if member.ends_on is None), None)
    number = current.support_office.number if current else None
    form = SupportOfficeForm(request.POST or None, initial={"number": number, "starts_on": today()})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.assign_support_office(
                province=province, number=typed["number"], starts_on=typed["starts_on"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("support_offices")
    context = {"form": form, "province": province, "history": history}
    return render(request, "people/support_office_change.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.MANAGE_PEOPLE)
def support_office_import(request: AppRequest) -> HttpResponse:
    form = SupportImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.import_support_offices(
                numbers=form.numbers, starts_on=form.cleaned_data["starts_on"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            told = ngettext(
                "All 76 provinces have their support office; %(count)s changed.",
                "All 76 provinces have their support office; %(count)s changed.",
                changed,
            )
            messages.success(request, told % {"count": changed})
            return redirect("support_offices")
    return render(request, "people/support_office_import.html", {"form": form})
