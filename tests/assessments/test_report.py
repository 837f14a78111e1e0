"""The form's content: built once, in the printed order, with the scoring service's figures."""

import json
from decimal import Decimal
from typing import Any

import pytest

from assessments import report, services
from assessments.models import Assessment, User
from assessments.report import NOT_SCORED_HEADS, SCORED_HEADS, Form, Row
from assessments.services import Entry
from assessments.workflow import Status
from indicators import scoring
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import best
from tests.assessments.forms_filled import FILLS, TEXT, fill, write


def rows_of(form: Form) -> dict[str, Row]:
    return {row.code: row for table in form.dimensions for row in table.rows}


def evaluated(standard: EditionNode, how: str) -> scoring.Outcome:
    """The pure service over the same inputs, without a row of the database."""
    answers: dict[str, Any] = {
        code: FILLS[how].get("c" + code.replace(".", "_"), best(node)) for code, node in standard.indicators.items()
    }
    return scoring.evaluate([node.item for node in standard.indicators.values()], answers)


def test_title_headings_and_heads_are_the_printed_ones(assessment: Assessment) -> None:
    form = report.form_of(assessment)
    assert " ".join(form.title) == (
        "แบบฟอร์มการประเมินผลการปฏิบัติตามมาตรฐานการปฏิบัติหน้าที่ ของสำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด ของหน่วยงาน"
    )
    assert form.office == "สนง.พมจ.เชียงใหม่"
    assert [table.heading for table in form.dimensions] == [
        "1. มิติปัจจัยนำเข้า 4 ด้าน 5 มาตรฐาน 31 ตัวชี้วัด",
        "2. มิติระบบและกระบวนการ 4 ด้าน 8 มาตรฐาน 12 ตัวชี้วัด",
        "3. มิติวัฒนธรรมองค์การ 2 ด้าน 8 มาตรฐาน 9 ตัวชี้วัด",
        "4. มิติผลผลิตและผลลัพธ์ 10 ด้าน 27 มาตรฐาน 34 ตัวชี้วัด",
    ]
    assert [table.heads for table in form.dimensions] == [NOT_SCORED_HEADS, SCORED_HEADS, SCORED_HEADS, SCORED_HEADS]
    assert len(NOT_SCORED_HEADS) == 7
    assert len(SCORED_HEADS) == 9


def test_rows_stand_in_the_standards_order(assessment: Assessment, standard: EditionNode) -> None:
    form = report.form_of(assessment)
    assert list(rows_of(form)) == list(standard.indicators)
    for code, row in rows_of(form).items():
        node = standard.indicators[code]
        assert (row.indicator, row.criterion) == (f"{node.number}. {node.name}", node.criterion)
        assert row.full == ("10" if node.scored else "")
    last = form.dimensions[3].areas[9]
    assert last.label.startswith("10. การปฏิบัติงานร่วมกับ")
    assert [block.label[:3] for block in last.standards] == ["27."]


def test_totals_have_the_printed_labels_and_full_scores(assessment: Assessment) -> None:
    form = report.form_of(assessment)
    assert form.dimensions[0].totals == ()
    assert [table.totals[0].full for table in form.dimensions[1:]] == ["120", "90", "340"]
    assert [line.label for line in form.dimensions[1].totals] == [
        "รวมคะแนนมิติที่ 2",
        "ระดับคะแนนมิติที่ 2 (ค่าคะแนนรวมหารด้วยจำนวนตัวชี้วัด)",
        "ผลการปฏิบัติมิติที่ 2",
    ]
    assert [line.label for line in form.overall] == [
        "ระดับคะแนนมิติที่ 2+3+4 (ค่าคะแนนรวมทั้งหมดหารด้วยจำนวนตัวชี้วัดทั้งหมด)",
        "ภาพรวมผลการปฏิบัติตามมาตรฐาน",
    ]
    assert [table.totals[1].divisor for table in form.dimensions[1:]] == ["12", "9", "34"]
    assert form.overall[0].divisor == "55"


@pytest.mark.parametrize("how", list(FILLS))
def test_figures_are_those_of_the_scoring_service(
    assessment: Assessment, editor: User, standard: EditionNode, how: str
) -> None:
    form = report.form_of(fill(assessment, editor, how))
    outcome = evaluated(standard, how)
    for code, row in rows_of(form).items():
        result = outcome.results[code]
        if isinstance(result, scoring.Scored):
            assert Decimal(row.score) == result.score
    for table in form.dimensions[1:]:
        total = outcome.dimensions[table.number]
        summed, mean, level = table.totals
        assert Decimal(summed.score) == total.sum
        assert mean.note == f"= {total.mean}"
        assert total.level is not None
        assert level.note == total.level.name
    assert Decimal(form.overall[0].score) == outcome.overall.sum
    assert form.overall[0].note == f"= {outcome.overall.mean}"
    assert outcome.overall.level is not None
    assert form.overall[1].note == outcome.overall.level.name


