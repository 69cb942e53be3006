"""What every drawn element shares: entering it may fail without harm to what came before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.tree import FAILED

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task


def fail(task: Task, error: Exception) -> None:
    """Mark a task as failed: it stays where it is until it is retried."""
    said = " ".join(str(error).split())
    if not said or isinstance(error, KeyError):
        # A bare key says nothing to a reader.
        said = f"{type(error).__name__} {said}".strip()
    task.internal_data[FAILED] = said.rstrip(". ") + "."


class Careful:
    """Put before SpiffWorkflow's classes: an error while a task is entered marks this task and stops nothing else."""

    def _update_hook(self, my_task: Task) -> bool | None:
        # A task that was entered waits for its own end; a repeating timer above it updates it once more when it ends.
        if FAILED in my_task.internal_data or my_task._state & (TaskState.READY | TaskState.STARTED):
            return False
        try:
            return self.enter(my_task)
        except my_task.workflow.script_engine.failures as error:
            self.withdraw(my_task)
            fail(my_task, error)
            my_task._set_state(TaskState.WAITING)
            return False

    def enter(self, my_task: Task) -> bool | None:
        """Take the data over and say whether the task is ready."""
        return super()._update_hook(my_task)

    def withdraw(self, my_task: Task) -> None:
        """Take back what an entering that failed has begun."""

    def again(self, my_task: Task) -> None:
        """Retry what failed; the mark is gone already. A task that is ready is left to be run."""
        if my_task._state != TaskState.READY:
            self._update(my_task)

    def property_of(self, name: str) -> str | None:
        """A property that the diagram gives to this element, None when it is absent or empty."""
        return (self.element.properties.get(name) or "").strip() or None

    def evaluated(self, my_task: Task, name: str) -> Any:
        """The value of the expression in a property, None without one. Raises as Evaluator.evaluate."""
        expression = self.property_of(name)
        return None if expression is None else my_task.workflow.script_engine.evaluate(my_task, expression)
