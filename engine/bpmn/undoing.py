"""Compensation at work: events that have undone what was completed, the latest first, and wait until it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.entering import Careful
from engine.bpmn.memories import Memory, recall
from engine.bpmn.scopes import brought, on_border, outwards
from engine.bpmn.tree import NOT_FINISHED
from engine.bpmn.writing import later, write

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from engine.bpmn.tree import SubWorkflow, Workflow

LEFT, _ITEMS = "left", "items"
"""Where the event keeps what is still to be undone, and the names of the items of what is being undone."""


class Cancelled(EventDefinition):
    """What the border of a transaction waits for."""

    repeats = False

    def update_task_data(self, my_task: Task) -> None:
        """Take over the variables from where it was cancelled."""
        write(my_task, my_task.internal_data.pop("received", None) or {})


class Undoing(Careful, SimpleBpmnTask):
    """An event that asks for compensation, in the middle or at the end (BPMN 2.0, 10.7 and 13.5.5).

    `activity` is the one to be undone; None means all that was completed in the scope.
    """

    activity: str | None = None

    def enter(self, my_task: Task) -> bool | None:
        """Find what is to be undone, and begin with the latest."""
        super().enter(my_task)
        my_task.internal_data[LEFT] = recall(_scope(my_task), self.activity)
        return self._next(my_task)

    def _next(self, my_task: Task) -> bool | None:
        left = my_task.internal_data[LEFT]
        if not left:
            del my_task.internal_data[LEFT]
            return True
        my_task._set_state(TaskState.STARTED)
        self._undo(my_task, left.pop(0))
        return None

    def _undo(self, my_task: Task, memory: Memory) -> None:
        handler, _, items, within = memory
        child = my_task._add_child(my_task.workflow.spec.task_specs[handler], TaskState.WAITING)
        child.triggered = True
        for name in items:
            # What is undone next has another item of that name.
            my_task.data.pop(name, None)
        my_task.internal_data[_ITEMS] = list(items)
        child.data.update(items)
        child.task_spec._update(child)
        part = my_task.workflow.top_workflow.subprocesses.get(child.id)
        if part is not None:
            part.remembered = within

    def undone(self, my_task: Task, child: Task) -> None:
        """One handler has finished: go on with the next."""
        items = my_task.internal_data.pop(_ITEMS)
        my_task.data.update({name: value for name, value in child.data.items() if name not in items})
        my_task.said = later(my_task.said, {name: moment for name, moment in child.said.items() if name not in items})
        if self._next(my_task):
            my_task._set_state(TaskState.READY)


class CancelEnd(Undoing):
    """The end of a transaction that has failed: what is open in it ends, what was done is undone, and it is left."""

    def enter(self, my_task: Task) -> bool | None:
        """End what is open, then undo."""
        tasks = my_task.workflow.tasks
        for task in [one for one in tasks.values() if one._state & NOT_FINISHED and one is not my_task]:
            if task.id in tasks and task._state & NOT_FINISHED and task.parent is not my_task:
                task.cancel()
        return super().enter(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        _, (_, within) = list(outwards(my_task))[:2]
        for event in on_border(within):
            if isinstance(event.task_spec.event_definition, Cancelled):
                event.task_spec.come(event, brought(my_task, event))
        return True


def undone(_: Any, child: Task) -> None:
    """A handler has finished: SpiffWorkflow tells us so."""
    above = child.parent
    if above is not None and isinstance(above.task_spec, Undoing):
        above.task_spec.undone(above, child)


def _scope(my_task: Task) -> Workflow | SubWorkflow:
    """Where it is undone: around event sub-processes, as those act for the scope that they are in."""
    return next(workflow for workflow, _ in outwards(my_task) if not workflow.spec.beside)
