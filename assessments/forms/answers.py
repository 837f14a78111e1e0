"""The form of one indicator: its fields come from the indicator's rule. Its `columns` are what a service saves.

Numbers that cannot be read never stop the texts from being saved: they are no errors of the form, but kept as typed
with their refusals (`indicators.typed`). The form has errors only where a text is too long or the request is broken.
"""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field as Laid
from crispy_forms.layout import Layout
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from assessments.models import Answer
from assessments.queries.facts import Offer
from indicators.editions import IndicatorNode
from indicators.rules import CampaignRule, Rule
from indicators.thai import clean, number
from indicators.typed import NO, NO_CASE, NO_CASE_REASON, YES, Box, Reading, boxes, read_typed, texts_of

LONGEST_TEXT = 10_000
LONGEST_NUMBER = 100
LONGEST_LIST = 4_000
_TICK = {"class": "form-check-input"}
TEXTS = ("performance", "problems", "remedies", "number_source")
# What is chosen as one between two versions: the numbers and what stands for them.
NUMBERS = ("inputs", "typed", "no_case", "no_case_reason")


class CleanText(forms.CharField):
    """A text as `indicators.thai.clean` leaves it. Too long a text is told, never cut off by the browser."""

    def __init__(self, *, longest: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, **kwargs)
        self.validators.append(
            MaxLengthValidator(
                longest,
                gettext_lazy(
                    "This text has %(show_value)s characters; shorten it to at most %(limit_value)s, "
                    "or attach the long text as evidence."
                ),
            )
        )

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


def _area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "form-control", **attrs})


