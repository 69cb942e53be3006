"""Repairs of an instance in memory: an element is passed over, a token moved, a variable set; and what none may do.

Whatever people sign at is out of reach: it is not passed over, nothing is moved around it, and what it reads or writes
is not set by hand. A move leads only to where an instance could have come by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import joins
from engine.bpmn.elements import ACTIVITIES, origin
from engine.bpmn.evaluation import plain
from engine.bpmn.markings import ARMED, can_stand, is_one_of_many, marking
from engine.bpmn.rebinding import FORESEEN
from engine.bpmn.tree import OPEN, REPAIRED
from engine.bpmn.writing import write
from engine.errors import Refused, TaskNotReady

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.bpmn.model import Prepared
    from engine.bpmn.running import Run
    from engine.bpmn.tree import LiveTask

_PASSED = ACTIVITIES | {"intermediateCatchEvent", "intermediateThrowEvent"}
_REACHED = _PASSED | {"exclusiveGateway", "endEvent"}
_LEFT = _PASSED | {"exclusiveGateway", "eventBasedGateway"}
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def skip(run: Run, prepared: Prepared, task: str) -> None:
    """Pass over an element that waits or has failed, and run on. Raises TaskNotReady, Refused and StepFailed."""
    found = _found(run, task)
    kind = found.task_spec.element.kind
    if kind not in _PASSED or isinstance(found.task_spec, ARMED):
        raise Refused(f"{_label(found)} is not something to be passed over. Move on from it instead.")
    _no_signing(prepared, found)
    _clear(found, "skipped")
    found.task_spec._predict(found, mask=TaskState.NOT_FINISHED_MASK)
    found._set_state(TaskState.COMPLETED)
    found.task_spec._on_complete(found)
    run.advance()


def move(run: Run, prepared: Prepared, task: str, target: str) -> None:
    """Move a token from an element to another one of the same process or sub-process, and run on.

    Raises TaskNotReady, Refused and StepFailed.
    """
    found = _found(run, task)
    owner, name = found.workflow, _name_in(found.workflow.spec, target)
    spec = owner.spec.task_specs[name]
    if found.task_spec.element.kind not in _LEFT or isinstance(found.task_spec, ARMED):
        raise Refused(f"Nothing can be moved away from {_label(found)}.")
    if spec is found.task_spec:
        raise Refused(f"It stands at {_label(found)} already.")
    _no_signing(prepared, found)
    _not_around(prepared, owner.spec, found.task_spec, spec)
    stands = list(marking(owner))
    stands.remove(found.task_spec.name)
    if not can_stand(owner.spec, [*stands, name]):
        raise Refused(
            f"An instance can never stand at “{spec.element.name or target}” together with what else is open in this"
            " one: something would wait for ever, or be done twice."
        )
    _clear(found, "moved")
    for beside in list(found.parent.children) if isinstance(found.parent.task_spec, BoundaryEventSplit) else ():
        if beside is not found:
            owner._remove_task(beside.id)
    found._drop_children(force=True)
    found._set_state(TaskState.COMPLETED)
    split = owner.spec.task_specs.get(f"{name}.BoundaryEventSplit")
    child = found._add_child(split or spec, TaskState.FUTURE)
    child.task_spec._predict(child, mask=FORESEEN)
    child.task_spec._update(child)
    run.advance()


def put(run: Run, prepared: Prepared, name: str, value: Any) -> None:
    """Set a variable (a JSON value) wherever the instance is at work. Raises Refused."""
    if not _NAME.fullmatch(name):
        raise Refused("A variable is called by letters, digits and underscores, beginning with a letter.")
    if name in ("project", *protected(prepared)):
        raise Refused(
            f"“{name}” belongs to what people sign: who is asked, and what they said. Only they say that, by signing."
        )
    for owner in run._top.workflows():
        for task in owner.tasks.values():
            if not task._state & FORESEEN:
                write(task, {name: plain(value, name)})


def protected(prepared: Prepared) -> frozenset[str]:
    """The variables that tell who signs and what was signed, in a process and in all that it calls."""
    found: set[str] = set()
    for spec in _specs(prepared):
        for part in spec.task_specs.values():
            if _signs(part):
                whole = part._wf_spec.task_specs.get(part.name.removesuffix(" [child]"), part)
                for one in ("data_input", "data_output", "input_item", "output_item"):
                    item = getattr(whole, one, None)
                    if item is not None:
                        found.add(item.bpmn_id)
                said = part.element.properties
                found.update(said.get("variables", "").split())
                found.update(re.findall(r"[A-Za-z_]\w*", said.get("assignee", "")))
    return frozenset(found)


def passable(run: Run, task: str) -> bool:
    """Whether an element is of a kind that can be passed over."""
    return _found(run, task).task_spec.element.kind in _PASSED


def places(run: Run, task: str) -> tuple[tuple[str, str], ...]:
    """(id, name) of the elements to which a token could be moved from there, as far as the drawing alone tells."""
    found = _found(run, task)
    if found.task_spec.element.kind not in _LEFT:
        return ()
    return tuple(
        (origin(spec.element.id), spec.element.name or origin(spec.element.id))
        for spec in found.workflow.spec.task_specs.values()
        if spec.element is not None and spec.name == spec.element.id and spec.element.kind in _REACHED
        and not spec.name.startswith("~") and spec is not found.task_spec and not _joins(spec)
    )  # fmt: skip


def _found(run: Run, task: str) -> LiveTask:
    found = run._task(task)
    if found is None or not found._state & OPEN or found.task_spec.element is None:
        raise TaskNotReady
    if is_one_of_many(found):
        raise Refused(f"{_label(found)} is one of several. Pass over the whole, or let each be done.")
    return found


def _label(task: LiveTask) -> str:
    element = task.task_spec.element
    return f"“{element.name or origin(element.id)}”"


def _name_in(spec: BpmnProcessSpec, target: str) -> str:
    """The name of the spec of an element to which a token can be moved. Raises Refused."""
    for one in spec.task_specs.values():
        if one.element is not None and origin(one.element.id) == target and one.name == one.element.id:
            if one.element.kind in _REACHED and not isinstance(one, ARMED) and not _joins(one):
                return one.name
            raise Refused(f"A token cannot be moved to “{one.element.name or target}”: choose a task or an event.")
    raise Refused("A token can only be moved within its own process or sub-process.")


def _joins(spec: TaskSpec) -> bool:
    return joins.is_token(spec) and len(spec._inputs) > 1


def _clear(task: LiveTask, how: str) -> None:
    """Take away what an element has begun or waits for."""
    top = task.workflow.top_workflow
    if not task.data and task.parent is not None:
        task._inherit_data()
    top.event_manager.remove_task(task)
    if task.id in top.subprocesses:
        top.drop_part(task.id)
    for child in [one for one in task.children if one.triggered]:
        task.workflow._remove_task(child.id)
    task.internal_data.clear()
    task.internal_data[REPAIRED] = how


def _specs(prepared: Prepared) -> Iterator[BpmnProcessSpec]:
    yield prepared.spec
    yield from prepared.parts.values()


def _signs(spec: TaskSpec) -> bool:
    """Whether people sign at this element."""
    said = spec.element.properties if spec.element is not None else {}
    return bool(said.get("signature") or said.get("signs"))


def _signed_in(prepared: Prepared, spec: TaskSpec, seen: tuple[str, ...] = ()) -> bool:
    """Whether people sign at an element or inside it, however deep."""
    if _signs(spec):
        return True
    inside = [getattr(spec, "spec", None)]
    single = spec._wf_spec.task_specs.get(getattr(spec, "task_spec", None))
    if single is not None:
        inside.append(getattr(single, "spec", None))
    return any(
        _signed_in(prepared, one, (*seen, name))
        for name in inside
        if name is not None and name in prepared.parts and name not in seen
        for one in prepared.parts[name].task_specs.values()
    )


def _no_signing(prepared: Prepared, task: LiveTask) -> None:
    if _signed_in(prepared, task.task_spec):
        raise Refused(f"People sign at {_label(task)}. No repair passes over a signature or moves away from one.")


def _not_around(prepared: Prepared, spec: BpmnProcessSpec, here: TaskSpec, there: TaskSpec) -> None:
    """Raises Refused when something to be signed lies between two elements, before the second and not the first, or
    before the second where that does not follow the first: another answer leads there. Back to before it one may go."""
    signed = [one for one in spec.task_specs.values() if _signed_in(prepared, one)]
    after_here, after_there = _following(spec, here), _following(spec, there)
    for one in signed:
        if one is there:
            continue
        leads = there.name in _following(spec, one)
        before_here = here.name in _following(spec, one)
        aside = there.name not in after_here and one.name not in after_there
        if leads and (one.name in after_here or not before_here or aside):
            label = one.element.name if one.element is not None else one.name
            raise Refused(f"People sign at “{label or one.name}” on the way there. No repair moves around a signature.")


def _following(spec: BpmnProcessSpec, begin: TaskSpec) -> set[str]:
    """The names of all that can follow an element."""
    split = spec.task_specs.get(f"{begin.name}.BoundaryEventSplit")
    found: set[str] = set()
    waiting = [*begin._outputs, *(split._outputs if split is not None else ())]
    while waiting:
        name = waiting.pop()
        if name not in found and name in spec.task_specs:
            found.add(name)
            one = spec.task_specs[name]
            waiting += [*one._outputs, *filter(None, [getattr(one, "occurrence", None)])]
    return found - ({begin.name} if split is not None and begin.name not in _outputs_of(spec, found) else set())


def _outputs_of(spec: BpmnProcessSpec, names: set[str]) -> set[str]:
    return {out for name in names for out in spec.task_specs[name]._outputs}
