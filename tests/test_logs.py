"""What the log says of a refusal."""

import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from assessments.models import Assessment


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler = Kept()
    logger = logging.getLogger("django")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def test_the_wrong_role_is_one_warning_with_its_reason(as_editor: Client, assessment: Assessment, kept: Kept) -> None:
    assert as_editor.get("/rounds/").status_code == 403
    (record,) = kept.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    text = logging.Formatter().format(record)
    assert text.startswith("Forbidden (Permission denied): /rounds/ (")
    assert "\n" not in text


def test_a_fault_of_the_program_keeps_its_traceback(kept: Kept) -> None:
    try:
        int("x")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/x/100%/")
    (record,) = kept.records
    assert "Traceback" in logging.Formatter().format(record)
