"""People, offices and a round that every test may ask for. The real standard is loaded once."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from assessments import services
from assessments.models import Assessment, Province, Round, User
from assessments.workflow import Role
from indicators import editions
from indicators.editions import EditionNode
from indicators.models import Edition

PASSWORD = "a password of the tests"

# Inside the round of fiscal year 2569 (1 October 2568 to 30 September 2569).
DURING = "2026-08-03T10:00:00+07:00"
AFTER = "2026-10-01T00:00:00+07:00"

# PostgreSQL locks the assessment by a query of its own, SQLite by its transaction.
LOCK = int(connection.features.has_select_for_update)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests take longest, so in a parallel run their files begin first."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        call_command("loaddata", "provinces", verbosity=0)
        call_command("load_standard", verbosity=0)


@pytest.fixture
def edition(db: None) -> Edition:
    return Edition.objects.get(year=2563)


@pytest.fixture
def unpublished(db: None) -> Edition:
    """The edition as the draft it was before: only past the triggers, which refuse that, and for this test alone."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'indicators_edition'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("ALTER TABLE indicators_edition DISABLE TRIGGER USER")
    Edition.objects.update(status=Edition.Status.DRAFT, content_hash="", published_at=None)
    return Edition.objects.get(year=2563)


@pytest.fixture
def standard(edition: Edition) -> EditionNode:
    return editions.standard_of(edition)


@pytest.fixture(autouse=True)
def during(time_machine: Any) -> None:
    """The clock stands inside the round's window unless a test moves it."""
    time_machine.move_to(DURING)


@pytest.fixture
def chiang_mai(db: None) -> Province:
    return Province.objects.get(iso="TH-50")


@pytest.fixture
def phuket(db: None) -> Province:
    return Province.objects.get(iso="TH-83")


def person(email: str, role: Role, **fields: Any) -> User:
    return User.objects.create_user(email, PASSWORD, full_name=f"{role.label} {email}", role=role, **fields)


@pytest.fixture
def editor(chiang_mai: Province) -> User:
    return person("editor@chiangmai.example", Role.OFFICE_EDITOR, province=chiang_mai)


@pytest.fixture
def head(chiang_mai: Province) -> User:
    return person("head@chiangmai.example", Role.OFFICE_HEAD, province=chiang_mai)


@pytest.fixture
def stranger(phuket: Province) -> User:
    """An editor of another office."""
    return person("editor@phuket.example", Role.OFFICE_EDITOR, province=phuket)


@pytest.fixture
def reviewer(db: None) -> User:
    return person("reviewer@central.example", Role.REVIEWER)


@pytest.fixture
def manager(db: None) -> User:
    return person("manager@central.example", Role.MANAGER)


@pytest.fixture
def inspector(db: None) -> User:
    return person("inspector@ministry.example", Role.INSPECTOR)


@pytest.fixture
def supporter(db: None) -> User:
    return person("supporter@region.example", Role.SUPPORTER)


@pytest.fixture
def admin(db: None) -> User:
    return person("admin@central.example", Role.ADMIN)


@pytest.fixture
def round_2569(edition: Edition, manager: User) -> Round:
    return services.open_round(
        year=2569,
        edition=edition,
        opens_on=date(2026, 7, 1),
        closes_on=date(2026, 9, 30),
        budget_target=None,
        by=manager,
    )


@pytest.fixture
def assessment(round_2569: Round, chiang_mai: Province) -> Assessment:
    """Chiang Mai's assessment of 2569, empty."""
    return Assessment.objects.whole().get(round=round_2569, province=chiang_mai)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_editor(editor: User) -> Client:
    return signed_in(editor)


@pytest.fixture
def as_head(head: User) -> Client:
    return signed_in(head)


@pytest.fixture
def as_stranger(stranger: User) -> Client:
    return signed_in(stranger)


@pytest.fixture
def as_reviewer(reviewer: User) -> Client:
    return signed_in(reviewer)


@pytest.fixture
def as_manager(manager: User) -> Client:
    return signed_in(manager)


@pytest.fixture
def as_inspector(inspector: User) -> Client:
    return signed_in(inspector)
