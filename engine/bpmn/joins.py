"""Gateways and joins that are right inside loops.

SpiffWorkflow leaves the spent tokens of a join in the tree and counts them again in the next round. Here a join
consumes its tokens when it fires: a token is an arrival that has not been consumed, and nothing else is.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.merging import together
from engine.errors import StepFailed

if TYPE_CHECKING:
    from SpiffWorkflow.specs.base import TaskSpec
    from SpiffWorkflow.task import Task

_COMPLETED = TaskState.COMPLETED
_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED
_FIRED = TaskState.READY | TaskState.STARTED | TaskState.COMPLETED
JOINED = "joined"
"""Where a gateway that is ready keeps that it has taken its tokens."""


def is_token(spec: TaskSpec) -> bool:
    """Whether tasks of this spec stand for arrivals at a join, of which all but one are set aside."""
    return isinstance(spec, UnstructuredJoin)


def name_of(task: Task) -> str:
    """The name under which the graph knows a task: that of its event, where it is one occurrence of it."""
    return getattr(task.task_spec, "stands_for", task.task_spec.name)


def _stands_by(task: Task) -> bool:
    """Whether it only waits for what may begin an event sub-process: the end does not wait for it."""
    stands_by = getattr(task.task_spec, "stands_by", None)
    return stands_by is not None and stands_by(task)


class _Consuming(UnstructuredJoin):
    """A join that takes its tokens out of the tree when it fires."""

    def arrivals(self, my_task: Task) -> list[Task]:
        """The unconsumed tokens, `my_task` among them, in the order in which they came."""
        tasks = my_task.workflow.tasks
        found = [
            task
            for task in tasks.values()
            if task.task_spec is self
            and (task is my_task or (not task._state & _FIRED and tasks[task._parent]._state == _COMPLETED))
        ]
        return sorted(found, key=lambda task: task.last_state_change)


class Gateway(_Consuming):
    """A gateway joins only where several flows lead to it: tokens that come one after the other through one do not.

    It fires with one token of each flow and merges their data. Further tokens of a flow wait for the next firing, the
    newest of them in the state WAITING, those before it CANCELLED (BPMN 2.0, 13.4.1 and 13.4.3).
    """

    reach: dict[str, frozenset[str]]
    """For each part of the process the inputs that a token there can come to without passing this gateway."""

    def arrived(self, my_task: Task) -> Counter[str]:
        """How many tokens have come from each of the specs before."""
        tasks = my_task.workflow.tasks
        return Counter(name_of(tasks[task._parent]) for task in self.arrivals(my_task))

    def _update_hook(self, my_task: Task) -> bool:
        if len(self._inputs) < 2:
            my_task._inherit_data()
            return True
        if my_task._state & (TaskState.READY | TaskState.STARTED) or my_task.id not in my_task.workflow.tasks:
            return False
        if self._check_threshold_unstructured(my_task):
            self._join(my_task)
            return True
        for task in self.arrivals(my_task):
            if task._state == TaskState.WAITING and task is not my_task:
                task._set_state(TaskState.CANCELLED)
        my_task._set_state(TaskState.WAITING)
        return False

    def _join(self, my_task: Task) -> None:
        """Take one token of each flow, the oldest, and `my_task` for its own."""
        wanted = Counter(self._inputs)
        wanted[name_of(my_task.parent)] -= 1
        taken, left = [my_task], None
        for task in self.arrivals(my_task):
            name = name_of(task.parent)
            if task is my_task:
                continue
            if wanted[name] > 0:
                wanted[name] -= 1
                taken.append(task)
            else:
                left = task
        my_task.data, my_task.said = together(taken)
        for task in taken[1:]:
            my_task.workflow._remove_task(task.id)
        if left is not None:
            left._set_state(TaskState.WAITING)
        my_task.internal_data[JOINED] = True

    def lacking(self, my_task: Task) -> list[str]:
        """The specs before from which a waiting token still needs another one that can never come any more."""
        return []

    def comes(self, my_task: Task) -> set[str]:
        """The inputs that some token elsewhere in this workflow can still come to."""
        tasks, found = my_task.workflow.tasks, set()
        for task in tasks.values():
            if task.task_spec is not self and moves(task, tasks):
                found |= self.reach.get(name_of(task), frozenset())
        return found

    def _predict_hook(self, my_task: Task) -> None:
        """Foresee nothing behind a join before it fires: each way to it would foresee it all again."""
        if len(self._inputs) < 2 or my_task._state & (TaskState.READY | TaskState.STARTED):
            super()._predict_hook(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        if len(self._inputs) > 1 and not my_task.internal_data.get(JOINED):
            self._join(my_task)
        self._go_on(my_task)
        my_task.internal_data.pop(JOINED, None)
        return True

    def _go_on(self, my_task: Task) -> None:
        choose(my_task, self.outputs)


class ParallelGateway(Gateway, defaults.ParallelGateway):
    """Fires when a token has come through each flow."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        return not Counter(self._inputs) - self.arrived(my_task)

    def lacking(self, my_task: Task) -> list[str]:
        """The specs before from which a waiting token still needs another one that can never come any more."""
        comes = self.comes(my_task)
        return sorted(name for name in Counter(self._inputs) - self.arrived(my_task) if name not in comes)


