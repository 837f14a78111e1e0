"""The forms of the review: the way through the queue, a verdict with its question, a bulk agreement."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.forms.moves import ReasonField
from assessments.models import Answer, Outcome, Region, Review
from assessments.queries.review import ONLY, SORTS, Way, stands
from assessments.queries.verdicts import choices_of, chosen_words
from assessments.services.review import Verdict
from indicators.editions import IndicatorNode

_SEEN = re.compile(r"(\d{1,12}):(\d{1,9}):(\d{1,9})")


class WayForm(forms.Form):
    """How the reviewer goes through the answers, from the address or from a form. What is not offered counts as the
    usual way."""

    use_required_attribute = False

    sort = forms.ChoiceField(label=gettext_lazy("Sorted by"), required=False, choices=list(SORTS.items()))
    only = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=list(ONLY.items()))
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)

    def __init__(self, data: Any, *, regions: Sequence[Region] | None = None, by: str = "") -> None:
        """Without `regions` a region's code is taken as it is: an unknown one finds nothing and is not shown."""
        super().__init__(data)
        self.by = by or ("indicator" if data.get("by") == "indicator" else "office")
        names = [("", gettext_lazy("All")), *((region.code, region.name) for region in regions or ())]
        if regions is None and (code := str(data.get("region", ""))[:20]):
            names.append((code, code))
        self.fields["region"].choices = names  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"
        self.is_valid()

    @property
    def way(self) -> Way:
        chosen = self.cleaned_data
        return Way(self.by, chosen.get("sort") or "odd", chosen.get("region", ""), chosen.get("only", ""))


class VersionField(forms.IntegerField):
    """What the page showed: an answer or a review as of then."""

    def __init__(self) -> None:
        told = gettext_lazy("This page is out of date. Read the answer again, then judge it.")
        super().__init__(
            min_value=0,
            max_value=2_000_000_000,
            widget=forms.HiddenInput,
            error_messages={"required": told, "invalid": told, "min_value": told, "max_value": told},
        )


