"""A run that goes on from step to step without being put away in between: a walk is one."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import OpenTask
from engine.bpmn.offering import open_task
from engine.bpmn.running import Run


class Onward(Run):
    """One instance on its way from its start to its end."""

    def __init__(self, run: Run) -> None:
        super().__init__(run._top)

    def rest(self) -> None:
        """Begin another step: what runs by itself is counted anew."""
        self._steps = 0

    def next_task(self) -> OpenTask | None:
        """The first task that is open for a person, branch after branch; None when an element has failed."""
        if self._top.completed or any(self._failures()):
            return None
        for workflow in self._top.workflows():
            for task in workflow.in_order():
                if task._state == TaskState.READY and task.task_spec.manual:
                    return open_task(task)
        return None
