"""What is offered to people: the open tasks of a run, those that are still rows of its state too."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any

from engine.bpmn.elements import origin
from engine.bpmn.model import OpenTask
from engine.bpmn.rows import seen_below

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from SpiffWorkflow.specs.base import TaskSpec

    from engine.bpmn.tree import LiveTask


def output_item(task: LiveTask) -> str | None:
    """The variable in which the diagram expects what one of several instances gives."""
    if task.internal_data.get("key_or_index") is None:
        return None
    item = getattr(task.parent.task_spec, "output_item", None)
    return None if item is None else item.bpmn_id


def open_task(task: LiveTask) -> OpenTask:
    """A task that waits for a person."""
    key = task.internal_data.get("key_or_index")
    whole = task.parent.task_spec if key is not None else None
    return _opened(task.id, task.task_spec, task.internal_data, whole, dict(task.data))


def asleep(whole: LiveTask) -> Iterator[OpenTask]:
    """The tasks at a multi-instance that are rows as yet."""
    specs, seen = whole.workflow.spec.task_specs, seen_below(whole)
    for name, row in whole.asleep.items():
        data = ChainMap(row[7] or {}, seen)
        if row[8]:
            data = {item: value for item, value in data.items() if item not in row[8]}
        yield _opened(name, specs[row[3]], row[6] or {}, whole.task_spec, data)


def _opened(
    id: str, spec: TaskSpec, internal: Mapping[str, Any], whole: TaskSpec | None, data: Mapping[str, Any]
) -> OpenTask:
    element, key = spec.element, internal.get("key_or_index")
    item = data.get(whole.input_item.bpmn_id) if whole is not None and whole.input_item is not None else None
    return OpenTask(
        id=id, element=origin(element.id), name=element.name, role=element.role, properties=element.properties,
        key=None if key is None else str(key), item=item, data=data,
        assignee=internal.get("assignee"), due=internal.get("until"),
    )  # fmt: skip
