"""The form that moves many assessments at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from assessments.queries.ready import Ready
from assessments.workflow import Action

CONFIRM = {
    Action.VERIFY: gettext_lazy("Send the verdicts to the ticked offices, which may reply to them."),
    Action.FINALISE: gettext_lazy("Make the results of the ticked offices final."),
}


class ReadyForm(forms.Form):
    """The ticked offices of one move. What is ticked and no longer ready is named by the service."""

    use_required_attribute = False

    offices = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": gettext_lazy("Tick the offices first."),
            "invalid_choice": gettext_lazy("One of these offices is not in this round. Load the page again."),
        },
    )
    confirmed = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the confirmation below the list as well.")}
    )

    def __init__(self, data: Any = None, *, ready: Ready, keys: Sequence[int]) -> None:
        """`keys`: every assessment of the round, so that one that has moved on is refused with its reason."""
        super().__init__(data, prefix=ready.action.value)
        self.ready = ready
        self.fields["offices"].choices = [(str(key), "") for key in keys]  # type: ignore[attr-defined]
        self.fields["confirmed"].label = CONFIRM[ready.action]
        self.fields["confirmed"].widget.attrs["class"] = "form-check-input"

    @property
    def ticked(self) -> set[int]:
        """What was ticked, where the form comes back."""
        return {int(key) for key in self["offices"].value() or () if str(key).isdigit()}
