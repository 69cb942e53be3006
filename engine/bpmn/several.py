"""Multi-instance: one instance for each item of a collection, all at once or one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.spiff.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.evaluation import plain
from engine.bpmn.loops import MERGED, TAKEN, UNMERGED, Loop
from engine.bpmn.merging import lay
from engine.bpmn.rows import GIVEN, seen_below
from engine.bpmn.tree import NOT_FINISHED
from engine.bpmn.writing import mark
from engine.errors import StepFailed

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

MOST_INSTANCES = 1000
"""Instances that a number alone may ask for."""
REMAINING, ITEMS = "remaining", "items"
_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
"""What is no expression, but names the collection."""


class _MultiInstance(Loop):
    """One instance for each item of a map or list, with one result from each."""

    def prepare(self, my_task: Task) -> dict[str, Any] | list[Any]:
        """The collection to go through. Raises StepFailed when there is none, or nobody in it."""
        items = self._collection(my_task) if self.data_input is not None else self._numbered(my_task)
        for item in (self.input_item, self.output_item):
            # An item left over from an earlier round must never pass for the answer of this one.
            if item is not None:
                my_task.data.pop(item.bpmn_id, None)
        my_task.internal_data[MERGED] = 0
        my_task.internal_data.pop(GIVEN, None)
        if self.data_output is not None:
            self._prepare_output(my_task, items)
        return items

    def _collection(self, my_task: Task) -> dict[str, Any] | list[Any]:
        name = self.data_input.bpmn_id
        if _NAME.fullmatch(name):
            items = my_task.data.get(name)
        else:
            items = plain(my_task.workflow.script_engine.evaluate(my_task, name), "The collection")
        if items is None and my_task.workflow.script_engine.world.forgiving:
            return []
        if not isinstance(items, dict | list):
            raise StepFailed(
                f"“{self.bpmn_id}” goes through “{name}”, which is {'missing' if items is None else 'not a map'}."
                " Let a step or a decision before it fill it with a map of person and role."
            )
        nobody = not items and self.element.kind == "userTask" and self.property_of("whenEmpty") != "pass"
        if nobody and not my_task.workflow.script_engine.world.forgiving:
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
        mark(my_task, (name,))
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
            my_task.internal_data[MERGED] = my_task.internal_data.get(MERGED, 0) + 1
        if self.condition is None:
            return False
        names = {**child.data, **self._counted(my_task)}
        if self.data_output is not None:
            names[self.data_output.bpmn_id] = my_task.data.get(self.data_output.bpmn_id)
        return bool(my_task.workflow.script_engine.value(self.condition, names))

    def _counted(self, my_task: Task) -> dict[str, int]:
        """What a completion condition may ask for, as BPMN 2.0 (table 10.30) and as other engines call it."""
        done, active = my_task.internal_data[MERGED], self.at_work(my_task)
        waiting = my_task.internal_data.get(REMAINING, ())
        numbers = {"Instances": done + active + len(waiting), "ActiveInstances": active,
                   "CompletedInstances": done, "TerminatedInstances": 0}  # fmt: skip
        return {f"{prefix}{name}": number for name, number in numbers.items() for prefix in ("nrOf", "numberOf")}

    def _take(self, my_task: Task, child: Task) -> None:
        if self.data_output is None or self.output_item is None:
            self._take_all(my_task, child)
            return
        name = self.output_item.bpmn_id
        if name not in child.data and not my_task.workflow.script_engine.world.forgiving:
            raise StepFailed(f"“{self.element.name or self.bpmn_id}” was completed without “{name}”.")
        output, key = my_task.data[self.data_output.bpmn_id], child.internal_data["key_or_index"]
        same = self.data_input is not None and self.data_output.bpmn_id == self.data_input.bpmn_id
        if isinstance(output, dict) or same:
            output[key] = child.data.get(name)
        else:
            output.append(child.data.get(name))
        mark(my_task, (self.data_output.bpmn_id,))

    def _take_all(self, my_task: Task, child: Task) -> None:
        """Take over what an instance has written; the others go on seeing what was there at first."""
        seen, item = seen_below(my_task), self.input_item
        data = {name: child.data[name] for name in child.said
                if name in child.data and (item is None or name != item.bpmn_id)}  # fmt: skip
        if isinstance(self, ParallelMultiInstance):
            given = my_task.internal_data.setdefault(GIVEN, {})
            for name in data.keys() & seen.keys():
                if data[name] != seen[name]:
                    given.setdefault(name, plain(seen[name], name))
        before = {name: seen[name] for name in data if name in seen}
        for name, value in data.items():
            lay(my_task.data, name, before.get(name), value)
        mark(my_task, data)

    def finish(self, my_task: Task) -> None:
        """Let the whole go on, with nothing kept that only its instances needed."""
        for name in (GIVEN, MERGED, REMAINING, ITEMS):
            my_task.internal_data.pop(name, None)
        my_task._set_state(TaskState.READY)

    def is_last(self, my_task: Task) -> bool:
        """Whether no instance is at work any more."""
        if len(my_task.internal_data.get(UNMERGED, ())) > 1:
            return False
        return not self.at_work(my_task)


class ParallelMultiInstance(_MultiInstance, defaults.ParallelMultiInstanceTask):
    """All instances at once."""

    def enter(self, my_task: Task) -> bool | None:
        """Make all instances."""
        super(defaults.ParallelMultiInstanceTaskMixin, self)._update_hook(my_task)
        items = self.prepare(my_task)
        if self.data_output is not None and self.output_item is not None:
            name = self.data_output.bpmn_id
            my_task.internal_data[GIVEN] = {name: plain(my_task.data[name], name)}
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
            self.finish(my_task)
        elif self.is_last(my_task):
            self.finish(my_task)


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
        if self.data_input is not None and not _NAME.fullmatch(self.data_input.bpmn_id):
            my_task.internal_data[ITEMS] = items
        my_task._set_state(TaskState.STARTED)
        self.create(my_task, items, keys[0])
        return None

    def merge(self, my_task: Task, child: Task) -> None:
        """Take a result and go on to the next item."""
        remaining = my_task.internal_data.get(REMAINING, [])
        if self.take(my_task, child) or not remaining:
            self.finish(my_task)
        else:
            my_task.internal_data[REMAINING] = remaining[1:]
            self.create(my_task, self._items(my_task, remaining[0]), remaining[0])

    def _items(self, my_task: Task, key: Any) -> Any:
        if self.data_input is None:
            return range(key + 1)
        return my_task.internal_data.get(ITEMS) or my_task.data[self.data_input.bpmn_id]
