"""Loops: a whole merges its instances one by one, with nothing kept of an instance that is merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.spiff.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.entering import Careful, fail
from engine.bpmn.tree import NOT_FINISHED
from engine.bpmn.writing import write

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

MERGED, TAKEN, UNMERGED = "merged", "taken", "unmerged"


class Loop(Careful):
    """A whole that waits for its instances. One that cannot be merged makes the whole fail, and waits for a retry."""

    whole = "multiInstance"

    def withdraw(self, my_task: Task) -> None:
        """Take back the instances of an entering that failed."""
        for child in self.instances(my_task):
            my_task.workflow._remove_task(child.id)

    def instances(self, my_task: Task) -> list[Task]:
        """The instances that are still there: all of them are woken."""
        return [child for child in my_task.children if child.task_spec.name == self.task_spec]

    def at_work(self, my_task: Task) -> int:
        """How many instances have not finished."""
        tasks = my_task.workflow.tasks
        awake = (tasks[child] for child in my_task._children)
        found = sum(1 for one in awake if one.task_spec.name == self.task_spec and one._state & NOT_FINISHED)
        return found + len(my_task.asleep)

    def merge_child(self, workflow: Any, child: Task) -> None:
        """An instance has finished: SpiffWorkflow tells us so."""
        my_task = child.parent
        waiting = my_task.internal_data.get(UNMERGED, [])
        if waiting:
            waiting.append(child.id)
            return
        try:
            self.merge(my_task, child)
        except my_task.workflow.script_engine.failures as error:
            fail(my_task, error)
            my_task.internal_data[UNMERGED] = [child.id]

    def again(self, my_task: Task) -> None:
        """Merge again what could not be merged, else enter again."""
        waiting = my_task.internal_data.get(UNMERGED)
        if not waiting:
            super().again(my_task)
            return
        while waiting and my_task._state == TaskState.STARTED:
            try:
                self.merge(my_task, my_task.workflow.tasks[waiting[0]])
            except my_task.workflow.script_engine.failures as error:
                fail(my_task, error)
                return
            waiting.pop(0)
        del my_task.internal_data[UNMERGED]

    def spawn(self, my_task: Task, data: Mapping[str, Any], internal: Mapping[str, Any]) -> Task:
        """Make one instance and enter it."""
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec], TaskState.WAITING)
        child.triggered = True
        child.data.update(data)
        child.internal_data.update(internal)
        child.task_spec._update(child)
        return child


class StandardLoop(Loop, defaults.StandardLoopTask):
    """Again and again, one after the other, while its condition holds."""

    whole = "standardLoop"

    def enter(self, my_task: Task) -> bool | None:
        """Begin the first round, unless the condition, tested before, does not hold."""
        super(defaults.StandardLoopTaskMixin, self)._update_hook(my_task)
        my_task.internal_data[MERGED] = 0
        if self.test_before and self.loop_complete(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self.spawn(my_task, {}, {"iteration": 0})
        return None

    def loop_complete(self, my_task: Task) -> bool:
        """Whether no further round follows. Raises as Evaluator.evaluate."""
        if self.maximum is not None and my_task.internal_data[MERGED] >= self.maximum:
            return True
        return self.condition is not None and not my_task.workflow.script_engine.evaluate(my_task, self.condition)

    def merge(self, my_task: Task, child: Task) -> None:
        """Take over the data of a round and decide about the next."""
        if TAKEN not in child.internal_data:
            write(my_task, {name: child.data[name] for name in child.said if name in child.data})
            my_task.internal_data[MERGED] += 1
            child.internal_data[TAKEN] = True
        if self.loop_complete(my_task):
            my_task._set_state(TaskState.READY)
        else:
            self.spawn(my_task, {}, {"iteration": my_task.internal_data[MERGED]})
