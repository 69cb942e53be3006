"""What forms show and begin with, by name: tables of what is known, and initial values of what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Work
from processes.context.acceptance import Accepting
from processes.context.action import Acting
from processes.context.change import Changing
from processes.context.closure import Closing
from processes.context.known import Known
from processes.context.review import Reviewing
from processes.context.revision import Revising
from processes.context.setup import Setup
from processes.context.update import Reporting

TABLES = frozenset(
    "my_milestones plan_remarks approvals updates entries missed late_items metrics trend report actions_open"
    " minutes_remarks change_remarks change_lines change_conflicts change_conditions gaps effectiveness feedback"
    " closure_remarks proposal revision_remarks action_item action_reports claimed_milestone claim_evidence"
    " claim_words changes_decided decisions_proposed waiting setback_causes".split()
)
"""Tables that a form may show."""

VALUES = frozenset(
    "today project_title period last_review review_by plan review minutes change milestones_open"
    " milestones_review closure sop_version revision claim course reschedule_by quorum_said circle_said"
    " preread_days review_from who_decides".split()
)
"""Texts that a form may show, and initial values that it may begin with."""


def context(work: Work, wanted: frozenset[str]) -> dict[str, Any]:
    """The values of these names for the task at work; tables that its process does not know are empty."""
    known = _BY_PROCESS.get(work.process, Known)(work)
    found = {name: getattr(known, name, None) for name in wanted & (TABLES | VALUES)}
    return {name: value for name, value in found.items() if value is not None} | {
        name: [] for name, value in found.items() if value is None and name in TABLES
    }


_BY_PROCESS: Mapping[str, type[Known]] = {
    "milestone-setup": Setup,
    "weekly-update": Reporting,
    "review-cycle": Reviewing,
    "change-approval": Changing,
    "action-item": Acting,
    "milestone-acceptance": Accepting,
    "closure": Closing,
    "sop-revision": Revising,
}
