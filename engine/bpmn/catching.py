"""An event that waits for several things waits for each by itself, and so does a gateway that starts a process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING

from engine.bpmn.elements import message_names, signal_names
from engine.bpmn.shaping import add, add_flow, containers, flows_by, label, nodes_in
from engine.bpmn.source import BPMN, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

_ALONE = frozenset({"compensateEventDefinition", "cancelEventDefinition", "linkEventDefinition"})
_TIMER = "timerEventDefinition"
_STARTING = frozenset({"messageEventDefinition", "signalEventDefinition", _TIMER})


def several(root: _Element) -> Iterator[Note]:
    """Of several things that a multiple event waits for, any one is enough, or all are wanted (BPMN 2.0, 10.5.4)."""
    known = {**message_names(root), **signal_names(root)}
    for container in list(containers(root)):
        outgoing = flows_by(container, "sourceRef")
        for node in nodes_in(container):
            found = _definitions(node)
            everything = node.get("parallelMultiple") == "true"
            if len(found) < 2 or not node.get("id") or not _can_wait(node, known):
                continue
            flows = outgoing.get(node.get("id", ""), [])
            if everything:
                _between(container, node, found, flows, ("parallelGateway", "parallelGateway"))
                yield node.get("id"), "all-of-several", f"{label(node)} goes on when all of its events have come."
                continue
            if local(node) == "intermediateCatchEvent":
                _between(container, node, found, flows, ("eventBasedGateway", "exclusiveGateway"))
            elif local(node) == "boundaryEvent":
                _side_by_side(container, node, found)
            elif not begins_by_any(node):
                continue
            yield node.get("id"), "one-of-several", f"{label(node)} goes on when the first of its events comes."


def _can_wait(node: _Element, known: Mapping[str, str]) -> bool:
    """Whether what an event waits for can be told apart, and on a border or beside the flow any one is enough."""
    found = _definitions(node)
    kinds = [local(one) for one in found]
    names = [known.get(one.get("messageRef") or one.get("signalRef") or "") for one in found]
    alike = Counter([name for name in names if name] + [one for one in kinds if one == _TIMER])
    if _ALONE.intersection(kinds):
        return False
    if node.get("parallelMultiple") == "true":
        return local(node) == "intermediateCatchEvent"
    return max(alike.values(), default=0) < 2


def begins_by_any(node: _Element) -> bool:
    """Whether an event begins a process or event sub-process, by whichever comes of the things that it waits for."""
    root, container = node.getroottree().getroot(), node.getparent()
    known = {**message_names(root), **signal_names(root)}
    begins = local(container) == "process" or container.get("triggeredByEvent") == "true"
    return local(node) == "startEvent" and begins and _can_wait(node, known)


def _definitions(node: _Element) -> list[_Element]:
    return [child for child in node if local(child).endswith("EventDefinition")]


def _parts(container: _Element, node: _Element, found: list[_Element], kind: str, **more: str) -> Iterator[str]:
    """An event for each definition, with what the node says of itself."""
    said = [child for child in node if local(child) == "extensionElements"]
    for number, definition in enumerate(found, 1):
        name = f"~event{number}.{node.get('id')}"
        event = add(container, kind, name, name=node.get("name") or node.get("id", ""), **more)
        event.extend([*(deepcopy(one) for one in said), definition])
        yield name


def _between(
    container: _Element, node: _Element, found: list[_Element], flows: list[_Element], gateways: tuple[str, str]
) -> None:
    """The event becomes a gateway that leads to its events, and these come together before what follows it."""
    before, after = gateways
    node.tag = f"{{{BPMN}}}{before}"
    node.attrib.pop("parallelMultiple", None)
    merge = f"~after.{node.get('id')}"
    add(container, after, merge, name=node.get("name") or node.get("id", ""))
    for flow in flows:
        flow.set("sourceRef", merge)
    for name in _parts(container, node, found, "intermediateCatchEvent"):
        add_flow(container, node.get("id", ""), name)
        add_flow(container, name, merge)


def _side_by_side(container: _Element, node: _Element, found: list[_Element]) -> None:
    """On the border there is an event for each, and all lead to where the one event led."""
    node.tag = f"{{{BPMN}}}intermediateThrowEvent"
    node.attrib.pop("parallelMultiple", None)
    host, ends = node.attrib.pop("attachedToRef", ""), node.attrib.pop("cancelActivity", "true")
    for name in _parts(container, node, found, "boundaryEvent", attachedToRef=host, cancelActivity=ends):
        add_flow(container, name, node.get("id", ""))


def racing_starts(root: _Element) -> Iterator[Note]:
    """A gateway that nothing leads to, and that says so, starts the process by the first of its events (10.6.6)."""
    for container in root.iterchildren(f"{{{BPMN}}}process"):
        incoming, outgoing = flows_by(container, "targetRef"), flows_by(container, "sourceRef")
        nodes = {node.get("id"): node for node in nodes_in(container)}
        for gateway in list(container.iterchildren(f"{{{BPMN}}}eventBasedGateway")):
            name = gateway.get("id", "")
            flows = outgoing.get(name, [])
            events = [nodes.get(flow.get("targetRef")) for flow in flows]
            if gateway.get("instantiate") != "true" or gateway.get("eventGatewayType") == "Parallel":
                continue
            if name in incoming or not events or not all(_may_start(event, incoming) for event in events):
                continue
            for event in events:
                _start(event)
            for gone in (gateway, *flows):
                container.remove(gone)
            yield name, "receiving-start", f"{label(gateway)} starts the process by the first of its events."


def _may_start(event: _Element | None, incoming: dict[str, list[_Element]]) -> bool:
    if event is None or len(incoming.get(event.get("id", ""), ())) != 1:
        return False
    if local(event) == "receiveTask":
        return not any(local(child).endswith("LoopCharacteristics") for child in event)
    kinds = [local(one) for one in _definitions(event)]
    return local(event) == "intermediateCatchEvent" and len(kinds) == 1 and kinds[0] in _STARTING


def _start(event: _Element) -> None:
    if local(event) == "receiveTask":
        event.attrib.pop("instantiate", None)
        definition = add(event, "messageEventDefinition", f"~message.{event.get('id')}")
        if event.get("messageRef"):
            definition.set("messageRef", event.attrib.pop("messageRef"))
    event.tag = f"{{{BPMN}}}startEvent"


PARTS = (racing_starts, several)
