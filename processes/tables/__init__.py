"""The rows that the procedure keeps of its projects, on the engine's metadata."""

from processes.tables.changes import ChangeRow, ConditionRow, RequiredApprovalRow
from processes.tables.claims import ClaimRow, ClaimStepRow
from processes.tables.closures import ClosureRow, ProposalRow
from processes.tables.plan import BaselineRow, ForecastRow, MilestoneRow, ResponseRow
from processes.tables.project import (
    CommunicationRow,
    HoldRow,
    MemberRow,
    ProjectRow,
    SettingAgreementRow,
    SettingChangeRow,
)
from processes.tables.reviews import (
    ActionRow,
    ActionStepRow,
    DecisionRow,
    ItemRow,
    LineRow,
    MeetingMoveRow,
    MeetingRow,
)
from processes.tables.revisions import DutyRow, RevisionRow
from processes.tables.tracking import GapRow, LogEntryRow, PeriodRow, ReturnRow, UpdateRow

__all__ = [
    "ActionRow",
    "ActionStepRow",
    "BaselineRow",
    "ChangeRow",
    "ClaimRow",
    "ClaimStepRow",
    "ClosureRow",
    "CommunicationRow",
    "ConditionRow",
    "DecisionRow",
    "DutyRow",
    "ForecastRow",
    "GapRow",
    "HoldRow",
    "ItemRow",
    "LineRow",
    "LogEntryRow",
    "MeetingMoveRow",
    "MeetingRow",
    "MemberRow",
    "MilestoneRow",
    "PeriodRow",
    "ProjectRow",
    "ProposalRow",
    "RequiredApprovalRow",
    "ResponseRow",
    "ReturnRow",
    "RevisionRow",
    "SettingAgreementRow",
    "SettingChangeRow",
    "UpdateRow",
]
