"""Evidence: attaching, taking off, deleting, restoring; what the disk holds, also when something fails."""

import hashlib
import io
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.base import File
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from assessments import services
from assessments.files import check
from assessments.models import Assessment, Evidence, EvidenceChange, EvidenceUse, User
from assessments.queries import evidence as queries
from assessments.queries.stored_scores import differences
from assessments.services import Refused
from tests.evidence import NAME, added, answer_to, files_in, served
from tests.uploads import image, pdf, upload

pytestmark = pytest.mark.usefixtures("stored")
Act = EvidenceChange.Act


def acts(assessment: Assessment) -> list[tuple[str, str]]:
    """Acts and indicators, the oldest first."""
    rows = EvidenceChange.objects.filter(assessment=assessment).order_by("pk")
    return list(rows.values_list("act", "indicator_code"))


def test_a_file_is_kept_under_its_key_with_its_hash(assessment: Assessment, editor: User, stored: Path) -> None:
    evidence = added(assessment, editor)
    key = str(evidence.pk)
    assert files_in(stored) == [f"{key[:2]}/{key}"]
    assert (stored / f"{key[:2]}/{key}").read_bytes() == pdf()
    assert (stored / f"{key[:2]}/{key}").stat().st_mode & 0o777 == 0o600
    evidence.refresh_from_db()
    assert evidence.name == NAME
    assert evidence.sha256 == hashlib.sha256(pdf()).hexdigest()
    assert (evidence.size, evidence.content_type) == (len(pdf()), "application/pdf")
    assert acts(assessment) == [(Act.ADDED, ""), (Act.USED, "2.1")]
    assert served(evidence) == {"2.1"}


def test_the_same_content_is_kept_once(assessment: Assessment, editor: User, stored: Path) -> None:
    first = added(assessment, editor)
    again = services.evidence.add_file(
        answer=answer_to(assessment, "4.1"), file=check(upload("ชื่ออื่น.pdf", pdf())), by=editor
    )
    assert again.known
    assert again.evidence == first
    assert again.evidence.name == NAME
    assert served(first) == {"2.1", "4.1"}
    assert len(files_in(stored)) == 1
    same = services.evidence.add_file(answer=answer_to(assessment, "4.1"), file=check(upload(NAME, pdf())), by=editor)
    assert same.known
    assert EvidenceUse.objects.count() == 2


def test_a_lost_file_comes_back_when_it_is_attached_again(
    assessment: Assessment, editor: User, kept: Evidence, stored: Path
) -> None:
    lost = stored / str(kept.file)
    lost.unlink()
    assert added(assessment, editor, code="4.1") == kept
    assert files_in(stored) == [str(kept.file)]
    assert lost.read_bytes() == pdf()
    assert lost.stat().st_mode & 0o777 == 0o600
    assert checked() == (0, ["1 files checked, 0 faults"])


def test_an_office_that_only_attached_evidence_has_started(assessment: Assessment, editor: User) -> None:
    assert not assessment.touched
    added(assessment, editor)
    assessment.refresh_from_db()
    assert assessment.touched
    services.recount(assessment)
    assessment.refresh_from_db()
    assert assessment.touched
    assert list(differences()) == []


def test_using_nothing_is_no_start(assessment: Assessment, editor: User) -> None:
    services.evidence.use(evidence=[], answer=answer_to(assessment, "2.1"), by=editor)
    assessment.refresh_from_db()
    assert (assessment.touched, assessment.changed_at) == (False, None)


def test_another_office_keeps_its_own_copy(assessment: Assessment, editor: User, stranger: User, stored: Path) -> None:
    other = Assessment.objects.whole().get(round=assessment.round, province=stranger.province)
    assert added(assessment, editor) != added(other, stranger)
    assert len(files_in(stored)) == 2


