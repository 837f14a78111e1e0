"""Which indicator a file is meant for: proposals from the numbers and Thai words of its name and folders.

Pure reading, no database. A proposal is a guess with its reason in words; a person confirms it. Numbers go before
words: "2.1 แผน.pdf", "มิติ2_ข้อ3", "ตัวชี้วัด 4.12". Thai is written without spaces between words, so words are compared
by groups of three letters, each weighing more the fewer indicators have it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from indicators import thai
from indicators.editions import EditionNode, IndicatorNode

# Above this likeness of words a proposal is made; above the second one it is ticked beforehand.
LIKE_ENOUGH, VERY_LIKE = 0.42, 0.62
# The best must be so much better than the next, or the words fit several and nothing is proposed.
CLEARLY = 1.08
MOST_NAMED = 4

_DIMENSION = r"0?([1-4])"
_NUMBER = r"0?(\d{1,2})"
_KEYWORD = r"(?:ตัวชี้วัด(?:ที่)?|ตชว\.?|ตช\.?ว?\.?|ข้อ(?:ที่)?|indicator|kpi|no\.?)"
_MONTH = (
    r"ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค"
    r"|มกรา|กุมภา|มีนา|เมษา|พฤษภา|มิถุนา|กรกฎา|สิงหา|กันยา|ตุลา|พฤศจิ|ธันวา"
)
_NOT_AFTER = rf"(?![\d%]|\s*(?:[./:\-]\s*\d|น\.|บาท|ล้าน|mb|กม|{_MONTH}))"
# "ตัวชี้วัด 4.12", "ข้อ 2-3": after a word that announces it any sign may part the two.
_ANNOUNCED = re.compile(rf"{_KEYWORD}[\s._:#\-]*{_DIMENSION}\s*[._\-]\s*{_NUMBER}(?!\d)", re.IGNORECASE)
# "2.1 แผน", "2-1_แผน", "(2.1) แผน": at the start.
_LEADING = re.compile(rf"^[\s(\[]*{_DIMENSION}\s*[._\-]\s*{_NUMBER}{_NOT_AFTER}", re.IGNORECASE)
# "แผน 2.1": with a point, anywhere; no part of a date, a time, a version or an amount.
_ANYWHERE = re.compile(rf"(?<![\d.,/vV])(?<!ร้อยละ)(?<!ร้อยละ ){_DIMENSION}\.{_NUMBER}{_NOT_AFTER}", re.IGNORECASE)
_IN_DIMENSION = re.compile(r"มิติ\s*(?:ที่)?[\s._\-]*([1-4])(?!\d)")
_ORDINAL = re.compile(rf"{_KEYWORD}[\s._:#\-]*{_NUMBER}(?![\d.])", re.IGNORECASE)
_FIRST_ORDINAL = re.compile(rf"^[\s(\[]*{_NUMBER}(?=[\s._)\]\-]|$)(?!\.\d)")

# Words that stand in many names and say nothing of the indicator.
_FILLERS = re.compile(
    r"ปีงบประมาณ|พ\.?ศ\.?|ประจำปี|ไตรมาส(?:ที่)?|ครั้งที่|สนง\.?|พมจ\.?|สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์|จังหวัด"
    r"|ตัวชี้วัด(?:ที่)?|หลักฐาน|แนบ|ฉบับ|แก้ไข|ล่าสุด|final|scan|copy|สแกน|สำเนา|เอกสาร|ไฟล์|มิติ(?:ที่)?|ข้อ(?:ที่)?|img|image"
    r"|ม\.ค\.|ก\.พ\.|มี\.ค\.|เม\.ย\.|พ\.ค\.|มิ\.ย\.|ก\.ค\.|ส\.ค\.|ก\.ย\.|ต\.ค\.|พ\.ย\.|ธ\.ค\.",
    re.IGNORECASE,
)
_ANY_PICTURE = frozenset({"ภาพหน้าจอ", "ภาพถ่าย", "screenshot", "photo", "document", "untitled", "whatsappimage"})
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An indicator for a file, or none. `sure` tells that it may be ticked beforehand."""

    code: str
    reason: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What a file of an earlier year served: by its content, or by its name without the numbers."""

    year: int
    codes: tuple[str, ...]


class Index:
    """The words of an edition's indicators, ready to be compared. Made once for an edition."""

    def __init__(self, edition: EditionNode) -> None:
        self.codes = tuple(edition.indicators)
        self.phrases: list[tuple[str, frozenset[str], str]] = []
        for node in edition.indicators.values():
            self.phrases += [(node.code, grams(text), text) for text in _texts_of(node)]
        held = Counter(gram for _code, gram in {(code, gram) for code, found, _ in self.phrases for gram in found})
        self.weights = {gram: math.log(1 + len(self.codes) / number) for gram, number in held.items()}
        self.unknown = math.log(1 + len(self.codes))

    def weight(self, found: Iterable[str]) -> float:
        return sum(self.weights.get(gram, self.unknown) for gram in found)


