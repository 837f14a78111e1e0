"""The daily mail: to whom, what, and never twice."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from assessments import services
from assessments.models import Assessment, Assignment, Comment, NoticeMark, Round, User
from assessments.services import notices
from assessments.workflow import Role
from tests.answers import answer_all
from tests.conftest import person

SITE = "http://testserver"
T7, T1 = "2026-09-23T08:00:00+07:00", "2026-09-29T08:00:00+07:00"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[tuple[str, str]]]:
    """Run the command; who got which subject."""

    def do() -> list[tuple[str, str]]:
        mail.outbox.clear()
        capsys.readouterr()
        call_command("send_notices")
        sent = [(message.to[0], str(message.subject)) for message in mail.outbox]
        assert capsys.readouterr().out == f"{len(sent)} mails sent\n"
        return sent

    return do


class Failing(EmailBackend):
    """A mail server that refuses the addresses in `refused`, or all of them."""

    refused: tuple[str, ...] | None = ()
    tried: int = 0

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            Failing.tried += 1
            if Failing.refused is None or message.to[0] in Failing.refused:
                raise ConnectionRefusedError("no")
        return int(super().send_messages(messages))


@pytest.fixture
def failing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Failing]:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    monkeypatch.setattr(f"{__name__}.Failing.tried", 0)
    monkeypatch.setattr(f"{__name__}.Failing.refused", ())
    return Failing


def test_a_reminder_is_mailed_once_whole_and_in_thai(
    assessment: Assessment, editor: User, time_machine: Any, run: Callable[[], list[tuple[str, str]]]
) -> None:
    time_machine.move_to(T7)
    (sent,) = run()
    assert sent[0] == "editor@chiangmai.example"
    assert sent[1].endswith("เหลืออีก 7 วัน จะปิดรับแบบประเมินปีงบประมาณ 2569")
    assert str(mail.outbox[0].body).splitlines() == [
        f"เรียน {editor.full_name}",
        "",
        "• เหลืออีก 7 วัน จะปิดรับแบบประเมินปีงบประมาณ 2569",
        "  ปิดรับวันที่ 30 กันยายน 2569 เวลา 23:59 น. ตอบแล้ว 0 จาก 86 ข้อ",
        "  23 ก.ย. 2569",
        f"  {SITE}/assessments/{assessment.pk}/",
        "",
        f"แจ้งเตือนทั้งหมด: {SITE}/notices/",
        "",
        f"ระบบส่งอีเมลแจ้งเตือนไม่เกินวันละหนึ่งฉบับ และส่งเฉพาะเมื่อมีเรื่องใหม่ หากไม่ต้องการรับ ปิดได้ที่ {SITE}/me/",
    ]
    assert run() == []
    time_machine.move_to("2026-09-24T08:00:00+07:00")
    assert run() == []


def test_each_reminder_comes_once_also_when_the_command_missed_its_day(
    assessment: Assessment, editor: User, time_machine: Any, run: Callable[[], list[tuple[str, str]]]
) -> None:
    came = []
    for day in ("08-30", "09-02", "09-03", "09-22", "09-26", "09-27", "09-30", "10-01"):
        time_machine.move_to(f"2026-{day}T08:00:00+07:00")
        came += [day for address, _ in run() if address == editor.email]
    assert came == ["09-02", "09-26", "09-30"]


def test_a_reminder_that_was_missed_until_the_next_one_is_not_sent_beside_it(
    assessment: Assessment, editor: User, time_machine: Any, run: Callable[[], list[tuple[str, str]]]
) -> None:
    time_machine.move_to(T1)
    assert len(run()) == 1
    assert str(mail.outbox[0].body).count("•") == 1
    time_machine.move_to("2026-09-30T08:00:00+07:00")
    assert run() == []


def test_one_mail_a_day_whatever_comes_later(
    assessment: Assessment, editor: User, reviewer: User, time_machine: Any, run: Callable[[], list[tuple[str, str]]]
) -> None:
    time_machine.move_to("2026-09-23T07:00:00+07:00")
    assert len(run()) == 1
    Comment.objects.create(answer=assessment.answers.all()[0], thread="centre", text="นับอย่างไร", by=reviewer)
    time_machine.move_to("2026-09-23T23:59:59+07:00")
    assert run() == []
    time_machine.move_to("2026-09-24T00:00:00+07:00")
    assert [address for address, _ in run()] == ["editor@chiangmai.example"]


def test_several_notices_are_one_mail(
    assessment: Assessment, editor: User, reviewer: User, time_machine: Any, run: Callable[[], list[tuple[str, str]]]
) -> None:
    time_machine.move_to(T7)
    Comment.objects.create(answer=assessment.answers.all()[0], thread="centre", text="นับอย่างไร", by=reviewer)
    ((_, subject),) = run()
    assert subject.endswith("มีแจ้งเตือนใหม่ 2 เรื่อง")
    assert str(mail.outbox[0].body).count("•") == 2


def test_a_line_break_in_a_name_breaks_no_mail(
    assessment: Assessment, editor: User, head: User, run: Callable[[], list[tuple[str, str]]]
) -> None:
    User.objects.filter(pk=head.pk).update(full_name="หัวหน้า\nBcc: all@example.org")
    indicator = assessment.answers.select_related("indicator").get(indicator__code="2.1").indicator
    Assignment.objects.create(assessment=assessment, indicator=indicator, person=editor, by=head)
    ((address, subject),) = run()
    assert address == editor.email
    assert "หัวหน้า Bcc: all@example.org มอบหมายให้คุณตอบตัวชี้วัด 1 ข้อ" in subject


def test_who_does_not_get_it(
    assessment: Assessment,
    editor: User,
    head: User,
    time_machine: Any,
    settings: Any,
    run: Callable[[], list[tuple[str, str]]],
) -> None:
    time_machine.move_to(T7)
    settings.DEMO = False
    User.objects.filter(pk=head.pk).update(is_active=False)
    notices.want_mails(person=editor, wanted=False)
    office = editor.province
    person("demo@chiangmai.example", Role.OFFICE_EDITOR, province=office, is_demo=True)
    invited = User.objects.create_user(
        "invited@chiangmai.example", None, full_name="x", role=Role.OFFICE_EDITOR, province=office
    )
    assert not invited.has_joined
    assert run() == []
    settings.DEMO = True
    assert [address for address, _ in run()] == ["demo@chiangmai.example"]
    notices.want_mails(person=editor, wanted=True)
    assert [address for address, _ in run()] == ["editor@chiangmai.example"]


def test_what_was_seen_or_mailed_when_it_happened_is_not_repeated(
    assessment: Assessment, editor: User, head: User, reviewer: User, run: Callable[[], list[tuple[str, str]]]
) -> None:
    answer_all(assessment, editor)
    sent = services.submit(assessment=assessment, by=head, certified=True)
    assert sorted(address for address, _ in run()) == ["manager@central.example", "reviewer@central.example"]
    services.return_for_correction(assessment=sent, by=reviewer, reason="แก้ 2.4", due_on=date(2026, 8, 20))
    assert run() == []


def test_who_has_seen_it_gets_no_mail(
    assessment: Assessment, editor: User, time_machine: Any, run: Callable[[], list[tuple[str, str]]]
) -> None:
    time_machine.move_to(T7)
    notices.mark_seen(person=editor, until=datetime.fromisoformat(T7))
    assert run() == []


def test_the_centre_is_told_submissions_together(
    round_2569: Round, head: User, manager: User, time_machine: Any, run: Callable[[], list[tuple[str, str]]]
) -> None:
    for number, each in enumerate(round_2569.assessments.all()[:5]):
        Assessment.objects.filter(pk=each.pk).update(
            status="submitted",
            reference=f"2569-x-{number}",
            answers_hash="0" * 64,
            submitted_at="2026-08-02T10:00:00+07:00",
            submitted_by=head,
        )
    ((address, subject),) = run()
    assert address == manager.email
    assert subject.endswith("มี 5 สำนักงานส่งแบบประเมินปีงบประมาณ 2569 แล้ว")
    time_machine.move_to("2026-08-04T10:00:00+07:00")
    assert run() == []


def test_what_failed_is_logged_and_comes_with_the_next_run(
    assessment: Assessment,
    editor: User,
    head: User,
    time_machine: Any,
    failing: type[Failing],
    run: Callable[[], list[tuple[str, str]]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    time_machine.move_to(T7)
    failing.refused = (editor.email,)
    with pytest.raises(CommandError, match="1 mails failed"):
        run()
    assert [message.to for message in mail.outbox] == [[head.email]]
    assert f"the daily mail of account {editor.pk} could not be sent" in caplog.text
    assert editor.email not in caplog.text
    failing.refused = ()
    time_machine.move_to("2026-09-24T08:00:00+07:00")
    assert [address for address, _ in run()] == [editor.email]


def test_a_mail_server_that_is_away_is_not_asked_for_everybody(
    assessment: Assessment, editor: User, time_machine: Any, failing: type[Failing]
) -> None:
    for number in range(5):
        person(f"more{number}@chiangmai.example", Role.OFFICE_EDITOR, province=editor.province)
    time_machine.move_to(T7)
    failing.refused = None
    with pytest.raises(CommandError, match="does not answer"):
        call_command("send_notices")
    assert failing.tried == notices.MOST_FAILURES
    assert not NoticeMark.objects.filter(mailed_at__isnull=False).exists()


def test_marks_that_belong_to_nothing_any_more_are_forgotten(editor: User, time_machine: Any) -> None:
    now = datetime.fromisoformat(T7)
    time_machine.move_to(now, tick=False)
    old, young = now - notices.FORGOTTEN - timedelta(seconds=1), now - notices.FORGOTTEN
    marks = {
        "a": (old, None),
        "b": (None, old),
        "c": (old, old),
        "d": (young, None),
        "e": (old, young),
        "f": (young, old),
    }
    NoticeMark.objects.bulk_create(
        NoticeMark(person=editor, key=key, seen_at=seen, mailed_at=mailed) for key, (seen, mailed) in marks.items()
    )
    call_command("send_notices")
    assert set(NoticeMark.objects.values_list("key", flat=True)) >= {"d", "e", "f"}
    assert not set(NoticeMark.objects.values_list("key", flat=True)) & {"a", "b", "c"}
