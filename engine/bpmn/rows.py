"""What of a task goes into a row of the state, and how a row becomes a task again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.writing import NOTHING, is_instance, said_below

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.tree import LiveTask

GIVEN = "given"
"""Where a multi-instance keeps the variables that its instances see otherwise than it does itself by now."""
_MISSING = object()


def seen_below(task: LiveTask | None) -> Mapping[str, Any]:
    """The variables that tasks below this one have taken over, and differ from."""
    if task is None:
        return {}
    given = task.internal_data.get(GIVEN)
    return task.data if given is None else {**task.data, **given}


def reached(task: LiveTask, seen: Mapping[str, Any]) -> list[Any]:
    """The second half of a task's row, which only tasks have that have been reached."""
    changed, removed = difference(task.data, seen)
    inherited = said_below(task.parent, is_instance(task))
    said = {name: moment for name, moment in task.said.items() if inherited.get(name) != moment}
    row = [task.last_state_change, int(task.triggered), task.internal_data or 0, changed or 0, removed or 0]
    return [*row, said] if said else row


def difference(data: Mapping[str, Any], seen: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """What was set and what was removed between two sets of variables."""
    if not seen:
        return data, []
    changed = {}
    for name, value in data.items():
        before = seen.get(name, _MISSING)
        # True == 1 in Python and not in JSON, so equal values of different types count as different.
        if before is not value and (before != value or type(before) is not type(value)):
            changed[name] = value
    return changed, sorted(name for name in seen if name not in data)


def revive(task: LiveTask, row: list[Any], above: LiveTask | None, seen: Mapping[str, Any]) -> None:
    """Make an empty task what its row says."""
    task.__dict__.update(
        thread_id=0, _state=row[2], _parent=None if above is None else above.id, _children=[], triggered=False,
        data={}, said=NOTHING, internal_data={}, last_state_change=0,
    )  # fmt: skip
    if above is not None:
        above._children.append(task.id)
    if len(row) < 5:
        return
    task.last_state_change, task.triggered = row[4], bool(row[5])
    task.said = said_below(above, is_instance(task))
    if len(row) > 9:
        task.said = {**task.said, **row[9]}
    if row[6]:
        task.internal_data = row[6]
    if seen:
        # Nested values are shared no deeper than this: SpiffWorkflow merges into maps and lists in place.
        task.data = {name: _own(value) for name, value in seen.items()}
        for name in row[8] or ():
            task.data.pop(name, None)
        task.data.update(row[7] or {})
    else:
        task.data = row[7] or {}


def may_sleep(row: list[Any], above: LiveTask | None, manual: bool) -> bool:
    """Whether a row is that of one of many open tasks that differ in nothing but their items: no need to revive it."""
    if not manual or row[2] != TaskState.READY or above is None:
        return False
    return above._state == TaskState.STARTED and GIVEN in above.internal_data


def _own(value: Any) -> Any:
    return value.copy() if type(value) in (dict, list) else value
