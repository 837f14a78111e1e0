"""Opening a round, changing it, extending one office."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import services
from assessments.models import Answer, AnswerChange, Assessment, Extension, LogEntry, Province, Round, User
from assessments.services import Entry, Refused
from assessments.workflow import Status, Window
from indicators import editions
from indicators.editions import EditionNode
from indicators.models import Area, Dimension, Edition, Indicator, Standard
from tests.answers import answer_all
from tests.rivals import rival

OPENS, CLOSES = date(2026, 7, 1), date(2026, 9, 30)


def change(round_: Round, by: User, **other: Any) -> Round:
    fields = {"opens_on": OPENS, "closes_on": CLOSES, "budget_target": round_.budget_target, **other}
    return services.change_round(round_=round_, by=by, **fields)


@pytest.fixture
def later_edition(db: None) -> Edition:
    """A published edition of 2570 with a single indicator."""
    edition = Edition.objects.create(year=2570, title="ฉบับทดลอง", printed_year=2570)
    dimension = Dimension.objects.create(edition=edition, number=2, name="มิติ", short_name="มิติ", scored=True)
    area = Area.objects.create(dimension=dimension, number=1, name="ด้าน")
    standard = Standard.objects.create(area=area, number=1, name="มาตรฐาน")
    Indicator.objects.create(
        edition=edition,
        standard=standard,
        code="2.1",
        number=1,
        name="ตัวชี้วัด",
        criterion="1 ครั้ง",
        rule={
            "kind": "count",
            "label": "จำนวน",
            "unit": "ครั้ง",
            "bands": [
                {"score": "10", "text": "1 ครั้งขึ้นไป", "label": "1", "at_least": 1},
                {"score": "0", "text": "ไม่มี", "label": "ไม่มี", "at_least": 0},
            ],
        },
        evidence=["รายงาน"],
        guidance=["ทำรายงาน"],
    )
    return editions.publish(edition)


class TestOpening:
    def test_one_assessment_for_each_office_with_an_empty_answer_for_each_indicator(
        self, round_2569: Round, standard: EditionNode, manager: User
    ) -> None:
        assessments = Assessment.objects.filter(round=round_2569)
        assert assessments.count() == 76
        assert not assessments.filter(province__iso="TH-10").exists()
        assert set(assessments.values_list("status", "closes_on", "answered", "touched")) == {
            (Status.DRAFT, CLOSES, 0, False)
        }
        answers = Answer.objects.filter(assessment__round=round_2569)
        assert answers.count() == 76 * 86
        blank = Answer()
        for answer in answers.filter(assessment__province__iso="TH-50"):
            for field in Answer._meta.concrete_fields:
                if field.name not in {"id", "assessment", "indicator"}:
                    assert getattr(answer, field.attname) == getattr(blank, field.attname)
        empty = assessments[0].results
        assert empty["overall"] == {
            "sum": "0",
            "count": 55,
            "open": 55,
            "low": "0.09",
            "high": "10.00",
            "mean": None,
            "level": None,
        }
        assert empty["answered"] == dict.fromkeys(standard.areas, 0)
        assert (round_2569.opened_by, round_2569.opened_at <= timezone.now()) == (manager, True)

    def test_is_written_down(self, round_2569: Round, manager: User) -> None:
        entry = LogEntry.objects.get()
        assert (entry.what, entry.about, entry.by) == ("open_round", "2569", manager)
        assert entry.details == {"opens_on": "2026-07-01", "closes_on": "2026-09-30", "budget_target": None}

    def test_twice_is_refused(self, round_2569: Round, edition: Edition, manager: User) -> None:
        with pytest.raises(Refused, match="2569"):
            services.open_round(
                year=2569, edition=edition, opens_on=OPENS, closes_on=CLOSES, budget_target=None, by=manager
            )
        assert Assessment.objects.count() == 76

    def test_a_round_opened_in_the_same_moment_is_refused_in_the_same_words(
        self, edition: Edition, manager: User
    ) -> None:
        def faster() -> None:
            Round.objects.create(year=2569, edition=edition, opens_on=OPENS, closes_on=CLOSES, opened_by=manager)

        with (
            pytest.raises(Refused, match="2569"),
            rival(faster, after="assessments_round"),
        ):
            services.open_round(
                year=2569, edition=edition, opens_on=OPENS, closes_on=CLOSES, budget_target=None, by=manager
            )
        assert not Assessment.objects.exists()

    def test_another_fault_of_the_database_is_not_called_so(self, edition: Edition, manager: User) -> None:
        with pytest.raises(IntegrityError):
            services.open_round(
                year=2569, edition=edition, opens_on=OPENS, closes_on=CLOSES, budget_target=Decimal(101), by=manager
            )

    @pytest.mark.parametrize(
        ("opens_on", "closes_on", "taken"),
        [
            (date(2025, 9, 30), CLOSES, False),
            (date(2025, 10, 1), CLOSES, True),
            (date(2026, 9, 30), date(2026, 9, 30), True),
            (date(2026, 10, 1), date(2026, 10, 31), False),
            (date(2026, 9, 2), date(2026, 9, 1), False),
            (date(2026, 9, 1), date(2026, 9, 1), True),
        ],
    )
    def test_opens_within_its_fiscal_year_and_closes_after_it_opens(
        self, edition: Edition, manager: User, opens_on: date, closes_on: date, *, taken: bool
    ) -> None:
        def open_it() -> Round:
            return services.open_round(
                year=2569, edition=edition, opens_on=opens_on, closes_on=closes_on, budget_target=None, by=manager
            )

        if taken:
            assert open_it().opens_on == opens_on
        else:
            with pytest.raises(Refused):
                open_it()
            assert not Round.objects.exists()

    def test_needs_a_published_edition(self, manager: User) -> None:
        draft = Edition.objects.create(year=2571, title="ฉบับร่าง", printed_year=2571)
        with pytest.raises(Refused):
            services.open_round(
                year=2569, edition=draft, opens_on=OPENS, closes_on=CLOSES, budget_target=None, by=manager
            )

    @pytest.mark.parametrize("who", ["editor", "head", "supporter", "inspector", "reviewer", "admin"])
    def test_only_a_manager_opens(self, edition: Edition, request: pytest.FixtureRequest, who: str) -> None:
        by = request.getfixturevalue(who)
        with pytest.raises(Refused):
            services.open_round(year=2569, edition=edition, opens_on=OPENS, closes_on=CLOSES, budget_target=None, by=by)

    def test_keeps_the_edition_it_was_opened_with(
        self, assessment: Assessment, editor: User, manager: User, later_edition: Edition
    ) -> None:
        assert editions.current() == later_edition
        standard = editions.standard_of(assessment.round.edition)
        assert len(standard.indicators) == 86
        saved = services.save_answer(
            assessment=assessment, indicator=standard.indicators["2.1"], by=editor, version=0, entry=Entry({"count": 2})
        )
        assert saved.answer.score == Decimal("2.5")
        assert saved.assessment.results["overall"]["count"] == 55
        newer = services.open_round(
            year=2570,
            edition=later_edition,
            opens_on=date(2026, 10, 1),
            closes_on=date(2027, 9, 30),
            budget_target=None,
            by=manager,
        )
        assert Answer.objects.filter(assessment__round=newer).count() == 76
        assert Answer.objects.filter(assessment__round=assessment.round).count() == 76 * 86


class TestChanging:
    def test_moves_every_office_s_closing_day(self, round_2569: Round, manager: User) -> None:
        change(round_2569, manager, closes_on=date(2026, 8, 31), opens_on=date(2026, 7, 15))
        round_2569.refresh_from_db()
        assert (round_2569.opens_on, round_2569.closes_on) == (date(2026, 7, 15), date(2026, 8, 31))
        assert set(round_2569.assessments.values_list("closes_on", flat=True)) == {date(2026, 8, 31)}

    def test_an_extended_office_keeps_a_later_day(
        self, round_2569: Round, assessment: Assessment, manager: User
    ) -> None:
        services.extend(assessment=assessment, closes_on=date(2026, 10, 15), reason="น้ำท่วม", by=manager)
        change(round_2569, manager, closes_on=date(2026, 10, 10))
        days = dict(round_2569.assessments.values_list("province__iso", "closes_on"))
        assert days.pop("TH-50") == date(2026, 10, 15)
        assert set(days.values()) == {date(2026, 10, 10)}
        change(round_2569, manager, closes_on=date(2026, 10, 31))
        assert set(round_2569.assessments.values_list("closes_on", flat=True)) == {date(2026, 10, 31)}

    def test_the_newest_extension_counts_even_when_it_is_earlier(
        self, round_2569: Round, assessment: Assessment, manager: User
    ) -> None:
        services.extend(assessment=assessment, closes_on=date(2026, 10, 31), reason="น้ำท่วม", by=manager)
        services.extend(assessment=assessment, closes_on=date(2026, 10, 15), reason="น้ำลดแล้ว", by=manager)
        change(round_2569, manager, closes_on=date(2026, 10, 1))
        assessment.refresh_from_db()
        assert assessment.closes_on == date(2026, 10, 15)

    @pytest.mark.parametrize("closes_on", [date(2026, 8, 19), date(2026, 8, 20), date(2026, 8, 21)])
    def test_a_returned_office_keeps_the_day_it_was_promised(
        self, round_2569: Round, assessment: Assessment, head: User, manager: User, closes_on: date
    ) -> None:
        for due_on in (date(2026, 9, 15), date(2026, 8, 20)):
            answer_all(assessment, head)
            services.submit(assessment=assessment, by=head, certified=True)
            services.return_for_correction(assessment=assessment, by=manager, reason="แก้ข้อ 2.1", due_on=due_on)
        change(round_2569, manager, closes_on=closes_on)
        days = dict(round_2569.assessments.values_list("province__iso", "closes_on"))
        assert days.pop("TH-50") == max(closes_on, date(2026, 8, 20))
        assert set(days.values()) == {closes_on}

    def test_a_promise_that_was_kept_moves_no_day(
        self, round_2569: Round, assessment: Assessment, head: User, manager: User
    ) -> None:
        answer_all(assessment, head)
        services.submit(assessment=assessment, by=head, certified=True)
        services.return_for_correction(assessment=assessment, by=manager, reason="แก้ข้อ 2.1", due_on=date(2026, 9, 15))
        services.submit(assessment=assessment, by=head, certified=True)
        change(round_2569, manager, closes_on=date(2026, 8, 31))
        assert set(round_2569.assessments.values_list("closes_on", flat=True)) == {date(2026, 8, 31)}

    def test_locks_the_round_then_all_its_assessments_before_it_reads_or_writes_more(
        self, round_2569: Round, manager: User
    ) -> None:
        with CaptureQueriesContext(connection) as captured:
            change(round_2569, manager, budget_target=Decimal(94))
        statements = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert 'FROM "assessments_round"' in statements[0]
        assert 'FROM "assessments_assessment"' in statements[1]
        assert 'ORDER BY "assessments_assessment"."id" ASC' in statements[1]
        if connection.features.has_select_for_update:
            assert statements[0].endswith('FOR NO KEY UPDATE OF "assessments_round"')
            assert statements[1].endswith('FOR UPDATE OF "assessments_assessment"')

    @pytest.mark.parametrize(
        ("target", "met", "shortfall", "pending"),
        [
            ("94.99", True, Decimal(0), ""),
            ("95", True, Decimal(0), ""),
            ("95.01", False, Decimal("0.01"), ""),
            (None, None, None, "target"),
        ],
    )
    def test_a_new_target_judges_1_31_again(
        self,
        round_2569: Round,
        assessment: Assessment,
        standard: EditionNode,
        editor: User,
        manager: User,
        target: str | None,
        met: bool | None,
        shortfall: Decimal | None,
        pending: str,
    ) -> None:
        change(round_2569, manager, budget_target=Decimal(50))
        services.save_answer(
            assessment=assessment,
            indicator=standard.indicators["1.31"],
            by=editor,
            version=0,
            entry=Entry({"spent": Decimal(95), "allocated": Decimal(100)}),
        )
        change(round_2569, manager, budget_target=Decimal(target) if target else None)
        answer = Answer.objects.get(assessment=assessment, indicator__code="1.31")
        assert (answer.met, answer.shortfall, answer.pending) == (met, shortfall, pending)
        assert (answer.version, answer.is_answered) == (1, True)
        assert AnswerChange.objects.count() == 1

    def test_tells_old_and_new_of_what_changed(self, round_2569: Round, manager: User) -> None:
        change(round_2569, manager, budget_target=Decimal(94))
        entry = LogEntry.objects.first()
        assert entry is not None
        assert (entry.what, entry.details) == ("change_round", {"budget_target": [None, "94"]})

    def test_dates_outside_the_year_are_refused(self, round_2569: Round, manager: User) -> None:
        with pytest.raises(Refused):
            change(round_2569, manager, opens_on=date(2026, 10, 1), closes_on=date(2026, 10, 2))
        with pytest.raises(Refused):
            change(round_2569, manager, closes_on=date(2026, 6, 30))

    @pytest.mark.parametrize("who", ["editor", "head", "supporter", "inspector", "reviewer", "admin"])
    def test_only_a_manager_changes(self, round_2569: Round, request: pytest.FixtureRequest, who: str) -> None:
        with pytest.raises(Refused):
            change(round_2569, request.getfixturevalue(who), closes_on=date(2026, 9, 1))


class TestExtending:
    def test_opens_the_office_s_window_and_no_other(
        self, round_2569: Round, assessment: Assessment, manager: User, phuket: Province, time_machine: Any
    ) -> None:
        services.extend(assessment=assessment, closes_on=date(2026, 10, 7), reason=" น้ำท่วม ", by=manager)
        time_machine.move_to("2026-10-07T23:59:59+07:00", tick=False)
        assessment.refresh_from_db()
        other = Assessment.objects.whole().get(round=round_2569, province=phuket)
        assert (assessment.window(), other.window()) == (Window.OPEN, Window.CLOSED)
        time_machine.move_to("2026-10-08T00:00:00+07:00", tick=False)
        assert assessment.window() == Window.CLOSED
        extension = Extension.objects.get()
        assert (extension.reason, extension.given_by, extension.province) == ("น้ำท่วม", manager, assessment.province)
        entry = LogEntry.objects.first()
        assert entry is not None
        assert (entry.what, entry.details) == ("extend", {"province": "TH-50", "closes_on": "2026-10-07"})

    @pytest.mark.parametrize(
        ("day", "reason"),
        [(date(2026, 9, 30), "น้ำท่วม"), (date(2026, 9, 1), "น้ำท่วม"), (date(2026, 10, 1), "  "), (date(2026, 10, 1), "")],
    )
    def test_needs_a_later_day_and_a_reason(
        self, assessment: Assessment, manager: User, day: date, reason: str
    ) -> None:
        with pytest.raises(Refused):
            services.extend(assessment=assessment, closes_on=day, reason=reason, by=manager)
        assert not Extension.objects.exists()

    def test_a_day_that_has_passed_is_refused_today_is_not(
        self, assessment: Assessment, manager: User, time_machine: Any
    ) -> None:
        time_machine.move_to("2026-10-05T12:00:00+07:00")
        with pytest.raises(Refused):
            services.extend(assessment=assessment, closes_on=date(2026, 10, 4), reason="น้ำท่วม", by=manager)
        extension = services.extend(assessment=assessment, closes_on=date(2026, 10, 5), reason="น้ำท่วม", by=manager)
        assert extension.closes_on == date(2026, 10, 5)
