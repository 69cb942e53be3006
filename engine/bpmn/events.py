"""Events: messages that leave through the engine's outbox, events that wait, and a gateway with one winner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.spiff.specs import defaults as spiff_defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.calendar import iso
from engine.bpmn.conditions import Condition
from engine.bpmn.elements import origin
from engine.bpmn.entering import Careful
from engine.bpmn.evaluation import plain, text_of
from engine.bpmn.joins import choose
from engine.bpmn.model import Sent, Wait
from engine.bpmn.timers import Due
from engine.bpmn.tree import FAILED
from engine.bpmn.writing import write
from engine.errors import StepFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from SpiffWorkflow.specs.base import TaskSpec
    from SpiffWorkflow.task import Task

    from engine.bpmn.tree import Workflow

CORRELATION, RECEIVED, FIRED, WINNER = "correlation", "received", "event_fired", "winner"


class Message(EventDefinition):
    """A message by name. Thrown, it leaves the instance: who receives it, is the engine's decision."""

    def __init__(self, name: str, payload: str | None = None, variable: str | None = None) -> None:
        super().__init__(name)
        self.payload = payload
        self.variable = variable

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def throw(self, my_task: Task) -> None:
        """Put the message and its payload aside for the engine. Raises as Evaluator.evaluate, and StepFailed."""
        spec, engine = my_task.task_spec, my_task.workflow.script_engine
        payload: Any = {} if self.payload is None else engine.evaluate(my_task, self.payload)
        if not isinstance(payload, dict):
            raise StepFailed(
                f"The payload of message “{self.name}” must be a map of names and values, not {payload!r}."
            )
        payload = plain(payload, f"The payload of message “{self.name}”")
        keep = (spec.element.properties.get("keep") or "").strip().lower() != "false"
        my_task.workflow.top_workflow.sent.append(Sent(spec.bpmn_id, self.name, payload, keep))

    def update_task_data(self, my_task: Task) -> None:
        """Put the payload into the variable named for it, else its items among the variables."""
        payload = my_task.internal_data.pop(RECEIVED, None)
        if self.variable:
            write(my_task, {self.variable: payload})
        elif payload:
            write(my_task, payload)

    def reset(self, my_task: Task) -> None:
        """Forget what was received."""
        for name in (RECEIVED, FIRED, CORRELATION):
            my_task.internal_data.pop(name, None)


class Signal(Message):
    """A signal: thrown, it reaches at once whatever waits for it here, and then all others about the same subject."""

    def throw(self, my_task: Task) -> None:
        """Tell all that wait. An event that is not waiting yet does not hear it (BPMN 2.0, 10.5.6)."""
        top = my_task.workflow.top_workflow
        top.sent.append(Sent(my_task.task_spec.bpmn_id, self.name, {}, keep=False, everyone=True))
        hear(top, self.name)


def hear(top: Workflow, signal: str) -> None:
    """Let everything in an instance that waits for a signal hear it."""
    for owner in top.workflows():
        for task in [one for one in owner.tasks.values() if one._state == TaskState.WAITING]:
            waits = getattr(task.task_spec, "waits", None)
            heard = [] if waits is None or FAILED in task.internal_data else list(waits(task))
            for wait in heard:
                if wait.message == signal and task._state == TaskState.WAITING:
                    task.task_spec.receive(task, wait, {})


def is_plain(spec: TaskSpec) -> bool:
    """Whether a start event begins its process by itself."""
    return isinstance(spec.event_definition, NoneEventDefinition)


def correlate(my_task: Task, specs: list[TaskSpec]) -> None:
    """Find what a waiting task's messages must carry, once. Raises as Evaluator.evaluate."""
    if CORRELATION in my_task.internal_data:
        return
    found = {}
    for spec in specs:
        expression = (spec.element.properties.get("correlation") or "").strip()
        if expression:
            found[spec.element.id] = text_of(my_task.workflow.script_engine.evaluate(my_task, expression))
    if found:
        my_task.internal_data[CORRELATION] = found


class Waiting(Careful):
    """An event that waits until its timer, message or condition has come."""

    def enter(self, my_task: Task) -> bool | None:
        """Begin to wait, or see whether the event has come."""
        ready = super().enter(my_task)
        if not ready and isinstance(self.event_definition, Message):
            correlate(my_task, [self])
        return ready

    def withdraw(self, my_task: Task) -> None:
        """Wait for nothing after all."""
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        self.event_definition.update_task_data(my_task)
        self.event_definition.reset(my_task)
        my_task.internal_data.pop(FIRED, None)
        return super(CatchingEvent, self)._run_hook(my_task)

    def waits(self, my_task: Task) -> Iterator[Wait]:
        """The messages for which a task waits."""
        if isinstance(self.event_definition, Message):
            known = my_task.internal_data.get(CORRELATION, {})
            yield Wait(my_task.id, self.bpmn_id, self.event_definition.name, known.get(self.bpmn_id))

    def conditions(self) -> list[Condition]:
        """The conditions that are waited for."""
        return [self.event_definition] if isinstance(self.event_definition, Condition) else []

    def come(self, my_task: Task, payload: dict[str, Any] | None = None) -> None:
        """The event has come: go on."""
        my_task.internal_data[FIRED] = True
        if payload is not None:
            my_task.internal_data[RECEIVED] = payload
        self._update(my_task)

    def receive(self, my_task: Task, wait: Wait, payload: dict[str, Any]) -> None:
        """Take the message that the wait is about."""
        self.come(my_task, payload)

    def elapse(self, my_task: Task, element: str) -> None:
        """Let the timer of an element, which is due, fire."""
        my_task.task_spec._update(my_task)

    def turn(self, my_task: Task, condition: Condition) -> None:
        """A condition has become true."""
        self.come(my_task)


