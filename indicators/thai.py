"""Thai text and digits: cleaning what was typed, reading numbers, writing numbers, sorting names.

Pure: no Django. One home for these rules, because a name that is cleaned in one place
and not in another can no longer be found.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# Zero-width space and joiners, BOM, soft hyphen, and the marks that turn the reading direction:
# invisible to the person who typed or pasted them, fatal to a search and to a file name.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_SPACES = re.compile(r"[^\S\n]+")
_LEADING_VOWEL = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")
_MARKS = re.compile("[\u0e47-\u0e4e]")
# Signs that belong to the letter before them: vowels and tone marks above and below, sara am.
_ABOVE_AND_BELOW = (
    "\u0e31\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)


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


def squeeze(text: str) -> str:
    """The text as it is searched: cleaned, without spaces, lower case, Arabic digits.

    Thai has no spaces between words, so a reader cannot know where a printed text had one.
    """
    return re.sub(r"\s+", "", arabic_digits(clean(text))).casefold()


# The handbook writes both for the same bodies; a reader cannot know which one stands where.
_ALIKE, _ONE = "องค์การ", "องค์กร"
_LEFT_OUT = 5  # the place of the sign that only the longer one has


def searched(text: str) -> str:
    """`squeeze`, with องค์การ and องค์กร as one word: what a search compares."""
    return squeeze(text).replace(_ALIKE, _ONE)


def found_parts(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the words (as `searched` writes them), to be marked.

    Spaces and digits of the other script do not part a word; a consonant is never marked without its vowel signs.
    """
    letters, places = [], []
    for place, sign in enumerate(text):
        if not sign.isspace():
            for letter in arabic_digits(sign).casefold():
                letters.append(letter)
                places.append(place)
    for found in reversed([*re.finditer(_ALIKE, "".join(letters))]):
        del letters[found.start() + _LEFT_OUT], places[found.start() + _LEFT_OUT]
    joined = "".join(letters)
    hit = [False] * len(text)
    for word in filter(None, words):
        start = joined.find(word)
        while start >= 0:
            end = places[start + len(word) - 1] + 1
            while end < len(text) and (unicodedata.combining(text[end]) or text[end] in _ABOVE_AND_BELOW):
                end += 1
            hit[places[start] : end] = [True] * (end - places[start])
            start = joined.find(word, start + 1)
    parts: list[tuple[str, bool]] = []
    for sign, marked in zip(text, hit, strict=True):
        if parts and parts[-1][1] == marked:
            parts[-1] = (parts[-1][0] + sign, marked)
        else:
            parts.append((sign, marked))
    return parts


def excerpt(parts: list[tuple[str, bool]], around: int = 120) -> list[tuple[str, bool]]:
    """The pieces near the first found word: what stands farther away than `around` signs is cut, with "…"."""
    first = next((place for place, (_, found) in enumerate(parts) if found), 0)
    before = "".join(text for text, _ in parts[:first])
    rest = parts[first:]
    shown: list[tuple[str, bool]] = []
    if before:
        shown.append((before if len(before) <= around else "…" + _tail(before, around), False))
    left = around * 2
    for text, found in rest:
        if not found and len(text) > left:
            shown.append((_head(text, left) + "…", False))
            break
        shown.append((text, found))
        left = max(0, left - len(text))
    return shown


def _tail(text: str, length: int) -> str:
    """The end of a text, from a space on where there is one (Thai puts spaces between phrases)."""
    cut = text[-length:]
    return cut[cut.index(" ") + 1 :] if " " in cut else cut.lstrip(_ABOVE_AND_BELOW)


def _head(text: str, length: int) -> str:
    cut = text[:length]
    return cut[: cut.rindex(" ")] if " " in cut.strip() else cut


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
