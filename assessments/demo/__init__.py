"""Invented figures of all 76 offices for trying the product (`manage.py seed_demo`), never for a real database.

Demo people are called by role and office. Their e-mail addresses end in .example, which no mail ever reaches.
"""

import re
from dataclasses import dataclass

from assessments.workflow import Role

DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account. `iso` is the province of an office account."""

    email: str
    full_name: str
    role: Role
    iso: str = ""


def office_email(role: Role, province_en: str) -> str:
    """editor.chiangmai@demo.example"""
    name = re.sub(r"[^a-z]", "", province_en.lower())
    return f"{'head' if role == Role.OFFICE_HEAD else 'editor'}.{name}@{DOMAIN}"


# One account for each role, and a second office whose round is still empty. Shown on the login page of a demo
# and printed by `script/server`; every other office has a head and an editor of the same pattern.
ACCOUNTS = (
    Account(
        office_email(Role.OFFICE_EDITOR, "Chiang Mai"),
        "เจ้าหน้าที่ สนง.พมจ.เชียงใหม่ (สาธิต)",
        Role.OFFICE_EDITOR,
        "TH-50",
    ),
    Account(
        office_email(Role.OFFICE_HEAD, "Chiang Mai"),
        "หัวหน้าสำนักงาน สนง.พมจ.เชียงใหม่ (สาธิต)",
        Role.OFFICE_HEAD,
        "TH-50",
    ),
    Account(office_email(Role.OFFICE_EDITOR, "Phuket"), "เจ้าหน้าที่ สนง.พมจ.ภูเก็ต (สาธิต)", Role.OFFICE_EDITOR, "TH-83"),
    Account(office_email(Role.OFFICE_HEAD, "Phuket"), "หัวหน้าสำนักงาน สนง.พมจ.ภูเก็ต (สาธิต)", Role.OFFICE_HEAD, "TH-83"),
    Account(f"supporter@{DOMAIN}", "ผู้สนับสนุนระดับภาค สสว. 10 (สาธิต)", Role.SUPPORTER),
    Account(f"inspector@{DOMAIN}", "ผู้ตรวจราชการ (สาธิต)", Role.INSPECTOR),
    Account(f"reviewer@{DOMAIN}", "ผู้ตรวจประเมิน กองมาตรฐาน (สาธิต)", Role.REVIEWER),
    Account(f"manager@{DOMAIN}", "ผู้จัดการส่วนกลาง กองมาตรฐาน (สาธิต)", Role.MANAGER),
    Account(f"admin@{DOMAIN}", "ผู้ดูแลระบบ (สาธิต)", Role.ADMIN),
)
