"""What a round of review teaches: the figures against numbers made by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from assessments.learned import (
    Cell,
    Move,
    Overdue,
    Stand,
    Stay,
    Verdict,
    claimers,
    criteria,
    days,
    mean_of,
    overdue,
    steps,
)

TEN, SEVEN, FIVE, LOW, NONE = Decimal(10), Decimal("7.5"), Decimal(5), Decimal("2.5"), Decimal(0)
CHIANG_MAI, LAMPHUN, PHUKET = 50, 51, 83


@pytest.mark.parametrize(
    ("number", "of", "step"),
    [
        (0, 0, 0),
        (0, 100, 0),
        (1, 0, 3),
        (1, 100, 1),
        (4, 100, 1),
        (5, 100, 2),
        (14, 100, 2),
        (15, 100, 3),
        (100, 100, 3),
    ],
)
def test_the_steps_of_the_heat_map(number: int, of: int, step: int) -> None:
    assert Cell(number, of).step == step


def test_a_criterion_is_counted_by_kind() -> None:
    """At 2.1 four of five verdicts gave another row: two down (by 2.5 and by 5), one up (by 2.5), one without a case.
    Two disputes, one of them won: the final score went from 5 to 7.5."""
    verdicts = [
        Verdict(CHIANG_MAI, "2.1", claimed=TEN, verified=SEVEN),
        Verdict(LAMPHUN, "2.1", claimed=TEN, verified=FIVE, final=SEVEN, disputed=True, settled=True),
        Verdict(PHUKET, "2.1", claimed=FIVE, verified=SEVEN),
        Verdict(52, "2.1", claimed=None, verified=FIVE),
        Verdict(53, "2.1", claimed=TEN, verified=TEN, final=TEN, is_row=False, disputed=True, settled=True),
    ]
    first, second = criteria(
        ["2.1", "2.2"],
        judged={"2.1": 5},
        verdicts=verdicts,
        questions={"2.1": 3},
        evidence={"2.1": 1},
        sent=40,
        told=10,
    )
    assert (first.judged, first.questions, first.evidence) == (5, Cell(3, 40), Cell(1, 40))
    assert (first.up, first.rise) == (Cell(1, 5), Fraction(5, 2))
    assert (first.down, first.fall) == (Cell(2, 5), Fraction(-15, 4))
    assert first.given == Cell(1, 5)
    assert (first.disputes, first.won) == (Cell(2, 10), Cell(1, 10))
    assert first.all == Cell(3 + 1 + 2 + 1 + 1 + 2, 40)
    assert (second.judged, second.all, second.rise, second.fall) == (0, Cell(0, 40), None, None)
    assert {second.up.step, second.questions.step, second.disputes.step, second.all.step} == {0}


def test_nothing_judged_yet() -> None:
    (row,) = criteria(["2.1"], judged={}, verdicts=[], questions={}, evidence={}, sent=0, told=0)
    assert (row.judged, row.all, row.all.step) == (0, Cell(0, 0), 0)
    assert (claimers({}, []), mean_of([])) == ([], None)


@pytest.mark.parametrize(
    ("verified", "final", "settled", "won"),
    [
        (FIVE, SEVEN, True, True),
        (FIVE, FIVE, True, False),
        (FIVE, LOW, True, False),
        (FIVE, None, False, False),
        (None, None, True, False),
    ],
)
def test_a_dispute_is_won_where_the_final_score_is_higher(
    verified: Decimal | None, final: Decimal | None, settled: bool, won: bool
) -> None:
    assert Verdict(1, "2.1", TEN, verified, final, disputed=True, settled=settled).won is won


def test_without_a_dispute_none_is_won() -> None:
    assert not Verdict(1, "2.1", TEN, FIVE, SEVEN, disputed=False, settled=True).won


def test_offices_by_how_far_their_claims_are_off() -> None:
    """Chiang Mai: 4 judged, 10 -> 5 and 10 -> 7.5: -7.5/4. Phuket: 2 judged, 5 -> 7.5: +2.5/2. Lamphun: nothing off."""
    verdicts = [
        Verdict(CHIANG_MAI, "2.1", claimed=TEN, verified=SEVEN),
        Verdict(CHIANG_MAI, "2.2", claimed=TEN, verified=FIVE),
        Verdict(PHUKET, "2.1", claimed=FIVE, verified=SEVEN),
        # No claim, and no verdict of another row: neither says anything of a claim.
        Verdict(LAMPHUN, "4.31", claimed=None, verified=FIVE),
        Verdict(LAMPHUN, "2.1", claimed=TEN, verified=TEN, is_row=False, disputed=True),
    ]
    found = claimers({LAMPHUN: 3, CHIANG_MAI: 4, PHUKET: 2, 99: 0}, verdicts)
    assert [(each.office, each.judged, each.up, each.down, each.mean) for each in found] == [
        (CHIANG_MAI, 4, 0, 2, Fraction(-15, 8)),
        (LAMPHUN, 3, 0, 0, Fraction(0)),
        (PHUKET, 2, 1, 0, Fraction(5, 4)),
    ]
    assert [verdict.code for verdict in found[0].most] == ["2.2", "2.1"]
    # (-7.5 + 0 + 2.5) / 9 answers.
    assert mean_of(found) == Fraction(-5, 9)


def test_only_the_greatest_differences_are_named() -> None:
    verdicts = [Verdict(1, f"2.{n}", TEN, verified) for n, verified in enumerate([SEVEN, NONE, FIVE, LOW], start=1)]
    (found,) = claimers({1: 4}, verdicts)
    assert [verdict.code for verdict in found.most] == ["2.2", "2.4", "2.3"]


BEGIN = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)


def after(days_: float) -> datetime:
    return BEGIN + timedelta(days=days_)


def test_how_long_the_steps_take() -> None:
    """Submitted: 1, 3 and 10 days, and a second stay of 2; the middle of the four is 2.5. Returned: 4 days."""
    moves = {
        CHIANG_MAI: [Move("submitted", after(0)), Move("in_review", after(1)), Move("verified", after(8))],
        LAMPHUN: [
            Move("submitted", after(0)),
            Move("returned", after(3)),
            Move("submitted", after(7)),
            Move("in_review", after(9)),
        ],
        PHUKET: [Move("submitted", after(0)), Move("in_review", after(10)), Move("published", after(11))],
    }
    submitted, returned, in_review, verified = steps(
        ["submitted", "returned", "in_review", "verified"], moves, after(12.5)
    )
    assert [days(stay.length) for stay in submitted.over] == [1, 2, 3, 10]
    assert submitted.median == timedelta(days=2.5)
    assert (submitted.longest, submitted.now) == (Stay(PHUKET, timedelta(days=10)), [])
    assert (returned.median, len(returned.over)) == (timedelta(days=4), 1)
    assert [stay.office for stay in in_review.over] == [PHUKET, CHIANG_MAI]
    assert in_review.median == timedelta(days=4)
    assert in_review.longest_now == Stay(LAMPHUN, timedelta(days=3.5))
    assert (verified.median, verified.longest) == (None, None)
    assert verified.longest_now == Stay(CHIANG_MAI, timedelta(days=4.5))


def test_the_median_of_an_odd_number_is_the_middle_one() -> None:
    moves = {n: [Move("a", after(0)), Move("b", after(length))] for n, length in enumerate([9, 1, 2])}
    (found,) = steps(["a"], moves, after(20))
    assert found.median == timedelta(days=2)


def test_days_are_exact() -> None:
    assert days(timedelta(hours=36)) == Fraction(3, 2)
    assert days(timedelta(seconds=1)) == Fraction(1, 86400)


TODAY = date(2026, 9, 20)


def stand(state: str, *, since: int = 20, closes: int = 30, due: int | None = None, reply: int | None = None) -> Stand:
    def day(number: int | None) -> date | None:
        return None if number is None else date(2026, 9, number)

    return Stand(CHIANG_MAI, state, date(2026, 9, since), date(2026, 9, closes), day(due), day(reply))


@pytest.mark.parametrize(
    ("where", "kind", "number"),
    [
        (stand("draft", closes=20), "", 0),
        (stand("draft", closes=19), "not_submitted", 1),
        (stand("returned", due=20), "", 0),
        (stand("returned", due=18, closes=30), "not_corrected", 2),
        (stand("returned", due=None), "", 0),
        (stand("verified", reply=24), "", 0),
        (stand("verified", reply=23), "reply_ending", 3),
        (stand("verified", reply=20), "reply_ending", 0),
        (stand("verified", reply=19), "reply_over", 1),
        (stand("submitted", since=7), "", 0),
        (stand("submitted", since=6), "untouched", 14),
        (stand("in_review", since=5), "in_review", 15),
        (stand("replied", since=6), "unsettled", 14),
        (stand("final", since=1), "", 0),
        (stand("published", since=1, closes=2), "", 0),
    ],
)
def test_what_is_overdue(where: Stand, kind: str, number: int) -> None:
    assert [(late.kind, late.days) for late in overdue([where], TODAY)] == ([(kind, number)] if kind else [])


def test_the_longest_overdue_of_each_kind_first() -> None:
    found = overdue(
        [stand("submitted", since=5), stand("draft", closes=19), stand("submitted", since=2), stand("draft", closes=3)],
        TODAY,
    )
    assert found == [
        Overdue("not_submitted", CHIANG_MAI, date(2026, 9, 3), 17),
        Overdue("not_submitted", CHIANG_MAI, date(2026, 9, 19), 1),
        Overdue("untouched", CHIANG_MAI, date(2026, 9, 2), 18),
        Overdue("untouched", CHIANG_MAI, date(2026, 9, 5), 15),
    ]
