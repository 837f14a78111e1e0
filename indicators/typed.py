"""What a person typed into an indicator's boxes, read into an answer.

Pure: no Django. Each input has one box, except a list of fixed length (1.7), which has one for each entry, and a
list of any length (4.12), which has one box for all its numbers. What cannot be read is kept as it was typed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from indicators.checks import Check
from indicators.inputs import Field, InputRefused, Inputs, number_from_text
from indicators.rules import Rule
from indicators.thai import number

NO_CASE = "no_case"
NO_CASE_REASON = "no_case_reason"
YES, NO = "yes", "no"
# Numbers of a list are parted by line breaks, spaces, semicolons or commas.
_BETWEEN = re.compile(r"[\s;\u200b\ufeff]+")
# "1,200" in a list is one number or two: nobody can tell.
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")


@dataclass(frozen=True, slots=True)
class Box:
    """One box on the form: its name there, the label a person reads, and the input that it fills (or a part of it)."""

    name: str
    label: str
    field: Field
    place: int | None = None

    @property
    def many(self) -> bool:
        """Whether the box takes a list of numbers."""
        return self.field.type == "list" and self.place is None


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of it.

    `inputs` is a whole answer or None. `typed` keeps every box's text while the numbers are not a whole answer;
    `refusals` tells by box why, `needed` are the labels of the boxes that are still empty.
    """

    inputs: Mapping[str, Any] | None = None
    no_case: bool = False
    no_case_reason: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, InputRefused] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


def boxes(rule: Rule | Check) -> tuple[Box, ...]:
    """The boxes of an indicator's form, in their order."""
    return tuple(box for field_ in rule.fields for box in _boxes_of(field_))


def _boxes_of(field_: Field) -> Iterator[Box]:
    if field_.type == "list" and field_.length is not None:
        for place, label in enumerate(field_.item_labels):
            yield Box(f"{field_.name}_{place}", label, field_, place)
    else:
        yield Box(field_.name, field_.label, field_)


def read_typed(rule: Rule | Check, texts: Mapping[str, str]) -> Reading:
    """Read the boxes' texts, by box name; never raises for what a person may type."""
    found: dict[str, Any] = {}
    refusals: dict[str, InputRefused] = {}
    empty: list[str] = []
    for box in boxes(rule):
        try:
            found[box.name] = _value(box, texts.get(box.name, ""))
        except InputRefused as refusal:
            refusals[box.name] = refusal
            continue
        if found[box.name] is None:
            empty.append(box.label)
    reason = texts.get(NO_CASE_REASON, "") if rule.no_case else ""
    kept = {name: text for name, text in texts.items() if text}
    if rule.no_case and texts.get(NO_CASE):
        filled = refusals or any(value is not None for value in found.values())
        if filled:
            return Reading(typed=kept, refusals={NO_CASE: InputRefused("no_case_alone")})
        return Reading(no_case=True, no_case_reason=reason)
    if not refusals and all(value is None for value in found.values()):
        return Reading(no_case_reason=reason)
    if refusals or empty:
        return Reading(typed=kept, refusals=refusals, needed=tuple(empty))
    inputs = _joined(rule, found)
    try:
        return Reading(inputs=rule.read(inputs), no_case_reason=reason)
    except InputRefused as refusal:
        name = refusal.field if refusal.field in found else next(iter(found))
        return Reading(typed=kept, refusals={name: refusal})


def _value(box: Box, text: str) -> Any:
    """A box's value, None when it is empty; raises InputRefused."""
    text = text.strip()
    match box.field.type:
        case "yes":
            if text in {YES, NO}:
                return text == YES
            if not text:
                return None
            raise box.field.missing()
        case "option":
            if not text:
                return None
            return box.field.read(int(text) if text.isascii() and text.isdigit() and len(text) < 4 else text)
        case "list" if box.many:
            return _list(box.field, text)
        case "list":
            part = Field(box.field.name, box.label, box.field.unit)
            value = number_from_text(part, text)
            return None if value is None else part.read(value)
    value = number_from_text(box.field, text)
    return None if value is None else box.field.read(value)


def _list(field_: Field, text: str) -> tuple[int, ...] | None:
    """The numbers of a list; a single 0 says that there was nothing to list."""
    parts = []
    for group in _BETWEEN.split(text):
        if _THOUSANDS.fullmatch(group):
            raise InputRefused("list_commas", field=field_.name, label=field_.label, value=group)
        parts += [part for part in group.split(",") if part]
    if not parts:
        return None
    numbers = []
    for place, part in enumerate(parts, start=1):
        label = f"{field_.label} ({place})" if len(parts) > 1 else field_.label
        numbers.append(number_from_text(Field(field_.name, label, field_.unit), part))
    if numbers == [0]:
        return ()
    value: tuple[int, ...] = field_.read(tuple(numbers))
    return value


def _joined(rule: Rule | Check, found: Inputs) -> dict[str, Any]:
    """Boxes' values put together into inputs."""
    inputs: dict[str, Any] = {}
    for box in boxes(rule):
        if box.place is None:
            inputs[box.field.name] = found[box.name]
        else:
            inputs.setdefault(box.field.name, []).append(found[box.name])
    return {name: tuple(value) if isinstance(value, list) else value for name, value in inputs.items()}


def texts_of(rule: Rule | Check, inputs: Inputs | None) -> dict[str, str]:
    """Stored inputs as the texts of the boxes: what `read_typed` reads back to the same inputs."""
    if inputs is None:
        return {}
    texts: dict[str, str] = {}
    for box in boxes(rule):
        value = inputs[box.field.name]
        if box.place is not None:
            value = value[box.place]
        texts[box.name] = _text(box, value)
    return texts


def _text(box: Box, value: Any) -> str:
    match box.field.type:
        case "yes":
            return YES if value else NO
        case "option":
            return str(value)
        case "measure":
            return number(box.field.read(value))
        case "list" if box.many:
            return "\n".join(number(entry) for entry in value) or "0"
    return number(value)
