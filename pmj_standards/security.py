"""Where to report a weakness (RFC 9116), when whoever runs the product has said so (SECURITY_CONTACT)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.access import for_anyone

# The address is asked from the settings at each request: whoever reads it may rely on it for a season.
GOOD_FOR = timedelta(days=90)


@require_safe
@for_anyone
def security_txt(request: HttpRequest) -> HttpResponse:
    contact = settings.SECURITY_CONTACT
    if not contact:
        raise Http404
    expires = (timezone.now() + GOOD_FOR).replace(microsecond=0).isoformat()
    where = contact if ":" in contact else f"mailto:{contact}"
    lines = [f"Contact: {where}", f"Expires: {expires}", "Preferred-Languages: th, en"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
