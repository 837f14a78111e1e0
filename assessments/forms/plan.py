"""The forms of the improvement plan: which level is asked of what, which rows are tried, one step."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from assessments.fields import BuddhistDateField
from assessments.forms.moves import Rows
from assessments.models import PlanStep
from assessments.queries.plan import WHOLE, PlanRow
from indicators.rules import Band
from indicators.scoring import LEVELS, Level
from indicators.thai import clean, number

LONGEST_ACTION = 5_000
_CHOOSE_ROW = gettext_lazy("Choose one of the printed rows.")
_LEVELS = {level.code: level for level in LEVELS}


def row_text(band: Band) -> str:
    """7.5 points · the printed text."""
    return _("%(score)s points · %(text)s") % {"score": number(band.score), "text": band.text}


def next_level(low: Any) -> Level:
    """The nearest level above a mean; the top one where there is none."""
    return next((level for level in reversed(LEVELS) if level.at_least > low), LEVELS[0])


class ScopeForm(forms.Form):
    """Which level is asked of what. Bound to the address, so that a proposal can be passed on."""

    use_required_attribute = False

    scope = forms.ChoiceField(
        label=gettext_lazy("Of what"),
        error_messages={
            "required": gettext_lazy("Choose a dimension, or all of them."),
            "invalid_choice": gettext_lazy("Choose a dimension, or all of them."),
        },
    )
    level = forms.ChoiceField(
        label=gettext_lazy("To which level"),
        error_messages={
            "required": gettext_lazy("Choose one of the levels."),
            "invalid_choice": gettext_lazy("Choose one of the levels."),
        },
    )

    def __init__(self, data: Any = None, *, scopes: Mapping[str, str], level: Level) -> None:
        """`level` is what is asked of the whole where the person has not chosen yet."""
        super().__init__(data if data and "scope" in data else {"scope": WHOLE, "level": level.code}, auto_id="plan-%s")
        scope_field, level_field = self.fields["scope"], self.fields["level"]
        assert isinstance(scope_field, forms.ChoiceField)
        assert isinstance(level_field, forms.ChoiceField)
        scope_field.choices = list(scopes.items())
        # The lowest level is every office's without a plan.
        level_field.choices = [(found.code, _level_text(found)) for found in LEVELS[:-1]]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def chosen_level(self) -> Level:
        return _LEVELS[self.cleaned_data["level"]]


def _level_text(level: Level) -> str:
    name = level.name_en if get_language() == "en" else level.name
    return _("%(level)s (%(mean)s and above)") % {"level": name, "mean": level.at_least}


class TryForm(forms.Form):
    """Another printed row for any of the indicators, to see what it does. Empty stays as it is."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, rows: Sequence[PlanRow], chosen: Mapping[str, int] | None = None) -> None:
        super().__init__(data, auto_id="try-%s")
        self.rows = [row for row in rows if not row.waits]
        for row in self.rows:
            field = forms.TypedChoiceField(
                coerce=int,
                empty_value=None,
                required=False,
                label=f"{row.node.code} {row.node.name}",
                choices=[("", _as_it_is(row)), *self._others(row)],
                initial=(chosen or {}).get(row.node.code, ""),
                error_messages={
                    "invalid_choice": _("%(code)s: choose one of the printed rows.") % {"code": row.node.code}
                },
            )
            field.widget.attrs["class"] = "form-select"
            self.fields[row.slug] = field

    @staticmethod
    def _others(row: PlanRow) -> list[tuple[int, str]]:
        return [(place, row_text(band)) for place, band in enumerate(row.bands, start=1) if place != row.band]

    @property
    def chosen(self) -> dict[str, int]:
        """The rows that were chosen, by the indicator's code."""
        return {row.node.code: band for row in self.rows if (band := self.cleaned_data.get(row.slug))}

    @property
    def targets(self) -> dict[int, int]:
        """Of them the better ones, which can be planned, by the indicator's key."""
        chosen = self.chosen
        return {row.node.pk: chosen[row.node.code] for row in self.rows if chosen.get(row.node.code) in row.better}


def _as_it_is(row: PlanRow) -> str:
    if row.now is None:
        return _("As it is: not answered")
    return _("As it is: %(row)s") % {"row": row_text(row.now)}


class StepForm(forms.Form):
    """One step: the row to reach, what will be done, who does it, by when."""

    use_required_attribute = False

    target_band = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("Row to reach"),
        widget=Rows,
        error_messages={"required": _CHOOSE_ROW, "invalid_choice": _CHOOSE_ROW},
    )
    action = forms.CharField(
        label=gettext_lazy("What will be done (if already known)"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    who = forms.CharField(
        label=gettext_lazy("Who does it (if already known)"),
        required=False,
        help_text=gettext_lazy("For example a group or a duty of the office."),
    )
    due_on = BuddhistDateField(label=gettext_lazy("By when (if already known)"), required=False)

    def __init__(self, data: Any = None, *, row: PlanRow, last: PlanStep | None = None) -> None:
        """`last` is what an earlier year planned for the indicator; its day is over."""
        step = row.step or last
        initial: dict[str, Any] = {"target_band": row.better[0] if row.better else None}
        if step is not None:
            initial = {"target_band": step.target_band, "action": step.action, "who": step.who}
            initial["due_on"] = row.step.due_on if row.step else None
        super().__init__(data, initial=initial)
        bands = set(row.better) | ({row.step.target_band} if row.step and row.target else set())
        field = self.fields["target_band"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(band, row_text(row.bands[band - 1])) for band in sorted(bands, reverse=True)]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_action(self) -> str:
        return self._short_enough("action", LONGEST_ACTION)

    def clean_who(self) -> str:
        return self._short_enough("who", 200)

    def _short_enough(self, name: str, longest: int) -> str:
        """A long text is told and kept, never cut off by the browser: so no maxlength."""
        text = clean(self.cleaned_data[name])
        if len(text) > longest:
            raise forms.ValidationError(
                _("Write at most %(longest)d characters; this has %(length)d.")
                % {"longest": longest, "length": len(text)}
            )
        return text
