"""Answers in words: what a page, a history or a comparison shows of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import Answer, AnswerChange
from indicators.editions import IndicatorNode
from indicators.rules import Rule
from indicators.typed import YES, boxes, texts_of

# The columns of an answer that a person fills, in the form's order.
COLUMNS = (
    *("inputs", "typed", "no_case", "no_case_reason", "performance", "problems", "remedies", "number_source"),
    "evidence_held",
)
# What a reviewer fills where there was no case.
DECIDED = ("decided_band", "decided_reason")
# What follows by itself when the year's target is entered or changed.
FOLLOWED = ("explanation",)


@dataclass(frozen=True, slots=True)
class Figure:
    """One input in words."""

    label: str
    text: str
    unit: str = ""


def figures(node: IndicatorNode, inputs: Mapping[str, Any] | None) -> list[Figure]:
    """The inputs of an answer with their labels; empty while there are none."""
    texts = texts_of(node.rule, inputs)
    return [
        Figure(box.label, _shown(node, box.field.type, texts[box.name]), box.field.unit)
        for box in boxes(node.rule)
        if box.name in texts
    ]


def _shown(node: IndicatorNode, kind: str, text: str) -> str:
    match kind:
        case "yes":
            return node.fields[0].options[0 if text == YES else 1]
        case "option":
            return node.fields[0].options[int(text) - 1]
    return ", ".join(text.split("\n"))


def label_of(column: str) -> str:
    labels = {
        "inputs": _("Figures"),
        "typed": _("Figures that could not be used yet"),
        "no_case": _("No case this year"),
        "no_case_reason": _("Why there was no case"),
        "performance": _("Performance"),
        "problems": _("Problems and obstacles"),
        "remedies": _("Remedies"),
        "number_source": _("Who counted, and from what"),
        "evidence_held": _("Evidence that the office has"),
        "decided_band": _("Row that a reviewer chose"),
        "decided_reason": _("Why the reviewer chose it"),
        "explanation": _("How it was judged"),
    }
    return labels[column]


def text_of(node: IndicatorNode, column: str, value: Any) -> str:
    """A column's value as a person reads it; empty when there is none."""
    match column:
        case "inputs":
            return "\n".join(" ".join(part for part in _words(figure) if part) for figure in figures(node, value))
        case "typed":
            labels = {box.name: box.label for box in boxes(node.rule)}
            return "\n".join(f"{labels.get(name, '')} {text}".strip() for name, text in (value or {}).items())
        case "no_case":
            return _("Yes") if value else ""
        case "evidence_held":
            return "\n".join(node.evidence[place] for place in value or [] if place < len(node.evidence))
        case "decided_band":
            return node.rule.bands[value - 1].text if value and isinstance(node.rule, Rule) else ""
    return str(value or "")


def _words(figure: Figure) -> tuple[str, str, str]:
    return figure.label, figure.text, figure.unit


@dataclass(frozen=True, slots=True)
class Difference:
    """One column in two states."""

    column: str
    label: str
    old: str
    new: str


def differences(node: IndicatorNode, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What differs between two sets of columns, as a person reads it."""
    return [
        Difference(column, label_of(column), text_of(node, column, old[column]), text_of(node, column, new[column]))
        for column in (*COLUMNS, *DECIDED, *FOLLOWED)
        if column in old and column in new and old[column] != new[column]
    ]


def columns_of(answer: Answer) -> dict[str, Any]:
    return {column: getattr(answer, column) for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Change:
    """One saved change of an answer, readable."""

    row: AnswerChange
    differences: list[Difference]


def history_of(answer: Answer, node: IndicatorNode) -> list[Change]:
    """Every change of one answer, the newest first. One query."""
    found = []
    for row in answer.history.select_related("by"):
        old = {column: before for column, (before, _after) in row.changes.items()}
        new = {column: after for column, (_before, after) in row.changes.items()}
        found.append(Change(row, differences(node, old, new)))
    return found
