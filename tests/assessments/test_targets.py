"""Whom a new spending target reaches (1.31): who still works, and who waits for one; never what is frozen."""

from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments import services
from assessments.models import Answer, AnswerChange, Assessment, User
from assessments.queries.stored_scores import differences
from assessments.services import Entry, Refused
from assessments.workflow import Status
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.assessments.queue import in_english
from tests.conftest import signed_in
from tests.rivals import first

SetTarget = Callable[[str | None], None]
# 95 of 100 spent (tests.answers.best).
TOLD = "เบิกจ่าย 95 จาก 100 บาท = ร้อยละ 95"


def of(assessment: Assessment) -> Answer:
    return Answer.objects.get(assessment=assessment, indicator__code="1.31")


def outcome(assessment: Assessment) -> tuple[bool | None, Decimal | None, str]:
    answer = of(assessment)
    return answer.met, answer.judged_target, answer.pending


def all_as_the_rules_say() -> bool:
    return list(differences()) == []


@pytest.fixture
def target(assessment: Assessment, manager: User) -> SetTarget:
    def enter(value: str | None) -> None:
        round_ = assessment.round
        services.change_round(
            round_=round_,
            opens_on=round_.opens_on,
            closes_on=round_.closes_on,
            budget_target=Decimal(value) if value else None,
            by=manager,
        )

    return enter


@pytest.fixture
def submit(assessment: Assessment, editor: User, head: User) -> Callable[[], None]:
    def answered_and_submitted() -> None:
        answer_all(assessment, editor)
        services.submit(assessment=assessment, by=head, certified=True)

    return answered_and_submitted


def test_a_draft_is_judged_by_every_new_target(assessment: Assessment, editor: User, target: SetTarget) -> None:
    answer_all(assessment, editor)
    seen = []
    for value in ("94.99", "95.01", None):
        target(value)
        seen.append(outcome(assessment))
        assert all_as_the_rules_say()
    assert seen == [(True, Decimal("94.99"), ""), (False, Decimal("95.01"), ""), (None, None, "target")]
    assert (of(assessment).version, AnswerChange.objects.filter(answer=of(assessment)).count()) == (1, 1)


def test_a_submitted_one_keeps_the_target_it_was_judged_by(
    assessment: Assessment, target: SetTarget, submit: Callable[[], None]
) -> None:
    target("94")
    submit()
    before = Answer.objects.values().get(pk=of(assessment).pk)
    for value in ("96", None, "97"):
        target(value)
        assert Answer.objects.values().get(pk=of(assessment).pk) == before
        assert all_as_the_rules_say()
    assert outcome(assessment) == (True, Decimal(94), "")


def test_a_submitted_one_that_waits_is_judged_once_and_its_history_says_so(
    assessment: Assessment, manager: User, target: SetTarget, submit: Callable[[], None]
) -> None:
    submit()
    waiting = of(assessment)
    assert outcome(assessment) == (None, None, "target")
    fingerprint = Assessment.objects.get(pk=assessment.pk).answers_hash
    target("96")
    judged = of(assessment)
    assert outcome(assessment) == (False, Decimal(96), "")
    assert (judged.shortfall, judged.version) == (Decimal(1), 2)
    assert (judged.changed_at, judged.changed_by) == (waiting.changed_at, waiting.changed_by)
    row = AnswerChange.objects.filter(answer=judged).first()
    assert row is not None
    assert (row.version, row.by) == (2, manager)
    assert row.changes == {"explanation": [waiting.explanation, judged.explanation]}
    assert row.changes["explanation"][0] == f"{TOLD} · รอส่วนกลางกรอกเป้าหมายการเบิกจ่ายของสำนักงบประมาณในรอบนี้"
    assert row.changes["explanation"][1].startswith(f"{TOLD} · เกณฑ์ เป้าหมายการเบิกจ่ายของสำนักงบประมาณ ร้อยละ 96 ของรอบนี้")
    target("94")
    assert (outcome(assessment), of(assessment).version) == ((False, Decimal(96), ""), 2)
    assert Assessment.objects.get(pk=assessment.pk).answers_hash == fingerprint
    assert all_as_the_rules_say()


def test_the_history_page_shows_both_explanations(
    assessment: Assessment, reviewer: User, target: SetTarget, submit: Callable[[], None]
) -> None:
    submit()
    target("96")
    page = signed_in(reviewer).get(f"/assessments/{assessment.pk}/indicators/1.31/history/").content.decode()
    assert "รอส่วนกลางกรอกเป้าหมายการเบิกจ่ายของสำนักงบประมาณในรอบนี้" in page
    assert "ร้อยละ 96 ของรอบนี้" in page


