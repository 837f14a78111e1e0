"""The address behind the QR code on a receipt and on a printed form. It is signed, so that nobody invents one.

A token is the submission's reference, the beginning of its answers' hash and the signature: `2569-50-1.<16>.<22>`
letters, short enough for a small code. What it says is read back by `claim_of`; whether the record still equals it is
told by `queries.proofs`. Papers outlive keys: an earlier SECRET_KEY in SECRET_KEY_FALLBACKS still reads its tokens.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

from assessments.links import link_to
from assessments.models import Assessment

# 96 bits of the hash and 128 of the signature.
HASH_BYTES, SIGNATURE_LENGTH = 12, 22
_REFERENCE = re.compile(r"(?P<year>[0-9]{4})-(?P<province>[0-9]{2})-(?P<number>[1-9][0-9]{0,4})")


class _ShortSigner(Signer):
    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        return super().signature(value, key)[:SIGNATURE_LENGTH]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a genuine paper says of itself: year (B.E.), province (ISO 3166-2), which submission, and the beginning of
    the answers' hash (hexadecimal)."""

    year: int
    province: str
    number: int
    hash_start: str

    @property
    def reference(self) -> str:
        return f"{self.year}-{self.province.removeprefix('TH-')}-{self.number}"


def proof_link(assessment: Assessment) -> str:
    """The whole address that proves the latest submission. There must be one."""
    return link_to("verify", token_of(assessment.reference, assessment.answers_hash))


def token_of(reference: str, answers_hash: str) -> str:
    start = urlsafe_b64encode(bytes.fromhex(answers_hash)[:HASH_BYTES]).decode()
    return _signer().sign(f"{reference}.{start}")


def claim_of(token: str) -> Claim | None:
    """What a token claims; None where it is not one of ours."""
    try:
        reference, _, start = _signer().unsign(token).partition(".")
    except BadSignature:
        return None
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    return Claim(int(found["year"]), f"TH-{found['province']}", int(found["number"]), urlsafe_b64decode(start).hex())


def _signer() -> _ShortSigner:
    return _ShortSigner(salt="assessments.proofs", sep=".")
