"""A text as a QR code, for a page or a printed form: squares as one path, drawn by the template."""

from dataclasses import dataclass
from functools import lru_cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

# The white margin that readers need, in modules.
QUIET = 4


@dataclass(frozen=True, slots=True)
class Qr:
    """`path` draws the dark modules (SVG, one unit a module) in a square of `side` units, margin included."""

    side: int
    path: str


@lru_cache(maxsize=256)
def qr_of(text: str) -> Qr:
    """The smallest code that holds the text and survives 15 % of damage."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    return Qr(len(rows), "".join(_runs(rows)))


def _runs(rows: list[list[bool]]) -> list[str]:
    """Each run of dark modules of a row as one rectangle."""
    found = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                found.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return found
