"""A run: one instance in memory for one step. Begin or load it, move it, settle it, forget it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn import state as states
from engine.bpmn.calendar import iso
from engine.bpmn.conditions import stirred
from engine.bpmn.elements import origin
from engine.bpmn.entering import fail
from engine.bpmn.evaluation import Evaluator, evaluator, plain
from engine.bpmn.events import hear, is_plain
from engine.bpmn.merging import latest
from engine.bpmn.model import Environment, Failure, Moved, OpenTask, Prepared, Timer, Wait
from engine.bpmn.offering import asleep, open_task, output_item
from engine.bpmn.pruning import prune
from engine.bpmn.scopes import is_instance, is_waiting
from engine.bpmn.stuck import joins_in_vain, nothing_left
from engine.bpmn.timers import DUE
from engine.bpmn.tree import FAILED, OPEN, LiveTask, Workflow
from engine.bpmn.writing import write
from engine.errors import NobodyWaits, StepFailed, TaskNotReady

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MAXIMUM_STEPS = 5000
"""Automatic elements that one call may run; more than that is a loop without a way out."""
_PRUNE_EVERY = 200


def begin(
    prepared: Prepared,
    environment: Environment,
    data: dict[str, Any],
    message: tuple[str, dict[str, Any]] | None = None,
    element: str | None = None,
    kind: Callable[[Workflow], Run] | None = None,
) -> Run:
    """Start an instance: by one of its start messages (name, payload), at a start event, or at the plain one.

    Raises NobodyWaits, StepFailed.
    """
    named = {start.message: start.element for start in prepared.starts}
    if message is not None and message[0] not in named:
        raise NobodyWaits(f"The message “{message[0]}” does not start “{prepared.name}”.")
    starts = prepared.spec.bpmn_start_events
    if message is None and element is None and not any(is_plain(one) for one in starts):
        said = f" by a message: {', '.join(sorted(named))}" if named else " at its time"
        raise NobodyWaits(f"“{prepared.name}” is started{said}.")
    workflow = Workflow(prepared.spec, prepared.parts, evaluator(environment))
    data = plain(data, "The start")
    if message is not None:
        element, payload = named[message[0]], plain(message[1], "The message")
        (start,) = (event for one in starts if origin(one.bpmn_id) == element
                    for event in (one.event_definition, *one.others) if event.name == message[0])  # fmt: skip
        data.update({start.variable: payload} if start.variable else payload)
    workflow.begun_by = element
    workflow.plant(data)
    run = (kind or Run)(workflow)
    run.advance()
    return run


def load(prepared: Prepared, environment: Environment, state: bytes) -> Run:
    """Go on with an instance from its state. Raises EngineError when the state does not fit the definition."""
    return Run(states.load(prepared, evaluator(environment), state))


class Run:
    """One instance at work. Made by `begin` and `load`; used by one thread, for one step."""

    def __init__(self, workflow: Workflow) -> None:
        self._top = workflow
        self._evaluator: Evaluator = workflow.script_engine
        self._steps = 0

    def complete(self, task: str, data: dict[str, Any]) -> None:
        """Complete a person's task with its data, and run on to the next people, timers and messages.

        What one of several instances gives is its data, unless the output item is among it.
        Raises TaskNotReady when the task is not open, StepFailed when the process runs in circles.
        """
        found = self._task(task)
        if found is None or found._state != TaskState.READY or not found.task_spec.manual:
            raise TaskNotReady
        given = plain(data, "The task")
        output = output_item(found)
        write(found, given if output is None else {output: given, **given})
        self._run(found)
        self.advance()

    def fire(self, now: datetime) -> tuple[str, ...]:
        """Let the timers elapse that are due at `now`, the earliest first, and give their elements. Raises StepFailed.

        For the rest of this run it is `now`.
        """
        self._evaluator.clock = lambda: now
        fired = []
        for timer in sorted(self._timers(), key=lambda timer: timer.due):
            task = self._task(timer.task)
            due = task.internal_data.get(DUE, {}).get(timer.element) if task is not None else None
            if timer.due <= iso(now) and due == timer.due and task._state == TaskState.WAITING:
                fired.append(origin(timer.element))
                task.task_spec.elapse(task, timer.element)
                self.advance()
        return tuple(fired)

    @property
    def missed(self) -> Mapping[str, int]:
        """How many occurrences of repeating timers have passed without coming, by element: each came once instead."""
        return {origin(name): count for name, count in self._top.missed.items()}

    def deliver(self, message: str, payload: dict[str, Any], element: str | None = None) -> bool:
        """Give a message to the one event that waits for it, and say whether there was one. Raises StepFailed.

        `element` names the event when several wait: the id of the element, or of the waiting task.
        """
        for wait in self._waits():
            if wait.message == message and element in (None, origin(wait.element), wait.task):
                task = self._task(wait.task)
                task.task_spec.receive(task, wait, plain(payload, "The message"))
                self.advance()
                return True
        return False

    def hear(self, signal: str) -> None:
        """Let all events hear a signal that wait for it. Raises StepFailed."""
        hear(self._top, signal)
        self.advance()

    def retry(self, task: str) -> None:
        """Run an element that failed again, and then on. Raises TaskNotReady when it has not failed, StepFailed."""
        found = self._task(task)
        if found is None or not found._state & OPEN:
            raise TaskNotReady
        if FAILED not in found.internal_data and task not in {one.task for one in self._stuck()}:
            raise TaskNotReady
        if found.internal_data.pop(FAILED, None) is not None and found._state != TaskState.READY:
            found.task_spec.again(found)
        self.advance()

    def cancel(self) -> None:
        """End the instance as it stands."""
        if not self._top.completed:
            self._top.cancel()
            self._top.cancelled = True

    def data(self, task: str) -> dict[str, Any]:
        """A copy of the variables of a task. Raises TaskNotReady when the task is not in the live tree."""
        found = self._task(task)
        if found is None:
            raise TaskNotReady
        return plain(found.data, "The task")

    def settle(self) -> Moved:
        """Drop what is over, and tell what the run has come to. Call it once, at the end."""
        seen = self.look()
        return replace(seen, state=states.dump(self._top))

    def look(self) -> Moved:
        """What the run has come to so far, without its state; what is over is dropped."""
        top = self._top
        if not top.is_completed():
            prune(top)
        return Moved(
            state=b"",
            completed=top.completed and not top.cancelled,
            cancelled=top.cancelled,
            tasks=tuple(self._open()),
            timers=tuple(replace(one, element=origin(one.element)) for one in self._timers()),
            waits=tuple(replace(one, element=origin(one.element)) for one in self._waits()),
            sent=tuple(top.sent),
            finished=tuple(top.trail),
            failures=(*self._failures(), *self._stuck()),
            data=self._data(),
        )

    def advance(self) -> None:
        """Run whatever runs by itself. Raises StepFailed when that does not end."""
        while not self._top.completed:
            ready = [task for task in self._tasks() if _runs(task)]
            if not ready:
                return
            for task in ready:
                self._run_urgent()
                if _runs(task) and task.workflow.tasks.get(task.id) is task:
                    self._run(task)
            self._run_urgent()

    def _run_urgent(self) -> None:
        while self._top.urgent:
            task = self._top.urgent.pop(0)
            if _runs(task) and task.workflow.tasks.get(task.id) is task:
                self._run(task)

    def _run(self, task: LiveTask) -> None:
        self._steps += 1
        if self._steps > MAXIMUM_STEPS:
            raise StepFailed(
                f"More than {MAXIMUM_STEPS} elements ran in a row around “{_label(task)}”."
                " The process runs in circles, or its calls become more and more: draw a task, a timer or a way out."
            )
        try:
            task.run()
        except self._evaluator.failures as error:
            if task._state != TaskState.READY:
                raise
            fail(task, error)
        if self._top.watched:
            self._tell(task)
        if self._steps % _PRUNE_EVERY == 0 and not self._top.completed:
            self._tidy()

    def _tidy(self) -> None:
        prune(self._top)

    def _tell(self, task: LiveTask) -> None:
        """Ask the conditions again that wait for what an element has changed."""
        whole = task.parent if is_instance(task) else task
        for waiting, condition in stirred(whole) if whole._state != TaskState.READY else ():
            try:
                if condition.became_true(waiting):
                    waiting.task_spec.turn(waiting, condition)
            except self._evaluator.failures as error:
                fail(waiting, error)

    def _tasks(self) -> Iterator[LiveTask]:
        for workflow in self._top.workflows():
            yield from list(workflow.tasks.values())

    def _task(self, task: str) -> LiveTask | None:
        if self._top.completed:
            return None
        for workflow in self._top.workflows():
            if task in workflow.tasks:
                return workflow.tasks[task]
        whole = self._top.sleepers.get(task)
        return None if whole is None else whole.wake(task)

    def _live(self) -> Iterator[LiveTask]:
        if not self._top.completed:
            yield from (task for task in self._tasks() if task._state & OPEN)

    def _open(self) -> Iterator[OpenTask]:
        for task in self._live():
            if task._state == TaskState.READY and task.task_spec.manual:
                yield open_task(task)
            if task.asleep:
                yield from asleep(task)

    def _timers(self) -> Iterator[Timer]:
        for task in self._live():
            if task._state == TaskState.WAITING and FAILED not in task.internal_data:
                for element, due in task.internal_data.get(DUE, {}).items():
                    yield Timer(task.id, element, due)

    def _waits(self) -> Iterator[Wait]:
        for task in self._live():
            if task._state == TaskState.WAITING and FAILED not in task.internal_data:
                waits = getattr(task.task_spec, "waits", None)
                if waits is not None:
                    yield from waits(task)

    def _failures(self) -> Iterator[Failure]:
        for task in self._live():
            if FAILED in task.internal_data:
                yield Failure(task.id, origin(task.task_spec.bpmn_id), task.internal_data[FAILED])

    def _stuck(self) -> tuple[Failure, ...]:
        if self._top.completed:
            return ()
        found = tuple(joins_in_vain(self._top))
        for going_on in (found, self._failures(), self._open(), self._timers(), self._waits()):
            if any(going_on):
                return found
        return tuple(nothing_left(self._top))

    def _data(self) -> dict[str, Any]:
        if self._top.completed:
            return self._top.data
        # What stands by keeps how things were.
        tokens = [one for one in self._live() if not (is_waiting(one) and hasattr(one.task_spec, "interrupts"))]
        return latest([(one.data, one.said) for one in tokens])


def _label(task: LiveTask) -> str:
    return task.task_spec.bpmn_name or origin(task.task_spec.bpmn_id or task.task_spec.name)


def _runs(task: LiveTask) -> bool:
    """Whether a task is to be run now, by itself."""
    return task._state == TaskState.READY and not task.task_spec.manual and FAILED not in task.internal_data
