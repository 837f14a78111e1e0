"""Evidence for the tests: attach a file through the service, and look at what is kept."""

from pathlib import Path

from assessments import services
from assessments.files import check
from assessments.models import Answer, Assessment, Evidence, EvidenceUse, User
from assessments.queries import evidence as queries
from tests.uploads import pdf, upload

NAME = "รายงานการประชุม ปี ๒๕๖๙.pdf"


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def answer_to(assessment: Assessment, code: str) -> Answer:
    return queries.place_of(assessment, code)[0]


def added(assessment: Assessment, by: User, code: str = "2.1", name: str = NAME, content: bytes = b"") -> Evidence:
    file = check(upload(name, content or pdf()))
    return services.evidence.add_file(answer=answer_to(assessment, code), file=file, by=by).evidence


def served(evidence: Evidence) -> set[str]:
    """The codes of the indicators that it serves."""
    return set(EvidenceUse.objects.filter(evidence=evidence).values_list("answer__indicator__code", flat=True))
