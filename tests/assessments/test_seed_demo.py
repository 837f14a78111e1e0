"""The demo data: made once, refused in production, and exactly what the rules say."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine as machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Q
from django.test import override_settings

from assessments import files
from assessments.access import assessments_seen
from assessments.calendar import day_of, fiscal_year
from assessments.demo import ACCOUNTS
from assessments.demo.drawing import Office, draw_inputs
from assessments.demo.filling import span_of
from assessments.demo.texts import NO_CASE, WORDS
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Assignment,
    Carry,
    Comment,
    Evidence,
    Flag,
    ItemPrice,
    Outcome,
    Question,
    Response,
    Review,
    ReviewChange,
    Round,
    StatusChange,
    User,
    Visit,
)
from assessments.queries import flags, following, plan
from assessments.queries.resources import resources_of
from assessments.services import review
from assessments.services.answers import COLUMNS, results_of
from assessments.services.moves import answers_hash
from assessments.workflow import CLOSED, Action, Role, Status, Window
from indicators import editions
from indicators.editions import EditionNode

NOW = "2026-11-22T10:00:00+07:00"
YEARS = [2568, 2569, 2570]


def run(command: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The command's output and the folder of the evidence; taken back after the last test of this file."""
    folder = tmp_path_factory.mktemp("evidence")
    storages = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder), "base_url": None},
        },
    }
    with django_db_blocker.unblock(), override_settings(LOCAL=True, STORAGES=storages), transaction.atomic():
        with machine.travel(NOW, tick=True):
            said = run("seed_demo")
        yield said, folder
        transaction.set_rollback(True)


def test_refused_in_production(db: None) -> None:
    with override_settings(LOCAL=False), pytest.raises(CommandError, match="never in production"):
        run("seed_demo")
    assert not User.objects.exists()


def test_refused_where_real_rounds_are(round_2569: Round, settings: Any) -> None:
    settings.LOCAL = True
    with pytest.raises(CommandError, match="rounds of its own"):
        run("seed_demo")
    assert list(User.objects.values_list("email", flat=True)) == ["manager@central.example"]


def test_the_same_seed_draws_the_same_figures(standard: EditionNode) -> None:
    node = standard.indicators["2.2"]
    first = draw_inputs(Office("TH-50"), node, year=2569, first_year=2568)
    assert first == draw_inputs(Office("TH-50"), node, year=2569, first_year=2568)
    assert first != draw_inputs(Office("TH-51"), node, year=2569, first_year=2568)


def test_every_indicator_has_words_and_a_reason_where_no_case_is_offered(standard: EditionNode) -> None:
    assert set(WORDS) == set(standard.indicators)
    assert set(NO_CASE) == {code for code, node in standard.indicators.items() if node.rule.no_case}


def test_nothing_lies_in_the_future(seeded: Any) -> None:
    now = datetime.fromisoformat(NOW) + timedelta(minutes=10)
    assert not AnswerChange.objects.filter(at__gt=now).exists()
    assert not StatusChange.objects.filter(at__gt=now).exists()
    assert not Evidence.objects.filter(added_at__gt=now).exists()


@pytest.mark.parametrize(
    ("now", "begin", "end"),
    [
        ("2026-10-01T00:05:00+07:00", "2026-10-01T00:05:00+07:00", "2026-10-01T00:05:00+07:00"),
        ("2026-10-01T12:00:00+07:00", "2026-10-01T08:00:00+07:00", "2026-10-01T12:00:00+07:00"),
        ("2027-09-30T23:59:00+07:00", "2026-10-01T08:00:00+07:00", "2027-09-28T00:00:00+07:00"),
    ],
)
def test_offices_work_until_now_at_the_latest(now: str, begin: str, end: str) -> None:
    found = span_of(opens_on=date(2026, 10, 1), closes_on=date(2027, 9, 30), now=datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(begin), datetime.fromisoformat(end))


def test_three_rounds_of_76_offices(seeded: Any) -> None:
    rounds = list(Round.objects.order_by("year"))
    assert [round_.year for round_ in rounds] == YEARS
    assert [str(round_.budget_target) for round_ in rounds] == ["93.00", "94.00", "94.00"]
    assert [(str(round_.opens_on), str(round_.closes_on)) for round_ in rounds] == [
        ("2025-07-01", "2025-09-30"),
        ("2026-07-01", "2026-09-30"),
        ("2026-10-01", "2027-09-30"),
    ]
    for round_ in rounds:
        assert round_.assessments.count() == 76
        assert Answer.objects.filter(assessment__round=round_).count() == 76 * 86


