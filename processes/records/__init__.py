"""The composers of the records of clauses 6 to 8: what a completed task proves, as sections and data.

A composer looks at the answers and at rows that the task itself does not change, and never at the clock: what is shown
to be signed and what is then sealed are the same text.
"""

from collections.abc import Callable, Mapping

from engine import Draft, Work
from processes.records.acceptance import milestone_acceptance
from processes.records.change import change_request
from processes.records.closure import closure_evaluation
from processes.records.gap import late_start
from processes.records.minutes import minutes
from processes.records.plan import milestone_plan, revised_plan
from processes.records.progress import progress_log
from processes.records.review import performance_review
from processes.records.revision import sop_revision
from processes.vocabulary import ACCEPTANCE, CHANGE, CLOSURE, GAP, MINUTES, PLAN, PROGRESS, REVIEW, REVISION

COMPOSERS: Mapping[str, Callable[[Work], Draft]] = {
    PLAN: milestone_plan,
    PROGRESS: progress_log,
    MINUTES: minutes,
    REVIEW: performance_review,
    CHANGE: change_request,
    CLOSURE: closure_evaluation,
    REVISION: sop_revision,
    ACCEPTANCE: milestone_acceptance,
    GAP: late_start,
}
"""Composer by record type."""

__all__ = [
    "COMPOSERS",
    "change_request",
    "closure_evaluation",
    "late_start",
    "milestone_acceptance",
    "milestone_plan",
    "minutes",
    "performance_review",
    "progress_log",
    "revised_plan",
    "sop_revision",
]
