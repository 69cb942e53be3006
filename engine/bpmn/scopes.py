"""Scopes: what lies around a task, from the inside to the outside, and which variables are seen there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import is_token
from engine.bpmn.merging import Layer, blend
from engine.bpmn.tree import FAILED, OPEN
from engine.bpmn.writing import Said, is_instance

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


def visible(within: Workflow | SubWorkflow | Task, base: Layer) -> tuple[dict[str, Any], Said]:
    """The variables of a scope or activity as they stand: those it began with, and what its tokens wrote since then.

    The latest has the last word. What a called process or one of several instances does, is its own until it ends.
    """
    return blend(base, [_standing(within)] if isinstance(within, Task) else [_standing(one) for one in _tokens(within)])


def brought(thrower: Task, catcher: Task) -> dict[str, Any]:
    """The variables that an event brings along: those that nobody sees outside of where it was thrown."""
    names, hidden, inside = set(), False, thrower
    for workflow, within in outwards(thrower):
        if within is not None:
            names |= inside.said.keys()
            hidden = hidden or is_instance(within) or isinstance(within.task_spec, CallActivity)
            inside = within
        if workflow is catcher.workflow:
            break
    data = thrower.data if hidden else {}
    return {name: value for name, value in data.items() if name in names or name not in catcher.data}


def _tokens(workflow: Workflow | SubWorkflow) -> Iterator[Task]:
    for task in workflow.tasks.values():
        above = task.parent
        if is_token(task.task_spec) and task._state != TaskState.COMPLETED and above._state == TaskState.COMPLETED:
            yield above  # what has come to a join is kept where it came from, until the join fires
        if not task._state & OPEN or is_instance(task):
            continue
        if task._state == TaskState.WAITING and hasattr(task.task_spec, "interrupts"):
            continue  # an event beside the flow holds what was so when it began to wait
        yield task


def _standing(task: Task) -> Layer:
    """What a token knows, with what is going on inside its activity."""
    part = task.workflow.top_workflow.subprocesses.get(task.id)
    own = task.data, task.said
    if part is None or part.completed or isinstance(task.task_spec, CallActivity):
        return own
    return blend(own, [_standing(one) for one in _tokens(part)])