def test_past_rounds_are_published_and_the_current_one_is_mixed(seeded: Any) -> None:
    for year in YEARS[:2]:
        past = Assessment.objects.of_year(year)
        assert set(past.values_list("status", "answered")) == {(Status.PUBLISHED, 86)}
        assert [row for row in past if row.results["overall"]["mean"] is None] == []
    current = Assessment.objects.of_year(2570)
    assert Counter(current.values_list("status", flat=True)) == {
        Status.DRAFT: 48,
        Status.SUBMITTED: 10,
        Status.IN_REVIEW: 5,
        Status.RETURNED: 6,
        Status.VERIFIED: 3,
        Status.REPLIED: 2,
        Status.FINAL: 2,
    }
    assert current.filter(touched=False).count() == 10
    drafts = current.filter(status=Status.DRAFT, touched=True)
    assert drafts.filter(answered=86).count() == 3
    assert len(set(drafts.values_list("answered", flat=True))) > 20


def test_levels_are_like_those_of_2562(seeded: Any) -> None:
    """Then 50 offices were good, 24 fairly good and 2 below."""
    for year in YEARS[:2]:
        levels = Counter(row.results["overall"]["level"] for row in Assessment.objects.of_year(year))
        assert 42 <= levels["good"] <= 58
        assert 16 <= levels["fairly_good"] <= 32
        assert 1 <= levels["should_improve"] + levels["must_improve"] + levels["urgent"] <= 8


def test_an_office_keeps_its_character(seeded: Any) -> None:
    means = {
        year: {row.province_id: row.results["overall"]["low"] for row in Assessment.objects.of_year(year)}
        for year in YEARS[:2]
    }
    apart = [abs(float(means[2568][key]) - float(means[2569][key])) for key in means[2568]]
    assert sum(apart) / len(apart) < 0.6
    assert max(apart) < 2


def test_two_offices_for_a_newcomer(seeded: Any) -> None:
    chiang_mai = Assessment.objects.get(round__year=2570, province__iso="TH-50")
    assert (chiang_mai.status, chiang_mai.answered) == (Status.DRAFT, 70)
    assert chiang_mai.evidence.count() >= 6
    phuket = Assessment.objects.get(round__year=2570, province__iso="TH-83")
    assert (phuket.touched, phuket.answered, phuket.evidence.count()) == (False, 0, 0)


def test_every_score_is_what_the_rules_say(seeded: Any) -> None:
    assert run("check_scores") == ("Every stored score and total is what the rules say (rounds: 2570, 2569, 2568).\n")


def test_there_are_zeros_and_answers_without_a_case(seeded: Any) -> None:
    assert Answer.objects.filter(score=0).count() > 50
    without_case = Answer.objects.filter(no_case=True)
    assert without_case.filter(assessment__round__year__lt=2570).count() == 6
    assert without_case.filter(assessment__round__year=2570).count() >= 3
    assert not without_case.filter(no_case_reason="").exists()
    # Decided wherever the assessment is verified; a few submitted ones wait.
    decided = without_case.filter(decided_band__isnull=False)
    judged = without_case.filter(assessment__status__in=[*CLOSED, Status.VERIFIED, Status.REPLIED])
    assert not judged.filter(decided_band=None).exists()
    assert decided.count() >= 6
    assert without_case.filter(assessment__status=Status.SUBMITTED, pending="no_case").count() >= 2
    for answer in decided.select_related("assessment", "review"):
        begun = answer.assessment.history.filter(action=Action.BEGIN).first()
        assert begun is not None
        assert answer.decided_at is not None
        assert answer.decided_at == answer.review.judged_at
        assert answer.decided_at >= begun.at
        assert (answer.review.outcome, answer.review.band) == (Outcome.ROW, answer.decided_band)
        assert answer.review.judged_version == answer.version


