"""One function for each act of a person: it locks, asks the table, writes and records, in one transaction."""

from assessments.services import evidence
from assessments.services.answers import Entry, Refused, Saved, Stale, recount, save_answer
from assessments.services.deciding import decide_no_case
from assessments.services.moves import accept, reopen, return_for_correction, submit
from assessments.services.rounds import change_round, extend, open_round

__all__ = [
    "Entry",
    "Refused",
    "Saved",
    "Stale",
    "accept",
    "change_round",
    "decide_no_case",
    "evidence",
    "extend",
    "open_round",
    "recount",
    "reopen",
    "return_for_correction",
    "save_answer",
    "submit",
]
