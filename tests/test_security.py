"""Where to report a weakness is served when it was said, and is never made up."""

from typing import Any

import pytest
from django.conf import settings as product
from django.test import Client

PATH = "/.well-known/security.txt"


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("security@ministry.example", "Contact: mailto:security@ministry.example"),
        ("https://ministry.example/report", "Contact: https://ministry.example/report"),
    ],
)
def test_it_says_where_to_report(client: Client, settings: Any, contact: str, line: str) -> None:
    settings.SECURITY_CONTACT = contact
    answer = client.get(PATH)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode().splitlines() == [
        line,
        "Expires: 2026-11-01T03:00:00+00:00",
        "Preferred-Languages: th, en",
    ]
    assert client.post(PATH).status_code == 405


@pytest.mark.django_db
def test_without_a_contact_there_is_no_such_page(client: Client) -> None:
    assert product.SECURITY_CONTACT == ""
    assert client.get(PATH).status_code == 404


def test_the_papers_name_only_what_is_there() -> None:
    """Every module and test that the threat model names is in the tree."""
    import re

    text = (product.BASE_DIR / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`((?:assessments|indicators|pmj_standards|tests|script|templates)/[\w./]+)(?:::(\w+))?`", text)
    )
    assert len(named) > 30
    for path, test in sorted(named):
        assert (product.BASE_DIR / path).exists(), path
        assert not test or f"def {test}(" in (product.BASE_DIR / path).read_text(encoding="utf-8"), f"{path}::{test}"
