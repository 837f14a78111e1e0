"""Who sees which office, and what they may do there: role by office by action against a table written by hand."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from assessments.access import (
    Refusal,
    assessments_seen,
    for_assessment,
    for_evidence,
    for_right,
    has,
    may,
    provinces_seen,
    sees_province,
)
from assessments.models import Assessment, Evidence, Province, Round, SupportMembership, SupportOffice, User
from assessments.workflow import Action, Right, Role, Status
from tests.conftest import person

OWN, SUPPORTED, OTHER = "TH-50", "TH-51", "TH-83"

# (role, office) -> the actions on a draft in an open window. What is not here does not exist for the person.
# The office people belong to Chiang Mai; the supporter's office supports Chiang Mai and Lamphun.
WORK = {"plan", "assign", "discuss", "comment"}
REFERENCE: dict[tuple[str, str], set[str]] = {
    ("office_editor", OWN): {"view", "edit", *WORK},
    ("office_head", OWN): {"view", "edit", "submit", *WORK},
    ("supporter", OWN): {"view", "comment", "visit"},
    ("supporter", SUPPORTED): {"view", "comment", "visit"},
    ("inspector", OWN): {"view", "visit"},
    ("inspector", SUPPORTED): {"view", "visit"},
    ("inspector", OTHER): {"view", "visit"},
    ("reviewer", OWN): {"view", "comment"},
    ("reviewer", SUPPORTED): {"view", "comment"},
    ("reviewer", OTHER): {"view", "comment"},
    ("manager", OWN): {"view", "extend", "comment"},
    ("manager", SUPPORTED): {"view", "extend", "comment"},
    ("manager", OTHER): {"view", "extend", "comment"},
    ("admin", OWN): {"view"},
    ("admin", SUPPORTED): {"view"},
    ("admin", OTHER): {"view"},
}
RIGHTS: dict[str, set[str]] = {
    "see_country": {"supporter", "inspector", "reviewer", "manager", "admin"},
    "manage_rounds": {"manager"},
    "manage_people": {"manager", "admin"},
    "have_work": {"office_editor", "office_head"},
    "review": {"reviewer", "manager"},
    "read_review": {"inspector", "reviewer", "manager", "admin"},
}


@pytest.fixture
def support_office(db: None) -> SupportOffice:
    office = SupportOffice.objects.create(number=10)
    for iso in (OWN, SUPPORTED):
        SupportMembership.objects.create(
            support_office=office, province=Province.objects.get(iso=iso), starts_on=date(2026, 1, 1)
        )
    return office


@pytest.fixture
def people(chiang_mai: Province, support_office: SupportOffice) -> dict[str, User]:
    belongs: dict[str, dict[str, Any]] = {
        Role.OFFICE_EDITOR: {"province": chiang_mai},
        Role.OFFICE_HEAD: {"province": chiang_mai},
        Role.SUPPORTER: {"support_office": support_office},
    }
    return {role.value: person(f"{role.value}@people.example", role, **belongs.get(role, {})) for role in Role}


def asked(user: User) -> Any:
    request = RequestFactory().get("/")
    request.user = user
    return request


def outcome(user: User, action: Action, pk: int) -> int:
    """The status that a view of this action answers with; the view itself answers 200."""

    @for_assessment(action)
    def view(request: Any, assessment: Assessment) -> HttpResponse:
        return HttpResponse(str(assessment.pk))

    return _status(view, user, pk)


def _status(view: Any, user: User, *args: Any) -> int:
    try:
        return view(asked(user), *args).status_code
    except Http404:
        return 404
    except Refusal as refusal:
        return 403 if str(refusal.reason) else 500


def test_role_by_office_by_action(people: dict[str, User], round_2569: Round) -> None:
    by_iso = {row.province.iso: row for row in Assessment.objects.whole().filter(round=round_2569)}
    found = {}
    expected = {}
    for role, user in people.items():
        for iso in (OWN, SUPPORTED, OTHER):
            allowed = REFERENCE.get((role, iso))
            for action in Action:
                found[role, iso, action.value] = outcome(user, action, by_iso[iso].pk)
                seen = 200 if allowed and action.value in allowed else 403
                expected[role, iso, action.value] = 404 if allowed is None else seen
    assert found == expected


def test_lists_hold_exactly_what_may_be_viewed(people: dict[str, User], round_2569: Round) -> None:
    for role, user in people.items():
        seen = set(assessments_seen(user).values_list("province__iso", flat=True))
        expected = {iso for iso in (OWN, SUPPORTED, OTHER) if (role, iso) in REFERENCE}
        assert seen & {OWN, SUPPORTED, OTHER} == expected
        assert len(seen) == {"office_editor": 1, "office_head": 1, "supporter": 2}.get(role, 76)


def test_what_does_not_exist_is_404_for_everybody(people: dict[str, User]) -> None:
    assert {outcome(user, Action.VIEW, 0) for user in people.values()} == {404}


@pytest.mark.parametrize("right", Right)
def test_rights_over_the_whole(people: dict[str, User], right: Right) -> None:
    @for_right(right)
    def view(request: Any) -> HttpResponse:
        return HttpResponse()

    for role, user in people.items():
        assert bool(has(user, right)) == (role in RIGHTS[right.value])
        assert _status(view, user) == (200 if role in RIGHTS[right.value] else 403)


@pytest.mark.parametrize(
    ("action", "status", "allowed"),
    [
        (Action.VIEW, Status.DRAFT, {"office_editor", "office_head", "supporter", "inspector"}),
        (Action.EDIT, Status.DRAFT, {"office_editor", "office_head"}),
        (Action.EDIT, Status.SUBMITTED, set()),
    ],
)
def test_evidence_follows_its_assessment(
    people: dict[str, User],
    assessment: Assessment,
    stranger: User,
    manager: User,
    action: Action,
    status: Status,
    allowed: set[str],
) -> None:
    evidence = Evidence.objects.create(
        assessment=assessment, kind="link", name="x", url="https://owncloud.example/s/1", added_by=manager
    )
    if status != Status.DRAFT:
        Assessment.objects.filter(pk=assessment.pk).update(
            status=status, submitted_at="2026-08-01T00:00Z", submitted_by=manager, answers_hash="x", reference="y"
        )

    @for_evidence(action)
    def view(request: Any, evidence: Evidence) -> HttpResponse:
        return HttpResponse(str(evidence.assessment.province))

    for role in ("office_editor", "office_head", "supporter", "inspector"):
        assert _status(view, people[role], evidence.pk) == (200 if role in allowed else 403)
    assert _status(view, stranger, evidence.pk) == 404


class TestSupporter:
    @pytest.fixture
    def supporter(self, support_office: SupportOffice) -> User:
        return person("supporter@region.example", Role.SUPPORTER, support_office=support_office)

    def isos(self, user: User) -> set[str]:
        return set(assessments_seen(user).values_list("province__iso", flat=True))

    @pytest.mark.parametrize(
        ("starts_on", "ends_on", "seen"),
        [
            (date(2026, 8, 4), None, False),
            (date(2026, 8, 3), None, True),
            (date(2026, 1, 1), date(2026, 8, 3), True),
            (date(2026, 1, 1), date(2026, 8, 2), False),
        ],
    )
    def test_sees_the_members_of_today(
        self,
        supporter: User,
        support_office: SupportOffice,
        round_2569: Round,
        phuket: Province,
        starts_on: date,
        ends_on: date | None,
        *,
        seen: bool,
    ) -> None:
        """Today is 3 August 2569."""
        SupportMembership.objects.create(
            support_office=support_office, province=phuket, starts_on=starts_on, ends_on=ends_on
        )
        assert self.isos(supporter) == ({OWN, SUPPORTED, OTHER} if seen else {OWN, SUPPORTED})
        assert sees_province(supporter, phuket) == seen

    def test_the_day_changes_at_midnight_in_bangkok(
        self, supporter: User, round_2569: Round, time_machine: Any
    ) -> None:
        SupportMembership.objects.filter(province__iso=SUPPORTED).update(ends_on=date(2026, 8, 3))
        time_machine.move_to("2026-08-03T23:59:59+07:00", tick=False)
        assert self.isos(supporter) == {OWN, SUPPORTED}
        time_machine.move_to("2026-08-04T00:00:00+07:00", tick=False)
        assert self.isos(supporter) == {OWN}

    def test_does_not_see_the_members_of_another_office(self, round_2569: Round, support_office: SupportOffice) -> None:
        other = person("other@region.example", Role.SUPPORTER, support_office=SupportOffice.objects.create(number=11))
        assert self.isos(other) == set()

    def test_without_an_office_sees_nothing(self, round_2569: Round, support_office: SupportOffice) -> None:
        nobody = person("nobody@region.example", Role.SUPPORTER)
        assert (provinces_seen(nobody), self.isos(nobody)) == ([], set())


def test_the_decision_is_the_table_s_at_the_moment(assessment: Assessment, editor: User, time_machine: Any) -> None:
    assert may(editor, Action.EDIT, assessment)
    time_machine.move_to("2026-10-01T00:00:00+07:00")
    refused = may(editor, Action.EDIT, assessment)
    assert not refused
    assert str(refused.reason)
    assert may(editor, Action.VIEW, assessment)


def test_seeing_costs_one_query_whatever_the_number_of_offices(
    people: dict[str, User], round_2569: Round, django_assert_num_queries: Any
) -> None:
    for role, queries in (("office_editor", 1), ("supporter", 2), ("manager", 1)):
        with django_assert_num_queries(queries):
            for assessment in assessments_seen(people[role]):
                assert assessment.province.name
                assert assessment.round.edition.year == 2563
