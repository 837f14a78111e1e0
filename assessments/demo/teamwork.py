"""How the demo's office shares out its current round, and what is said about it: small, and called by role."""

from datetime import datetime, timedelta

from assessments.calendar import day_of, start_of
from assessments.demo.plans import LEFT_OPEN
from assessments.models import Assessment, Assignment, Comment, User
from indicators.editions import EditionNode

# Whole areas with the head; the rest of what is open, and two areas, with the editor.
OF_THE_HEAD = ("3-1", "4-5")
OF_THE_EDITOR = ("2-1", "4-4")
# Code, thread, who, text: what was asked and answered, the oldest first.
SAID = (
    ("4.31", "office", "editor", "ปีนี้มีเรื่องร้องทุกข์หรือไม่ กลุ่มนโยบายขอดูทะเบียนก่อนสิ้นเดือน"),
    ("4.31", "office", "head", "ขอให้ตรวจทะเบียนรับเรื่องที่ศูนย์บริการอีกแห่งด้วย"),
    ("2.9", "office", "editor", "รอรายชื่อเจ้าหน้าที่ที่ส่งแบบรายงานผลงานแล้วจากฝ่ายบริหารทั่วไป"),
    ("2.6", "centre", "editor", "แนบรายงานของทุกโครงการเป็นไฟล์เดียวได้หรือไม่"),
    ("2.6", "centre", "reviewer", "ได้ ขอให้ระบุเลขหน้าของแต่ละโครงการไว้ในผลการดำเนินงาน"),
)


def work_together(assessment: Assessment, standard: EditionNode, people: dict[str, User], *, now: datetime) -> None:
    """Write the assignments and comments of one office. `people` are its editor and head, and a reviewer."""
    today = day_of(now)
    rows = []
    for node in standard.indicators.values():
        by_head = node.area_code in OF_THE_HEAD
        if not by_head and node.area_code not in OF_THE_EDITOR and node.code not in LEFT_OPEN:
            continue
        # One is late, the others are spread over the weeks ahead.
        days = -3 if node.code == "2.9" else 14 + node.number % 4 * 7
        due_on = min(today + timedelta(days=days), assessment.closes_on)
        who = people["head" if by_head else "editor"]
        at = now - timedelta(days=20)
        row = Assignment(
            assessment=assessment, indicator_id=node.pk, person=who, due_on=due_on, by=people["head"], at=at
        )
        rows.append(row)
    Assignment.objects.bulk_create(rows)
    answers = dict(assessment.answers.values_list("indicator_id", "pk"))
    Comment.objects.bulk_create(
        Comment(
            answer_id=answers[standard.indicators[code].pk],
            thread=thread,
            text=text,
            by=people[who],
            at=start_of(today - timedelta(days=len(SAID) - place)) + timedelta(hours=9 + place, minutes=17),
        )
        for place, (code, thread, who, text) in enumerate(SAID)
    )
