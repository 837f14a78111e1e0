"""Who sees what: fetch only what this user may act on; every view declares its rule.

A stranger's object does not exist for a person (404). The right object in the wrong role or moment
is refused with the reason (403). The decision itself is the table's (`workflow.decide`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assessments.calendar import today
from assessments.models import (
    Assessment,
    Attachment,
    Comment,
    Evidence,
    Finding,
    Province,
    SupportMembership,
    User,
    Visit,
)
from assessments.models.answers import AssessmentQuerySet
from assessments.workflow import OFFICE_ROLES, Action, Decision, Right, Role, Status, decide, holds, roles_of
from pmj_standards.access import Rule, View, for_anyone, for_everyone

__all__ = [
    "READS_THREAD",
    "WRITES_THREAD",
    "AppRequest",
    "Refusal",
    "Rule",
    "View",
    "assessments_seen",
    "for_anyone",
    "for_assessment",
    "for_attachment",
    "for_everyone",
    "for_evidence",
    "for_finding",
    "for_move",
    "for_province",
    "for_right",
    "for_visit",
    "has",
    "is_writer",
    "may",
    "may_answer",
    "not_asked",
    "provinces_seen",
    "sees_province",
    "threads_read",
]

# Which act of the table lets a person read a thread of comments, and which write in it.
READS_THREAD = {Comment.Thread.OFFICE: Action.COMMENT_OFFICE, Comment.Thread.CENTRE: Action.VIEW}
WRITES_THREAD = {Comment.Thread.OFFICE: Action.COMMENT_OFFICE, Comment.Thread.CENTRE: Action.COMMENT_CENTRE}


class AppRequest(HttpRequest):
    """A request of a signed-in person, for the type checker."""

    user: User
    htmx: Any
    # The assessment that the view is about, where its rule found one: for the audit trail.
    assessment_pk: int


class Refusal(PermissionDenied):
    """The right place, but the wrong role or moment: 403 with the reason."""

    def __init__(self, decision: Decision) -> None:
        self.reason = decision.reason
        super().__init__(str(decision.reason))


def provinces_seen(user: User) -> list[int] | None:
    """Primary keys of the provinces whose offices a person sees; None means all of them."""
    if user.role in OFFICE_ROLES:
        return [cast("int", user.province_id)]
    if user.role == Role.SUPPORTER:
        members = SupportMembership.objects.on(today()).filter(support_office=user.support_office)
        return list(members.values_list("province_id", flat=True))
    return None


def assessments_seen(user: User) -> AssessmentQuerySet:
    """The assessments that exist for a person."""
    seen = provinces_seen(user)
    found = Assessment.objects.whole()
    return found if seen is None else found.filter(province__in=seen)


def assessment_seen(user: User, pk: int) -> Assessment:
    """One of the assessments that exist for a person; 404 for the others."""
    seen = provinces_seen(user)
    found = get_object_or_404(Assessment.objects.whole(), pk=pk)
    if seen is not None and found.province_id not in seen:
        raise Http404
    return found


def may(user: User, action: Action, assessment: Assessment) -> Decision:
    """Whether this person may do this to this assessment now. For one that they see at all."""
    return decide(
        role=Role(user.role),
        action=action,
        status=Status(assessment.status),
        window=assessment.window(),
        reply=assessment.reply_window(),
    )


def may_answer(user: User, assessment: Assessment, code: str) -> Decision:
    """Whether this person may answer this indicator now: after a return with questions only those asked are open."""
    decision = may(user, Action.EDIT, assessment)
    if not decision or assessment.is_asked(code):
        return decision
    return Decision(False, not_asked(assessment))


def not_asked(assessment: Assessment) -> str:
    """Why an indicator that the last return does not ask about is locked."""
    return _("The central division asks only about %(codes)s; all other answers stay as they were submitted.") % {
        "codes": ", ".join(assessment.asked)
    }


def threads_read(user: User, assessment: Assessment) -> list[Comment.Thread]:
    """The threads of comments that exist for a person who sees the assessment."""
    return [thread for thread, action in READS_THREAD.items() if may(user, action, assessment)]


def has(user: User, right: Right) -> Decision:
    return holds(Role(user.role), right)


def sees_province(user: User, province: Province) -> bool:
    seen = provinces_seen(user)
    return seen is None or province.pk in seen


def for_assessment(action: Action) -> Callable[[View], View]:
    """The view gets the assessment of `pk` instead of its key: 404 for a stranger, 403 with the reason otherwise.

    Answering is asked for the indicator of `code`, where the address names one.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: AppRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            assessment = assessment_seen(request.user, pk)
            request.assessment_pk = assessment.pk
            decision = may(request.user, action, assessment)
            if action is Action.EDIT and "code" in kwargs:
                decision = may_answer(request.user, assessment, kwargs["code"])
            if not decision:
                raise Refusal(decision)
            return view(request, assessment, *args, **kwargs)

        checked.access = Rule(who="sees the assessment", action=action)  # type: ignore[attr-defined]
        return cast("View", checked)

    return decorate


