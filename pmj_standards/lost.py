"""Where a request leads nowhere although a person did nothing wrong: signed out while typing, or a reload of an
address that only takes what is sent to it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

# Forms with long texts: what was typed comes back, to be copied or sent again. Nothing of it is kept on the server.
KEPT = {
    "answer_save": "answer_detail",
    "question_answer": "answer_detail",
    "judge": "review_answer",
    "question_add": "review_answer",
    "second_save": "second_read",
    "phrase_add": "phrases",
    "phrase_change": "phrases",
    "respond": "reply",
    "settle": "reply",
    "comment_in_office": "answer_comments",
    "comment_to_centre": "answer_comments",
    "assessment_return": "national_assessment",
    "assessment_reopen": "national_assessment",
    "assessment_extend": "national_assessment",
    "follow_up_save": "follow_up",
    "visit_new": "visit_new",
    "visit_change": "visit_change",
    "finding_add": "visit_detail",
    "finding_new": "finding_new",
    "finding_change": "finding_change",
}
_WITHOUT_CODE = (
    *("reply", "follow_up", "visit_new", "visit_change", "visit_detail", "finding_change", "national_assessment"),
)
_OF_PAGE = {name: {"pk"} for name in _WITHOUT_CODE}
# Addresses above another one that are no pages.
NO_PAGES = {"evidence_preview"}
# What says how to save, not what; an old choice between two versions is made anew.
_DROPPED = {"csrfmiddlewaretoken", "over", "theirs", "stay", "onward"}


def _labels() -> dict[str, str]:
    return {
        "no_case_reason": _("Why there was no case"),
        "performance": _("Performance"),
        "problems": _("Problems and obstacles"),
        "remedies": _("Remedies"),
        "number_source": _("Who counted, and from what"),
        "reason": _("Reason of the verdict"),
        "question": _("Question to the office"),
        "text": _("What you wrote"),
        # The fields of a thread's form and of a move's start with its name.
        "office-text": _("Your comment"),
        "centre-text": _("Your comment"),
        "return-reason": _("What the office has to correct"),
        "reopen-reason": _("Why it is reopened"),
        "extend-reason": _("Reason for the extension"),
        "who": _("Who visited"),
        "summary": _("What was found on the whole"),
        "advice": _("Advice"),
    }


def holds_typed(request: HttpRequest) -> bool:
    """Whether this request brings what a person typed into one of our own pages."""
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.url_name in KEPT


def from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on one of our pages: a stranger's is never offered to be saved."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def not_saved(request: HttpRequest, *, status: HTTPStatus) -> HttpResponse:
    """What was typed, to be copied, or to be sent again once the person is signed in."""
    match = request.resolver_match
    assert match is not None
    labels = _labels()
    texts = [(name, label, request.POST[name]) for name, label in labels.items() if request.POST.get(name)]
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    others = [(name, value) for name, value in sent if name not in labels and name not in _DROPPED]
    not_numbers = {"version", "back", "compact", "evidence_held", "no_case"}
    not_numbers |= {"verdict", "quick", "answer_version", "go", "also_ask", "by", "sort", "region", "only"}
    not_numbers |= {"response", "band", "seen", "state", "indicator", "visit"}
    numbers = [value for name, value in others if name not in not_numbers and value]
    name = KEPT[str(match.url_name)]
    wanted = _OF_PAGE.get(name, {"pk", "code"})
    page = reverse(name, kwargs={key: value for key, value in match.kwargs.items() if key in wanted})
    context = {"texts": texts, "others": others, "numbers": numbers, "page": page}
    return render(request, "not_saved.html", context, status=status)


def wrong_method(request: HttpRequest) -> HttpResponse:
    """A page for a person who opens or reloads an address that only takes forms: the way to where the form stands."""
    return render(request, "405.html", {"page": _page_above(request.path)}, status=HTTPStatus.METHOD_NOT_ALLOWED)


def _page_above(path: str) -> str:
    """The nearest page that the address belongs to: /rounds/3/change/ belongs to /rounds/3/."""
    parts = path.strip("/").split("/")
    while parts := parts[:-1]:
        above = f"/{'/'.join(parts)}/"
        try:
            if resolve(above).url_name not in NO_PAGES:
                return above
        except Resolver404:
            continue
    return "/"
