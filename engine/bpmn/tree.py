"""The live tree: SpiffWorkflow's tasks and workflows with flat scans, a logical clock and a trail of what finished."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskFilter
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import origin
from engine.bpmn.joins import is_token
from engine.bpmn.leaving import flows_left
from engine.bpmn.memories import Memory, remember
from engine.bpmn.model import Finished, Sent
from engine.bpmn.rows import revive, seen_below
from engine.bpmn.writing import NOTHING, is_instance, said_below

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.bpmn.evaluation import Evaluator

# Below this level SpiffWorkflow collects every task and all data for each record, whether anybody reads it or not.
for _name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED
FINISHED = TaskState.FINISHED_MASK
NOT_FINISHED = TaskState.NOT_FINISHED_MASK
FAILED = "failed"
"""Where a task keeps the cause of its failure, in its internal data."""
REPAIRED = "repaired"
"""Where a task that a repair takes out of the way keeps how: skipped or moved."""
OCCURRED = "occurred"
"""Where an event that interrupts nothing keeps that it has come."""


class LiveTask(Task):
    """A task whose id and time come from its instance, so that the same run gives the same state."""

    asleep: Mapping[str, list[Any]] = MappingProxyType({})
    """The rows of the tasks below that nobody has asked for since the state was loaded, by their ids."""
    said = NOTHING

    def __init__(
        self,
        workflow: Workflow | SubWorkflow,
        task_spec: TaskSpec,
        parent: Task | None = None,
        state: int = TaskState.MAYBE,
        number: int | None = None,
    ) -> None:
        top = workflow.top_workflow
        tick = number or top.tick()
        super().__init__(workflow, task_spec, parent, state, top.id_of(tick))
        self.last_state_change = tick

    @property
    def children(self) -> list[Task]:
        """The tasks that follow this one: asking for all of them wakes them."""
        tasks = self.workflow.tasks
        for name in list(self.asleep):
            self.wake(name)
        return [tasks[child] for child in self._children]

    @children.setter
    def children(self, tasks: Iterable[Task]) -> None:
        self._children = [child.id for child in tasks]

    def fall_asleep(self, name: str, row: list[Any]) -> None:
        """Keep the row of a task below instead of the task."""
        if not self.asleep:
            self.asleep = {}
        self.asleep[name] = row
        self.workflow.top_workflow.sleepers[name] = self

    def wake(self, name: str) -> LiveTask:
        """Make a row a task again."""
        row = self.asleep.pop(name)
        self.workflow.top_workflow.sleepers.pop(name, None)
        task = LiveTask.__new__(LiveTask)
        task.__dict__.update(id=name, workflow=self.workflow, task_spec=self.workflow.spec.task_specs[row[3]])
        revive(task, row, self, seen_below(self))
        self.workflow.tasks[name] = task
        return task

    def ancestors(self) -> Iterator[Task]:
        """From the parent up to the root."""
        tasks = self.workflow.tasks
        task = tasks.get(self._parent)
        while task is not None:
            yield task
            task = tasks.get(task._parent)

    def is_descendant_of(self, task: Task) -> bool:
        """Whether the task lies above this one."""
        return any(above is task for above in self.ancestors())

    def find_ancestor(self, spec_name: str) -> Task | None:
        """The nearest task above this one with a spec of that name."""
        return next((above for above in self.ancestors() if above.task_spec.name == spec_name), None)

    def run(self) -> bool:
        """Run, then complete. An error leaves the task as it was before."""
        if self.task_spec._run_hook(self) is None:
            self._set_state(TaskState.STARTED)
            return False
        self.complete()
        return True

    def cancel(self) -> None:
        """End, unless it is gone already with what it was below: what ends is noted once."""
        if self.workflow.tasks.get(self.id) is self:
            super().cancel()

    def _add_child(self, task_spec: TaskSpec, state: int = TaskState.MAYBE) -> Task:
        task = LiveTask(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            task._ready()
        return task

    def _inherit_data(self) -> None:
        super()._inherit_data()
        self.said = said_below(self.parent, is_instance(self))

    def _set_state(self, value: int) -> None:
        if value == self._state:
            return
        if value & FINISHED and self._state & OPEN:
            self.workflow.top_workflow.note(self, value)
        self._state = value
        self.last_state_change = self.workflow.top_workflow.tick()


class _Flat:
    """Scans over the tasks instead of walks through the tree: what a step costs depends on what is live."""

    def plant(self, data: dict[str, Any]) -> None:
        """Make the root of the tree and predict what follows."""
        self.task_tree = LiveTask(self, self.spec.start, state=TaskState.FUTURE)
        self.task_tree.data = data
        self.task_tree.task_spec._predict(self.task_tree, mask=NOT_FINISHED)
        self.task_tree._ready()

    def in_order(self) -> Iterator[LiveTask]:
        """All tasks, each branch of the tree to its end before the next one."""
        waiting = [self.task_tree]
        while waiting:
            task = waiting.pop()
            yield task
            waiting.extend(reversed(task.children))

    def is_completed(self) -> bool:
        """Whether nothing is left to do."""
        if not self.completed and not any(task._state & NOT_FINISHED for task in self.tasks.values()):
            self.completed = True
        return self.completed

    def update_waiting_tasks(self) -> None:
        """Let every join look again. Events wait to be told, and what failed waits to be retried."""
        for task in [t for t in self.tasks.values() if t._state == TaskState.WAITING and isinstance(t.task_spec, Join)]:
            if task._state == TaskState.WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    def get_tasks_iterator(self, first_task: Task | None = None, **wanted: Any) -> Iterator[Task]:
        """The tasks of this workflow (not of its parts) that match."""
        if first_task is not None:
            return super().get_tasks_iterator(first_task, **wanted)
        wanted.pop("skip_subprocesses", None)
        matches = BpmnTaskFilter(**wanted).matches
        return iter([task for task in self.tasks.values() if matches(task)])

    def cancel(self, success: bool = False) -> list[Task]:
        """Cancel whatever is open, in the parts as well."""
        self.success, self.completed = success, True
        cancelled = [task for task in self.tasks.values() if task._state & NOT_FINISHED]
        for task in cancelled:
            task.cancel()
        return cancelled

    def _task_removed_notify(self, task: Task) -> None:
        top = self.top_workflow
        if task._state & OPEN:
            top.note(task, TaskState.CANCELLED)
        top.event_manager.remove_task(task)
        if task.id in top.subprocesses:
            top.drop_part(task.id)


class SubWorkflow(_Flat, BpmnSubWorkflow):
    """A sub-process or called process at work, `around` it the one that its task is in."""

    def __init__(
        self, spec: BpmnProcessSpec, parent_task_id: str, top_workflow: Workflow, around: Workflow | SubWorkflow
    ) -> None:
        self._around = around
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)
        self.remembered: list[Memory] = []

    @property
    def parent_workflow(self) -> Workflow | SubWorkflow:
        """What it is a part of."""
        return self._around


class Workflow(_Flat, BpmnWorkflow):
    """One instance at work. `trail` and `sent` collect what a step does."""

    def __init__(
        self, spec: BpmnProcessSpec, parts: dict[str, BpmnProcessSpec], evaluator: Evaluator, prefix: str | None = None
    ) -> None:
        self.prefix = prefix or secrets.token_hex(8)
        self.ticks = 0
        self.trail: list[Finished] = []
        self.sent: list[Sent] = []
        self.urgent: list[Task] = []
        self.sleepers: dict[str, LiveTask] = {}
        self.cancelled = False
        self.begun_by: str | None = None
        self.remembered: list[Memory] = []
        self.missed: dict[str, int] = {}
        self.watched = frozenset().union(*(one.watched for one in (spec, *parts.values())))
        super().__init__(spec, parts, evaluator, deserializing=True)

    def tick(self) -> int:
        """The next moment of the instance's own time: it orders events and numbers tasks."""
        self.ticks += 1
        return self.ticks

    def id_of(self, number: int) -> str:
        """The id, unique everywhere, of the task with a number: hex text."""
        return f"{self.prefix}{number:08x}"

    def workflows(self) -> list[Workflow | SubWorkflow]:
        """This workflow and its parts at work, the deepest first."""
        parts = [part for part in self.subprocesses.values() if not part.completed]
        return [*sorted(parts, key=lambda part: -part.depth), self] if parts else [self]

    def create_subprocess(self, my_task: Task, spec_name: str) -> SubWorkflow:
        """Begin the part that a task stands for."""
        part = SubWorkflow(self.subprocess_specs[spec_name], my_task.id, self, my_task.workflow)
        self.subprocesses[my_task.id] = part
        part.plant({})
        return part

    def drop_part(self, task_id: str) -> None:
        """Forget a part with everything in it; what was open in it is noted as cancelled."""
        part = self.subprocesses.pop(task_id)
        for task in [one for one in part.tasks.values() if one.asleep]:
            task.children  # noqa: B018 - wakes them
        tasks, part.tasks = part.tasks, {}
        for task in tasks.values():
            if task._state & OPEN:
                self.note(task, TaskState.CANCELLED)
            self.event_manager.remove_task(task)
            if task.id in self.subprocesses:
                self.drop_part(task.id)

    def note(self, task: Task, state: int) -> None:
        """Write down that a drawn element is done with."""
        element = task.task_spec.element
        completed = state == TaskState.COMPLETED
        if completed and REPAIRED not in task.internal_data:
            remember(task)
        if element is None or getattr(task.task_spec, "silent", False):
            return
        if not completed and (is_token(task.task_spec) or OCCURRED in task.internal_data):
            return
        if element.id.startswith("~"):
            self._note_added(task, origin(element.id))
            return
        kind = getattr(task.task_spec, "whole", None) or element.kind
        flows = tuple(flows_left(task)) if completed else ()
        said = task.internal_data.get(REPAIRED, "completed") if completed else "cancelled"
        self.trail.append(Finished(task.id, origin(element.id), element.name, kind, said, flows))
        witness = self.script_engine.world.witness
        if witness is not None:
            witness(self.trail[-1])

    def _note_added(self, task: Task, drawn: str) -> None:
        """What was added is not drawn: the flows through which it leaves are those of the element before it."""
        flows = tuple(flows_left(task))
        for place in range(len(self.trail) - 1, -1, -1) if flows else ():
            if self.trail[place].element == drawn:
                left = self.trail[place]
                self.trail[place] = replace(left, flows=(*left.flows, *flows))
                return