def test_history_leads_to_what_is_stored(seeded: Any) -> None:
    stored: dict[int, dict[str, Any]] = {}
    versions: Counter[int] = Counter()
    for change in AnswerChange.objects.order_by("answer_id", "version").iterator():
        versions[change.answer_id] += 1
        assert change.version == versions[change.answer_id]
        row = stored.setdefault(change.answer_id, {})
        for column, (old, new) in change.changes.items():
            assert row.get(column, old) == old
            row[column] = new
    for answer in Answer.objects.all().iterator():
        assert answer.version == versions[answer.pk]
        for column, value in stored.get(answer.pk, {}).items():
            assert getattr(answer, column) == value
        if not answer.version:
            assert [getattr(answer, column) for column in COLUMNS] == [getattr(Answer(), column) for column in COLUMNS]


def test_moves_follow_one_another_in_time(seeded: Any) -> None:
    for assessment in Assessment.objects.prefetch_related("history").select_related("round"):
        moves = sorted(assessment.history.all(), key=lambda move: move.number)
        assert [move.number for move in moves] == list(range(1, len(moves) + 1))
        assert [move.at for move in moves] == sorted(move.at for move in moves)
        assert [move.from_status for move in moves] == [Status.DRAFT, *(move.to_status for move in moves)][: len(moves)]
        assert assessment.status == (moves[-1].to_status if moves else Status.DRAFT)
        submissions = [move for move in moves if move.action == Action.SUBMIT]
        assert assessment.submitted_at == (submissions[-1].at if submissions else None)
        if submissions:
            assert assessment.reference.endswith(f"-{len(submissions)}")
    assert not StatusChange.objects.filter(action=Action.RETURN, due_on__isnull=True).exists()


def test_hashes_are_those_of_the_answers(seeded: Any) -> None:
    submitted = Assessment.objects.whole().exclude(answers_hash="").order_by("pk")
    assert submitted.count() == 180
    for assessment in submitted[::15]:
        assert assessment.answers_hash == answers_hash(assessment)


def test_evidence_is_real(seeded: tuple[str, Path]) -> None:
    _said, folder = seeded
    kept = Evidence.objects.filter(kind=Evidence.Kind.FILE)
    # What is carried on shares last year's file.
    assert kept.filter(carried_from=None).count() == sum(path.is_file() for path in folder.rglob("*"))
    checked = set()
    for evidence in kept:
        body = (folder / str(evidence.file.name)).read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (evidence.size, evidence.sha256)
        if evidence.name not in checked:
            checked.add(evidence.name)
            found = files.check(SimpleUploadedFile(evidence.name, body))
            assert found.kind.content_type == evidence.content_type
    # Eight papers of three years, and few of the files are the same at two offices or in two years.
    assert len(checked) == 24
    assert 0.8 < kept.values("sha256").distinct().count() / kept.count() < 0.95
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 60_000_000
    assert Evidence.objects.filter(kind=Evidence.Kind.LINK, url__startswith="https://owncloud.example/").exists()


def test_what_is_carried_on_is_last_year_s(seeded: Any) -> None:
    carried = Evidence.objects.exclude(carried_from=None).select_related("carried_from", "assessment__round")
    assert carried.count() >= 10
    for evidence in carried:
        last = evidence.carried_from
        assert last is not None
        assert (evidence.sha256, evidence.file.name, evidence.name) == (last.sha256, last.file.name, last.name)
        assert last.assessment.province_id == evidence.assessment.province_id
        assert last.assessment.round.year == evidence.assessment.round.year - 1
        answers = set(evidence.uses.values_list("answer", flat=True))
        assert answers == set(Carry.objects.filter(evidence=last, choice="same").values_list("answer", flat=True))


# --- the review ------------------------------------------------------------------------------------


def test_verdicts_are_as_the_services_write_them(seeded: Any) -> None:
    for assessment in Assessment.objects.whole().exclude(verified_results={}):
        standard = editions.standard_of(assessment.round.edition)
        judged = review.current(assessment)
        scores = {pk: (row.score, True) for pk, row in judged.items()}
        assert assessment.verified_results == results_of(standard, scores)
        is_whole = assessment.status in {*CLOSED, Status.VERIFIED, Status.REPLIED}
        assert (len(judged) == 86) is is_whole
    agreed = Review.objects.filter(outcome=Outcome.AGREE).exclude(band=F("answer__band"), score=F("answer__score"))
    assert not agreed.filter(answer__band__isnull=False).exists()
    others = Review.objects.filter(outcome=Outcome.ROW, answer__no_case=False)
    assert not others.filter(band=F("answer__band")).exists()
    assert 0.01 < others.count() / Review.objects.count() < 0.05


