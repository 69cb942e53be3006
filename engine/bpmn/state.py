"""The state of an instance as bytes: its live tree only, each task's variables as what differs from the one above.

A row is [number, index of the row above, state, name] for a task that is only foreseen; for one that has been reached,
[moment, triggered, internal data, variables set, variables removed] follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.tree import FAILED, LiveTask, SubWorkflow, Workflow
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.bpmn.evaluation import Evaluator
    from engine.bpmn.model import Prepared

FORMAT = 1
_MISSING = object()


def dump(top: Workflow) -> bytes:
    """The state of an instance, to be loaded again by `load`."""
    state: dict[str, Any] = {"format": FORMAT, "id": top.prefix}
    if top.completed:
        state |= {"ticks": top.ticks, "completed": True, "cancelled": top.cancelled, "data": top.data}
        return orjson.dumps(state)
    cut = len(top.prefix)
    parts = sorted((part for part in top.subprocesses.values() if not part.completed), key=lambda part: part.depth)
    state |= {
        "ticks": top.ticks,
        "tree": _rows(top, cut),
        "parts": [[int(part.parent_task_id[cut:], 16), part.spec.name, _rows(part, cut), part.data] for part in parts],
    }
    return orjson.dumps(state)


def load(prepared: Prepared, evaluator: Evaluator, content: bytes) -> Workflow:
    """The instance whose state this is. Raises EngineError when the state does not fit the definition."""
    try:
        state = orjson.loads(content)
        if state["format"] != FORMAT:
            raise EngineError("This state was written by another version of the program. Update the program.")
        top = Workflow(prepared.spec, prepared.parts, evaluator, state["id"])
        top.ticks = state["ticks"]
        if state.get("completed"):
            top.plant({})
            top.completed, top.cancelled, top.data, top.tasks = True, state["cancelled"], state["data"], {}
            return top
        tasks = _grow(top, top, state["tree"])
        for number, name, rows, data in state["parts"]:
            owner = tasks[top.id_of(number)]
            part = SubWorkflow(prepared.parts[name], owner.id, top)
            part.data = data
            top.subprocesses[owner.id] = part
            tasks.update(_grow(part, top, rows))
            part.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise EngineError(f"The state does not fit the definition of “{prepared.name}”: {error!r}.") from error
    return top


def _rows(owner: Workflow | SubWorkflow, cut: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    index: dict[str, int] = {}
    tasks = owner.tasks
    waiting = [owner.task_tree]
    while waiting:
        task = waiting.pop()
        index[task.id] = len(rows)
        above = tasks.get(task._parent)
        row = [int(task.id[cut:], 16), -1 if above is None else index[above.id], task._state, task.task_spec.name]
        if task._state >= TaskState.WAITING:
            changed, removed = _difference(task.data, above.data if above is not None else {})
            row += [task.last_state_change, int(task.triggered), task.internal_data or 0, changed or 0, removed or 0]
        rows.append(row)
        waiting.extend(tasks[child] for child in reversed(task._children))
    return rows


def _difference(data: dict[str, Any], above: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    if not above:
        return data, []
    changed = {}
    for name, value in data.items():
        before = above.get(name, _MISSING)
        # True == 1 in Python and not in JSON, so equal values of different types count as different.
        if before is not value and (before != value or type(before) is not type(value)):
            changed[name] = value
    return changed, [name for name in above if name not in data]


def _grow(owner: Workflow | SubWorkflow, top: Workflow, rows: list[list[Any]]) -> dict[str, LiveTask]:
    specs, tasks = owner.spec.task_specs, owner.tasks
    grown: list[LiveTask] = []
    for row in rows:
        above = grown[row[1]] if row[1] >= 0 else None
        task = LiveTask.__new__(LiveTask)
        task.__dict__.update(
            id=top.id_of(row[0]), workflow=owner, task_spec=specs[row[3]], thread_id=0, _state=row[2],
            _parent=None if above is None else above.id, _children=[], triggered=False, data={}, internal_data={},
            last_state_change=0,
        )  # fmt: skip
        if above is not None:
            above._children.append(task.id)
        if len(row) > 4:
            _fill(task, above, row)
        waits = row[2] == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
        if waits and FAILED not in task.internal_data:
            top.event_manager.add_task(task)
        tasks[task.id] = task
        grown.append(task)
    owner.task_tree = grown[0]
    return dict(tasks)


def _fill(task: LiveTask, above: LiveTask | None, row: list[Any]) -> None:
    task.last_state_change, task.triggered = row[4], bool(row[5])
    if row[6]:
        task.internal_data = row[6]
    if above is not None and above.data:
        # Nested values are shared no deeper than this: SpiffWorkflow merges into maps and lists in place.
        task.data = {name: _own(value) for name, value in above.data.items()}
        for name in row[8] or ():
            task.data.pop(name, None)
        task.data.update(row[7] or {})
    else:
        task.data = row[7] or {}


def _own(value: Any) -> Any:
    return value.copy() if type(value) in (dict, list) else value
