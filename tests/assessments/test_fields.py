"""The field of a day: three boxes, day, month and Buddhist year."""

from datetime import date

import pytest
from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from assessments.calendar import ERA, MONTHS, MONTHS_EN, MONTHS_SHORT
from assessments.fields import BuddhistDateField, BuddhistDateInput

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


class DayForm(forms.Form):
    due_on = BuddhistDateField(label="กำหนดส่ง")

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        return helper


def posted(day: str, month: str, year: str) -> DayForm:
    return DayForm({"due_on_0": day, "due_on_1": month, "due_on_2": year})


def read(day: str, month: str, year: str) -> date | None:
    return BuddhistDateField(required=False).clean([day, month, year])


def refusal(day: str, month: str, year: str) -> str:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        read(day, month, year)
    with translation.override("en"):
        (message,) = refused.value.messages
    return str(message)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("30", "9", "2569"), date(2026, 9, 30)),
        (("๑", "๑๐", "๒๕๖๙"), date(2026, 10, 1)),
        ((" 01 ", "10\u200b", "2569 "), date(2026, 10, 1)),
        (("1", "10", "69"), date(2026, 10, 1)),
        (("1", "1", "40"), date(1997, 1, 1)),
        (("29", "2", "2567"), date(2024, 2, 29)),
        (("31", "12", "2600"), date(2057, 12, 31)),
        (("1", "1", "2540"), date(1997, 1, 1)),
        (("5", "กันยายน", "2569"), date(2026, 9, 5)),
        (("5", "ก.ย.", "2569"), date(2026, 9, 5)),
        (("5", "กย", "2569"), date(2026, 9, 5)),
        (("5", "SEPTEMBER", "2569"), date(2026, 9, 5)),
        (("5", "sep", "2569"), date(2026, 9, 5)),
        (("", "", ""), None),
    ],
)
def test_reads(typed: tuple[str, str, str], expected: date | None) -> None:
    assert read(*typed) == expected


def test_every_month_is_read_by_each_of_its_names() -> None:
    for names in (MONTHS, MONTHS_SHORT, MONTHS_EN):
        assert [read("1", name, "2569") for name in names] == [date(2026, month, 1) for month in range(1, 13)]


@given(st.dates(min_value=date(1997, 1, 1), max_value=date(2057, 12, 31)))
def test_what_is_shown_is_read_back_in_either_script(day: date) -> None:
    field = BuddhistDateField()
    shown = BuddhistDateInput().decompress(day)
    assert shown == [str(day.day), str(day.month), str(day.year + ERA)]
    assert field.clean(shown) == day
    assert field.clean([part.translate(THAI_DIGITS) for part in shown]) == day


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("29", "2", "2566"), "There is no such day in that month; check the day and the month."),
        (("31", "4", "2569"), "There is no such day in that month; check the day and the month."),
        (("30", "9", "2026"), "Write the year as a Buddhist year: did you mean 2569?"),
        (("30", "9", "2539"), "Write the year as a Buddhist year between 2540 and 2600."),
        (("30", "9", "2601"), "Write the year as a Buddhist year between 2540 and 2600."),
        (("30", "9", "26"), "Enter the year with four digits as a Buddhist year, for example 2569."),
        (("30", "9", "39"), "Enter the year with four digits as a Buddhist year, for example 2569."),
        (("30", "9", "569"), "Enter the year with four digits as a Buddhist year, for example 2569."),
        (("30", "9", "25690"), "Enter the year with four digits as a Buddhist year, for example 2569."),
        (("30", "9", "พ.ศ."), "Enter the year with four digits as a Buddhist year, for example 2569."),
        (("0", "9", "2569"), "Enter the day as a number from 1 to 31."),
        (("32", "9", "2569"), "Enter the day as a number from 1 to 31."),
        (("-1", "9", "2569"), "Enter the day as a number from 1 to 31."),
        (("1²", "9", "2569"), "Enter the day as a number from 1 to 31."),
        (("0001" + "9" * 60, "9", "2569"), "Enter the day as a number from 1 to 31."),
        (("9" * 5000, "9", "2569"), "Enter the day as a number from 1 to 31."),
        (("1", "0", "2569"), "Enter the month as a number from 1 to 12 or by its name, for example 9 or กันยายน."),
        (("1", "13", "2569"), "Enter the month as a number from 1 to 12 or by its name, for example 9 or กันยายน."),
        (("1", "x", "2569"), "Enter the month as a number from 1 to 12 or by its name, for example 9 or กันยายน."),
        (("1", "", "2569"), "Enter the day, the month and the Buddhist year, for example 30 9 2569."),
        (("", "", "2569"), "Enter the day, the month and the Buddhist year, for example 30 9 2569."),
    ],
)
def test_refuses_with_what_to_type(typed: tuple[str, str, str], message: str) -> None:
    assert refusal(*typed) == message


def test_an_empty_day_is_refused_where_one_is_needed() -> None:
    with translation.override("en"):
        assert posted("", "", "").errors == {
            "due_on": ["Enter the day, the month and the Buddhist year, for example 30 9 2569."]
        }


def test_the_same_day_written_otherwise_is_no_change() -> None:
    field = BuddhistDateField()
    assert field.has_changed(date(2026, 9, 30), ["๓๐", "ก.ย.", "69"]) is False
    assert field.has_changed(date(2026, 9, 30), ["29", "9", "2569"]) is True
    assert field.has_changed(date(2026, 9, 30), ["x", "9", "2569"]) is True


def rendered(form: DayForm) -> str:
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


def test_is_one_group_with_a_legend_and_three_labelled_boxes() -> None:
    with translation.override("en"):
        page = rendered(DayForm(initial={"due_on": date(2026, 9, 30)}))
    assert page.count("<fieldset") == 1
    assert page.count("<legend") == 1
    assert [page.count(f'for="id_due_on_{place}"') for place in range(3)] == [1, 1, 1]
    assert [page.count(f'id="id_due_on_{place}"') for place in range(3)] == [1, 1, 1]
    assert page.count('inputmode="numeric"') == 3
    assert 'value="2569"' in page
    assert "*" not in page
    assert " required" not in page


def test_an_error_stands_in_one_place_and_keeps_what_was_typed() -> None:
    form = posted("29", "กุมภา", "2566")
    page = rendered(form)
    assert page.count('class="invalid-feedback"') == 1
    assert 'value="กุมภา"' in page
    assert 'aria-describedby="id_due_on_error"' in page
    assert form["due_on"].id_for_label == "id_due_on_0"