def test_the_history_of_verdicts_leads_to_what_is_stored(seeded: Any) -> None:
    stored: dict[int, dict[str, Any]] = {}
    for change in ReviewChange.objects.order_by("review_id", "version").iterator():
        row = stored.setdefault(change.review_id, {"version": 0})
        assert change.version == row["version"] + 1
        for column, (old, new) in change.changes.items():
            assert row.get(column, old) == old
            row[column] = new
        row["version"] = change.version
    for each in Review.objects.all().iterator():
        for column, value in stored.pop(each.pk).items():
            now = getattr(each, column)
            assert value == (f"{now.normalize():f}" if isinstance(now, Decimal) else now) or value == now.isoformat()
    assert stored == {}


def test_final_results_stand_where_the_review_is_closed(seeded: Any) -> None:
    closed = Assessment.objects.whole().filter(status__in=CLOSED)
    assert closed.count() == 154
    for assessment in closed[::11]:
        rows = Review.objects.filter(answer__assessment=assessment).select_related("answer")
        scores = {row.answer.indicator_id: (row.final_score, True) for row in rows if row.final_at}
        assert len(scores) == 86
        assert assessment.final_results == results_of(editions.standard_of(assessment.round.edition), scores)
    disputed = Review.objects.filter(response=Response.DISPUTE)
    assert not disputed.filter(answer__assessment__in=closed).filter(Q(final_at=None) | Q(final_reason="")).exists()
    granted = disputed.filter(final_score=F("answer__score"))
    assert 5 <= granted.count() < disputed.count()
    # One office still waits for a settlement, in one the office's days run.
    open_ = disputed.filter(final_at=None).values_list("answer__assessment__status", flat=True)
    assert set(open_) == {Status.REPLIED, Status.VERIFIED}
    assert not Assessment.objects.exclude(status__in=CLOSED).exclude(final_results={}).exists()


def test_questions_go_with_a_return(seeded: Any) -> None:
    for question in Question.objects.select_related("answer__assessment", "answer__indicator"):
        assessment = question.answer.assessment
        code = question.answer.indicator.code
        if question.sent_with is None:
            assert assessment.status == Status.IN_REVIEW
            continue
        sent = assessment.history.get(number=question.sent_with)
        assert sent.action == Action.RETURN
        is_back = assessment.status == Status.RETURNED
        assert (question.answered_at is None, code in assessment.asked) == (is_back, is_back)
        assert (question.closed_at is None) == (assessment.status in (Status.RETURNED, Status.SUBMITTED))
    asked = Assessment.objects.exclude(asked=[])
    assert (asked.count(), set(asked.values_list("status", flat=True))) == (5, {Status.RETURNED})
    assert Question.objects.filter(sent_with=None).count() == 10


def test_days_to_reply_and_one_day_of_publishing(seeded: Any) -> None:
    for move in StatusChange.objects.filter(action=Action.VERIFY).select_related("assessment"):
        assert move.due_on == move.assessment.reply_until == day_of(move.at) + timedelta(days=14)
    for move in StatusChange.objects.filter(action=Action.FINALISE, from_status=Status.VERIFIED):
        assert move.assessment.reply_until is not None
        assert day_of(move.at) > move.assessment.reply_until
    published = StatusChange.objects.filter(action=Action.PUBLISH).values_list("assessment__round__year", "at")
    assert Counter(year for year, _ in set(published)) == {2568: 1, 2569: 1}
    assert len(published) == 152
    verified = Assessment.objects.filter(status=Status.VERIFIED)
    assert {row.reply_window(datetime.fromisoformat(NOW)) for row in verified} == {Window.OPEN}


def test_every_flag_occurs(seeded: Any) -> None:
    current = Round.objects.get(year=2570)
    assert current.flagged_at is not None
    assert set(Flag.objects.values_list("code", flat=True)) == set(flags.NAMES)
    assert set(Flag.objects.values_list("answer__assessment__round", flat=True)) == {current.pk}
    assert not Flag.objects.filter(answer__assessment__status=Status.DRAFT).exists()
    assert all(flags.told(flag).sentence for flag in Flag.objects.all())


