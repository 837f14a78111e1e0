"""People, offices and a round that every test may ask for. The real standard is loaded once."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine as clock
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from assessments import services
from assessments.models import Assessment, Province, Round, User
from assessments.workflow import Role
from indicators import editions
from indicators.editions import EditionNode
from indicators.models import Edition

PASSWORD = "a password of the tests"
MANAGER = ("manager@central.example", Role.MANAGER)

# Inside the round of fiscal year 2569 (1 October 2568 to 30 September 2569).
DURING = "2026-08-03T10:00:00+07:00"
AFTER = "2026-10-01T00:00:00+07:00"

# PostgreSQL locks the assessment by a query of its own, SQLite by its transaction.
LOCK = int(connection.features.has_select_for_update)


# Files that start other programs or fill many years; in a parallel run one of them at the end would leave a core idle.
LONG = {
    *(
        "test_seed_demo.py",
        "test_form_pdf.py",
        "test_form_excel.py",
        "test_books.py",
        "test_memo.py",
        "test_workbook_formulas.py",
        "test_prepare.py",
    ),
    *("test_workbook_reading.py", "test_planning.py", "test_workflow.py", "test_score_command.py", "test_settings.py"),
    *("test_translations.py", "test_files.py", "test_lives.py", "test_moves.py"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests take longest, so in a parallel run their files begin first, those of most tests before."""
    tests_in = Counter(item.path for item in items)

    def turn(item: pytest.Item) -> tuple[int, int]:
        if item.get_closest_marker("browser"):
            return 0, -tests_in[item.path]
        return 1, item.path.name not in LONG

    items.sort(key=turn)


class KeptRound:
    """The round of `round_2569` (76 assessments, 6,536 answers), kept open around the tests that ask for it.

    It stands in a transaction around theirs, which each test rolls back to this state; before a test that does not
    ask for it, it is rolled back itself, so that such a test finds no round.
    """

    def __init__(self) -> None:
        self.blocker: Any = None
        self.around: transaction.Atomic | None = None

    def begin(self) -> None:
        # At the moment itself, not after it: whatever a test does comes later.
        with self.blocker.unblock(), clock.travel(DURING, tick=False):
            self.around = transaction.atomic()
            self.around.__enter__()
            try:
                open_2569(Edition.objects.get(year=2563), person(*MANAGER))
            except BaseException:
                self.end()
                raise

    def end(self) -> None:
        if self.around is not None:
            with self.blocker.unblock():
                transaction.set_rollback(True)
                self.around.__exit__(None, None, None)
            self.around = None


KEPT = KeptRound()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    names = getattr(item, "fixturenames", ())
    wanted = "round_2569" in names and "transactional_db" not in names
    if not wanted:
        KEPT.end()
    elif KEPT.blocker is not None and KEPT.around is None:
        KEPT.begin()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        call_command("loaddata", "provinces", verbosity=0)
        call_command("load_standard", verbosity=0)
    KEPT.blocker = django_db_blocker
    yield
    KEPT.end()
    KEPT.blocker = None


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
    return User.objects.filter(email=MANAGER[0]).first() or person(*MANAGER)


@pytest.fixture
def inspector(db: None) -> User:
    return person("inspector@ministry.example", Role.INSPECTOR)


@pytest.fixture
def supporter(db: None) -> User:
    return person("supporter@region.example", Role.SUPPORTER)


@pytest.fixture
def admin(db: None) -> User:
    return person("admin@central.example", Role.ADMIN)


def open_2569(edition: Edition, by: User) -> Round:
    return services.open_round(
        year=2569,
        edition=edition,
        opens_on=date(2026, 7, 1),
        closes_on=date(2026, 9, 30),
        budget_target=None,
        by=by,
    )


@pytest.fixture
def round_2569(edition: Edition, manager: User) -> Round:
    """The round of this year, kept over the tests that ask for it (`KeptRound`); opened here for a worker's first."""
    if KEPT.around is None:
        return open_2569(edition, manager)
    return Round.objects.select_related("edition", "opened_by").get(year=2569)


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
