"""The fixed names of the procedure: roles, record types, clauses, and the words that forms and rows share."""

from __future__ import annotations

MANAGER, TEAM, STAKEHOLDER, SPONSOR, SYSTEM_LANE = (
    "Project Manager",
    "Project Team",
    "Stakeholder",
    "Sponsor",
    "System",
)
ROLES = (MANAGER, TEAM, STAKEHOLDER, SPONSOR)
"""Roles that people hold in a project."""

OWNER, APPROVER, READER = "SOP Owner", "SOP Approver", "Reader"
SOP_ROLES = (OWNER, APPROVER)
"""Roles that people hold for the SOP itself; whoever takes part in a project is a reader of it."""

SOP = "sop"
"""The subject of what concerns the SOP itself and no project; no project may have this id."""

LANES = (*ROLES, *SOP_ROLES, READER, SYSTEM_LANE)
"""Names that a lane may have."""

PLAN, PROGRESS, MINUTES, REVIEW, CHANGE, DECISION, CLOSURE, REVISION, GAP, ACCEPTANCE = (
    "milestone-plan",
    "progress-log",
    "minutes",
    "performance-review",
    "change-request",
    "change-decision",
    "closure-evaluation",
    "sop-revision",
    "gap",
    "milestone-acceptance",
)
RECORD_TITLES = {
    PLAN: "Milestone Plan Document",
    PROGRESS: "Progress Tracking Log",
    MINUTES: "Meeting Agenda and Minutes",
    REVIEW: "Performance Review Report",
    CHANGE: "Change Request and Approval",
    DECISION: "Decision on a Change",
    CLOSURE: "Closure Evaluation and Feedback",
    REVISION: "Revision of the SOP",
    GAP: "Gap Record",
    ACCEPTANCE: "Milestone Claim and Acceptance",
}
"""The five records of clause 6, how each change ended, those that clauses 7 and 8 leave, that of what was not done, and
that of what is complete, by type."""

CLAUSES = {
    "2a": "Every ongoing project follows the SOP",
    "4.PM1": "The project manager oversees progress tracking",
    "4.PM2": "The project manager plans review meetings",
    "4.PM3": "The project manager ensures documentation",
    "4.PT1": "The project team reports updates",
    "4.PT2": "The project team takes part in reviews",
    "4.PT3": "The project team gives feedback on performance and setbacks",
    "4.ST1": "Stakeholders review milestone reports",
    "4.ST2": "Stakeholders provide input",
    "4.ST3": "Stakeholders approve adjustments",
    "5.1a": "Milestones are clear and measurable",
    "5.1b": "Milestones are set before the project starts",
    "5.1c": "Every milestone has one responsible owner",
    "5.1d": "Every milestone has a target date",
    "5.2a": "Progress is tracked with a tool",
    "5.2b": "Progress is updated weekly",
    "5.2c": "Achievements are logged centrally",
    "5.2d": "Setbacks are logged centrally",
    "5.3a": "Reviews are held at least monthly",
    "5.3b": "Status reports go out before each meeting",
    "5.3c": "Completed, pending and delayed milestones are reviewed",
    "5.3d": "Blockers, constraints and risks are discussed",
    "5.4a": "Minutes are recorded",
    "5.4b": "Decisions are recorded",
    "5.4c": "Action items are recorded",
    "5.4d": "The project file is updated with revised plans",
    "5.4e": "Changes and next steps are communicated to everybody",
    "5.5a": "Performance data are analysed",
    "5.5b": "Plans are revised as agreed in reviews",
    "5.5c": "All changes are documented",
    "5.5d": "Necessary approvals are obtained",
    "6a": "Milestone plans are kept",
    "6b": "Progress logs are kept",
    "6c": "Agendas and minutes are kept",
    "6d": "Performance reviews are kept",
    "6e": "Change requests and approvals are kept",
    "7a": "The procedure is evaluated at closure",
    "7b": "Feedback is asked from team and stakeholders",
    "7c": "The SOP is updated as needed",
    "8a": "Revisions of the SOP are recorded",
}
"""What each clause of the SOP asks for, in a few words."""

MILESTONE_TYPES = ("internal", "contractual", "external")
STATUSES = ("not-started", "on-track", "at-risk", "delayed", "achieved")
"""What an owner may report of a milestone."""

CLAIMED = "claimed-complete"
"""The status of a milestone that its owner says is complete, as long as that is not accepted."""

CAUSES = ("scope", "estimate", "resources", "dependency", "technical", "external", "other")
ACTIONS = ("move", "add", "drop", "rename", "owner", "forecast")
"""What an item of a change does to the plan."""

STATUS_WORDS = {
    "not-started": "Not started",
    "on-track": "On track",
    "at-risk": "At risk",
    "delayed": "Delayed",
    "claimed-complete": "Claimed complete",
    "achieved": "Achieved",
    "missed": "Not reported",
}
"""How people read the status of a milestone in an update."""

CAUSE_WORDS = {
    "scope": "Scope changed",
    "estimate": "Estimate was wrong",
    "resources": "People or means missing",
    "dependency": "Waiting for somebody else",
    "technical": "Technical trouble",
    "external": "Outside events",
    "other": "Something else",
}
"""How people read what a setback or a change comes from."""

