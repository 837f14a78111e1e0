"""Rows of what offices and the central division do with the standard."""

from assessments.models.answers import Answer, Assessment
from assessments.models.books import Book
from assessments.models.evidence import Evidence, EvidenceUse
from assessments.models.formfiles import FormFile
from assessments.models.logbook import AnswerChange, EvidenceChange, LogEntry, StatusChange
from assessments.models.people import Invitation, Province, Region, SupportMembership, SupportOffice, User
from assessments.models.resources import ItemPrice
from assessments.models.review import (
    Attachment,
    Finding,
    Flag,
    Outcome,
    Phrase,
    Question,
    Response,
    Review,
    ReviewAssignment,
    ReviewChange,
    SecondReading,
    Visit,
)
from assessments.models.rounds import Extension, Round
from assessments.models.trail import Kind, TrailHead, TrailRow
from assessments.models.uploads import Upload, WorkbookImport
from assessments.models.workspace import (
    Assignment,
    Carry,
    Comment,
    Confirmation,
    Fact,
    FollowUp,
    NoticeMark,
    PlanStep,
    Presence,
)

__all__ = [
    "Answer",
    "AnswerChange",
    "Assessment",
    "Assignment",
    "Attachment",
    "Book",
    "Carry",
    "Comment",
    "Confirmation",
    "Evidence",
    "EvidenceChange",
    "EvidenceUse",
    "Extension",
    "Fact",
    "Finding",
    "Flag",
    "FollowUp",
    "FormFile",
    "Invitation",
    "ItemPrice",
    "Kind",
    "LogEntry",
    "NoticeMark",
    "Outcome",
    "Phrase",
    "PlanStep",
    "Presence",
    "Province",
    "Question",
    "Region",
    "Response",
    "Review",
    "ReviewAssignment",
    "ReviewChange",
    "Round",
    "SecondReading",
    "StatusChange",
    "SupportMembership",
    "SupportOffice",
    "TrailHead",
    "TrailRow",
    "Upload",
    "User",
    "Visit",
    "WorkbookImport",
]
