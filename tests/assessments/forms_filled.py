"""Filled assessments for the tests of the form, and how a PDF's text is read."""

import re
import subprocess
from pathlib import Path

import pypdfium2

from assessments import services
from assessments.exports import pdf
from assessments.models import Assessment, User
from assessments.report import Form
from assessments.services import Entry
from indicators import editions
from tests.answers import answer_all

# Three offices: all the best; mixed, each kind of rule below its top row; and low.
FILLS: dict[str, dict[str, dict[str, object]]] = {
    "best": {},
    "mixed": {
        "c2_1": {"count": 4},
        "c2_2": {"numerator": 850, "denominator": 1000},
        "c2_4": {"count": 18},
        "c2_5": {"option": 2},
        "c2_8": {"numerator": 29, "denominator": 100},
        "c3_1": {"count": 5},
        "c3_4": {"count": 3},
        "c4_12": {"directory_total": 100, "attendance": [85, 60, 80]},
        "c4_20": {"option": 3},
        "c4_26": {"count": 3000},
        "c4_29": {"projects": 2, "joined": 5, "invited": 9},
    },
    "low": {
        **{f"c2_{number}": {"count": 0} for number in (1, 3, 4, 10, 11, 12)},
        **{f"c2_{number}": {"numerator": 1, "denominator": 90} for number in (2, 6, 7, 9)},
        "c2_5": {"option": 5},
        "c2_8": {"numerator": 50, "denominator": 100},
        **{f"c3_{number}": {"count": 0} for number in (1, 2, 3, 4, 5, 6)},
        **{f"c4_{number}": {"count": 0} for number in (1, 4, 5, 8, 11, 14, 15, 21, 22, 24, 25, 26, 27, 28)},
        "c4_10": {"numerator": 0, "denominator": 0},
        "c4_12": {"directory_total": 0, "attendance": []},
    },
}
TEXT = (
    "สำนักงานช่วยเหลือผู้ประสบปัญหาน้ำท่วมฉับพลันในพื้นที่ 3 อำเภอ จำนวน 214 ครัวเรือน ทั้งเงินสงเคราะห์ "
    "ถุงยังชีพ และการซ่อมแซมที่อยู่อาศัย โดยทำงานร่วมกับองค์กรปกครองส่วนท้องถิ่นและอาสาสมัครในทุกอำเภอ"
)


def fill(assessment: Assessment, by: User, how: str) -> Assessment:
    answer_all(assessment, by, **FILLS[how])
    return Assessment.objects.whole().get(pk=assessment.pk)


def write(assessment: Assessment, by: User, code: str, entry: Entry) -> Assessment:
    """Save one answer as its office does."""
    node = editions.standard_of(assessment.round.edition).indicators[code]
    version = assessment.answers.get(indicator_id=node.pk).version
    services.save_answer(assessment=assessment, indicator=node, by=by, version=version, entry=entry)
    return Assessment.objects.whole().get(pk=assessment.pk)


def made(form: Form, folder: Path) -> Path:
    path = folder / "form.pdf"
    path.write_bytes(pdf.make_pdf(form).content)
    return path


def squeezed(text: str) -> str:
    """Without spaces and line ends: where a line breaks is not the text's."""
    return re.sub(r"[\s\u00a0\ufffe]+", "", text)


def poppler_pages(path: Path) -> list[str]:
    """Each page's text as pdftotext reads it, squeezed."""
    return [squeezed(page) for page in poppler_text(path, "-raw").split("\f")[:-1]]


def poppler_text(path: Path, *mode: str) -> str:
    """The whole text in the reading order that pdftotext finds for itself, or in the `mode` asked for."""
    return subprocess.run(["pdftotext", *mode, path, "-"], capture_output=True, check=True, text=True).stdout


def pdfium_pages(path: Path) -> list[str]:
    """Each page's text as PDFium (Chrome) reads it, squeezed."""
    document = pypdfium2.PdfDocument(path)
    try:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(squeezed(text.get_text_range()))
            text.close()
            page.close()
    finally:
        document.close()
    return pages
