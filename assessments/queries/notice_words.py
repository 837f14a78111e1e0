"""Notices in words: a sentence, what it is about in a few more words, and where to go."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.calendar import day_of, long_date, moment_text, short_date, today
from assessments.models import Assessment
from indicators import editions

# So many offices and indicators are named, the others counted.
MOST_NAMES = 8
LONGEST_TEXT = 300


class Kind(StrEnum):
    INVITED = "invited"
    ASSIGNED = "assigned"
    DUE = "due"
    RETURNED = "returned"
    VERIFIED = "verified"
    REPLY_DUE = "reply_due"
    FINAL = "final"
    PUBLISHED = "published"
    REOPENED = "reopened"
    EXTENDED = "extended"
    SUBMITTED = "submitted"
    OVERDUE = "overdue"
    REPLIED = "replied"
    REPLY_OVER = "reply_over"
    ANSWERED = "answered"
    COMMENT = "comment"
    FINDING = "finding"


# What comes with a day, and has no time of its own.
_DAYS = frozenset({Kind.DUE, Kind.OVERDUE, Kind.REPLY_DUE, Kind.REPLY_OVER})


@dataclass(frozen=True, slots=True)
class Item:
    """One fact that concerns a person. `key` names it for good, so that it is seen and mailed once.

    `name` is who did it, `code` the indicator, `text` a reason or a comment, `day` the day that it names, `visit` the
    key of the visit on which a finding was made.
    """

    kind: Kind
    key: str
    at: datetime
    assessment: Assessment | None = None
    name: str = ""
    code: str = ""
    text: str = ""
    day: date | None = None
    visit: int | None = None

    @property
    def group(self) -> str:
        """Facts of the same group are told together."""
        match self.kind:
            case Kind.ASSIGNED:
                return f"{self.kind}:{self.about.pk}:{self.name}"
            case Kind.SUBMITTED | Kind.OVERDUE | Kind.REPLIED | Kind.REPLY_OVER:
                return f"{self.kind}:{self.about.round_id}"
            case Kind.COMMENT | Kind.ANSWERED:
                return f"{self.kind}:{self.about.pk}"
            case Kind.FINDING:
                return f"{self.kind}:{self.about.pk}:{self.visit or self.name}"
            case _:
                return self.key

    @property
    def about(self) -> Assessment:
        """The assessment, of a kind that has one."""
        assert self.assessment is not None
        return self.assessment


@dataclass(frozen=True, slots=True)
class Notice:
    """One or more facts of a group, the newest first."""

    items: tuple[Item, ...]
    is_seen: bool

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def group(self) -> str:
        return self.first.group

    @property
    def kind(self) -> Kind:
        return self.first.kind

    @property
    def at(self) -> datetime:
        return self.first.at

    @property
    def when(self) -> str:
        """When it came; what comes with a day has no time of its own."""
        return short_date(day_of(self.at)) if self.kind in _DAYS else moment_text(self.at)

    @property
    def sentence(self) -> str:
        return _SENTENCES[self.kind](self)

    @property
    def detail(self) -> str:
        """More of it in a few words; may be empty."""
        detail = _DETAILS.get(self.kind)
        return detail(self) if detail else _short(self.first.text)

    @property
    def link(self) -> str:
        """The path of the page where one sees to it."""
        return _link(self)

    @property
    def year(self) -> int:
        return self.first.about.round.year


def _invited(notice: Notice) -> str:
    return _("%(name)s invited you to this system.") % {"name": notice.first.name}


def _assigned(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(name)s asks you to answer %(count)s indicator of fiscal year %(year)s.",
        "%(name)s asks you to answer %(count)s indicators of fiscal year %(year)s.",
        count,
    ) % {"name": notice.first.name, "count": count, "year": notice.year}


def _assigned_detail(notice: Notice) -> str:
    codes = _names(item.code for item in reversed(notice.items))
    days = [item.day for item in notice.items if item.day]
    if not days:
        return codes
    until = _("By %(day)s") % {"day": short_date(min(days))}
    return f"{codes} · {until}"


def _due(notice: Notice) -> str:
    days = notice.first.about.days_left(today())
    if days <= 0:
        return _("Today is the last day to submit fiscal year %(year)s.") % {"year": notice.year}
    return ngettext(
        "%(days)s day is left to submit fiscal year %(year)s.",
        "%(days)s days are left to submit fiscal year %(year)s.",
        days,
    ) % {"days": days, "year": notice.year}


def _due_detail(notice: Notice) -> str:
    assessment = notice.first.about
    return _("It closes on %(day)s at 23:59. Answered: %(answered)s of %(count)s.") % {
        "day": long_date(assessment.closes_on),
        "answered": assessment.answered,
        "count": len(editions.standard_of(assessment.round.edition).indicators),
    }


def _returned(notice: Notice) -> str:
    assert notice.first.day is not None
    return _("The central division sent fiscal year %(year)s back, to be corrected by %(day)s.") % {
        "year": notice.year,
        "day": long_date(notice.first.day),
    }


def _verified(notice: Notice) -> str:
    return _("The central division verified fiscal year %(year)s; your office can reply until %(day)s.") % _until(
        notice
    )


def _reply_due(notice: Notice) -> str:
    return _("Your office can reply to the verdicts of fiscal year %(year)s until %(day)s.") % _until(notice)


def _until(notice: Notice) -> dict[str, object]:
    assert notice.first.day is not None
    return {"year": notice.year, "day": long_date(notice.first.day)}


def _final(notice: Notice) -> str:
    return _("The result of fiscal year %(year)s is final.") % {"year": notice.year}


def _published(notice: Notice) -> str:
    return _("The results of fiscal year %(year)s are published.") % {"year": notice.year}


def _reopened(notice: Notice) -> str:
    return _("The central division reopened the final result of fiscal year %(year)s.") % {"year": notice.year}


def _extended(notice: Notice) -> str:
    assert notice.first.day is not None
    return _("Your office can answer fiscal year %(year)s until %(day)s.") % {
        "year": notice.year,
        "day": long_date(notice.first.day),
    }


def _submitted(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(count)s office submitted fiscal year %(year)s.", "%(count)s offices submitted fiscal year %(year)s.", count
    ) % {"count": count, "year": notice.year}


def _overdue(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(count)s office has not submitted fiscal year %(year)s although its window is closed.",
        "%(count)s offices have not submitted fiscal year %(year)s although their window is closed.",
        count,
    ) % {"count": count, "year": notice.year}


def _replied(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(count)s office replied to its verdicts of fiscal year %(year)s.",
        "%(count)s offices replied to their verdicts of fiscal year %(year)s.",
        count,
    ) % {"count": count, "year": notice.year}


def _reply_over(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(count)s office did not reply to its verdicts of fiscal year %(year)s in time; its result can be made final.",
        "%(count)s offices did not reply to their verdicts of fiscal year %(year)s in time; "
        "their results can be made final.",
        count,
    ) % {"count": count, "year": notice.year}


def _answered(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(office)s answered %(count)s question of yours (fiscal year %(year)s).",
        "%(office)s answered %(count)s questions of yours (fiscal year %(year)s).",
        count,
    ) % {"count": count, "office": notice.first.about.province.office_name, "year": notice.year}


def _answered_detail(notice: Notice) -> str:
    if len(notice.items) == 1:
        return f"{notice.first.code}: {_short(notice.first.text)}"
    return _names(dict.fromkeys(item.code for item in reversed(notice.items)))


def _offices(notice: Notice) -> str:
    return _names(item.about.province.name for item in notice.items)


def _comment(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(count)s comment on %(codes)s (%(office)s, fiscal year %(year)s).",
        "%(count)s comments on %(codes)s (%(office)s, fiscal year %(year)s).",
        count,
    ) % {
        "count": count,
        "codes": _names(dict.fromkeys(item.code for item in notice.items)),
        "office": notice.first.about.province.office_name,
        "year": notice.year,
    }


def _comment_detail(notice: Notice) -> str:
    return f"{notice.first.name}: {_short(notice.first.text)}"


def _finding(notice: Notice) -> str:
    count = len(notice.items)
    return ngettext(
        "%(name)s wrote %(count)s finding at your office: %(codes)s (fiscal year %(year)s).",
        "%(name)s wrote %(count)s findings at your office: %(codes)s (fiscal year %(year)s).",
        count,
    ) % {
        "name": notice.first.name,
        "count": count,
        "codes": _names(dict.fromkeys(item.code for item in reversed(notice.items))),
        "year": notice.year,
    }


_SENTENCES: dict[Kind, Callable[[Notice], str]] = {
    Kind.INVITED: _invited,
    Kind.ASSIGNED: _assigned,
    Kind.DUE: _due,
    Kind.RETURNED: _returned,
    Kind.VERIFIED: _verified,
    Kind.REPLY_DUE: _reply_due,
    Kind.FINAL: _final,
    Kind.PUBLISHED: _published,
    Kind.REOPENED: _reopened,
    Kind.EXTENDED: _extended,
    Kind.SUBMITTED: _submitted,
    Kind.OVERDUE: _overdue,
    Kind.REPLIED: _replied,
    Kind.REPLY_OVER: _reply_over,
    Kind.ANSWERED: _answered,
    Kind.COMMENT: _comment,
    Kind.FINDING: _finding,
}
_DETAILS: dict[Kind, Callable[[Notice], str]] = {
    Kind.ASSIGNED: _assigned_detail,
    Kind.DUE: _due_detail,
    Kind.SUBMITTED: _offices,
    Kind.OVERDUE: _offices,
    Kind.REPLIED: _offices,
    Kind.REPLY_OVER: _offices,
    Kind.ANSWERED: _answered_detail,
    Kind.COMMENT: _comment_detail,
}


def _link(notice: Notice) -> str:
    first = notice.first
    match notice.kind:
        case Kind.INVITED:
            return reverse("profile")
        case Kind.ASSIGNED if len(notice.items) > 1:
            return reverse("my_work")
        case Kind.ASSIGNED:
            return reverse("answer_detail", args=[first.about.pk, notice.items[-1].code])
        case Kind.VERIFIED | Kind.REPLY_DUE:
            return reverse("reply", args=[first.about.pk])
        case Kind.FINAL | Kind.PUBLISHED:
            return reverse("form_page", args=[first.about.pk])
        case Kind.REOPENED:
            return reverse("assessment_history", args=[first.about.pk])
        case Kind.SUBMITTED | Kind.OVERDUE | Kind.REPLIED | Kind.REPLY_OVER if len(notice.items) > 1:
            order = "-submitted" if notice.kind == Kind.SUBMITTED else "status"
            return f"{reverse('national_list')}?round={notice.year}&sort={order}"
        case Kind.REPLIED:
            return reverse("reply", args=[first.about.pk])
        case Kind.SUBMITTED | Kind.OVERDUE | Kind.REPLY_OVER | Kind.ANSWERED:
            return reverse("national_assessment", args=[first.about.pk])
        case Kind.COMMENT:
            return reverse("comment_list", args=[first.about.pk])
        case Kind.FINDING:
            return _finding_link(notice)
        case _:
            return reverse("assessment_detail", args=[first.about.pk])


def _finding_link(notice: Notice) -> str:
    """The visit on which it was found; of those without a visit the indicator, or the list of several."""
    first = notice.first
    if first.visit:
        return reverse("visit_detail", args=[first.visit])
    if len(notice.items) > 1:
        return f"{reverse('visit_list')}?round={notice.year}&office={first.about.pk}"
    return f"{reverse('answer_detail', args=[first.about.pk, first.code])}#_findings"


def _names(names: Iterable[str]) -> str:
    """The first of them by name, the others as a number."""
    all_names = list(names)
    told = ", ".join(all_names[:MOST_NAMES])
    more = len(all_names) - MOST_NAMES
    return told if more <= 0 else _("%(names)s and %(count)s more") % {"names": told, "count": more}


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST_TEXT)
