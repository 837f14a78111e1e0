"""Whoever holds a paper with a QR code asks here whether it still equals the record."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.access import for_anyone
from assessments.queries import proofs


@never_cache
@require_safe
@for_anyone
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """The same as printed, changed since, or not a paper of ours (404)."""
    proof = proofs.proof_of(token)
    response = render(request, "verify/verify.html", {"proof": proof}, status=200 if proof else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
