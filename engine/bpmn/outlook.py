"""What lies ahead of an instance: the elements that it can still come to from where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.tree import OPEN

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from engine.bpmn.model import Element, Prepared
    from engine.bpmn.rebinding import Renaming
    from engine.bpmn.tree import Workflow


def ahead(prepared: Prepared, top: Workflow, rename: Renaming) -> dict[str, Element]:
    """The elements of a definition that are open or can follow what is open in an instance, by their ids.

    `rename` gives the names that the instance's elements have in this definition, which need not be its own.
    """
    found: dict[str, Element] = {}
    for owner in top.workflows():
        name = None if owner is top else rename(owner.spec.name)
        spec = prepared.spec if name is None else prepared.parts.get(name) or prepared.parts.get(owner.spec.name)
        if spec is not None:
            begin = [rename(task.task_spec.name) for task in owner.tasks.values() if task._state & OPEN]
            _reach(prepared, spec, [one for one in begin if one in spec.task_specs], found)
    return found


def _reach(prepared: Prepared, spec: BpmnProcessSpec, begin: list[str], found: dict[str, Element]) -> None:
    seen, waiting = set(begin), list(begin)
    while waiting:
        one = spec.task_specs[waiting.pop()]
        if one.element is not None and not one.element.id.startswith("~") and one.element.id not in found:
            found[one.element.id] = one.element
            part = prepared.parts.get(getattr(one, "spec", None) or "")
            if part is not None and part is not spec and one.name not in begin:
                _reach(prepared, part, [part.start.name], found)
        repeated = getattr(one, "task_spec", None)
        following = [*one._outputs, f"{one.name}.BoundaryEventSplit", *([repeated] if repeated else [])]
        for name in following:
            if name in spec.task_specs and name not in seen:
                seen.add(name)
                waiting.append(name)


def element(prepared: Prepared, name: str) -> Element | None:
    """An element of a process, or of one that it calls."""
    if name in prepared.elements:
        return prepared.elements[name]
    found = (spec.task_specs[name].element for spec in prepared.parts.values() if name in spec.task_specs)
    return next(found, None)
