"""The state of an instance as bytes: its live tree only, each task's variables as what differs from the one above.

A row is [number, index of the row above, state, name] for a task that is only foreseen; for one that has been reached,
[moment, triggered, internal data, variables set, variables removed] follow, and of what was
written since the row above: when. The rows of many people's tasks at one multi-instance stay rows until somebody asks
for one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.rows import may_sleep, reached, revive, seen_below
from engine.bpmn.tree import FAILED, LiveTask, SubWorkflow, Workflow
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.evaluation import Evaluator
    from engine.bpmn.model import Prepared

FORMAT = 2
_BEFORE_WRITES = 1
"""The format that did not keep when variables were written: what differs in a row was written when it changed."""


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
        "parts": [_part(part, cut) for part in parts],
    }
    if top.remembered:
        state["remembered"] = top.remembered
    return orjson.dumps(state)


def load(prepared: Prepared, evaluator: Evaluator, content: bytes) -> Workflow:
    """The instance whose state this is. Raises EngineError when the state does not fit the definition."""
    try:
        state = orjson.loads(content)
        if state["format"] not in (FORMAT, _BEFORE_WRITES):
            raise EngineError("This state was written by another version of the program. Update the program.")
        top = Workflow(prepared.spec, prepared.parts, evaluator, state["id"])
        top.ticks = state["ticks"]
        if state.get("completed"):
            top.plant({})
            top.completed, top.cancelled, top.data, top.tasks = True, state["cancelled"], state["data"], {}
            return top
        old = state["format"] == _BEFORE_WRITES
        tasks = _grow(top, top, state["tree"], old)
        top.remembered = state.get("remembered", [])
        for number, name, rows, data, *kept in state["parts"]:
            owner = tasks[top.id_of(number)]
            part = SubWorkflow(prepared.parts[name], owner.id, top, owner.workflow)
            part.data = data
            part.remembered = kept[0] if kept else []
            top.subprocesses[owner.id] = part
            tasks.update(_grow(part, top, rows, old))
            part.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise EngineError(f"The state does not fit the definition of “{prepared.name}”: {error!r}.") from error
    return top


def _part(part: SubWorkflow, cut: int) -> list[Any]:
    kept = [part.remembered] if part.remembered else []
    return [int(part.parent_task_id[cut:], 16), part.spec.name, _rows(part, cut), part.data, *kept]


def _rows(owner: Workflow | SubWorkflow, cut: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    index: dict[str, int] = {}
    tasks = owner.tasks
    waiting = [owner.task_tree]
    seen: dict[str, Mapping[str, Any]] = {}
    while waiting:
        task = waiting.pop()
        place = index[task.id] = len(rows)
        above = tasks.get(task._parent)
        row = [int(task.id[cut:], 16), -1 if above is None else index[above.id], task._state, task.task_spec.name]
        if task._state >= TaskState.WAITING:
            row += reached(task, {} if above is None else seen[above.id])
        rows.append(row)
        if task._children or task.asleep:
            seen[task.id] = seen_below(task)
        for asleep in task.asleep.values():
            asleep[1] = place
            rows.append(asleep)
        waiting.extend(tasks[child] for child in reversed(task._children))
    return rows


def _grow(owner: Workflow | SubWorkflow, top: Workflow, rows: list[list[Any]], old: bool) -> dict[str, LiveTask]:
    specs, tasks = owner.spec.task_specs, owner.tasks
    grown: list[LiveTask | None] = []
    seen: list[Mapping[str, Any] | None] = []
    for row in rows:
        above = grown[row[1]] if row[1] >= 0 else None
        spec, name = specs[row[3]], top.id_of(row[0])
        if may_sleep(row, above, spec.manual) and FAILED not in (row[6] or ()):
            above.fall_asleep(name, row)
            grown.append(None)
            seen.append(None)
            continue
        task = LiveTask.__new__(LiveTask)
        task.__dict__.update(id=name, workflow=owner, task_spec=spec)
        below = {} if above is None else seen[row[1]]
        if below is None:
            below = seen[row[1]] = seen_below(above)
        revive(task, row, above, below)
        if old and above is not None and len(row) > 7 and row[7]:
            task.said = {**task.said, **dict.fromkeys(row[7], row[4])}
        waits = row[2] == TaskState.WAITING and isinstance(spec, CatchingEvent)
        if waits and FAILED not in task.internal_data:
            top.event_manager.add_task(task)
        tasks[task.id] = task
        grown.append(task)
        seen.append(None)
    owner.task_tree = grown[0]
    return dict(tasks)
