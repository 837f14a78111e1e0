"""The book of the year: every office's official form of a round in one PDF, and as single files in a ZIP."""

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import AppRequest, for_right
from assessments.exports import books
from assessments.exports.support import pdf_problem
from assessments.models import Book, Round
from assessments.queries import books as queries
from assessments.queries.rounds import round_of_year
from assessments.workflow import Right

FILES = {"pdf": ("file", "application/pdf"), "zip": ("archive", "application/zip")}


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.READ_REVIEW)
def country_book(request: AppRequest, year: int) -> HttpResponse:
    """How far the book is; POST has it made. It holds forms of every state, so it is for those who see them all."""
    round_ = round_of_year(year)
    if request.method == "POST":
        if not pdf_problem() and round_.assessments.exists():
            books.order(round_, request.user)
        if not request.htmx:
            return redirect("country_book", year=year)
    return render(request, "books/_book.html" if request.htmx else "books/book.html", _context(round_))


def _context(round_: Round) -> dict[str, object]:
    shelf, now = queries.shelf_of(round_), timezone.now()
    book = shelf.book
    silent = book is not None and books.is_silent(book, now)
    return {
        "round": round_,
        "shelf": shelf,
        "book": book,
        "state": "silent" if silent else book.state if book else "",
        "making": book is not None and not silent and book.state in (Book.State.WAITING, Book.State.WORKING),
        "there": books.is_there(book),
        "unattended": book is not None and books.is_unattended(book, now),
        "pdf_problem": pdf_problem(),
        "no_libraries": book is not None and book.problem == books.NO_LIBRARIES,
        "not_joined": book is not None and book.problem == books.JOINING,
    }


@require_safe
@for_right(Right.READ_REVIEW)
def country_book_file(request: AppRequest, year: int, kind: str) -> HttpResponseBase:
    """The finished PDF or ZIP; back to the book's page while there is none."""
    if kind not in FILES:
        raise Http404
    book = queries.book_of(round_of_year(year))
    column, content_type = FILES[kind]
    try:
        content = getattr(book, column).open("rb") if book is not None and book.file else None
    except FileNotFoundError:
        content = None
    if content is None:
        return redirect("country_book", year=year)
    name = f"แบบประเมินรวมเล่ม {year}.{kind}"
    return FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
