"""Compensation as drawn: which activity undoes which, and where it may be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.elements import ACTIVITIES
from engine.bpmn.source import BPMN, SPIFF, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

UNDONE_BY = f"{{{SPIFF}}}undoneBy"
"""On an activity: the id of the one that undoes it."""
_UNDOES_WITHIN = f"{{{SPIFF}}}undoesWithin"
"""On what was an event sub-process for compensation: the sub-process around it, which it undoes."""
TRANSACTION = f"{{{SPIFF}}}transaction"
"""On a sub-process that was drawn as a transaction."""
_ASKING = ("compensateEventDefinition", "cancelEventDefinition")


def compensations(root: _Element) -> Iterator[Note]:
    """A compensation event on a border is no place in the flow: the activity knows by what it is undone."""
    known = {node.get("id"): node for node in root.iter(f"{{{BPMN}}}*") if node.get("id")}
    joined = _associated(root, known)
    for event in list(root.iter(f"{{{BPMN}}}boundaryEvent")):
        host, handler = known.get(event.get("attachedToRef")), joined.get(event.get("id"))
        if _is(event, "compensateEventDefinition") and host is not None and handler is not None:
            host.set(UNDONE_BY, handler.get("id", ""))
            handler.set("isForCompensation", "true")
            event.getparent().remove(event)
    for inner in root.iter(f"{{{BPMN}}}subProcess"):
        around = inner.getparent()
        begun = [one for one in inner.iterchildren(f"{{{BPMN}}}startEvent") if _is(one, "compensateEventDefinition")]
        if inner.get("triggeredByEvent") == "true" and begun and local(around) == "subProcess":
            for definition in list(begun[0].iterchildren(f"{{{BPMN}}}compensateEventDefinition")):
                begun[0].remove(definition)
            del inner.attrib["triggeredByEvent"]
            inner.set("isForCompensation", "true")
            inner.set(_UNDOES_WITHIN, around.get("id", ""))
            around.set(UNDONE_BY, around.get(UNDONE_BY) or inner.get("id", ""))
    yield from ()


def unused(root: _Element) -> Iterator[Note]:
    """For a walk: what nothing undoes is not undone, and what is no transaction is not cancelled."""
    wanted = {node.get(UNDONE_BY) for node in root.iter(f"{{{BPMN}}}*") if node.get(UNDONE_BY)}
    transactions = {node.get("id") for node in root.iter(f"{{{BPMN}}}subProcess") if node.get(TRANSACTION)}
    begun = [one for one in root.iter(f"{{{BPMN}}}startEvent") if _is(one, "compensateEventDefinition")]
    whole = {one.getparent().get("id") for one in begun if one.getparent().get("triggeredByEvent") == "true"}
    for node in list(root.iter(f"{{{BPMN}}}*")):
        idle = node.get("isForCompensation") == "true" and node.get("id") not in wanted
        idle = idle or (local(node) == "subProcess" and node.get("id") in whole)
        if local(node) == "boundaryEvent":
            nowhere = _is(node, "cancelEventDefinition") and node.get("attachedToRef") not in transactions
            idle = _is(node, "compensateEventDefinition") or nowhere
        elif local(node) == "endEvent" and node.getparent().get("id") not in transactions:
            for definition in list(node.iterchildren(f"{{{BPMN}}}cancelEventDefinition")):
                node.remove(definition)
        container = node.getparent()
        if idle and container is not None:
            for flow in list(container.iterchildren(f"{{{BPMN}}}sequenceFlow")):
                if node.get("id") in (flow.get("sourceRef"), flow.get("targetRef")):
                    container.remove(flow)
            container.remove(node)
            yield node.get("id"), "passed-over", f"“{node.get('name') or node.get('id')}” is never come to."


def _associated(root: _Element, known: dict[str | None, _Element]) -> dict[str | None, _Element]:
    """The activity that a line joins with each event, by its id: lines to texts and data are for readers."""
    found: dict[str | None, _Element] = {}
    for line in root.iter(f"{{{BPMN}}}association"):
        ends = [line.get("sourceRef"), line.get("targetRef")]
        for one, other in (ends, reversed(ends)):
            activity = known.get(other)
            if activity is not None and local(activity) in ACTIVITIES:
                found.setdefault(one, activity)
    return found


def _is(event: _Element, *definitions: str) -> bool:
    return any(local(child) in definitions for child in event)


def asks(event: _Element) -> bool:
    """Whether an event asks for compensation: by itself, or by cancelling a transaction."""
    return local(event) in ("intermediateThrowEvent", "endEvent") and _is(event, *_ASKING)


def scope_of(container: _Element) -> _Element:
    """The container whose activities are undone when compensation is asked for in this one."""
    if container.get(_UNDOES_WITHIN):
        return container.getparent()
    while container.get("triggeredByEvent") == "true":
        container = container.getparent()
    return container


def handlers_for(container: _Element) -> list[_Element]:
    """The activities that an event in this container may call for."""
    if not any(asks(node) for node in container):
        return []
    scope = scope_of(container)
    wanted = {node.get(UNDONE_BY) for node in scope.iterdescendants() if node.get(UNDONE_BY)}
    return [node for node in scope.getroottree().getroot().iter(f"{{{BPMN}}}*") if node.get("id") in wanted]


def undone_by(activity: _Element) -> str | None:
    """What undoes an activity; None where nothing around ever asks for that."""
    handler = activity.get(UNDONE_BY)
    return handler if handler and any(asked_for(one) for one in activity.iterancestors()) else None


def asked_for(scope: _Element) -> bool:
    """Whether compensation of what is done in a scope is asked for anywhere."""
    return any(asks(node) and scope_of(node.getparent()) is scope for node in scope.iterdescendants(f"{{{BPMN}}}*"))