def _texts_of(node: IndicatorNode) -> tuple[str, ...]:
    return (node.name, *node.evidence)


@lru_cache(maxsize=4)
def index_of(edition: EditionNode) -> Index:
    return Index(edition)


def grams(text: str) -> frozenset[str]:
    """All groups of three letters of the words of a text, without signs, digits and words that say nothing."""
    words = _NOT_LETTERS.split(_marks_kept(_FILLERS.sub(" ", thai.arabic_digits(thai.clean(text)).casefold())))
    found = set()
    for word in words:
        letters = word.translate(_FROM_KEPT)
        found |= {letters[place : place + 3] for place in range(len(letters) - 2)}
    return frozenset(found)


# Thai vowel signs and tone marks are no letters to a regular expression: they stand in for ones that are.
_MARKS = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
_KEPT = str.maketrans({mark: chr(0x4E00 + place) for place, mark in enumerate(_MARKS)})
_FROM_KEPT = {0x4E00 + place: mark for place, mark in enumerate(_MARKS)}


def _marks_kept(text: str) -> str:
    return text.translate(_KEPT)


def name_key(name: str) -> str:
    """A name without its ending, digits and signs: "แผน ปี 2568.pdf" and "แผน ปี 2569.docx" are one. Empty where too
    little is left to tell files apart."""
    stem = name.rpartition(".")[0] or name
    words = _NOT_LETTERS.sub("", _marks_kept(thai.arabic_digits(thai.clean(stem)).casefold()))
    words = words.translate(_FROM_KEPT)
    return words if len(words) >= 6 and words not in _ANY_PICTURE else ""


def propose(
    name: str,
    folder: str,
    index: Index,
    *,
    same_content: Before | None = None,
    same_name: Before | None = None,
) -> Proposal | None:
    """The indicator that a file seems meant for; None where nothing speaks for one. A proposal without a code tells
    only why there is none: several fit alike."""
    code = numbered(name, folder, index)
    if code:
        return code
    for before, words in ((same_content, _("the same file as in %(year)s")), (same_name, _("named as in %(year)s"))):
        if before:
            known = [code for code in before.codes if code in index.codes]
            if known:
                reason = f"{words % {'year': before.year}} ({', '.join(known[:MOST_NAMED])})"
                return Proposal(known[0], reason, sure=len(known) == 1)
    return _by_words(*_words_of(name, folder), index)


def numbered(name: str, folder: str, index: Index) -> Proposal | None:
    """The indicator that a number in the name, or in its folders, tells."""
    return _by_number(*_words_of(name, folder), index)


def _words_of(name: str, folder: str) -> tuple[str, list[str]]:
    """The name without its ending, and its folders, the innermost first."""
    return _plain(name.rpartition(".")[0] or name), [_plain(part) for part in reversed(folder.split("/")) if part]