def test_the_database_refuses_a_second_copy(kept: Evidence) -> None:
    twin = Evidence.objects.get(pk=kept.pk)
    twin.pk = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_a_deleted_file_attached_again_serves_only_the_new_indicator(assessment: Assessment, editor: User) -> None:
    evidence = added(assessment, editor)
    services.evidence.delete(evidence=evidence, by=editor)
    again = added(assessment, editor, code="4.1")
    assert again == evidence
    assert again.pk in Evidence.objects.kept().values_list("pk", flat=True)
    assert served(evidence) == {"4.1"}
    assert acts(assessment)[2:] == [(Act.DELETED, ""), (Act.UNUSED, "2.1"), (Act.RESTORED, ""), (Act.USED, "4.1")]


def test_a_row_that_fails_leaves_no_file(assessment: Assessment, editor: User, stored: Path) -> None:
    """The row of history is refused by a trigger, after the file and its row were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON assessments_evidencechange BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    try:
        with pytest.raises(IntegrityError, match="broken"):
            added(assessment, editor)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER broken")
    assert files_in(stored) == []
    assert not Evidence.objects.exists()


class Torn(io.BytesIO):
    """A file whose disk fails after the first bytes."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError("the disk is full")
        return super().read(5)


def test_a_file_that_breaks_off_leaves_nothing(assessment: Assessment, editor: User, stored: Path) -> None:
    file = replace(check(upload(NAME, pdf())), content=File(Torn(pdf())))
    with pytest.raises(OSError, match="the disk is full"):
        services.evidence.add_file(answer=answer_to(assessment, "2.1"), file=file, by=editor)
    assert files_in(stored) == []
    assert not Evidence.objects.exists()


def test_a_refusal_leaves_no_file(submitted: Assessment, editor: User, stored: Path) -> None:
    before = files_in(stored)
    with pytest.raises(Refused):
        added(submitted, editor, name="late.png", content=image())
    assert files_in(stored) == before


@pytest.mark.parametrize("who", ["stranger", "reviewer", "manager", "inspector", "supporter", "admin"])
def test_services_ask_the_table_themselves(
    request: pytest.FixtureRequest, assessment: Assessment, kept: Evidence, who: str
) -> None:
    by = request.getfixturevalue(who)
    answer = answer_to(assessment, "2.1")
    for act in (
        lambda: added(assessment, by, content=image(), name="a.png"),
        lambda: services.evidence.add_link(answer=answer, url="https://example.org/", name="x", by=by),
        lambda: services.evidence.use(evidence=[kept], answer=answer, by=by),
        lambda: services.evidence.unuse(evidence=kept, answer=answer, by=by),
        lambda: services.evidence.delete(evidence=kept, by=by),
        lambda: services.evidence.restore(evidence=kept, by=by),
    ):
        with pytest.raises(Refused):
            act()
    assert acts(assessment) == [(Act.ADDED, ""), (Act.USED, "2.1")]


def test_use_take_off_and_put_back(assessment: Assessment, kept: Evidence, editor: User) -> None:
    answer = answer_to(assessment, "4.1")
    services.evidence.use(evidence=[kept], answer=answer, by=editor)
    services.evidence.use(evidence=[kept], answer=answer, by=editor)
    assert served(kept) == {"2.1", "4.1"}
    services.evidence.unuse(evidence=kept, answer=answer, by=editor)
    services.evidence.unuse(evidence=kept, answer=answer, by=editor)
    assert served(kept) == {"2.1"}
    services.evidence.use(evidence=[kept], answer=answer, by=editor)
    assert served(kept) == {"2.1", "4.1"}
    assert acts(assessment)[2:] == [(Act.USED, "4.1"), (Act.UNUSED, "4.1"), (Act.USED, "4.1")]


def test_delete_and_restore_keep_the_file_and_its_indicators(
    assessment: Assessment, kept: Evidence, editor: User, stored: Path
) -> None:
    for _twice in range(2):
        services.evidence.delete(evidence=kept, by=editor)
    kept.refresh_from_db()
    assert kept.deleted_by == editor
    assert len(files_in(stored)) == 1
    assert queries.panel_of(answer_to(assessment, "2.1"), queries.place_of(assessment, "2.1")[1]).items == ()
    with pytest.raises(Refused):
        services.evidence.use(evidence=[kept], answer=answer_to(assessment, "4.1"), by=editor)
    for _twice in range(2):
        services.evidence.restore(evidence=kept, by=editor)
    kept.refresh_from_db()
    assert kept.deleted_at is None
    assert served(kept) == {"2.1"}
    assert acts(assessment)[2:] == [(Act.DELETED, ""), (Act.RESTORED, "")]


