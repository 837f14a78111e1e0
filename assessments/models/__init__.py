"""Rows of what offices and the central division do with the standard."""

from assessments.models.answers import Answer, Assessment
from assessments.models.evidence import Evidence, EvidenceUse
from assessments.models.formfiles import FormFile
from assessments.models.logbook import AnswerChange, EvidenceChange, LogEntry, StatusChange
from assessments.models.people import Invitation, Province, Region, SupportMembership, SupportOffice, User
from assessments.models.rounds import Extension, Round

__all__ = [
    "Answer",
    "AnswerChange",
    "Assessment",
    "Evidence",
    "EvidenceChange",
    "EvidenceUse",
    "Extension",
    "FormFile",
    "Invitation",
    "LogEntry",
    "Province",
    "Region",
    "Round",
    "StatusChange",
    "SupportMembership",
    "SupportOffice",
    "User",
]
