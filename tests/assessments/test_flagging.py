"""Computing a round's flags from what is stored, and telling them."""

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from assessments import services
from assessments.flags import NO_EVIDENCE
from assessments.models import Answer, Assessment, Evidence, EvidenceUse, Flag, Province, Round, User
from assessments.queries import flags
from assessments.services.flagging import flag_later, flag_round
from assessments.workflow import Role
from indicators.models import Edition
from tests.answers import answer_all
from tests.conftest import person
from tests.evidence import added, answer_to
from tests.uploads import pdf
from tests.years import BEFORE, at, open_2568, save


@pytest.fixture
def answered(assessment: Assessment, editor: User) -> Assessment:
    answer_all(assessment, editor)
    return assessment


def submitted(assessment: Assessment, head: User) -> Assessment:
    services.submit(assessment=assessment, by=head, certified=True)
    assessment.refresh_from_db()
    return assessment


def codes(assessment: Assessment, code: str) -> dict[str, int]:
    rows = Flag.objects.filter(answer__assessment=assessment, answer__indicator__code=code)
    return dict(rows.values_list("code", "weight"))


def about(assessment: Assessment, code: str, flag: str) -> dict[str, Any]:
    row: dict[str, Any] = Flag.objects.get(answer__assessment=assessment, answer__indicator__code=code, code=flag).about
    return row


def test_what_was_not_submitted_has_no_flags(answered: Assessment, round_2569: Round) -> None:
    assert flag_round(round_2569) == 0
    assert Flag.objects.count() == 0


def test_flags_are_kept_and_computed_anew(answered: Assessment, head: User, round_2569: Round) -> None:
    submitted(answered, head)
    number = flag_round(round_2569)
    assert Flag.objects.count() == number > 0
    # All 55 are claimed at the top without a file.
    assert Flag.objects.filter(code=NO_EVIDENCE).count() == 55
    assert codes(answered, "2.3") == {"no_evidence": 25, "edge": 15}
    Flag.objects.filter(code=NO_EVIDENCE).update(weight=99)
    assert flag_round(round_2569) == number
    assert (Flag.objects.count(), Flag.objects.filter(weight=99).count()) == (number, 0)
    round_2569.refresh_from_db()
    assert round_2569.flagged_at is not None
    assert timedelta(0) < timezone.now() - round_2569.flagged_at < timedelta(minutes=1)


def test_another_round_s_flags_stay(
    answered: Assessment, head: User, round_2569: Round, edition: Edition, phuket: Province, manager: User
) -> None:
    submitted(answered, head)
    number = flag_round(round_2569)
    other = open_2568(edition, phuket, manager)
    assert flag_round(other.round) == 0
    assert Flag.objects.count() == number


def test_reading_takes_the_same_queries_for_one_office_and_two(
    answered: Assessment,
    head: User,
    stranger: User,
    phuket: Province,
    round_2569: Round,
    django_assert_num_queries: Any,
) -> None:
    """Nine to read, and the lock, the deletion, one insertion and the time between two savepoints to write."""
    submitted(answered, head)
    with django_assert_num_queries(15):
        first = flag_round(round_2569)
    other = Assessment.objects.whole().get(round=round_2569, province=phuket)
    answer_all(other, stranger)
    submitted(other, person("head@phuket.example", Role.OFFICE_HEAD, province=phuket))
    with django_assert_num_queries(15):
        assert flag_round(round_2569) == 2 * first


def test_a_jump_a_document_date_and_a_contradiction(
    time_machine: Any,
    edition: Edition,
    assessment: Assessment,
    chiang_mai: Province,
    editor: User,
    head: User,
    manager: User,
) -> None:
    with at(time_machine, BEFORE):
        before = open_2568(edition, chiang_mai, manager)
        save(before, editor, "4.26", inputs={"count": 10})
    answer_all(assessment, editor, c4_26={"count": 30}, c2_8={"numerator": 0, "denominator": 90})
    file = added(assessment, editor, "4.26")
    Evidence.objects.filter(pk=file.pk).update(document_date=date(2025, 9, 30))
    submitted(assessment, head)
    flag_round(assessment.round)
    assert codes(assessment, "4.26") == {"jump": 30, "dated": 25}
    assert about(assessment, "4.26", "jump") == {"figures": [["", "10", "30", "ครั้ง"]], "reason": ""}
    assert codes(assessment, "2.8")["contradicts"] == codes(assessment, "2.7")["contradicts"] == 40


