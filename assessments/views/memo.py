"""The memo of a round's results: its words, and the finished one as PDF and Word."""

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import AppRequest, for_right
from assessments.exports import tasks
from assessments.exports.memo_docx import docx_of
from assessments.exports.support import pdf_problem
from assessments.forms.memo import MemoForm
from assessments.memo import Memo
from assessments.models import FormFile
from assessments.queries import country
from assessments.queries.memo import kept_memo, memo_of
from assessments.queries.rounds import round_of_year
from assessments.workflow import Right

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.READ_REVIEW)
def country_memo(request: AppRequest, year: int) -> HttpResponse:
    """GET offers the usual words; POST writes the memo and leads to it. It tells of every office's scores, so it is for
    those who see them all."""
    round_ = round_of_year(year)
    form = MemoForm(request.POST if request.method == "POST" else None, year=year, value=country.default_value(round_))
    if form.is_bound and form.is_valid():
        # The memo is a Thai document: also the names of the provinces in it.
        with translation.override("th"):
            found = country.read(round_, request.user, form.cleaned_data["value"])
            memo = memo_of(found, head=form.head, **form.texts)
        row = tasks.order(memo)
        return redirect("country_memo_made", year=year, content_hash=row.content_hash)
    status = 422 if form.errors else 200
    return render(request, "memo/memo.html", {"round": round_, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.READ_REVIEW)
def country_memo_made(request: AppRequest, year: int, content_hash: str) -> HttpResponse:
    """How far the PDF is, and the Word file, which is there at once. POST has the PDF made again."""
    row = _kept(content_hash, year)
    if request.method == "POST":
        if not pdf_problem():
            row = tasks.order(Memo.from_data(row.content))
        if not request.htmx:
            return redirect("country_memo_made", year=year, content_hash=content_hash)
    now = timezone.now()
    lost = row.state == FormFile.State.READY and not tasks.is_there(row)
    context = {
        "round": round_of_year(year),
        "memo": Memo.from_data(row.content),
        "content_hash": content_hash,
        "state": "lost" if lost else "silent" if tasks.is_silent(row, now) else row.state,
        "file": row,
        "unattended": tasks.is_unattended(row, now),
        "pdf_problem": pdf_problem(),
        "address": reverse("country_memo_made", args=[year, content_hash]),
    }
    return render(request, "memo/_made.html" if request.htmx else "memo/made.html", context)


@require_safe
@for_right(Right.READ_REVIEW)
def country_memo_file(request: AppRequest, year: int, content_hash: str, kind: str) -> HttpResponseBase:
    """The finished PDF, or the Word file."""
    row = _kept(content_hash, year)
    memo = Memo.from_data(row.content)
    if kind == "docx":
        response = HttpResponse(docx_of(memo), content_type=DOCX)
        response["Content-Disposition"] = content_disposition_header(True, f"{memo.file_name}.docx") or ""
        return response
    if kind != "pdf":
        raise Http404
    if not tasks.is_there(row):
        return redirect("country_memo_made", year=year, content_hash=content_hash)
    name = f"{memo.file_name}.pdf"
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")


def _kept(content_hash: str, year: int) -> FormFile:
    """A memo of the year that was made; 404 for all else, also for an office's form."""
    row = kept_memo(content_hash)
    if row is None or row.content["year"] != year:
        raise Http404
    return row
