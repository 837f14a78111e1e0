"""How one answer stands: the state that a save swaps in, and that a page shows when it is opened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, cast

from django.utils.translation import gettext as _

from assessments.calendar import clock, day_of, moment_text, today
from assessments.forms.answers import TEXTS, AnswerForm, pick_of
from assessments.models import Answer
from assessments.queries.advice import Advice, advice_of
from assessments.queries.reading import Near, near_of
from assessments.queries.shown import Difference, columns_of, differences
from assessments.services.answers import as_stored
from indicators.editions import IndicatorNode
from indicators.rules import Band, ChoiceRule, Rule
from indicators.typed import boxes

NEW, SAVED, PARTIAL, UNREADABLE, REFUSED, STALE = "new", "saved", "partial", "unreadable", "refused", "stale"


@dataclass(frozen=True, slots=True)
class Standing:
    """`kind` names the save state. `version` is the one that the person's form is based on.

    With `stale`, `differences` compares a colleague's values (old) with the person's own (new).
    """

    kind: str
    form: AnswerForm
    answer: Answer
    version: int
    needed: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def node(self) -> IndicatorNode:
        return self.form.node

    @property
    def slug(self) -> str:
        return self.node.code.replace(".", "-")

    @property
    def when(self) -> str:
        """When the answer was saved: the time alone on the same day."""
        moment = self.answer.changed_at
        if moment is None:
            return ""
        same_day = day_of(moment) == today()
        return clock(moment) if same_day else moment_text(moment)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The printed rows; none where the form itself offers them as options."""
        rule = self.node.rule
        return rule.bands if isinstance(rule, Rule) and not isinstance(rule, ChoiceRule) else ()

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What each better row would cost and do; only once numbers are entered and scored."""
        answer = self.answer
        if answer.inputs is None or answer.score is None or self.scores_older:
            return ()
        return advice_of(self.node, inputs=answer.inputs, score=answer.score, results=answer.assessment.results)

    @property
    def near(self) -> Near | None:
        """How little would lose the row."""
        return None if self.scores_older else near_of(self.node, self.answer)

    @property
    def scores_older(self) -> bool:
        """The score shown belongs to the numbers before those that cannot be used yet."""
        return bool(self.answer.typed) and self.answer.inputs is not None

    @property
    def choices(self) -> list[tuple[str, list[Difference]]]:
        """With `stale`: what is chosen together, one of the two versions each, by the name of the choice."""
        return [(name, list(found)) for name, found in groupby(self.differences, lambda each: pick_of(each.column))]

    @property
    def lacks_reason(self) -> bool:
        """ "No case" was chosen without its reason: no reviewer waits for it yet."""
        return self.answer.pending == "no_case" and not self.answer.is_answered

    def totals(self, results: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The kept totals that this indicator counts in, with their names."""
        if self.node.scored:
            yield _("This area"), results["areas"][self.node.area_code]
            yield (
                _("Dimension %(number)s") % {"number": self.node.dimension},
                results["dimensions"][str(self.node.dimension)],
            )
            yield _("Dimensions 2 to 4 together"), results["overall"]


def standing(form: AnswerForm, answer: Answer | None = None) -> Standing:
    """The state of a stored answer: as the page opens, or after a save."""
    answer = answer or cast("Answer", form.answer)
    needed = list(form.reading.needed)
    if answer.pending == "no_case" and not answer.no_case_reason and not answer.typed:
        needed.append(_("Why there was no case"))
    if answer.version and not answer.is_answered and not answer.pending and not answer.typed:
        needed += [str(form[box.name].label) for box in boxes(form.node.rule)]
    kind = SAVED if answer.version else NEW
    if form.reading.refusals:
        kind = UNREADABLE
    elif needed:
        kind = PARTIAL
    return Standing(kind, form, answer, answer.version, needed)


def not_taken(form: AnswerForm, answer: Answer) -> Standing:
    """The form itself has faults (a text that is too long): nothing was saved."""
    return Standing(REFUSED, form, answer, form.based_on)


def stale(form: AnswerForm, theirs: Answer, base: Answer | None) -> Standing:
    """Somebody saved in between: both values beside each other, nothing was saved."""
    mine = form.columns(base)
    if form.reading.typed:
        mine |= {"inputs": theirs.inputs, "no_case": theirs.no_case, "no_case_reason": theirs.no_case_reason}
    elif mine["inputs"] is not None:
        mine["inputs"] = as_stored(mine["inputs"])
    mine |= {"typed": dict(mine["typed"]), "evidence_held": sorted(mine["evidence_held"])}
    compared = differences(form.node, columns_of(theirs), mine)
    return Standing(STALE, form, theirs, form.based_on, differences=compared)


def whole_form(form: AnswerForm, base: Answer) -> AnswerForm:
    """The compact row's form with the fields that it lacks, to be shown on the indicator's own page."""
    data = cast("Any", form.data).copy()
    for name in TEXTS:
        data.setdefault(name, getattr(base, name))
    data.setlist("evidence_held", [str(place) for place in base.evidence_held])
    whole = AnswerForm(data, node=form.node)
    whole.is_valid()
    return whole
