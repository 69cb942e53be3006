"""What a scope remembers of what was completed in it and can be undone: for as long as it is at work, and no longer.

A memory is [handler, the activity and the sub-processes that it was in, from the inside, items, memories inside it].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from engine.bpmn.tree import SubWorkflow, Workflow

Memory = list[Any]


def remember(task: Task) -> None:
    """Keep that an activity was completed, if something can undo it; of a sub-process, what it kept itself."""
    spec = task.task_spec
    part = task.workflow.top_workflow.subprocesses.get(task.id)
    within = [] if part is None or isinstance(spec, CallActivity) else part.remembered
    handler = getattr(spec, "undone_by", None)
    if handler is None and not within:
        return
    items = _items(task)
    if handler is not None:
        task.workflow.remembered.append([handler, [spec.bpmn_id], items, within])
        return
    for inner, path, had, deeper in within:
        task.workflow.remembered.append([inner, [*path, spec.bpmn_id], {**items, **had}, deeper])


def recall(scope: Workflow | SubWorkflow, activity: str | None) -> list[Memory]:
    """Take out what is to be undone, the latest first: all, or what was done as or in one activity."""
    found = [one for one in scope.remembered if activity is None or activity in one[1]]
    scope.remembered = [one for one in scope.remembered if one not in found]
    return found[::-1]


def _items(task: Task) -> dict[str, Any]:
    """The item of one of several instances: it is gone when the next one is done, and undoing asks for it."""
    whole = task.parent.task_spec if "key_or_index" in task.internal_data and task.parent is not None else None
    item = getattr(whole, "input_item", None)
    return {} if item is None else {item.bpmn_id: task.data.get(item.bpmn_id)}
