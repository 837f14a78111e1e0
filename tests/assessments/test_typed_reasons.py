"""Without JavaScript each confirmation reloads the check page: what was typed at its other warnings is still there."""

import re

import pytest
from django.test import Client

from assessments.models import Assessment, Confirmation, User
from tests.assessments.test_starting import HTMX, base, page_of, pressed
from tests.years import save


@pytest.fixture
def differing(assessment: Assessment, editor: User) -> Assessment:
    """1.11 and 2.9 give two numbers for the staff."""
    save(assessment, editor, "1.11", inputs={"numerator": 40, "denominator": 45})
    save(assessment, editor, "2.9", inputs={"numerator": 40, "denominator": 44})
    return assessment


def boxes(page: str) -> dict[str, str]:
    """Code -> text of each warning's box."""
    return dict(re.findall(r'<textarea[^>]* name="reason-([^"]+)"[^>]*>([^<]*)</textarea>', page))


def test_what_was_typed_at_other_warnings_comes_back(as_editor: Client, differing: Assessment, editor: User) -> None:
    seen = pressed(differing, back="check")
    save(differing, editor, "4.4", inputs={"count": 0})
    save(differing, editor, "4.6", inputs={"option": 1})
    check = f"{base(differing)}check/"
    codes = list(boxes(as_editor.get(check).content.decode()))
    assert len(codes) == 2
    assert codes[0] == "same-staff"
    path = f"{page_of(differing, '1.11')}confirm/"
    typed = {f"reason-{codes[1]}": "มีแผนของปีก่อน <ต่อเนื่อง>"}

    as_editor.post(path, seen | typed)
    assert Confirmation.objects.get().reason == "ลาศึกษาต่อ"
    assert boxes(as_editor.get(check).content.decode()) == {
        codes[0]: "",
        codes[1]: "มีแผนของปีก่อน &lt;ต่อเนื่อง&gt;",
    }

    as_editor.post(path, seen)
    assert boxes(as_editor.get(check).content.decode())[codes[1]] == ""


def test_with_htmx_the_boxes_stay_in_the_page_and_nothing_is_kept(as_editor: Client, differing: Assessment) -> None:
    typed = {"reason-other-1": "อยู่ในหน้า"}
    as_editor.post(f"{page_of(differing, '1.11')}confirm/", pressed(differing, back="check") | typed, headers=HTMX)
    assert "typed_reasons" not in as_editor.session
