"""Opening a round for all 76 offices, changing its dates and target, extending one office."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from assessments.calendar import fiscal_year, fiscal_year_span, long_date, today
from assessments.models import Answer, Assessment, Extension, LogEntry, Province, Round, StatusChange, User
from assessments.services.answers import results_of
from assessments.services.base import Refused, locked, refuse_without, unless_taken
from assessments.services.mails import mail_extended
from assessments.services.targets import judge_by_target
from assessments.workflow import Action, Right, Status, roles_of
from indicators import editions
from indicators.models import Edition, Indicator

# How many days an office has to reply to its verdicts.
FEWEST_REPLY_DAYS, REPLY_DAYS, MOST_REPLY_DAYS = 1, 14, 120
# How far past the closing day (or today, if that is later) a reviewer's return may keep an office's window open.
DAYS_OF_REVIEWER = 30


@transaction.atomic
def open_round(
    *,
    year: int,
    edition: Edition,
    opens_on: date,
    closes_on: date,
    budget_target: Decimal | None,
    by: User,
    reply_days: int = REPLY_DAYS,
) -> Round:
    """Open a fiscal year's round: one assessment for each office, with an empty answer for each indicator.

    Raises Refused. The round keeps `edition` for good.
    """
    refuse_without(Right.MANAGE_ROUNDS, by)
    if edition.status != Edition.Status.PUBLISHED:
        raise Refused(_("Only a published edition can be used for a round."))
    _refuse_far_year(year)
    _refuse_dates(year, opens_on, closes_on)
    _refuse_reply_days(reply_days)
    there_is_one = _("There is a round of fiscal year %(year)s already.") % {"year": year}
    with unless_taken(Round.objects.filter(year=year), there_is_one):
        round_ = Round.objects.create(
            year=year,
            edition=edition,
            opens_on=opens_on,
            closes_on=closes_on,
            budget_target=budget_target,
            reply_days=reply_days,
            opened_by=by,
        )
    empty = results_of(editions.standard_of(edition), {})
    Assessment.objects.bulk_create(
        Assessment(round=round_, province=province, closes_on=closes_on, results=empty)
        for province in Province.objects.with_office()
    )
    _write_empty_answers(round_)
    _log("open_round", round_, by, {"opens_on": opens_on, "closes_on": closes_on, "budget_target": budget_target})
    return round_


def _write_empty_answers(round_: Round) -> None:
    """An empty answer for each assessment and indicator: 6,536 rows in one statement, by the database itself.

    As objects they would take a second or more, most of it spent on saying "empty" for every column.
    """
    quote = connection.ops.quote_name
    fields = [
        field for field in Answer._meta.concrete_fields if field.attname not in {"id", "assessment_id", "indicator_id"}
    ]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = [field.get_db_prep_save(field.get_default(), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Answer._meta.db_table)} (assessment_id, indicator_id, {columns}) "  # noqa: S608 - our own names
            f"SELECT assessment.id, indicator.id, {', '.join(['%s'] * len(values))} "
            f"FROM {quote(Assessment._meta.db_table)} assessment, {quote(Indicator._meta.db_table)} indicator "
            "WHERE assessment.round_id = %s AND indicator.edition_id = %s ORDER BY assessment.id, indicator.id",
            [*values, round_.pk, round_.edition_id],
        )


@transaction.atomic
def change_round(
    *,
    round_: Round,
    opens_on: date,
    closes_on: date,
    budget_target: Decimal | None,
    by: User,
    reply_days: int | None = None,
) -> Round:
    """Change the window, the target and the days to reply; raises Refused.

    New days to reply count for what is verified from now on: what an office was promised stays. Extended offices keep a
    later day, and returned ones the day they were promised. A new target judges 1.31 where `services.targets` says so.
    """
    refuse_without(Right.MANAGE_ROUNDS, by)
    # Not the key: an extension that is being written refers to the round, and holds the lock that is wanted next.
    rounds = Round.objects.select_for_update(of=("self",), no_key=True).select_related("edition")
    round_ = rounds.get(pk=round_.pk)
    assessments = list(round_.assessments.select_for_update(of=("self",)).order_by("pk"))
    _refuse_dates(round_.year, opens_on, closes_on)
    reply_days = round_.reply_days if reply_days is None else reply_days
    _refuse_reply_days(reply_days)
    new = {"opens_on": opens_on, "closes_on": closes_on, "budget_target": budget_target, "reply_days": reply_days}
    old = {name: getattr(round_, name) for name in new}
    for name, value in new.items():
        setattr(round_, name, value)
    round_.save()
    extended = {}
    for extension in round_.extensions.order_by("given_at", "pk"):
        extended[extension.province_id] = extension.closes_on
    promised = _promised_days(round_)
    for assessment in assessments:
        own_days = (extended.get(assessment.province_id), promised.get(assessment.pk))
        day = max([closes_on, *(day for day in own_days if day)])
        if assessment.closes_on != day:
            assessment.closes_on = day
            assessment.save(update_fields=["closes_on"])
    if old["budget_target"] != budget_target:
        judge_by_target(assessments, round_=round_, by=by)
    _log("change_round", round_, by, {key: [old[key], new[key]] for key in new if old[key] != new[key]})
    return round_


def _promised_days(round_: Round) -> dict[int, date | None]:
    """The day by which each returned assessment is to be corrected, as its last return says."""
    returns = StatusChange.objects.filter(
        assessment__round=round_, assessment__status=Status.RETURNED, action=Action.RETURN
    )
    return dict(returns.order_by("number").values_list("assessment_id", "due_on"))


@transaction.atomic
def extend(*, assessment: Assessment, closes_on: date, reason: str, by: User) -> Extension:
    """Give one office a later closing day; raises Refused."""
    assessment = locked(assessment, by=by, action=Action.EXTEND)
    if not reason.strip():
        raise Refused(_("Write the reason for the extension."))
    refuse_far_day(assessment.round.year, closes_on)
    if closes_on <= assessment.round.closes_on:
        raise Refused(_("The new day must be later than the round's closing day."))
    if closes_on < today():
        raise Refused(_("The new day is in the past; choose today or a later day."))
    if closes_on == assessment.closes_on:
        raise Refused(_("This is the office's closing day already."))
    extension = write_extension(assessment=assessment, closes_on=closes_on, reason=reason, by=by)
    mail_extended(assessment=assessment, by=by, reason=reason)
    return extension


def write_extension(*, assessment: Assessment, closes_on: date, reason: str, by: User) -> Extension:
    """Write an extension and the assessment's new closing day. Inside a transaction, on a locked assessment."""
    assessment.closes_on = closes_on
    assessment.save(update_fields=["closes_on"])
    extension = Extension.objects.create(
        round=assessment.round,
        province=assessment.province,
        closes_on=closes_on,
        reason=reason.strip(),
        given_by=by,
    )
    _log("extend", assessment.round, by, {"province": assessment.province.iso, "closes_on": closes_on})
    return extension


