"""Comments on answers: the office's own thread, and the one with the central division."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import services
from assessments.access import AppRequest, for_assessment, for_move
from assessments.forms.comments import CommentForm
from assessments.models import Assessment, Comment
from assessments.queries import comments, progress
from assessments.services.attachments import attach_to_comment
from assessments.workflow import Action
from indicators.editions import IndicatorNode


def _node(assessment: Assessment, code: str) -> IndicatorNode:
    try:
        return progress.standard_of(assessment).indicators[code]
    except KeyError:
        raise Http404 from None


@require_safe
@for_assessment(Action.VIEW)
def comment_list(request: AppRequest, assessment: Assessment) -> HttpResponse:
    """All threads of an assessment that the person may read, the newest first."""
    talks = comments.all_talks(assessment, request.user)
    context = {"assessment": assessment, "talks": talks, "stands": comments.stands_of(talks)}
    return render(request, "comments/list.html", context)


@require_safe
@for_assessment(Action.VIEW)
def answer_comments(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    """The threads of one indicator: a page, or for htmx what the page of the indicator unfolds."""
    template = "comments/_threads.html" if request.htmx else "comments/answer.html"
    return render(request, template, _page(request, assessment, _node(assessment, code)))


@require_POST
@for_move(Action.COMMENT_OFFICE)
def comment_in_office(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    return _add(request, assessment, code, Comment.Thread.OFFICE)


@require_POST
@for_move(Action.COMMENT_CENTRE)
def comment_to_centre(request: AppRequest, assessment: Assessment, code: str) -> HttpResponse:
    return _add(request, assessment, code, Comment.Thread.CENTRE)


def _add(request: AppRequest, assessment: Assessment, code: str, thread: Comment.Thread) -> HttpResponse:
    """Add a comment; what is refused comes back in its box with the reason."""
    node = _node(assessment, code)
    sent = CommentForm(request.POST, request.FILES, thread=thread)
    form: CommentForm | None = sent
    if sent.is_valid():
        try:
            comment = services.add_comment(
                assessment=assessment, indicator=node, by=request.user, thread=thread, text=sent.cleaned_data["text"]
            )
            for file in sent.cleaned_data["file"]:
                attach_to_comment(comment=comment, file=file, by=request.user)
            form = None
        except services.Refused as refusal:
            sent.add_error(None, str(refusal.message))
    status = 422 if form else 200
    if not form and not request.htmx:
        messages.success(request, _("Your comment is sent."))
        return redirect(f"{reverse('answer_comments', args=[assessment.pk, code])}#_thread_{thread}")
    context = _page(request, assessment, node, form)
    if request.htmx:
        talk = next(each for each in context["talks"] if each["talk"].thread == thread)
        return render(request, "comments/_thread.html", {"assessment": assessment, **talk}, status=status)
    return render(request, "comments/answer.html", context, status=status)


def _page(
    request: AppRequest, assessment: Assessment, node: IndicatorNode, sent: CommentForm | None = None
) -> dict[str, Any]:
    """`sent` is a form that was refused: it stands in the place of its thread's."""
    found = comments.talks_of(assessment, node, request.user)
    return {
        "assessment": assessment,
        "node": node,
        "area": progress.standard_of(assessment).areas[node.area_code],
        "talks": [{"talk": talk, "form": _form(talk, sent)} for talk in found],
        "form": sent,
    }


def _form(talk: comments.Talk, sent: CommentForm | None) -> CommentForm | None:
    if sent and sent.prefix == talk.thread:
        return sent
    return CommentForm(thread=talk.thread) if talk.write else None