class AnswerForm(forms.Form):
    """One indicator's answer. `compact` is the row of the area page: numbers and performance only."""

    use_required_attribute = False
    # The version that the form was filled on; `over` is the colleague's version that a person chose to replace.
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    over = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        node: IndicatorNode,
        answer: Answer | None = None,
        compact: bool = False,
    ) -> None:
        self.node, self.answer, self.compact = node, answer, compact
        super().__init__(data, auto_id=f"a{node.code.replace('.', '-')}_%s")
        for box in boxes(node.rule):
            self.fields[box.name] = _box_field(box, node)
            self.fields[box.name].box = box  # type: ignore[attr-defined]
            self._describe(box.name)
        if node.rule.no_case:
            self.fields[NO_CASE] = forms.BooleanField(
                required=False, label=_("No case this year"), widget=forms.CheckboxInput(attrs=_TICK)
            )
            self.fields[NO_CASE_REASON] = CleanText(
                label=_("Why there was no case"),
                widget=_area(2),
                help_text=_("Needed when you tick this, and when you enter 0 of 0."),
            )
        self._add_texts()
        if answer is not None:
            self.initial = _initial(answer, node)
        if not self.is_bound:
            self.reading = _kept_reading(answer, node)
        self._mark()

    def _describe(self, name: str) -> None:
        """Tie a number field to its unit, its help and the sentence that refuses it, for those who hear the page."""
        parts = ("helptext", "unit", "refusal") if self.fields[name].help_text else ("unit", "refusal")
        place = str(self.auto_id) % name
        self.fields[name].widget.attrs["aria-describedby"] = " ".join(f"{place}_{part}" for part in parts)

    def _add_texts(self) -> None:
        self.fields["performance"] = CleanText(label=_("Performance"), widget=_area(2 if self.compact else 4))
        if self.compact:
            return
        self.fields["problems"] = CleanText(label=_("Problems and obstacles (if any)"), widget=_area(3))
        self.fields["remedies"] = CleanText(label=_("Remedies (if any)"), widget=_area(3))
        self.fields["number_source"] = CleanText(
            label=_("Handover note: who counted, from which register, how"),
            widget=_area(2),
            help_text=_(
                "Next year's person reads this beside the figure. For example: general administration section, "
                "from the register of letters, counted at the end of each month."
            ),
        )
        if self.node.evidence:
            self.fields["evidence_held"] = forms.TypedMultipleChoiceField(
                required=False,
                coerce=int,
                label=_("Evidence that the office has"),
                choices=list(enumerate(self.node.evidence)),
                widget=forms.CheckboxSelectMultiple(attrs=_TICK),
                help_text=_("Tick the kinds that you have. The files themselves are attached below."),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.reading = read_typed(self.node.rule, _texts(cleaned))
        self._mark()
        return cleaned

    def _mark(self) -> None:
        """Give each number field the sentence that refuses what stands in it."""
        for name, message in self.refused.items():
            self.fields[name].refusal = message  # type: ignore[attr-defined]
            attrs = self.fields[name].widget.attrs
            attrs.update({"class": f"{attrs.get('class', '')} is-invalid".strip(), "aria-invalid": "true"})

    @property
    def based_on(self) -> int:
        """The version that a save refers to; 0 where the request named none that can be read."""
        over = self.cleaned_data.get("over")
        return over if over is not None else self.cleaned_data.get("version", 0)

    # --- what came of it ---------------------------------------------------------------------------

    reading = Reading()

    @property
    def refused(self) -> dict[str, str]:
        """Why numbers could not be read, by field."""
        language = "en" if get_language() == "en" else "th"
        return {name: refusal.message(language) for name, refusal in self.reading.refusals.items()}

    @property
    def refusals(self) -> list[tuple[str, str]]:
        """(id of the field, why) of each number that could not be read."""
        return [(self[name].id_for_label, message) for name, message in self.refused.items()]

    def columns(self, base: Answer | None = None) -> dict[str, Any]:
        """What is saved (`services.Entry`). Fields that the compact row does not show stay as they are in `base`."""
        values = {name: self.cleaned_data[name] for name in TEXTS if name in self.fields}
        held = self.cleaned_data.get("evidence_held", ())
        if self.compact:
            assert base is not None
            values = {name: getattr(base, name) for name in TEXTS} | values
            held = base.evidence_held
        return {
            "inputs": self.reading.inputs,
            "no_case": self.reading.no_case,
            "no_case_reason": self.reading.no_case_reason,
            "typed": self.reading.typed,
            "evidence_held": tuple(held),
            **values,
        }

    def offer(self, offers: Mapping[str, Offer]) -> None:
        """Put the facts of the office beside the boxes that they may fill."""
        for name, offer in offers.items():
            if name in self.fields:
                self.fields[name].offer = offer  # type: ignore[attr-defined]

    # --- how it is laid out ------------------------------------------------------------------------

    @cached_property
    def numbers(self) -> FormHelper:
        """The number fields, with "no case" where the rule offers it."""
        laid = [_laid(box) for box in boxes(self.node.rule)]
        if self.node.rule.no_case:
            laid += [
                Laid(NO_CASE, template="office/_no_case_field.html"),
                Laid(NO_CASE_REASON, template="office/_text_field.html"),
            ]
        return _helper(*laid)

    @cached_property
    def texts(self) -> FormHelper:
        names = [name for name in TEXTS if name in self.fields]
        return _helper(*(Laid(name, template="office/_text_field.html") for name in names))

    @cached_property
    def held(self) -> FormHelper:
        names = ["evidence_held"] if "evidence_held" in self.fields else []
        return _helper(*(Laid(name, template="office/_held_field.html") for name in names))


def pick_of(column: str) -> str:
    """The name of the choice that a column belongs to."""
    return "numbers" if column in NUMBERS else column


class PickForm(forms.Form):
    """Between two versions of an answer: for each field (the numbers as one) the person's own, or the other one."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, prefix="pick", use_required_attribute=False)
        for name in ("numbers", *TEXTS, "evidence_held"):
            self.fields[name] = forms.ChoiceField(required=False, choices=[("mine", ""), ("theirs", "")])

    @property
    def theirs(self) -> set[str]:
        """The columns for which the other version was chosen."""
        columns = (*NUMBERS, *TEXTS, "evidence_held")
        return {column for column in columns if self.cleaned_data[pick_of(column)] == "theirs"}

    def merged(self, columns: Mapping[str, Any], other: Answer) -> dict[str, Any]:
        """The person's own columns, with those of the other version where it was chosen."""
        return {**columns, **{column: getattr(other, column) for column in self.theirs}}


def _helper(*laid: Laid) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = True
    helper.layout = Layout(*laid)
    return helper


def _laid(box: Box) -> Laid:
    choice = box.field.type in {"yes", "option"}
    template = "office/_choice_field.html" if choice else "office/_number_field.html"
    return Laid(box.name, template=template)


def _box_field(box: Box, node: IndicatorNode) -> forms.Field:
    match box.field.type:
        case "yes":
            choices = [*zip((YES, NO), box.field.options, strict=True), ("", _("Not answered yet"))]
            return forms.CharField(
                required=False, label=box.label, widget=forms.RadioSelect(attrs=_TICK, choices=choices)
            )
        case "option":
            rows = [(str(place), text) for place, text in enumerate(_rows(node), start=1)]
            widget = forms.RadioSelect(attrs=_TICK, choices=[*rows, ("", _("Not answered yet"))])
            return forms.CharField(required=False, label=_("Choose the row that fits your office"), widget=widget)
    attrs = {"class": "number-input form-control", "autocomplete": "off"}
    if box.many:
        attrs["class"] = "list-input form-control"
        help_text = _("One number for each activity, with spaces between, for example 85 90 80; 0 if there was none.")
        return CleanText(
            longest=LONGEST_LIST, label=box.label, widget=_area(4, inputmode="text", **attrs), help_text=help_text
        )
    attrs["inputmode"] = "decimal" if box.field.type == "measure" else "numeric"
    first = isinstance(node.rule, CampaignRule) and box == boxes(node.rule)[0]
    help_text = _("If there was no project, enter 0 in all three boxes.") if first else ""
    return CleanText(longest=LONGEST_NUMBER, label=box.label, widget=forms.TextInput(attrs=attrs), help_text=help_text)


def _rows(node: IndicatorNode) -> list[str]:
    assert isinstance(node.rule, Rule)
    return [
        _("%(row)s (%(score)s points)") % {"row": band.text, "score": number(band.score)} for band in node.rule.bands
    ]


def _texts(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """The cleaned number fields as texts by box."""
    left_out = {*TEXTS, "version", "over", "evidence_held", NO_CASE}
    texts = {name: value for name, value in cleaned.items() if name not in left_out}
    return {**texts, NO_CASE: "1"} if cleaned.get(NO_CASE) else texts


def _initial(answer: Answer, node: IndicatorNode) -> dict[str, Any]:
    numbers: dict[str, Any] = answer.typed or texts_of(node.rule, answer.inputs)
    no_case: dict[str, Any] = {NO_CASE: answer.no_case, NO_CASE_REASON: answer.no_case_reason}
    if answer.typed:
        no_case = {NO_CASE: bool(answer.typed.get(NO_CASE)), NO_CASE_REASON: answer.typed.get(NO_CASE_REASON, "")}
    texts = {name: getattr(answer, name) for name in TEXTS}
    return {**texts, **numbers, **no_case, "version": answer.version, "evidence_held": answer.evidence_held}


def _kept_reading(answer: Answer | None, node: IndicatorNode) -> Reading:
    """What is known of the numbers of a stored answer: only those that were kept as typed are read again."""
    if answer is None or not answer.typed:
        return Reading()
    return read_typed(node.rule, answer.typed)
