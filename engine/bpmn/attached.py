"""Events beside the flow: on the border of an activity, or around a scope that has an event sub-process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BpmnStartTask, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.spiff.specs import defaults as spiff_defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.conditions import SEEN, WHEN, Condition
from engine.bpmn.entering import Careful
from engine.bpmn.events import RECEIVED, Waiting, correlate
from engine.bpmn.joins import choose
from engine.bpmn.scopes import visible
from engine.bpmn.tasks import Part
from engine.bpmn.timers import OVER, Due
from engine.bpmn.tree import FAILED, NOT_FINISHED, OCCURRED

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.specs.base import TaskSpec
    from SpiffWorkflow.task import Task

    from engine.bpmn.model import Wait
    from engine.bpmn.writing import Said


class Occurrence(Careful, SimpleBpmnTask):
    """One occurrence of an event that interrupts nothing: the beginning of one more branch."""

    stands_for: str
    """The name of the spec of the event: joins count the branch as coming from there."""

    @classmethod
    def of(cls, event: _Attached, name: str) -> None:
        """Put it between an event and what follows. The event itself then leads nowhere: it goes on waiting."""
        spec = cls(event._wf_spec, name)
        spec.bpmn_id, spec.bpmn_name = None if event.silent else event.bpmn_id, event.bpmn_name
        spec.stands_for, event.occurrence = event.name, name
        spec._inputs = [event.name]
        spec._outputs = [one.name for one in event.outputs if not isinstance(one, BoundaryEventJoin)]
        event._outputs = []


class _Attached(Waiting):
    """An event beside the flow. It runs before anything else, as it may cancel that."""

    occurrence: str
    silent = False
    """Whether the drawn event is noted by somebody else."""

    @property
    def interrupts(self) -> bool:
        """Whether what it stands by ends when it comes."""
        raise NotImplementedError

    def home(self, my_task: Task) -> Task:
        """The task under which its branches grow."""
        raise NotImplementedError

    def scene(self, my_task: Task) -> tuple[dict[str, Any], Said]:
        """The variables with which a branch begins: as they stand where the event waits."""
        raise NotImplementedError

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        my_task.workflow.top_workflow.urgent.append(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data, my_task.said = self.scene(my_task)
        return super()._run_hook(my_task)

    def enter(self, my_task: Task) -> bool | None:
        """Begin to wait. Raises as Evaluator.evaluate, and StepFailed."""
        if self.interrupts:
            return super().enter(my_task)
        event = self.event_definition
        my_task._inherit_data()
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.top_workflow.event_manager.add_task(my_task)
        correlate(my_task, [self])
        if isinstance(event, Due) and OVER not in my_task.internal_data:
            event.due(my_task)
            self.elapse(my_task, event.name)
        elif isinstance(event, Condition) and event.has_fired(my_task):
            self.occur(my_task)
        return False

    def come(self, my_task: Task, payload: dict[str, Any] | None = None) -> None:
        """The event has come: interrupt, or begin one more branch."""
        if self.interrupts:
            super().come(my_task, payload)
        else:
            self.occur(my_task, payload)

    def receive(self, my_task: Task, wait: Wait, payload: dict[str, Any]) -> None:
        """Take the message that the wait is about."""
        self.come(my_task, payload)

    def elapse(self, my_task: Task, element: str) -> None:
        """Let the timer fire if it is due, once however late."""
        if self.interrupts:
            super().elapse(my_task, element)
        elif self.event_definition.pass_by(my_task):
            self.occur(my_task)

    def occur(self, my_task: Task, payload: dict[str, Any] | None = None) -> None:
        """Begin one more branch."""
        spec = my_task.workflow.spec.task_specs[self.occurrence]
        branch = self.home(my_task)._add_child(spec, TaskState.FUTURE)
        branch.triggered = True
        branch.data, branch.said = self.scene(my_task)
        kept = {name: my_task.internal_data.get(name, {}) for name in (SEEN, WHEN)}
        branch.internal_data = {RECEIVED: payload, **kept}
        self.event_definition.update_task_data(branch)
        branch.internal_data = {}
        my_task.internal_data[OCCURRED] = True
        spec._predict(branch, mask=NOT_FINISHED)
        branch._ready()


class BoundaryEvent(_Attached, defaults.BoundaryEvent):
    """An event on the border of an activity."""

    @property
    def interrupts(self) -> bool:
        """Whether the activity ends when it comes."""
        return self.cancel_activity

    def home(self, my_task: Task) -> Task:
        """What came before the activity: a branch outlives the activity."""
        split = my_task.parent
        return split.parent or split

    def scene(self, my_task: Task) -> tuple[dict[str, Any], Said]:
        """The variables as they stand, with what the activity has made of them."""
        (activity,) = (one for one in my_task.parent.children if not isinstance(one.task_spec, BoundaryEvent))
        return visible(activity, (my_task.data, my_task.said))


class Listener(_Attached, defaults.IntermediateCatchEvent):
    """The start of an event sub-process, waiting as long as the scope around it is at work."""

    silent = True
    interrupting = True

    @property
    def interrupts(self) -> bool:
        """Whether all else in the scope ends when it comes."""
        return self.interrupting

    def home(self, my_task: Task) -> Task:
        """Itself: what an event sub-process does, ends with the scope."""
        return my_task

    def scene(self, my_task: Task) -> tuple[dict[str, Any], Said]:
        """The variables of the scope as they stand."""
        return visible(my_task.workflow, (my_task.data, my_task.said))

    def stands_by(self, my_task: Task) -> bool:
        """Whether nothing but the event itself is to come: the scope may end."""
        return my_task._state == TaskState.WAITING and FAILED not in my_task.internal_data

    def disarm(self, my_task: Task) -> None:
        """Wait no longer. What has begun below it stays: the token that ends the scope may be among that."""
        my_task._set_state(TaskState.CANCELLED)
        self.withdraw(my_task)

    def _predict_hook(self, my_task: Task) -> None:
        """Foresee nothing: what is foreseen is waited for at the end."""

    def _run_hook(self, my_task: Task) -> bool:
        super()._run_hook(my_task)
        tasks = my_task.workflow.tasks
        for task in [one for one in tasks.values() if one._state & NOT_FINISHED and one is not my_task]:
            if task.id in tasks and task._state & NOT_FINISHED:
                task.cancel()
        choose(my_task, self.outputs)
        return True


class EventSubProcess(Part, spiff_defaults.EventSubprocess):
    """A sub-process that an event begins."""


class Start(BpmnStartTask):
    """The start of a scope: of its flow, and of the waiting for its event sub-processes."""

    def connect_or_add_trigger(self, task_spec: TaskSpec, sp_spec: BpmnProcessSpec) -> None:
        """Listen for each event that begins the event sub-process."""
        for begin in sp_spec.bpmn_start_events:
            for number, event in enumerate((begin.event_definition, *begin.others)):
                listener = Listener(self._wf_spec, f"~on{number or ''}.{begin.name}", event_definition=event)
                listener.bpmn_id, listener.bpmn_name = begin.bpmn_id, begin.bpmn_name
                listener.interrupting = begin.interrupting or not getattr(event, "repeats", True)
                self.connect(listener)
                listener.connect(task_spec)
            begin.event_definition = NoneEventDefinition()
        task_spec.connect(self._wf_spec.end)
