"""What a person saw of an assessment's answers before certifying them: a mark that a page carries and gives back."""

from assessments.models import Assessment
from indicators import editions


def seen_mark(assessment: Assessment) -> str:
    """The answers' versions in the standard's order, as one text ("1-0-3…"). One query."""
    return "-".join(str(version) for version in _versions(assessment).values())


def changed_since(assessment: Assessment, seen: str) -> list[str]:
    """The codes whose answers are not those of the mark; all of them where the mark is none."""
    now = _versions(assessment)
    before = seen.split("-")
    if len(before) != len(now):
        return list(now)
    return [code for (code, version), old in zip(now.items(), before, strict=True) if str(version) != old]


def _versions(assessment: Assessment) -> dict[str, int]:
    standard = editions.standard_of(assessment.round.edition)
    found = dict(assessment.answers.values_list("indicator_id", "version"))
    return {node.code: found.get(node.pk, 0) for node in standard.indicators.values()}