class StartEvent(Waiting, defaults.StartEvent):
    """The start of a process or sub-process. What begins a process, is told to the instance when it is begun."""

    interrupting = True
    others: tuple[EventDefinition, ...] = ()
    """What else begins the process or event sub-process, beside the event definition."""

    def enter(self, my_task: Task) -> bool:
        """Go on if this is the start that was taken; the others are passed over."""
        super(CatchingEvent, self)._update_hook(my_task)
        top, starts = my_task.workflow.top_workflow, self._wf_spec.bpmn_start_events
        taken = top.begun_by if my_task.workflow is top else None
        plain = [origin(one.bpmn_id) for one in starts if is_plain(one)]
        own = origin(self.bpmn_id)
        if own == (taken or (plain or [own])[0]):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def _predict_hook(self, my_task: Task) -> None:
        super(CatchingEvent, self)._predict_hook(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        return super(CatchingEvent, self)._run_hook(my_task)

    def waits(self, my_task: Task) -> Iterator[Wait]:
        """Nothing: by the time an instance waits, it has been begun."""
        yield from ()


class CatchEvent(Waiting, defaults.IntermediateCatchEvent):
    """An event in the middle that waits."""


class ReceiveTask(Waiting, spiff_defaults.ReceiveTask):
    """A task that waits for a message."""


class ThrowEvent(Careful, defaults.IntermediateThrowEvent):
    """An event in the middle that sends."""


class SendTask(Careful, spiff_defaults.SendTask):
    """A task that sends a message."""


class FirstEventGateway(Careful, defaults.EventBasedGateway):
    """Waits for several events and takes the branch of the one that comes first."""

    @property
    def branches(self) -> dict[str, EventDefinition]:
        """The event of each branch by the name of its spec."""
        return dict(zip(self._outputs, self.event_definition.event_definitions, strict=True))

    def enter(self, my_task: Task) -> bool:
        """Begin to wait; a timer that is due already wins at once. Raises as Evaluator.evaluate, and StepFailed."""
        if WINNER in my_task.internal_data:
            return True
        super(CatchingEvent, self)._update_hook(my_task)
        correlate(my_task, self.outputs)
        for name, event in self.branches.items():
            if isinstance(event, Condition) and event.has_fired(my_task):
                my_task.internal_data[WINNER] = name
                return True
        dues = {event.due(my_task): name for name, event in reversed(self.branches.items()) if isinstance(event, Due)}
        if dues and min(dues) <= iso(my_task.workflow.script_engine.clock()):
            my_task.internal_data[WINNER] = dues[min(dues)]
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.top_workflow.event_manager.add_task(my_task)
        return False

    def withdraw(self, my_task: Task) -> None:
        """Forget the instants found before one failed."""
        my_task.internal_data.clear()

    def waits(self, my_task: Task) -> Iterator[Wait]:
        """The messages for which the gateway waits, each under the element of its branch."""
        known = my_task.internal_data.get(CORRELATION, {})
        for name, event in self.branches.items():
            if isinstance(event, Message):
                yield Wait(my_task.id, name, event.name, known.get(name))

    def receive(self, my_task: Task, wait: Wait, payload: dict[str, Any]) -> None:
        """Take a message: its branch wins."""
        my_task.internal_data[WINNER] = wait.element
        my_task.internal_data[RECEIVED] = payload
        self._update(my_task)

    def conditions(self) -> list[Condition]:
        """The conditions that branches wait for."""
        return [event for event in self.branches.values() if isinstance(event, Condition)]

    def turn(self, my_task: Task, condition: Condition) -> None:
        """A condition has become true: its branch wins."""
        self.elapse(my_task, condition.name)

    def elapse(self, my_task: Task, element: str) -> None:
        """Let the timer of a branch, which is due, win."""
        my_task.internal_data[WINNER] = element
        self._update(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        winner = my_task.internal_data[WINNER]
        event = self.branches[winner]
        if isinstance(event, Message | Condition):
            event.update_task_data(my_task)
        my_task.internal_data.clear()
        choose(my_task, [self._wf_spec.task_specs[winner]])
        return True