def _plain(text: str) -> str:
    return thai.arabic_digits(thai.clean(text)).strip()


def _by_number(stem: str, folders: list[str], index: Index) -> Proposal | None:
    places = [(stem, _("the number in the file's name")), *((part, _("the number of the folder")) for part in folders)]
    for pattern in (_ANNOUNCED, _LEADING, _ANYWHERE):
        for text, reason in places:
            for match in pattern.finditer(text):
                code = f"{match[1]}.{int(match[2])}"
                if code in index.codes:
                    # "3-4" may be days or a range: it is shown, but a person ticks it.
                    sure = pattern is _ANNOUNCED or "." in match[0]
                    return Proposal(code, f"{reason}: {match[0].strip(' ([')}", sure=sure)
    return _by_ordinal(stem, folders, index)


def _by_ordinal(stem: str, folders: list[str], index: Index) -> Proposal | None:
    """ "มิติ2_ข้อ3", "มิติที่ 4/ตัวชี้วัดที่ 12", and a file "3 แผน" in the folder "มิติที่ 2"."""
    dimension = _dimension_of(stem, folders)
    if not dimension:
        return None
    for text in (stem, *folders):
        if match := _ORDINAL.search(text):
            code = f"{dimension}.{int(match[1])}"
            if code in index.codes:
                words = _("dimension %(dimension)s and the number %(number)s in the names")
                return Proposal(code, words % {"dimension": dimension, "number": int(match[1])}, sure=True)
    if match := _FIRST_ORDINAL.search(stem):
        code = f"{dimension}.{int(match[1])}"
        if code in index.codes:
            words = _("the file's number %(number)s in the folder of dimension %(dimension)s")
            return Proposal(code, words % {"dimension": dimension, "number": int(match[1])})
    return None


def _dimension_of(stem: str, folders: list[str]) -> str:
    for text in (stem, *folders):
        if match := _IN_DIMENSION.search(text):
            return match[1]
    return ""


def _by_words(stem: str, folders: list[str], index: Index) -> Proposal | None:
    """By the words of the name; where they say too little, together with those of the folder."""
    dimension = _dimension_of(stem, folders)
    for text in (stem, " ".join([stem, *folders[:1]]) if folders else ""):
        found = grams(text)
        if not found:
            continue
        ranked = sorted(_likeness(found, dimension, index).items(), key=lambda entry: -entry[1][0])
        if not ranked or ranked[0][1][0] < LIKE_ENOUGH:
            continue
        code, (best, phrase) = ranked[0]
        alike = [other for other, (likeness, _phrase) in ranked if likeness * CLEARLY > best]
        if len(alike) > 1:
            shown = sorted(alike, key=index.codes.index)
            names = ", ".join(shown[:MOST_NAMED]) + (" …" if len(shown) > MOST_NAMED else "")
            return Proposal("", _("its words fit several: %(codes)s") % {"codes": names})
        short = phrase if len(phrase) <= 60 else phrase[:59] + "…"
        return Proposal(code, _("words as in “%(text)s”") % {"text": short}, sure=best >= VERY_LIKE)
    return None


def _likeness(found: frozenset[str], dimension: str, index: Index) -> Mapping[str, tuple[float, str]]:
    """How like each indicator's best phrase is, 0 to 1: weight of what is shared, against both. A file's name is often
    part of a long phrase, so its own side counts more."""
    own = index.weight(found)
    best: dict[str, tuple[float, str]] = {}
    for code, phrase, text in index.phrases:
        if (dimension and not code.startswith(f"{dimension}.")) or not phrase:
            continue
        shared = index.weight(found & phrase)
        likeness = (shared / own) ** 0.65 * (shared / index.weight(phrase)) ** 0.35 if shared else 0.0
        if likeness > best.get(code, (0.0, ""))[0]:
            best[code] = (likeness, text)
    return best
