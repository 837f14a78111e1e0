"""Flags in words: a question with its figures, for the reviewer who reads the answer. It accuses nobody."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from assessments import flags
from assessments.calendar import fiscal_year, short_date
from assessments.models import Flag

# What each asks about, in a few words: for a mark in a row, and to filter by. The order is that of the list.
NAMES: Mapping[str, str | Promise] = {
    flags.CONTRADICTS: gettext_lazy("Answers that do not go together"),
    flags.SHARED: gettext_lazy("Same file as another office"),
    flags.JUMP: gettext_lazy("Far from last year"),
    flags.SPREAD: gettext_lazy("Far from the other offices"),
    flags.DATED: gettext_lazy("Evidence of another fiscal year"),
    flags.SAME_FILE: gettext_lazy("Same file as an earlier year"),
    flags.CHANGED: gettext_lazy("Changed after a warning"),
    flags.NO_EVIDENCE: gettext_lazy("No evidence attached"),
    flags.LITTLE_EVIDENCE: gettext_lazy("Little evidence"),
    flags.EDGE: gettext_lazy("Just over an edge"),
    flags.CARRIED: gettext_lazy("Evidence carried on"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One flag in words. `quotes` are Thai sentences with the figures, as the rules give them; `reasons` is what the
    office said when it was asked the same."""

    code: str
    name: str
    weight: int
    sentence: str
    quotes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def flags_of(answers: Iterable[int]) -> dict[int, list[Told]]:
    """The flags of some answers by the answer's key, the weightiest first. One query."""
    found: dict[int, list[Told]] = {}
    for flag in Flag.objects.filter(answer__in=list(answers)):
        found.setdefault(flag.answer_id, []).append(told(flag))
    return found


def told(flag: Flag) -> Told:
    """A flag as it is read."""
    sentence, quotes, reasons = _SENTENCES[flag.code](flag.about)
    return Told(flag.code, str(NAMES[flag.code]), flag.weight, sentence, quotes, tuple(filter(None, reasons)))


Words = tuple[str, tuple[str, ...], tuple[str, ...]]
About = Mapping[str, Any]


def _percent(figure: str) -> str:
    return _("%(number)s percent") % {"number": figure}


def _spread(about: About) -> Words:
    def shown(name: str) -> str:
        return _percent(about[name]) if about["percent"] else f"{about[name]} {about['unit']}".strip()

    figures = {"value": shown("value"), "low": shown("low"), "high": shown("high"), "offices": about["offices"]}
    if about["region"]:
        sentence = _(
            "%(value)s here; of the %(offices)s offices of the region that submitted, the middle half lie between "
            "%(low)s and %(high)s. What is different at this office?"
        )
    else:
        sentence = _(
            "%(value)s here; of the %(offices)s offices of the country that submitted, the middle half lie between "
            "%(low)s and %(high)s. What is different at this office?"
        )
    return sentence % figures, (), ()


def _jump(about: About) -> Words:
    parts = []
    for label, last, now, unit in about["figures"]:
        part = _("last year %(last)s, this year %(now)s") % {"last": last, "now": now}
        parts.append(f"{f'{label}: ' if label else ''}{part} {unit}".rstrip())
    return _("%(figures)s. What changed?") % {"figures": " · ".join(parts)}, (), (about["reason"],)


def _no_evidence(about: About) -> Words:
    sentence = _("A score of %(score)s is claimed and no file or link is attached. What shows it?")
    return sentence % {"score": about["score"]}, (), ()


def _little_evidence(about: About) -> Words:
    sentence = _(
        "A score of %(score)s is claimed and %(held)s of the %(kinds)s kinds of evidence that the handbook names are "
        "ticked. Does the office hold the others?"
    )
    return sentence % {"score": about["score"], "held": about["held"], "kinds": about["kinds"]}, (), ()


def _dated(about: About) -> Words:
    named = ", ".join(
        _("“%(file)s” of %(day)s (fiscal year %(year)s)")
        % {"file": name, "day": short_date(date.fromisoformat(day)), "year": fiscal_year(date.fromisoformat(day))}
        for name, day in about["files"]
    )
    sentence = _("%(files)s: does it show what was done in fiscal year %(year)s?")
    return sentence % {"files": named + _and_more(about["count"] - len(about["files"])), "year": about["year"]}, (), ()


def _and_more(number: int) -> str:
    if number <= 0:
        return ""
    return " " + ngettext("and %(count)s more", "and %(count)s more", number) % {"count": number}


def _shared(about: About) -> Words:
    is_english = get_language() == "en"
    named = ", ".join(
        _("%(office)s (%(year)s)") % {"office": english if is_english else thai, "year": year}
        for thai, english, year in about["offices"]
    )
    named += _and_more(about["count"] - len(about["offices"]))
    if about["count"] > flags.COMMON:
        sentence = _("The same file “%(file)s” is attached by many offices: %(offices)s. Was it sent to all of them?")
    else:
        sentence = _("The same file “%(file)s” is attached by other offices: %(offices)s. Whose work does it show?")
    return sentence % {"file": about["file"], "offices": named}, (), ()


def _same_file(about: About) -> Words:
    sentence = _("The same file “%(file)s” was attached in %(years)s already. Does it show this year's work?")
    return sentence % {"file": about["file"], "years": ", ".join(map(str, about["years"]))}, (), ()


def _carried(about: About) -> Words:
    sentence = _("The office carries “%(file)s” on from last year as still the same. Does it still hold this year?")
    return sentence % {"file": about["file"]}, (), ()


def _edge(about: About) -> Words:
    figures = {"unit": about["unit"], "below": about["below"], "score": about["score"]}
    if about["fewer"]:
        sentence = _("One %(unit)s fewer would give %(below)s instead of %(score)s. Are all of them in the records?")
    else:
        sentence = _("One %(unit)s more would give %(below)s instead of %(score)s. Are all of them counted?")
    return sentence % figures, (), ()


def _contradicts(about: About) -> Words:
    sentence = _("Figures of this office do not go together. Which one is right?")
    return sentence, tuple(about["sentences"]), tuple(about["reasons"])


def _changed(about: About) -> Words:
    figures = {"was": about["was"] or "–", "now": about["now"] or "–"}
    sentence = {
        "return": _("After the return the figures were changed: before %(was)s, now %(now)s. What shows the new ones?"),
        "confirmation": _(
            "The office confirmed a warning and changed the figures afterwards: before %(was)s, now %(now)s. "
            "What shows the new ones?"
        ),
        "jump": _(
            "The first figures were far from last year's and were changed: before %(was)s, now %(now)s. "
            "What shows the new ones?"
        ),
    }[about["after"]]
    return sentence % figures, (), (about["reason"],)


_SENTENCES: Mapping[str, Callable[[About], Words]] = {
    flags.SPREAD: _spread,
    flags.JUMP: _jump,
    flags.NO_EVIDENCE: _no_evidence,
    flags.LITTLE_EVIDENCE: _little_evidence,
    flags.DATED: _dated,
    flags.SHARED: _shared,
    flags.SAME_FILE: _same_file,
    flags.CARRIED: _carried,
    flags.EDGE: _edge,
    flags.CONTRADICTS: _contradicts,
    flags.CHANGED: _changed,
}
