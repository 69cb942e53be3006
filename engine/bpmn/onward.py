"""A run that goes on from step to step without being put away in between: a walk is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import origin
from engine.bpmn.model import OpenTask, Timer
from engine.bpmn.offering import open_task
from engine.bpmn.running import Run
from engine.bpmn.timers import CYCLE
from engine.errors import StepFailed

if TYPE_CHECKING:
    from engine.bpmn.tree import LiveTask, Workflow

_MOST_TASKS = 2000
"""In one scope: each of several instances of a sub-process is one of its own."""
_MOST_TICKS = 100_000
_TIDY_EVERY = 20


class Allowance:
    """How many elements a walk may run by itself, in the process and in all that it calls; `left` are to come."""

    def __init__(self, most: int) -> None:
        self._most = self.left = most

    def spend(self) -> None:
        """Count one more. Raises StepFailed."""
        self.left -= 1
        if self.left < 0:
            raise StepFailed(
                f"It is given up after {self._most} elements that ran by themselves, what it calls counted: it, or what"
                " is walked beside it, runs in circles or calls more and more. Draw a way out, or fewer calls."
            )


class Onward(Run):
    """One instance on its way from its start to its end."""

    _rests = 0

    def __init__(self, workflow: Workflow, allowance: Allowance) -> None:
        super().__init__(workflow)
        self._allowance = allowance

    @property
    def said(self) -> tuple[str, ...]:
        """What a person should know of the way: where nothing decided, and errors that were left to a caller."""
        found, left = self._evaluator.turned, self._evaluator.uncaught
        turned = [f"{name}: Nothing decides here, and it led round and round: another way out was taken at last."
                  for name in dict.fromkeys(origin(gateway) for gateway in found)]  # fmt: skip
        return (*turned, *(f"{origin(name)}: Its error is for whoever calls the process: nothing in it catches that."
                           for name in left))  # fmt: skip

    def rest(self) -> None:
        """Begin another step: what runs by itself is counted anew, and now and then what is over is dropped."""
        self._steps = 0
        self._rests += 1
        if self._rests % _TIDY_EVERY == 0 and not self._top.completed:
            self._tidy()

    def next_task(self) -> OpenTask | None:
        """The first task that is open for a person, branch after branch; None when an element has failed."""
        if self._top.completed or any(self._failures()):
            return None
        for workflow in self._top.workflows():
            for task in workflow.in_order():
                if task._state == TaskState.READY and task.task_spec.manual:
                    return open_task(task)
        return None

    def times_left(self, timer: Timer) -> int:
        """How often a timer still comes that says how often; 0 where it does not say."""
        task = self._task(timer.task)
        return 0 if task is None else task.internal_data.get(CYCLE, [0])[0] or 0

    def _run(self, task: LiveTask) -> None:
        self._allowance.spend()
        super()._run(task)
        if self._evaluator.over and not self._top.completed:
            self._top.cancel()
        if len(task.workflow.tasks) > _MOST_TASKS and not self._top.completed:
            self._tidy()

    def _tidy(self) -> None:
        """Stop where tokens multiply, or where what may come has to be foreseen over and over."""
        super()._tidy()
        if any(len(one.tasks) > _MOST_TASKS for one in self._top.workflows()):
            raise StepFailed("The tokens become more and more. Bring the ways together in a joining gateway.")
        if self._top.ticks > _MOST_TICKS:
            raise StepFailed("It goes on and on: too many ways lead back to where it was. Draw fewer.")
