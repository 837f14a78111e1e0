"""Deciding the row of an answer that had no case: the act, the page, and what follows from a decision."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from assessments import services
from assessments.models import Answer, AnswerChange, Assessment, Province, SupportMembership, SupportOffice, User
from assessments.report import figures_in_words
from assessments.services import Entry, Refused
from assessments.workflow import Role, Status
from indicators.editions import EditionNode, IndicatorNode
from indicators.rules import Band, Rule
from tests.answers import answer_all
from tests.conftest import person, signed_in

NO_CASE = Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องทุกข์ในรอบปี")
REASON = "ตรวจทะเบียนแล้วไม่มีเรื่องจริง"
WAITS = "→ ยังไม่คิดคะแนน รอผู้ตรวจประเมินเลือกช่วงคะแนนพร้อมเหตุผล"


@pytest.fixture
def node(standard: EditionNode) -> IndicatorNode:
    return standard.indicators["4.31"]


def save(assessment: Assessment, node: IndicatorNode, by: User, entry: Entry) -> Answer:
    version = Answer.objects.get(assessment=assessment, indicator_id=node.pk).version
    return services.save_answer(assessment=assessment, indicator=node, by=by, version=version, entry=entry).answer


@pytest.fixture
def waiting(assessment: Assessment, editor: User, head: User, node: IndicatorNode) -> Assessment:
    """Submitted; everything at its best, and 4.31 without a case."""
    answer_all(assessment, editor)
    save(assessment, node, editor, NO_CASE)
    services.submit(assessment=assessment, by=head, certified=True)
    return Assessment.objects.whole().get(pk=assessment.pk)


def rows(node: IndicatorNode) -> tuple[Band, ...]:
    assert isinstance(node.rule, Rule)
    return node.rule.bands


def decide(assessment: Assessment, node: IndicatorNode, by: User, **given: Any) -> Any:
    whole: dict[str, Any] = {"band": 1, "reason": REASON, **given}
    return services.decide_no_case(assessment=assessment, indicator=node, by=by, **whole)


def answer_of(assessment: Assessment, node: IndicatorNode) -> Answer:
    return Answer.objects.get(assessment=assessment, indicator_id=node.pk)


# --- the act -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("band", "score", "explanation"),
    [
        (1, "10.0", f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง 100 → 10 คะแนน เพราะ{REASON}"),
        (2, "7.5", f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง 90-99 → 7.5 คะแนน เพราะ{REASON}"),
    ],
)
def test_the_row_gives_the_score_and_its_explanation(
    band: int, score: str, explanation: str, waiting: Assessment, node: IndicatorNode, reviewer: User
) -> None:
    before = answer_of(waiting, node)
    assert decide(waiting, node, reviewer, band=band, reason=f"  {REASON}\n").changed
    answer = answer_of(waiting, node)
    assert (str(answer.score), answer.band, answer.pending, answer.is_answered) == (score, band, "", True)
    assert answer.explanation == explanation
    assert (answer.decided_band, answer.decided_reason, answer.decided_by) == (band, REASON, reviewer)
    assert answer.decided_at is not None
    # The office's own words stay the office's.
    assert (answer.no_case, answer.no_case_reason) == (True, before.no_case_reason)
    assert (answer.changed_at, answer.changed_by) == (before.changed_at, before.changed_by)
    change = answer.history.first()
    assert change is not None
    assert (change.version, answer.version, change.by) == (before.version + 1, before.version + 1, reviewer)
    assert change.changes == {"decided_band": [None, band], "decided_reason": ["", REASON]}
    assert not waiting.history.exclude(action="submit").exists()
    call_command("check_scores", verbosity=0)


def test_totals_and_level_close(waiting: Assessment, node: IndicatorNode, reviewer: User) -> None:
    total = waiting.results["areas"][node.area_code]
    assert (total["open"], total["mean"], waiting.results["overall"]["mean"]) == (1, None, None)
    decide(waiting, node, reviewer, band=len(rows(node)))
    waiting.refresh_from_db()
    overall = waiting.results["overall"]
    assert (overall["open"], overall["sum"], overall["mean"], overall["level"]) == (0, "540", "9.82", "good")
    assert waiting.results["areas"][node.area_code]["open"] == 0
    assert waiting.status == Status.SUBMITTED


def test_0_of_0_is_decided_too_and_a_choice_in_its_words(
    assessment: Assessment, standard: EditionNode, editor: User, head: User, reviewer: User
) -> None:
    answer_all(assessment, editor)
    ratio, choice = standard.indicators["2.6"], standard.indicators["4.32"]
    reason = "ไม่มีโครงการในรอบปี"
    save(assessment, ratio, editor, Entry(inputs={"numerator": 0, "denominator": 0}, no_case_reason=reason))
    save(assessment, choice, editor, NO_CASE)
    services.submit(assessment=assessment, by=head, certified=True)
    decide(assessment, ratio, reviewer, band=len(rows(ratio)))
    decide(assessment, choice, reviewer, band=2)
    answer = answer_of(assessment, ratio)
    assert str(answer.score) == "2.5"
    assert answer.inputs == {"numerator": 0, "denominator": 0}
    assert answer.explanation.startswith("0 จาก 0 โครงการ ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือกช่วง ")
    chosen = answer_of(assessment, choice)
    assert chosen.explanation == (f"ไม่มีกรณีในรอบปี → ผู้ตรวจประเมินเลือก“มากกว่า 15 วัน” → 5 คะแนน เพราะ{REASON}")
    # The form's column of results tells the office's reason and the reviewer's.
    assert figures_in_words(chosen, choice) == (
        f"ไม่มีกรณีในรอบปี: ไม่มีเรื่องร้องทุกข์ในรอบปี\nผู้ตรวจประเมินเลือก“มากกว่า 15 วัน” → 5 คะแนน เพราะ{REASON}"
    )
    assert figures_in_words(answer, ratio).startswith("0 จาก 0 โครงการ ไม่มีกรณีในรอบปี\nผู้ตรวจประเมินเลือกช่วง ")
    services.accept(assessment=assessment, by=reviewer)
    call_command("check_scores", verbosity=0)


def test_changing_one_s_mind_is_a_new_decision(
    waiting: Assessment, node: IndicatorNode, reviewer: User, manager: User
) -> None:
    decide(waiting, node, reviewer)
    assert not decide(waiting, node, reviewer).changed
    decide(waiting, node, manager, band=2, reason="ทะเบียนไม่ครบ")
    answer = answer_of(waiting, node)
    assert (answer.decided_band, answer.decided_reason, answer.decided_by) == (2, "ทะเบียนไม่ครบ", manager)
    assert [change.changes for change in answer.history.all()][:2] == [
        {"decided_band": [1, 2], "decided_reason": [REASON, "ทะเบียนไม่ครบ"]},
        {"decided_band": [None, 1], "decided_reason": ["", REASON]},
    ]


@pytest.mark.parametrize(
    "given", [{"band": 0}, {"band": 6}, {"band": -1}, {"reason": ""}, {"reason": " \n\u200b"}], ids=str
)
def test_only_a_printed_row_with_a_reason(
    given: dict[str, Any], waiting: Assessment, node: IndicatorNode, reviewer: User
) -> None:
    assert len(rows(node)) == 5
    with pytest.raises(Refused):
        decide(waiting, node, reviewer, **given)
    assert answer_of(waiting, node).decided_band is None


@pytest.mark.parametrize("code", ["2.1", "1.1", "4.32"])
def test_an_answer_with_numbers_of_its_own_is_not_decided(
    code: str, waiting: Assessment, standard: EditionNode, reviewer: User
) -> None:
    with pytest.raises(Refused):
        decide(waiting, standard.indicators[code], reviewer)
    assert not AnswerChange.objects.filter(by=reviewer).exists()


def test_nobody_else_and_at_no_other_time(
    waiting: Assessment, node: IndicatorNode, editor: User, head: User, admin: User, inspector: User, reviewer: User
) -> None:
    for user in (editor, head, admin, inspector):
        with pytest.raises(Refused):
            decide(waiting, node, user)
    services.return_for_correction(assessment=waiting, by=reviewer, reason="แก้", due_on=date(2026, 8, 20))
    with pytest.raises(Refused):
        decide(waiting, node, reviewer)
    assert answer_of(waiting, node).decided_band is None


# --- what becomes of a decision ----------------------------------------------------------------------


@pytest.fixture
def returned(waiting: Assessment, node: IndicatorNode, reviewer: User) -> Assessment:
    """Decided, and then returned."""
    decide(waiting, node, reviewer)
    services.return_for_correction(assessment=waiting, by=reviewer, reason="แก้ 4.31", due_on=date(2026, 8, 20))
    return waiting


@pytest.mark.parametrize(
    ("entry", "score", "explanation"),
    [
        (Entry(no_case=True, no_case_reason="ทะเบียนว่าง"), None, f"ไม่มีกรณีในรอบปี {WAITS}"),
        (
            Entry(inputs={"numerator": 0, "denominator": 0}, no_case_reason=NO_CASE.no_case_reason),
            None,
            f"0 จาก 0 เรื่อง ไม่มีกรณีในรอบปี {WAITS}",
        ),
        (Entry(inputs={"numerator": 9, "denominator": 10}), "7.5", "9 จาก 10 เรื่อง = ร้อยละ 90 → ช่วง 90-99 → 7.5 คะแนน"),
    ],
    ids=["reason", "zero", "numbers"],
)
def test_it_falls_when_the_office_changes_what_it_rests_on(
    entry: Entry, score: str | None, explanation: str, returned: Assessment, node: IndicatorNode, editor: User
) -> None:
    answer = save(returned, node, editor, entry)
    answer.refresh_from_db()
    assert (answer.decided_band, answer.decided_reason, answer.decided_at, answer.decided_by) == (None, "", None, None)
    assert (None if answer.score is None else str(answer.score), answer.explanation) == (score, explanation)
    change = answer.history.first()
    assert change is not None
    assert change.changes["decided_band"] == [1, None]
    assert change.changes["decided_reason"] == [REASON, ""]
    call_command("check_scores", verbosity=0)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(no_case=True, no_case_reason=NO_CASE.no_case_reason, performance="จัดช่องทางรับเรื่องไว้แล้ว"),
        # What cannot be read leaves the answer, and with it the decision.
        Entry(typed={"numerator": "หก"}),
    ],
    ids=["text", "unreadable"],
)
def test_it_stays_when_the_office_changes_something_else(
    entry: Entry, returned: Assessment, node: IndicatorNode, editor: User
) -> None:
    answer = save(returned, node, editor, entry)
    answer.refresh_from_db()
    assert (answer.decided_band, str(answer.score), answer.pending) == (1, "10.0", "")
    call_command("check_scores", verbosity=0)


def test_it_holds_over_a_second_submission(
    returned: Assessment, node: IndicatorNode, head: User, reviewer: User
) -> None:
    services.submit(assessment=returned, by=head, certified=True)
    assert services.accept(assessment=returned, by=reviewer).status == Status.ACCEPTED
    assert answer_of(returned, node).decided_band == 1


def test_accepting_waits_for_the_decision(waiting: Assessment, node: IndicatorNode, reviewer: User) -> None:
    with pytest.raises(Refused) as refused:
        services.accept(assessment=waiting, by=reviewer)
    assert refused.value.message
    waiting.refresh_from_db()
    assert waiting.status == Status.SUBMITTED
    decide(waiting, node, reviewer)
    assert services.accept(assessment=waiting, by=reviewer).status == Status.ACCEPTED


# --- the page ----------------------------------------------------------------------------------------


def post(client: Client, assessment: Assessment, code: str = "4.31", **changed: str) -> Any:
    whole = {"band": "1", "reason": REASON} | changed
    prefix = f"decide-{code.replace('.', '-')}"
    data = {f"{prefix}-{name}": value for name, value in whole.items()}
    return client.post(f"/offices/{assessment.pk}/indicators/{code}/decide/", data)


def told(response: Any) -> list[str]:
    return [f"{message.level_tag}: {message}" for message in get_messages(response.wsgi_request)]


def in_english(user: User) -> Client:
    client = signed_in(user)
    client.cookies["django_language"] = "en"
    return client


def read(client: Client, assessment: Assessment) -> str:
    return client.get(f"/offices/{assessment.pk}/").content.decode()


def words(page: str, code: str) -> str:
    part = page.split(f'id="indicator-{code}"')[1].split("</article>", maxsplit=1)[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def test_role_by_status_exactly_these_decide(
    waiting: Assessment,
    node: IndicatorNode,
    editor: User,
    head: User,
    reviewer: User,
    manager: User,
    inspector: User,
    admin: User,
    chiang_mai: Province,
) -> None:
    office = SupportOffice.objects.create(number=10)
    SupportMembership.objects.create(support_office=office, province=chiang_mai, starts_on=date(2020, 1, 1))
    supporter = person("s10@region.example", Role.SUPPORTER, support_office=office)
    answers = {}
    for user in (editor, head, reviewer, manager, inspector, admin, supporter):
        for status in Status:
            Assessment.objects.filter(pk=waiting.pk).update(status=status)
            written = AnswerChange.objects.count()
            response = post(signed_in(user), waiting, reason=f"{REASON} {user.role}")
            answers[user.role, status.value] = (response.status_code, AnswerChange.objects.count() - written)
    central = {"draft": (409, 0), "submitted": (302, 1), "returned": (409, 0), "accepted": (409, 0)}
    assert answers == {
        (role, status.value): central[status] if role in ("reviewer", "manager") else (403, 0)
        for role in ("office_editor", "office_head", "reviewer", "manager", "inspector", "admin", "supporter")
        for status in Status
    }


def test_strangers_do_not_find_it(waiting: Assessment, as_stranger: Client, supporter: User) -> None:
    assert post(as_stranger, waiting).status_code == 404
    assert post(signed_in(supporter), waiting).status_code == 404


@pytest.mark.parametrize("code", ["9.9", "1.1", "2.1", "x"])
def test_an_indicator_that_always_has_a_case_is_not_found(code: str, waiting: Assessment, as_reviewer: Client) -> None:
    assert post(as_reviewer, waiting, code).status_code == 404


def test_requires_login_and_a_post(waiting: Assessment, client: Client, as_reviewer: Client) -> None:
    assert post(client, waiting).headers["Location"].startswith("/accounts/login/")
    assert as_reviewer.get(f"/offices/{waiting.pk}/indicators/4.31/decide/").status_code == 405


def test_the_wrong_role_reads_why(waiting: Assessment, inspector: User) -> None:
    response = post(in_english(inspector), waiting)
    assert response.status_code == 403
    assert "Only the central division can decide an answer that had no case." in response.content.decode()


def test_a_double_post_is_done_once_and_says_so(waiting: Assessment, node: IndicatorNode, reviewer: User) -> None:
    client = in_english(reviewer)
    first, second = post(client, waiting), post(client, waiting)
    assert [first.status_code, second.status_code] == [302, 302]
    assert first.headers["Location"] == f"/offices/{waiting.pk}/"
    assert told(first) == ["success: The decision on indicator 4.31 is saved."]
    assert told(second)[-1] == "info: Indicator 4.31 was decided like this already; nothing changed."
    assert AnswerChange.objects.filter(by=reviewer).count() == 1


def test_the_page_asks_and_then_tells(
    waiting: Assessment, node: IndicatorNode, reviewer: User, inspector: User
) -> None:
    client = in_english(reviewer)
    page = read(client, waiting)
    assert page.count('href="#indicator-4.31"') == 2
    assert "1 indicator without a case this year waits for a decision" in page
    assert f'action="/offices/{waiting.pk}/accept/"' not in page
    asked = words(page, "4.31")
    assert NO_CASE.no_case_reason in asked
    assert all(f"{band.text} → " in asked for band in rows(node))
    assert re.findall(r'name="decide-4-31-band" value="(\d)"', page) == ["1", "2", "3", "4", "5"]
    assert " checked" not in page.split('id="indicator-4.31"')[1].split("</article>")[0]
    other = read(in_english(inspector), waiting)
    assert "decide-4-31" not in other
    assert "No score yet: a reviewer gives one of the printed rows." in words(other, "4.31")
    post(client, waiting, band="2")
    page = read(client, waiting)
    now = words(page, "4.31")
    assert f"ผู้ตรวจประเมินเลือกช่วง 90-99 → 7.5 คะแนน เพราะ{REASON}" in now
    assert f"Why there was no case: {NO_CASE.no_case_reason}" in now
    assert f"Decided by {reviewer.full_name}, 3 Aug 2569 B.E. 10:00" in now
    assert "Change the decision" in now
    assert 'href="#indicator-4.31"' not in page
    assert f'action="/offices/{waiting.pk}/accept/"' in page
    # Changing one's mind starts from the decision in force.
    assert re.findall(r'value="(\d)" id="id_decide-4-31-band_\d" checked', page) == ["2"]
    client.post(f"/offices/{waiting.pk}/accept/", {"accept-confirmed": "on"})
    page = read(client, waiting)
    assert "decide-4-31" not in page
    assert f"Decided by {reviewer.full_name}" in words(page, "4.31")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"band": ""}, "Choose one of the printed rows."),
        ({"band": "6"}, "Choose one of the printed rows."),
        ({"reason": " "}, "Write why this row is right, so that the office understands its score."),
        ({"reason": "ก" * 5001}, "Write at most 5000 characters; this has 5001."),
    ],
    ids=["no row", "unknown row", "no reason", "long"],
)
def test_errors_say_what_to_do_and_keep_what_was_typed(
    changed: dict[str, str], sentence: str, waiting: Assessment, node: IndicatorNode, reviewer: User
) -> None:
    response = post(in_english(reviewer), waiting, **changed)
    assert response.status_code == 422
    page = response.content.decode()
    # On top and at the field, and in the title.
    assert page.count(sentence) == 2
    assert "<title>Error: " in page
    (target,) = re.findall(rf'<a href="#([^"]+)">{re.escape(sentence)}', page)
    assert page.count(f'id="{target}"') == 1
    if "band" in changed:
        assert REASON in page
    else:
        assert re.findall(r'value="(\d)" id="id_decide-4-31-band_\d" checked', page) == ["1"]
        assert changed["reason"].strip() in page
    assert answer_of(waiting, node).decided_band is None


def test_an_answer_that_is_no_longer_without_a_case(
    waiting: Assessment, node: IndicatorNode, reviewer: User, standard: EditionNode
) -> None:
    response = post(in_english(reviewer), waiting, "4.32")
    assert response.status_code == 422
    page = response.content.decode()
    assert "This answer has its score from its own numbers; there is nothing to decide." in page
    assert REASON in page


def test_a_colleague_was_quicker_the_typed_reason_is_kept(
    waiting: Assessment, node: IndicatorNode, reviewer: User, manager: User
) -> None:
    services.return_for_correction(assessment=waiting, by=manager, reason="แก้ 2.1", due_on=date(2026, 8, 20))
    response = post(in_english(reviewer), waiting)
    assert response.status_code == 409
    page = response.content.decode()
    assert "This assessment is back with the office for correction." in page
    assert REASON in page


def test_accepting_by_post_says_what_waits(waiting: Assessment, reviewer: User) -> None:
    response = in_english(reviewer).post(f"/offices/{waiting.pk}/accept/", {"accept-confirmed": "on"})
    assert response.status_code == 422
    sentence = "1 indicator without a case this year still waits for a decision; decide it before you accept."
    assert sentence in response.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == Status.SUBMITTED


def test_the_office_reads_the_decision(waiting: Assessment, node: IndicatorNode, reviewer: User, editor: User) -> None:
    decide(waiting, node, reviewer, band=2)
    client = in_english(editor)
    page = client.get(f"/assessments/{waiting.pk}/indicators/4.31/").content.decode()
    assert f"ผู้ตรวจประเมินเลือกช่วง 90-99 → 7.5 คะแนน เพราะ{REASON}" in page
    history = client.get(f"/assessments/{waiting.pk}/indicators/4.31/history/").content.decode()
    assert reviewer.full_name in history
    assert rows(node)[1].text in history
    assert REASON in history
    assert REASON in client.get(f"/assessments/{waiting.pk}/form/").content.decode()


def test_the_page_takes_seven_queries_however_many_wait(
    waiting: Assessment, standard: EditionNode, editor: User, reviewer: User, django_assert_num_queries: Any
) -> None:
    client = signed_in(reviewer)
    read(client, waiting)
    # Session, person, assessment, answers, evidence, history.
    with django_assert_num_queries(7):
        read(client, waiting)
    Answer.objects.filter(assessment=waiting, indicator__code__in=["4.13", "4.19"]).update(
        no_case=True,
        no_case_reason="ไม่มี",
        inputs=None,
        pending="no_case",
        score=None,
        band=None,
        changed_at=timezone.now(),
    )
    decide(waiting, standard.indicators["4.13"], reviewer)
    with django_assert_num_queries(7):
        assert "decide-4-19" in read(client, waiting)
