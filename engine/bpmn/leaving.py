"""Through which sequence flows a token leaves what it has finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

_OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def flows_left(task: Task) -> Iterator[str]:
    """The sequence flows through which a task leaves; first the one to it, if its timer goes on and cannot say so."""
    parent = task.parent
    if parent is not None and parent._state & _OPEN:
        flow = parent.task_spec.flows.get(task.task_spec.name)
        if flow is not None and not flow.startswith("~"):
            yield flow
    flows = task.task_spec.flows
    if flows:
        for child in task.children:
            flow = flows.get(child.task_spec.name, "~")
            if child._state & TaskState.NOT_FINISHED_MASK and not flow.startswith("~"):
                yield flow
