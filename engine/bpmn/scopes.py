"""Scopes: what lies around a task, from the inside to the outside, and which variables are seen there."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import is_token
from engine.bpmn.tree import FAILED, OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bpmn.tree import SubWorkflow, Workflow


def outwards(my_task: Task) -> Iterator[tuple[Workflow | SubWorkflow, Task | None]]:
    """Each scope around a task, the innermost first, with the task as which it holds the one before."""
    top = my_task.workflow.top_workflow
    workflow, within = my_task.workflow, None
    while True:
        yield workflow, within
        if workflow is top:
            return
        within = top.get_task_from_id(workflow.parent_task_id)
        workflow = within.workflow


def is_instance(task: Task) -> bool:
    """Whether a task is one of the instances of a loop or multi-instance."""
    above = task.parent
    return above is not None and isinstance(above.task_spec, LoopTask) and task.triggered


def on_border(activity: Task) -> list[Task]:
    """The events that wait on the border of an activity; of an instance, on that of the whole."""
    whole = activity.parent if is_instance(activity) else activity
    split = whole.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return []
    return [one for one in split.children if one is not whole and is_waiting(one)]


def listeners(workflow: Workflow | SubWorkflow) -> list[Task]:
    """The event sub-processes of a scope that wait for their event."""
    return [one for one in workflow.tasks.values() if hasattr(one.task_spec, "stands_by") and is_waiting(one)]


def is_waiting(task: Task) -> bool:
    """Whether a task is an event that waits and has not failed."""
    return task._state == TaskState.WAITING and FAILED not in task.internal_data and (
        isinstance(task.task_spec, CatchingEvent)
    )


def visible(within: Workflow | SubWorkflow | Task, base: dict[str, Any]) -> dict[str, Any]:
    """The variables of a scope or activity as they stand: those it began with, and what its tokens made of them.

    The latest has the last word. What a called process or one of several instances does, is its own until it ends.
    """
    data = deepcopy(base)
    tokens = _inside(within) if isinstance(within, Task) else _tokens(within)
    for task in sorted(tokens, key=lambda one: one.last_state_change):
        for name, value in task.data.items():
            if name not in base or base[name] != value:
                data[name] = deepcopy(value)
    return data


def _tokens(workflow: Workflow | SubWorkflow) -> Iterator[Task]:
    for task in workflow.tasks.values():
        above = task.parent
        if is_token(task.task_spec) and task._state != TaskState.COMPLETED and above._state == TaskState.COMPLETED:
            yield above  # what has come to a join is kept where it came from, until the join fires
        if not task._state & OPEN or is_instance(task):
            continue
        if task._state == TaskState.WAITING and hasattr(task.task_spec, "interrupts"):
            continue  # an event beside the flow holds what was so when it began to wait
        yield from _inside(task)


def _inside(task: Task) -> Iterator[Task]:
    yield task
    part = task.workflow.top_workflow.subprocesses.get(task.id)
    if part is not None and not part.completed and not isinstance(task.task_spec, CallActivity):
        yield from _tokens(part)
