"""Answers for the tests: what an office may enter for every indicator, worst and best."""

from typing import Any

from assessments import services
from assessments.models import Assessment, User
from assessments.services import Entry
from indicators import editions
from indicators.checks import AtLeast, Insured, PerGroup, PerPerson, Range, Share, Target, Yes
from indicators.editions import IndicatorNode
from indicators.rules import AttendanceRule, CampaignRule, ChoiceRule, CountRule, PercentRule


def best(node: IndicatorNode) -> dict[str, Any]:
    """Inputs that reach the top row, or meet the criterion."""
    match node.rule:
        case CountRule(bands=bands, per_year=per_year):
            return {"count": int(bands[0].at_least or 0) * per_year}
        case PercentRule(direction=direction):
            return {"numerator": 100 if direction == "higher" else 0, "denominator": 100}
        case ChoiceRule():
            return {"option": 1}
        case AttendanceRule():
            return {"directory_total": 10, "attendance": [10, 9, 8]}
        case CampaignRule():
            return {"projects": 5, "joined": 7, "invited": 10}
        case AtLeast(at_least=edge):
            return {"count": int(edge)}
        case PerPerson():
            return {"amount": "230", "people": 100}
        case Range(low=low):
            return {"count": low}
        case PerGroup(groups=groups, low=low):
            return {"groups": [low for _ in groups]}
        case Share():
            return {"numerator": 30, "denominator": 30}
        case Yes():
            return {"has": True}
        case Insured(low=low):
            return {"vehicles": low, "insured": low}
        case Target():
            return {"spent": "95", "allocated": "100"}
    raise AssertionError(node.code)


def answer_all(assessment: Assessment, by: User, **other: dict[str, Any]) -> None:
    """Answer all 86 indicators through the service, the best way unless `other` says how ("c2_1" for 2.1)."""
    standard = editions.standard_of(assessment.round.edition)
    versions = dict(assessment.answers.values_list("indicator_id", "version"))
    for node in standard.indicators.values():
        inputs = other.get("c" + node.code.replace(".", "_"), best(node))
        services.save_answer(
            assessment=assessment,
            indicator=node,
            by=by,
            version=versions[node.pk],
            entry=Entry(inputs=node.rule.read(inputs)),
        )
    assessment.refresh_from_db()
