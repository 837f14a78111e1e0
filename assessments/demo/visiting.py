"""Two offices of the demo were visited; one of them has said what became of what was found."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from assessments.calendar import day_of, fiscal_year_span, start_of
from assessments.models import Answer, Finding, FollowUp, Round, User, Visit
from assessments.workflow import Role

VISITED = ("TH-50", "TH-52")
SUMMARY = "เจ้าหน้าที่ให้ข้อมูลครบถ้วน การจัดเก็บเอกสารเป็นหมวดหมู่"
ADVICE = "ขอให้รวบรวมหลักฐานเป็นรายเดือน เพื่อไม่ให้เร่งรัดในช่วงปลายปี"
# Code, what was found, advice; then what the office says of it in the next round, where it does.
FOUND = (
    ("2.1", "การสื่อสารภายในมีหลายช่องทาง แต่ยังไม่บันทึกวันที่เริ่มใช้", "ระบุวันที่เริ่มใช้ของแต่ละช่องทาง"),
    ("2.6", "รายงานผลโครงการบางโครงการยังไม่ลงนาม", "ให้หัวหน้าฝ่ายลงนามก่อนแนบ"),
    ("4.4", "ทะเบียนผู้รับบริการยังไม่แยกตามกลุ่มเป้าหมาย", "เพิ่มช่องกลุ่มเป้าหมายในทะเบียน"),
)
BECAME = {
    "2.1": (FollowUp.DONE, "บันทึกวันที่เริ่มใช้ครบทุกช่องทางแล้ว"),
    "2.6": (FollowUp.GOING_ON, "ลงนามแล้ว 4 จาก 6 โครงการ"),
}


def visit_offices(rounds: list[Round], editors: Mapping[int, User], *, now: datetime) -> None:
    """Write the visits of the last round and of the current one; `editors` are the offices', by province."""
    supporter = User.objects.get(role=Role.SUPPORTER, is_demo=True)
    inspector = User.objects.get(role=Role.INSPECTOR, is_demo=True)
    last, current = rounds
    first, _ = fiscal_year_span(current.year)
    _visit(last, date(first.year, 8, 18), supporter, "คณะนิเทศติดตาม สสว. 10 จำนวน 3 คน", editors, now)
    lately = max(first, day_of(now) - timedelta(days=6))
    _visit(current, lately, inspector, "ผู้ตรวจราชการกระทรวงและคณะ", editors, now)


def _visit(round_: Round, day: date, by: User, who: str, editors: Mapping[int, User], now: datetime) -> None:
    """One visit to each of the offices. In the current round less was found, and nothing of it is followed up yet."""
    at = min(start_of(day) + timedelta(hours=16), now)
    is_over = by.role == Role.SUPPORTER
    found = FOUND if is_over else FOUND[2:]
    for assessment in round_.assessments.filter(province__iso__in=VISITED).select_related("province"):
        visit = Visit.objects.create(
            assessment=assessment, visited_on=day, who=who, summary=SUMMARY, advice=ADVICE, by=by, at=at
        )
        answers = {answer.indicator.code: answer for answer in _answers(assessment.pk, [code for code, *_ in found])}
        became = BECAME if is_over and assessment.province.iso == VISITED[0] else {}
        for code, text, advice in found:
            said = {}
            if code in became:
                state, words = became[code]
                editor = editors[assessment.province_id]
                said = {"follow_up": state, "follow_up_text": words, "follow_up_by": editor, "follow_up_at": now}
            Finding.objects.create(answer=answers[code], visit=visit, text=text, advice=advice, by=by, at=at, **said)


def _answers(assessment: int, codes: list[str]) -> list[Answer]:
    return list(Answer.objects.filter(assessment=assessment, indicator__code__in=codes).select_related("indicator"))