def test_the_same_file_at_two_offices_and_in_two_years(
    time_machine: Any,
    edition: Edition,
    assessment: Assessment,
    chiang_mai: Province,
    phuket: Province,
    editor: User,
    stranger: User,
    head: User,
    manager: User,
) -> None:
    with at(time_machine, BEFORE):
        before = open_2568(edition, chiang_mai, manager)
        old = added(before, editor, "2.1", content=pdf(text="old"))
        carried = added(before, editor, "2.3", content=pdf(text="carried"))
    answer_all(assessment, editor)
    added(assessment, editor, "2.1", content=pdf(text="old"))
    added(assessment, editor, "2.4", content=pdf(text="two offices"))
    services.evidence.carry_over(evidence=carried, answer=answer_to(assessment, "2.3"), by=editor)
    other = Assessment.objects.whole().get(round=assessment.round, province=phuket)
    added(other, stranger, "2.5", content=pdf(text="two offices"))
    submitted(assessment, head)
    flag_round(assessment.round)
    assert old.sha256
    assert codes(assessment, "2.1") == {"same_file": 25, "little_evidence": 10}
    assert codes(assessment, "2.3") == {"carried": 5, "edge": 15}
    # A draft's evidence is nobody's claim yet.
    assert "shared" not in codes(assessment, "2.4")
    answer_all(other, stranger)
    submitted(other, person("head@phuket.example", Role.OFFICE_HEAD, province=phuket))
    flag_round(assessment.round)
    assert codes(assessment, "2.4")["shared"] == codes(other, "2.5")["shared"] == 40
    assert about(other, "2.5", "shared")["offices"] == [["เชียงใหม่", "Chiang Mai", 2569]]
    # What is deleted serves nothing.
    services_used = EvidenceUse.objects.get(answer=answer_to(other, "2.5"))
    Evidence.objects.filter(pk=services_used.evidence_id).update(deleted_at=timezone.now(), deleted_by=stranger)
    flag_round(assessment.round)
    assert "shared" not in codes(assessment, "2.4")


def test_changed_after_a_return(
    time_machine: Any, answered: Assessment, editor: User, head: User, reviewer: User
) -> None:
    services.return_for_correction(
        assessment=submitted(answered, head), by=reviewer, reason="นับใหม่", due_on=date(2026, 8, 20)
    )
    time_machine.shift(timedelta(hours=1))
    save(answered, editor, "2.3", inputs={"count": 11}, performance="นับใหม่แล้ว")
    save(answered, editor, "2.4", inputs={"count": 24}, performance="ข้อความเท่านั้น")
    submitted(answered, head)
    flag_round(answered.round)
    assert about(answered, "2.3", "changed") == {
        "after": "return",
        "was": "12 ครั้ง",
        "now": "11 ครั้ง",
        "reason": "",
    }
    assert "changed" not in codes(answered, "2.4")


