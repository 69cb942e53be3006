"""Variables and when each was last written: said again counts as said, carried along does not.

SpiffWorkflow lets each token carry its own copy of the variables. Beside it a token keeps, for each variable that was
written in its scope, the moment of the instance's own time at which that was. What has begun anew, such as a called
process or one of several instances, begins with nothing written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.bpmn.tree import LiveTask

Said = dict[str, int]
"""When variables were last written, by name. Tasks share these: never change one, put another in its place."""
NOTHING: Said = {}


def write(task: LiveTask, values: Mapping[str, Any]) -> None:
    """Give variables their values at a task. Every write goes through here, or is told to `mark`."""
    task.data.update(values)
    mark(task, values)


def mark(task: LiveTask, names: Iterable[str]) -> None:
    """Note that variables have just been written at a task."""
    task.said = later(task.said, dict.fromkeys(names, task.workflow.top_workflow.tick()))


def later(said: Said, other: Said) -> Said:
    """Of both the later moment of each variable."""
    if not other or said is other:
        return said
    return {**said, **{name: moment for name, moment in other.items() if moment > said.get(name, 0)}}


def is_instance(task: LiveTask) -> bool:
    """Whether a task is one of the instances of a loop or multi-instance."""
    above = task.parent
    return above is not None and isinstance(above.task_spec, LoopTask) and task.triggered


def said_below(task: LiveTask | None, instance: bool) -> Said:
    """What a task below another one, or an instance of it, begins with."""
    return NOTHING if task is None or instance else task.said
