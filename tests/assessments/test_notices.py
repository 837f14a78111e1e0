"""What a person should know, as it follows from how things stand: when it comes, what it says, when it goes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from assessments import services
from assessments.calendar import BANGKOK
from assessments.models import Assessment, Assignment, Comment, Invitation, NoticeMark, Province, Round, User
from assessments.queries import notices as queries
from assessments.queries.notice_words import Kind
from assessments.services import notices
from assessments.services.assigning import Wanted
from assessments.services.people import accept_invitation, invite
from assessments.workflow import Role
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import person

OFFICE_LINK = "/assessments/{pk}/"


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


def keys(user: User) -> list[str]:
    return [item.key for item in queries.items_of(user)]


def due(user: User) -> list[str]:
    return [item.key.rpartition(":")[2] for item in queries.items_of(user) if item.kind == Kind.DUE]


def see_all(user: User) -> None:
    notices.mark_seen(person=user, until=datetime.now(BANGKOK))


# --- reminders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        ("2026-08-30T23:59:59+07:00", []),
        ("2026-08-31T00:00:00+07:00", ["30"]),
        # In Greenwich it is still the 30th.
        ("2026-08-30T17:00:00+00:00", ["30"]),
        ("2026-09-05T12:00:00+07:00", ["30"]),
        ("2026-09-22T23:59:59+07:00", ["30"]),
        ("2026-09-23T00:00:00+07:00", ["7"]),
        ("2026-09-28T23:59:59+07:00", ["7"]),
        ("2026-09-29T00:00:00+07:00", ["1"]),
        ("2026-09-30T23:59:59+07:00", ["1"]),
        ("2026-10-01T00:00:00+07:00", []),
    ],
)
def test_a_reminder_comes_on_its_day_in_bangkok_and_holds_until_the_next(
    assessment: Assessment, editor: User, time_machine: Any, moment: str, step: list[str]
) -> None:
    time_machine.move_to(moment)
    assert due(editor) == step


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-08-31", "เหลืออีก 30 วัน จะปิดรับแบบประเมินปีงบประมาณ 2569"),
        ("2026-09-29", "เหลืออีก 1 วัน จะปิดรับแบบประเมินปีงบประมาณ 2569"),
        ("2026-09-30", "วันนี้เป็นวันสุดท้ายที่ส่งแบบประเมินปีงบประมาณ 2569 ได้"),
    ],
)
def test_a_reminder_counts_the_days(
    assessment: Assessment, editor: User, time_machine: Any, day: str, sentence: str
) -> None:
    time_machine.move_to(f"{day}T08:00:00+07:00")
    (notice,) = queries.notices_of(editor)
    assert notice.sentence == sentence
    assert notice.detail == "ปิดรับวันที่ 30 กันยายน 2569 เวลา 23:59 น. ตอบแล้ว 0 จาก 86 ข้อ"
    assert notice.link == f"/assessments/{assessment.pk}/"


def test_who_has_submitted_is_not_reminded(
    sent: Assessment, editor: User, head: User, stranger: User, reviewer: User, time_machine: Any
) -> None:
    time_machine.move_to("2026-09-23T08:00:00+07:00")
    assert due(editor) == []
    assert due(stranger) == ["7"]
    reviewing.final(sent, reviewer, head)
    assert due(editor) == []


def test_only_the_office_is_reminded(round_2569: Round, reviewer: User, inspector: User, time_machine: Any) -> None:
    time_machine.move_to("2026-09-23T08:00:00+07:00")
    assert (keys(reviewer), keys(inspector)) == ([], [])


def test_the_offices_own_later_day_counts(
    assessment: Assessment, editor: User, stranger: User, manager: User, time_machine: Any
) -> None:
    services.extend(assessment=assessment, closes_on=date(2026, 10, 20), reason="น้ำท่วม", by=manager)
    time_machine.move_to("2026-09-23T08:00:00+07:00")
    assert (due(editor), due(stranger)) == (["30"], ["7"])
    time_machine.move_to("2026-10-13T08:00:00+07:00")
    assert (due(editor), due(stranger)) == (["7"], [])


def test_a_day_told_by_a_return_or_an_extension_is_not_told_again_as_a_reminder_of_before(
    sent: Assessment, editor: User, reviewer: User, stranger: User, manager: User, time_machine: Any
) -> None:
    time_machine.move_to("2026-09-10T08:00:00+07:00")
    services.return_for_correction(assessment=sent, by=reviewer, reason="แก้ 2.1", due_on=date(2026, 9, 20))
    other = Assessment.objects.get(round=sent.round, province=stranger.province)
    services.extend(assessment=other, closes_on=date(2026, 10, 5), reason="น้ำท่วม", by=manager)
    assert (due(editor), due(stranger)) == ([], [])
    time_machine.move_to("2026-09-23T08:00:00+07:00")
    assert (due(editor), due(stranger)) == (["7"], [])
    time_machine.move_to("2026-09-28T08:00:00+07:00")
    assert due(stranger) == ["7"]


def test_a_round_opened_late_reminds_from_its_first_day(
    edition: Any, manager: User, editor: User, time_machine: Any
) -> None:
    days: dict[str, Any] = {"opens_on": date(2026, 9, 10), "closes_on": date(2026, 9, 30)}
    services.open_round(year=2569, edition=edition, budget_target=None, by=manager, **days)
    time_machine.move_to("2026-09-09T23:59:59+07:00")
    assert due(editor) == []
    time_machine.move_to("2026-09-10T00:00:00+07:00")
    (item,) = queries.items_of(editor)
    assert item.at == datetime(2026, 9, 10, tzinfo=BANGKOK)


# --- what the centre did -----------------------------------------------------------------------------


def test_a_return_says_why_and_until_when_while_it_is_one(
    sent: Assessment, editor: User, head: User, stranger: User, reviewer: User
) -> None:
    services.return_for_correction(assessment=sent, by=reviewer, reason="2.4 แนบคำสั่ง", due_on=date(2026, 8, 20))
    (notice,) = queries.notices_of(editor)
    assert notice.sentence == "ส่วนกลางส่งแบบประเมินปีงบประมาณ 2569 กลับให้แก้ไขภายในวันที่ 20 สิงหาคม 2569"
    assert (notice.detail, notice.link) == ("2.4 แนบคำสั่ง", f"/assessments/{sent.pk}/")
    assert told(stranger) == []
    services.submit(assessment=sent, by=head, certified=True)
    assert told(editor) == []


def test_a_return_with_a_later_day_is_one_notice(sent: Assessment, editor: User, reviewer: User) -> None:
    services.return_for_correction(assessment=sent, by=reviewer, reason="แก้ 2.4", due_on=date(2026, 10, 5))
    assert [notice.kind for notice in queries.notices_of(editor)] == [Kind.RETURNED]


def test_the_newest_extension_counts_while_it_is_the_offices_day(
    assessment: Assessment, editor: User, stranger: User, manager: User
) -> None:
    for day in (date(2026, 10, 7), date(2026, 10, 14)):
        services.extend(assessment=assessment, closes_on=day, reason=f"น้ำท่วม {day.day}", by=manager)
    (notice,) = queries.notices_of(editor)
    assert notice.sentence == "สำนักงานของคุณตอบแบบประเมินปีงบประมาณ 2569 ได้ถึงวันที่ 14 ตุลาคม 2569"
    assert notice.detail == "น้ำท่วม 14"
    assert told(stranger) == []


@pytest.mark.parametrize(("days", "count"), [(59, 1), (60, 1), (61, 0)])
def test_nothing_is_told_for_ever(
    sent: Assessment, head: User, reviewer: User, time_machine: Any, days: int, count: int
) -> None:
    reviewing.final(sent, reviewer, head)
    time_machine.move_to(datetime(2026, 8, 3, 9, 59, tzinfo=BANGKOK) + timedelta(days=days))
    assert len(told(head)) == count


def test_who_joined_is_told_who_invited_them(manager: User, chiang_mai: Province) -> None:
    invited = invite(
        email="new@chiangmai.example", full_name="คนใหม่", role=Role.OFFICE_EDITOR, by=manager, province=chiang_mai
    )
    assert told(invited.person) == []
    accept_invitation(token=invited.link.rstrip("/").rpartition("/")[2], password="a long enough password 9")
    (notice,) = queries.notices_of(invited.person)
    assert notice.sentence == f"{manager.full_name} เชิญคุณเข้าใช้งานระบบนี้"
    assert (notice.link, Invitation.objects.count()) == ("/me/", 1)
    assert queries.to_mail(invited.person) == []


# --- working together --------------------------------------------------------------------------------


@pytest.fixture
def assign(assessment: Assessment, standard: EditionNode) -> Callable[..., None]:
    def do(who: User, by: User, *codes: str, due_on: date | None = None) -> None:
        wanted = {standard.indicators[code].pk: Wanted(who.pk, due_on) for code in codes}
        services.assign(assessment=assessment, by=by, wanted=wanted)

    return do


def test_what_a_colleague_gave_is_told_together_and_what_one_took_oneself_is_not(
    assign: Callable[..., None], editor: User, head: User
) -> None:
    assign(editor, head, "2.1", "2.2", due_on=date(2026, 8, 20))
    assign(editor, editor, "3.1")
    (notice,) = queries.notices_of(editor)
    assert notice.sentence == f"{head.full_name} มอบหมายให้คุณตอบตัวชี้วัด 2 ข้อ ปีงบประมาณ 2569"
    assert notice.detail == "2.1, 2.2 · ภายใน 20 ส.ค. 2569"
    assert (notice.link, told(head)) == ("/me/work/", [])


def test_one_indicator_leads_to_its_page(
    assign: Callable[..., None], editor: User, head: User, assessment: Assessment
) -> None:
    assign(editor, head, "2.1")
    (notice,) = queries.notices_of(editor)
    assert (notice.detail, notice.link) == ("2.1", f"/assessments/{assessment.pk}/indicators/2.1/")


def test_what_is_given_later_or_again_is_new(
    assign: Callable[..., None], editor: User, head: User, time_machine: Any
) -> None:
    assign(editor, head, "2.1")
    see_all(editor)
    assert queries.new_count(editor) == 0
    time_machine.move_to("2026-08-04T10:00:00+07:00")
    assign(editor, head, "2.2")
    assign(head, head, "2.1")
    assign(editor, head, "2.1")
    (new,) = [notice for notice in queries.notices_of(editor) if not notice.is_seen]
    assert sorted(item.code for item in new.items) == ["2.1", "2.2"]


def test_assignments_are_not_told_once_the_assessment_is_submitted(sent: Assessment, editor: User, head: User) -> None:
    answer = sent.answers.get(indicator__code="2.1")
    Assignment.objects.create(assessment=sent, indicator=answer.indicator, person=editor, by=head)
    assert told(editor) == []


def comment(assessment: Assessment, by: User, text: str, code: str = "2.1", thread: str = "centre") -> Comment:
    answer = assessment.answers.get(indicator__code=code)
    return Comment.objects.create(answer=answer, thread=thread, text=text, by=by)


def test_a_comment_of_the_centre_reaches_the_office_and_no_other(
    sent: Assessment, editor: User, head: User, stranger: User, reviewer: User
) -> None:
    comment(sent, reviewer, "นับอย่างไร")
    comment(sent, reviewer, "แนบคำสั่ง", code="2.4")
    (notice,) = queries.notices_of(editor)
    assert notice.sentence == "มีความเห็น 2 ข้อความ เรื่องตัวชี้วัด 2.4, 2.1 (สนง.พมจ.เชียงใหม่ ปีงบประมาณ 2569)"
    assert notice.detail == f"{reviewer.full_name}: แนบคำสั่ง"
    assert notice.link == f"/assessments/{sent.pk}/comments/"
    assert len(told(head)) == 1
    assert told(stranger) == []


def test_who_answered_a_comment_has_read_it(
    sent: Assessment, editor: User, head: User, reviewer: User, time_machine: Any
) -> None:
    comment(sent, reviewer, "นับอย่างไร")
    time_machine.move_to("2026-08-04T10:00:00+07:00")
    comment(sent, editor, "นับจากทะเบียน")
    assert (told(editor), len(told(head))) == ([], 1)


def test_the_offices_private_comments_reach_nobody_else(sent: Assessment, editor: User, reviewer: User) -> None:
    see_all(reviewer)
    comment(sent, editor, "ตัวเลขนี้ไม่แน่ใจ", thread="office")
    assert queries.new_count(reviewer) == 0


def test_a_question_is_for_the_whole_centre_until_somebody_takes_it_up(
    sent: Assessment, editor: User, reviewer: User, manager: User, inspector: User, time_machine: Any
) -> None:
    def comments(user: User) -> int:
        return sum(item.kind == Kind.COMMENT for item in queries.items_of(user))

    comment(sent, editor, "ต้องแนบทุกเดือนหรือไม่")
    assert (comments(reviewer), comments(manager), comments(inspector)) == (1, 1, 0)
    time_machine.move_to("2026-08-04T10:00:00+07:00")
    comment(sent, reviewer, "ไม่ต้อง")
    assert (comments(reviewer), comments(manager)) == (0, 0)
    time_machine.move_to("2026-08-05T10:00:00+07:00")
    comment(sent, editor, "ขอบคุณ")
    assert (comments(reviewer), comments(manager)) == (1, 0)


# --- the centre --------------------------------------------------------------------------------------


def submitted_by_force(round_: Round, count: int, by: User, at: datetime) -> list[Assessment]:
    """Offices that submitted, without 86 answers each."""
    offices = list(round_.assessments.order_by("province__sort_key")[:count])
    for number, each in enumerate(offices):
        fields = {"status": "submitted", "reference": f"{round_.year}-x-{each.pk}", "answers_hash": "0" * 64}
        Assessment.objects.filter(pk=each.pk).update(
            **fields, submitted_at=at + timedelta(minutes=number), submitted_by=by
        )
    return offices


def test_submissions_are_one_notice_of_what_came_since_the_last_look(
    round_2569: Round, reviewer: User, manager: User, head: User, admin: User, inspector: User, supporter: User
) -> None:
    at = datetime(2026, 8, 1, 9, 0, tzinfo=BANGKOK)
    submitted_by_force(round_2569, 5, head, at)
    (notice,) = queries.notices_of(reviewer)
    assert notice.sentence == "มี 5 สำนักงานส่งแบบประเมินปีงบประมาณ 2569 แล้ว"
    assert notice.detail.count(", ") == 4
    assert notice.link == "/offices/?round=2569&sort=-submitted"
    assert [told(user) for user in (admin, inspector, supporter)] == [[], [], []]
    see_all(reviewer)
    submitted_by_force(round_2569, 7, head, at)
    assert [(len(notice.items), notice.is_seen) for notice in queries.notices_of(reviewer)] == [(2, False), (5, True)]
    assert [len(notice.items) for notice in queries.notices_of(manager)] == [7]


def test_one_submission_leads_to_its_office(sent: Assessment, reviewer: User) -> None:
    (notice,) = queries.notices_of(reviewer)
    assert (notice.detail, notice.link) == ("เชียงใหม่", f"/offices/{sent.pk}/")


def test_a_submission_is_told_until_somebody_begins_its_review(sent: Assessment, reviewer: User, manager: User) -> None:
    assert len(told(manager)) == 1
    reviewing.judge(sent, reviewer, "2.1")
    assert told(manager) == []


def test_many_offices_are_counted_not_listed(round_2569: Round, reviewer: User, time_machine: Any) -> None:
    time_machine.move_to("2026-09-30T23:59:59+07:00")
    assert told(reviewer) == []
    time_machine.move_to("2026-10-01T00:00:00+07:00")
    (notice,) = queries.notices_of(reviewer)
    assert notice.sentence == "มี 76 สำนักงานยังไม่ส่งแบบประเมินปีงบประมาณ 2569 แม้ปิดรับแล้ว"
    assert notice.detail.endswith(" และอีก 68 รายการ")
    assert notice.link == "/offices/?round=2569&sort=status"


def test_who_has_a_later_day_is_not_overdue_before_it(
    assessment: Assessment, reviewer: User, manager: User, time_machine: Any
) -> None:
    services.extend(assessment=assessment, closes_on=date(2026, 10, 20), reason="น้ำท่วม", by=manager)
    time_machine.move_to("2026-10-01T08:00:00+07:00")
    see_all(reviewer)
    assert len(queries.notices_of(reviewer)[0].items) == 75
    time_machine.move_to("2026-10-21T08:00:00+07:00")
    (new,) = [notice for notice in queries.notices_of(reviewer) if not notice.is_seen]
    assert [item.about.pk for item in new.items] == [assessment.pk]


# --- marks and cost ----------------------------------------------------------------------------------


def test_one_group_is_marked_and_the_rest_stays_new(
    sent: Assessment, editor: User, head: User, reviewer: User, time_machine: Any
) -> None:
    comment(sent, reviewer, "นับอย่างไร")
    reviewing.final(sent, reviewer, head)
    now = datetime.now(BANGKOK)
    assert notices.mark_seen(person=editor, until=now, group=f"comment:{sent.pk}") == 1
    assert [(notice.kind, notice.is_seen) for notice in queries.notices_of(editor)] == [
        (Kind.FINAL, False),
        (Kind.COMMENT, True),
    ]
    assert notices.mark_seen(person=editor, until=now) == 1
    assert notices.mark_seen(person=editor, until=now) == 0
    assert NoticeMark.objects.filter(person=editor).count() == 2


def test_what_came_after_the_page_was_made_stays_new(
    sent: Assessment, editor: User, reviewer: User, time_machine: Any
) -> None:
    comment(sent, reviewer, "นับอย่างไร")
    page = datetime.now(BANGKOK)
    time_machine.move_to("2026-08-04T10:00:00+07:00")
    comment(sent, reviewer, "และ 2.4")
    assert notices.mark_seen(person=editor, until=page) == 1
    assert queries.new_count(editor) == 1


def test_a_key_that_is_none_of_the_persons_is_not_written(sent: Assessment, editor: User) -> None:
    assert notices.mark_seen(person=editor, until=datetime.now(BANGKOK), group="submitted:1") == 0
    assert NoticeMark.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_offices_costs_no_query(
    round_2569: Round, reviewer: User, head: User, django_assert_num_queries: Any, count: int
) -> None:
    submitted_by_force(round_2569, count, head, datetime(2026, 8, 1, 9, 0, tzinfo=BANGKOK))
    with django_assert_num_queries(5):
        assert [notice.detail.count(",") for notice in queries.notices_of(reviewer)] == [count - 1]


@pytest.mark.parametrize("count", [1, 3])
def test_an_office_costs_eight_queries(
    assign: Callable[..., None], editor: User, head: User, django_assert_num_queries: Any, count: int
) -> None:
    assign(editor, head, *("2.1", "2.2", "2.3")[:count])
    with django_assert_num_queries(8):
        assert len(queries.notices_of(editor)[0].items) == count


def test_a_person_without_an_office_costs_one(inspector: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert queries.notices_of(inspector) == []


def test_two_people_have_their_own_marks(sent: Assessment, editor: User, head: User, reviewer: User) -> None:
    comment(sent, reviewer, "นับอย่างไร")
    see_all(editor)
    assert (queries.new_count(editor), queries.new_count(head)) == (0, 1)
    other = person("second@chiangmai.example", Role.OFFICE_EDITOR, province=editor.province)
    assert queries.new_count(other) == 1
