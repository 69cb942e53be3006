"""Conditions that are waited for: asked again when a variable that they name has changed, true from false counts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.evaluation import compiled
from engine.bpmn.scopes import is_instance
from engine.bpmn.tree import FAILED
from engine.bpmn.writing import NOTHING, Said, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from SpiffWorkflow.task import Task

    from engine.bpmn.tree import SubWorkflow, Workflow

HELD, SEEN, WHEN = "held", "seen", "when"
"""Where a task keeps whether conditions held, what it saw of their variables, and when that was written."""


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
        when = my_task.internal_data.get(WHEN, {}).get(self.name, {})
        for name, value in my_task.internal_data.get(SEEN, {}).get(self.name, {}).items():
            if name not in when:
                write(my_task, {name: value})
            elif when[name] > my_task.said.get(name, 0):
                my_task.data[name], my_task.said = value, {**my_task.said, name: when[name]}

    def reset(self, my_task: Task) -> None:
        """Forget what was seen."""
        for name in (HELD, SEEN, WHEN, "event_fired"):
            my_task.internal_data.pop(name, None)


def stirred(task: Task) -> Iterator[tuple[Task, Condition]]:
    """What waits for a condition, asks for variables that a task has written, and can see them there."""
    top = task.workflow.top_workflow
    above = NOTHING if task.parent is None else task.parent.said
    changed = {
        name: moment for name, moment in task.said.items()
        if name in top.watched and name in task.data and moment > above.get(name, 0)
    }  # fmt: skip
    if not changed or is_instance(task):
        return
    here = _cell(task.workflow)
    for owner in top.workflows():
        for waiting in list(owner.tasks.values()):
            if waiting._state != TaskState.WAITING or FAILED in waiting.internal_data:
                continue
            for condition in getattr(waiting.task_spec, "conditions", list)():
                news = {name: moment for name, moment in changed.items() if name in condition.names}
                if news and here in _around(owner) and _tell(waiting, condition, task.data, news):
                    yield waiting, condition


def _tell(waiting: Task, condition: Condition, data: Mapping[str, Any], news: Said) -> bool:
    """Show what waits the variables that were written later than what it knows, and say whether there were any."""
    when = waiting.internal_data.setdefault(WHEN, {}).setdefault(condition.name, {})
    fresh = [name for name, moment in news.items() if moment > max(when.get(name, 0), waiting.said.get(name, 0))]
    seen = waiting.internal_data.setdefault(SEEN, {}).setdefault(condition.name, {})
    seen.update({name: data[name] for name in fresh})
    when.update({name: news[name] for name in fresh})
    return bool(fresh)


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
