"""The rows that the engine keeps. `EVIDENCE` are the tables that are only ever added to."""

from engine.tables.absences import AbsenceEndRow, AbsenceRow, ActingRow
from engine.tables.base import Base, Instant
from engine.tables.bundles import BundleFileRow, BundleRow, DefinitionRow
from engine.tables.evidence import (
    AttachmentRow,
    CommentRow,
    EventRow,
    PersonalRow,
    RecordRow,
    SignatureRow,
    SubmissionRow,
    VoidingRow,
)
from engine.tables.following import MigrationRow, OutcomeRow, RepairDecisionRow, RepairRow
from engine.tables.instances import (
    DraftRow,
    IncidentRow,
    InstanceRow,
    MessageRow,
    PersonRow,
    StartTimerRow,
    TaskRow,
    TimerFaultRow,
    TimerRow,
    TrailRow,
    WaitRow,
)
from engine.tables.writing import Change, change_and_insert, insert_all

EVIDENCE = (
    BundleRow,
    BundleFileRow,
    DefinitionRow,
    SubmissionRow,
    RecordRow,
    SignatureRow,
    VoidingRow,
    AttachmentRow,
    CommentRow,
    EventRow,
    PersonalRow,
    MigrationRow,
    OutcomeRow,
    RepairRow,
    RepairDecisionRow,
    AbsenceRow,
    AbsenceEndRow,
    ActingRow,
)

__all__ = [
    "EVIDENCE",
    "AbsenceEndRow",
    "AbsenceRow",
    "ActingRow",
    "AttachmentRow",
    "Base",
    "BundleFileRow",
    "BundleRow",
    "Change",
    "CommentRow",
    "DefinitionRow",
    "DraftRow",
    "EventRow",
    "IncidentRow",
    "InstanceRow",
    "Instant",
    "MessageRow",
    "MigrationRow",
    "OutcomeRow",
    "PersonRow",
    "PersonalRow",
    "RecordRow",
    "RepairDecisionRow",
    "RepairRow",
    "SignatureRow",
    "StartTimerRow",
    "SubmissionRow",
    "TaskRow",
    "TimerFaultRow",
    "TimerRow",
    "TrailRow",
    "VoidingRow",
    "WaitRow",
    "change_and_insert",
    "insert_all",
]