def test_a_verified_and_a_final_one_keep_their_target_when_reopened_too(
    assessment: Assessment,
    head: User,
    reviewer: User,
    manager: User,
    target: SetTarget,
    submit: Callable[[], None],
) -> None:
    target("94")
    submit()
    reviewing.verified(assessment, reviewer)
    target("96")
    assert (outcome(assessment), of(assessment).version) == ((True, Decimal(94), ""), 1)
    services.reply(assessment=assessment, by=head)
    services.finalise(assessment=assessment, by=reviewer)
    target("97")
    services.reopen(assessment=assessment, by=manager, reason="ตรวจอีกครั้ง")
    assert (outcome(assessment), of(assessment).version) == ((True, Decimal(94), ""), 1)
    assert all_as_the_rules_say()


def test_one_in_review_that_waits_is_judged_when_the_target_comes(
    assessment: Assessment, reviewer: User, target: SetTarget, submit: Callable[[], None]
) -> None:
    submit()
    reviewing.judge(assessment, reviewer, "2.1")
    with pytest.raises(services.Refused):
        reviewing.judge(assessment, reviewer, "1.31")
    target("96")
    assert (outcome(assessment), of(assessment).version) == ((False, Decimal(96), ""), 2)
    assert reviewing.judge(assessment, reviewer, "1.31").judged_version == 2


def test_a_returned_one_is_judged_by_the_round_s_target_again(
    assessment: Assessment, reviewer: User, target: SetTarget, submit: Callable[[], None]
) -> None:
    target("94")
    submit()
    target("96")
    services.return_for_correction(
        assessment=assessment, by=reviewer, reason="แก้ข้อ 2.1", due_on=assessment.round.closes_on
    )
    assert Assessment.objects.get(pk=assessment.pk).status == Status.RETURNED
    assert (outcome(assessment), of(assessment).version) == ((False, Decimal(96), ""), 2)
    row = AnswerChange.objects.filter(answer=of(assessment)).first()
    assert row is not None
    assert (list(row.changes), row.by) == (["explanation"], reviewer)
    target("95")
    assert (outcome(assessment), of(assessment).version) == ((True, Decimal(95), ""), 2)
    assert all_as_the_rules_say()


@pytest.mark.parametrize(
    ("wrong", "count"), [({"judged_target": Decimal(96)}, 3), ({"judged_target": None}, 1), ({"met": False}, 1)]
)
def test_check_scores_proves_a_frozen_outcome_by_the_kept_target(
    assessment: Assessment, target: SetTarget, submit: Callable[[], None], wrong: dict[str, Any], count: int
) -> None:
    target("94")
    submit()
    Answer.objects.filter(pk=of(assessment).pk).update(**wrong)
    with pytest.raises(CommandError, match=f"{count} stored values"):
        call_command("check_scores", stdout=StringIO())


def test_a_kept_target_in_a_draft_that_is_not_the_round_s_shows(
    assessment: Assessment, editor: User, target: SetTarget
) -> None:
    target("94")
    answer_all(assessment, editor)
    Answer.objects.filter(pk=of(assessment).pk).update(judged_target=Decimal(93))
    assert [(found.code, found.column) for found in differences()] == [("1.31", "judged_target")]


def test_a_save_reads_the_target_after_the_lock(
    assessment: Assessment, editor: User, standard: EditionNode, target: SetTarget
) -> None:
    """The manager enters the target while the save waits for its turn: the save judges by the new one."""
    entry = Entry(inputs={"spent": Decimal(95), "allocated": Decimal(100)})
    with first(lambda: target("96")):
        services.save_answer(
            assessment=assessment, indicator=standard.indicators["1.31"], by=editor, version=0, entry=entry
        )
    assert outcome(assessment) == (False, Decimal(96), "")
    assert all_as_the_rules_say()


def test_the_round_s_page_says_whom_a_new_target_reaches(assessment: Assessment, manager: User) -> None:
    client = signed_in(manager)
    client.cookies["django_language"] = "en"
    page = client.get(f"/rounds/{assessment.round_id}/").content.decode()
    assert "in offices that are still working: not started, in progress or returned" in page
    assert "A submitted assessment keeps the target it was judged by" in page
    assert "A verified or final assessment does not change." in page


def test_where_the_target_is_missing_the_pages_say_who_enters_it_where(
    assessment: Assessment, reviewer: User, manager: User, target: SetTarget, submit: Callable[[], None]
) -> None:
    submit()
    places = [f"/offices/{assessment.pk}/", f"/assessments/{assessment.pk}/review/1.31/"]
    link = f'href="/rounds/{assessment.round_id}/#window"'
    missing = "spending target (Budget Bureau, percent) is not entered"
    for place in places:
        page = in_english(reviewer).get(place).content.decode()
        assert (page.count("A central manager enters it on the page of the round"), link in page) == (1, False)
        page = in_english(manager).get(place).content.decode()
        assert ("A central manager enters it" in page, page.count(link)) == (False, 1)
    assert missing in in_english(manager).get(f"/rounds/{assessment.round_id}/").content.decode()
    with pytest.raises(Refused, match=r"1\.31"):
        reviewing.judge(assessment, reviewer, "1.31")
    target("94")
    for place in [*places, f"/rounds/{assessment.round_id}/"]:
        assert missing not in in_english(manager).get(place).content.decode()
