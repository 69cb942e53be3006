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
    name = None if key is None else _item_of(task.parent.task_spec)
    item = None if name is None else task.data.get(name)
    return _opened(task.id, task.task_spec, task.internal_data, item, dict(task.data))


def asleep(whole: LiveTask) -> Iterator[OpenTask]:
    """The tasks at a multi-instance that are rows as yet."""
    specs, seen, variable = whole.workflow.spec.task_specs, seen_below(whole), _item_of(whole.task_spec)
    for name, row in whole.asleep.items():
        changed: dict[str, Any] = row[7] or {}
        item = None if variable is None else changed[variable] if variable in changed else seen.get(variable)
        data: Mapping[str, Any] = ChainMap(changed, seen)
        if row[8]:
            data = {one: value for one, value in data.items() if one not in row[8]}
        yield _opened(name, specs[row[3]], row[6] or {}, item, data)


def _item_of(whole: TaskSpec) -> str | None:
    """The name of the variable in which each instance finds its item."""
    return None if whole.input_item is None else whole.input_item.bpmn_id


def _opened(
    id: str, spec: TaskSpec, internal: Mapping[str, Any], item: Any, data: Mapping[str, Any]
) -> OpenTask:
    element, key = spec.element, internal.get("key_or_index")
    return OpenTask(
        id=id, element=origin(element.id), name=element.name, role=element.role, properties=element.properties,
        key=None if key is None else str(key), item=item, data=data,
        assignee=internal.get("assignee"), due=internal.get("until"),
    )  # fmt: skip
