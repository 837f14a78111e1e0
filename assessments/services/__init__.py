"""One function for each act of a person: it locks, asks the table, writes and records, in one transaction."""

from assessments.services import evidence, plan
from assessments.services.answers import Entry, Refused, Saved, Stale, recount, save_answer
from assessments.services.assigning import Wanted, assign
from assessments.services.comments import add_comment
from assessments.services.deciding import decide_no_case
from assessments.services.moves import accept, reopen, return_for_correction, submit
from assessments.services.presence import say_open
from assessments.services.restoring import restore_answer
from assessments.services.rounds import change_round, extend, open_round

__all__ = [
    "Entry",
    "Refused",
    "Saved",
    "Stale",
    "Wanted",
    "accept",
    "add_comment",
    "assign",
    "change_round",
    "decide_no_case",
    "evidence",
    "extend",
    "open_round",
    "plan",
    "recount",
    "reopen",
    "restore_answer",
    "return_for_correction",
    "save_answer",
    "say_open",
    "submit",
]
