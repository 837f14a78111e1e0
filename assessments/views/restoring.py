"""Using an earlier version of an answer again: shown first, then done."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import services
from assessments.access import AppRequest, for_assessment
from assessments.forms.restoring import RestoreForm
from assessments.models import Assessment
from assessments.queries import answering, progress
from assessments.queries.earlier import earlier_of
from assessments.workflow import Action
from indicators.editions import IndicatorNode


@require_http_methods(["GET", "HEAD", "POST"])
@for_assessment(Action.EDIT)
def answer_restore(request: AppRequest, assessment: Assessment, code: str, version: int) -> HttpResponse:
    """What would change beside what is there now; POST changes it."""
    node = progress.standard_of(assessment).indicators.get(code)
    if node is None:
        raise Http404
    answer = answering.answer_of(assessment, node)
    earlier = earlier_of(answer, node, version)
    if earlier is None:
        raise Http404
    form = RestoreForm(request.POST or None, version=answer.version)
    if request.method == "POST" and form.is_valid() and _restored(request, assessment, node, form, version):
        return redirect("answer_detail", pk=assessment.pk, code=code)
    context = {"assessment": assessment, "node": node, "earlier": earlier, "form": form, "version": answer.version}
    return render(request, "restoring/restore.html", context, status=409 if form.errors else 200)


def _restored(
    request: AppRequest, assessment: Assessment, node: IndicatorNode, form: RestoreForm, version: int
) -> bool:
    """Whether it is done; where not, the form says why."""
    based_on = form.cleaned_data["version"]
    try:
        saved = services.restore_answer(
            assessment=assessment, indicator=node, by=request.user, version=based_on, to=version
        )
    except services.Refused as refusal:
        form.add_error(None, str(refusal.message))
        return False
    except services.Stale:
        form.add_error(None, _("The answer was changed after you had opened this page. Look again at what changes."))
        return False
    if saved.changed:
        messages.success(request, _("The earlier answer to %(code)s is in use again.") % {"code": node.code})
    else:
        messages.info(request, _("Nothing was different, so nothing changed."))
    return True
