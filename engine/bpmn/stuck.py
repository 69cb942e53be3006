"""What waits for what can never come: a join without its last token, an instance with nothing left to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import origin
from engine.bpmn.joins import Gateway
from engine.bpmn.model import Failure
from engine.bpmn.tree import OPEN

if TYPE_CHECKING:
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.bpmn.tree import LiveTask, Workflow

_NOTHING_LEFT = (
    "Nothing is left here that could go on, and the process has not ended. Cancel the instance, and mend the diagram."
)
_CONDITION = (
    "It waits for the condition {}, and nothing is left here that could change what that asks for. Cancel the instance,"
    " or set a variable."
)


def joins_in_vain(top: Workflow) -> Iterator[Failure]:
    """The joins that wait for a token which no other token can become."""
    for owner in top.workflows():
        for task in owner.tasks.values():
            spec = task.task_spec
            if task._state == TaskState.WAITING and isinstance(spec, Gateway):
                lacking = spec.lacking(task)
                if lacking:
                    yield Failure(task.id, origin(spec.bpmn_id), _in_vain(spec, lacking), stuck=True)


def nothing_left(top: Workflow) -> Iterator[Failure]:
    """Where an instance stands in which nothing is open: the innermost elements that have not ended."""
    for owner in top.workflows():
        found = [task for task in owner.tasks.values() if task._state & OPEN and _drawn(task)]
        if found:
            stands = [_stands(task) for task in found]
            # A join that is not in vain waits for what a condition lets go on.
            yield from [one for one in stands if one.condition] or stands
            return


def _stands(task: LiveTask) -> Failure:
    element = origin(task.task_spec.bpmn_id)
    asked = [condition.expression for condition in getattr(task.task_spec, "conditions", list)()]
    if not asked:
        return Failure(task.id, element, _NOTHING_LEFT, stuck=True)
    said = " or ".join(f"“{one}”" for one in asked)
    return Failure(task.id, element, _CONDITION.format(said), stuck=True, condition=said)


def _drawn(task: LiveTask) -> bool:
    return task.task_spec.element is not None


def _in_vain(gateway: TaskSpec, lacking: list[str]) -> str:
    specs = gateway._wf_spec.task_specs
    names = " and ".join(f"“{_name(specs[name])}”" for name in lacking)
    return (
        f"“{_name(gateway)}” waits for a token from {names}, and none can come any more."
        " Cancel the instance, and mend the diagram."
    )


def _name(spec: TaskSpec) -> str:
    return spec.bpmn_name or origin(spec.bpmn_id or spec.name)
