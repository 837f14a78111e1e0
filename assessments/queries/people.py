"""Reading people: the list of a manager, and the accounts of the demonstration."""

from dataclasses import dataclass
from enum import Enum

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from assessments.demo import ACCOUNTS
from assessments.models import LogEntry, Province, SupportMembership, User
from indicators.thai import clean


class State(Enum):
    ACTIVE = "active"
    INVITED = "invited"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    role: str = ""
    province: Province | None = None
    state: str = ""
    search: str = ""


def people(wanted: PeopleFilter) -> QuerySet[User]:
    """People by office in Thai order, central people first. Each with `second_factor`."""
    found = User.objects.select_related("province", "support_office").annotate(
        second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP))
    )
    if wanted.role:
        found = found.filter(role=wanted.role)
    if wanted.province:
        found = found.filter(province=wanted.province)
    not_joined = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if wanted.state == State.INACTIVE.value:
        found = found.filter(is_active=False)
    elif wanted.state == State.INVITED.value:
        found = found.filter(not_joined, is_active=True)
    elif wanted.state == State.ACTIVE.value:
        found = found.filter(~not_joined, is_active=True)
    for word in clean(wanted.search).split():
        found = found.filter(
            Q(full_name__icontains=word)
            | Q(email__icontains=word)
            | Q(province__name_th__icontains=word)
            | Q(province__name_en__icontains=word)
        )
    # The two databases put rows without a province on different ends.
    office = F("province__sort_key").asc(nulls_first=True)
    return found.order_by(office, "role", "full_name", "pk")


def history_of(person: User) -> list[LogEntry]:
    """The newest 30, with the offices' names instead of their codes."""
    entries = list(LogEntry.objects.filter(about=person.email).select_related("by")[:30])
    names = {province.iso: province.office_name for province in Province.objects.with_office()}
    for entry in entries:
        office = entry.details.get("office")
        if isinstance(office, list):
            entry.details["office"] = [names.get(code, code) for code in office]
    return entries


def has_second_factor(person: User) -> bool:
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def demo_accounts() -> list[User]:
    """The accounts that `script/server` prints too (`assessments.demo.ACCOUNTS`), in that order."""
    everyone = User.objects.filter(is_demo=True, is_active=True, email__in=[account.email for account in ACCOUNTS])
    found = {person.email: person for person in everyone.select_related("province", "support_office")}
    return [found[account.email] for account in ACCOUNTS if account.email in found]


def support_offices_on(day: object) -> dict[int, SupportMembership]:
    """Province's primary key to its membership in force on a day."""
    members = SupportMembership.objects.on(day).select_related("support_office")
    return {member.province_id: member for member in members}


def provinces_with_office() -> QuerySet[Province]:
    return Province.objects.with_office().select_related("region")


def person_or_404(pk: int) -> User:
    return get_object_or_404(User.objects.select_related("province", "support_office"), pk=pk)


def province_or_404(iso: str) -> Province:
    """A province that has an office."""
    return get_object_or_404(Province.objects.with_office(), iso=iso)
