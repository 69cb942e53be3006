"""Keep what can still act: the tree of an instance shrinks to what is live and what that still asks for.

Who asks for what, in the classes of this room:

- a task that has not finished asks for its parent, whose data it takes over and whose name a join counts;
- a token that a join has set aside is an arrival, and is kept with its parent until the join consumes it;
- the join of boundary or start events asks for its split above, and for everything directly below that split;
- an event on a border that interrupts nothing asks for what came before its split: its branches grow there;
- a loop asks for those of its instances that it could not merge;
- tokens that meet ask for the place where their ways parted.

All else is history. A kept task whose parent goes hangs from the nearest one above that is kept, so that whatever was
above or below another task still is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.attached import BoundaryEvent
from engine.bpmn.joins import is_token
from engine.bpmn.loops import UNMERGED
from engine.bpmn.tree import FINISHED, NOT_FINISHED, OPEN
from engine.bpmn.writing import NOTHING

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from engine.bpmn.tree import SubWorkflow, Workflow


def prune(top: Workflow) -> None:
    """Drop the history of an instance and of its parts, and parts that are over."""
    owners = [top, *top.subprocesses.values()]
    for owner in owners:
        _shrink(owner)
    _drop_parts(top)
    if _is_alone(top):
        for owner in top.workflows():
            for task in owner.tasks.values():
                task.said = NOTHING


def _is_alone(top: Workflow) -> bool:
    """Whether there is one token only: when its variables were written, nobody can ask for any more."""
    parts, found = top.subprocesses, 0
    for owner in top.workflows():
        for task in owner.tasks.values():
            if task._state & OPEN:
                found += task.id not in parts and not task.asleep
                if task.asleep or found > 1:
                    return False
            elif is_token(task.task_spec) and task._state != TaskState.COMPLETED and _has_arrived(task, owner.tasks):
                return False
    return True


def _drop_parts(top: Workflow) -> None:
    """Forget the parts whose task is gone or over, and those within them."""
    gone = True
    while gone:
        alive = {
            task.id
            for owner in (top, *top.subprocesses.values())
            for task in owner.tasks.values()
            if task._state & OPEN
        }
        gone = [part for part in top.subprocesses if part not in alive]
        for part in gone:
            del top.subprocesses[part]


def _shrink(owner: Workflow | SubWorkflow) -> None:
    tasks = owner.tasks
    if not any(task._state & FINISHED for task in tasks.values()):
        return
    kept = _needed(owner)
    order, waiting = [], [owner.task_tree]
    while waiting:
        task = waiting.pop()
        order.append(task)
        waiting.extend(tasks[child] for child in reversed(task._children))
    _keep_partings(order, kept)
    if len(kept) == len(tasks):
        return
    above: dict[str, Task] = {}
    for task in order:
        parent = tasks.get(task._parent)
        nearest = None if parent is None else parent if parent.id in kept else above.get(parent.id)
        if nearest is not None:
            above[task.id] = nearest
    for task in order:
        if task.id in kept:
            task._children = []
            if task is not owner.task_tree:
                task._parent = above[task.id].id
                above[task.id]._children.append(task.id)
        else:
            del tasks[task.id]


def _keep_partings(order: list[Task], kept: set[str]) -> None:
    """Keep where the ways of tokens parted: what each has changed since then is asked for when they meet again."""
    ways: dict[str, int] = {}
    for task in reversed(order):
        below = ways.get(task.id, 0)
        if below > 1:
            kept.add(task.id)
        if task._parent is not None and (below or task.id in kept):
            ways[task._parent] = ways.get(task._parent, 0) + 1


def _needed(owner: Workflow | SubWorkflow) -> set[str]:
    tasks = owner.tasks
    kept = {owner.task_tree.id}
    for task in tasks.values():
        if task._state & NOT_FINISHED:
            if _is_spent(task, tasks):
                continue
            kept.update(task.internal_data.get(UNMERGED, ()))
            split = getattr(task.task_spec, "split_task", None)
            if split is not None:
                _keep_split(task, split, kept)
        elif not (is_token(task.task_spec) and task._state != TaskState.COMPLETED and _has_arrived(task, tasks)):
            continue
        kept.add(task.id)
        if task._parent is not None:
            kept.add(task._parent)
    return kept


def _keep_split(task: Task, name: str, kept: set[str]) -> None:
    split = task.find_ancestor(name)
    if split is not None:
        kept.add(split.id)
        kept.update(split._children)
        if split._parent is not None and any(_branches(one) for one in split.children):
            kept.add(split._parent)


def _branches(task: Task) -> bool:
    return isinstance(task.task_spec, BoundaryEvent) and not task.task_spec.interrupts


def _has_arrived(task: Task, tasks: dict[str, Task]) -> bool:
    return tasks[task._parent]._state == TaskState.COMPLETED


def _is_spent(task: Task, tasks: dict[str, Task]) -> bool:
    """Whether it is what a boundary event leaves behind when it fires without interrupting: nobody waits for it."""
    if not isinstance(task.task_spec, BoundaryEventJoin) or task._state != TaskState.WAITING:
        return False
    return _branches(tasks[task._parent])
