"""Notices of the review: to the office verdicts, final and published results; to the centre replies and answers."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from assessments import services
from assessments.models import Assessment, User
from assessments.queries import notices as queries
from assessments.queries.notice_words import Kind
from assessments.services import visits
from assessments.workflow import Role
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import person


@pytest.fixture(autouse=True)
def thai() -> Any:
    with translation.override("th"):
        yield


@pytest.fixture
def sent(assessment: Assessment, editor: User, head: User) -> Assessment:
    answer_all(assessment, editor)
    return services.submit(assessment=assessment, by=head, certified=True)


def told(user: User) -> list[str]:
    return [notice.sentence for notice in queries.notices_of(user)]


def test_verdicts_their_reply_the_result_and_its_reopening(
    sent: Assessment, head: User, reviewer: User, manager: User
) -> None:
    reviewing.verified(sent, reviewer)
    (verified,) = queries.notices_of(head)
    assert verified.sentence == "ส่วนกลางยืนยันผลตรวจปีงบประมาณ 2569 แล้ว สำนักงานของคุณชี้แจงได้ถึงวันที่ 17 สิงหาคม 2569"
    assert verified.link == f"/assessments/{sent.pk}/reply/"
    services.reply(assessment=sent, by=head)
    assert told(head) == []
    services.finalise(assessment=sent, by=reviewer)
    (final,) = queries.notices_of(head)
    assert final.sentence == "ผลปีงบประมาณ 2569 เป็นผลสุดท้ายแล้ว"
    assert final.link == f"/assessments/{sent.pk}/form/"
    services.publish(round_=sent.round, by=manager)
    (published,) = queries.notices_of(head)
    assert published.sentence == "เผยแพร่ผลปีงบประมาณ 2569 แล้ว"
    assert [notice.kind for notice in queries.to_mail(head)] == [Kind.PUBLISHED]
    services.reopen(assessment=sent, by=manager, reason="พบตัวเลขผิด")
    (reopened,) = queries.notices_of(head)
    assert reopened.sentence == "ส่วนกลางเปิดผลสุดท้ายปีงบประมาณ 2569 เพื่อตรวจใหม่"
    assert (reopened.detail, reopened.link) == ("พบตัวเลขผิด", f"/assessments/{sent.pk}/history/")


@pytest.mark.parametrize(
    ("moment", "kinds"),
    [
        ("2026-08-09T23:59:59+07:00", [Kind.VERIFIED]),
        ("2026-08-10T00:00:00+07:00", [Kind.REPLY_DUE, Kind.VERIFIED]),
        ("2026-08-16T12:00:00+07:00", [Kind.REPLY_DUE, Kind.VERIFIED]),
        ("2026-08-17T23:59:59+07:00", [Kind.REPLY_DUE, Kind.VERIFIED]),
        ("2026-08-18T00:00:00+07:00", []),
    ],
)
def test_the_office_is_reminded_of_its_reply_until_its_days_are_over(
    sent: Assessment, editor: User, reviewer: User, time_machine: Any, moment: str, kinds: list[Kind]
) -> None:
    reviewing.verified(sent, reviewer)
    time_machine.move_to(moment)
    assert [notice.kind for notice in queries.notices_of(editor)] == kinds


def test_a_reply_is_told_to_who_judged_and_to_managers(
    sent: Assessment, head: User, reviewer: User, manager: User
) -> None:
    other = person("second@central.example", Role.REVIEWER)
    reviewing.verified(sent, reviewer)
    services.reply(assessment=sent, by=head)
    for user in (reviewer, manager):
        (notice,) = queries.notices_of(user)
        assert (notice.sentence, notice.detail) == ("มี 1 สำนักงานชี้แจงผลตรวจปีงบประมาณ 2569 แล้ว", "เชียงใหม่")
        assert notice.link == f"/assessments/{sent.pk}/reply/"
    assert told(other) == []
    services.finalise(assessment=sent, by=reviewer)
    assert told(manager) == []


def test_who_did_not_reply_in_time_is_told_to_the_centre(sent: Assessment, reviewer: User, time_machine: Any) -> None:
    reviewing.verified(sent, reviewer)
    time_machine.move_to("2026-08-17T23:59:59+07:00")
    assert told(reviewer) == []
    time_machine.move_to("2026-08-18T00:00:00+07:00")
    (notice,) = queries.notices_of(reviewer)
    assert notice.sentence == "มี 1 สำนักงานไม่ได้ชี้แจงผลตรวจปีงบประมาณ 2569 ภายในกำหนด สรุปผลสุดท้ายได้"
    assert notice.link == f"/offices/{sent.pk}/"


def test_an_answered_question_is_told_to_who_asked_until_it_is_judged(
    sent: Assessment, head: User, editor: User, standard: EditionNode, reviewer: User, manager: User
) -> None:
    node = standard.indicators["2.4"]
    question = services.ask(assessment=sent, indicator=node, by=reviewer, text="แนบคำสั่ง")
    services.return_for_correction(assessment=sent, by=manager, reason="ตอบคำถาม", due_on=date(2026, 8, 20))
    services.answer_question(question=question, by=editor, text="แนบแล้ว")
    assert Kind.ANSWERED not in [notice.kind for notice in queries.notices_of(reviewer)]
    services.submit(assessment=sent, by=head, certified=True)
    answered = [notice for notice in queries.notices_of(reviewer) if notice.kind is Kind.ANSWERED]
    assert [(notice.sentence, notice.detail) for notice in answered] == [
        ("สนง.พมจ.เชียงใหม่ ตอบคำถามของคุณ 1 ข้อ (ปีงบประมาณ 2569)", "2.4: แนบแล้ว")
    ]
    assert Kind.ANSWERED not in [notice.kind for notice in queries.notices_of(manager)]
    reviewing.judge(sent, reviewer, "2.4")
    assert Kind.ANSWERED not in [notice.kind for notice in queries.notices_of(reviewer)]


def test_findings_are_told_to_the_office_visit_by_visit(
    assessment: Assessment, editor: User, reviewer: User, inspector: User, standard: EditionNode
) -> None:
    visit = visits.record_visit(assessment=assessment, by=inspector, visited_on=date(2026, 8, 1), who="คณะตรวจ")
    first, *_others = [
        visits.add_finding(
            assessment=assessment, indicator=standard.indicators[code], by=inspector, text=text, visit=on
        )
        for code, text, on in (("2.1", "ทะเบียนไม่ครบ", visit), ("2.3", "ไม่มีรายงาน", visit), ("4.1", "ดีมาก", None))
    ]
    alone, together = sorted(queries.notices_of(editor), key=lambda notice: len(notice.items))
    name = inspector.full_name
    with translation.override("en"):
        assert together.sentence == f"{name} wrote 2 findings at your office: 2.1, 2.3 (fiscal year 2569)."
    assert together.link == f"/visits/{visit.pk}/"
    assert alone.detail == "ดีมาก"
    assert alone.link == f"/assessments/{assessment.pk}/indicators/4.1/#_findings"
    assert [notice.kind for notice in queries.to_mail(editor)] == [Kind.FINDING, Kind.FINDING]
    assert queries.notices_of(reviewer) == queries.notices_of(inspector) == []
    visits.remove_finding(finding=first, by=inspector)
    assert sorted(len(notice.items) for notice in queries.notices_of(editor)) == [1, 1]
    visits.remove_visit(visit=visit, by=inspector)
    assert len(queries.notices_of(editor)) == 1
