"""Multi-instance and standard loops: merged here, with nothing kept of an instance that is merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.spiff.specs import defaults
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.entering import Careful, fail
from engine.bpmn.evaluation import plain
from engine.bpmn.tree import NOT_FINISHED
from engine.errors import StepFailed

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

MOST_INSTANCES = 1000
"""Instances that a number alone may ask for."""
MERGED, REMAINING, TAKEN, UNMERGED = "merged", "remaining", "taken", "unmerged"


class _Loop(Careful):
    """A whole that waits for its instances. One that cannot be merged makes the whole fail, and waits for a retry."""

    whole = "multiInstance"

    def withdraw(self, my_task: Task) -> None:
        """Take back the instances of an entering that failed."""
        for child in self.instances(my_task):
            my_task.workflow._remove_task(child.id)

    def instances(self, my_task: Task) -> list[Task]:
        """The instances that are still in the tree."""
        return [child for child in my_task.children if child.task_spec.name == self.task_spec]

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


class StandardLoop(_Loop, defaults.StandardLoopTask):
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
            DeepMerge.merge(my_task.data, child.data)
            my_task.internal_data[MERGED] += 1
            child.internal_data[TAKEN] = True
        if self.loop_complete(my_task):
            my_task._set_state(TaskState.READY)
        else:
            self.spawn(my_task, {}, {"iteration": my_task.internal_data[MERGED]})


class _MultiInstance(_Loop):
    """One instance for each item of a map or list, with one result from each."""

    def prepare(self, my_task: Task) -> dict[str, Any] | list[Any]:
        """The collection to go through. Raises StepFailed when there is none, or nobody in it."""
        items = self._collection(my_task) if self.data_input is not None else self._numbered(my_task)
        for item in (self.input_item, self.output_item):
            # An item left over from an earlier round must never pass for the answer of this one.
            if item is not None:
                my_task.data.pop(item.bpmn_id, None)
        if self.data_output is not None:
            self._prepare_output(my_task, items)
        return items

    def _collection(self, my_task: Task) -> dict[str, Any] | list[Any]:
        name = self.data_input.bpmn_id
        items = my_task.data.get(name)
        if items is None and my_task.workflow.script_engine.world.forgiving:
            return []
        if not isinstance(items, dict | list):
            raise StepFailed(
                f"“{self.bpmn_id}” goes through “{name}”, which is {'missing' if items is None else 'not a map'}."
                " Let a step or a decision before it fill it with a map of person and role."
            )
        if not items and self.element.kind == "userTask" and self.property_of("whenEmpty") != "pass":
            raise StepFailed(f"“{name}” is empty: nobody is asked at “{self.element.name or self.bpmn_id}”.")
        return items

    def _numbered(self, my_task: Task) -> list[int]:
        engine = my_task.workflow.script_engine
        count = engine.evaluate(my_task, self.cardinality)
        if count is None and engine.world.forgiving:
            return []
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_INSTANCES:
            raise StepFailed(f"“{self.bpmn_id}” is to be done {count!r} times. Give a number up to {MOST_INSTANCES}.")
        return list(range(count))

    def _prepare_output(self, my_task: Task, items: dict[str, Any] | list[Any]) -> None:
        name = self.data_output.bpmn_id
        output = my_task.data.get(name)
        if output is None:
            my_task.data[name] = type(items)()
        elif self.data_input is not None and name == self.data_input.bpmn_id:
            my_task.data[name] = plain(items, name)
        elif isinstance(output, dict):
            my_task.data[name] = dict(output)
        elif output:
            raise StepFailed(
                f"“{name}” holds results of an earlier round. Empty it in a script before “{self.bpmn_id}”."
            )
        else:
            my_task.data[name] = type(items)()

    def create(self, my_task: Task, items: dict[str, Any] | list[Any], key: Any) -> None:
        """Make the instance for one item."""
        data = {} if self.input_item is None else {self.input_item.bpmn_id: plain(items[key], "The item")}
        self.spawn(my_task, data, {"key_or_index": key})

    def take(self, my_task: Task, child: Task) -> bool:
        """Take over the result of an instance, and say whether the completion condition holds. Raises StepFailed."""
        if TAKEN not in child.internal_data:
            self._take(my_task, child)
            child.internal_data[TAKEN] = True
        engine = my_task.workflow.script_engine
        return self.condition is not None and bool(engine.evaluate(child, self.condition))

    def _take(self, my_task: Task, child: Task) -> None:
        if self.data_output is None or self.output_item is None:
            DeepMerge.merge(my_task.data, child.data)
            return
        name = self.output_item.bpmn_id
        if name not in child.data:
            raise StepFailed(f"“{self.element.name or self.bpmn_id}” was completed without “{name}”.")
        output, key = my_task.data[self.data_output.bpmn_id], child.internal_data["key_or_index"]
        same = self.data_input is not None and self.data_output.bpmn_id == self.data_input.bpmn_id
        if isinstance(output, dict) or same:
            output[key] = child.data[name]
        else:
            output.append(child.data[name])

    def is_last(self, my_task: Task) -> bool:
        """Whether no instance is at work any more."""
        if len(my_task.internal_data.get(UNMERGED, ())) > 1:
            return False
        return not any(child._state & NOT_FINISHED for child in self.instances(my_task))


class ParallelMultiInstance(_MultiInstance, defaults.ParallelMultiInstanceTask):
    """All instances at once."""

    def enter(self, my_task: Task) -> bool | None:
        """Make all instances."""
        super(defaults.ParallelMultiInstanceTaskMixin, self)._update_hook(my_task)
        items = self.prepare(my_task)
        for key in list(items) if isinstance(items, dict) else range(len(items)):
            self.create(my_task, items, key)
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        return None

    def merge(self, my_task: Task, child: Task) -> None:
        """Take a result; the last one, or one that fulfils the condition, ends the whole."""
        if self.take(my_task, child):
            for other in self.instances(my_task):
                if other._state & NOT_FINISHED:
                    other.cancel()
            my_task._set_state(TaskState.READY)
        elif self.is_last(my_task):
            my_task._set_state(TaskState.READY)


class SequentialMultiInstance(_MultiInstance, defaults.SequentialMultiInstanceTask):
    """One instance after the other."""

    def enter(self, my_task: Task) -> bool | None:
        """Make the first instance."""
        super(defaults.SequentialMultiInstanceTaskMixin, self)._update_hook(my_task)
        items = self.prepare(my_task)
        keys = list(items) if isinstance(items, dict) else list(range(len(items)))
        if not keys:
            return True
        my_task.internal_data[REMAINING] = keys[1:]
        my_task._set_state(TaskState.STARTED)
        self.create(my_task, items, keys[0])
        return None

    def merge(self, my_task: Task, child: Task) -> None:
        """Take a result and go on to the next item."""
        remaining = my_task.internal_data.get(REMAINING, [])
        if self.take(my_task, child) or not remaining:
            my_task._set_state(TaskState.READY)
        else:
            my_task.internal_data[REMAINING] = remaining[1:]
            items = my_task.data[self.data_input.bpmn_id] if self.data_input is not None else range(remaining[0] + 1)
            self.create(my_task, items, remaining[0])
