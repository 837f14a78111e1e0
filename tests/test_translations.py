"""Thai is complete: each English string of code and templates has its translation, and none is doubtful."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

CATALOGUE = Path("pmj_standards/locale/th/LC_MESSAGES/django.po")
FOLDERS = ("pmj_standards", "indicators", "assessments", "templates", "static")


def messages(path: Path, *flags: str) -> set[str]:
    """The entries of a catalogue that `msgattrib` selects, one msgid (and context) each."""
    command = ["msgattrib", "--no-obsolete", "--no-location", "--no-wrap", "--sort-output", *flags, str(path)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    entries = [re.search(r'(?:^msgctxt .*\n)?^msgid "(.*)"', entry, re.MULTILINE) for entry in printed.split("\n\n")]
    return {entry[0] for entry in entries if entry is not None and entry[1]}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue as `makemessages` would leave it, made in a copy of the tree."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        shutil.copytree(settings.BASE_DIR / folder, copy / folder)
    shutil.copy(settings.BASE_DIR / "manage.py", copy)
    shutil.copytree(settings.BASE_DIR / "fixtures", copy / "fixtures")
    environment = {**os.environ, "DATA_DIR": str(copy / "var"), "DJANGO_SETTINGS_MODULE": "pmj_standards.settings"}
    command = [sys.executable, "manage.py", "makemessages", "--locale=th", "--no-obsolete", "--verbosity=0"]
    subprocess.run(command, cwd=copy, env=environment, check=True)
    return copy / CATALOGUE


def test_nothing_is_untranslated(collected: Path) -> None:
    assert messages(collected, "--untranslated") == set()


def test_nothing_is_doubtful() -> None:
    assert messages(settings.BASE_DIR / CATALOGUE, "--only-fuzzy") == set()


def test_the_catalogue_is_the_one_that_the_sources_give(collected: Path) -> None:
    assert messages(settings.BASE_DIR / CATALOGUE) == messages(collected)


def test_the_catalogue_is_well_formed() -> None:
    command = ["msgfmt", "--check-format", "--check-domain", "--output-file=-", str(settings.BASE_DIR / CATALOGUE)]
    checked = subprocess.run(command, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr.decode()) == (0, "")
