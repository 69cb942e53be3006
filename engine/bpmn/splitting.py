"""Several flows out of a node, as BPMN means them: added gateways and defaults say which are taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.elements import GATEWAYS, condition_of, origin
from engine.bpmn.shaping import add, add_flow, containers, flows_by, label, nodes_in
from engine.bpmn.source import BPMN, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note


def defaults(root: _Element) -> Iterator[Note]:
    """Of the flows out of an exclusive gateway, the only one without a condition is the default."""
    for container in containers(root):
        outgoing = flows_by(container, "sourceRef")
        for node in container.iterchildren(f"{{{BPMN}}}exclusiveGateway"):
            flows = outgoing.get(node.get("id", ""), ())
            free = [flow for flow in flows if condition_of(flow) is None]
            if len(flows) > 1 and len(free) == 1 and free[0].get("id") and not node.get("default"):
                node.set("default", free[0].get("id", ""))
                said = f"The one flow out of {label(node)} without a condition is its default flow."
                yield node.get("id"), "implicit-default", said


def races(root: _Element) -> Iterator[Note]:
    """An event that an event-based gateway leads to twice is awaited once."""
    for container in containers(root):
        outgoing = flows_by(container, "sourceRef")
        for gateway in container.iterchildren(f"{{{BPMN}}}eventBasedGateway"):
            seen: set[str] = set()
            for flow in outgoing.get(gateway.get("id", ""), ()):
                if flow.get("targetRef", "") in seen:
                    container.remove(flow)
                    yield flow.get("id"), "drawn-twice", "Another flow leads there from the same gateway."
                seen.add(flow.get("targetRef", ""))


def splits(root: _Element) -> Iterator[Note]:
    """Several flows out of a node are taken side by side, those with conditions where these hold (BPMN 2.0, 13.3)."""
    for container in containers(root):
        outgoing = flows_by(container, "sourceRef")
        for node in nodes_in(container):
            flows = outgoing.get(node.get("id", ""), [])
            asked = [flow for flow in flows if flow.find(f"{{{BPMN}}}conditionExpression") is not None]
            free = [flow for flow in flows if flow not in asked and flow.get("id") != node.get("default")]
            if local(node) in GATEWAYS or not (len(flows) > 1 or asked):
                continue
            if asked and free and node.get("default"):
                # The default is taken where no condition holds, whatever leaves without one.
                flows = [_choice(container, node, [flow for flow in flows if flow not in free]), *free]
                asked = []
            note = _split(container, node, flows, free if asked else [])
            if not node.get("id", "").startswith("~"):
                yield note


def _choice(container: _Element, node: _Element, flows: list[_Element]) -> _Element:
    name = f"~choice.{node.get('id')}"
    gateway = add(container, "inclusiveGateway", name, name=node.get("name") or node.get("id", ""))
    gateway.set("default", node.attrib.pop("default"))
    for flow in flows:
        flow.set("sourceRef", name)
    return add_flow(container, node.get("id", ""), name)


def _split(container: _Element, node: _Element, flows: list[_Element], always: list[_Element]) -> Note:
    conditional = any(flow.find(f"{{{BPMN}}}conditionExpression") is not None for flow in flows)
    name = f"~split.{node.get('id')}"
    kind = "inclusiveGateway" if conditional else "parallelGateway"
    # What is drawn nowhere lends its name to nothing.
    known = node.get("name") or node.get("id", "")
    gateway = add(container, kind, name, name="" if known.startswith("~") else known)
    if conditional and node.get("default"):
        gateway.set("default", node.attrib.pop("default"))
    for flow in flows:
        flow.set("sourceRef", name)
    for flow in always:
        etree.SubElement(flow, f"{{{BPMN}}}conditionExpression").text = "True"
    add_flow(container, node.get("id", ""), name)
    taken = "those whose conditions hold" if conditional else "all at once"
    said = f"The flows out of {label(node)} are taken: {taken}."
    if len(flows) == 1:
        taken = "is taken if its condition holds" if condition_of(flows[0]) else "has an empty condition: it is taken"
        said = f"The flow out of {label(node)} {taken}."
    return node.get("id"), "implicit-split", said


def twins(root: _Element) -> Iterator[Note]:
    """A join tells its flows apart by where they come from: of two from one node, the second comes by a place between.

    It fires when a token is on each flow (BPMN 2.0, 13.4.1); two tokens on one of them are not enough.
    """
    for container in containers(root):
        incoming = flows_by(container, "targetRef")
        for node in list(container.iterchildren(f"{{{BPMN}}}parallelGateway", f"{{{BPMN}}}inclusiveGateway")):
            seen: set[str] = set()
            for number, flow in enumerate(incoming.get(node.get("id", ""), ())):
                source = flow.get("sourceRef", "")
                if source in seen:
                    name = f"~twin{number}.{node.get('id')}"
                    add(container, "exclusiveGateway", name, name=origin(source))
                    flow.set("targetRef", name)
                    add_flow(container, name, node.get("id", ""))
                seen.add(source)
    yield from ()
