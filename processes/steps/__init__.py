"""The steps that diagrams call, by name. A step reads and writes the project's rows and gives small variables back."""

from collections.abc import Callable, Mapping
from typing import Any

from engine import Work
from processes.steps import (
    acceptance,
    action,
    change,
    circulation,
    closure,
    communicate,
    concluding,
    decision,
    earlier,
    escalation,
    in_force,
    lateness,
    meeting,
    plan,
    project,
    review,
    revision,
    update,
)

STEPS: Mapping[str, Callable[[Work], Any]] = {
    **project.STEPS,
    **plan.STEPS,
    **update.STEPS,
    **lateness.STEPS,
    **review.STEPS,
    **meeting.STEPS,
    **circulation.STEPS,
    **concluding.STEPS,
    **action.STEPS,
    **acceptance.STEPS,
    **change.STEPS,
    **decision.STEPS,
    **in_force.STEPS,
    **closure.STEPS,
    **revision.STEPS,
    **communicate.STEPS,
    **escalation.STEPS,
    **earlier.STEPS,
}
"""Step by name."""

__all__ = ["STEPS"]
