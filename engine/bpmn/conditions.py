"""Conditions that are waited for: asked again when a variable that they name has changed, true from false counts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.evaluation import compiled
from engine.bpmn.scopes import is_instance
from engine.bpmn.tree import FAILED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from SpiffWorkflow.task import Task

    from engine.bpmn.tree import SubWorkflow, Workflow

HELD, SEEN = "held", "seen"
_MISSING = object()


class Condition(EventDefinition):
    """An expression that is waited for to become true. `name` is the id of its element."""

    def __init__(self, name: str, expression: str) -> None:
        super().__init__(name)
        self.expression = expression

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables that it asks for."""
        return frozenset(compiled(self.expression).names)

    def became_true(self, my_task: Task) -> bool:
        """Whether it holds now and did not before. Raises as Evaluator.evaluate."""
        internal = my_task.internal_data
        data = {**my_task.data, **internal.get(SEEN, {}).get(self.name, {})}
        # What nobody has set yet does not hold yet.
        holds = self.names <= data.keys() and bool(my_task.workflow.script_engine.value(self.expression, data))
        held = internal.setdefault(HELD, {})
        before, held[self.name] = held.get(self.name, False), holds
        return holds and not before

    def has_fired(self, my_task: Task) -> bool:
        """Whether it has become true, or is so when it is reached. Raises as Evaluator.evaluate."""
        if my_task.internal_data.get("event_fired"):
            return True
        return self.name not in my_task.internal_data.get(HELD, {}) and self.became_true(my_task)

    def update_task_data(self, my_task: Task) -> None:
        """Take over what has changed elsewhere of the variables that it asks for."""
        for name, value in my_task.internal_data.get(SEEN, {}).get(self.name, {}).items():
            my_task.data[name] = value

    def reset(self, my_task: Task) -> None:
        """Forget what was seen."""
        for name in (HELD, SEEN, "event_fired"):
            my_task.internal_data.pop(name, None)


def stirred(task: Task) -> Iterator[tuple[Task, Condition]]:
    """What waits for a condition, asks for variables that a task has changed, and can see them there."""
    top = task.workflow.top_workflow
    above = task.parent.data if task.parent is not None else {}
    changed = {
        name: task.data[name]
        for name in top.watched
        if name in task.data and (task.data[name] != above.get(name, _MISSING))
    }
    if not changed or is_instance(task):
        return
    here = _cell(task.workflow)
    for owner in top.workflows():
        for waiting in list(owner.tasks.values()):
            if waiting._state != TaskState.WAITING or FAILED in waiting.internal_data:
                continue
            for condition in getattr(waiting.task_spec, "conditions", list)():
                news = {name: value for name, value in changed.items() if name in condition.names}
                if news and here in _around(owner):
                    waiting.internal_data.setdefault(SEEN, {}).setdefault(condition.name, {}).update(news)
                    yield waiting, condition


def _cell(workflow: Workflow | SubWorkflow) -> Any:
    """The outermost scope that sees what changes in this one: called processes and instances keep it to themselves."""
    *_, outermost = _around(workflow, through_instances=False)
    return outermost


def _around(workflow: Workflow | SubWorkflow, *, through_instances: bool = True) -> list[Any]:
    found, top = [workflow], workflow.top_workflow
    while workflow is not top:
        task = top.get_task_from_id(workflow.parent_task_id)
        if task.task_spec.element.kind == "callActivity" or (is_instance(task) and not through_instances):
            break
        workflow = task.workflow
        found.append(workflow)
    return found
