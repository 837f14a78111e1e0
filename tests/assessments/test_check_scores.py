"""The command that proves the stored scores."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments import services
from assessments.models import Answer, Assessment, Round, User
from tests import reviewing
from tests.answers import answer_all


def run(**options: int) -> str:
    out = StringIO()
    call_command("check_scores", stdout=out, **options)
    return out.getvalue()


def test_says_so_when_all_is_right(assessment: Assessment, editor: User) -> None:
    answer_all(assessment, editor)
    assert run() == "Every stored score and total is what the rules say (rounds: 2569).\n"
    assert run(year=2569) == run()


def test_a_wrong_score_shows_with_its_totals(assessment: Assessment, editor: User) -> None:
    answer_all(assessment, editor)
    Answer.objects.filter(assessment=assessment, indicator__code="2.1").update(score="7.5")
    out = StringIO()
    with pytest.raises(CommandError, match="1 stored values"):
        call_command("check_scores", stdout=out)
    assert out.getvalue() == ("สนง.พมจ.เชียงใหม่ 2569 2.1 score: stored Decimal('7.5'), the rules say Decimal('10')\n")


def test_wrong_totals_show(assessment: Assessment, editor: User) -> None:
    answer_all(assessment, editor)
    Assessment.objects.filter(pk=assessment.pk).update(answered=85, touched=False)
    with pytest.raises(CommandError, match="2 stored values"):
        run()


def test_inputs_that_the_rule_refuses_show(assessment: Assessment, editor: User) -> None:
    answer_all(assessment, editor)
    Answer.objects.filter(assessment=assessment, indicator__code="2.2").update(
        inputs={"numerator": 9, "denominator": 3}
    )
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_scores", stdout=out)
    assert "2.2 inputs" in out.getvalue()


def test_one_round_only(assessment: Assessment) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(answered=1)
    with pytest.raises(CommandError, match="1 stored values"):
        run(year=2569)
    with pytest.raises(CommandError, match="no round of fiscal year 2560"):
        run(year=2560)


def test_without_a_round_there_is_nothing_to_check(db: None) -> None:
    assert not Round.objects.exists()
    assert run() == "Every stored score and total is what the rules say (rounds: none).\n"


def test_verified_and_final_totals_are_held_against_the_verdicts(
    assessment: Assessment, editor: User, head: User, reviewer: User
) -> None:
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    done = reviewing.final(Assessment.objects.whole().get(pk=assessment.pk), reviewer, head, c2_1=2)
    assert run() == "Every stored score and total is what the rules say (rounds: 2569).\n"
    for column in ("verified_results", "final_results"):
        right = getattr(done, column)
        Assessment.objects.filter(pk=done.pk).update(**{column: {**right, "scores": "4" * 55}})
        with pytest.raises(CommandError, match="1 stored values"):
            run()
        Assessment.objects.filter(pk=done.pk).update(**{column: right})