def test_a_submission_has_the_worker_compute_them(
    answered: Assessment, head: User, round_2569: Round, django_capture_on_commit_callbacks: Any, time_machine: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        submitted(answered, head)
    task = DBTaskResult.objects.get(task_path="assessments.services.flagging.flag_later")
    pk, asked_at = task.args_kwargs["args"]
    assert pk == round_2569.pk
    assert timedelta(0) < timezone.now() - datetime.fromisoformat(asked_at) < timedelta(minutes=1)
    flag_later.func(pk, asked_at)
    assert Flag.objects.filter(code=NO_EVIDENCE).count() == 55
    # Asked for before it was computed: it is in already.
    Flag.objects.all().delete()
    time_machine.shift(timedelta(minutes=1))
    flag_later.func(pk, asked_at)
    assert Flag.objects.count() == 0
    flag_later.func(pk, timezone.now().isoformat())
    assert Flag.objects.filter(code=NO_EVIDENCE).count() == 55


# --- the command -----------------------------------------------------------------------------------


def test_the_command(answered: Assessment, head: User, edition: Edition, manager: User, phuket: Province) -> None:
    open_2568(edition, phuket, manager)
    submitted(answered, head)

    def run(*years: int) -> str:
        out = StringIO()
        call_command("flag_answers", *years, stdout=out)
        return out.getvalue()

    number = flag_round(answered.round)
    assert run().startswith(f"{number} flags of round 2569 in ")
    assert run(2568).startswith("0 flags of round 2568 in ")
    with pytest.raises(CommandError, match=r"^There is no round of 2500\.$"):
        run(2500)


def test_the_command_without_a_round(db: None) -> None:
    with pytest.raises(CommandError, match=r"^There is no round\.$"):
        call_command("flag_answers")


# --- in words --------------------------------------------------------------------------------------

SPREAD: dict[str, Any] = {
    "value": "40",
    "low": "20",
    "high": "28",
    "unit": "ครั้ง",
    "percent": False,
    "offices": 9,
    "region": "north",
    "above": True,
}


@pytest.mark.parametrize(
    ("code", "about", "sentence"),
    [
        (
            "spread",
            SPREAD,
            "40 ครั้ง here; of the 9 offices of the region that submitted, the middle half lie between 20 ครั้ง and "
            "28 ครั้ง. What is different at this office?",
        ),
        (
            "spread",
            {**SPREAD, "region": "", "percent": True},
            "40 percent here; of the 9 offices of the country that submitted, the middle half lie between 20 percent "
            "and 28 percent. What is different at this office?",
        ),
        (
            "jump",
            {"figures": [["เชิญ", "10", "30", "แห่ง"], ["", "1", "9", ""]], "reason": ""},
            "เชิญ: last year 10, this year 30 แห่ง · last year 1, this year 9. What changed?",
        ),
        (
            "no_evidence",
            {"score": "7.5", "held": 0, "kinds": 2},
            "A score of 7.5 is claimed and no file or link is attached. What shows it?",
        ),
        (
            "little_evidence",
            {"score": "10", "held": 1, "kinds": 4},
            "A score of 10 is claimed and 1 of the 4 kinds of evidence that the handbook names are ticked. "
            "Does the office hold the others?",
        ),
        (
            "dated",
            {"files": [["ก.pdf", "2025-09-30"]], "count": 1, "year": 2569},
            "“ก.pdf” of 30 Sep 2568 B.E. (fiscal year 2568): does it show what was done in fiscal year 2569?",
        ),
        (
            "dated",
            {"files": [["ก.pdf", "2025-09-30"]], "count": 3, "year": 2569},
            "“ก.pdf” of 30 Sep 2568 B.E. (fiscal year 2568) and 2 more: does it show what was done in fiscal year "
            "2569?",
        ),
        (
            "shared",
            {"file": "ก.pdf", "offices": [["ภูเก็ต", "Phuket", 2569]], "count": 1, "files": 1},
            "The same file “ก.pdf” is attached by other offices: Phuket (2569). Whose work does it show?",
        ),
        (
            "shared",
            {"file": "ก.pdf", "offices": [["ภูเก็ต", "Phuket", 2569]], "count": 11, "files": 1},
            "The same file “ก.pdf” is attached by many offices: Phuket (2569) and 10 more. Was it sent to all of them?",
        ),
        (
            "same_file",
            {"file": "ก.pdf", "years": [2567, 2568], "files": 1},
            "The same file “ก.pdf” was attached in 2567, 2568 already. Does it show this year's work?",
        ),
        (
            "carried",
            {"file": "ก.pdf", "files": 1},
            "The office carries “ก.pdf” on from last year as still the same. Does it still hold this year?",
        ),
        (
            "edge",
            {"unit": "ครั้ง", "fewer": True, "score": "10", "below": "7.5"},
            "One ครั้ง fewer would give 7.5 instead of 10. Are all of them in the records?",
        ),
        (
            "edge",
            {"unit": "คน", "fewer": False, "score": "10", "below": "7.5"},
            "One คน more would give 7.5 instead of 10. Are all of them counted?",
        ),
        (
            "contradicts",
            {"sentences": ["ก ตัวเลขใดถูกต้อง"], "reasons": []},
            "Figures of this office do not go together. Which one is right?",
        ),
        (
            "changed",
            {"after": "return", "was": "", "now": "9 ครั้ง", "reason": ""},
            "After the return the figures were changed: before –, now 9 ครั้ง. What shows the new ones?",
        ),
        (
            "changed",
            {"after": "confirmation", "was": "5 ครั้ง", "now": "9 ครั้ง", "reason": "นับใหม่"},
            "The office confirmed a warning and changed the figures afterwards: before 5 ครั้ง, now 9 ครั้ง. "
            "What shows the new ones?",
        ),
        (
            "changed",
            {"after": "jump", "was": "5 ครั้ง", "now": "9 ครั้ง", "reason": ""},
            "The first figures were far from last year's and were changed: before 5 ครั้ง, now 9 ครั้ง. "
            "What shows the new ones?",
        ),
    ],
)
def test_each_flag_is_a_question(code: str, about: dict[str, Any], sentence: str) -> None:
    with translation.override("en"):
        told = flags.told(Flag(code=code, about=about, weight=7))
        assert (told.code, told.weight, told.sentence) == (code, 7, sentence)
        assert told.name == str(flags.NAMES[code])
        assert told.quotes == tuple(about.get("sentences", ()))
        assert told.reasons == (("นับใหม่",) if about.get("reason") else ())


def test_flags_by_answer_the_weightiest_first(
    answered: Assessment, head: User, round_2569: Round, django_assert_num_queries: Any
) -> None:
    submitted(answered, head)
    flag_round(round_2569)
    rows = {row.indicator.code: row.pk for row in Answer.objects.of(answered).select_related("indicator")}
    with django_assert_num_queries(1):
        found = flags.flags_of([rows["2.3"], rows["1.2"]])
    assert {pk: [told.code for told in each] for pk, each in found.items()} == {rows["2.3"]: ["no_evidence", "edge"]}
