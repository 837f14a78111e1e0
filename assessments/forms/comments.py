"""The form of a comment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from assessments.forms.moves import ReasonField


class CommentForm(forms.Form):
    """A comment in one of the two threads; its fields' names start with the thread's."""

    use_required_attribute = False

    text = ReasonField(
        label=gettext_lazy("Your comment"), missing=gettext_lazy("Write the comment before you send it.")
    )

    def __init__(self, data: Any = None, *, thread: str) -> None:
        super().__init__(data, prefix=thread)
