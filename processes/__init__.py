"""The SOP as Milepost carries it: its first bundle, the steps that its diagrams call, and the project that they keep.

Everybody enters here. Functions take a `Unit` first and never commit; days are days in the project's time zone.
"""

# The rest of the room is loaded first: some functions of this face are called as the module that they live in.
from processes.procedure import SopProcedure, bundle, procedure  # isort: split

from processes.acceptance import claim_milestone
from processes.actions import Action, ActionReport, action_reports, actions
from processes.adjusting import (
    SettingChange,
    adjust,
    decide_setting,
    may_adjust,
    may_agree,
    setting_changes,
    settings_awaited,
)
from processes.ahead import Ahead, ahead
from processes.analysis import Against, Analysis, analysis
from processes.asking import closing
from processes.behind import Behind, behind
from processes.bottlenecks import Bottlenecks, StepTimes, bottlenecks
from processes.bottlenecks import waiting as hours_waited
from processes.cancelling import cancel
from processes.changes import Change, change, changes, request_change
from processes.claims import Claim, ClaimWord, claim_words, claimable, claims
from processes.closures import Proposal, proposals
from processes.closures import gaps as open_ends
from processes.communication import Communication, communications
from processes.compliance import Compliance, Proof, compliance
from processes.conditions import Condition, Proviso, conditions, provisos
from processes.decided import decision_on
from processes.ending import cancel_project, close, closers, withdraw_closure
from processes.errors import (
    ApprovalMissing,
    ApproversAltered,
    HistoryRefused,
    MeetingRefused,
    NobodyToApprove,
    NoSuchProject,
    NotInProject,
    PlanAltered,
    PlanFileRefused,
    PlanMoved,
    ProcessesError,
    RegistrationRefused,
    StepRefused,
)
from processes.figures import figures
from processes.gantt import Bar, Gantt, Tick, gantt
from processes.gaps import Gap, gaps
from processes.holds import Hold, hold, holds, resume
from processes.leading import may_report_for, report_for
from processes.leaving import Stranded, heirs, left, replace_signer, stranded, why_not
from processes.log import LogEntry
from processes.log import entries as log
from processes.matrix import Matrix, Obligation, Standing, matrix, matrix_of, standings
from processes.matrix import plain as matrix_as_data
from processes.moving import Appointment, call_off, move_meeting
from processes.objections import Objections, objections
from processes.own_matters import barred
from processes.people import Member, members, roles, teams
from processes.performance import Metrics, history, metrics, of_history, recorded_history
from processes.plan import Baseline, Forecast, Milestone, Plan, baselines, forecasts, milestones, plan
from processes.portfolio import Headline, StaleForecast, headlines, stale_forecasts
from processes.presenting import readable
from processes.projects import (
    Project,
    add_member,
    project,
    projects,
    register,
    remove_member,
)
from processes.proposing import Proposed, proposed
from processes.provenance import provenance
from processes.readings import OPTIONS, READINGS, Option, Reading
from processes.retelling import verify_rows
from processes.reviews import Decision, Meeting, Move, decisions, meetings, minutes
from processes.revisions import Duty, SopVersion, ask_for_review, end_duty, give_duty, in_force
from processes.revisions import duties as sop_duties
from processes.revisions import history as sop_history
from processes.rulebook import rulebook
from processes.setting_words import SETTING_UNITS, setting_choices, setting_words
from processes.settings import MAY_BE_EMPTY, NUMBERS, Settings
from processes.standing import verify_plans
from processes.trends import trend
from processes.updates import Update, updates
from processes.vocabulary import CLAIM_WORDS, CLAUSES, GAP_KINDS, RECORD_TITLES, ROLES, SOP, SOP_ROLES
from processes.way import Section, way

__all__ = [
    "CLAIM_WORDS",
    "CLAUSES",
    "GAP_KINDS",
    "MAY_BE_EMPTY",
    "NUMBERS",
    "OPTIONS",
    "READINGS",
    "RECORD_TITLES",
    "ROLES",
    "SETTING_UNITS",
    "SOP",
    "SOP_ROLES",
    "Action",
    "ActionReport",
    "Against",
    "Ahead",
    "Analysis",
    "Appointment",
    "ApprovalMissing",
    "ApproversAltered",
    "Bar",
    "Baseline",
    "Behind",
    "Bottlenecks",
    "Change",
    "Claim",
    "ClaimWord",
    "Communication",
    "Compliance",
    "Condition",
    "Decision",
    "Duty",
    "Forecast",
    "Gantt",
    "Gap",
    "Headline",
    "HistoryRefused",
    "Hold",
    "LogEntry",
    "Matrix",
    "Meeting",
    "MeetingRefused",
    "Member",
    "Metrics",
    "Milestone",
    "Move",
    "NoSuchProject",
    "NobodyToApprove",
    "NotInProject",
    "Objections",
    "Obligation",
    "Option",
    "Plan",
    "PlanAltered",
    "PlanFileRefused",
    "PlanMoved",
    "ProcessesError",
    "Project",
    "Proof",
    "Proposal",
    "Proposed",
    "Proviso",
    "Reading",
    "RegistrationRefused",
    "Section",
    "SettingChange",
    "Settings",
    "SopProcedure",
    "SopVersion",
    "StaleForecast",
    "Standing",
    "StepRefused",
    "StepTimes",
    "Stranded",
    "Tick",
    "Update",
    "action_reports",
    "actions",
    "add_member",
    "adjust",
    "ahead",
    "analysis",
    "ask_for_review",
    "barred",
    "baselines",
    "behind",
    "bottlenecks",
    "bundle",
    "call_off",
    "cancel_project",
    "change",
    "changes",
    "claim_milestone",
    "claim_words",
    "claimable",
    "claims",
    "close",
    "closers",
    "closing",
    "communications",
    "compliance",
    "conditions",
    "decide_setting",
    "decision_on",
    "decisions",
    "end_duty",
    "figures",
    "forecasts",
    "gantt",
    "gaps",
    "give_duty",
    "headlines",
    "heirs",
    "history",
    "hold",
    "holds",
    "hours_waited",
    "in_force",
    "left",
    "log",
    "matrix",
    "matrix_as_data",
    "matrix_of",
    "may_adjust",
    "may_agree",
    "may_report_for",
    "meetings",
    "members",
    "metrics",
    "milestones",
    "minutes",
    "move_meeting",
    "objections",
    "of_history",
    "open_ends",
    "plan",
    "procedure",
    "project",
    "projects",
    "proposals",
    "proposed",
    "provenance",
    "provisos",
    "readable",
    "recorded_history",
    "register",
    "remove_member",
    "replace_signer",
    "report_for",
    "request_change",
    "resume",
    "roles",
    "rulebook",
    "setting_changes",
    "setting_choices",
    "setting_words",
    "settings_awaited",
    "sop_duties",
    "sop_history",
    "stale_forecasts",
    "standings",
    "stranded",
    "teams",
    "trend",
    "updates",
    "verify_plans",
    "verify_rows",
    "way",
    "why_not",
    "withdraw_closure",
]
