"""Files that go with a response, a comment or a finding, for everybody who may read that."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from assessments.access import AppRequest, for_attachment
from assessments.files import kind_of
from assessments.models import Attachment
from assessments.views.serving import stored_file


@require_safe
@for_attachment
def attachment_download(_request: AppRequest, attachment: Attachment) -> HttpResponseBase:
    """The file under its own name, to be kept, never to be shown as a page."""
    return stored_file(attachment.file, kind_of(attachment.content_type), attachment.name, inline=False)


@require_safe
@for_attachment
def attachment_preview(_request: AppRequest, attachment: Attachment) -> HttpResponseBase:
    """A PDF or a picture in a tab of its own; 404 for the other kinds."""
    return stored_file(attachment.file, kind_of(attachment.content_type), attachment.name, inline=True)
