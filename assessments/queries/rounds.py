"""Rounds as a manager reads them: with their offices' states, their extensions and their log in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.http import Http404
from django.utils.translation import gettext as _

from assessments.calendar import fiscal_year, short_date, today
from assessments.models import Assessment, Extension, LogEntry, Province, Round, User
from assessments.workflow import CLOSED, WITH_OFFICE, Status
from indicators.models import Edition
from indicators.thai import number


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act on a round, in words."""

    at: datetime
    by: User | None
    words: Sequence[str]


def round_or_404(pk: int) -> Round:
    found = Round.objects.select_related("edition", "opened_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def round_of_year(year: int) -> Round:
    found = Round.objects.select_related("edition").filter(year=year).first()
    if found is None:
        raise Http404
    return found


def all_rounds() -> list[Round]:
    """All rounds, the newest first, each with `offices`, `handed_in` (with the centre, or done) and `final`."""
    handed_in = Q(assessments__status__in=set(Status) - WITH_OFFICE)
    return list(
        Round.objects.select_related("edition").annotate(
            offices=Count("assessments"),
            handed_in=Count("assessments", filter=handed_in),
            final=Count("assessments", filter=Q(assessments__status__in=CLOSED)),
        )
    )


@dataclass(frozen=True, slots=True)
class Stages:
    """How far a round's results are: `final` wait to be published; `not_final` are the offices still to come."""

    offices: int
    final: int
    published: int
    not_final: Sequence[Assessment]

    @property
    def open(self) -> int:
        return len(self.not_final)


def stages_of(round_: Round) -> Stages:
    """One query."""
    found = list(round_.assessments.select_related("province").order_by("province__sort_key"))
    return Stages(
        len(found),
        final=sum(each.status == Status.FINAL for each in found),
        published=sum(each.status == Status.PUBLISHED for each in found),
        not_final=[each for each in found if each.status not in CLOSED],
    )


def next_year() -> int:
    """The fiscal year to propose: the current one, or the first after the newest round."""
    newest = Round.objects.order_by("-year").values_list("year", flat=True).first()
    return max(fiscal_year(today()), newest + 1) if newest else fiscal_year(today())


def newest_edition() -> Edition | None:
    """The newest published edition, which alone can be used."""
    return Edition.objects.published().order_by("-year").first()


def extensions_of(round_: Round) -> list[tuple[Extension, bool]]:
    """The newest first, each with whether it is the one that gives its office the closing day."""
    days = dict(round_.assessments.values_list("province_id", "closes_on"))
    seen: set[int] = set()
    found = []
    for extension in round_.extensions.select_related("province", "given_by"):
        newest = extension.province_id not in seen
        seen.add(extension.province_id)
        found.append((extension, newest and days.get(extension.province_id) == extension.closes_on))
    return found


def log_of(round_: Round) -> list[LogLine]:
    """What was done to the round, the newest first. Two queries."""
    entries = LogEntry.objects.filter(
        what__in=("open_round", "change_round", "extend", "show_results", "hide_results"), about=str(round_.year)
    ).select_related("by")
    names = {province.iso: province for province in Province.objects.all()}
    return [LogLine(entry.at, entry.by, _words(entry.what, entry.details, names)) for entry in entries]


def _words(what: str, details: Mapping[str, Any], names: Mapping[str, Province]) -> list[str]:
    if what == "extend":
        office = names[details["province"]]
        return [
            _("Extended %(office)s until %(day)s") % {"office": office.office_name, "day": _shown(details["closes_on"])}
        ]
    if what == "show_results":
        return [_("Switched the public page on")]
    if what == "hide_results":
        return [_("Switched the public page off")]
    labels = {
        "opens_on": _("opening day"),
        "closes_on": _("closing day"),
        "budget_target": _("target for 1.31"),
        "reply_days": _("days to reply"),
    }
    if what == "open_round":
        told = [f"{label} {_shown(details[key])}" for key, label in labels.items() if details.get(key)]
        return [_("Opened the round"), *told]
    if not details:
        return [_("Saved without a change")]
    return [
        _("%(what)s from %(old)s to %(new)s") % {"what": label, "old": _shown(old), "new": _shown(new)}
        for key, label in labels.items()
        if key in details
        for old, new in [details[key]]
    ]


def _shown(value: str | int | None) -> str:
    """A stored value of the log: a day as people read it, a percentage without the zeros that end it, a number."""
    if value is None:
        return _("(not set)")
    if isinstance(value, int):
        return str(value)
    try:
        return short_date(date.fromisoformat(value))
    except ValueError:
        return _("%(figure)s percent") % {"figure": number(Decimal(value))}