def test_evidence_of_another_round_or_office_is_not_used(assessment: Assessment, editor: User, stranger: User) -> None:
    other = Assessment.objects.whole().get(round=assessment.round, province=stranger.province)
    theirs = added(other, stranger)
    with pytest.raises(Refused):
        services.evidence.use(evidence=[theirs], answer=answer_to(assessment, "2.1"), by=editor)
    assert served(theirs) == {"2.1"}
    assert not EvidenceUse.objects.filter(answer__assessment=assessment).exists()


def test_a_link_is_kept_once(assessment: Assessment, editor: User) -> None:
    first = services.evidence.add_link(
        answer=answer_to(assessment, "2.1"), url="https://example.org/a", name="โฟลเดอร์", by=editor
    )
    again = services.evidence.add_link(
        answer=answer_to(assessment, "2.2"), url="https://example.org/a", name="อื่น", by=editor
    )
    assert (first.known, again.known) == (False, True)
    assert served(first.evidence) == {"2.1", "2.2"}


RACE = """
import sys
import threading
import django
django.setup()
from django.db import connection
from assessments import services
from assessments.files import check
from assessments.models import Assessment, User
from assessments.queries.evidence import place_of
from tests.uploads import pdf, upload

Assessment.objects.update(closes_on="2099-12-31")
assessment = Assessment.objects.whole().get(pk=KEY)
editor = User.objects.get(email="editor@chiangmai.example")
codes = ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
start = threading.Barrier(len(codes), timeout=30)

def send(code):
    answer, _node = place_of(assessment, code)
    file = check(upload(code + ".pdf", pdf()))
    start.wait()
    added = services.evidence.add_file(answer=answer, file=file, by=editor)
    sys.stdout.write("known\\n" if added.known else "new\\n")
    connection.close()

threads = [threading.Thread(target=send, args=[code]) for code in codes]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="copies the test's database as a file")
def test_parallel_uploads_of_the_same_file_keep_one(assessment: Assessment, editor: User, tmp_path: Path) -> None:
    """Six threads of another process, on a database in a file with the product's own settings."""
    (tmp_path / "db.sqlite3").write_bytes(connection.connection.serialize())
    environment = {**os.environ, "TEST_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    code = RACE.replace("KEY", str(assessment.pk))
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.split()) == ["known"] * 5 + ["new"]
    assert len(files_in(tmp_path / "evidence")) == 1
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as copy:
        assert copy.execute("SELECT COUNT(*) FROM assessments_evidence").fetchone() == (1,)
        assert copy.execute("SELECT COUNT(*) FROM assessments_evidenceuse").fetchone() == (6,)


# --- check_evidence --------------------------------------------------------------------------------


def checked() -> tuple[int, list[str]]:
    out = io.StringIO()
    try:
        call_command("check_evidence", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_all_files_are_there(assessment: Assessment, kept: Evidence, editor: User) -> None:
    services.evidence.delete(evidence=added(assessment, editor, name="a.png", content=image()), by=editor)
    assert checked() == (0, ["2 files checked, 0 faults"])


def test_no_file_at_all(db: None) -> None:
    assert checked() == (0, ["0 files checked, 0 faults"])


def test_missing_changed_and_left_files_are_named(
    assessment: Assessment, kept: Evidence, editor: User, stored: Path
) -> None:
    changed = added(assessment, editor, name="a.png", content=image())
    (stored / str(kept.file)).unlink()
    (stored / str(changed.file)).write_bytes(b"something else")
    (stored / "left").write_bytes(b"x")
    status, lines = checked()
    assert status == 1
    assert sorted(lines[:-1]) == sorted(
        [f"missing: {kept.file} ({NAME})", f"changed: {changed.file} (a.png)", "without a row: left"]
    )
    assert lines[-1] == "2 files checked, 3 faults"