class VerdictForm(forms.Form):
    """A verdict on one answer, and with it a question to the office.

    `verdict` is agree, evidence, or the number of a printed row (1 = the top one); `quick` is the button that agrees at
    once, whatever is chosen. `also_ask` writes the reason down as a question too.
    """

    use_required_attribute = False

    verdict = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": gettext_lazy("Choose one of the printed rows.")}
    )
    reason = ReasonField(label=gettext_lazy("Reason of the verdict"), missing="", required=False)
    also_ask = forms.BooleanField(required=False)
    question = ReasonField(label=gettext_lazy("Question to the office"), missing="", required=False)
    answer_version = VersionField()
    version = VersionField()
    go = forms.ChoiceField(required=False, choices=[("next", ""), ("stay", "")])

    def __init__(self, data: Any = None, *, answer: Answer, node: IndicatorNode, review: Review | None) -> None:
        super().__init__(data, initial=_initial(answer, review))
        self.answer, self.node = answer, node
        # What the standing verdict says, where it is not agreement: its reason says nothing of an agreement.
        self._differs = review.reason if review and review.outcome not in ("", Outcome.AGREE) else ""
        bands = [(str(choice.band), choice.text) for choice in choices_of(answer, node)]
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]
            (Outcome.AGREE.value, ""),
            *bands,
            (Outcome.EVIDENCE.value, ""),
        ]

    @property
    def chosen(self) -> str:
        """The verdict that the page marks as chosen."""
        return str(self["verdict"].value() or "")

    @property
    def words(self) -> str:
        """The verdict that was typed, in words."""
        return chosen_words(self.answer, self.node, "agree" if self.data.get("quick") else self.chosen)

    @property
    def only_asks(self) -> bool:
        """No verdict was chosen, but a question was written."""
        return not self.cleaned_data["verdict"] and bool(self.cleaned_data["question"])

    @property
    def asked(self) -> list[str]:
        """The questions that go to the office: what was written, and the reason where that was ticked."""
        texts = [self.cleaned_data["question"]]
        if self.cleaned_data["also_ask"] and self.cleaned_data["verdict"] == Outcome.EVIDENCE:
            texts.append(self.cleaned_data["reason"])
        return list(dict.fromkeys(text for text in texts if text))

    @property
    def spoken(self) -> Verdict:
        verdict, reason = self.cleaned_data["verdict"], self.cleaned_data["reason"]
        if verdict in (Outcome.AGREE, Outcome.EVIDENCE):
            return Verdict(Outcome(verdict), None, reason)
        return Verdict(Outcome.ROW, int(verdict), reason)

    @property
    def is_touched(self) -> bool:
        """Whether a verdict is chosen or a reason written other than those that stand."""
        return any((self[name].value() or "") != self.initial.get(name, "") for name in ("verdict", "reason"))

    def without_question(self) -> "VerdictForm":
        """The same with an empty box for the question, which was written down; nothing is said of the rest yet."""
        self.data = {**{name: self.data[name] for name in self.data}, "question": ""}
        self.errors.clear()
        return self

    def refusing(self, question: Any) -> "VerdictForm":
        """The same, refused for its question alone."""
        self.errors.clear()
        self.errors["question"] = question
        return self

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.data.get("quick") == Outcome.AGREE:
            if self._has_another_reason(data):
                self.add_error(
                    "verdict", _("You chose another verdict and wrote its reason: save that, or choose to agree.")
                )
                return data
            data["verdict"] = Outcome.AGREE.value
        verdict = data.get("verdict", "")
        claims = any(choice.claimed and str(choice.band) == verdict for choice in choices_of(self.answer, self.node))
        if (verdict == Outcome.AGREE or claims) and data.get("reason") == self._differs:
            data["reason"] = ""
        reason = data.get("reason", "")
        if not verdict and "verdict" not in self.errors and not data.get("question"):
            self.add_error("verdict", _("Choose a verdict before you save it."))
        if "reason" in self.errors or reason:
            return data
        if verdict == Outcome.EVIDENCE:
            self.add_error("reason", _("Write which evidence is needed, so that the office knows what to send."))
        elif verdict.isdigit() and not claims:
            self.add_error("reason", _("Write why this row is right, so that the office understands its score."))
        return data

    def _has_another_reason(self, data: Mapping[str, Any]) -> bool:
        """Whether a verdict other than agreeing is chosen with a reason that was just written."""
        written = bool(data.get("reason")) and data["reason"] != self.initial.get("reason", "")
        return written and data.get("verdict", "") not in ("", Outcome.AGREE)


def _initial(answer: Answer, review: Review | None) -> dict[str, Any]:
    """The verdict that stands; a stale one is judged anew, with its reason still there."""
    initial: dict[str, Any] = {"also_ask": True}
    stand = stands(review, answer.version)
    if review is None or stand == "open":
        return initial
    chosen = "" if stand == "stale" else str(review.band) if stand == Outcome.ROW else stand
    return initial | {"verdict": chosen, "reason": review.reason}


class QuestionForm(forms.Form):
    """A question that is written down for the next return, or changed before it is sent."""

    use_required_attribute = False

    question = ReasonField(
        label=gettext_lazy("Question to the office"), missing=gettext_lazy("Write what you ask of the office.")
    )


class DraftForm(forms.Form):
    """A change of a question that was not sent; `drop` deletes it."""

    use_required_attribute = False

    text = ReasonField(
        label=gettext_lazy("Question to the office"), missing=gettext_lazy("Write what you ask of the office.")
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.drops = "drop" in data
        if self.drops:
            self.fields["text"].required = False

    @property
    def wanted(self) -> str:
        return "" if self.drops else str(self.cleaned_data["text"])


class AgreeForm(forms.Form):
    """The ticked rows of a queue: each names its answer, and the versions of it and of its review that were shown."""

    use_required_attribute = False

    code = forms.CharField(max_length=10)

    @property
    def seen(self) -> dict[int, tuple[int, int]]:
        """Key of the answer -> (its version, its review's)."""
        found = (_SEEN.fullmatch(value) for value in cast("QueryDict", self.data).getlist("answer"))
        return {int(match[1]): (int(match[2]), int(match[3])) for match in found if match}
