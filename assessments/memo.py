"""The memo (บันทึกข้อความ) on a round's results to the permanent secretary (handbook lines 2080-2180): its content, built
once for PDF and Word.

Pure and plain: `Memo.as_data` is JSON, `Memo.from_data` reads it back in another process. The memo is a Thai document
whatever language its reader chose; its figures are Thai digits where that was chosen.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

KIND = "memo"
# Raised when the look of the PDF changes, so that a kept file of the older look is not taken for the new one.
LOOK = 1
DOTTED = "." * 30
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def thai_digits(text: str) -> str:
    return text.translate(_THAI_DIGITS)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the text, as the person typed it; empty lines are dotted."""

    office: str
    phone: str
    number: str
    day: str
    subject: str
    addressee: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`heading` begins a section; `item` is a line of a list, with a dash; `text` is a paragraph of its own."""

    kind: Literal["heading", "text", "item"]
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """An attachment: `numbers` are the columns that hold figures; `wide` ones stand on a page that lies."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Memo:
    year: int
    head: Head
    paragraphs: tuple[Paragraph, ...]
    signer: str
    position: str
    tables: tuple[Table, ...]
    look: int = LOOK
    kind: str = KIND

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return f"บันทึกข้อความ ผลการประเมินมาตรฐาน สนง.พมจ. {self.year}"

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def hash(self) -> str:
        """SHA-256 of the content: the same content is the same file."""
        text = json.dumps(self.as_data(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Memo":
        """The memo that `as_data` wrote; raises TypeError or KeyError on anything else."""
        return cls(
            **{
                **data,
                "head": Head(**data["head"]),
                "paragraphs": tuple(Paragraph(**each) for each in data["paragraphs"]),
                "tables": tuple(
                    Table(
                        **{
                            **each,
                            "heads": tuple(each["heads"]),
                            "rows": tuple(map(tuple, each["rows"])),
                            "numbers": tuple(each["numbers"]),
                        }
                    )
                    for each in data["tables"]
                ),
            }
        )


def in_thai_digits(memo: Memo) -> Memo:
    """The same memo with every figure in Thai digits."""
    return Memo.from_data(_turned({field.name: value for field, value in _values(memo)}, keep={"year", "look", "kind"}))


def _values(memo: Memo) -> list[tuple[Any, Any]]:
    data = memo.as_data()
    return [(field, data[field.name]) for field in fields(memo)]


def _turned(value: Any, keep: frozenset[str] | set[str] = frozenset()) -> Any:
    if isinstance(value, str):
        return thai_digits(value)
    if isinstance(value, dict):
        # What names a kind of thing, and the places of columns, is not text.
        names = {*keep, "kind", "numbers", "wide"}
        return {key: each if key in names else _turned(each) for key, each in value.items()}
    return [_turned(each) for each in value] if isinstance(value, list | tuple) else value
