"""What an indicator asks for, and how strictly an answer is read.

Pure: no Django. An `Inputs` mapping holds only values that passed here:
whole numbers as `int`, measures as `Decimal`, lists as `tuple[int, ...]`, yes/no as `bool`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from indicators.thai import arabic_digits, number

Inputs = Mapping[str, Any]

# A count of nine digits is more than any office has of anything; a longer one is a slip of the hand.
LARGEST = 999_999_999

# Every reason for refusing an answer, as a sentence that says what to do. {field} is the input's label.
REASONS: dict[str, tuple[str, str]] = {
    "missing": ("กรอก “{field}” ด้วย ถ้าไม่มีให้กรอก 0", "Enter “{field}” too; enter 0 if there is none."),
    "missing_whole": ("กรอก “{field}” ด้วย (ต้องมากกว่า 0)", "Enter “{field}” too; it must be more than 0."),
    "missing_list": (
        "กรอก “{field}” ให้ครบทุกช่อง ช่องใดไม่มีให้กรอก 0",
        "Fill in every field of “{field}”; enter 0 where there is none.",
    ),
    "missing_option": ("เลือกหนึ่งข้อจากข้อ 1 ถึงข้อ {limit}", "Choose one of options 1 to {limit}."),
    "text": (
        "กรอก “{field}” เป็นตัวเลขจำนวนเต็ม เช่น 30 (อ่านค่าที่กรอกไม่ได้: {value})",
        "Enter “{field}” as a whole number, for example 30 (cannot read: {value}).",
    ),
    "quoted": (
        "“{field}” ต้องเป็นตัวเลข ไม่ใช่ข้อความ (ที่ได้รับคือ {value}) เขียนตัวเลขโดยไม่ใส่เครื่องหมายคำพูด เช่น 30",
        "“{field}” must be a number, not a text (got {value}); write the number without quotes, for example 30.",
    ),
    "fraction": (
        "กรอก “{field}” เป็นจำนวนเต็ม ไม่มีทศนิยม เช่น 30 (ที่กรอกคือ {value})",
        "Enter “{field}” as a whole number without decimals, for example 30 (you entered {value}).",
    ),
    "negative": (
        "“{field}” ต้องเป็น 0 ขึ้นไป (ที่กรอกคือ {value})",
        "“{field}” must be 0 or more (you entered {value}).",
    ),
    "too_large": (
        "“{field}” มากเกินไป ตรวจจำนวนหลักแล้วกรอกใหม่ ไม่เกิน {limit}",
        "“{field}” is too large; check the digits and enter at most {limit}.",
    ),
    "above_maximum": (
        "“{field}” มีได้ไม่เกิน {limit} {unit} (ที่กรอกคือ {value}) ตรวจแล้วกรอกใหม่",
        "“{field}” can be at most {limit} {unit} (you entered {value}); check and enter it again.",
    ),
    "decimals": (
        "กรอก “{field}” เป็นตัวเลข ทศนิยมไม่เกิน {limit} ตำแหน่ง เช่น 120.50 (ที่กรอกคือ {value})",
        "Enter “{field}” as a number with at most {limit} decimals, for example 120.50 (you entered {value}).",
    ),
    "above_whole": (
        "“{field}” ({value}) มากกว่า “{whole}” ({limit}) ตรวจตัวเลขทั้งสองช่องแล้วกรอกใหม่",
        "“{field}” ({value}) is more than “{whole}” ({limit}); check both numbers and enter them again.",
    ),
    "zero_whole": (
        "“{field}” เป็น 0 ไม่ได้ ตรวจทะเบียนแล้วกรอกจำนวนทั้งหมด",
        "“{field}” cannot be 0; check the register and enter the total.",
    ),
    "option": (
        "เลือกหนึ่งข้อจากข้อ 1 ถึงข้อ {limit} (ที่ตอบคือ {value})",
        "Choose one of options 1 to {limit} (you answered {value}).",
    ),
    "yes_no": ("ตอบ “{field}” โดยเลือก “{yes}” หรือ “{no}”", "Answer “{field}” with “{yes}” or “{no}”."),
    "true_false": (
        "ตอบ “{field}” ด้วย true ({yes}) หรือ false ({no}) (ที่ตอบคือ {value})",
        "Answer “{field}” with true ({yes}) or false ({no}) (you answered {value}).",
    ),
    "list": (
        "กรอก “{field}” เป็นรายการตัวเลข เช่น [6, 7, 11] (ที่ได้รับคือ {value})",
        "Enter “{field}” as a list of numbers, for example [6, 7, 11] (got {value}).",
    ),
    "list_commas": (
        "อ่าน {value} ใน “{field}” ได้สองแบบ คั่นแต่ละกิจกรรมด้วยเว้นวรรค เช่น 85 90 80",
        "{value} in “{field}” can be read in two ways; put a space between activities, for example 85 90 80.",
    ),
    "list_length": (
        "“{field}” ต้องมี {limit} จำนวน (ที่กรอกมี {value})",
        "“{field}” needs {limit} numbers (you entered {value}).",
    ),
    "too_many": (
        "“{field}” มีได้ไม่เกิน {limit} รายการ",
        "“{field}” can hold at most {limit} entries.",
    ),
    "unknown_input": (
        "ตัวชี้วัดนี้ไม่มีช่อง “{value}” ช่องที่ใช้ได้คือ {limit}",
        "This indicator has no input “{value}”; its inputs are {limit}.",
    ),
    "not_an_answer": (
        'คำตอบต้องเป็นกลุ่มของชื่อช่องกับค่า เช่น {{"count": 5}}',
        'An answer must be a set of inputs and values, such as {{"count": 5}}.',
    ),
    "unknown_indicator": (
        "ไม่มีตัวชี้วัดรหัส {value} ในมาตรฐานฉบับนี้",
        "This edition has no indicator with the code {value}.",
    ),
    "no_case_not_offered": (
        "ตัวชี้วัดนี้ตอบ “ไม่มีกรณีในรอบปี” ไม่ได้ กรอกจำนวนตามจริง (0 ก็เป็นคำตอบ)",
        "“No case this year” is not offered for this indicator; enter the real number (0 is an answer).",
    ),
    "no_case_alone": (
        "เลือก “ไม่มีกรณีในรอบปี” แล้วต้องเว้นช่องตัวเลขให้ว่าง",
        "With “no case this year” the number fields must stay empty.",
    ),
    "no_case_true": (
        "no_case รับค่า true เท่านั้น ถ้ามีกรณีให้กรอกตัวเลขแทน",
        "no_case takes only true; if there was a case, enter the numbers instead.",
    ),
}


class InputRefused(ValueError):
    """An answer that cannot be read. Never scored; the reason goes to the person.

    `code` is a key of REASONS, `field` the input's name ("numerator"), empty when it is about the whole answer.
    """

    def __init__(self, code: str, *, field: str = "", label: str = "", **params: Any) -> None:
        self.code = code
        self.field = field
        self.params = {"field": label, **params}
        super().__init__(self.message())

    def message(self, language: str = "th") -> str:
        thai, english = REASONS[self.code]
        return (thai if language == "th" else english).format(**self.params)


@dataclass(frozen=True, slots=True)
class Field:
    """One input of an indicator: its name in the data, the label a person reads, and its limits."""

    name: str
    label: str
    unit: str = ""
    type: Literal["count", "measure", "list", "yes", "option"] = "count"
    decimals: int = 0
    maximum: int | None = None
    length: int | None = None
    item_labels: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    above_zero: bool = False

    def refuse(self, code: str, **params: Any) -> InputRefused:
        return InputRefused(code, field=self.name, label=self.label, unit=self.unit, **params)

    def missing(self) -> InputRefused:
        """The refusal of a field that was left empty: it says what to do there."""
        match self.type:
            case "list":
                return self.refuse("missing_list")
            case "option":
                return self.refuse("missing_option", limit=len(self.options))
            case "yes":
                return self.refuse("yes_no", yes=self.options[0], no=self.options[1])
            case _:
                return self.refuse("missing_whole" if self.above_zero else "missing")

    def read(self, raw: Any) -> Any:
        """The value, or InputRefused. Text is refused where a number is asked: forms read text first."""
        match self.type:
            case "count":
                return self._count(raw)
            case "measure":
                return self._measure(raw)
            case "list":
                return self._list(raw)
            case "yes":
                if not isinstance(raw, bool):
                    raise self.refuse("true_false", yes=self.options[0], no=self.options[1], value=_as_json(raw))
                return raw
            case "option":
                if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= len(self.options):
                    raise self.refuse("option", value=_as_json(raw), limit=len(self.options))
                return raw

    def _count(self, raw: Any) -> int:
        if isinstance(raw, (Decimal, float)):
            raise self.refuse("fraction", value=_shown(raw))
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise self.refuse("quoted" if isinstance(raw, str) else "text", value=_as_json(raw))
        if raw < 0:
            raise self.refuse("negative", value=raw)
        if raw > LARGEST:
            raise self.refuse("too_large", limit=number(LARGEST))
        if self.maximum is not None and raw > self.maximum:
            raise self.refuse("above_maximum", value=number(raw), limit=self.maximum)
        return raw

    def _measure(self, raw: Any) -> Decimal:
        """A measure with decimals; stored answers carry it as text, which keeps it exact."""
        if isinstance(raw, (bool, float)) or not isinstance(raw, (int, str, Decimal)):
            raise self.refuse("decimals", value=_as_json(raw), limit=self.decimals)
        try:
            value = Decimal(raw)
        except InvalidOperation:
            raise self.refuse("decimals", value=_shown(raw), limit=self.decimals) from None
        if not value.is_finite():
            raise self.refuse("decimals", value=_shown(raw), limit=self.decimals)
        if value < 0:
            raise self.refuse("negative", value=_shown(raw))
        if value > LARGEST:
            raise self.refuse("too_large", limit=number(LARGEST))
        if value != value.quantize(Decimal(1).scaleb(-self.decimals)):
            raise self.refuse("decimals", value=_shown(raw), limit=self.decimals)
        return value

    def _list(self, raw: Any) -> tuple[int, ...]:
        if not isinstance(raw, (list, tuple)):
            raise self.refuse("list", value=_as_json(raw))
        if self.length is not None and len(raw) != self.length:
            raise self.refuse("list_length", value=len(raw), limit=self.length)
        if self.maximum is not None and len(raw) > self.maximum:
            raise self.refuse("too_many", limit=self.maximum)
        return tuple(
            Field(self.name, label, self.unit)._count(item)
            for label, item in zip(self._labels(len(raw)), raw, strict=True)
        )

    def _labels(self, length: int) -> Iterable[str]:
        return self.item_labels or [f"{self.label} ({place})" for place in range(1, length + 1)]


def _as_json(raw: Any) -> str:
    """A refused value as it stands in JSON: "5" is not 5, and true is not True."""
    return _shown(json.dumps(raw, ensure_ascii=False, default=str) if not isinstance(raw, Decimal) else raw)


def _shown(raw: Any) -> str:
    text = str(raw)
    return text if len(text) <= 40 else f"{text[:40]}…"


def read_fields(fields: Iterable[Field], raw: Inputs) -> dict[str, Any]:
    """All inputs of one answer: none missing, none unknown."""
    fields = list(fields)
    known = {field.name for field in fields}
    for name in raw:
        if name not in known:
            raise InputRefused("unknown_input", value=_shown(name), limit=", ".join(sorted(known)))
    values = {}
    for field in fields:
        if raw.get(field.name) is None:
            raise field.missing()
        values[field.name] = field.read(raw[field.name])
    return values


_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def number_from_text(field: Field, text: str) -> int | Decimal | None:
    """What a person typed in a number field, as a number; None when the field was left empty.

    Takes digits of either script, spaces and thousands commas (๑,๒๐๐ = 1200). Refuses 7,5 and 1_000:
    a comma that does not part thousands may mean a decimal point, and guessing would invent a figure.
    """
    cleaned = re.sub(r"[\s\u200b\ufeff\u00a0]", "", arabic_digits(text))
    if not cleaned:
        return None
    whole, _, rest = cleaned.partition(".")
    sign = whole[:1] if whole[:1] in {"-", "−", "+"} else ""
    digits = whole.removeprefix(sign) if sign else whole
    if "," in digits:
        if not _GROUPED.fullmatch(digits):
            raise _unreadable(field, text)
        digits = digits.replace(",", "")
    if not (digits.isascii() and digits.isdigit()) or (rest and not (rest.isascii() and rest.isdigit())):
        raise _unreadable(field, text)
    if len(digits) > 12:
        raise field.refuse("too_large", limit=number(LARGEST))
    if sign in {"-", "−"}:
        raise field.refuse("negative", value=_shown(cleaned))
    if field.type == "measure":
        return Decimal(f"{digits}.{rest}" if rest else digits)
    if "." in cleaned:
        raise field.refuse("fraction", value=_shown(cleaned))
    return int(digits)


def _unreadable(field: Field, text: str) -> InputRefused:
    if field.type == "measure":
        return field.refuse("decimals", value=_shown(text.strip()), limit=field.decimals)
    return field.refuse("text", value=_shown(text.strip()))