KIND_WORDS = {
    "achievement": "Achievement",
    "setback": "Setback",
    "nil": "Nothing to report",
    "blocker": "Blocker",
    "help": "Help needed",
    "missed": "Missed update",
    "deviation": "Deviation",
    "breach": "Breach",
    "unanswered": "Not answered",
    "overdue": "Overdue action",
    "escalation": "Escalation",
}
"""How people read the kind of a log entry."""

ACTION_WORDS = {
    "open": "Open",
    "done": "Done, not verified yet",
    "not-done": "Not done",
    "reopened": "Opened again",
    "closed": "Closed",
}
"""How people read what became of an action item."""

CLAIM_WORDS = {
    "begun": "Evidence to be given",
    "claimed": "Claimed complete, to be verified",
    "verified": "Verified, to be accepted by the stakeholders",
    "returned": "Sent back to the owner",
    "accepted": "Accepted as complete",
    "withdrawn": "Taken back",
}
"""How people read how a claim stands."""

CHANGE_WORDS = {
    "described": "Being described",
    "deciding": "Waiting for decisions",
    "applied": "Approved and applied",
    "conditional": "In force on conditions",
    "provisional": "In force at once, to be ratified",
    "lapsed": "Taken back: its conditions were not met",
    "refused": "Not ratified",
    "recorded": "Recorded: it needs no approval",
}
"""How people read how a change stands, where that is not just its state with a capital letter."""

ANSWER_WORDS = {
    "approved": "approved",
    "conditional": "approved on conditions",
    "partly": "approved in part",
    "rejected": "rejected",
    "returned": "sent back",
    "abstained": "abstained",
}
"""How people read what somebody said to a change."""

LOG_KINDS = tuple(KIND_WORDS)
"""The kinds of log entries."""

GAPS = ("missed", "deviation", "breach", "unanswered", "overdue")
"""Kinds of log entries that say that something was not done as the SOP asks."""

GAP_KINDS = {
    "missed-update": ("Missed update", "missed", "5.2b"),
    "self-verified": ("Milestone verified by its claimant", "deviation", "5.1a"),
    "unconfirmed-minutes": ("Minutes not confirmed", "unanswered", "5.4a"),
    "not-read": ("Revision of the SOP not read", "unanswered", "8a"),
    "unanswered-acceptance": ("Acceptance not answered", "unanswered", "5.5d"),
    "uncorrected-update": ("Update not corrected", "missed", "5.2b"),
    "unchecked-status": ("Weekly status not checked", "missed", "4.PM1"),
    "no-owner": ("Milestone without an active owner", "breach", "5.1c"),
    "late-start": ("Begun without an approved plan", "deviation", "5.1b"),
    "unanswered-ownership": ("Ownership not answered", "unanswered", "5.1c"),
    "unanswered-approval": ("Approval not answered", "unanswered", "5.5d"),
    "late-report": ("Status report sent late", "breach", "5.3b"),
    "not-reviewed": ("Status report not answered", "unanswered", "4.ST1"),
    "no-quorum": ("Review without a quorum", "deviation", "5.3a"),
    "late-meeting": ("Meeting not repeated in time", "deviation", "5.3a"),
    "unanswered-circulation": ("Written decision not answered", "unanswered", "4.ST2"),
    "review-gap": ("More than a month between reviews", "deviation", "5.3a"),
    "review-cancelled": ("Review cancelled", "deviation", "5.3a"),
    "late-action": ("Action not done in time", "overdue", "5.4c"),
    "not-ratified": ("Emergency change not ratified", "unanswered", "5.5d"),
    "condition-lapsed": ("Condition of an approval not met", "breach", "5.5d"),
    "no-feedback": ("Feedback not given", "unanswered", "7b"),
}
"""Kind of gap -> what people call it, the kind of its line in the log, and the clause that it breaks."""

ALSO_MISSED = {
    "missed-update": ("4.PT1",),
    "uncorrected-update": ("4.PT1",),
    "not-ratified": ("4.ST3",),
    "not-reviewed": ("4.ST2",),
    "review-gap": ("4.PM2",),
}
"""Kind of gap -> what else is not met by it: the duty of whoever had to act, beside the clause that it breaks."""

MANAGER_ONLY, MANAGER_AND_OWNERS, STAKEHOLDERS, STAKEHOLDERS_AND_SPONSOR = (
    "manager only",
    "manager and owners",
    "stakeholders",
    "stakeholders and sponsor",
)
PLAN_RULES = (MANAGER_ONLY, STAKEHOLDERS, STAKEHOLDERS_AND_SPONSOR)
"""Who signs the baseline: a setting of the project."""

EMERGENCY = "emergency"
"""The urgency of a change that one sponsor may let in force at once, and the rule under which that is done."""

RULES = (MANAGER_ONLY, MANAGER_AND_OWNERS, STAKEHOLDERS, STAKEHOLDERS_AND_SPONSOR)
"""Approval rules, from the weakest to the strongest."""

IMPACTS = ("forecast", "dates-within-tolerance", "dates", "resources", "scope", "budget", "contractual")
"""Kinds of change, from the least to the most far-reaching."""
