"""Thai text and digits: cleaning what was typed, reading numbers, writing numbers, sorting names.

Pure: no Django. One home for these rules, because a name that is cleaned in one place
and not in another can no longer be found.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
# Zero-width space and joiners, BOM, soft hyphen, and the marks that turn the reading direction:
# invisible to the person who typed or pasted them, fatal to a search and to a file name.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_SPACES = re.compile(r"[^\S\n]+")
_LEADING_VOWEL = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")
_MARKS = re.compile("[\u0e47-\u0e4e]")


def clean(text: str) -> str:
    """The text as it is stored: NFC, no invisible characters, one way to write ำ and แ.

    NFC leaves the two ways of writing ำ apart (and NFKC would break it up), so it is joined here.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    text = _SARA_AM.sub("\\1\u0e33", text).replace("เเ", "แ")
    return _SPACES.sub(" ", text).strip()


def arabic_digits(text: str) -> str:
    """๑๒ becomes 12."""
    return text.translate(_TO_ARABIC)


def thai_digits(text: str) -> str:
    """12 becomes ๑๒."""
    return text.translate(_TO_THAI)


def squeeze(text: str) -> str:
    """The text as it is searched: cleaned, without spaces, lower case, Arabic digits.

    Thai has no spaces between words, so a reader cannot know where a printed text had one.
    """
    return re.sub(r"\s+", "", arabic_digits(clean(text))).casefold()


def sort_key(name: str) -> str:
    """A key that sorts Thai names as the Royal Institute's dictionary does.

    A leading vowel (เ แ โ ใ ไ) is read after its consonant, and tone marks count only
    where everything else is equal. Code-point order misplaces 65 of the 77 provinces.
    """
    swapped = _LEADING_VOWEL.sub(r"\2\1", clean(name))
    marks = "".join(f"{m.start():03d}{m.group()}" for m in _MARKS.finditer(swapped))
    return f"{_MARKS.sub('', swapped)}\t{marks}"


def number(value: Decimal | Fraction | int, *, decimals: int = 2) -> str:
    """1200 becomes 1,200 and 2/3 becomes 0.67: half up, no superfluous zeros."""
    if isinstance(value, Fraction):
        value = rounded(value, decimals)
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Fraction | Decimal | int, decimals: int = 2) -> Decimal:
    """The exact value rounded half up to a number of decimals: 50/6 becomes 8.33."""
    exact = Fraction(value) * 10**decimals
    whole = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return (Decimal(whole) / (Decimal(10) ** decimals)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
