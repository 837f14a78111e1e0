"""The form by which an office shares out one area: its indicators one by one, or the whole area at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessments.calendar import ERA, long_date, today
from assessments.fields import PARTS, BuddhistDateField
from assessments.models import Assessment, User
from assessments.queries.teamwork import Duty, SharedArea
from assessments.services import Wanted
from indicators.editions import IndicatorNode

WHOLE = "whole"
NOBODY = "0"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form as a page shows it: who, the day's three boxes, and what is wrong with them.

    `shown` is what stood in the line when the page was made: a line that was not changed is not saved.
    """

    id: str
    name: str
    person: str
    day: tuple[str, str, str]
    shown: str = ""
    node: IndicatorNode | None = None
    duty: Duty | None = None
    state: str = ""
    person_errors: Sequence[str] = field(default_factory=list)
    day_errors: Sequence[str] = field(default_factory=list)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The three boxes of the day with their labels."""
        return [{"label": label, "text": text} for label, text in zip(PARTS, self.day, strict=True)]


class AreaForm(forms.Form):
    """Who answers the indicators of one area, and by when.

    Sent with `whole` it holds one line that counts for every indicator, else a line for each of them.
    """

    use_required_attribute = False

    def __init__(self, data: Any = None, *, area: SharedArea, people: Sequence[User], assessment: Assessment) -> None:
        super().__init__(data)
        self.area, self.people, self.assessment = area, people, assessment
        if not self.is_bound:
            return
        choices = [("", "–"), *self.offered]
        for name in self._names():
            offered = [*choices, (NOBODY, "–")] if name == WHOLE else choices
            self.fields[f"{name}_person"] = forms.ChoiceField(
                required=False,
                choices=offered,
                error_messages={"invalid_choice": _("Choose somebody with an active account in your office.")},
            )
            self.fields[f"{name}_day"] = BuddhistDateField(required=False)
            self.fields[f"{name}_shown"] = forms.CharField(required=False)

    def _names(self) -> list[str]:
        return [WHOLE] if self.is_whole else [str(row.node.pk) for row in self.area.rows]

    @property
    def is_whole(self) -> bool:
        return WHOLE in self.data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self._names():
            if self._is_changed(name):
                self._clean_line(name, cleaned.get(f"{name}_person"), cleaned.get(f"{name}_day"))
        return cleaned

    def _is_changed(self, name: str) -> bool:
        if name == WHOLE:
            return True
        if f"{name}_shown" not in self.data:
            return False
        person, day = self.cleaned_data.get(f"{name}_person"), self.cleaned_data.get(f"{name}_day")
        if f"{name}_person" in self.errors or f"{name}_day" in self.errors:
            return True
        return shown_as(person or "", day) != self.cleaned_data.get(f"{name}_shown")

    def _clean_line(self, name: str, person: str | None, day: date | None) -> None:
        if name == WHOLE and person == "":
            self.add_error(f"{name}_person", _("Choose who answers the whole area."))
        elif day and person in ("", NOBODY):
            self.add_error(f"{name}_day", _("A day needs a person: choose who, or leave the day empty."))
        elif day and day < today():
            self.add_error(f"{name}_day", _("This day is in the past; choose today or a later day."))
        elif day and today() <= self.assessment.closes_on < day:
            text = _("Your office can answer until %(day)s; choose a day up to then.")
            self.add_error(f"{name}_day", text % {"day": long_date(self.assessment.closes_on)})

    def wanted(self) -> dict[int, Wanted]:
        """What is to be saved, by indicator. For a valid form."""
        if self.is_whole:
            each = self._wanted(WHOLE)
            return {row.node.pk: each for row in self.area.rows}
        names = [name for name in self._names() if self._is_changed(name)]
        return {int(name): self._wanted(name) for name in names}

    def _wanted(self, name: str) -> Wanted:
        person = self.cleaned_data[f"{name}_person"]
        return Wanted(int(person) if person not in ("", NOBODY) else None, self.cleaned_data[f"{name}_day"])

    # --- what the page shows -----------------------------------------------------------------------

    @property
    def offered(self) -> list[tuple[str, str]]:
        """Who can be chosen."""
        return [(str(person.pk), person.full_name) for person in self.people]

    def _id(self, name: str) -> str:
        return f"line_{self.area.node.code}_{name}"

    @property
    def whole(self) -> Line:
        return self._typed(WHOLE) if self.is_bound and self.is_whole else Line(self._id(WHOLE), WHOLE, "", ("", "", ""))

    @property
    def all_lines(self) -> list[Line]:
        return [self.whole, *self.lines]

    @property
    def lines(self) -> list[Line]:
        return [self._line(row.node, row.duty, row.state) for row in self.area.rows]

    def _line(self, node: IndicatorNode, duty: Duty | None, state: str) -> Line:
        name = str(node.pk)
        if self.is_bound and not self.is_whole:
            return self._typed(name, node=node, duty=duty, state=state)
        person, day = ("", None) if duty is None or duty.gone else (str(duty.person.pk), duty.due_on)
        return Line(self._id(name), name, person, boxes_of(day), shown_as(person, day), node, duty, state)

    def _errors_of(self, field_name: str) -> list[str]:
        return [str(error) for error in self.errors.get(field_name, [])]

    def _typed(self, name: str, **known: Any) -> Line:
        day = tuple(self.data.get(f"{name}_day_{place}", "") for place in range(3))
        return Line(
            self._id(name),
            name,
            self.data.get(f"{name}_person", ""),
            (day[0], day[1], day[2]),
            self.data.get(f"{name}_shown", ""),
            person_errors=self._errors_of(f"{name}_person"),
            day_errors=self._errors_of(f"{name}_day"),
            **known,
        )


def boxes_of(day: date | None) -> tuple[str, str, str]:
    return (str(day.day), str(day.month), str(day.year + ERA)) if day else ("", "", "")


def shown_as(person: str, day: date | None) -> str:
    return f"{person}:{day or ''}"
