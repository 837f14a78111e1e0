"""What an office is told by mail when the centre moves its assessment."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.utils import translation

from assessments import services
from assessments.models import Assessment, User
from indicators.scoring import LEVELS
from tests.answers import answer_all
from tests.assessments.test_check_submit import run_worker

SITE = "http://testserver"
OFFICE = "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัดเชียงใหม่"


@pytest.fixture
def submitted(assessment: Assessment, editor: User, head: User) -> Assessment:
    answer_all(assessment, editor)
    return services.submit(assessment=assessment, by=head, certified=True)


@pytest.fixture
def mailed(django_capture_on_commit_callbacks: Any) -> Callable[..., tuple[str, str]]:
    """Do an act, let the worker work; the subject and the text that the office's two active people got."""

    def do(act: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
        with translation.override("en"), django_capture_on_commit_callbacks(execute=True):
            act(**arguments)
        assert mail.outbox == []
        run_worker()
        assert [message.to for message in mail.outbox] == [["editor@chiangmai.example"], ["head@chiangmai.example"]]
        assert len({(message.subject, message.body) for message in mail.outbox}) == 1
        return str(mail.outbox[0].subject), str(mail.outbox[0].body)

    return do


def test_a_return_says_why_until_when_and_where(
    mailed: Callable[..., tuple[str, str]], submitted: Assessment, reviewer: User, stranger: User
) -> None:
    subject, text = mailed(
        services.return_for_correction,
        assessment=submitted,
        by=reviewer,
        reason=" 2.4 แนบคำสั่ง\n4.12 นับผู้เข้าร่วมใหม่ ",
        due_on=date(2026, 10, 5),
    )
    assert subject == "สนง.พมจ.เชียงใหม่: ส่งกลับให้แก้ไขภายใน 5 ตุลาคม 2569"
    assert text.splitlines() == [
        f"ส่วนกลางส่งแบบประเมินตนเองของ{OFFICE} ปีงบประมาณ 2569 กลับให้แก้ไข",
        "",
        "สิ่งที่สำนักงานต้องแก้ไข:",
        "2.4 แนบคำสั่ง",
        "4.12 นับผู้เข้าร่วมใหม่",
        "",
        "แก้ไขให้เสร็จภายในวันที่: 5 ตุลาคม 2569",
        "แก้ไขคำตอบได้จนถึง: 5 ตุลาคม 2569 เวลา 23:59:59 น.",
        f"ผู้ส่งกลับ: {reviewer.full_name}",
        "",
        "ขั้นตอนต่อไป",
        "แก้ไขคำตอบ แล้วให้ พมจ. รับรองและส่งอีกครั้ง",
        "",
        f"{SITE}/assessments/{submitted.pk}/",
    ]


def test_an_acceptance_gives_the_result(
    mailed: Callable[..., tuple[str, str]], submitted: Assessment, reviewer: User
) -> None:
    subject, text = mailed(services.accept, assessment=submitted, by=reviewer)
    assert subject == "สนง.พมจ.เชียงใหม่: ส่วนกลางรับรองผลแล้ว"
    assert f"ส่วนกลางรับรองผลการประเมินตนเองของ{OFFICE} ปีงบประมาณ 2569 แล้ว" in text
    assert f"ภาพรวมมิติที่ 2-4: 10.00 {LEVELS[0].name}\n" in text
    assert text.endswith(f"{SITE}/assessments/{submitted.pk}/form/")


def test_a_reopening_gives_its_reason(
    submitted: Assessment, reviewer: User, manager: User, mailed: Callable[..., tuple[str, str]]
) -> None:
    services.accept(assessment=submitted, by=reviewer)
    subject, text = mailed(services.reopen, assessment=submitted, by=manager, reason="พบตัวเลขผิด")
    assert subject == "สนง.พมจ.เชียงใหม่: ส่วนกลางถอนการรับรองผลเพื่อตรวจใหม่"
    assert "เหตุผล:\nพบตัวเลขผิด" in text
    assert text.endswith(f"{SITE}/assessments/{submitted.pk}/history/")


def test_a_later_closing_day_is_told(
    assessment: Assessment, editor: User, head: User, manager: User, mailed: Callable[..., tuple[str, str]]
) -> None:
    subject, text = mailed(
        services.extend, assessment=assessment, closes_on=date(2026, 10, 7), reason="น้ำท่วม", by=manager
    )
    assert subject == "สนง.พมจ.เชียงใหม่: วันปิดรับใหม่ 7 ตุลาคม 2569"
    assert "แก้ไขคำตอบได้จนถึง: 7 ตุลาคม 2569 เวลา 23:59:59 น." in text
    assert "เหตุผล:\nน้ำท่วม" in text
    assert text.endswith(f"{SITE}/assessments/{assessment.pk}/")


def test_who_left_the_office_is_told_nothing_and_a_refused_act_mails_nothing(
    submitted: Assessment, reviewer: User, editor: User, django_capture_on_commit_callbacks: Any
) -> None:
    editor.is_active = False
    editor.save()
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(services.Refused):
            services.return_for_correction(assessment=submitted, by=reviewer, reason="", due_on=date(2026, 10, 5))
        services.accept(assessment=submitted, by=reviewer)
    run_worker()
    assert [message.to for message in mail.outbox] == [["head@chiangmai.example"]]
    assert "รับรองผลแล้ว" in mail.outbox[0].subject
