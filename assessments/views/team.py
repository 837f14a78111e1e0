"""Working together: sharing out the indicators, a person's own work, and who has an indicator open."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_assessment, for_right
from assessments.forms.assigning import AreaForm
from assessments.models import Assessment
from assessments.queries import progress, teamwork
from assessments.workflow import Action, Right


@require_safe
@for_assessment(Action.ASSIGN)
def assignments(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """Who answers what, one form for each area; `?area=4-10` opens one."""
    opened = request.GET.get("area", "")
    if opened and opened not in progress.standard_of(assessment).areas:
        raise Http404
    return _page(request, assessment, opened=opened)


@require_POST
@for_assessment(Action.ASSIGN)
def assign_area(request: AppRequest, assessment: Assessment, area_code: str) -> HttpResponse:
    if area_code not in progress.standard_of(assessment).areas:
        raise Http404
    shared = teamwork.shared_of(assessment, progress.states_of(assessment))
    area = next(area for area in shared.areas if area.node.code == area_code)
    form = AreaForm(request.POST, area=area, people=shared.people, assessment=assessment)
    if not form.is_valid():
        return _page(request, assessment, opened=area_code, sent=form, status=422)
    try:
        number = services.assign(assessment=assessment, by=request.user, wanted=form.wanted())
    except services.Refused as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, assessment, opened=area_code, sent=form, status=422)
    if number:
        text = ngettext("Saved: %(number)d indicator.", "Saved: %(number)d indicators.", number)
        messages.success(request, text % {"number": number})
    else:
        messages.info(request, _("Nothing was different, so nothing changed."))
    return redirect(f"{reverse('assignments', args=[assessment.pk])}?area={area_code}#area-{area_code}")


def _page(
    request: AppRequest, assessment: Assessment, *, opened: str, sent: AreaForm | None = None, status: int = 200
) -> HttpResponse:
    """All areas, one of them unfolded with its form; for htmx that one alone."""
    shared = teamwork.shared_of(assessment, progress.states_of(assessment))
    areas = [
        (area, _form(assessment, shared, area, sent) if area.node.code == opened else None) for area in shared.areas
    ]
    context = {
        "assessment": assessment,
        "shared": shared,
        "areas": areas,
        "sent": sent,
        "deadline": progress.deadline_of(assessment),
    }
    if request.htmx and opened:
        area, form = next(each for each in areas if each[1])
        return render(request, "team/_area.html", {"assessment": assessment, "area": area, "form": form})
    return render(request, "team/assignments.html", context, status=status)


def _form(
    assessment: Assessment, shared: teamwork.Shared, area: teamwork.SharedArea, sent: AreaForm | None
) -> AreaForm:
    return sent or AreaForm(area=area, people=shared.people, assessment=assessment)


@require_safe
@for_right(Right.HAVE_WORK)
def my_work(request: AppRequest) -> HttpResponse:
    return render(request, "team/my_work.html", {"work": teamwork.work_of(request.user)})


@require_POST
@for_assessment(Action.EDIT)
def presence(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """The page of an indicator says that it is open; what comes back names the others who have it open."""
    node = progress.standard_of(assessment).indicators.get(code)
    if node is None:
        raise Http404
    services.say_open(
        assessment=assessment, indicator=node, by=request.user, editing=request.POST.get("editing") == "1"
    )
    others = teamwork.present_beside(assessment, node, request.user)
    return render(request, "team/_presence.html", {"others": others})
