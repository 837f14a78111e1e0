"""One function for each act of a person: it locks, asks the table, writes and records, in one transaction."""

from assessments.services import evidence, plan
from assessments.services.answers import Entry, Refused, Saved, Stale, recount, save_answer
from assessments.services.assigning import Wanted, assign
from assessments.services.comments import add_comment
from assessments.services.finishing import finalise, publish, reply, respond, settle
from assessments.services.moves import reopen, return_for_correction, submit, verify
from assessments.services.presence import say_open
from assessments.services.restoring import restore_answer
from assessments.services.review import StaleVerdict, Verdict, agree_many, answer_question, ask, judge, undo
from assessments.services.rounds import change_round, extend, open_round

__all__ = [
    "Entry",
    "Refused",
    "Saved",
    "Stale",
    "StaleVerdict",
    "Verdict",
    "Wanted",
    "add_comment",
    "agree_many",
    "answer_question",
    "ask",
    "assign",
    "change_round",
    "evidence",
    "extend",
    "finalise",
    "judge",
    "open_round",
    "plan",
    "publish",
    "recount",
    "reopen",
    "reply",
    "respond",
    "restore_answer",
    "return_for_correction",
    "save_answer",
    "say_open",
    "settle",
    "submit",
    "undo",
    "verify",
]