def test_the_result_is_the_figures_in_words_and_then_the_text(assessment: Assessment, editor: User) -> None:
    filled = fill(assessment, editor, "mixed")
    filled = write(
        filled, editor, "2.2", Entry(inputs={"numerator": 850, "denominator": 1000}, performance=TEXT, problems="ก")
    )
    rows = rows_of(report.form_of(filled))
    assert rows["2.2"].result == f"850 จาก 1,000 ฉบับ = ร้อยละ 85\n{TEXT}"
    assert (rows["2.2"].score, rows["2.2"].problems, rows["2.2"].remedies) == ("7.5", "ก", "")
    assert rows["2.4"].result == "18 ครั้งใน 1 ปี = เดือนละ 1.5 ครั้ง"
    assert rows["1.2"].result == "มี 1 ห้อง – ผ่านเกณฑ์"
    assert rows["1.5"].result == "มี – ผ่านเกณฑ์"
    assert "→" not in "".join(row.result for row in rows.values())


def test_a_choice_is_told_by_its_printed_row(assessment: Assessment, editor: User, standard: EditionNode) -> None:
    rows = rows_of(report.form_of(fill(assessment, editor, "mixed")))
    assert rows["2.5"].result == standard.indicators["2.5"].rule.bands[1].text  # type: ignore[union-attr]


def test_no_case_is_told_with_its_reason_and_what_it_waits_for(assessment: Assessment, editor: User) -> None:
    filled = write(assessment, editor, "4.31", Entry(no_case=True, no_case_reason="ไม่มีผู้ร้องเรียน"))
    row = rows_of(report.form_of(filled))["4.31"]
    assert row.result == "ไม่มีกรณีในรอบปี: ไม่มีผู้ร้องเรียน (รอผู้ตรวจประเมินพิจารณาคะแนน)"
    assert row.score == ""


def test_an_open_total_is_a_range_in_words(assessment: Assessment, editor: User) -> None:
    filled = fill(assessment, editor, "best")
    filled = write(filled, editor, "2.2", Entry())
    summed, mean, level = report.form_of(filled).dimensions[1].totals
    # 2.2 prints no row below 2.5.
    assert (summed.score, summed.note) == ("", "ระหว่าง 112.5 ถึง 120\n(ยังไม่มีคะแนน 1 ตัวชี้วัด)")
    assert (mean.score, mean.note) == ("", "ระหว่าง 9.38 ถึง 10.00")
    assert level.note == "ผ่านเกณฑ์ในระดับดี (ยังไม่มีคะแนน 1 ตัวชี้วัด แต่ไม่ทำให้ระดับเปลี่ยน)"


def test_the_level_is_not_named_while_the_ends_differ(assessment: Assessment) -> None:
    form = report.form_of(assessment)
    assert form.overall[1].note == (
        "ยังระบุระดับไม่ได้ (ยังไม่มีคะแนน 55 ตัวชี้วัด) ต่ำสุด “ตกเกณฑ์และต้องปรับปรุงอย่างเร่งด่วน” สูงสุด “ผ่านเกณฑ์ในระดับดี”"
    )


def test_date_and_mark_follow_the_status(
    assessment: Assessment, editor: User, head: User, reviewer: User, time_machine: Any
) -> None:
    filled = fill(assessment, editor, "best")
    form = report.form_of(filled)
    assert (form.mark_text, form.day, form.reference) == ("ร่าง", "3 สิงหาคม 2569", "")
    services.submit(assessment=filled, by=head, certified=True)
    time_machine.move_to("2026-08-20T10:00:00+07:00")
    filled = Assessment.objects.whole().get(pk=filled.pk)
    form = report.form_of(filled)
    assert (form.mark_text, form.day, form.reference) == ("ส่งแล้ว", "3 สิงหาคม 2569", "2569-50-1")
    reviewing.verified(filled, reviewer)
    form = report.form_of(Assessment.objects.whole().get(pk=filled.pk))
    assert (form.mark_text, form.day) == ("ตรวจแล้ว", "3 สิงหาคม 2569")
    services.reply(assessment=filled, by=head)
    services.finalise(assessment=filled, by=reviewer)
    form = report.form_of(Assessment.objects.whole().get(pk=filled.pk))
    assert (form.mark_text, form.day) == ("รับรองแล้ว", "3 สิงหาคม 2569")


def test_a_returned_form_is_a_draft_of_today(assessment: Assessment, editor: User, head: User) -> None:
    filled = fill(assessment, editor, "best")
    services.submit(assessment=filled, by=head, certified=True)
    Assessment.objects.filter(pk=filled.pk).update(status=Status.RETURNED)
    form = report.form_of(Assessment.objects.whole().get(pk=filled.pk))
    assert (form.mark_text, form.day, form.reference) == ("ร่าง", "3 สิงหาคม 2569", "")


def test_a_blank_form_needs_no_assessment(standard: EditionNode) -> None:
    form = report.blank_form(standard, 2571)
    assert form.office == form.day == "." * 50
    assert all((row.result, row.score) == ("", "") for row in rows_of(form).values())
    assert [line.note for table in form.dimensions for line in table.totals] == [""] * 9
    assert form.file_name == "แบบฟอร์มการประเมิน 2571 (แบบฟอร์มเปล่า)"


def test_content_survives_json_and_changes_its_hash_with_any_word(assessment: Assessment, editor: User) -> None:
    form = report.form_of(assessment)
    again = Form.from_data(json.loads(json.dumps(form.as_data())))
    assert again == form
    assert again.hash == form.hash
    changed = write(assessment, editor, "1.1", Entry(remedies="ย้ายห้อง"))
    assert report.form_of(changed).hash != form.hash


def test_it_costs_one_query(assessment: Assessment, standard: EditionNode, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        report.form_of(assessment)
