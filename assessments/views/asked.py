"""The office answers what the centre asks of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.access import AppRequest, for_assessment
from assessments.forms.asked import QuestionForm
from assessments.models import Answer, Assessment
from assessments.queries import asked as queries
from assessments.queries.evidence import place_of
from assessments.services import Refused
from assessments.services.review import answer_question
from assessments.workflow import Action
from indicators.editions import IndicatorNode


@require_POST
@for_assessment(Action.EDIT)
def question_answer(request: AppRequest, assessment: Assessment, code: str, question: int) -> HttpResponse:
    """Answer one question. With htmx the indicator's questions come back; what is refused keeps its text."""
    answer, node = place_of(assessment, code)
    found = queries.question_or_404(answer, question)
    form = QuestionForm(request.POST, question=found)
    if not form.is_valid():
        return _shown(request, answer, node, form, status=422)
    if form.is_stale:
        form.show_theirs()
        return _shown(request, answer, node, form, status=409, theirs=found)
    try:
        answer_question(question=found, by=request.user, text=form.cleaned_data["text"])
    except Refused as refusal:
        form.add_error("text", str(refusal.message))
        return _shown(request, answer, node, form, status=422)
    if request.htmx:
        return _shown(request, answer, node, saved=found.pk)
    messages.success(request, _("Your answer to the question about %(code)s is saved.") % {"code": code})
    return redirect(reverse("answer_detail", args=[assessment.pk, code]) + "#_questions")


def _shown(
    request: AppRequest,
    answer: Answer,
    node: IndicatorNode,
    form: QuestionForm | None = None,
    *,
    status: int = 200,
    **told: object,
) -> HttpResponse:
    """The questions alone for htmx, else a page around them."""
    context = {
        "assessment": answer.assessment,
        "node": node,
        "edit": True,
        "questions": question_forms(answer, form),
        "form": form,
        **told,
    }
    template = "asked/_questions.html" if request.htmx else "asked/questions.html"
    return render(request, template, context, status=status)


def question_forms(answer: Answer, sent: QuestionForm | None = None) -> list[QuestionForm]:
    """A form for each question that was sent; `sent` is the one that was not taken."""
    return [
        sent if sent and sent.question.pk == question.pk else QuestionForm(question=question)
        for question in queries.questions_at(answer)
    ]
