"""An instance under another version of its process: what it stands at is found again by its id, nothing is guessed.

Finished parts stay as they are; what was only foreseen is dropped and foreseen anew. Timers keep their instants.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import state as states
from engine.bpmn.attached import BoundaryEvent, Listener
from engine.bpmn.elements import origin
from engine.bpmn.evaluation import evaluator
from engine.bpmn.events import CORRELATION, WINNER
from engine.bpmn.running import Run
from engine.bpmn.timers import DUE
from engine.bpmn.tree import OPEN
from engine.bpmn.undoing import LEFT
from engine.errors import EngineError

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.bpmn.model import Environment, Prepared
    from engine.bpmn.tree import SubWorkflow, Workflow

FORESEEN = TaskState.PREDICTED_MASK | TaskState.FUTURE
_NAME = re.compile(
    r"(?P<before>~[a-z]+\.)?(?P<id>.+?)(?P<after>\.BoundaryEventSplit|\.BoundaryEventJoin|\.EndJoin| \[child\])?"
)


@dataclass(frozen=True)
class Live:
    """An element at which an instance stands, as its version draws it. `inside` names the part around it, if any."""

    task: str
    element: str
    name: str
    kind: str
    inside: str = ""


@dataclass(frozen=True)
class Renaming:
    """Which element of the target takes the place of which: ids as drawn. An id that is not named stays."""

    mapping: Mapping[str, str]

    def __call__(self, name: str) -> str:
        """The name of a part of a definition, in the target."""
        found = _NAME.fullmatch(name)
        if not self.mapping or found is None:
            return name
        before, after = found["before"] or "", found["after"] or ""
        return before + self.mapping.get(found["id"], found["id"]) + after

    def memories(self, kept: list[Any]) -> list[Any]:
        """What was done and can be undone: [what undoes it, what was done, items, the same of what lies within]."""
        return [[self(undone_by), [self(one) for one in done], items, self.memories(within)]
                for undone_by, done, items, within in kept]  # fmt: skip

    def keys(self, named: Any) -> Any:
        """A map whose keys are elements."""
        return {self(name): value for name, value in named.items()} if isinstance(named, dict) else named


def opened(source: Prepared, environment: Environment, state: bytes) -> Workflow:
    """The tree of an instance as it stands. Raises EngineError when the state does not fit the definition."""
    return states.load(source, evaluator(environment), state)


def standing(top: Workflow) -> tuple[Live, ...]:
    """The drawn elements at which an instance stands; what is repeated or has parts counts as one."""
    found: dict[tuple[str, str], Live] = {}
    for owner in () if top.completed else reversed(top.workflows()):
        for task in owner.tasks.values():
            element = task.task_spec.element
            if task._state & OPEN and element is not None and not isinstance(task.task_spec, BoundaryEvent | Listener):
                name = origin(element.id)
                live = Live(task.id, name, element.name or name, element.kind, around(top, owner))
                found.setdefault((name, live.inside), live)
    return tuple(found.values())


def around(top: Workflow, owner: Workflow | SubWorkflow) -> str:
    """What people call the sub-process or call activity whose part this is; nothing for the process itself."""
    if owner is top:
        return ""
    task = next(task for one in top.workflows() for task in one.tasks.values() if task.id == owner.parent_task_id)
    return task.task_spec.bpmn_name or origin(task.task_spec.bpmn_id)


def rebound(target: Prepared, environment: Environment, state: bytes, mapping: Mapping[str, str]) -> Run:
    """The instance of this state as one of the target's, not yet run on.

    Ask `hindrances` first. Raises EngineError when the state does not fit the target.
    """
    said, rename = orjson.loads(state), Renaming(mapping)
    places: dict[int, TaskSpec] = {}
    said["tree"] = _moved(said["tree"], rename, target.spec, places)
    parts = []
    if "remembered" in said:
        said["remembered"] = rename.memories(said["remembered"])
    for number, name, rows, data, *kept in said["parts"]:
        called = getattr(places.get(number), "spec", None)
        if called not in target.parts:
            raise EngineError(f"The part {name!r} has no place in the new version of “{target.name}”.")
        parts.append([number, called, _moved(rows, rename, target.parts[called], places), data,
                      *map(rename.memories, kept)])  # fmt: skip
    said["parts"] = parts
    top = states.load(target, evaluator(environment), orjson.dumps(said))
    for owner in top.workflows():
        _foresee(owner)
        owner.update_waiting_tasks()
    return Run(top)


def _moved(rows: list[Any], rename: Renaming, spec: BpmnProcessSpec, places: dict[int, TaskSpec]) -> list[Any]:
    """The rows of a tree under another definition, without what was only foreseen; notes the place of each."""
    found: list[Any] = []
    index: dict[int, int] = {}
    for at, row in enumerate(rows):
        if row[2] & FORESEEN:
            continue
        number, above, condition, name, *more = row
        renamed = rename(name)
        if renamed not in spec.task_specs:
            # What is over and gone from the drawing: only its variables are still asked for.
            renamed = spec.start.name
        index[at] = len(found)
        places[number] = spec.task_specs[renamed]
        if more and more[2]:
            more[2] = _internal(more[2], rename)
        found.append([number, index[above] if above >= 0 else -1, condition, renamed, *more])
    return found


def _internal(data: dict[str, Any], rename: Renaming) -> dict[str, Any]:
    """What a task keeps for itself: instants and correlations are kept by element."""
    found = {name: rename.keys(value) if name in (DUE, CORRELATION) else value for name, value in data.items()}
    if WINNER in found:
        found[WINNER] = rename(found[WINNER])
    if LEFT in found:
        found[LEFT] = rename.memories(found[LEFT])
    return found


def _foresee(owner: Workflow | SubWorkflow) -> None:
    """Foresee what may follow what is open: what follows an event on a border may never come."""
    for task in [one for one in owner.tasks.values() if one._state & OPEN]:
        if isinstance(task.task_spec, BoundaryEvent):
            task._sync_children(task.task_spec.outputs, TaskState.MAYBE)
        else:
            task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
