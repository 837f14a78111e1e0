"""The live formulas give what the scoring service gives: at, above and below every edge of every rule."""

import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from assessments import services
from assessments.exports.workbook_formulas import Place, result_formula, state_formula
from assessments.models import Assessment, User
from assessments.services import Entry
from assessments.workbook import choices_of, key_of, parts_of
from indicators import editions
from indicators.checks import AtLeast, Insured, PerGroup, PerPerson, Range, Share, Target, Yes
from indicators.editions import EditionNode, IndicatorNode
from indicators.rules import AttendanceRule, CampaignRule, ChoiceRule, CountRule, PercentRule
from indicators.scoring import Scored, judge
from indicators.typed import NO_CASE
from tests.assessments.test_form_excel import formulas_of, needs_office, results
from tests.workbooks import made, places


def around(edge: Fraction | Decimal | int) -> list[int]:
    """Whole numbers below, at and above an edge."""
    at = -int(-Fraction(edge) // 1)
    return [number for number in (at - 1, at, at + 1) if number >= 0]


def shares(edges: list[Decimal]) -> Iterator[tuple[int, int]]:
    """Some of all, just below, at and just above each edge, of a small and of a large whole."""
    for edge in edges:
        for whole in (7, 1000, 999_999_999):
            part = -(-Fraction(edge) * whole // 100)
            yield from ((int(some), whole) for some in (part - 1, part, part + 1) if 0 <= some <= whole)


def cases(node: IndicatorNode) -> list[dict[str, Any]]:
    """Inputs on every edge of an indicator's rule."""
    rule = node.rule
    match rule:
        case CountRule():
            edges = [(band.at_least or Decimal(0)) * rule.per_year for band in rule.bands]
            found = {number for edge in edges for number in around(edge)}
            return [{"count": number} for number in sorted(found) if number <= (rule.maximum or number)]
        case PercentRule():
            edges = [
                edge for band in rule.bands for edge in (band.at_least, band.at_most, band.below) if edge is not None
            ]
            pairs = {*shares(edges), *([(0, 0)] if rule.zero_denominator != "refuse" else [])}
            return [{"numerator": part, "denominator": whole} for part, whole in sorted(pairs)]
        case ChoiceRule():
            return [{"option": place} for place in range(1, len(rule.bands) + 1)]
        case AttendanceRule():
            edges = [band.at_least or Decimal(0) for band in rule.bands]
            lists = [[part] * needs for part, whole in shares(edges) if whole == 7 for needs in (1, 2, 3, 4)]
            lists += [[], [7, 7, 5], [6, 6, 6, 0]]
            return [{"directory_total": 7, "attendance": those} for those in lists] + [
                {"directory_total": 0, "attendance": []}
            ]
        case CampaignRule():
            edges = [band.at_least or Decimal(0) for band in rule.bands]
            found_ = [
                {"projects": projects, "joined": part, "invited": whole}
                for projects in (0, 1, 4, 5, 6)
                for part, whole in sorted(set(shares(edges)))
            ]
            return [*found_, {"projects": 3, "joined": 0, "invited": 0}]
        case AtLeast(at_least=edge, decimals=decimals):
            if not decimals:
                return [{"count": number} for number in around(edge)]
            return [{"count": str(edge + step)} for step in (Decimal("-0.01"), Decimal(0), Decimal("0.01"))]
        case PerPerson(at_least=edge):
            return [{"amount": str(edge * 45 + step), "people": 45} for step in (Decimal("-0.01"), 0, Decimal("0.01"))]
        case Range(low=low, high=high):
            return [{"count": number} for number in (0, low - 1, low, high, high + 1)]
        case PerGroup(groups=groups, low=low, high=high):
            rest = [high] * (len(groups) - 1)
            return [{"groups": [number, *rest]} for number in (0, low - 1, low, high + 1)]
        case Share(at_least=edge):
            pairs = {*shares([edge]), *([(0, 0)] if rule.zero_denominator != "refuse" else [])}
            return [{"numerator": part, "denominator": whole} for part, whole in sorted(pairs)]
        case Yes():
            return [{"has": True}, {"has": False}]
        case Insured(low=low, high=top):
            most = top or low + 2
            return [
                {"vehicles": have, "insured": insured}
                for have in (0, low - 1, low, most, most + 1)
                for insured in {max(0, have - 1), have}
            ]
        case Target():
            return [{"spent": spent, "allocated": "1000.10"} for spent in ("943.99", "944.09", "944.10", "1000.10")]
    raise AssertionError(node.code)


def put(assessment: Assessment, by: User, node: IndicatorNode, inputs: dict[str, Any]) -> None:
    version = assessment.answers.get(indicator_id=node.pk).version
    entry = Entry(inputs=node.rule.read(inputs))
    services.save_answer(assessment=assessment, indicator=node, by=by, version=version, entry=entry)


def expected(node: IndicatorNode, inputs: dict[str, Any], target: Decimal | None) -> Any:
    found = judge(node.rule, node.rule.read(inputs), target=target)
    if isinstance(found, Scored):
        return "รอผู้ตรวจประเมิน" if found.score is None else found.score
    assert not isinstance(found, Exception)
    return {True: "ผ่านเกณฑ์", False: "ไม่ผ่านเกณฑ์"}[bool(found.met)]


def uncalculated(book: bytes) -> bytes:
    """The workbook without any result, so that whoever opens it must calculate."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                found = r'(<c r="\w+" s="\d+")(?: t="str")?(><f>[^<]*</f>)<v>[^<]*</v>'
                content = re.sub(found, r"\1\2", content.decode()).encode()
            new.writestr(item, content)
    return out.getvalue()


def recalculated(books: dict[str, bytes], folder: Path) -> dict[str, Any]:
    """Each book as LibreOffice calculates it; one start for all."""
    paths = [folder / f"{name}.xlsx" for name in books]
    for path, book in zip(paths, books.values(), strict=True):
        path.write_bytes(uncalculated(book))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "done")]
    subprocess.run([*command, *(str(path) for path in paths)], check=True, capture_output=True, timeout=120)
    return {path.stem: load_workbook(folder / "done" / path.name, data_only=True) for path in paths}


def calculation(standard: EditionNode, target: Decimal) -> tuple[Workbook, list[tuple[str, str, Any]]]:
    """A sheet with the formulas of every indicator over every case, and (case, result cell, wanted) for each."""
    book = Workbook()
    sheet, words = book.worksheets[0], book.create_sheet("w")
    row, found, lists = 1, [], 0
    for node in standard.indicators.values():
        ranges = {}
        for part in parts_of(node):
            choices = list(choices_of(node, part).values())
            for place, word in enumerate(choices, start=1):
                words.cell(lists + place, 1, word)
            ranges[part.name] = f"w!$A${lists + 1}:$A${lists + len(choices)}"
            lists += len(choices)
        for inputs in cases(node):
            top, typed, at = row, cells_typed(node, inputs), {}
            for part in parts_of(node):
                if part.name == NO_CASE:
                    at[part.name] = Place(f"E{row}", f"J{row}")
                    row += 1
                if part.box is None:
                    continue
                first = row
                numbers: tuple[int | None, ...] = tuple(range(1, 6)) if part.kind == "list" else (None,)
                for slot in numbers:
                    value = typed.get(key_of(node, part, slot))
                    if value is not None:
                        sheet.cell(row, 5, Decimal(value) if re.fullmatch(r"[\d.]+", value) else value)
                    sheet.cell(row, 10, f"={state_formula(part, f'E{row}', ranges[part.name])}")
                    row += 1
                one = first == row - 1
                cell, state = (f"{c}{first}" if one else f"{c}{first}:{c}{row - 1}" for c in "EJ")
                at[part.name] = Place(cell, state)
            sheet.cell(top, 9, f"={result_formula(node, at, decided=None, target=target)}")
            found.append((f"{node.code} {inputs}", f"I{top}", expected(node, inputs, target)))
    return book, found


@needs_office
def test_every_edge_of_every_rule_gives_the_score_of_the_scoring_service(standard: EditionNode, tmp_path: Path) -> None:
    book, wanted = calculation(standard, Decimal("94.40"))
    out = io.BytesIO()
    book.save(out)
    sheet = recalculated({"edges": out.getvalue()}, tmp_path)["edges"].worksheets[0]
    found = []
    for case, cell, _score in wanted:
        value = sheet[cell].value
        found.append((case, Decimal(str(value)) if isinstance(value, int | float) else value))
    assert found == [(case, score) for case, _cell, score in wanted]
    assert len(wanted) > 1000


def cells_typed(node: IndicatorNode, inputs: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in inputs.items():
        key = f"{node.code}/{name}"
        if name == "attendance":
            found |= {f"{key}/{place}": str(number) for place, number in enumerate(value or [0], start=1)}
        elif name == "groups":
            found |= {f"{key}_{place}": str(number) for place, number in enumerate(value)}
        elif name == "option":
            assert isinstance(node.rule, ChoiceRule)
            found[key] = f"{value}. {node.rule.bands[value - 1].label}"
        elif name == "has":
            found[key] = node.fields[0].options[0 if value else 1]
        else:
            found[key] = str(value)
    return found


@needs_office
def test_results_and_totals_stand_beside_their_formulas_as_libreoffice_calculates_them(
    assessment: Assessment, editor: User, head: User, standard: EditionNode, tmp_path: Path
) -> None:
    """Empty, whole, half and with everything that gives no score: the kept results are the calculated ones."""
    books = {"empty": made(assessment)}
    for code, node in standard.indicators.items():
        if node.dimension in (1, 2) or code == "4.12":
            put(assessment, editor, node, cases(node)[-1])
    odd = {
        "2.6": {"no_case": True, "no_case_reason": "ไม่มีโครงการ"},
        "4.7": {"inputs": {"numerator": 0, "denominator": 0}, "no_case_reason": "ไม่มีภารกิจ"},
        "4.9": {"typed": {"numerator": "5"}},
        "4.10": {"typed": {"numerator": "7,5", "denominator": "10"}},
        "4.16": {"typed": {"numerator": "12", "denominator": "10"}},
        "4.23": {"typed": {"numerator": "0", "denominator": "0"}},
        "4.13": {"typed": {"numerator": "5", "no_case": "1"}},
    }
    for code, entry in odd.items():
        node = standard.indicators[code]
        version = assessment.answers.get(indicator_id=node.pk).version
        services.save_answer(
            assessment=assessment,
            indicator=node,
            by=editor,
            version=version,
            entry=Entry(**entry),  # type: ignore[arg-type]
        )
    books["odd"] = made(assessment)
    for node in standard.indicators.values():
        put(assessment, editor, node, cases(node)[-1])
    books["whole"] = made(assessment)
    calculated = recalculated(books, tmp_path)
    for name, book in books.items():
        formulas = formulas_of(load_workbook(io.BytesIO(book)))
        kept = results(load_workbook(io.BytesIO(book), data_only=True), formulas)
        assert (name, list(zip(formulas, kept, strict=True))) == (
            name,
            list(zip(formulas, results(calculated[name], formulas), strict=True)),
        )
    shown = load_workbook(io.BytesIO(books["odd"]), data_only=True)
    where = places(books["odd"])
    words = {code: shown[where[f"{code}/numerator"][0]][f"I{where[f'{code}/numerator'][1][1:]}"].value for code in odd}
    assert words == {
        "2.6": "รอผู้ตรวจประเมิน",
        "4.7": "รอผู้ตรวจประเมิน",
        "4.9": "กรอกไม่ครบ",
        "4.10": "ตรวจสิ่งที่กรอก",
        "4.16": "ตัวเลขเกินจำนวนทั้งหมด",
        "4.23": "จำนวนทั้งหมดเป็น 0 ไม่ได้",
        "4.13": "ไม่มีกรณี ต้องเว้นตัวเลขว่าง",
    }
    summary = load_workbook(io.BytesIO(books["whole"]), data_only=True)["สรุปคะแนน"]
    whole = Assessment.objects.get(pk=assessment.pk).results["overall"]
    last = [cell.value for cell in summary[summary.max_row]]
    assert [str(last[0]), last[1], last[2], Decimal(str(last[3])).quantize(Decimal("0.01"))] == [
        "ภาพรวมมิติที่ 2+3+4",
        55,
        55,
        Decimal(whole["mean"]),
    ]


@pytest.mark.parametrize("year", [2563])
def test_every_indicator_has_cases_on_both_sides_of_each_edge(standard: EditionNode, year: int) -> None:
    """The property above would say nothing if the cases reached too few rows."""
    for node in standard.indicators.values():
        reached = {expected(node, inputs, Decimal(50)) for inputs in cases(node)} - {"รอผู้ตรวจประเมิน"}
        if node.scored:
            rule: Any = node.rule
            assert (node.code, reached) == (node.code, {band.score for band in rule.bands})
        else:
            assert len(reached) >= 1
    assert editions.published_years() == [year]