def refuse_far_day(year: int, day: date) -> None:
    """A day until which offices may answer lies at most 12 months after its fiscal year's end; raises Refused."""
    last = fiscal_year_span(year + 1)[1]
    if day > last:
        raise Refused(
            _("Answers of fiscal year %(year)s end at most 12 months after it; choose %(day)s or an earlier day.")
            % {"year": year, "day": long_date(last)}
        )


def refuse_far_return(assessment: Assessment, due_on: date, by: User) -> None:
    """How late a return may keep an office's window open: further for those who may extend it. Raises Refused."""
    refuse_far_day(assessment.round.year, due_on)
    last = max(assessment.round.closes_on, assessment.closes_on, today()) + timedelta(days=DAYS_OF_REVIEWER)
    if due_on > last and by.role not in roles_of(Action.EXTEND):
        raise Refused(
            _("A reviewer can give an office until %(day)s; ask a central manager for a later day.")
            % {"day": long_date(last)}
        )


def _refuse_far_year(year: int) -> None:
    """A round further ahead than the next fiscal year is a slip of the keyboard, and none can be taken back."""
    last = fiscal_year(today()) + 1
    if year > last:
        raise Refused(
            _("Fiscal year %(year)s is too far ahead; a round can be opened up to fiscal year %(last)s.")
            % {"year": year, "last": last}
        )


def _refuse_dates(year: int, opens_on: date, closes_on: date) -> None:
    if closes_on < opens_on:
        raise Refused(_("The closing day must not be before the opening day."))
    refuse_far_day(year, closes_on)
    first, last = fiscal_year_span(year)
    if opens_on < first or opens_on > last:
        raise Refused(
            _("Fiscal year %(year)s runs from 1 October %(before)s to 30 September %(year)s; open the round in it.")
            % {"year": year, "before": year - 1}
        )


def _refuse_reply_days(days: int) -> None:
    if not FEWEST_REPLY_DAYS <= days <= MOST_REPLY_DAYS:
        raise Refused(_("An office has 1 to 120 days to reply."))


def _log(what: str, round_: Round, by: User, details: dict[str, object]) -> None:
    plain = {key: _plain(value) for key, value in details.items()}
    LogEntry.objects.create(what=what, about=str(round_.year), details=plain, by=by)


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int)) else str(value)
