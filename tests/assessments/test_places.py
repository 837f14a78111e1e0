"""The same content in several folders of what an office sends: kept once, proposed for each."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.files import check
from assessments.models import Assessment, User
from assessments.queries import locker
from tests.evidence import served
from tests.uploads import pdf, upload

pytestmark = pytest.mark.usefixtures("stored")


def test_the_same_file_in_two_folders_is_kept_once_and_proposed_for_both(
    assessment: Assessment, editor: User, as_editor: Client
) -> None:
    places = ("มิติ 2/2.3 ประชุม", "มิติ 2/2.4 ประชุมกลุ่ม", "มิติ 2/2.4 ประชุมกลุ่ม", "อื่นๆ")
    for folder in places:
        file = check(upload("รายงาน.pdf", pdf(text="same")))
        one = services.evidence.keep_file(assessment=assessment, file=file, folder=folder, by=editor).evidence
    one.refresh_from_db()
    assert one.places == ["มิติ 2/2.3 ประชุม", "มิติ 2/2.4 ประชุมกลุ่ม/รายงาน.pdf", "อื่นๆ/รายงาน.pdf"]
    (row,) = locker.proposals_of(assessment).rows
    assert row.node is not None
    assert (row.node.code, row.ticked) == ("2.3", True)
    assert [(node.code, ticked) for node, ticked in row.also] == [("2.4", True)]
    page = as_editor.get(reverse("evidence_proposals", args=[assessment.pk])).content.decode()
    assert f'name="also-{one.pk}" value="2.4"' in page
    data = {"attach": [str(one.pk)], f"code-{one.pk}": "2.3", f"also-{one.pk}": ["2.4", "9.9"]}
    page = as_editor.post(reverse("evidence_attach", args=[assessment.pk]), data, follow=True).content.decode()
    assert (served(one), "แนบแล้ว 1 แฟ้ม" in page) == ({"2.3", "2.4"}, True)
    undone = as_editor.post(reverse("evidence_attach_undo", args=[assessment.pk]), follow=True).content.decode()
    assert (served(one), "เอาออกจากตัวชี้วัดแล้ว 1 แฟ้ม" in undone) == (set(), True)
    refused = as_editor.post(
        reverse("evidence_attach", args=[assessment.pk]), {"attach": [str(one.pk)], f"code-{one.pk}": ""}
    )
    assert [ticked for _node, ticked in refused.context["proposals"].rows[0].also] == [False]


def test_more_places_than_can_be_remembered_are_left_out(assessment: Assessment, editor: User) -> None:
    for folder in ("2.3 ก", "2.4 " + "ข" * 290, "2.5 ค"):
        file = check(upload("รายงาน.pdf", pdf(text="same")))
        one = services.evidence.keep_file(assessment=assessment, file=file, folder=folder, by=editor).evidence
    one.refresh_from_db()
    assert one.places == ["2.3 ก", "2.5 ค/รายงาน.pdf"]
