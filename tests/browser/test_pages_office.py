"""Every page of an office and of the handbook (`walking`)."""

from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.walking import Place, pages_of, walk

pytestmark = pytest.mark.browser

OFFICE = {
    "profile": "/me/",
    "notices": "/notices/",
    "password_change": "/accounts/password/change/",
    "second_factor": "/accounts/2fa/",
    "second_factor_setup": "/accounts/2fa/totp/activate/",
    "task_list": "/assessments/{chiang_mai}/",
    "area_unscored": "/assessments/{chiang_mai}/areas/1-1/",
    "area_scored": "/assessments/{chiang_mai}/areas/2-1/",
    "indicator_of_groups": "/assessments/{chiang_mai}/indicators/1.7/",
    "indicator_of_target": "/assessments/{chiang_mai}/indicators/1.31/",
    "indicator_count": "/assessments/{chiang_mai}/indicators/2.1/",
    "indicator_percent": "/assessments/{chiang_mai}/indicators/2.2/",
    "indicator_choice": "/assessments/{chiang_mai}/indicators/2.5/",
    "indicator_attendance": "/assessments/{chiang_mai}/indicators/4.12/",
    "indicator_campaign": "/assessments/{chiang_mai}/indicators/4.29/",
    "indicator_no_case": "/assessments/{chiang_mai}/indicators/4.31/",
    "answer_history": "/assessments/{chiang_mai}/indicators/2.1/history/",
    "answer_restore": "/assessments/{chiang_mai}/indicators/2.1/history/1/",
    "my_work": "/me/work/",
    "assignments": "/assessments/{chiang_mai}/assignments/",
    "assignments_of_area": "/assessments/{chiang_mai}/assignments/?area=2-3",
    "comments": "/assessments/{chiang_mai}/comments/",
    "comments_of_indicator": "/assessments/{chiang_mai}/indicators/2.6/comments/",
    "check": "/assessments/{chiang_mai}/check/",
    "plan": "/assessments/{chiang_mai}/plan/",
    "plan_without_way": "/assessments/{chiang_mai}/plan/?scope=9&level=good",
    "plan_try": "/assessments/{chiang_mai}/plan/try/?scope=all&level=good",
    "plan_step": "/assessments/{chiang_mai}/plan/2.2/",
    "follow_up": "/assessments/{chiang_mai}/follow-up/",
    "indicator_with_findings": "/assessments/{chiang_mai}/indicators/2.6/",
    "evidence": "/assessments/{chiang_mai}/evidence/",
    "history": "/assessments/{chiang_mai}/history/",
    "province_of_office": "/country/province/TH-50/?value=claimed",
    "form": "/assessments/{chiang_mai}/form/",
    "task_list_final": "/assessments/{chiang_mai_before}/",
    "indicator_frozen": "/assessments/{chiang_mai_before}/indicators/2.2/",
    "evidence_frozen": "/assessments/{chiang_mai_before}/evidence/",
    "reply_of_last_year": "/assessments/{chiang_mai_before}/reply/",
    "receipt": "/assessments/{chiang_mai_before}/receipt/",
    "form_final": "/assessments/{chiang_mai_before}/form/",
    "handbook": "/standard/",
    "handbook_search": "/standard/search/?q=ผู้สูงอายุ",
    "handbook_search_nothing": "/standard/search/?q=ฃฃฃ",
    "handbook_scoring": "/standard/scoring/",
    "handbook_dimension": "/standard/2563/dimension/2/",
    "handbook_area": "/standard/2563/area/2-1/",
    "handbook_indicator": "/standard/2563/2.8/",
}
HEAD = {"check_head": "/assessments/{phuket}/check/"}
PAGES = [*pages_of("editor.chiangmai", OFFICE), *pages_of("head.phuket", HEAD)]


@pytest.mark.parametrize("place", PAGES, ids=[name for _, name, _ in PAGES])
def test_page(place: Place, places: dict[str, Any], open_as: Open, axe: str) -> None:
    walk(place, places, open_as, axe)
