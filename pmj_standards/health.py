"""Whether the product answers, for a monitor. Says little."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from assessments.access import for_anyone


@for_anyone
def healthz(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
