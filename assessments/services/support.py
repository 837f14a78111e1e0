"""Which support office (สสว.) a province belongs to, from which day: one province, or all 76 from a sheet."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.access import has
from assessments.calendar import short_date
from assessments.models import LogEntry, Province, SupportMembership, SupportOffice, User
from assessments.services.base import Refused
from assessments.workflow import Right

NUMBERS = range(1, 13)


@transaction.atomic
def assign_support_office(*, province: Province, number: int | None, starts_on: date, by: User) -> None:
    """From a day on a province belongs to another support office, or to none; raises Refused."""
    _refuse_rights(by)
    old = _change(province, number, starts_on)
    if old != number:
        _log(by, province.iso, {"support_office": [old, number], "starts_on": str(starts_on)})


@transaction.atomic
def import_support_offices(*, numbers: Mapping[Province, int], starts_on: date, by: User) -> int:
    """Assign all offices at once, whole or not at all; raises Refused. How many changed."""
    _refuse_rights(by)
    if {province.pk for province in numbers} != set(Province.objects.with_office().values_list("pk", flat=True)):
        raise Refused(_("The sheet must name all 76 provinces."))
    changed = {}
    for province, number in numbers.items():
        old = _change(province, number, starts_on)
        if old != number:
            changed[province.iso] = [old, number]
    if changed:
        _log(by, "import", {"support_offices": changed, "starts_on": str(starts_on)})
    return len(changed)


def _change(province: Province, number: int | None, starts_on: date) -> int | None:
    """Close the membership in force the day before, and open the new one. The number of the old one."""
    if number is not None and number not in NUMBERS:
        raise Refused(_("The number of a support office is 1 to 12."))
    current = (
        SupportMembership.objects.select_for_update(of=("self",))
        .select_related("support_office")
        .filter(province=province, ends_on=None)
        .first()
    )
    old = current.support_office.number if current else None
    if old == number:
        return old
    latest = SupportMembership.objects.filter(province=province).order_by("-starts_on").first()
    if latest:
        earliest = latest.starts_on if latest.ends_on is None else latest.ends_on + timedelta(days=1)
        if starts_on < earliest:
            raise Refused(
                _("%(province)s: what is entered already reaches to this day; choose %(day)s or a later day.")
                % {"province": province.name, "day": short_date(earliest)}
            )
    if current and current.starts_on == starts_on:
        current.delete()
    elif current:
        current.ends_on = starts_on - timedelta(days=1)
        current.save(update_fields=["ends_on"])
    if number is not None:
        office, _made = SupportOffice.objects.get_or_create(number=number)
        try:
            with transaction.atomic():
                SupportMembership.objects.create(support_office=office, province=province, starts_on=starts_on)
        except IntegrityError:
            # There was no open membership to lock, and somebody else has opened one since: it counts as the older one.
            if current or not SupportMembership.objects.filter(province=province, ends_on=None).exists():
                raise
            return _change(province, number, starts_on)
    return old


def _refuse_rights(by: User) -> None:
    decision = has(by, Right.MANAGE_PEOPLE)
    if not decision:
        raise Refused(decision.reason)


def _log(by: User, about: str, details: dict[str, object]) -> None:
    LogEntry.objects.create(what="support_office", about=about, details=details, by=by)