def test_one_account_for_each_role(seeded: tuple[str, Path]) -> None:
    said, _folder = seeded
    assert {account.role for account in ACCOUNTS} == set(Role)
    assert User.objects.count() == 76 * 2 + 5
    assert not User.objects.filter(is_demo=False).exists()
    for account in ACCOUNTS:
        user = User.objects.select_related("province").get(email=account.email)
        assert (user.full_name, user.role) == (account.full_name, account.role)
        assert (user.province.iso if user.province else "") == account.iso
        assert user.check_password(settings.DEMO_PASSWORD)
        assert account.email in said


def test_the_supporter_sees_the_example_provinces(seeded: Any) -> None:
    supporter = User.objects.get(role=Role.SUPPORTER)
    assert assessments_seen(supporter).of_year(2570).count() == 7


def test_one_office_has_a_plan_of_last_year_and_one_of_this_year(seeded: Any) -> None:
    current = Assessment.objects.whole().get(round__year=2570, province__iso="TH-50")
    rows = plan.rows_of(current)
    past = plan.past_plan(current, rows)
    assert past is not None
    assert (past.assessment.round.year, len(past.steps)) == (2569, 5)
    assert {step.state for step in past.steps} == {"reached", "not_yet"}
    steps = plan.planned(rows)
    assert steps
    assert [row.state for row in steps] == ["not_yet"] * len(steps)
    assert all(row.step and row.step.due_on and row.step.who and row.step.action for row in steps)


def test_one_office_has_shared_out_its_work_and_talks_about_it(seeded: Any) -> None:
    given = Assignment.objects.filter(assessment__round__year=2570).select_related("assessment__province", "person")
    assert (
        {row.assessment.province.iso for row in given}
        == {"TH-50"}
        == {row.person.province.iso for row in given if row.person.province}
    )
    assert Counter(row.person.role for row in given) == {"office_editor": 24, "office_head": 12}
    late = [row.indicator.code for row in given if row.due_on and row.due_on < date(2026, 11, 22)]
    assert (late, Assignment.objects.count()) == (["2.9"], 36)
    found = Counter((row.answer.assessment.province.iso, row.thread) for row in Comment.objects.all())
    assert found == {("TH-50", "office"): 3, ("TH-50", "centre"): 2}
    assert all(row.at < datetime.fromisoformat(NOW) for row in Comment.objects.all())


def test_two_offices_were_visited_and_one_says_what_became_of_it(seeded: Any) -> None:
    visits = Visit.objects.order_by("visited_on", "assessment__province__iso")
    rows = visits.values_list("assessment__round__year", "assessment__province__iso", "by__role")
    assert list(rows) == [
        (2569, "TH-50", "supporter"),
        (2569, "TH-52", "supporter"),
        (2570, "TH-50", "inspector"),
        (2570, "TH-52", "inspector"),
    ]
    assert [fiscal_year(visit.visited_on) for visit in visits] == [2569, 2569, 2570, 2570]
    office = Assessment.objects.whole().get(round__year=2570, province__iso="TH-50")
    found = following.following_of(office)
    assert [item.row.follow_up for item in found.findings] == ["done", "going_on", ""]
    assert len(found.steps) == 5


def test_some_items_have_a_price_and_some_have_none(seeded: Any) -> None:
    priced = ItemPrice.objects.values_list("round__year", "item").order_by()
    assert Counter(priced) == {
        (year, item): n for year in (2569, 2570) for item, n in (("thing", 10), ("insurance", 2))
    }
    round_ = Round.objects.select_related("edition").get(year=2569)
    shortage = resources_of(round_, User.objects.get(role="manager")).shortage
    assert shortage.cost > 0
    assert shortage.unpriced


def test_a_second_run_does_nothing(seeded: Any) -> None:
    models = (User, Round, Assessment, Answer, AnswerChange, StatusChange, Evidence)
    before = [model.objects.count() for model in models]
    assert run("seed_demo") == "The demo data is here already; nothing was changed.\n"
    assert [model.objects.count() for model in models] == before