class InclusiveGateway(Gateway, defaults.InclusiveGateway):
    """Fires when no token elsewhere can still come through a flow that has none (BPMN 2.0, 13.4.3)."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        arrived, tasks, seen = self.arrived(my_task).keys(), my_task.workflow.tasks, set()
        for task in tasks.values():
            name = name_of(task)
            if name in seen or task.task_spec is self or not moves(task, tasks):
                continue
            seen.add(name)
            reached = self.reach.get(name, frozenset())
            if reached and reached.isdisjoint(arrived):
                return False
        return True

    def _go_on(self, my_task: Task) -> None:
        matches, defaults_ = self._get_matching_outputs(my_task)
        default = defaults_[0].name if defaults_ else None
        choose(my_task, matches or [self._wf_spec.task_specs[way_out(self, my_task, default)]])


def moves(task: Task, tasks: dict[str, Task]) -> bool:
    """Whether a token is there, or just on its way there from a task that has finished."""
    if task._state & _LIVE:
        return True
    return task._state == TaskState.FUTURE and task._parent in tasks and tasks[task._parent]._state == _COMPLETED


class ExclusiveGateway(defaults.ExclusiveGateway):
    """Takes the first flow whose condition holds, else the default."""

    def _run_hook(self, my_task: Task) -> bool:
        specs, engine = self._wf_spec.task_specs, my_task.workflow.script_engine
        for condition, name in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                choose(my_task, [specs[engine.way_on(my_task, ways_out(self), name, condition.args[0])]])
                return True
        choose(my_task, [specs[way_out(self, my_task, self.default_task_spec)]])
        return True


class EndJoin(_EndJoin, _Consuming):
    """The end of a process: fires when nothing else is left. Ended branches are folded into one waiting token."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        unfinished = TaskState.NOT_FINISHED_MASK
        return not any(
            task._state & unfinished and task.task_spec is not self and not isinstance(task.task_spec, EndTask)
            and not _stands_by(task)
            for task in my_task.workflow.tasks.values()
        )  # fmt: skip

    def _update_hook(self, my_task: Task) -> bool:
        fires = self._check_threshold_unstructured(my_task)
        tokens = self.arrivals(my_task)
        if len(tokens) > 1:
            my_task.data, my_task.said = together(tokens)
            for task in tokens:
                if task is not my_task:
                    my_task.workflow._remove_task(task.id)
        elif my_task._state != TaskState.WAITING:
            my_task._inherit_data()
        if not fires:
            my_task._set_state(TaskState.WAITING)
            return False
        for task in [one for one in my_task.workflow.tasks.values() if _stands_by(one)]:
            task.task_spec.disarm(task)
        return True

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.data.update(my_task.data)
        return True


class EndTask(SimpleBpmnTask):
    """What follows the end: SpiffWorkflow takes a task called End for the sign that all is done."""


def ways_out(gateway: TaskSpec) -> list[str]:
    """What the flows out of a gateway lead to, in the order of the document."""
    return [name for name in gateway.flows if name in gateway._outputs]


def way_out(gateway: TaskSpec, my_task: Task, default: str | None) -> str:
    """Where to go when no condition holds. Raises StepFailed when nothing is the default, except in a walk."""
    found = my_task.workflow.script_engine.way_out(my_task, ways_out(gateway), default)
    if found is None:
        raise StepFailed(nothing_holds(gateway))
    return found


def nothing_holds(gateway: TaskSpec) -> str:
    """What to say when a gateway finds no way on."""
    return (
        f"No condition holds after “{gateway.bpmn_name or gateway.bpmn_id}”, and it has no default flow. "
        "Draw a default flow, or mend the variable that the conditions ask for."
    )


def choose(my_task: Task, outputs: list[TaskSpec]) -> None:
    """Keep only the branches that are taken."""
    my_task._sync_children(outputs, TaskState.FUTURE)
    for child in my_task.children:
        child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
