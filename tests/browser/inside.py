"""What the browser tests need done behind the pages, in a process of its own on the server's data.

python -m tests.browser.inside reads one request a line, as a JSON list, and answers each with a line of JSON:

["places"]                     the demonstration's assessments and people
["fill", PK, CODE, ...]        answer all but these indicators, as the office's editor
["agree", PK]                  agree with all that is not judged yet, as a reviewer
["sign-in", EMAIL]             a session of a person: the name and value of its cookie
["sign-out", EMAIL]            end a person's sessions, as time would
["standing", PK]               an assessment's status and the moves that led there
"""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmj_standards.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.db.models import F  # noqa: E402
from django.test import Client  # noqa: E402

from assessments import services  # noqa: E402
from assessments.models import Answer, Assessment, Evidence, Review, Round, User, Visit  # noqa: E402
from assessments.proofs import proof_link  # noqa: E402
from assessments.services import Entry, people  # noqa: E402
from assessments.workflow import Role, Status  # noqa: E402
from indicators import editions  # noqa: E402
from tests.answers import best  # noqa: E402


def places() -> dict[str, Any]:
    """Addresses' parts: the current round, one assessment of each state in it, two known offices, a person, a file."""
    current = Round.objects.latest("year")
    found: dict[str, Any] = {"round": current.pk, "year": current.year}
    for status in Status:
        last = Assessment.objects.filter(status=status).order_by("-round__year", "province__sort_key").first()
        found[str(status.value)] = last.pk if last else None
    for name, iso in (("chiang_mai", "TH-50"), ("phuket", "TH-83")):
        found[name] = Assessment.objects.get(round=current, province__iso=iso).pk
        found[f"{name}_before"] = Assessment.objects.get(round__year=current.year - 1, province__iso=iso).pk
    untouched = Assessment.objects.filter(round=current, touched=False).exclude(pk=found["phuket"]).first()
    assert untouched is not None
    found["untouched"] = untouched.pk
    for role in (Role.OFFICE_EDITOR, Role.OFFICE_HEAD):
        person = User.objects.filter(province=untouched.province, role=role).first()
        found[role.value] = person.email.split("@")[0] if person else None
    found["person"] = User.objects.get(email="editor.phuket@demo.example").pk
    found["visit"] = Visit.objects.get(assessment=found["chiang_mai"]).pk
    file = Evidence.objects.kept().filter(assessment=found["chiang_mai_before"], kind="file").first()
    found["file"] = str(file.pk) if file else None
    manager = User.objects.filter(role=Role.MANAGER).first()
    invited = people.invite(email="new@demo.example", full_name="ผู้ตรวจราชการ", role=Role.INSPECTOR, by=manager)
    found["invitation"] = "/" + invited.link.split("/", 3)[3]
    proved = Assessment.objects.get(pk=found["chiang_mai_before"])
    found["proof"] = "/" + proof_link(proved).split("/", 3)[3]
    return found


def fill(pk: int, but: list[str]) -> dict[str, Any]:
    assessment = Assessment.objects.whole().get(pk=pk)
    editor = User.objects.filter(province=assessment.province, role=Role.OFFICE_EDITOR).first()
    assert editor is not None
    standard = editions.standard_of(assessment.round.edition)
    versions = dict(assessment.answers.values_list("indicator_id", "version"))
    for code, node in standard.indicators.items():
        if code not in but:
            entry = Entry(inputs=node.rule.read(best(node)), performance=f"ผลการดำเนินงานตัวชี้วัดที่ {code}")
            services.save_answer(
                assessment=assessment, indicator=node, by=editor, version=versions[node.pk], entry=entry
            )
    assessment.refresh_from_db()
    return {"answered": assessment.answered}


def agree(pk: int) -> dict[str, Any]:
    reviewer = User.objects.filter(role=Role.REVIEWER).first()
    assert reviewer is not None
    left = Answer.objects.filter(assessment=pk).exclude(review__judged_version=F("version"))
    reviews = dict(Review.objects.filter(answer__assessment=pk).values_list("answer_id", "version"))
    answers = {answer.pk: (answer.version, reviews.get(answer.pk, 0)) for answer in left}
    agreed = services.agree_many(answers=answers, by=reviewer)
    return {"agreed": len(agreed.done), "refused": list(agreed.refused.values())}


def sign_in(email: str) -> dict[str, Any]:
    client = Client()
    client.force_login(User.objects.get(email=email))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    return {"name": cookie.key, "value": cookie.value}


def sign_out(email: str) -> dict[str, Any]:
    user = str(User.objects.get(email=email).pk)
    ended = [session.pk for session in Session.objects.all() if session.get_decoded().get("_auth_user_id") == user]
    Session.objects.filter(pk__in=ended).delete()
    return {"ended": len(ended)}


def standing(pk: int) -> dict[str, Any]:
    assessment = Assessment.objects.get(pk=pk)
    moves = [change.action for change in assessment.history.order_by("number")]
    return {"status": assessment.status, "moves": moves, "reference": assessment.reference}


def main(command: str, *arguments: str) -> dict[str, Any]:
    match command:
        case "places":
            return places()
        case "fill":
            return fill(int(arguments[0]), list(arguments[1:]))
        case "agree":
            return agree(int(arguments[0]))
        case "sign-in":
            return sign_in(arguments[0])
        case "sign-out":
            return sign_out(arguments[0])
        case "standing":
            return standing(int(arguments[0]))
    raise SystemExit(__doc__)


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(main(*json.loads(line))), flush=True)
