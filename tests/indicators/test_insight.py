"""Advice: every rule of the edition is inverted; a step reaches its row, and one case fewer does not."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators import insight
from indicators.editions import EditionNode
from indicators.rules import AttendanceRule, CampaignRule, ChoiceRule, CountRule, PercentRule, Rule
from indicators.scoring import row_of, score


def some_inputs(rule: Rule) -> st.SearchStrategy[dict[str, Any]]:
    whole = st.integers(1, 3000)
    match rule:
        case CountRule(maximum=maximum):
            return st.integers(0, maximum or 8000).map(lambda count: {"count": count})
        case PercentRule():
            return whole.flatmap(lambda d: st.integers(0, d).map(lambda n: {"numerator": n, "denominator": d}))
        case ChoiceRule(bands=bands):
            return st.integers(1, len(bands)).map(lambda option: {"option": option})
        case AttendanceRule():
            return st.integers(1, 200).flatmap(
                lambda d: st.lists(st.integers(0, d), min_size=1, max_size=6).map(
                    lambda came: {"directory_total": d, "attendance": came}
                )
            )
        case CampaignRule():
            return st.tuples(st.integers(1, 9), whole).flatmap(
                lambda pair: st.integers(0, pair[1]).map(
                    lambda joined: {"projects": pair[0], "joined": joined, "invited": pair[1]}
                )
            )
    raise AssertionError(rule)


def one_fewer(rule: Rule, before: dict[str, Any], reached: dict[str, Any]) -> list[dict[str, Any]]:
    """The step's inputs, less one case of whatever the step had added."""
    fewer: list[dict[str, Any]] = []
    for name, value in reached.items():
        old = before[name]
        if isinstance(value, list):
            came = sorted(old, reverse=True) + [0] * (len(value) - len(old))
            for place, (people, was) in enumerate(zip(value, came, strict=True)):
                if people > was:
                    fewer.append({**reached, name: [*value[:place], people - 1, *value[place + 1 :]]})
        elif name != "option" and value != old:
            fewer.append({**reached, name: value + (1 if value < old else -1)})
    return fewer


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_rule_is_inverted(standard: EditionNode, data: st.DataObject) -> None:
    for node in standard.scored:
        rule = node.rule
        assert isinstance(rule, Rule)
        inputs = data.draw(some_inputs(rule), label=node.code)
        present = score(rule, inputs)
        assert row_of(rule, inputs) == present.band
        steps = insight.next_steps(rule, inputs)
        for step in steps:
            assert score(rule, step.inputs).score == step.score
            assert score(rule, step.inputs).band == step.band
            for fewer in one_fewer(rule, inputs, step.inputs):
                after = score(rule, fewer)
                assert after.score is not None
                assert after.score < step.score
        bands = [step.band for step in steps]
        assert bands == sorted(set(bands), reverse=True)
        if present.band == 1:
            assert bands == []
        elif not isinstance(rule, PercentRule) or rule.direction == "higher":
            assert bands[-1] == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_drop_is_the_smallest_loss_of_the_row(standard: EditionNode, data: st.DataObject) -> None:
    for node in standard.scored:
        rule = node.rule
        assert isinstance(rule, Rule)
        inputs = data.draw(some_inputs(rule), label=node.code)
        present = score(rule, inputs)
        drop = insight.drop_of(rule, inputs)
        if isinstance(rule, ChoiceRule) or present.band == len(rule.bands):
            assert drop is None
            continue
        assert drop is not None
        assert drop.cases >= 1
        lower = score(rule, drop.inputs).score
        assert lower is not None
        assert present.score is not None
        assert lower < present.score


@pytest.mark.parametrize(
    ("code", "inputs", "needs"),
    [
        ("2.1", {"count": 3}, ["อีก 1 รูปแบบ", "อีก 2 รูปแบบ"]),
        ("2.2", {"numerator": 888, "denominator": 1000}, ["อีก 12 ฉบับ จาก 1,000 ฉบับ"]),
        ("2.8", {"numerator": 3, "denominator": 20}, ["ลดลง 1 คน จาก 20 คน"]),
        ("2.4", {"count": 18}, ["อีก 6 ครั้ง"]),
        ("4.29", {"projects": 4, "joined": 69, "invited": 100}, None),
    ],
)
def test_the_words(standard: EditionNode, code: str, inputs: dict[str, Any], needs: list[str] | None) -> None:
    rule = standard.indicators[code].rule
    assert isinstance(rule, Rule)
    told = [step.needs for step in insight.next_steps(rule, inputs)]
    if needs is None:
        assert told == [
            "เข้าร่วมเพิ่มอีก 1 องค์การ จากที่เชิญ 100 องค์การ",
            "อีก 1 โครงการ และเข้าร่วมเพิ่มอีก 1 องค์การ จากที่เชิญ 100 องค์การ",
        ]
    else:
        assert told == needs
