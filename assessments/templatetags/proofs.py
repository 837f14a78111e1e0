"""A paper's proof as a QR code."""

from django import template

from assessments.models import Assessment
from assessments.proofs import proof_link
from assessments.qr import Qr, qr_of

register = template.Library()


@register.filter
def qr(text: str) -> Qr:
    """The text as a QR code, for `frame/_qr.html`."""
    return qr_of(text)


@register.filter
def proof(assessment: Assessment) -> str:
    """The address that proves an assessment's latest submission."""
    return proof_link(assessment)