def for_move(action: Action) -> Callable[[View], View]:
    """As `for_assessment`, but a move that comes too late reaches the view: its service refuses it, and the person
    sees where the assessment stands now. So a double click ends on the page of the assessment, not on a refusal."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: AppRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            assessment = assessment_seen(request.user, pk)
            decision = may(request.user, action, assessment)
            if not decision and request.user.role not in roles_of(action):
                raise Refusal(decision)
            return view(request, assessment, *args, **kwargs)

        checked.access = Rule(who="sees the assessment", action=action)  # type: ignore[attr-defined]
        return cast("View", checked)

    return decorate


def for_evidence(action: Action) -> Callable[[View], View]:
    """The view gets the evidence of `key`, which belongs to an assessment that the person may act on."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: AppRequest, key: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = Evidence.objects.select_related("assessment__round__edition", "assessment__province__region")
            evidence = get_object_or_404(found, pk=key)
            assessment = assessment_seen(request.user, evidence.assessment_id)
            request.assessment_pk = assessment.pk
            decision = may(request.user, action, assessment)
            if not decision:
                raise Refusal(decision)
            evidence.assessment = assessment
            return view(request, evidence, *args, **kwargs)

        checked.access = Rule(who="sees the assessment", action=action)  # type: ignore[attr-defined]
        return cast("View", checked)

    return decorate


def for_attachment(view: View) -> View:
    """The view gets the attachment of `key`, whose comment, finding or response the person may read."""

    @wraps(view)
    def checked(request: AppRequest, key: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        holders = ("comment__answer", "finding__answer", "review__answer")
        attachment = get_object_or_404(Attachment.objects.select_related(*holders), pk=key)
        holder = attachment.comment or attachment.finding or attachment.review
        assert holder is not None
        assessment = get_object_or_404(assessments_seen(request.user), pk=holder.answer.assessment_id)
        request.assessment_pk = assessment.pk
        if isinstance(holder, Comment) and holder.thread not in threads_read(request.user, assessment):
            raise Http404
        if isinstance(holder, Finding) and holder.removed_at is not None:
            raise Http404
        return view(request, attachment, *args, **kwargs)

    checked.access = Rule(who="sees the assessment", action=Action.VIEW)  # type: ignore[attr-defined]
    return cast("View", checked)


def for_province(view: View) -> View:
    """The view gets the province of `iso`, whose office the person sees."""

    @wraps(view)
    def checked(request: AppRequest, iso: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        province = get_object_or_404(Province.objects.with_office().select_related("region"), iso=iso)
        if not sees_province(request.user, province):
            raise Http404
        return view(request, province, *args, **kwargs)

    checked.access = Rule(who="sees the office")  # type: ignore[attr-defined]
    return cast("View", checked)


def for_visit(action: Action, *, removed: bool = False) -> Callable[[View], View]:
    """The view gets the visit of `pk`, to an office that the person sees; only its writer does more than read it. One
    that is removed is found only where it is put back (`removed`)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: AppRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = Visit.objects.all() if removed else Visit.objects.filter(removed_at=None)
            visit = get_object_or_404(found.select_related("by"), pk=pk)
            assessment = get_object_or_404(assessments_seen(request.user), pk=visit.assessment_id)
            _refuse_all_but_the_writer(request.user, action, assessment, visit.by_id)
            visit.assessment = assessment
            return view(request, visit, *args, **kwargs)

        checked.access = Rule(who="sees the assessment", action=action)  # type: ignore[attr-defined]
        return cast("View", checked)

    return decorate


def for_finding(action: Action) -> Callable[[View], View]:
    """The view gets the finding of `pk`, at an office that the person sees; only its writer does more than read it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: AppRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            finding = get_object_or_404(Finding.objects.select_related("by", "answer", "visit"), pk=pk)
            assessment = get_object_or_404(assessments_seen(request.user), pk=finding.answer.assessment_id)
            _refuse_all_but_the_writer(request.user, action, assessment, finding.by_id)
            finding.answer.assessment = assessment
            return view(request, finding, *args, **kwargs)

        checked.access = Rule(who="sees the assessment", action=action)  # type: ignore[attr-defined]
        return cast("View", checked)

    return decorate


def _refuse_all_but_the_writer(user: User, action: Action, assessment: Assessment, writer: int) -> None:
    decision = may(user, action, assessment)
    if decision and action is not Action.VIEW:
        decision = is_writer(user, writer)
    if not decision:
        raise Refusal(decision)


def is_writer(user: User, writer: int) -> Decision:
    """Whether this person wrote it: what a visitor found is nobody else's to change."""
    return Decision(user.pk == writer, _("Only the person who wrote this can change it."))


def for_right(right: Right) -> Callable[[View], View]:
    """The view is for people with a right over the whole."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: AppRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            decision = has(request.user, right)
            if not decision:
                raise Refusal(decision)
            return view(request, *args, **kwargs)

        checked.access = Rule(who="has the right", right=right)  # type: ignore[attr-defined]
        return cast("View", checked)

    return decorate
