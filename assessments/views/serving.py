"""Kept files on their way to a person: never as a page of ours, never to be run."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from assessments.files import Kind

# A kept file may run nothing and fetch nothing, whatever a browser takes it for.
DOWNLOAD_POLICY = "sandbox; default-src 'none'"
# The browser's own picture viewer sets its own styles; the file's content still gets nothing.
PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def stored_file(file: FieldFile, kind: Kind | None, name: str, *, inline: bool) -> HttpResponseBase:
    """A kept file under its own name; 404 where storage has lost it, or where its kind is not to be shown."""
    if kind is None or (inline and not kind.inline):
        raise Http404
    try:
        content = file.open("rb")
    except FileNotFoundError:
        # `check_evidence` names it; for the person it is not there.
        raise Http404 from None
    response = FileResponse(content, as_attachment=not inline, filename=name, content_type=kind.content_type)
    response["Content-Security-Policy"] = PREVIEW_POLICY if inline else DOWNLOAD_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
